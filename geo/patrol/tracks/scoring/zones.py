"""How long places stood unvisited while they were open, as far as anybody could see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from geo.patrol.tracks.scoring.spans import Span, clip_spans, gaps_s, join_spans, total_s

SAME_VISIT_S: Final = 300
VISIT_S: Final = 60


@dataclass(frozen=True, slots=True)
class Idleness:
    """A place in its open hours.

    Attributes
    ----------
    open_s, inside_s
        Seconds it was open, and of those with somebody there.
    visits
        Stays of a minute or more, those less than five minutes apart as one.
    longest_s
        Longest time nobody was there while it was open.
    idle_s2
        Mean idleness is ``idle_s2 / (2 · open_s)`` seconds: the time since the last visit, averaged over the open
        time as one would meet it.
    cap_s
        The promise of its class; None for none.
    """

    open_s: int
    inside_s: int
    visits: int
    longest_s: int
    idle_s2: int
    cap_s: int | None

    @property
    def kept(self) -> bool | None:
        """Whether the promise was kept; None without one."""
        return None if self.cap_s is None else self.longest_s <= self.cap_s


def idleness(inside: Sequence[Span], windows: Sequence[Span], cap_s: int | None = None) -> Idleness:
    """How a place fared.

    Parameters
    ----------
    inside
        When somebody was there, joined, of all teams.
    windows
        When it was open, in order and apart.

    Examples
    --------
    >>> idleness([(1000, 1600)], [(0, 3600)], cap_s=1800)
    Idleness(open_s=3600, inside_s=600, visits=1, longest_s=2000, idle_s2=5000000, cap_s=1800)
    >>> idleness([], [(0, 3600)]).longest_s, idleness([(0, 30)], [(0, 60)]).visits
    (3600, 0)
    """
    stays = [one for one in join_spans(inside, SAME_VISIT_S) if one[1] - one[0] >= VISIT_S]
    gaps = [gap for low, high in windows for gap in gaps_s(stays, low, high)]
    clipped = [clip_spans(inside, low, high) for low, high in windows]
    return Idleness(
        open_s=total_s(windows),
        inside_s=sum(total_s(part) for part in clipped),
        visits=sum(len(clip_spans(stays, low, high)) for low, high in windows),
        longest_s=max(gaps, default=0),
        idle_s2=sum(gap * gap for gap in gaps),
        cap_s=cap_s,
    )
