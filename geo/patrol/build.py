"""From wishes and people to a problem: stops and teams put on the network, travel between them measured."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.crs import STORAGE, transformer
from geo.errors import Invalid
from geo.patrol.demand.rests import Rest
from geo.patrol.demand.wish import Wish
from geo.patrol.people.parties import parties_of
from geo.patrol.people.teams import Ground, TeamDraft, form_teams, team_name
from geo.patrol.problem import DUTIES, HERE, Duty, Option, Person, Problem, Stop, Team, Vehicle
from geo.roads.network import Network
from geo.roads.places import OffNetwork, Place, PlacedNetwork, Snapper
from geo.roads.speeds import MODES, PATROL_KMH, Mode

if TYPE_CHECKING:
    from shapely import Point
    from shapely.geometry.base import BaseGeometry

START_LIMIT_M: Final = 20_000.0
"""Teams start at the street nearest to the middle of their ground, however far that is in a large county."""

REST_WEIGHT: Final = 0.5
"""Below that of every post: who stands at one through all the hours of rest stays there, and the plan says so."""


@dataclass(frozen=True, slots=True)
class Bureau:
    """What a bureau knows beyond the day: where units muster (metric), and who went with whom and when last.

    Two go together again within ``gap_days`` only where nothing else would do.
    """

    musters: Mapping[int, BaseGeometry] = field(default_factory=dict)
    past: Mapping[tuple[int, int], dt.date] = field(default_factory=dict)
    gap_days: int = 28


USUAL: Final = Bureau()


@dataclass(frozen=True, slots=True)
class Standing:
    """A team that stands already: who is in it, what it is called, and the degrees of the spot it starts from."""

    draft: TeamDraft
    name: str
    lonlat: tuple[float, float]


class NobodyOnDuty(Invalid):
    """No team can be made for the shift; the facts say what is missing and how to mend it."""


@dataclass
class _Places:
    """Places of one mode, each kept once."""

    found: list[Place]
    number: dict[Place, int]

    def add(self, place: Place) -> int:
        spot = Place(place.piece, place.offset_m)
        if spot not in self.number:
            self.number[spot] = len(self.found)
            self.found.append(spot)
        return self.number[spot]


def build_problem(
    network: Network,
    wishes: Sequence[Wish],
    people: Sequence[Person],
    vehicles: Sequence[Vehicle],
    grounds: Mapping[str, tuple[BaseGeometry, int | None]],
    on_date: dt.date,
    starts_at: dt.datetime,
    shift_s: int,
    names: Mapping[str, str] | None = None,
    order: tuple[Duty, ...] = DUTIES,
    bureau: Bureau = USUAL,
    teams: Sequence[Standing] | None = None,
    rests: Sequence[Rest] = (),
) -> Problem:
    """Put a shift together.

    Parameters
    ----------
    network
        The streets.
    wishes
        What is worth doing (:mod:`geo.patrol.demand`), geometry in the network's metric CRS.
    people, vehicles
        On duty and free.
    grounds
        片区 code → (area in the metric CRS, squad that answers for it).
    on_date, starts_at, shift_s
        The local day, the instant the shift begins (aware), and its seconds.
    names
        片区 code → name, after which teams are called; the code itself without one.
    order
        The bureau's order of giving way.
    bureau
        Muster points of units, and who went with whom.
    teams
        That stand already; none are formed then, and each starts at the street nearest to its spot.
    rests
        That every team takes.

    Returns
    -------
    Problem
        Stops in the order of the wishes, then each team's rests. A stop that lies inside no 片区 can be served by
        roaming teams only.

    Raises
    ------
    NobodyOnDuty
        If no team can be made of the people.
    """
    snappers = {mode: Snapper(network, mode) for mode in MODES}
    places = {mode: _Places([], {}) for mode in MODES}
    stops = _stops(network, snappers, places, wishes)
    if teams is None:
        parties = parties_of(stops, people, order)
        drafts = form_teams(people, vehicles, _grounds(grounds, stops), on_date, bureau.past, bureau.gap_days, parties)
        spots = [_middle(network, draft, grounds, bureau.musters) for draft in drafts]
        called = [team_name(draft, names or {}) for draft in drafts]
    else:
        drafts = [one.draft for one in teams]
        spots = [_metric(network, one.lonlat) for one in teams]
        called = [one.name for one in teams]
    if not drafts:
        raise NobodyOnDuty("patrol.nobody_on_duty", on=on_date.isoformat(), people=len(people))
    ready = tuple(
        _start(network, snappers, places, draft, name, spot)
        for draft, name, spot in zip(drafts, called, spots, strict=True)
    )
    used = sorted({team.mode for team in ready})
    return Problem(
        on_date=on_date,
        starts_at=starts_at,
        shift_s=shift_s,
        stops=(*stops, *(_rest(team, rest) for team in ready for rest in rests)),
        teams=ready,
        places={mode: tuple(places[mode].found) for mode in MODES},
        travel={mode: PlacedNetwork(network, mode, places[mode].found).travel_matrix() for mode in used},
        order=order,
    )


def add_stops(network: Network, problem: Problem, without: Collection[int], wishes: Sequence[Wish]) -> Problem:
    """A problem in which some stops are others; every place keeps its number, new ones come last.

    Parameters
    ----------
    without
        Numbers of the stops that go; those left keep their order.
    wishes
        What comes instead, after them.
    """
    snappers = {mode: Snapper(network, mode) for mode in MODES}
    places = {mode: _Places([], {}) for mode in MODES}
    for mode, found in problem.places.items():
        for place in found:
            places[mode].add(place)
    kept = [stop for number, stop in enumerate(problem.stops) if number not in without]
    stops = (*kept, *_stops(network, snappers, places, wishes))
    travel = {mode: PlacedNetwork(network, mode, places[mode].found).travel_matrix() for mode in problem.travel}
    return replace(problem, stops=stops, places={mode: tuple(places[mode].found) for mode in MODES}, travel=travel)


def _stops(
    network: Network, snappers: Mapping[Mode, Snapper], places: Mapping[Mode, _Places], wishes: Sequence[Wish]
) -> list[Stop]:
    spots = [wish.geometry for wish in wishes if wish.geometry is not None]
    snapped = {mode: iter(snappers[mode].snap(spots)) for mode in MODES}
    stops = []
    for wish in wishes:
        options: dict[Mode, tuple[Option, ...]] = {}
        off: dict[Mode, OffNetwork] = {}
        for mode in MODES:
            if wish.stretch is not None:
                ways: tuple[Option, ...] | OffNetwork = _passes(network, snappers[mode], places[mode], mode, wish)
            else:
                here = next(snapped[mode])
                ways = here if isinstance(here, OffNetwork) else _halt(places[mode].add(here), wish.service_s)
            if isinstance(ways, OffNetwork):
                off[mode] = ways
            elif ways:
                options[mode] = ways
        line = wish.stretch.line(network) if wish.stretch else None
        stops.append(
            Stop(
                key=wish.key,
                kind=wish.kind,
                name=wish.name,
                layer=wish.layer,
                feature_ids=wish.feature_ids,
                district_code=wish.district_code,
                lonlat=(float(line[0, 0]), float(line[0, 1])) if line is not None else _lonlat(network, wish.geometry),
                weight=wish.weight,
                licences_needed=wish.licences_needed,
                windows=wish.windows,
                options=options,
                off=off,
                duty=wish.duty,
                required=wish.required,
                recurrence=wish.recurrence,
                person_ids=wish.person_ids,
                after=wish.after,
                gap_s=wish.gap_s,
                focus=wish.focus,
                hours=wish.hours,
                roaming_first=wish.roaming_first,
                path=tuple((float(lon), float(lat)) for lon, lat in line) if line is not None else (),
                length_m=round(wish.stretch.length_m) if wish.stretch else 0,
                ride_kmh=wish.ride_kmh,
                cells=wish.cells,
            )
        )
    return stops


def _halt(place: int, service_s: int) -> tuple[Option, ...]:
    return (Option(place, place, service_s),)


def _passes(
    network: Network, snapper: Snapper, places: _Places, mode: Mode, wish: Wish
) -> tuple[Option, ...] | OffNetwork:
    """The senses in which a mode can pass a stretch, or that it is cut off from the rest."""
    assert wish.stretch is not None
    stretch = wish.stretch
    pieces = np.array([piece for piece, _ in stretch.pieces])
    senses = stretch.open_to[mode]
    if not any(senses):
        return ()
    if not snapper.graph.in_main(pieces, network.start, network.end).all():
        return snapper.apart(int(pieces[0]))
    (first, ahead), (last, onward) = stretch.pieces[0], stretch.pieces[-1]
    begin = places.add(Place(first, 0.0 if ahead else float(network.length_m[first])))
    end = places.add(Place(last, float(network.length_m[last]) if onward else 0.0))
    service_s = pass_seconds(mode, stretch.length_m)
    both = (Option(begin, end, service_s), Option(end, begin, service_s, backward=True))
    return tuple(option for option, possible in zip(both, senses, strict=True) if possible)


def pass_seconds(mode: Mode, length_m: float) -> int:
    """Seconds to patrol a stretch, rounded half up.

    Examples
    --------
    >>> pass_seconds("ebike", 750.0)
    300
    """
    return int(round(length_m) / PATROL_KMH[mode] * 3.6 + 0.5)


def _rest(team: Team, rest: Rest) -> Stop:
    """A team's rest, wherever it is then: a promise that gives way only to what is law and to people's posts."""
    return Stop(
        key=rest.key(team.code),
        kind="break",
        name=rest.name,
        layer="",
        feature_ids=(),
        district_code=None,
        lonlat=team.lonlat,
        weight=REST_WEIGHT,
        licences_needed=0,
        windows=rest.windows,
        options={team.mode: (Option(HERE, HERE, rest.service_s),)},
        off={},
        duty="post",
        required=True,
        person_ids=tuple(person.id for person in team.members),
        hours=rest.hours,
    )


def _lonlat(network: Network, geometry: BaseGeometry | None) -> tuple[float, float]:
    assert geometry is not None
    inside = geometry.representative_point()
    lon, lat = transformer(network.srid, STORAGE).transform(inside.x, inside.y)
    return round(float(lon), 7), round(float(lat), 7)


def _grounds(areas: Mapping[str, tuple[BaseGeometry, int | None]], stops: Iterable[Stop]) -> list[Ground]:
    work = dict.fromkeys(areas, 0)
    for stop in stops:
        if stop.district_code in work and stop.windows and stop.licences_needed < 2:
            work[stop.district_code] += stop.shortest_s()
    return [
        Ground(code, area.centroid.x, area.centroid.y, work[code], squad)
        for code, (area, squad) in sorted(areas.items())
    ]


def _middle(
    network: Network,
    draft: TeamDraft,
    grounds: Mapping[str, tuple[BaseGeometry, int | None]],
    musters: Mapping[int, BaseGeometry],
) -> Point:
    """The muster point of the unit most of a team's members belong to; without one the middle of its ground."""
    import shapely

    units = Counter(person.squad_id for person in draft.members if person.squad_id in musters)
    if units:
        unit = min(units, key=lambda one: (-units[one], one or 0))
        return shapely.centroid(musters[unit or 0])
    areas = [area for code, (area, _) in sorted(grounds.items()) if not draft.districts or code in draft.districts]
    if areas:
        return shapely.union_all([shapely.centroid(area) for area in areas]).centroid
    return shapely.Point(*network.node_xy.mean(axis=0))


def _metric(network: Network, lonlat: tuple[float, float]) -> Point:
    import shapely

    return shapely.Point(*transformer(STORAGE, network.srid).transform(*lonlat))


def _start(
    network: Network,
    snappers: Mapping[Mode, Snapper],
    places: Mapping[Mode, _Places],
    draft: TeamDraft,
    name: str,
    spot: Point,
) -> Team:
    """A team where it begins and ends its day; on foot if its vehicles have no street there at all."""
    for mode in dict.fromkeys((draft.mode, "foot")):
        found = snappers[mode].snap([spot], START_LIMIT_M)[0]
        if isinstance(found, Place):
            draft = replace(draft, mode=mode, vehicles=draft.vehicles if mode == draft.mode else ())
            lon, lat = transformer(network.srid, STORAGE).transform(spot.x, spot.y)
            return Team(
                draft.code,
                draft.kind,
                draft.mode,
                draft.districts,
                draft.members,
                draft.vehicles,
                draft.licences,
                name,
                places[mode].add(found),
                (round(float(lon), 7), round(float(lat), 7)),
            )
    raise NobodyOnDuty("patrol.no_street_to_start", team=draft.code)
