"""SQL of operations and what they did."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import text
from sqlalchemy.orm import Session

if TYPE_CHECKING:
    from pandas import DataFrame
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True, slots=True, eq=False)
class OperationRow:
    """A stored operation; ``area`` in EPSG:4490."""

    id: int
    key: str
    name: str
    kind: str
    codes: tuple[str, ...]
    from_at: dt.datetime
    to_at: dt.datetime
    area: BaseGeometry
    hours: tuple[tuple[int, int], ...] = ()


UPSERT = text("""
INSERT INTO operation (tenant, key, name, kind, codes, from_at, to_at, geom, noted_by, hours)
VALUES (current_setting('pianqu.tenant'), :key, :name, :kind, CAST(:codes AS text[]), :from_at, :to_at,
        ST_Multi(ST_GeomFromWKB(:area, 4490)), :noted_by, CAST(:hours AS jsonb))
ON CONFLICT (tenant, key) DO UPDATE
SET name = excluded.name, kind = excluded.kind, codes = excluded.codes, from_at = excluded.from_at,
    to_at = excluded.to_at, geom = excluded.geom, noted_by = excluded.noted_by, noted_at = now(),
    hours = excluded.hours
RETURNING id""")

FORGET = text("""
DELETE FROM displacement_test WHERE tenant = current_setting('pianqu.tenant') AND operation_id = :operation""")

OPERATIONS = text("""
SELECT id, key, name, kind, codes, from_at, to_at, ST_AsBinary(geom), hours FROM operation
WHERE tenant = current_setting('pianqu.tenant')
  AND (CAST(:key AS text) IS NULL OR key = CAST(:key AS text))
ORDER BY from_at DESC, id DESC""")

INSERT_TEST = text("""
INSERT INTO displacement_test (tenant, operation_id, place, phase, from_on, to_on, found, expected, ratio, lower, upper,
                               verdict, facts)
VALUES (current_setting('pianqu.tenant'), :operation, :place, :phase, :from_on, :to_on, :found, :expected, :ratio,
        :lower, :upper, :verdict, CAST(:facts AS jsonb))""")

TESTS = text("""
SELECT o.id AS operation_id, o.key, o.name, o.kind, t.place, t.phase, t.from_on, t.to_on, t.found, t.expected, t.ratio,
       t.lower, t.upper, t.verdict, t.facts
FROM displacement_test t JOIN operation o ON o.tenant = t.tenant AND o.id = t.operation_id
WHERE t.tenant = current_setting('pianqu.tenant')
ORDER BY o.from_at DESC, o.id DESC, array_position(ARRAY['target', 'ring', 'lookalike'], t.place), t.phase DESC""")

ZONE = text("""
SELECT name, ST_AsBinary(ST_Transform(ST_Buffer(ST_Transform(geom, CAST(:srid AS integer)), :around_m), 4490))
FROM hotspot_zone
WHERE tenant = current_setting('pianqu.tenant') AND source_key = :key ORDER BY id LIMIT 1""")

CIRCLE = text("""
SELECT ST_AsBinary(ST_Transform(ST_Buffer(ST_Transform(
         ST_SetSRID(ST_MakePoint(:lon, :lat), 4490), CAST(:srid AS integer)), :radius_m, 16), 4490))""")

GROUND = text("""
SELECT ST_AsBinary(ST_Union(geom)) FROM patrol_district WHERE tenant = current_setting('pianqu.tenant')""")

MOVED = {"more": "moved", "less": "spread_calm", "none": "none", "insufficient": "insufficient"}
MEASURES = {"post": "post", "raid": "raid", "campaign": "raid", "posture": "posture"}


def upsert_operation(session: Session, facts: Mapping[str, Any], area: BaseGeometry, noted_by: str) -> int:
    """Note an operation, or note it anew under its key; its tests are then made again. Its id."""
    hours = json.dumps(facts["hours"])
    values = {**facts, "codes": list(facts["codes"]), "hours": hours, "area": area.wkb, "noted_by": noted_by}
    operation = int(session.execute(UPSERT, values).scalar_one())
    session.execute(FORGET, {"operation": operation})
    return operation


def list_operations(session: Session, key: str | None = None) -> list[OperationRow]:
    """Operations, the newest first; only the one of a key if given."""
    import shapely

    rows = session.execute(OPERATIONS, {"key": key})
    return [
        OperationRow(
            identity,
            name_key,
            name,
            kind,
            tuple(codes),
            begin,
            end,
            shapely.from_wkb(bytes(area)),
            tuple((int(one), int(other)) for one, other in hours),
        )
        for identity, name_key, name, kind, codes, begin, end, area, hours in rows
    ]


def find_zone_area(session: Session, key: str, srid: int, around_m: float) -> tuple[str, BaseGeometry] | None:
    """Name of the hotspot zone with this key of its source, and it with ``around_m`` around, EPSG:4490."""
    import shapely

    row = session.execute(ZONE, {"key": key, "srid": srid, "around_m": around_m}).first()
    return None if row is None else (str(row[0]), shapely.from_wkb(bytes(row[1])))


def find_circle(session: Session, lon: float, lat: float, radius_m: float, srid: int) -> BaseGeometry:
    """A circle on the ground, EPSG:4490."""
    import shapely

    facts = {"lon": lon, "lat": lat, "radius_m": radius_m, "srid": srid}
    return shapely.from_wkb(bytes(session.execute(CIRCLE, facts).scalar_one()))


def find_ground(session: Session) -> BaseGeometry | None:
    """All 片区 together, EPSG:4490; None if there are none."""
    import shapely

    ground = session.execute(GROUND).scalar_one()
    return None if ground is None else shapely.from_wkb(bytes(ground))


def replace_tests(session: Session, operation: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """The comparisons of an operation, instead of earlier ones."""
    session.execute(FORGET, {"operation": operation})
    if rows:
        session.execute(
            INSERT_TEST, [{"operation": operation, **row, "facts": json.dumps(row["facts"])} for row in rows]
        )


def list_tests(session: Session) -> list[dict[str, Any]]:
    """All comparisons, the newest operation first; target, ring, places alike; during before after."""
    return [dict(row) for row in session.execute(TESTS).mappings()]


def load_tests(session: Session) -> DataFrame:
    """What moved, for display.

    Returns
    -------
    DataFrame
        One row a ring or group of places alike, while the operation lasted and after: ``name measure`` (post, raid,
        posture) ``from_on where phase before after ratio lower upper verdict`` (moved, spread_calm, none,
        insufficient) ``risen`` (names); ``before`` is what was expected, ``after`` what was found. And
        ``target_ratio target_verdict half_life_days`` of the target.
    """
    import pandas

    tests = list_tests(session)
    targets = {(row["operation_id"], row["phase"]): row for row in tests if row["place"] == "target"}
    rows = []
    for row in tests:
        if row["place"] == "target":
            continue
        target = targets[row["operation_id"], row["phase"]]
        later = targets.get((row["operation_id"], "after"))
        rows.append(
            {
                "name": row["name"], "measure": MEASURES[row["kind"]], "from_on": row["from_on"],
                "where": row["place"], "phase": row["phase"], "before": row["expected"], "after": row["found"],
                "ratio": row["ratio"], "lower": row["lower"], "upper": row["upper"], "verdict": MOVED[row["verdict"]],
                "risen": [one["name"] for one in row["facts"].get("risen", [])],
                "target_ratio": target["ratio"], "target_verdict": target["verdict"],
                "half_life_days": None if later is None else later["facts"].get("half_life_days"),
            }
        )  # fmt: skip
    columns = ["name", "measure", "from_on", "where", "phase", "before", "after", "ratio", "lower", "upper", "verdict"]
    columns += ["risen", "target_ratio", "target_verdict", "half_life_days"]
    frame = pandas.DataFrame(rows, columns=columns)
    numbers = ("before", "after", "ratio", "lower", "upper", "target_ratio", "half_life_days")
    return frame.astype(dict.fromkeys(numbers, float))
