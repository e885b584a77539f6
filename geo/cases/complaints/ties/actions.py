"""Find what repeats, let people decide, merge and split."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.clocks.actions import load_axis
from geo.cases.complaints.actions import MergedAway, StepLacks, get_complaint
from geo.cases.complaints.desk import queries as desk
from geo.cases.complaints.due import due_by
from geo.cases.complaints.queries import lock_complaints
from geo.cases.complaints.scrub import scrub
from geo.cases.complaints.states import COMPLAINT, ENDED
from geo.cases.complaints.ties import queries
from geo.cases.complaints.ties.matching import RADIUS_M, WITHIN_DAYS, choose_tie, find_ties, tie_between
from geo.cases.history import take
from geo.cases.queries import now as database_now
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import METRES_A_DEGREE

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

LOT: Final = 10_000
MARGIN: Final = 1.02
MOST_AGAIN: Final = 300


class UnknownTie(NotFound):
    """There is no such proposal."""


class Decided(Conflict):
    """Somebody has decided it already; the facts say how."""


class MergeCircle(Invalid):
    """A complaint cannot be handled with itself, or with one that is handled with it."""


class NotMerged(Conflict):
    """The complaint stands for itself: there is nothing to split."""


class HeadEnded(Conflict):
    """What is answered already takes no more; the new complaint is a repeat of it, or is handled by itself."""


def find_all_ties(
    database: Database, tenant: str, *, radius_m: float = RADIUS_M, within_days: int = WITHIN_DAYS,
    progress: Callable[[int, int], None] | None = None, actor: str = "system",
) -> dict[str, int]:  # fmt: skip
    """Look through all complaints for what repeats; what people decided stays.

    Returns
    -------
    dict[str, int]
        ``complaints`` looked at, ``duplicates`` and ``repeats`` found, ``proposed`` of them new.
    """
    with database.begin(tenant) as session:
        srid = get_county(session, tenant).metric_srid
        heard = queries.load_heard(session, tenant, srid)
    ties = list(find_ties(heard, radius_m, within_days))
    with database.begin(tenant) as session:
        queries.forget_proposed(session, tenant)
        new = 0
        for at in range(0, len(ties), LOT):
            new += queries.insert_ties(session, tenant, ties[at : at + LOT])
            if progress:
                progress(min(at + LOT, len(ties)), len(ties))
        duplicates = sum(tie.kind == "duplicate" for tie in ties)
        found = {
            "complaints": len(heard), "duplicates": duplicates, "repeats": len(ties) - duplicates, "proposed": new,
        }  # fmt: skip
        write_change(session, tenant, "complaints.compared", facts=found, actor=actor)
    return found


def propose_ties(session: Session, tenant: str, complaint_ids: Sequence[int]) -> int:
    """Look for what some complaints repeat, as soon as they are in or on the map; returns how many proposals there are.

    What was received later near them is looked at again, and what is near that: work orders do not come in the order
    in which people complained. Past :data:`MOST_AGAIN` it is left to :func:`find_all_ties`.
    """
    county = get_county(session, tenant)
    parallel = METRES_A_DEGREE * max(0.01, math.cos(math.radians(max(map(abs, county.extent[1::2])))))
    wide = MARGIN * RADIUS_M / parallel, MARGIN * RADIUS_M / METRES_A_DEGREE
    waiting = queries.load_heard(session, tenant, county.metric_srid, complaint_ids)
    known = {one.id: one for one in waiting}
    while waiting and len(known) < MOST_AGAIN:
        later = {other for one in waiting for other in queries.find_later(session, tenant, one, wide, WITHIN_DAYS)}
        waiting = queries.load_heard(session, tenant, county.metric_srid, sorted(later - set(known)))
        known |= {one.id: one for one in waiting}
    heard = list(known.values())
    queries.forget_proposed(session, tenant, [one.id for one in heard])
    found = 0
    for one in sorted(heard, key=lambda one: (one.received_s, one.id)):
        earlier = queries.load_earlier(session, tenant, county.metric_srid, one, wide, WITHIN_DAYS)
        ties = [(other, tie) for other in earlier if (tie := tie_between(one, other)) is not None]
        best = choose_tie(ties)
        found += queries.insert_ties(session, tenant, [best] if best else [])
    return found


def decide_tie(session: Session, tenant: str, tie_id: int, *, confirm: bool, note: str = "", actor: str) -> None:
    """Confirm a proposal, and a duplicate is merged, a repeat is handled thoroughly; or dismiss it.

    Raises
    ------
    UnknownTie, Decided
        If there is none, or it is decided.
    MergeCircle, HeadEnded, StepNotOpen
        As :func:`merge`.
    """
    tie = queries.find_tie(session, tenant, tie_id)
    if tie is None:
        raise UnknownTie("complaints.tie_unknown", tie=tie_id)
    if tie["state"] != "proposed":
        raise Decided("complaints.tie_decided", tie=tie_id, state=tie["state"])
    queries.decide(session, tenant, tie_id, "confirmed" if confirm else "dismissed", actor)
    if confirm and tie["kind"] == "duplicate":
        merge(session, tenant, tie["complaint_id"], tie["earlier_id"], note=note, actor=actor)
    elif confirm:
        handle_as_repeat(session, tenant, tie["complaint_id"], tie["earlier_id"], actor=actor)
    facts = {"tie": tie_id, "complaint": tie["complaint_id"], "confirm": confirm}
    write_change(session, tenant, "complaint_tie.decided", facts=facts, actor=actor)


def handle_as_repeat(session: Session, tenant: str, complaint_id: int, earlier_id: int, *, actor: str) -> None:
    """重复信细办: a senior owner, a root-cause form, and the time that takes.

    Raises
    ------
    UnknownComplaint
        If there is no such complaint, or no such earlier one.
    MergeCircle
        If the earlier one came later.
    """
    lock_complaints(session, tenant, [complaint_id, earlier_id])
    row, earlier = (get_complaint(session, tenant, one) for one in (complaint_id, earlier_id))
    if (earlier["received_at"], earlier_id) >= (row["received_at"], complaint_id):
        raise MergeCircle("complaints.circle", complaint=complaint_id, other=earlier_id)
    values: dict[str, Any] = {"handling": "careful", "repeat_of": earlier_id}
    if not row["due_given"]:
        axis = load_axis(session, tenant, row["received_at"])
        values["own_due_at"] = due_by([row["received_at"]], [row["channel"]], "careful", axis)[0]
    desk.update_complaint(session, tenant, complaint_id, values)
    _renew_due(session, tenant, complaint_id)
    facts = {"complaint": complaint_id, "earlier": earlier_id}
    write_change(session, tenant, "complaint.repeated", facts=facts, actor=actor)


def merge(session: Session, tenant: str, complaint_id: int, into: int, *, note: str = "", actor: str) -> int:
    """Handle a complaint with another; returns the one that stands for both.

    Nothing of the merged one is lost: its caller, its number, its own due date and its state stay as they are, and the
    one that stands for both is due when the earliest of them is.

    Raises
    ------
    UnknownComplaint, MergedAway
        If either is none, or the first is handled with another already.
    MergeCircle
        If the other is the same or is handled with this one.
    HeadEnded
        If the other is answered already.
    StepNotOpen
        If this one is past being merged.
    """
    get_complaint(session, tenant, into)
    head_id = desk.find_head(session, tenant, into)
    lock_complaints(session, tenant, sorted({complaint_id, head_id}))
    row = get_complaint(session, tenant, complaint_id)
    if row["merged_into"] is not None:
        raise MergedAway("complaints.merged_away", complaint=complaint_id, head=row["merged_into"])
    if head_id == complaint_id or desk.find_head(session, tenant, into) != head_id:
        raise MergeCircle("complaints.circle", complaint=complaint_id, other=into)
    head = get_complaint(session, tenant, head_id)
    if head["state"] in ENDED or head["state"] == "replied":
        raise HeadEnded("complaints.head_ended", head=head_id, state=head["state"])
    take(
        session, tenant, COMPLAINT, complaint_id, row["state"], "merge", at=database_now(session), actor=actor,
        note=scrub(note), facts={"into": head_id},
    )  # fmt: skip
    desk.update_complaint(session, tenant, complaint_id, {"merged_into": head_id})
    _renew_due(session, tenant, head_id)
    return head_id


def split(session: Session, tenant: str, complaint_id: int, *, note: str, actor: str) -> None:
    """Let a merged complaint stand for itself again, with what was merged into it before; everything as it was.

    Raises
    ------
    UnknownComplaint, NotMerged
        If there is none, or it is not merged.
    StepLacks
        If it is not said why.
    """
    row = get_complaint(session, tenant, complaint_id)
    if row["merged_into"] is None:
        raise NotMerged("complaints.not_merged", complaint=complaint_id)
    if not note.strip():
        raise StepLacks("complaints.step_lacks", step="split", field="note")
    head_id = desk.find_head(session, tenant, complaint_id)
    lock_complaints(session, tenant, [complaint_id, head_id])
    row = get_complaint(session, tenant, complaint_id)
    if row["merged_into"] is None:
        raise NotMerged("complaints.not_merged", complaint=complaint_id)
    take(
        session, tenant, COMPLAINT, complaint_id, row["state"], "split", at=database_now(session), actor=actor,
        note=scrub(note), facts={"from": row["merged_into"]},
    )  # fmt: skip
    desk.update_complaint(session, tenant, complaint_id, {"merged_into": None})
    queries.undo_duplicates(session, tenant, complaint_id, actor)
    _renew_due(session, tenant, head_id)
    _renew_due(session, tenant, complaint_id)


def _renew_due(session: Session, tenant: str, complaint_id: int) -> None:
    """The earliest of a complaint's own due date and of those handled with it, noted on the one that stands for all."""
    head_id = desk.find_head(session, tenant, complaint_id)
    group = desk.load_group(session, tenant, head_id)
    desk.update_complaint(session, tenant, head_id, {"due_at": group.due_at})
