"""Draft a campaign, take it through its steps, note who went out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases import history
from geo.cases.campaigns import queries
from geo.cases.campaigns.figures import AFTER_DAYS, measure_campaign
from geo.cases.campaigns.orders import BadCampaign, CampaignDraft, CampaignTaken, Effort, TooEarly, UnknownCampaign
from geo.cases.campaigns.states import CAMPAIGN, GATED, NEEDS_NOTE
from geo.cases.codes.actions import get_code
from geo.cases.risks.gate import NotAssessed, lacking
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import County, get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_POINTS: Final = 5_000
MOST_CODES: Final = 50


def draft_campaign(
    session: Session, tenant: str, draft: CampaignDraft, *, actor: str, at: dt.datetime | None = None
) -> int:
    """Write a draft, or write a draft of that code anew; ``at`` is when it was drawn up, now if not told.

    Raises
    ------
    BadCampaign, UnknownCode
        If a field, a code, the area or a team cannot be.
    UnknownCampaign
        If a posture, unit or person is named that there is not.
    CampaignTaken
        If the code is that of a campaign that is no draft any more.
    """
    county = get_county(session, tenant)
    values, teams = _read(session, county, draft)
    before = queries.lock_campaign(session, tenant, draft.code)
    if before is not None and before["state"] != "draft":
        raise CampaignTaken("campaigns.settled", campaign=draft.code, state=before["state"])
    number = queries.save_campaign(session, tenant, None if before is None else before["id"], **values, actor=actor)
    queries.replace_teams(session, tenant, number, teams)
    if before is None:
        history.begin(session, tenant, CAMPAIGN, number, at=at or dt.datetime.now(dt.UTC), actor=actor)
    write_change(session, tenant, "campaign.drafted", facts={"campaign": draft.code}, actor=actor)
    return number


def take_campaign_step(
    session: Session, tenant: str, code: str, step: str, *, at: dt.datetime, actor: str, staff_id: int | None = None,
    note: str = "",
) -> str:  # fmt: skip
    """Take a step; returns the state it is in then.

    Raises
    ------
    UnknownCampaign, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or the step cannot be taken now or then.
    NotAssessed
        If it needs the approved risk assessment and there is none; the facts say what lacks.
    BadCampaign
        If nobody says why.
    TooEarly
        If it is to start before its first day, or be evaluated before its thirty days are over.
    """
    county = get_county(session, tenant)
    row = queries.lock_campaign(session, tenant, code)
    if row is None:
        raise UnknownCampaign("campaigns.unknown", named=code)
    after = CAMPAIGN.after(row["state"], step)
    on = at.astimezone(county.zone).date()
    if step in GATED and (lacks := lacking(session, tenant, on, campaign_id=row["id"])):
        raise NotAssessed(lacks[0].code, **lacks[0].facts)
    if step in NEEDS_NOTE and not note.strip():
        raise BadCampaign("campaigns.field", campaign=code, field="note")
    _check_day(county, row, step, on)
    times: dict[str, Any] = {"start": {"started_at": at}, "end": {"ended_at": at}}.get(step, {})
    if step == "evaluate":
        times = {"evaluation": measure_campaign(session, tenant, code, now=dt.datetime.now(dt.UTC))}
    facts = {"verdict": times["evaluation"]["after"]["change"]["verdict"]} if step == "evaluate" else {}
    history.take(
        session, tenant, CAMPAIGN, row["id"], row["state"], step, at=at, actor=actor, staff_id=staff_id,
        note=note.strip(), facts=facts,
    )  # fmt: skip
    queries.move_campaign(session, tenant, row["id"], after, **times)
    if step in ("start", "end"):
        _note_operation(session, county, row, at, step, actor)
    write_change(session, tenant, "campaign.stepped", facts={"campaign": code, "step": step}, actor=actor)
    return after


def note_effort(
    session: Session, tenant: str, code: str, effort: Effort, *, actor: str, area: Sequence[str] | None = None
) -> None:
    """Note who went out on a day; the same uid again changes nothing.

    Raises
    ------
    UnknownCampaign
        If there is none in those 片区.
    BadCampaign
        If nobody went out, or the day is none of the campaign's.
    """
    county = get_county(session, tenant)
    row = get_campaign(session, tenant, code, area)
    counts = (effort.people, effort.vehicles, effort.person_minutes)
    started = row["started_at"].astimezone(county.zone).date() if row["started_at"] else None
    ended = row["ended_at"].astimezone(county.zone).date() if row["ended_at"] else county.today()
    fits = started is not None and started <= effort.on_date <= ended
    if min(counts) < 0 or max(counts) > 1_000_000 or effort.people + effort.vehicles == 0 or not fits:
        raise BadCampaign("campaigns.field", campaign=code, field="people" if fits else "on_date")
    queries.add_effort(
        session, tenant, row["id"], uid=effort.uid, on_date=effort.on_date, people=effort.people,
        vehicles=effort.vehicles, person_minutes=effort.person_minutes, note=effort.note.strip(), actor=actor,
    )  # fmt: skip


def get_campaign(session: Session, tenant: str, code: str, area: Sequence[str] | None = None) -> dict[str, Any]:
    """A campaign with its teams, ground, what its risk assessment lacks, and what can be done with it.

    Raises
    ------
    UnknownCampaign
        If there is none that touches those 片区.
    """
    row = queries.find_campaign(session, tenant, code, area)
    if row is None:
        raise UnknownCampaign("campaigns.unknown", named=code)
    county = get_county(session, tenant)
    lacks = lacking(session, tenant, county.today(), campaign_id=row["id"])
    steps = history.load_steps(session, tenant, CAMPAIGN, row["id"])
    return {
        **row,
        "late": _late(row, county.today()),
        "teams": queries.list_teams(session, tenant, row["id"]),
        "lacks": lacks,
        "history": [{"step": s.step, "to": s.to_state, "at": s.at, "actor": s.actor, "note": s.note} for s in steps],
        "open_steps": list(CAMPAIGN.open_steps(row["state"])),
    }


def list_campaigns(
    session: Session, tenant: str, state: str | None = None, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Campaigns, the newest first; ``late`` ones run past their last day or were never begun."""
    today = get_county(session, tenant).today()
    return [{**row, "late": _late(row, today)} for row in queries.list_campaigns(session, tenant, state, area)]


def _late(row: dict[str, Any], today: dt.date) -> bool:
    return row["state"] in ("draft", "assessed", "approved", "running") and bool(row["last_on"] < today)


def _check_day(county: County, row: dict[str, Any], step: str, on: dt.date) -> None:
    if step == "start" and on < row["first_on"]:
        raise TooEarly("campaigns.too_early", campaign=row["code"], step=step, first=row["first_on"].isoformat())
    if step == "evaluate":
        first = row["ended_at"].astimezone(county.zone).date() + dt.timedelta(days=AFTER_DAYS + 1)
        if on < first:
            raise TooEarly("campaigns.too_early", campaign=row["code"], step=step, first=first.isoformat())


def _note_operation(
    session: Session, county: County, row: dict[str, Any], at: dt.datetime, step: str, actor: str
) -> None:
    """Let the planner and the studies of displacement know it: its ground counts more while it lasts."""
    _, until = span_of(row["last_on"], row["last_on"], county.zone)
    begin = at if step == "start" else row["started_at"]
    end = max(until, begin + dt.timedelta(days=1)) if step == "start" else at
    queries.save_operation(session, county.code, row["id"], begin, end, actor)


def _read(session: Session, county: County, draft: CampaignDraft) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    texts = {name: getattr(draft, name).strip() for name in ("code", "name", "goal")}
    if empty := [name for name, said in texts.items() if not said]:
        raise BadCampaign("campaigns.field", campaign=draft.code, field=empty[0])
    if not 0 <= (draft.last_on - draft.first_on).days <= 366:
        raise BadCampaign("campaigns.field", campaign=draft.code, field="last_on")
    if not 1 <= len(draft.codes) <= MOST_CODES:
        raise BadCampaign("campaigns.field", campaign=draft.code, field="codes")
    codes = [get_code(session, county.code, one, draft.code_system) for one in draft.codes]
    sound, (west, south, east, north) = queries.look_at_ground(session, draft.ground, MOST_POINTS)
    if not sound or not (county.contains(west, south) and county.contains(east, north)):
        raise BadCampaign("campaigns.field", campaign=draft.code, field="geometry")
    posture = None if draft.posture is None else queries.find_posture(session, county.code, draft.posture)
    if draft.posture is not None and posture is None:
        raise UnknownCampaign("campaigns.unknown", named=draft.posture)
    if not draft.teams or len({team.unit for team in draft.teams}) < len(draft.teams):
        raise BadCampaign("campaigns.field", campaign=draft.code, field="teams")
    teams = []
    for team in draft.teams:
        unit, leader = queries.find_people(session, county.code, team.unit, team.leader)
        if unit is None or leader is None:
            raise UnknownCampaign("campaigns.unknown", named=team.unit if unit is None else team.leader)
        if not 1 <= team.people <= 10_000 or not 0 <= team.vehicles <= 10_000:
            raise BadCampaign("campaigns.field", campaign=draft.code, field="teams")
        teams.append({"unit": unit, "leader": leader, "people": team.people, "vehicles": team.vehicles})
    values = {
        **texts, "codes": sorted({one["code"] for one in codes}), "code_system": codes[0]["code_system"],
        "first_on": draft.first_on, "last_on": draft.last_on, "posture": posture, "ground": draft.ground,
    }  # fmt: skip
    return values, teams
