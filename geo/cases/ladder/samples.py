"""免罚典型案例: exempted incidents to be shown to others, without who and where."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from geo.cases.ladder import queries
from geo.cases.secrets.masks import mask_in
from geo.cases.subjects.identity import unseal_identity

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.secrets.sealing import Secrets

SHOWN: Final = ("code", "name", "article", "event_code", "month", "conditions")


def list_samples(
    session: Session, tenant: str, keys: Secrets, from_at: dt.datetime, to_at: dt.datetime, most: int
) -> list[dict[str, Any]]:
    """Up to ``most`` exempted incidents: entry, behaviour, month, conditions and what was explained.

    Where the subject's name or its owner's stands in what was explained, it is masked. No place, day or number.

    Raises
    ------
    KeyLost, SealBroken
        As :meth:`~geo.cases.secrets.sealing.Secrets.unseal`.
    """
    found = []
    for row in queries.list_exempted(session, tenant, from_at, to_at, most):
        who = unseal_identity(keys, row)
        said = mask_in(row["education"], (who.name, who.owner))
        found.append({**{name: row[name] for name in SHOWN}, "education": said})
    return found
