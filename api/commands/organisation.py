"""``pianqu staff``, ``vehicles``, ``roster``: who works where and when, from tables as bureaus have them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.messages import say
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.organisation.files import BadRow

staff_app = typer.Typer(help="People of the bureau.", no_args_is_help=True)
vehicles_app = typer.Typer(help="Cars and e-bikes.", no_args_is_help=True)
roster_app = typer.Typer(help="Who is on which shift.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV with headings; GBK or UTF-8.")]


@staff_app.command("import")
def import_staff_command(context: typer.Context, file: File) -> None:
    """Staff: 工号, 姓名, 人员类别 (在编/辅助); for the licensed 执法证号 and 有效期至. All rows or none."""
    from geo.organisation.actions import import_staff

    _import(context.obj, file, import_staff, "organisation.staff_imported")


@vehicles_app.command("import")
def import_vehicles_command(context: typer.Context, file: File) -> None:
    """Vehicles: 车辆编号, 车辆类别 (汽车/电动车), 座位. All rows or none."""
    from geo.organisation.actions import import_vehicles

    _import(context.obj, file, import_vehicles, "organisation.vehicles_imported")


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


def _import(settings: Settings, file: Path, take: Callable[..., tuple[int, list[BadRow]]], done: str) -> None:
    from geo.db.engine import Database

    with Database.open(settings) as database:
        taken, bad = take(database, settings.tenant, file)
    for row in bad:
        _tell(row.code, err=True, row=row.row, field=row.field, value=row.value)
    if bad:
        _tell("organisation.nothing_taken", err=True, bad=len(bad))
        raise typer.Exit(2)
    _tell(done, rows=taken)


def _tell(code: str, err: bool = False, **facts: Any) -> None:
    from api.cli import language

    typer.echo(say(code, language(), **facts), err=err)


def mount(app: typer.Typer) -> None:
    """Add the three groups."""
    app.add_typer(staff_app, name="staff")
    app.add_typer(vehicles_app, name="vehicles")
    app.add_typer(roster_app, name="roster")
