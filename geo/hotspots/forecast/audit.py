"""Where attention goes, and the guards that keep patrols from learning only from where they went.

Attention is drawn by each place's probability of being in the list, so that places nobody can tell apart share it. A
tenth to a seventh of it goes to a random sample whatever the forecast says: the one part of the record that is not
shaped by earlier forecasts. Who always gets attention, and which 片区 gets how much for its residents, is shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]

AUDIT_SHARE: Final = 0.125
AUDIT_BOUNDS: Final = (0.10, 0.15)
SURE: Final = 0.995
"""A place this surely in the list is attended to every time, whatever the random sample takes from the others."""

LOCKED_IN: Final = 0.9
"""A place with attention in this share of the weeks is locked in."""

LOCKED_WEEKS: Final = 13


class AuditShare(Invalid):
    """The share of attention left to chance is outside what keeps a forecast honest."""


@dataclass(frozen=True, slots=True)
class Attention:
    """Places chosen for one period.

    Parameters
    ----------
    by_forecast, by_chance
        Indices of places, rising; no place is in both.
    """

    by_forecast: NDArray[np.intp]
    by_chance: NDArray[np.intp]

    @property
    def places(self) -> NDArray[np.intp]:
        """All of them, rising."""
        return np.sort(np.concatenate([self.by_forecast, self.by_chance]))


def pick_attention(probability: Floats, slots: int, seed: int, audit_share: float = AUDIT_SHARE) -> Attention:
    """Choose the places that get attention in one period.

    Parameters
    ----------
    probability
        Shape (n,), 0 to 1: probability of being among the places where most happens (``list_probability``).
    slots
        How many places can be attended to.
    seed
        Same seed, same choice; another one every period.
    audit_share
        Share of the slots for the random sample, 0.10 to 0.15.

    Returns
    -------
    Attention
        ``slots`` places, or all n. The sample's size is rounded by chance, so that its share is right on average; it is
        drawn evenly from the places that the forecast did not choose.

    Raises
    ------
    AuditShare
        If the share is out of bounds.

    Notes
    -----
    Systematic sampling with the probabilities as inclusion probabilities, in random order (Madow 1949): a place that
    is surely in the list is always chosen, others in proportion. Ensign et al. 2018 prove that always sending patrols
    to the highest count runs away.

    Examples
    --------
    >>> chosen = pick_attention(np.array([1.0, 0.0, 0.5, 0.5] + [0.0] * 36), 2, seed=1)
    >>> len(chosen.places), 0 in chosen.by_forecast
    (2, True)
    """
    if not AUDIT_BOUNDS[0] <= audit_share <= AUDIT_BOUNDS[1]:
        raise AuditShare("forecast.audit_share", share=audit_share, least=AUDIT_BOUNDS[0], most=AUDIT_BOUNDS[1])
    n = len(probability)
    rng = np.random.default_rng(seed)
    slots = min(slots, n)
    wanted = audit_share * slots
    sample = int(wanted) + int(rng.random() < wanted - int(wanted))
    chosen = _draw(np.clip(probability, 0.0, 1.0), slots - sample, rng)
    others = np.setdiff1d(np.arange(n), chosen)
    audit = rng.choice(others, min(sample, len(others)), replace=False)
    return Attention(np.sort(chosen), np.sort(audit).astype(np.intp))


def _draw(probability: Floats, number: int, rng: np.random.Generator) -> NDArray[np.intp]:
    """``number`` different places, each as often as ``probability`` scaled to it says; evenly if it says nothing."""
    n = len(probability)
    share = probability if probability.sum() > 0 else np.ones(n)
    sure = probability >= SURE
    if sure.sum() > number:
        return np.sort(rng.choice(np.flatnonzero(sure), number, replace=False))
    while True:
        rest = number - sure.sum()
        free = share * ~sure
        if rest <= 0 or free.sum() <= 0:
            break
        scaled = free * rest / free.sum()
        more = scaled >= 1
        if not more.any():
            order = rng.permutation(n)
            mass = np.cumsum(scaled[order])
            at = np.searchsorted(mass, rng.random() + np.arange(rest), side="right")
            return np.concatenate([np.flatnonzero(sure), order[np.minimum(at, n - 1)]])
        sure |= more
    found = np.flatnonzero(sure)[:number]
    if len(found) < number:
        rest = rng.choice(np.setdiff1d(np.arange(n), found), number - len(found), replace=False)
        found = np.concatenate([found, rest])
    return found


def concentration(attended: NDArray[np.bool_], most: int = 20) -> float:
    """Share of all attention that went to the ``most`` places with most of it.

    Parameters
    ----------
    attended
        Shape (weeks, n).

    Examples
    --------
    >>> concentration(np.array([[True, False, False], [True, True, False]]), most=1)
    0.6666666666666666
    """
    times = np.sort(attended.sum(axis=0))[::-1]
    return float(times[:most].sum() / max(times.sum(), 1))


def locked_in(attended: NDArray[np.bool_], share: float = LOCKED_IN) -> NDArray[np.intp]:
    """Places that got attention in at least ``share`` of the weeks; none before ``LOCKED_WEEKS`` were seen.

    Examples
    --------
    >>> locked_in(np.ones((20, 2), dtype=bool)).tolist(), locked_in(np.ones((5, 2), dtype=bool)).tolist()
    ([0, 1], [])
    """
    if len(attended) < LOCKED_WEEKS:
        return np.zeros(0, dtype=np.intp)
    return np.flatnonzero(attended.mean(axis=0) >= share)


def attention_by_district(minutes: DataFrame, listed: DataFrame, districts: DataFrame) -> DataFrame:
    """How attention is shared among 片区, held against who lives there.

    Parameters
    ----------
    minutes
        ``district minutes``: patrol presence.
    listed
        ``district places``: places of the list.
    districts
        ``code name population``; population may be missing.

    Returns
    -------
    DataFrame
        ``code name population population_share minutes minutes_share places places_share per_resident``, by code;
        ``per_resident`` is the share of minutes over the share of residents (1 = even), missing where nobody counted.

    Examples
    --------
    >>> from pandas import DataFrame
    >>> minutes = DataFrame({"district": ["A", "B"], "minutes": [30.0, 10.0]})
    >>> areas = DataFrame({"code": ["A", "B"], "name": ["甲", "乙"], "population": [100, 100]})
    >>> attention_by_district(minutes, DataFrame({"district": [], "places": []}), areas)["per_resident"].tolist()
    [1.5, 0.5]
    """
    table = districts[["code", "name", "population"]].sort_values("code").reset_index(drop=True)
    for frame, value in ((minutes, "minutes"), (listed, "places")):
        by_code = frame.groupby("district")[value].sum()
        table[value] = table["code"].map(by_code).fillna(0.0).astype(float)
        table[f"{value}_share"] = table[value] / max(float(table[value].sum()), 1e-9)
    residents = table["population"].astype("float64")
    table["population_share"] = residents / residents.sum() if residents.notna().all() else np.nan
    table["per_resident"] = table["minutes_share"] / table["population_share"]
    return table
