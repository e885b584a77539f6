"""Delete what has expired, and prove it."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.cases.powers.actions import get_figure
from geo.cases.retention import queries
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class NotGone(Conflict):
    """Expired rows are still there after the deletion: nothing is committed, and nothing is claimed."""


@dataclass(frozen=True, slots=True)
class Deleted:
    """What went of a table, and the proof that says so."""

    what: str
    gone: int
    kept_for: dict[str, int]
    proof_id: int


def expire_files(session: Session, tenant: str, today: dt.date, actor: str = "clock") -> list[Deleted]:
    """Delete ladder records past their window, documents that ended before it, files in which nothing is left.

    Callers of complaints that were answered long ago are forgotten too: name, number, address and hash.

    Parameters
    ----------
    today
        The county's local date. A record goes once its look-back window has ended, so that no ladder counts it.

    Returns
    -------
    list of Deleted
        One for each table of which something went; empty where nothing had expired.

    Raises
    ------
    NotGone
        If expired rows are found after the deletion.

    Notes
    -----
    Penalty files, what a penalty rests on, and 当场处罚, 先行登记保存 and 扣押 that went out are kept: they follow
    archive retention. An open document keeps the incident it is about. The log of looks into a file outlives it,
    without anything that tells who it was.
    """
    zone = get_county(session, tenant).time_zone
    months = get_figure(session, tenant, "ladder_months")
    facts = {"tenant": tenant, "today": today, "zone": zone, "months": months,
             "caller_months": get_figure(session, tenant, "caller_months")}  # fmt: skip
    done = []
    for what in queries.ORDER:
        uids = queries.delete_expired(session, what, facts)
        left = queries.count_left(session, what, facts)
        if left:
            raise NotGone("retention.not_gone", what=what, count=left)
        if not uids:
            continue
        kept = queries.count_kept(session, what, facts)
        proof = queries.add_proof(session, tenant, what, today, uids, digest_of(uids), left, kept, actor)
        said = {"what": what, "gone": len(uids), "proof": proof, "ids_sha256": digest_of(uids)}
        write_change(session, tenant, "files.expired", facts=said, actor=actor)
        done.append(Deleted(what, len(uids), kept, proof))
    return done


def digest_of(uids: Sequence[str]) -> str:
    """SHA-256 of ids, sorted, one a line.

    Examples
    --------
    >>> digest_of(["b", "a"]) == digest_of(["a", "b"]), digest_of([])[:8]
    (True, 'e3b0c442')
    """
    return hashlib.sha256("".join(f"{uid}\n" for uid in sorted(uids)).encode()).hexdigest()
