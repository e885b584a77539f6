"""What people do with the ledger: enter a footprint, take a step, correct amounts, state the stock."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.buildings import adoption, queries, watch
from geo.cases.buildings.books import UnknownBuilding, assessment_reasons, get_building, list_overlaps
from geo.cases.buildings.demolition import judge, read_papers
from geo.cases.buildings.facts import check_facts
from geo.cases.buildings.states import BUILDING, ENTRIES, IN_STOCK, LOST_BY, NEEDS_REASON
from geo.cases.history import begin, load_steps, take
from geo.cases.receipts.actions import find_taken, keep_taken
from geo.days import midnight
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.db.counts import count_step
from geo.errors import Conflict, Invalid
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_POINTS: Final = 5_000


class BadGround(Invalid):
    """The outline cannot be taken: broken, too fine, or outside the county."""


class ReasonMissing(Invalid):
    """The step says in words why, or on which paper it rests."""


class NotExisting(Conflict):
    """What was built after the base date is new, whoever would rather count it as existing."""


class ActRefused(Conflict):
    """The demolition cannot be carried out then; the facts list why."""


class BadCorrection(Invalid):
    """A correction that falls outside the time in which the building was in the stock, or leaves less than nothing."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A footprint as somebody enters it.

    Parameters
    ----------
    ground
        Polygon or multipolygon as WKB, EPSG:4490, x = lon.
    found_on, built_on
        Local days; the second as far as it is known.
    follows
        Row that was ended by mistake and that this one takes the place of.
    status, since, entered_as
        As another register has it; the history that must have led there is written down as adopted.
    """

    uid: uuid.UUID
    ground: bytes
    found_on: dt.date
    built_on: dt.date | None = None
    code: str | None = None
    category: str | None = None
    households: int | None = None
    note: str = ""
    follows: int | None = None
    extra: Mapping[str, Any] | None = None
    status: str = "suspected"
    since: dt.date | None = None
    entered_as: str | None = None


def enter_building(
    session: Session, tenant: str, draft: Draft, *, actor: str, staff_id: int | None = None
) -> tuple[int, list[tuple[int, int, int]]]:
    """Enter a footprint as suspected; the same draft again changes nothing.

    Returns
    -------
    tuple
        The row's id, and the buildings it overlaps: pairs of ids with the shared ground in dm².

    Raises
    ------
    BadGround
        If the outline is broken, has more than 5,000 points or lies outside the county.
    UidTaken, UnknownBuilding
        If the uid is that of something else, or ``follows`` names no building that has ended.
    """
    county = get_county(session, tenant)
    if (before := find_taken(session, tenant, draft.uid, "building")) is not None:
        return before, _overlaps(session, tenant, before)
    sound, (west, south, east, north) = queries.look_at_ground(session, draft.ground, MOST_POINTS)
    if not sound or not (county.contains(west, south) and county.contains(east, north)):
        raise BadGround("buildings.ground", most=MOST_POINTS)
    if draft.follows is not None and get_building(session, tenant, draft.follows)["status"] not in BUILDING.ends:
        raise UnknownBuilding("buildings.follows", id=draft.follows)
    number, box = queries.insert_building(
        session, tenant, key=str(draft.uid), code=draft.code, since=draft.found_on, found_on=draft.found_on,
        built_on=draft.built_on, households=draft.households, category=draft.category, follows_id=draft.follows,
        extra=json.dumps(dict(draft.extra or {}), ensure_ascii=False), srid=county.metric_srid, ground=draft.ground,
    )  # fmt: skip
    keep_taken(session, tenant, draft.uid, "building", number)
    if draft.status == BUILDING.start:
        at = min(midnight(draft.found_on, ZoneInfo(county.time_zone)), dt.datetime.now(dt.UTC))
        begin(session, tenant, BUILDING, number, at=at, actor=actor, staff_id=staff_id, note=draft.note)
    else:
        queries.move_building(
            session, tenant, number, status=draft.status, since=draft.since or draft.found_on,
            entered_as=draft.entered_as, households=None,
        )  # fmt: skip
        adoption.adopt_building(session, tenant, number, actor)
    count_step(session, tenant, "illegal_building", 1)
    write_change(
        session, tenant, "illegal_building.entered", layer="illegal_building", feature_ids=[number], box=box,
        actor=actor,
    )  # fmt: skip
    watch.watch_building(session, tenant, number, actor)
    return number, _overlaps(session, tenant, number)


def take_building_step(
    session: Session,
    tenant: str,
    building_id: int,
    step: str,
    *,
    at: dt.datetime,
    actor: str,
    staff_id: int | None = None,
    note: str = "",
    facts: Mapping[str, Any] | None = None,
    uid: uuid.UUID | None = None,
) -> str:
    """Take a step with a building; returns the state it is in then.

    Parameters
    ----------
    facts
        What the step needs to be told, see :mod:`geo.cases.buildings.facts`.
    uid
        Made by the client; the same step sent again changes nothing.

    Raises
    ------
    UnknownBuilding, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or the step cannot be taken now, or then.
    ReasonMissing, FactMissing
        If it lacks its reason, a date or a figure.
    NotExisting
        If something built after the base date is to be entered as existing.
    ActRefused
        If it is a demolition by night, on a rest day, before the papers allow it, or without an approved assessment.
    """
    if uid is not None and find_taken(session, tenant, uid, "building_step", building_id) is not None:
        return str(get_building(session, tenant, building_id)["status"])
    adoption.adopt_building(session, tenant, building_id, actor)
    held = queries.lock_building(session, tenant, building_id)
    if held is None:
        raise UnknownBuilding("buildings.unknown", id=building_id)
    row, box = held
    BUILDING.after(row["status"], step)
    if step in NEEDS_REASON and not note.strip():
        raise ReasonMissing("buildings.reason_needed", step=step)
    county = get_county(session, tenant)
    zone = ZoneInfo(county.time_zone)
    said = check_facts(step, facts or {}, at.astimezone(zone).date())
    if step in ENTRIES:
        said |= _entry_facts(session, tenant, row, step, said)
    if step == "demolish":
        _demand_lawful(session, tenant, building_id, said, zone, county.calendar)
    state = take(
        session, tenant, BUILDING, building_id, row["status"], step, at=at, actor=actor, staff_id=staff_id,
        note=note.strip(), facts=said,
    )  # fmt: skip
    since = at.astimezone(zone).date()
    queries.move_building(
        session, tenant, building_id, status=state, since=since, entered_as=ENTRIES.get(step),
        households=said.get("households") if step in ENTRIES else None,
    )  # fmt: skip
    if uid is not None:
        keep_taken(session, tenant, uid, "building_step", building_id)
    write_change(
        session, tenant, "illegal_building.stepped", layer="illegal_building", feature_ids=[building_id], box=box,
        facts={"step": step, "status": state}, actor=actor,
    )  # fmt: skip
    if step in LOST_BY:
        watch.lose_estates(session, tenant, building_id, at, actor)
        watch.watch_building(session, tenant, building_id, actor)
    if step == "overbuild":
        _enter_again(session, tenant, building_id, at, since, actor)
    return state


def correct_amounts(
    session: Session,
    tenant: str,
    building_id: int,
    *,
    at: dt.datetime,
    households_more: int = 0,
    area_dm2_more: int = 0,
    reason: str,
    actor: str,
    staff_id: int | None = None,
) -> int:
    """Say that from ``at`` on a building has more or fewer households, or more or less ground; its own ledger line.

    Raises
    ------
    UnknownBuilding, ReasonMissing
        If there is no such building, or no reason.
    BadCorrection
        If nothing changes, the building was not in the stock then, or less than nothing would be left.
    """
    if not reason.strip():
        raise ReasonMissing("buildings.reason_needed", step="correct")
    if queries.lock_building(session, tenant, building_id) is None:
        raise UnknownBuilding("buildings.unknown", id=building_id)
    histories = queries.load_histories(session, tenant, one=building_id)
    entry = histories[0].entry() if histories else None
    last = histories[0].steps[-1] if histories else None
    ended = last.at if last is not None and last.to_state not in IN_STOCK else None
    now = dt.datetime.now(dt.UTC)
    inside = entry is not None and entry.step != "stop" and entry.at <= at <= now and (ended is None or at < ended)
    if not inside or not (households_more or area_dm2_more):
        raise BadCorrection("buildings.correction", id=building_id, at=at.isoformat())
    assert entry is not None
    left_households = entry.households + sum(one.households_more for one in histories[0].corrections)
    left_dm2 = entry.area_dm2 + sum(one.area_dm2_more for one in histories[0].corrections)
    if left_households + households_more < 0 or left_dm2 + area_dm2_more <= 0:
        raise BadCorrection("buildings.correction_too_much", id=building_id)
    number = queries.add_correction(
        session, tenant, building_id, at=at, households_more=households_more, area_dm2_more=area_dm2_more,
        reason=reason.strip(), actor=actor, staff_id=staff_id,
    )  # fmt: skip
    write_change(session, tenant, "illegal_building.corrected", facts={"building": building_id}, actor=actor)
    return number


def _overlaps(session: Session, tenant: str, building_id: int) -> list[tuple[int, int, int]]:
    return list_overlaps(session, tenant, one=building_id)


def _entry_facts(
    session: Session, tenant: str, row: Mapping[str, Any], step: str, said: Mapping[str, Any]
) -> dict[str, Any]:
    """What the stock counts of an entry, taken once and kept in the log."""
    if step == "register" and row["built_on"] is not None:
        rule = watch.find_rule(session, tenant, row["district_code"])
        if rule is not None and row["built_on"] > rule.base_on:
            raise NotExisting("buildings.not_existing", id=row["id"], base=rule.base_on.isoformat())
    srid = get_county(session, tenant).metric_srid
    area_dm2 = queries.settle_building(session, tenant, row["id"], srid, None)
    households = said.get("households", row["households"] or 0)
    mends = {"corrects": row["follows_id"]} if row["follows_id"] and _was_struck(session, tenant, row) else {}
    return {"households": households, "area_dm2": area_dm2, **mends}


def _was_struck(session: Session, tenant: str, row: Mapping[str, Any]) -> bool:
    """Whether the row it follows was in the stock and ended by mistake; one that was built on after a stop was not."""
    before = queries.find_building(session, tenant, row["follows_id"])
    return before is not None and before["entered_as"] in ("existing", "new")


def _demand_lawful(
    session: Session, tenant: str, building_id: int, said: Mapping[str, Any], zone: ZoneInfo, calendar: str
) -> None:
    papers = read_papers(load_steps(session, tenant, BUILDING, building_id))
    start, end = dt.datetime.fromisoformat(said["from_at"]), dt.datetime.fromisoformat(said["to_at"])
    lacks = assessment_reasons(session, tenant, building_id, start, zone)
    verdict = judge(papers, start, end, zone, calendar, urgent=str(said.get("urgent", "")), lacks=lacks)
    if not verdict.allowed:
        why = ", ".join(one.code.removeprefix("buildings.").replace("risks.", "assessment_") for one in verdict.reasons)
        first = verdict.first_on.isoformat() if verdict.first_on else "-"
        raise ActRefused("buildings.act_refused", id=building_id, why=why, first=first)


def _enter_again(session: Session, tenant: str, building_id: int, at: dt.datetime, since: dt.date, actor: str) -> None:
    """Begin the row of what was finished in spite of the stop."""
    number = queries.copy_building(session, tenant, building_id, str(uuid7()), since)
    begin(session, tenant, BUILDING, number, at=at, actor=actor, facts={"follows": building_id})
    count_step(session, tenant, "illegal_building", 1)
    watch.watch_building(session, tenant, number, actor)
