"""Figures as files and as words for a report: the same figures give the same bytes."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from geo.cases.sheets import write_sheet
from geo.cases.statistics.report import OUTSIDE, Counted, Report
from geo.cases.statistics.streets import KNOWN, OFF
from geo.errors import Invalid

KINDS: Final = {
    "json": "application/json", "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
COLUMNS: Final = (
    "指标", "名称", "Name", "来源", "片区", "单位", "数量", "记录数", "分子", "分母", "比率(‰)", "状态", "数据更新至",
    "说明",
)  # fmt: skip
REGIME_WORDS: Final = {"strict": "严管", "controlled": "严控", "standard": "规范", OFF: "不在管控街道"}
WHOLE: Final = "全县"
NOWHERE: Final = "片区外"
STREETS: Final = "街道:"
STATES: Final = {
    "counted": "",
    "stale": "数据陈旧",
    "empty": "无数据",
    "not_kept": "不留存",
    "county_only": "只有全县数",
}


class UnknownKind(Invalid):
    """Reports are not written in that form."""


def rows_of(report: Report) -> Iterator[tuple[Any, ...]]:
    """A line for each figure, its whole first, then each 片区 and regime of street; a line for each unit."""
    for one in report.figures:
        figure = one.figure
        begin = (figure.name, figure.zh, figure.en, figure.source)
        end = (STATES[one.state], one.newest, figure.note)
        if not one.known:
            yield (*begin, WHOLE, figure.unit, None, None, None, None, None, *end)
            continue
        rate = (one.numerator, one.denominator, one.permille)
        if not one.amounts:
            yield (*begin, WHOLE, figure.unit, 0, 0, *rate, *end)
        for n, amount in enumerate(one.amounts):
            own = rate if n == 0 else (None, None, None)
            yield (*begin, WHOLE, amount.unit, amount.amount, amount.rows, *own, *end)
        for code, amounts in sorted(one.districts.items()):
            for amount in amounts:
                place = NOWHERE if code == OUTSIDE else code
                yield (*begin, place, amount.unit, amount.amount, amount.rows, None, None, None, *end)
        for name in KNOWN:
            for amount in (one.regimes or {}).get(name, ()):
                place = f"{STREETS}{REGIME_WORDS[name]}"
                yield (*begin, place, amount.unit, amount.amount, amount.rows, None, None, None, *end)


def to_bytes(report: Report, kind: str) -> bytes:
    """A report as a file.

    Parameters
    ----------
    kind
        ``json``, ``csv`` or ``xlsx``.

    Raises
    ------
    UnknownKind
        If it is none of these.
    """
    if kind not in KINDS:
        raise UnknownKind("statistics.unknown_kind", kind=kind, known=", ".join(KINDS))
    if kind == "json":
        text = json.dumps(report.as_json(), ensure_ascii=False, indent=1, sort_keys=True)
        return (text + "\n").encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"statistics.{kind}"
        write_sheet(path, COLUMNS, rows_of(report), f"{report.first} {report.last}")
        return path.read_bytes()


def to_prose(report: Report) -> str:
    """Sentences to be pasted into a report: what was counted and is not nought, in the order of the list."""
    said = [words for one in report.figures if (words := _words(one))]
    return ",".join(said) + "。" if said else ""


def _words(one: Counted) -> str:
    """A figure in words; nothing where nought or unknown."""
    if not one.known or not one.figure.prose or not (one.own() or one.numerator is not None):
        return ""
    if "{n}" in one.figure.prose:
        return one.figure.prose.format(n=one.own())
    if one.permille is None or one.numerator is None or not one.denominator:
        return ""
    rate = f"{one.permille / 10:.1f}".rstrip("0").rstrip(".") + "%"
    ratio = f"{one.numerator / one.denominator:.2f}"
    return one.figure.prose.format(rate=rate, ratio=ratio)
