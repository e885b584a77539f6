"""SQL that counts events on some ground in some hours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import text
from sqlalchemy.orm import Session

Spans = Sequence[tuple[int, int]]
"""Pairs of seconds of the Unix epoch, rising and apart."""

TABLES: Final = {"posture": "posture", "campaign": "campaign"}

COUNT: Final = """
WITH span AS MATERIALIZED (
  SELECT n, to_timestamp(low) AS low, to_timestamp(high) AS high
    FROM unnest(CAST(:ns AS int[]), CAST(:lows AS float8[]), CAST(:highs AS float8[])) AS s (n, low, high))
SELECT s.n, e.code, count(*) FILTER (WHERE g.inside), count(*) FILTER (WHERE NOT g.inside),
       count(*) FILTER (WHERE g.inside AND e.closed_at IS NOT NULL)
  FROM span s
  JOIN event e ON e.tenant = :tenant AND e.occurred_at >= s.low AND e.occurred_at < s.high
   AND e.duplicate_of IS NULL
   AND (cardinality(CAST(:codes AS text[])) = 0 OR EXISTS (
        SELECT 1 FROM unnest(CAST(:codes AS text[])) AS c WHERE e.code = c OR e.code LIKE c || '-%%'))
 CROSS JOIN LATERAL (SELECT ST_Intersects(e.geom, a.geom) AS inside FROM {table} a
                      WHERE a.tenant = :tenant AND a.id = :row) g
 GROUP BY 1, 2 ORDER BY 1, 2"""
STATEMENTS = {name: text(COUNT.replace("{table}", table).replace("%%", "%")) for name, table in TABLES.items()}


def count_events(
    session: Session, tenant: str, ground: str, row: int, codes: Sequence[str], windows: Sequence[Spans]
) -> list[dict[str, Any]]:
    """Events of some codes on the ground of a posture or campaign, and elsewhere in the county, by window and code.

    Parameters
    ----------
    ground
        ``posture`` or ``campaign``.
    codes
        Event codes or first parts of them; none: all.
    windows
        Each some hours; they may overlap each other.

    Returns
    -------
    list of dict
        ``window`` (its place in ``windows``), ``code``, ``inside``, ``elsewhere``, ``closed`` (of those inside);
        windows and codes without an event are missing. What repeats another event, or was voided, is left out.
    """
    spans = [(number, low, high) for number, window in enumerate(windows) for low, high in window]
    facts = {
        "tenant": tenant, "row": row, "codes": list(codes), "ns": [one[0] for one in spans],
        "lows": [float(one[1]) for one in spans], "highs": [float(one[2]) for one in spans],
    }  # fmt: skip
    names = ("window", "code", "inside", "elsewhere", "closed")
    return [dict(zip(names, found, strict=True)) for found in session.execute(STATEMENTS[ground], facts)]
