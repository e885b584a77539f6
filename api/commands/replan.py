"""``plan again``: the day goes otherwise, and the rest of the shift is planned anew."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.commands.patrol import AsJson, ShiftCode, console, plan_app, teller, which_shifts
from geo.errors import Invalid
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.patrol.replan.actions import SavedAgain
    from geo.patrol.replan.news import Urgent

URGENT_PARTS = (5, 6)


class BadNews(Invalid):
    """News that cannot be read as it is written; the message shows how to write it."""


def again(
    context: typer.Context,
    date: Annotated[str | None, typer.Option("--date", help="Local date, YYYY-MM-DD (default: today).")] = None,
    shift: ShiftCode = None,
    now: Annotated[str | None, typer.Option(help="Local time, HH:MM (default: the clock's).")] = None,
    absent: Annotated[str, typer.Option(help="Staff numbers that are missing, with commas between.")] = "",
    out: Annotated[str, typer.Option(help="Vehicles that are out, with commas between.")] = "",
    late: Annotated[
        list[str] | None, typer.Option(help="A team that is behind, CODE=MINUTES; may be repeated.")
    ] = None,
    urgent: Annotated[
        list[str] | None,
        typer.Option(help="lon,lat,name,minutes of work,minutes until due[,licences]; may be repeated."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Same data, news and seed: same plan.", min=0)] = 1,
    as_json: AsJson = False,
) -> None:
    """Plan the rest of a shift anew: what is begun stays, little moves, what is lost is told."""
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.patrol.load import get_shift_kind, shift_span
    from geo.patrol.replan.actions import replan_shift
    from geo.patrol.replan.news import News

    settings: Settings = context.obj
    news = News(
        tuple(read_urgent(one) for one in urgent or ()), _codes(absent), _codes(out),
        dict(read_late(one) for one in late or ()),
    )  # fmt: skip
    with Database.open(settings) as database:
        with database.begin(settings.tenant) as session:
            county = get_county(session, settings.tenant)
        zone = ZoneInfo(county.time_zone)
        on, (code,) = which_shifts(database, settings.tenant, date or county.today().isoformat(), shift)
        at = None
        if now is not None:
            with database.begin(settings.tenant) as session:
                starts_at = shift_span(county, get_shift_kind(session, code), on).starts_at
            at = dt.datetime.combine(on, read_clock(now), zone)
            if at < starts_at - dt.timedelta(hours=12):  # of a shift over midnight, the hours of the next day
                at += dt.timedelta(days=1)
        with console.status(f"{on} {code}") as status:
            tell = teller(status, f"{on} {code}")
            saved = replan_shift(database, settings.tenant, on, code, news, now=at, seed=seed, progress=tell)
    if as_json:
        typer.echo(
            json.dumps({"plan": saved.plan.id, "version": saved.plan.version, **saved.again}, ensure_ascii=False)
        )
        return
    _print(saved, zone)


def read_urgent(given: str) -> Urgent:
    """An urgent case as it is written on the command line.

    Raises
    ------
    BadNews
        If it is not written so.

    Examples
    --------
    >>> read_urgent("117.2,28.3,井盖塌陷,15,45")
    Urgent(lon=117.2, lat=28.3, name='井盖塌陷', work_min=15, due_min=45, licences=0)
    """
    from geo.patrol.replan.news import Urgent

    parts = [part.strip() for part in given.replace("，", ",").split(",")]
    try:
        if len(parts) not in URGENT_PARTS or not parts[2]:
            raise ValueError
        lon, lat, work, due = float(parts[0]), float(parts[1]), int(parts[3]), int(parts[4])
        licences = int(parts[5]) if len(parts) == max(URGENT_PARTS) else 0
        if not (-180 <= lon <= 180 and -90 <= lat <= 90 and work > 0 and due > 0 and licences >= 0):
            raise ValueError
    except ValueError as error:
        raise BadNews("patrol.again_bad_urgent", given=given) from error
    return Urgent(lon, lat, parts[2], work, due, licences)


def read_late(given: str) -> tuple[str, int]:
    """A team and the minutes it is behind.

    Raises
    ------
    BadNews
        If it is not written so.

    Examples
    --------
    >>> read_late("R1=20")
    ('R1', 20)
    """
    code, _, minutes = given.partition("=")
    if not code.strip() or not minutes.strip().isdecimal() or int(minutes) == 0:
        raise BadNews("patrol.again_bad_late", given=given)
    return code.strip(), int(minutes)


def read_clock(given: str) -> dt.time:
    """A local time.

    Raises
    ------
    BadNews
        If it is none.

    Examples
    --------
    >>> read_clock("10:30")
    datetime.time(10, 30)
    """
    try:
        return dt.time.fromisoformat(given)
    except ValueError as error:
        raise BadNews("patrol.again_bad_now", given=given) from error


def mount(app: typer.Typer) -> None:
    """Add ``plan again``; nothing at the top of ``app``."""
    del app
    plan_app.command()(again)


def _codes(given: str) -> tuple[str, ...]:
    return tuple(code for part in given.replace("，", ",").split(",") if (code := part.strip()))


def _print(saved: SavedAgain, zone: ZoneInfo) -> None:
    from api.cli import language
    from geo.messages import say
    from geo.openings import in_words
    from geo.patrol.replan.told import losses_to_say

    told: dict[str, Any] = dict(saved.again)
    typer.echo(
        say(
            "patrol.again_saved", language(), on=saved.plan.on_date, shift=saved.plan.shift_code,
            now=f"{dt.datetime.fromisoformat(told['now']).astimezone(zone):%H:%M}", version=saved.plan.version,
            of=told["of"]["version"], same=told["same"], moved=len(told["moved"]),
            gone=sum(one["visits"] for one in told["gone"]), new=len(told["new"]),
            share=f"{told['moved_permille'] / 10:.1f}", before=f"{told['value_before'] / 1000:.0f}",
            after=f"{told['value'] / 1000:.0f}",
        )
    )  # fmt: skip
    for one in told["teams"]:
        if one["by"] == "tracks":
            at = f"{dt.datetime.fromisoformat(one['seen_at']).astimezone(zone):%H:%M}"
            typer.echo("  " + say("patrol.again_seen", language(), team=one["team"], at=at, missed=len(one["missed"])))
    for case in told["urgent"]:
        code = "patrol.again_urgent" if case["team"] else "patrol.again_urgent_nobody"
        typer.echo("  " + say(code, language(), name=case["name"], team=case["team_name"], minutes=case["minutes"]))
    for one in told["gone"]:
        reason = say(one["reason_code"], language(), **in_words(one["reason_facts"], language()))
        typer.echo(f"  ✗ {one['name'] or one['key']}: {reason}")
    if told["passed"]:
        typer.echo(say("patrol.again_passed", language(), count=len(told["passed"])))
    for row in losses_to_say(told):
        if row["value"] > 0:
            minutes = f"{row['value'] / 1000:.0f}"
            typer.echo("  " + say("patrol.again_lost", language(), name=row["name"] or row["code"], minutes=minutes))
