"""Store a file's complaints a lot at a time; those that are there already are recognised and left as they are."""

from __future__ import annotations

import struct
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import IntegrityError

from geo.cases.complaints import queries as receipts
from geo.cases.complaints.bulk import queries
from geo.cases.complaints.intake import Door, Taken, content_uid, dues_of, seal_callers, take_in
from geo.crs import STORAGE
from geo.db.changes import write_change
from geo.features.locate import districts_at
from geo.uids import uuid7s

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.complaints.orders import Draft

NULL: Final = "\\N"
POINT: Final = struct.Struct("<BIIdd")
POINT_WITH_SRID: Final = 0x20000001
"""EWKB of a point that says its CRS."""

ESCAPED: Final = (("\\", "\\\\"), ("\t", "\\t"), ("\n", "\\n"), ("\r", "\\r"))

Place = tuple[float | None, float | None, str | None, str | None, int | None]
"""Longitude, latitude, how it was placed, the name that was matched, and how surely."""

Key = str | uuid.UUID
"""What a complaint is recognised by: its number in the other system, else the uid made from its content."""


class Met:
    """What of a source may be stored already: all, if it has brought anything before this file; else what the file has
    said so far, by 64-bit hashes. Asking the database of the others would cost as much as a column's index.
    """

    def __init__(self, anything: bool) -> None:
        self._anything, self._seen = anything, set[int]()

    def among(self, keys: Sequence[Key]) -> list[Key]:
        """Those of some keys that may be stored; all of them are met from now on."""
        may = [key for key in keys if self._anything or hash(key) in self._seen]
        self._seen.update(map(hash, keys))
        return may


def store_lot(
    session: Session, tenant: str, door: Door, source: str, drafts: Sequence[Draft], met: Met, *, actor: str
) -> list[Taken]:
    """As :func:`geo.cases.complaints.intake.take_in`, for many that are new.

    Notes
    -----
    If somebody else stores one of them meanwhile, the lot is taken by :func:`take_in` itself.
    """
    keys: list[Key] = [
        draft.external_id if draft.external_id is not None else content_uid(tenant, source, draft.digest)
        for draft in drafts
    ]
    hashes = door.secrets.match_hashes("order", [draft.digest for draft in drafts])
    known = _known(session, tenant, source, met.among(keys))
    new: list[int] = []
    first: dict[Key, str | None] = {}
    for at, (key, body_hash) in enumerate(zip(keys, hashes, strict=True)):
        if key not in known and key not in first:
            new.append(at)
        first.setdefault(key, body_hash)
    # The order in which they were received: four indexes then grow at one place instead of all over.
    new.sort(key=lambda at: (drafts[at].received_at, at))
    chosen = [drafts[at] for at in new]
    ids = queries.reserve_ids(session, len(new))
    uids = [uid if isinstance(keys[at], str) else keys[at] for uid, at in zip(uuid7s(len(new)), new, strict=True)]
    lines = _lines(session, door, chosen, ids, uids, [hashes[at] for at in new])
    try:
        queries.copy_complaints(session, tenant, source, lines, actor)
    except IntegrityError:
        return take_in(session, tenant, door, source, drafts, actor=actor)
    stored = {keys[at]: one for at, one in zip(new, ids, strict=True)}
    accepted = set(new)
    taken: list[Taken] = []
    different: list[dict[str, Any]] = []
    for at, (draft, key, body_hash) in enumerate(zip(drafts, keys, hashes, strict=True)):
        if at in accepted:
            taken.append(Taken("accepted", stored[key], draft.row))
            continue
        complaint_id, known_hash = known[key] if key in known else (stored[key], None)
        outcome = "unchanged" if (known_hash or first[key]) == body_hash else "different"
        taken.append(Taken(outcome, complaint_id, draft.row))
        if outcome == "different":
            different.append(
                {"external_id": draft.external_id, "body_hash": body_hash, "outcome": outcome,
                 "complaint_id": complaint_id, "reasons": []}
            )  # fmt: skip
    receipts.add_receipts(session, tenant, source, different, actor)
    if new:
        write_change(session, tenant, "complaints.taken_in", facts={"source": source, "rows": len(new)}, actor=actor)
    return taken


def _known(session: Session, tenant: str, source: str, keys: Sequence[Key]) -> dict[Key, tuple[int, str | None]]:
    """Key → id and hash of what was first sent, of those that are stored."""
    numbers = [key for key in keys if isinstance(key, str)]
    made = [key for key in keys if not isinstance(key, str)]
    found: dict[Key, tuple[int, str | None]] = {}
    if numbers:
        found.update(receipts.find_known(session, tenant, source, numbers))
    if made:
        found |= {uid: (one, None) for uid, one in receipts.find_uids(session, tenant, made).items()}
    return found


def _lines(
    session: Session, door: Door, drafts: Sequence[Draft], ids: Sequence[int], uids: Sequence[Any],
    hashes: Sequence[str | None],
) -> list[str]:  # fmt: skip
    """COPY text of complaints, placed, dated and their callers sealed."""
    places: list[Place] = [
        (draft.lon, draft.lat, "given", None, None) if draft.lon is not None else _matched(door, draft.place_text)
        for draft in drafts
    ]
    spots = {(lon, lat) for lon, lat, *_ in places if lon is not None and lat is not None}
    districts = districts_at(session, door.county, sorted(spots)) if spots else {}
    rows = zip(
        drafts, ids, uids, hashes, places, dues_of(session, door, drafts), seal_callers(door.secrets, drafts),
        strict=True,
    )  # fmt: skip
    return [
        "\t".join(
            (
                str(number), uid.hex, draft.channel, _said(draft.external_id), draft.received_at.isoformat(),
                _said(draft.code_system), _said(draft.code), _said(draft.topic), _said(draft.content),
                _said(draft.place_text), _point(lon, lat), placed_by or NULL, _said(matched),
                NULL if sure is None else str(sure), _said(districts.get((lon, lat))), due.isoformat(),
                "f" if draft.due_at is None else "t", NULL if sealed is None else f"\\\\x{sealed.hex()}",
                caller or NULL, "t" if draft.caller.confidential else "f", body_hash or NULL,
            )
        )
        for draft, number, uid, body_hash, (lon, lat, placed_by, matched, sure), due, (sealed, caller) in rows
    ]  # fmt: skip


def _matched(door: Door, text: str) -> Place:
    """Where the words of a complaint lie, if that is sure enough."""
    found = door.place(text)
    return found["lon"], found["lat"], found["placed_by"], found["matched"], found["confidence"]


def _point(lon: float | None, lat: float | None) -> str:
    return NULL if lon is None else POINT.pack(1, POINT_WITH_SRID, STORAGE, lon, lat).hex()


def _said(text: str | None) -> str:
    """A text as COPY takes it.

    Examples
    --------
    >>> _said("a\\tb\\n"), _said("c:\\\\d"), _said(None), _said("")
    ('a\\\\tb\\\\n', 'c:\\\\\\\\d', '\\\\N', '')
    """
    if text is None:
        return NULL
    if text.isprintable() and "\\" not in text:
        return text
    for plain, escaped in ESCAPED:
        text = text.replace(plain, escaped)
    return text
