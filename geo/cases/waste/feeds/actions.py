"""Take a delivery of positions or weighings; the same delivery, or the same row again, changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.history import CLOCKS_APART
from geo.cases.waste.books import load_limits
from geo.cases.waste.feeds import queries
from geo.cases.waste.feeds.mapping import BadCell, Names, build_names, read_fix, read_ticket
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Conflict, Invalid, TooLarge

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST_ROWS: Final = 50_000
MOST_FAULTS: Final = 100
MOST_PLATES: Final = 500
READERS: Final = {"fix": read_fix, "ticket": read_ticket}


class FeedUnknown(Invalid):
    """Only positions (fix) and weighings (ticket) come in."""


class TooManyRows(TooLarge):
    """A delivery has more rows than are taken at once; the facts say the limit."""


class StillThere(Conflict):
    """Expired positions are there after the deletion: nothing is committed."""


def take_feed(
    session: Session, tenant: str, source: str, kind: str, rows: Sequence[Mapping[str, Any]], *, uid: uuid.UUID,
    actor: str,
) -> dict[str, Any]:  # fmt: skip
    """Take a delivery; its receipt.

    Parameters
    ----------
    source
        Whose mapping is used (table ``feed_columns``); a source without one writes our own headings.
    kind
        ``fix`` or ``ticket``.
    rows
        Cells by heading.
    uid
        Of the delivery, made by who sends it: the same again answers with the first receipt.

    Returns
    -------
    dict
        ``uid source kind rows taken known refused unknown plates faults received_at actor``; rows = taken + known +
        refused + unknown. Weighings of plates nobody registered are kept and counted as taken; their plates are listed.

    Raises
    ------
    FeedUnknown, TooManyRows
        If it is of another kind, or too long.
    BadMapping
        If the source's mapping cannot be used.
    """
    if kind not in READERS:
        raise FeedUnknown("waste.feed", kind=kind, known=", ".join(READERS))
    if len(rows) > MOST_ROWS:
        raise TooManyRows("waste.too_many_rows", rows=len(rows), most=MOST_ROWS)
    queries.hold(session, uid)
    if before := queries.find_batch(session, tenant, uid):
        return before
    county = get_county(session, tenant)
    names = build_names(kind, queries.load_columns(session, tenant, source, kind))
    good, faults = _read(kind, rows, names, county)
    if kind == "fix":
        good, more = _placed(good, names, county)
        faults = sorted([*faults, *more], key=lambda one: one["row"])
    refused = len(faults)
    known_as = queries.find_vehicles(session, tenant, sorted({row["plate"] for row in good}))
    strange = sorted({row["plate"] for row in good} - set(known_as))
    if kind == "fix":
        ours = [{**row, "vehicle_id": known_as[row["plate"]]} for row in good if row["plate"] in known_as]
        taken = queries.add_fixes(session, tenant, ours)
        counts = {"taken": taken, "known": len(ours) - taken, "unknown": len(good) - len(ours)}
    else:
        taken = queries.add_tickets(session, tenant, source, good)
        counts = {"taken": taken, "known": len(good) - taken, "unknown": 0}
    queries.add_batch(
        session, tenant, uid=uid, source=source, kind=kind, sha256=_digest(rows), rows=len(rows), refused=refused,
        plates=strange[:MOST_PLATES], faults=faults[:MOST_FAULTS], actor=actor, **counts,
    )  # fmt: skip
    facts = {"source": source, "kind": kind, "rows": len(rows), "refused": refused, **counts}
    write_change(session, tenant, "waste_feed.taken", facts=facts, actor=actor)
    made = queries.find_batch(session, tenant, uid)
    assert made is not None
    return made


def list_receipts(session: Session, tenant: str, kind: str | None = None, most: int = 100) -> list[dict[str, Any]]:
    """Receipts of deliveries in and out, the newest first."""
    return queries.list_batches(session, tenant, kind, most)


def forget_fixes(session: Session, tenant: str, *, actor: str = "clock") -> int:
    """Delete positions older than the county keeps them (``keep_fixes_d``); how many. Trips read from them stay.

    Raises
    ------
    StillThere
        If any is left after the deletion.
    """
    days = load_limits(session, tenant)["keep_fixes_d"]
    before = dt.datetime.now(dt.UTC) - dt.timedelta(days=days)
    gone, left = queries.forget_fixes(session, tenant, before)
    if left:
        raise StillThere("waste.still_there", left=left)
    if gone:
        write_change(session, tenant, "waste_fixes.forgotten", facts={"rows": gone, "kept_days": days}, actor=actor)
    return gone


def _read(
    kind: str, rows: Sequence[Mapping[str, Any]], names: Names, county: County
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows that can be read, each with its number from 1, and the faults of the others."""
    latest = dt.datetime.now(dt.UTC) + CLOCKS_APART
    good, faults = [], []
    for number, cells in enumerate(rows, start=1):
        try:
            row = READERS[kind](cells, names, county.zone)
            if row["at"] > latest:
                raise BadCell("at", row["at"].isoformat())
        except BadCell as bad:
            faults.append({"row": number, "field": bad.field, "value": bad.value})
        else:
            good.append({**row, "row": number})
    return good, faults


def _placed(
    rows: list[dict[str, Any]], names: Names, county: County
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Positions with the source's offset undone; those outside the county's box are faults."""
    if names.ways["offset"] and rows:
        from geo.layers.offsets import from_bd09, from_gcj02

        undo = from_gcj02 if names.ways["offset"] == "gcj02" else from_bd09
        lon, lat = undo([row["lon"] for row in rows], [row["lat"] for row in rows])
        rows = [
            {**row, "lon": round(float(x), 7), "lat": round(float(y), 7)}
            for row, x, y in zip(rows, lon, lat, strict=True)
        ]
    inside = [row for row in rows if county.contains(row["lon"], row["lat"])]
    outside = [row for row in rows if not county.contains(row["lon"], row["lat"])]
    return inside, [{"row": row["row"], "field": "lon", "value": f"{row['lon']},{row['lat']}"} for row in outside]


def _digest(rows: Sequence[Mapping[str, Any]]) -> str:
    return hashlib.sha256(json.dumps(rows, sort_keys=True, default=str, ensure_ascii=False).encode()).hexdigest()
