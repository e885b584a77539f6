"""``pianqu roads``: streets closed and opened."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from geo.messages import say
from geo.settings import Settings

roads_app = typer.Typer(help="Streets closed for a time, and opened again.", no_args_is_help=True)

MINUTE = "%Y-%m-%dT%H:%M"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
When = Annotated[dt.datetime | None, typer.Option(formats=[MINUTE, "%Y-%m-%d %H:%M"], help="Local time.")]


@roads_app.command("close")
def close_command(
    context: typer.Context,
    streets: Annotated[list[str], typer.Argument(help="Row ids or names of streets.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    starts: When = None,
    ends: When = None,
    mode: Annotated[
        list[str] | None, typer.Option("--mode", help="foot, ebike or car; repeatable (default: e-bikes and cars).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Close streets from now or a time on, until a time or until they are opened."""
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.roads.actions import close_roads

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        zone = ZoneInfo(get_county(session, settings.tenant).time_zone)
        made = close_roads(
            session,
            settings.tenant,
            ids=[int(one) for one in streets if one.isdigit()],
            names=[one for one in streets if not one.isdigit()],
            starts_at=starts.replace(tzinfo=zone) if starts else dt.datetime.now(dt.UTC),
            ends_at=ends.replace(tzinfo=zone) if ends else None,
            modes=mode or ["ebike", "car"],  # type: ignore[arg-type]  # checked there
            reason=reason,
            set_by="system",
        )
    if as_json:
        typer.echo(json.dumps({"closures": made}))
        return
    _tell("roads.closed_done", count=len(made), closures=", ".join(map(str, made)))


@roads_app.command("open")
def open_command(
    context: typer.Context,
    closure: Annotated[int, typer.Argument(help="Number of the closure.", min=1)],
    as_json: AsJson = False,
) -> None:
    """End a closure now."""
    from geo.db.engine import Database
    from geo.roads.actions import open_road

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        open_road(session, settings.tenant, closure, dt.datetime.now(dt.UTC), "system")
    if as_json:
        typer.echo(json.dumps({"closure": closure}))
        return
    _tell("roads.opened_done", closure=closure)


@roads_app.command("closed")
def closed_command(context: typer.Context, as_json: AsJson = False) -> None:
    """What is closed now or will be."""
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.roads.queries import find_closures

    settings: Settings = context.obj
    now = dt.datetime.now(dt.UTC)
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        zone = ZoneInfo(get_county(session, settings.tenant).time_zone)
        found = find_closures(session, now, dt.datetime.max.replace(tzinfo=dt.UTC))
    if as_json:
        typer.echo(json.dumps([dataclasses.asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    if not found:
        _tell("roads.nothing_closed")
    for one in found:
        _tell(
            "roads.closed_row",
            id=one.id,
            name=one.road_name or f"#{one.road_id}",
            modes="/".join(one.modes),
            starts_at=f"{one.starts_at.astimezone(zone):%Y-%m-%d %H:%M}",
            ends_at=f"{one.ends_at.astimezone(zone):%Y-%m-%d %H:%M}" if one.ends_at else "-",
            reason=one.reason,
        )


def _tell(code: str, **facts: object) -> None:
    from api.cli import language

    typer.echo(say(code, language(), **facts))


def mount(app: typer.Typer) -> None:
    """Add ``roads``."""
    app.add_typer(roads_app, name="roads")
