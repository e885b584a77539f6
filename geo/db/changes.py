"""What happened, written in the transaction that made it happen."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.uids import uuid7

MOST_IDS = 10_000
"""Longer lists of ids are left out: a reader then takes the box, or the whole layer, as changed."""

INSERT = text("""
INSERT INTO change (tenant, uid, kind, layer, feature_ids, box, facts, actor)
VALUES (:tenant, :uid, :kind, :layer, CAST(:feature_ids AS bigint[]),
        ST_MakeEnvelope(CAST(:west AS float8), CAST(:south AS float8),
                        CAST(:east AS float8), CAST(:north AS float8), 4490),
        CAST(:facts AS jsonb), :actor)""")


def write_change(
    session: Session,
    tenant: str,
    kind: str,
    *,
    layer: str | None = None,
    feature_ids: Sequence[int] | None = None,
    box: tuple[float, float, float, float] | None = None,
    facts: Mapping[str, object] | None = None,
    actor: str = "system",
) -> None:
    """Add one unlinked row to the change log; the sequencer numbers it after the commit.

    Parameters
    ----------
    kind
        Dotted noun.verb_past: ``layer.imported``.
    layer, feature_ids, box
        What on the map is concerned: layer, ids (left out when more than 10,000), and the
        (west, south, east, north) in degrees that holds both the old and the new geometry.
    facts
        JSON-ready values; never personal data, since the log cannot be changed later.
    actor
        Account name, or ``system``.
    """
    west, south, east, north = box or (None, None, None, None)
    session.execute(
        INSERT,
        {
            "tenant": tenant,
            "uid": uuid7(),
            "kind": kind,
            "layer": layer,
            "feature_ids": list(feature_ids) if feature_ids is not None and len(feature_ids) <= MOST_IDS else None,
            "west": west,
            "south": south,
            "east": east,
            "north": north,
            "facts": json.dumps(dict(facts or {}), ensure_ascii=False),
            "actor": actor,
        },
    )
