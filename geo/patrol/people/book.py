"""Rest rules and what shifts need, as the bureau sets them: from a day on, by whom; older ones stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from geo.db.changes import write_change
from geo.errors import Invalid
from geo.patrol.people import queries
from geo.patrol.people.rules import DAY_MIN, DayKind, Need, RestRules, usual_needs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "most_days_running": (1, 14),
    "days_off_week": (0, 6),
    "least_rest_min": (0, 2880),
    "night_rest_min": (0, 2880),
    "most_day_min": (60, DAY_MIN),
    "most_week_min": (60, 7 * DAY_MIN),
    "restday_people": (0, 500),
    "pair_gap_days": (0, 366),
}
"""Least and most of each rest rule."""

MOST_PEOPLE: Final = 500


class BadPeopleRule(Invalid):
    """A rule that cannot be; the facts name the field, what was given and what may be."""


class RulesChange(Invalid):
    """Rules change within the days to be rostered; the facts say up to which day one roster can go."""


def rest_rules_on(session: Session, tenant: str, on: dt.date) -> RestRules:
    """The rest rules of a day; the usual ones where the county has set none yet."""
    found = queries.find_rules(session, tenant, on)
    return RestRules(**{name: found[name] for name in BOUNDS}) if found else RestRules()


def spans_of(times: Mapping[str, tuple[dt.time, dt.time]]) -> dict[str, tuple[int, int]]:
    """Minutes after midnight by code; an end that is not after the start is on the next day.

    Examples
    --------
    >>> spans_of({"night": (dt.time(22), dt.time(1)), "day": (dt.time(8, 30), dt.time(17, 30))})
    {'night': (1320, 1500), 'day': (510, 1050)}
    """
    spans = {}
    for code, (begin, end) in times.items():
        first, last = begin.hour * 60 + begin.minute, end.hour * 60 + end.minute
        spans[code] = first, last if last > first else last + DAY_MIN
    return spans


def needs_on(session: Session, tenant: str, on: dt.date) -> dict[str, dict[DayKind, Need]]:
    """What the county's shifts need on a day, by code and kind of day; one that needs nobody is not held.

    A shift and kind of day of which the county has said nothing needs what it usually does.
    """
    spans = spans_of(queries.load_shift_times(session, tenant))
    needs = usual_needs(spans, sum(person.kind == "auxiliary" for person in queries.load_people(session, tenant)))
    for row in queries.load_needs(session, tenant, on):
        given = {name: row[name] for name in ("people", "licensed", "regular", "leader", "takes_rest")}
        needs[row["shift_code"]][row["day_kind"]] = Need(**given)
    return {code: {kind: need for kind, need in of.items() if need.people} for code, of in needs.items()}


def show_rules(session: Session, tenant: str, on: dt.date) -> dict[str, Any]:
    """What holds on a day, and since when by whose word (neither: it is the usual).

    Returns
    -------
    dict
        ``on``; ``rest``: the rules with ``valid_from_on`` and ``set_by``; ``needs``: by shift and kind of day likewise,
        those with no people not held; ``changes``: later days from which something else holds.
    """
    nobody: dict[str, Any] = {"valid_from_on": None, "set_by": None}
    said = {(row["shift_code"], row["day_kind"]): row for row in queries.load_needs(session, tenant, on)}
    usual = {
        (code, kind): {"shift_code": code, "day_kind": kind, **asdict(need), **nobody}
        for code, of in needs_on(session, tenant, on).items()
        for kind, need in of.items()
    }
    rest = queries.find_rules(session, tenant, on)
    return {
        "on": on,
        "rest": rest or {**asdict(RestRules()), **nobody},
        "needs": [row for _, row in sorted((usual | said).items())],
        "changes": queries.list_changes(session, tenant, on),
    }


def set_rest(
    session: Session, tenant: str, changed: Mapping[str, int], from_on: dt.date, actor: str = "system"
) -> RestRules:
    """Set rest rules from a day on; those not given stay as they are on that day. The rules that then hold.

    Raises
    ------
    BadPeopleRule
        If nothing is given, a rule is unknown or out of bounds, or a day may be longer than a week.
    """
    if not changed:
        raise BadPeopleRule("people.bad_rule", field="-", value="-", allowed=", ".join(BOUNDS))
    for name, value in changed.items():
        if name not in BOUNDS:
            raise BadPeopleRule("people.bad_rule", field=name, value=value, allowed=", ".join(BOUNDS))
        low, high = BOUNDS[name]
        if not low <= value <= high:
            raise BadPeopleRule("people.bad_rule", field=name, value=value, allowed=f"{low}-{high}")
    rules = RestRules(**{**asdict(rest_rules_on(session, tenant, from_on)), **changed})
    if rules.most_week_min < rules.most_day_min:
        allowed = f"{rules.most_day_min}-{BOUNDS['most_week_min'][1]}"
        raise BadPeopleRule("people.bad_rule", field="most_week_min", value=rules.most_week_min, allowed=allowed)
    queries.save_rules(session, tenant, asdict(rules), from_on, actor)
    write_change(session, tenant, "rest_rule.set", facts={**changed, "from": from_on.isoformat()}, actor=actor)
    return rules


def set_need(
    session: Session, tenant: str, shift: str, day_kind: DayKind, need: Need, from_on: dt.date, actor: str = "system"
) -> None:
    """Set what a shift needs on a kind of day, from a day on; with no people it is not held.

    Raises
    ------
    BadPeopleRule
        If there is no such shift, or the numbers contradict each other.
    """
    known = list(queries.load_shift_times(session, tenant))
    if shift not in known:
        raise BadPeopleRule("people.bad_rule", field="shift", value=shift, allowed=", ".join(known) or "-")
    for name, value, most in (
        ("people", need.people, MOST_PEOPLE),
        ("licensed", need.licensed, need.people),
        ("regular", need.regular, need.people),
        ("leader", int(need.leader), need.people),
    ):
        if not 0 <= value <= most:
            raise BadPeopleRule("people.bad_rule", field=name, value=value, allowed=f"0-{most}")
    row = {"shift": shift, "day_kind": day_kind, **asdict(need)}
    queries.save_need(session, tenant, row, from_on, actor)
    write_change(session, tenant, "shift_need.set", facts={**row, "from": from_on.isoformat()}, actor=actor)


def check_unchanged(session: Session, tenant: str, first_on: dt.date, last_on: dt.date) -> None:
    """Refuse to roster over a change of rules, since one roster keeps one set of them.

    Raises
    ------
    RulesChange
        If another rule begins after the first day and not after the last; the facts say how many days go before it.
    """
    for on in queries.list_changes(session, tenant, first_on):
        if on <= last_on:
            raise RulesChange("people.rules_change", on=on.isoformat(), days=(on - first_on).days)
