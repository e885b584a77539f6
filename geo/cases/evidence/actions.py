"""Pictures in and out: taken once, the original restricted, the copy for whoever may see the case."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.cases.evidence import queries
from geo.cases.evidence.files import keep_file, read_file
from geo.cases.evidence.pictures import check_picture, make_copy
from geo.cases.history import CLOCKS_APART
from geo.cases.queries import find_last
from geo.cases.receipts.actions import find_taken
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.tables.evidence import EVIDENCE_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UnknownEvidence(NotFound):
    """There is no such picture, or nothing it could belong to."""


class BadEvidence(Invalid):
    """What is said of a picture cannot be; the facts name the field."""


class EvidenceUidTaken(Conflict):
    """The uid belongs to another picture."""


@dataclass(frozen=True, slots=True)
class Given:
    """A picture as it is sent.

    Parameters
    ----------
    uid
        Made by the client; sending the same again changes nothing.
    workflow, row_id
        What it belongs to.
    kind
        before, after, scene or document.
    taken_at
        Aware.
    lon, lat
        EPSG:4490; none where the device has no position.
    device
        Which telephone, recorder or camera.
    staff_id
        Who took it.
    label
        Number of the case, written on the copy.
    """

    uid: uuid.UUID
    workflow: str
    row_id: int
    kind: str
    taken_at: dt.datetime
    lon: float | None = None
    lat: float | None = None
    device: str = ""
    staff_id: int | None = None
    label: str = ""
    actor: str = "system"


def add_picture(session: Session, tenant: str, home: Path, given: Given, content: bytes) -> dict[str, Any]:
    """Keep a picture once: original and copy in the home folder, what it is in the database; returns the row.

    Raises
    ------
    PictureTooLarge, NotAPicture
        If the bytes are not a picture we take.
    BadEvidence
        If kind, time or place cannot be.
    UnknownEvidence
        If there is nothing it could belong to.
    UidTaken, EvidenceUidTaken
        If the uid stands for another record, or for another picture.
    """
    if find_taken(session, tenant, given.uid, "evidence") is not None:
        return _same(session, tenant, given, content)
    county = get_county(session, tenant)
    _check(session, county, given)
    picture = check_picture(content)
    copy = make_copy(content, _mark(county, given))
    values = {
        "tenant": tenant, "uid": given.uid, "workflow": given.workflow, "row_id": given.row_id, "kind": given.kind,
        "sha256": keep_file(home, content), "copy_sha256": keep_file(home, copy), "media_type": picture.media_type,
        "size_bytes": len(content), "width_px": picture.width_px, "height_px": picture.height_px,
        "taken_at": given.taken_at, "device": given.device, "lon": given.lon, "lat": given.lat,
        "staff_id": given.staff_id, "made_by": given.actor,
    }  # fmt: skip
    queries.add_evidence(session, values)
    facts = {"workflow": given.workflow, "row": given.row_id, "kind": given.kind, "sha256": values["sha256"]}
    write_change(session, tenant, "evidence.kept", facts=facts, actor=given.actor)
    return get_evidence(session, tenant, given.uid)


def get_evidence(session: Session, tenant: str, uid: uuid.UUID) -> dict[str, Any]:
    """What is known of a picture.

    Raises
    ------
    UnknownEvidence
        If there is none.
    """
    found = queries.find_evidence(session, tenant, uid)
    if found is None:
        raise UnknownEvidence("evidence.unknown", evidence=str(uid))
    return found


def list_evidence(session: Session, tenant: str, workflow: str, row_id: int) -> list[dict[str, Any]]:
    """Pictures of a case by the time they were taken."""
    return queries.list_evidence(session, tenant, workflow, row_id)


def read_copy(session: Session, tenant: str, home: Path, uid: uuid.UUID) -> bytes:
    """The copy of a picture, a JPEG without metadata.

    Raises
    ------
    UnknownEvidence, FileGone, FileChanged
        If there is no such picture, or its file is gone or changed.
    """
    return read_file(home, get_evidence(session, tenant, uid)["copy_sha256"])


def read_original(session: Session, tenant: str, home: Path, uid: uuid.UUID, actor: str) -> tuple[bytes, str]:
    """The original and its media type; that somebody looked at it is kept.

    Raises
    ------
    UnknownEvidence, FileGone, FileChanged
        As :func:`read_copy`.
    """
    found = get_evidence(session, tenant, uid)
    content = read_file(home, found["sha256"])
    write_change(session, tenant, "evidence.original_read", facts={"sha256": found["sha256"]}, actor=actor)
    return content, found["media_type"]


def _same(session: Session, tenant: str, given: Given, content: bytes) -> dict[str, Any]:
    import hashlib

    found = get_evidence(session, tenant, given.uid)
    if found["sha256"] != hashlib.sha256(content).hexdigest():
        raise EvidenceUidTaken("evidence.uid_taken", uid=str(given.uid))
    return found


def _check(session: Session, county: County, given: Given) -> None:
    if given.kind not in EVIDENCE_KINDS:
        raise BadEvidence("evidence.kind", kind=given.kind, known=", ".join(EVIDENCE_KINDS))
    if given.taken_at.tzinfo is None or given.taken_at > dt.datetime.now(dt.UTC) + CLOCKS_APART:
        raise BadEvidence("evidence.taken_at", at=given.taken_at.isoformat())
    placed = given.lon is not None and given.lat is not None
    if (given.lon is None) != (given.lat is None) or (placed and not county.contains(given.lon or 0, given.lat or 0)):
        raise BadEvidence("evidence.place", lon=given.lon, lat=given.lat)
    if find_last(session, county.code, given.workflow, given.row_id) is None:
        raise UnknownEvidence("evidence.nothing", workflow=given.workflow, row=given.row_id)


def _mark(county: County, given: Given) -> str:
    """Time and place as they are written on the copy."""
    local = given.taken_at.astimezone(ZoneInfo(county.time_zone))
    place = "" if given.lon is None or given.lat is None else f"{given.lat:.5f}N {given.lon:.5f}E"
    return "  ".join(filter(None, (f"{local:%Y-%m-%d %H:%M:%S}", place, given.label)))
