"""Make a lot of complaints ready to be stored while the lot before is being stored: known, placed, dated, sealed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.cases.complaints.bulk import queries
from geo.cases.complaints.bulk.drafts import Columns
from geo.cases.complaints.bulk.keys import Key, Known, Met, find_known
from geo.cases.complaints.bulk.moments import SECOND_US, UNREAD, Micros
from geo.cases.complaints.due import due_seconds
from geo.cases.complaints.intake import Door, content_uid, seal_callers
from geo.crs import STORAGE
from geo.features.locate import districts_at
from geo.uids import uuid7_texts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.complaints.orders import Spot

NULL: Final = "\\N"
POINT: Final = np.dtype([("order", "u1"), ("kind", "<u4"), ("srid", "<u4"), ("lon", "<f8"), ("lat", "<f8")])
POINT_WITH_SRID: Final = 0x20000001
"""EWKB of a point that says its CRS."""

ESCAPED: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True, slots=True)
class Prepared:
    """A lot ready to be stored: ``content`` as COPY takes it, of the rows at ``new``, which are numbered ``ids``.

    ``known`` are stored before this file; what stands at ``again`` an earlier lot of the file has said.
    """

    columns: Columns
    keys: list[Key]
    hashes: list[str | None]
    new: list[int]
    ids: list[int]
    content: bytes
    known: Known
    again: list[int]


def prepare_lot(session: Session, tenant: str, door: Door, source: str, columns: Columns, met: Met) -> Prepared:
    """Find out what of a lot is new and make that ready; nothing is written but that numbers are used up."""
    keys: list[Key] = [
        number or content_uid(tenant, source, digest)
        for number, digest in zip(columns.external_id, columns.digest, strict=True)
    ]
    hashes = door.secrets.match_hashes("order", columns.digest)
    known = find_known(session, tenant, source, keys) if met.anything else {}
    new: dict[Key, int] = {}
    again: list[int] = []
    for at, key in enumerate(keys):
        if key in known or key in new:
            continue
        if met.said(key):
            again.append(at)
        else:
            new[key] = at
    met.add(keys)
    received = columns.received.tolist()
    # The order in which they were received: four indexes then grow at one place instead of all over.
    order = sorted(new.values(), key=lambda at: (received[at], at))
    ids = queries.reserve_ids(session, len(order))
    uids = [
        uid if isinstance(key := keys[at], str) else key.hex
        for uid, at in zip(uuid7_texts(len(order)), order, strict=True)
    ]
    content = _content(session, door, columns.only(order), ids, uids, [hashes[at] for at in order])
    return Prepared(columns, keys, hashes, order, ids, content, known, again)


def _content(
    session: Session, door: Door, columns: Columns, ids: Sequence[int], uids: Sequence[str],
    hashes: Sequence[str | None],
) -> bytes:  # fmt: skip
    """COPY text of complaints, placed, dated and their callers sealed."""
    if not len(columns):
        return b""
    matched = [
        None if spot is not None else door.place(text)
        for spot, text in zip(columns.spot, columns.place_text, strict=True)
    ]
    spots: list[Spot | None] = [
        spot if found is None else None if found["lon"] is None else (found["lon"], found["lat"])
        for spot, found in zip(columns.spot, matched, strict=True)
    ]
    there = {spot for spot in spots if spot is not None}
    districts = districts_at(session, door.county, sorted(there)) if there else {}
    callers = seal_callers(door.secrets, list(zip(columns.name, columns.phone, columns.address, strict=True)))
    lines = zip(
        map(str, ids), uids, columns.channel, _said(columns.external_id, ""), _instants(columns.received),
        _said(columns.code_system), _said(columns.code), _said(columns.topic), _said(columns.content),
        _said(columns.place_text), _points(spots),
        ["given" if found is None else found["placed_by"] or NULL for found in matched],
        _said([None if found is None else found["matched"] for found in matched]),
        [NULL if found is None or found["confidence"] is None else str(found["confidence"]) for found in matched],
        _said([None if spot is None else districts.get(spot) for spot in spots]),
        _instants(_dues(session, door, columns)), ["ft"[due != UNREAD] for due in columns.due.tolist()],
        [NULL if sealed is None else f"\\\\x{sealed.hex()}" for sealed, _ in callers],
        [caller or NULL for _, caller in callers], ["ft"[hush] for hush in columns.confidential],
        [body_hash or NULL for body_hash in hashes], strict=True,
    )  # fmt: skip
    return ("\n".join(map("\t".join, lines)) + "\n").encode()


def _dues(session: Session, door: Door, columns: Columns) -> Micros:
    """By when each is due: its own day, else by channel in the county's working time."""
    due = columns.due.copy()
    usual = np.flatnonzero(due == UNREAD)
    if len(usual):
        at = np.rint(columns.received[usual] / SECOND_US).astype(np.int64)
        years = (columns.received[usual].view("datetime64[us]").astype("datetime64[Y]").astype(int) + 1970).tolist()
        channels = [columns.channel[one] for one in usual.tolist()]
        due[usual] = due_seconds(at, channels, "quick", door.axis(session, min(years), max(years))) * SECOND_US
    return due


def _instants(at: Micros) -> list[str]:
    """Instants in ISO 8601, UTC.

    Examples
    --------
    >>> _instants(np.array([0, 1_500_000]))
    ['1970-01-01T00:00:00.000000Z', '1970-01-01T00:00:01.500000Z']
    """
    found: list[str] = np.datetime_as_string(at.astype("datetime64[us]"), timezone="UTC").tolist()
    return found


def _points(spots: Sequence[Spot | None]) -> list[str]:
    """Points as EWKB in hexadecimal.

    Examples
    --------
    >>> _points([(1.0, 2.0), None])[0][:10], _points([None])
    ('0101000020', ['\\\\N'])
    """
    made = np.zeros(len(spots), POINT)
    made["order"], made["kind"], made["srid"] = 1, POINT_WITH_SRID, STORAGE
    made["lon"] = [0.0 if spot is None else spot[0] for spot in spots]
    made["lat"] = [0.0 if spot is None else spot[1] for spot in spots]
    hexed, size = made.tobytes().hex(), 2 * POINT.itemsize
    return [NULL if spot is None else hexed[at * size : (at + 1) * size] for at, spot in enumerate(spots)]


def _said(texts: Sequence[str | None], none: str | None = None) -> list[str]:
    """Texts as COPY takes them; ``none`` stands for None as well.

    Examples
    --------
    >>> _said(["a\\tb\\n", "c:\\\\d", None, ""]), _said(["", "a"], "")
    (['a\\\\tb\\\\n', 'c:\\\\\\\\d', '\\\\N', ''], ['\\\\N', 'a'])
    """
    said = [NULL if text is None or text == none else text for text in texts]
    whole = "".join(text for text in texts if text)
    if whole.isprintable() and "\\" not in whole:
        return said
    return [
        plain if plain is NULL or (plain.isprintable() and "\\" not in plain) else plain.translate(ESCAPED)
        for plain in said
    ]
