"""``sites …``: relief points for vendors and temporary stockpiles, for the county or from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from geo.errors import Invalid
from geo.messages import say
from geo.settings import Settings

console = Console(stderr=True)
sites_app = typer.Typer(no_args_is_help=True, help="Sites for vendors and stockpiles.")

PURPOSES = ("vendor_relief", "stockpile")
Existing = {"exists": True, "dir_okay": False}
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[int, typer.Argument(help="Number of the site plan.")]
Count = Annotated[int, typer.Option("--p", help="How many sites.", min=1)]
Walk = Annotated[float | None, typer.Option("--walk", help="Minutes on foot along the streets.", min=0.1)]
Radius = Annotated[float | None, typer.Option("--radius", help="Metres, straight, instead of a walk.", min=1)]
Spacing = Annotated[float | None, typer.Option("--spacing", help="Metres that sites keep from each other.", min=0)]
Rules = Annotated[
    list[str] | None,
    typer.Option("--exclude", help="LAYER:field=value<200, LAYER>500, column:slope>15; repeatable."),
]
Preview = Annotated[bool, typer.Option("--preview", help="Only the quick choice, without proof.")]
Seconds = Annotated[float, typer.Option(help="Longest search for the proof.", min=0.1)]

FEW = 5
LISTED = ("id", "purpose", "status", "made_at", "made_by", "summary")


class UnknownPurpose(Invalid):
    """No such purpose; the facts list those there are."""


@sites_app.command()
def choose(
    candidates: Annotated[Path, typer.Argument(help="File of candidates.", **Existing)],
    demand: Annotated[Path, typer.Argument(help="File of demand.", **Existing)],
    out: Annotated[Path | None, typer.Argument(help="Result, .gpkg or .geojson.")] = None,
    p: Count = 10,
    walk: Walk = None,
    radius: Radius = None,
    spacing: Spacing = None,
    rules: Rules = None,
    layer: Annotated[list[str] | None, typer.Option("--layer", help="NAME=FILE that rules are about.")] = None,
    roads: Annotated[Path | None, typer.Option(help="Streets for walking.", **Existing)] = None,
    standing: Annotated[Path | None, typer.Option(help="Sites that stand already.", **Existing)] = None,
    weight: Annotated[str | None, typer.Option(help="Column of the demand (default: 1 a row).")] = None,
    key: Annotated[str | None, typer.Option(help="Column that names a candidate.")] = None,
    capacity: Annotated[str | None, typer.Option(help="Column: demand a candidate can take.")] = None,
    preview: Preview = False,
    seconds: Seconds = 30.0,
    as_json: AsJson = False,
) -> None:
    """Choose sites among the candidates of a file: quickly, then the best with its proof."""
    from geo.hotspots.siting.files import choose_from_files, write_sites
    from geo.hotspots.siting.plan import WALK_MIN, SiteRequest

    request = SiteRequest(
        p=p, walk_min=WALK_MIN if walk is None else walk, radius_m=radius, spacing_m=spacing or 0.0,
        rules=tuple(rules or ()), preview=preview, seconds=seconds,
    )  # fmt: skip
    files = {name: Path(path) for name, _, path in (text.partition("=") for text in layer or ())}
    with console.status(candidates.name):
        spots, found = choose_from_files(
            candidates, demand, request, weight=weight, key=key, capacity=capacity, layers=files, roads=roads,
            standing=standing,
        )  # fmt: skip
        reasons = [_why(row) for row in found.reasons]
        if out is not None:
            write_sites(spots, found, out, reasons)
    keys, names = spots["key"].tolist(), spots["name"].tolist()
    sites = [
        {"key": keys[i], "name": names[i] if isinstance(names[i], str) else None, "adds": round(float(adds), 3)}
        for i, adds in zip(found.choice.chosen, found.choice.adds, strict=True)
    ]
    if as_json:
        out_rows = [{"key": k, "reason": reason} for k, reason in zip(keys, reasons, strict=True) if reason]
        typer.echo(json.dumps({**found.summary(), "list": sites, "excluded": out_rows}, ensure_ascii=False))
        return
    _print_choice(found.summary(), sites)


@sites_app.command()
def plan(
    context: typer.Context,
    purpose: Annotated[str, typer.Argument(help="vendor_relief or stockpile.")] = "vendor_relief",
    p: Count = 10,
    walk: Walk = None,
    radius: Radius = None,
    spacing: Spacing = None,
    rules: Rules = None,
    code: Annotated[list[str] | None, typer.Option("--code", help="Event code that is demand; repeatable.")] = None,
    days: Annotated[int, typer.Option(help="Days of events that count.", min=7)] = 365,
    preview: Preview = False,
    seconds: Seconds = 30.0,
    as_json: AsJson = False,
) -> None:
    """Choose sites for the county and keep the choice with every candidate; nothing in force changes."""
    from geo.db.engine import Database
    from geo.hotspots.siting.actions import CountyRequest, plan_sites

    if purpose not in PURPOSES:
        raise UnknownPurpose("sites.unknown_purpose", purpose=purpose, known=", ".join(PURPOSES))
    settings: Settings = context.obj
    request = CountyRequest(
        purpose=purpose,  # type: ignore[arg-type]
        p=p, walk_min=walk, radius_m=radius, spacing_m=spacing, rules=tuple(rules) if rules else None,
        codes=tuple(code) if code else None, days=days, preview=preview, seconds=seconds,
    )  # fmt: skip
    with Database.open(settings) as database, console.status(_said(f"sites.purpose_{purpose}")) as status:

        def tell(step: str, done: int, of: int) -> None:
            status.update(f"{step} {done}/{of}")

        made = plan_sites(database, settings.tenant, request, tell)
    if as_json:
        typer.echo(json.dumps(made, ensure_ascii=False, default=str))
        return
    _print_choice(made["summary"], made["sites"])
    typer.echo(_said("sites.planned", plan=made["id"]))


@sites_app.command()
def show(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="Number of the site plan (default: list them).")] = None,
    geojson: Annotated[Path | None, typer.Option(help="Write its candidates as GeoJSON.")] = None,
    as_json: AsJson = False,
) -> None:
    """A choice of sites, or the list of them."""
    from geo.db.engine import Database
    from geo.hotspots.siting import queries
    from geo.hotspots.siting.actions import get_sites, site_features

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        listed = queries.list_plans(session, settings.tenant) if number is None else []
        told = get_sites(session, settings.tenant, number) if number is not None else {}
        if number is not None and geojson is not None:
            body = {"type": "FeatureCollection", "features": site_features(session, settings.tenant, number)}
            geojson.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
    if number is None:
        rows = [
            {n: getattr(row, n) for n in ("id", "purpose", "status", "made_at", "made_by", "summary")} for row in listed
        ]
        if as_json:
            typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
            return
        for row in rows:
            words = _said(f"sites.purpose_{row['purpose']}"), _said(f"sites.status_{row['status']}")
            typer.echo(f"{row['id']:>4}  {words[0]}  {words[1]}  {row['made_at']:%Y-%m-%d %H:%M}  {row['made_by']}")
        return
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    _print_choice(told["summary"], told["sites"])


@sites_app.command()
def adopt(context: typer.Context, number: Number, as_json: AsJson = False) -> None:
    """Decide for a choice: relief points become regulated vendor points."""
    from geo.db.engine import Database
    from geo.hotspots.siting.actions import adopt_sites

    settings: Settings = context.obj
    with Database.open(settings) as database:
        done = adopt_sites(database, settings.tenant, number)
    typer.echo(json.dumps(done, ensure_ascii=False) if as_json else _said("sites.adopted", **done))


def mount(app: typer.Typer) -> None:
    """Add ``sites``."""
    app.add_typer(sites_app, name="sites")


def _print_choice(summary: dict[str, Any], sites: list[dict[str, Any]]) -> None:
    for place, site in enumerate(sites, start=1):
        typer.echo(f"{place:>4}  {site['key']}  {site['name'] or ''}  +{100 * site['adds'] / summary['demand']:.1f}%")
    typer.echo(_said("sites.ruled_out", candidates=summary["candidates"], left=summary["left"]))
    for rule, count in list(summary["ruled_out"].items())[:FEW]:
        typer.echo(f"{count:>6}  {rule}")
    if summary["off_street_share"] > 0:
        typer.echo(_said("sites.off_street", share=f"{100 * summary['off_street_share']:.1f}"))
    typer.echo(_said(summary["sentence"]["code"], **summary["sentence"]["facts"]))


def _why(reasons: list[dict[str, Any]]) -> str:
    """All that rules a candidate out, in one line."""
    told = []
    for reason in reasons:
        facts = {**reason, "limit": f"{reason['limit']:g}"}
        if reason["code"] == "sites.reason_near":
            facts["name"] = reason["name"] or reason["rule"].partition("<")[0]
        told.append(_said(reason["code"], **{name: value for name, value in facts.items() if name != "code"}))
    return "; ".join(told)


def _said(code: str, **facts: Any) -> str:
    from api.cli import language

    return say(code, language(), **facts)
