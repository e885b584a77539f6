"""The code lists are whole: one meaning a code, and what refers to a code finds it."""

from __future__ import annotations

import csv

import pytest

from data.codes import FOLDER, load_codes


def rows_of(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_code_stands_once_with_names_unit_and_minutes() -> None:
    codes = load_codes()
    assert len({(row["code_system"], row["code"]) for row in codes}) == len(codes) > 100
    assert all(row["zh"] and row["en"] and row["unit"] and int(row["service_min"]) > 0 for row in codes)


@pytest.mark.parametrize(
    ("name", "system", "code"), [("crosswalk.csv", "to_system", "to_code"), ("report_terms.csv", "code_system", "code")]
)
def test_what_refers_to_a_code_finds_it(name: str, system: str, code: str) -> None:
    known = {(row["code_system"], row["code"]) for row in load_codes()}
    missing = [row for row in rows_of(name) if row[system] != "local" and (row[system], row[code]) not in known]
    assert missing == []


@pytest.mark.parametrize("code", ["04-01", "04-05", "04-06", "01-10", "03-04", "02-01", "C01-37"])
def test_the_codes_the_reports_need_are_there(code: str) -> None:
    assert any(row["code"] == code for row in load_codes())
