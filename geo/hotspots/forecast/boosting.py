"""The optional extra: gradient-boosted trees (LightGBM) on the challenger's features, where it is installed."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Unavailable
from geo.hotspots.forecast.decay import NO_INFORMATION, Decayed
from geo.hotspots.forecast.glm import learning_rows

Floats = NDArray[np.float64]

SETTINGS: Final = {
    "objective": "poisson",
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 200,
    "feature_fraction": 0.7,
    "lambda_l2": 5.0,
    "num_threads": 1,
    "deterministic": True,
    "verbosity": -1,
}
TREES: Final = 120


class NoBoosting(Unavailable):
    """LightGBM is not installed."""


def is_installed() -> bool:
    """Whether LightGBM can be imported; without the system's OpenMP library it is there and cannot."""
    try:
        import_module("lightgbm")
    except (ImportError, OSError):
        return False
    return True


def fit_boosting(decayed: Decayed, before: int, periods: int = 52, seed: int = 0) -> Any:
    """Learn trees from the ``periods`` periods before ``before``; the rows are those of :func:`.glm.fit_glm`.

    Returns
    -------
    Any
        A LightGBM booster; None without any event to learn from.

    Raises
    ------
    NoBoosting
        If LightGBM is not installed.
    """
    if not is_installed():
        raise NoBoosting("forecast.no_boosting")
    import lightgbm

    x, y, expected, weight = learning_rows(decayed, before, periods, seed)
    if not len(y) or y.sum() <= 0:
        return None
    data = lightgbm.Dataset(x, y, weight=weight, init_score=np.log(np.maximum(expected, NO_INFORMATION)))
    return lightgbm.train({**SETTINGS, "seed": seed}, data, TREES)


def of_text(text: str) -> Any:
    """A booster from what ``Booster.model_to_string`` wrote.

    Raises
    ------
    NoBoosting
        If LightGBM is not installed.
    """
    if not is_installed():
        raise NoBoosting("forecast.no_boosting")
    import lightgbm

    return lightgbm.Booster(model_str=text)


def boosting_mean(decayed: Decayed, before: int, booster: Any, features: Floats) -> Floats:
    """Expected count of each place in period ``before``, shape (n,); the places add up to the forecast level."""
    level = float(decayed.level_mean[before])
    if booster is None:
        return np.full(decayed.panel.places, level / max(decayed.panel.places, 1))
    relative = np.exp(np.clip(booster.predict(features, raw_score=True), -20, 20))
    return np.asarray(relative * (level / max(float(relative.sum()), NO_INFORMATION)))
