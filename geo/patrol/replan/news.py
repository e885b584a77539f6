"""What came up during a shift, and what it makes of the teams and wishes that stood."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from geo.errors import Invalid
from geo.patrol.people.teams import TeamDraft
from geo.patrol.replan.queries import StopRow, TeamRow

if TYPE_CHECKING:
    from geo.patrol.build import Standing
    from geo.patrol.evaluate import Register
    from geo.roads.speeds import Mode

URGENT: Final = "urgent:"
"""Keys of cases that came up during the shift begin so; they are kept from plan to plan."""

URGENT_WEIGHT: Final = 50.0
"""More than anything else that is due weighs."""

RIDDEN: Final[Mapping[str, Mode]] = {"car": "car", "ebike": "ebike"}


class UnknownInNews(Invalid):
    """The news names people, vehicles or teams that are not in the plan; the facts list those that are."""


class UrgentTooShort(Invalid):
    """An urgent case that cannot be done by the time it is due, even by somebody who stands there."""


@dataclass(frozen=True, slots=True)
class Urgent:
    """A case that came up: where (EPSG:4490 degrees), minutes of work, minutes until it is to be done, licences."""

    lon: float
    lat: float
    name: str
    work_min: int
    due_min: int
    licences: int = 0


@dataclass(frozen=True)
class News:
    """What came up. People by staff number, vehicles by number, teams by code with the minutes they are behind."""

    urgent: tuple[Urgent, ...] = ()
    absent: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    late: Mapping[str, int] = field(default_factory=dict)


def check_news(news: News, teams: Sequence[TeamRow], shift_s: int, now_s: int) -> None:
    """Refuse news about people, vehicles and teams that are not in the plan, and cases nobody can do in time.

    Raises
    ------
    UnknownInNews, UrgentTooShort
        The facts name what is wrong and what there is.
    """
    for what, named, known in (
        ("absent", news.absent, [code for team in teams for code in team.staff]),
        ("out", news.out, [code for team in teams for code in team.vehicle_codes]),
        ("late", tuple(news.late), [team.code for team in teams]),
    ):
        if missing := [code for code in named if code not in known]:
            facts = {"missing": ", ".join(missing), "known": ", ".join(known) or "-"}
            raise UnknownInNews(f"patrol.again_unknown_{what}", **facts)
    for case in news.urgent:
        left_s = min(case.due_min * 60, shift_s - now_s)
        if case.work_min * 60 > left_s:
            facts = {"name": case.name, "work_min": str(case.work_min), "left_min": str(left_s // 60)}
            raise UrgentTooShort("patrol.again_too_short", **facts)


def standing_teams(teams: Sequence[TeamRow], news: News, register: Register, on: dt.date) -> list[Standing]:
    """The teams of a plan as they are now.

    Parameters
    ----------
    register
        People on duty and vehicles fit for use now: who is no longer among them is missing, too.

    Returns
    -------
    list of Standing
        The same codes and names in the same order. Licences are counted again; a team whose vehicles no longer seat
        everybody goes on foot; one without people is gone.
    """
    from geo.patrol.build import Standing

    there = {one: person for one, person in register.people.items() if one not in register.taken_people}
    fit = {one: vehicle for one, vehicle in register.vehicles.items() if one not in register.taken_vehicles}
    found = []
    for number, row in enumerate(teams, 1):
        members = tuple(there[one] for one in row.people if one in there and there[one].code not in news.absent)
        vehicles = tuple(fit[one] for one in row.vehicles if one in fit and fit[one].code not in news.out)
        if not members:
            continue
        mode: Mode = RIDDEN.get(row.mode, "foot")
        if mode != "foot" and sum(one.seats for one in vehicles if one.kind == mode) < len(members):
            mode = "foot"
        if mode == "foot":
            vehicles = ()
        licences = sum(person.licensed(on) for person in members)
        kind: Literal["roaming", "local"] = "local" if row.kind == "local" else "roaming"
        draft = TeamDraft(row.code, kind, mode, tuple(row.districts), members, vehicles, licences, number)
        found.append(Standing(draft, row.name, (row.lon, row.lat)))
    return found


def urgent_rows(
    news: News, before: Sequence[StopRow], done: Collection[str], shift_s: int, now_s: int
) -> list[StopRow]:
    """Urgent cases still to be done: those of the plan before, and the new ones with the next free numbers.

    Parameters
    ----------
    done
        Keys of stops that are done or under way: those stay as they were.
    """
    old = [row for row in before if row.key.startswith(URGENT)]
    number = max((int(row.key.removeprefix(URGENT)) for row in old), default=0)
    found = [row for row in old if row.key not in done]
    for case in news.urgent:
        number += 1
        high = min(now_s + case.due_min * 60, shift_s)
        found.append(
            StopRow(
                None, f"{URGENT}{number}", "deadline", case.name, "event", None, URGENT_WEIGHT, case.licences,
                case.work_min * 60, now_s, high, None, None, None, case.lon, case.lat,
            )
        )  # fmt: skip
    return found
