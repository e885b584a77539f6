"""勤务匹配: minutes asked for and minutes on duty by hour, weekday and 片区, and the shift moves that would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from maps.findings.blocks import Block, Column, Mount, Row, Sentence, Tab, Table, rows_of
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Look, Shape, ShapeSet, named
from maps.page import Page
from maps.symbols import BLUE, GREY, VERMILION
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from shapely.geometry.base import BaseGeometry

SHORT_BELOW, SPARE_ABOVE = 0.8, 1.6
"""Supply over demand below which an hour is short of people, and above which it has people to spare."""

LEAST_MIN = 5.0
"""Hours that ask for fewer minutes are not called short."""

WORDS = (
    "workload_cell",
    "demand",
    "supply",
    "hour",
    "choose_district",
    "whole_county",
    "matrix_caption",
    "matrix_legend",
)


@dataclass(frozen=True, slots=True)
class WorkloadView:
    """Frames as the workload room makes them; empty where nothing is known yet.

    Attributes
    ----------
    matrix
        ``district_code, weekday`` (1 = Monday), ``hour, demand_min, supply_min``: an average week, local time.
    moves
        ``district_code, weekday, from_hour, to_hour, minutes, people, reason`` (a sentence), the most useful first.
    districts
        ``code, name``, polygons, EPSG:4490.
    weeks
        Weeks of records the demand rests on.
    """

    head: Head
    matrix: DataFrame
    moves: DataFrame
    districts: GeoDataFrame
    weeks: int


def state_of(demand_min: float, supply_min: float) -> str:
    """Whether an hour is ``short`` of people, has some to ``spare``, ``fit``, or asks for ``none``.

    Examples
    --------
    >>> state_of(60, 30), state_of(60, 60), state_of(60, 120), state_of(0, 60), state_of(2, 0)
    ('short', 'fit', 'spare', 'spare', 'none')
    """
    if demand_min < LEAST_MIN:
        return "spare" if supply_min >= LEAST_MIN else "none"
    share = supply_min / demand_min
    return "short" if share < SHORT_BELOW else "spare" if share > SPARE_ABOVE else "fit"


def render_workload(view: WorkloadView, texts: Texts) -> Page:
    """Render the page in one language."""
    if view.matrix.empty:
        tab = Tab(
            "matrix",
            texts("tab_matrix"),
            (Sentence(texts("no_workload"), "empty"), Sentence(texts("workload_what"), "quiet")),
        )
        return render_finding(Finding("workload", "workload", Markup(""), (tab,)), view.head, texts)
    tabs = (
        Tab("matrix", texts("tab_matrix"), _matrix(view, texts)),
        Tab("moves", texts("tab_moves"), _moves(view, texts)),
        Tab("areas", texts("tab_by_district"), (_by_district(view, texts),)),
    )
    about = Markup("{}").format(texts("workload_about", weeks=view.weeks))
    data = {"workload": _matrices(view, texts), "weekdays": [texts(f"weekday_{day}") for day in range(1, 8)]}
    finding = Finding("workload", "workload", about, tabs, _sets(view, texts), ("workload",), WORDS, data)
    return render_finding(finding, view.head, texts)


def _matrices(view: WorkloadView, texts: Texts) -> list[dict[str, Any]]:
    """For the county and for each 片区 its 7 × 24 pairs of minutes and their states, Monday 0 o'clock first."""
    names = dict(zip(view.districts["code"], view.districts["name"], strict=True))
    found = []
    for code in ("", *sorted(view.matrix["district_code"].dropna().unique())):
        rows = view.matrix if not code else view.matrix[view.matrix["district_code"] == code]
        sums = rows.groupby(["weekday", "hour"])[["demand_min", "supply_min"]].sum()
        pairs = [
            [round(float(sums[side].get((day, hour), 0.0))) for side in ("demand_min", "supply_min")]
            for day in range(1, 8)
            for hour in range(24)
        ]
        found.append(
            {
                "code": code,
                "name": named(str(names.get(code, code))) if code else texts("whole_county"),
                "pairs": pairs,
                "states": [state_of(*pair) for pair in pairs],
            }
        )
    return found


def _matrix(view: WorkloadView, texts: Texts) -> tuple[Block, ...]:
    short = _hours(view, "short")
    return (
        Sentence(texts("workload_sentence", short=short, spare=_hours(view, "spare")), "strong"),
        Mount("matrix", texts("loading")),
        Sentence(texts("workload_what"), "quiet"),
    )


def _hours(view: WorkloadView, state: str) -> int:
    return sum(state_of(row.demand_min, row.supply_min) == state for row in rows_of(view.matrix))


def _moves(view: WorkloadView, texts: Texts) -> tuple[Block, ...]:
    names = dict(zip(view.districts["code"], view.districts["name"], strict=True))
    rows = tuple(
        Row(
            (
                texts.data(names.get(row.district_code, row.district_code)),
                texts(f"weekday_{row.weekday}"),
                f"{row.from_hour:02d}:00 → {row.to_hour:02d}:00",
                texts("people_minutes", people=row.people, minutes=f"{row.minutes:.0f}"),
                row.reason,
            )
        )
        for row in rows_of(view.moves)
    )
    columns = (
        Column(texts("district")),
        Column(texts("weekday")),
        Column(texts("move")),
        Column(texts("how_much")),
        Column(texts("reason")),
    )
    return (
        Table(texts("moves_caption"), columns, rows, texts("no_moves")),
        Sentence(texts("moves_note"), "quiet"),
    )


def _totals(view: WorkloadView) -> Mapping[str, tuple[float, float, int]]:
    found = {}
    for code, rows in view.matrix.groupby("district_code"):
        short = sum(state_of(row.demand_min, row.supply_min) == "short" for row in rows_of(rows))
        found[str(code)] = float(rows["demand_min"].sum()), float(rows["supply_min"].sum()), short
    return found


def _by_district(view: WorkloadView, texts: Texts) -> Table:
    totals = _totals(view)
    rows = tuple(
        Row(
            (
                texts.data(row.name),
                f"{need / 60:.0f}",
                f"{there / 60:.0f}",
                f"{there / need:.0%}" if need else "—",
                str(short),
            ),
            f"areas:{row.code}",
        )
        for row in rows_of(view.districts)
        for need, there, short in [totals.get(row.code, (0.0, 0.0, 0))]
    )
    columns = (
        Column(texts("district")),
        Column(texts("demand_hours"), True),
        Column(texts("supply_hours"), True),
        Column(texts("supply_share"), True),
        Column(texts("short_hours"), True),
    )
    return Table(texts("by_district_caption"), columns, rows, texts("no_workload"))


def _sets(view: WorkloadView, texts: Texts) -> tuple[ShapeSet, ...]:
    looks = {
        "short": Look(texts("state_short"), VERMILION, fill=0.35),
        "fit": Look(texts("state_fit"), GREY, fill=0.15),
        "spare": Look(texts("state_spare"), BLUE, fill=0.3),
        "none": Look(texts("state_none"), GREY, fill=0, dash="3 4"),
    }
    totals = _totals(view)

    def shape(code: str, name: str, geometry: BaseGeometry) -> Shape:
        need, there, short = totals.get(code, (0.0, 0.0, 0))
        facts = (
            (texts("demand_hours"), f"{need / 60:.0f}"),
            (texts("supply_hours"), f"{there / 60:.0f}"),
            (texts("short_hours"), str(short)),
        )
        return Shape(code, state_of(need, there), named(name), geometry, facts)

    shapes = tuple(shape(row.code, row.name, row.geometry) for row in rows_of(view.districts))
    return (ShapeSet("areas", texts("set_workload"), looks, shapes, note=texts("set_workload_note")),)
