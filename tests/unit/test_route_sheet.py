"""The sheet shows every stop inside its map, in order, and nothing of people but their names."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from dataclasses import replace
from xml.etree import ElementTree

import geopandas
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from shapely.geometry import LineString, box

from maps.plans import Line, Shift, Stop, Team, join_passes, simplify
from maps.reports import sheet_picture
from maps.reports.route_sheet import MOST_STOPS, ONE_COLUMN, TeamSheet, columns, render_route_sheet
from maps.reports.sheet_map import HEIGHT_MM, SCALE_STEPS_M, WIDTH_MM, Ground, draw_map, fit_frame
from maps.reports.sheet_picture import PIXELS, draw_picture, render_sheet_svg
from maps.texts import Texts

START = dt.datetime(2026, 11, 22, 0, 0, tzinfo=dt.UTC)
places = st.tuples(st.floats(117.9, 118.1), st.floats(28.2, 28.4))


def stops(count: int) -> tuple[Stop, ...]:
    return tuple(
        Stop(i + 1, "zone", f"点{i + 1}", "PQ01", 118 + i * 0.001, 28.3, START + i * dt.timedelta(minutes=20), START)
        for i in range(count)
    )


def sheet(count: int, name: str = "张三") -> TeamSheet:
    line: Line = tuple((stop.lon, stop.lat) for stop in stops(count))
    team = Team(
        "T1",
        "老城片区1队",
        "local",
        "foot",
        "PQ01",
        None,
        (name,),
        0,
        0,
        (118.0, 28.3),
        3600,
        900,
        (line,),
        stops(count),
    )
    shift = Shift("day", "白班", START, START + dt.timedelta(hours=8), 1, "published", 1.0, (team,), ())
    roads = geopandas.GeoDataFrame(
        {"name": ["人民路", None], "tier": ["main", "lane"]},
        geometry=[LineString([(117.9, 28.301), (118.1, 28.301)]), LineString([(118.001, 28.2), (118.001, 28.4)])],
        crs=4490,
    )
    water = geopandas.GeoDataFrame({"name": ["河"]}, geometry=[box(117.9, 28.295, 118.1, 28.299)], crs=4490)
    return TeamSheet("示例县", dt.date(2026, 11, 22), shift, team, draw_map(team, Ground(roads, water)), ("测试",))


@given(st.lists(places, min_size=1, max_size=20))
def test_frame_holds_all_points_and_is_true_to_scale_for_any_points(points: list[tuple[float, float]]) -> None:
    frame = fit_frame(np.array(points))
    paper = frame.place(np.array(points))
    assert (paper >= -1e-6).all()
    assert (paper <= (WIDTH_MM + 1e-6, HEIGHT_MM + 1e-6)).all()
    assert frame.mm_per_lat / frame.mm_per_m == pytest.approx(110_850, rel=2e-3)  # one degree near 28.3 N
    assert min(SCALE_STEPS_M) * frame.mm_per_m <= 45


@given(st.integers(0, MOST_STOPS))
def test_columns_keep_every_stop_in_order_for_any_number_that_fits(count: int) -> None:
    found = columns(stops(count))
    assert [stop.seq for column in found for stop in column] == list(range(1, count + 1))
    assert len(found) <= 2
    assert len(found[0]) <= max(ONE_COLUMN, MOST_STOPS // 2)


@pytest.mark.parametrize("count", [0, 1, 18, 19, 36, 37, 54])
def test_sheet_lists_and_draws_every_stop(count: int) -> None:
    html = render_route_sheet(sheet(count), Texts("zh", dt.timezone(dt.timedelta(hours=8))))
    assert html.count('class="box"') == count
    assert html.count('<rect class="stop"') == count
    assert "人民路" in html or count < 2
    assert "内部使用" in html


def test_sheet_says_how_many_stops_do_not_fit() -> None:
    html = render_route_sheet(sheet(MOST_STOPS + 4), Texts("zh"))
    assert "另有 4 个点位" in html


def test_names_from_data_cannot_become_markup() -> None:
    html = render_route_sheet(sheet(1, name="<script>alert(1)</script>"), Texts("en"))
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert" in html


@given(st.lists(places, min_size=2, max_size=30))
def test_a_simplified_line_stays_within_its_tolerance_for_any_line(points: list[tuple[float, float]]) -> None:
    line = simplify(tuple(points), 0.0001)
    assert line[0] == points[0] and line[-1] == points[-1]
    drawn = LineString(line)
    assert all(drawn.distance(LineString([point, point])) <= 0.000101 for point in points)


street = st.sampled_from(["人民路", "解放路"])


@given(st.lists(st.tuples(st.sampled_from(["pass", "zone"]), street), max_size=30))
def test_joined_passes_keep_all_time_and_order_for_any_day(day: list[tuple[str, str]]) -> None:
    rows = tuple(
        Stop(
            i + 1,
            kind,
            name,
            None,
            118.0,
            28.3,
            START + i * dt.timedelta(hours=1),
            START + (i + 0.5) * dt.timedelta(hours=1),
        )
        for i, (kind, name) in enumerate(day)
    )
    joined = join_passes(rows)
    assert [row.seq for row in joined] == list(range(1, len(joined) + 1))
    assert sum(row.stretches for row in joined) == len(rows)
    assert all(a.leave_at <= b.arrive_at for a, b in itertools.pairwise(joined))
    assert all(row.stretches == 1 for row in joined if row.kind == "zone")
    assert all((a.kind, a.name) != (b.kind, b.name) or a.kind == "zone" for a, b in itertools.pairwise(joined))


@pytest.mark.parametrize("count", [0, 3, 60])
def test_the_picture_shows_every_stop_and_grows_with_them(count: int) -> None:
    svg = render_sheet_svg(sheet(count, "李<四>&"), Texts("zh", dt.timezone(dt.timedelta(hours=8))))
    root = ElementTree.fromstring(svg)
    said = "".join(root.itertext())
    assert all(f"点{number}" in said for number in range(1, count + 1))
    assert "李<四>&" in said and "<bdi" not in svg
    width, height = Image.open(io.BytesIO(draw_picture(svg))).size
    assert width == PIXELS
    assert height == pytest.approx(PIXELS * float(root.get("viewBox", "").split()[3]) / 198, abs=2)


def test_without_a_chinese_font_the_picture_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_picture, "FAMILIES", ("No Such Family",))
    sheet_picture._family.cache_clear()
    with pytest.raises(sheet_picture.NoFont):
        draw_picture("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 1 1'/>")
    sheet_picture._family.cache_clear()


def visit(seq: int, name: str, minute: int, stay: int = 10, wait: int = 0, **more: int) -> Stop:
    at = START + dt.timedelta(minutes=minute)
    begin = at + dt.timedelta(minutes=wait)
    leave = begin + dt.timedelta(minutes=stay)
    return Stop(seq, "zone", name, "PQ01", 118.0, 28.3, at, leave, begin_at=begin, **more)


def test_waiting_is_its_own_line_and_no_stay() -> None:
    one = sheet(3)
    waiting = visit(1, "菜场", 0, wait=90, saved=31_200, earlier=-6_400, later=300)
    team = replace(one.team, stops=(waiting, *one.team.stops[1:]))
    page = render_route_sheet(replace(one, team=team), Texts("zh"))
    assert "等候至01:30" in page
    assert "少31违规分钟" in page
    assert page.index("等候至01:30") < page.index("菜场")
    assert waiting.explain(Texts("zh")) == "少31违规分钟 · 早10分钟到则少压减6"
    assert waiting.explain(Texts("en")) == "saves 31 violation-min · 10 min earlier would cost 6"


def test_a_visit_that_saves_little_does_not_say_that_it_saves_nothing() -> None:
    assert visit(1, "菜场", 0, saved=499).describe(Texts("zh")).endswith("少不到1违规分钟")
    assert visit(1, "菜场", 0, saved=500).describe(Texts("zh")).endswith("少1违规分钟")


def test_paper_counts_streets_done_on_the_way_and_a_screen_names_them() -> None:
    one = sheet(3)
    riding = replace(visit(1, "菜场", 0), on_the_way=("文庙路", "清泰路", "龙泰路"))
    assert "文庙路、清泰路等 3 条" in riding.describe(Texts("zh"))
    page = render_route_sheet(replace(one, team=replace(one.team, stops=(riding, *one.team.stops[1:]))), Texts("zh"))
    assert "顺路3条" in page
    assert "文庙路" not in page


def test_stays_one_after_another_at_a_place_are_one_row() -> None:
    told = {"saved": 2_000, "earlier": 0, "later": 0}
    joined = join_passes([visit(1, "菜场", 0, **told), visit(2, "菜场", 10, **told), visit(3, "菜场", 40, **told)])
    assert [(stop.seq, stop.saved, stop.stretches) for stop in joined] == [(1, 4_000, 1), (2, 2_000, 1)]
    assert joined[0].leave_at == START + dt.timedelta(minutes=20)
