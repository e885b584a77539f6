"""A row of a table of agreements, as bureaus write it, read and checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from geo.cases.buildings.onemap.mapping import read_day
from geo.errors import Invalid

COLUMNS: Final = {
    "number": ("责任书编号", "编号", "协议编号"),
    "version": ("版本", "三包四包", "责任书类型"),
    "shop_code": ("商铺编号", "门店编号"),
    "shop_name": ("店名", "商铺名称", "字号", "门店名称"),
    "street": ("街路", "路名", "道路"),
    "licence": ("统一社会信用代码", "信用代码", "营业执照号"),
    "signatory": ("签订人", "责任人", "经营者", "姓名"),
    "signed_on": ("签订日期", "签约日期"),
    "valid_to_on": ("有效期至", "到期日期"),
}
NEEDED: Final = ("number", "version", "signed_on", "valid_to_on")
VERSIONS: Final = {
    "three": ("three", "三包", "门前三包", "3"),
    "four": ("four", "四包", "门前四包", "4"),
}
FIRST: Final = dt.date(1990, 1, 1)


class BadRow(Invalid):
    """A row that cannot be taken; the facts name the field and its value, never a person."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An agreement as it was signed. ``signatory`` is sealed before it is stored."""

    number: str
    version: str
    signed_on: dt.date
    valid_to_on: dt.date
    signatory: str = ""
    shop_code: str | None = None
    shop_name: str | None = None
    street: str | None = None
    licence: str | None = None

    def __post_init__(self) -> None:
        if not self.number.strip():
            raise BadRow("frontages.row", field="number", value="")
        if self.version not in VERSIONS:
            raise BadRow("frontages.row", field="version", value=self.version)
        if not FIRST <= self.signed_on <= (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).date():
            raise BadRow("frontages.row", field="signed_on", value=self.signed_on.isoformat())
        if self.valid_to_on < self.signed_on:
            raise BadRow("frontages.row", field="valid_to_on", value=self.valid_to_on.isoformat())


def read_agreement(cells: Mapping[str, str]) -> Draft:
    """A row as an agreement.

    Raises
    ------
    BadRow
        If it lacks its number, names no version, or its days cannot be.

    Examples
    --------
    >>> row = {"number": "A1", "version": "门前四包", "signed_on": "2026年1月5日", "valid_to_on": "2028/12/31"}
    >>> read_agreement(row).version, read_agreement(row).signed_on
    ('four', datetime.date(2026, 1, 5))
    """
    words = {word: version for version, names in VERSIONS.items() for word in names}
    version = words.get(cells.get("version", "").strip().casefold())
    if version is None:
        raise BadRow("frontages.row", field="version", value=cells.get("version", ""))
    days = []
    for name in ("signed_on", "valid_to_on"):
        day = read_day(cells.get(name, ""))
        if day is None:
            raise BadRow("frontages.row", field=name, value=cells.get(name, ""))
        days.append(day)
    texts = [cells.get(name, "").strip() for name in ("number", "signatory")]
    claims = [cells.get(name, "").strip() or None for name in ("shop_code", "shop_name", "street", "licence")]
    return Draft(texts[0], version, days[0], days[1], texts[1], *claims)
