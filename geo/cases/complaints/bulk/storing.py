"""Store a file's complaints a lot at a time; those that are there already are recognised and left as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from geo.cases.complaints import queries as receipts
from geo.cases.complaints.bulk import queries
from geo.cases.complaints.bulk.keys import Known, find_known
from geo.cases.complaints.intake import Door, take_in
from geo.db.changes import write_change

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.complaints.bulk.preparing import Prepared


def store_lot(session: Session, tenant: str, door: Door, source: str, lot: Prepared, *, actor: str) -> list[str]:
    """As :func:`geo.cases.complaints.intake.take_in`, for many that are new; what became of each, in order.

    Notes
    -----
    If somebody else stores one of them meanwhile, the lot is taken by :func:`take_in` itself.
    """
    try:
        queries.copy_complaints(session, tenant, source, lot.content, actor)
    except IntegrityError:
        return [one.outcome for one in take_in(session, tenant, door, source, lot.columns.drafts(), actor=actor)]
    if lot.new:
        facts = {"source": source, "rows": len(lot.new)}
        write_change(session, tenant, "complaints.taken_in", facts=facts, actor=actor)
    known: Known = {
        lot.keys[at]: (one, lot.hashes[at]) for at, one in zip(lot.new, lot.ids, strict=True)
    } | lot.known  # fmt: skip
    known |= find_known(session, tenant, source, [lot.keys[at] for at in lot.again])
    outcomes = dict.fromkeys(lot.new, "accepted")
    # Two keys may have one hash: what was not said before after all is taken by itself.
    others = [at for at in lot.again if lot.keys[at] not in known]
    if others:
        taken = take_in(session, tenant, door, source, lot.columns.only(others).drafts(), actor=actor)
        outcomes |= {at: one.outcome for at, one in zip(others, taken, strict=True)}
    different: list[dict[str, Any]] = []
    first: dict[object, str | None] = {}
    for at in range(len(lot.keys)):
        if at in outcomes:
            continue
        key, body_hash = lot.keys[at], lot.hashes[at]
        complaint_id, known_hash = known[key]
        outcomes[at] = "unchanged" if (known_hash or first.setdefault(key, body_hash)) == body_hash else "different"
        if outcomes[at] == "different":
            different.append(
                {"external_id": lot.columns.external_id[at] or None, "body_hash": body_hash, "outcome": "different",
                 "complaint_id": complaint_id, "reasons": []}
            )  # fmt: skip
    if different:
        receipts.add_receipts(session, tenant, source, different, actor)
    return [outcomes[at] for at in range(len(lot.keys))]
