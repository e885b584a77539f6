"""What a file is, by its first bytes; its name is only a hint where the bytes leave a choice."""

from __future__ import annotations

import gzip
import re
import zlib
from enum import StrEnum
from pathlib import Path

from geo.layers.reports import FileRefused

HEAD = 1 << 16
GPKG_IDS = (b"GPKG", b"GP10", b"GP11")
ZIP_MAGIC = b"PK\x03\x04"
OLD_OFFICE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
WORKBOOK_PART = b"xl/workbook."
KML_ROOT = re.compile(rb"<(?:\w+:)?kml\b")
DXF_START = re.compile(rb"(?:999\r?\n[^\n]*\n\s*)*0\r?\n\s*SECTION\b")
"""Group code 0, then the first section; comments (999) may stand before."""


class Format(StrEnum):
    """What we read; the value is also what the child process is told."""

    GPKG = "gpkg"
    SHAPEFILE = "shapefile"
    GEOJSON = "geojson"
    PARQUET = "parquet"
    CSV = "csv"
    CSV_GZ = "csv.gz"
    WORKBOOK = "workbook"
    KML = "kml"
    DXF = "dxf"
    ZIP = "zip"
    OSM = "osm"
    OSM_GZ = "osm.gz"
    PBF = "osm.pbf"


OSM_FORMATS = frozenset({Format.OSM, Format.OSM_GZ, Format.PBF})


def sniff(path: Path) -> Format:
    """The format of a regular file.

    Raises
    ------
    FileRefused
        If it is missing, no regular file, empty, or nothing we read.
    """
    if not path.is_file():
        raise FileRefused("layers.file_missing", file=str(path))
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head:
        raise FileRefused("layers.file_empty", file=path.name)
    if is_workbook(path):
        return Format.WORKBOOK
    found = _by_magic(head) or _by_text(head)
    if found is None:
        raise FileRefused("layers.file_unknown", file=path.name)
    return found


def is_workbook(path: Path) -> bool:
    """Whether a file is an Excel workbook, old or new, whatever its name says."""
    with path.open("rb") as file:
        head = file.read(len(OLD_OFFICE_MAGIC))
        if head == OLD_OFFICE_MAGIC:
            return True
        if not head.startswith(ZIP_MAGIC):
            return False
        # A zip lists its members at its end.
        file.seek(max(0, path.stat().st_size - HEAD))
        return WORKBOOK_PART in file.read()


def _by_magic(head: bytes) -> Format | None:
    if head.startswith(ZIP_MAGIC):
        return Format.ZIP
    if head.startswith(b"PAR1"):
        return Format.PARQUET
    if head.startswith(b"SQLite format 3\0") and head[68:72] in GPKG_IDS:
        return Format.GPKG
    if head.startswith(b"\0\0\x27\x0a"):
        return Format.SHAPEFILE
    if head[4:6] == b"\x0a\x09" and head[6:15] == b"OSMHeader":
        return Format.PBF
    if head.startswith(b"\x1f\x8b"):
        inside = _gunzip_head(head)
        if inside is None:
            return None
        text = _by_text(inside)
        return {Format.OSM: Format.OSM_GZ, Format.CSV: Format.CSV_GZ}.get(text) if text else None
    return None


def _by_text(head: bytes) -> Format | None:
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return Format.CSV
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start or b"\0" in start:
        return None
    if start.startswith(b"<"):
        # A document type could define entities that grow without end; neither OSM files nor KML have any.
        if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
            return None
        return Format.OSM if b"<osm" in start[:4096] else Format.KML if KML_ROOT.search(start[:4096]) else None
    if DXF_START.match(start):
        return Format.DXF
    if start.startswith((b"{", b"[")):
        return Format.GEOJSON if b'"type"' in start or b'"features"' in start else None
    return Format.CSV


def _gunzip_head(head: bytes) -> bytes | None:
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(head, HEAD)
    except (zlib.error, gzip.BadGzipFile):
        return None
