"""回潮: how soon trouble comes back, where more than by chance, what to look at again, and what moved."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from geo.messages import Language
from maps.findings.blocks import Block, Chart, Column, Figure, Figures, Row, Sentence, Tab, Table, rows_of
from maps.findings.charts import Axis, Series, Span, ceiling, line_chart, span_rows
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Drill, Look, Shape, ShapeSet, named
from maps.page import Page
from maps.palette import BLUE, GREY, ORANGE, VERMILION
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

SMALL = 30
"""Closings below which a curve or a zone is marked as resting on few cases."""

CODES_SHOWN, CLASSES_SHOWN, AGAIN_SHOWN = 4, 4, 30
AT_MIN = (60, 1_440, 10_080)
"""Times after closing that the table of a curve tells."""

TICKS_MIN = (15, 60, 240, 1_440, 10_080, 43_200)
RATE_LEVELS = ("district", "post", "campaign", "place_class")


@dataclass(frozen=True, slots=True)
class ReturnsView:
    """Frames as the recurrence and displacement rooms load them; empty where nothing is known yet.

    Attributes
    ----------
    codes
        Chinese and English names of event codes.
    within_s, radius_m
        What a return is: a new one within so many seconds and metres.
    curves
        ``code`` (``*`` for all), ``place_class, t_min, p, lower, upper, n``: share come back by ``t_min``, net of
        chance, after ``n`` closings.
    rates
        ``level, key, name, closed, returned, rate, lower, upper, expected, verdict`` (``more``, ``as_expected``,
        ``less``, ``insufficient``): share come back, and what the same places have anyway.
    reinspections
        By language: ``key, code, place_class, district_code, closed_at, p, expected`` (what the place has anyway),
        ``reasons`` (sentences), Point, EPSG:4490; most beyond what the place has anyway first.
    zones
        ``key, name, back_h, lower_h, upper_h, n``, EPSG:4490: hours until half of what returns is back.
    tests
        ``name, measure, from_on, where`` (``ring``, ``lookalike``), ``phase`` (``during``, ``after``), ``before`` (what
        was expected), ``after`` (what was found), ``ratio, lower, upper, verdict`` (``moved``, ``spread_calm``,
        ``none``, ``insufficient``).
    """

    head: Head
    districts: Mapping[str, str]
    codes: Mapping[str, tuple[str, str]]
    within_s: int
    radius_m: float
    curves: DataFrame
    rates: DataFrame
    reinspections: Mapping[Language, GeoDataFrame]
    zones: GeoDataFrame
    tests: DataFrame

    def code(self, code: str, texts: Texts) -> str:
        """An event code in words."""
        if code == "*":
            return texts("all_codes")
        zh, en = self.codes.get(code, ("", ""))
        return (zh if texts.language == "zh" else en) or code

    def place(self, row: Any, texts: Texts) -> str:
        """What and where a closing was, in words."""
        return f"{self.code(row.code, texts)} · {class_words(row.place_class, texts)}"


def class_words(name: str, texts: Texts) -> str:
    """A class of places in words, as the recurrence room says it."""
    return texts.reason(f"returns.place_{name}", {})


def span_words(seconds: float, texts: Texts) -> str:
    """A length of time in whole minutes, hours or days.

    Examples
    --------
    >>> span_words(900, Texts("zh")), span_words(86_400, Texts("zh")), span_words(14 * 86_400, Texts("en"))
    ('15分', '24小时', '14 days')
    """
    if seconds < 3_600:
        return texts("only_minutes", minutes=round(seconds / 60))
    if seconds < 172_800:
        return texts("span_hours", count=round(seconds / 3_600))
    return texts("span_days", count=round(seconds / 86_400))


def chance_words(p: float) -> str:
    """A chance in whole per cent; nothing is called certain.

    Examples
    --------
    >>> chance_words(0.42), chance_words(0.999), chance_words(0.001)
    ('42%', '>99%', '<1%')
    """
    return ">99%" if p > 0.99 else "<1%" if p < 0.01 else f"{p:.0%}"


def render_returns(view: ReturnsView, texts: Texts) -> Page:
    """Render the page in one language."""
    tabs = (
        Tab("again", texts("tab_again"), _again(view, texts)),
        Tab("curves", texts("tab_curves"), _curves(view, texts)),
        Tab("rates", texts("tab_rates"), _rates(view, texts)),
        Tab("moved", texts("tab_moved"), _moved(view, texts)),
    )
    known = not view.curves.empty
    about = (
        texts("returns_about", metres=f"{view.radius_m:.0f}", time=span_words(view.within_s, texts)) if known else ""
    )
    finding = Finding("returns", "returns", Markup("{}").format(about), tabs, _sets(view, texts))
    return render_finding(finding, view.head, texts)


def _p_back(view: ReturnsView, texts: Texts) -> str:
    return texts("p_back", time=span_words(view.within_s, texts))


def _again(view: ReturnsView, texts: Texts) -> tuple[Block, ...]:
    found = view.reinspections[texts.language]
    rows = tuple(
        Row(
            (
                view.place(row, texts),
                texts.data(view.districts.get(row.district_code, row.district_code)),
                texts.moment(row.closed_at),
                chance_words(row.p),
                chance_words(row.expected) if math.isfinite(row.expected) else "—",
                Markup("<br>").join(row.reasons),
            ),
            f"again:{row.key}",
        )
        for row in rows_of(found)
    )
    columns = (
        Column(texts("place")),
        Column(texts("district")),
        Column(texts("cleared_at")),
        Column(_p_back(view, texts), True),
        Column(texts("usual_there"), True),
        Column(texts("reason")),
    )
    table = Table(texts("again_caption", count=len(found)), columns, rows, texts("no_again"), most=AGAIN_SHOWN)
    if found.empty:
        return table, Sentence(texts("returns_what"), "quiet")
    expected, time = f"{found['p'].sum():.0f}", span_words(view.within_s, texts)
    lead = Sentence(texts("again_sentence", count=len(found), expected=expected, time=time), "strong")
    return lead, table, Sentence(texts("returns_what"), "quiet")


def _curves(view: ReturnsView, texts: Texts) -> tuple[Block, ...]:
    curves = view.curves
    if curves.empty:
        return (Sentence(texts("no_curves"), "empty"), Sentence(texts("returns_what"), "quiet"))
    rested = curves.groupby("code")["n"].max().sort_values(ascending=False, kind="stable").index
    codes = sorted(rested, key=lambda code: code != "*")[:CODES_SHOWN]
    charts = [_curve_chart(str(code), curves[curves["code"] == code], view, texts) for code in codes]
    return (*charts, Sentence(texts("curves_note", small=SMALL), "quiet"))


def _curve_chart(code: str, rows: DataFrame, view: ReturnsView, texts: Texts) -> Chart:
    classes = rows.groupby("place_class")["n"].max().sort_values(ascending=False, kind="stable").index[:CLASSES_SHOWN]
    series, table = [], []
    for name in classes:
        one = rows[rows["place_class"] == name].sort_values("t_min")
        n = int(one["n"].max())
        words = class_words(str(name), texts) + (f" {texts('few')}" if n < SMALL else "")
        columns = {side: [float(value) for value in one[side]] for side in ("p", "lower", "upper")}
        at = [math.log10(float(t)) for t in one["t_min"]]
        series.append(Series(words, at, columns["p"], columns["lower"], columns["upper"]))
        cells = [_told(one[one["t_min"] == minutes]) for minutes in AT_MIN]
        table.append(Row((words, f"{n:,}", *cells)))
    title = texts("curve_title", group=view.code(code, texts))
    top = min(1.0, ceiling([value for one in series for value in one.upper]))
    ticks = {math.log10(minutes): span_words(minutes * 60, texts) for minutes in TICKS_MIN}
    x = Axis(texts("axis_after"), math.log10(TICKS_MIN[0]), math.log10(TICKS_MIN[-1]))
    y = Axis(texts("axis_returned"), 0, top, "{:.0%}")
    svg = line_chart(title, texts("see_table"), series, x, y, x_names=ticks)
    heads = (
        Column(texts("place_class")),
        Column(texts("closings"), True),
        *(Column(texts("p_back", time=span_words(minutes * 60, texts)), True) for minutes in AT_MIN),
    )
    return Chart(title, svg, Table(title, heads, tuple(table), "", folded=True), texts("legend_curves"))


def _told(point: DataFrame) -> str:
    for row in rows_of(point):
        return f"{row.p:.0%} [{row.lower:.0%}–{row.upper:.0%}]"
    return "—"


def _rates(view: ReturnsView, texts: Texts) -> tuple[Block, ...]:
    if view.rates.empty:
        return (Sentence(texts("no_rates"), "empty"),)
    found = ((level, view.rates[view.rates["level"] == level]) for level in RATE_LEVELS)
    charts = [_rate_chart(level, rows, view, texts) for level, rows in found if not rows.empty]
    return (*charts, Sentence(texts("rates_note"), "quiet"))


def _rate_chart(level: str, rows: DataFrame, view: ReturnsView, texts: Texts) -> Chart:
    of_class = level == "place_class"
    names = [class_words(row.key, texts) if of_class else row.name for row in rows_of(rows)]
    spans = [
        Span(name, row.lower, row.expected, row.upper, row.rate, row.verdict == "insufficient")
        for name, row in zip(names, rows_of(rows), strict=True)
    ]
    time = span_words(view.within_s, texts)
    title = texts(f"rates_{level}", time=time)
    table = tuple(
        Row(
            (
                name if of_class else texts.data(name),
                f"{row.returned:,.0f} / {row.closed:,.0f}",
                f"{row.rate:.0%}",
                f"{row.lower:.0%}–{row.upper:.0%}" if math.isfinite(row.lower) else "—",
                f"{row.expected:.0%}",
                texts(f"rate_{row.verdict}"),
            )
        )
        for name, row in zip(names, rows_of(rows), strict=True)
    )
    columns = (
        Column(texts("name")),
        Column(texts("returned_of"), True),
        Column(texts("rate"), True),
        Column(texts("interval"), True),
        Column(texts("by_chance"), True),
        Column(texts("result")),
    )
    svg = span_rows(title, texts("see_table"), spans, texts("p_back", time=time), data_names=not of_class)
    return Chart(title, svg, Table(title, columns, table, ""), texts("legend_rates"))


def _known(row: Any) -> bool:
    """Whether a test's ratio and bounds are numbers."""
    return all(value is not None and math.isfinite(value) for value in (row.ratio, row.lower, row.upper))


def _moved(view: ReturnsView, texts: Texts) -> tuple[Block, ...]:
    rows = tuple(
        Row(
            (
                texts.data(row.name),
                texts(f"measure_{row.measure}"),
                f"{row.from_on:%Y-%m-%d}",
                f"{texts(f'where_{row.where}')} · {texts(f'phase_{row.phase}')}",
                f"{row.before:.0f} → {row.after:.0f}",
                f"{row.ratio:.2f} [{row.lower:.2f}–{row.upper:.2f}]" if _known(row) else "—",
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
        items = (
            Figure(texts("tests_done"), str(len(rows))),
            Figure(texts("verdict_moved"), str(moved), "", "warn" if moved else ""),
            Figure(texts("verdict_insufficient"), str(short)),
        )
        blocks.append(Figures(items))
    table = Table(texts("moved_caption"), columns, rows, texts("no_tests"))
    return (*blocks, table, Sentence(texts("moved_note"), "quiet"))


def _sets(view: ReturnsView, texts: Texts) -> tuple[ShapeSet, ...]:
    likely = {
        "high": Look(texts("p_high"), VERMILION, "dot", radius=8),
        "some": Look(texts("p_some"), ORANGE, "dot", radius=6),
        "low": Look(texts("p_low"), GREY, "dot", radius=5),
    }

    def again(row: Any) -> Shape:
        look = "high" if row.p >= 0.5 else "some" if row.p >= 0.25 else "low"
        facts = (
            (_p_back(view, texts), chance_words(row.p)),
            (texts("cleared_at"), texts.moment(row.closed_at)),
            (texts("reason"), " ".join(row.reasons)),
        )
        near = Drill("event", (row.code,), label=texts("near_here", metres=f"{view.radius_m:.0f}"))
        return Shape(str(row.key), look, view.place(row, texts), row.geometry, facts, near)

    soon = {
        "day": Look(texts("back_day"), VERMILION, fill=0.45),
        "week": Look(texts("back_week"), ORANGE, fill=0.4),
        "later": Look(texts("back_later"), BLUE, fill=0.3),
        "few": Look(texts("few"), GREY, fill=0.1, dash="4 4"),
    }

    def zone(row: Any) -> Shape:
        few = row.n < SMALL or not math.isfinite(row.back_h)
        look = "few" if few else "day" if row.back_h <= 24 else "week" if row.back_h <= 168 else "later"
        told = span_words(row.back_h * 3600, texts) if math.isfinite(row.back_h) else "—"
        facts = [(texts("half_back"), told), (texts("records_head"), f"{row.n:,}")]
        if math.isfinite(row.lower_h) and math.isfinite(row.upper_h):
            ends = (span_words(hours * 3600, texts) for hours in (row.lower_h, row.upper_h))
            facts.insert(1, (texts("interval"), "–".join(ends)))
        return Shape(str(row.key), look, named(row.name or str(row.key)), row.geometry, tuple(facts), Drill("event"))

    dots = sorted(rows_of(view.reinspections[texts.language]), key=lambda row: row.p)
    title = texts("set_again", time=span_words(view.within_s, texts))
    found = [ShapeSet("again", title, likely, tuple(map(again, dots)))]
    if not view.zones.empty:
        found.append(ShapeSet("zones", texts("set_zones"), soon, tuple(map(zone, rows_of(view.zones)))))
    return tuple(found)
