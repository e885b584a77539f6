"""Workbooks that we write: read by two other programs as they were meant, the same bytes for the same rows."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from geo.cases.sheets import write_sheet
from geo.cases.workbooks import LONGEST_TEXT, to_workbook

COLUMNS = ("编号", "名称", "数量", "比率", "是", "日期")
ROWS = [
    ("007", '甲 & <乙> "丙"', 3, 0.5, True, dt.date(2026, 3, 1)),
    ("=1+1", " 前后有空 \n两行\t\r", -12_345_678_901, 1e-7, False, None),
    ("𠮷\u0000\u000b", None, None, float("nan"), None, dt.datetime.fromisoformat("2026-03-01 08:30")),
]


def test_two_readers_find_in_a_workbook_what_was_written(tmp_path: Path) -> None:
    path = tmp_path / "表.xlsx"
    assert write_sheet(path, COLUMNS, ROWS, "2026-01-01/2026-03-31 一季度统计报表与片区明细数据") == 3
    page = openpyxl.load_workbook(path).active
    assert page is not None
    assert page.title == "2026-01-01 2026-03-31 一季度统计报表与片"
    found = [[cell.value for cell in row] for row in page.iter_rows()]
    assert found == [
        list(COLUMNS),
        ["007", '甲 & <乙> "丙"', 3, 0.5, True, "2026-03-01"],
        ["'=1+1", " 前后有空 \n两行\t\r", -12_345_678_901, 1e-7, False, None],
        ["𠮷", None, None, None, None, "2026-03-01 08:30:00"],
    ]
    read = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert [["" if value is None else value for value in row] for row in found] == read


def test_the_same_rows_give_the_same_bytes_and_other_rows_others() -> None:
    rows = [["a", 1], ["b", 2]]
    assert to_workbook(["x", "y"], rows, "t") == to_workbook(["x", "y"], rows, "t")
    assert to_workbook(["x", "y"], [["a", 1], ["b", 3]], "t") != to_workbook(["x", "y"], rows, "t")


@pytest.mark.parametrize(("rows", "shape"), [([], (1, 2)), ([["x" * 40_000, ""]], (2, 2))])
def test_an_empty_table_and_a_very_long_text_are_workbooks_too(rows: list[list[str]], shape: tuple[int, int]) -> None:
    page = openpyxl.load_workbook(io.BytesIO(to_workbook(["a", "b"], rows, ""))).active
    assert page is not None
    assert (page.max_row, page.max_column, page.title) == (*shape, "Sheet1")
    if rows:
        assert page["A2"].value == "x" * LONGEST_TEXT
