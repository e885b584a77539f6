"""热点预测: the list a forecast makes in three classes, how far to trust it, and whether attention is fair."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from geo.hotspots.findings import Finding as Study
from maps.dashboards.forecast_record import fairness_blocks, record_blocks
from maps.findings.blocks import (
    Block,
    Column,
    Figure,
    Figures,
    Links,
    Row,
    Sentence,
    Tab,
    Table,
    join,
    rows_of,
)
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Drill, Look, Shape, ShapeSet, named
from maps.findings.studies import in_words, study_shapes
from maps.page import Page
from maps.palette import GREEN, GREY, PURPLE
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

FIRM, MAYBE, NOT = "firm", "maybe", "not"
RED = "#B0304A"

RESTS_SHOWN = 400
"""Places outside the list that are outlined on the map, so that what was looked at can be seen."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a forecast says of itself.

    Attributes
    ----------
    name
        Name of its page.
    shift, shift_code
        Name and code of its shift; empty for the whole day.
    group
        Name of the code group; empty for all codes together. ``group_en`` is its English name, if the lists have one.
    codes
        Event codes of the group; empty for all.
    from_on, to_on
        Local days, both included.
    expected, lower, upper
        Records expected in the whole list, with the interval that holds ``nominal`` of the cases.
    history
        RFC 3339 interval of the records it rests on mostly: what its numbers drill down to.
    """

    name: str
    place_kind: str
    group: str
    group_en: str
    codes: tuple[str, ...]
    shift: str
    from_on: dt.date
    to_on: dt.date
    model: str
    training: str
    list_size: int
    expected: float
    lower: float
    upper: float
    nominal: float
    audit_share: float
    history: str
    facts: dict[str, Any]
    shift_code: str = ""


@dataclass(frozen=True, slots=True)
class HotspotsView:
    """One forecast with its record and its fairness; empty frames where nothing is known yet.

    Attributes
    ----------
    forecast
        None while none was made.
    others
        Names, places and groups of all forecasts with a page, this one too.
    places
        ``key, name, district_code, mean, lower, upper, p_in_list, cls`` (and ``audit``), EPSG:4490.
    scores
        Periods that have passed, oldest first: ``from_on, lower, expected, upper, observed, in_interval, hit,
        base_hit, calibration``.
    standings
        Models tried on the county's past: ``model, hit, base_hit, gain, gain_lower, gain_upper, admitted``.
    attention
        ``name, attention, population``: shares of the list and of the people by 片区.
    locked
        ``name, weeks``: places looked at in nine of ten of the last ``weeks`` periods.
    described
        The newest study of each method that only describes, by method.
    """

    head: Head
    forecast: Forecast | None
    others: tuple[Forecast, ...]
    districts: dict[str, str]
    places: GeoDataFrame
    scores: DataFrame
    standings: DataFrame
    attention: DataFrame
    locked: DataFrame
    described: Mapping[str, Study] = field(default_factory=dict)

    @classmethod
    def without(cls, head: Head, described: Mapping[str, Study]) -> HotspotsView:
        """The view while there is no forecast; descriptions may be there already."""
        from geopandas import GeoDataFrame
        from pandas import DataFrame

        none = DataFrame()
        return cls(head, None, (), {}, GeoDataFrame(), none, none, none, none, described)


def place_kind_words(kind: str, texts: Texts) -> str:
    """A kind of place in words.

    Examples
    --------
    >>> place_kind_words("cell:150", Texts("zh")), place_kind_words("district", Texts("en"))
    ('150米网格', 'districts')
    """
    name, _, size = kind.partition(":")
    return texts(f"places_{name}", size=size)


def group_words(forecast: Forecast, texts: Texts) -> Markup:
    """Its code group; all codes together have words of the page."""
    if not forecast.group:
        return Markup("{}").format(texts("all_codes"))
    if texts.language == "en" and forecast.group_en:
        return Markup("{}").format(forecast.group_en)
    return texts.data(forecast.group)


def shift_words(forecast: Forecast, texts: Texts) -> Markup | str:
    """Its shift: on English pages in English, if it is one of the usual ones; empty for the whole day."""
    if not forecast.shift:
        return ""
    known = texts.choice("shift", forecast.shift_code)
    return known if texts.language == "en" and known != forecast.shift_code else texts.data(forecast.shift)


def render_hotspots(view: HotspotsView, texts: Texts) -> Page:
    """Render the page of one forecast in one language."""
    forecast = view.forecast
    if forecast is None:
        tab = Tab(
            "list",
            texts("tab_list"),
            (Sentence(texts("no_forecast"), "empty"), Sentence(texts("forecast_what"), "quiet")),
        )
        return render_finding(Finding("hotspots", "hotspots", Markup(""), (tab,)), view.head, texts)
    period = texts("period", first=forecast.from_on, last=forecast.to_on)
    words = [group_words(forecast, texts), place_kind_words(forecast.place_kind, texts), shift_words(forecast, texts)]
    about = join([period, *(one for one in words if one)])
    links = _links(view, forecast, texts)
    tabs = (
        Tab("list", texts("tab_list"), _list(view, forecast, texts)),
        Tab(
            "trust",
            texts("tab_trust"),
            (*links, *record_blocks(view.scores, view.standings, texts)),
        ),
        Tab("fair", texts("tab_fair"), _fairness(view, forecast, texts)),
        Tab("method", texts("tab_method"), _method(view, forecast, texts)),
    )
    finding = Finding(forecast.name, "hotspots", about, tabs, _sets(view, forecast, texts))
    return render_finding(finding, view.head, texts)


def _links(view: HotspotsView, forecast: Forecast, texts: Texts) -> tuple[Block, ...]:
    if len(view.others) < 2:
        return ()
    items = tuple(
        (
            f"/dashboards/{one.name}?lang={texts.language}",
            join(
                [
                    group_words(one, texts),
                    place_kind_words(one.place_kind, texts),
                    shift_words(one, texts),
                ]
            ),
            one.name == forecast.name,
        )
        for one in view.others
    )
    return (Links(texts("choose_forecast"), items),)


def _list(view: HotspotsView, forecast: Forecast, texts: Texts) -> tuple[Block, ...]:
    places = view.places
    counts = {cls: int((places["cls"] == cls).sum()) for cls in (FIRM, MAYBE, NOT)}
    listed = places[places["cls"] != NOT].sort_values(["p_in_list", "mean"], ascending=False, kind="stable")
    rows = tuple(
        Row(
            (
                texts.data(row.name or row.key),
                texts.data(view.districts.get(row.district_code, row.district_code)),
                texts(f"class_{row.cls}"),
                f"{row.mean:.1f}",
                f"{row.lower:.0f}–{row.upper:.0f}",
                f"{row.p_in_list:.0%}",
            ),
            f"places:{row.key}",
            row.cls,
        )
        for row in rows_of(listed)
    )
    columns = (
        Column(texts("place")),
        Column(texts("district")),
        Column(texts("class")),
        Column(texts("expected_count"), True),
        Column(texts("interval_of", share=f"{forecast.nominal:.0%}"), True),
        Column(texts("p_in_list"), True),
    )
    return (
        *_links(view, forecast, texts),
        Sentence(
            texts(
                "set_sentence",
                places=forecast.list_size,
                expected=f"{forecast.expected:.0f}",
                lower=f"{forecast.lower:.0f}",
                upper=f"{forecast.upper:.0f}",
                share=f"{forecast.nominal:.0%}",
            ),
            "strong",
        ),
        Figures(
            (
                Figure(texts("class_firm"), f"{counts[FIRM]:,}", texts("class_firm_note"), "strong"),
                Figure(texts("class_maybe"), f"{counts[MAYBE]:,}", texts("class_maybe_note")),
                Figure(texts("class_not"), f"{counts[NOT]:,}", texts("class_not_note")),
            )
        ),
        Table(texts("list_caption", count=len(listed)), columns, rows, texts("list_empty")),
        Sentence(texts("single_place_note"), "quiet"),
    )


def _fairness(view: HotspotsView, forecast: Forecast, texts: Texts) -> tuple[Block, ...]:
    return tuple(fairness_blocks(forecast.audit_share, forecast.training, view.attention, view.locked, texts))


def _method(view: HotspotsView, forecast: Forecast, texts: Texts) -> tuple[Block, ...]:
    blocks: list[Block] = [
        Sentence(texts("forecast_what")),
        Sentence(texts("model_is", model=texts.choice("model", forecast.model))),
        Sentence(texts("forecast_not_for"), "warn"),
    ]
    facts = forecast.facts
    counts = {name: facts[name] for name in COUNTED if name in facts}
    counts["default_geocodes"] = sum(place["events"] for place in facts.get("default_geocodes", ()))
    rows = tuple(Row((texts(f"fact_{name}"), f"{count:,}")) for name, count in counts.items())
    gaps = tuple(
        Row(
            (
                texts.data(view.districts.get(gap["district"], gap["district"])),
                texts.choice("origin", gap["origin"] or "unknown"),
                texts("period", first=gap["first_on"], last=gap["last_on"]),
                f"{gap['found']:,} / {gap['expected']:,}",
            )
        )
        for gap in facts.get("gaps", ())
    )
    heads = (Column(texts("figure")), Column(texts("count"), True))
    gap_heads = (
        Column(texts("district")),
        Column(texts("source")),
        Column(texts("gap_period")),
        Column(texts("found_of_expected"), True),
    )
    blocks += [
        Table(texts("history_caption"), heads, rows, texts("no_history_facts")),
        Table(texts("gaps_caption"), gap_heads, gaps, texts("no_gaps")),
    ]
    described = tuple(
        Row((texts(f"tab_{kind}"), in_words(study.sentence, texts), f"{len(study.rows):,}"))
        for kind, study in view.described.items()
    )
    columns = (Column(texts("method")), Column(texts("what_it_shows")), Column(texts("rows"), True))
    blocks += [
        Table(texts("described_caption"), columns, described, texts("no_described")),
        Sentence(texts("described_note"), "quiet"),
    ]
    return tuple(blocks)


COUNTED = ("events", "duplicates", "callers_capped", "capped_events")
"""What of a forecast's history is said as a number; who called is known to nobody."""


def _sets(view: HotspotsView, forecast: Forecast, texts: Texts) -> tuple[ShapeSet, ...]:
    looks = {
        FIRM: Look(texts("class_firm"), RED, fill=0.55, weight=2),
        MAYBE: Look(texts("class_maybe"), RED, fill=0.1, weight=1.6, dash="5 4"),
        NOT: Look(texts("class_not"), GREY, fill=0, weight=0.6),
    }
    order = view.places.sort_values("p_in_list", ascending=True, kind="stable")
    rest = order[order["cls"] == NOT].tail(RESTS_SHOWN)
    listed = order[order["cls"] != NOT]

    def shape(row: Any) -> Shape:
        facts = (
            (texts("class"), texts(f"class_{row.cls}")),
            (texts("expected_count"), f"{row.mean:.1f}"),
            (texts("interval_of", share=f"{forecast.nominal:.0%}"), f"{row.lower:.0f}–{row.upper:.0f}"),
            (texts("p_in_list"), f"{row.p_in_list:.0%}"),
            (texts("district"), named(view.districts.get(row.district_code, row.district_code or "—"))),
        )
        drill = Drill("event", forecast.codes, forecast.history, texts("history_period"))
        return Shape(row.key, row.cls, named(row.name or row.key), row.geometry, facts, drill)

    main = ShapeSet(
        "places",
        texts("set_forecast"),
        looks,
        tuple(shape(row) for frame in (rest, listed) for row in rows_of(frame)),
    )
    if "audit" not in view.places or not view.places["audit"].any():
        return (main, *_described(view, texts))
    sample = view.places[view.places["audit"]]
    marks = {"audit": Look(texts("audit_place"), GREEN, fill=0, weight=2.5, dash="1 4")}
    shapes = tuple(
        Shape(
            f"a{row.key}", "audit", named(row.name or row.key), row.geometry, ((texts("why_here"), texts("audit_why")),)
        )
        for row in rows_of(sample)
    )
    return (main, ShapeSet("audit", texts("set_audit"), marks, shapes, show=False), *_described(view, texts))


def _described(view: HotspotsView, texts: Texts) -> tuple[ShapeSet, ...]:
    """Descriptions may be looked at, each by itself; none is shown when the page opens."""
    return tuple(
        study_shapes(study, kind, Look(texts(f"tab_{kind}"), PURPLE, fill=0.3, radius=5), texts, show=False)
        for kind, study in view.described.items()
        if any(row.geometry is not None for row in study.rows)
    )
