"""A plan as files: GeoJSON for maps, GPX for a phone."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from geo.errors import NotFound
from geo.frames import plain_rows
from geo.patrol.export.gpx import Waypoint, render_gpx

if TYPE_CHECKING:
    from pandas import DataFrame

    from geo.patrol.queries import PlanFrames


class UnknownTeam(NotFound):
    """The plan has no such team."""


def _only(frame: DataFrame, team: str | None, column: str = "team") -> Any:
    return frame if team is None else frame[frame[column] == team]


def check_team(frames: PlanFrames, team: str | None) -> None:
    """Raise unless the plan has the team; None stands for all.

    Raises
    ------
    UnknownTeam
        The facts list the teams there are.
    """
    known = frames.teams["code"].tolist()
    if team is not None and team not in known:
        raise UnknownTeam("patrol.unknown_team", team=team, known=", ".join(known))


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def plan_geojson(frames: PlanFrames, team: str | None = None) -> str:
    """The plan, or one team's day, as a GeoJSON FeatureCollection (RFC 7946, longitude first, seven decimals).

    Returns
    -------
    str
        Features with ``what``: ``route`` (one a team), ``stop`` (in order) and, for the whole plan, ``unserved`` with
        the reason. CGCS2000 coordinates, which agree with WGS 84 to centimetres. No names of people.

    Raises
    ------
    UnknownTeam
        If the plan has no such team.
    """
    check_team(frames, team)
    features = [
        _feature(
            [[round(x, 7), round(y, 7)] for x, y in row.geometry.coords],
            "LineString",
            {"what": "route", **{name: getattr(row, name) for name in ("team", "mode", "duration_s", "distance_m")}},
        )
        for row in _only(frames.routes, team).itertuples()
    ]
    stops = _only(frames.stops, team)
    told = ["team", "seq", "kind", "name", "district_code", "weight", "service_s", "arrive_at", "leave_at"]
    for row, point in zip(plain_rows(stops[told]), stops.geometry, strict=True):
        times = {name: _instant(row[name]) for name in ("arrive_at", "leave_at")}
        features.append(_feature([round(point.x, 7), round(point.y, 7)], "Point", {"what": "stop", **row, **times}))
    if team is None:
        told = ["kind", "name", "district_code", "weight", "reason_code", "reason_facts"]
        for left in plain_rows(frames.unserved):
            facts = {"what": "unserved", **{name: left[name] for name in told}}
            features.append(_feature([round(left["lon"], 7), round(left["lat"], 7)], "Point", facts))
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, allow_nan=False)


def _feature(coordinates: list[Any], kind: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def plan_gpx(frames: PlanFrames, team: str | None = None) -> str:
    """The plan, or one team's day, as GPX 1.1: a waypoint a stop with its time, a track a team.

    Raises
    ------
    UnknownTeam
        If the plan has no such team.
    """
    check_team(frames, team)
    stops = (
        Waypoint(row.geometry.x, row.geometry.y, row.arrive_at, row.team, int(row.seq), row.name, row.kind)
        for row in _only(frames.stops, team).itertuples()
    )
    return render_gpx(stops, ((row.team, row.geometry.coords) for row in _only(frames.routes, team).itertuples()))
