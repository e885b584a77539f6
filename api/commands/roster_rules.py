"""``pianqu roster rules show|set|need``: what people are due, and what shifts need."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from api.commands.days import read_date, tomorrow
from geo.messages import say
from geo.settings import Settings

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from geo.patrol.people.rules import DayKind

rules_app = typer.Typer(no_args_is_help=True, help="Rest rules, and what shifts need.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
From = Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD (default: tomorrow).")]


@rules_app.command("show")
def show(
    context: typer.Context,
    on: Annotated[str | None, typer.Option("--on", help="Local date, YYYY-MM-DD (default: tomorrow).")] = None,
    as_json: AsJson = False,
) -> None:
    """What holds on a day, since when and by whose word."""
    from geo.patrol.people.book import BOUNDS, show_rules

    with _begin(context.obj, on) as (session, day):
        found = show_rules(session, context.obj.tenant, day)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    rest = found["rest"]
    for name in BOUNDS:
        typer.echo(f"{_said(f'people.rest_{name}')}  {rest[name]}  {_since(rest)}")
    for row in found["needs"]:
        marks = [_said(f"people.need_{name}") for name in ("leader", "takes_rest") if row[name]]
        numbers = {name: row[name] for name in ("people", "licensed", "regular")}
        code = "people.need" if row["people"] else "people.not_held"
        facts = {"shift": row["shift_code"], "day_kind": _said(f"people.{row['day_kind']}")}
        typer.echo("  ".join([_said(code, **facts, **numbers), *marks, _since(row)]))
    if found["changes"]:
        typer.echo(_said("people.changes", days="、".join(map(str, found["changes"]))))


@rules_app.command("set")
def set_rules(
    context: typer.Context,
    rules: Annotated[list[str], typer.Argument(help="NAME=NUMBER, such as days_off_week=2; names as show --json.")],
    from_on: From = None,
    as_json: AsJson = False,
) -> None:
    """Set rest rules from a day on; the others stay as they are."""
    from dataclasses import asdict

    from geo.patrol.people.book import BOUNDS, BadPeopleRule, set_rest

    changed = {}
    for rule in rules:
        name, _, number = rule.partition("=")
        if not number.strip().isdecimal():
            low, high = BOUNDS.get(name.strip(), (0, 0))
            allowed = f"{low}-{high}" if high else ", ".join(BOUNDS)
            raise BadPeopleRule("people.bad_rule", field=name, value=number or "-", allowed=allowed)
        changed[name.strip()] = int(number)
    with _begin(context.obj, from_on) as (session, day):
        held = set_rest(session, context.obj.tenant, changed, day, actor="cli")
    if as_json:
        typer.echo(json.dumps({"valid_from_on": day.isoformat(), **asdict(held)}))
        return
    typer.echo(_said("people.rules_set", on=day.isoformat()))


@rules_app.command("need")
def need(
    context: typer.Context,
    shift: Annotated[str, typer.Argument(help="Code of the kind of shift.")],
    day_kind: Annotated[str, typer.Argument(help="workday or restday.")],
    people: Annotated[int, typer.Argument(help="At least so many; 0: the shift is not held.")],
    licensed: Annotated[int, typer.Option(help="Of them licensed.")] = 0,
    regular: Annotated[int, typer.Option(help="Of them regular staff.")] = 0,
    leader: Annotated[bool, typer.Option(help="Somebody leads it (default: if anybody is on it).")] = True,
    takes_rest: Annotated[bool, typer.Option("--takes-rest", help="Whoever else works that day is on it.")] = False,
    from_on: From = None,
    as_json: AsJson = False,
) -> None:
    """Set what a shift needs on a kind of day, from a day on."""
    from geo.patrol.people.book import BadPeopleRule, set_need
    from geo.patrol.people.rules import Need
    from geo.tables.people import DAY_KINDS

    if day_kind not in DAY_KINDS:
        raise BadPeopleRule("people.bad_rule", field="day_kind", value=day_kind, allowed=", ".join(DAY_KINDS))
    given = Need(people, licensed, regular, leader and people > 0, takes_rest)
    with _begin(context.obj, from_on) as (session, day):
        kind: DayKind = "workday" if day_kind == "workday" else "restday"
        set_need(session, context.obj.tenant, shift, kind, given, day, actor="cli")
    if as_json:
        typer.echo(json.dumps({"shift": shift, "day_kind": day_kind, "valid_from_on": day.isoformat()}))
        return
    typer.echo(_said("people.rules_set", on=day.isoformat()))


@contextmanager
def _begin(settings: Settings, on: str | None) -> Iterator[tuple[Session, dt.date]]:
    """A transaction, and the day that was named or tomorrow."""
    from geo.db.engine import Database

    with Database.open(settings) as database:
        day = read_date(on) if on else tomorrow(database, settings.tenant)
        with database.begin(settings.tenant) as session:
            yield session, day


def _since(row: dict[str, object]) -> str:
    if row["valid_from_on"] is None:
        return _said("people.usual")
    return _said("people.since", on=row["valid_from_on"], by=row["set_by"])


def _said(code: str, **facts: object) -> str:
    from api.cli import language

    return say(code, language(), **facts)
