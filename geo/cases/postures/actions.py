"""Draft a posture from its template, change its rules, approve it, withdraw it, sweep for hazards before it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from geo.calendars import read_opening
from geo.cases import history
from geo.cases.postures import queries
from geo.cases.postures.clock import MOST_DAYS, Times, hours_on, in_force, spans
from geo.cases.postures.conflicts import list_clashes
from geo.cases.postures.rules import Rule, check_rule
from geo.cases.postures.standing import list_in_force, read_standing
from geo.cases.postures.states import POSTURE
from geo.cases.postures.templates import load_template
from geo.cases.risks.gate import lacking
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.db.counts import count_step
from geo.errors import Conflict, Invalid, NotFound
from geo.tables.postures import CHECK_RESULTS, POSTURE_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_POINTS: Final = 5_000
LAYER: Final = "posture"


class UnknownPosture(NotFound):
    """There is no such posture, or nothing of that name to look at before it."""


class BadPosture(Invalid):
    """A posture that cannot be; the facts name the field."""


class PostureTaken(Conflict):
    """Another posture has that code."""


class PostureSettled(Conflict):
    """What was approved does not change; it is withdrawn, and another takes its place."""


class Contradicts(Conflict):
    """Another approved posture says the opposite of the same place and time; the facts say where and what to mend."""


class CampaignNotAssessed(Conflict):
    """It includes a campaign whose risks nobody has approved."""


@dataclass(frozen=True, slots=True)
class PostureDraft:
    """A posture as somebody enters it; ``ground`` is WKB of a polygon, EPSG:4490, x = lon.

    ``rules`` None: those of the template. ``opening`` None: all day.
    """

    code: str
    name: str
    kind: str
    first_on: dt.date
    last_on: dt.date
    ground: bytes
    opening: str | None = None
    basis: str | None = None
    rules: tuple[Rule, ...] | None = None


def draft_posture(
    session: Session, tenant: str, draft: PostureDraft, *, actor: str, at: dt.datetime | None = None
) -> int:
    """Write a draft with the rules and checks of its template; ``at`` is when it was drawn up, now if not told.

    Raises
    ------
    BadPosture, BadRule, OpeningUnreadable
        If a field, a rule, the hours or the area cannot be.
    PostureTaken
        If the code is another's.
    """
    county = get_county(session, tenant)
    _check(session, county, draft)
    rules, checks = load_template(session, tenant, draft.kind)
    if draft.rules is not None:
        rules = _checked(draft.rules)
    values = {name: getattr(draft, name) for name in draft.__slots__ if name != "rules"}
    number = queries.insert_posture(session, tenant, **values, actor=actor)
    if number is None:
        raise PostureTaken("postures.taken", posture=draft.code)
    queries.replace_rules(session, tenant, number, [asdict(rule) for rule in rules])
    queries.add_checks(session, tenant, number, checks)
    history.begin(session, tenant, POSTURE, number, at=at or dt.datetime.now(dt.UTC), actor=actor)
    count_step(session, tenant, LAYER, 1)
    _, box = queries.look_at_ground(session, draft.ground, MOST_POINTS)
    _tell(session, tenant, number, box, draft.code, "posture.drafted", actor)
    return number


def set_rules(session: Session, tenant: str, code: str, rules: Sequence[Rule], *, actor: str) -> None:
    """Give a draft other rules.

    Raises
    ------
    UnknownPosture, BadRule
        If there is none, or a rule means nothing.
    PostureSettled
        If it is no draft any more.
    """
    number, status, box = _lock(session, tenant, code)
    if status != "draft":
        raise PostureSettled("postures.settled", posture=code, status=status)
    queries.replace_rules(session, tenant, number, [asdict(rule) for rule in _checked(rules)])
    _tell(session, tenant, number, box, code, "posture.ruled", actor)


def approve_posture(
    session: Session, tenant: str, code: str, *, at: dt.datetime, actor: str, staff_id: int | None = None,
    despite: str = "",
) -> str:  # fmt: skip
    """Approve a posture; from then on its days and hours alone switch it.

    Parameters
    ----------
    despite
        Why it is approved although it contradicts another: the stricter rule then holds.

    Raises
    ------
    UnknownPosture, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or it cannot be approved now or then.
    Contradicts
        If it contradicts an approved one and nobody says why it goes on.
    CampaignNotAssessed
        If a campaign that is part of it has no approved risk assessment.
    """
    county = get_county(session, tenant)
    number, status, box = _lock(session, tenant, code)
    after = POSTURE.after(status, "approve")
    for campaign, name in queries.list_campaigns(session, tenant, number):
        if lacks := lacking(session, tenant, county.today(), campaign_id=campaign):
            why = ", ".join(one.code.removeprefix("risks.") for one in lacks)
            raise CampaignNotAssessed("postures.not_assessed", posture=code, campaign=name, why=why)
    clashes = [one for one in list_clashes(session, county, code) if one.other_status == "approved"]
    if clashes and not despite.strip():
        raise Contradicts("postures.contradicts", **clashes[0].facts(), count=len(clashes))
    facts = {"clashes": [[one.other_code, one.rule.kind, one.rule.target] for one in clashes]}
    history.take(
        session, tenant, POSTURE, number, status, "approve", at=at, actor=actor, staff_id=staff_id,
        note=despite.strip(), facts=facts,
    )  # fmt: skip
    queries.move_posture(session, tenant, number, after, at, None)
    row = get_posture(session, tenant, code)
    held = spans(read_standing(row).times, county.zone, county.calendar)
    queries.save_operation(session, tenant, number, held[0][0], held[-1][1], json.dumps(held), actor)
    _tell(session, tenant, number, box, code, "posture.approved", actor)
    return after


def withdraw_posture(
    session: Session, tenant: str, code: str, *, at: dt.datetime, actor: str, reason: str, staff_id: int | None = None
) -> str:
    """End a posture before its time, or give a draft up; until ``at`` it held.

    Raises
    ------
    UnknownPosture, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or it cannot be withdrawn now or then.
    BadPosture
        If nobody says why.
    """
    county = get_county(session, tenant)
    number, status, box = _lock(session, tenant, code)
    after = POSTURE.after(status, "withdraw")
    if not reason.strip():
        raise BadPosture("postures.field", posture=code, field="reason")
    history.take(
        session, tenant, POSTURE, number, status, "withdraw", at=at, actor=actor, staff_id=staff_id,
        note=reason.strip(),
    )  # fmt: skip
    queries.move_posture(session, tenant, number, after, None, at)
    if status == "approved":
        row = get_posture(session, tenant, code)
        until = int(at.timestamp())
        held = [
            (low, min(high, until))
            for low, high in spans(read_standing(row).times, county.zone, county.calendar)
            if low < until
        ]
        if held:
            queries.save_operation(session, tenant, number, held[0][0], held[-1][1], json.dumps(held), actor)
        else:
            queries.drop_operation(session, tenant, code)
    _tell(session, tenant, number, box, code, "posture.withdrawn", actor)
    return after


def get_posture(session: Session, tenant: str, code: str, area: Sequence[str] | None = None) -> dict[str, Any]:
    """A posture with its rules, ground and whether it is in force now.

    Raises
    ------
    UnknownPosture
        If there is none that touches those 片区.
    """
    county = get_county(session, tenant)
    row = queries.find_posture(session, tenant, code, county.metric_srid, area)
    if row is None:
        raise UnknownPosture("postures.unknown", posture=code)
    return _with_clock(county, row, dt.datetime.now(dt.UTC))


def list_postures(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Postures whose days touch some local days, by first day, each with whether it is in force now."""
    county, now = get_county(session, tenant), dt.datetime.now(dt.UTC)
    return [_with_clock(county, row, now) for row in queries.list_postures(session, tenant, first_on, last_on, area)]


def list_here(session: Session, tenant: str, lon: float, lat: float, at: dt.datetime) -> list[dict[str, Any]]:
    """What is in force at a point and instant, JSON-ready."""
    found = list_in_force(session, get_county(session, tenant), lon, lat, at)
    return [asdict(one) for one in found]


def note_check(
    session: Session, tenant: str, code: str, item: str, *, result: str, at: dt.datetime, actor: str,
    hazards: int = 0, note: str = "", staff: str | None = None, area: Sequence[str] | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Write what was found of one thing to look at; returns the whole list.

    Raises
    ------
    UnknownPosture
        If there is no such posture in those 片区, or no such item.
    BadPosture
        If the result is none, hazards do not go with it, or it lies in the future.
    """
    row = get_posture(session, tenant, code, area)
    fits = result in CHECK_RESULTS and 0 <= hazards <= 10_000 and (hazards > 0) == (result == "hazard")
    if not fits or at > dt.datetime.now(dt.UTC) + history.CLOCKS_APART:
        raise BadPosture("postures.field", posture=code, field="at" if fits else "result")
    known = queries.note_check(
        session, tenant, row["id"], code=item, result=result, hazards=hazards, note=note.strip(), at=at, actor=actor,
        staff=staff,
    )  # fmt: skip
    if not known:
        raise UnknownPosture("postures.no_check", posture=code, item=item)
    facts = {"posture": code, "item": item, "result": result, "hazards": hazards}
    write_change(session, tenant, "posture.checked", facts=facts, actor=actor)
    return queries.list_checks(session, tenant, row["id"])


def _check(session: Session, county: County, draft: PostureDraft) -> None:
    for name in ("code", "name"):
        if not getattr(draft, name).strip():
            raise BadPosture("postures.field", posture=draft.code, field=name)
    if draft.kind not in POSTURE_KINDS:
        raise BadPosture("postures.kind", posture=draft.code, found=draft.kind, known=", ".join(POSTURE_KINDS))
    if not 0 <= (draft.last_on - draft.first_on).days < MOST_DAYS:
        raise BadPosture("postures.field", posture=draft.code, field="last_on")
    if draft.opening is not None:
        read_opening(draft.opening)
    times = Times(draft.first_on, draft.last_on, draft.opening)
    days = range((draft.last_on - draft.first_on).days + 1)
    if not any(hours_on(times, draft.first_on + dt.timedelta(days=day), county.calendar) for day in days):
        raise BadPosture("postures.field", posture=draft.code, field="opening")
    sound, (west, south, east, north) = queries.look_at_ground(session, draft.ground, MOST_POINTS)
    if not sound or not (county.contains(west, south) and county.contains(east, north)):
        raise BadPosture("postures.ground", posture=draft.code, most=MOST_POINTS)


def _checked(rules: Sequence[Rule]) -> list[Rule]:
    found = {(rule.kind, rule.target): check_rule(replace(rule, target=rule.target.strip())) for rule in rules}
    return list(found.values())


def _lock(session: Session, tenant: str, code: str) -> tuple[int, str, tuple[float, float, float, float]]:
    held = queries.lock_posture(session, tenant, code)
    if held is None:
        raise UnknownPosture("postures.unknown", posture=code)
    return held


def _tell(
    session: Session, tenant: str, number: int, box: tuple[float, float, float, float], code: str, kind: str, actor: str
) -> None:
    facts = {"posture": code}
    write_change(session, tenant, kind, layer=LAYER, feature_ids=[number], box=box, facts=facts, actor=actor)


def _with_clock(county: County, row: dict[str, Any], now: dt.datetime) -> dict[str, Any]:
    on = row["status"] == "approved" and in_force(
        read_standing(row).times, now.astimezone(county.zone), county.calendar
    )
    return {**row, "in_force": on, "open_steps": list(POSTURE.open_steps(row["status"]))}
