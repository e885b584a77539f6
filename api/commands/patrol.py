"""``plan …``: from a county's layers to its teams' days."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from api.commands.days import read_date, tomorrow
from geo.errors import Invalid, NotFound
from geo.settings import Settings

if TYPE_CHECKING:
    from rich.status import Status

    from geo.db.engine import Database
    from geo.patrol.actions import Progress
    from geo.patrol.horizon.actions import Horizon
    from geo.patrol.queries import PlanFrames, PlanRow
    from geo.patrol.save import SavedPlan

console = Console(stderr=True)
plan_app = typer.Typer(invoke_without_command=True, help="Plan shifts, show and export plans.")

plans_app = typer.Typer(no_args_is_help=True, help="Look after stored plans.")

ORDINARY = ("patrol.reason_closed", "patrol.reason_window_short")
"""Reasons that lie in the hours and not in the plan: only counted unless asked for."""

LEFT = {
    "patrol.reason_closed": "patrol.left_closed",
    "patrol.reason_no_street": "patrol.left_no_street",
    "patrol.reason_cut_off": "patrol.left_cut_off",
    "patrol.reason_mode": "patrol.left_mode",
    "patrol.reason_licences": "patrol.left_licences",
    "patrol.reason_no_team": "patrol.left_no_team",
    "patrol.reason_window_short": "patrol.left_window_short",
    "patrol.reason_too_far": "patrol.left_too_far",
    "patrol.reason_no_time": "patrol.left_no_time",
    "patrol.reason_window_taken": "patrol.left_window_taken",
    "patrol.reason_person": "patrol.left_person",
    "patrol.reason_spacing": "patrol.left_spacing",
    "patrol.reason_worth_less": "patrol.left_worth_less",
    "patrol.reason_over": "patrol.left_over",
    "patrol.reason_rest": "patrol.left_rest",
}
"""What stops left out for a reason are called when they are counted."""

FEW = 5
FORMATS = ("geojson", "gpx", "sheet", "png")
SHEET_ENDINGS = {"sheet": "html", "png": "png"}

Day = Annotated[str | None, typer.Option("--date", help="Local date, YYYY-MM-DD (default: tomorrow).")]
ShiftCode = Annotated[str | None, typer.Option("--shift", help="Code of the kind of shift (default: the only one).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class UnknownFormat(Invalid):
    """No such export format; the facts list those there are."""


class NoPlan(NotFound):
    """The shift has no plan yet; the message says how to make one."""


class NoShifts(NotFound):
    """The county has no kinds of shift yet; the message says how it gets them."""


class SayShift(Invalid):
    """The county has several shifts, so one must be named."""


@plan_app.callback()
def plan(
    context: typer.Context,
    date: Day = None,
    shift: ShiftCode = None,
    seed: Annotated[int, typer.Option(help="Same data, seed and iterations: same plan.", min=0)] = 1,
    iterations: Annotated[int | None, typer.Option(help="Solver iterations per part.", min=1)] = None,
    every: Annotated[bool, typer.Option("--all", help="Every shift of the day that people are on duty for.")] = False,
    every_reason: Annotated[bool, typer.Option("--all-reasons", help="List every stop left out.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plan a shift of the whole county and store it as the next version."""
    if context.invoked_subcommand is not None:
        return
    from geo.db.engine import Database
    from geo.patrol.actions import DEFAULT_ITERATIONS, plan_shift

    settings: Settings = context.obj
    with Database.open(settings) as database:
        on, codes = which_shifts(database, settings.tenant, date, shift, every)
        for code in codes:
            with console.status(f"{on} {code}") as status:
                tell = teller(status, f"{on} {code}")
                budget = iterations or DEFAULT_ITERATIONS
                saved = plan_shift(database, settings.tenant, on, code, seed=seed, iterations=budget, progress=tell)
            _print_saved(saved, as_json, every_reason)


@plan_app.command()
def days(
    context: typer.Context,
    date: Annotated[str | None, typer.Option(help="First local day; tomorrow without.")] = None,
    count: Annotated[int, typer.Option("--days", min=1, max=42, help="How many days.")] = 7,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the first shift.")] = 1,
    review: Annotated[bool, typer.Option(help="Plan nothing; only tell how the plans there are turn.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plan every shift of a week or a month, and tell how people, pairs and hours of visit turn."""
    from geo.db.engine import Database
    from geo.patrol.horizon.actions import plan_horizon, review_horizon

    settings: Settings = context.obj
    with Database.open(settings) as database:
        first = read_date(date) if date else tomorrow(database, settings.tenant)
        if review:
            with database.begin(settings.tenant) as session:
                found = review_horizon(session, settings.tenant, first, first + dt.timedelta(days=count - 1))
        else:
            with console.status(f"{first} +{count}") as status:
                found = plan_horizon(
                    database, settings.tenant, first, count, seed=seed, progress=teller(status, str(first))
                )
    if as_json:
        typer.echo(json.dumps(found.as_json(), ensure_ascii=False))
        return
    _print_days_turned(found)


@plan_app.command()
def show(context: typer.Context, date: Day = None, shift: ShiftCode = None, as_json: AsJson = False) -> None:
    """Print each team's day, and what stays out with the reason."""
    frames, zone = _open_frames(context.obj, date, shift)
    if as_json:
        typer.echo(json.dumps(_frames_json(frames), ensure_ascii=False, default=str))
        return
    _print_days(frames, zone)


@plan_app.command()
def export(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="File to write; a folder for sheets and pictures.")],
    date: Day = None,
    shift: ShiftCode = None,
    kind: Annotated[
        str, typer.Option("--format", help="geojson, gpx, sheet (A4, HTML) or png (one picture a team).")
    ] = "geojson",
    team: Annotated[str | None, typer.Option(help="Only this team.")] = None,
) -> None:
    """Write a plan as GeoJSON or GPX, or one printable sheet or one picture a team."""
    from geo.patrol.export.files import check_team, plan_geojson, plan_gpx

    if kind not in FORMATS:
        raise UnknownFormat("patrol.unknown_format", format=kind, known=", ".join(FORMATS))
    frames, _ = _open_frames(context.obj, date, shift)
    if kind in ("sheet", "png"):
        check_team(frames, team)
        for written in _write_sheets(context.obj, frames, path, team, kind):
            typer.echo(written)
        return
    text = plan_geojson(frames, team) if kind == "geojson" else plan_gpx(frames, team)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    typer.echo(path)


@plan_app.command()
def calendar(
    context: typer.Context,
    person: Annotated[str, typer.Argument(help="Staff number.")],
    path: Annotated[Path, typer.Argument(help="File to write (.ics).")],
    date: Annotated[str | None, typer.Option(help="First local day; today without.")] = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days.")] = 31,
) -> None:
    """Write one person's published shifts and posts as iCalendar, for the calendar of a phone."""
    from api.cli import language
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.messages import say
    from geo.patrol.export.actions import person_calendar

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        first = read_date(date) if date else get_county(session, settings.tenant).today()
        span = (first, first + dt.timedelta(days=days - 1))
        text = person_calendar(session, settings.tenant, person, span, language())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text)
    count = text.count(b"BEGIN:VEVENT")
    typer.echo(say("patrol.calendar_written", language(), path=path, first=span[0], last=span[1], count=count))


@plan_app.command()
def publish(context: typer.Context, number: Annotated[int, typer.Argument(help="Number of the plan.")]) -> None:
    """Put a plan in force; from then on it never changes."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.messages import say
    from geo.patrol.actions import publish_plan

    settings: Settings = context.obj
    with Database.open(settings) as database:
        publish_plan(database, settings.tenant, number)
    typer.echo(say("patrol.published", language(), plan=number))


@plans_app.command()
def rescore(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Number of the plan.")],
    as_json: AsJson = False,
) -> None:
    """Score a stored plan again from its own rows, and tell whether every figure is as stored."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.messages import say
    from geo.patrol.rescore import rescore_plan

    settings: Settings = context.obj
    with Database.open(settings) as database:
        found = rescore_plan(database, settings.tenant, number)
    if as_json:
        facts = {name: getattr(found, name) for name in found.__dataclass_fields__}
        typer.echo(json.dumps({**facts, "same": found.same}, ensure_ascii=False))
    else:
        code = "patrol.rescored_same" if found.same else "patrol.rescored_other"
        facts = {"plan": found.id, "visits": found.visits, "differ": len(found.differ)}
        minutes = {"stored": f"{found.stored / 1000:.3f}", "now": f"{found.now / 1000:.3f}"}
        typer.echo(say(code, language(), **facts, **minutes))
    if not found.same:
        raise typer.Exit(1)


def mount(app: typer.Typer) -> None:
    """Add ``plan`` and ``plans``."""
    app.add_typer(plan_app, name="plan")
    app.add_typer(plans_app, name="plans")


def which_shifts(
    database: Database, tenant: str, date: str | None, shift: str | None, every: bool = False
) -> tuple[dt.date, list[str]]:
    """The day and the shifts meant; without ``--shift`` the county must have only one, or ``--all``."""
    from geo.patrol.load import get_shift_kind
    from geo.patrol.queries import list_shift_kinds, load_people

    on = read_date(date) if date else tomorrow(database, tenant)
    with database.begin(tenant) as session:
        codes = [kind.code for kind in list_shift_kinds(session)]
        if not codes:
            raise NoShifts("patrol.no_shifts")
        if shift is not None:
            get_shift_kind(session, shift)
        if every:
            return on, [code for code in codes if load_people(session, on, code)] or codes[:1]
    if shift is None and len(codes) != 1:
        raise SayShift("patrol.say_shift", known=", ".join(codes))
    return on, [shift or codes[0]]


def teller(status: Status, title: str) -> Progress:
    """Says on the status line how far the planning is."""

    def tell(step: str, done: int, of: int) -> None:
        status.update(f"{title}: {step} {done}/{of}")

    return tell


def _open_frames(settings: Settings, date: str | None, shift: str | None) -> tuple[PlanFrames, ZoneInfo]:
    """The newest plan of the shift meant, and the county's time zone."""
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.patrol.queries import find_plan, load_plan_frames

    with Database.open(settings) as database:
        on, (code,) = which_shifts(database, settings.tenant, date, shift)
        with database.begin(settings.tenant) as session:
            zone = ZoneInfo(get_county(session, settings.tenant).time_zone)
            found: PlanRow | None = find_plan(session, on, code)
            frames = load_plan_frames(session, found.id) if found else None
    if frames is None:
        raise NoPlan("patrol.no_plan", on=on.isoformat(), shift=code)
    return frames, zone


def _write_sheets(settings: Settings, frames: PlanFrames, folder: Path, team: str | None, kind: str) -> list[Path]:
    from api.cli import language
    from api.commands.dashboards import draw_maps, load_ground
    from geo.cards.actions import build_cards
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.patrol.queries import list_shift_kinds
    from maps.plans import read_shift
    from maps.reports.route_sheet import TeamSheet, render_route_sheet
    from maps.reports.sheet_picture import draw_picture, render_sheet_svg
    from maps.texts import Texts

    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        county = get_county(session, settings.tenant)
        names = {kind.code: kind.name for kind in list_shift_kinds(session)}
        cards = build_cards(session, settings.tenant, dt.datetime.now(dt.UTC))
        ground = load_ground(session, cards.box)
    shift = read_shift(frames, names[frames.plan.shift_code])
    maps_of = draw_maps(ground, (shift,))
    sources = tuple(row.sources for row in cards.freshness if row.kind == "road" and row.sources)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for one in shift.teams:
        if team is None or one.code == team:
            sheet = TeamSheet(county.name, frames.plan.on_date, shift, one, maps_of[shift.code, one.code], sources)
            texts = Texts(language(), ZoneInfo(county.time_zone))
            path = folder / f"{frames.plan.on_date}-{frames.plan.shift_code}-{one.code}.{SHEET_ENDINGS[kind]}"
            if kind == "png":
                path.write_bytes(draw_picture(render_sheet_svg(sheet, texts)))
            else:
                path.write_text(render_route_sheet(sheet, texts), encoding="utf-8")
            written.append(path)
    return written


def _print_days_turned(found: Horizon) -> None:
    from api.cli import language
    from geo.messages import say

    for plan in found.plans:
        status = say(f"patrol.status_{plan['status']}", language())
        typer.echo(f"{plan['on_date']} {plan['shift']}  #{plan['plan']} {status}")
    for on, shift in found.empty:
        typer.echo(say("patrol.nobody_that_shift", language(), on=on.isoformat(), shift=shift))
    for one in found.people:
        facts = {"staff": one.staff, "shifts": one.shifts, "hours": one.minutes // 60, "weekends": one.weekend_shifts}
        typer.echo(say("patrol.turns", language(), **facts, mate=one.most_with or "-", together=one.together))


def _print_saved(saved: SavedPlan, as_json: bool, every_reason: bool) -> None:
    from api.cli import language
    from geo.messages import say
    from geo.openings import in_words

    if as_json:
        facts = {name: getattr(saved, name) for name in saved.__dataclass_fields__}
        typer.echo(json.dumps(facts, ensure_ascii=False, default=str))
        return
    share = 100 * saved.weight_served / saved.weight_total if saved.weight_total else 100.0
    typer.echo(
        say(
            "patrol.planned",
            language(),
            on=saved.on_date,
            shift=saved.shift_code,
            version=saved.version,
            teams=saved.teams,
            served=saved.served,
            stops=saved.stops,
            share=f"{share:.0f}",
        )
    )
    for row in saved.districts:
        typer.echo(f"  {row['code']} {row['name']}: {row['served']}/{row['stops']}  {' '.join(row['teams'])}")
    if saved.passed:
        km = sum(row["length_m"] for row in saved.passed) / 1000
        typer.echo(f"  ✓ {say('patrol.passed_count', language(), count=len(saved.passed), km=f'{km:.1f}')}")
    left = [*saved.unserved, *saved.closed]
    reasons = Counter(row["reason_code"] for row in left)
    for code, count in reasons.most_common():
        typer.echo(f"  ✗ {count:>3}  {say(LEFT[code], language())}")
        listed = [row for row in left if row["reason_code"] == code]
        for row in listed if every_reason else listed[: 0 if code in ORDINARY else FEW]:
            kind = say(f"patrol.stop_{row['kind']}", language())
            reason = say(code, language(), **in_words(row["reason_facts"], language()))
            typer.echo(f"         {kind} {row['name'] or row['key']}: {reason}")


def _print_days(frames: PlanFrames, zone: ZoneInfo) -> None:
    from api.cli import language
    from geo.messages import say
    from geo.openings import in_words

    for team in frames.teams.to_dict("records"):
        people, km = "、".join(team["members"]), team["distance_m"] / 1000
        typer.echo(f"{team['name']}  {team['mode']}  {team['vehicle']}  {people}  {km:.1f} km")
        for row in frames.stops[frames.stops["team"] == team["code"]].to_dict("records"):
            clock = f"{row['arrive_at'].astimezone(zone):%H:%M}–{row['leave_at'].astimezone(zone):%H:%M}"
            kind = say(f"patrol.stop_{row['kind']}", language())
            typer.echo(f"  {int(row['seq']):>3}  {clock}  {kind} {row['name']}")
    for row in [
        *frames.passed.to_dict("records"),
        *frames.unserved.to_dict("records"),
        *frames.closed.to_dict("records"),
    ]:
        reason = say(row["reason_code"], language(), **in_words(row["reason_facts"], language()))
        kind = say(f"patrol.stop_{row['kind']}", language())
        mark = "✓" if row["reason_code"] == "patrol.passed" else "✗"
        typer.echo(f"{mark} {kind} {row['name'] or row['key']}: {reason}")


def _frames_json(frames: PlanFrames) -> dict[str, Any]:
    from geo.frames import plain_rows

    plan = {name: getattr(frames.plan, name) for name in frames.plan.__dataclass_fields__ if name != "summary"}
    stops = frames.stops.drop(columns="geometry").assign(lon=frames.stops.geometry.x, lat=frames.stops.geometry.y)
    return {
        "plan": plan,
        "teams": plain_rows(frames.teams.drop(columns=["members", "member_codes"])),
        "stops": plain_rows(stops),
        "passed": plain_rows(frames.passed),
        "unserved": plain_rows(frames.unserved),
        "closed": plain_rows(frames.closed),
    }
