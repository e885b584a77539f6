"""Tracks in files: GPX of phones and handhelds, CSV and JSON of 执法记录仪 and vehicle terminals.

Nothing is believed here; what a row says is judged by :mod:`geo.patrol.tracks.points`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from geo.errors import Invalid
from geo.layers.columns import LAT_NAMES, LON_NAMES, plain
from geo.layers.readers.encodings import judge_stream, known_encoding
from geo.patrol.tracks.points import Given

MOST_BYTES: Final = 128 << 20
MOST_POINTS: Final = 2_000_000

AT_NAMES = ("at", "time", "timestamp", "datetime", "gpstime", "gps_time", "loc_time", "定位时间", "时间", "采集时间")
ACCURACY_NAMES = ("accuracy", "accuracy_m", "precision", "radius", "精度", "定位精度")
STAFF_NAMES = ("staff", "staff_code", "officer", "工号", "警号", "人员编号", "执法人员编号")
VEHICLE_NAMES = ("vehicle", "vehicle_id", "plate", "car", "车牌", "车牌号", "车牌号码", "车辆编号")
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "at": AT_NAMES, "lon": LON_NAMES, "lat": LAT_NAMES, "accuracy": ACCURACY_NAMES, "staff": STAFF_NAMES,
    "vehicle": VEHICLE_NAMES,
}  # fmt: skip


class TrackFileRefused(Invalid):
    """A file that holds no track we can read; the facts say where and what would mend it."""


@dataclass
class Found:
    """Positions of a file by whose they are: ``("staff" | "vehicle", code)``, or None where the file does not say."""

    by_owner: dict[tuple[str, str] | None, list[Given]] = field(default_factory=dict)
    encoding: str = "utf-8"

    def add(self, owner: tuple[str, str] | None, point: Given) -> None:
        """One more."""
        self.by_owner.setdefault(owner, []).append(point)


def read_track_file(path: Path, mapping: Mapping[str, str] | None = None, encoding: str | None = None) -> Found:
    """Positions of a GPX, CSV or JSON file.

    Parameters
    ----------
    mapping
        Names of columns (CSV) or members (JSON): ``at lon lat accuracy staff vehicle`` → name in the file. What is not
        said is found by its usual Chinese and English names.
    encoding
        Of a CSV file; judged by its bytes where it is not said.

    Raises
    ------
    TrackFileRefused
        If the file is too big, broken, or lacks time, longitude or latitude.
    """
    if path.stat().st_size > MOST_BYTES:
        raise TrackFileRefused("tracks.file_big", megabytes=MOST_BYTES >> 20)
    head = path.open("rb").read(4096).lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith(b"<"):
        return _read_gpx(path)
    if head.startswith((b"{", b"[")):
        return _read_json(path, mapping or {})
    return _read_csv(path, mapping or {}, encoding)


def _read_gpx(path: Path) -> Found:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    found, row = Found(), 0
    try:
        for _, element in iterparse(str(path), forbid_dtd=True):
            name = element.tag.rpartition("}")[2]
            if name not in ("trkpt", "wpt", "rtept"):
                continue
            inner = {child.tag.rpartition("}")[2]: child.text for child in element}
            if name == "trkpt":
                row = _next(row)
                found.add(None, Given(row, inner.get("time"), element.get("lon"), element.get("lat")))
            element.clear()
    except (ParseError, DefusedXmlException) as error:
        raise TrackFileRefused("tracks.file_broken", row=row, reason=type(error).__name__) from error
    if not row:
        raise TrackFileRefused("tracks.file_empty")
    return found


def _read_json(path: Path, mapping: Mapping[str, str]) -> Found:
    """A list of points, or an object with ``points``; points are objects, or GeoJSON features with a Point."""
    try:
        told = json.loads(path.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise TrackFileRefused("tracks.file_broken", row=0, reason="JSON") from error
    rows = told.get("points") or told.get("features") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not rows:
        raise TrackFileRefused("tracks.file_empty")
    flat = [_flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in flat[:1000] for name in row))
    chosen = find_columns(names, mapping)
    return _collect(((number, row) for number, row in enumerate(flat, 1)), chosen, "utf-8")


def _flat(row: Any) -> dict[str, Any]:
    if not isinstance(row, dict):
        return {}
    if row.get("type") != "Feature":
        return row
    inside = row.get("geometry")
    place = inside.get("coordinates") if isinstance(inside, dict) else None
    lon, lat = (place[0], place[1]) if isinstance(place, list) and len(place) > 1 else (None, None)
    properties = row.get("properties")
    return {**(properties if isinstance(properties, dict) else {}), "lon": lon, "lat": lat}


def _read_csv(path: Path, mapping: Mapping[str, str], encoding: str | None) -> Found:
    raw = path.read_bytes()
    chosen_encoding = known_encoding(encoding or "") or judge_stream([raw])
    try:
        text = raw.decode(chosen_encoding, "strict" if encoding else "replace")
    except UnicodeDecodeError as error:
        raise TrackFileRefused("tracks.file_encoding", encoding=chosen_encoding) from error
    lines = io.StringIO(text.lstrip("\ufeff").replace("\0", "\ufffd"), newline="")
    first = lines.readline()
    lines.seek(0)
    reader = csv.reader(lines, delimiter=max(",;\t|", key=first.count))
    header = [name.strip() for name in next(reader, [])]
    chosen = find_columns(header, mapping)

    def rows() -> Iterator[tuple[int, dict[str, Any]]]:
        try:
            for number, row in enumerate(reader, 1):
                if any(cell.strip() for cell in row):
                    yield number, dict(zip(header, row, strict=False))
        except csv.Error as error:
            raise TrackFileRefused("tracks.file_broken", row=reader.line_num, reason=str(error)) from error

    return _collect(rows(), chosen, chosen_encoding)


def find_columns(names: list[str], mapping: Mapping[str, str]) -> dict[str, str]:
    """Which column is what: as said, else by its usual names.

    Raises
    ------
    TrackFileRefused
        If time, longitude or latitude has none, or a name that was said is not there.

    Examples
    --------
    >>> find_columns(["工号", "定位时间", "经度", "纬度", "精度"], {})
    {'at': '定位时间', 'lon': '经度', 'lat': '纬度', 'accuracy': '精度', 'staff': '工号'}
    >>> find_columns(["t", "lng", "lat"], {"at": "t"})
    {'at': 't', 'lon': 'lng', 'lat': 'lat'}
    """
    for what, name in mapping.items():
        if what not in COLUMNS or name not in names:
            raise TrackFileRefused("tracks.file_column", what=what, column=name, known=", ".join(names)[:300])
    by_plain = {plain(name): name for name in reversed(names)}
    found = {}
    for what, usual in COLUMNS.items():
        column = mapping.get(what) or next((by_plain[plain(one)] for one in usual if plain(one) in by_plain), None)
        if column is not None:
            found[what] = column
        elif what in ("at", "lon", "lat"):
            raise TrackFileRefused("tracks.file_lacks", what=what, usual=", ".join(usual), known=", ".join(names)[:300])
    return found


def _collect(rows: Iterator[tuple[int, dict[str, Any]]], chosen: Mapping[str, str], encoding: str) -> Found:
    found = Found(encoding=encoding)
    count = 0
    for number, row in rows:
        count = _next(count)
        owner = None
        for kind in ("staff", "vehicle"):
            said = str(row.get(chosen.get(kind, ""), "") or "").strip()
            if said and owner is None:
                owner = kind, said
        values = [row.get(chosen[name]) if name in chosen else None for name in ("at", "lon", "lat", "accuracy")]
        found.add(owner, Given(number, *values))
    if not count:
        raise TrackFileRefused("tracks.file_empty")
    return found


def _next(count: int) -> int:
    if count >= MOST_POINTS:
        raise TrackFileRefused("tracks.file_long", most=MOST_POINTS)
    return count + 1
