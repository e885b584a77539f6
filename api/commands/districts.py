"""``districts …``: the county's 片区, cut for the first time, re-cut as a proposal, adopted; or those of a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from geo.messages import say
from geo.settings import Settings

if TYPE_CHECKING:
    from rich.status import Status

    from geo.hotspots.districting.ground import RecutRequest

console = Console(stderr=True)
districts_app = typer.Typer(no_args_is_help=True, help="The county's patrol districts 片区.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="Number of the proposal.")]
Count = Annotated[int | None, typer.Option("--n", help="How many 片区 (default: as many as there are).", min=1)]
Walls = Annotated[
    list[str] | None,
    typer.Option("--wall", help="river=hard|soft|off, town=…, main_road=…; repeatable."),
]
LockDistricts = Annotated[list[str] | None, typer.Option("--lock", help="Code of a 片区 that stays; repeatable.")]
LockUnits = Annotated[list[str] | None, typer.Option("--lock-unit", help="Key of a unit that stays; repeatable.")]
Seed = Annotated[int, typer.Option(help="Same data, same seed: same cut.", min=0)]
Goal = Annotated[float, typer.Option(help="Heaviest over mean to be content with.", min=1.0)]
Fresh = Annotated[bool, typer.Option("--fresh", help="Forget where borders are now, but for what is locked.")]
Existing = {"exists": True, "dir_okay": False}

NAMED = 6
"""Units that move are listed up to here for each reason."""


@districts_app.command()
def cut(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="File of units; without it the county is cut.", **Existing)
    ] = None,
    out: Annotated[Path | None, typer.Argument(help="Result, .gpkg or .geojson.")] = None,
    n: Count = None,
    squads: Annotated[Path | None, typer.Option(help="CSV with lon, lat: one 片区 around each squad.")] = None,
    key: Annotated[str | None, typer.Option(help="File: column that names a unit.")] = None,
    load: Annotated[str | None, typer.Option(help="File: column to balance (default: area).")] = None,
    before: Annotated[str | None, typer.Option(help="File: column with the 片区 units are in now.")] = None,
    locked: Annotated[str | None, typer.Option(help="File: column that is 1 for units that stay.")] = None,
    rivers: Annotated[Path | None, typer.Option(help="File: water or waterways.", **Existing)] = None,
    roads: Annotated[
        Path | None, typer.Option(help="File: streets; the main ones if it has a tier.", **Existing)
    ] = None,
    towns: Annotated[Path | None, typer.Option(help="File: areas of towns.", **Existing)] = None,
    wall: Walls = None,
    lock: LockDistricts = None,
    lock_unit: LockUnits = None,
    seed: Seed = 1,
    goal: Goal = 1.03,
    fresh: Fresh = False,
    as_json: AsJson = False,
) -> None:
    """Cut a file's units into 片区 of equal load; or a county without 片区 into its first ones, along its streets."""
    if file is None:
        _first_cut(context.obj, n, squads, as_json)
        return
    from api.cli import language
    from geo.hotspots.districting.files import cut_file, merged_districts, write_cut

    request = _request(n, wall, lock, lock_unit, seed, goal, fresh)
    with console.status(file.name):
        found = cut_file(
            file, request, key=key, load=load, before=before, locked=locked, rivers=rivers, roads=roads, towns=towns
        )
        sentences = [say(reason[0], language(), **reason[1]) if reason else "" for reason in found.reasons]
        if out is not None:
            write_cut(found, out, sentences)
        districts = merged_districts(found).drop(columns="geometry").to_dict("records")
    figures = {
        "units": len(found.units.keys),
        "max_over_mean": round(found.cut.max_over_mean, 4),
        "max_over_mean_before": _rounded(found.cut.max_over_mean_before),
        "bound": round(found.cut.bound, 4),
        "moved_load": round(found.cut.moved_load, 4),
        "notes": [{"code": code, "facts": dict(facts)} for code, facts in found.cut.notes],
    }
    if as_json:
        moves = [
            {"unit": unit, "before": old, "district": new, "reason": sentence}
            for unit, old, new, sentence in zip(
                found.units.keys, found.units.before, found.cut.codes, sentences, strict=True
            )
            if sentence
        ]
        typer.echo(json.dumps({**figures, "districts": districts, "moves": moves}, ensure_ascii=False))
        return
    for row in districts:
        typer.echo(f"{row['code']}  {row['load_pct']:.1f}%  {row['units']}")
    _print_evenness(figures)


@districts_app.command()
def recut(
    context: typer.Context,
    n: Count = None,
    units: Annotated[str | None, typer.Option(help="grids or blocks (default: grids if there are any).")] = None,
    load: Annotated[str | None, typer.Option(help="minutes, events or streets (default: minutes of events).")] = None,
    days: Annotated[int, typer.Option(help="Days of events that count.", min=7)] = 365,
    wall: Walls = None,
    lock: LockDistricts = None,
    lock_unit: LockUnits = None,
    seed: Seed = 1,
    goal: Goal = 1.03,
    fresh: Fresh = False,
    as_json: AsJson = False,
) -> None:
    """Propose 片区 of equal load; nothing in force changes until the proposal is adopted."""
    from dataclasses import replace

    from geo.db.engine import Database
    from geo.hotspots.districting.ground import UnknownLock
    from geo.hotspots.districting.proposals import propose_districts

    kinds = {None: None, "grids": "unit_grid", "blocks": "street_block"}
    if units not in kinds:
        raise UnknownLock("districts.unknown_wall", given=str(units), known="grids, blocks")
    if load not in (None, "minutes", "events", "streets"):
        raise UnknownLock("districts.unknown_wall", given=load, known="minutes, events, streets")
    settings: Settings = context.obj
    request = replace(
        _request(n, wall, lock, lock_unit, seed, goal, fresh),
        units=kinds[units],  # type: ignore[arg-type]
        load=load,  # type: ignore[arg-type]
        days=days,
    )
    with Database.open(settings) as database, console.status("片区") as status:
        made = propose_districts(database, settings.tenant, request, _teller(status))
    _print_proposal(made, as_json)
    if not as_json:
        typer.echo(_said("districts.proposed", proposal=made["id"]))


@districts_app.command()
def show(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="Number of the proposal (default: list them).")] = None,
    geojson: Annotated[Path | None, typer.Option(help="Write its units as GeoJSON.")] = None,
    as_json: AsJson = False,
) -> None:
    """A proposal: loads, what moves and why; or the list of proposals."""
    from geo.db.engine import Database
    from geo.hotspots.districting import queries
    from geo.hotspots.districting.proposals import get_standing

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        if number is None:
            listed = queries.list_proposals(session, settings.tenant)
            told: dict[str, Any] = {}
            units: list[queries.UnitRow] = []
        else:
            told = get_standing(session, settings.tenant, number)
            units = queries.list_units(session, settings.tenant, number)
            if geojson is not None:
                features = queries.list_unit_features(session, settings.tenant, number)
                body = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
                geojson.write_text(body, encoding="utf-8")
    if number is None:
        rows = [
            {name: getattr(row, name) for name in ("id", "status", "made_at", "made_by", "summary")} for row in listed
        ]
        if as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
            return
        for row in rows:
            status = _said(f"districts.status_{row['status']}")
            evenness = row["summary"]["max_over_mean"]
            typer.echo(f"{row['id']:>4}  {status}  {row['made_at']:%Y-%m-%d %H:%M}  {evenness:.3f}  {row['made_by']}")
        return
    moves = [unit for unit in units if unit.before != unit.code]
    if as_json:
        listed_moves = [{"unit": u.key, "before": u.before, "code": u.code, "reason": _why(u)} for u in moves]
        typer.echo(json.dumps({**told, "moves": listed_moves}, ensure_ascii=False, default=str))
        return
    _print_proposal(told, False)
    groups: dict[str, list[str]] = {}
    for unit in moves:
        groups.setdefault(_why(unit), []).append(unit.key)
    for sentence, keys in sorted(groups.items(), key=lambda item: -len(item[1])):
        typer.echo(f"{len(keys):>5}  {sentence}: {' '.join(keys[:NAMED])}{' …' if len(keys) > NAMED else ''}")


@districts_app.command()
def move(
    context: typer.Context,
    number: Number,
    units: Annotated[list[str], typer.Argument(help="Keys of units.")],
    to: Annotated[str, typer.Option("--to", help="Code of the 片区 they go to.")],
    as_json: AsJson = False,
) -> None:
    """Move units of a proposal by hand."""
    from geo.db.engine import Database
    from geo.hotspots.districting.proposals import move_units

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        told = move_units(session, settings.tenant, number, units, to)
    _print_proposal(told, as_json)


@districts_app.command()
def adopt(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Make a proposal the county's 片区: areas, owners of streets, grids."""
    from geo.db.engine import Database
    from geo.hotspots.districting.proposals import adopt_proposal

    settings: Settings = context.obj
    with Database.open(settings) as database, console.status("片区") as status:
        done = adopt_proposal(database, settings.tenant, number, _teller(status))
    if as_json:
        typer.echo(json.dumps(done, ensure_ascii=False))
        return
    typer.echo(_said("districts.adopted", **done))
    if done["split_grids"]:
        typer.echo(_said("districts.split_grids", grids="、".join(done["split_grids"])))


def mount(app: typer.Typer) -> None:
    """Add ``districts``."""
    app.add_typer(districts_app, name="districts")


def _first_cut(settings: Settings, n: int | None, squads: Path | None, as_json: bool) -> None:
    from geo.db.engine import Database
    from geo.hotspots.districting.actions import cut_county, read_squads

    points = read_squads(squads) if squads else None
    with Database.open(settings) as database, console.status("片区"):
        saved = cut_county(database, settings.tenant, n=n, squads=points)
    if as_json:
        typer.echo(json.dumps({"districts": saved.districts, "streets": saved.streets}, ensure_ascii=False))
        return
    for row in saved.districts:
        typer.echo(f"{row['code']}  {row['name']}  {row['street_m'] / 1000:.1f} km")


def _request(
    n: int | None, wall: list[str] | None, lock: list[str] | None, lock_unit: list[str] | None, seed: int, goal: float,
    fresh: bool,
) -> RecutRequest:  # fmt: skip
    from geo.hotspots.districting.ground import RecutRequest
    from geo.hotspots.districting.links import check_strengths

    walls = {name.strip(): strength.strip() for name, _, strength in (text.partition("=") for text in wall or ())}
    check_strengths(walls)
    return RecutRequest(
        n=n, walls=walls, lock_districts=tuple(lock or ()), lock_units=tuple(lock_unit or ()), seed=seed, goal=goal,
        fresh=fresh,
    )  # fmt: skip


def _print_proposal(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for row in told["districts"]:
        had = f"{row['load_before_pct']:>6.1f}%" if row["load_before_pct"] is not None else "      –"
        pieces = "" if row["pieces"] == 1 else "  " + _said("districts.pieces", pieces=row["pieces"])
        typer.echo(f"{row['code']}  {had} → {row['load_pct']:>6.1f}%  +{row['moved_in']} −{row['moved_out']}"
                   f"  {row['name']}{pieces}")  # fmt: skip
    _print_evenness({**told["summary"], "max_over_mean": told["max_over_mean"], "moved_load": told["moved_load"]})


def _print_evenness(figures: dict[str, Any]) -> None:
    had = figures["max_over_mean_before"]
    facts = {"now": f"{figures['max_over_mean']:.3f}", "moved": f"{100 * figures['moved_load']:.1f}"}
    if had is None:
        typer.echo(_said("districts.evenness", **facts))
    else:
        typer.echo(_said("districts.evenness_before", before=f"{had:.3f}", **facts))
    for note in figures["notes"]:
        typer.echo(_said(note["code"], **note["facts"]))


def _why(unit: Any) -> str:
    if unit.moved_by is not None or unit.reason_code is None:
        return _said("districts.reason_person", new=unit.code)
    return _said(unit.reason_code, **unit.reason_facts)


def _rounded(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 4)


def _said(code: str, **facts: Any) -> str:
    from api.cli import language

    return say(code, language(), **facts)


def _teller(status: Status) -> Any:
    def tell(step: str, done: int, of: int) -> None:
        status.update(f"{step} {done}/{of}")

    return tell
