"""Public routing instances, read by what a file holds and not by its name: CARP, Solomon and VRPLIB as PyVRP writes it.

Every reader raises :class:`BrokenFile` with the file, the line and what is wrong there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SECTIONS = {
    "NODE_COORD_SECTION": 2,
    "DEMAND_SECTION": 1,
    "SERVICE_TIME_SECTION": 1,
    "TIME_WINDOW_SECTION": 2,
    "PRIZE_SECTION": 1,
    "VEHICLES_DEPOT_SECTION": 1,
    "DEPOT_SECTION": 0,
}
"""The tables of a VRPLIB file that can be read, and how many numbers follow the row's own."""

FIELDS = {"NAME", "COMMENT", "TYPE", "DIMENSION", "EDGE_WEIGHT_TYPE", "EDGE_WEIGHT_FORMAT", "NODE_COORD_TYPE"}
NUMBERS = {"CAPACITY", "VEHICLES", "SERVICE_TIME", "DISTANCE", "VEHICLES_MAX_DURATION"}


class BrokenFile(Invalid):
    """A benchmark file cannot be read; the facts name file, line and what is wrong."""

    def __init__(self, path: Path, line: int, why: str) -> None:
        super().__init__("bench.broken_file", file=path.name, line=line, why=why)


@dataclass(frozen=True)
class CarpFile:
    """Streets between nodes, depot node 0: ``edges`` are rows of from, to, cost, demand. Bounds are 0 if unknown."""

    name: str
    nodes: int
    edges: Ints
    vehicles: int
    capacity: int
    lower: int
    upper: int


@dataclass(frozen=True)
class VisitFile:
    """Clients to be visited from depots, in the file's own units; rows of depots come first in every table.

    ``distance`` has shape (depots + clients, same). ``windows`` may be none, ``prizes`` 0 where a visit is required.
    ``depot_of`` is the depot of each vehicle, ``longest`` the limit of a route's duration.
    """

    name: str
    kind: str
    distance: Floats
    demand: Ints
    service: Floats
    windows: Floats | None
    prizes: Floats
    capacity: int
    depot_of: Ints
    longest: float | None

    @property
    def depots(self) -> int:
        """How many depots there are."""
        return int(self.depot_of.max()) + 1


def find_instances(folder: Path) -> Iterator[tuple[str, Path]]:
    """Kind (``carp``, ``solomon``, ``vrplib``) and path of every instance below a folder, in order of their paths."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix.lower() in {".dat", ".txt", ".vrp"} and (kind := kind_of(path)):
            yield kind, path


def kind_of(path: Path) -> str | None:
    """What a file holds, judged by its first lines; None for anything else."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()[:40]]
    lines = [line for line in lines if line]
    if lines and re.fullmatch(r"\d+", lines[0]):
        return "carp"
    if any(line.upper() == "VEHICLE" for line in lines) and any(line.upper() == "CUSTOMER" for line in lines):
        return "solomon"
    return "vrplib" if any(re.match(r"(DIMENSION|NODE_COORD_SECTION)\b", line.upper()) for line in lines) else None


def read_carp(path: Path) -> CarpFile:
    """Numbers of vertices and edges; an edge a line (from, to, cost, demand); vehicles, capacity, two bounds."""
    rows = list(_rows(path))
    ints = [(line, [_whole(path, line, word) for word in words]) for line, words in rows]
    if len(ints) < 2 or len(ints[0][1]) != 1 or len(ints[1][1]) != 1:
        raise BrokenFile(path, 1, "expected the number of vertices, then the number of edges")
    nodes, count = ints[0][1][0], ints[1][1][0]
    edges, tail = ints[2 : 2 + count], ints[2 + count :]
    for line, numbers in edges:
        if len(numbers) != 4:
            raise BrokenFile(path, line, f"an edge has 4 numbers (from to cost demand), here {len(numbers)}")
        if not (0 <= numbers[0] < nodes and 0 <= numbers[1] < nodes):
            raise BrokenFile(path, line, f"vertices go from 0 to {nodes - 1}")
    if len(edges) < count or len(tail) != 4 or any(len(numbers) != 1 for _, numbers in tail):
        last = ints[-1][0]
        raise BrokenFile(path, last, f"after {count} edges come vehicles, capacity, lower and upper bound, one a line")
    vehicles, capacity, lower, upper = (numbers[0] for _, numbers in tail)
    for line, numbers in edges:
        if numbers[3] > capacity:
            raise BrokenFile(path, line, f"demand {numbers[3]} is above the capacity {capacity}")
    table = np.array([numbers for _, numbers in edges], dtype=np.int64).reshape(-1, 4)
    return CarpFile(path.stem, nodes, table, vehicles, capacity, lower, upper)


def read_solomon(path: Path) -> VisitFile:
    """Solomon's text: vehicles and capacity, then number, x, y, demand, ready, due and service of depot and clients."""
    rows = [(line, words) for line, words in _rows(path) if all(_is_number(word) for word in words)]
    if not rows or len(rows[0][1]) != 2:
        raise BrokenFile(path, rows[0][0] if rows else 1, "expected the number of vehicles and their capacity")
    for line, words in rows[1:]:
        if len(words) != 7:
            raise BrokenFile(path, line, f"a customer has 7 numbers, here {len(words)}")
    for line, words in _rows(path):
        if line > rows[0][0] and any(map(_is_number, words)) and not all(map(_is_number, words)):
            raise BrokenFile(path, line, "a customer has a word where a number belongs")
    if len(rows) < 2:
        raise BrokenFile(path, rows[0][0], "there are no customers")
    table = np.array([[float(word) for word in words] for _, words in rows[1:]])
    vehicles, capacity = (int(float(word)) for word in rows[0][1])
    return VisitFile(
        name=path.stem,
        kind="VRPTW",
        distance=_apart(table[:, 1:3]),
        demand=table[:, 3].astype(np.int64),
        service=table[:, 6],
        windows=table[:, 4:6],
        prizes=np.zeros(len(table)),
        capacity=capacity,
        depot_of=np.zeros(vehicles, dtype=np.int64),
        longest=None,
    )


def read_vrplib(path: Path) -> VisitFile:
    """A VRPLIB file; a field or table that would change the problem and is not known here is refused by name."""
    fields, tables = _vrplib_parts(path)
    size = int(fields.get("DIMENSION", len(tables.get("NODE_COORD_SECTION", ()))))
    depots = len(tables.get("DEPOT_SECTION", ())) or 1

    def column(name: str, default: float = 0.0) -> Any:
        width = SECTIONS[name]
        rows = tables.get(name)
        if rows is None:
            return np.full((size, width), default)
        if len(rows) != size:
            raise BrokenFile(path, rows[-1][0], f"{name} has {len(rows)} rows, DIMENSION says {size}")
        return np.array([numbers[1:] for _, numbers in rows])

    if "NODE_COORD_SECTION" not in tables:
        raise BrokenFile(path, 1, "there is no NODE_COORD_SECTION")
    service = column("SERVICE_TIME_SECTION")[:, 0]
    if "SERVICE_TIME" in fields:
        service = np.r_[np.zeros(depots), np.full(size - depots, float(fields["SERVICE_TIME"]))]
    rows = tables.get("VEHICLES_DEPOT_SECTION", [])
    vehicles = int(float(fields.get("VEHICLES", len(rows) or size - depots)))
    depot_of = np.array([numbers[1] for _, numbers in rows], dtype=np.int64) - 1
    for (line, _), depot in zip(rows, depot_of.tolist(), strict=True):
        if not 0 <= depot < depots:
            raise BrokenFile(path, line, f"there is no depot {depot + 1}")
    longest = fields.get("VEHICLES_MAX_DURATION", fields.get("DISTANCE"))
    return VisitFile(
        name=path.stem,
        kind=str(fields.get("TYPE", "CVRP")).upper(),
        distance=_apart(column("NODE_COORD_SECTION")),
        demand=column("DEMAND_SECTION")[:, 0].astype(np.int64),
        service=service,
        windows=column("TIME_WINDOW_SECTION") if "TIME_WINDOW_SECTION" in tables else None,
        prizes=column("PRIZE_SECTION")[:, 0],
        capacity=int(float(fields.get("CAPACITY", 2**31))),
        depot_of=depot_of if len(depot_of) else np.zeros(vehicles, dtype=np.int64),
        longest=float(longest) if longest is not None else None,
    )


def read_solution(path: Path) -> tuple[list[list[int]], float, bool] | None:
    """Routes, cost, and whether the cost has a decimal point, of a ``.sol`` beside an instance; None without one."""
    if not path.exists():
        return None
    routes, cost = [], None
    for line, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if found := re.match(r"\s*route\s*#?\d+\s*:(.*)", text, re.IGNORECASE):
            routes.append([_whole(path, line, word) for word in found[1].split()])
        elif found := re.match(r"\s*cost\s*:?\s*([\d.]+)", text, re.IGNORECASE):
            cost = found[1]
    if cost is None:
        raise BrokenFile(path, 1, "there is no line with the cost")
    return routes, float(cost), "." in cost


def _vrplib_parts(path: Path) -> tuple[dict[str, str], dict[str, list[tuple[int, list[float]]]]]:
    """Fields by name, and tables by name with the line and numbers of each row."""
    fields: dict[str, str] = {}
    tables: dict[str, list[tuple[int, list[float]]]] = {}
    table = ""
    for line, words in _rows(path):
        word = words[0].rstrip(":").upper()
        if word == "EOF":
            break
        if word in SECTIONS:
            table = word
            tables[table] = []
        elif word.endswith("_SECTION"):
            raise BrokenFile(path, line, f"{word} is not known here")
        elif not _is_number(words[0]):
            key, _, value = " ".join(words).partition(":")
            key = key.strip().upper()
            if key not in FIELDS | NUMBERS:
                raise BrokenFile(path, line, f"{key} is not known here")
            if key in NUMBERS | {"DIMENSION"} and not _is_number(value.strip()):
                raise BrokenFile(path, line, f"{key} is not a number: {value.strip()!r}")
            if key == "EDGE_WEIGHT_TYPE" and value.strip() != "EUC_2D":
                raise BrokenFile(path, line, f"only EUC_2D is known here, not {value.strip()}")
            fields[key] = value.strip()
        elif not table:
            raise BrokenFile(path, line, "numbers before any section")
        elif words != ["-1"]:
            if len(words) != 1 + SECTIONS[table] or not all(map(_is_number, words)):
                raise BrokenFile(path, line, f"a row of {table} has {1 + SECTIONS[table]} numbers")
            tables[table].append((line, [float(one) for one in words]))
    return fields, tables


def _rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Line numbers and words of the lines that have any."""
    for line, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if words := text.split():
            yield line, words


def _whole(path: Path, line: int, word: str) -> int:
    if not re.fullmatch(r"-?\d+", word):
        raise BrokenFile(path, line, f"not a whole number: {word!r}")
    return int(word)


def _is_number(word: str) -> bool:
    return re.fullmatch(r"-?\d+(\.\d*)?([eE][-+]?\d+)?", word) is not None


def _apart(xy: Floats) -> Floats:
    """Straight distances between all points."""
    return np.asarray(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)))
