"""Noise by place: hour against weekday, how many things, by how many callers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import Column, Sheet, one_of
from geo.cases.noise import queries
from geo.cases.noise.places import Heard, Place, gather
from geo.days import span_of
from geo.db.counties import get_county
from geo.features.locate import districts_at
from geo.tables.street_rules import NOISE_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

USUAL: Final = {"01-28": "trade", "03-01": "works", "01-16": "fume", "01-29": "fume"}
"""商业噪音, 施工扰民; 油烟污染 and 露天烧烤, which are asked for apart."""

WORDS: Final = dict(zip(NOISE_KINDS, (("商业",), ("施工",), ("广场文娱",), ("油烟",), ("其他",)), strict=True))
SHEET: Final = Sheet(
    "noise_codes",
    (Column("code", ("代码",), needed=True), Column("kind", ("类别",), needed=True, read=one_of(WORDS))),
    ("code",),
)
SHEETS: Final = {SHEET.name: SHEET}
REACH_M: Final = 60.0


@dataclass(frozen=True, slots=True)
class NoisePlace:
    """A place of noise: its ``hours`` are 7 rows (Monday first) of 24 counts that sum to ``events + complaints``."""

    name: str
    lon: float
    lat: float
    district_code: str | None
    kinds: Mapping[str, int]
    events: int
    complaints: int
    callers: int
    hours: tuple[tuple[int, ...], ...]
    event_ids: tuple[int, ...]
    complaint_ids: tuple[int, ...]


def list_places(
    session: Session,
    tenant: str,
    first_on: dt.date,
    last_on: dt.date,
    *,
    area: Sequence[str] | None = None,
    kinds: Sequence[str] = ("trade", "works", "square", "other"),
    reach_m: float = REACH_M,
    least: int = 2,
) -> list[NoisePlace]:
    """Places of noise between two local days, both included, those with most callers first.

    Parameters
    ----------
    kinds
        Of codes, one of :data:`geo.tables.street_rules.NOISE_KINDS`.
    reach_m
        Things this near to the place's first belong to it.
    least
        Things a place must have.

    Notes
    -----
    A complaint that became a problem counts once, as the complaint: the event of its problem is left out, and so is
    whatever repeats another. Callers are told apart by their keyed hash; one without a number counts as nobody's.
    """
    county = get_county(session, tenant)
    codes = {row["code"]: row["kind"] for row in list_rows(session, tenant) if row["kind"] in kinds}
    begin, end = span_of(first_on, last_on, county.zone)
    rows = queries.list_heard(session, tenant, sorted(codes), begin, end, county.metric_srid)
    districts = districts_at(session, county, [(row["lon"], row["lat"]) for row in rows])
    heard = [
        Heard(
            row["id"], row["source"] == "complaint", row["x"], row["y"], row["at"].astimezone(county.zone),
            codes[row["code"]], row["place"] or "", row["caller"],
        )
        for row in rows if area is None or districts[row["lon"], row["lat"]] in area
    ]  # fmt: skip
    where = {(row["source"] == "complaint", row["id"]): (row["lon"], row["lat"]) for row in rows}
    found = [one for one in gather(heard, reach_m) if len(one.heard) >= least]
    return [_told(one, where, districts) for one in found]


def codes_of(session: Session, tenant: str, kind: str) -> list[str]:
    """Codes of a kind of noise."""
    return [row["code"] for row in list_rows(session, tenant) if row["kind"] == kind]


def list_rows(session: Session, tenant: str, name: str = SHEET.name) -> list[dict[str, Any]]:
    """The county's own table, or the usual one while it has none; ``name`` is the one table of this room."""
    del name
    return queries.load_codes(session, tenant) or [{"code": code, "kind": kind} for code, kind in USUAL.items()]


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Replace the table; ``name`` is the one table of this room."""
    del name, actor
    queries.replace_codes(session, tenant, rows)


def _told(
    place: Place,
    where: Mapping[tuple[bool, int], tuple[float, float]],
    districts: Mapping[tuple[float, float], str | None],
) -> NoisePlace:
    first = place.heard[0]
    lon, lat = where[first.complaint, first.id]
    events = tuple(sorted(one.id for one in place.heard if not one.complaint))
    complaints = tuple(sorted(one.id for one in place.heard if one.complaint))
    return NoisePlace(
        place.name, lon, lat, districts[lon, lat], place.kinds, len(events), len(complaints), place.callers,
        place.hours, events, complaints,
    )  # fmt: skip
