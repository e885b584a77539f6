"""``tracks …``: positions in, planned against actual, the nearest licensed pair, retention."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from api.commands.days import read_date
from geo.errors import Invalid
from geo.messages import say
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.db.engine import Database

console = Console(stderr=True)
tracks_app = typer.Typer(no_args_is_help=True, help="Where teams really were on shift, against the plan.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Day = Annotated[str | None, typer.Option("--date", help="Local date, YYYY-MM-DD (default: today).")]
ShiftCode = Annotated[str | None, typer.Option("--shift", help="Code of the kind of shift (default: the only one).")]


class BadMapping(Invalid):
    """A mapping that is not NAME=COLUMN, or a point that is not lon,lat."""


@tracks_app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="GPX, CSV or JSON.")],
    source: Annotated[str, typer.Option(help="phone, recorder (执法记录仪) or vehicle.")] = "phone",
    staff: Annotated[str | None, typer.Option(help="Staff number, where the file does not say.")] = None,
    vehicle: Annotated[str | None, typer.Option(help="Plate or number, where the file does not say.")] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", help="at|lon|lat|accuracy|staff|vehicle=COLUMN, again for each.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="Of a CSV file (default: judged).")] = None,
    offset: Annotated[str | None, typer.Option(help="gcj02 or bd09, if the coordinates carry it.")] = None,
    device: Annotated[str | None, typer.Option(help="Number of the device.")] = None,
    as_json: AsJson = False,
) -> None:
    """Take a file of positions; only those on shift are kept, and the same file again changes nothing."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.tracks.take import import_tracks

    if offset not in (None, "gcj02", "bd09"):
        raise BadMapping("tracks.bad_offset", offset=offset)
    owner = ("staff", staff) if staff else ("vehicle", vehicle) if vehicle else None
    settings: Settings = context.obj
    with Database.open(settings) as database:
        taken = import_tracks(
            database, settings.tenant, file, source=source, owner=owner, mapping=_pairs(mapping or []),
            encoding=encoding, offset=offset, device=device, actor="cli",  # type: ignore[arg-type]
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in taken], ensure_ascii=False, default=str))
        return
    for one in taken:
        again = say("tracks.taken_again", language()) if one.again else ""
        typer.echo(say("tracks.taken", language(), owner=file.name, given=one.given, kept=one.kept, again=again))
        for reason, count in one.refused.items():
            typer.echo(
                say("tracks.refused", language(), count=count, reason=say(f"tracks.reject_{reason}", language()))
            )


@tracks_app.command()
def score(context: typer.Context, date: Day = None, shift: ShiftCode = None, as_json: AsJson = False) -> None:
    """Match a shift's tracks to the streets and hold them against its plan."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.tracks.scoring.actions import score_shift_of

    settings: Settings = context.obj
    with Database.open(settings) as database:
        on, code = _which(database, settings.tenant, date, shift)
        with console.status(f"{on} {code}"):
            scored = score_shift_of(database, settings.tenant, on, code, actor="cli")
    if as_json:
        typer.echo(json.dumps(asdict(scored), ensure_ascii=False, default=str))
        return
    typer.echo(say("tracks.scored", language(), on=on, shift=code, **spoken(scored.figures)))


@tracks_app.command()
def show(context: typer.Context, date: Day = None, shift: ShiftCode = None, as_json: AsJson = False) -> None:
    """Print how a scored shift came out, its deviations with their reasons, and what is still open, by tier."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.tracks.scoring.actions import find_scored
    from geo.patrol.tracks.scoring.queries import list_items

    settings: Settings = context.obj
    with Database.open(settings) as database:
        on, code = _which(database, settings.tenant, date, shift)
        with database.begin(settings.tenant) as session:
            found = find_scored(session, on, code)
            items = list_items(session, found.id)
    if as_json:
        told = [_plain(item) for item in items]
        typer.echo(json.dumps({"score": asdict(found), "items": told}, ensure_ascii=False, default=str))
        return
    typer.echo(say("tracks.scored", language(), on=on, shift=code, **spoken(found.figures)))
    for item in items:
        if item.kind == "deviation":
            typer.echo(f"  {item.team_code}  {item.name or item.key}: {reason_of(item.figures, language())}")
    for item in items:
        if item.kind == "street" and not item.done:
            facts = {"tier": item.figures["tier"], "length_m": item.figures["length_m"]}
            typer.echo(
                say("tracks.open_street", language(), name=item.name, district=item.district_code or "-", **facts)
            )


@tracks_app.command("open")
def open_streets(context: typer.Context, date: Day = None, shift: ShiftCode = None, as_json: AsJson = False) -> None:
    """List the streets nobody has gone along so far in a shift, by tier."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.tracks.scoring.actions import uncovered

    settings: Settings = context.obj
    with Database.open(settings) as database:
        on, code = _which(database, settings.tenant, date, shift)
        with database.begin(settings.tenant) as session:
            streets = uncovered(session, settings.tenant, on, code)
    if as_json:
        told = [{name: value for name, value in asdict(one).items() if name != "lines"} for one in streets]
        typer.echo(json.dumps(told, ensure_ascii=False))
        return
    for one in streets:
        facts = {"tier": one.tier, "name": one.name, "length_m": one.length_m, "district": one.district_code or "-"}
        typer.echo(say("tracks.open_street", language(), **facts))
    if not streets:
        typer.echo(say("tracks.all_covered", language()))


@tracks_app.command()
def nearest(
    context: typer.Context,
    point: Annotated[str, typer.Argument(help="lon,lat (EPSG:4490).")],
    stay: Annotated[int, typer.Option(min=1, max=480, help="Minutes they will be kept there.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Say which pair with two licences can be at a point soonest, and what its plan loses."""
    from api.cli import language
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.patrol.tracks.calls.streets import nearest_pairs

    try:
        lon, lat = (float(part) for part in point.split(","))
    except ValueError as error:
        raise BadMapping("tracks.bad_point", point=point[:40]) from error
    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        zone = ZoneInfo(get_county(session, settings.tenant).time_zone)
        pairs = nearest_pairs(session, settings.tenant, lon, lat, stay_s=stay * 60)
    if as_json:
        typer.echo(json.dumps([asdict(pair) for pair in pairs], ensure_ascii=False, default=str))
        return
    for pair in pairs:
        seen = say("tracks.by_plan", language())
        if pair.seen_at is not None:
            seen = say("tracks.seen_at", language(), at=f"{pair.seen_at.astimezone(zone):%H:%M}")
        facts = {"eta_min": -(-pair.eta_s // 60), "km": f"{pair.distance_m / 1000:.1f}", "seen": seen}
        later = len(pair.delays) - pair.lost
        typer.echo(say("tracks.pair", language(), name=pair.name, mode=pair.mode, later=later, lost=pair.lost, **facts))


@tracks_app.command()
def effects(
    context: typer.Context,
    first: Annotated[str, typer.Option("--from", help="First local date.")],
    last: Annotated[str, typer.Option("--to", help="Last local date.")],
    as_json: AsJson = False,
) -> None:
    """Hand posts that were really held to the comparison with before (定效), and run it."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.hotspots.displacement.actions import assess_operations
    from geo.patrol.tracks.effects import hand_over_posts

    settings: Settings = context.obj
    with Database.open(settings) as database:
        keys = hand_over_posts(database, settings.tenant, read_date(first), read_date(last), actor="cli")
        for key in keys:
            assess_operations(database, settings.tenant, key=key, actor="cli")
    typer.echo(json.dumps({"operations": keys}) if as_json else say("tracks.handed_over", language(), count=len(keys)))


@tracks_app.command()
def keep(
    context: typer.Context,
    days: Annotated[int | None, typer.Argument(help="Days that positions and check-ins are kept.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say or set for how long positions are kept."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.tracks.keep import set_keep_days
    from geo.patrol.tracks.take import keep_days

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        if days is not None:
            set_keep_days(session, settings.tenant, days, actor="cli")
        now = keep_days(session)
    typer.echo(json.dumps({"keep_days": now}) if as_json else say("tracks.kept", language(), days=now))


@tracks_app.command()
def purge(context: typer.Context, as_json: AsJson = False) -> None:
    """Remove positions and check-ins older than they are kept, and say what went."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.tracks.keep import purge_tracks

    settings: Settings = context.obj
    with Database.open(settings) as database:
        gone = asdict(purge_tracks(database, settings.tenant, actor="cli"))
    if as_json:
        typer.echo(json.dumps(gone, default=str))
        return
    typer.echo(say("tracks.purged", language(), **{**gone, "oldest": gone["oldest"] or "-"}))


def mount(app: typer.Typer) -> None:
    """Add ``tracks``."""
    app.add_typer(tracks_app, name="tracks")


def spoken(figures: Mapping[str, Any]) -> dict[str, object]:
    """A score's figures as its sentence names them; every share with both its numbers."""

    def both(name: str, unit: int = 1) -> str:
        return f"{figures[name]['n'] // unit}/{figures[name]['of'] // unit}"

    metres = figures["street_m"]
    return {
        "posts": both("posts_on_time"), "post_min": both("post_s", 60), "stops": both("stops"),
        "unseen": figures["stops_unseen"], "passes": both("passes"), "cells": both("cells"),
        "street_km": f"{metres['n'] / 1000:.1f}/{metres['of'] / 1000:.1f}", "observed": both("observed_s", 60),
    }  # fmt: skip


def reason_of(figures: Mapping[str, Any], spoken_language: Any) -> str:
    """Why a stop came out otherwise than planned, in words."""
    facts = dict(figures["facts"])
    for name in [name for name in facts if name.endswith("_s")]:
        facts[f"{name[:-2]}_min"] = (int(facts[name]) + 30) // 60
    return say(f"tracks.reason_{figures['reason']}", spoken_language, **facts)


def _plain(item: Any) -> dict[str, Any]:
    names = ("kind", "seq", "key", "name", "team_code", "district_code", "done", "figures")
    return {name: getattr(item, name) for name in names}


def _pairs(given: list[str]) -> dict[str, str]:
    pairs = {}
    for one in given:
        what, sign, column = one.partition("=")
        if not sign or not what or not column:
            raise BadMapping("tracks.bad_map", value=one[:60])
        pairs[what] = column
    return pairs


def _which(database: Database, tenant: str, date: str | None, shift: str | None) -> tuple[dt.date, str]:
    """The day and the shift meant; without ``--shift`` the county must have only one."""
    from api.commands.patrol import NoShifts, SayShift
    from geo.db.counties import get_county
    from geo.patrol.load import get_shift_kind
    from geo.patrol.queries import list_shift_kinds

    with database.begin(tenant) as session:
        on = read_date(date) if date else get_county(session, tenant).today()
        codes = [kind.code for kind in list_shift_kinds(session)]
        if shift is not None:
            return on, get_shift_kind(session, shift).code
    if not codes:
        raise NoShifts("patrol.no_shifts")
    if len(codes) != 1:
        raise SayShift("patrol.say_shift", known=", ".join(codes))
    return on, codes[0]
