"""The plane that fits control points best, by least squares, and how far each point is from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from geo.errors import Invalid

Method = Literal["helmert", "affine"]
NEEDED: Final[dict[str, int]] = {"helmert": 2, "affine": 3}
FLAT: Final = 1e-3
"""Points whose spread across is less than this share of that along lie on one line, and turn nothing for certain."""

STRETCH: Final = 0.01
"""A scale further than this from 1 means that two points are mixed up, or that units are not metres."""


class ControlRefused(Invalid):
    """Control points from which nothing can be solved, or that lie too far from the solution; the facts say which."""


@dataclass(frozen=True, slots=True)
class Solution:
    """East = a + b x + c y and north = d + e x + f y, from local x (east) and y (north), metres.

    ``residuals`` are shape (n, 2), solution less given, in metres and in the order of the points; ``spare`` is how many
    equations more than unknowns there are: without any the residuals are 0 and prove nothing.
    """

    method: Method
    parameters: tuple[float, float, float, float, float, float]
    residuals: NDArray[np.float64]
    spare: int

    @property
    def distances_m(self) -> NDArray[np.float64]:
        """Shape (n,), how far each point is off."""
        return np.hypot(self.residuals[:, 0], self.residuals[:, 1])

    @property
    def rms_m(self) -> float:
        """Root of the mean square of the distances."""
        return float(np.sqrt(np.mean(self.distances_m**2)))


def solve(local: NDArray[np.float64], plane: NDArray[np.float64], method: Method) -> Solution:
    """Fit local coordinates to a plane.

    Parameters
    ----------
    local, plane
        Shape (n, 2), metres, east before north: local frame, and a projected CRS.
    method
        ``helmert``: shift, turn and one scale (2 points at least); ``affine``: six parameters (3 at least).

    Returns
    -------
    Solution
        Least squares over all points, all weighing alike.

    Raises
    ------
    ControlRefused
        If points are too few, on one spot, for ``affine`` on one line, or the scale is not that of metres (more than
        1 % off 1).

    Notes
    -----
    Centred before solving, so that seven-digit coordinates lose nothing.

    Examples
    --------
    >>> local = np.array([[0.0, 0.0], [1000, 0], [1000, 1000], [0, 1000]])
    >>> turned = np.column_stack([500_000 - local[:, 1], 3_000_000 + local[:, 0]])
    >>> found = solve(local, turned, "helmert")
    >>> [round(value, 6) for value in found.parameters], round(found.rms_m, 6), found.spare
    ([500000.0, 0.0, -1.0, 3000000.0, 1.0, 0.0], 0.0, 4)
    """
    count = len(local)
    if count < NEEDED[method]:
        raise ControlRefused("control.too_few", points=count, needed=NEEDED[method], method=method)
    centre, target = local.mean(axis=0), plane.mean(axis=0)
    near, far = local - centre, plane - target
    spread = np.linalg.svd(near, compute_uv=False)
    if spread[0] < 1.0 or (method == "affine" and spread[1] < FLAT * spread[0]):
        raise ControlRefused("control.one_line", points=count, method=method)
    if method == "helmert":
        size = float((near**2).sum())
        b = float((near * far).sum()) / size
        e = float((near[:, 0] * far[:, 1] - near[:, 1] * far[:, 0]).sum()) / size
        turn = np.array([[b, -e], [e, b]])
    else:
        turn = np.linalg.lstsq(near, far, rcond=None)[0].T
    scale = np.linalg.svd(turn, compute_uv=False)
    if np.abs(scale - 1).max() > STRETCH:
        raise ControlRefused("control.scale", scale=round(float(scale[np.abs(scale - 1).argmax()]), 4))
    shift = target - turn @ centre
    residuals = near @ turn.T - far
    a, d = (float(value) for value in shift)
    parameters = (a, float(turn[0, 0]), float(turn[0, 1]), d, float(turn[1, 0]), float(turn[1, 1]))
    return Solution(method, parameters, residuals, 2 * count - (4 if method == "helmert" else 6))


def check_limit(solution: Solution, limit_m: float, names: Sequence[str]) -> None:
    """Refuse a solution of which a point is further off than the limit.

    Raises
    ------
    ControlRefused
        The facts name each such point with its distance.
    """
    far = [
        f"{name} {distance:.3f} m"
        for name, distance in zip(names, solution.distances_m, strict=True)
        if distance > limit_m
    ]
    if far:
        raise ControlRefused("control.residual", points="; ".join(far), limit=limit_m)


def apply(parameters: Sequence[float], xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Local coordinates, shape (n, 2), in the solution's plane.

    Examples
    --------
    >>> apply((500_000, 0, -1, 3_000_000, 1, 0), np.array([[10.0, 20.0]])).tolist()
    [[499980.0, 3000010.0]]
    """
    a, b, c, d, e, f = parameters
    return np.column_stack([a + b * xy[:, 0] + c * xy[:, 1], d + e * xy[:, 0] + f * xy[:, 1]])
