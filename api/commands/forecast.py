"""``forecast make|show|score|leaderboard``: the days to come, and how past forecasts did."""

from __future__ import annotations

import datetime as dt
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from api.commands.days import read_date
from geo.errors import NotFound
from geo.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geo.db.engine import Database

console = Console(stderr=True)
forecast_app = typer.Typer(no_args_is_help=True, help="Forecast places, score what has passed, compare models.")

Day = Annotated[str | None, typer.Option("--from", help="First local date, YYYY-MM-DD.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
FEW = 12


class NoForecast(NotFound):
    """The county has no forecast yet; the message says how to make one."""


@contextmanager
def _open(settings: Settings) -> Iterator[Database]:
    from geo.db.engine import Database

    database = Database.open(settings)
    try:
        yield database
    finally:
        database.close()


@forecast_app.command("make")
def make_command(
    context: typer.Context,
    first: Day = None,
    days: Annotated[int, typer.Option(min=1, max=28)] = 7,
    places: Annotated[list[str] | None, typer.Option(help="Kind of place; several times. Default: all.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="Same input and seed: the same forecasts.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Forecast every kind of place, code group and shift of a span (default: a week from tomorrow)."""
    from geo.hotspots.forecast.actions import make_forecasts
    from geo.hotspots.forecast.county import KINDS

    settings: Settings = context.obj
    with _open(settings) as database, console.status("预测 · forecast") as status:

        def progress(kind: str, done: int, of: int) -> None:
            status.update(f"{_kind(kind)} {done}/{of}")

        on = read_date(first) if first else None
        made = make_forecasts(
            database, settings.tenant, on, days=days, kinds=places or KINDS, seed=seed, progress=progress
        )
    facts = {"from_on": made.from_on, "to_on": made.to_on, "count": len(made.ids), "reused": made.reused}
    if as_json:
        _print_json({**facts, "training": made.training, "ids": made.ids})
        return
    typer.echo(_say("forecast.made", **facts, training=_say(f"forecast.training_{made.training}")))


@forecast_app.command()
def show(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="Number of a forecast: its places.")] = None,
    first: Day = None,
    as_json: AsJson = False,
) -> None:
    """The newest forecasts, each as one sentence; with a number the places of that one."""
    from geo.frames import plain_rows
    from geo.hotspots.forecast.queries import load_forecast_places, load_latest_forecasts
    from geo.hotspots.forecast.watch import get_forecast

    settings: Settings = context.obj
    with _open(settings) as database, database.begin(settings.tenant) as session:
        if number is None:
            rows = load_latest_forecasts(session, read_date(first) if first else None)
        else:
            rows = [get_forecast(session, number)]
            places = load_forecast_places(session, number)
    if not rows:
        raise NoForecast("forecast.none")
    if as_json:
        heads = [{name: getattr(row, name) for name in row.__dataclass_fields__} for row in rows]
        listed = [] if number is None else plain_rows(places.drop(columns="geometry"))
        _print_json({"forecasts": heads, **({"places": listed} if number is not None else {})})
        return
    for row in rows:
        typer.echo(f"{row.id:>6}  {row.from_on}  {_title(row.place_kind, row.code_group, row.shift_code)}:{_set(row)}")
    if number is not None:
        for place in places[places["listed"]].to_dict("records"):
            name = place["name"] or place["key"]
            said = _say(f"forecast.cls_{place['cls']}")
            typer.echo(f"  {said}  {name}  {place['mean']:.2f}")


@forecast_app.command()
def score(
    context: typer.Context,
    today: Annotated[str | None, typer.Option(help="Local date up to which days count as passed.")] = None,
    as_json: AsJson = False,
) -> None:
    """Score the forecasts whose days have passed, and say how often intervals held."""
    from geo.hotspots.forecast.queries import load_scores
    from geo.hotspots.forecast.watch import score_forecasts

    settings: Settings = context.obj
    with _open(settings) as database:
        done = score_forecasts(database, settings.tenant, today=read_date(today) if today else None)
        with database.begin(settings.tenant) as session:
            scores = load_scores(session)
    inside, nominal = int(scores["in_interval"].sum()), 80
    if as_json:
        _print_json({"scored": done, "scores": len(scores), "inside": inside, "nominal": nominal})
        return
    typer.echo(_say("forecast.scored", count=len(done)))
    if len(scores):
        typer.echo(_say("forecast.coverage", scores=len(scores), inside=inside, nominal=nominal))


@forecast_app.command()
def leaderboard(
    context: typer.Context,
    first: Day = None,
    weeks: Annotated[int, typer.Option(min=4, max=52)] = 26,
    as_json: AsJson = False,
) -> None:
    """Hold every model against last year's counts over the last weeks; who does not beat them is not used."""
    from geo.hotspots.forecast.actions import hold_models

    settings: Settings = context.obj
    with _open(settings) as database, console.status("模型 · models") as status:

        def progress(kind: str, done: int, of: int) -> None:
            status.update(f"{_kind(kind)} {done}/{of}")

        on = read_date(first) if first else None
        rows = hold_models(database, settings.tenant, on, weeks=weeks, progress=progress)
    if as_json:
        _print_json({"standings": rows})
        return
    title = ""
    for row in rows:
        here = _title(row["place_kind"], row["code_group"], "")
        if here != title:
            title = here
            typer.echo(title)
        facts = {name: f"{100 * row[name]:+.1f}" for name in ("gain",)}
        bounds = {"lower": f"{100 * row['gain_lower']:+.1f}", "upper": f"{100 * row['gain_upper']:+.1f}"}
        verdict = _say("forecast.admitted" if row["admitted"] else "forecast.refused")
        hit, base = f"{100 * row['hit']:.1f}", f"{100 * row['base_hit']:.1f}"
        said = _say("forecast.standing", model=row["model"], hit=hit, base=base, **facts, **bounds, verdict=verdict)
        typer.echo(f"  {said}")


def _kind(kind: str) -> str:
    return _say(f"forecast.kind_{kind.partition(':')[0]}")


def _title(kind: str, group: str, shift: str) -> str:
    return " · ".join([_kind(kind), group or _say("forecast.all_codes"), shift or _say("forecast.whole_day")])


def _set(row: Any) -> str:
    return _say(
        "forecast.set",
        places=row.list_size,
        expected=f"{row.expected:.0f}",
        lower=f"{row.lower:.0f}",
        upper=f"{row.upper:.0f}",
        nominal=f"{100 * row.nominal:.0f}",
    )


def _say(code: str, **facts: object) -> str:
    from api.cli import language
    from geo.messages import say

    return say(code, language(), **facts)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else str(value)


def mount(app: typer.Typer) -> None:
    """Add ``forecast``."""
    app.add_typer(forecast_app, name="forecast")
