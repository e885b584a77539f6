"""``returns …``: what comes back after clearing 前清后乱, from the county's own record."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer
from rich.console import Console

from geo.errors import Invalid
from geo.messages import Language, say
from geo.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.hotspots.recurrence.queries import StudyRow

console = Console(stderr=True)
returns_app = typer.Typer(no_args_is_help=True, help="What comes back after clearing 前清后乱.")

SHOWN = 20
Row = dict[str, Any]
WEEKDAYS = {"zh": "周一 周二 周三 周四 周五 周六 周日".split(), "en": "Mon Tue Wed Thu Fri Sat Sun".split()}

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


class UnknownShow(Invalid):
    """No such thing to show; the facts list those there are."""


@returns_app.command()
def fit(
    context: typer.Context,
    within_hours: Annotated[
        float | None,
        typer.Option(min=0.25, max=1440, help="Chances and rates: within this (default: 24; by the day only: 336)."),
    ] = None,
    radius: Annotated[float, typer.Option(min=1, max=500, help="A new one this near counts, metres.")] = 30,
    as_json: AsJson = False,
) -> None:
    """Study the whole record: curves, chances with reasons, rates, re-inspections, hazards of zones."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.hotspots.recurrence.actions import study_json, study_returns

    settings: Settings = context.obj
    database = Database.open(settings)
    try:
        with console.status("returns") as status:
            study = study_returns(
                database,
                settings.tenant,
                within_s=None if within_hours is None else int(within_hours * 3600),
                radius_m=radius,
                progress=lambda step, done, of: status.update(f"{step} {done}/{of}"),
                actor="cli",
            )
    finally:
        database.close()
    if as_json:
        typer.echo(json.dumps(study_json(study), ensure_ascii=False, default=str))
        return
    typer.echo(
        say("returns.fitted", language(), study=study.id, events=study.events, closings=study.closings,
            links=study.links)
    )  # fmt: skip
    typer.echo(_score_line(study, language()))


@returns_app.command()
def show(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="curves, rates, again (re-inspections) or zones.")] = "curves",
    every: Annotated[bool, typer.Option("--all", help="Print every row.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print what the study in force found."""
    from api.cli import language
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.hotspots.recurrence import queries
    from geo.hotspots.recurrence.actions import get_study

    if what not in LINES:
        raise UnknownShow("returns.unknown_show", what=what, known=", ".join(LINES))
    load: dict[str, Callable[[Session], list[Row]]] = {
        "curves": queries.list_curves,
        "rates": queries.list_rates,
        "again": queries.list_reinspections,
        "zones": queries.list_hazards,
    }
    settings: Settings = context.obj
    database = Database.open(settings)
    try:
        with database.begin(settings.tenant) as session:
            get_study(session)
            zone = ZoneInfo(get_county(session, settings.tenant).time_zone)
            rows = load[what](session)
    finally:
        database.close()
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows if every else rows[:SHOWN]:
        typer.echo(LINES[what](row, zone, language()))
    if not every and len(rows) > SHOWN:
        typer.echo(f"… {len(rows)}  (--all)")


def mount(app: typer.Typer) -> None:
    """Add ``returns``."""
    app.add_typer(returns_app, name="returns")


def _score_line(study: StudyRow, language: Language) -> str:
    scores = study.scores
    if not scores:
        return say("returns.unscored", language)
    ours = scores["model"]
    return say(
        "returns.scored", language, n=ours["n"], base=f"{ours['base']:.0%}", auc=ours["auc"], ece=ours["ece"],
        top=f"{ours['top_decile']:.0%}", bar=scores["one_count"]["auc"],
    )  # fmt: skip


def _curve_line(row: Row, _: ZoneInfo, language: Language) -> str:
    minutes = row["t_min"]
    when = f"{minutes} min" if minutes < 60 else f"{minutes // 60} h" if minutes < 1440 else f"{minutes // 1440} d"
    shares = {name: f"{row[name]:.1%}" for name in ("p", "lower", "upper", "by_chance")}
    place = _place(row["place_class"], language)
    return say("returns.curve_line", language, place=place, code=row["code"], n=row["n"], when=when, **shares)


def _rate_line(row: Row, _: ZoneInfo, language: Language) -> str:
    ratio = {}
    if row["verdict"] != "insufficient":
        bounds = {side: row[side] / row["expected"] for side in ("lower", "upper")}
        ratio = {name: f"{value:.2f}" for name, value in {"ratio": row["ratio"], **bounds}.items()}
    name = _place(row["key"], language) if row["level"] == "place_class" else row["name"]
    return say(
        "returns.rate_line", language, name=name, closings=row["closed"], followed=row["returned"],
        expected=f"{row['expected_closings']:.0f}",
        verdict=say(f"returns.verdict_{row['verdict']}", language, **ratio),
    )  # fmt: skip


def _again_line(row: Row, zone: ZoneInfo, language: Language) -> str:
    from geo.hotspots.recurrence.reasons import reason_sentences

    line = say(
        "returns.again_line", language, closed=f"{row['closed_at'].astimezone(zone):%m-%d %H:%M}",
        district=row["district_name"] or "", place=_place(row["place_class"], language), code=row["code"],
        hours=f"{row['within_s'] / 3_600:g}", p=f"{row['p']:.0%}",
        expected="–" if row["expected"] is None else f"{row['expected']:.0%}",
    )  # fmt: skip
    return f"{line}  {'  '.join(reason_sentences(row, language))}"


def _zone_line(row: Row, _: ZoneInfo, language: Language) -> str:
    busiest = max(range(168), key=row["per_hour"].__getitem__)
    names = {"rho": "rho_min", "lower": "rho_lower_min", "upper": "rho_upper_min"}
    rho = {name: "–" if row[column] is None else f"{row[column]:.0f}" for name, column in names.items()}
    return say(
        "returns.zone_line", language, name=row["name"], kind=_place(row["kind"], language),
        weekly=f"{sum(row['per_hour']):.1f}", busiest=f"{WEEKDAYS[language][busiest // 24]} {busiest % 24}:00",
        p="–" if row["p_return"] is None else f"{row['p_return']:.0%}", **rho,
    )  # fmt: skip


def _place(name: str, language: Language) -> str:
    return say(f"returns.place_{name}", language)


LINES: dict[str, Callable[[Row, ZoneInfo, Language], str]] = {
    "curves": _curve_line,
    "rates": _rate_line,
    "again": _again_line,
    "zones": _zone_line,
}
