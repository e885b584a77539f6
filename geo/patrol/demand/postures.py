"""What postures in force during a shift ask of it: zones watched or left, more passes, posts, people on duty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.calendars import DAY_S, join_intervals
from geo.cases.postures.clock import Times, spans
from geo.cases.postures.queries import list_roads, list_spanning
from geo.cases.postures.rules import ALL, Rule
from geo.cases.postures.standing import Standing, read_standing
from geo.cases.regimes.actions import rule_of
from geo.patrol.demand.factors import Emphasis
from geo.patrol.demand.span import ShiftSpan, windows_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from geo.db.counties import County

Windows = list[tuple[int, int]]
OFF: Final = "off"


@dataclass(frozen=True)
class Serving:
    """A posture that is in force for some of a shift.

    Parameters
    ----------
    area
        Metric CRS.
    windows
        When, seconds after the shift's start, in order and apart; at least one.
    """

    standing: Standing
    area: BaseGeometry
    windows: tuple[tuple[int, int], ...]

    def rules(self, kind: str) -> list[Rule]:
        """Its rules of a kind."""
        return [rule for rule in self.standing.rules if rule.kind == kind]


def load_postures(session: Session, county: County, span: ShiftSpan) -> list[Serving]:
    """The postures in force for some of a shift, by code; empty where none is."""
    import shapely

    found = []
    for row in list_spanning(session, county.code, county.metric_srid, span.starts_at, span.ends_at):
        standing = read_standing(row)
        windows = windows_in(standing.times, span, county)
        if windows:
            found.append(Serving(standing, shapely.from_wkb(bytes(row["area"])), tuple(windows)))
    return found


def windows_in(times: Times, span: ShiftSpan, county: County) -> Windows:
    """When a posture is in force in a shift, seconds after its start."""
    start, end = int(span.starts_at.timestamp()), int(span.ends_at.timestamp())
    held = spans(times, county.zone, county.calendar)
    return [(max(low, start) - start, min(high, end) - start) for low, high in held if low < end and high > start]


def zones_under(zones: GeoDataFrame, postures: Sequence[Serving], span: ShiftSpan) -> GeoDataFrame:
    """The zones with the hours that postures leave or add; one watched by one and left by another is watched.

    Parameters
    ----------
    zones
        Metric CRS, ``kind`` and ``opening``.
    """
    openings: dict[Any, str] = {}
    for word in (OFF, "on"):
        for one in postures:
            for zone in _zones_of(zones, one, word):
                opening = openings.get(zone, zones.at[zone, "opening"])
                own = windows_of(opening if isinstance(opening, str) else "", span)
                held = list(one.windows)
                openings[zone] = as_opening(_without(own, held) if word == OFF else join_intervals(own + held), span)
    if not openings:
        return zones
    return zones.assign(opening=[openings.get(zone, zones.at[zone, "opening"]) for zone in zones.index])


def emphases_of(zones: GeoDataFrame, postures: Sequence[Serving]) -> list[Emphasis]:
    """What weight and λ of zones under a posture are multiplied by."""
    return [
        Emphasis(
            f"posture:{one.standing.code}", one.standing.name, rule.value / 100, one.area,
            () if rule.target == ALL else (rule.target,),
        )
        for one in postures
        for rule in one.rules("zone")
        if rule.word == "on" and rule.value is not None and len(zones)
    ]  # fmt: skip


def load_passes(session: Session, county: County, postures: Sequence[Serving], span: ShiftSpan) -> dict[int, int]:
    """The most passes any posture asks of a street, by its row id.

    A regime it sets asks for that regime's passes, a rule of passes for its own; of a posture that covers only part of
    the shift as large a part, at least one.
    """
    asking = {one.standing.code: one for one in postures if one.rules("passes") or one.rules("regime")}
    wanted: dict[int, int] = {}
    if not asking:
        return wanted
    for code, road, tier, kept in list_roads(session, county.code, list(asking), span.on_date):
        one = asking[code]
        passes = [rule.value or 0 for rule in one.rules("passes") if rule.target in (ALL, tier)]
        if kept:
            regimes = [rule.word for rule in one.rules("regime")]
            passes += [rule_of(session, county.code, word, span.on_date).passes_per_shift for word in regimes]
        share = sum(high - low for low, high in one.windows) / span.length_s
        asked = max((max(1, round(count * share)) for count in passes if count), default=0)
        if asked:
            wanted[road] = max(wanted.get(road, 0), asked)
    return wanted


def posts_of(postures: Sequence[Serving]) -> set[str]:
    """Codes of posts that stand because of a posture, even on a day they do not name."""
    return {rule.target for one in postures for rule in one.rules("post")}


def told(
    postures: Sequence[Serving], zones: GeoDataFrame, passes: Mapping[int, int], shift_code: str, people: int,
    *, longest: bool, span: ShiftSpan,
) -> list[dict[str, Any]]:  # fmt: skip
    """What a plan of a shift shows of postures, JSON-ready; ``short`` people are on duty fewer than one asks for."""
    found = []
    for one in postures:
        rosters = [
            {"for": rule.word, "people": rule.value, "short": max((rule.value or 0) - people, 0)}
            for rule in one.rules("roster")
            if rule.target == shift_code or (rule.target == ALL and longest)
        ]
        found.append(
            {
                "code": one.standing.code, "name": one.standing.name, "kind": one.standing.kind,
                "hours": as_opening(list(one.windows), span),
                "zones_on": [int(zone) for zone in _zones_of(zones, one, "on")],
                "zones_off": [int(zone) for zone in _zones_of(zones, one, OFF)],
                "streets": len(passes) if one.rules("passes") or one.rules("regime") else 0,
                "posts": sorted(rule.target for rule in one.rules("post")), "roster": rosters,
            }
        )  # fmt: skip
    return found


def as_opening(windows: Sequence[tuple[int, int]], span: ShiftSpan) -> str:
    """Windows of a shift as opening text for that shift.

    Examples
    --------
    >>> import datetime as dt
    >>> span = ShiftSpan(dt.date(2026, 6, 8), 79200, 108000, dt.datetime(2026, 6, 8, 22))
    >>> as_opening([(3600, 7200), (10800, 14400)], span), as_opening([], span)
    ('23:00-24:00,01:00-02:00', 'off')
    """
    said = []
    for low, high in windows:
        begin = (low + span.from_s) % DAY_S
        end = begin + high - low
        said.append("-".join(f"{second // 3600:02d}:{second // 60 % 60:02d}" for second in (begin, end)))
    return ",".join(said) or OFF


def _zones_of(zones: GeoDataFrame, one: Serving, word: str) -> list[Any]:
    targets = {rule.target for rule in one.rules("zone") if rule.word == word}
    if not targets or not len(zones):
        return []
    within = zones[zones.geometry.intersects(one.area)]
    return [zone for zone, kind in zip(within.index, within["kind"], strict=True) if targets & {ALL, kind}]


def _without(own: Windows, held: Windows) -> Windows:
    """What is left of some windows outside others.

    Examples
    --------
    >>> _without([(0, 10), (20, 30)], [(5, 22)])
    [(0, 5), (22, 30)]
    """
    for low, high in held:
        own = [part for a, b in own for part in ((a, min(b, low)), (max(a, high), b)) if part[0] < part[1]]
    return own
