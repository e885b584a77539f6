"""``pianqu buildings``: the base date and its alarms, plans by category, estates."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated, Any

import typer

from api.commands.buildings import ACTOR, Actor, AsJson, District, Moment, buildings_app, in_county, moment_of, tell

Staff = Annotated[str, typer.Argument(help="Staff number.")]
Identity = Annotated[int, typer.Argument(min=1)]
Day = Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="Local day.")]


def mount(_: typer.Typer) -> None:
    """The commands belong to ``buildings``, which is mounted already."""


@buildings_app.command()
def rule(
    context: typer.Context, base_on: Day, staff: Staff, district: District = None, actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Set the day from which nothing new may stand, and who is told when something does."""
    from geo.cases.buildings.watch import set_rule

    with in_county(context) as (session, tenant):
        number = set_rule(session, tenant, base_on.date(), staff, actor, district=district)
    tell("buildings.rule_set", as_json, rule=number, base=base_on.date().isoformat(), staff=staff)


@buildings_app.command()
def alarms(
    context: typer.Context,
    open_only: Annotated[bool, typer.Option("--open", help="Only unanswered ones.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the footprints that are newer than the base date."""
    from geo.cases.buildings.watch.queries import list_alarms

    with in_county(context) as (session, tenant):
        rows = list_alarms(session, tenant, open_only=open_only)
    _rows(rows, as_json, ("id", "building_id", "seen_on", "base_on", "staff", "name", "answer"))


@buildings_app.command()
def answer(
    context: typer.Context, number: Identity, said: Annotated[str, typer.Argument(help="What is done about it.")],
    actor: Actor = ACTOR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Answer an alarm."""
    from geo.cases.buildings.watch import answer_alarm

    with in_county(context) as (session, tenant):
        building = answer_alarm(session, tenant, number, said, actor)
    tell("buildings.answered", as_json, alarm=number, building=building)


@buildings_app.command()
def plan(
    context: typer.Context,
    category: Annotated[str, typer.Argument(help="Category, as in the ledger.")],
    way: Annotated[str, typer.Argument(help="demolish, confiscate or regularise.")],
    goal: Annotated[int, typer.Argument(help="How many are to be written off.", min=1)],
    first: Day,
    last: Day,
    owner: Annotated[str, typer.Argument(help="Staff number of who answers for it.")],
    note: Annotated[str, typer.Option(help="In words.")] = "",
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Set a plan for a category (分类化解)."""
    from geo.cases.buildings.plans import Plan, set_plan

    with in_county(context) as (session, tenant):
        number = set_plan(session, tenant, Plan(category, way, goal, first.date(), last.date(), owner, note), actor)
    tell("buildings.plan_set", as_json, plan=number, category=category, goal=goal)


@buildings_app.command()
def plans(context: typer.Context, as_json: AsJson = False) -> None:
    """List the plans and how far each has come."""
    from geo.cases.buildings.plans import follow_plans

    with in_county(context) as (session, tenant):
        rows = follow_plans(session, tenant)
    _rows(rows, as_json, ("id", "category", "way", "goal", "done", "standing", "to_on", "owner", "late"))


@buildings_app.command()
def estates(context: typer.Context, as_json: AsJson = False) -> None:
    """List the estates, their standing and their keepers."""
    from geo.cases.buildings.watch.queries import list_estates

    with in_county(context) as (session, tenant):
        rows = list_estates(session, tenant)
    _rows(rows, as_json, ("id", "name", "status", "status_since_on", "keeper", "keeper_name"))


@buildings_app.command()
def award(
    context: typer.Context, number: Identity, keeper: Staff, at: Moment = None, note: str = "", actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Award an estate its standing (无违建小区) and give it a keeper."""
    from geo.cases.buildings.watch import award_estate

    with in_county(context) as (session, tenant):
        when = moment_of(session, tenant, at)
        state = award_estate(session, tenant, number, keeper, at=when, actor=actor, note=note)
    tell("buildings.estate_now", as_json, id=number, status=state)


def _rows(rows: list[dict[str, Any]], as_json: bool, names: tuple[str, ...]) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo("  ".join(str(row[name]) if row[name] is not None else "-" for name in names))
