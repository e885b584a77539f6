"""Positions in: a batch is taken once, only what was on shift, and every refusal is said."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.layers.reports import Offset
from geo.patrol.tracks import queries
from geo.patrol.tracks.points import (
    NO_OWNER,
    Door,
    Given,
    Kept,
    Span,
    check_points,
    count_reasons,
    read_time,
    rows_by_reason,
)
from geo.tables.tracks import TRACK_SOURCES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

KEEP_DAYS: Final = 90
"""How long positions are kept where the county has set nothing."""

MOST_POINTS: Final = 20_000
"""Positions in one batch: a day of one device every five seconds is 17,280."""

MOST_SAID: Final = 1_000
"""Runs of refused rows that are kept with a batch."""


class UnknownOwner(NotFound):
    """No such member of staff in service, or no such vehicle."""


class UidTaken(Conflict):
    """The uid belongs to another kind of record, so this is no retry."""


class BadBatch(Invalid):
    """A batch that cannot be: no positions, too many, a source or uid that is none."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Positions of one person or vehicle.

    Parameters
    ----------
    uid
        Made by the client, UUIDv7; sending the same again changes nothing.
    source
        ``phone``, ``recorder`` or ``vehicle``.
    owner
        ``("staff", code)`` or ``("vehicle", code)``.
    offset
        ``gcj02`` or ``bd09`` if the coordinates carry one; nobody can tell from the numbers.
    """

    uid: uuid.UUID
    source: str
    owner: tuple[str, str]
    points: Sequence[Given]
    device: str | None = None
    offset: Offset | None = None
    file_name: str | None = None


@dataclass
class Taken:
    """What became of a batch.

    Attributes
    ----------
    given, kept
        Positions sent, positions stored.
    refused
        Positions not stored by reason; of those off shift only their number is known afterwards.
    rows
        First row, last row, reason, for each run of refused rows.
    again
        Whether this uid had been taken before, so that nothing was done now.
    """

    id: int
    uid: uuid.UUID
    given: int
    kept: int
    refused: dict[str, int] = field(default_factory=dict)
    rows: list[tuple[int, int, str]] = field(default_factory=list)
    again: bool = False


def keep_days(session: Session) -> int:
    """Days the county keeps positions."""
    return queries.find_keep_days(session) or KEEP_DAYS


def take_batch(
    session: Session, tenant: str, batch: Batch, *, actor: str = "system", now: dt.datetime | None = None
) -> Taken:
    """Take a batch once.

    Raises
    ------
    BadBatch, UnknownOwner
        If nothing of it can be taken for a reason that is not one of its positions.
    UidTaken
        If the uid names something else.
    """
    check_batch(batch)
    queries.lock_uid(session, batch.uid)
    if before := queries.find_receipt(session, batch.uid):
        return _taken_before(session, batch.uid, before)
    county = get_county(session, tenant)
    kind, code = batch.owner
    owner = queries.find_owner(session, kind, code)
    if owner is None:
        raise UnknownOwner(f"tracks.unknown_{kind}", owner=code)
    now = now or dt.datetime.now(dt.UTC)
    door = Door(
        county.extent, county.time_zone, now, keep_days(session),
        tuple(shift_spans(session, county, kind, owner[0], _days(batch.points, county, now))), batch.offset,
    )  # fmt: skip
    kept = check_points(batch.points, door)
    refused, rows = count_reasons(kept.rejected), rows_by_reason(kept.rejected)
    identity = queries.insert_track(session, _row(batch, owner[0], kept, refused, rows, actor))
    facts = {"source": batch.source, "given": kept.given, "kept": len(kept.at_ms), "refused": refused}
    write_change(session, tenant, "track.taken", facts=facts, actor=actor)
    return Taken(identity, batch.uid, kept.given, len(kept.at_ms), refused, rows)


def check_batch(batch: Batch) -> None:
    """Refuse what no county could take.

    Raises
    ------
    BadBatch
        Naming the field.
    """
    if batch.source not in TRACK_SOURCES:
        raise BadBatch("tracks.source", source=batch.source, known=", ".join(TRACK_SOURCES))
    if not batch.points:
        raise BadBatch("tracks.no_points")
    if len(batch.points) > MOST_POINTS:
        raise BadBatch("tracks.too_many", points=len(batch.points), most=MOST_POINTS)
    if (batch.owner[0] == "vehicle") != (batch.source == "vehicle"):
        raise BadBatch("tracks.owner", source=batch.source)


def _taken_before(session: Session, uid: uuid.UUID, receipt: tuple[str, int, dt.datetime]) -> Taken:
    kind, row_id, received_at = receipt
    if kind != "track":
        raise UidTaken("tracks.uid_taken", uid=str(uid))
    row = queries.get_track(session, row_id, received_at)
    if row is None:  # retention has removed it; that it was taken is still known
        return Taken(row_id, uid, 0, 0, again=True)
    rows = [(int(first), int(last), str(reason)) for first, last, reason in row.refused["rows"]]
    return Taken(row.id, uid, row.given, row.kept, dict(row.refused["counts"]), rows, again=True)


def _row(
    batch: Batch, owner: int, kept: Kept, refused: Mapping[str, int], rows: Sequence[tuple[int, int, str]], actor: str
) -> dict[str, Any]:
    staff = batch.owner[0] == "staff"
    return {
        "uid": batch.uid,
        "source": batch.source,
        "staff_id": owner if staff else None,
        "vehicle_id": None if staff else owner,
        "device": batch.device,
        "file_name": batch.file_name,
        "from_at": _instant(kept.at_ms[0]) if kept.at_ms else None,
        "to_at": _instant(kept.at_ms[-1]) if kept.at_ms else None,
        "at_ms": kept.at_ms,
        "lon_e7": kept.lon_e7,
        "lat_e7": kept.lat_e7,
        "accuracy_dm": kept.accuracy_dm,
        "given": kept.given,
        "refused": queries.dump({"counts": refused, "rows": rows[:MOST_SAID]}),
        "made_by": actor,
    }


def _instant(at_ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(at_ms / 1000, dt.UTC)


def _days(points: Sequence[Given], county: County, now: dt.datetime) -> tuple[dt.date, dt.date]:
    """First and last local day the positions speak of, the day before included for shifts past midnight."""
    zone = ZoneInfo(county.time_zone)
    read = [at for point in points if (at := read_time(point.at, county.time_zone)) is not None] or [now]
    return (min(read).astimezone(zone).date() - dt.timedelta(days=1), max(read).astimezone(zone).date())


def shift_spans(session: Session, county: County, kind: str, owner: int, days: tuple[dt.date, dt.date]) -> list[Span]:
    """When somebody is on shift by the duty roster, and a vehicle by the published plans that give it to a team."""
    if kind == "vehicle":
        return [(row[0], row[1]) for row in queries.list_driven(session, owner, *days)]
    zone = ZoneInfo(county.time_zone)
    spans = []
    for on_date, _, start, end in queries.list_duties(session, owner, *days):
        begin = dt.datetime.combine(on_date, start, zone)
        until = dt.datetime.combine(on_date + dt.timedelta(days=int(end <= start)), end, zone)
        spans.append((begin.astimezone(dt.UTC), until.astimezone(dt.UTC)))
    return spans


def import_tracks(
    database: Database,
    tenant: str,
    path: Path,
    *,
    source: str,
    owner: tuple[str, str] | None = None,
    mapping: Mapping[str, str] | None = None,
    encoding: str | None = None,
    offset: Offset | None = None,
    device: str | None = None,
    name: str | None = None,
    single: bool = False,
    actor: str = "system",
    now: dt.datetime | None = None,
) -> list[Taken]:
    """Take a GPX, CSV or JSON file, one batch an owner and 20,000 positions; the same file again changes nothing.

    Parameters
    ----------
    owner
        Whose positions these are where the file does not say.
    single
        Take positions of the owner alone, whoever else the file names.

    Returns
    -------
    list of Taken
        By owner. Positions of nobody we know are refused as ``no_owner``, in one entry with id 0.

    Raises
    ------
    TrackFileRefused
        If the file cannot be read.
    BadBatch
        If neither file nor caller says whose it is.
    """
    from geo.patrol.tracks.files import read_track_file

    found = read_track_file(path, mapping, encoding)
    digest = hashlib.sha256(path.read_bytes()).digest()
    results: list[Taken] = []
    lost = Taken(0, uuid.UUID(int=0), 0, 0)
    for said, points in sorted(found.by_owner.items(), key=lambda one: one[0] or ("", "")):
        whose = said or owner
        if whose is None:
            raise BadBatch("tracks.whose", file=name or path.name)
        with database.begin(tenant) as session:
            if queries.find_owner(session, *whose) is None or (single and whose != owner):
                if said is None:
                    raise UnknownOwner(f"tracks.unknown_{whose[0]}", owner=whose[1])
                lost.given += len(points)
                lost.rows += rows_by_reason([(point.row, NO_OWNER) for point in points])
                continue
        for at in range(0, len(points), MOST_POINTS):
            uid = file_uid(digest, whose, source, at)
            part = Batch(uid, source, whose, points[at : at + MOST_POINTS], device, offset, name or path.name)
            with database.begin(tenant) as session:
                results.append(take_batch(session, tenant, part, actor=actor, now=now))
    if lost.given:
        lost.refused = {NO_OWNER: lost.given}
        results.append(lost)
    return results


def file_uid(digest: bytes, owner: tuple[str, str], source: str, at: int) -> uuid.UUID:
    """The uid of a part of a file: from its content, so that the same file is recognised (RFC 9562, version 8).

    Examples
    --------
    >>> file_uid(b"x", ("staff", "A01"), "phone", 0).version
    8
    """
    seed = digest + "/".join((*owner, source, str(at))).encode()
    value = int.from_bytes(hashlib.sha256(seed).digest()[:16], "big")
    return uuid.UUID(int=value & ~(0xF << 76) & ~(0x3 << 62) | 8 << 76 | 2 << 62)
