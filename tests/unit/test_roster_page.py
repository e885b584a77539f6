"""The page of rosters: every duty in its week, what is lacking with its rule, burdens beside each other."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import pytest

from geo.messages import Language
from geo.patrol.people.fairness import Burden
from geo.patrol.people.rules import Duty, Need, RosterProblem, Shift
from geo.patrol.people.why import why_not
from geo.patrol.problem import Person
from maps.dashboards.rosters import Colleague, RostersView, ShownRoster, render_rosters
from maps.findings.page import Head
from maps.texts import Texts

MONDAY = dt.date(2026, 11, 23)
HEAD = Head("测试县", MONDAY, dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC), (118.0, 28.2, 118.1, 28.3))
WEDNESDAY = frozenset({MONDAY + dt.timedelta(2)})
LACK = {"on_date": "2026-11-28", "shift": "night", "lack": "leader", "short": 1, "in_the_way": ["rest", "leave"]}
ROSTER = ShownRoster(
    "rosters", 7, MONDAY, MONDAY + dt.timedelta(13), "draft", {"lacking": [LACK]},
    (
        (MONDAY, "day", "R1", "leader"), (MONDAY, "night", "R1", "member"),
        (MONDAY + dt.timedelta(8), "night", "A1", "member"),
    ),
    (
        Colleague("R1", "<张三>", "regular", Burden(2, 1, 0, 780), Burden(5, 0, 1, 2700), WEDNESDAY),
        Colleague("A1", "李四", "auxiliary", Burden(1, 1, 0, 240), Burden()),
    ),
)  # fmt: skip
VIEW = RostersView(
    HEAD, ROSTER, (("rosters", MONDAY, MONDAY + dt.timedelta(13), "draft"),), {"day": "日班", "night": "夜班"},
    [("S1", "一中队", 118.05, 28.25)], (("A1", "李四"), ("R1", "<张三>")),
)  # fmt: skip


def rows_of(html: str, caption: str) -> list[list[str]]:
    """Cells of the table with a caption, without tags."""
    table = html.split(f"<caption>{caption}</caption>")[1].split("</table>")[0]
    rows = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in table.split("<tr")[2:]]
    return [[re.sub(r"<br>", "/", cell) for cell in row] for row in rows]


def plain(cell: str) -> str:
    """A cell without tags."""
    return re.sub(r"<[^>]+>", "", cell)


def test_each_duty_stands_in_its_week_on_its_day_with_its_leader_and_its_leave() -> None:
    html = render_rosters(VIEW, Texts("zh")).html
    first = [[plain(cell) for cell in row] for row in rows_of(html, "2026-11-23 至 2026-11-29 班表")]
    assert first[0] == ["&lt;张三&gt; R1", "日班★/夜班", "–", "请假", "–", "–", "–", "–", "2"]
    second = [[plain(cell) for cell in row] for row in rows_of(html, "2026-11-30 至 2026-12-06 班表")]
    assert second[1] == ["李四 A1", "–", "夜班", "–", "–", "–", "–", "–", "1"]
    assert "<张三>" not in html


def test_what_is_lacking_names_the_rules_that_are_in_the_way() -> None:
    html = render_rosters(VIEW, Texts("zh")).html
    (row,) = rows_of(html, "缺什么、被哪条规则挡住")
    assert [plain(cell) for cell in row] == ["2026-11-28 周六", "夜班", "带班领导", "1", "班间休息、请假"]
    nobody = replace(ROSTER, summary={"lacking": [{**LACK, "shift": "", "in_the_way": []}]})
    (row,) = rows_of(render_rosters(replace(VIEW, roster=nobody), Texts("zh")).html, "缺什么、被哪条规则挡住")
    assert [plain(cell) for cell in row][1::3] == ["全天", "在岗人手本就不够"]


def test_burdens_are_compared_within_a_kind_weeks_before_included() -> None:
    html = render_rosters(VIEW, Texts("en")).html
    (row,) = rows_of(html, "Regulars one by one")
    assert [plain(cell) for cell in row[1:]] == ["2", "1", "0", "13", "5", "0", "1", "45"]
    assert "Auxiliaries one by one" in html


@pytest.mark.parametrize("language", ["zh", "en"])
def test_without_a_roster_the_page_says_how_to_begin(language: Language) -> None:
    page = render_rosters(replace(VIEW, roster=None, others=()), Texts(language))
    assert Texts(language)("no_roster") in page.html and 'id="roster-act"' in page.html
    assert json.loads(page.data)["rosters"]["roster"] is None


def test_a_duty_that_breaks_something_is_told_by_rule_and_one_that_does_not_is_possible() -> None:
    shifts = (
        Shift("day", 510, 1050, {"workday": Need(1)}), Shift("night", 1320, 1500, {"workday": Need(1)}),
        Shift("noon", 660, 780, {"workday": Need(1)}),
    )  # fmt: skip
    people = (Person(1, "A", "auxiliary", None, None, None),)
    leave = {1: frozenset({MONDAY + dt.timedelta(3)})}
    problem = RosterProblem(MONDAY, ("workday",) * 7, shifts, people, leave)
    duties = [Duty(MONDAY, "day", 1), *(Duty(MONDAY + dt.timedelta(day), "day", 1) for day in (1, 2, 4))]

    def why(day: int, shift: str) -> tuple[str, ...]:
        return why_not(problem, duties, Duty(MONDAY + dt.timedelta(day), shift, 1))

    assert why(0, "noon") == ("day_minutes", "overlap")  # nine hours and two more, both at noon
    assert why(0, "night") == ("day_minutes", "rest")  # 9 + 3 h, and the day shift of Tuesday begins too soon after
    assert why(3, "day") == ("leave",)
    assert why(5, "day") == ()
    full = [*duties, Duty(MONDAY + dt.timedelta(5), "day", 1)]
    assert why_not(problem, full, Duty(MONDAY + dt.timedelta(6), "day", 1)) == ("days_off", "week_minutes")
