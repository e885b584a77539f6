"""Passes owed to the streets of a tier, each in its own part of the shift and kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from geo.patrol.demand.rules import START_PASSES, PassRule, passes_in
from geo.patrol.demand.span import ShiftSpan
from geo.patrol.demand.wish import Wish
from geo.patrol.stretches import cut_stretches
from geo.roads.network import Network

PASS_WEIGHT: Final = 10.0

LATER_PASS_WEIGHT: Final = 4.0
"""Of a pass after the first: a street gets its first before another gets its second."""


def pass_wishes(network: Network, span: ShiftSpan, rules: Sequence[PassRule] = START_PASSES) -> list[Wish]:
    """The passes owed to every stretch of the tiers that have a rule.

    Parameters
    ----------
    rules
        At most one a tier. Of a strictly kept street (严管, the first tier) passes are a duty of their own; those of
        other tiers are coverage.

    Returns
    -------
    list of Wish
        Key ``pass:<first road>:<number of the stretch in its tier>:<round>``, first round 0. The second round is the
        licensed pairs' to do where they have time, since on a strictly kept street somebody must be able to penalise;
        each begins no sooner than the rule's spacing after the one before.
    """
    wishes: list[Wish] = []
    for rule in rules:
        rounds = passes_in(rule, span.length_s)
        edges = [span.length_s * round_ // rounds for round_ in range(rounds + 1)] if rounds else []
        for number, stretch in enumerate(cut_stretches(network, rule.tier)) if rounds else ():
            key = f"pass:{stretch.road_ids[0]}:{number}"
            wishes += [
                Wish(
                    key=f"{key}:{round_}",
                    kind="pass",
                    name="" if stretch.name.startswith("#") else stretch.name,
                    layer="road",
                    feature_ids=stretch.road_ids,
                    district_code=stretch.owner,
                    duty="pass" if rule.tier == "main" else "coverage",
                    weight=LATER_PASS_WEIGHT if round_ else PASS_WEIGHT,
                    licences_needed=0,
                    windows=((edges[round_], edges[round_ + 1]),),
                    service_s=0,
                    roaming_first=round_ > 0,
                    required=rule.required,
                    after=f"{key}:{round_ - 1}" if round_ else None,
                    gap_s=rule.spacing_s if round_ else 0,
                    ride_kmh=rule.ride_kmh,
                    stretch=stretch,
                )
                for round_ in range(rounds)
            ]
    return wishes
