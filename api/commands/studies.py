"""``describe …``, ``workload``, ``lighting …``: studies of the county, each with the records behind its numbers."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from geo.messages import say
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.hotspots.findings.actions import SavedFinding

console = Console(stderr=True)
describe_app = typer.Typer(no_args_is_help=True, help="Describe events 描述; nothing here ranks places for patrols.")
lighting_app = typer.Typer(no_args_is_help=True, help="Street light 照明: dark stretches, circuits, walks at night.")

SHOWN = 20

Group = Annotated[str | None, typer.Option(help="A group of the code lists (街面秩序) or one code (default: all).")]
Days = Annotated[int | None, typer.Option(min=7, max=3660, help="How many days to look at.")]
Until = Annotated[
    dt.datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day (default: yesterday).")
]
Seed = Annotated[int, typer.Option(min=0, help="Of shuffles: same data and seed, same answer.")]
Every = Annotated[bool, typer.Option("--all", help="Print every row.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@describe_app.command("gi-star")
def gi_star(
    context: typer.Context, group: Group = None, days: Days = None, until: Until = None, every: Every = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Cells that hold more, or less, than chance together with their neighbours (Gi*, false discovery rate held)."""
    _describe(context, "gi_star", group, days, until, every, as_json)


@describe_app.command()
def emerging(
    context: typer.Context, group: Group = None, days: Days = None, until: Until = None, every: Every = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Cells whose share of the county's events rises or falls (Mann-Kendall)."""
    _describe(context, "emerging", group, days, until, every, as_json)


@describe_app.command()
def clusters(
    context: typer.Context, group: Group = None, days: Days = None, until: Until = None, seed: Seed = 1,
    every: Every = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Outbreaks: events close in place and time (ST-DBSCAN), against the same events with their dates swapped."""
    _describe(context, "clusters", group, days, until, every, as_json, seed=seed)


@describe_app.command()
def knox(
    context: typer.Context, group: Group = None, days: Days = None, until: Until = None, seed: Seed = 1,
    every: Every = False, as_json: AsJson = False,
) -> None:  # fmt: skip
    """Near repeats: whether an event draws more of its kind to its surroundings soon after (Knox)."""
    _describe(context, "knox", group, days, until, every, as_json, seed=seed)


@describe_app.command()
def streets(
    context: typer.Context, group: Group = None, days: Days = None, until: Until = None, every: Every = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Stretches of street along which events are dense (kernel density on the network)."""
    _describe(context, "network_density", group, days, until, every, as_json)


def workload(
    context: typer.Context,
    first: Annotated[dt.datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Default: today.")] = None,
    days: Annotated[int, typer.Option(min=7, max=366, help="Length of the roster looked at.")] = 28,
    history: Annotated[int, typer.Option(min=28, max=3660, help="Days of record to expect from.")] = 364,
    moves: Annotated[int, typer.Option(min=0, max=50, help="Shift moves to suggest at most.")] = 5,
    every: Every = False,
    as_json: AsJson = False,
) -> None:
    """Expected work against the roster by 片区, weekday and hour (勤务匹配), and which shifts to move."""
    options: dict[str, Any] = {"roster_days": days, "history_days": history, "most_moves": moves}
    if first:
        options["first_on"] = first.date()
    _tell(_made(context.obj, "workload", options), every, as_json)


@lighting_app.command()
def dark(context: typer.Context, every: Every = False, as_json: AsJson = False) -> None:
    """Dark stretches of street and why: no lamp near enough, faults, or the switching plan."""
    _tell(_made(context.obj, "dark_stretches", {}), every, as_json)


@lighting_app.command()
def outages(context: typer.Context, every: Every = False, as_json: AsJson = False) -> None:
    """Circuits whose lamps fail together."""
    _tell(_made(context.obj, "outages", {}), every, as_json)


@lighting_app.command()
def walk(context: typer.Context, every: Every = False, as_json: AsJson = False) -> None:
    """Schools, markets, estates and stops, and how dark the way there is."""
    _tell(_made(context.obj, "night_walk", {}), every, as_json)


def mount(app: typer.Typer) -> None:
    """Add ``describe``, ``workload`` and ``lighting``."""
    app.add_typer(describe_app, name="describe")
    app.command()(workload)
    app.add_typer(lighting_app, name="lighting")


def _describe(
    context: typer.Context, kind: str, group: str | None, days: int | None, until: dt.datetime | None,
    every: bool, as_json: bool, **more: Any,
) -> None:  # fmt: skip
    given = {"group": group, "days": days, "last_on": until.date() if until else None, **more}
    options = {name: value for name, value in given.items() if value is not None}
    _tell(_made(context.obj, kind, options), every, as_json)


def _made(settings: Settings, kind: str, options: dict[str, Any]) -> SavedFinding:
    from geo.db.engine import Database
    from geo.hotspots.studies import make_study

    database = Database.open(settings)
    try:
        with console.status(kind):
            return make_study(database, settings.tenant, kind, **options)
    finally:
        database.close()


def _tell(saved: SavedFinding, every: bool, as_json: bool) -> None:
    from api.cli import language

    finding = saved.finding
    if as_json:
        typer.echo(json.dumps({"id": saved.id, **finding.as_json()}, ensure_ascii=False))
        return
    said = language()
    typer.echo(finding.sentence.text(said))
    for note in finding.notes:
        typer.echo(f"  · {note.text(said)}")
    rows = finding.rows if every else finding.rows[:SHOWN]
    for row in rows:
        typer.echo(f"{row.key}  {row.sentence.text(said)}")
    if len(rows) < len(finding.rows):
        typer.echo(say("findings.kept", said, id=saved.id, rows=len(finding.rows), shown=len(rows)))
