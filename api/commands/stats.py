"""``pianqu stats``: figures of reports, evaluation, the 底数表 and 721 from the command line."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.buildings import AsJson, Day, District, in_county, tell

stats_app = typer.Typer(no_args_is_help=True, help="统计: figures, evaluation, ranking, 底数表, 721.")

Out = Annotated[Path | None, typer.Option("--out", help="Write them to a file (.csv, .xlsx, .json).")]
By = Annotated[str, typer.Option(help="area, department, post, regime or town.")]
MOST = 100_000


def mount(app: typer.Typer) -> None:
    """Add ``stats``."""
    app.add_typer(stats_app, name="stats")


@stats_app.command()
def report(
    context: typer.Context,
    first: Day,
    last: Day,
    figure: Annotated[list[str] | None, typer.Option(help="Only this figure; may be repeated.")] = None,
    district: District = None,
    path: Out = None,
    regimes: Annotated[
        bool, typer.Option("--regimes", help="By the regime of the street too: 严管, 严控, 规范.")
    ] = False,
    prose: Annotated[bool, typer.Option("--prose", help="Sentences to paste into a report.")] = False,
    as_json: AsJson = False,
) -> None:
    """Print every figure of the local days from FIRST to LAST, both included."""
    from geo.cases.statistics.export import STREETS, WHOLE, rows_of, to_bytes, to_prose
    from geo.cases.statistics.report import count_figures

    with in_county(context) as (session, tenant):
        area = [district] if district else None
        told = count_figures(
            session, tenant, first.date(), last.date(), names=figure or None, area=area, regimes=regimes
        )  # fmt: skip
    if path is not None:
        path.write_bytes(to_bytes(told, path.suffix.lstrip(".")))
    if as_json:
        typer.echo(to_bytes(told, "json").decode(), nl=False)
    elif prose:
        typer.echo(to_prose(told))
    else:
        _lines(row for row in rows_of(told) if row[4] == WHOLE or row[4].startswith(STREETS))
    _warn(told.standing.waiting, told.other_systems)


@stats_app.command("figures")
def list_figures(as_json: AsJson = False) -> None:
    """List the figures: what each counts, in which unit, where."""
    from geo.cases.statistics.figures import figures

    rows = [(one.name, one.zh, one.en, one.source, one.unit, one.table, one.note) for one in figures().values()]
    names = ("figure", "zh", "en", "source", "unit", "table", "note")
    if as_json:
        typer.echo(json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False))
        return
    _lines(rows)


@stats_app.command()
def records(
    context: typer.Context,
    figure: Annotated[str, typer.Argument(help="Figure, as `stats figures` names it.")],
    first: Day,
    last: Day,
    district: District = None,
    regime: Annotated[str | None, typer.Option(help="Only on streets: strict, controlled, standard, off.")] = None,
    path: Out = None,
    as_json: AsJson = False,
) -> None:
    """List the records a figure counts."""
    from geo.cases.sheets import write_sheet
    from geo.cases.statistics.records import list_records

    with in_county(context) as (session, tenant):
        found = list_records(
            session, tenant, figure, first.date(), last.date(), district=district, regime=regime, most=MOST
        )  # fmt: skip
    names = ("id", "label", "at", "district_code", "unit", "amount", "href")
    rows = [tuple(getattr(one, name) for name in names) for one in found]
    if path is not None and path.suffix != ".json":
        write_sheet(path, names, rows, figure)
    told = json.dumps([dict(zip(names, row, strict=True)) for row in rows], ensure_ascii=False, default=str)
    if path is not None and path.suffix == ".json":
        path.write_text(told + "\n", encoding="utf-8")
    if as_json:
        typer.echo(told)
        return
    _lines(rows)


@stats_app.command("evaluate")
def evaluate_problems(
    context: typer.Context, first: Day, last: Day, by: By = "area", path: Out = None, as_json: AsJson = False
) -> None:
    """Evaluate problems found in a period (GB/T 30428.4): each rate with its numerator and denominator."""
    from geo.cases.sheets import write_sheet
    from geo.cases.statistics.indicators.actions import evaluate

    with in_county(context) as (session, tenant):
        groups = [one.as_json() for one in evaluate(session, tenant, first.date(), last.date(), by)]
    names = ("zh", "en", "unit", "numerator", "denominator", "value")
    rows = [
        ("全县" if group["whole"] else group["key"] or "-", *(one[name] for name in names))
        for group in groups
        for one in group["indicators"]
    ]
    if path is not None and path.suffix != ".json":
        write_sheet(path, ("分组", "指标", "Indicator", "单位", "分子", "分母", "值"), rows, by)
    told = json.dumps({"by": by, "groups": groups}, ensure_ascii=False)
    if path is not None and path.suffix == ".json":
        path.write_text(told + "\n", encoding="utf-8")
    if as_json:
        typer.echo(told)
        return
    _lines(rows)


@stats_app.command("rank")
def rank_them(
    context: typer.Context,
    first: Day,
    last: Day,
    by: Annotated[str, typer.Option(help="department, town or area.")] = "department",
    path: Out = None,
    as_json: AsJson = False,
) -> None:
    """Rank teams, towns or 片区 (亮绩赛绩) by the case table `appraisal`; `stats problems` lists what is behind."""
    from api.commands.bulletins import rank_line
    from geo.cases.appraisal.actions import rank_groups
    from geo.cases.sheets import write_sheet

    with in_county(context) as (session, tenant):
        rows = rank_groups(session, tenant, first.date(), last.date(), by)
    names = (
        "rank",
        "key",
        "name",
        "score_hundredths",
        "indicator",
        "numerator",
        "denominator",
        "points",
        "earned_hundredths",
    )
    if path is not None:
        cells = [[{**row, **part}.get(name) for name in names] for row in rows for part in row["parts"]]
        write_sheet(path, names, cells, by)
    if as_json:
        typer.echo(json.dumps({"by": by, "ranking": rows}, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(rank_line(row))


@stats_app.command("problems")
def list_judged(
    context: typer.Context,
    first: Day,
    last: Day,
    by: By = "area",
    key: Annotated[str | None, typer.Option(help="Of this group; none: of all.")] = None,
    path: Out = None,
    as_json: AsJson = False,
) -> None:
    """List the problems behind an evaluation or a rank, with the dates they are judged by."""
    from geo.cases.sheets import write_sheet
    from geo.cases.statistics.indicators.actions import list_problems

    with in_county(context) as (session, tenant):
        rows = list_problems(
            session, tenant, first.date(), last.date(), by, key=key, whole=key is None, most=MOST
        )  # fmt: skip
    names = tuple(rows[0]) if rows else ("uid",)
    cells = [[None if row[name] is None else str(row[name]) for name in names] for row in rows]
    if path is not None:
        write_sheet(path, names, cells, by)
    if as_json:
        typer.echo(json.dumps({"problems": rows}, ensure_ascii=False, default=str))
        return
    _lines(cells)


@stats_app.command()
def baseline(
    context: typer.Context,
    on: Annotated[dt.datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Local day; by default today.")] = None,
    path: Out = None,
    as_json: AsJson = False,
) -> None:
    """Print the 底数表: what there is in each 片区, and when each register was last written to."""
    from geo.cases.statistics.export import rows_of, to_bytes
    from geo.cases.statistics.report import count_baseline
    from geo.db.counties import get_county

    with in_county(context) as (session, tenant):
        told = count_baseline(session, tenant, on.date() if on else get_county(session, tenant).today())
    if path is not None:
        path.write_bytes(to_bytes(told, path.suffix.lstrip(".")))
    if as_json:
        typer.echo(to_bytes(told, "json").decode(), nl=False)
        return
    _lines(rows_of(told))


@stats_app.command()
def relapse(
    context: typer.Context,
    first: Day,
    last: Day,
    within_days: Annotated[int, typer.Option(help="How long after a closing a new one counts, 1 to 60.")] = 14,
    path: Out = None,
    as_json: AsJson = False,
) -> None:
    """Print the relapse rate with both its counts, and rank the spots where it comes back (--out: the ranking)."""
    from geo.cases.sheets import write_sheet
    from geo.cases.statistics.relapse.actions import Spot, count_relapses

    with in_county(context) as (session, tenant):
        told = count_relapses(session, tenant, first.date(), last.date(), within_days)
    names = Spot.__slots__
    if path is not None:
        write_sheet(path, names, ([getattr(one, name) for name in names] for one in told.spots), "回潮")
    if as_json:
        typer.echo(json.dumps(told.as_json(), ensure_ascii=False))
        return
    _lines((one.level, one.key, f"{one.followed}/{one.closings}", one.half_s) for one in told.rates)
    _lines([getattr(one, name) for name in names] for one in told.spots[:20])


@stats_app.command()
def classes(context: typer.Context, first: Day, last: Day, as_json: AsJson = False) -> None:
    """Print 721 (服务, 管理, 执法) per 片区; which step is which stands in the case table work_classes."""
    from geo.cases.statistics.classes.actions import count_classes

    with in_county(context) as (session, tenant):
        shares = count_classes(session, tenant, first.date(), last.date())
    if as_json:
        typer.echo(json.dumps({"shares": shares}, ensure_ascii=False))
        return
    _lines(
        ("全县" if one["whole"] else one["district_code"] or "-", *one["counts"].values(), *one["permille"].values())
        for one in shares
    )


@stats_app.command("actions")
def list_taken(
    context: typer.Context,
    work_class: Annotated[str, typer.Argument(help="service, manage or enforce.")],
    first: Day,
    last: Day,
    district: District = None,
    as_json: AsJson = False,
) -> None:
    """List the actions behind 721: which step of which row, when and where."""
    from geo.cases.statistics.classes.actions import list_actions

    with in_county(context) as (session, tenant):
        rows = list_actions(
            session, tenant, first.date(), last.date(), work_class, district=district, most=MOST
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps({"actions": rows}, ensure_ascii=False, default=str))
        return
    _lines(tuple(row.values()) for row in rows)


@stats_app.command()
def recount(context: typer.Context, as_json: AsJson = False) -> None:
    """Count all events anew; the counts are a function of the rows there are, so that this changes nothing else."""
    from geo.cases.statistics.events.actions import recount as count_anew

    with in_county(context) as (session, tenant):
        found = count_anew(session, tenant)
    tell("statistics.recounted", as_json, events=found)


def _lines(rows: Iterable[Sequence[Any]]) -> None:
    for row in rows:
        typer.echo("  ".join("" if cell is None else str(cell) for cell in row).rstrip())


def _warn(waiting: int | None, others: dict[str, int]) -> None:
    """Say on stderr what a figure cannot hold yet."""
    from api.cli import language
    from geo.messages import say

    if waiting is None or waiting > 0:
        typer.echo(say("statistics.waiting", language(), waiting="?" if waiting is None else waiting), err=True)
    for system, rows in others.items():
        typer.echo(say("statistics.other_system", language(), system=system, rows=rows), err=True)
