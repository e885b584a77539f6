"""Why somebody cannot be put on a shift of a day: which rule a roster would break that it keeps now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geo.db.counties import get_county
from geo.errors import Invalid
from geo.messages import Language, say
from geo.patrol.people import queries
from geo.patrol.people.actions import UnknownPerson, get_roster, load_problem
from geo.patrol.people.checker import check_roster
from geo.patrol.people.rules import Duty, RosterProblem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class NoSuchShift(Invalid):
    """The shift is not held on that day, or the day is not the roster's."""


def why_not(problem: RosterProblem, duties: Sequence[Duty], more: Duty) -> tuple[str, ...]:
    """The rules that one more duty would break, each once by name; empty if it can be.

    Parameters
    ----------
    duties
        Of the roster as it is; what it breaks already is not held against the new one.
    more
        The duty asked about.

    Notes
    -----
    Judged by :func:`geo.patrol.people.checker.check_roster`, as every roster is, weeks before included.

    Examples
    --------
    >>> from geo.patrol.people.rules import Need, Shift
    >>> from geo.patrol.problem import Person
    >>> late = Shift("night", 1320, 1500, {"workday": Need(1)})
    >>> early = Shift("dawn", 360, 540, {"workday": Need(1)})
    >>> somebody = Person(1, "A", "auxiliary", None, None, None)
    >>> problem = RosterProblem(dt.date(2026, 11, 23), ("workday",) * 2, (late, early), (somebody,), {})
    >>> why_not(problem, [Duty(dt.date(2026, 11, 23), "night", 1)], Duty(dt.date(2026, 11, 24), "dawn", 1))
    ('rest',)
    """
    kept = set(check_roster(problem, duties))
    return tuple(sorted({one.rule for one in check_roster(problem, [*duties, more]) if one not in kept}))


def ask_why(session: Session, tenant: str, number: int, staff: str, on: dt.date, shift: str) -> dict[str, Any]:
    """Whether somebody could also be on a shift of a proposed roster, by the rules and leave of now.

    Returns
    -------
    dict
        ``possible``, ``there`` (they are on it already) and ``rules``, names of :data:`geo.patrol.people.rules.RULES`
        or ``overlap`` (another shift at the same time).

    Raises
    ------
    UnknownRoster, UnknownPerson, NoSuchShift
        If there is no such roster, person, or shift on that day.
    """
    roster = get_roster(session, tenant, number)
    days = (roster["last_on"] - roster["first_on"]).days + 1
    problem = load_problem(session, get_county(session, tenant), roster["first_on"], days)
    person = queries.find_staff(session, tenant, staff)
    if person is None or person not in {one.id for one in problem.people}:
        raise UnknownPerson("people.unknown_person", staff=staff)
    day = (on - roster["first_on"]).days
    held = [one.code for one, _ in problem.held(day)] if 0 <= day < days else []
    if shift not in held:
        raise NoSuchShift("people.no_such_shift", shift=shift, on=on.isoformat(), held=", ".join(held) or "-")
    duties = [Duty(one["on_date"], one["shift_code"], one["staff_id"], one["role"]) for one in roster["duties"]]
    if any((one.on_date, one.shift, one.person_id) == (on, shift, person) for one in duties):
        return {"possible": True, "there": True, "rules": []}
    rules = why_not(problem, duties, Duty(on, shift, person))
    return {"possible": not rules, "there": False, "rules": list(rules)}


def say_why(found: Mapping[str, Any], staff: str, language: Language) -> str:
    """The answer of :func:`ask_why` as a sentence.

    Examples
    --------
    >>> say_why({"possible": False, "there": False, "rules": ["rest", "leave"]}, "A07", "zh")
    '不可以：A07 加上此班会违反：班间休息、请假。'
    """
    if found["there"]:
        return say("people.why_there", language, staff=staff)
    if found["possible"]:
        return say("people.why_possible", language, staff=staff)
    rules = ("、" if language == "zh" else ", ").join(say(f"people.rule_{rule}", language) for rule in found["rules"])
    return say("people.why_not", language, staff=staff, rules=rules)
