"""Who must go together: the pair a check was drawn for, the people a post names (D15).

A party is seated in one team. Parties that share somebody are joined only for a promise, since a larger team is missed
elsewhere; a check that is none yet waits for a day on which its pair is free, until its last days make it one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from geo.patrol.problem import DUTIES, Duty, Person, Stop

MOST_JOINED: Final = 3
"""Parties are joined up to so many people."""


@dataclass(frozen=True, slots=True)
class Party:
    """People who go together, by id in order; ``roams`` where their stop takes two licences; where their work is."""

    ids: tuple[int, ...]
    roams: bool = False
    districts: frozenset[str] = frozenset()


def parties_of(stops: Iterable[Stop], people: Sequence[Person], order: Sequence[Duty] = DUTIES) -> list[Party]:
    """The parties a shift's stops ask for, disjoint.

    Parameters
    ----------
    stops
        Those that name one person or nobody, or are closed, ask for none.
    people
        On duty and free; a stop that names somebody else waits.
    order
        Who gives way when two stops ask for the same person: the last first; others before promises, then by key.

    Returns
    -------
    list of Party
        In the order in which they were asked for. A stop is passed over if somebody it names is in another party,
        unless it is a promise and those joined are at most :data:`MOST_JOINED`: its people are in no team together,
        which plans say.

    Notes
    -----
    Greedy, in the bureau's order: a rule, nothing is solved.

    Examples
    --------
    See ``tests/unit/test_patrol_parties.py``.
    """
    there = {person.id for person in people}
    asking = [stop for stop in stops if len(set(stop.person_ids)) > 1 and stop.windows]
    asking.sort(key=lambda stop: (order.index(stop.duty), not stop.required, stop.key))
    parties: list[Party] = []
    for stop in asking:
        ids = set(stop.person_ids)
        if not ids <= there:
            continue
        joined = [party for party in parties if ids & set(party.ids)]
        everybody = ids.union(*(party.ids for party in joined))
        grows = any(len(party.ids) < len(everybody) for party in joined)
        if grows and (not stop.required or len(everybody) > MOST_JOINED):
            continue
        here = {stop.district_code} if stop.district_code is not None else set()
        districts = frozenset(here).union(*(party.districts for party in joined))
        roams = stop.licences_needed > 1 or any(party.roams for party in joined)
        made = Party(tuple(sorted(everybody)), roams, districts)
        at = min((parties.index(party) for party in joined), default=len(parties))
        parties = [party for party in parties if party not in joined]
        parties.insert(at, made)
    return parties
