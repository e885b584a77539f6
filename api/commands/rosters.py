"""``pianqu roster make|show|adopt|log|rules``: who works when, and the daily log of people."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer
from rich.console import Console

from api.commands.days import read_date
from api.commands.organisation import roster_app
from api.commands.roster_rules import rules_app
from geo.messages import say
from geo.settings import Settings

console = Console(stderr=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="Number of the proposed roster.", min=1)]


@roster_app.command("make")
def make(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", help="First local date, YYYY-MM-DD.")],
    days: Annotated[int, typer.Option(min=1, max=62)] = 28,
    seed: Annotated[int, typer.Option(min=0, help="Same data, seed and effort: same roster.")] = 1,
    effort: Annotated[
        float | None, typer.Option(min=0.1, max=600, help="Deterministic seconds of the solver a step.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Propose a roster: rest rules always kept, what is lacking told with the rule that is in the way."""
    from geo.db.engine import Database
    from geo.patrol.people.actions import propose_roster

    settings: Settings = context.obj
    with Database.open(settings) as database, console.status("") as status:
        made = propose_roster(
            database, settings.tenant, read_date(first), days, seed=seed, effort=effort,
            progress=lambda done, of: status.update(f"{done}/{of}"),
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False))
        return
    _tell("people.roster_made", **{name: made[name] for name in ("id", "first_on", "last_on", "duties")})
    _print_summary(made["summary"])


@roster_app.command("show")
def show(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="Number of the proposed roster (default: list them).")] = None,
    as_json: AsJson = False,
) -> None:
    """A proposed roster day by day, or the list of them."""
    from geo.db.engine import Database
    from geo.patrol.people.actions import get_roster
    from geo.patrol.people.queries import list_proposals

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        if number is None:
            rows = [
                {name: getattr(row, name) for name in ("id", "first_on", "last_on", "status", "made_at", "made_by")}
                for row in list_proposals(session, settings.tenant)
            ]
            if as_json:
                typer.echo(json.dumps(rows, default=str))
                return
            for row in rows:
                words = _said(f"people.status_{row['status']}")
                typer.echo(f"{row['id']:>4}  {row['first_on']} – {row['last_on']}  {words}  {row['made_by']}")
            return
        found = get_roster(session, settings.tenant, number)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    shifts: dict[tuple[Any, str], list[str]] = {}
    for duty in found["duties"]:
        mark = _said("people.leads_mark") if duty["role"] == "leader" else ""
        shifts.setdefault((duty["on_date"], duty["shift_code"]), []).append(f"{duty['name']}{mark}")
    for (on, shift), names in shifts.items():
        typer.echo(f"{on}  {shift:<13} {'、'.join(names)}")
    _print_summary(found["summary"])


@roster_app.command("adopt")
def adopt(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Put its duties in place of those there are, from today on."""
    from geo.db.engine import Database
    from geo.patrol.people.actions import adopt_roster

    settings: Settings = context.obj
    with Database.open(settings) as database:
        written = adopt_roster(database, settings.tenant, number)
    if as_json:
        typer.echo(json.dumps({"roster": number, "duties": written}))
        return
    _tell("people.roster_adopted", roster=number, duties=written)


@roster_app.command("why")
def why(
    context: typer.Context,
    number: Number,
    staff: Annotated[str, typer.Argument(help="Staff number.")],
    date: Annotated[str, typer.Argument(help="Local date, YYYY-MM-DD.")],
    shift: Annotated[str, typer.Argument(help="Code of the kind of shift.")],
    as_json: AsJson = False,
) -> None:
    """Why somebody cannot also be on a shift of a proposed roster: the rules it would break."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.people.why import ask_why, say_why

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = ask_why(session, settings.tenant, number, staff, read_date(date), shift)
    typer.echo(json.dumps(found) if as_json else say_why(found, staff, language()))


@roster_app.command("log")
def log(
    context: typer.Context,
    date: Annotated[str, typer.Option("--date", help="Local date, YYYY-MM-DD.")],
    kind: Annotated[str | None, typer.Option(help="roll_call, handover, trip or recorder.")] = None,
    as_json: AsJson = False,
) -> None:
    """The log of a day: 点名, 交接班, 出车, 执法记录仪."""
    from geo.db.engine import Database
    from geo.patrol.people.logs import read_log

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        lines = read_log(session, settings.tenant, read_date(date), kind)
    if as_json:
        typer.echo(json.dumps(lines, ensure_ascii=False, default=str))
        return
    for one in lines:
        more = [str(one[name]) for name in ("other_staff", "vehicle", "odometer_km", "device", "note") if one[name]]
        words = _said(f"people.log_{one['kind']}"), _said(f"people.step_{one['step']}")
        typer.echo(f"{one['at']:%H:%M}  {one['shift_code']}  {words[0]}  {one['staff']}  {words[1]}  {'  '.join(more)}")


def _print_summary(summary: dict[str, Any]) -> None:
    for one in summary["lacking"]:
        rules = "、".join(_said(f"people.rule_{rule}") for rule in one["in_the_way"])
        code = "people.lacking_by_rule" if rules else "people.lacking_people"
        facts = {"on": one["on_date"], "shift": one["shift"] or "-", "short": one["short"]}
        _tell(code, **facts, lack=_said(f"people.lack_{one['lack']}"), rules=rules)
    for kind, of in summary["spread"].items():
        figures = {name: "–".join(map(str, of.get(name, []))) for name in ("shifts", "late", "restdays", "minutes")}
        _tell("people.spread", kind=_said(f"people.kind_{kind}"), **figures)


def _said(code: str) -> str:
    from api.cli import language

    return say(code, language())


def _tell(code: str, **facts: object) -> None:
    from api.cli import language

    typer.echo(say(code, language(), **facts))


def mount(_: typer.Typer) -> None:
    """``roster`` is the organisation's, with our commands in it."""
    roster_app.add_typer(rules_app, name="rules")
