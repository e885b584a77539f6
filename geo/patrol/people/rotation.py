"""Who goes with whom changes from month to month: members of a shift's teams exchanged by constraint programming.

The teams themselves stay: their number, ground, vehicles and sizes. One thread, fixed seed, deterministic seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

from geo.patrol.people.teams import Ground, TeamDraft
from geo.patrol.problem import Person

if TYPE_CHECKING:
    from ortools.sat.python.cp_model import CpModel, IntVar

Pairs = Mapping[tuple[int, int], dt.date]
"""(lower id, higher id) of two who went together → when last."""

SECONDS: Final = 0.5
"""Deterministic seconds."""

AGAIN_COST: Final = 20
"""Two who went together within the gap and go together again."""

STRANGE_COST: Final = 6
"""Somebody on ground that is another squad's."""

UNMIXED_COST: Final = 12
"""A local team without a regular, while another has two."""


def rotate(
    drafts: Sequence[TeamDraft],
    grounds: Sequence[Ground],
    on: dt.date,
    past: Pairs,
    gap_days: int,
    held: frozenset[int] = frozenset(),
) -> list[TeamDraft]:
    """Exchange members so that few go with whom they went with lately.

    Parameters
    ----------
    drafts
        Teams with members.
    on, gap_days
        The day, and after how many days the same two may go together again.
    past
        Who went together, from plans that people walked.
    held
        People who stay in their team: they must go with each other.

    Returns
    -------
    list of TeamDraft
        In the same order, each with as many members. Roaming teams keep two valid licences, the leader on duty and
        who is held stay where they are; never worse than ``drafts`` by the sum of the three costs. The same input gives
        the same teams.

    Examples
    --------
    See ``tests/unit/test_patrol_teams.py``.
    """
    recent = {pair for pair, last in past.items() if 0 < (on - last).days < gap_days}
    if unease(drafts, grounds, recent) == 0 or len(drafts) < 2:
        return list(drafts)
    from ortools.sat.python import cp_model

    model = cp_model.CpModel()
    at = _places(model, drafts, on, held)
    model.minimize(sum(_costs(model, at, drafts, grounds, recent)))
    for (team, person), variable in at.items():
        model.add_hint(variable, person in {member.id for member in drafts[team].members})
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 1
    solver.parameters.max_deterministic_time = SECONDS
    if solver.solve(model) not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return list(drafts)
    people = {person.id: person for draft in drafts for person in draft.members}
    found = []
    for team, draft in enumerate(drafts):
        ids = [who for who in sorted(people) if (team, who) in at and solver.boolean_value(at[team, who])]
        found.append(_with(draft, [people[who] for who in ids], on))
    return found if unease(found, grounds, recent) < unease(drafts, grounds, recent) else list(drafts)


def unease(drafts: Sequence[TeamDraft], grounds: Sequence[Ground], recent: set[tuple[int, int]]) -> int:
    """What is against these teams: repeated pairs, strangers to the ground, and regulars unevenly spread."""
    squads = {ground.code: ground.squad_id for ground in grounds}
    total = 0
    unmixed = twice = 0
    for draft in drafts:
        ids = sorted(member.id for member in draft.members)
        total += AGAIN_COST * sum(pair in recent for pair in combinations(ids, 2))
        if draft.kind == "local":
            own = {squads.get(code) for code in draft.districts} - {None}
            total += STRANGE_COST * sum(bool(own) and member.squad_id not in own for member in draft.members)
            regulars = sum(member.kind == "regular" for member in draft.members)
            unmixed += regulars == 0
            twice += max(0, regulars - 1)
    return total + UNMIXED_COST * min(unmixed, twice)


def _with(draft: TeamDraft, members: list[Person], on: dt.date) -> TeamDraft:
    members.sort(key=lambda person: (not person.leads, person.kind != "regular", person.code))
    return replace(draft, members=tuple(members), licences=sum(member.licensed(on) for member in members))


def _places(
    model: CpModel, drafts: Sequence[TeamDraft], on: dt.date, held: frozenset[int]
) -> dict[tuple[int, int], IntVar]:
    """Who may be in which team: (number of the team, person) → variable."""
    people = sorted({person for draft in drafts for person in draft.members}, key=lambda person: person.id)
    home = {member.id: team for team, draft in enumerate(drafts) for member in draft.members}
    at = {}
    for person in people:
        for team, draft in enumerate(drafts):
            stays = (person.leads or person.id in held) and home[person.id] != team
            if not stays and not (draft.kind == "roaming" and not person.licensed(on)):
                at[team, person.id] = model.new_bool_var("")
        model.add_exactly_one(variable for (_, who), variable in at.items() if who == person.id)
    for team, draft in enumerate(drafts):
        model.add(sum(variable for (number, _), variable in at.items() if number == team) == len(draft.members))
    return at


def _costs(
    model: CpModel,
    at: Mapping[tuple[int, int], IntVar],
    drafts: Sequence[TeamDraft],
    grounds: Sequence[Ground],
    recent: set[tuple[int, int]],
) -> list[Any]:
    squads = {ground.code: ground.squad_id for ground in grounds}
    people = {person.id: person for draft in drafts for person in draft.members}
    costs: list[Any] = []
    for one, other in sorted(recent & set(combinations(sorted(people), 2))):
        again = model.new_bool_var("")
        for team in range(len(drafts)):
            if (team, one) in at and (team, other) in at:
                model.add_bool_or(at[team, one].negated(), at[team, other].negated(), again)
        costs.append(AGAIN_COST * again)
    local = [team for team, draft in enumerate(drafts) if draft.kind == "local"]
    for team in local:
        own = {squads.get(code) for code in drafts[team].districts} - {None}
        if own:
            strangers = [v for (number, who), v in at.items() if number == team and people[who].squad_id not in own]
            costs.append(STRANGE_COST * sum(strangers))
        regulars = [v for (number, who), v in at.items() if number == team and people[who].kind == "regular"]
        crowd = model.new_int_var(0, len(drafts[team].members), "")
        model.add(crowd >= sum(regulars) - 1)
        costs.append(UNMIXED_COST * crowd)
    return costs
