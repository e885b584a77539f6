"""The matrix has one owner everywhere or says where not; tables survive the dirt of bureau files."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.codes import FOLDER, load_codes
from geo.cases.codes.files import TableRefused, read_sheet, write_sheet
from geo.cases.codes.limits import Limits, NoLimit
from geo.cases.codes.matrix import Duty, Matrix, Place
from geo.cases.codes.sheets import LIMITS, MATRIX

GB = "GB/T 30428.2-2013"
CODES = [(GB, "04-05"), (GB, "04-06"), (GB, "01-10")]
PLACES = [Place(district="W", town="城关镇"), Place(district="E"), Place()]

duties = st.builds(
    Duty,
    st.sampled_from(["*", GB]),
    st.sampled_from(["*", "04-*", "04-05", "01-10"]),
    st.sampled_from(["district", "town", "county"]),
    st.sampled_from(["W", "E", "城关镇", "*"]),
    st.sampled_from(["B", "S1", "S2"]),
    row=st.integers(2, 99),
)


@given(st.lists(duties, max_size=12))
def test_every_code_has_an_owner_everywhere_or_is_named_as_a_gap(rows: list[Duty]) -> None:
    matrix = Matrix(tuple(rows))
    lost = {(code, place) for code, places in matrix.gaps(CODES, PLACES) for place in places}
    for code in CODES:
        for place in PLACES:
            assert (matrix.owner(*code, place) is None) == ((code, place) in lost)


@given(st.lists(duties, max_size=12), st.randoms())
def test_without_overlaps_the_order_of_rows_decides_nothing(rows: list[Duty], random: object) -> None:
    unique = list({row.key: row for row in rows}.values())
    shuffled = list(unique)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    first, second = Matrix(tuple(unique)), Matrix(tuple(shuffled))
    assert first.overlaps() == []
    for code in CODES:
        assert [first.owner(*code, one) for one in PLACES] == [second.owner(*code, one) for one in PLACES]


def test_two_rows_for_one_code_and_place_are_an_overlap_whoever_they_name() -> None:
    rows = (Duty("*", "*", "district", "W", "S1", row=2), Duty("*", "*", "district", "W", "S1", row=5))
    assert [(a.row, b.row) for a, b in Matrix(rows).overlaps()] == [(2, 5)]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_table_reads_alike_in_every_encoding_and_with_every_separator(encoding: str, sign: str) -> None:
    text = sign.join(["代码", "分级", "时限", "时限单位"]) + "\r\n" + sign.join([" 04-06 ", "", "２", "紧急工作时"])
    if encoding == "utf-16" and sign != ",":
        return  # the separator is found in bytes of one-byte letters; UTF-16 tables come with commas
    (row,) = read_sheet(LIMITS, text.encode(encoding))
    assert (row["code"], row["grade"], row["amount"], row["unit_kind"]) == ("04-06", "*", 2, "urgent_hours")


def test_each_bad_row_is_named_with_field_and_reason() -> None:
    text = "代码,时限,时限单位\n04-06,0,工作时\n04-05,2,光年\n04-01,2,工作时\n04-01,3,工作时\n01-10,,工作时\n"
    with pytest.raises(TableRefused) as refused:
        read_sheet(LIMITS, text.encode())
    rows = [(one["row"], one["field"], one["code"]) for one in refused.value.facts["rows"]]  # type: ignore[attr-defined]
    assert rows == [
        (2, "amount", "codes.row_value"),
        (3, "unit_kind", "codes.row_value"),
        (5, "code_system", "codes.row_twice"),
        (6, "amount", "codes.row_empty"),
    ]


def test_a_table_without_a_needed_column_or_of_no_text_is_refused() -> None:
    for content in ("代码,时限\n04-06,2\n".encode(), b"\x00\x01\x02", b"\xff\xfe\x00"):
        with pytest.raises(TableRefused):
            read_sheet(LIMITS, content)


def test_what_is_written_is_read_back_the_same() -> None:
    rows = read_sheet(MATRIX, "地点类别,地点,责任单位\n片区,PQ01,S1\n全县,,B\n".encode())
    assert read_sheet(MATRIX, write_sheet(MATRIX, rows).encode()) == rows


def test_the_limits_that_come_along_name_known_codes_and_cover_every_code_and_stage() -> None:
    rows = read_sheet(LIMITS, (FOLDER / "limits.csv").read_bytes())
    known = {(row["code_system"], row["code"]) for row in load_codes()}
    assert {(row["code_system"], row["code"]) for row in rows} - known == {("*", "*")}
    limits = Limits(rows)
    for code in known:
        for stage in ("verify", "register", "dispatch", "dispute", "handle", "check", "close", "appeal"):
            assert limits.of(*code, "*", stage).amount > 0
    with (FOLDER / "limits.csv").open(encoding="utf-8", newline="") as lines:
        assert all(row["basis"] for row in csv.DictReader(lines))


def test_the_lamp_has_24_natural_hours_from_discovery_and_a_cable_is_put_aside() -> None:
    limits = Limits(read_sheet(LIMITS, (FOLDER / "limits.csv").read_bytes()))
    lamp = limits.of(GB, "C01-37", "*", "handle")
    assert (lamp.amount, lamp.unit_kind, lamp.counts_from) == (24, "urgent_hours", "found")
    assert limits.of(GB, "C01-37", "cable", "handle").unit_kind == "ledger_days"


def test_no_limit_is_an_error_that_names_the_code() -> None:
    with pytest.raises(NoLimit, match="04-06"):
        Limits([]).of(GB, "04-06", "*", "handle")
