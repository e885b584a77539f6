"""What happened, as every study of the county reads it: one frame of events, and what is wrong with the record.

Nothing is deleted. Repeats are flagged, who reports without end weighs less, addresses that stand for "unknown" are
named, and stretches of time in which reports were missing are told apart from calm.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots import queries
from geo.hotspots.quality import cap_reporters, find_default_geocodes, find_gaps

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from sqlalchemy.orm import Session

    from geo.db.counties import County

CODES: Final = Path(__file__).resolve().parents[2] / "data" / "codes"
USUAL_MIN: Final = 10.0
"""Minutes for a code that the lists do not know."""

SAME_M: Final = 0.5
OTHER: Final = "其他"
"""Group of a code that no list knows."""

COLUMNS: Final = (
    *("code", "group", "origin", "occurred_at", "found_at", "closed_at", "local_on", "local_hour"),
    *("x", "y", "duplicate", "weight", "default_geocode", "district"),
)


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """Events and the flaws of their record.

    Parameters
    ----------
    events
        Index ``id``; columns ``code group origin occurred_at found_at closed_at`` (UTC), ``local_on`` (datetime64[s],
        local midnight), ``local_hour`` (0-23), ``x y`` (metres), ``duplicate`` (bool), ``weight`` (1, or 0 for what
        one caller reports beyond the cap), ``default_geocode`` (bool; where it happened is not known), ``district``
        (code of the 片区, or none). Ordered by ``occurred_at``.
    geocodes
        Addresses that stand for "unknown": ``x y lon lat events codes share``, most events first.
    gaps
        Reports that are missing: ``district`` (none = the whole county) ``origin first_on last_on expected found``.
    callers_capped
        How many callers reported more than counts. Never who.
    """

    events: DataFrame
    geocodes: DataFrame
    gaps: DataFrame
    callers_capped: int

    def facts(self) -> dict[str, Any]:
        """What a forecast says of the history it learned from, JSON-ready; no caller can be told from it."""
        events = self.events
        return {
            "events": len(events),
            "origins": {str(k): int(n) for k, n in events["origin"].value_counts().sort_index().items()},
            "duplicates": int(events["duplicate"].sum()),
            "capped_events": int((events["weight"] < 1).sum()),
            "callers_capped": self.callers_capped,
            "default_geocodes": [
                {"lon": round(row["lon"], 6), "lat": round(row["lat"], 6), "events": int(row["events"])}
                for row in self.geocodes.to_dict("records")
            ],
            "gaps": [
                {
                    "district": row["district"],
                    "origin": row["origin"],
                    "first_on": row["first_on"].isoformat(),
                    "last_on": row["last_on"].isoformat(),
                    "expected": round(row["expected"]),
                    "found": int(row["found"]),
                }
                for row in self.gaps.to_dict("records")
            ],
        }


@cache
def service_minutes() -> Mapping[str, float]:
    """Minutes on the spot by event or component code, from the code lists.

    Examples
    --------
    >>> service_minutes()["04-06"]
    12.0
    """
    found: dict[str, float] = {}
    for name in ("components.csv", "events.csv"):
        with (CODES / name).open(encoding="utf-8", newline="") as file:
            found |= {row["code"]: float(row["service_min"]) for row in csv.DictReader(file)}
    return found


@cache
def code_groups() -> Mapping[tuple[str, str], str]:
    """(Code system, code) → group of the code lists in ``data/codes``, components first.

    Examples
    --------
    >>> code_groups()["GB/T 30428.2-2013", "04-06"]
    '街面秩序'
    """
    found: dict[tuple[str, str], str] = {}
    for name in ("components.csv", "events.csv"):
        with (CODES / name).open(encoding="utf-8", newline="") as file:
            found |= {(row["code_system"], row["code"]): row["group_zh"] for row in csv.DictReader(file)}
    return found


def group_of(code_system: NDArray[np.object_], code: NDArray[np.object_]) -> NDArray[np.object_]:
    """Group of each code; a code that no list knows in its system is looked up in any, else it is ``其他``.

    Examples
    --------
    >>> group_of(["local", "GB/T 30428.2-2013", "x"], ["04-06", "01-10", "?"]).tolist()
    ['街面秩序', '市容环境', '其他']
    """
    known = code_groups()
    anywhere = {code_: group for (_, code_), group in reversed(list(known.items()))}
    pairs = list(zip(code_system, code, strict=True))
    named = {pair: known.get(pair) or anywhere.get(pair[1], OTHER) for pair in set(pairs)}
    return np.array([named[pair] for pair in pairs], dtype=object)


def load_history(session: Session, county: County, since: dt.datetime | None = None, until: dt.datetime | None = None,
                 ) -> History:  # fmt: skip
    """The county's events from ``since`` to before ``until`` (UTC; by default all) with what is wrong with them."""
    raw = queries.load_events(session, county.metric_srid, since, until)
    districts = queries.load_districts(session, county.metric_srid)
    return build_history(raw, districts, county.time_zone)


def build_history(raw: DataFrame, districts: GeoDataFrame, time_zone: str) -> History:
    """Put a history together.

    Parameters
    ----------
    raw
        Index ``id``; ``code code_system origin occurred_at found_at closed_at`` (UTC), ``x y`` (metres), ``lon lat``,
        ``duplicate_of``, ``reporter_hash``.
    districts
        Columns ``code``, geometry; metres. May be empty.
    time_zone
        IANA name; local dates and hours are in it.

    Returns
    -------
    History
        Empty frames with the same columns if there is no event.
    """
    from pandas import Categorical

    events = raw.sort_values("occurred_at", kind="stable").copy()
    local = events["occurred_at"].dt.tz_convert(time_zone)
    events["local_on"] = local.dt.normalize().dt.tz_localize(None)
    events["local_hour"] = local.dt.hour.astype(np.int64)
    events["group"] = group_of(events["code_system"].to_numpy(object), events["code"].to_numpy(object))
    events["duplicate"] = events["duplicate_of"].notna().to_numpy()
    geocodes = find_default_geocodes(events)
    events["default_geocode"] = _at(events, geocodes)
    events["district"] = _district_of(events, districts)
    events.loc[events["default_geocode"], "district"] = None
    weight, callers = cap_reporters(events)
    events["weight"] = weight
    events["origin"] = Categorical(events["origin"])
    return History(events[list(COLUMNS)], geocodes, find_gaps(events), callers)


def _at(events: DataFrame, geocodes: DataFrame) -> NDArray[np.bool_]:
    """Whether each event stands at one of the addresses."""
    found = np.zeros(len(events), dtype=bool)
    xy = events[["x", "y"]].to_numpy(np.float64)
    for place in geocodes[["x", "y"]].to_numpy(np.float64):
        found |= (np.abs(xy - place) < SAME_M).all(axis=1)
    return found


def _district_of(events: DataFrame, districts: GeoDataFrame) -> NDArray[np.object_]:
    """Code of the 片区 each event lies in; on a border the lower code, outside all none."""
    import shapely

    codes = np.full(len(events), None, dtype=object)
    if len(districts) == 0 or len(events) == 0:
        return codes
    order = districts.sort_values("code", ascending=False)
    points = shapely.points(events["x"].to_numpy(), events["y"].to_numpy())
    event, area = shapely.STRtree(order.geometry.array).query(points, predicate="intersects")
    by_code = np.argsort(area, kind="stable")
    codes[event[by_code]] = order["code"].to_numpy(object)[area[by_code]]
    return codes
