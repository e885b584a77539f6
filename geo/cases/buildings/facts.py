"""What a step has to be told besides its day: dates of papers, hours of the act, households."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from geo.errors import Invalid

NEEDED: Final[dict[str, tuple[str, ...]]] = {
    "order": ("served_on", "deadline_on"),
    "announce": ("until_on",),
    "appeal": ("kind",),
    "uphold": ("received_on",),
    "demolish": ("from_at", "to_at"),
}
"""Step → facts it cannot do without: service and deadline of the order, the announcement's last day, review or suit,
the day the decision was received, begin and end of the act."""

ALLOWED: Final[dict[str, tuple[str, ...]]] = {
    "register": ("households",),
    "register_new": ("households",),
    "stop": ("households",),
    "uphold": ("final",),
    "demolish": ("urgent",),
}
APPEALS: Final = ("review", "suit")
"""复议, 诉讼."""


class FactMissing(Invalid):
    """The step lacks a fact, or has one that cannot be; the facts name it."""


def check_facts(step: str, facts: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """The facts as the log keeps them: days and moments as ISO text.

    Parameters
    ----------
    on
        Local day of the step.

    Raises
    ------
    FactMissing
        If one is missing, unknown or impossible.

    Examples
    --------
    >>> check_facts("announce", {"until_on": "2026-04-10"}, dt.date(2026, 3, 20))
    {'until_on': '2026-04-10'}
    >>> check_facts("announce", {}, dt.date(2026, 3, 20))
    Traceback (most recent call last):
    geo.cases.buildings.facts.FactMissing: buildings.fact: {'step': 'announce', 'fact': 'until_on'}
    """
    known = (*NEEDED.get(step, ()), *ALLOWED.get(step, ()))
    for name in facts:
        if name not in known:
            raise FactMissing("buildings.fact", step=step, fact=name)
    said = {name: facts[name] for name in known if facts.get(name) is not None}
    for name in NEEDED.get(step, ()):
        if name not in said:
            raise FactMissing("buildings.fact", step=step, fact=name)
    return {name: _read(step, name, value, said, on) for name, value in said.items()}


def _read(step: str, name: str, value: Any, said: Mapping[str, Any], on: dt.date) -> Any:
    try:
        if name.endswith("_on"):
            day = dt.date.fromisoformat(str(value))
            late = name in ("served_on", "received_on") and day > on
            early = (name == "deadline_on" and day < dt.date.fromisoformat(str(said["served_on"]))) or (
                name == "until_on" and day < on
            )
            fine, kept = not (late or early), day.isoformat()
        elif name.endswith("_at"):
            moment = dt.datetime.fromisoformat(str(value))
            other = dt.datetime.fromisoformat(str(said["from_at"]))
            fine = moment.tzinfo is not None and (name == "from_at" or moment > other)
            kept = moment.isoformat()
        elif name == "households":
            fine, kept = isinstance(value, int) and 0 <= value <= 10_000, value
        elif name == "final":
            fine, kept = isinstance(value, bool), value
        elif name == "kind":
            fine, kept = value in APPEALS, value
        else:
            fine, kept = isinstance(value, str) and bool(value.strip()), str(value).strip()
    except (TypeError, ValueError):
        fine, kept = False, None
    if not fine:
        raise FactMissing("buildings.fact", step=step, fact=name)
    return kept
