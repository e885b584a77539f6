"""``sample make|load``: the made-up county 示例县, as files or in the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.errors import Invalid
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.db.engine import Database

sample_app = typer.Typer(no_args_is_help=True, help="The made-up county 示例县: make it as files, or load it.")

Seed = Annotated[int | None, typer.Option(help="Another seed makes another county.")]
Scale = Annotated[str | None, typer.Option(help="A factor, or lamps=1000000,buildings=200000.")]


class BadScale(Invalid):
    """The text of ``--scale`` is neither a factor nor counts."""


def read_scale(text: str | None) -> float | dict[str, int] | None:
    """The scale a person wrote.

    Examples
    --------
    >>> read_scale("lamps=1000000,buildings=200000")
    {'lamps': 1000000, 'buildings': 200000}
    >>> read_scale("2"), read_scale(None)
    (2.0, None)
    """
    if not text:
        return None
    try:
        if "=" not in text:
            factor = float(text)
            if not 0 < factor <= 100:
                raise ValueError
            return factor
        pairs = dict(part.split("=", 1) for part in text.replace(" ", "").split(","))
        counts = {name: int(count.replace("_", "")) for name, count in pairs.items()}
        if not counts.keys() <= {"lamps", "buildings"} or min(counts.values()) < 1:
            raise ValueError
        return counts
    except ValueError:
        raise BadScale("sample.bad_scale", text=text) from None


def _tell(code: str, **facts: object) -> None:
    from api.cli import language
    from geo.messages import say

    typer.echo(say(code, language(), **facts), err=True)


@sample_app.command()
def make(
    out: Annotated[Path, typer.Option(help="Folder for one GeoParquet a layer, and the truth.")],
    scale: Scale = None,
    seed: Seed = None,
) -> None:
    """Make the county and write it as GeoParquet (EPSG:4490), with people and truth as Parquet."""
    from data.make_county import SEED, make_county, write_county

    started = time.monotonic()
    county = make_county(
        SEED if seed is None else seed, read_scale(scale), progress=lambda step: typer.echo(step, err=True)
    )
    rows = write_county(county, out)
    _tell("sample.made", rows=rows, seconds=round(time.monotonic() - started, 1), folder=out)


@sample_app.command()
def load(context: typer.Context, scale: Scale = None, seed: Seed = None) -> None:
    """Make the county and load it; when it is there already, only the roster is carried on."""
    from data.make_county import SEED
    from geo.db.engine import Database

    settings: Settings = context.obj
    started = time.monotonic()
    chosen, size = SEED if seed is None else seed, read_scale(scale)
    with Database.open(settings, migrate=True) as database:
        added, changed = ensure_sample(database, settings, chosen, size, lambda step: typer.echo(step, err=True))
    _tell("sample.loaded", added=added, changed=changed, seconds=round(time.monotonic() - started, 1))


def ensure_sample(
    database: Database,
    settings: Settings,
    seed: int | None = None,
    scale: float | dict[str, int] | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[int, int]:
    """Have the sample county in the database and its roster reach at least two weeks ahead.

    Returns
    -------
    tuple[int, int]
        Layer rows added and changed; (0, 0) when the county was there, which costs milliseconds.

    Raises
    ------
    OtherSampleLoaded
        If another sample stands under this county's code.
    """
    from data.make_county import SEED, load_county, make_county, refresh_county

    chosen = SEED if seed is None else seed
    if refresh_county(database, settings.tenant, chosen, scale):
        return 0, 0
    reports = load_county(database, settings.tenant, make_county(chosen, scale, progress=progress), progress)
    added, changed = (sum(getattr(report, what) for report in reports.values()) for what in ("added", "changed"))
    return added, changed


def mount(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(sample_app, name="sample")
