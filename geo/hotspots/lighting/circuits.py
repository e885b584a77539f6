"""Which circuits fail together: more lamps out than chance, or out one beside the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.findings import FEW

if TYPE_CHECKING:
    from pandas import DataFrame

ALPHA: Final = 0.05


@dataclass(frozen=True, slots=True)
class Circuit:
    """One circuit.

    Parameters
    ----------
    name
        The control box.
    lamps, out
        Lamps that should burn (those off by plan left out), and how many of them are at fault.
    expected
        Faults it would have if every lamp failed at the county's rate of its tier.
    p_many
        Chance of as many faults by that rate alone.
    side_by_side
        Pairs of neighbours along the line that are both out.
    p_together
        Chance of as many such pairs if the faults stood anywhere along the line; 1 with fewer than two faults.
    judged
        Whether it has at least five lamps.
    many, together
        Beyond chance after the false discovery rate is held: a box or phase, and a length of cable.
    out_rows
        Positions in the frame of the lamps that are out, along the line.
    """

    name: str
    lamps: int
    out: int
    expected: float
    p_many: float
    side_by_side: int
    p_together: float
    judged: bool
    many: bool
    together: bool
    out_rows: tuple[int, ...]


def runs_tail(lamps: int, out: int, side_by_side: int) -> float:
    """P(at least so many neighbouring pairs both out) when ``out`` of ``lamps`` in a row fail at random.

    Parameters
    ----------
    lamps, out
        Lamps in the row and how many of them are out.
    side_by_side
        Neighbouring pairs that are both out; out − side_by_side is the number of runs.

    Notes
    -----
    Exact: out faults form m runs in C(out−1, m−1) · C(lamps−out+1, m) of C(lamps, out) ways. It is the runs test of
    Wald and Wolfowitz (1940) and, on a line, the join-count test of Cliff and Ord (1981).

    Examples
    --------
    >>> round(runs_tail(20, 4, 3), 4)  # four in a row of twenty
    0.0035
    >>> runs_tail(20, 1, 0)
    1.0
    """
    from math import comb

    if out < 2:
        return 1.0
    runs = range(1, out - side_by_side + 1)
    return min(1.0, sum(comb(out - 1, m - 1) * comb(lamps - out + 1, m) for m in runs) / comb(lamps, out))


def along(codes: Sequence[object], xy: NDArray[np.float64]) -> NDArray[np.int64]:
    """The order of lamps along their line: by pole number where all have their own, else by their longest extent.

    Examples
    --------
    >>> along(["L-10", "L-2", "L-1"], np.zeros((3, 2))).tolist()
    [2, 1, 0]
    >>> along([None, None, None], np.array([[5.0, 0], [0, 1], [9, 0]])).tolist()
    [1, 0, 2]
    """
    if all(isinstance(code, str) and code for code in codes) and len(set(codes)) == len(codes):
        parts = [re.split(r"(\d+)", str(code)) for code in codes]
        keys = [tuple((bit.isdigit(), int(bit) if bit.isdigit() else 0, bit) for bit in part) for part in parts]
        return np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    centred = xy - xy.mean(axis=0)
    axis = np.linalg.svd(centred, full_matrices=False)[2][0] if len(xy) > 1 else np.array([1.0, 0.0])
    axis = axis if axis[int(np.abs(axis).argmax())] > 0 else -axis
    return np.argsort(centred @ axis, kind="stable").astype(np.int64)


def circuit_outages(lamps: DataFrame, xy: NDArray[np.float64], alpha: float = ALPHA) -> list[Circuit]:
    """Every circuit, tested for too many faults and for faults side by side.

    Parameters
    ----------
    lamps
        ``code circuit status tier``; lamps without a circuit are left out, as are those off by plan.
    xy
        Shape (n, 2), metres, in the order of ``lamps``.
    alpha
        Share of false ones tolerated among the circuits named, for each of the two tests.

    Returns
    -------
    list of Circuit
        By name; empty without circuits.

    Notes
    -----
    Faults of a circuit are held against the rates of its lamps' tiers by the binomial law (of the mean rate: the
    Poisson-binomial has thinner tails, so this is on the safe side). False discovery rate by Benjamini and Hochberg.
    """
    from scipy.stats import binom, false_discovery_control

    status = lamps["status"].to_numpy(object)
    kept = (status != "off_by_plan") & lamps["circuit"].notna().to_numpy()
    fault = status == "fault"
    tier = lamps["tier"].to_numpy(object)
    rate = {one: fault[kept & (tier == one)].mean() for one in dict.fromkeys(tier[kept].tolist())}
    codes = lamps["code"].to_numpy(object)
    circuit = lamps["circuit"].to_numpy(object)
    rows_of: dict[str, list[int]] = {}
    for row in np.flatnonzero(kept).tolist():
        rows_of.setdefault(str(circuit[row]), []).append(row)
    lines = []
    for name, rows in sorted(rows_of.items()):
        line = np.array(rows)[along(codes[rows].tolist(), xy[rows])]
        out = fault[line]
        beside = int((out[1:] & out[:-1]).sum())
        expected = float(sum(rate[one] for one in tier[line].tolist()))
        lines.append((name, line, out, expected, beside, runs_tail(len(line), int(out.sum()), beside)))
    size = np.array([len(line) for _, line, *_ in lines])
    faults = np.array([int(out.sum()) for _, _, out, *_ in lines])
    mean = np.array([expected for *_, expected, _, _ in lines]) / np.maximum(size, 1)
    many = binom.sf(faults - 1, size, mean).tolist() if lines else []
    found = [(*one[:4], p, *one[4:]) for one, p in zip(lines, many, strict=True)]
    judged = [len(line) >= FEW for _, line, *_ in found]
    flags = []
    for column in (4, 6):
        p = np.array([one[column] for one, fit in zip(found, judged, strict=True) if fit])
        passed = iter((false_discovery_control(np.clip(p, 1e-300, 1)) <= alpha).tolist() if len(p) else [])
        flags.append([next(passed) if fit else False for fit in judged])
    return [
        Circuit(
            name, len(line), int(out.sum()), expected, many, beside, together, fit, is_many, is_together,
            tuple(line[out].tolist()),
        )
        for (name, line, out, expected, many, beside, together), fit, is_many, is_together in zip(
            found, judged, *flags, strict=True
        )
    ]  # fmt: skip
