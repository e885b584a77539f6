"""Vendors of the simulator: they come as told when nobody patrols, leave when cleared, and learn what one can know."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from geo.patrol.simulate.presence import LATE_MOST, LATE_SD_S, Halts, Stays, metres_between
from geo.patrol.simulate.vendors import HABITS, Crowd

MINUTES = 240
QUIET = replace(HABITS, spill_share=0.0)


def crowd(zones: int = 4, level: float = 5.0, mean_s: float = 1_200.0, near: bool = False) -> Crowd:
    """Zones with the same level all shift; all walk to the next zone in 120 s if ``near``."""
    beside = np.array([[(zone + 1) % zones if near else -1] for zone in range(zones)])
    return Crowd(
        np.full((zones, MINUTES), level),
        np.full(zones, mean_s),
        np.arange(zones) % 2 == 0,
        np.full(zones, 0.8),
        beside,
        np.full((zones, 1), 120.0),
    )


def held(low: float, high: float, zones: int = 4) -> Stays:
    """A patrol at the first zone only."""
    return Stays.of([[(low, high)], *([] for _ in range(zones - 1))])


def mean_day(people: Crowd, stays: Stays, days: int = 300, **more: object) -> np.ndarray:
    return np.mean([people.day(seed, stays, **more) for seed in range(days)], axis=0)  # type: ignore[arg-type]


NOBODY = Stays.of([[], [], [], []])


def test_without_patrols_as_many_stand_there_as_is_expected() -> None:
    found = mean_day(crowd(), NOBODY, 1_000, habits=QUIET)
    assert abs(found.mean() / 60 / MINUTES / 5.0 - 1) < 0.03
    with_spills = mean_day(crowd(), NOBODY, 1_000)
    share = with_spills.sum() / found.sum() - 1
    assert 0.08 < share < HABITS.spill_share  # some lie beyond the end of the shift


def test_sessions_follow_the_hours_of_a_zone() -> None:
    people = crowd()
    people.level[:, : MINUTES // 2] = 0.0
    assert abs(mean_day(people, NOBODY, habits=QUIET).sum() / (4 * 5.0 * 60 * MINUTES / 2) - 1) < 0.05
    early = mean_day(people, held(0, 60 * (MINUTES // 2 - 15)), habits=replace(QUIET, heard=0.0))
    assert np.isclose(early[0], mean_day(people, NOBODY, habits=QUIET)[0])  # who came later has not heard of it


def test_a_patrol_that_never_leaves_leaves_only_the_packing() -> None:
    found = mean_day(crowd(), held(0, 60 * MINUTES))
    assert found[0] == 0.0
    assert found[1] > 0.0


def test_one_visit_saves_about_stay_and_return() -> None:
    people = crowd(mean_s=600.0)
    habits = replace(QUIET, wander=0.0, patience_sd=0.0)
    saved = (mean_day(people, NOBODY, habits=habits) - mean_day(people, held(3_600, 4_200), habits=habits))[0]
    assert abs(saved / 5.0 - (600 - 90 + 600)) < 80  # seconds each, less the packing


def test_who_is_cleared_and_wanders_is_a_violation_elsewhere() -> None:
    stay = replace(QUIET, wander=0.0)
    go = replace(QUIET, wander=1.0)
    visit = held(3_600, 4_200)
    at_home = mean_day(crowd(), visit, habits=stay)
    assert mean_day(crowd(near=True), visit, habits=go)[0] > at_home[0] + 60
    both = Stays.of([[(3_600, 4_200)], [(3_600, 7_200)], [], []])
    assert np.isclose(
        mean_day(crowd(near=True), both, habits=go)[0], at_home[0], rtol=0.02
    )  # a patrol stands there too


def test_people_are_the_same_whatever_the_patrol_does() -> None:
    people, visit = crowd(), held(600, 1_200)
    assert (people.day(7, visit) == people.day(7, visit)).all()
    assert (people.day(7, visit)[1:] == people.day(7, NOBODY)[1:]).all()
    assert (people.day(7, NOBODY) != people.day(8, NOBODY)).any()


def test_who_learns_stays_away_from_what_is_likely_and_comes_back_sooner() -> None:
    people = crowd()
    sure = np.ones_like(people.level)
    assert mean_day(people, NOBODY, risky=sure, learning=1.0, habits=QUIET).sum() == 0.0
    assert (people.day(3, NOBODY, sure, 0.0) == people.day(3, NOBODY)).all()
    unlikely = np.full_like(people.level, 0.01)
    visit = held(3_600, 4_200)
    quick = mean_day(people, visit, risky=unlikely, learning=1.0)
    assert quick[0] > mean_day(people, visit)[0] + 60
    assert mean_day(people, NOBODY, risky=np.full_like(sure, 0.5), learning=1.0, limit=0.6).sum() > 0.0


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=12),
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 60)), max_size=3),
)
def test_stays_are_the_union_of_what_was_given(first: list[tuple[int, int]], second: list[tuple[int, int]]) -> None:
    given_ = [[(low, low + long) for low, long in some] for some in (first, second)]
    stays = Stays.of(given_)
    for zone, some in enumerate(given_):
        covered = {at for low, high in some for at in range(low, high)}
        assert {at for low, high in stays.at(zone) for at in range(low, high)} == covered
        edges = [edge for pair in stays.at(zone) for edge in pair]
        assert edges == sorted(set(edges))


def test_a_kept_appointment_is_known_to_the_minute_and_others_roughly() -> None:
    both = np.array([3_600.0, 3_600.0])
    halts = Halts(2, np.array([0, 1]), both, both + 600, np.array([True, False]))
    risk = halts.risk(120, 15.0)
    assert risk[0, :44].max() < 0.01 < 0.99 < risk[0, 46:70].min()
    assert risk[0, 71:].max() < 0.01
    assert 0.3 < risk[1, 45] < 0.7
    assert risk[1, 55] > 0.99
    rng = np.random.default_rng(1)
    days = [halts.stays(rng) for _ in range(200)]
    assert {day.begin[0] for day in days} == {3_600.0}
    late = np.array([day.begin[1] - 3_600 for day in days])
    assert abs(late.mean()) < 40
    assert np.abs(late).max() <= LATE_MOST * LATE_SD_S
    there = [[any(a < 60 * (m + 15) and b > 60 * m for a, b in day.at(1)) for m in range(120)] for day in days]
    known = np.mean(there, axis=0)
    assert np.abs(known - risk[1]).max() < 0.12


def test_distances_are_metres() -> None:
    assert abs(metres_between([(117.0, 28.0), (117.01, 28.0)])[0, 1] - 982.9) < 1
