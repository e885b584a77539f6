"""Who goes with whom, in what, and for which ground: the bureau first, the 片区 second (D13).

At most three pairs with two valid licences each roam over the whole county and take the cars; everybody
else goes in pairs that stay in a 片区, allotted by the work there. Who must go together is seated first
(:mod:`geo.patrol.people.parties`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from geo.patrol.people.parties import Party
from geo.patrol.problem import Crew, Person, Vehicle
from geo.roads.speeds import Mode

ROAMING_PAIRS: Final = 3


@dataclass(frozen=True, slots=True)
class Ground:
    """A 片区 as far as allotting people goes: where it is (metric), its squad, seconds of work in it."""

    code: str
    x: float
    y: float
    work_s: int
    squad_id: int | None = None


@dataclass(frozen=True, slots=True)
class TeamDraft(Crew):
    """A crew before it has a starting place, numbered on its ground."""

    number: int


def team_name(draft: TeamDraft, names: Mapping[str, str]) -> str:
    """What people call a team: after its ground, or 机动 for one that roams.

    Examples
    --------
    >>> team_name(TeamDraft("R2", "roaming", "car", (), (), (), 2, 2), {})
    '机动2队'
    >>> team_name(TeamDraft("P01-1", "local", "foot", ("P01",), (), (), 0, 1), {"P01": "老城片区"})
    '老城片区1队'
    >>> team_name(TeamDraft("P01-1", "local", "foot", ("P01", "P03"), (), (), 0, 1), {"P01": "老城片区"})
    '老城片区等2片1队'
    """
    if not draft.districts:
        return f"机动{draft.number}队"
    first = names.get(draft.districts[0], draft.districts[0])
    more = f"等{len(draft.districts)}片" if len(draft.districts) > 1 else ""
    return f"{first}{more}{draft.number}队"


def form_teams(
    people: Sequence[Person],
    vehicles: Sequence[Vehicle],
    grounds: Sequence[Ground],
    on: dt.date,
    past: Mapping[tuple[int, int], dt.date] = MappingProxyType({}),
    gap_days: int = 28,
    parties: Sequence[Party] = (),
) -> list[TeamDraft]:
    """Make teams from the people on duty.

    Parameters
    ----------
    people
        On duty in the shift, each once.
    vehicles
        Fit for use and free.
    grounds
        Every 片区 of the county; none leaves only roaming teams.
    on
        The day on which licences must be valid.
    past, gap_days
        (lower id, higher id) of two who went together → when last; before so many days they go together again only
        where that is better for ground and mixture (:mod:`geo.patrol.people.rotation`).
    parties
        Who must go together, disjoint. All with licences and for a stop that takes two: they roam, while there are
        roaming teams; the leader on duty keeps the first. Others are local, where their work is if that ground is free.

    Returns
    -------
    list of TeamDraft
        Roaming teams first, then local ones by 片区 code. Nobody and no vehicle twice; each vehicle set has a seat
        for every member; each party is in one team. Pairs otherwise; an odd person makes a local pair a three. Without
        people: empty.
    """
    people = sorted(people, key=lambda person: (not person.leads, person.code))
    cars = sorted((v for v in vehicles if v.kind == "car" and v.seats >= 2), key=lambda v: v.code)
    bikes = sorted((v for v in vehicles if v.kind == "ebike"), key=lambda v: v.code)
    teams = []
    for i, members in enumerate(_roaming(people, on, parties)):
        mode: Mode = "foot"
        taken: tuple[Vehicle, ...] = ()
        if car := next((car for car in cars if car.seats >= len(members)), None):
            cars.remove(car)
            mode, taken = "car", (car,)
        elif taken := _take_bikes(bikes, len(members)):
            mode = "ebike"
        teams.append(TeamDraft(f"R{i + 1}", "roaming", mode, (), members, taken, len(members), i + 1))
    roaming = {person.id for team in teams for person in team.members}
    rest = [person for person in people if person.id not in roaming]
    if rest and grounds:
        left = [party for party in parties if not roaming & set(party.ids)]
        teams += _local_teams(rest, bikes, grounds, on, left)
    if not past:
        return teams
    from geo.patrol.people.rotation import rotate

    held = frozenset(person for party in parties for person in party.ids)
    return rotate(teams, grounds, on, past, gap_days, held)


def _roaming(people: Sequence[Person], on: dt.date, parties: Sequence[Party]) -> list[tuple[Person, ...]]:
    """Members of the roaming teams, everybody with a licence: parties that may roam, then pairs of who is in none."""
    licensed = [person for person in people if person.licensed(on)]
    there = {person.id: person for person in licensed}
    bound = {person for party in parties for person in party.ids}
    free = [person for person in licensed if person.id not in bound]
    kept = 1 if len(free) > 1 and free[0].leads else 0
    teams = [
        tuple(sorted((there[one] for one in party.ids), key=licensed.index))
        for party in parties
        if party.roams and set(party.ids) <= there.keys()
    ][: ROAMING_PAIRS - kept]
    teams += [tuple(free[i : i + 2]) for i in range(0, len(free) - 1, 2)][: ROAMING_PAIRS - len(teams)]
    return sorted(teams, key=lambda members: not members[0].leads)


def _take_bikes(bikes: list[Vehicle], riders: int) -> tuple[Vehicle, ...]:
    """Bikes with a seat for everybody, taken off the list; none if there are not enough."""
    taken: list[Vehicle] = []
    for bike in bikes:
        if sum(one.seats for one in taken) >= riders:
            break
        taken.append(bike)
    if sum(one.seats for one in taken) < riders:
        return ()
    for bike in taken:
        bikes.remove(bike)
    return tuple(taken)


def _local_teams(
    rest: list[Person], bikes: list[Vehicle], grounds: Sequence[Ground], on: dt.date, parties: Sequence[Party]
) -> list[TeamDraft]:
    bound = {one for party in parties for one in party.ids}
    pool = [person for person in rest if person.id not in bound]
    shares = share_ground(grounds, max(1, len(parties) + len(pool) // 2))
    drafts: list[TeamDraft] = []
    squad_of: Mapping[str, int | None] = {ground.code: ground.squad_id for ground in grounds}
    slots = [(share, number) for share, many in shares for number in range(1, many + 1)]
    slots.sort(key=lambda slot: (slot[1], slot[0]))
    seated = _seat(parties, slots)
    open_slots = [slot for slot in slots if slot not in seated]
    for share, number in slots:
        squads = {squad_of[code] for code in share} - {None}
        last = (share, number) == (open_slots or slots)[-1]
        members = []
        if party := seated.get((share, number)):
            members = [person for person in rest if person.id in party.ids]
        if last or not party:
            members += [_pick(pool, squads, first=not i and not party) for i in range(len(pool) if last else 2)]
        taken = _take_bikes(bikes, len(members))
        licences = sum(person.licensed(on) for person in members)
        mode: Mode = "ebike" if taken else "foot"
        drafts.append(TeamDraft(f"{share[0]}-{number}", "local", mode, share, tuple(members), taken, licences, number))
    return sorted((draft for draft in drafts if draft.members), key=lambda draft: (draft.districts, draft.code))


Slot = tuple[tuple[str, ...], int]
"""A share of the ground, and the number of a team on it."""


def _seat(parties: Sequence[Party], slots: Sequence[Slot]) -> dict[Slot, Party]:
    """Where each party goes: to the first free slot of the ground where its work is, else to the first free one."""
    seated: dict[Slot, Party] = {}
    for party in parties:
        free = [slot for slot in slots if slot not in seated]
        seated[min(free, key=lambda slot: not party.districts & set(slot[0]))] = party
    return seated


def _pick(pool: list[Person], squads: set[int | None], first: bool) -> Person:
    """The next member: a regular leads and an auxiliary follows, people of the ground's own squad before others."""
    wanted = "regular" if first else "auxiliary"
    best = min(pool, key=lambda person: (person.squad_id not in squads, person.kind != wanted, person.code))
    pool.remove(best)
    return best


def share_ground(grounds: Sequence[Ground], count: int) -> list[tuple[tuple[str, ...], int]]:
    """Share ``count`` teams out over the 片区 by their work.

    Returns
    -------
    list
        (片区 codes, number of teams), ordered by code. With enough teams each 片区 has at least one, and each
        further team goes where most work is left per team; with fewer, the lightest
        neighbours are joined until every group has one.

    Examples
    --------
    >>> share_ground([Ground("A", 0, 0, 100), Ground("B", 1, 0, 300), Ground("C", 9, 0, 50)], 4)
    [(('A',), 1), (('B',), 2), (('C',), 1)]
    >>> share_ground([Ground("A", 0, 0, 100), Ground("B", 1, 0, 300), Ground("C", 9, 0, 50)], 2)
    [(('A', 'C'), 1), (('B',), 1)]
    """
    groups: list[tuple[tuple[str, ...], Ground]] = [
        ((ground.code,), ground) for ground in sorted(grounds, key=lambda g: g.code)
    ]
    while len(groups) > count:
        codes, light = min(groups, key=lambda one: (one[1].work_s, one[0]))
        others = [one for one in groups if one[0] != codes]
        near = min(others, key=lambda one: ((one[1].x - light.x) ** 2 + (one[1].y - light.y) ** 2, one[0]))
        if len(others) > 1:
            # Joining the lightest to its lightest near neighbour keeps a heavy 片区 from growing further.
            close = sorted(others, key=lambda one: (one[1].x - light.x) ** 2 + (one[1].y - light.y) ** 2)[:3]
            near = min(close, key=lambda one: (one[1].work_s, one[0]))
        total = max(light.work_s + near[1].work_s, 1)
        middle = replace(
            near[1],
            x=(light.x * light.work_s + near[1].x * near[1].work_s) / total,
            y=(light.y * light.work_s + near[1].y * near[1].work_s) / total,
            work_s=light.work_s + near[1].work_s,
        )
        groups = [one for one in others if one[0] != near[0]]
        groups.append((tuple(sorted((*codes, *near[0]))), middle))
        groups.sort(key=lambda one: one[0])
    many = dict.fromkeys((codes for codes, _ in groups), 1)
    work = {codes: ground.work_s for codes, ground in groups}
    for _ in range(count - len(groups)):
        busiest = min(many, key=lambda codes: (-work[codes] / many[codes], codes))
        many[busiest] += 1
    return [(codes, many[codes]) for codes in sorted(many)]
