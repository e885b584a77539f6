"""``pianqu campaign`` and ``pianqu risk``: 专项整治 and 风险评估 from the command line."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from pydantic import BaseModel

from api.commands.buildings import Moment, in_county, moment_of, tell
from geo.errors import Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.risks.actions import Person

campaign_app = typer.Typer(no_args_is_help=True, help="专项整治: drafted, begun on an approved assessment, measured.")
risk_app = typer.Typer(no_args_is_help=True, help="风险评估: written by one, approved by another.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Code = Annotated[str, typer.Argument(help="Code of the campaign.")]
Number = Annotated[str, typer.Argument(help="Number of the assessment.")]
File = Annotated[Path, typer.Argument(help="JSON, as the route takes it.", exists=True, dir_okay=False)]
Actor = Annotated[str, typer.Option(help="Who does it.")]
By = Annotated[str, typer.Option("--by", help="Staff number of who does it.")]
ACTOR = "cli"
Body = TypeVar("Body", bound=BaseModel)


class BadFile(Invalid):
    """The file does not say what it should; the facts name the first field."""


class UnknownPerson(NotFound):
    """Nobody in service has that staff number."""


def mount(app: typer.Typer) -> None:
    """Add ``campaign`` and ``risk``."""
    app.add_typer(campaign_app, name="campaign")
    app.add_typer(risk_app, name="risk")


@campaign_app.command("draft")
def draft_(context: typer.Context, path: File, actor: Actor = ACTOR, as_json: AsJson = False) -> None:
    """Write a campaign from a file; a draft of the same code is written anew."""
    from api.schemas.campaigns import CampaignRequest
    from geo.cases.areas import read_area
    from geo.cases.campaigns.actions import draft_campaign
    from geo.cases.campaigns.orders import CampaignDraft, Team

    body = _read(path, CampaignRequest)
    teams = tuple(Team(one.unit, one.leader, one.people, one.vehicles) for one in body.teams)
    given = CampaignDraft(
        body.code, body.name, body.goal, tuple(body.codes), body.first_on, body.last_on,
        read_area(body.geometry.model_dump_json(), path.name), teams, body.code_system, body.posture,
    )  # fmt: skip
    with in_county(context) as (session, tenant):
        draft_campaign(session, tenant, given, actor=actor)
    tell("campaigns.drafted", as_json, campaign=body.code)


@campaign_app.command("list")
def list_all(
    context: typer.Context, state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """List campaigns, the newest first."""
    from api.cli import language
    from geo.cases.campaigns.actions import list_campaigns
    from geo.messages import say

    with in_county(context) as (session, tenant):
        rows = list_campaigns(session, tenant, state)
    if as_json:
        _print({"campaigns": rows})
        return
    for row in rows:
        late = say("campaigns.late", language()) if row["late"] else ""
        typer.echo(say("campaigns.line", language(), **{**row, "late": late}))
    if not rows:
        typer.echo(say("campaigns.none", language()))


@campaign_app.command()
def show(context: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """Print a campaign, what its risk assessment lacks, and what can be done with it."""
    from api.cli import language
    from geo.cases.campaigns.actions import get_campaign
    from geo.messages import say

    with in_county(context) as (session, tenant):
        row = get_campaign(session, tenant, code)
    lacks = [say(one.code, language(), **one.facts) for one in row["lacks"]]
    if as_json:
        _print({**row, "lacks": lacks})
        return
    late = say("campaigns.late", language()) if row["late"] else ""
    typer.echo(say("campaigns.line", language(), **{**row, "late": late}))
    typer.echo("\n".join(["  " + row["goal"], *("  " + one for one in lacks), "  → " + ", ".join(row["open_steps"])]))


@campaign_app.command()
def step(
    context: typer.Context,
    code: Code,
    name: Annotated[str, typer.Argument(help="assess, approve, revise, start, end, evaluate or cancel.")],
    note: Annotated[str, typer.Option(help="Why, for revise and cancel.")] = "",
    at: Moment = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Take a step; before it is evaluated its displacement and half-life are measured."""
    from geo.cases.campaigns.actions import take_campaign_step

    if name == "evaluate":
        _measure(context, code)
    with in_county(context) as (session, tenant):
        when = moment_of(session, tenant, at)
        state = take_campaign_step(session, tenant, code, name, at=when, actor=actor, note=note)
    tell("campaigns.moved", as_json, campaign=code, state=state)


@campaign_app.command()
def effort(
    context: typer.Context,
    code: Code,
    on: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="Local day.")],
    people: Annotated[int, typer.Argument(min=0, help="Turnouts of people 人次.")],
    vehicles: Annotated[int, typer.Option(min=0, help="Turnouts of vehicles 台次.")] = 0,
    hours: Annotated[float, typer.Option(min=0, max=16_000, help="Hours of people together.")] = 0.0,
    note: Annotated[str, typer.Option(help="In words.")] = "",
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Note who went out on a day."""
    from geo.cases.campaigns.actions import note_effort
    from geo.cases.campaigns.orders import Effort
    from geo.uids import uuid7

    given = Effort(uuid7(), on.date(), people, vehicles, round(hours * 60), note)
    with in_county(context) as (session, tenant):
        note_effort(session, tenant, code, given, actor=actor)
    tell("campaigns.noted", as_json, campaign=code, on=on.date(), people=people, vehicles=vehicles)


@campaign_app.command()
def figures(
    context: typer.Context, code: Code,
    test: Annotated[bool, typer.Option("--test", help="First measure displacement and half-life anew.")] = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Tell what came of a campaign: before, during, thirty days after, half-life, effort."""
    from api.cli import language
    from geo.cases.campaigns.figures import measure_campaign
    from geo.messages import say

    if test:
        _measure(context, code)
    with in_county(context) as (session, tenant):
        told = measure_campaign(session, tenant, code, now=dt.datetime.now(dt.UTC))
    if as_json:
        _print(told)
        return
    spoken = language()
    half = told["half_life"]
    said = f"campaigns.half_life_{'days' if half['days'] is not None else half['verdict']}"
    facts: dict[str, Any] = {"name": told["name"], "half_life": say(said, spoken, days=half["days"])}
    facts |= {f"tracked_{name}": value for name, value in told["tracked"].items()}
    for part in ("baseline", "during", "after"):
        facts |= {part: told[part]["events"], f"{part}_days": told[part]["seconds"] // 86_400}
        if part != "baseline":
            facts[f"{part}_verdict"] = say(f"campaigns.verdict_{told[part]['change']['verdict']}", spoken)
    typer.echo(say("campaigns.figures", spoken, **facts, **told["effort"]))


@campaign_app.command()
def weeks(
    context: typer.Context,
    first: Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="First local day.")],
    number: Annotated[int, typer.Option("--weeks", min=1, max=120, help="So many weeks.")] = 26,
    as_json: AsJson = False,
) -> None:
    """Tell effort against order over time, week by week."""
    from api.cli import language
    from geo.cases.campaigns.figures import list_weeks
    from geo.messages import say

    with in_county(context) as (session, tenant):
        rows = list_weeks(session, tenant, first.date(), number)
    if as_json:
        _print({"weeks": rows})
        return
    for row in rows:
        typer.echo(say("campaigns.week", language(), **row))


@risk_app.command("draft")
def risk_draft(context: typer.Context, path: File, by: By, as_json: AsJson = False) -> None:
    """Begin an assessment from a file: number, about, title, valid_from_on, valid_to_on, and what it is about."""
    from api.schemas.campaigns import RiskRequest
    from geo.cases.risks.actions import AssessmentDraft, open_assessment

    body = _read(path, RiskRequest)
    given = AssessmentDraft(
        body.number, body.about, body.title, body.valid_from_on, body.valid_to_on, body.campaign, body.building,
        tuple(body.acts), tuple(body.districts),
    )  # fmt: skip
    with in_county(context) as (session, tenant):
        open_assessment(session, tenant, given, _person(session, tenant, by))
    tell("risks.opened", as_json, number=body.number)


@risk_app.command("write")
def risk_write(context: typer.Context, number: Number, path: File, by: By, as_json: AsJson = False) -> None:
    """Write what an assessment says from a file: points, level, plan, budget_yuan, conclusion."""
    from api.schemas.campaigns import RiskContent
    from geo.cases.risks.actions import Content, RiskPoint, write_assessment

    body = _read(path, RiskContent)
    points = tuple(RiskPoint(**one.model_dump()) for one in body.points)
    content = Content(points, body.level, body.plan, body.budget_yuan, body.conclusion)
    with in_county(context) as (session, tenant):
        write_assessment(session, tenant, number, content, _person(session, tenant, by))
    tell("risks.moved", as_json, number=number, state="draft")


@risk_app.command("step")
def risk_step(
    context: typer.Context,
    number: Number,
    name: Annotated[str, typer.Argument(help="submit, approve, refuse, send_back, rewrite, revoke or drop.")],
    by: By,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    at: Moment = None,
    as_json: AsJson = False,
) -> None:
    """Submit, approve, refuse; its author neither approves nor refuses it."""
    from geo.cases.risks.actions import take_assessment_step

    with in_county(context) as (session, tenant):
        when, person = moment_of(session, tenant, at), _person(session, tenant, by)
        state = take_assessment_step(session, tenant, number, name, person, at=when, note=note)
    tell("risks.moved", as_json, number=number, state=state)


@risk_app.command("list")
def risk_list(
    context: typer.Context, state: Annotated[str | None, typer.Option(help="Only in this state.")] = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """List risk assessments and what each lacks."""
    from api.cli import language
    from geo.cases.risks.actions import list_assessments
    from geo.messages import say

    with in_county(context) as (session, tenant):
        rows = list_assessments(session, tenant, state)
    if as_json:
        _print({"risks": rows})
        return
    for row in rows:
        typer.echo(say("risks.line", language(), **{**row, "missing": ", ".join(row["missing"]) or "-"}))
    if not rows:
        typer.echo(say("risks.list_empty", language()))


def _measure(context: typer.Context, code: str) -> None:
    """Measure displacement and half-life of a campaign."""
    from geo.db.engine import Database
    from geo.hotspots.displacement.actions import assess_operations

    with Database.open(context.obj) as database:
        assess_operations(database, context.obj.tenant, key=f"campaign:{code}")


def _person(session: Session, tenant: str, staff: str) -> Person:
    from geo.cases.flow.ground.queries import find_staff
    from geo.cases.risks.actions import Person

    found = find_staff(session, tenant, staff)
    if found is None:
        raise UnknownPerson("risks.person", staff=staff)
    return Person(ACTOR, staff, found)


def _read(path: Path, body: type[Body]) -> Body:
    from pydantic import ValidationError

    try:
        return body.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(one) for one in first["loc"]) or "-"
        raise BadFile("risks.file", file=path.name, field=field, rule=first["msg"]) from None


def _print(told: Any) -> None:
    def plain(value: Any) -> Any:
        return asdict(value) if hasattr(value, "__dataclass_fields__") else str(value)

    typer.echo(json.dumps(told, ensure_ascii=False, default=plain))
