"""SQL of the layer room: rows in by COPY and upsert, rows out as frames."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from psycopg import sql
from sqlalchemy import (
    Boolean,
    Column,
    ColumnClause,
    DateTime,
    Double,
    Integer,
    Numeric,
    Select,
    SmallInteger,
    Text,
    column,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from geo.crs import STORAGE
from geo.db.changes import MOST_IDS, write_change
from geo.db.counts import count_step
from geo.layers.register import LayerKind, get_kind
from geo.layers.street_classes import REGIME_OF_TIER

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geo.layers.blocks import Block

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

EVENT_NAMESPACE = "6f1c8a52-3b0e-5d0a-9d0f-2a5b6c7d8e90"
"""Name space of the uids made for imported events from (tenant, source, source_key)."""

PREFILLED_FROM = dt.date(1900, 1, 1)
"""A pre-filled regime holds for every day on which the bureau has set none."""


@dataclass(frozen=True, slots=True)
class Upserted:
    """What a batch did: rows that are new, rows that now differ, rows that were so already."""

    added: int
    changed: int
    unchanged: int


def upsert_features(session: Session, tenant: str, kind: LayerKind, source: str, block: Block) -> Upserted:
    """Write a block of rows; those that are stored already just as they are stay untouched.

    Rows are recognised by ``(source, source_key)``; one change row with the ids and the box of old and
    new geometry is written when anything changed, and the layer's counter takes a step.

    Raises
    ------
    sqlalchemy.exc.DBAPIError
        If a row breaks a constraint the checks do not know.
    """
    if block.n == 0:
        return Upserted(0, 0, 0)
    _lock(session, tenant, f"{kind.name}/{source}")
    _copy_in(session, kind, block)
    # A county whose rows came a moment ago is not in the statistics: the planner takes it for empty and would go
    # through all its rows once for each incoming one. Joining by hash or merge costs one pass, whatever it believes.
    session.execute(text("SET LOCAL enable_nestloop = off"))
    write = _write_events if kind.by_receipt else _write_rows
    added, changed, ids, box = write(session, tenant, kind, source, block)
    if kind.name == "road":
        _prefill_regimes(session, tenant, source)
    if added or changed:
        facts = {"source": source, "added": added, "changed": changed}
        write_change(
            session,
            tenant,
            "layer.imported",
            layer=kind.name,
            feature_ids=ids,
            box=_joined(block.box, box),
            facts=facts,
        )
        count_step(session, tenant, kind.name, added)
    session.execute(text("SET LOCAL enable_nestloop = on"))
    session.execute(text("DROP TABLE incoming"))
    return Upserted(added, changed, block.n - added - changed)


def refresh_statistics(session: Session, kind: LayerKind) -> None:
    """Let the planner know of the rows just written; the session is the owner's.

    A county it has not heard of is taken for empty, and joins with its rows then go through them once for each other:
    the figures of 12 片区 took minutes. Skipped when somebody else is at it.
    """
    session.execute(text(f'ANALYZE (SKIP_LOCKED) "{kind.name}"'))


def find_taken_codes(session: Session, tenant: str, kind: LayerKind, source: str, codes: Sequence[str]) -> set[str]:
    """Codes that rows of other data sets of this layer hold already, where a code may stand once."""
    found = kind.table
    query = select(found.c.code).where(found.c.tenant == tenant, found.c.source != source, found.c.code.in_(codes))
    return set(session.scalars(query))


def load_features(
    session: Session,
    kind_name: str,
    *,
    box: Box | None = None,
    where: Any = None,
    columns: Sequence[str] | None = None,
) -> GeoDataFrame:
    """Rows of a layer of the session's county as a frame.

    Parameters
    ----------
    box
        Only rows whose geometry meets it; degrees.
    where
        A SQLAlchemy condition, or several in a list, on ``get_kind(kind_name).table``.
    columns
        Which attributes; by default all fields of the layer, ``source`` and ``source_key``.

    Returns
    -------
    GeoDataFrame
        EPSG:4490, index ``id`` rising, geometry column ``geometry``; empty with the same columns when
        nothing fits. Text is pandas text, whole numbers are Int64 where they may be missing.
    """
    import geopandas
    import pandas
    import shapely

    kind = get_kind(kind_name)
    names = list(columns) if columns is not None else [*(f.name for f in kind.fields), "source", "source_key"]
    query = _selection(kind, names, box, where).order_by(kind.table.c.id)
    rows = session.execute(query).all()
    index = pandas.Index([row[0] for row in rows], dtype="int64", name="id")
    geometry = shapely.from_wkb([bytes(row[1]) for row in rows])
    data = {name: _series(kind.table.c[name], [row[i] for row in rows], index) for i, name in enumerate(names, start=2)}
    return geopandas.GeoDataFrame(pandas.DataFrame(data, index=index), geometry=geometry, crs=STORAGE)


def stream_features(
    session: Session, kind: LayerKind, names: Sequence[str], rows: int, *, outside: bool = False
) -> Iterator[Sequence[Any]]:
    """The layer's rows in blocks of tuples ``(id, wkb, *names)``, ordered by id, without holding them all.

    ``outside`` gives what stands for an attribute outside the bureau, where that differs.
    """
    query = _selection(kind, names, None, None, outside)
    query = query.order_by(query.selected_columns[0])
    yield from session.execute(query, execution_options={"yield_per": rows}).partitions()


def find_provenance(session: Session, tenant: str, kind: LayerKind) -> tuple[list[str], dt.datetime | None]:
    """The data sets a layer's rows come from, and when one of them was last changed; ([], None) for an empty layer."""
    found = kind.table
    rows = session.execute(
        select(found.c.source, func.max(found.c.updated_at)).where(found.c.tenant == tenant).group_by(found.c.source)
    ).all()
    return sorted(row[0] for row in rows), max((row[1] for row in rows), default=None)


Written = tuple[int, int, list[int] | None, Box | None]
"""Rows added, rows changed, their ids (None when many), and the box of what changed rows looked like before."""


def _lock(session: Session, tenant: str, name: str) -> None:
    """One writer at a time per data set, so that two imports of it cannot deadlock; held to the commit."""
    session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"pianqu/import/{tenant}/{name}"}
    )


def _copy_in(session: Session, kind: LayerKind, block: Block) -> None:
    """COPY into a temporary table: a table under row security takes no COPY."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    types = {name: str(kind.table.c[name].type.compile(dialect)) for name in block.columns if name != "geom"}
    defined = sql.SQL(", ").join(
        [sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(typed)) for name, typed in types.items()]
        + [sql.SQL("geom geometry")]
    )
    named = sql.SQL(", ").join(map(sql.Identifier, block.columns))
    connection = session.connection().connection.driver_connection
    with connection.cursor() as cursor:  # type: ignore[union-attr]
        cursor.execute(sql.SQL("CREATE TEMPORARY TABLE incoming ({}) ON COMMIT DROP").format(defined))
        with cursor.copy(sql.SQL("COPY incoming ({}) FROM STDIN").format(named)) as copy:
            copy.write(block.text)


def _write_rows(session: Session, tenant: str, kind: LayerKind, source: str, block: Block) -> Written:
    """Insert what is new, then update what differs.

    New rows go in along PostGIS's space-filling curve: neighbours meet the same index pages, which then need
    fewer splits, and lie together for whoever draws a tile.
    """
    names = [*block.columns, "updated_at"]
    values = [*(_value(kind, name) for name in block.columns), "now()"]
    facts = {"tenant": tenant, "source": source, "many": MOST_IDS}
    inserted = session.execute(
        text(f"""
WITH new AS (
  INSERT INTO "{kind.name}" (tenant, source, {_named(names)})
  SELECT :tenant, :source, {", ".join(values)} FROM incoming i ORDER BY i.geom
  ON CONFLICT (tenant, source, source_key) DO NOTHING RETURNING id)
SELECT count(*), CASE WHEN count(*) <= :many THEN array_agg(id) END FROM new"""),
        facts,
    ).one()
    if inserted[0] == block.n:
        return inserted[0], 0, inserted[1], None
    session.execute(text("ANALYZE incoming (source_key)"))
    known = f"""incoming i JOIN "{kind.name}" AS old
      ON old.tenant = :tenant AND old.source = :source AND old.source_key = i.source_key"""
    # Rows known already were mostly written together: within the range of their ids two of three passes are short.
    low, high = session.execute(text(f"SELECT min(old.id), max(old.id) FROM {known}"), facts).one()
    pairs = [(name, _value(kind, name)) for name in block.columns if name != "source_key"]
    changed = session.execute(
        text(f"""
WITH moved AS (
  UPDATE "{kind.name}" AS t SET {", ".join(f'"{name}" = {value}' for name, value in pairs)}, updated_at = now()
    FROM {known} AND old.id BETWEEN :low AND :high
   WHERE t.tenant = :tenant AND t.id = old.id AND t.id BETWEEN :low AND :high
     AND ({", ".join(f'old."{name}"' for name, _ in pairs)}) IS DISTINCT FROM ({", ".join(value for _, value in pairs)})
  RETURNING t.id, old.geom)
SELECT count(*), CASE WHEN count(*) <= :many THEN array_agg(id) END,
       min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)) FROM moved"""),
        {**facts, "low": low, "high": high},
    ).one()
    return inserted[0], changed[0], _both(inserted[1], changed[1], inserted[0], changed[0]), _box(changed[2:])


def _write_events(session: Session, tenant: str, kind: LayerKind, source: str, block: Block) -> Written:
    """As :func:`_write_rows`, but recognised through ``receipt``, since the table's key holds the time of arrival.

    Each incoming row looks its receipt up by key, and rows known already are joined within the range of their ids: what
    a batch costs does not grow with the rows the county has.
    """
    values = [_value(kind, name) for name in block.columns]
    facts = {"tenant": tenant, "source": source, "space": EVENT_NAMESPACE, "many": MOST_IDS, "kind": kind.name}
    named = """(SELECT *, CAST(md5(:space || '/' || :tenant || '/' || :source || '/' || source_key) AS uuid) AS uid
          FROM incoming)"""
    noted = "(SELECT r.row_id FROM receipt r WHERE r.tenant = :tenant AND r.uid = i.uid)"
    # A receipt has one index, so that each look-up is one probe of it whatever the statistics say.
    session.execute(text("SET LOCAL enable_seqscan = off"))
    inserted = session.execute(
        text(f"""
WITH new AS (
  INSERT INTO "{kind.name}" (tenant, source, uid, {_named(block.columns)})
  SELECT :tenant, :source, i.uid, {", ".join(values)} FROM {named} i WHERE {noted} IS NULL ORDER BY i.geom
  RETURNING id, uid, received_at),
noted AS (
  INSERT INTO receipt (tenant, uid, kind, row_id, received_at)
  SELECT :tenant, uid, :kind, id, received_at FROM new ORDER BY uid RETURNING row_id)
SELECT count(*), CASE WHEN count(*) <= :many THEN array_agg(row_id) END FROM noted"""),
        facts,
    ).one()
    if inserted[0] == block.n:
        session.execute(text("SET LOCAL enable_seqscan = on"))
        return inserted[0], 0, inserted[1], None
    low, high = session.execute(text(f"SELECT min({noted}), max({noted}) FROM {named} i"), facts).one()
    pairs = [(name, _value(kind, name)) for name in block.columns if name != "source_key"]
    changed = session.execute(
        text(f"""
WITH moved AS (
  UPDATE "{kind.name}" AS t SET {", ".join(f'"{name}" = {value}' for name, value in pairs)}, updated_at = now()
    FROM (SELECT i.*, {noted} AS row_id FROM {named} i) i
    JOIN "{kind.name}" AS old ON old.tenant = :tenant AND old.id = i.row_id AND old.id BETWEEN :low AND :high
   WHERE t.tenant = :tenant AND t.id = old.id AND t.received_at = old.received_at AND t.id BETWEEN :low AND :high
     AND ({", ".join(f'old."{name}"' for name, _ in pairs)}) IS DISTINCT FROM ({", ".join(value for _, value in pairs)})
  RETURNING t.id, old.geom)
SELECT count(*), CASE WHEN count(*) <= :many THEN array_agg(id) END,
       min(ST_XMin(geom)), min(ST_YMin(geom)), max(ST_XMax(geom)), max(ST_YMax(geom)) FROM moved"""),
        {**facts, "low": low, "high": high},
    ).one()
    session.execute(text("SET LOCAL enable_seqscan = on"))
    return inserted[0], changed[0], _both(inserted[1], changed[1], inserted[0], changed[0]), _box(changed[2:])


def _prefill_regimes(session: Session, tenant: str, source: str) -> None:
    """Give the streets of this batch that have no regime the one their tier suggests (D10)."""
    cases = " ".join(f"WHEN '{tier}' THEN '{regime}'" for tier, regime in REGIME_OF_TIER.items())
    session.execute(
        text(f"""
INSERT INTO road_regime (tenant, road_id, regime, valid_from_on, set_by)
SELECT r.tenant, r.id, CASE r.tier {cases} END, :from_on, 'prefilled'
  FROM incoming i JOIN road r ON r.tenant = :tenant AND r.source = :source AND r.source_key = i.source_key
 WHERE NOT EXISTS (SELECT FROM road_regime g WHERE g.tenant = :tenant AND g.road_id = r.id)"""),
        {"tenant": tenant, "source": source, "from_on": PREFILLED_FROM},
    )


def _selection(
    kind: LayerKind, names: Sequence[str], box: Box | None, where: Any, outside: bool = False
) -> Select[Any]:
    found = kind.table.alias("t") if outside else kind.table
    geom: ColumnClause[Any] = column("geom")
    masked = {field.name for field in kind.fields if outside and field.about.outside}
    shown = [literal_column(kind.shown(one, outside)).label(one) if one in masked else found.c[one] for one in names]
    query = select(found.c.id, func.ST_AsBinary(geom), *shown).select_from(found)
    query = query.where(found.c.tenant == func.current_setting("pianqu.tenant"))
    if box is not None:
        envelope = func.ST_MakeEnvelope(*box, STORAGE)
        # Both: the box operator is what the index answers under row security, the second is the truth.
        query = query.where(geom.op("&&")(envelope), func.ST_Intersects(geom, envelope))
    if where is not None:
        query = query.where(*(where if isinstance(where, (list, tuple)) else [where]))
    return query


def _series(about: Column[Any], values: list[Any], index: Any) -> Any:
    import pandas

    if isinstance(about.type, (SmallInteger, Integer)):
        return pandas.Series(values, index, dtype="Int64" if about.nullable else "int64")
    if isinstance(about.type, Boolean):
        return pandas.Series(values, index, dtype="boolean" if about.nullable else "bool")
    if isinstance(about.type, (Double, Numeric)):
        return pandas.Series([None if v is None else float(v) for v in values], index, dtype="float64")
    if isinstance(about.type, DateTime):
        return pandas.Series(pandas.to_datetime(pandas.Series(values, index, dtype="object"), utc=True)).astype(
            "datetime64[us, UTC]"
        )
    if isinstance(about.type, Text):
        return pandas.Series(values, index, dtype="str")
    return pandas.Series(values, index, dtype="object")


def _named(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _value(kind: LayerKind, name: str) -> str:
    """A column of ``incoming``, with the table's default where the table takes no null."""
    about = kind.table.c[name] if name != "geom" else None
    if about is None or about.nullable or about.server_default is None:
        return f'i."{name}"'
    return f'coalesce(i."{name}", {about.server_default.arg})'  # type: ignore[attr-defined]


def _both(first: list[int] | None, second: list[int] | None, added: int, changed: int) -> list[int] | None:
    if (added and first is None) or (changed and second is None) or added + changed > MOST_IDS:
        return None
    return [*(first or []), *(second or [])]


def _box(sides: Sequence[float | None]) -> Box | None:
    west, south, east, north = sides
    return None if west is None or south is None or east is None or north is None else (west, south, east, north)


def _joined(first: Box | None, second: Box | None) -> Box | None:
    if first is None or second is None:
        return first or second
    return (min(first[0], second[0]), min(first[1], second[1]), max(first[2], second[2]), max(first[3], second[3]))
