"""Write a risk assessment, submit it, and let somebody else approve it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases import history
from geo.cases.risks import queries
from geo.cases.risks.gate import missing_parts
from geo.cases.risks.states import ASSESSMENT, NEEDS_NOTE
from geo.errors import Conflict, Forbidden, Invalid, NotFound
from geo.tables.campaigns import ACTS, ASSESSED, CONCLUSIONS, RISK_LEVELS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST: Final = 500
MOST_POINTS: Final = 100


class UnknownAssessment(NotFound):
    """There is no such assessment, campaign, building or 片区."""


class BadAssessment(Invalid):
    """A part that cannot be, or is missing; the facts name it."""


class AssessmentTaken(Conflict):
    """The number is another's, or what it says is settled."""


class OwnAssessment(Forbidden):
    """Whoever wrote an assessment does not approve it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts: an account, and the member of staff behind it where there is one."""

    account: str
    staff: str | None = None
    staff_id: int | None = None

    @property
    def name(self) -> str:
        """The person, whichever account they use."""
        return self.staff or self.account


@dataclass(frozen=True, slots=True)
class AssessmentDraft:
    """What is to be assessed.

    Parameters
    ----------
    about
        ``campaign`` (with its code), ``building`` (with its id) or ``acts``.
    acts
        Compulsory acts it covers: of ``acts`` at least one; a campaign's may name those it brings along.
    districts
        Of ``acts``: codes of 片区; none: the county.
    """

    number: str
    about: str
    title: str
    valid_from_on: dt.date
    valid_to_on: dt.date
    campaign: str | None = None
    building: int | None = None
    acts: tuple[str, ...] = ()
    districts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """风险点, where it comes from, what is done about it, and how grave it is."""

    point: str
    source: str
    measure: str
    level: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an assessment says; parts may be empty until it is submitted."""

    points: tuple[RiskPoint, ...] = ()
    level: str | None = None
    plan: str = ""
    budget_yuan: int | None = None
    conclusion: str | None = None


def open_assessment(
    session: Session, tenant: str, draft: AssessmentDraft, author: Person, *, at: dt.datetime | None = None
) -> int:
    """Begin an assessment; ``at`` is when its writing began, now if not told.

    Raises
    ------
    BadAssessment, UnknownAssessment
        If it is about nothing, or about what there is not.
    AssessmentTaken
        If the number is another's.
    """
    fits = {
        "campaign": draft.campaign is not None and draft.building is None,
        "building": draft.building is not None and draft.campaign is None,
        "acts": draft.building is None and draft.campaign is None and bool(draft.acts),
    }
    if not fits.get(draft.about, False) or not set(draft.acts) <= set(ACTS) or not draft.number.strip():
        raise BadAssessment("risks.about", number=draft.number, known=", ".join(ASSESSED), acts=", ".join(ACTS))
    if draft.valid_to_on < draft.valid_from_on or not draft.title.strip():
        raise BadAssessment("risks.field", number=draft.number, field="title" if draft.title.strip() == "" else "dates")
    campaign = None if draft.campaign is None else queries.find_campaign(session, tenant, draft.campaign)
    building = None if draft.building is None else queries.find_building(session, tenant, draft.building)
    lost = sorted(set(draft.districts) - queries.known_districts(session, tenant, draft.districts))
    if (draft.campaign and campaign is None) or (draft.building is not None and building is None) or lost:
        named = draft.campaign or (", ".join(lost) if lost else str(draft.building))
        raise UnknownAssessment("risks.no_subject", number=draft.number, named=named)
    row = queries.insert_assessment(
        session, tenant, number=draft.number.strip(), about=draft.about, campaign_id=campaign, building_id=building,
        acts=sorted(set(draft.acts)), districts=sorted(set(draft.districts)), valid_from_on=draft.valid_from_on,
        valid_to_on=draft.valid_to_on, title=draft.title.strip(), author=author.name,
    )  # fmt: skip
    if row is None:
        raise AssessmentTaken("risks.taken", number=draft.number)
    history.begin(
        session, tenant, ASSESSMENT, row, at=at or dt.datetime.now(dt.UTC), actor=author.account,
        staff_id=author.staff_id,
    )  # fmt: skip
    return row


def write_assessment(session: Session, tenant: str, number: str, content: Content, author: Person) -> None:
    """Write what it says, all of it; whoever wrote last is its author.

    Raises
    ------
    UnknownAssessment, AssessmentTaken
        If there is none, or it is no draft.
    BadAssessment
        If a part cannot be.
    """
    row = _lock(session, tenant, number)
    if row["state"] != "draft":
        raise AssessmentTaken("risks.settled", number=number, state=row["state"])
    _check(number, content)
    points = [
        {"point": one.point.strip(), "source": one.source.strip(), "measure": one.measure.strip(), "level": one.level}
        for one in content.points
    ]
    queries.write_assessment(
        session, tenant, row["id"], points, level=content.level, plan=content.plan.strip(),
        budget_yuan=content.budget_yuan, conclusion=content.conclusion, author=author.name,
    )  # fmt: skip


def take_assessment_step(
    session: Session, tenant: str, number: str, step: str, person: Person, *, at: dt.datetime, note: str = ""
) -> str:
    """Submit, approve, refuse, send back, revoke; returns the state it is in then.

    Raises
    ------
    UnknownAssessment, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or the step cannot be taken now or then.
    BadAssessment
        If a part is missing, or nobody says why.
    OwnAssessment
        If its author approves or refuses it.
    """
    row = _lock(session, tenant, number)
    after = ASSESSMENT.after(row["state"], step)
    if step == "submit" and (missing := missing_parts(row)):
        raise BadAssessment("risks.incomplete", number=number, missing=", ".join(missing))
    if step in ("approve", "refuse") and person.name == row["author"]:
        raise OwnAssessment("risks.own", number=number, author=row["author"])
    if step in NEEDS_NOTE and not note.strip():
        raise BadAssessment("risks.field", number=number, field="note")
    history.take(
        session, tenant, ASSESSMENT, row["id"], row["state"], step, at=at, actor=person.account,
        staff_id=person.staff_id, note=note.strip(),
    )  # fmt: skip
    approver = person.name if step in ("approve", "drop") else row["approver"]
    queries.move_assessment(session, tenant, row["id"], after, approver if after in ("approved", "revoked") else None)
    return after


def get_assessment(session: Session, tenant: str, number: str) -> dict[str, Any]:
    """An assessment with its points, steps, what is missing, and what can be done with it.

    Raises
    ------
    UnknownAssessment
        If there is none.
    """
    row = queries.find_assessment(session, tenant, number)
    if row is None:
        raise UnknownAssessment("risks.unknown", number=number)
    steps = history.load_steps(session, tenant, ASSESSMENT, row["id"])
    return {
        **row,
        "missing": missing_parts(row),
        "points": queries.list_points(session, tenant, row["id"]),
        "history": [{"step": s.step, "to": s.to_state, "at": s.at, "actor": s.actor, "note": s.note} for s in steps],
        "open_steps": list(ASSESSMENT.open_steps(row["state"])),
    }


def list_assessments(session: Session, tenant: str, state: str | None = None) -> Sequence[dict[str, Any]]:
    """Assessments, the newest first, each with how many points it has and what is missing."""
    rows = queries.list_assessments(session, tenant, state, MOST)
    return [{**row, "missing": missing_parts(row)} for row in rows]


def _check(number: str, content: Content) -> None:
    if len(content.points) > MOST_POINTS:
        raise BadAssessment("risks.field", number=number, field="points")
    for seq, one in enumerate(content.points, 1):
        empty = [name for name in ("point", "source", "measure") if not getattr(one, name).strip()]
        if empty or one.level not in RISK_LEVELS:
            field = empty[0] if empty else "level"
            raise BadAssessment("risks.field", number=number, field=f"points.{seq}.{field}")
    bad = {
        "level": content.level is not None and content.level not in RISK_LEVELS,
        "budget_yuan": content.budget_yuan is not None and not 0 <= content.budget_yuan < 2_000_000_000,
        "conclusion": content.conclusion is not None and content.conclusion not in CONCLUSIONS,
    }
    if wrong := [name for name, is_bad in bad.items() if is_bad]:
        raise BadAssessment("risks.field", number=number, field=wrong[0])


def _lock(session: Session, tenant: str, number: str) -> dict[str, Any]:
    row = queries.lock_assessment(session, tenant, number)
    if row is None:
        raise UnknownAssessment("risks.unknown", number=number)
    return row
