"""Where compiled code is kept between runs, so that an upgrade is never answered by the code before it.

The compiler looks only at a function's own file to tell whether what it kept is still good, though it compiles the
functions of other files into it: after a change there, what was kept would go on giving the old answers. So there is
one folder for each state of all the files that are compiled. Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numba

HERE: Final = Path(__file__).parent
DECORATED: Final = re.compile(r"^@(njit|compiled|inner|making)\b", re.MULTILINE)
FROM: Final = re.compile(r"^from (geo\.[a-z_.]+) import", re.MULTILINE)


def state_of(files: Iterable[Path]) -> str:
    """Twelve digits of the SHA-256 of files, in the order of their paths.

    Examples
    --------
    >>> state_of([])
    'e3b0c44298fc'
    """
    told = hashlib.sha256()
    for file in sorted(files):
        told.update(file.read_bytes())
    return told.hexdigest()[:12]


def compiled_files(under: Path = HERE) -> set[Path]:
    """The files below a folder whose functions are compiled, and those that constants come from."""
    found = set()
    for file in under.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if DECORATED.search(text):
            found |= {file, *(under.parent / f"{name.replace('.', '/')}.py" for name in FROM.findall(text))}
    return {file for file in found if file.is_file()}


def folder_of(state: str, under: Path = HERE) -> Path:
    """The folder in which what was compiled of a state of the files is kept; those of other states are removed."""
    kept = under / "__pycache__"
    found = kept / f"compiled-{state}"
    if not found.is_dir():
        for other in kept.glob("compiled-*"):
            shutil.rmtree(other, ignore_errors=True)
    return found


options: Any = numba.config
if not options.CACHE_DIR:
    options.CACHE_DIR = str(folder_of(state_of(compiled_files())))

njit = numba.njit
