"""``markets …``: may one sell here now, and where else."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from geo.messages import say
from geo.settings import Settings

markets_app = typer.Typer(no_args_is_help=True, help="Vendor points, seasonal markets and permits.")

Lon = Annotated[float, typer.Argument(help="Longitude, degrees.")]
Lat = Annotated[float, typer.Argument(help="Latitude, degrees.")]
At = Annotated[str | None, typer.Option("--at", help="Local time, YYYY-MM-DDTHH:MM (default: now).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@markets_app.command("judge")
def judge(context: typer.Context, lon: Lon, lat: Lat, at: At = None, as_json: AsJson = False) -> None:
    """Whether a stall at a point is legal, and which permits hold there."""
    from api.cli import language
    from geo.cases.markets.actions import judge_stall
    from geo.cases.permits.actions import find_permits
    from geo.db.counties import get_county
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        zone = get_county(session, settings.tenant).zone
        when = dt.datetime.fromisoformat(at).replace(tzinfo=zone) if at else dt.datetime.now(zone)
        found = judge_stall(session, settings.tenant, lon, lat, when)
        permits = find_permits(session, settings.tenant, lon, lat, when.date())
    if as_json:
        told = {**asdict(found), "permits": [asdict(one) for one in permits]}
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    name = (found.market.name or str(found.market.id)) if found.market else ""
    typer.echo(say("markets.verdict", language(), verdict=say(f"markets.{found.verdict}", language()), name=name))
    for one in permits:
        typer.echo(say("markets.permit", language(), **{**asdict(one), "purpose": one.purpose or "-"}))


@markets_app.command("near")
def near(
    context: typer.Context,
    lon: Lon,
    lat: Lat,
    at: At = None,
    radius_m: Annotated[float, typer.Option("--radius", min=1, max=3000, help="Metres.")] = 1_500.0,
    as_json: AsJson = False,
) -> None:
    """Places of trade that are open, nearest on foot first."""
    from api.cli import language
    from geo.cases.markets.actions import find_nearest
    from geo.db.counties import get_county
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        zone = get_county(session, settings.tenant).zone
        when = dt.datetime.fromisoformat(at).replace(tzinfo=zone) if at else dt.datetime.now(zone)
        found = find_nearest(session, settings.tenant, lon, lat, when, radius_m)
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in found], ensure_ascii=False, default=str))
        return
    if not found:
        typer.echo(say("markets.none_near", language(), radius_m=round(radius_m)))
    for one in found:
        key = "markets.near" if one.walk_m is not None else "markets.near_no_way"
        facts = {"name": one.market.name or one.market.id, "walk_m": one.walk_m, "straight_m": one.straight_m}
        typer.echo(say(key, language(), **facts))


@markets_app.command("count")
def count(
    context: typer.Context,
    market: Annotated[int, typer.Argument(help="The place of trade.")],
    stalls: Annotated[int, typer.Argument(min=0, help="Stalls that stand there.")],
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Note how many stalls stand there, and warn of those that are too many."""
    from api.cli import language
    from api.commands.registers import ACTOR, county_at_hand, moment
    from geo.cases.markets.actions import count_stalls
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        over = count_stalls(session, tenant, uuid7(), market, stalls, moment(session, tenant, at), ACTOR)
    if as_json:
        typer.echo(json.dumps({"over": over}))
        return
    typer.echo(say("markets.over" if over else "markets.room", language(), market=market, over=over))


@markets_app.command("counts")
def counts(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=366, help="Last counts of so many days.")] = 7,
    over: Annotated[bool, typer.Option("--over", help="Only those with too many stalls.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Also write the list: .csv or .xlsx.")] = None,
    as_json: AsJson = False,
) -> None:
    """The last count of each place against its slots, the fullest over them first."""
    from api.commands.registers import county_at_hand, tell_rows
    from geo.cases.markets.actions import list_fullness

    with county_at_hand(context) as (session, tenant):
        since = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
        rows = [one for one in list_fullness(session, tenant, since) if one.over or not over]
        columns = ("market", "name", "counted_at", "stalls", "slots", "over")
        tell_rows(rows, columns, key="counts", as_json=as_json, out=out)


def mount(app: typer.Typer) -> None:
    """Add ``markets``."""
    app.add_typer(markets_app, name="markets")
