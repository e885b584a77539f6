"""A small file as one frame, for work on files: read by the same child, in the same formats, as an import."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from geo.crs import MAX_LATITUDE, STORAGE
from geo.layers.reports import FileRefused, ImportOptions

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

EVERYWHERE = (-180.0, -MAX_LATITUDE, 180.0, MAX_LATITUDE)


def read_whole(path: Path, options: ImportOptions | None = None) -> tuple[GeoDataFrame, Counter[str]]:
    """All rows of a file with a usable geometry.

    Parameters
    ----------
    path
        Anything the importer reads but OSM.
    options
        CRS, declared offset, encoding, layer of the file.

    Returns
    -------
    tuple
        The file's own columns and ``geometry`` in EPSG:4490, index ``row`` (record number from 1), in the file's
        order; and how many rows were left out by reason code.

    Raises
    ------
    FileRefused, FileTooHeavy, UnknownCrs
        If the file as a whole cannot be taken, or no row of it can.
    """
    import numpy as np
    import pandas
    import pyarrow as pa
    from geopandas import GeoDataFrame

    from geo.layers.places import Frame, place
    from geo.layers.readers.parent import open_file

    options = options or ImportOptions()
    rows, shapes, tables = [], [], []
    left_out: Counter[str] = Counter()
    with open_file(path, options) as raw:
        frame, columns = Frame(raw.crs, options.offset, options.swap), raw.columns
        for batch in raw.batches():
            flaws = batch.flaws.copy()
            blank = np.array([one is None for one in batch.geometry], dtype=bool) & (flaws == None)  # noqa: E711
            flaws[blank] = "reject.no_geometry"
            geometry = batch.geometry.copy()
            geometry[flaws != None] = None  # noqa: E711
            stored, reasons = place(geometry, frame, EVERYWHERE, reaches_out=True)
            reasons[flaws != None] = flaws[flaws != None]  # noqa: E711
            good = reasons == None  # noqa: E711
            left_out.update(str(code).partition(":")[0] for code in reasons[~good])
            rows.append(batch.rows[good])
            shapes.append(stored[good])
            tables.append(batch.columns.filter(pa.array(good)))
    if not sum(map(len, rows)):
        raise FileRefused("layers.no_usable_row", file=path.name)
    table = pa.concat_tables(tables, promote_options="permissive").select(columns)
    index = pandas.Index(np.concatenate(rows), name="row")
    attributes = pandas.DataFrame({name: table.column(name).to_pandas().to_numpy() for name in columns}, index=index)
    return GeoDataFrame(attributes, geometry=np.concatenate(shapes), crs=STORAGE), left_out
