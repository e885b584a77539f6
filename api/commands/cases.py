"""``pianqu cases``: problems, and the tables of codes, limits, responsibilities, hours and regimes."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.permit_option import PermitChecked
from geo.errors import Invalid
from geo.messages import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from geo.settings import Settings

cases_app = typer.Typer(no_args_is_help=True, help="问题流转: problems, limits, who answers where, regimes.")
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Table = Annotated[str, typer.Argument(help="Its name; an unknown one is answered with all there are.")]
Problem = Annotated[str, typer.Argument(help="uid of the problem.")]


class NotAProblem(Invalid):
    """What was given names no problem, or is none; the facts say what is wrong."""


@cases_app.command("import")
def import_(
    context: typer.Context,
    table: Table,
    path: Annotated[Path, typer.Argument(help="CSV with Chinese or English headings.", exists=True, dir_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Take a table: all rows or none. A matrix is refused with gaps or overlaps, naming them."""
    from geo.cases.books import import_table
    from geo.cases.codes.files import TableRefused
    from geo.db.engine import Database

    settings: Settings = context.obj
    try:
        with Database.open(settings) as database, database.begin(settings.tenant) as session:
            rows = import_table(session, settings.tenant, table, path.read_bytes(), actor="cli")
    except TableRefused as refused:
        _tell_faults(refused.facts, as_json)
        raise
    typer.echo(json.dumps({"table": table, "rows": rows}) if as_json else f"{table}: {rows}")


@cases_app.command()
def export(
    context: typer.Context,
    table: Table,
    path: Annotated[Path, typer.Argument(help="File to write (.csv).")],
    as_json: AsJson = False,
) -> None:
    """Write a table as CSV, to be edited and imported again."""
    from geo.cases.books import export_table
    from geo.cases.codes.actions import ensure_codes
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        ensure_codes(session, settings.tenant)
        text = export_table(session, settings.tenant, table)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="")
    typer.echo(json.dumps({"table": table, "file": str(path)}, ensure_ascii=False) if as_json else path)


@cases_app.command()
def matrix(
    context: typer.Context,
    propose: Annotated[Path | None, typer.Option(help="Write a first matrix from the organisation here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say where nobody answers, or two do."""
    from geo.cases.codes.actions import check_matrix, ensure_codes, propose_matrix
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        ensure_codes(session, settings.tenant)
        report = check_matrix(session, settings.tenant)
        text = propose_matrix(session, settings.tenant) if propose else ""
    if propose:
        propose.write_text(text, encoding="utf-8", newline="")
    if as_json:
        typer.echo(json.dumps(report, ensure_ascii=False))
        return
    for one in report["overlaps"]:
        typer.echo(f"{one['code']} {one['place']}: {' / '.join(one['org'])}")
    for one in report["gaps"]:
        typer.echo(f"{one['code_system']} {one['code']}: {', '.join(one['places'])}")
    typer.echo(f"{len(report['overlaps'])} / {report['gap_count']}")


@cases_app.command()
def report(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The report (JSON), as POST /problems takes it.", exists=True)],
    as_json: AsJson = False,
    permit_checked: PermitChecked = False,
) -> None:
    """Report a problem; the same file again changes nothing."""
    from pydantic import ValidationError

    from api.schemas.problems import ProblemDraft
    from geo.cases.flow.actions import open_problem
    from geo.cases.flow.orders import Draft
    from geo.db.engine import Database

    try:
        body = ProblemDraft.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(one) for one in first["loc"]) or "-"
        raise NotAProblem("flow.file", file=path.name, field=field, rule=first["msg"]) from None
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        told = {**body.model_dump(), "permit_checked": permit_checked or body.permit_checked}
        draft = Draft(**told, actor="cli")
        row_id = open_problem(session, settings.tenant, draft)
        _show(session, settings.tenant, row_id, as_json)


@cases_app.command()
def step(
    context: typer.Context,
    problem: Problem,
    what: Annotated[str, typer.Argument(help="The step, as `show` lists those that are open.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    staff: Annotated[str | None, typer.Option(help="Staff number of who does it.")] = None,
    holder: Annotated[str | None, typer.Option(help="Staff number of who answers next.")] = None,
    unit: Annotated[str | None, typer.Option(help="Code of the unit it goes to.")] = None,
    amount: Annotated[int | None, typer.Option(help="Of an extension, or days until it is looked at again.")] = None,
    into: Annotated[str | None, typer.Option(help="uid of the problem it is merged into.")] = None,
    rating: Annotated[int | None, typer.Option(help="1 to 5.")] = None,
    grade: Annotated[str | None, typer.Option(help="Which row of the limits holds.")] = None,
    meeting: Annotated[
        str | None, typer.Option(help="Kind and day, as joint_meeting:2026-09-16; note is kept.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take a step with a problem, now."""
    from geo.cases.flow.actions import get_problem, take_step
    from geo.cases.flow.orders import Meeting, Order
    from geo.db.engine import Database

    kind, _, day = (meeting or "").partition(":")
    try:
        held = None if meeting is None else Meeting(kind, dt.date.fromisoformat(day), note)
    except ValueError:
        raise NotAProblem("flow.meeting", meeting=meeting) from None
    order = Order(
        what, dt.datetime.now(dt.UTC), "cli", staff=staff, note=note, holder=holder, unit=unit, amount=amount,
        into=_uid(into) if into else None, rating=rating, grade=grade, meeting=held,
    )  # fmt: skip
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        take_step(session, settings.tenant, _uid(problem), order)
        _show(session, settings.tenant, get_problem(session, settings.tenant, _uid(problem))["id"], as_json)


@cases_app.command("list")
def list_all(
    context: typer.Context,
    district: Annotated[str | None, typer.Option(help="Only this 片区.")] = None,
    overdue: Annotated[bool, typer.Option(help="Only open ones past their date.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Closed ones too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List problems, the newest first: number, state, code, 片区, due, who answers."""
    from geo.cases.flow.queries import list_problems
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = list_problems(
            session, settings.tenant, district=district, overdue=overdue, only_open=not everything, most=500
        )
    if as_json:
        typer.echo(json.dumps({"problems": rows}, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo(_line(row))


@cases_app.command()
def show(context: typer.Context, problem: Problem, as_json: AsJson = False) -> None:
    """Print one problem, what was done, and what can be done now."""
    from geo.cases.flow.actions import get_problem
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        _show(session, settings.tenant, get_problem(session, settings.tenant, _uid(problem))["id"], as_json)


@cases_app.command()
def adopt(
    context: typer.Context,
    most: Annotated[int, typer.Option(help="At most so many.", min=1, max=100_000)] = 500,
    permit_checked: PermitChecked = False,
    as_json: AsJson = False,
) -> None:
    """Open a problem for open events that have none, the newest first; those that a permit may allow are only told."""
    from api.cli import language
    from geo.cases.flow.adopt import adopt_events
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = adopt_events(session, settings.tenant, most=most, permit_checked=permit_checked, actor="cli")
    told = {"opened": len(found.problems), "left": found.left, "asked": len(found.asked)}
    if as_json:
        asked = [{"event": event, "permits": permits} for event, permits in found.asked]
        typer.echo(json.dumps({**told, "asked": asked}, ensure_ascii=False))
        return
    typer.echo("  ".join(f"{name} {count}" for name, count in told.items()))
    for event, permits in found.asked:
        typer.echo(say("permits.asked", language(), event=event, permits=permits))


@cases_app.command()
def dates(context: typer.Context, as_json: AsJson = False) -> None:
    """Work out all dates anew from the step log, and say what is near or past."""
    from geo.cases.flow.dates.actions import remind, reread_dates
    from geo.db.engine import Database

    settings: Settings = context.obj
    now = dt.datetime.now(dt.UTC)
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        done = reread_dates(session, settings.tenant, now)
        said = remind(session, settings.tenant, now)
    told = {"problems": done.problems, "changed": done.changed, **said}
    typer.echo(json.dumps(told) if as_json else "  ".join(f"{name} {count}" for name, count in told.items()))


@cases_app.command()
def desk(
    context: typer.Context,
    staff: Annotated[str, typer.Argument(help="Staff number.")],
    as_json: AsJson = False,
) -> None:
    """Name who answers for what no unit has."""
    from geo.cases.flow.ground.actions import set_desk
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        set_desk(session, settings.tenant, staff, "cli")
    typer.echo(json.dumps({"desk": staff}) if as_json else staff)


@cases_app.command()
def regime(
    context: typer.Context,
    street: Annotated[str, typer.Argument(help="Name of the street.")],
    what: Annotated[str, typer.Argument(help="strict, controlled or standard.")],
    from_on: Annotated[dt.datetime, typer.Argument(help="First day.", formats=["%Y-%m-%d"])],
    as_json: AsJson = False,
) -> None:
    """Keep a street otherwise from a day on; days before stay as they were."""
    from geo.cases.regimes.actions import set_regime
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = set_regime(session, settings.tenant, what, from_on.date(), street=street, actor="cli")
    told = {"street": street, "regime": what, "from": from_on.date().isoformat(), "stretches": rows}
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else f"{street}: {what} {from_on:%Y-%m-%d} ({rows})")


def mount(app: typer.Typer) -> None:
    """Add ``cases``."""
    app.add_typer(cases_app, name="cases")


def _uid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise NotAProblem("flow.unknown", problem=text[:60]) from None


def _line(row: Mapping[str, Any]) -> str:
    from api.cli import language
    from geo.messages import say

    state = say(f"flow.state_{row['state']}", language())
    due = f"{row['due_at']:%m-%d %H:%M}" if row["due_at"] else "-"
    parts = (
        row["number"],
        state,
        row["code"],
        row["code_zh"],
        row["district_code"],
        due,
        row["staff_code"],
        row["uid"],
    )
    return "  ".join(str(part or "-") for part in parts)


def _show(session: Session, tenant: str, row_id: int, as_json: bool) -> None:
    from geo.cases.flow.actions import get_problem, open_steps, show_history

    row = get_problem(session, tenant, row_id)
    history = show_history(session, tenant, row_id)
    if as_json:
        told = {**row, "history": history, "open_steps": open_steps(row["state"])}
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    typer.echo(_line(row))
    for one in history:
        typer.echo(f"  {one['at']:%Y-%m-%d %H:%M}  {one['step']}  {one['actor']}  {one['note']}".rstrip())
    typer.echo(f"  → {', '.join(open_steps(row['state'])) or '-'}")


def _tell_faults(facts: Mapping[str, Any], as_json: bool) -> None:
    from api.cli import language
    from geo.messages import say

    if as_json:
        typer.echo(json.dumps(dict(facts), ensure_ascii=False, default=str))
        return
    for one in facts.get("rows", []):
        why = say(one["code"], language(), value=one["value"])
        typer.echo(f"{one['row']}  {one['field']}  {one['value']}  {why}", err=True)
