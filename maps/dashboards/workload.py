"""勤务匹配: minutes asked for and minutes on duty by hour, weekday and 片区, and the shift moves that would help."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from geo.hotspots.findings import Finding as Study
from maps.findings.blocks import Block, Column, Mount, Row, Sentence, Tab, Table, rows_of
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Look, Shape, ShapeSet, named
from maps.findings.studies import in_words
from maps.page import Page
from maps.palette import BLUE, ORANGE, VERMILION
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from shapely.geometry.base import BaseGeometry

SHORT_BELOW, SPARE_ABOVE = 0.8, 1.6
"""Supply over demand below which an hour is short of people, and above which it has people to spare."""

LEAST_MIN = 5.0
"""Hours that ask for fewer minutes are not called short."""

MANY_SHORT_H = 12
"""Hours a week short of people from which a 片区 is marked."""

WORDS = ("hour", "choose_district", "whole_county", "matrix_caption", "matrix_legend")


@dataclass(frozen=True, slots=True)
class WorkloadView:
    """The newest study of work against roster, None while none was made.

    Attributes
    ----------
    study
        Rows ``move:<n>`` are moves, best first; the others are cells with ``district_code, weekday`` (1 = Monday),
        ``hour, demand_min, supply_min`` among their values.
    districts
        ``code, name``, polygons, EPSG:4490.
    """

    head: Head
    study: Study | None
    districts: GeoDataFrame


def cells_of(study: Study) -> DataFrame:
    """The cells of a study: ``district_code, weekday`` (1 = Monday), ``hour, demand_min, supply_min, records``."""
    from pandas import DataFrame

    names = ["district_code", "weekday", "hour", "demand_min", "supply_min", "records"]
    rows = [
        (one["district_code"], one["weekday"], one["hour"], one["demand_min"], one["supply_min"], row.records)
        for row in study.rows
        if "hour" in (one := row.values)
    ]
    return DataFrame(rows, columns=names)


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
    study = view.study
    if study is None:
        blocks = (Sentence(texts("no_workload"), "empty"), Sentence(texts("workload_what"), "quiet"))
        tab = Tab("matrix", texts("tab_matrix"), blocks)
        return render_finding(Finding("workload", "workload", Markup(""), (tab,)), view.head, texts)
    cells = cells_of(study)
    tabs = (
        Tab("matrix", texts("tab_matrix"), _matrix(cells, study, texts)),
        Tab("moves", texts("tab_moves"), _moves(study, texts)),
        Tab("areas", texts("tab_by_district"), (_by_district(view, cells, texts),)),
    )
    period = texts("period", first=study.asked["first_on"], last=study.asked["last_on"])
    data = {"workload": _matrices(view, cells, texts), "weekdays": [texts(f"weekday_{day}") for day in range(1, 8)]}
    sets = _sets(view, cells, texts)
    finding = Finding("workload", "workload", Markup("{}").format(period), tabs, sets, ("workload",), WORDS, data)
    return render_finding(finding, view.head, texts)


def _matrices(view: WorkloadView, cells: DataFrame, texts: Texts) -> list[dict[str, Any]]:
    """For the county and for each 片区 its 7 × 24 pairs of minutes, states and records, Monday 0 o'clock first."""
    names = dict(zip(view.districts["code"], view.districts["name"], strict=True))
    found = []
    for code in ("", *sorted(cells["district_code"].unique())):
        rows = rows_of(cells if not code else cells[cells["district_code"] == code])
        minutes = np.zeros((7 * 24, 2))
        records: dict[int, list[int]] = {}
        for row in rows:
            at = (row.weekday - 1) * 24 + row.hour
            minutes[at] += (row.demand_min, row.supply_min)
            records.setdefault(at, []).extend(row.records)
        pairs = [[round(float(value), 1) for value in pair] for pair in minutes]
        one: dict[str, Any] = {
            "code": code,
            "name": named(str(names.get(code, code))) if code else texts("whole_county"),
            "pairs": pairs,
            "states": [state_of(need, there) for need, there in pairs],
        }
        found.append({**one, "records": [records.get(at, []) for at in range(7 * 24)]} if code else one)
    return found


def _matrix(cells: DataFrame, study: Study, texts: Texts) -> tuple[Block, ...]:
    states = [state_of(row.demand_min, row.supply_min) for row in rows_of(cells)]
    counts = {state: states.count(state) for state in ("short", "spare")}
    return (
        Sentence(in_words(study.sentence, texts), "strong"),
        Sentence(texts("workload_sentence", **counts)),
        Mount("matrix", texts("loading")),
        *(Sentence(in_words(note, texts), "quiet") for note in study.notes),
        Sentence(texts("workload_what"), "quiet"),
    )


def _moves(study: Study, texts: Texts) -> tuple[Block, ...]:
    rows = tuple(
        Row((str(number), in_words(row.sentence, texts), f"{row.values['gain_min']:,.0f}"))
        for number, row in enumerate((row for row in study.rows if "gain_min" in row.values), 1)
    )
    columns = (Column(texts("rank"), True), Column(texts("move")), Column(texts("gain_min"), True))
    return (
        Table(texts("moves_caption"), columns, rows, texts("no_moves")),
        Sentence(texts("moves_note"), "quiet"),
    )


def _totals(cells: DataFrame) -> Mapping[str, tuple[float, float, int]]:
    found = {}
    for code, rows in cells.groupby("district_code"):
        short = sum(state_of(row.demand_min, row.supply_min) == "short" for row in rows_of(rows))
        found[str(code)] = float(rows["demand_min"].sum()), float(rows["supply_min"].sum()), short
    return found


def _by_district(view: WorkloadView, cells: DataFrame, texts: Texts) -> Table:
    totals = _totals(cells)
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


def _sets(view: WorkloadView, cells: DataFrame, texts: Texts) -> tuple[ShapeSet, ...]:
    looks = {
        "many": Look(texts("short_many", hours=MANY_SHORT_H), VERMILION, fill=0.4),
        "some": Look(texts("short_some"), ORANGE, fill=0.3),
        "none": Look(texts("short_none"), BLUE, fill=0.2),
    }
    totals = _totals(cells)

    def shape(code: str, name: str, geometry: BaseGeometry) -> Shape:
        need, there, short = totals.get(code, (0.0, 0.0, 0))
        facts = (
            (texts("demand_hours"), f"{need / 60:.0f}"),
            (texts("supply_hours"), f"{there / 60:.0f}"),
            (texts("short_hours"), str(short)),
        )
        look = "many" if short >= MANY_SHORT_H else "some" if short else "none"
        return Shape(code, look, named(name), geometry, facts)

    shapes = tuple(shape(row.code, row.name, row.geometry) for row in rows_of(view.districts))
    return (ShapeSet("areas", texts("set_workload"), looks, shapes, note=texts("set_workload_note")),)
