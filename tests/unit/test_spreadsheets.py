"""Tables as they come: encodings, merged cells, dates, empty rows, and files that are no tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from geo.cases.spreadsheets.reading import ColumnMissing, Row, find_columns, open_table
from geo.layers.reports import FileRefused


def read(path: Path, sheet: str | None = None) -> tuple[tuple[str, ...], list[Row]]:
    with open_table(path, sheet) as table:
        return table.header, list(table.rows)


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8-sig", ","), ("gb18030", "\t"), ("utf-16", ";")])
def test_a_csv_is_read_in_any_encoding_with_the_rows_own_numbers(tmp_path: Path, encoding: str, separator: str) -> None:
    lines = [["工单编号", "诉求内容"], ["A1", ' "店外\n经营" '.strip()], ["", ""], ["A2", "噪声 "]]
    path = tmp_path / "a.csv"
    path.write_bytes("\r\n".join(separator.join(line) for line in lines).encode(encoding))
    header, rows = read(path)
    assert header == ("工单编号", "诉求内容")
    assert rows == [
        Row(3, {"工单编号": "A1", "诉求内容": "店外\n经营"}),
        Row(5, {"工单编号": "A2", "诉求内容": "噪声"}),
    ]


def test_a_workbook_gives_dates_whole_numbers_and_merged_cells_in_every_row(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.append(["来件时间", "工单编号", None, "街道", "街道"])
    page.append([dt.datetime.fromisoformat("2026-03-01T08:30"), 1001, "x", "城关镇", "重名"])
    page.append([dt.datetime.fromisoformat("2026-03-02"), 1002.0, None, None, None])
    page.append([])
    page.append([None, "1003", None, None, None])
    page.merge_cells("D2:D3")
    book.create_sheet("别的").append(["a"])
    path = tmp_path / "工单.xlsx"
    book.save(path)
    header, rows = read(path)
    assert header == ("来件时间", "工单编号", "", "街道", "街道")
    assert [row.number for row in rows] == [2, 3, 5]
    assert rows[0].cells == {"来件时间": "2026-03-01 08:30:00", "工单编号": "1001", "街道": "城关镇"}
    assert rows[1].cells == {"来件时间": "2026-03-02", "工单编号": "1002", "街道": "城关镇"}
    assert rows[2].cells["街道"] == ""
    assert read(path, "别的") == (("a",), [])
    with pytest.raises(FileRefused) as refused, open_table(path, "没有"):
        pass
    assert refused.value.code == "spreadsheets.no_sheet" and refused.value.facts["known"] == "Sheet, 别的"


def test_merged_cells_may_begin_and_end_in_different_rows(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["a", "b", "c"], ["1", "2", "3"], ["x", "4", "x"], ["x", "x", "x"], ["x", "5", "6"], ["7", "8", "9"]):
        page.append(row)
    for cells in ("B3:B4", "A2:A5", "C2:C4"):
        page.merge_cells(cells)
    path = tmp_path / "工单.xlsx"
    book.save(path)
    said = ["".join(row.cells[name] for name in "abc") for row in read(path)[1]]
    assert said == ["123", "143", "143", "156", "789"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "spreadsheets.no_header"),
        (b"\n,,\n", "spreadsheets.no_header"),
        (b"PK\x03\x04 nonsense", "spreadsheets.not_a_table"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refused:
        read(path)
    assert refused.value.code == code


def test_a_missing_column_is_named_with_those_there_are() -> None:
    wanted = {"content": ["诉求内容", "内容"], "place": ["地址"]}
    assert find_columns(["内容", "地 址"], wanted) == {"content": "内容", "place": "地 址"}
    assert find_columns(["a", "b"], wanted, ["content"], {"content": "b"}) == {"content": "b"}
    with pytest.raises(ColumnMissing) as missing:
        find_columns(["地址"], wanted, ["content"])
    assert missing.value.facts == {"field": "content", "names": "诉求内容、内容", "columns": "地址"}
    for said in ({"content": "没有"}, {"palace": "地址"}):
        with pytest.raises(ColumnMissing):
            find_columns(["地址"], wanted, [], said)


def test_lots_hold_the_cells_of_the_rows_by_column(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text("a, b ,,a\n" + "".join(f"{n}, x{n} ,q,z\n" for n in range(2500)) + "7\n\n8,9,10,11,12\n", "utf-8")
    with open_table(path) as table:
        rows = list(table.rows)
    with open_table(path) as table:
        lots = list(table.lots(1000))
    assert [len(lot.numbers) for lot in lots] == [1000, 1000, 502]
    assert [number for lot in lots for number in lot.numbers] == [row.number for row in rows]
    cells = [dict(zip(lot.cells, row, strict=True)) for lot in lots for row in zip(*lot.cells.values(), strict=True)]
    assert cells == [dict(row.cells) for row in rows] and cells[-2:] == [{"a": "7", "b": ""}, {"a": "8", "b": "9"}]
