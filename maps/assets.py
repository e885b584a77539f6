"""Addresses of the local files a page uses, each with the hash of its content."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).resolve().parent / "static"


@cache
def asset(path: str) -> str:
    """Address of a file below ``maps/static`` that changes when the file does, so that it may be cached for ever.

    Parameters
    ----------
    path
        Relative to ``maps/static``, with forward slashes.

    Returns
    -------
    str
        ``/static/<path>?v=<first 10 hex digits of its SHA-256>``.

    Raises
    ------
    FileNotFoundError
        If there is no such file: a page never names what it does not bring.
    """
    return f"/static/{path}?v={fingerprint(path)}"


@cache
def fingerprint(path: str) -> str:
    """First 10 hex digits of the SHA-256 of a file below ``maps/static``."""
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]
