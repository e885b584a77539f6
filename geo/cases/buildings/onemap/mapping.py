"""How the city's platform names columns and states, read from a file; a foreign row as the ledger understands it."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from geo.errors import Invalid
from geo.tables.illegal_buildings import ENTERED_AS, STATUSES

DEFAULT: Final = Path(__file__).resolve().parents[4] / "data" / "codes" / "one_map.toml"
FIELDS: Final = (
    "external_id", "code", "status", "status_since_on", "found_on", "built_on", "households", "category", "area_m2",
    "district_code", "entered_as",
)  # fmt: skip
WKT: Final = "轮廓WKT"
"""Column of an outline in tables that have no geometry of their own."""


class MappingBroken(Invalid):
    """The mapping names something unknown or leaves a state without a word; the facts say which."""


class ColumnMissing(Invalid):
    """The file lacks the column that names its rows, or their state."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the platform calls things: ledger field → column, state → word."""

    crs: str
    columns: Mapping[str, str]
    status: Mapping[str, str]
    entered_as: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ForeignRow:
    """One row of the platform, read.

    Parameters
    ----------
    values
        Ledger fields that the file has; days as dates.
    faults
        Message codes with their facts; a row with any is not taken.
    sha256
        Of the content: equal rows, equal digest, whatever the file.
    ground
        Outline as WKB, EPSG:4490; empty with a fault.
    """

    external_id: str
    values: Mapping[str, Any]
    sha256: str
    ground: bytes = b""
    faults: tuple[tuple[str, dict[str, str]], ...] = field(default=())


def read_mapping(path: Path | None = None) -> Names:
    """Read a mapping; the one in ``data/codes`` unless another is named.

    Raises
    ------
    MappingBroken
        If it is no TOML, names an unknown field or state, or two states by one word.

    Examples
    --------
    >>> read_mapping().columns["external_id"], read_mapping().status["existing"]
    ('图斑编号', '存量')
    """
    try:
        said = tomllib.loads((path or DEFAULT).read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MappingBroken("buildings.mapping", reason=str(error)) from None
    columns, status, entered = said.get("columns", {}), said.get("status", {}), said.get("entered_as", {})
    unknown = [*(set(columns) - set(FIELDS)), *(set(status) - set(STATUSES)), *(set(entered) - set(ENTERED_AS))]
    if unknown or not {"external_id", "status"} <= set(columns):
        raise MappingBroken("buildings.mapping", reason=", ".join(sorted(unknown)) or "external_id, status")
    if len(set(status.values())) < len(status) or not status:
        raise MappingBroken("buildings.mapping", reason="status")
    return Names(str(said.get("crs", "EPSG:4490")), columns, status, entered)


def read_row(cells: Mapping[str, Any], ground: bytes | None, mapping: Names, today: dt.date) -> ForeignRow:
    """A foreign row as the ledger understands it.

    Parameters
    ----------
    cells
        By the platform's column names.
    ground
        Outline as WKB, EPSG:4490; None if there is none or it is broken.
    today
        The county's; nothing was found or decided after it.

    Examples
    --------
    >>> cells = {"图斑编号": "T1", "处置状态": "存量", "发现日期": "2026年3月1日"}
    >>> row = read_row(cells, None, read_mapping(), dt.date(2026, 4, 1))
    >>> row.values["status"], row.values["found_on"], row.faults
    ('existing', datetime.date(2026, 3, 1), (('buildings.row_ground', {}),))
    """
    values: dict[str, Any] = {}
    faults: list[tuple[str, dict[str, str]]] = []
    for name, column in mapping.columns.items():
        text = _text(cells.get(column))
        if name == "status":
            state = next((one for one, word in mapping.status.items() if word == text), None)
            if state is None:
                faults.append(("buildings.row_status", {"value": text}))
            values["status"] = state
        elif name == "entered_as":
            values[name] = next((one for one, word in mapping.entered_as.items() if word == text), None)
        elif name.endswith("_on"):
            day = read_day(text)
            if text and day is None:
                faults.append(("buildings.row_date", {"field": column, "value": text}))
            elif day is not None and day > today:
                faults.append(("buildings.row_future", {"field": column, "value": text}))
            values[name] = day
        elif name == "households":
            if text and not re.fullmatch(r"\d{1,4}", text):
                faults.append(("buildings.row_households", {"value": text}))
            else:
                values[name] = int(text) if text else None
        elif name not in ("external_id", "area_m2", "district_code"):
            values[name] = text or None
    external_id = _text(cells.get(mapping.columns["external_id"]))
    if not external_id:
        faults.insert(0, ("buildings.row_no_id", {}))
    if not ground:
        faults.append(("buildings.row_ground", {}))
    return ForeignRow(external_id, values, digest(values, ground or b""), ground or b"", tuple(faults))


def digest(values: Mapping[str, Any], ground: bytes) -> str:
    """Names a row's content.

    Examples
    --------
    >>> digest({"a": 1, "b": None}, b"") == digest({"b": None, "a": 1}, b"")
    True
    """
    said = json.dumps(dict(values), ensure_ascii=False, sort_keys=True, default=str).encode()
    return hashlib.sha256(said + b"\x00" + ground).hexdigest()


def read_day(text: str) -> dt.date | None:
    """A day in any of the ways tables write it; None for what is none.

    Examples
    --------
    >>> read_day("2026/3/1"), read_day("2026-03-01 00:00:00"), read_day("20260301"), read_day("三月")
    (datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), datetime.date(2026, 3, 1), None)
    """
    plain = re.sub(r"[年月/.]", "-", text).replace("日", "").strip()
    found = re.fullmatch(r"([0-9]{4})-?([0-9]{1,2})-?([0-9]{1,2})(?:[ T].*)?", plain)
    try:
        return dt.date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def _text(value: Any) -> str:
    """A cell as text; what files hold for nothing is empty."""
    if value is None or value != value:
        return ""
    text = str(value).strip()
    return "" if text in ("nan", "NaT", "None", "<NA>") else text.removesuffix(".0") if _whole(text) else text


def _whole(text: str) -> bool:
    return bool(re.fullmatch(r"\d+\.0", text))
