"""What people do with a plan of a 片区: have one suggested, write it, approve, start, end and evaluate it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.days import midnight, span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.patrol.demand.deadlines import event_names
from geo.patrol.treatment import queries
from geo.patrol.treatment.content import (
    WEEKDAYS,
    Content,
    ContentBroken,
    Frequency,
    Problem,
    StreetDuty,
    Target,
    check_content,
    missing,
    read_content,
)
from geo.patrol.treatment.figures import Figure, judge
from geo.patrol.treatment.states import Status, Step, status_after

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

LOOK_BACK: Final = dt.timedelta(weeks=12)
SUGGESTED_DAYS: Final = 28
LESS: Final = 0.8
"""A suggested target asks for a fifth fewer events than lately."""

HELD, PASSED = 950, 900
"""Suggested shares in thousandths: posts held on time, passes done."""


class UnknownTreatment(NotFound):
    """There is no such plan."""


class UnknownDistrict(NotFound):
    """The county has no such 片区."""


class RevisedMeanwhile(Conflict):
    """Somebody else changed the draft, or it is no draft any more."""


class NotComplete(Invalid):
    """A plan that lacks parts is not approved; the facts name them."""


class NotYet(Conflict):
    """A plan starts on its first day and is evaluated after its last, not before."""


class AnotherRuns(Conflict):
    """A 片区 has one running plan; the facts name it. End it first."""


def suggest_treatment(session: Session, tenant: str, district: str, today: dt.date) -> Content:
    """A first draft from what is on record: the commonest trouble, the posts and main streets there are.

    Parameters
    ----------
    today
        The county's; the suggestion runs four weeks from tomorrow.

    Raises
    ------
    UnknownDistrict
        If there is no such 片区.
    ContentBroken
        If nobody in service belongs to its squad: a plan without an owner is none.
    """
    name, goal = _district(session, tenant, district)
    until = midnight(today, get_county(session, tenant).zone)
    top = queries.load_top_codes(session, tenant, district, until - LOOK_BACK, until)
    posts, streets, owner = queries.load_means(session, tenant, district)
    if owner is None:
        raise ContentBroken("treatment.nobody", district=district)
    weeks = LOOK_BACK.days / 7
    names = event_names()
    problems = tuple(
        Problem(names.get(code, (code, 0))[0], (code,), "、".join(zones), f"近 {LOOK_BACK.days} 天 {count} 起")
        for code, count, zones in top
    )
    targets = [Target("events", int(LESS * count / weeks), (code,)) for code, count, _ in top]
    targets += [Target("posts_on_time", HELD)] if posts else []
    targets += [Target("passes", PASSED)] if streets else []
    first = today + dt.timedelta(days=1)
    return Content(
        title=f"{name}治理方案",
        goal=goal or f"{name}:减少反复回潮,守点到位",
        owner=owner,
        from_on=first,
        to_on=first + dt.timedelta(days=SUGGESTED_DAYS - 1),
        problems=problems,
        targets=tuple(targets),
        posts=tuple(posts),
        streets=tuple(StreetDuty(street, tuple(ids), 2) for street, ids in streets),
        frequency=tuple(Frequency(code, WEEKDAYS) for code in queries.list_shifts(session, tenant)),
    )


def ensure_treatments(database: Database, tenant: str, districts: Sequence[str], actor: str = "demo") -> list[int]:
    """Suggest, write and approve a plan for those of some 片区 that have none yet; returns the plans written."""
    made = []
    with database.begin(tenant) as session:
        today = get_county(session, tenant).today()
        for district in districts:
            known = queries.find_district(session, tenant, district) is not None
            if not known or queries.list_treatments(session, tenant, district=district, most=1):
                continue
            content = suggest_treatment(session, tenant, district, today)
            if missing(content):
                continue
            made.append(draft_treatment(session, tenant, district, content, actor))
            take_step(session, tenant, made[-1], "approve", actor)
    return made


def draft_treatment(session: Session, tenant: str, district: str, content: Content, actor: str) -> int:
    """Store a plan as the next version's draft; returns its id.

    Raises
    ------
    UnknownDistrict
        If there is no such 片区.
    ContentBroken
        If the plan contradicts itself or names a person, post or street there is not.
    """
    _district(session, tenant, district)
    values = _values(session, tenant, district, content)
    queries.lock_district(session, tenant, district)
    number = queries.insert_treatment(session, {**values, "tenant": tenant, "district": district, "actor": actor})
    _note(session, tenant, number, "draft", "draft", "", actor)
    return number


def revise_treatment(
    session: Session, tenant: str, treatment_id: int, revision: int, content: Content, actor: str
) -> int:
    """Write a draft anew; returns its new revision.

    Parameters
    ----------
    revision
        The one the writer has seen.

    Raises
    ------
    UnknownTreatment, RevisedMeanwhile, ContentBroken
        If there is none, if it was changed since or is no draft, or as :func:`draft_treatment`.
    """
    row = get_treatment(session, tenant, treatment_id)
    values = _values(session, tenant, row["district_code"], content)
    changed = {**values, "tenant": tenant, "id": treatment_id, "revision": revision}
    fresh = queries.revise_treatment(session, changed)
    if fresh is None:
        raise RevisedMeanwhile("treatment.revised", treatment=treatment_id, revision=row["revision"])
    _note(session, tenant, treatment_id, "revise", "draft", "", actor)
    return fresh


def get_treatment(session: Session, tenant: str, treatment_id: int) -> dict[str, Any]:
    """One version with everything it says.

    Raises
    ------
    UnknownTreatment
        If there is none.
    """
    row = queries.find_treatment(session, tenant, treatment_id)
    if row is None:
        raise UnknownTreatment("treatment.unknown", treatment=treatment_id)
    return row


def take_step(
    session: Session, tenant: str, treatment_id: int, step: Step, actor: str, *, note: str = "", by_clock: bool = False
) -> Status:
    """Approve, start, end, evaluate or withdraw a plan; returns the state it is in then.

    Parameters
    ----------
    by_clock
        Started or ended since its day has come: a plan of the same 片区 that still runs is ended first.

    Raises
    ------
    UnknownTreatment, StepNotOpen
        If there is none, or its state does not allow the step.
    NotComplete
        If parts are missing when it is to be approved.
    NotYet
        If it is started before its first day or evaluated before its last has passed.
    AnotherRuns
        If it is started by hand while another plan of the 片区 runs.
    """
    queries.lock_treatment(session, tenant, treatment_id)
    row = get_treatment(session, tenant, treatment_id)
    status = status_after(row["status"], step)
    content = read_content(row)
    today = get_county(session, tenant).today()
    measured: dict[str, Mapping[str, Any]] = {}
    if step == "approve":
        if lacks := missing(content):
            raise NotComplete("treatment.incomplete", treatment=treatment_id, missing=", ".join(lacks))
        earlier = content.from_on - dt.timedelta(days=content.days), content.from_on - dt.timedelta(days=1)
        measured["baseline"] = {"days": content.days, "figures": _figures(session, tenant, row, content, earlier)}
    elif step == "start":
        if today < content.from_on:
            raise NotYet("treatment.not_yet", treatment=treatment_id, on=content.from_on.isoformat(), step=step)
        _make_room(session, tenant, row, actor, by_clock=by_clock)
    elif step == "evaluate":
        last = max(content.from_on, min(content.to_on, _ended_on(session, tenant, treatment_id)))
        if today <= last:
            raise NotYet("treatment.not_yet", treatment=treatment_id, on=last.isoformat(), step=step)
        measured["evaluation"] = _evaluate(session, tenant, row, content, (content.from_on, last))
    queries.set_status(session, tenant, treatment_id, status, **measured)
    _note(session, tenant, treatment_id, step, status, note, actor)
    return status


def advance_treatments(session: Session, tenant: str, today: dt.date) -> list[int]:
    """Start what is approved and due, end what has run its time; returns the plans moved on, in order."""
    due = queries.due_by_clock(session, tenant, today)
    for number, status in due:
        take_step(session, tenant, number, "end" if status == "running" else "start", "clock", by_clock=True)
    return [number for number, _ in due]


def _values(session: Session, tenant: str, district: str, content: Content) -> dict[str, Any]:
    """What is stored of a plan, every name looked up."""
    check_content(content, queries.list_shifts(session, tenant))
    owner = queries.find_staff_id(session, tenant, content.owner)
    if owner is None:
        raise ContentBroken("treatment.owner", owner=content.owner)
    posts = queries.find_post_ids(session, tenant, district, content.posts)
    if unknown := [code for code in content.posts if code not in posts]:
        raise ContentBroken("treatment.posts", posts=", ".join(unknown), district=district)
    wanted = [one for street in content.streets for one in street.road_ids]
    if strange := sorted(set(wanted) - queries.known_roads(session, tenant, wanted)):
        raise ContentBroken("treatment.roads", roads=", ".join(map(str, strange[:10])))
    plain = {name: getattr(content, name) for name in ("title", "goal", "from_on", "to_on")}
    return {**plain, **content.lists(), "owner_id": owner, "post_ids": sorted(posts.values())}


def _district(session: Session, tenant: str, district: str) -> tuple[str, str | None]:
    found = queries.find_district(session, tenant, district)
    if found is None:
        raise UnknownDistrict("treatment.district", district=district)
    return found


def _make_room(session: Session, tenant: str, row: Mapping[str, Any], actor: str, *, by_clock: bool) -> None:
    """End the plan that still runs in the same 片区, or say which one it is."""
    queries.lock_district(session, tenant, row["district_code"])
    running = queries.find_running(session, tenant, row["district_code"])
    if running is None:
        return
    if not by_clock:
        raise AnotherRuns("treatment.another_runs", treatment=running, district=row["district_code"])
    take_step(session, tenant, running, "end", actor, note=f"→ {row['version']}")


def _ended_on(session: Session, tenant: str, treatment_id: int) -> dt.date:
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    ended = [one["at"] for one in queries.list_steps(session, tenant, treatment_id) if one["step"] == "end"]
    return dt.date.max if not ended else ended[-1].astimezone(zone).date() - dt.timedelta(days=1)


def _figures(
    session: Session, tenant: str, row: Mapping[str, Any], content: Content, days: tuple[dt.date, dt.date]
) -> list[dict[str, int]]:
    """Each target's figure over some local days, both included, in the targets' order."""
    return [asdict(_figure(session, tenant, row["district_code"], target, days)) for target in content.targets]


def _figure(session: Session, tenant: str, district: str, target: Target, days: tuple[dt.date, dt.date]) -> Figure:
    first, last = days
    from_at, to_at = span_of(first, last, get_county(session, tenant).zone)
    if target.measure == "events":
        found = queries.count_events(session, tenant, district, target.codes, from_at, to_at)
        return Figure(found, (last - first).days + 1)
    if target.measure == "returns":
        return queries.count_returns(session, tenant, district, target.codes, from_at, to_at)
    return queries.count_walked(session, tenant, district, target.measure, first, last)


def _evaluate(
    session: Session, tenant: str, row: Mapping[str, Any], content: Content, days: tuple[dt.date, dt.date]
) -> dict[str, Any]:
    now = _figures(session, tenant, row, content, days)
    before: Sequence[Mapping[str, int]] = row["baseline"]["figures"]
    outcomes = [
        judge(target, Figure(**then), Figure(**one))
        for target, then, one in zip(content.targets, before, now, strict=True)
    ]
    return {
        "first": days[0].isoformat(),
        "last": days[1].isoformat(),
        "figures": now,
        "verdicts": [outcome.verdict for outcome in outcomes],
    }


def _note(session: Session, tenant: str, treatment_id: int, step: str, status: str, note: str, actor: str) -> None:
    """Add the step to the plan's own history and to the change log."""
    queries.add_step(session, tenant, treatment_id, step, status, note, actor)
    facts = {"treatment": treatment_id, "step": step, "status": status}
    write_change(session, tenant, "treatment.moved", facts=facts, actor=actor)
