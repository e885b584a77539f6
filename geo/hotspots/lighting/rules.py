"""What counts as lit on which street, and who walks at night: tables a county replaces, not constants."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

CODES: Final = Path(__file__).resolve().parents[3] / "data" / "codes"


@dataclass(frozen=True, slots=True)
class Reach:
    """A lamp lights a street of this tier ``reach_m`` around itself; darkness under ``shortest_m`` is not listed."""

    reach_m: float
    shortest_m: float


@dataclass(frozen=True, slots=True)
class NightPlace:
    """A kind of place people walk to or from in the dark: how much it counts, and from how far."""

    weight: float
    walk_m: float


@cache
def lamp_reach() -> Mapping[str, Reach]:
    """Reach of a lamp by road tier, from ``data/codes/lamp_reach.csv``.

    Examples
    --------
    >>> sorted(lamp_reach())
    ['branch', 'lane', 'main', 'secondary']
    """
    return {row["tier"]: Reach(float(row["reach_m"]), float(row["shortest_m"])) for row in _rows("lamp_reach.csv")}


@cache
def night_places() -> Mapping[str, NightPlace]:
    """Places of the night by kind of zone, from ``data/codes/night_walks.csv``.

    Examples
    --------
    >>> night_places()["school"].walk_m
    500.0
    """
    return {row["kind"]: NightPlace(float(row["weight"]), float(row["walk_m"])) for row in _rows("night_walks.csv")}


def _rows(name: str) -> list[dict[str, str]]:
    with (CODES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
