"""A row of a feed as we understand it: columns, units, clock and offset by the source's mapping."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from zoneinfo import ZoneInfo

from geo.cases.waste.books import plate
from geo.errors import Invalid

FIELDS: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {
    "fix": {
        "plate": ("车牌号", "车牌", "plate"), "at": ("定位时间", "时间", "at"), "lon": ("经度", "lon"),
        "lat": ("纬度", "lat"), "speed": ("速度", "speed"),
    },
    "ticket": {
        "number": ("磅单号", "单号", "number"), "plate": ("车牌号", "车牌", "plate"),
        "dump": ("设施编号", "消纳点编号", "dump"), "at": ("过磅时间", "时间", "at"), "gross": ("毛重", "gross"),
        "tare": ("皮重", "tare"),
    },
    "deviation": {
        "number": ("偏差编号",), "kind": ("偏差类别",), "state": ("状态",), "plate": ("车牌号",),
        "haulier": ("企业名称",), "site": ("工地编号",), "site_name": ("工地名称",), "from": ("开始时间",),
        "to": ("结束时间",), "amount": ("数值",), "dump": ("设施编号",), "lon": ("经度",), "lat": ("纬度",),
    },
}  # fmt: skip
"""Our fields and the headings they are found under unless the source's mapping says another."""

WAYS: Final[Mapping[str, tuple[str, ...]]] = {"offset": ("", "gcj02", "bd09"), "mass": ("kg", "t")}
"""What a mapping may say of a source besides names: the offset its positions carry, the unit of its masses."""

LEAST_YEAR: Final = 2000
HEAVIEST_KG: Final = 200_000
FASTEST_KMH: Final = 250


class BadMapping(Invalid):
    """The mapping of a source cannot be used; the facts say which line."""


@dataclass(frozen=True, slots=True)
class Names:
    """How a source writes one kind of data: field → headings, ways, words of kinds and states."""

    fields: Mapping[str, tuple[str, ...]]
    ways: Mapping[str, str]
    words: Mapping[str, str]


class BadCell(ValueError):
    """A cell that cannot be read: field and what stood there."""

    def __init__(self, field: str, value: object) -> None:
        self.field, self.value = field, "" if value is None else str(value)[:60]
        super().__init__(f"{field}={self.value}")


def build_names(kind: str, rows: list[tuple[str, str]]) -> Names:
    """The mapping of a source from the lines of its table.

    Parameters
    ----------
    rows
        (field, what the source says). Besides fields, ``offset`` and ``mass``; ``dump_is`` for a weighbridge that
        stands at one dump; and for deviations ``kind_<kind>`` and ``state_<state>`` with the words of the other side.

    Raises
    ------
    BadMapping
        If a line names no field, or a way that is none.

    Examples
    --------
    >>> names = build_names("ticket", [("number", "流水号"), ("mass", "t")])
    >>> names.fields["number"], names.ways["mass"]
    (('流水号',), 't')
    """
    fields, ways, words = dict(FIELDS[kind]), {"offset": "", "mass": "kg"}, {}
    for name, said in rows:
        if name in fields:
            fields[name] = (said,)
        elif (name in WAYS and said in WAYS[name]) or (kind, name) == ("ticket", "dump_is"):
            ways[name] = said
        elif kind == "deviation" and name.startswith(("kind_", "state_")):
            words[name] = said
        else:
            known = ", ".join((*fields, *WAYS))
            raise BadMapping("waste.mapping", kind=kind, name=name, said=said, known=known)
    return Names(fields, ways, words)


def read_fix(cells: Mapping[str, Any], names: Names, zone: ZoneInfo) -> dict[str, Any]:
    """One position: ``plate at lon lat speed_kmh``; places still with the source's offset.

    Raises
    ------
    BadCell
        If a cell cannot be read.

    Examples
    --------
    >>> row = {"车牌号": "云A12345", "定位时间": "2026-03-01 08:00:00", "经度": "118.01", "纬度": 28.3}
    >>> read_fix(row, build_names("fix", []), ZoneInfo("Asia/Shanghai"))["at"].isoformat()
    '2026-03-01T08:00:00+08:00'
    """
    lon, lat = _number(cells, names, "lon"), _number(cells, names, "lat")
    if not (-180 <= lon <= 180):
        raise BadCell("lon", lon)
    if not (-85 <= lat <= 85):
        raise BadCell("lat", lat)
    speed = _cell(cells, names, "speed")
    kmh = None if speed in (None, "") else round(_number(cells, names, "speed"))
    if kmh is not None and not 0 <= kmh <= FASTEST_KMH:
        raise BadCell("speed", speed)
    return {
        "plate": _plate(cells, names), "at": _at(cells, names, zone), "lon": round(lon, 7), "lat": round(lat, 7),
        "speed_kmh": kmh,
    }  # fmt: skip


def read_ticket(cells: Mapping[str, Any], names: Names, zone: ZoneInfo) -> dict[str, Any]:
    """One weighing: ``number plate dump_code at gross_kg tare_kg``, masses in whole kilograms.

    Raises
    ------
    BadCell
        If a cell cannot be read, or the empty lorry weighs more than the full one.

    Examples
    --------
    >>> row = {"磅单号": "7", "车牌号": "云A12345", "过磅时间": "2026/3/1 8:00", "毛重": "31.46", "皮重": "13.2"}
    >>> names = build_names("ticket", [("mass", "t"), ("dump_is", "X01")])
    >>> told = read_ticket(row, names, ZoneInfo("Asia/Shanghai"))
    >>> told["dump_code"], told["gross_kg"], told["tare_kg"]
    ('X01', 31460, 13200)
    """
    dump = names.ways.get("dump_is") or _said(cells, names, "dump")
    found = {"number": _said(cells, names, "number"), "dump_code": dump}
    scale = 1_000 if names.ways["mass"] == "t" else 1
    masses = {}
    for name in ("gross", "tare"):
        said = _cell(cells, names, name)
        try:
            mass = Decimal(str(said).strip().replace(",", "")) * scale
            masses[f"{name}_kg"] = int(mass.to_integral_value())
        except (InvalidOperation, ValueError, OverflowError):
            raise BadCell(name, said) from None
        if not 0 <= masses[f"{name}_kg"] <= HEAVIEST_KG:
            raise BadCell(name, said)
    if masses["tare_kg"] > masses["gross_kg"]:
        raise BadCell("tare", masses["tare_kg"])
    return {**found, "plate": _plate(cells, names), "at": _at(cells, names, zone), **masses}


def _cell(cells: Mapping[str, Any], names: Names, field: str) -> Any:
    return next((cells[heading] for heading in names.fields[field] if heading in cells), None)


def _said(cells: Mapping[str, Any], names: Names, field: str) -> str:
    said = _cell(cells, names, field)
    text = "" if said is None else str(said).strip()
    if not text or len(text) > 120 or "\0" in text:
        raise BadCell(field, said)
    return text


def _plate(cells: Mapping[str, Any], names: Names) -> str:
    said = _cell(cells, names, "plate")
    try:
        return plate(str(said or ""))
    except ValueError:
        raise BadCell("plate", said) from None


def _number(cells: Mapping[str, Any], names: Names, field: str) -> float:
    said = _cell(cells, names, field)
    try:
        value = float(said)
    except (TypeError, ValueError):
        raise BadCell(field, said) from None
    if not math.isfinite(value):
        raise BadCell(field, said)
    return value


def _at(cells: Mapping[str, Any], names: Names, zone: ZoneInfo) -> dt.datetime:
    """A time with its offset, or by the county's clock; seconds since 1970 too."""
    said = _cell(cells, names, "at")
    try:
        if isinstance(said, dt.datetime):
            found = said
        elif isinstance(said, (int, float)) or (str(said).strip().isdigit() and len(str(said).strip()) == 10):
            found = dt.datetime.fromtimestamp(int(said), dt.UTC)
        else:
            found = _moment(str(said).strip())
    except (TypeError, ValueError, OverflowError, OSError):
        raise BadCell("at", said) from None
    if found.year < LEAST_YEAR:
        raise BadCell("at", said)
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _moment(text: str) -> dt.datetime:
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:
        day, _, clock = text.replace("/", "-").partition(" ")
        year, month, on = day.split("-")
        hour, minute, *second = clock.strip().split(":")
        return dt.datetime(  # noqa: DTZ001 - the county's clock is set by who asks
            int(year), int(month), int(on), int(hour), int(minute), int(second[0]) if second else 0
        )
