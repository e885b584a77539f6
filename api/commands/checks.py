"""``enterprises`` and ``checks``: the register, 双随机 draws, and what became of the checks."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.days import read_date
from geo.messages import say
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.patrol.demand.book.planned import Proposed

enterprises_app = typer.Typer(no_args_is_help=True, help="Sites and enterprises whose gates are passed or entered.")
checks_app = typer.Typer(no_args_is_help=True, help="Entries into enterprises: drawn, planned, or after a complaint.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
First = Annotated[str, typer.Option("--from", help="First day it may be made.")]
Last = Annotated[str, typer.Option("--to", help="Last day.")]
Item = Annotated[str, typer.Option("--item", help="权责事项 it rests on.")]
Covert = Annotated[bool, typer.Option("--covert", help="暗访: unannounced to the enterprise.")]


@enterprises_app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV: 编号 名称 类别 经度 纬度 ….")],
) -> None:
    """The register. All rows or none."""
    from geo.db.engine import Database
    from geo.patrol.demand.book.checks import read_enterprises, save_enterprises

    settings: Settings = context.obj
    read = read_enterprises(file)
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        rows = save_enterprises(session, settings.tenant, read, actor="cli")
    _tell("checks.enterprises_saved", rows=rows)


@enterprises_app.command("list")
def list_register(context: typer.Context) -> None:
    """Print the register with the entries that count against each cap, as JSON."""
    from geo.db.engine import Database
    from geo.patrol.demand.book.checks import list_enterprises

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        typer.echo(json.dumps(list_enterprises(session), ensure_ascii=False, default=str))


@checks_app.command("draw")
def draw(
    context: typer.Context,
    number: Annotated[int, typer.Argument(min=1, help="How many enterprises.")],
    item: Item,
    first_on: First,
    last_on: Last,
    kinds: Annotated[str, typer.Option(help="Kinds of enterprises, by comma (default: all).")] = "",
    covert: Covert = False,
    as_json: AsJson = False,
) -> None:
    """双随机: enterprises and pairs of officers by a seed that is sealed before the lists are read."""
    from geo.db.engine import Database
    from geo.patrol.demand.book.checks import draw_checks
    from geo.patrol.demand.book.gas import follow_gas_users

    settings: Settings = context.obj
    chosen = [kind.strip() for kind in kinds.split(",") if kind.strip()]
    with Database.open(settings) as database:
        with database.begin(settings.tenant) as session:
            follow_gas_users(session)
        made = draw_checks(
            database, settings.tenant, number, item, read_date(first_on), read_date(last_on), kinds=chosen,
            covert=covert, actor="cli",
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False))
        return
    seal = made["seed_sha256"][:16]
    _tell("checks.drawn", draw=made["draw"], pool=made["pool"], number=len(made["checks"]), seal=seal)
    for one in made["checks"]:
        _tell("checks.pair_line", enterprise=one["enterprise"], officers="、".join(one["officers"]))


@checks_app.command("repeat")
def repeat(context: typer.Context, number: Annotated[int, typer.Argument(help="Number of the draw.")]) -> None:
    """Draw again from the seed that was told: whether seal and list agree."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.demand.book.checks import repeat_draw

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = repeat_draw(session, number)
    words = {True: say("checks.agrees", language()), False: say("checks.differs", language())}
    _tell("checks.repeat", draw=number, seed=words[found["seed_as_sealed"]], list=words[found["checks_as_drawn"]])
    if not (found["seed_as_sealed"] and found["checks_as_drawn"]):
        raise typer.Exit(1)


@checks_app.command("add")
def add(
    context: typer.Context,
    enterprise: Annotated[str, typer.Argument(help="Its code.")],
    item: Item,
    first_on: First,
    last_on: Last,
    reason: Annotated[str, typer.Option(help="planned, complaint or ordered.")] = "planned",
    reference: Annotated[str | None, typer.Option(help="Number of the complaint or order.")] = None,
    covert: Covert = False,
) -> None:
    """Note a check that no draw chose; the yearly cap holds unless somebody complained or ordered it."""
    from geo.db.engine import Database
    from geo.patrol.demand.book.checks import add_check

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        check = add_check(
            session, settings.tenant, enterprise, reason, item, read_date(first_on), read_date(last_on),
            reference=reference, covert=covert, actor="cli",
        )  # fmt: skip
    _tell("checks.added", check=check)


@checks_app.command("kitchens")
def kitchens(
    context: typer.Context,
    item: Item,
    first_on: First,
    last_on: Last,
    most: Annotated[int, typer.Option(min=1, max=1000, help="Entries at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Plan entries into restaurants whose device is missing or overdue, or that opened without a survey."""
    from geo.db.engine import Database
    from geo.patrol.demand.book.kitchens import propose_checks

    settings: Settings = context.obj
    span = read_date(first_on), read_date(last_on)
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        made = propose_checks(session, settings.tenant, item, *span, most=most, actor="cli")
    _tell_proposed("checks.kitchens", made, as_json)


@checks_app.command("gas")
def gas(
    context: typer.Context,
    item: Item,
    first_on: First,
    last_on: Last,
    most: Annotated[int, typer.Option(min=1, max=1000, help="Entries at most.")] = 50,
    as_json: AsJson = False,
) -> None:
    """Plan entries to gas users whose inspection is due; all of them come into the pool of draws."""
    from geo.db.engine import Database
    from geo.patrol.demand.book.gas import follow_gas_users, propose_gas_checks

    settings: Settings = context.obj
    span = read_date(first_on), read_date(last_on)
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        follow_gas_users(session)
        made = propose_gas_checks(session, settings.tenant, item, *span, most=most, actor="cli")
    _tell_proposed("checks.gas", made, as_json)


@checks_app.command("done")
def done(
    context: typer.Context,
    check: Annotated[int, typer.Argument(help="Number of the check.")],
    on: Annotated[str | None, typer.Option(help="Day it was made; without it the check is cancelled.")] = None,
) -> None:
    """Close a check."""
    from geo.db.engine import Database
    from geo.patrol.demand.book.checks import finish_check

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        finish_check(session, settings.tenant, check, read_date(on) if on else None, actor="cli")
    _tell("checks.finished", check=check)


@checks_app.command("list")
def list_them(
    context: typer.Context, every: Annotated[bool, typer.Option("--all", help="Also closed ones.")] = False
) -> None:
    """Print the checks, as JSON."""
    from geo.db.engine import Database
    from geo.patrol.demand.book.checks import list_checks

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        typer.echo(json.dumps(list_checks(session, every=every), ensure_ascii=False, default=str))


def _tell_proposed(code: str, made: Proposed, as_json: bool) -> None:
    """Say how many entries were planned, and how many were left out for which reason."""
    if as_json:
        typer.echo(json.dumps(dataclasses.asdict(made), ensure_ascii=False))
        return
    reasons = list(made.left_out.values())
    _tell(code, added=len(made.added), open=reasons.count("open"), cap=reasons.count("cap"))


def _tell(code: str, **facts: Any) -> None:
    from api.cli import language

    typer.echo(say(code, language(), **facts))


def mount(app: typer.Typer) -> None:
    """Add ``enterprises`` and ``checks``."""
    app.add_typer(enterprises_app, name="enterprises")
    app.add_typer(checks_app, name="checks")
