"""Files of cases on disk: named by their content, in a folder that only the service's own user can read."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from pathlib import Path
from typing import Final

from geo.errors import NotFound, Unavailable

FOLDER: Final = "evidence"
NAME: Final = re.compile(r"[0-9a-f]{64}")


class FileGone(NotFound):
    """The file of that hash is not there."""


class FileChanged(Unavailable):
    """The file on disk is not what its name says: it was changed, or the disk is failing."""


def keep_file(home: Path, content: bytes) -> str:
    """Keep a file under the SHA-256 of its content, which is returned; the same file twice is kept once.

    Parameters
    ----------
    home
        The installation's home folder.

    Notes
    -----
    Written beside and renamed, so that a file is there whole or not at all; mode 0600 in folders of mode 0700.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as home:
    ...     name = keep_file(Path(home), b"x")
    ...     read_file(Path(home), name)
    b'x'
    """
    name = hashlib.sha256(content).hexdigest()
    path = _path(home, name)
    if path.exists():
        return name
    for folder in (home / FOLDER, path.parent):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_name(f".{name}.{os.getpid()}-{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return name


def read_file(home: Path, sha256: str) -> bytes:
    """The file of a hash, checked against it.

    Raises
    ------
    FileGone
        If there is none.
    FileChanged
        If its content has another hash.
    """
    if not NAME.fullmatch(sha256):
        raise FileGone("evidence.gone", sha256=sha256[:64])
    try:
        content = _path(home, sha256).read_bytes()
    except FileNotFoundError:
        raise FileGone("evidence.gone", sha256=sha256) from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise FileChanged("evidence.changed", sha256=sha256)
    return content


def _path(home: Path, name: str) -> Path:
    return home / FOLDER / name[:2] / name
