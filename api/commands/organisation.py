"""``pianqu units``, ``staff``, ``vehicles``, ``roster``: who works where and when, from tables as bureaus have them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.messages import say
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.organisation.files import BadRow

units_app = typer.Typer(help="Units of the bureau: 局, 大队, 中队, 镇街.", no_args_is_help=True)
staff_app = typer.Typer(help="People of the bureau.", no_args_is_help=True)
vehicles_app = typer.Typer(help="Cars and e-bikes.", no_args_is_help=True)
roster_app = typer.Typer(help="Who is on which shift.", no_args_is_help=True)

File = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="Excel, or CSV in GBK or UTF-8, with headings.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@units_app.command("import")
def import_units_command(context: typer.Context, file: File, as_json: AsJson = False) -> None:
    """Units: 单位编号, 单位名称, 层级 (局/大队/中队/镇街), 上级编号, 片区. All rows or none."""
    from geo.organisation.actions import import_units

    _import(context.obj, file, import_units, "organisation.units_imported", as_json)


@staff_app.command("import")
def import_staff_command(context: typer.Context, file: File, as_json: AsJson = False) -> None:
    """Staff: 工号, 姓名, 人员类别 (在编/辅助); for the licensed 执法证号 and 有效期至. All rows or none."""
    from geo.organisation.actions import import_staff

    _import(context.obj, file, import_staff, "organisation.staff_imported", as_json)


@vehicles_app.command("import")
def import_vehicles_command(context: typer.Context, file: File, as_json: AsJson = False) -> None:
    """Vehicles: 车辆编号, 车辆类别 (汽车/电动车), 座位. All rows or none."""
    from geo.organisation.actions import import_vehicles

    _import(context.obj, file, import_vehicles, "organisation.vehicles_imported", as_json)


@roster_app.command("fill")
def fill(
    context: typer.Context,
    first: Annotated[dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Default: today.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366)] = 14,
) -> None:
    """Roster the bureau's usual week on days that have no roster yet."""
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.organisation.actions import fill_roster

    settings: Settings = context.obj
    with Database.open(settings) as database:
        with database.begin(settings.tenant) as session:
            today = get_county(session, settings.tenant).today()
        added = fill_roster(database, settings.tenant, first.date() if first else today, days)
    _tell("organisation.roster_filled", added=added)


def _import(
    settings: Settings, file: Path, take: Callable[..., tuple[int, list[BadRow]]], done: str, as_json: bool
) -> None:
    from geo.db.engine import Database

    with Database.open(settings) as database:
        taken, bad = take(database, settings.tenant, file)
    for row in bad:
        _tell(row.code, err=True, row=row.row, field=row.field, value=row.value)
    if bad:
        _tell("organisation.nothing_taken", err=True, bad=len(bad))
        raise typer.Exit(2)
    if as_json:
        typer.echo(json.dumps({"rows": taken}))
        return
    _tell(done, rows=taken)


def _tell(code: str, err: bool = False, **facts: Any) -> None:
    from api.cli import language

    typer.echo(say(code, language(), **facts), err=err)


def mount(app: typer.Typer) -> None:
    """Add the four groups."""
    app.add_typer(units_app, name="units")
    app.add_typer(staff_app, name="staff")
    app.add_typer(vehicles_app, name="vehicles")
    app.add_typer(roster_app, name="roster")
