"""One list over any source: 交办, 反馈, 销号, 通报, each with its date and person; 责任, 措施, 时限, 销项."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from geo.cases.complaints.states import COMPLAINT
from geo.cases.flow.states import PROBLEM
from geo.cases.hazards.states import HAZARD
from geo.cases.workflow import Workflow


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of row that can stand on the list, and which of its steps are 交办, 反馈 and 销号.

    ``undone`` are steps that take a write-off back; ``left_out`` are states of rows that are no problem at all.
    """

    workflow: Workflow
    assigned: frozenset[str]
    fed_back: frozenset[str]
    written_off: frozenset[str]
    undone: frozenset[str]
    left_out: frozenset[str]
    reopen: str


SOURCES: Final[Mapping[str, Source]] = {
    "complaint": Source(
        COMPLAINT,
        frozenset({"assign", "hand_over"}),
        frozenset({"feed_back"}),
        frozenset({"close", "confirm"}),
        frozenset({"review", "rework"}),
        frozenset({"void", "referred"}),
        "review",
    ),
    "problem": Source(
        PROBLEM,
        frozenset({"dispatch", "hand_over", "settle"}),
        frozenset({"feed_back", "settle_on_spot"}),
        frozenset({"close", "settle_on_spot"}),
        frozenset({"rework", "appeal"}),
        frozenset({"voided", "merged"}),
        "appeal",
    ),
    "hazard": Source(
        HAZARD,
        frozenset({"confirm"}),
        frozenset({"fix"}),
        frozenset({"close"}),
        frozenset({"reopen"}),
        frozenset({"unfounded"}),
        "reopen",
    ),
}
"""Another register joins the list by an entry here and a statement in ``queries.py``; the steps are in the one log."""


@dataclass(frozen=True, slots=True)
class Mark:
    """When something was done, and by whom."""

    at: dt.datetime
    by: str


@dataclass(frozen=True, slots=True)
class Done:
    """A line of the step log of a row."""

    step: str
    at: dt.datetime
    by: str


@dataclass(frozen=True, slots=True)
class Marks:
    """The four systems of a row, as its log says; None where it has not come to that, or was taken back."""

    assigned: Mark | None = None
    fed_back: Mark | None = None
    written_off: Mark | None = None


def read_marks(source: Source, log: Iterable[Done]) -> Marks:
    """The last 交办, 反馈 and 销号 of a row that still hold.

    Parameters
    ----------
    log
        In order of steps.

    Examples
    --------
    >>> day = [dt.datetime(2026, 3, n, tzinfo=dt.UTC) for n in range(1, 5)]
    >>> log = [Done("assign", day[0], "a"), Done("feed_back", day[1], "b"), Done("close", day[2], "c")]
    >>> read_marks(SOURCES["complaint"], log).written_off.by
    'c'
    >>> read_marks(SOURCES["complaint"], [*log, Done("review", day[3], "d")])
    Marks(assigned=Mark(at=datetime.datetime(2026, 3, 1, 0, 0, tzinfo=datetime.timezone.utc), by='a'), \
fed_back=None, written_off=None)
    """
    assigned: Mark | None = None
    fed_back: Mark | None = None
    written_off: Mark | None = None
    for one in log:
        mark = Mark(one.at, one.by)
        if one.step in source.undone:
            fed_back = written_off = None
        if one.step in source.assigned:
            assigned = mark
        if one.step in source.fed_back:
            fed_back = mark
        if one.step in source.written_off:
            written_off = mark
    return Marks(assigned, fed_back, written_off)


def check_sources(names: Sequence[str]) -> tuple[str, ...]:
    """The sources asked for, all of them if none is; unknown ones are left for the caller to refuse.

    Examples
    --------
    >>> check_sources(()), check_sources(("problem",))
    (('complaint', 'problem', 'hazard'), ('problem',))
    """
    return tuple(names) or tuple(SOURCES)
