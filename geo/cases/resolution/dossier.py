"""一事一档: everything of one complaint in one file, the same bytes for the same file."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from typing import TYPE_CHECKING, Any

from geo.cases.complaints.actions import get_complaint, load_history
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.queries import list_receipts
from geo.cases.complaints.ties.queries import list_ties
from geo.cases.flow.actions import get_problem, show_history
from geo.cases.resolution import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def build_dossier(session: Session, tenant: str, complaint_id: int) -> dict[str, Any]:
    """The file of a complaint: itself, all merged into it, every step, answer, tie, form, measure and its problem.

    Who complained is not in it; that stands sealed and apart.

    Raises
    ------
    UnknownComplaint
        If there is none.
    """
    row = get_complaint(session, tenant, complaint_id)
    problem = None
    if row["problem_id"] is not None:
        problem = {
            **get_problem(session, tenant, row["problem_id"]),
            "history": show_history(session, tenant, row["problem_id"]),
        }
    receipts = []
    if row["external_id"] is not None:
        receipts = list_receipts(session, tenant, source=row["source"], external_id=row["external_id"], most=1000)
    return {
        "complaint": row,
        "history": [
            {name: getattr(step, name) for name in step.__slots__}
            for step in load_history(session, tenant, complaint_id)
        ],
        "merged": [
            get_complaint(session, tenant, member)
            for member in desk.list_members(session, tenant, complaint_id)
            if member != complaint_id
        ],
        "replies": desk.list_replies(session, tenant, complaint_id),
        "ties": list_ties(session, tenant, complaint=complaint_id, most=1000),
        "cause": desk.find_root_cause(session, tenant, complaint_id),
        "measure": queries.load_measures(session, tenant, "complaint", [complaint_id]).get(complaint_id),
        "receipts": receipts,
        "problem": problem,
    }


def render_dossier(dossier: dict[str, Any]) -> bytes:
    """The file as JSON, keys in order, instants in UTC; the same content gives the same bytes.

    Examples
    --------
    >>> render_dossier({"b": dt.date(2026, 3, 1), "a": "占道"}).decode()
    '{\\n "a": "占道",\\n "b": "2026-03-01"\\n}\\n'
    """

    def plain(value: object) -> str:
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC).isoformat()
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, uuid.UUID):
            return str(value)
        return str(value)

    return (json.dumps(dossier, ensure_ascii=False, sort_keys=True, indent=1, default=plain) + "\n").encode()
