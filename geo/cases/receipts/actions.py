"""Ask whether a record was taken before, and note that it was."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from geo.cases.receipts import queries
from geo.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UidTaken(Conflict):
    """The uid belongs to something else; the facts name it."""


def find_taken(session: Session, tenant: str, uid: uuid.UUID, kind: str, row: int | None = None) -> int | None:
    """The row a record was taken as, or None; whoever sends the same meanwhile waits for this transaction.

    Parameters
    ----------
    kind
        What the record is; ``row``, where it is known to which row a step belongs.

    Raises
    ------
    UidTaken
        If the uid names another kind of record, or another row.
    """
    queries.lock_uid(session, uid)
    before = queries.find_receipt(session, tenant, uid)
    if before is None:
        return None
    if before[0] != kind or row not in (None, before[1]):
        raise UidTaken("receipts.uid_taken", uid=str(uid))
    return before[1]


def keep_taken(session: Session, tenant: str, uid: uuid.UUID, kind: str, row: int) -> None:
    """Note that a record was taken."""
    queries.add_receipt(session, tenant, uid, kind, row)
