"""回潮: how soon trouble comes back, where more than by chance, what to look at again, and what moved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from maps.findings.blocks import Block, Chart, Column, Figure, Figures, Row, Sentence, Tab, Table, rows_of
from maps.findings.charts import Axis, Series, Span, ceiling, line_chart, span_rows
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Drill, Look, Shape, ShapeSet, isolate, named
from maps.page import Page
from maps.symbols import BLUE, GREY, ORANGE, VERMILION
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

DAY_MIN = 1440.0
SMALL = 30
"""Closings below which a curve or a rate is marked as resting on few cases."""

CURVES_SHOWN = 4
AT_DAYS = (7, 14, 30)
LINKED_M = 50
"""A new case within this many metres counts as a return."""

RATE_LEVELS = ("district", "post", "campaign")
VERDICTS = ("moved", "spread_calm", "none", "insufficient")


@dataclass(frozen=True, slots=True)
class ReturnsView:
    """Frames as the recurrence and displacement rooms load them; empty where nothing is known yet.

    Attributes
    ----------
    groups
        Names of code groups or codes by their code.
    curves
        ``code, place_class, t_min, p, lower, upper, n``: P(return within t) after ``n`` closings.
    rates
        ``level, key, name, closed, returned, rate, lower, upper, expected``: share returned in 14 days and what a
        constant rate of the same place would give.
    reinspections
        ``key, name, district_code, closed_at, p, reasons`` (sentences), Point, EPSG:4490; likeliest first.
    zones
        ``key, name, kind, back_h, lower_h, upper_h, n``, EPSG:4490: hours until half of what was cleared is back.
    tests
        ``name, measure, from_on, where, before, after, ratio, lower, upper, verdict``; verdict one of :data:`VERDICTS`.
    """

    head: Head
    districts: dict[str, str]
    groups: dict[str, str]
    curves: DataFrame
    rates: DataFrame
    reinspections: GeoDataFrame
    zones: GeoDataFrame
    tests: DataFrame


def render_returns(view: ReturnsView, texts: Texts) -> Page:
    """Render the page in one language."""
    tabs = (
        Tab("again", texts("tab_again"), _again(view, texts)),
        Tab("curves", texts("tab_curves"), _curves(view, texts)),
        Tab("rates", texts("tab_rates"), _rates(view, texts)),
        Tab("moved", texts("tab_moved"), _moved(view, texts)),
    )
    about = Markup("{}").format(texts("returns_about", metres=LINKED_M))
    return render_finding(Finding("returns", "returns", about, tabs, _sets(view, texts)), view.head, texts)


def _again(view: ReturnsView, texts: Texts) -> tuple[Block, ...]:
    found = view.reinspections
    rows = tuple(
        Row(
            (
                texts.data(row.name),
                texts.data(view.districts.get(row.district_code, row.district_code)),
                texts.moment(row.closed_at),
                f"{row.p:.0%}",
                Markup("<br>").join(isolate(reason, texts) for reason in row.reasons),
            ),
            f"again:{row.key}",
        )
        for row in rows_of(found)
    )
    columns = (
        Column(texts("place")),
        Column(texts("district")),
        Column(texts("cleared_at")),
        Column(texts("p_back", days=14), True),
        Column(texts("reason")),
    )
    table = Table(texts("again_caption", count=len(found)), columns, rows, texts("no_again"))
    if found.empty:
        return table, Sentence(texts("returns_what"), "quiet")
    expected = float(found["p"].sum())
    lead = Sentence(texts("again_sentence", count=len(found), expected=f"{expected:.0f}"), "strong")
    return lead, table, Sentence(texts("returns_what"), "quiet")


def _curves(view: ReturnsView, texts: Texts) -> tuple[Block, ...]:
    curves = view.curves
    if curves.empty:
        return (Sentence(texts("no_curves"), "empty"), Sentence(texts("returns_what"), "quiet"))
    codes = curves.groupby("code")["n"].max().sort_values(ascending=False).index
    charts = [_curve_chart(str(code), curves[curves["code"] == code], view, texts) for code in codes]
    return (*charts, Sentence(texts("curves_note", small=SMALL), "quiet"))


def _curve_chart(code: str, rows: DataFrame, view: ReturnsView, texts: Texts) -> Chart:
    classes = list(rows.groupby("place_class")["n"].max().sort_values(ascending=False).index[:CURVES_SHOWN])
    series, table = [], []
    for name in classes:
        one = rows[rows["place_class"] == name].sort_values("t_min")
        days = [0.0, *(float(t) / DAY_MIN for t in one["t_min"])]
        words, n = texts.choice("place_class", str(name)), int(one["n"].max())
        small = f" {texts('few')}" if n < SMALL else ""
        lower, upper = ([0.0, *map(float, one[side])] for side in ("lower", "upper"))
        series.append(Series(words + small, days, [0.0, *map(float, one["p"])], lower, upper, steps=True))
        cells = []
        for day in AT_DAYS:
            reached = one[one["t_min"] <= day * DAY_MIN].tail(1)
            cells.append(
                f"{reached.p.iloc[0]:.0%} [{reached.lower.iloc[0]:.0%}–{reached.upper.iloc[0]:.0%}]"
                if len(reached)
                else "—"
            )
        table.append(Row((words + small, f"{n:,}", *cells)))
    title = texts("curve_title", group=view.groups.get(code, code))
    most = max(max(one.x) for one in series)
    svg = line_chart(
        title,
        texts("see_table"),
        series,
        Axis(texts("axis_days"), 0, most, "{:.0f}"),
        Axis(texts("axis_returned"), 0, min(1.0, ceiling([value for one in series for value in one.upper])), "{:.0%}"),
    )
    columns = (
        Column(texts("place_class")),
        Column(texts("closings"), True),
        *(Column(texts("p_back", days=day), True) for day in AT_DAYS),
    )
    return Chart(title, svg, Table(title, columns, tuple(table), "", folded=True), texts("legend_curves"))


def _rates(view: ReturnsView, texts: Texts) -> tuple[Block, ...]:
    if view.rates.empty:
        return (Sentence(texts("no_rates"), "empty"),)
    blocks: list[Block] = []
    for level in RATE_LEVELS:
        rows = view.rates[view.rates["level"] == level]
        if not rows.empty:
            blocks.append(_rate_chart(level, rows, texts))
    return (*blocks, Sentence(texts("rates_note", small=SMALL), "quiet"))


def _rate_chart(level: str, rows: DataFrame, texts: Texts) -> Chart:
    spans = [Span(row.name, row.lower, row.expected, row.upper, row.rate, row.closed < SMALL) for row in rows_of(rows)]
    title = texts(f"rates_{level}")
    table = tuple(
        Row(
            (
                texts.data(row.name),
                f"{row.returned:,} / {row.closed:,}",
                f"{row.rate:.0%}",
                f"{row.lower:.0%}–{row.upper:.0%}",
                f"{row.expected:.0%}",
                _judge(row, texts),
            )
        )
        for row in rows_of(rows)
    )
    columns = (
        Column(texts("name")),
        Column(texts("returned_of"), True),
        Column(texts("rate"), True),
        Column(texts("interval"), True),
        Column(texts("by_chance"), True),
        Column(texts("result")),
    )
    svg = span_rows(title, texts("see_table"), spans, texts("axis_rate"))
    return Chart(title, svg, Table(title, columns, table, ""), texts("legend_rates"))


def _judge(row: Any, texts: Texts) -> str:
    if row.closed < SMALL:
        return texts("few")
    if row.lower > row.expected:
        return texts("more_than_chance")
    return texts("less_than_chance") if row.upper < row.expected else texts("as_chance")


def _moved(view: ReturnsView, texts: Texts) -> tuple[Block, ...]:
    rows = tuple(
        Row(
            (
                texts.data(row.name),
                texts(f"measure_{row.measure}"),
                f"{row.from_on:%Y-%m-%d}",
                texts(f"where_{row.where}"),
                f"{row.before:.0f} → {row.after:.0f}",
                "—" if row.verdict == "insufficient" else f"{row.ratio:.2f} [{row.lower:.2f}–{row.upper:.2f}]",
                texts(f"verdict_{row.verdict}"),
            )
        )
        for row in rows_of(view.tests)
    )
    columns = (
        Column(texts("name")),
        Column(texts("measure")),
        Column(texts("period_from")),
        Column(texts("looked_at")),
        Column(texts("before_after"), True),
        Column(texts("ratio"), True),
        Column(texts("result")),
    )
    blocks: list[Block] = []
    if rows:
        short = int((view.tests["verdict"] == "insufficient").sum())
        moved = int((view.tests["verdict"] == "moved").sum())
        blocks.append(
            Figures(
                (
                    Figure(texts("tests_done"), str(len(rows))),
                    Figure(texts("verdict_moved"), str(moved), "", "warn" if moved else ""),
                    Figure(texts("verdict_insufficient"), str(short)),
                )
            )
        )
    return (
        *blocks,
        Table(texts("moved_caption"), columns, rows, texts("no_tests")),
        Sentence(texts("moved_note"), "quiet"),
    )


def _sets(view: ReturnsView, texts: Texts) -> tuple[ShapeSet, ...]:
    likely = {
        "high": Look(texts("p_high"), VERMILION, "dot", radius=8),
        "some": Look(texts("p_some"), ORANGE, "dot", radius=6),
        "low": Look(texts("p_low"), GREY, "dot", radius=5),
    }

    def again(row: Any) -> Shape:
        look = "high" if row.p >= 0.5 else "some" if row.p >= 0.25 else "low"
        facts = (
            (texts("p_back", days=14), f"{row.p:.0%}"),
            (texts("cleared_at"), texts.moment(row.closed_at)),
            (texts("reason"), " ".join(row.reasons)),
        )
        return Shape(
            str(row.key),
            look,
            named(row.name),
            row.geometry,
            facts,
            Drill("event", label=texts("near_here", metres=LINKED_M)),
        )

    soon = {
        "day": Look(texts("back_day"), VERMILION, fill=0.45),
        "week": Look(texts("back_week"), ORANGE, fill=0.4),
        "later": Look(texts("back_later"), BLUE, fill=0.3),
        "few": Look(texts("few"), GREY, fill=0.1, dash="4 4"),
    }

    def zone(row: Any) -> Shape:
        look = "few" if row.n < SMALL else "day" if row.back_h <= 24 else "week" if row.back_h <= 168 else "later"
        facts = (
            (texts("half_back"), texts("hours", count=f"{row.back_h:.0f}")),
            (texts("interval"), texts("hours", count=f"{row.lower_h:.0f}–{row.upper_h:.0f}")),
            (texts("closings"), f"{row.n:,}"),
        )
        return Shape(str(row.key), look, named(row.name), row.geometry, facts, Drill("event"))

    dots = sorted(rows_of(view.reinspections), key=lambda row: row.p)
    found = [ShapeSet("again", texts("set_again"), likely, tuple(map(again, dots)))]
    if not view.zones.empty:
        found.append(ShapeSet("zones", texts("set_zones"), soon, tuple(map(zone, rows_of(view.zones)))))
    return tuple(found)
