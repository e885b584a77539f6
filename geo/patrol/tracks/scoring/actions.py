"""Score a shift against its plan, and say what of the ground is still open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import NotFound
from geo.patrol.tracks.scoring import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.patrol.tracks.scoring.ground import Coverage
    from geo.patrol.tracks.scoring.load import LoadedShift
    from geo.roads.network import Network

Progress = Callable[[str, int, int], None]


class NoPlanToScore(NotFound):
    """The shift has no plan to hold its tracks against."""


class NoScore(NotFound):
    """The shift was never scored; the message says how to."""


@dataclass(frozen=True)
class Scored:
    """A stored score; ``reused`` tells that the same plan, tracks and streets had been scored before."""

    id: int
    plan_id: int
    on_date: dt.date
    shift_code: str
    until_at: dt.datetime
    figures: dict[str, Any] = field(default_factory=dict)
    reused: bool = False


@dataclass(frozen=True)
class OpenStreet:
    """A street, or the part of one, that nobody has gone along yet.

    ``lines`` are LineStrings of its open pieces, EPSG:4490; tiers are ``main``, ``secondary``, ``branch``, ``lane``.
    """

    road_id: int
    name: str
    tier: str
    district_code: str | None
    length_m: int
    lines: tuple[Any, ...]


def score_shift_of(
    database: Database, tenant: str, on_date: dt.date, shift_code: str, *, until_at: dt.datetime | None = None,
    progress: Progress | None = None, actor: str = "system",
) -> Scored:  # fmt: skip
    """Match a shift's tracks, hold them against its plan, and keep what came out.

    Parameters
    ----------
    until_at
        Look no further; now by default, and never past the shift's end.

    Returns
    -------
    Scored
        The same data give the one score that is there already.

    Raises
    ------
    NoPlanToScore
        If the shift has no plan.
    """
    from geo.patrol.tracks.scoring.items import score_items
    from geo.patrol.tracks.scoring.shift import score_shift

    tell = progress or _silent
    with database.begin(tenant) as session:
        loaded = _load(session, tenant, on_date, shift_code, until_at)
        before = queries.find_score(session, loaded.frames.plan.id)
    tell("load", 1, 3)
    if before is not None and before.input_digest == loaded.digest:
        return _scored(before, reused=True)
    scored = score_shift(loaded.material)
    tell("score", 2, 3)
    scored.figures["refused"] = dict(loaded.refused)
    items = score_items(loaded.material, scored, tenant)
    plan = loaded.frames.plan
    head = {
        "plan_id": plan.id, "on_date": plan.on_date, "shift_code": plan.shift_code,
        "until_at": dt.datetime.fromtimestamp(loaded.material.until_s, dt.UTC), "input_digest": loaded.digest,
        "figures": scored.figures, "made_by": actor,
    }  # fmt: skip
    with database.begin(tenant) as session:
        queries.lock_score(session, tenant, plan.id)
        if queries.insert_score(session, head, items) is not None:
            facts = {"plan": plan.id, "on": plan.on_date.isoformat(), "shift": plan.shift_code}
            write_change(session, tenant, "shift.scored", facts=facts, actor=actor)
        stored = queries.find_score_of(session, plan.id, loaded.digest)
    tell("save", 3, 3)
    assert stored is not None
    return _scored(stored)


def _silent(step: str, done: int, of: int) -> None:
    del step, done, of


def _load(
    session: Session, tenant: str, on_date: dt.date, shift_code: str, until_at: dt.datetime | None
) -> LoadedShift:
    from geo.patrol.tracks.scoring.load import load_material

    plan_id = queries.find_plan_to_score(session, on_date, shift_code)
    county = get_county(session, tenant)
    until = until_at or dt.datetime.now(dt.UTC)
    loaded = load_material(session, county, plan_id, until) if plan_id is not None else None
    if loaded is None:
        raise NoPlanToScore("tracks.no_plan", on=on_date.isoformat(), shift=shift_code)
    return loaded


def _scored(row: queries.ScoreRow, *, reused: bool = False) -> Scored:
    return Scored(row.id, row.plan_id, row.on_date, row.shift_code, row.until_at, row.figures, reused)


def find_scored(session: Session, on_date: dt.date, shift_code: str) -> queries.ScoreRow:
    """The newest score of a shift's plan.

    Raises
    ------
    NoScore
        If there is none.
    """
    plan_id = queries.find_plan_to_score(session, on_date, shift_code)
    found = queries.find_score(session, plan_id) if plan_id is not None else None
    if found is None:
        raise NoScore("tracks.no_score", on=on_date.isoformat(), shift=shift_code)
    return found


def uncovered(
    session: Session, tenant: str, on_date: dt.date, shift_code: str, *, at: dt.datetime | None = None
) -> list[OpenStreet]:
    """Streets nobody has gone along so far in the shift, by tier, longest first: what the re-plan may ask for.

    Parameters
    ----------
    at
        Aware; now by default.

    Raises
    ------
    NoPlanToScore
        If the shift has no plan.
    """
    from geo.patrol.tracks.scoring.ground import cover
    from geo.patrol.tracks.scoring.shift import match_teams

    material = _load(session, tenant, on_date, shift_code, at).material
    ways = [way for ways in match_teams(material).values() for way in ways]
    return open_streets(material.network, cover(material.network, material.target, ways))


def open_streets(network: Network, coverage: Coverage) -> list[OpenStreet]:
    """Streets of a coverage that are still open, by tier, longest first."""
    import shapely

    from geo.patrol.tracks.scoring.ground import streets_of
    from geo.roads.places import piece_vertices

    found = []
    for street in streets_of(network, coverage):
        if not street.covered:
            ends = [(piece, float(network.length_m[piece])) for piece in street.pieces]
            lines = tuple(shapely.LineString(piece_vertices(network, piece, 0.0, end)) for piece, end in ends)
            about = street.road_id, street.name, street.tier, street.owner, street.length_m
            found.append(OpenStreet(*about, lines))
    return found
