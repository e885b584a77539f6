"""``pianqu people leave|back|day|muster|worth``: who is away, somebody's day, where teams meet, what one more buys."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console

from api.commands.days import read_date
from geo.messages import say
from geo.settings import Settings

console = Console(stderr=True)
people_app = typer.Typer(help="Leave, somebody's day, and where teams meet.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Staff = Annotated[str, typer.Argument(help="Staff number.")]


@people_app.command("leave")
def leave(
    context: typer.Context,
    staff: Staff,
    first: Annotated[str, typer.Option("--from", help="First day, YYYY-MM-DD.")],
    last: Annotated[str, typer.Option("--to", help="Last day, YYYY-MM-DD.")],
    kind: Annotated[str, typer.Option(help="leave, training or detached.")] = "leave",
    as_json: AsJson = False,
) -> None:
    """Write down that somebody is away; rosters made from then on leave them out."""
    from geo.db.engine import Database
    from geo.patrol.people.actions import note_leave

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        note_leave(session, settings.tenant, staff, read_date(first), read_date(last), kind)
    if as_json:
        typer.echo(json.dumps({"staff": staff, "from_on": first, "to_on": last, "kind": kind}))
        return
    _tell("people.leave_noted", staff=staff, first=first, last=last)


@people_app.command("back")
def back(
    context: typer.Context,
    staff: Staff,
    first: Annotated[str, typer.Option("--from", help="First day of the leave, YYYY-MM-DD.")],
    as_json: AsJson = False,
) -> None:
    """Take leave back: they are there after all."""
    from geo.db.engine import Database
    from geo.patrol.people.actions import take_leave_back

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        take_leave_back(session, settings.tenant, staff, read_date(first), actor="cli")
    if as_json:
        typer.echo(json.dumps({"staff": staff, "from_on": first}))
        return
    _tell("people.leave_taken_back", staff=staff, first=first)


@people_app.command("day")
def day(
    context: typer.Context,
    staff: Staff,
    date: Annotated[str | None, typer.Option("--date", help="Local date, YYYY-MM-DD (default: today).")] = None,
    as_json: AsJson = False,
) -> None:
    """Somebody's day: duties, their team, and its stops in order."""
    from zoneinfo import ZoneInfo

    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.patrol.people.mine import my_day

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        county = get_county(session, settings.tenant)
        found = my_day(session, settings.tenant, staff, read_date(date) if date else county.today())
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    zone = ZoneInfo(county.time_zone)
    away = [_said(f"people.leave_{found['away']}")] if found["away"] else []
    typer.echo("  ".join([f"{found['on_date']}", found["name"], *away]))
    for duty in found["duties"]:
        role = _said("people.leads_mark") if duty["role"] == "leader" else ""
        typer.echo(f"{duty['start_time']:%H:%M}–{duty['end_time']:%H:%M}  {duty['shift_name']}{role}")
    for shift in found["shifts"]:
        team = shift["team"]
        names = "、".join([*(member["name"] for member in team["members"]), *team["vehicles"]])
        typer.echo(f"{shift['shift_name']}  {team['code']}  {names}  {team['distance_m'] / 1000:.1f} km")
        for stop in shift["stops"]:
            clock = f"{stop['arrive_at'].astimezone(zone):%H:%M}–{stop['leave_at'].astimezone(zone):%H:%M}"
            typer.echo(f"  {stop['seq']:>3}  {clock}  {_said('patrol.stop_' + stop['kind'])} {stop['name']}")


@people_app.command("muster")
def muster(
    context: typer.Context,
    unit: Annotated[str, typer.Argument(help="Code of the unit.")],
    lon: Annotated[float, typer.Argument(min=-180, max=180)],
    lat: Annotated[float, typer.Argument(min=-85, max=85)],
    as_json: AsJson = False,
) -> None:
    """Say where a unit's teams begin and end their day."""
    from geo.db.engine import Database
    from geo.patrol.people.actions import set_muster

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        set_muster(session, settings.tenant, unit, lon, lat)
    if as_json:
        typer.echo(json.dumps({"unit": unit, "lon": lon, "lat": lat}))
        return
    _tell("people.muster_set", unit=unit)


@people_app.command("worth")
def worth(
    context: typer.Context,
    date: Annotated[str, typer.Option("--date", help="Local date, YYYY-MM-DD.")],
    shift: Annotated[str, typer.Option(help="Code of the kind of shift.")],
    iterations: Annotated[int, typer.Option(min=1, help="Solver iterations a plan.")] = 300,
    as_json: AsJson = False,
) -> None:
    """What one more officer, licence or vehicle would buy, and where a fixed post is worth a person."""
    from geo.db.engine import Database
    from geo.patrol.people.weigh import weigh_staff

    settings: Settings = context.obj
    with Database.open(settings) as database, console.status("") as status:
        found = weigh_staff(
            database, settings.tenant, read_date(date), shift, iterations=iterations,
            progress=lambda done, of: status.update(f"{done}/{of}"),
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False))
        return
    now = {"people": found["people"], **found["now"], "value": f"{found['now']['value'] / 1000:.0f}"}
    _tell("people.worth_now", **now)
    for gain in found["gains"]:
        minutes = {name: f"{gain[name] / 1000:+.0f}" for name in ("value", "spread")}
        what = _said(f"people.more_{gain['what']}")
        _tell("people.worth", what=what, promises=f"{gain['promises']:+d}", served=f"{gain['served']:+d}", **minutes)
    for post in found["posts"]:
        clock = {name: f"{post[name] // 3600}:{post[name] % 3600 // 60:02d}" for name in ("from_s", "to_s")}
        gain = f"{post['gain'] / 1000:+.0f}"
        _tell("people.post_advice", name=post["name"], gain=gain, given_up=f"{post['given_up'] / 1000:.0f}", **clock)


def _said(code: str) -> str:
    from api.cli import language

    return say(code, language())


def _tell(code: str, **facts: object) -> None:
    from api.cli import language

    typer.echo(say(code, language(), **facts))


def mount(app: typer.Typer) -> None:
    """Add ``people``."""
    app.add_typer(people_app, name="people")
