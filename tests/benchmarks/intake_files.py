"""Events and complaints as bureaus send them, made from a seed: dirty on purpose, and known row by row."""

from __future__ import annotations

import csv
import datetime as dt
import random
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from geo.layers.offsets import to_gcj02

SEED: Final = 20261122
BOX: Final = (117.80, 28.10, 118.20, 28.50)
FULL_WIDTH: Final = str.maketrans("0123456789.-:/", "０１２３４５６７８９．－：／")
STREETS: Final = tuple(
    f"{first}{last}" for first in "朝文解胜东西南北中新" for last in ("阳路", "昌街", "放路", "利巷")
)
HOUSES: Final = range(1, 400, 2)
CODES: Final = ("04-06", "01-29", "02-01", "03-11", "05-02")
KINDS: Final = ("占道经营", "露天烧烤", "暴露垃圾", "违章搭建", "路灯不亮", "噪音扰民")
FIRST_DAY: Final = dt.datetime(2021, 1, 1, tzinfo=dt.UTC)
SPAN_S: Final = 5 * 365 * 86_400
SPOTS: Final = 200_000

EVENT_HEADER: Final = ("事件编号", "问题代码", "发现时间", "经度", "纬度", "数量", "问题来源", "备注", "经办系统")
COMPLAINT_HEADER: Final = (
    "工单编号", "诉求类别", "诉求内容", "受理时间", "事发地址", "经度", "纬度", "诉求人", "联系电话", "经办系统",
)  # fmt: skip


def event_rows(rows: int, seed: int = SEED) -> tuple[Iterator[tuple[str, ...]], Counter[str]]:
    """Rows of events, and how many must be refused by reason once they were all taken."""
    bad: Counter[str] = Counter()
    return _events(rows, random.Random(seed), bad), bad


def complaint_rows(rows: int, seed: int = SEED) -> tuple[Iterator[tuple[str, ...]], Counter[str]]:
    """Rows of complaints, and how many must be refused by reason, or known from an earlier row (``unchanged``)."""
    bad: Counter[str] = Counter()
    return _complaints(rows, random.Random(seed), bad), bad


def houses() -> Iterator[tuple[str, float, float]]:
    """Every house of the made streets: name, longitude, latitude (EPSG:4490)."""
    for at, street in enumerate(STREETS):
        lat = BOX[1] + 0.02 + 0.009 * at
        for number in HOUSES:
            yield f"{street}{number}号", round(BOX[0] + 0.02 + number * 9e-4, 6), round(lat, 6)


def streets() -> Iterator[tuple[str, float, float]]:
    """The middle of every made street."""
    for at, street in enumerate(STREETS):
        yield street, BOX[0] + 0.02 + 200 * 9e-4, BOX[1] + 0.02 + 0.009 * at


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], encoding: str = "gb18030") -> None:
    """A CSV as Chinese offices save it."""
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


def write_workbook(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[str]], merge: tuple[int, int] | None = None
) -> None:
    """A workbook of one sheet; the cells of a column are merged in runs of so many rows: ``merge`` = (column, run).

    Of merged cells only the first holds its value, as Excel writes it.
    """
    merged: list[str] = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        book.writestr("[Content_Types].xml", _TYPES)
        book.writestr("_rels/.rels", _RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"))
        book.writestr("xl/workbook.xml", _BOOK)
        book.writestr("xl/_rels/workbook.xml.rels", _RELATIONS.format(kind="worksheet", target="worksheets/sheet1.xml"))
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'{_XML}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            for number, row in enumerate([header, *rows] if merge is None else _with_header(header, rows), 1):
                blank = -1
                if merge is not None and number > 1:
                    column, run = merge
                    if (number - 2) % run:
                        blank = column
                    else:
                        name = _column(column)
                        merged.append(f'<mergeCell ref="{name}{number}:{name}{number + run - 1}"/>')
                cells = "".join(
                    f'<c r="{_column(at)}{number}" t="inlineStr"><is><t>{escape(cell)}</t></is></c>'
                    for at, cell in enumerate(row)
                    if at != blank and cell
                )
                sheet.write(f'<row r="{number}">{cells}</row>'.encode())
            tail = f'<mergeCells count="{len(merged)}">{"".join(merged)}</mergeCells>' if merged else ""
            sheet.write(f"</sheetData>{tail}</worksheet>".encode())


def _with_header(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[Sequence[str]]:
    yield header
    yield from rows


def _events(rows: int, dice: random.Random, bad: Counter[str]) -> Iterator[tuple[str, ...]]:
    good = ""
    for number in range(rows):
        lon, lat = dice.choice(_spots())
        draw = dice.random()
        key, code, when = f"SJ{number:08d}", dice.choice(CODES), _when(dice)
        if draw < 0.005 and good:
            key = good
            bad["reject.duplicate_key"] += 1
        elif draw < 0.008:
            when = "上个月"
            bad["reject.date"] += 1
        elif draw < 0.010:
            lon, lat = "0", "0"
            bad["reject.zero"] += 1
        elif draw < 0.012:
            lon, lat = lat, lon
            bad["reject.swapped"] += 1
        elif draw < 0.013:
            lon = "看不清"
            bad["reject.coordinate"] += 1
        else:
            good = key
        if draw > 0.9:
            lon, lat = lon.translate(FULL_WIDTH), f" {lat} "
        yield key, f"{code} ", when, lon, lat, "", "巡查发现", "", "市综合平台"


def _complaints(rows: int, dice: random.Random, bad: Counter[str]) -> Iterator[tuple[str, ...]]:
    good = ""
    for number in range(rows):
        lon, lat = dice.choice(_spots())
        draw = dice.random()
        key, kind, when = f"GD{number:08d}", dice.choice(KINDS), _when(dice)
        house = f"{dice.choice(STREETS)}{dice.choice(HOUSES)}号"
        told = f"市民反映{house}附近{kind},已持续{dice.randrange(1, 90)}天,希望处理。"
        place = f"{house}{dice.choice(('', '旁', '对面', '楼下', '(近路口)'))}"
        if draw < 0.005 and good:
            key = good
            bad["different"] += 1
        elif draw < 0.008:
            when = "不详"
            bad["complaints.reject_time"] += 1
        elif draw < 0.011:
            told = "  "
            bad["complaints.reject_empty"] += 1
        elif draw < 0.013:
            lon, lat = lat, lon
            bad["complaints.reject_swapped"] += 1
        else:
            good = key
        if 0.013 <= draw < 0.35:
            lon, lat = "", ""
        elif draw > 0.9:
            lon, lat = lon.translate(FULL_WIDTH), f" {lat} "
        phone = f"1{dice.randrange(30, 99)}{dice.randrange(10**8):08d}"
        if draw > 0.9:
            phone = phone.translate(FULL_WIDTH)
        yield key, kind, told, when, place, lon, lat, f"{dice.choice('赵钱孙李周吴')}先生", phone, "12345热线"


@cache
def _spots() -> tuple[tuple[str, str], ...]:
    """Points of the county as a web map shows them: shifted to GCJ-02."""
    import numpy as np

    dice = np.random.default_rng(SEED)
    west, south, east, north = BOX
    lon, lat = to_gcj02(dice.uniform(west + 0.02, east - 0.02, SPOTS), dice.uniform(south + 0.02, north - 0.02, SPOTS))
    return tuple((f"{x:.6f}", f"{y:.6f}") for x, y in zip(lon.tolist(), lat.tolist(), strict=True))


def _when(dice: random.Random) -> str:
    at = FIRST_DAY + dt.timedelta(seconds=dice.randrange(SPAN_S))
    draw = dice.random()
    if draw < 0.6:
        return f"{at:%Y-%m-%d %H:%M:%S}"
    if draw < 0.75:
        return f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}"
    if draw < 0.85:
        return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute}分"
    if draw < 0.9:
        return f"{at:%Y-%m-%d %H:%M}".translate(FULL_WIDTH)
    if draw < 0.95:
        days = (at - dt.datetime(1899, 12, 30, tzinfo=dt.UTC)).total_seconds() / 86_400
        return f"{days:.6f}"
    return f"{at:%Y%m%d%H%M%S}"


def _column(at: int) -> str:
    return chr(ord("A") + at)


_XML: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OFFICE: Final = "http://schemas.openxmlformats.org"
_MAIN: Final = f"{_OFFICE}/spreadsheetml/2006/main"
_RELATIONS: Final = (
    f'{_XML}<Relationships xmlns="{_OFFICE}/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/officeDocument/2006/relationships/{{kind}}" Target="{{target}}"/></Relationships>'
)
_BOOK: Final = (
    f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}/officeDocument/2006/relationships">'
    '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
_SHEET_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_TYPES: Final = (
    f'{_XML}<Types xmlns="{_OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{_SHEET_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_TYPE}.worksheet+xml"/></Types>'
)
