"""``rules``, ``focus`` and ``demand``: what the bureau sets for its patrols, and what a shift is asked to do."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.commands.days import read_date, tomorrow
from geo.errors import Invalid
from geo.messages import say
from geo.patrol.demand.rules import RIDE_KMH
from geo.settings import Settings

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.db.engine import Database

rules_app = typer.Typer(no_args_is_help=True, help="Passes by tier, who gives way, the centre covered every day.")
focus_app = typer.Typer(no_args_is_help=True, help="A director's dated focus, with whose word it is and its price.")
demand_app = typer.Typer(no_args_is_help=True, help="What a shift is asked to do.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
From = Annotated[str | None, typer.Option("--from", help="First day, YYYY-MM-DD (default: tomorrow).")]
Shift = Annotated[str, typer.Argument(help="Code of the kind of shift.")]


class NoArea(Invalid):
    """The file holds no polygon."""


@rules_app.command("prefill")
def prefill(context: typer.Context, from_on: From = None) -> None:
    """Write the start values down as rules, where the county has none yet."""
    from geo.patrol.demand.book.rules import prefill_rules

    settings: Settings = context.obj
    with _open(settings) as database, database.begin(settings.tenant) as session:
        done = prefill_rules(session, settings.tenant, _day(database, settings, from_on))
    _tell("demand.rules_prefilled" if done else "demand.rules_there")


@rules_app.command("list")
def list_all(context: typer.Context) -> None:
    """Print all rules with their first days, as JSON."""
    from geo.patrol.demand.book.rules import list_rules

    settings: Settings = context.obj
    with _open(settings) as database, database.begin(settings.tenant) as session:
        typer.echo(json.dumps(list_rules(session), ensure_ascii=False, default=str))


@rules_app.command("passes")
def passes(
    context: typer.Context,
    tier: Annotated[str, typer.Argument(help="main, secondary, branch or lane.")],
    count: Annotated[int, typer.Argument(help="Passes a shift.")],
    spacing: Annotated[int, typer.Option(help="Minutes between two passes at least.")] = 120,
    shift: Annotated[str, typer.Option(help="Only for this kind of shift.")] = "",
    optional: Annotated[bool, typer.Option("--optional", help="No promise.")] = False,
    ride: Annotated[int, typer.Option(help="Rides on the way up to so many km/h are passes; 0: none.")] = 0,
    from_on: From = None,
) -> None:
    """Set how often streets of a tier are passed in a shift."""
    from geo.patrol.demand.book.rules import set_passes

    settings: Settings = context.obj
    with _open(settings) as database, database.begin(settings.tenant) as session:
        on = _day(database, settings, from_on)
        set_passes(
            session, settings.tenant, tier, count, spacing, on,
            shift_code=shift, required=not optional, ride_kmh=ride, actor="cli",
        )  # fmt: skip
    _tell("demand.set", on=on.isoformat())


@rules_app.command("break")
def set_rest(
    context: typer.Context,
    shift: Annotated[str, typer.Argument(help="Kind of shift, its code or name (日班).")],
    name: Annotated[str, typer.Argument(help="What the rest is called (午餐).")],
    minutes: Annotated[int, typer.Argument(help="How long; 0: no longer taken.")],
    between: Annotated[str, typer.Option(help="Begins between these local times, such as 11:00-13:00.")],
    from_on: From = None,
) -> None:
    """Set a rest that every team of a kind of shift takes."""
    from geo.patrol.demand.book.breaks import BreakDraft, read_clock, set_break

    settings: Settings = context.obj
    low, _, high = between.partition("-")
    draft = BreakDraft(shift, name, minutes, read_clock(low, "between"), read_clock(high, "between"))
    with _open(settings) as database, database.begin(settings.tenant) as session:
        on = _day(database, settings, from_on)
        set_break(session, settings.tenant, draft, on, actor="cli")
    _tell("demand.set", on=on.isoformat())


@rules_app.command("breaks")
def import_rests(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV; GBK or UTF-8.")],
    from_on: From = None,
    as_json: AsJson = False,
) -> None:
    """Take a table of rests: 班次, 休息名称, 分钟, 最早开始, 最晚开始. All rows or none."""
    from api.cli import language
    from geo.patrol.demand.book.breaks import import_breaks

    settings: Settings = context.obj
    with _open(settings) as database:
        on = _day(database, settings, from_on)
        taken, bad = import_breaks(database, settings.tenant, file, on, actor="cli")
    if as_json:
        rows = [{"row": one.row, "code": one.error.code, "facts": dict(one.error.facts)} for one in bad]
        typer.echo(json.dumps({"breaks": taken, "bad": rows}, ensure_ascii=False, default=str))
    elif bad:
        for one in bad:
            why = say(one.error.code, language(), **one.error.facts)
            typer.echo(say("demand.break_row", language(), row=one.row, why=why), err=True)
        typer.echo(say("demand.breaks_none_taken", language(), bad=len(bad)), err=True)
    else:
        _tell("demand.breaks_saved", breaks=taken, on=on.isoformat())
    if bad:
        raise typer.Exit(2)


@rules_app.command("order")
def order(
    context: typer.Context,
    duties: Annotated[list[str], typer.Argument(help="law post deadline pass coverage hotspot in your order.")],
    from_on: From = None,
) -> None:
    """Set who gives way when not everything fits: the first gives way last."""
    from geo.patrol.demand.book.rules import set_order

    settings: Settings = context.obj
    with _open(settings) as database, database.begin(settings.tenant) as session:
        on = _day(database, settings, from_on)
        set_order(session, settings.tenant, duties, on, actor="cli")
    _tell("demand.set", on=on.isoformat())


@rules_app.command("centre")
def centre(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called.")],
    file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="GeoJSON polygon, EPSG:4490.")] = None,
    districts: Annotated[str, typer.Option(help="Or codes of 片区, by comma.")] = "",
    covers: Annotated[
        str, typer.Option(help="streets: every one; cells: one at least of each 250 m cell.")
    ] = "streets",
    ride: Annotated[int, typer.Option(help="Rides on the way up to so many km/h cover; 0: none.")] = RIDE_KMH,
    from_on: From = None,
) -> None:
    """Draw 中心城区, which is covered in full every day."""
    from geo.patrol.demand.book.rules import set_centre

    settings: Settings = context.obj
    codes = [code.strip() for code in districts.split(",") if code.strip()]
    area = _area(file) if file else None
    with _open(settings) as database, database.begin(settings.tenant) as session:
        on = _day(database, settings, from_on)
        set_centre(
            session, settings.tenant, name, on, area=area, districts=codes, covers=covers, ride_kmh=ride, actor="cli"
        )
    _tell("demand.set", on=on.isoformat())


@focus_app.command("add")
def add(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Its code.")],
    ordered_by: Annotated[str, typer.Option("--by", help="Whose word it is.")],
    first_on: Annotated[str, typer.Option("--from", help="First day.")],
    last_on: Annotated[str, typer.Option("--to", help="Last day, included.")],
    percent: Annotated[int, typer.Option(help="What its places count, in per cent.")] = 150,
    zone: Annotated[str | None, typer.Option(help="Key of a hotspot zone.")] = None,
    file: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Or a GeoJSON polygon.")] = None,
    name: Annotated[str, typer.Option(help="For people.")] = "",
) -> None:
    """Note a focus; plans show it with its name and what it costs elsewhere."""
    from geo.patrol.demand.book.rules import add_focus

    settings: Settings = context.obj
    first, last = read_date(first_on), read_date(last_on)
    area = _area(file) if file else None
    with _open(settings) as database, database.begin(settings.tenant) as session:
        add_focus(
            session, settings.tenant, code, name, ordered_by, first, last, percent, zone=zone, area=area, actor="cli"
        )
    _tell("demand.focus_added", focus=code, first=first.isoformat(), last=last.isoformat(), percent=percent)


@focus_app.command("end")
def end(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Its code.")],
    last_on: Annotated[str, typer.Option("--on", help="Its last day now.")],
) -> None:
    """Let a focus end earlier."""
    from geo.patrol.demand.book.rules import end_focus

    settings: Settings = context.obj
    with _open(settings) as database, database.begin(settings.tenant) as session:
        last = end_focus(session, settings.tenant, code, read_date(last_on), actor="cli")
    _tell("demand.focus_ended", focus=code, last=last.isoformat())


@focus_app.command("price")
def price(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Its code.")],
    shift: Annotated[str, typer.Option(help="Code of the kind of shift.")],
    date: Annotated[str | None, typer.Option(help="Local date (default: tomorrow).")] = None,
    iterations: Annotated[int, typer.Option(min=1, help="Budget of each of three plans.")] = 300,
    as_json: AsJson = False,
) -> None:
    """What a focus costs: the shift planned with it and without it, in violation-minutes."""
    from geo.patrol.demand.actions import price_focus

    settings: Settings = context.obj
    with _open(settings) as database:
        on = _day(database, settings, date)
        found = price_focus(database, settings.tenant, code, on, shift, iterations=iterations)
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    _tell("demand.price_line", focus=code, gained=round(found.gained / 1000), lost=round(found.lost / 1000))


@focus_app.command("list")
def list_them(context: typer.Context) -> None:
    """Print all focuses, as JSON."""
    from geo.patrol.demand.book.rules import list_focuses

    settings: Settings = context.obj
    with _open(settings) as database, database.begin(settings.tenant) as session:
        typer.echo(json.dumps(list_focuses(session), ensure_ascii=False, default=str))


@demand_app.command("show")
def show(
    context: typer.Context,
    shift: Shift,
    date: Annotated[str | None, typer.Option(help="Local date (default: tomorrow).")] = None,
    as_json: AsJson = False,
) -> None:
    """What a shift is asked to do, by source, and what that rests on."""
    from geo.patrol.demand.actions import demand_of_shift

    settings: Settings = context.obj
    with _open(settings) as database, database.begin(settings.tenant) as session:
        demand = demand_of_shift(session, settings.tenant, _day(database, settings, date), shift)
    if as_json:
        typer.echo(json.dumps(demand.facts, ensure_ascii=False))
        return
    for code, facts in demand_lines(dict(demand.facts)):
        _tell(code, **facts)


@demand_app.command("due")
def due(
    context: typer.Context,
    hours: Annotated[int, typer.Option(min=1, max=720, help="Due within so many hours.")] = 24,
    as_json: AsJson = False,
) -> None:
    """Everything with a time by which somebody must have been there, the most pressing first."""
    from geo.db.counties import get_county
    from geo.patrol.demand.book.due import list_due

    settings: Settings = context.obj
    now = dt.datetime.now(dt.UTC)
    with _open(settings) as database, database.begin(settings.tenant) as session:
        clock = ZoneInfo(get_county(session, settings.tenant).time_zone)
        found = list_due(session, now + dt.timedelta(hours=hours), now)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    for one in found:
        _tell("demand.due_line", due=f"{one['due_at'].astimezone(clock):%m-%d %H:%M}", name=one["name"], key=one["key"])


def demand_lines(facts: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """What a demand rests on, as message codes with their facts, in the order people read them."""
    from api.cli import language

    told = language()
    sources = [
        ("demand.source_line", {"source": say(f"demand.source_{name}", told), "count": count})
        for name, count in facts["sources"].items()
        if count
    ]
    ranks = " > ".join(say(f"demand.duty_{duty}", told) for duty in facts["order"])
    lines: list[tuple[str, dict[str, Any]]] = [("demand.order_line", {"order": ranks}), *sources]
    if facts["coverage"]:
        kilometres = {
            f"{name.removesuffix('_m')}_km": f"{metres / 1000:.1f}"
            for name, metres in facts["coverage"].items()
            if name.endswith("_m")
        }
        lines.append(("demand.coverage_line", kilometres))
    audit = facts["audit"]
    lines.append(("demand.audit_line", {"visits": audit["visits"], "percent": f"{audit['permille'] / 10:.1f}"}))
    lines.append(("demand.rates_line", dict(facts["rates"])))
    lines += [("demand.post_cut", dict(one)) for one in facts["posts_cut"]]
    lines += [("demand.break_line", dict(one)) for one in facts["rests"]]
    lines += [
        (
            "demand.posture_line",
            {
                "name": one["name"],
                "code": one["code"],
                "hours": one["hours"],
                "on": len(one["zones_on"]),
                "off": len(one["zones_off"]),
                "streets": one["streets"],
            },
        )
        for one in facts["postures"]
    ]
    lines += [
        (
            "demand.posture_roster",
            {"name": one["name"], "what": wanted["for"] or "-", "people": wanted["people"], "short": wanted["short"]},
        )
        for one in facts["postures"]
        for wanted in one["roster"]
    ]
    lines += [
        ("demand.demolition_refused", {"name": one["name"], "why": say(code, told, **why)})
        for one in facts["demolitions_refused"]
        for code, why in one["why"][:1]
    ]
    if facts["acts_refused"]:
        lines.append(("demand.acts_refused", {"count": facts["acts_refused"]}))
    return lines


def _area(file: Path) -> BaseGeometry:
    """The polygons of a GeoJSON file as one area."""
    import shapely

    try:
        shape = shapely.from_geojson(file.read_text(encoding="utf-8"))
    except (shapely.errors.GEOSException, UnicodeDecodeError):
        raise NoArea("demand.bad_rule", field="area", value=file.name, allowed="GeoJSON") from None
    area: BaseGeometry = shapely.union_all(
        [part for part in shapely.get_parts([shape]).tolist() if part.geom_type in ("Polygon", "MultiPolygon")]
    )
    return area


def _open(settings: Settings) -> Database:
    from geo.db.engine import Database

    return Database.open(settings)


def _day(database: Database, settings: Settings, text: str | None) -> dt.date:
    return read_date(text) if text else tomorrow(database, settings.tenant)


def _tell(code: str, **facts: Any) -> None:
    from api.cli import language

    typer.echo(say(code, language(), **facts))


def mount(app: typer.Typer) -> None:
    """Add ``rules``, ``focus`` and ``demand``."""
    app.add_typer(rules_app, name="rules")
    app.add_typer(focus_app, name="focus")
    app.add_typer(demand_app, name="demand")
