"""What a frame that passes a room's door must look like, checked once so that nobody inside has to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from geo.errors import Invalid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

KINDS = {"text": "OU", "whole": "iu", "number": "iuf", "flag": "b", "instant": "M", "any": ""}
"""Column kinds by the letters of NumPy's dtype kinds that may stand for them; ``any`` is unchecked."""


class FrameBroken(Invalid):
    """A frame lacks a column, or holds what its contract rules out; the facts say what and where."""


@dataclass(frozen=True, slots=True)
class FrameContract:
    """Columns, geometry types and CRS a frame must have.

    Parameters
    ----------
    name
        What the frame is called in errors.
    columns
        Column name to kind: ``text``, ``whole``, ``number``, ``flag``, ``instant`` (timezone-aware) or ``any``.
    geometry_types
        Allowed geometry types; empty for a frame without geometry.
    srid
        EPSG code the frame must be in; None for any known CRS.
    metric
        Whether the CRS must be projected in metres.
    filled
        Columns without missing values.
    """

    name: str
    columns: Mapping[str, str] = field(default_factory=dict)
    geometry_types: tuple[str, ...] = ()
    srid: int | None = None
    metric: bool = False
    filled: tuple[str, ...] = ()


def check_frame(frame: DataFrame | GeoDataFrame, contract: FrameContract) -> None:
    """Raise unless ``frame`` keeps ``contract``; an empty frame needs its columns and CRS all the same.

    Raises
    ------
    FrameBroken
        On the first breach; facts: frame, column, what is expected, what was found.
    geo.crs.NotMetric
        If the contract asks for metres and the CRS has none.
    """
    for column, kind in contract.columns.items():
        if column not in frame.columns:
            raise FrameBroken("frames.column_missing", frame=contract.name, column=column)
        found = frame[column].dtype
        letters = KINDS[kind]
        if letters and found.kind not in letters and len(frame):
            raise FrameBroken("frames.column_kind", frame=contract.name, column=column, expected=kind, found=str(found))
        if kind == "instant" and len(frame) and getattr(found, "tz", None) is None:
            raise FrameBroken("frames.column_kind", frame=contract.name, column=column, expected=kind, found=str(found))
    for column in contract.filled:
        if frame[column].isna().any():
            row = int(frame[column].isna().to_numpy().argmax())
            raise FrameBroken("frames.value_missing", frame=contract.name, column=column, row=row)
    if contract.geometry_types or contract.srid or contract.metric:
        _check_geometry(frame, contract)


def plain_rows(frame: DataFrame) -> list[dict[str, Any]]:
    """Rows as JSON has them: nothing where nothing is, and whole numbers whole.

    Parameters
    ----------
    frame
        Without geometry.

    Examples
    --------
    >>> import pandas
    >>> plain_rows(pandas.DataFrame({"seq": [1.0, None], "km": [0.5, 2.0]}))
    [{'seq': 1, 'km': 0.5}, {'seq': None, 'km': 2.0}]
    """
    whole = [name for name in frame.select_dtypes("float") if (frame[name].dropna() % 1 == 0).all()]
    plain = frame.astype(dict.fromkeys(whole, "Int64")).astype(object)
    rows = plain.where(frame.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _check_geometry(frame: DataFrame | GeoDataFrame, contract: FrameContract) -> None:
    from geopandas import GeoDataFrame

    from geo.crs import require_metric

    if not isinstance(frame, GeoDataFrame):
        raise FrameBroken("frames.column_missing", frame=contract.name, column="geometry")
    found = frame.crs.to_epsg() if frame.crs else None
    if frame.crs is None or (contract.srid is not None and found != contract.srid):
        raise FrameBroken("frames.crs", frame=contract.name, expected=contract.srid or "-", found=found or "-")
    if contract.metric:
        require_metric(frame)
    types = set(frame.geometry.geom_type.dropna()) - set(contract.geometry_types)
    if contract.geometry_types and (types or frame.geometry.isna().any()):
        raise FrameBroken(
            "frames.geometry",
            frame=contract.name,
            expected=", ".join(contract.geometry_types),
            found=", ".join(sorted(types)) or "-",
        )
