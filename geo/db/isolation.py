"""No county sees another: row security, grants, and the functions an index may use under it.

Row security is the second line; every query names its tenant as well. A condition that could leak
rows through an error message is held back until the policy has spoken, which turns the GiST index off
(3,000 ms instead of 35), so the few functions listed here are marked leak-proof after review.
The mark survives neither a dump nor an update of the extension: it is checked at every start.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from geo.db.bootstrap import APP, READER

LEAKPROOF = {
    "public.geometry_overlaps(geometry, geometry)": "&& on boxes: compares eight floats and says nothing else",
}
"""Functions marked LEAKPROOF, and why that is true. Never ST_Intersects: its errors quote coordinates."""

APPEND_ONLY = {"change", "checkin", "deletion_proof", "log_entry", "step_log", "subject_access"}
APPEND_ONLY |= {"building_correction", "building_exchange", "zero_growth_rule", "frontage_check"}
APPEND_ONLY |= {"intake_receipt", "resolution_measure", "resolution_issue"}
"""Requests may add rows and read them; only the sequencer completes, and only retention removes them, as owner."""

READ_ONLY = {"county", "alembic_version"}
"""Requests may read these; a command run as owner writes them."""

READER_MAY_READ = {"alembic_version", "change", "county", "layer_count", "org_unit", "receipt", "road_regime"}
READER_MAY_READ |= {"tile_cell", "tile_mark"}
"""What the hot path reads besides map layers (tables with ``geom_3857``); accounts and staff stay closed to it."""

JOBS = "procrastinate_"
"""Prefix of the job queue's tables; it keeps its own schema and knows no county."""

POLICY = "county_only"
POLICY_TEXT = "(tenant = current_setting('pianqu.tenant'::text, true))"

TABLES = text("""
SELECT c.relname AS name,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped)
         AS tenant,
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'geom_3857' AND NOT a.attisdropped)
         AS layer,
       c.relrowsecurity AND c.relforcerowsecurity
         AND (SELECT count(*) = 1 AND bool_and(p.polname = :policy AND p.polcmd = '*' AND p.polpermissive
                                               AND pg_get_expr(p.polqual, p.polrelid) = :expression
                                               AND pg_get_expr(p.polwithcheck, p.polrelid) = :expression)
                FROM pg_policy p WHERE p.polrelid = c.oid) AS closed
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
   AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass
                                             AND d.deptype = 'e')
 ORDER BY 1""").bindparams(policy=POLICY, expression=POLICY_TEXT)

NOT_LEAKPROOF = text("""
SELECT name FROM unnest(CAST(:names AS text[])) AS name
 WHERE NOT coalesce((SELECT proleakproof FROM pg_proc WHERE oid = to_regprocedure(name)), false)""")


def close(connection: Connection) -> None:
    """Put forced row security, its one policy and the grants on every table; in place already, nothing changes.

    Runs as the owner inside the transaction of a migration, so no table is ever committed open.
    """
    for name, tenant, layer, closed in connection.execute(TABLES).all():
        if tenant and not closed:
            for (policy,) in connection.execute(
                text("SELECT polname FROM pg_policy WHERE polrelid = to_regclass(:name)"), {"name": f"public.{name}"}
            ).all():
                connection.execute(text(f'DROP POLICY "{policy}" ON "{name}"'))
            connection.execute(text(f'ALTER TABLE "{name}" ENABLE ROW LEVEL SECURITY'))
            connection.execute(text(f'ALTER TABLE "{name}" FORCE ROW LEVEL SECURITY'))
            connection.execute(text(f'CREATE POLICY {POLICY} ON "{name}" USING {POLICY_TEXT} WITH CHECK {POLICY_TEXT}'))
        for role in (APP, READER):
            connection.execute(text(f'REVOKE ALL ON "{name}" FROM {role}'))
        connection.execute(text(f'GRANT {_app_may(name)} ON "{name}" TO {APP}'))
        if layer or name in READER_MAY_READ:
            connection.execute(text(f'GRANT SELECT ON "{name}" TO {READER}'))
    connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP}, {READER}"))
    connection.execute(text(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {APP}"))


def open_tables(connection: Connection) -> list[str]:
    """Tables of counties that another county could read or write; empty when all is well."""
    return [name for name, tenant, _, closed in connection.execute(TABLES).all() if tenant and not closed]


def unmarked(connection: Connection) -> list[str]:
    """Functions of :data:`LEAKPROOF` that are not marked, in their listed order; empty when all is well."""
    return list(connection.execute(NOT_LEAKPROOF, {"names": list(LEAKPROOF)}).scalars())


def mark(connection: Connection) -> None:
    """Mark the reviewed functions; needs a superuser."""
    for name in unmarked(connection):
        connection.execute(text(f"ALTER FUNCTION {name} LEAKPROOF"))


def _app_may(table: str) -> str:
    if table in APPEND_ONLY:
        return "SELECT, INSERT"
    if table in READ_ONLY:
        return "SELECT"
    return "SELECT, INSERT, UPDATE, DELETE"
