"""A scored shift on the map: what was covered and what is open, planned routes and ways gone, stops and places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from maps.findings.shapes import Look, Shape, ShapeSet, named
from maps.palette import BLUE, GREEN, GREY, ORANGE, VERMILION
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

MOST_OPEN = 400
"""Open streets drawn, by tier and length; the rest is counted in the table."""

ROUGH_DEG = 2e-5
"""Ways and routes are drawn to 2 m: a day's way has thousands of vertices."""


class Line(Protocol):
    """A line of a scored shift, as the patrol room stores it."""

    key: str
    name: str
    team_code: str | None
    district_code: str | None
    done: bool | None
    figures: dict[str, Any]
    geom: BaseGeometry | None


@dataclass(frozen=True, slots=True)
class ScoredShift:
    """A shift with its score: ``page`` its address, ``items`` its lines by kind, ``routes`` as planned."""

    page: str
    on_date: dt.date
    shift_name: str
    until_at: dt.datetime
    ends_at: dt.datetime
    figures: Mapping[str, Any]
    items: Mapping[str, Sequence[Line]]
    routes: GeoDataFrame


def clock(at: dt.datetime, texts: Texts) -> str:
    return f"{at.astimezone(texts.time_zone):%H:%M}"


def clock_of(seconds: int | None, texts: Texts) -> str:
    return "—" if seconds is None else clock(dt.datetime.fromtimestamp(seconds, dt.UTC), texts)


def both(share: Mapping[str, int], unit: int = 1) -> str:
    """A share as its two numbers; a dash of nothing.

    Examples
    --------
    >>> both({"n": 3240, "of": 3600}, 60)
    '54 / 60'
    """
    return f"{share['n'] // unit:,} / {share['of'] // unit:,}" if share["of"] else "—"


def look_of(line: Line) -> str:
    return "done" if line.done else "hidden" if line.done is None else "missed"


def _rough(geometry: BaseGeometry) -> BaseGeometry:
    return geometry.simplify(ROUGH_DEG, preserve_topology=False)


def coverage_sets(shift: ScoredShift, texts: Texts) -> tuple[ShapeSet, ...]:
    cells = tuple(
        Shape(line.key, "done" if line.done else "missed", line.key, line.geom, ())
        for line in shift.items.get("cell", ())
        if line.geom is not None and not line.done
    )
    lines = shift.items.get("street", ())
    streets = tuple(_street(line, texts) for line in [one for one in lines if not one.done][:MOST_OPEN])
    covered = tuple(_street(line, texts) for line in [one for one in lines if one.done][:MOST_OPEN])
    planned = tuple(
        Shape(row.team, "planned", named(str(row.team)), _rough(row.geometry)) for row in shift.routes.itertuples()
    )
    ways = tuple(
        Shape(
            line.key,
            "way",
            named(line.name),
            _rough(line.geom),
            ((texts("coverage_seen_min"), both(line.figures["observed_s"], 60)),),
        )
        for line in shift.items.get("team", ())
        if line.geom is not None
    )
    stops = tuple(_stop(line, texts) for line in shift.items.get("stop", ()) if line.geom is not None)
    zones = tuple(
        Shape(
            line.key,
            look_of(line),
            named(line.name),
            line.geom,
            ((texts("coverage_longest"), f"{line.figures['longest_s'] // 60}"),),
        )
        for line in shift.items.get("zone", ())
        if line.geom is not None
    )
    done, missed, hidden = texts("coverage_is_done"), texts("coverage_is_missed"), texts("coverage_is_hidden")
    dots = {
        "done": Look(done, GREEN, "dot"),
        "missed": Look(missed, VERMILION, "dot"),
        "hidden": Look(hidden, GREY, "dot"),
    }
    return (
        ShapeSet("cells", texts("coverage_set_cells"), {"missed": Look(missed, ORANGE, fill=0.15)}, cells, show=False),
        ShapeSet("covered", texts("coverage_set_covered"), {"done": Look(done, GREEN, "line", weight=4)}, covered),
        ShapeSet("streets", texts("coverage_set_open"), {"missed": Look(missed, VERMILION, "line", weight=4)}, streets),
        ShapeSet(
            "planned",
            texts("coverage_set_planned"),
            {"planned": Look(texts("coverage_set_planned"), GREY, "line", weight=2, dash="6 5")},
            planned,
            show=False,
        ),
        ShapeSet(
            "ways",
            texts("coverage_set_ways"),
            {"way": Look(texts("coverage_set_ways"), BLUE, "line", weight=2.5)},
            ways,
            show=False,
        ),
        ShapeSet("stops", texts("coverage_set_stops"), dots, stops),
        ShapeSet("zones", texts("coverage_set_zones"), dots, zones, show=False),
    )


def _street(line: Line, texts: Texts) -> Shape:
    assert line.geom is not None
    facts = (
        (texts("coverage_tier"), texts(f"coverage_tier_{line.figures['tier']}")),
        (texts("coverage_metres"), f"{line.figures['length_m']:,}"),
    )
    return Shape(line.key, "done" if line.done else "missed", named(line.name or "—"), _rough(line.geom), facts)


def _stop(line: Line, texts: Texts) -> Shape:
    assert line.geom is not None
    facts = (
        (texts("team"), named(line.team_code or "")),
        (texts("coverage_planned"), clock_of(line.figures["begin_s"], texts)),
        (texts("coverage_came"), clock_of(line.figures["arrive_s"], texts)),
        (texts("coverage_state"), texts(f"coverage_state_{line.figures['state']}")),
    )
    return Shape(line.key, look_of(line), named(line.name or line.key), line.geom, facts)
