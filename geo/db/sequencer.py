"""Numbering what happened, after it happened.

A row of ``change`` is written unlinked inside its own transaction, however long that takes. One
sequencer at a time then gives every committed row of a county the next number and the hash of the row
before it. Whoever follows the numbers sees each change once and none late; whoever recomputes the
hashes sees that nothing was altered. Deleting the newest rows leaves a valid shorter chain: only a
head kept elsewhere (:func:`chain_heads`) shows that.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from geo.db.errors import ChainBroken

if TYPE_CHECKING:
    from geo.db.engine import Database

BATCH = 2_000
CHANNEL = "pianqu_change"
ADVISORY_LOCK = 0x7365717565  # "seque"
FOLD_FROM = 50
"""Steps of one layer that are folded into one; fewer cost a reader nothing."""

GENESIS = b"\0" * 32
"""What the first row of a county links to."""

CONTENT = """tenant, uid::text AS uid, kind, layer, feature_ids, encode(ST_AsBinary(box), 'hex') AS box,
       facts::text AS facts, actor, to_char(made_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') AS made_at"""

ONLY_ONE = text("SELECT pg_try_advisory_xact_lock(:key)")
WAITING = text(f"SELECT id, {CONTENT} FROM change WHERE seq IS NULL ORDER BY tenant, id LIMIT :most")  # noqa: S608
HEAD = text("SELECT seq, hash FROM change WHERE tenant = :tenant AND seq IS NOT NULL ORDER BY seq DESC LIMIT 1")
HEADS = text("""
SELECT DISTINCT ON (tenant) tenant, seq, encode(hash, 'hex') FROM change WHERE seq IS NOT NULL
 ORDER BY tenant, seq DESC""")
LINK = text("""
UPDATE change SET seq = :seq, previous_hash = :previous_hash, hash = :hash
 WHERE tenant = :tenant AND id = :id AND seq IS NULL""")
NOTIFY = text("SELECT pg_notify(:channel, :payload)")
CHAIN = text(f"""
SELECT seq, previous_hash, hash, {CONTENT} FROM change
 WHERE tenant = :tenant AND seq > :after ORDER BY seq LIMIT :most""")  # noqa: S608
MANY_STEPS = text("""
SELECT tenant, layer, visibility FROM layer_count GROUP BY 1, 2, 3 HAVING count(*) > :least""")
FOLD = text("""
WITH gone AS (DELETE FROM layer_count
               WHERE tenant = :tenant AND layer = :layer AND visibility = :visibility RETURNING step)
INSERT INTO layer_count (tenant, layer, visibility, step)
SELECT :tenant, :layer, :visibility, sum(step) FROM gone""")


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of a county's chain; a copy kept elsewhere proves later that nothing was cut off."""

    tenant: str
    seq: int
    hash: str


def row_hash(seq: int, previous: bytes, row: Row[Any]) -> bytes:
    """SHA-256 over the link before, the number, and all that the row says."""
    said = [seq, row.tenant, row.uid, row.kind, row.layer, row.feature_ids, row.box, row.facts, row.actor, row.made_at]
    return hashlib.sha256(previous + json.dumps(said, ensure_ascii=False).encode()).digest()


def sequence_changes(database: Database) -> int:
    """Number, chain and announce the committed changes, and fold the steps of layer counts.

    Returns
    -------
    int
        Rows linked; 0 when none waits, or when another sequencer is at work just now. Call again
        while it returns a full batch of 2,000.

    Notes
    -----
    One transaction: a kill leaves all of the batch unlinked or none. Listeners on ``pianqu_change``
    get ``{"tenant", "seq_from", "seq_to"}`` per county.
    """
    with database.begin_as_owner() as session:
        if not session.execute(ONLY_ONE, {"key": ADVISORY_LOCK}).scalar():
            return 0
        waiting = session.execute(WAITING, {"most": BATCH}).all()
        links: list[dict[str, object]] = []
        heads: dict[str, tuple[int, bytes]] = {}
        first: dict[str, int] = {}
        for row in waiting:
            if row.tenant not in heads:
                found = session.execute(HEAD, {"tenant": row.tenant}).first()
                heads[row.tenant] = (found.seq, bytes(found.hash)) if found else (0, GENESIS)
                first[row.tenant] = heads[row.tenant][0] + 1
            seq, previous = heads[row.tenant][0] + 1, heads[row.tenant][1]
            digest = row_hash(seq, previous, row)
            links.append({"tenant": row.tenant, "id": row.id, "seq": seq, "previous_hash": previous, "hash": digest})
            heads[row.tenant] = (seq, digest)
        if links:
            session.execute(LINK, links)
        for tenant, (seq, _) in heads.items():
            payload = json.dumps({"tenant": tenant, "seq_from": first[tenant], "seq_to": seq})
            session.execute(NOTIFY, {"channel": CHANNEL, "payload": payload})
        for many in session.execute(MANY_STEPS, {"least": FOLD_FROM}).mappings().all():
            session.execute(FOLD, dict(many))
    return len(links)


def verify_chain(session: Session, tenant: str, *, anchor: Head | None = None) -> Head | None:
    """Recompute every link of a county's change log.

    Parameters
    ----------
    anchor
        A head kept elsewhere; the chain must still contain exactly it.

    Returns
    -------
    Head or None
        The newest link; None for a county without linked changes.

    Raises
    ------
    ChainBroken
        At the first number that is missing, altered, or differs from the anchor.

    Notes
    -----
    Memory is one batch; about 100,000 links a second and core.
    """
    seq, previous = 0, GENESIS
    while True:
        rows = session.execute(CHAIN, {"tenant": tenant, "after": seq, "most": BATCH}).all()
        for row in rows:
            right = row_hash(seq + 1, previous, row)
            if row.seq != seq + 1:
                raise ChainBroken("chain.missing", tenant=tenant, seq=seq + 1)
            if bytes(row.previous_hash) != previous or bytes(row.hash) != right:
                raise ChainBroken("chain.altered", tenant=tenant, seq=row.seq)
            seq, previous = row.seq, right
            if anchor and anchor.seq == seq and anchor.hash != right.hex():
                raise ChainBroken("chain.rewritten", tenant=tenant, seq=seq)
        if len(rows) < BATCH:
            break
    if anchor and anchor.seq > seq:
        raise ChainBroken("chain.cut", tenant=tenant, seq=seq, anchor=anchor.seq)
    return Head(tenant, seq, previous.hex()) if seq else None


def chain_heads(database: Database) -> list[Head]:
    """The newest link of every county, to be kept on other media; empty before the first change."""
    with database.begin_as_owner() as session:
        return [Head(*row) for row in session.execute(HEADS).all()]
