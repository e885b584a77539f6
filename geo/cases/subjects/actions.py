"""Write a file down, confirm it, look into it for a purpose, join two that are one, split what was not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.cases.secrets.words import refuse_numbers
from geo.cases.subjects import queries
from geo.cases.subjects.identity import Identity, check_identity, seal_identity, unseal_identity
from geo.db.changes import write_change
from geo.errors import Conflict, Forbidden, Invalid, NotFound
from geo.tables.subjects import PURPOSES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.secrets.sealing import Secrets


class UnknownSubject(NotFound):
    """There is no such file, or it is none of the caller's 片区: the answer is the same."""


class NoPurpose(Invalid):
    """Nobody looks into a file without saying what for and on which reference."""


class NotAnOfficer(Forbidden):
    """Only regular staff in service confirm who somebody is; the facts name the staff number."""


class NotConfirmed(Conflict):
    """Only confirmed files that are not merged already can be joined; the facts name the file and its state."""


class MergedOn(Conflict):
    """The kept file was itself merged, or this merge was split already; split the later one first."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks: account, staff number if any, and the 片区 they are confined to (None: the county)."""

    account: str
    staff: str | None = None
    area: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Purpose:
    """What for: a word of :data:`~geo.tables.subjects.PURPOSES` and the number of a case, notice or complaint."""

    word: str
    reference: str


def note_subject(
    session: Session, tenant: str, keys: Secrets, uid: uuid.UUID, identity: Identity, district: str, actor: str
) -> int:
    """Write a file down as somebody's note; the same uid again changes nothing. Returns the file's id.

    Raises
    ------
    IdentityIncomplete, NumberTooEarly
        If there is no name, or a person's identity number.
    """
    check_identity(identity, in_penalty=False)
    columns = seal_identity(keys, identity)
    number = queries.insert_subject(session, tenant, uid=uid, district=district, actor=actor, **columns)
    if number is None:
        return int(queries.find_by_uid(session, tenant, uid) or 0)
    _log(session, tenant, "subject.noted", number, actor)
    return number


def confirm_subject(session: Session, tenant: str, subject: int, staff: str, actor: str) -> None:
    """Say as an officer that this is who it is; only from then on the ladder counts.

    Raises
    ------
    NotAnOfficer
        If the staff number is no regular officer's in service.
    UnknownSubject
        If there is no such file.
    """
    officer = require_officer(session, tenant, staff)
    if queries.find_subject(session, tenant, subject) is None:
        raise UnknownSubject("subjects.unknown", subject=subject)
    if queries.confirm(session, tenant, subject, officer):
        _log(session, tenant, "subject.confirmed", subject, actor)


def require_officer(session: Session, tenant: str, staff: str) -> int:
    """Row of a regular officer in service.

    Raises
    ------
    NotAnOfficer
        If they are none: auxiliaries patrol, collect and persuade (城市管理执法办法, 2017).
    """
    found = queries.find_staff(session, tenant, staff)
    if found is None or found[1] != "regular" or not found[2]:
        raise NotAnOfficer("subjects.not_officer", staff=staff)
    return found[0]


def find_matches(
    session: Session, tenant: str, keys: Secrets, identity: Identity, reader: Reader, purpose: Purpose
) -> list[dict[str, Any]]:
    """Files that may be the same: masked, with what they share, the surest first; each look is logged.

    A match outside the reader's 片区 says its 片区 and nothing else, so that the two squads can talk.
    """
    check_purpose(purpose)
    hashes = {name: keys.match_hash(name, getattr(identity, name)) for name in ("name", "phone", "number")}
    found = []
    for row in queries.match_subjects(session, tenant, hashes):
        near = queries.find_subject(session, tenant, row["id"], reader.area) is not None
        shared = [name for name, value in hashes.items() if value is not None and row[f"{name}_hash"] == value]
        look(session, tenant, row["id"], reader, purpose, whole=False)
        found.append(
            {"id": row["id"] if near else None, "mask": row["mask"] if near else "***", "state": row["state"],
             "kind": row["kind"], "district_code": row["district_code"], "shared": shared}
        )  # fmt: skip
    return found


def open_file(
    session: Session, tenant: str, keys: Secrets, subject: int, reader: Reader, purpose: Purpose, *, whole: bool = False
) -> dict[str, Any]:
    """Look into a file: who it is (masked unless ``whole``), incidents, documents, penalties; the look is logged.

    Raises
    ------
    NoPurpose
        If none is said.
    UnknownSubject
        If there is no such file in the reader's 片区.
    """
    check_purpose(purpose)
    row = queries.find_subject(session, tenant, subject, reader.area)
    if row is None:
        raise UnknownSubject("subjects.unknown", subject=subject)
    look(session, tenant, subject, reader, purpose, whole=whole)
    identity = unseal_identity(keys, row)
    head = {name: row[name] for name in ("id", "uid", "kind", "state", "district_code", "merged_into_id", "made_at")}
    merges = queries.list_merges(session, tenant, subject)
    return {**head, **identity.shown(whole=whole), **queries.load_file(session, tenant, subject), "merges": merges}


def list_files(
    session: Session, tenant: str, reader: Reader, purpose: Purpose, *, before: int | None = None, most: int = 50
) -> list[dict[str, Any]]:
    """Files of the reader's 片区, masked, the newest first; that they were listed is logged."""
    check_purpose(purpose)
    found = queries.list_subjects(session, tenant, reader.area, before, most)
    facts = {"count": len(found), "purpose": purpose.word}
    write_change(session, tenant, "subject.listed", facts=facts, actor=reader.account)
    return found


def write_identity(
    session: Session, tenant: str, keys: Secrets, subject: int, identity: Identity, reader: Reader, purpose: Purpose
) -> None:
    """Correct or complete who a file is about; an identity number only once there is a penalty.

    Raises
    ------
    NoPurpose, UnknownSubject, IdentityIncomplete, NumberTooEarly
    """
    check_purpose(purpose)
    if queries.find_subject(session, tenant, subject, reader.area) is None:
        raise UnknownSubject("subjects.unknown", subject=subject)
    check_identity(identity, in_penalty=queries.has_penalty(session, tenant, subject))
    look(session, tenant, subject, reader, purpose, whole=True)
    queries.update_identity(session, tenant, subject, seal_identity(keys, identity))
    _log(session, tenant, "subject.rewritten", subject, reader.account)


def merge_subjects(session: Session, tenant: str, kept: int, gone: int, reason: str, staff: str, actor: str) -> int:
    """Join two files that are one: everything of ``gone`` moves to ``kept``. Returns the merge's id.

    Raises
    ------
    NotAnOfficer, UnknownSubject
        If the staff number is no officer's, or a file is not there.
    NotConfirmed
        If either is only a note, or merged already, or both are the same.
    """
    require_officer(session, tenant, staff)
    refuse_numbers(reason=reason)
    if not reason.strip():
        raise NoPurpose("subjects.no_reason")
    rows = queries.lock_subjects(session, tenant, [kept, gone])
    for number in (kept, gone):
        if number not in rows:
            raise UnknownSubject("subjects.unknown", subject=number)
        if rows[number]["state"] != "confirmed" or kept == gone:
            raise NotConfirmed("subjects.not_confirmed", subject=number, state=rows[number]["state"])
    moved = queries.move_all(session, tenant, gone, kept)
    number = queries.add_merge(
        session, tenant, kept=kept, gone=gone, moved=moved, state="confirmed", reason=reason, actor=actor
    )
    facts = {"merge": number, "kept": kept, "gone": gone, "moved": {name: len(ids) for name, ids in moved.items()}}
    write_change(session, tenant, "subject.merged", facts=facts, actor=actor)
    return number


def split_subjects(session: Session, tenant: str, merge: int, reason: str, staff: str, actor: str) -> None:
    """Undo a merge: what moved and is still with the kept file goes back.

    Raises
    ------
    NotAnOfficer, UnknownSubject
        If the staff number is no officer's, or there is no such merge.
    MergedOn
        If it was split already, or the kept file has itself been merged since.
    """
    require_officer(session, tenant, staff)
    refuse_numbers(reason=reason)
    if not reason.strip():
        raise NoPurpose("subjects.no_reason")
    row = queries.find_merge(session, tenant, merge)
    if row is None:
        raise UnknownSubject("subjects.no_merge", merge=merge)
    kept = queries.lock_subjects(session, tenant, [row["kept_id"], row["gone_id"]])[row["kept_id"]]
    if row["split_at"] is not None or kept["state"] == "merged":
        raise MergedOn("subjects.merged_on", merge=merge)
    queries.move_back(session, tenant, row["kept_id"], row["gone_id"], row["moved"])
    queries.split(session, tenant, row, actor, reason)
    facts = {"merge": merge, "kept": row["kept_id"], "gone": row["gone_id"]}
    write_change(session, tenant, "subject.split", facts=facts, actor=actor)


def check_purpose(purpose: Purpose) -> None:
    """Refuse a look without a purpose and a reference.

    Raises
    ------
    NoPurpose
    """
    refuse_numbers(reference=purpose.reference)
    if purpose.word not in PURPOSES or not purpose.reference.strip():
        raise NoPurpose("subjects.no_purpose", known=", ".join(PURPOSES))


def area_of(codes: Sequence[str] | None) -> tuple[str, ...] | None:
    """The 片区 as a reader has them."""
    return None if codes is None else tuple(sorted(codes))


def look(session: Session, tenant: str, subject: int, reader: Reader, purpose: Purpose, *, whole: bool) -> None:
    """Note a look into a file, in its own log and in the change log."""
    staff = queries.find_staff(session, tenant, reader.staff) if reader.staff else None
    queries.add_access(
        session, tenant, subject=subject, actor=reader.account, staff=staff[0] if staff else None,
        purpose=purpose.word, reference=purpose.reference, whole=whole,
    )  # fmt: skip
    facts = {"subject": subject, "purpose": purpose.word, "whole": whole}
    write_change(session, tenant, "subject.viewed", facts=facts, actor=reader.account)


def _log(session: Session, tenant: str, kind: str, subject: int, actor: str) -> None:
    write_change(session, tenant, kind, facts={"subject": subject}, actor=actor)
