"""Taking a zip apart without letting it fill the disk or write where it likes."""

from __future__ import annotations

import stat
import zipfile
from pathlib import Path, PurePosixPath

from geo.layers.readers.sniff import Format, sniff
from geo.layers.reports import FileRefused, FileTooHeavy

MAX_MEMBERS = 1_000
MAX_BYTES = 4 << 30
MAX_RATIO = 100
RATIO_FREE_BYTES = 50 << 20
"""Below this a high ratio harms nobody: attribute tables of blanks shrink a hundredfold."""

SHAPE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
SINGLE = {
    ".gpkg", ".geojson", ".json", ".parquet", ".geoparquet", ".csv", ".txt", ".tsv", ".kml", ".dxf", ".xlsx", ".xls",
}  # fmt: skip


def unpack(path: Path, into: Path, layer: str | None) -> tuple[Path, Format]:
    """Extract the one data set of a zip under names of our own.

    Parameters
    ----------
    layer
        Which data set, by its name in the archive, if there are several.

    Returns
    -------
    tuple
        The extracted file and its format.

    Raises
    ------
    FileRefused
        If the archive is broken, holds links, paths that lead outside or further archives, or several
        data sets and none is chosen.
    FileTooHeavy
        If it holds too many members or would grow too big.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            members = {_name(info): info for info in archive.infolist() if not info.is_dir()}
            _check(archive.infolist(), path.stat().st_size)
            sets = _data_sets(members)
            if not sets:
                raise FileRefused("layers.zip_nothing", names=", ".join(list(members)[:10]) or "-")
            chosen = layer if layer is not None else next(iter(sets)) if len(sets) == 1 else None
            if chosen not in sets:
                raise FileRefused("layers.choose_layer", layers=", ".join(sets))
            for suffix, info in sets[chosen].items():
                _extract(archive, info, into / f"data{suffix}")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileRefused("layers.zip_broken", reason=type(error).__name__) from error
    first = into / f"data{next(iter(sets[chosen]))}"
    found = sniff(first)
    if found is Format.ZIP:
        raise FileRefused("layers.zip_nested")
    return first, found


def _name(info: zipfile.ZipInfo) -> str:
    """The member's name; without the UTF-8 mark zipfile read it as cp437, where Chinese tools wrote GBK."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
    except UnicodeEncodeError:
        return info.filename


def _check(members: list[zipfile.ZipInfo], packed: int) -> None:
    check_growth(members, packed)
    for info in members:
        name = PurePosixPath(_name(info).replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in name.parts[0]:
            raise FileRefused("layers.zip_path", name=str(name)[:80])
        if stat.S_ISLNK(info.external_attr >> 16):
            raise FileRefused("layers.zip_path", name=str(name)[:80])
        if name.suffix.lower() in (".zip", ".kmz", ".7z", ".rar", ".gz"):
            raise FileRefused("layers.zip_nested")


def check_growth(members: list[zipfile.ZipInfo], packed: int) -> None:
    """Refuse what would grow too big, by what its headers say.

    Raises
    ------
    FileTooHeavy
        If so.
    """
    total = sum(info.file_size for info in members)
    if len(members) > MAX_MEMBERS or total > MAX_BYTES or (total > RATIO_FREE_BYTES and total > MAX_RATIO * packed):
        raise FileTooHeavy("layers.zip_too_big", members=len(members), megabytes=total >> 20)


def _data_sets(members: dict[str, zipfile.ZipInfo]) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Data set name → suffix → member; the file to open comes first."""
    sets: dict[str, dict[str, zipfile.ZipInfo]] = {}
    by_path = {name.replace("\\", "/").lower(): info for name, info in members.items()}
    for name in members:
        place = PurePosixPath(name.replace("\\", "/"))
        if place.parts[0] == "__MACOSX" or place.name.startswith("."):
            continue
        if place.suffix.lower() == ".shp":
            stem = str(place.with_suffix("")).lower()
            sets[place.stem] = {part: by_path[stem + part] for part in SHAPE_PARTS if stem + part in by_path}
        elif place.suffix.lower() in SINGLE:
            sets[place.name] = {place.suffix.lower(): members[name]}
    shapes = {name: parts for name, parts in sets.items() if ".shp" in parts}
    return shapes or sets


def _extract(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    """Write one member, counting: the size in its header may lie."""
    written = 0
    with archive.open(info) as source, target.open("wb") as file:
        while block := source.read(1 << 20):
            written += len(block)
            if written > info.file_size or written > MAX_BYTES:
                raise FileTooHeavy("layers.zip_too_big", members=1, megabytes=written >> 20)
            file.write(block)
