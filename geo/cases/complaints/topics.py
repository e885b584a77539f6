"""Which code a complaint is about, from the words people use."""

from __future__ import annotations

import csv
import unicodedata
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parents[3] / "data" / "codes"


def find_topic(topic: str, content: str) -> tuple[str, str] | None:
    """(code system, code) of the longest known term in the topic, else in what was said; None without one.

    Examples
    --------
    >>> find_topic("市容环境>占道经营", "楼下"), find_topic("其他", "晚上露天烧烤油烟大"), find_topic("", "谢谢")
    (('GB/T 30428.2-2013', '04-06'), ('GB/T 30428.2-2013', '01-29'), None)
    """
    return _of_topic(topic) or _in(content)


@lru_cache(maxsize=1024)
def _of_topic(topic: str) -> tuple[str, str] | None:
    """The same of a topic, of which a source has few."""
    return _in(topic)


def _in(text: str) -> tuple[str, str] | None:
    said = unicodedata.normalize("NFKC", text)
    best = max((term for term in _terms() if term in said), key=len, default=None)
    return None if best is None else _terms()[best]


@cache
def _terms() -> dict[str, tuple[str, str]]:
    """Term → (system, code): terms of reports, words of callers, and the names of the codes themselves."""
    found: dict[str, tuple[str, str]] = {}
    for name, column in (("events.csv", "zh"), ("components.csv", "zh"), ("report_terms.csv", "term_zh"),
                         ("complaint_terms.csv", "term_zh")):  # fmt: skip
        with (FOLDER / name).open(encoding="utf-8", newline="") as file:
            found |= {row[column]: (row["code_system"], row["code"]) for row in csv.DictReader(file)}
    return found
