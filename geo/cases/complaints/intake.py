"""Take complaints in from other systems, files and the desk: read, placed, dated. Retries change nothing."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import orjson

from geo.cases.clocks.actions import load_axis
from geo.cases.complaints import queries
from geo.cases.complaints.due import due_by
from geo.cases.complaints.orders import Draft, Fault, FieldMap, read_order
from geo.cases.places.actions import LONGEST
from geo.cases.places.match import PLACED, Names, find_places
from geo.cases.places.queries import StoredNames
from geo.cases.queries import now as database_now
from geo.cases.secrets.actions import open_secrets
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid, NotFound
from geo.features.locate import districts_at
from geo.uids import uuid7s

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from geo.cases.clocks.axis import Axis
    from geo.cases.secrets.sealing import Secrets

DESK: Final = "desk"
PUBLIC: Final = "public"
OWN_SOURCES: Final = (DESK, PUBLIC)
CALLER_FIELD: Final = "caller.file"
SEALED_NAMES: Final = ("name", "phone", "address")
SealedParts = tuple[str, str, str]
"""Name, number and address of a caller, empty where not known."""


class UnknownSource(NotFound):
    """There is no such source in use; the facts name it."""


class OrderRejected(Invalid):
    """What was sent is no complaint; the facts hold every fault with its field and mend."""


class SourceTaken(Invalid):
    """A name that the program keeps for itself."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one thing that was sent: accepted, unchanged (sent again), or different (same number, other text;
    what was taken first stays)."""

    outcome: str
    complaint_id: int
    row: int = 0


@dataclass(slots=True)
class Door:
    """What an intake needs of a county, loaded once: time, names of places, keys."""

    county: County
    names: Names
    secrets: Secrets
    now: dt.datetime
    _places: dict[str, dict[str, Any]] = field(default_factory=dict)
    _axes: dict[tuple[int, int], Axis] = field(default_factory=dict)

    def place(self, text: str) -> dict[str, Any]:
        """Where a text says it is, if that is certain enough; the same text is asked once."""
        if text not in self._places:
            found = find_places(text[:LONGEST], self.names, 1) if text.strip() else []
            sure = [one for one in found if one.confidence >= PLACED]
            self._places[text] = (
                {
                    "lon": sure[0].lon, "lat": sure[0].lat, "placed_by": "matched", "matched": sure[0].name,
                    "confidence": sure[0].confidence,
                }
                if sure
                else {"lon": None, "lat": None, "placed_by": None, "matched": None, "confidence": None}
            )  # fmt: skip
        return self._places[text]

    def axis(self, session: Session, first: int, last: int) -> Axis:
        """The county's working time around some years."""
        if (first, last) not in self._axes:
            begin, end = (dt.datetime(year, 7, 1, tzinfo=dt.UTC) for year in (first, last))
            self._axes[first, last] = load_axis(session, self.county.code, begin, end)
        return self._axes[first, last]


def open_door(session: Session, tenant: str, home: Path, names: Names | None = None) -> Door:
    """Everything an intake needs; ``names`` in memory where many are to be placed."""
    county = get_county(session, tenant)
    secrets = open_secrets(session, tenant, home)
    return Door(county, names or StoredNames(session, tenant), secrets, database_now(session))


def set_source(
    session: Session, tenant: str, name: str, channel: str, mapping: FieldMap, *, active: bool = True, actor: str
) -> None:
    """Say how a source's fields are read.

    Raises
    ------
    SourceTaken
        If the name is the desk's or the public form's.
    """
    if name == DESK:
        raise SourceTaken("complaints.source_taken", source=name)
    stored = {
        "fields": dict(mapping.fields),
        "values": {name: dict(words) for name, words in mapping.values.items()},
        "defaults": dict(mapping.defaults),
        "offset": mapping.offset,
    }
    values = {"name": name, "channel": channel, "mapping": stored, "active": active, "actor": actor}
    queries.set_source(session, tenant, values)
    write_change(session, tenant, "intake_source.set", facts={"source": name, "active": active}, actor=actor)


def get_source(session: Session, tenant: str, name: str) -> tuple[str, FieldMap]:
    """Channel and mapping of a source.

    Raises
    ------
    UnknownSource
        If there is none of that name, or it is not in use.
    """
    found = queries.find_source(session, tenant, name)
    if found is None or not found["active"]:
        raise UnknownSource("complaints.source_unknown", source=name)
    return found["channel"], FieldMap(**found["mapping"])


def push_order(session: Session, tenant: str, home: Path, source: str, body: Mapping[str, Any], *, actor: str) -> Taken:
    """Take one work order of another system; sending it again changes nothing.

    Raises
    ------
    UnknownSource
        If the source is not set up.
    OrderRejected
        If it is no complaint. The receipt is for the caller to write in a transaction of its own: see
        :func:`note_rejected`.
    """
    channel, mapping = get_source(session, tenant, source)
    door = open_door(session, tenant, home)
    read = read_order(body, mapping, channel, door.county, door.now)
    if isinstance(read, Draft) and read.external_id is None:
        read = [
            Fault(0, "external_id", "complaints.reject_no_number", {"field": mapping.fields.get("external_id", "-")})
        ]
    if not isinstance(read, Draft):
        raise OrderRejected("complaints.order_rejected", source=source, faults=[one.as_json() for one in read])
    return take_in(session, tenant, door, source, [read], actor=actor, log_all=True)[0]


def note_rejected(
    session: Session, tenant: str, home: Path, source: str, external_id: str | None, digest: str,
    faults: Sequence[Mapping[str, object]], *, actor: str,
) -> None:  # fmt: skip
    """Write the receipt of something that was not taken."""
    secrets = open_secrets(session, tenant, home)
    row = {
        "external_id": external_id, "body_hash": secrets.match_hash("order", digest), "outcome": "rejected",
        "complaint_id": None, "reasons": [dict(one) for one in faults],
    }  # fmt: skip
    queries.add_receipts(session, tenant, source, [row], actor)


def enter(
    session: Session, tenant: str, home: Path, draft: Draft, uid: uuid.UUID, *, source: str = DESK, actor: str
) -> Taken:
    """Take a complaint from a form, which makes ``uid``, so that a retry is recognised."""
    return take_in(session, tenant, open_door(session, tenant, home), source, [draft], actor=actor, uids=[uid])[0]


def take_in(
    session: Session, tenant: str, door: Door, source: str, drafts: Sequence[Draft], *, actor: str,
    uids: Sequence[uuid.UUID] | None = None, log_all: bool = False,
) -> list[Taken]:  # fmt: skip
    """Store complaints that are not there yet, placed and dated.

    Parameters
    ----------
    source
        Under which their numbers are unique.
    uids
        Of forms; else made here: from the content where there is no number, so that a file can be read again.
    log_all
        Write receipts also of what is unchanged.

    Returns
    -------
    list of Taken
        In the order given.
    """
    made = list(uids) if uids is not None else _uids(tenant, source, drafts)
    numbered = [draft.external_id for draft in drafts if draft.external_id is not None]
    there = set(queries.find_known(session, tenant, source, numbered))
    stored = set(queries.find_uids(session, tenant, made))
    new = [
        uid not in stored and draft.external_id not in there for uid, draft in zip(made, drafts, strict=True)
    ]  # fmt: skip
    rows = _rows(session, door, drafts, made, new)
    fresh = queries.insert_complaints(session, tenant, source, [row for row in rows if row["first"]], actor)
    older = [
        (draft, row) for draft, row in zip(drafts, rows, strict=True) if not (row["first"] and row["uid"] in fresh)
    ]  # fmt: skip
    known = queries.find_known(session, tenant, source, [d.external_id for d, _ in older if d.external_id is not None])
    by_uid = queries.find_uids(session, tenant, [row["uid"] for draft, row in older if draft.external_id is None])
    taken, receipts = [], []
    for draft, row in zip(drafts, rows, strict=True):
        if row["first"] and row["uid"] in fresh:
            taken.append(Taken("accepted", fresh[row["uid"]], draft.row))
            continue
        number = draft.external_id
        complaint_id, known_hash = known[number] if number is not None else (by_uid[row["uid"]], None)
        outcome = "unchanged" if (known_hash or row["first_hash"]) == row["body_hash"] else "different"
        taken.append(Taken(outcome, complaint_id, draft.row))
        if log_all or outcome != "unchanged":
            receipts.append(
                {"external_id": number, "body_hash": row["body_hash"], "outcome": outcome,
                 "complaint_id": complaint_id, "reasons": []}
            )  # fmt: skip
    queries.add_receipts(session, tenant, source, receipts, actor)
    if fresh:
        write_change(
            session, tenant, "complaints.taken_in", facts={"source": source, "rows": len(fresh)}, actor=actor
        )  # fmt: skip
    return taken


def _rows(
    session: Session, door: Door, drafts: Sequence[Draft], uids: Sequence[uuid.UUID], new: Sequence[bool]
) -> list[dict[str, Any]]:
    """Rows for storing; ``first`` is False for one that is known, or whose number stands earlier in the same lot.

    Only what is stored is placed, dated and sealed: reading a file again costs little.
    """
    seen: dict[object, str | None] = {}
    rows: list[dict[str, Any]] = []
    for draft, uid, is_new in zip(drafts, uids, new, strict=True):
        body_hash = door.secrets.match_hash("order", draft.digest or str(uid))
        key = draft.external_id if draft.external_id is not None else uid
        is_first = is_new and key not in seen
        rows.append(
            {"uid": uid, "first": is_first, "first_hash": seen.setdefault(key, body_hash), "body_hash": body_hash}
        )  # fmt: skip
    fill = [(row, draft) for row, draft in zip(rows, drafts, strict=True) if row["first"]]
    first = [draft for _, draft in fill]
    dues = dues_of(session, door, first)
    callers = seal_callers(door.secrets, [(one.name, one.phone, one.address) for one in (d.caller for d in first)])
    for (row, draft), due, (sealed, caller_hash) in zip(fill, dues, callers, strict=True):
        place = (
            {"lon": draft.lon, "lat": draft.lat, "placed_by": "given", "matched": None, "confidence": None}
            if draft.lon is not None
            else door.place(draft.place_text)
        )
        row |= {
            "channel": draft.channel, "external_id": draft.external_id, "received_at": draft.received_at,
            "code_system": draft.code_system, "code": draft.code, "topic": draft.topic, "content": draft.content,
            "place_text": draft.place_text, "due_at": due, "due_given": draft.due_at is not None, **place,
            "sealed": None if sealed is None else base64.b64encode(sealed).decode(), "caller_hash": caller_hash,
            "confidential": draft.caller.confidential,
        }  # fmt: skip
    spots = {(row["lon"], row["lat"]) for row, _ in fill if row["lon"] is not None}
    districts = districts_at(session, door.county, sorted(spots))
    for row, _ in fill:
        row["district_code"] = districts.get((row["lon"], row["lat"]))
    return rows


def _uids(tenant: str, source: str, drafts: Sequence[Draft]) -> list[uuid.UUID]:
    """New ones for what has a number; else made from the content, so that the same row is recognised."""
    fresh = uuid7s(len(drafts))
    return [
        new if draft.external_id is not None else content_uid(tenant, source, draft.digest)
        for new, draft in zip(fresh, drafts, strict=True)
    ]


def dues_of(session: Session, door: Door, drafts: Sequence[Draft]) -> list[dt.datetime]:
    """By when each is due: its own day, else by channel in the county's working time."""
    found = {at: draft.due_at for at, draft in enumerate(drafts) if draft.due_at is not None}
    by_year: dict[int, list[int]] = {}
    for at, draft in enumerate(drafts):
        if draft.due_at is None:
            by_year.setdefault(draft.received_at.year, []).append(at)
    for year, places in by_year.items():
        received = [drafts[at].received_at for at in places]
        due = due_by(received, [drafts[at].channel for at in places], "quick", door.axis(session, year, year))
        found |= zip(places, due, strict=True)
    return [found[at] for at in range(len(drafts))]


def seal_callers(secrets: Secrets, callers: Sequence[SealedParts]) -> list[tuple[bytes | None, str | None]]:
    """Each caller sealed, and the hash by which they are recognised, in the order given; None for nobody known."""
    known = [parts for parts in callers if any(parts)]
    plain = [_plain(dict(zip(SEALED_NAMES, parts, strict=True))) for parts in known]
    phones = secrets.match_hashes("phone", [phone for _, phone, _ in known])
    hashes = [by or secrets.match_hash("name", name) for by, (name, _, _) in zip(phones, known, strict=True)]
    sealed = zip(secrets.seal_all(plain, CALLER_FIELD), hashes, strict=True)
    return [next(sealed) if any(parts) else (None, None) for parts in callers]


def _plain(caller: dict[str, str]) -> str:
    """What is sealed, as JSON."""
    try:
        return orjson.dumps(caller).decode()
    except TypeError:  # Half a letter, which only what follows can write down.
        return json.dumps(caller)


def content_uid(tenant: str, source: str, digest: str) -> uuid.UUID:
    """A version 8 UUID of what was sent, for rows without a number; the same row has the same."""
    made = hashlib.sha256(f"{tenant}\x00{source}\x00{digest}".encode()).digest()[:16]
    return uuid.UUID(int=(int.from_bytes(made, "big") & ~(0xF << 76) & ~(0x3 << 62)) | 8 << 76 | 2 << 62)
