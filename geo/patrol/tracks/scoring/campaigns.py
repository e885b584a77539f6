"""How long teams were on the ground of a campaign: its effort as trackers saw it, beside the one that was noted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.patrol.tracks.scoring.spans import Span, clip_spans, total_s
from geo.patrol.tracks.scoring.stops import Seen, presence

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, eq=False)
class Ground:
    """The ground of a campaign (metric) and its days, in seconds of the Unix epoch."""

    code: str
    area: BaseGeometry
    from_s: int
    to_s: int


def time_on(ground: Ground, teams: Iterable[tuple[int, Sequence[Seen]]], shift: Span) -> dict[str, int]:
    """Seconds that teams were on it in its days within a shift.

    Parameters
    ----------
    teams
        Each its people and what its devices saw. A team is taken to be together: somebody there is all of it there.

    Returns
    -------
    dict
        ``teams`` that were there at all, ``team_s``, and ``person_s``, each team's seconds times its people. Stretches
        nobody could see (gaps of more than five minutes, positions worse than 50 m) count for nothing.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> walk = Seen(np.array([0, 60, 120]), np.array([[5.0, 5.0], [6.0, 5.0], [50.0, 5.0]]))
    >>> ground = Ground("ZX01", shapely.box(0, 0, 10, 10), 0, 86400)
    >>> time_on(ground, [(2, [walk]), (3, [])], (30, 3600))
    {'teams': 1, 'team_s': 30, 'person_s': 60}
    """
    low, high = max(shift[0], ground.from_s), min(shift[1], ground.to_s)
    found = {"teams": 0, "team_s": 0, "person_s": 0}
    for people, devices in teams:
        seconds = total_s(clip_spans(presence(devices, ground.area), low, high)) if low < high else 0
        found["teams"] += seconds > 0
        found["team_s"] += seconds
        found["person_s"] += seconds * people
    return found
