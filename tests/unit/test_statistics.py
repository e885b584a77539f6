"""The list of figures: every row can be read, names columns that are there, and mixes no units."""

from __future__ import annotations

import csv
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from geo.cases.statistics.events.spans import spans
from geo.cases.statistics.figures import FILE, Figure, FigureUnreadable, figures, get_figure, read_figure
from geo.cases.statistics.registers.queries import Asked, Statement, count, spots

ASKED = Asked("990101", dt.date(2026, 1, 1), dt.date(2026, 12, 31), "Asia/Shanghai", ("W",))
KEPT = [figure for figure in figures().values() if figure.table is not None]


class Spy:
    """A session that only keeps the statement, made into text."""

    def execute(self, statement: object) -> list[object]:
        self.said = str(statement.compile(dialect=postgresql.dialect()))  # type: ignore[attr-defined]
        return []


@pytest.mark.parametrize("figure", KEPT, ids=lambda figure: figure.name)
def test_every_figure_names_columns_that_are_there(figure: Figure) -> None:
    statement = Statement(figure, ASKED, {})
    spy = Spy()
    (spots if statement.by_place else count)(spy, statement)  # type: ignore[arg-type]
    assert "tenant" in spy.said
    if figure.period in ("at", "on"):
        assert figure.dates and figure.dates[0] is not None


def test_a_figure_without_records_says_why_and_one_divided_names_another() -> None:
    for figure in figures().values():
        assert figure.table is not None or figure.note, figure.name
        if figure.over:
            assert get_figure(figure.over).table is not None
        assert figure.zh and figure.en and figure.unit and figure.source


def test_every_figure_the_reports_of_one_county_print_is_in_the_list() -> None:
    printed = {
        "扬尘": "处", "占道经营": "次", "小广告": "次", "乱倒建筑垃圾": "次", "混凝土工地": "处", "湿法作业": "次",
        "大型户外广告": "处", "门头广告": "处", "门前四包": "份", "自拌混凝土备案": "份", "拉运备案": "家",
        "门头招牌备案": "户", "开挖城市道路": "件", "占道审批": "件", "来电": "件", "责令改正": "份", "立案查处": "起",
    }  # fmt: skip
    for words, unit in printed.items():
        assert any(words in figure.prose or words in figure.zh for figure in figures().values() if figure.unit == unit)


@pytest.mark.parametrize(
    ("column", "value"),
    [("count", "average:x"), ("where", "code~1"), ("period", "then:x"), ("district", "a>b"), ("count", "sum:a b")],
)
def test_a_row_that_cannot_be_read_is_refused_naming_the_column(column: str, value: str) -> None:
    with FILE.open(encoding="utf-8", newline="") as lines:
        row = next(csv.DictReader(lines))
    with pytest.raises(FigureUnreadable) as refused:
        read_figure({**row, column: value})
    assert refused.value.facts["column"] == column and refused.value.facts["value"] == value


@given(st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)), st.integers(-3, 4000))
def test_a_period_is_taken_apart_without_gap_or_overlap(first: dt.date, days: int) -> None:
    last = first + dt.timedelta(days=days)
    now = first
    for span in spans(first, last):
        assert span.first == now
        end = {"day": span.last, "month": (span.last + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1),
               "year": span.last.replace(month=12, day=31)}[span.grain]  # fmt: skip
        now = end + dt.timedelta(days=1)
    assert now == max(first, last + dt.timedelta(days=1))
