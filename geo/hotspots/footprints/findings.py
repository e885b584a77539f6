"""A difference in words and figures: size bins, confidence, what is flagged, and the reason of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.footprints.difference import Difference
from geo.hotspots.footprints.shapes import Floats, Mask, Outlines
from geo.hotspots.footprints.words import Reason, sentence
from geo.messages import Language

FLAGGED: Final = ("new", "enlarged")
"""Classes that go into the queue; nobody builds without leave by tearing down."""

TOLD: Final = (*FLAGGED, "demolished")
"""Classes that change ground, and whose reasons say what makes them less sure."""

GONE: Final = ("demolished", "not_seen")
CLASSES: Final = ("new", "enlarged", "demolished", "unchanged", "split", "merged", "reduced", "not_seen")

SIZE_EDGES_M2: Final = (20.0, 50.0, 100.0, 200.0)
SIZES: Final = ("<20", "20-50", "50-100", "100-200", ">=200")

FEW_PAIRS: Final = 3
BANDS: Final = (0.6, 0.85)
"""Confidence below the first is low, from the second on it is high."""


@dataclass(frozen=True, slots=True)
class Findings:
    """One row an observed outline, then one for every approved outline that is gone or was not looked at.

    Parameters
    ----------
    observed, approved
        Shape (m,), row of the outline in its layer, -1 where the row is of the other layer.
    cls, relation, size
        Shape (m,), see :class:`geo.hotspots.footprints.difference.Observed`; size bin of what changed.
    confidence
        Shape (m,), 0 to 1: a rule of thumb made of what can be wrong, checked against made-up truth by the benchmark.
    changed_m2, width_m, covered
        Shape (m,); area of what changed (0 if nothing), its width, share on the other layer's ground.
    overlay
        Shape (m,), the ground that changed, on the approved layer; empty where nothing did.
    """

    observed: NDArray[np.intp]
    approved: NDArray[np.intp]
    cls: NDArray[np.str_]
    relation: NDArray[np.str_]
    size: NDArray[np.str_]
    confidence: Floats
    changed_m2: Floats
    width_m: Floats
    covered: Floats
    shift_m: Floats
    own: Mask
    torn: Mask
    pairs: NDArray[np.int64]
    overlay: Outlines
    tolerance_m: float

    def __len__(self) -> int:
        return len(self.cls)

    @property
    def flagged(self) -> Mask:
        """Rows for the queue."""
        return np.isin(self.cls, FLAGGED)


def size_bin(area_m2: Floats) -> NDArray[np.str_]:
    """The name of the size each area falls into, m².

    Examples
    --------
    >>> size_bin(np.array([6.0, 20.0, 750.0])).tolist()
    ['<20', '20-50', '>=200']
    """
    return np.array(SIZES)[np.searchsorted(SIZE_EDGES_M2, area_m2, side="right")]


def find_findings(difference: Difference, approved: Outlines, approved_m2: Floats) -> Findings:
    """The rows of a difference.

    Parameters
    ----------
    approved, approved_m2
        The approved outlines the difference was made from, and their areas.
    """
    seen, ground = difference.observed, difference.approved
    gone = np.flatnonzero(np.isin(ground.cls, GONE))
    n, k = len(seen.cls), len(gone)
    cls = np.concatenate([seen.cls, ground.cls[gone]]).astype("U10")
    changed = np.concatenate([seen.added_m2, approved_m2[gone]])
    covered = np.concatenate([seen.covered, ground.covered[gone]])
    width = np.concatenate([seen.width_m, np.zeros(k)])
    pairs = np.concatenate([seen.pairs, np.full(k, FEW_PAIRS)])
    torn, own = (np.concatenate([part, np.zeros(k, bool)]) for part in (seen.torn, seen.own))
    lost = np.zeros(n)
    np.maximum.at(lost, difference.links[:, 0], ground.lost_m2[difference.links[:, 1]])
    relation = np.concatenate([seen.relation, np.full(k, "none")])
    return Findings(
        np.concatenate([np.arange(n), np.full(k, -1)]),
        np.concatenate([np.full(n, -1), gone]),
        cls,
        relation,
        size_bin(changed),
        _confidence(cls, changed, covered, width, pairs, torn, own, np.r_[lost, np.zeros(k)], difference.tolerance_m),
        changed,
        width,
        covered,
        np.concatenate([seen.shift_m, np.zeros((k, 2))]),
        own,
        torn,
        pairs,
        np.concatenate([seen.added, approved[gone]]),
        difference.tolerance_m,
    )


def _confidence(
    cls: NDArray[np.str_],
    changed: Floats,
    covered: Floats,
    width: Floats,
    pairs: NDArray[np.int64],
    torn: Mask,
    own: Mask,
    lost: Floats,
    tolerance: float,
) -> Floats:
    """Start near certainty and take off for everything that has been seen to go wrong."""
    sure = np.full(len(cls), 0.97)
    larger, fresh, gone = cls == "enlarged", cls == "new", cls == "demolished"
    # A strip hardly wider than what is wiped off as noise may be noise.
    sure[larger] *= np.clip(0.55 + 0.45 * (width[larger] - 1.2 * tolerance) / tolerance, 0.4, 1.0)
    sure[larger & (lost > 0.5 * changed)] *= 0.6
    sure[larger & torn] *= 0.85
    for one in (fresh, gone):
        sure[one] *= 1 - 0.4 * np.clip(covered[one] / 0.5, 0, 1)
        sure[one & (changed < SIZE_EDGES_M2[0])] *= 0.8
    sure[own] *= 0.8
    sure[pairs < FEW_PAIRS] *= 0.7
    sure[cls == "not_seen"] = 0.0
    return np.round(sure, 3)


def count_partners(difference: Difference, findings: Findings) -> NDArray[np.int64]:
    """How many outlines of the other layer each row stands for; 1 for rows of approved outlines."""
    partners = np.ones(len(findings), np.int64)
    at = findings.observed >= 0
    partners[at] = np.bincount(difference.links[:, 0], minlength=len(difference.observed.cls))[findings.observed[at]]
    return partners


def reasons_of(findings: Findings, partners: NDArray[np.int64], row: int) -> list[Reason]:
    """Why one row is what it is: the finding, then what makes it less sure.

    Parameters
    ----------
    partners
        Shape (m,), how many outlines of the other layer each row stands for.
    """
    cls = str(findings.cls[row])
    facts = {
        "area": round(float(findings.changed_m2[row])),
        "width": round(float(findings.width_m[row]), 1),
        "covered": round(100 * float(findings.covered[row])),
        "partners": int(partners[row]),
        "tolerance": round(findings.tolerance_m, 1),
    }
    found: list[Reason] = [(f"footprints.reason_{cls}", facts)]
    if findings.own[row]:
        found.append(("footprints.but_own", {}))
    if cls in TOLD and findings.torn[row]:
        found.append(("footprints.but_torn", {}))
    if cls in TOLD and findings.pairs[row] < FEW_PAIRS:
        found.append(("footprints.but_few", {}))
    return found


def reasons(findings: Findings, partners: NDArray[np.int64], language: Language = "zh") -> list[str]:
    """Why each row is what it is, as a sentence; see :func:`reasons_of`."""
    said = np.full(len(findings), "", object)
    plain = np.isin(findings.cls, ("unchanged", "split", "not_seen", "reduced")) & ~findings.own
    for cls in np.unique(findings.cls[plain]):
        mine = plain & (findings.cls == cls)
        said[mine] = sentence(reasons_of(findings, partners, int(np.argmax(mine))), language)
    for row in np.flatnonzero(~plain):
        said[row] = sentence(reasons_of(findings, partners, int(row)), language)
    return list(said)


def count_classes(findings: Findings) -> dict[str, dict[str, int]]:
    """Rows by class, and for classes that change something by size: ``{"new": {"all": 3, "<20": 1, ...}}``."""
    counts: dict[str, dict[str, int]] = {}
    for cls in CLASSES:
        mine = findings.cls == cls
        counts[cls] = {"all": int(mine.sum())}
        if cls in TOLD:
            counts[cls] |= {size: int((mine & (findings.size == size)).sum()) for size in SIZES}
    return counts
