"""Write ``THIRD_PARTY_NOTICES``: what Pianqu stands on, by whom, under which licence.

Run ``.venv/bin/python deploy/notices.py`` after the locks or the vendored browser files change; a test
compares. Python packages are those of ``requirements.lock`` on Linux with CPython 3.11, read from what is
installed; browser files are those of ``maps/static/vendor/manifest.json``.
"""

from __future__ import annotations

import json
import re
import sys
from importlib.metadata import PackageMetadata, distribution, metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "THIRD_PARTY_NOTICES"
PLACE = {
    "implementation_name": "cpython",
    "platform_python_implementation": "CPython",
    "python_full_version": "3.11.2",
    "python_version": "3.11",
    "sys_platform": "linux",
}
TEXTS = {"Permission is hereby granted, free of charge, to any person": "MIT"}
"""What the text of a licence says that is declared by its file alone."""

HEAD = """\
Pianqu is licensed under the Apache License 2.0 (LICENSE). It uses the works below, each under its own licence.

Python packages are installed from the package registry, not part of this repository; their licence texts
are in the environment, in the .dist-info folder of each. The browser files are in this repository, under
maps/static/vendor, each with its licence text beside it. PostgreSQL (PostgreSQL licence) and PostGIS
(GPL-2.0-or-later), a separate program that is spoken to over a socket, come from the operating system.

This file is made by deploy/notices.py.
"""


def locked(path: Path) -> list[Requirement]:
    """The packages of a lock file that apply to the machine of ``PLACE``."""
    lines = re.findall(r"^([a-z0-9][^\\\n]*==[^\\\n]*)", path.read_text(encoding="utf-8"), re.MULTILINE)
    wanted = [Requirement(line.strip()) for line in lines]
    return [one for one in wanted if one.marker is None or one.marker.evaluate({**PLACE})]


def licence_of(about: PackageMetadata) -> str:
    """The licence a package declares, in the shortest form it gives.

    Raises
    ------
    ValueError
        If it declares none.
    """
    if said := about.get("License-Expression"):
        return str(said)
    classes = [c.rpartition(" :: ")[2] for c in about.get_all("Classifier") or [] if c.startswith("License :: ")]
    classes = [c for c in classes if c != "OSI Approved"]
    written = str(about.get("License") or "").strip()
    if written and "\n" not in written:
        return written
    if classes or written:
        return ", ".join(classes) or "its own licence"
    for file in about.get_all("License-File") or []:
        words = " ".join((distribution(about["Name"]).read_text(f"licenses/{file}") or "").split())
        for opening, name in TEXTS.items():
            if opening in words:
                return name
    raise ValueError(f"{about['Name']} declares no licence")


def home_of(about: PackageMetadata) -> str:
    """The address of the project, empty if it gives none."""
    links = dict(line.split(", ", 1) for line in about.get_all("Project-URL") or [])
    by_name = {name.lower(): url for name, url in links.items()}
    for name in ("homepage", "home", "source", "repository", "source code", "code", "github"):
        if name in by_name:
            return by_name[name]
    return str(about.get("Home-page") or next(iter(links.values()), ""))


def notices() -> str:
    """The whole text.

    Raises
    ------
    importlib.metadata.PackageNotFoundError
        If a package of the lock is not installed here.
    """
    rows = []
    for one in locked(ROOT / "requirements.lock"):
        about = metadata(one.name)
        version = str(one.specifier).removeprefix("==")
        rows.append(f"{one.name} {version}\n    {licence_of(about)}\n    {home_of(about)}".rstrip())
    parts = [HEAD, "Python packages", "---------------", *rows, "", "Browser files", "-------------"]
    manifest = json.loads((ROOT / "maps/static/vendor/manifest.json").read_text(encoding="utf-8"))
    for name, entry in sorted(manifest.items()):
        parts.append(f"{entry['package']} {entry['version']}\n    {entry['licence']}\n    maps/static/vendor/{name}")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    TARGET.write_text(notices(), encoding="utf-8")
    sys.stderr.write(f"{TARGET.name} written\n")
