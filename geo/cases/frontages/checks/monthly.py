"""红黑榜: drawn up from a month's checks, told to the shops, appealed against, issued inside the bureau."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.frontages import queries as fronts
from geo.cases.frontages.checks import queries
from geo.cases.frontages.ranking import Ranked, digest, rank
from geo.cases.frontages.states import MONTHLY_LIST
from geo.cases.history import begin, take
from geo.days import midnight
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

APPEAL_DAYS: Final = 5
"""A shop has at least so many days between being told and the list being issued."""

VERDICTS: Final = ("upheld", "rejected")


class UnknownList(NotFound):
    """There is no such list, or no such row on it."""


class MonthNotOver(Conflict):
    """A month's list is drawn up when the month is over."""


class AppealTooShort(Invalid):
    """The shops need time to appeal; the facts say how much."""


class AppealsOpen(Conflict):
    """A list is issued when the days of appeal have passed and every appeal is answered."""


class NoAppealNow(Conflict):
    """A row is appealed against once, while the list is out and its days of appeal run; an answer needs an appeal."""


class WordsMissing(Invalid):
    """An appeal, and its answer, say why."""


def draft_list(session: Session, tenant: str, month_on: dt.date, *, actor: str) -> int:
    """Draw up the list of a month; returns its id. A second one of the same month is its next version.

    Parameters
    ----------
    month_on
        Any day of the month.

    Raises
    ------
    MonthNotOver
        If the month runs.
    """
    first = month_on.replace(day=1)
    if get_county(session, tenant).today() < _next_month(first):
        raise MonthNotOver("frontages.month", month=f"{first:%Y-%m}")
    fronts.hold(session, tenant, "lists")
    now = dt.datetime.now(dt.UTC)
    rows = _rank(session, tenant, first, now)
    number = queries.add_list(session, tenant, first, now, digest(rows), rows, actor)
    begin(session, tenant, MONTHLY_LIST, number, at=now, actor=actor, facts={"sha256": digest(rows)})
    write_change(session, tenant, "frontage_list.drawn", facts={"list": number, "rows": len(rows)}, actor=actor)
    return number


def is_reproduced(session: Session, tenant: str, list_id: int) -> bool:
    """Draw a list up again from the checks that were known then: whether it is the same, row by row.

    Raises
    ------
    UnknownList
        If there is none.
    """
    found = get_list(session, tenant, list_id)
    rows = _rank(session, tenant, found["month_on"], found["checks_to_at"])
    stored = [
        Ranked(one["frontage_id"], one["colour"], one["checked"], one["passed"], one["points"], tuple(one["check_ids"]))
        for one in queries.list_rows(session, tenant, list_id)
    ]
    return digest(rows) == found["sha256"] and rows == stored


def notify_shops(
    session: Session, tenant: str, list_id: int, appeal_to_on: dt.date, *, told_on: dt.date | None = None, actor: str
) -> str:
    """Say that the shops were told and may appeal until a day; returns the list's state then.

    Parameters
    ----------
    told_on
        Local day on which they were told, of a list that went out on paper before it was entered; at most
        today, which it is if absent.

    Raises
    ------
    UnknownList, StepNotOpen
        If there is none, or it is no draft.
    MonthNotOver
        If they were told before the month was over.
    AppealTooShort
        If they had less than five days from then on.
    """
    found = get_list(session, tenant, list_id)
    MONTHLY_LIST.after(found["state"], "notify")
    today = get_county(session, tenant).today()
    told = min(told_on or today, today)
    if told < _next_month(found["month_on"]):
        raise MonthNotOver("frontages.month", month=f"{found['month_on']:%Y-%m}")
    least = told + dt.timedelta(days=APPEAL_DAYS)
    if appeal_to_on < least:
        raise AppealTooShort("frontages.appeal_days", days=APPEAL_DAYS, least=least.isoformat())
    return _step(session, tenant, list_id, "notify", actor, appeal_to_on=appeal_to_on)


def appeal(session: Session, tenant: str, row_id: int, said: str, *, actor: str) -> None:
    """Note that a shop appeals against its row.

    Raises
    ------
    UnknownList, NoAppealNow, WordsMissing
        If there is no such row, its list is not out or the days are over, or nothing is said.
    """
    row = _row(session, tenant, row_id)
    today = get_county(session, tenant).today()
    if row["state"] != "notified" or row["appeal"] != "none" or today > row["appeal_to_on"]:
        raise NoAppealNow("frontages.no_appeal", id=row_id)
    if not said.strip():
        raise WordsMissing("frontages.words")
    queries.appeal(session, tenant, row_id, dt.datetime.now(dt.UTC), said.strip())
    write_change(session, tenant, "frontage_list.appealed", facts={"row": row_id}, actor=actor)


def answer_appeal(session: Session, tenant: str, row_id: int, verdict: str, answer: str, *, actor: str) -> None:
    """Answer an appeal: ``upheld`` keeps the shop off what is issued, ``rejected`` leaves it on.

    Raises
    ------
    UnknownList, NoAppealNow, WordsMissing
        If there is no such row, it does not wait for an answer, or nothing is said.
    """
    row = _row(session, tenant, row_id)
    if row["appeal"] != "waiting" or verdict not in VERDICTS:
        raise NoAppealNow("frontages.no_appeal", id=row_id)
    if not answer.strip():
        raise WordsMissing("frontages.words")
    queries.answer(session, tenant, row_id, verdict, answer.strip(), actor)
    facts = {"row": row_id, "verdict": verdict}
    write_change(session, tenant, "frontage_list.answered", facts=facts, actor=actor)


def issue_list(session: Session, tenant: str, list_id: int, *, actor: str) -> str:
    """Issue a list inside the bureau; returns its state then.

    Raises
    ------
    UnknownList, StepNotOpen
        If there is none, or the shops were not told.
    AppealsOpen
        If the days of appeal run, or an appeal waits.
    """
    found = get_list(session, tenant, list_id)
    MONTHLY_LIST.after(found["state"], "issue")
    waiting = queries.count_waiting(session, tenant, list_id)
    if waiting or get_county(session, tenant).today() <= found["appeal_to_on"]:
        raise AppealsOpen("frontages.appeals_open", waiting=waiting, until=found["appeal_to_on"].isoformat())
    return _step(session, tenant, list_id, "issue", actor)


def withdraw_list(session: Session, tenant: str, list_id: int, note: str, *, actor: str) -> str:
    """Take a list back, saying why; returns its state then.

    Raises
    ------
    UnknownList, StepNotOpen, WordsMissing
        If there is none, it was taken back already, or nobody says why.
    """
    MONTHLY_LIST.after(get_list(session, tenant, list_id)["state"], "withdraw")
    if not note.strip():
        raise WordsMissing("frontages.words")
    return _step(session, tenant, list_id, "withdraw", actor, note=note.strip())


def get_list(session: Session, tenant: str, list_id: int) -> dict[str, Any]:
    """One list without its rows.

    Raises
    ------
    UnknownList
        If there is none.
    """
    found = queries.list_lists(session, tenant, one=list_id)
    if not found:
        raise UnknownList("frontages.no_list", id=list_id)
    return found[0]


def read_rows(
    session: Session, tenant: str, list_id: int, *, area: Sequence[str] | None = None, outside: bool = False
) -> list[dict[str, Any]]:
    """The shops of a list; of an issued one without those whose appeal was upheld.

    Parameters
    ----------
    outside
        As it may leave the bureau: only the red rows of an issued list, without appeals. Publishing a black one can
        be 通报批评, a formal penalty, and is not done from here.

    Returns
    -------
    list of dict
        Each shop by number, street, house number and ``shown_name``, which holds no person's name and is empty while
        nobody has compared the shop's name with its owner's.
    """
    state = get_list(session, tenant, list_id)["state"]
    rows = queries.list_rows(session, tenant, list_id, area=area)
    if state == "issued":
        rows = [row for row in rows if row["appeal"] != "upheld"]
    if not outside:
        return rows
    kept = ("code", "shown_name", "street", "number", "town", "colour", "checked", "passed", "points")
    return [{name: row[name] for name in kept} for row in rows if row["colour"] == "red" and state == "issued"]


def _rank(session: Session, tenant: str, first: dt.date, known_at: dt.datetime) -> list[Ranked]:
    zone = get_county(session, tenant).zone
    begin, end = midnight(first, zone), midnight(_next_month(first), zone)
    return rank(queries.load_month(session, tenant, begin, end, known_at))


def _next_month(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=31)).replace(day=1)


def _row(session: Session, tenant: str, row_id: int) -> dict[str, Any]:
    found = queries.find_row(session, tenant, row_id)
    if found is None:
        raise UnknownList("frontages.no_row", id=row_id)
    return found


def _step(
    session: Session, tenant: str, list_id: int, step: str, actor: str, *, appeal_to_on: dt.date | None = None,
    note: str = "",
) -> str:  # fmt: skip
    held = queries.lock_list(session, tenant, list_id)
    if held is None:
        raise UnknownList("frontages.no_list", id=list_id)
    now = dt.datetime.now(dt.UTC)
    facts = {"appeal_to_on": appeal_to_on.isoformat()} if appeal_to_on else {}
    state = take(
        session, tenant, MONTHLY_LIST, list_id, held["state"], step, at=now, actor=actor, note=note, facts=facts
    )  # fmt: skip
    queries.set_list(session, tenant, list_id, state, appeal_to_on)
    return state
