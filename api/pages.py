"""Where built pages stand on disk, and which there are.

``<home>/dashboards/<tenant>/index.json`` names them and their files.

A page is found by its name in the index only, so that nothing in an address ever becomes a path.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from geo.messages import FOLDER
from geo.settings import Settings

MAPS = Path(__file__).resolve().parent.parent / "maps"

COUNTY = "county"
SHARED = "layers"
"""Script of all pages of a language (:mod:`maps.layers`); the program's own words and colours, nothing of a county."""


@dataclass(frozen=True, slots=True)
class BuiltPage:
    """A built page.

    Attributes
    ----------
    stem
        File name without ending; each language has its own, ``<stem>.<language>.html``.
    areas
        Codes of the 片区 whose people may open it; None is for those who see the whole county.
    people
        Numbers of the staff whose own page it is: the members of a sheet's team.
    asked
        Action and thing that whoever opens it must be allowed somewhere: it holds nothing itself, its script asks for
        the caller's own.
    """

    stem: str
    areas: tuple[str, ...] | None
    people: tuple[str, ...] = ()
    asked: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Index:
    """Pages by name: ``county``, codes of 片区, and ``sheets/<shift>/<team>``; and what they were made from.

    Attributes
    ----------
    on_date
        Local date of the plans shown.
    last_change
        Number of the newest change to a layer or a plan that the pages know of.
    code
        :func:`code_fingerprint` of the program that made them.
    """

    on_date: str
    last_change: int
    code: str
    pages: dict[str, BuiltPage]


def folder_of(settings: Settings, tenant: str) -> Path:
    """Folder of a county's pages."""
    return settings.home / "dashboards" / tenant


@contextlib.contextmanager
def building(folder: Path) -> Iterator[None]:
    """Let one build of a county's pages at a time write into its folder, whichever process or thread it runs in.

    The lock's file stands beside the folder, since a build removes from it what it did not write; the kernel lets go
    of the lock of a process that dies.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    with folder.with_name(f"{folder.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


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
        name: BuiltPage(
            page["stem"],
            None if page["areas"] is None else tuple(page["areas"]),
            tuple(page.get("people", ())),
            (page["asked"][0], page["asked"][1]) if page.get("asked") else None,
        )
        for name, page in said["pages"].items()
    }
    return Index(said["on_date"], said["last_change"], said["code"], pages)


def code_fingerprint() -> str:
    """SHA-256 of everything under ``maps`` and of its words: pages made by other code are out of date."""
    found = hashlib.sha256()
    for path in sorted(path for path in MAPS.rglob("*") if path.suffix in {".py", ".html", ".js", ".css", ".svg"}):
        found.update(path.read_bytes())
    for path in sorted(FOLDER.glob("maps*.toml")):
        found.update(path.read_bytes())
    return found.hexdigest()
