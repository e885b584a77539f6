"""How good told chances were, once it is known what happened."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ChanceScores:
    """Scores of told chances.

    Parameters
    ----------
    n, base
        Closings, and the share that was followed.
    auc, ap
        Area under the ROC curve; average precision (nan if all or none was followed).
    brier, ece
        Mean squared error; expected calibration error over ten bins of equal size.
    top_decile
        Share followed among the tenth with the highest chance; ``top_share`` is the part of all followed it holds.
    """

    n: int
    base: float
    auc: float
    ap: float
    brier: float
    ece: float
    top_decile: float
    top_share: float

    def as_json(self) -> dict[str, Any]:
        """Rounded; nan as none."""
        return {k: v if isinstance(v, int) else (round(v, 4) if v == v else None) for k, v in asdict(self).items()}


def score_chances(p: Floats, followed: Flags, seed: int = 1) -> ChanceScores:
    """Score chances against what happened.

    Parameters
    ----------
    p, followed
        Shape (n,), n >= 1. Equal chances are put in a random order of the seed.

    Examples
    --------
    >>> told = score_chances(np.array([0.9, 0.8, 0.1, 0.2]), np.array([True, True, False, False]))
    >>> told.auc, told.ap, told.top_decile
    (1.0, 1.0, 1.0)
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    n = len(p)
    shuffled = np.random.default_rng(seed).permutation(n)
    order = shuffled[np.argsort(-p[shuffled], kind="stable")]
    top = order[: max(n // 10, 1)]
    mixed = 0 < followed.sum() < n
    bins = np.array_split(order, 10)
    ece = sum(abs(float(p[rows].mean()) - float(followed[rows].mean())) * len(rows) for rows in bins if len(rows)) / n
    return ChanceScores(
        n=n,
        base=float(followed.mean()),
        auc=float(roc_auc_score(followed, p)) if mixed else float("nan"),
        ap=float(average_precision_score(followed, p)) if mixed else float("nan"),
        brier=float(((p - followed) ** 2).mean()),
        ece=float(ece),
        top_decile=float(followed[top].mean()),
        top_share=float(followed[top].sum() / max(followed.sum(), 1)),
    )
