"""``simulate``: ways of patrolling side by side, against vendors who do not follow the planner's formulas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from geo.errors import Invalid
from geo.settings import Settings

if TYPE_CHECKING:
    from rich.status import Status

    from geo.db.engine import Database
    from geo.patrol.simulate.actions import Planted, Progress

console = Console(stderr=True)

FIGURES = (
    "suppressed", "suppressed_learning", "suppressed_worst", "posts_on_time", "passes", "coverage", "caps",
    "worst_gap_min", "km", "balance_cv", "entropy_bits",
)  # fmt: skip


class NoTruth(Invalid):
    """The county does not hold the sample, of which alone the truth is known."""


def simulate(
    context: typer.Context,
    policies: Annotated[str, typer.Option(help="all, or names with commas.")] = "all",
    days: Annotated[int, typer.Option(min=1, max=400, help="Days lived with each truth.")] = 20,
    seed: Annotated[int, typer.Option(min=0, help="Same data and seed, same figures.")] = 1,
    seeds: Annotated[int, typer.Option(min=1, max=100, help="How many truths are drawn, from the seed on.")] = 1,
    date: Annotated[str | None, typer.Option("--date", help="Local date, YYYY-MM-DD (default: tomorrow).")] = None,
    shift: Annotated[
        str | None, typer.Option("--shift", help="Code of the kind of shift (default: the only one).")
    ] = None,
    iterations: Annotated[int | None, typer.Option(min=1, help="Budget of our own plans.")] = None,
    error: Annotated[float, typer.Option(min=0, max=0.9, help="How far the planner may be wrong.")] = 0.5,
    planted: Annotated[bool, typer.Option("--planted", help="Take the truth planted in the sample county.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here as JSON.")] = None,
) -> None:
    """Live a shift many times under each policy, and say what each suppresses, keeps and costs."""
    from api.commands.patrol import which_shifts
    from geo.db.engine import Database
    from geo.patrol.simulate.actions import check_policies, simulate_shift

    settings: Settings = context.obj
    names = check_policies(policies)
    with Database.open(settings) as database:
        on, (code,) = which_shifts(database, settings.tenant, date, shift)
        truth = planted_truth(database, settings.tenant) if planted else None
        with console.status(f"{on} {code}") as status:
            found = simulate_shift(
                database, settings.tenant, on, code, policies=names, days=days, seed=seed, seeds=seeds,
                iterations=iterations, error=error, planted=truth, progress=_teller(status, f"{on} {code}"),
            )  # fmt: skip
    if json_file is not None:
        json_file.write_text(json.dumps(found, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    else:
        _print(found)


def planted_truth(database: Database, tenant: str) -> Planted:
    """The sample's truth, made anew as it was loaded."""
    from data.county.standing import planted_standing
    from data.make_county import fingerprint, make_county
    from geo.organisation.queries import find_loaded_sample

    with database.begin(tenant) as session:
        loaded = find_loaded_sample(session, tenant)
    if loaded is None:
        raise NoTruth("simulate.no_truth", county=tenant)
    seed, buildings, lamps = (int(part) for part in loaded.split(":"))
    scale: dict[str, int] = {"buildings": buildings, "lamps": lamps}
    assert fingerprint(seed, scale) == loaded
    truth = make_county(seed, scale, duty_days=1).truth
    return lambda keys, span: planted_standing(truth, keys, span)


def _teller(status: Status, title: str) -> Progress:
    def tell(step: str, done: int, of: int) -> None:
        status.update(f"{title}: {step} {done}/{of}")

    return tell


def _print(found: dict[str, Any]) -> None:
    from rich.table import Table

    from api.cli import language
    from geo.messages import say

    about = found["about"]
    first, last = about["seeds"]
    typer.echo(
        say(
            "simulate.title", language(), on=about["on_date"], shift=about["shift"], zones=about["zones"],
            teams=about["teams"], seeds=last - first + 1, days=about["days"],
        )
    )  # fmt: skip
    table = Table(*say("simulate.columns", language()).split("|"))
    for name, row in found.items():
        if name != "about":
            table.add_row(say(f"simulate.{name}", language()), *(f"{row[figure]:g}" for figure in FIGURES))
    Console(width=160).print(table)
    for pair, told in about["ratios"].items():
        names, _, what = pair.partition(" ")
        one, _, other = names.partition("/")
        facts = {
            key: say(f"simulate.{value}", language()) for key, value in (("one", one), ("other", other), ("what", what))
        }
        typer.echo(say("simulate.ratio", language(), **facts, **told))


def mount(app: typer.Typer) -> None:
    """Add ``simulate``."""
    app.command()(simulate)
