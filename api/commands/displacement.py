"""``displacement …``: operations, and whether trouble went away or moved 打游击战."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from geo.errors import Invalid
from geo.messages import Language, say
from geo.settings import Settings

console = Console(stderr=True)
displacement_app = typer.Typer(no_args_is_help=True, help="Posts, raids, postures, campaigns, and what they moved.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
TIMES = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"]


class SayGround(Invalid):
    """None, or more than one, of the ways to say where an operation was."""


@displacement_app.command()
def add(
    context: typer.Context,
    key: Annotated[str, typer.Argument(help="Its key; an operation of the same key is replaced.")],
    from_at: Annotated[dt.datetime, typer.Option("--from", formats=TIMES, help="Local time.")],
    to_at: Annotated[dt.datetime, typer.Option("--to", formats=TIMES, help="Local time, not included.")],
    kind: Annotated[str, typer.Option(help="post, raid, posture or campaign.")] = "campaign",
    name: Annotated[str | None, typer.Option(help="For people (default: the zone's name, or the key).")] = None,
    zone: Annotated[str | None, typer.Option(help="Key of a hotspot zone; 50 m around belong to it.")] = None,
    point: Annotated[str | None, typer.Option(help="lon,lat (EPSG:4490).")] = None,
    radius: Annotated[float, typer.Option(min=1, max=20_000, help="Around the point, metres.")] = 50,
    whole_county: Annotated[bool, typer.Option("--whole-county", help="All of its 片区.")] = False,
    codes: Annotated[str | None, typer.Option(help="Event codes it was about, by comma (default: all).")] = None,
    as_json: AsJson = False,
) -> None:
    """Note an operation: where, from when to when, about which codes."""
    from api.cli import language
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.hotspots.displacement.actions import Operation, circle, note_operation, zone_area

    if (zone is not None) + (point is not None) + whole_county != 1:
        raise SayGround("displacement.say_ground")
    settings: Settings = context.obj
    database = Database.open(settings)
    try:
        with database.begin(settings.tenant) as session:
            clock = ZoneInfo(get_county(session, settings.tenant).time_zone)
            called, area = zone_area(session, settings.tenant, zone) if zone else (key, None)
            if point is not None:
                area = circle(session, settings.tenant, *_point(point), radius)
            listed = tuple(code.strip() for code in codes.split(",")) if codes else ()
            span = from_at.replace(tzinfo=clock), to_at.replace(tzinfo=clock)
            operation = Operation(key, name or called, kind, *span, listed, area)
            identity = note_operation(session, settings.tenant, operation, actor="cli")
    finally:
        database.close()
    typer.echo(json.dumps({"id": identity, "key": key}) if as_json else say("displacement.noted", language(), key=key))


@displacement_app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="GeoJSON, one polygon an operation.")],
    as_json: AsJson = False,
) -> None:
    """Note operations from a GeoJSON file with the properties key, name, kind, from, to, codes. All or none."""
    from api.cli import language
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.hotspots.displacement.actions import note_operation, read_operations

    settings: Settings = context.obj
    database = Database.open(settings)
    try:
        with database.begin(settings.tenant) as session:
            read = read_operations(file, get_county(session, settings.tenant).time_zone)
            for operation in read:
                note_operation(session, settings.tenant, operation, actor="cli")
    finally:
        database.close()
    count = len(read)
    typer.echo(
        json.dumps({"operations": count}) if as_json else say("displacement.noted_many", language(), count=count)
    )


@displacement_app.command()
def test(
    context: typer.Context,
    key: Annotated[str | None, typer.Argument(help="Only this operation.")] = None,
    as_json: AsJson = False,
) -> None:
    """Compare target, ring and places alike with before, during and after each operation."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.hotspots.displacement.actions import assess_operations

    settings: Settings = context.obj
    database = Database.open(settings)
    try:
        with console.status("displacement") as status:
            count = assess_operations(
                database, settings.tenant, key=key, actor="cli",
                progress=lambda name, done, of: status.update(f"{name} {done}/{of}"),
            )  # fmt: skip
    finally:
        database.close()
    typer.echo(json.dumps({"operations": count}) if as_json else say("displacement.tested", language(), count=count))


@displacement_app.command()
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Print every comparison; small counts are marked insufficient."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.hotspots.displacement.queries import list_tests

    settings: Settings = context.obj
    database = Database.open(settings)
    try:
        with database.begin(settings.tenant) as session:
            tests = list_tests(session)
    finally:
        database.close()
    if as_json:
        typer.echo(json.dumps(tests, ensure_ascii=False, default=str))
        return
    for row in tests:
        typer.echo(line_of(row, language()))


def mount(app: typer.Typer) -> None:
    """Add ``displacement``."""
    app.add_typer(displacement_app, name="displacement")


def line_of(row: dict[str, Any], language: Language) -> str:
    """A comparison in one line."""
    known = row["ratio"] is not None
    ratio = {name: f"{row[name]:.2f}" for name in ("ratio", "lower", "upper")} if known else {}
    line = say(
        "displacement.line", language, name=row["name"], place=say(f"displacement.place_{row['place']}", language),
        phase=say(f"displacement.phase_{row['phase']}", language), from_on=row["from_on"], to_on=row["to_on"],
        expected=f"{row['expected']:.1f}", found=row["found"],
        verdict=say(f"displacement.verdict_{row['verdict']}", language, **ratio),
    )  # fmt: skip
    facts = row["facts"]
    if facts.get("gap"):
        line += "  " + say("displacement.gap", language)
    if facts.get("risen"):
        names = "、".join(one["name"] for one in facts["risen"])
        line += "  " + say("displacement.risen", language, names=names)
    if "half_life_days" in facts and facts["half_life_days"] is None:
        line += "  " + say("displacement.no_fading", language, lower=facts["half_life_lower"])
    elif "half_life_days" in facts:
        upper = facts["half_life_upper"]
        line += "  " + say(
            "displacement.half_life", language, days=facts["half_life_days"], lower=facts["half_life_lower"],
            upper="∞" if upper is None else upper,
        )  # fmt: skip
    return line


def _point(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as error:
        raise SayGround("displacement.say_ground") from error
    return lon, lat
