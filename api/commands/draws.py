"""``plan draw`` and ``plan check-draw``: a plan nobody can foresee or steer, and the proof of it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from api.commands.patrol import AsJson, Day, ShiftCode, console, plan_app, teller, which_shifts
from geo.settings import Settings


def draw(
    context: typer.Context,
    date: Day = None,
    shift: ShiftCode = None,
    plans: Annotated[int, typer.Option(help="How many good plans to draw from.", min=2, max=40)] = 12,
    why: Annotated[str, typer.Option(help="Why it is drawn again; needed from the second draw on.")] = "",
    seed: Annotated[int, typer.Option(help="Of the search for plans; it does not steer the draw.", min=0)] = 1,
    iterations: Annotated[int | None, typer.Option(help="Solver iterations per plan.", min=1)] = None,
    as_json: AsJson = False,
) -> None:
    """Make several good plans of a shift and draw one by a seed that was sealed before."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.messages import say
    from geo.patrol.actions import DEFAULT_ITERATIONS
    from geo.patrol.mixture.actions import draw_plan

    settings: Settings = context.obj
    with Database.open(settings) as database:
        on, (code,) = which_shifts(database, settings.tenant, date, shift)
        with console.status(f"{on} {code}") as status:
            found = draw_plan(
                database, settings.tenant, on, code, plans=plans, why=why, seed=seed,
                iterations=iterations or DEFAULT_ITERATIONS, progress=teller(status, f"{on} {code}"),
            )  # fmt: skip
    if as_json:
        typer.echo(json.dumps({**asdict(found), "plan": found.plan.id}, ensure_ascii=False))
        return
    figures = found.figures
    typer.echo(
        say(
            "patrol.drawn", language(), on=on, shift=code, of=len(found.weights_ppm), number=found.number + 1,
            version=found.plan.version, attempt=found.attempt, seal=found.seal,
            bits=f"{figures['entropy_millibits'] / 1000:.1f}",
        )
    )  # fmt: skip
    shares = {name: f"{figures[f'{name}_permille'] / 10:.0f}" for name in ("usual", "known")}
    same = f"{figures['same_daily_permille'] / 10:.0f}"
    typer.echo(say("patrol.draw_worst", language(), **shares, same=same))


def check(context: typer.Context, date: Day = None, shift: ShiftCode = None, as_json: AsJson = False) -> None:
    """After a shift: tell its seed, and whether seal and draws hold; exit code 1 if they do not."""
    from api.cli import language
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.messages import say
    from geo.patrol.mixture.actions import check_draw

    settings: Settings = context.obj
    with Database.open(settings) as database:
        on, (code,) = which_shifts(database, settings.tenant, date, shift)
        with database.begin(settings.tenant) as session:
            zone = ZoneInfo(get_county(session, settings.tenant).time_zone)
            found = check_draw(session, settings.tenant, on, code)
    if as_json:
        typer.echo(json.dumps({**asdict(found), "fair": found.fair}, ensure_ascii=False, default=str))
    else:
        words = {held: say("patrol.draw_held" if held else "patrol.draw_broken", language()) for held in (True, False)}
        times = len(found.draws)
        sealed = words[found.sealed]
        typer.echo(
            say("patrol.draw_checked", language(), on=on, shift=code, sealed=sealed, times=times, seed=found.seed)
        )
        for one in found.draws:
            typer.echo(
                say(
                    "patrol.draw_row", language(), attempt=one["attempt"], number=one["drawn"] + 1,
                    held=words[one["fair"]], who=one["made_by"], why=one["why"],
                    at=f"{one['made_at'].astimezone(zone):%Y-%m-%d %H:%M}",
                )
            )  # fmt: skip
    if not found.fair:
        raise typer.Exit(1)


def mount(app: typer.Typer) -> None:
    """Add ``plan draw`` and ``plan check-draw``; nothing at the top of ``app``."""
    del app
    plan_app.command()(draw)
    plan_app.command("check-draw")(check)
