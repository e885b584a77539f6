"""Dark stretches of street: no lamp near enough, or the lamps that are near are out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.lighting.rules import Reach
from geo.roads.lixels import Lixels, joined
from geo.roads.network import Floats, Ints

STEP_M: Final = 5.0
STREET_M: Final = 30.0
"""A lamp farther than this from every street lights none."""

Cause = Literal["spacing", "fault", "off_by_plan"]


@dataclass(frozen=True)
class DarkStretch:
    """A stretch of street without light.

    Parameters
    ----------
    bits
        Its lixels.
    length_m
        Metres of it.
    tier
        The highest tier in it.
    cause
        ``fault``: most of it would be lit if broken lamps burned; ``off_by_plan``: if those switched off by schedule
        did too; ``spacing``: there is no lamp near enough.
    lamps
        Rows (positions in the frame) of the lamps that are out and would light it, rising.
    """

    bits: Ints
    length_m: float
    tier: str
    cause: Cause
    lamps: tuple[int, ...]


@dataclass(frozen=True)
class Darkness:
    """Dark stretches, and metres of street by tier: looked at, and dark by cause (shorter bits included)."""

    stretches: list[DarkStretch]
    looked_m: dict[str, float]
    dark_m: dict[tuple[str, Cause], float]


def dark_stretches(
    lixels: Lixels,
    looked: NDArray[np.bool_],
    x: Floats,
    y: Floats,
    status: NDArray[np.object_],
    reach: Mapping[str, Reach],
) -> Darkness:
    """Where the looked-at streets are dark, and why.

    Parameters
    ----------
    lixels
        Streets cut into bits of a few metres.
    looked
        Shape (k,): bits that are somebody's to light.
    x, y
        Shape (lamps,), metres.
    status
        Shape (lamps,): ``on``, ``fault`` or ``off_by_plan``.
    reach
        By tier: how far a lamp lights, and the shortest darkness worth a line.

    Returns
    -------
    Darkness
        Stretches in the order of their first bit; a stretch runs on across crossings of like-named streets.

    Notes
    -----
    Light goes straight: a bit is lit if a burning lamp stands within the reach of its tier, across the corner too.
    One nearest-lamp query for each way of counting lamps: O((k + lamps) log lamps).
    """
    tiers = np.array(lixels.network.tiers, dtype=object)[lixels.network.road[lixels.piece]]
    far = np.array([reach[tier].reach_m for tier in tiers])
    spots = np.column_stack([x, y]).astype(float)
    burning, broken = status == "on", status == "fault"
    dark = looked & ~_within(lixels.xy, spots[burning], far)
    if_mended = looked & ~_within(lixels.xy, spots[burning | broken], far)
    if_all = looked & ~_within(lixels.xy, spots, far)
    cause = np.where(if_all, "spacing", np.where(if_mended, "off_by_plan", "fault")).astype(object)
    metres = lixels.length_m
    looked_m = {tier: float(metres[looked & (tiers == tier)].sum()) for tier in reach}
    causes: tuple[Cause, ...] = ("spacing", "fault", "off_by_plan")
    dark_m = {
        (tier, why): float(metres[dark & (tiers == tier) & (cause == why)].sum()) for tier in reach for why in causes
    }
    number = joined(lixels, dark)
    order = np.argsort(number, kind="stable")
    order = order[number[order] >= 0]
    bounds = np.flatnonzero(np.diff(number[order])) + 1
    out = np.flatnonzero(~burning)
    stretches = []
    for bits in np.split(order, bounds) if len(order) else []:
        length = float(metres[bits].sum())
        tier = min(tiers[bits].tolist(), key=list(reach).index)
        if length >= reach[tier].shortest_m:
            share = {why: float(metres[bits][cause[bits] == why].sum()) for why in causes}
            main = max(causes, key=lambda why: share[why])
            stretches.append(DarkStretch(bits, length, tier, main, _near(lixels.xy[bits], spots, out, far[bits])))
    return Darkness(stretches, looked_m, dark_m)


def _within(xy: Floats, spots: Floats, far: Floats) -> NDArray[np.bool_]:
    """Whether any spot lies within ``far`` of each point; a point at exactly that distance is within."""
    from scipy.spatial import cKDTree

    if len(spots) == 0 or len(xy) == 0:
        return np.zeros(len(xy), dtype=bool)
    distance, _ = cKDTree(spots).query(xy, distance_upper_bound=float(far.max()) * 1.001 + 1e-9)
    return np.asarray(distance <= far)


def _near(xy: Floats, spots: Floats, out: Ints, far: Floats) -> tuple[int, ...]:
    """Lamps that are out within reach of any of the points."""
    from scipy.spatial import cKDTree

    if len(out) == 0:
        return ()
    tree = cKDTree(spots[out])
    found = {one for many in tree.query_ball_point(xy, far) for one in many}
    return tuple(sorted(int(out[one]) for one in found))
