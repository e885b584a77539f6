"""How a proposal stands: loads, what moves, which 片区 are in one piece. Plain Python, for the server too."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from geo.hotspots.districting.queries import ProposalRow, UnitRow


def count_pieces(code: Sequence[str], links: Iterable[tuple[int, int]]) -> dict[str, int]:
    """Of how many pieces each 片区 is.

    Parameters
    ----------
    code
        The 片区 of each unit, by number from 0.
    links
        Pairs of units that a 片区 may join.

    Examples
    --------
    >>> count_pieces(["A", "B", "A"], [(0, 1), (1, 2)])
    {'A': 2, 'B': 1}
    """
    root = list(range(len(code)))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for one, other in links:
        if code[one] == code[other]:
            root[find(one)] = find(other)
    found: dict[str, int] = {}
    for i, name in enumerate(code):
        if find(i) == i:
            found[name] = found.get(name, 0) + 1
    return dict(sorted(found.items()))


def stand(proposal: ProposalRow, units: Sequence[UnitRow], links: Iterable[tuple[int, int]]) -> dict[str, Any]:
    """The proposal's figures as edited so far, JSON-ready.

    Returns
    -------
    dict
        ``districts`` in the proposal's order: ``code name existed units load load_pct`` (of the mean) ``load_before
        load_before_pct moved_in moved_out`` (units) ``pieces``; ``max_over_mean``; ``moved_units``, ``moved_load``
        (share); ``edited_units``; ``whole`` tells that every 片区 has ground, in one piece, and it can be adopted.
    """
    total = sum(unit.load for unit in units)
    names = [row["code"] for row in proposal.districts]
    mean = total / len(names)
    pieces = count_pieces([unit.code for unit in units], links)
    before_mean = _before_mean(units)
    rows = []
    for row in proposal.districts:
        code = row["code"]
        mine = [unit for unit in units if unit.code == code]
        load = sum(unit.load for unit in mine)
        had = sum(unit.load for unit in units if unit.before == code)
        rows.append(
            {
                "code": code,
                "name": row["name"],
                "existed": row["existed"],
                "units": len(mine),
                "load": round(load, 3),
                "load_pct": round(100 * load / mean, 1),
                "load_before": round(had, 3) if row["existed"] else None,
                "load_before_pct": round(100 * had / before_mean, 1) if row["existed"] and before_mean else None,
                "moved_in": sum(unit.before != code for unit in mine),
                "moved_out": sum(unit.before == code and unit.code != code for unit in units),
                "pieces": pieces.get(code, 0),
            }
        )
    moved = [unit for unit in units if unit.before is not None and unit.before != unit.code]
    return {
        "districts": rows,
        "max_over_mean": round(max(row["load"] for row in rows) / mean, 4),
        "moved_units": len(moved),
        "moved_load": round(sum(unit.load for unit in moved) / total, 4),
        "edited_units": sum(unit.moved_by is not None for unit in units),
        "whole": all(row["pieces"] == 1 for row in rows),
    }


def _before_mean(units: Sequence[UnitRow]) -> float:
    codes = {unit.before for unit in units if unit.before is not None}
    return sum(unit.load for unit in units if unit.before is not None) / len(codes) if codes else 0.0
