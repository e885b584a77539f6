"""By what complaints of a file are recognised, and which of them are stored already."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING

from geo.cases.complaints import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Key = str | uuid.UUID
"""What a complaint is recognised by: its number in the other system, else the uid made from its content."""

Known = dict[Key, tuple[int, str | None]]
"""Id and hash of what was first sent."""


class Met:
    """What of a source may be stored already: all, if it has brought anything before this file; and what the file has
    said so far, by 64-bit hashes. Asking the database of the others would cost as much as a column's index.
    """

    def __init__(self, anything: bool) -> None:
        self.anything, self._seen = anything, set[int]()

    def said(self, key: Key) -> bool:
        """Whether the file has said a key in an earlier lot."""
        return hash(key) in self._seen

    def add(self, keys: Sequence[Key]) -> None:
        """Note the keys of a lot."""
        self._seen.update(map(hash, keys))


def find_known(session: Session, tenant: str, source: str, keys: Sequence[Key]) -> Known:
    """Those of some keys that are stored."""
    numbers = [key for key in keys if isinstance(key, str)]
    made = [key for key in keys if not isinstance(key, str)]
    found: Known = {}
    if numbers:
        found.update(queries.find_known(session, tenant, source, numbers))
    if made:
        found |= {uid: (one, None) for uid, one in queries.find_uids(session, tenant, made).items()}
    return found
