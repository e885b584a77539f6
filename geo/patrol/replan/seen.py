"""Where teams really are and what they did, from their tracks as far as there are fresh ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from geo.patrol.tracks.calls.call import FRESH
from geo.patrol.tracks.queries import find_last_fix, list_team_parts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County
    from geo.patrol.queries import PlanRow
    from geo.patrol.stretches import Stretch
    from geo.patrol.tracks.scoring.actions import OpenStreet
    from geo.patrol.tracks.scoring.stops import Outcome
    from geo.roads.network import Network


@dataclass(frozen=True, slots=True)
class Seen:
    """A team with a fresh position.

    Attributes
    ----------
    at, lon, lat
        Of the position, EPSG:4490.
    did
        By key of a stop, when it was really begun and left, seconds after the shift's start.
    at_work
        Key of the stop it is at; None on the way.
    missed
        Keys of stops whose time is over and at which it was not.
    """

    at: dt.datetime
    lon: float
    lat: float
    did: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    at_work: str | None = None
    missed: tuple[str, ...] = ()


@dataclass(frozen=True)
class SoFar:
    """Teams that were seen, by code, and streets that nobody has gone along yet; both empty without fresh positions."""

    teams: Mapping[str, Seen] = field(default_factory=dict)
    open_streets: Sequence[OpenStreet] = ()


def load_so_far(session: Session, county: County, plan: PlanRow, now: dt.datetime) -> SoFar:
    """What tracks say of a running shift; nothing is matched unless some team has a position of 15 minutes at most."""
    fixes = {
        code: fix
        for code, (people, cars) in list_team_parts(session, plan.id).items()
        if (fix := find_last_fix(session, max(now - FRESH, plan.starts_at), now, people, cars)) is not None
    }
    if not fixes:
        return SoFar()
    from geo.patrol.tracks.scoring.actions import open_streets
    from geo.patrol.tracks.scoring.load import load_material
    from geo.patrol.tracks.scoring.shift import score_shift

    loaded = load_material(session, county, plan.id, now)
    assert loaded is not None
    scored = score_shift(loaded.material)
    begun = loaded.material.begin_s
    seen = {
        team.day.code: judge_team(team.outcomes, fixes[team.day.code], begun, int(now.timestamp()) - begun)
        for team in scored.teams
        if team.day.code in fixes
    }
    return SoFar(seen, open_streets(loaded.material.network, scored.coverage))


def judge_team(outcomes: Sequence[Outcome], fix: tuple[dt.datetime, float, float], begun: int, now_s: int) -> Seen:
    """What a team did, from what became of its stops.

    Parameters
    ----------
    begun
        The shift's start, seconds of the Unix epoch.
    now_s
        Second of the shift.

    Notes
    -----
    Where nobody could tell, a stop whose time is over counts as done on time. Who was last inside a stop at most as
    long ago as the position is at work there, until its work is done.
    """
    did: dict[str, tuple[int, int]] = {}
    missed, at_work = [], None
    fresh_s = int(fix[0].timestamp()) - begun
    for one in outcomes:
        begin, leave = one.planned.begin_s - begun, one.planned.end_s - begun
        if one.state in ("on_time", "late", "short") and one.arrive_s is not None:
            came, left = one.arrive_s - begun, (one.leave_s or one.arrive_s) - begun
            if left >= fresh_s and came + leave - begin > now_s:
                at_work, left = one.planned.key, came + leave - begin
            did[one.planned.key] = came, max(left, came)
        elif one.state in ("on_time", "late", "short", "unseen") and begin <= now_s:
            did[one.planned.key] = begin, min(leave, now_s)
        elif one.state == "missed":
            missed.append(one.planned.key)
    return Seen(*fix, did, at_work, tuple(missed))


def walked_keys(trails: Mapping[str, Stretch], streets: Sequence[OpenStreet], network: Network) -> frozenset[str]:
    """Keys of the trails of coverage on which no street is open any more."""
    import numpy as np

    from geo.patrol.demand.coverage import covered_pieces
    from geo.patrol.tracks.where import to_metres

    pieces = np.array(sorted({piece for trail in trails.values() for piece, _ in trail.pieces}), dtype=np.int64)
    lines = [to_metres(line, network.srid) for street in streets for line in street.lines]
    left = covered_pieces(network, pieces, lines)
    return frozenset(key for key, trail in trails.items() if not any(piece in left for piece, _ in trail.pieces))
