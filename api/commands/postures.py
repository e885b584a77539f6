"""``pianqu posture``: 节点保障 from the command line."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.buildings import Moment, in_county, moment_of, tell
from geo.errors import Invalid

posture_app = typer.Typer(no_args_is_help=True, help="节点保障: other rules for some days, hours and places.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Code = Annotated[str, typer.Argument(help="Code of the posture.")]
Day = Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="Local day.")]
Actor = Annotated[str, typer.Option(help="Who does it.")]
ACTOR = "cli"


class BadRuleText(Invalid):
    """A rule is written KIND:TARGET:WORD:VALUE."""


def mount(app: typer.Typer) -> None:
    """Add ``posture``."""
    app.add_typer(posture_app, name="posture")


@posture_app.command()
def draft(
    context: typer.Context,
    code: Code,
    name: Annotated[str, typer.Argument(help="Its name.")],
    kind: Annotated[str, typer.Argument(help="exam, festival, inspection, storm, snow, fire or event.")],
    first: Day,
    last: Day,
    area: Annotated[Path, typer.Argument(help="GeoJSON with its polygons, EPSG:4490.", exists=True, dir_okay=False)],
    hours: Annotated[str | None, typer.Option(help="OSM opening hours; all day if not given.")] = None,
    basis: Annotated[str | None, typer.Option(help="Paper it rests on.")] = None,
    rule: Annotated[
        list[str] | None, typer.Option(help="KIND:TARGET:WORD:VALUE; instead of the template's, repeatable.")
    ] = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Draft a posture from its template."""
    from geo.cases.areas import read_area
    from geo.cases.postures.actions import PostureDraft, draft_posture, get_posture
    from geo.cases.postures.queries import list_checks

    ground = read_area(area.read_text(encoding="utf-8-sig"), area.name)
    rules = None if rule is None else tuple(_rule(one) for one in rule)
    given = PostureDraft(code, name, kind, first.date(), last.date(), ground, hours, basis, rules)
    with in_county(context) as (session, tenant):
        number = draft_posture(session, tenant, given, actor=actor)
        row = get_posture(session, tenant, code)
        checks = list_checks(session, tenant, number)
    tell("postures.drafted", as_json, posture=code, rules=len(row["rules"]), checks=len(checks))


@posture_app.command("list")
def list_all(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, help="So many days from the first.")] = 90,
    first: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Local day; today.")] = None,
    as_json: AsJson = False,
) -> None:
    """List postures, and which are in force now."""
    from api.cli import language
    from geo.cases.postures.actions import list_postures
    from geo.db.counties import get_county
    from geo.messages import say

    with in_county(context) as (session, tenant):
        begin = get_county(session, tenant).today() if first is None else first.date()
        rows = list_postures(session, tenant, begin, begin + dt.timedelta(days=days - 1))
    if as_json:
        _print({"postures": rows})
        return
    for row in rows:
        now = say("postures.now", language()) if row["in_force"] else ""
        typer.echo(say("postures.line", language(), **{**row, "opening": row["opening"] or "", "now": now}))
    if not rows:
        typer.echo(say("postures.none", language()))


@posture_app.command()
def show(context: typer.Context, code: Code, as_json: AsJson = False) -> None:
    """Print a posture: rules, what is looked at before, whom it contradicts."""
    from api.cli import language
    from geo.cases.postures.actions import get_posture
    from geo.cases.postures.conflicts import list_clashes
    from geo.cases.postures.queries import list_checks
    from geo.db.counties import get_county
    from geo.messages import say

    with in_county(context) as (session, tenant):
        row = get_posture(session, tenant, code)
        checks = list_checks(session, tenant, row["id"])
        clashes = list_clashes(session, get_county(session, tenant), code)
    told = language()
    said = [say("postures.contradicts", told, **one.facts()) for one in clashes]
    if as_json:
        _print({**row, "checks": checks, "clashes": said})
        return
    now = say("postures.now", told) if row["in_force"] else ""
    typer.echo(say("postures.line", told, **{**row, "opening": row["opening"] or "", "now": now}))
    for one in row["rules"]:
        typer.echo("  " + say(f"postures.rule_{one['kind']}", told, **one))
    for one in checks:
        typer.echo("  " + say("postures.check_line", told, **{**one, "result": one["result"] or "-"}))
    typer.echo("\n".join(said) or say("postures.no_clash", told, posture=code))


@posture_app.command()
def approve(
    context: typer.Context,
    code: Code,
    despite: Annotated[str, typer.Option(help="Why, although it contradicts another.")] = "",
    at: Moment = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Approve a posture; from then on the clock alone switches it."""
    from geo.cases.postures.actions import approve_posture

    with in_county(context) as (session, tenant):
        when = moment_of(session, tenant, at)
        status = approve_posture(session, tenant, code, at=when, actor=actor, despite=despite)
    tell("postures.moved", as_json, posture=code, status=status)


@posture_app.command()
def withdraw(
    context: typer.Context,
    code: Code,
    reason: Annotated[str, typer.Argument(help="Why.")],
    at: Moment = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Call a posture off; it held until then."""
    from geo.cases.postures.actions import withdraw_posture

    with in_county(context) as (session, tenant):
        when = moment_of(session, tenant, at)
        status = withdraw_posture(session, tenant, code, at=when, actor=actor, reason=reason)
    tell("postures.moved", as_json, posture=code, status=status)


@posture_app.command()
def check(
    context: typer.Context,
    code: Code,
    item: Annotated[str, typer.Argument(help="What was looked at.")],
    result: Annotated[str, typer.Argument(help="fine or hazard.")],
    hazards: Annotated[int, typer.Option(min=0, help="Hazards found.")] = 0,
    note: Annotated[str, typer.Option(help="In words.")] = "",
    staff: Annotated[str | None, typer.Option(help="Staff number of who looked.")] = None,
    at: Moment = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Note what the sweep before a posture found."""
    from api.cli import language
    from geo.cases.postures.actions import note_check
    from geo.messages import say

    with in_county(context) as (session, tenant):
        when = moment_of(session, tenant, at)
        rows = note_check(session, tenant, code, item, result=result, at=when, actor=actor, hazards=hazards,
                          note=note, staff=staff)  # fmt: skip
    if as_json:
        _print({"checks": rows})
        return
    for one in rows:
        typer.echo(say("postures.check_line", language(), **{**one, "result": one["result"] or "-"}))


@posture_app.command()
def route(
    context: typer.Context,
    code: Code,
    tier: Annotated[list[str] | None, typer.Option(help="main, secondary, branch or lane; repeatable.")] = None,
    out: Annotated[Path | None, typer.Option(help="GeoJSON to write.")] = None,
    as_json: AsJson = False,
) -> None:
    """Preview the streets of a posture in walking order, with what stands along each."""
    from api.cli import language
    from geo.cases.postures.preview import preview_route
    from geo.messages import say

    with in_county(context) as (session, tenant):
        told = preview_route(session, tenant, code, tier or ("main", "secondary"))
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(told, ensure_ascii=False) + "\n", encoding="utf-8")
    if as_json:
        _print(told)
        return
    for one in told["features"]:
        named = {**one["properties"], "name": one["properties"]["name"] or f"#{one['id']}"}
        typer.echo(say("postures.route_line", language(), **named))


@posture_app.command()
def report(
    context: typer.Context,
    code: Code,
    out: Annotated[Path | None, typer.Option(help="File to write (JSON); the same every time once it is over.")] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what came of a posture: its hours against the same hours of the weeks before."""
    from api.cli import language
    from geo.cases.postures.report import as_bytes, report_posture
    from geo.messages import say

    with in_county(context) as (session, tenant):
        told = report_posture(session, tenant, code)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(as_bytes(told))
    if as_json:
        _print(told)
        return
    limited = told["limited"]
    facts = {name: limited[name]["events"] for name in ("during", "before")}
    verdict = say(f"campaigns.verdict_{limited['change']['verdict']}", language())
    typer.echo(say("postures.reported", language(), name=told["name"], verdict=verdict, **facts, **told["checks"]))


@posture_app.command()
def suggest(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=800, help="So many days ahead.")] = 60,
    as_json: AsJson = False,
) -> None:
    """List examinations and holidays that come without an approved posture."""
    from api.cli import language
    from geo.cases.postures.suggest import suggest_postures
    from geo.db.counties import get_county
    from geo.messages import say

    with in_county(context) as (session, tenant):
        today = get_county(session, tenant).today()
        found = suggest_postures(session, tenant, today, today + dt.timedelta(days=days))
    if as_json:
        _print({"suggestions": [asdict(one) for one in found]})
        return
    for one in found:
        typer.echo(say("postures.suggested", language(), **asdict(one)))


def _rule(text: str) -> Any:
    """A rule as it is typed.

    Examples
    --------
    >>> _rule("allow:04-05::90"), _rule("regime:*:strict")
    (Rule(kind='allow', target='04-05', word='', value=90), Rule(kind='regime', target='*', word='strict', value=None))
    """
    from geo.cases.postures.rules import Rule

    parts = text.split(":")
    if not 2 <= len(parts) <= 4 or (len(parts) == 4 and not parts[3].isdigit()):
        raise BadRuleText("postures.rule_form", rule=text)
    word = parts[2] if len(parts) > 2 else ""
    return Rule(parts[0], parts[1], word, int(parts[3]) if len(parts) == 4 else None)


def _print(told: Any) -> None:
    typer.echo(json.dumps(told, ensure_ascii=False, default=str))
