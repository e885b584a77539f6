"""Open events that nobody follows up become problems; and a few of them, moved on, make a county to look at."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.cases.books import import_table
from geo.cases.codes.actions import UnknownCode, load_matrix, propose_matrix
from geo.cases.flow import queries
from geo.cases.flow.actions import open_problem, take_step
from geo.cases.flow.orders import BadDraft, Draft, Order
from geo.cases.permits.asking import PermitStands
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

ORIGINS: Final = {"unknown": "public"}
"""An event of which nobody knows who noticed it came from outside."""

SHOWN: Final = 60
WAYS: Final = (
    (), ("register",), ("register", "dispatch"), ("register", "dispatch"), ("register", "dispatch", "feed_back"),
    ("register", "dispute"), ("register", "dispatch", "suspend"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Adopted:
    """What became of events.

    Parameters
    ----------
    problems
        Ids of the problems opened, in order.
    left
        How many events were left for want of a known code or place.
    asked
        Events that something in force may have allowed (已审批?), by uid, each with its numbers: nobody has looked.
    """

    problems: tuple[int, ...]
    left: int
    asked: tuple[tuple[str, str], ...] = ()


def adopt_events(
    session: Session, tenant: str, *, most: int = 500, permit_checked: bool = False, actor: str = "system"
) -> Adopted:
    """Open a problem for open events that have none, the newest first; what has one already is not touched.

    Parameters
    ----------
    most
        At most so many, 1 or more.
    permit_checked
        已审批? was asked of all of them; else those that a permit in force may allow stay as they are and are told.

    Raises
    ------
    NobodyToName
        If the county has nobody in service.
    """
    made: list[int] = []
    left = 0
    asked: list[tuple[str, str]] = []
    for event in queries.list_loose_events(session, tenant, most):
        found_at = max(event["occurred_at"], event["found_at"] or event["occurred_at"])
        draft = Draft(
            uuid7(), event["code"], ORIGINS.get(event["origin"], event["origin"]), found_at,
            code_system=event["code_system"], quantity=float(event["quantity"]), unit=event["unit"],
            event_uid=event["uid"], actor=actor, permit_checked=permit_checked,
        )  # fmt: skip
        try:
            made.append(open_problem(session, tenant, draft))
        except (UnknownCode, BadDraft):
            left += 1
        except PermitStands as stands:
            asked.append((str(event["uid"]), str(stands.facts["permits"])))
    return Adopted(tuple(made), left, tuple(asked))


def ensure_problems(database: Database, tenant: str, actor: str = "demo") -> int:
    """Open problems for the newest open events once, some at every stage, and give a county without a matrix one.

    Returns
    -------
    int
        How many were opened; 0 where ``actor`` has opened problems before.
    """
    with database.begin(tenant) as session:
        if queries.has_opened(session, tenant, actor):
            return 0
        if not load_matrix(session, tenant).duties:
            import_table(session, tenant, "matrix", propose_matrix(session, tenant).encode(), actor=actor)
        found = adopt_events(session, tenant, most=SHOWN, actor=actor)
        now = dt.datetime.now(dt.UTC)
        for number, row_id in enumerate(found.problems):
            for step in WAYS[number % len(WAYS)]:
                take_step(session, tenant, row_id, Order(step, now, actor, note="示例"))
        return len(found.problems)
