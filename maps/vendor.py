"""Fetch the pinned browser packages once, on a connected machine, into ``maps/static/vendor``.

Run ``python -m maps.vendor``. Only the files the pages use are kept, with each licence text and a
``manifest.json`` of sha256, licence and size; what is committed is what is served, and nothing is
fetched at run time. axe-core is for the browser tests only and goes beside them.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGES = ROOT / "maps" / "static" / "vendor"
TESTS = ROOT / "tests" / "browser" / "vendor"


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the JavaScript registry, exactly pinned, and the files of it that are used."""

    name: str
    version: str
    files: tuple[str, ...]
    licences: tuple[str, ...]
    folder: Path = PAGES

    @property
    def short(self) -> str:
        """Folder name: the package without its scope."""
        return self.name.rpartition("/")[2]


PACKAGES = (
    Package("leaflet", "1.9.4", ("dist/leaflet.js", "dist/leaflet.css"), ("LICENSE",)),
    Package("maplibre-gl", "5.24.1", ("dist/maplibre-gl.js", "dist/maplibre-gl.css"), ("LICENSE.txt",)),
    Package("@maplibre/maplibre-gl-leaflet", "0.1.4", ("dist/leaflet-maplibre-gl.js",), ("LICENSE",)),
    Package(
        "leaflet.control.layers.tree", "1.1.0", ("L.Control.Layers.Tree.js", "L.Control.Layers.Tree.css"), ("LICENSE",)
    ),
    Package("axe-core", "4.14.1", ("axe.min.js",), ("LICENSE", "LICENSE-3RD-PARTY.txt"), TESTS),
)

SOURCE_MAP = re.compile(rb"^\s*(?://|/\*)[#@] sourceMappingURL=\S*(?:\s*\*/)?\s*$", re.MULTILINE)
URL = re.compile(r"url\(\s*(['\"]?)([^)'\"]*)\1\s*\)")


def without_calls_out(name: str, body: bytes) -> bytes:
    """A file without what would make a browser ask for something else: source maps, and files we do not keep.

    Parameters
    ----------
    name
        File name; only ``.css`` files have their ``url(...)`` looked at, where all but ``data:`` and
        ``#fragment`` become ``none``.
    body
        UTF-8 text.

    Examples
    --------
    >>> without_calls_out("a.css", b"a{background:url(images/x.png)} b{background:url(data:,x)}")
    b'a{background:none} b{background:url(data:,x)}'
    >>> without_calls_out("a.js", b"var a;\\n//# sourceMappingURL=a.js.map")
    b'var a;\\n'
    """
    body = SOURCE_MAP.sub(b"", body)
    if not name.endswith(".css"):
        return body
    text = body.decode("utf-8")
    return URL.sub(lambda m: m[0] if m[2].startswith(("data:", "#")) else "none", text).encode("utf-8")


def fetch(package: Package, work: Path) -> tuple[dict[str, bytes], str]:
    """The kept files of one package by path inside it, and the licence its ``package.json`` names."""
    subprocess.run(
        ["npm", "pack", f"{package.name}@{package.version}", "--silent", "--ignore-scripts"],
        cwd=work,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    [archive] = work.glob("*.tgz")
    with tarfile.open(archive) as tar:

        def read(path: str) -> bytes:
            member = tar.extractfile(f"package/{path}")
            if member is None:
                raise FileNotFoundError(f"{package.name}: {path}")
            return member.read()

        licence = str(json.loads(read("package.json"))["license"])
        return {path: read(path) for path in (*package.files, *package.licences)}, licence


def vendor(package: Package) -> dict[str, Any]:
    """Write one package's files and return its entry of the manifest."""
    with tempfile.TemporaryDirectory() as work:
        files, licence = fetch(package, Path(work))
    entry: dict[str, Any] = {"package": package.name, "version": package.version, "licence": licence, "files": {}}
    folder = package.folder / package.short
    folder.mkdir(parents=True, exist_ok=True)
    for path, body in files.items():
        name = path.rpartition("/")[2]
        body = body if path in package.licences else without_calls_out(name, body)
        (folder / name).write_bytes(body)
        entry["files"][name] = {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}
    return entry


def main() -> None:
    """Vendor every package and write one manifest a folder."""
    manifests: dict[Path, dict[str, Any]] = {PAGES: {}, TESTS: {}}
    for package in PACKAGES:
        manifests[package.folder][package.short] = vendor(package)
        sys.stderr.write(f"{package.name}@{package.version}\n")
    for folder, manifest in manifests.items():
        text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
        (folder / "manifest.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
