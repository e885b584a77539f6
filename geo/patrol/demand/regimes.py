"""Passes by the regime a street is kept under (D10): what the bureau has set holds, not the tier's start value."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.treatments import cut_rounds
from geo.patrol.demand.wish import Wish

SEEN_DAILY = 1
"""A street asked for once a shift is seen by the daily coverage."""


def lower_passes(
    wishes: Sequence[Wish], span: ShiftSpan, kept: Mapping[int, int], fixed: Collection[int]
) -> list[Wish]:
    """The passes of tiers, fewer where every street of a stretch is kept under a regime that asks for fewer.

    Parameters
    ----------
    wishes
        As :func:`geo.patrol.demand.passes.pass_wishes` gives them.
    kept
        Passes a shift by row id of a street whose regime the bureau has set; see
        :func:`geo.cases.regimes.actions.passes_by_street`.
    fixed
        Row ids of streets whose tier's passes the bureau has set itself: those are never lowered.

    Returns
    -------
    list of Wish
        In the order given; a stretch that is asked for no pass at all has none.
    """
    rounds: dict[str, list[Wish]] = {}
    for wish in wishes:
        rounds.setdefault(wish.key.rpartition(":")[0], []).append(wish)
    found: list[Wish] = []
    for group in rounds.values():
        roads = group[0].feature_ids
        asked = max((kept.get(road, len(group)) for road in roads), default=len(group))
        if asked >= len(group) or any(road in fixed for road in roads):
            found += group
        elif asked:
            found += cut_rounds(group[0], span, asked, max(one.gap_s for one in group))
    return found


def more_than_daily(kept: Mapping[int, int]) -> dict[int, int]:
    """Of passes by street those that the daily coverage does not make.

    Examples
    --------
    >>> more_than_daily({7: 4, 8: 1, 9: 0})
    {7: 4}
    """
    return {road: passes for road, passes in kept.items() if passes > SEEN_DAILY}
