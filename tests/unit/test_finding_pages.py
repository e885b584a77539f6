"""Pages of findings from small made-up frames: what they say, and what they say when nothing is known."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree as Xml

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point, box

from geo.hotspots.findings import Finding as Study
from geo.hotspots.findings import Row as StudyRow
from geo.hotspots.findings import Sentence as StudySentence
from geo.messages import Language
from maps.dashboards.districting import DistrictingView, render_districting
from maps.dashboards.hotspots import Forecast, HotspotsView, render_hotspots
from maps.dashboards.lighting import LightingView, render_lighting
from maps.dashboards.returns import ReturnsView, render_returns
from maps.dashboards.sites import SiteChoice, SitesView, render_sites
from maps.dashboards.suspicions import SuspicionsView, render_suspicions
from maps.dashboards.workload import WorkloadView, render_workload
from maps.findings.charts import Axis, Series, Span, ceiling, line_chart, pair_rows, span_columns, span_rows, spread
from maps.findings.page import Head
from maps.page import Page
from maps.texts import Texts

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
HEAD = Head("测试县", dt.date(2026, 11, 23), NOON, (118.0, 28.2, 118.1, 28.3))
NAMES = {"P01": "城西片", "P02": "城东片"}
CELL = box(118.01, 28.21, 118.02, 28.22)


def frame(columns: str, *rows: tuple[Any, ...]) -> pd.DataFrame:
    """A frame from a line of names."""
    return pd.DataFrame(list(rows), columns=columns.split())


def places(columns: str, *rows: tuple[Any, ...]) -> gpd.GeoDataFrame:
    """The same with ``geometry`` as the last column, EPSG:4490."""
    return gpd.GeoDataFrame(frame(f"{columns} geometry", *rows), geometry="geometry", crs=4490)


FORECAST = Forecast(
    "hotspots", "cell:150", "", "", (), "", dt.date(2026, 11, 23), dt.date(2026, 11, 29), "gamma_poisson", "complaints",
    90, 35.2, 27, 44, 0.8, 0.12, "2025-11-22T00:00:00Z/2026-11-22T00:00:00Z",
    {"events": 1200, "default_geocodes": [{"lon": 118.0, "lat": 28.2, "events": 40}], "callers_capped": 1,
     "gaps": [{"district": "P02", "origin": "complaint", "first_on": "2026-03-01", "last_on": "2026-04-30",
               "expected": 90, "found": 2}]},
)  # fmt: skip
PLACES = "key name district_code mean lower upper p_in_list cls audit"
SCORES = "from_on lower expected upper observed in_interval hit base_hit calibration"
STANDINGS = "model hit base_hit gain gain_lower gain_upper admitted"


def hotspots(forecast: Forecast | None = FORECAST, weeks: int = 10) -> HotspotsView:
    """A forecast of three places and its record."""
    monday = dt.date(2026, 8, 3)
    scores = [
        (
            monday + dt.timedelta(7 * week),
            27.0,
            35.0,
            44.0,
            30.0 if week else 50.0,
            week > 0,
            0.26,
            0.22,
            [[0.0, 1.2, 1.0, 100.0], [0.2, 2.5, 3.0, 10.0]],
        )
        for week in range(weeks)
    ]
    cells = [
        ("a", "北门", "P01", 3.2, 1.0, 5.0, 0.97, "firm", False, CELL),
        ("b", "南门", "P02", 1.1, 0.0, 2.0, 0.4, "maybe", False, CELL),
        ("c", "河边", "P02", 0.1, 0.0, 1.0, 0.0, "not", True, CELL),
    ]
    return HotspotsView(
        HEAD, forecast, (), NAMES, places(PLACES, *cells), frame(SCORES, *scores),
        frame(STANDINGS, ("glm", 0.26, 0.23, 0.03, -0.01, 0.05, False)),
        frame("name attention population", ("城西片", 0.6, 0.3), ("城东片", 0.4, 0.7)), frame("name weeks"),
    )  # fmt: skip


CURVES = frame(
    "code place_class t_min p lower upper n",
    ("*", "market", 60, 0.1, 0.05, 0.2, 12), ("*", "market", 10080, 0.3, 0.2, 0.5, 12),
)  # fmt: skip
RATES = "level key name closed returned rate lower upper expected verdict"
TESTS = "name measure from_on where phase before after ratio lower upper verdict"
NAN = float("nan")
SITE = SiteChoice(
    1, "sites", "vendor_relief", 10.0, None,
    {"demand": 100.0, "share": 0.6, "share_before": 0.1, "bound_share": 0.6, "quick_share": 0.58, "candidates": 2,
     "proven": True,
     "sentence": {"code": "sites.sentence_proven", "facts": {"sites": 1, "share": "60.0", "before": "20.0"}}},
)  # fmt: skip


def returns(*, empty: bool) -> ReturnsView:
    """A county with one curve, two rates and two tests, or with nothing."""
    again = ("1", "04-01", "market", "P01", NOON, 0.6, 0.2, ["▲ 此处一年内已有 7 件"], Point(118.05, 28.25))
    zone = ("z", "早市", 30.0, 20.0, 50.0, 9, CELL)
    rates = (
        ("district", "P01", "城西片", 100, 30, 0.3, 0.22, 0.4, 0.2, "more"),
        ("district", "P02", "城东片", 8, 1, 0.12, NAN, NAN, 0.2, "insufficient"),
    )
    tests = (
        ("北门岗", "post", dt.date(2026, 9, 1), "ring", "after", 20, 34, 1.7, 1.1, 2.6, "moved"),
        ("整治", "raid", dt.date(2026, 9, 1), "lookalike", "during", 2, 1, NAN, NAN, NAN, "insufficient"),
    )
    listed = places("key code place_class district_code closed_at p expected reasons", *(() if empty else (again,)))
    return ReturnsView(
        HEAD, NAMES, {"04-01": ("无照经营游商", "Street vending")}, 86_400, 50.0, CURVES[:0] if empty else CURVES,
        frame(RATES, *(() if empty else rates)), {"zh": listed, "en": listed},
        places("key name back_h lower_h upper_h n", *(() if empty else (zone,))),
        frame(TESTS, *(() if empty else tests)),
    )  # fmt: skip


def workload(*, empty: bool) -> WorkloadView:
    """A week in which Monday 18:00 is short of people."""
    cells = [
        StudyRow(
            f"P01:{day}:{hour}", StudySentence("maps.no_rows"), "event", (day + 1,), None,
            {"district_code": "P01", "weekday": day + 1, "hour": hour, "demand_min": 60.0 * ((day, hour) == (0, 18)),
             "supply_min": 30.0 * (hour == 18)},
        )
        for day in range(7)
        for hour in range(24)
    ]  # fmt: skip
    move = StudyRow(
        "move:1", StudySentence("maps.places_cell", {"size": "夜市"}), "event", (), None, {"gain_min": 30.0}
    )
    asked = {"first_on": "2025-11-22", "last_on": "2026-11-21"}
    study = Study("workload", "workload", StudySentence("maps.no_rows"), (), (move, *cells), asked)
    return WorkloadView(HEAD, None if empty else study, places("code name", ("P01", "城西片", CELL)))


def sites(*, empty: bool) -> SitesView:
    """One chosen site and one excluded candidate."""
    near = {"code": "maps.places_cell", "size": "200"}
    candidates = (
        ("a", "广场", "P01", 1.0, 60.0, [], Point(118.05, 28.25)),
        ("b", "校门", "P02", NAN, NAN, [near], Point(118.06, 28.25)),
    )
    frame_ = places("key name district_code rank adds reasons", *candidates)
    return SitesView(HEAD, NAMES, None if empty else SITE, (SITE,), frame_)


def suspicions(*, empty: bool) -> SuspicionsView:
    """One suspected extension and one flight."""
    one = (
        "s",
        "北街5号",
        "enlarged",
        120.0,
        33.0,
        0.9,
        [("maps.places_cell", {"size": "3"})],
        "P01",
        dt.date(2026, 10, 1),
        CELL,
    )
    flights = (("十月", dt.date(2026, 10, 1), CELL), ("无日期", None, CELL))
    return SuspicionsView(
        HEAD, NAMES,
        places("key name cls area_m2 changed_m2 confidence reasons district_code seen_on", *(() if empty else (one,))),
        {"dismissed": 2}, places("name flown_on", *(() if empty else flights)),
    )  # fmt: skip


Render = Callable[[Texts], Page]
FULL: Mapping[str, Render] = {
    "hotspots": lambda t: render_hotspots(hotspots(), t),
    "returns": lambda t: render_returns(returns(empty=False), t),
    "workload": lambda t: render_workload(workload(empty=False), t),
    "districting": lambda t: render_districting(DistrictingView(HEAD, NAMES), t),
    "sites": lambda t: render_sites(sites(empty=False), t),
    "suspicions": lambda t: render_suspicions(suspicions(empty=False), t),
}
EMPTY: Mapping[str, tuple[Render, str]] = {
    "hotspots": (lambda t: render_hotspots(hotspots(None), t), "pianqu forecast make"),
    "returns": (lambda t: render_returns(returns(empty=True), t), "pianqu returns"),
    "workload": (lambda t: render_workload(workload(empty=True), t), "pianqu workload"),
    "sites": (lambda t: render_sites(sites(empty=True), t), "pianqu sites"),
    "lighting": (lambda t: render_lighting(LightingView(HEAD, {}), t), "pianqu lighting"),
    "suspicions": (lambda t: render_suspicions(suspicions(empty=True), t), "pianqu footprints check"),
}


def words(html: str) -> str:
    """What a page says, without tags."""
    return re.sub(r"<[^>]+>", " ", html)


@pytest.mark.parametrize("name", FULL)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_row_and_shape_reference_leads_somewhere(name: str, language: Language) -> None:
    page = FULL[name](Texts(language))
    sets = json.loads(page.data)["finding"]["sets"]
    there = {f"{one['name']}:{shape['key']}" for one in sets for shape in one["shapes"]}
    asked = set(re.findall(r'data-shape="([^"]+)"', page.html))
    assert asked <= there
    assert all(shape["look"] in one["looks"] for one in sets for shape in one["shapes"])
    assert len(page.html.encode()) + len(page.script.encode()) < 100_000
    assert "<script>" not in page.html


@pytest.mark.parametrize("name", EMPTY)
def test_a_page_without_findings_says_what_to_do(name: str) -> None:
    render, command = EMPTY[name]
    for language in ("zh", "en"):
        assert command in words(render(Texts(language)).html)


def test_the_list_is_told_in_three_classes_with_the_interval_of_the_set() -> None:
    said = words(render_hotspots(hotspots(), Texts("zh")).html)
    assert "名单共90处:预计35起,80%区间 27–44 起。" in said
    assert "近10期中有9期的实际数落在区间内" in said
    assert said.count("确定在名单内") >= 2 and "可能在名单内" in said
    assert "河边" not in said.split("名单内与可能在名单内的地点")[1].split("可信度")[0]


def test_probabilities_stand_beside_what_came_with_how_many_places() -> None:
    said = words(render_hotspots(hotspots(), Texts("zh")).html).split("概率可信吗")[1]
    assert re.search(r"0%–20%\s+1\.2%\s+1\.0%\s+1,000", said)
    assert re.search(r"20%–100%\s+25\.0%\s+30\.0%\s+100", said)


def test_the_usual_shifts_have_english_names() -> None:
    shift = replace(FORECAST, shift="晨查", shift_code="morning")
    own = replace(FORECAST, shift="河长班", shift_code="river")
    assert "Morning shift" in words(render_hotspots(hotspots(shift), Texts("en")).html)
    assert "晨查" in words(render_hotspots(hotspots(shift), Texts("zh")).html)
    assert "河长班" in words(render_hotspots(hotspots(own), Texts("en")).html)


def test_the_map_draws_no_heat_but_three_classes_and_the_sample() -> None:
    sets = json.loads(render_hotspots(hotspots(), Texts("zh")).data)["finding"]["sets"]
    assert [one["name"] for one in sets] == ["places", "audit"]
    looks = sets[0]["looks"]
    assert set(looks) == {"firm", "maybe", "not"}
    assert looks["maybe"]["dash"] and not looks["firm"]["dash"] and looks["not"]["fill"] == 0
    assert [shape["key"] for shape in sets[1]["shapes"]] == ["ac"]


def test_the_page_of_a_whole_county_stays_small() -> None:
    """Two thousand cells with street names: what was looked at and left out is outlined near the list only."""
    cells = [(f"c{n}", "解放路(近人民路)", "P01", 1.0, 0.0, 2.0, max(0.95 - n / 100, 0), "not", n % 9 == 0, CELL)
             for n in range(2000)]  # fmt: skip
    frame_ = places(PLACES, *cells)
    frame_["cls"] = ["firm" if p > 0.8 else "maybe" if p > 0.2 else "not" for p in frame_["p_in_list"]]
    page = render_hotspots(replace(hotspots(), places=frame_), Texts("en"))
    assert len(page.data.encode()) < 300_000
    assert len(json.loads(page.data)["finding"]["sets"][0]["shapes"]) > 400


def test_a_short_record_is_called_short() -> None:
    assert "只有3期,还不足以说明是否可信" in words(render_hotspots(hotspots(weeks=3), Texts("zh")).html)
    assert "还不足以说明" not in words(render_hotspots(hotspots(), Texts("zh")).html)


def test_few_closings_are_marked_and_not_judged() -> None:
    said = words(render_returns(returns(empty=False), Texts("zh")).html)
    assert "▲ 高于预期" in said
    assert re.search(r"城东片\s+1 / 8\s.*?样本少", said, re.DOTALL)
    assert "样本不足" in said and "▲ 有转移" in said and "24小时内回潮" in said


def test_a_matrix_says_where_people_are_short() -> None:
    county, district = json.loads(render_workload(workload(empty=False), Texts("zh")).data)["workload"]
    assert county["pairs"] == district["pairs"]
    assert [place for place, state in enumerate(county["states"]) if state == "short"] == [18]
    assert county["states"].count("spare") == 6
    assert district["records"][18] == [1]


def test_excluded_sites_keep_their_reasons() -> None:
    said = words(render_sites(sites(empty=False), Texts("zh")).html)
    assert "已证明最优" in said and "60.0%" in said
    assert "米网格" in said.split("被排除的候选点")[1]


def test_a_suspicion_is_never_called_illegal() -> None:
    said = words(render_suspicions(suspicions(empty=False), Texts("zh")).html)
    assert "疑似扩建" in said and "不得据此认定违建" in said and "排除2处" in said


def test_names_from_data_are_marked_in_both_languages() -> None:
    page = render_hotspots(hotspots(), Texts("en"))
    for name in ("北门", "城西片"):
        assert f'<bdi lang="zh-CN">{name}</bdi>' in page.html
    shown = [shape["title"] for shape in json.loads(page.data)["finding"]["sets"][0]["shapes"]]
    assert "\u2068北门\u2069" in shown


def test_markup_in_names_stays_text() -> None:
    view = hotspots()
    view.places.loc[0, "name"] = "<img src=x onerror=alert(1)>"
    page = render_hotspots(view, Texts("zh"))
    assert "<img" not in page.html and "<img" not in page.data


@given(st.lists(st.floats(0, 1000, allow_nan=False), min_size=1, max_size=40), st.integers(1, 5))
def test_labels_keep_their_distance_and_order(wanted: list[float], gap: int) -> None:
    found = spread(wanted, gap, -1e9, 1e9)
    order = sorted(range(len(wanted)), key=lambda place: wanted[place])
    ranked = [found[place] for place in order]
    assert all(later - earlier >= gap - 1e-6 for earlier, later in itertools.pairwise(ranked))


@given(st.lists(st.floats(0, 1e6, allow_nan=False), max_size=20))
def test_an_axis_ends_above_all_values_and_not_far_above(values: list[float]) -> None:
    top = ceiling(values)
    assert top >= max(values, default=0) * (1 - 1e-9)
    assert top <= max(max(values, default=0) * 2, 1)


CHARTS = {
    "lines": lambda: line_chart(
        "a < b", "x", [Series("一", [0, 1, 2], [0.1, NAN, 0.3], [0, 0, 0], [1, 1, 1], steps=True)],
        Axis("天", 0, 2), Axis("率", 0, 1), diagonal="相等",
    ),
    "columns": lambda: span_columns("t", "d", [Span("w1", 1, 2, 3, 4.0), Span("w2", 1, 2, 3, None)], "起"),
    "rows": lambda: span_rows("t", "d", [Span("城西<片", 0.1, 0.2, 0.3, 0.25, small=True)], "率"),
    "pairs": lambda: pair_rows("t", "d", [("城西片", 0.5, 0.0)], ("甲", "乙")),
}  # fmt: skip


@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_is_well_formed_named_and_within_its_canvas(name: str) -> None:
    tree = Xml.fromstring(str(CHARTS[name]()))
    assert tree.get("role") == "img" and tree.get("aria-label")
    _, _, width, height = map(float, (tree.get("viewBox") or "").split())
    for node in tree.iter("text"):
        assert 0 <= float(node.get("x") or -1) <= width and 0 <= float(node.get("y") or -1) <= height
    for node in tree.iter():
        assert "nan" not in " ".join(node.attrib.values()).lower()


def test_a_stretch_is_drawn_as_a_line_and_drills_to_its_records() -> None:
    from geo.hotspots.findings import Row, Sentence

    row = Row(
        "d1", Sentence("maps.places_cell", {"size": 5}), "streetlight", (7, 9), LineString([(118, 28.2), (118.1, 28.2)])
    )
    study = Study("dark_stretches", "lighting", StudySentence("maps.no_rows"), (), (row,), {})
    page = render_lighting(LightingView(HEAD, {"dark_stretches": study}), Texts("zh"))
    [shapes] = json.loads(page.data)["finding"]["sets"]
    assert shapes["shapes"][0]["lines"] and shapes["shapes"][0]["drill"]["ids"] == [7, 9]
