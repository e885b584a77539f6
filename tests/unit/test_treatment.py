"""The life of a 片区's plan, what it may say, and when a target is met."""

from __future__ import annotations

import dataclasses
import datetime as dt
import types

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from geo.patrol.treatment.content import (
    Content,
    ContentBroken,
    Frequency,
    Problem,
    StreetDuty,
    Target,
    check_content,
    missing,
    read_content,
)
from geo.patrol.treatment.figures import Figure, judge
from geo.patrol.treatment.states import NEXT, StepNotOpen, open_steps, status_after
from maps.reports.treatment_sheet import TreatmentSheet, newest_links, render_treatment_sheet
from maps.texts import Texts

DAY = dt.date(2026, 12, 1)
ENDS = {"evaluated", "withdrawn"}


def plan(**changed: object) -> Content:
    whole = Content(
        "老城", "守住校门", "A01", DAY, DAY + dt.timedelta(days=27), (Problem("占道", ("0201",)),),
        (Target("events", 7, ("0201",)), Target("passes", 900)), ("P1",), (StreetDuty("人民路", (1, 2), 2),),
        (Frequency("day", ("Mo", "Fr")),),
    )  # fmt: skip
    return dataclasses.replace(whole, **changed)  # type: ignore[arg-type]


def test_every_state_is_reached_from_a_draft_and_every_open_one_has_a_way_out() -> None:
    reached, waiting = {"draft"}, ["draft"]
    while waiting:
        here = waiting.pop()
        for (at, _), after in NEXT.items():
            if at == here and after not in reached:
                reached.add(after)
                waiting.append(after)
    states = {at for at, _ in NEXT} | set(NEXT.values())
    assert reached == states
    assert {state for state in states if not open_steps(state)} == ENDS  # type: ignore[arg-type]


def test_a_step_that_is_not_open_names_those_that_are() -> None:
    with pytest.raises(StepNotOpen) as caught:
        status_after("running", "approve")
    assert caught.value.facts["open"] == "end"


def test_a_plan_comes_back_from_json_as_it_was() -> None:
    whole = plan()
    plain = {name: getattr(whole, name) for name in ("title", "goal", "owner", "from_on", "to_on", "posts")}
    assert read_content({**plain, **whole.lists()}) == whole


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": "  "}, "treatment.empty"),
        ({"to_on": DAY - dt.timedelta(days=1)}, "treatment.dates"),
        ({"to_on": DAY + dt.timedelta(days=367)}, "treatment.dates"),
        ({"targets": (Target("passes", 1001),)}, "treatment.goal"),
        ({"targets": (Target("events", -1),)}, "treatment.goal"),
        ({"targets": (Target("events", 1), Target("events", 2))}, "treatment.twice"),
        ({"streets": (StreetDuty("人民路", (1,), 13),)}, "treatment.passes"),
        ({"streets": (StreetDuty("人民路", (), 1),)}, "treatment.passes"),
        ({"frequency": (Frequency("dusk", ("Mo",)),)}, "treatment.shift"),
        ({"frequency": (Frequency("day", ("Monday",)),)}, "treatment.weekdays"),
        ({"frequency": (Frequency("day", ()),)}, "treatment.weekdays"),
    ],
)
def test_what_contradicts_itself_is_refused(changed: dict[str, object], code: str) -> None:
    with pytest.raises(ContentBroken) as caught:
        check_content(plan(**changed), ["day"])
    assert caught.value.code == code


def test_a_whole_plan_is_taken_and_lacks_nothing() -> None:
    check_content(plan(), ["day"])
    assert missing(plan()) == []
    assert missing(plan(posts=(), streets=())) == ["posts"]


@given(st.integers(0, 400), st.integers(1, 400), st.integers(0, 400))
def test_fewer_events_never_miss_a_target_that_more_meet(count: int, days: int, goal: int) -> None:
    target = Target("events", goal)
    if judge(target, Figure(0, days), Figure(count, days)).verdict == "met":
        assert judge(target, Figure(0, days), Figure(max(count - 1, 0), days)).verdict == "met"
    assert (judge(target, Figure(0, 1), Figure(count, days)).verdict == "met") == (count / days * 7 <= goal + 1e-9)


def test_a_share_of_few_says_nothing_and_no_days_neither() -> None:
    assert judge(Target("posts_on_time", 900), Figure(0, 0), Figure(9, 9)).verdict == "insufficient"
    assert judge(Target("events", 900), Figure(0, 0), Figure(0, 0)).verdict == "insufficient"


def test_the_page_shows_problems_targets_posts_and_how_it_came_out() -> None:
    whole = plan(targets=(Target("events", 5, ("0201",)), Target("posts_on_time", 950)))
    figures = [{"count": 28, "of": 28}, {"count": 51, "of": 53}]
    stored = {
        **whole.lists(), "title": "老城<方案>", "goal": "g", "status": "evaluated", "version": 2, "from_on": DAY,
        "to_on": DAY, "district_code": "W", "baseline": {"figures": figures[:1]},
        "evaluation": {"figures": figures, "verdicts": ["missed", "met"]},
    }  # fmt: skip
    sheet = TreatmentSheet("示例县", "老城", stored, "赵六", [], {"day": "白班"}, Markup("<svg/>"), DAY)
    html = render_treatment_sheet(sheet, Texts("zh", dt.timezone(dt.timedelta(hours=8))))
    assert "老城&lt;方案&gt;" in html and "<方案>" not in html
    assert "28 天 28 起" in html and "51 / 53" in html and "未达标" in html and "—" in html
    assert "周一, 周五" in html


def test_a_sheet_says_hours_in_words_and_a_card_leads_to_the_newest_plans_of_its_district() -> None:
    content = plan()
    stored = {
        **{name: getattr(content, name) for name in ("title", "goal", "from_on", "to_on", "posts")}, **content.lists(),
        "status": "running", "version": 1, "district_code": "P1", "baseline": None, "evaluation": None,
    }  # fmt: skip
    post = types.SimpleNamespace(
        name="校门", opening="Mo-Fr 07:00-08:10; PH off", people=["赵六"], duty="劝离", effect="少"
    )
    sheet = TreatmentSheet("示例县", "老城", stored, "赵六", [post], {"day": "白班"}, Markup("<svg/>"), DAY)
    for language, said in (
        ("zh", "周一至周五 07:00–08:10；法定节假日除外"),
        ("en", "Mon-Fri 07:00–08:10; public holidays"),
    ):
        html = render_treatment_sheet(sheet, Texts(language))  # type: ignore[arg-type]
        assert said in html and "Mo-Fr" not in html
    other = dataclasses.replace(sheet, plan={**stored, "district_code": "P2"})
    links = newest_links([(9, sheet), (8, other), (7, sheet), (6, sheet), (5, sheet)])
    assert [(link.number, link.district_code) for link in links] == [(9, "P1"), (8, "P2"), (7, "P1"), (6, "P1")]
