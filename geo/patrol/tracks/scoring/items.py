"""The lines of a scored shift as they are stored: teams, stops, streets, passes, cells, places, deviations."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from geo.patrol.demand.coverage import CELL_M
from geo.patrol.tracks.scoring.ground import streets_of
from geo.patrol.tracks.scoring.shift import (
    Material,
    ShiftScored,
    TeamScore,
    share,
    team_observed_s,
    team_planned_s,
    way_lines,
)
from geo.patrol.tracks.where import to_degrees
from geo.roads.places import piece_vertices

if TYPE_CHECKING:
    from geo.patrol.tracks.scoring.stops import Outcome

Item = dict[str, Any]


def score_items(material: Material, scored: ShiftScored, tenant: str) -> list[Item]:
    """Every line, by kind and in its order; ``figures`` hold whole numbers, ``geom`` WKB in EPSG:4490."""
    found: list[Item] = []
    for kind, lines in (
        ("team", _teams(material, scored)),
        ("stop", _stops(material, scored)),
        ("deviation", _deviations(material, scored)),
        ("pass", _passes(material, scored)),
        ("street", _streets(material, scored)),
        ("cell", _cells(material, scored)),
        ("zone", _zones(material, scored)),
    ):
        empty = {"team_code": None, "district_code": None, "done": None, "geom": None, "name": ""}
        found += [{"tenant": tenant, "kind": kind, "seq": seq, **empty, **line} for seq, line in enumerate(lines, 1)]
    return found


def _wkb(geometry: Any) -> bytes | None:
    import shapely

    if geometry is None or geometry.is_empty:
        return None
    return bytes(shapely.to_wkb(geometry))


def _pieces_line(material: Material, pieces: tuple[int, ...]) -> Any:
    import shapely

    network = material.network
    lines = [piece_vertices(network, piece, 0.0, float(network.length_m[piece])) for piece in pieces]
    return shapely.line_merge(shapely.multilinestrings([shapely.LineString(line) for line in lines]))


def _teams(material: Material, scored: ShiftScored) -> Iterator[Item]:
    import shapely

    for team in scored.teams:
        lines = way_lines(material.network, team.best) if team.best is not None else []
        due = [one for one in team.outcomes if one.state != "not_yet"]
        planned, observed = team_planned_s(material, team.day), team_observed_s(material, team)
        figures = {
            "mode": team.day.mode,
            "devices": len(team.ways),
            "observed_s": share(observed, planned),
            "unobservable_s": planned - observed,
            "positions": share(sum(way.matched for way in team.ways), sum(way.counted for way in team.ways)),
            "inaccurate": sum(way.inaccurate for way in team.ways),
            "outliers": sum(way.outliers for way in team.ways),
            "gone_m": round(team.best.length_m) if team.best is not None else 0,
            "stops": share(sum(one.done is True for one in due), len(due)),
            "unseen": sum(one.state == "unseen" for one in due),
            "gaps": _gaps(material, team),
        }
        geometry = _wkb(shapely.multilinestrings(lines)) if lines else None
        yield {
            "key": team.day.code, "name": team.day.name, "team_code": team.day.code,
            "district_code": team.day.district, "figures": figures, "geom": geometry,
        }  # fmt: skip


def _gaps(material: Material, team: TeamScore) -> list[list[int]]:
    """Stretches of the planned day without sight of the team, as seconds after its beginning."""
    low, high = team.day.begin_s, min(team.day.until_s, material.until_s)
    found, now = [], low
    for begin, end in team.observed:
        if begin > now and now < high:
            found.append([now - low, min(begin, high) - low])
        now = max(now, end)
    return [*found, [now - low, high - low]] if high > now else found


def _stops(material: Material, scored: ShiftScored) -> Iterator[Item]:
    for team in scored.teams:
        for one in team.outcomes:
            yield _stop(material, one)


def _stop(material: Material, one: Outcome) -> Item:
    stop = one.planned
    figures: dict[str, Any] = {
        "kind": stop.kind, "state": one.state, "seq": stop.seq, "begin_s": stop.begin_s, "end_s": stop.end_s,
        "arrive_s": one.arrive_s, "leave_s": one.leave_s, "inside_s": share(one.inside_s, one.planned_s),
        "observed_s": share(one.observed_s, one.planned_s), "checked_in": one.checked_in, "buffer_m": stop.buffer_m,
    }  # fmt: skip
    if one.passes is not None:
        figures["passes"] = one.passes
    place = None
    if stop.area is not None:
        place = _wkb(to_degrees(stop.area.centroid, material.network.srid))
    return {
        "key": stop.key, "name": stop.name, "team_code": stop.team, "district_code": stop.district, "done": one.done,
        "figures": figures, "geom": place,
    }  # fmt: skip


def _deviations(material: Material, scored: ShiftScored) -> Iterator[Item]:
    for team in scored.teams:
        for one in team.outcomes:
            if one.reason:
                item = _stop(material, one)
                figures = {
                    "kind": one.planned.kind, "state": one.state, "reason": one.reason, "facts": one.facts,
                    "begin_s": one.planned.begin_s, "arrive_s": one.arrive_s,
                }  # fmt: skip
                yield {**item, "figures": figures}


def _passes(material: Material, scored: ShiftScored) -> Iterator[Item]:
    for stop, made in scored.passes:
        low, high = stop.window
        known = None if made == 0 and high > material.until_s else made > 0
        metres = round(float(material.network.length_m[list(stop.pieces)].sum()))
        yield {
            "key": stop.key, "name": stop.name, "team_code": stop.team or None, "district_code": stop.district,
            "done": known, "figures": {"made": made, "due": 1, "length_m": metres, "from_s": low, "to_s": high},
            "geom": _wkb(_pieces_line(material, stop.pieces)),
        }  # fmt: skip


def _streets(material: Material, scored: ShiftScored) -> Iterator[Item]:
    for one in streets_of(material.network, scored.coverage):
        yield {
            "key": f"road:{one.road_id}:{'done' if one.covered else 'open'}", "name": one.name,
            "district_code": one.owner, "done": one.covered, "figures": {"tier": one.tier, "length_m": one.length_m},
            "geom": _wkb(_pieces_line(material, one.pieces)),
        }  # fmt: skip


def _cells(material: Material, scored: ShiftScored) -> Iterator[Item]:
    import shapely

    cover = scored.coverage
    lines = zip(cover.cells.tolist(), cover.cell_m.tolist(), cover.cell_covered_m.tolist(), scored.cells, strict=True)
    for (column, row), metres, covered, seen in lines:
        corner = column * CELL_M, row * CELL_M
        box = shapely.box(*corner, corner[0] + CELL_M, corner[1] + CELL_M)
        yield {
            "key": f"{column}:{row}", "done": seen,
            "figures": {"street_m": share(round(covered), round(metres))},
            "geom": _wkb(to_degrees(box, material.network.srid)),
        }  # fmt: skip


def _zones(material: Material, scored: ShiftScored) -> Iterator[Item]:
    ranked = sorted(scored.zones, key=lambda one: (-one[1].longest_s, one[0].key))
    for zone, idle in ranked:
        yield {
            "key": zone.key, "name": zone.name, "district_code": zone.district, "done": idle.kept,
            "figures": asdict(idle), "geom": _wkb(to_degrees(zone.area.centroid, material.network.srid)),
        }  # fmt: skip
