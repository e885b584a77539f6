"""``pianqu frontages``: shop fronts, agreements, checks and monthly lists from the command line."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.buildings import ACTOR, Actor, AsJson, Moment, in_county, moment_of, tell
from api.commands.permit_option import PermitChecked

if TYPE_CHECKING:
    from geo.settings import Settings

frontages_app = typer.Typer(
    no_args_is_help=True, help="门前三包/四包: fronts, agreements, checks, red and black lists."
)

Number = Annotated[int, typer.Argument(min=1)]
Day = Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="Local day.")]
OnDay = Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Local day; by default today.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write them to a file (.csv, .xlsx).")]


def mount(app: typer.Typer) -> None:
    """Add ``frontages``."""
    app.add_typer(frontages_app, name="frontages")


@frontages_app.command()
def settle(context: typer.Context, actor: Actor = ACTOR, as_json: AsJson = False) -> None:
    """After a shop list came in: points become fronts, streets and 片区 are filled in, the standing is written."""
    from geo.cases.frontages.settling import settle_frontages

    with in_county(context) as (session, tenant):
        told = settle_frontages(session, tenant, actor=actor)
    tell("frontages.settled", as_json, **told.as_json())


@frontages_app.command("import-agreements")
def import_agreements(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="Table of agreements (.csv, .xlsx).", exists=True, dir_okay=False)],
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Take a table of signed agreements; rows that are not taken are listed with their reason."""
    from api.cli import language
    from geo.cases.frontages import agreements
    from geo.cases.frontages.reading import update_status
    from geo.messages import say

    settings: Settings = context.obj
    with in_county(context) as (session, tenant):
        told = agreements.import_agreements(session, tenant, settings.home, path, actor=actor)
        update_status(session, tenant)
    if as_json:
        typer.echo(json.dumps(told.as_json(), ensure_ascii=False))
        return
    counts = {name: getattr(told, name) for name in ("rows", "added", "unchanged", "unmatched")}
    typer.echo(say("frontages.imported", language(), **counts, rejected=len(told.rejects)))
    for one in told.rejects:
        typer.echo(f"  {one['row']}: {say(one['code'], language(), **one['facts'])}")


@frontages_app.command()
def register(context: typer.Context, on: OnDay = None, path: Out = None, as_json: AsJson = False) -> None:
    """Print signed, expired and missing by street and town; the three make the whole."""
    from geo.cases.frontages.reading import load_register
    from geo.cases.sheets import write_sheet

    with in_county(context) as (session, tenant):
        told = load_register(session, tenant, on.date() if on else None)
    rows = [(*place, one.all, one.signed, one.expired, one.missing) for place, one in told.streets.items()]
    if path is not None:
        write_sheet(path, ["镇街", "街路", "全部", "有效", "过期", "未签"], rows, "门前")
    if as_json:
        typer.echo(json.dumps(told.as_json(), ensure_ascii=False, default=str))
        return
    for row in [*rows, ("", "Σ", told.whole.all, told.whole.signed, told.whole.expired, told.whole.missing)]:
        typer.echo("  ".join(map(str, row)))


@frontages_app.command("list")
def list_all(
    context: typer.Context,
    standing: Annotated[str | None, typer.Option(help="signed, expired or missing.")] = None,
    street: Annotated[str | None, typer.Option(help="Only of this street.")] = None,
    on: OnDay = None,
    path: Out = None,
    as_json: AsJson = False,
) -> None:
    """List fronts with how they stand."""
    from geo.cases.frontages.queries import list_frontages
    from geo.cases.frontages.reading import load_register
    from geo.cases.sheets import write_sheet

    with in_county(context) as (session, tenant):
        told = load_register(session, tenant, on.date() if on else None, street=street)
        chosen = [one for one in sorted(told.standings) if standing in (None, told.standings[one][0])]
        rows = list_frontages(session, tenant, ids=chosen, most=len(chosen) + 1)
    found = [{**row, "standing": told.standings[row["id"]][0], "why": told.standings[row["id"]][1]} for row in rows]
    names = ("id", "code", "name", "town", "street", "number", "standing", "why")
    if path is not None:
        write_sheet(path, names, ([row[name] for name in names] for row in found), "门前")
    _print(found, as_json, names)


@frontages_app.command()
def unmatched(context: typer.Context, as_json: AsJson = False) -> None:
    """List agreements that no shop was found for, with shops of a like name."""
    from geo.cases.frontages.agreements import list_unmatched

    with in_county(context) as (session, tenant):
        rows = list_unmatched(session, tenant)
    _print(rows, as_json, ("id", "number", "shop_code", "shop_name", "street", "suggested"))


@frontages_app.command()
def match(
    context: typer.Context,
    agreement: Annotated[int | None, typer.Argument(help="Agreement; without, all are looked for again.")] = None,
    frontage: Annotated[int | None, typer.Argument(help="The front it belongs to.")] = None,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Say which shop an agreement belongs to, or look again for all that have none."""
    from geo.cases.frontages.agreements import decide_match, match_agreements
    from geo.cases.frontages.reading import update_status

    settings: Settings = context.obj
    with in_county(context) as (session, tenant):
        if agreement is not None and frontage is not None:
            decide_match(session, tenant, settings.home, agreement, frontage, actor=actor)
            found = 1
        else:
            found = match_agreements(session, tenant, settings.home, actor=actor)
        update_status(session, tenant)
    tell("frontages.matched", as_json, found=found)


@frontages_app.command("agreement-step")
def agreement_step(
    context: typer.Context,
    number: Number,
    step: Annotated[str, typer.Argument(help="confirm, fail or end.")],
    at: Moment = None,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Confirm or fail the yearly check of an agreement, or end it."""
    from geo.cases.frontages.agreements import take_agreement_step

    with in_county(context) as (session, tenant):
        when = moment_of(session, tenant, at)
        state = take_agreement_step(session, tenant, number, step, at=when, actor=actor, note=note)
    tell("frontages.agreement_now", as_json, id=number, state=state)


@frontages_app.command()
def scan(
    context: typer.Context,
    number: Number,
    path: Annotated[Path, typer.Argument(help="PDF, JPEG or PNG.", exists=True, dir_okay=False)],
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Keep the scan of an agreement."""
    from geo.cases.frontages.agreements import attach_scan

    settings: Settings = context.obj
    with in_county(context) as (session, tenant):
        sha256 = attach_scan(session, tenant, settings.home, number, path.read_bytes(), actor=actor)
    tell("frontages.scanned", as_json, id=number, sha256=sha256)


@frontages_app.command()
def check(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Number of the shop.")],
    failed: Annotated[list[str] | None, typer.Option(help="Item not kept; may be repeated.")] = None,
    kind: Annotated[str, typer.Option(help="routine, annual, look_back or joint.")] = "routine",
    staff: Annotated[str | None, typer.Option(help="Staff number of who checked.")] = None,
    at: Moment = None,
    note: Annotated[str, typer.Option(help="In words.")] = "",
    permit_checked: PermitChecked = False,
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Write down a check of a front."""
    from geo.cases.frontages.agreements import UnknownFrontage
    from geo.cases.frontages.checks.actions import Check, get_check, record_check
    from geo.cases.frontages.queries import find_by_code
    from geo.uids import uuid7

    with in_county(context) as (session, tenant):
        front = find_by_code(session, tenant, code)
        if front is None:
            raise UnknownFrontage("frontages.unknown", id=code)
        when = moment_of(session, tenant, at)
        made = Check(uuid7(), front, when, kind, tuple(failed or ()), note, staff, permit_checked)
        found = get_check(session, tenant, record_check(session, tenant, made, actor=actor))
    tell("frontages.checked", as_json, id=found["id"], points=found["points"], passed=found["passed"])


@frontages_app.command()
def rates(context: typer.Context, first: Day, last: Day, path: Out = None, as_json: AsJson = False) -> None:
    """Print 履约率 by town and street: passed ÷ checked."""
    from geo.cases.frontages.checks.actions import load_rates
    from geo.cases.sheets import write_sheet

    with in_county(context) as (session, tenant):
        rows = load_rates(session, tenant, first.date(), last.date())
    if path is not None:
        cells = ([row[name] for name in ("town", "street", "passed", "checked")] for row in rows)
        write_sheet(path, ["镇街", "街路", "履约", "检查"], cells, "履约率")
    _print(rows, as_json, ("town", "street", "passed", "checked"))


@frontages_app.command()
def tasks(
    context: typer.Context,
    all_: Annotated[bool, typer.Option("--all", help="Also those that are done.")] = False,
    as_json: AsJson = False,
) -> None:
    """List the fronts to be looked at again (回头看)."""
    from geo.cases.frontages.checks.queries import list_tasks

    with in_county(context) as (session, tenant):
        rows = list_tasks(session, tenant, open_only=not all_)
    _print(rows, as_json, ("id", "code", "street", "due_on", "done_at"))


@frontages_app.command("draw-list")
def draw_list(context: typer.Context, month: Day, actor: Actor = ACTOR, as_json: AsJson = False) -> None:
    """Draw up the red and black list of a month that is over."""
    from geo.cases.frontages.checks.monthly import draft_list

    with in_county(context) as (session, tenant):
        number = draft_list(session, tenant, month.date(), actor=actor)
    tell("frontages.list_drawn", as_json, id=number)


@frontages_app.command("list-step")
def list_step(
    context: typer.Context,
    number: Number,
    step: Annotated[str, typer.Argument(help="notify, issue or withdraw.")],
    appeal_to: Annotated[
        dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day of appeal, for notify.")
    ] = None,
    note: Annotated[str, typer.Option(help="Why, for withdraw.")] = "",
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Tell the shops, issue a list inside the bureau, or withdraw it."""
    from geo.cases.frontages.checks import monthly
    from geo.cases.frontages.states import MONTHLY_LIST

    with in_county(context) as (session, tenant):
        if step == "notify":
            until = appeal_to.date() if appeal_to else dt.date.min
            state = monthly.notify_shops(session, tenant, number, until, actor=actor)
        elif step == "withdraw":
            state = monthly.withdraw_list(session, tenant, number, note, actor=actor)
        else:
            MONTHLY_LIST.after(monthly.get_list(session, tenant, number)["state"], step)
            state = monthly.issue_list(session, tenant, number, actor=actor)
    tell("frontages.list_now", as_json, id=number, state=state)


@frontages_app.command("show-list")
def show_list(
    context: typer.Context,
    number: Number,
    outside: Annotated[bool, typer.Option(help="Only what may leave the bureau.")] = False,
    path: Out = None,
    as_json: AsJson = False,
) -> None:
    """Print a list, and say whether its checks still give the same."""
    from geo.cases.frontages.checks.monthly import is_reproduced, read_rows
    from geo.cases.sheets import write_sheet

    with in_county(context) as (session, tenant):
        rows = read_rows(session, tenant, number, outside=outside)
        same = is_reproduced(session, tenant, number)
    names = ("colour", "code", "shown_name", "town", "street", "number", "checked", "passed", "points")
    if path is not None:
        write_sheet(path, names, ([row[name] for name in names] for row in rows), "红黑榜")
    if as_json:
        typer.echo(json.dumps({"rows": rows, "reproduced": same}, ensure_ascii=False, default=str))
        return
    _print(rows, False, names)
    tell("frontages.list_same" if same else "frontages.list_other", False, id=number)


@frontages_app.command()
def appeal(
    context: typer.Context, row: Number, said: Annotated[str, typer.Argument(help="What the shop says.")],
    actor: Actor = ACTOR, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Note a shop's appeal against its row."""
    from geo.cases.frontages.checks import monthly

    with in_county(context) as (session, tenant):
        monthly.appeal(session, tenant, row, said, actor=actor)
    tell("frontages.appealed", as_json, row=row)


@frontages_app.command()
def answer(
    context: typer.Context,
    row: Number,
    verdict: Annotated[str, typer.Argument(help="upheld or rejected.")],
    said: Annotated[str, typer.Argument(help="Why.")],
    actor: Actor = ACTOR,
    as_json: AsJson = False,
) -> None:
    """Answer an appeal."""
    from geo.cases.frontages.checks import monthly

    with in_county(context) as (session, tenant):
        monthly.answer_appeal(session, tenant, row, verdict, said, actor=actor)
    tell("frontages.answered", as_json, row=row, verdict=verdict)


def _print(rows: list[dict[str, Any]], as_json: bool, names: tuple[str, ...]) -> None:
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo("  ".join(str(row[name]) if row[name] not in (None, "") else "-" for name in names))
