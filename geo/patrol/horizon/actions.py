"""Plan the shifts of a week or a month, and say how evenly they turn."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.db.counties import get_county
from geo.errors import Invalid
from geo.patrol.actions import QUICK_ITERATIONS, plan_shift
from geo.patrol.horizon import queries
from geo.patrol.load import check_day
from geo.patrol.queries import list_shift_kinds, load_people

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.patrol.horizon.queries import Going

LONGEST_DAYS: Final = 42
"""A month that begins on any weekday, whole weeks."""

Progress = Callable[[str, int, int], None]


class SpanTooLong(Invalid):
    """More days than are planned in a row; the facts name how many are."""


@dataclass(frozen=True, slots=True)
class PersonTurns:
    """What somebody does over the span: shifts, minutes on duty, weekends, and the colleague met most, how often."""

    staff: str
    shifts: int
    minutes: int
    weekend_shifts: int
    most_with: str
    together: int


@dataclass(frozen=True)
class Horizon:
    """A span of plans.

    ``plans`` are the newest of each shift, in order of time; ``empty`` the shifts nobody is on duty for, as
    (day, shift). ``people`` by staff number, ``zones`` by row: visits, different hours of the day, days.
    """

    first_on: dt.date
    last_on: dt.date
    plans: tuple[dict[str, Any], ...]
    empty: tuple[tuple[dt.date, str], ...]
    people: tuple[PersonTurns, ...]
    zones: tuple[queries.Visited, ...]

    def as_json(self) -> dict[str, Any]:
        """Everything, days as ISO text."""
        return {
            "first_on": self.first_on.isoformat(),
            "last_on": self.last_on.isoformat(),
            "plans": [{**one, "on_date": one["on_date"].isoformat()} for one in self.plans],
            "empty": [{"on_date": on.isoformat(), "shift": code} for on, code in self.empty],
            "people": [asdict(one) for one in self.people],
            "zones": [one._asdict() for one in self.zones],
        }


def plan_horizon(
    database: Database,
    tenant: str,
    first_on: dt.date,
    days: int,
    *,
    seed: int = 1,
    iterations: int = QUICK_ITERATIONS,
    progress: Progress | None = None,
    actor: str = "system",
) -> Horizon:
    """Plan every shift of some days that people are on duty for, one after another.

    Parameters
    ----------
    first_on, days
        Local days; at most 42.
    seed
        Of the first shift; each further one has the next, so that days alike are not walked alike.
    progress
        Called with (``shift``, done, of); it may raise to stop. What is planned by then stays, and running the same
        again goes on where it stopped, since a shift planned from the same data is not planned anew.

    Raises
    ------
    SpanTooLong
        If ``days`` is not 1 to 42.
    DayTooFar
        If the days are a slip.
    """
    if not 1 <= days <= LONGEST_DAYS:
        raise SpanTooLong("patrol.span_too_long", days=days, most=LONGEST_DAYS)
    last_on = first_on + dt.timedelta(days=days - 1)
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        for day in (first_on, last_on):
            check_day(day, county.today())
        kinds = [kind.code for kind in list_shift_kinds(session)]
        wanted = [
            (on, code, bool(load_people(session, on, code)))
            for on in (first_on + dt.timedelta(days=number) for number in range(days))
            for code in kinds
        ]
    manned = [(on, code) for on, code, people in wanted if people]
    for number, (on, code) in enumerate(manned):
        plan_shift(database, tenant, on, code, seed=seed + number, iterations=iterations, actor=actor)
        if progress:
            progress("shift", number + 1, len(manned))
    empty = [(on, code) for on, code, people in wanted if not people]
    with database.begin(tenant) as session:
        return review_horizon(session, tenant, first_on, last_on, empty)


def review_horizon(
    session: Session,
    tenant: str,
    first_on: dt.date,
    last_on: dt.date,
    empty: Iterable[tuple[dt.date, str]] = (),
) -> Horizon:
    """What the plans of some local days come to, both days included; shifts never planned are left out."""
    zone = get_county(session, tenant).time_zone
    plans = queries.list_plans(session, tenant, first_on, last_on)
    members = queries.load_members(session, tenant, first_on, last_on)
    visits = queries.load_visits(session, tenant, first_on, last_on, zone)
    told = tuple({"on_date": on, "shift": code, "plan": plan, "status": status} for on, code, plan, status in plans)
    return Horizon(first_on, last_on, told, tuple(empty), tuple(turns_of(members)), tuple(visits))


def turns_of(members: Iterable[Going]) -> list[PersonTurns]:
    """Each person's turns, by staff number; empty for nobody.

    Examples
    --------
    >>> from geo.patrol.horizon.queries import Going
    >>> saturday = dt.date(2026, 11, 28)
    >>> turns_of([Going("A", 1, 3600, "day", saturday), Going("B", 1, 3600, "day", saturday)])[0]
    PersonTurns(staff='A', shifts=1, minutes=60, weekend_shifts=1, most_with='B', together=1)
    """
    rows = list(members)
    teams: dict[int, list[str]] = {}
    for row in rows:
        teams.setdefault(row.team, []).append(row.staff)
    together: dict[str, Counter[str]] = {}
    for team in teams.values():
        for one, other in itertools.permutations(team, 2):
            together.setdefault(one, Counter())[other] += 1
    found = []
    for staff in sorted({row.staff for row in rows}):
        mine = [row for row in rows if row.staff == staff]
        mate, times = min(together.get(staff, Counter({"": 0})).items(), key=lambda one: (-one[1], one[0]))
        weekends = sum(row.on_date.weekday() >= 5 for row in mine)
        minutes = sum(row.seconds for row in mine) // 60
        found.append(PersonTurns(staff, len(mine), minutes, weekends, mate, times))
    return found
