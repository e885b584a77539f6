"""A complaint that is about something on the street becomes a problem of the case flow, once."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from geo.cases.complaints.actions import MergedAway, StepLacks, get_complaint
from geo.cases.complaints.desk import queries
from geo.cases.complaints.queries import lock_complaints
from geo.cases.complaints.states import ENDED
from geo.cases.flow.actions import open_problem
from geo.cases.flow.orders import Draft
from geo.db.changes import write_change

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ORIGINS: Final = {"order": "order", "supervision": "order", "public": "public"}
"""Channels whose problems come from elsewhere than a complaint."""


def open_its_problem(
    session: Session, tenant: str, complaint_id: int, *, permit_checked: bool = False, actor: str
) -> int:
    """Open a problem for a complaint and link the two; returns the problem's id. Asked again, it is the same one.

    Raises
    ------
    UnknownComplaint, MergedAway
        If there is none, or it is handled with another.
    StepLacks
        If it is not on the map, has no topic code, or is answered already.
    UnknownCode, NobodyToName, BadDraft, PermitStands
        As :func:`geo.cases.flow.actions.open_problem`.
    """
    lock_complaints(session, tenant, [complaint_id])
    row = get_complaint(session, tenant, complaint_id)
    if row["problem_id"] is not None:
        return int(row["problem_id"])
    if row["merged_into"] is not None:
        raise MergedAway("complaints.merged_away", complaint=complaint_id, head=row["merged_into"])
    if row["state"] in ENDED:
        raise StepLacks("complaints.step_lacks", step="problem", field="state")
    for field in ("lon", "code"):
        if row[field] is None:
            raise StepLacks("complaints.step_lacks", step="problem", field="place" if field == "lon" else field)
    ordered: dt.datetime | None = row["due_at"] if row["due_given"] else None
    draft = Draft(
        uid=row["uid"], code=row["code"], code_system=row["code_system"],
        origin=ORIGINS.get(row["channel"], "complaint"), found_at=row["received_at"], lon=row["lon"], lat=row["lat"],
        place=row["place_text"],
        description=row["content"], ordered_due_at=ordered, actor=actor,
        permit_checked=permit_checked,
    )  # fmt: skip
    problem_id = open_problem(session, tenant, draft)
    queries.update_complaint(session, tenant, complaint_id, {"problem_id": problem_id})
    facts = {"complaint": complaint_id, "problem": problem_id}
    write_change(session, tenant, "complaint.problem_opened", facts=facts, actor=actor)
    return problem_id
