"""``pianqu treatment``: 片区治理方案 from the command line."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.settings import Settings

treatment_app = typer.Typer(
    no_args_is_help=True, help="片区治理方案: problems, targets, posts, streets, and the result."
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="Number of the plan.", min=1)]
STEPS = ("approve", "start", "end", "evaluate", "withdraw")


class NotAPlan(Invalid):
    """The file is no plan; the facts name the first field that is wrong."""


@treatment_app.command()
def suggest(
    context: typer.Context,
    district: Annotated[str, typer.Argument(help="Code of the 片区.")],
    path: Annotated[Path, typer.Argument(help="File to write, to be edited (JSON).")],
) -> None:
    """Write a first draft from what is on record; nothing is stored by it."""
    from api.schemas.treatments import TreatmentDraft
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.patrol.treatment.actions import suggest_treatment

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        today = get_county(session, settings.tenant).today()
        content = suggest_treatment(session, settings.tenant, district, today)
    plain = {name: getattr(content, name) for name in ("title", "goal", "owner", "from_on", "to_on", "posts")}
    draft = TreatmentDraft.model_validate({"district_code": district, **plain, **content.lists()})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(draft.model_dump_json(indent=2) + "\n", encoding="utf-8")
    typer.echo(path)


@treatment_app.command()
def draft(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The plan (JSON), as `suggest` writes it.", exists=True, dir_okay=False)],
    as_json: AsJson = False,
) -> None:
    """Store a plan as the next version's draft."""
    from pydantic import ValidationError

    from api.schemas.treatments import TreatmentContent, TreatmentDraft
    from geo.db.engine import Database
    from geo.patrol.treatment.actions import draft_treatment

    try:
        body = TreatmentDraft.model_validate_json(path.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(one) for one in first["loc"]) or "-"
        raise NotAPlan("treatment.file", file=path.name, field=field, rule=first["msg"]) from None
    content = TreatmentContent.model_validate(body.model_dump(exclude={"district_code"})).as_written()
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        number = draft_treatment(session, settings.tenant, body.district_code, content, "cli")
        _print(session, settings.tenant, number, as_json)


@treatment_app.command("list")
def list_all(
    context: typer.Context,
    district: Annotated[str | None, typer.Option(help="Only this 片区.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the plans, the newest first."""
    from geo.db.engine import Database
    from geo.patrol.treatment.queries import list_treatments

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = list_treatments(session, settings.tenant, district=district, most=200)
    if as_json:
        typer.echo(json.dumps({"treatments": rows}, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo(_line(row))


@treatment_app.command()
def show(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Print one plan, what was measured and what was done."""
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        _print(session, settings.tenant, number, as_json)


@treatment_app.command()
def sheet(
    context: typer.Context,
    number: Number,
    path: Annotated[Path, typer.Argument(help="File to write (.html, prints on A4).")],
) -> None:
    """Write a plan as a page to print, with its map."""
    from zoneinfo import ZoneInfo

    from api.cli import language
    from api.commands.dashboards import load_ground
    from api.commands.treatment_pages import read_treatment
    from geo.cards.actions import build_cards
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from maps.reports.treatment_sheet import render_treatment_sheet
    from maps.texts import Texts

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        county = get_county(session, settings.tenant)
        box = build_cards(session, settings.tenant, dt.datetime.now(dt.UTC)).box
        printed = read_treatment(session, settings.tenant, county, number, load_ground(session, box))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render_treatment_sheet(printed, Texts(language(), ZoneInfo(county.time_zone))), encoding="utf-8")
    typer.echo(path)


@treatment_app.command()
def step(
    context: typer.Context,
    number: Number,
    what: Annotated[str, typer.Argument(help="approve, start, end, evaluate or withdraw.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: AsJson = False,
) -> None:
    """Approve, start, end, evaluate or withdraw a plan."""
    from geo.db.engine import Database
    from geo.patrol.treatment.actions import take_step

    if what not in STEPS:
        raise NotAPlan("treatment.no_such_step", step=what, known=", ".join(STEPS))
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        take_step(session, settings.tenant, number, what, "cli", note=note)  # type: ignore[arg-type]
        _print(session, settings.tenant, number, as_json)


def mount(app: typer.Typer) -> None:
    """Add ``treatment``."""
    app.add_typer(treatment_app, name="treatment")


def _line(row: dict[str, Any]) -> str:
    from api.cli import language
    from geo.messages import say

    status = say(f"treatment.status_{row['status']}", language())
    days = f"{row['from_on']}–{row['to_on']}"
    return f"{row['id']}  {row['district_code']} v{row['version']}  {status}  {days}  {row['title']}"


def _print(session: Session, tenant: str, number: int, as_json: bool) -> None:
    from api.cli import language
    from geo.messages import say
    from geo.patrol.treatment.actions import get_treatment
    from geo.patrol.treatment.queries import list_steps
    from geo.patrol.treatment.states import open_steps

    row = get_treatment(session, tenant, number)
    history = list_steps(session, tenant, number)
    if as_json:
        told = {**row, "history": history, "open_steps": open_steps(row["status"])}
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    typer.echo(_line(row))
    typer.echo(row["goal"])
    measured = row["evaluation"] or {}
    before = (row["baseline"] or {}).get("figures", [])
    for at, target in enumerate(row["targets"]):
        parts = [say(f"treatment.measure_{target['measure']}", language(), goal=target["goal"])]
        parts += [" ".join(target["codes"])] if target["codes"] else []
        parts += [f"{before[at]['count']}/{before[at]['of']}"] if before else []
        if measured:
            now, verdict = measured["figures"][at], measured["verdicts"][at]
            parts.append(f"→ {now['count']}/{now['of']} {say(f'treatment.verdict_{verdict}', language())}")
        typer.echo("  " + "  ".join(parts))
    for one in history:
        typer.echo(f"  {one['at']:%Y-%m-%d %H:%M}  {one['step']}  {one['actor']}  {one['note']}".rstrip())
