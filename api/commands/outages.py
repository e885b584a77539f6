"""``pianqu outages``: dark lamps reported, mended and put aside; when lamps burn."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated

import typer

from api.commands.buildings import ACTOR, Actor, AsJson, Moment, in_county, moment_of, tell
from api.commands.rows import Out, Uid, print_one, print_rows, uid_of

outages_app = typer.Typer(no_args_is_help=True, help="路灯夜巡日修: outages, their 24 hours, lighting plans.")

Number = Annotated[int, typer.Argument(min=1, help="The outage's id.")]


def mount(app: typer.Typer) -> None:
    """Add ``outages``."""
    app.add_typer(outages_app, name="outages")


@outages_app.command()
def report(
    context: typer.Context,
    lamps: Annotated[list[str], typer.Argument(help="Pole numbers.")],
    found: Moment = None,
    origin: Annotated[str, typer.Option(help="night_patrol, public or event.")] = "night_patrol",
    cause: Annotated[str, typer.Option(help="ordinary, cable or vandalism.")] = "ordinary",
    staff: Annotated[str | None, typer.Option(help="Staff number of who answers for it.")] = None,
    note: str = "",
    actor: Actor = ACTOR,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Report dark lamps; the clock runs from when they were found."""
    from geo.cases.outages.actions import OutageDraft, get_outage, report_outage

    with in_county(context) as (session, tenant):
        draft = OutageDraft(
            uid_of(uid), tuple(lamps), moment_of(session, tenant, found), origin, cause, staff=staff, note=note,
            actor=actor,
        )  # fmt: skip
        told = report_outage(session, tenant, draft)
        due_at = get_outage(session, tenant, told.outage)["due_at"]
    tell("outages.reported", as_json, **asdict(told), due_at=due_at)


@outages_app.command("list")
def list_all(
    context: typer.Context,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are open.")] = False,
    breached: Annotated[bool, typer.Option(help="Only those not mended in their hours.")] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """List outages, what is due first first."""
    from geo.cases.outages.queries import list_outages

    with in_county(context) as (session, tenant):
        now = dt.datetime.now(dt.UTC)
        rows = list_outages(session, tenant, now, open_only=open_only, breaches_only=breached, most=100_000)
    names = ("id", "circuit", "cause", "state", "found_at", "due_at", "mended_at", "look_again_on", "staff", "breached")
    print_rows(rows, names, as_json, "outages", out)


@outages_app.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Print one outage, what was done, and what can be done now."""
    from geo.cases.history import load_steps
    from geo.cases.outages.actions import get_outage
    from geo.cases.outages.states import OUTAGE

    with in_county(context) as (session, tenant):
        row = get_outage(session, tenant, number)
        history = load_steps(session, tenant, OUTAGE, number)
    print_one(row, history, [one for one in OUTAGE.open_steps(row["state"]) if one != "merge"], as_json)


@outages_app.command()
def step(
    context: typer.Context,
    number: Number,
    what: Annotated[str, typer.Argument(help="find_cause, mend, put_off, resume, confirm, reopen or void.")],
    note: str = "",
    cause: Annotated[str | None, typer.Option(help="With find_cause.")] = None,
    look_again: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="With put_off: the day it is looked at again.")
    ] = None,
    at: Moment = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Take a step with an outage."""
    from geo.cases.outages.actions import take_outage_step

    with in_county(context) as (session, tenant):
        state = take_outage_step(
            session, tenant, number, what, at=moment_of(session, tenant, at), actor=actor, note=note, cause=cause,
            look_again_on=None if look_again is None else look_again.date(),
        )  # fmt: skip
    tell("outages.stepped", as_json, outage=number, state=state)


@outages_app.command()
def adopt(context: typer.Context, actor: Actor = ACTOR, as_json: AsJson = False) -> None:
    """Open an outage for open events about lamps and for lamps at fault that have none."""
    from geo.cases.outages.actions import adopt_outages

    with in_county(context) as (session, tenant):
        made = adopt_outages(session, tenant, actor=actor)
    tell("outages.adopted", as_json, count=len(made), outages=list(made))


@outages_app.command()
def lighting(
    context: typer.Context,
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Local day; tonight by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print when the lamps of each plan burn in a night, by the sun at the middle of the county."""
    from geo.cases.outages.circuits import nights_of
    from geo.db.counties import get_county

    with in_county(context) as (session, tenant):
        county = get_county(session, tenant)
        nights = nights_of(session, tenant, on.date() if on else county.today())
    rows = [
        {"plan": plan, **{name: value.astimezone(county.zone) for name, value in asdict(night).items()}}
        for plan, night in nights.items()
    ]
    print_rows(rows, ("plan", "on_at", "off_at", "half_off_at"), as_json, "nights")
