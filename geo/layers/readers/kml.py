"""KML, also zipped as KMZ, as 奥维 and Google Earth write it; runs in the child process only.

Each placemark is a row: its folders, name, description, the cells of a table within the description, and extended
data. Parsed without document types and entities, so nothing grows and nothing outside the file is read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

import numpy as np
import pyarrow as pa
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.layers.readers.child import Opened
from geo.layers.readers.shape import finish, with_own_columns
from geo.layers.reports import FileRefused

CRS: Final = "EPSG:4326"
FOLDER: Final = "folder"
DEEPEST: Final = 64
MOST_COLUMNS: Final = 500
UNREADABLE: Final = "reject.unreadable"

Row = tuple[dict[str, str], bytes | None, str | None]
"""Attributes, WKB and flaw of a placemark."""


def open_kml(path: Path, request: dict[str, Any]) -> Opened:
    """Open all placemarks, or those of the chosen folder.

    Raises
    ------
    FileRefused
        If it is no well-formed XML, has a document type or entities, or no such folder.
    """
    wanted = request["layer"]
    names, folders = _survey(path, request["name"])
    if wanted is not None and wanted not in folders:
        raise FileRefused("layers.choose_layer", layers=", ".join(folders) or "-")
    bare = pa.schema([pa.field(name, pa.string()) for name in names])

    def batches() -> Iterator[pa.RecordBatch]:
        first = 1
        rows = (row for row in _rows(path, request["name"]) if wanted in (None, row[0].get(FOLDER)))
        while block := list(itertools.islice(rows, request["batch_rows"])):
            wkb = pa.array([row[1] for row in block], pa.binary())
            flaws: NDArray[np.object_] = np.array([row[2] for row in block], object)
            columns = [pa.array([row[0].get(name) for row in block], pa.string()) for name in names]
            yield finish(first, wkb, pa.RecordBatch.from_arrays(columns, schema=bare), flaws)
            first += len(block)

    return Opened({"crs": CRS, "rows": None, "notes": []}, with_own_columns(bare), batches(), {})


def _survey(path: Path, name: str) -> tuple[list[str], list[str]]:
    """Names of all attributes in the order in which they come, and all folders with placemarks."""
    names: dict[str, None] = {}
    folders: dict[str, None] = {}
    for attributes, _, _ in _rows(path, name):
        names |= dict.fromkeys(attributes)
        if FOLDER in attributes:
            folders[attributes[FOLDER]] = None
        if len(names) > MOST_COLUMNS:
            raise FileRefused("layers.csv_header", columns=len(names))
    return list(names), list(folders)


def _rows(path: Path, name: str) -> Iterator[Row]:
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    with path.open("rb") as file:
        try:
            yield from _placemarks(iterparse(file, ("start", "end"), forbid_dtd=True))
        except ParseError as error:
            raise FileRefused("layers.file_broken", file=name, reason=str(error)[:200]) from error
        except DefusedXmlException as error:
            raise FileRefused("layers.file_broken", file=name, reason=type(error).__name__) from error


def _placemarks(events: Iterator[tuple[str, Element]]) -> Iterator[Row]:
    folders: list[str] = []
    above: list[Element] = []
    for what, element in events:
        tag = _tag(element)
        if what == "start":
            above.append(element)
            if len(above) > DEEPEST:
                raise ParseError(f"{DEEPEST} levels")
            if tag == "Folder":
                folders.append("")
            continue
        above.pop()
        if tag == "name" and above and _tag(above[-1]) == "Folder":
            folders[-1] = _text(element)
        elif tag == "Folder":
            folders.pop()
        elif tag == "Placemark":
            yield _row(element, [folder for folder in folders if folder])
        if tag in ("Placemark", "Folder", "Style", "StyleMap") and above:
            above[-1].remove(element)


def _row(mark: Element, folders: list[str]) -> Row:
    said: dict[str, str] = {}
    if folders:
        said[FOLDER] = "/".join(folders)
    for child in mark:
        tag = _tag(child)
        if tag in ("name", "address"):
            said[tag] = _text(child)
        elif tag == "description":
            text = _text(child)
            cells = table_cells(text)
            said |= {name: value for name, value in cells.items() if name not in said}
            if not cells and text:
                said["description"] = text
        elif tag == "ExtendedData":
            said |= _extended(child)
        elif tag == "TimeStamp":
            said["time"] = "".join(_text(part) for part in child)
    try:
        found = [shape for child in mark if (shape := _shape(child)) is not None]
    except (ValueError, shapely.errors.GEOSException):
        return said, None, UNREADABLE
    if not found:
        return said, None, None
    whole = found[0] if len(found) == 1 else shapely.geometrycollections(found)
    return said, shapely.to_wkb(whole), None


def _extended(data: Element) -> dict[str, str]:
    """``Data`` with its value, and ``SimpleData`` of a schema."""
    found: dict[str, str] = {}
    for element in data.iter():
        name = element.get("name", "").strip()
        if _tag(element) == "SimpleData" and name:
            found[name] = _text(element)
        elif _tag(element) == "Data" and name:
            found[name] = "".join(_text(part) for part in element if _tag(part) == "value")
    return found


def _shape(element: Element) -> BaseGeometry | None:
    """A KML geometry; None for what is none. Heights are dropped later, by the checks."""
    tag = _tag(element)
    if tag == "Point":
        return shapely.Point(_line(element)[0])
    if tag in ("LineString", "LinearRing"):
        return shapely.LineString(_line(element))
    if tag == "Polygon":
        rings = {"outerBoundaryIs": list[Any](), "innerBoundaryIs": list[Any]()}
        for part in element:
            if _tag(part) in rings:
                rings[_tag(part)].append(_line(part))
        return shapely.Polygon(
            rings["outerBoundaryIs"][0] if rings["outerBoundaryIs"] else [], rings["innerBoundaryIs"]
        )
    if tag == "MultiGeometry":
        parts = [shape for child in element if (shape := _shape(child)) is not None]
        return _together(parts) if parts else None
    return None


def _together(parts: list[BaseGeometry]) -> Any:
    """Parts of one type as its multi type, others as a collection."""
    kinds = {part.geom_type for part in parts}
    if kinds == {"Point"}:
        return shapely.multipoints(parts)
    if kinds == {"LineString"}:
        return shapely.multilinestrings(parts)
    if kinds == {"Polygon"}:
        return shapely.multipolygons(parts)
    return shapely.geometrycollections(parts)


def _line(element: Element) -> list[tuple[float, float]]:
    """Coordinates below an element: ``lon,lat[,height]`` apart by spaces; some write a space behind the comma too.

    Raises
    ------
    ValueError
        If they are none.
    """
    text = next((part.text for part in element.iter() if _tag(part) == "coordinates" and part.text), "") or ""
    tight = ",".join(part.strip() for part in text.split(","))
    points = []
    for one in tight.split():
        numbers = [float(number) for number in one.split(",") if number]
        if len(numbers) not in (2, 3):
            raise ValueError(one[:40])
        points.append((numbers[0], numbers[1]))
    if not points:
        raise ValueError("no coordinates")
    return points


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def table_cells(html: str) -> dict[str, str]:
    """Rows of two cells of the tables in a description, as name and value.

    Examples
    --------
    >>> table_cells("<table><tr><th>编号</th><td>L1</td></tr><tr><td>功率<td> 60 </tr></table>")
    {'编号': 'L1', '功率': '60'}
    >>> table_cells("路口的灯")
    {}
    """
    if "<t" not in html.lower():
        return {}
    reader = _Cells()
    reader.feed(html)
    reader.close()
    reader.end_row()
    return {row[0].strip(": ：\n"): row[1].strip() for row in reader.rows if len(row) == 2 and row[0].strip(": ：\n")}


class _Cells(HTMLParser):
    """Cells of all rows of all tables; end tags may be missing, as browsers let them."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._row: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - as the parser calls it
        if tag == "tr":
            self.end_row()
        elif tag in ("td", "th"):
            self._row.append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._inside = False
        elif tag in ("tr", "table"):
            self.end_row()

    def handle_data(self, data: str) -> None:
        if self._inside and self._row:
            self._row[-1] += data

    def end_row(self) -> None:
        """Keep the row that was begun."""
        if self._row:
            self.rows.append(self._row)
        self._row, self._inside = [], False
