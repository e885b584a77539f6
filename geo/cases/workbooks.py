"""A table as an Excel workbook, written as text: the same rows give the same bytes, a thousand rows in milliseconds."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import Any, Final

MADE_ON: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - workbooks know no time zone
"""Every workbook bears this date, so that the same rows give the same bytes whenever they are written."""

LONGEST_TITLE: Final = 31
LONGEST_TEXT: Final = 32_767
"""Characters of a sheet's name and of a cell that Excel reads."""

HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
SHEETS: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
KIND: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"

UNSEEN: Final = {number: None for number in range(32) if chr(number) not in "\t\n\r"} | {0xFFFE: None, 0xFFFF: None}
"""Characters that XML cannot hold; they are left out."""
WRITTEN: Final = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;"} | UNSEEN)
NOT_IN_TITLES: Final = str.maketrans(dict.fromkeys("*?:/\\[]", " "))


def to_workbook(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str) -> bytes:
    """A workbook of one sheet: a line of headings, then the rows.

    Parameters
    ----------
    rows
        Texts, truth values, whole numbers and fractions; None and an empty text are an empty cell. Texts stay texts,
        also where they look like numbers; past 32,767 characters they are cut.
    title
        Name of the sheet; what Excel takes no name for is left out.

    Examples
    --------
    >>> parts = zipfile.ZipFile(io.BytesIO(to_workbook(["代码"], [["01<2"], [3]], "甲"))).read(SHEET)
    >>> parts.decode().partition("<sheetData>")[2].partition("</row>")[2].removesuffix("</sheetData></worksheet>")
    '<row r="2"><c r="A2" t="inlineStr"><is><t>01&lt;2</t></is></c></row><row r="3"><c r="A3"><v>3</v></c></row>'
    """
    named = title.translate(NOT_IN_TITLES).translate(WRITTEN)[:LONGEST_TITLE].strip() or "Sheet1"
    wide = max([len(columns), *map(len, rows)])
    letters = [letter(n) for n in range(wide)]
    lines = (_line(number, row, letters) for number, row in enumerate([columns, *rows], start=1))
    sheet = f'{HEAD}<worksheet xmlns="{SHEETS}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, said in (*_frame(named), (SHEET, sheet)):
            part = zipfile.ZipInfo(name, MADE_ON.timetuple()[:6])
            packed.writestr(part, said.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


SHEET: Final = "xl/worksheets/sheet1.xml"


def letter(number: int) -> str:
    """The letters of a column, the first being 0.

    Examples
    --------
    >>> letter(0), letter(25), letter(26), letter(701), letter(702)
    ('A', 'Z', 'AA', 'ZZ', 'AAA')
    """
    said = ""
    number += 1
    while number:
        number, place = divmod(number - 1, 26)
        said = chr(65 + place) + said
    return said


def _line(number: int, row: Sequence[Any], letters: Sequence[str]) -> str:
    cells = "".join(
        _cell(f"{at}{number}", value) for at, value in zip(letters, row, strict=False) if value not in (None, "")
    )
    return f'<row r="{number}">{cells}</row>'


def _cell(at: str, value: Any) -> str:
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if not isinstance(value, str):
        return f'<c r="{at}"><v>{value}</v></c>' if value == value else ""  # not a number: empty
    said = value[:LONGEST_TEXT].translate(WRITTEN)
    space = ' xml:space="preserve"' if said != said.strip() or "\n" in said else ""
    return f'<c r="{at}" t="inlineStr"><is><t{space}>{said}</t></is></c>'


def _frame(title: str) -> Iterator[tuple[str, str]]:
    """The parts around the sheet that Excel and WPS ask for."""
    made = f"{MADE_ON.isoformat()}Z"
    yield (
        "[Content_Types].xml",
        (
            f'{HEAD}<Types xmlns="{PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>'
            f'<Override PartName="/{SHEET}" ContentType="{KIND}.worksheet+xml"/>'
            '<Override PartName="/docProps/core.xml"'
            ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>'
        ),
    )
    yield (
        "_rels/.rels",
        (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
            f'<Relationship Id="rId2" Type="{PACKAGE}/relationships/metadata/core-properties"'
            ' Target="docProps/core.xml"/></Relationships>'
        ),
    )
    yield (
        "docProps/core.xml",
        (
            f'{HEAD}<cp:coreProperties xmlns:cp="{PACKAGE}/metadata/core-properties"'
            ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
            f'<dcterms:created xsi:type="dcterms:W3CDTF">{made}</dcterms:created>'
            f'<dcterms:modified xsi:type="dcterms:W3CDTF">{made}</dcterms:modified></cp:coreProperties>'
        ),
    )
    yield (
        "xl/workbook.xml",
        (
            f'{HEAD}<workbook xmlns="{SHEETS}" xmlns:r="{OFFICE}">'
            f'<sheets><sheet name="{title}" sheetId="1" r:id="rId1"/></sheets></workbook>'
        ),
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        (
            f'{HEAD}<Relationships xmlns="{PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
            f'<Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/></Relationships>'
        ),
    )
    yield (
        "xl/styles.xml",
        (
            f'{HEAD}<styleSheet xmlns="{SHEETS}">'
            '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
            '<fills count="2"><fill><patternFill patternType="none"/></fill>'
            '<fill><patternFill patternType="gray125"/></fill>'
            '</fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
            '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
            '<cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/></cellXfs>'
            '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
        ),
    )
