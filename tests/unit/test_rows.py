"""What the table of rows claims is there: folders, tests, and every row once."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = (ROOT / "docs" / "rows.md").read_text(encoding="utf-8").splitlines()
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in LINES if re.match(r"\| [A-Z]\d\d \|", line)]
WANTED = {
    "P": [*range(1, 20), 21], "V": [*range(1, 11), 12, 15], "M": range(1, 5), "B": range(1, 5), "L": [1, 3, 4],
    "W": range(1, 7), "A": [1, 2], "K": [1, 2, 3, 4, 5, 7], "T": range(1, 8), "C": range(1, 10), "Q": [1],
    "X": range(1, 5), "D": range(1, 23),
}  # fmt: skip


def test_every_core_and_strong_row_stands_once() -> None:
    assert sorted(row[0] for row in ROWS) == sorted(f"{part}{n:02d}" for part, all_ in WANTED.items() for n in all_)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_a_row_claims_is_there(row: list[str]) -> None:
    _, _, where, shown = row
    assert all((ROOT / place).exists() for place in re.findall(r"[a-z]\w*(?:/[\w.]+)+|deploy|maps", where))
    claims, _, missing = shown.partition("**Not yet**")
    tests = re.findall(r"(\w+/test_\w+\.py)::(test_\w+)", claims)
    assert tests or missing
    for file, name in tests:
        assert re.search(rf"def {name}\(", (ROOT / "tests" / file).read_text(encoding="utf-8"))
