"""Where built pages stand on disk, and which there are.

``<home>/dashboards/<tenant>/index.json`` names them and their files.

A page is found by its name in the index only, so that nothing in an address ever becomes a path.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from geo.settings import Settings

COUNTY = "county"


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """A built page.

    Attributes
    ----------
    stem
        File name without ending; each language has its own, ``<stem>.<language>.html``.
    areas
        Codes of the 片区 whose people may open it; None is for those who see the whole county.
    """

    stem: str
    areas: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Index:
    """Pages by name: ``county``, codes of 片区, and ``sheets/<shift>/<team>``."""

    on_date: str
    pages: dict[str, BuiltPage]


def folder_of(settings: Settings, tenant: str) -> Path:
    """Folder of a county's pages."""
    return settings.home / "dashboards" / tenant


def write_index(folder: Path, index: Index) -> Path:
    """Replace the index at once, so that a reader finds the old one or the new."""
    path = folder / "index.json"
    fresh = folder / f"index.json.{os.getpid()}"
    fresh.write_text(json.dumps(asdict(index), ensure_ascii=False, indent=1), encoding="utf-8")
    fresh.replace(path)
    return path


def read_index(folder: Path) -> Index | None:
    """The index; None while no page was built."""
    try:
        said = json.loads((folder / "index.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    pages = {
        name: BuiltPage(page["stem"], None if page["areas"] is None else tuple(page["areas"]))
        for name, page in said["pages"].items()
    }
    return Index(said["on_date"], pages)
