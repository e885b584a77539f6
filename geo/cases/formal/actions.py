"""Sign a formal act: the first signature opens it, the partner's completes it, and both say the same."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.cases.formal import queries
from geo.cases.formal.pair import MayNotSign, Officer, check_signer, shared_watch
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class SignedOtherwise(Conflict):
    """The partner signed something else; both sign the same, or the first signs again. The facts name the partner."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs, by their own credentials: the account that is signed in and the member of staff behind it."""

    account: str
    staff: str


@dataclass(frozen=True, slots=True)
class Signed:
    """An act after a signature; ``partner_id`` is None while the second is missing."""

    act_id: int
    first_id: int
    partner_id: int | None

    @property
    def complete(self) -> bool:
        """Whether both have signed."""
        return self.partner_id is not None


def sign(
    session: Session,
    tenant: str,
    signer: Signer,
    about: str,
    row: int,
    step: str,
    *,
    at: dt.datetime,
    item_id: int,
    body_id: int,
    content: Mapping[str, Any],
) -> Signed:
    """Sign a step of a row.

    Parameters
    ----------
    about, row, step
        ``ladder``, ``document`` or ``penalty``; its row; the step's word.
    at
        When it was done; aware. Licences and shifts are looked at for this moment.
    content
        What is signed, JSON-ready: the partner's must be equal.

    Raises
    ------
    MayNotSign
        If the signer has no valid licence, is not on shift or in no team, is the one who signed first, or is not in
        their team.
    SignedOtherwise
        If the partner says something else than the first.
    """
    queries.lock_step(session, tenant, about, row, step)
    officer = load_signer(session, tenant, signer, at)
    digest = digest_of(content, at, item_id, body_id)
    waiting = queries.find_waiting(session, tenant, about, row, step)
    facts = {"about": about, "row": row, "step": step}
    if waiting is None:
        watch = next(one for one in officer.watches if one.team is not None)
        act = queries.open_act(
            session, tenant, about=about, row=row, step=step, at=at, on_date=watch.on_date,
            shift_code=watch.shift_code, team=watch.team, item_id=item_id, body_id=body_id, digest=digest,
            staff=officer.id, account=signer.account,
        )  # fmt: skip
        write_change(session, tenant, "act.signed", facts={**facts, "act": act}, actor=signer.account)
        return Signed(act, officer.id, None)
    first = int(waiting["first_staff_id"])
    if first == officer.id:
        if waiting["content_sha256"] != digest:
            watch = next(one for one in officer.watches if one.team is not None)
            queries.sign_again(
                session, tenant, waiting["id"], at=at, on_date=watch.on_date, shift_code=watch.shift_code,
                team=watch.team, item_id=item_id, body_id=body_id, digest=digest,
            )  # fmt: skip
        return Signed(waiting["id"], officer.id, None)
    if waiting["first_account"] == signer.account:
        raise MayNotSign("formal.same_person", staff=signer.staff)
    if waiting["content_sha256"] != digest:
        raise SignedOtherwise("formal.signed_otherwise", first=waiting["first_account"], step=step)
    partner = _by_id(session, tenant, first, at)
    watch = shared_watch(partner, officer)
    queries.complete_act(
        session, tenant, waiting["id"], on_date=watch.on_date, shift_code=watch.shift_code, team=watch.team,
        staff=officer.id, account=signer.account,
    )  # fmt: skip
    write_change(session, tenant, "act.completed", facts={**facts, "act": waiting["id"]}, actor=signer.account)
    return Signed(waiting["id"], first, officer.id)


def load_signer(session: Session, tenant: str, signer: Signer, at: dt.datetime) -> Officer:
    """Who signs, as of a moment.

    Raises
    ------
    MayNotSign
        If they may not.
    """
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    on = at.astimezone(zone).date()
    officer = queries.load_officer(session, tenant, signer.staff, at, on)
    if officer is None:
        raise MayNotSign("formal.no_licence", staff=signer.staff, on=on.isoformat())
    check_signer(officer, on)
    return officer


def _by_id(session: Session, tenant: str, staff_id: int, at: dt.datetime) -> Officer:
    """The first signer again: a licence taken away meanwhile makes the act impossible."""
    code = queries.find_staff_code(session, tenant, staff_id)
    return load_signer(session, tenant, Signer("", code), at)


def digest_of(content: Mapping[str, Any], at: dt.datetime, item_id: int, body_id: int) -> str:
    """SHA-256 of what is signed, the same whatever the order of its fields.

    Examples
    --------
    >>> at = dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC)
    >>> digest_of({"a": 1, "b": "二"}, at, 1, 1) == digest_of({"b": "二", "a": 1}, at, 1, 1)
    True
    >>> digest_of({"a": 1}, at, 1, 1) == digest_of({"a": 2}, at, 1, 1)
    False
    """
    said = {"content": dict(content), "at": at.astimezone(dt.UTC).isoformat(), "item": item_id, "body": body_id}
    plain = json.dumps(said, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(plain.encode()).hexdigest()
