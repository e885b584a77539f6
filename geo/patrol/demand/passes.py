"""Passes owed to the main streets."""

from __future__ import annotations

from typing import Final

from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish
from geo.patrol.stretches import cut_stretches
from geo.roads.network import Network

PASS_ROUNDS_S: Final = 6 * 3600
"""A shift this long owes two passes of main streets, one in each half; the second is the licensed pairs' to do, since
on a strictly kept street (严管) somebody must be able to penalise. Local teams take it when those have no time."""

PASS_WEIGHT: Final = 10.0
"""When not everything fits: law and deadlines before passes of main streets, passes before hotspots (D14)."""

SECOND_PASS_WEIGHT: Final = 4.0
"""Once a street was passed, first visits to busy places come before passing it again."""


def pass_wishes(network: Network, span: ShiftSpan) -> list[Wish]:
    """The passes owed to every stretch of main street: one, in a long shift one in each half."""
    half = span.length_s // 2
    windows = [(0, half), (half, span.length_s)] if span.length_s >= PASS_ROUNDS_S else [(0, span.length_s)]
    return [
        Wish(
            key=f"pass:{stretch.road_ids[0]}:{number}:{round_}",
            kind="pass",
            name="" if stretch.name.startswith("#") else stretch.name,
            layer="road",
            feature_ids=stretch.road_ids,
            district_code=stretch.owner,
            duty="pass",
            weight=SECOND_PASS_WEIGHT if round_ else PASS_WEIGHT,
            licences_needed=0,
            windows=(window,),
            service_s=0,
            roaming_first=round_ > 0,
            stretch=stretch,
        )
        for number, stretch in enumerate(cut_stretches(network))
        for round_, window in enumerate(windows)
    ]
