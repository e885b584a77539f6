"""What answering a question needs to know of the county."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from geo.errors import NotFound


class NoSuchCounty(NotFound):
    """The county was never set up here."""


@dataclass(frozen=True, slots=True)
class CountyFacts:
    """Name, measure, clock and the box that holds every coordinate of the county (degrees)."""

    tenant: str
    name: str
    metric_srid: int
    time_zone: str
    box: tuple[float, float, float, float]

    def contains(self, lon: float, lat: float) -> bool:
        """Whether a point lies in the county's box, edges included."""
        west, south, east, north = self.box
        return west <= lon <= east and south <= lat <= north

    def today(self) -> dt.date:
        """The local date."""
        return dt.datetime.now(ZoneInfo(self.time_zone)).date()
