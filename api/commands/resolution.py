"""``pianqu resolution``: 一单四制, 化解台账, 通报, 抽检, 一事一档."""

from __future__ import annotations

import csv
import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from geo.settings import Settings

resolution_app = typer.Typer(
    no_args_is_help=True, help="一单四制, 化解台账: the list over all sources, bulletins, audits."
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
First = Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="First local day.")]
Last = Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="Last local day, included.")]
HEADS = (
    "来源", "编号", "发现时间", "问题", "地点", "片区", "状态", "时限", "承办单位", "承办人", "措施", "责任人",
    "措施时限", "交办时间", "交办人", "反馈时间", "反馈人", "销号时间", "销号人", "通报",
)  # fmt: skip


@resolution_app.command("list")
def list_all(
    context: typer.Context,
    first: First,
    last: Last,
    path: Annotated[Path | None, typer.Option("--csv", help="Write the list to this file.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only what is not written off.")] = False,
    as_json: AsJson = False,
) -> None:
    """The list over all sources: who did which of the four and when."""
    from dataclasses import asdict

    from geo.cases.resolution.actions import list_items
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_items(session, settings.tenant, first.date(), last.date(), open_only=open_only)
    rows = [_cells(asdict(one)) for one in found]
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([HEADS, *rows])
    if as_json:
        typer.echo(json.dumps({"items": [asdict(one) for one in found]}, ensure_ascii=False, default=str))
    elif path is not None:
        typer.echo(path)
    else:
        for row in rows:
            typer.echo("  ".join(cell or "-" for cell in row))


@resolution_app.command()
def issue(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="Number of the bulletin.")],
    first: First,
    last: Last,
    as_json: AsJson = False,
) -> None:
    """Issue the list of some days for good (通报)."""
    from geo.cases.resolution.actions import issue_list
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        made = issue_list(session, settings.tenant, number, first.date(), last.date(), actor="cli")
    told = {"number": number, "rows": len(made["items"]), "sha256": made["sha256"]}
    typer.echo(json.dumps(told) if as_json else f"{number}  {told['rows']}  {told['sha256']}")


@resolution_app.command()
def audit(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="complaint or problem.")],
    first: First,
    last: Last,
    size: Annotated[int, typer.Argument(min=1, max=1000, help="How many.")],
    seed: Annotated[str | None, typer.Option(help="Any text; made by chance by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Draw a sample of what was written off (抽检)."""
    from geo.cases.resolution.actions import draw_audit
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        made = draw_audit(session, settings.tenant, source, first.date(), last.date(), size, seed=seed, actor="cli")
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False, default=str))
        return
    typer.echo(f"{made['id']}  {made['size']}/{made['population']}  {made['seed']}")
    for one in made["items"]:
        typer.echo(f"  {one['place']}  {one['row_id']}")


@resolution_app.command()
def check(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=1, help="Number of the audit.")],
    row: Annotated[int, typer.Argument(min=1, help="Row of the sample.")],
    failed: Annotated[bool, typer.Option("--failed", help="It did not pass: it is opened again.")] = False,
    note: Annotated[str, typer.Option(help="What was found.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note what an audit found of a row."""
    from geo.cases.resolution.actions import record_check
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        reopened = record_check(session, settings.tenant, number, row, passed=not failed, note=note, actor="cli")
    told = {"audit": number, "row": row, "reopened": reopened}
    typer.echo(json.dumps(told) if as_json else f"{number}  {row}  {'failed' if failed else 'passed'}")


@resolution_app.command("file")
def write_file(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=1, help="Number of the complaint.")],
    path: Annotated[Path, typer.Argument(help="File to write (.json).")],
    as_json: AsJson = False,
) -> None:
    """Write everything of one complaint but who complained (一事一档)."""
    from geo.cases.resolution.dossier import build_dossier, render_dossier
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        body = render_dossier(build_dossier(session, settings.tenant, number))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    typer.echo(json.dumps({"file": str(path), "bytes": len(body)}) if as_json else path)


def mount(app: typer.Typer) -> None:
    """Add ``resolution``."""
    app.add_typer(resolution_app, name="resolution")


def _cells(item: dict[str, Any]) -> list[str]:
    names = (
        "source", "row", "found_at", "title", "place", "district_code", "state", "due_at", "owner_unit", "owner",
        "measure", "measure_owner", "measure_due_on",
    )  # fmt: skip
    marks = [item["marks"][name] or {"at": "", "by": ""} for name in ("assigned", "fed_back", "written_off")]
    said = [*(item[name] for name in names), *(part for mark in marks for part in (mark["at"], mark["by"]))]
    return ["" if one is None else str(one) for one in (*said, item["bulletin"])]
