"""Code lists of events and components, with their default units and minutes; see ``data/README.md``."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


@cache
def load_codes() -> tuple[dict[str, str], ...]:
    """Every event and component code.

    Returns
    -------
    tuple of dict
        ``code_system code group_zh group_en zh en unit service_min``, events before components, in the order of
        the files. Component codes carry a ``C`` so that an event and a component of the same digits stay apart.

    Examples
    --------
    >>> [row["zh"] for row in load_codes() if row["code"] == "C01-37"]
    ['路灯']
    """
    rows: list[dict[str, str]] = []
    for name in ("events.csv", "components.csv"):
        with (FOLDER / name).open(encoding="utf-8", newline="") as file:
            rows += csv.DictReader(file)
    return tuple(rows)
