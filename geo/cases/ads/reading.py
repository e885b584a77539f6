"""One row of a ledger of ads as bureaus keep it, read cell by cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo.cases.ads.rules import WORDS
from geo.cases.codes.files import day, one_of
from geo.errors import Invalid

COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "number": ("台账编号", "序号", "编号"),
    "ad": ("广告编号", "设施编号"),
    "kind": ("类别", "广告类型", "设施类型"),
    "measure": ("措施", "处置措施"),
    "quantity": ("数量",),
    "unit": ("单位", "计量单位"),
    "ordered_on": ("责令日期", "下达日期", "日期"),
    "due_on": ("期限", "整改期限"),
    "done_on": ("完成日期", "拆除日期"),
    "ended": ("完成方式", "拆除方式", "结果"),
    "reason": ("事由", "问题"),
    "notice": ("文书编号", "通知书编号"),
    "place": ("地点", "位置", "地址"),
    "lon": ("经度", "lon"),
    "lat": ("纬度", "lat"),
}
NEEDED: Final = ("measure", "ordered_on")

MEASURES: Final = one_of({"guide": ("规范指导", "指导", "规范"), "remove": ("责令拆除", "拆除", "限期拆除")})
ENDS: Final = one_of(
    {
        "conform": ("规范到位", "已规范", "已整改"),
        "remove_self": ("自行拆除", "业主拆除", "自拆"),
        "remove": ("组织拆除", "强制拆除", "局拆除", "助拆"),
        "withdraw": ("撤销",),
    }
)


class BadRow(Invalid):
    """A cell that cannot be read; the facts name the field and what stood there."""


@dataclass(frozen=True, slots=True)
class OrderRow:
    """A row: what tells it from others, the order, and the step that ended it, if any."""

    key: str
    draft: dict[str, Any]
    step: str | None
    done_on: dt.date | None


def read_order(cells: Mapping[str, str]) -> OrderRow:
    """Read a row.

    Raises
    ------
    BadRow
        If a cell cannot be read, or an end lacks its day.

    Examples
    --------
    >>> row = read_order({"measure": "拆除", "kind": "条幅", "ordered_on": "2026.3.1", "quantity": "１２", "unit": "条",
    ...                   "lon": "118.0", "lat": "28.3", "done_on": "2026/3/2", "ended": "自行拆除"})
    >>> row.step, row.draft["quantity"], row.draft["kind"], row.done_on
    ('remove_self', 12.0, 'banner', datetime.date(2026, 3, 2))
    """
    told = {name: cells.get(name, "").strip() for name in COLUMNS}
    readers: dict[str, Any] = {
        "measure": MEASURES, "ordered_on": day, "due_on": day, "done_on": day, "ended": ENDS, "kind": one_of(WORDS),
        "quantity": float, "lon": float, "lat": float,
    }  # fmt: skip
    read: dict[str, Any] = {}
    for name, text in told.items():
        if not text:
            if name in NEEDED:
                raise BadRow("ads.bad_order", field=name, value="")
            read[name] = None
            continue
        try:
            read[name] = readers.get(name, str)(text)
        except ValueError:
            raise BadRow("ads.bad_order", field=name, value=text[:60]) from None
    if (read["ended"] is None) != (read["done_on"] is None):
        raise BadRow("ads.bad_order", field="done_on", value=told["done_on"])
    names = ("measure", "ordered_on", "ad", "kind", "lon", "lat", "due_on", "notice")
    draft = {name: read[name] for name in names}
    draft |= {"quantity": read["quantity"] or 1, "unit": read["unit"] or "处", "reason": read["reason"] or ""}
    draft["place"] = read["place"] or ""
    key = read["number"] or "/".join(told[name] for name in COLUMNS if name not in ("done_on", "ended"))
    return OrderRow(key, draft, read["ended"], read["done_on"])
