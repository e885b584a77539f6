"""A difference as a GeoPackage: every outline with its class, and the ground that changed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import name_of, read_crs, transformer
from geo.errors import Invalid

if TYPE_CHECKING:
    import pyarrow as pa

    from geo.hotspots.footprints.difference import Difference
    from geo.hotspots.footprints.findings import Findings
    from geo.hotspots.footprints.layers import FootprintLayer, Ground
    from geo.hotspots.footprints.shapes import Ints, Outlines

Names = NDArray[np.object_]
SUFFIX: Final = ".gpkg"
GEOMETRY: Final = "geometry"
RESERVED: Final = ("fid", "ogc_fid", "geom", GEOMETRY)
"""Column names that GeoPackages keep for themselves."""


class NotGeoPackage(Invalid):
    """The result has several layers, which only a GeoPackage holds."""


def write_difference(
    path: Path,
    approved: FootprintLayer,
    observed: FootprintLayer,
    ground: Ground,
    difference: Difference,
    findings: Findings,
    sentences: list[str],
) -> None:
    """Write ``footprints``, ``approved`` and ``changes`` into one GeoPackage, replacing it when whole.

    ``footprints`` has a row for every observed outline as delivered, and for every approved one that is gone or was
    not looked at; ``approved`` every approved outline; ``changes`` the ground that is new, added or gone, moved
    onto the approved layer. The files' own columns come along. CRS is the approved layer's.

    Raises
    ------
    NotGeoPackage
        If the path does not end in ``.gpkg``.
    """
    check_target(path)
    partners = partner_names(difference, approved.keys, observed.keys)
    first = _footprints(approved, observed, findings, partners, sentences)
    told = _as_written(observed, ground)
    stands = np.empty(len(findings), object)
    seen = findings.observed >= 0
    stands[seen] = told[findings.observed[seen]]
    stands[~seen] = approved.outline[findings.approved[~seen]]
    changed = np.flatnonzero(np.isin(findings.cls, ("new", "enlarged", "demolished")))
    overlay = _moved_to(findings.overlay[changed], ground)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".footprints-", dir=path.parent) as folder:
        target = Path(folder) / "out.gpkg"
        crs = name_of(ground.written)
        _write_layer(target, "footprints", first, stands, crs)
        # What was given is not looked for by place again: its index would cost as much as its rows.
        _write_layer(target, "approved", _approved(approved, difference, partners), approved.outline, crs, index=False)
        _write_layer(target, "changes", first.take(changed).select(OURS), overlay, crs)
        target.replace(path)


def check_target(path: Path) -> None:
    """Refuse a target that is no GeoPackage, before hours of work.

    Raises
    ------
    NotGeoPackage
        If the path does not end in ``.gpkg``.
    """
    if path.suffix.lower() != SUFFIX:
        raise NotGeoPackage("footprints.gpkg_only", file=path.name)


def partner_names(difference: Difference, approved_keys: list[str], observed_keys: list[str]) -> tuple[Names, Names]:
    """For each observed outline the keys of what it stands for, and for each approved one of what stands for it.

    Several keys are parted by semicolons; an outline without counterpart has an empty text.
    """
    observed, approved = difference.links.T
    return _names_of(observed, approved, len(observed_keys), approved_keys), _names_of(
        approved, observed, len(approved_keys), observed_keys
    )


def _names_of(mine: Ints, theirs: Ints, n: int, keys: list[str]) -> Names:
    names, texts = np.full(n, "", object), np.array(keys, object)
    several = np.bincount(mine, minlength=n)[mine] > 1
    names[mine[~several]] = texts[theirs[~several]]
    for i, j in zip(mine[several].tolist(), theirs[several].tolist(), strict=True):
        names[i] = f"{names[i]};{keys[j]}" if names[i] else keys[j]
    return names


OURS: Final = [
    "class", "relation", "flagged", "confidence", "size", "changed_m2", "width_m", "covered", "dx_m", "dy_m",
    "beside_seam", "own_shift", "observed_key", "approved_keys", "reason",
]  # fmt: skip


def _footprints(
    approved: FootprintLayer,
    observed: FootprintLayer,
    findings: Findings,
    partners: tuple[Names, Names],
    sentences: list[str],
) -> pa.Table:
    import pyarrow as pa

    seen = findings.observed >= 0
    rows = findings.observed[seen].tolist()
    lone = findings.approved[~seen].tolist()
    names = [*partners[0][rows], *(approved.keys[row] for row in lone)]
    keys = [observed.keys[row] for row in rows] + [None] * len(lone)
    columns = [
        pa.array(findings.cls.tolist()),
        pa.array(findings.relation.tolist()),
        pa.array(findings.flagged),
        pa.array(findings.confidence),
        pa.array(findings.size.tolist(), mask=findings.changed_m2 == 0),
        pa.array(np.round(findings.changed_m2, 1)),
        pa.array(np.round(findings.width_m, 2)),
        pa.array(np.round(findings.covered, 3)),
        pa.array(np.round(findings.shift_m[:, 0], 2)),
        pa.array(np.round(findings.shift_m[:, 1], 2)),
        pa.array(findings.torn),
        pa.array(findings.own),
        pa.array(keys, pa.string()),
        pa.array(names, pa.string()),
        pa.array(sentences, pa.string()),
    ]
    table = pa.table(columns, names=OURS)
    seen_rows = observed.columns.take(pa.array(rows, pa.int64()))
    own = _both(seen_rows, approved.columns.take(pa.array(lone, pa.int64())), (len(rows), len(lone)))
    return _beside(table, own)


def _approved(approved: FootprintLayer, difference: Difference, partners: tuple[Names, Names]) -> pa.Table:
    import pyarrow as pa

    side = difference.approved
    table = pa.table(
        {
            "class": pa.array(side.cls.tolist()),
            "covered": pa.array(np.round(side.covered, 3)),
            "lost_m2": pa.array(np.round(side.lost_m2, 1)),
            "approved_key": pa.array(approved.keys, pa.string()),
            "observed_keys": pa.array(list(partners[1]), pa.string()),
        }
    )
    return _beside(table, approved.columns)


def _both(first: pa.Table, second: pa.Table, lengths: tuple[int, int]) -> pa.Table:
    """Two tables one under the other; a column that differs in type between them becomes text."""
    import pyarrow as pa

    columns = {}
    for name in dict.fromkeys([*first.column_names, *second.column_names]):
        parts = [
            table.column(name).combine_chunks() if name in table.column_names else None for table in (first, second)
        ]
        kinds = {part.type for part in parts if part is not None}
        if len(kinds) > 1:
            parts = [_as_text(part) for part in parts]
        kind = next(part.type for part in parts if part is not None)
        columns[name] = pa.chunked_array(
            [pa.nulls(n, kind) if part is None else part for part, n in zip(parts, lengths, strict=True)]
        )
    return pa.table(columns)


def _as_text(values: pa.Array) -> pa.Array:
    import pyarrow as pa

    return pa.array([None if value is None else str(value) for value in values.to_pylist()], pa.string())


def _beside(table: pa.Table, own: pa.Table) -> pa.Table:
    """The files' own columns after ours, renamed where a name is taken (GeoPackage names have no case)."""
    taken = {name.casefold() for name in (*table.column_names, *RESERVED)}
    for name in own.column_names:
        column = own.column(name)
        free = name
        while free.casefold() in taken:
            free = f"{free}_"
        taken.add(free.casefold())
        if _writable(column.type):
            table = table.append_column(free, column)
    return table


def _writable(kind: pa.DataType) -> bool:
    """Whether a GeoPackage has a place for the type."""
    import pyarrow as pa

    types = pa.types
    return bool(
        types.is_string(kind) or types.is_large_string(kind) or types.is_integer(kind) or types.is_floating(kind)
        or types.is_boolean(kind) or types.is_date(kind) or types.is_timestamp(kind)
    )  # fmt: skip


def _as_written(observed: FootprintLayer, ground: Ground) -> Outlines:
    from geo.hotspots.footprints.layers import lay_out

    return lay_out(observed, ground.written)


def _moved_to(outlines: Outlines, ground: Ground) -> Outlines:
    """Outlines of the comparison's frame in the one that is written."""
    if read_crs(ground.metric) == read_crs(ground.written):
        return outlines
    change = transformer(ground.metric, ground.written)
    found: Outlines = shapely.transform(outlines, lambda xy: np.column_stack(change.transform(xy[:, 0], xy[:, 1])))
    return found


def _write_layer(
    target: Path, layer: str, table: pa.Table, outlines: Outlines, crs: str, *, index: bool = True
) -> None:
    import pyarrow as pa
    import pyogrio

    kinds = shapely.get_type_id(outlines)
    mixed = bool((kinds == 6).any())
    if mixed:
        outlines = outlines.copy()
        single = np.flatnonzero(kinds == 3)
        outlines[single] = shapely.multipolygons(outlines[single], indices=np.arange(len(single)))
    wkb = pa.array(shapely.to_wkb(outlines) if len(outlines) else [], pa.binary())
    field = pa.field(GEOMETRY, pa.binary(), metadata={"ARROW:extension:name": "geoarrow.wkb"})
    pyogrio.write_arrow(
        table.append_column(field, wkb),
        target,
        driver="GPKG",
        layer=layer,
        geometry_name=GEOMETRY,
        geometry_type="MultiPolygon" if mixed else "Polygon",
        crs=crs if crs.startswith("EPSG:") else read_crs(crs).to_wkt(),
        append=target.exists(),
        SPATIAL_INDEX="YES" if index else "NO",
    )
