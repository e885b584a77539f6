"""The SQL of tiles: one statement makes the bytes of one tile, all layers in it.

Boxes are compared with the stored ``geom_3857``; a transformed column would lose the index. Names
come from the register, never from a request; values are bound.
"""

from __future__ import annotations

from functools import lru_cache

from geo.features.bound import Bound, bind
from geo.layers.register import LayerKind
from geo.tiles.boxes import HALF_M
from geo.tiles.cells.grid import cell_side_m, finest
from geo.tiles.cells.queries import cells_of, dirty, parts_array, parts_of
from geo.tiles.rules import (
    BUFFER,
    CELLS,
    EXTENT,
    LABEL_PX,
    MARGIN,
    ROAD_TIER_ZOOM,
    SMALLEST_PX,
    TOO_MANY,
    carried,
    counted,
    draws_cells,
    draws_nothing,
    is_area,
    is_point,
    middle,
)

MOST_CHANGES = 200
"""Changes since the cells were counted that a tile looks at; after more it counts all rows."""

SIDE = "(:xmax/float8 - :xmin/float8)"
TILE = "ST_MakeEnvelope(:xmin/float8, :ymin/float8, :xmax/float8, :ymax/float8, 3857)"
WIDER = (
    f"ST_MakeEnvelope(:xmin/float8 - {SIDE} * {MARGIN}, :ymin/float8 - {SIDE} * {MARGIN}, "
    f":xmax/float8 + {SIDE} * {MARGIN}, :ymax/float8 + {SIDE} * {MARGIN}, 3857)"
)
PIXEL = f"({SIDE} / 512)"
WIDTH = "(ST_XMax(t.geom_3857) - ST_XMin(t.geom_3857))"
HEIGHT = "(ST_YMax(t.geom_3857) - ST_YMin(t.geom_3857))"
# Half-open like the grid itself: a point on an edge belongs to exactly one tile.
INSIDE = "px >= :xmin/float8 AND px < :xmax/float8 AND py > :ymin/float8 AND py <= :ymax/float8"

REGIME = """(SELECT r.regime FROM road_regime r WHERE r.tenant = :tenant/text AND r.road_id = s.id
    AND r.valid_from_on <= :on/date AND (r.valid_to_on IS NULL OR r.valid_to_on > :on/date)
    ORDER BY r.valid_from_on DESC LIMIT 1) AS regime"""
"""The regime under which a street is kept on the day; dated rows, so it is joined and not stored on the road."""


@lru_cache(maxsize=4096)
def tile_statement(
    kinds: tuple[LayerKind, ...], zoom: int, cells_only: bool = False, kept: frozenset[str] = frozenset()
) -> Bound | None:
    """The statement whose one value is the tile.

    Parameters
    ----------
    kinds
        Layers in drawing order.
    zoom
        Decides cells or features, attributes, and which streets.
    cells_only
        Count points in cells even where single ones would be drawn (too many for one tile).
    kept
        Layers whose cells are read as they are kept, below their first zoom, and not counted.

    Returns
    -------
    Bound or None
        Parameters ``tenant, xmin, ymin, xmax, ymax`` (EPSG:3857 metres of the tile) and, as needed,
        ``on`` (local date), ``cap`` (areas or lines a kind), ``z ty tx`` (the tile) and, for each kept layer, the
        rows and columns ``r_<layer> c_<layer>`` of cells to be counted anew; None if nothing is drawn at this zoom.
    """
    parts: list[str] = []
    for kind in kinds:
        if draws_nothing(kind, zoom):
            continue
        if draws_cells(kind, zoom) and kind.name in kept:
            parts.append(_kept(kind, zoom))
        elif draws_cells(kind, zoom) or (cells_only and kind.thin):
            parts.append(_cells(kind))
        else:
            parts.append(_points(kind, zoom) if is_point(kind) else _shapes(kind, zoom))
            if kind.labelled:
                parts.append(_labels(kind))
    if not parts:
        return None
    return bind("SELECT " + "\n|| ".join(f"coalesce(({part}), ''::bytea)" for part in parts))


def _names(kind: LayerKind, zoom: int) -> str:
    return "".join(f", t.{field.name}" for field in carried(kind, zoom))


def _points(kind: LayerKind, zoom: int) -> str:
    """Single points; of a layer that can be counted instead no more than surely are too many for a tile."""
    most = f" LIMIT {TOO_MANY}" if kind.thin else ""
    return f"""SELECT ST_AsMVT(q, '{kind.name}', {EXTENT}, 'geom', 'id' ORDER BY q.id) FROM (
  SELECT t.id{_names(kind, zoom)}, ST_AsMVTGeom(t.geom_3857, {TILE}, {EXTENT}, {BUFFER}, true) AS geom
  FROM {kind.name} t WHERE t.tenant = :tenant/text AND t.geom_3857 && {WIDER}{most}) q"""


def _shapes(kind: LayerKind, zoom: int) -> str:
    """Lines and areas, the largest first up to a cap, without what is too small to see."""
    rule = ""
    if is_area(kind):
        points = " OR ST_Dimension(t.geom_3857) = 0" if "Point" in kind.geometry_types else ""
        rule = f" AND ({WIDTH} > {SMALLEST_PX} * {PIXEL} OR {HEIGHT} > {SMALLEST_PX} * {PIXEL}{points})"
    elif kind.name == "road" and (hidden := [tier for tier, first in ROAD_TIER_ZOOM.items() if zoom < first]):
        rule = " AND t.tier NOT IN (" + ", ".join(f"'{tier}'" for tier in hidden) + ")"
    more = f",\n    {REGIME}" if kind.name == "road" else ""
    simple = f"ST_Simplify(s.geom_3857, {SIDE} / {EXTENT // 2}, true)"
    kept = "".join(f", s.{field.name}" for field in carried(kind, zoom))
    return f"""SELECT ST_AsMVT(q, '{kind.name}', {EXTENT}, 'geom', 'id' ORDER BY q.id) FROM (
  SELECT s.id{kept}{more}, ST_AsMVTGeom({simple}, {TILE}, {EXTENT}, {BUFFER}, true) AS geom FROM (
    SELECT t.id, t.geom_3857{_names(kind, zoom)}
    FROM {kind.name} t WHERE t.tenant = :tenant/text AND t.geom_3857 && {WIDER}{rule}
    ORDER BY {WIDTH} + {HEIGHT} DESC, t.id LIMIT :cap/int) s) q"""


def _labels(kind: LayerKind) -> str:
    """One point an area, in the one tile that holds it: a polygon cut by tiles would be labelled once per tile."""
    names = "".join(f", t.{name}" for name in kind.tile_fields)
    kept = "".join(f", s.{name}" for name in kind.tile_fields)
    return f"""SELECT ST_AsMVT(q, '{kind.name}_label', {EXTENT}, 'geom', 'id' ORDER BY q.id) FROM (
  SELECT s.id{kept}, ST_AsMVTGeom(s.p, {TILE}, {EXTENT}, 0, true) AS geom FROM (
    SELECT t.id{names}, ST_PointOnSurface(t.geom_3857) AS p
    FROM {kind.name} t WHERE t.tenant = :tenant/text AND t.geom_3857 && {TILE} AND t.name IS NOT NULL
      AND greatest({WIDTH}, {HEIGHT}) > {LABEL_PX} * {PIXEL}
    ORDER BY {WIDTH} + {HEIGHT} DESC, t.id LIMIT :cap/int) s,
  LATERAL (SELECT ST_X(s.p) AS px, ST_Y(s.p) AS py) c WHERE {INSIDE}) q"""


def _cells(kind: LayerKind) -> str:
    """Counts per cell; the cells of all tiles of a zoom sum to the number of rows.

    ``OFFSET 0`` keeps the coordinates from being taken out of each geometry five times over, and the edge
    is a CASE since a range of coordinates is guessed at a few rows, then sorted on disk: 3.4 s to 1.1 s a million.
    """
    at = middle(kind)
    fields = counted(kind)
    columns = "".join(f", t.{field.name}" for field in fields)
    counts = "".join(
        f", count(*) FILTER (WHERE {field.name} = '{choice}')::int AS {field.name}_{choice}"
        for field in fields
        for choice in field.about.choices
    )
    kept = "".join(f", {field.name}_{choice}" for field in fields for choice in field.about.choices)
    return f"""SELECT ST_AsMVT(q, '{kind.name}', {EXTENT}, 'geom') FROM (
  SELECT n{kept}, ST_AsMVTGeom(ST_Point(:xmin/float8 + (cx + 0.5) * {SIDE} / {CELLS},
    :ymax/float8 - (cy + 0.5) * {SIDE} / {CELLS}, 3857), {TILE}, {EXTENT}, 0, true) AS geom FROM (
    SELECT CASE WHEN {INSIDE} THEN least({CELLS - 1}, floor((px - :xmin/float8) / {SIDE} * {CELLS})) END AS cx,
      least({CELLS - 1}, floor((:ymax/float8 - py) / {SIDE} * {CELLS})) AS cy, count(*)::int AS n{counts}
    FROM (SELECT ST_X({at}) AS px, ST_Y({at}) AS py{columns}
      FROM {kind.name} t WHERE t.tenant = :tenant/text AND t.geom_3857 && {TILE} OFFSET 0) s
    GROUP BY 1, 2) c WHERE cx IS NOT NULL ORDER BY cy, cx) q"""


def _kept(kind: LayerKind, zoom: int) -> str:
    """Counts per cell as they are kept, with the cells that changed since counted anew.

    Of each changed cell of the finest zoom what is kept is taken off and what is there is added.
    """
    names = parts_of(kind)
    fine, shift = finest(kind.minzoom), finest(kind.minzoom) - zoom
    half, side = f"{HALF_M!r}::float8", f"{cell_side_m(fine)!r}::float8"
    rows, columns = f":r_{kind.name}/int[]", f":c_{kind.name}/int[]"
    source = f"FROM dirty d JOIN {kind.name} t ON t.tenant = :tenant/text AND t.geom_3857 && d.box"
    counted_now = cells_of(kind, source, half, side, str((CELLS << fine) - 1), True)
    where = f"(({{r}} >> {shift}) % {CELLS}) * {CELLS} + ({{c}} >> {shift}) % {CELLS}"
    sums = "".join(f", sum(sign * parts[{n}])::int AS {name}" for n, name in enumerate(names, start=1))
    named = "".join(f", {name}" for name in names)
    mine = f"k.tenant = :tenant/text AND k.layer = '{kind.name}'"
    return f"""{dirty(rows, columns, half, side)}SELECT ST_AsMVT(q, '{kind.name}', {EXTENT}, 'geom') FROM (
  SELECT n{named}, ST_AsMVTGeom(ST_Point(:xmin/float8 + (cell % {CELLS} + 0.5) * {SIDE} / {CELLS},
    :ymax/float8 - (cell / {CELLS} + 0.5) * {SIDE} / {CELLS}, 3857), {TILE}, {EXTENT}, 0, true) AS geom FROM (
    SELECT cell, sum(sign * n)::int AS n{sums} FROM (
      SELECT k.cell::int, k.n::bigint, k.parts, 1 AS sign
      FROM tile_cell k WHERE {mine} AND k.z = :z/int AND k.y = :ty/int AND k.x = :tx/int
      UNION ALL
      SELECT {where.format(r="dr", c="dc")}, k.n, k.parts, -1
      FROM dirty JOIN tile_cell k ON {mine} AND k.z = {fine} AND k.y = dr / {CELLS} AND k.x = dc / {CELLS}
        AND k.cell = dr % {CELLS} * {CELLS} + dc % {CELLS}
      UNION ALL
      SELECT {where.format(r="r", c="c")}, count(*), {parts_array(kind)}, 1
      FROM ({counted_now}) s WHERE r = dr AND c = dc GROUP BY 1) u
    GROUP BY cell HAVING sum(sign * n) > 0 ORDER BY cell) counts) q"""


KEPT = bind(f"""
SELECT m.layer, m.parts, c.found IS NOT NULL AS changed, ST_XMin(c.box) AS west, ST_YMin(c.box) AS south,
  ST_XMax(c.box) AS east, ST_YMax(c.box) AS north
FROM tile_mark m LEFT JOIN LATERAL (
  (SELECT a.id AS found, a.box FROM change a WHERE a.tenant = :tenant/text AND a.seq > m.seq AND a.layer = m.layer
   LIMIT {MOST_CHANGES + 1})
  UNION ALL
  (SELECT b.id, b.box FROM change b WHERE b.tenant = :tenant/text AND b.seq IS NULL AND b.layer = m.layer
   LIMIT {MOST_CHANGES + 1})) c ON true
WHERE m.tenant = :tenant/text AND m.layer = ANY(:layers/text[])""")
"""Layers whose cells are kept, for which parts, and where each changed since, in degrees (null: anywhere)."""

CHANGES = bind(
    """SELECT layer, ST_XMin(box) AS west, ST_YMin(box) AS south, ST_XMax(box) AS east, ST_YMax(box) AS north
FROM change WHERE tenant = :tenant/text AND seq BETWEEN :first/bigint AND :last/bigint AND layer IS NOT NULL"""
)
"""Which layers changed where, in degrees; a row without a box means the whole layer."""
