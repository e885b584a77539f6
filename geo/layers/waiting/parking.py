"""Which rows of a batch wait for a place instead of being refused, and what is kept of them."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import orjson

from geo.layers.plain_columns import as_text, half_width
from geo.layers.reporters import person_columns
from geo.layers.reports import ImportOptions, Reject

if TYPE_CHECKING:
    from geo.layers.batches import RawBatch
    from geo.layers.checks import Door

PLACELESS: Final = frozenset({"reject.no_geometry", "reject.zero", "reject.empty"})
"""Reasons that say that a row has no place, and nothing else against it."""

OF_ONE_IMPORT: Final = ("batch_rows", "source", "encoding", "layer")


def park(
    door: Door, batch: RawBatch, rejects: list[Reject], options: ImportOptions, file: str
) -> tuple[list[Reject], list[dict[str, Any]]]:
    """Part the refused rows into those that are refused, and those that wait to be put on the map.

    Parameters
    ----------
    rejects
        Of this batch.
    options
        With ``address`` in the mapping; without it nothing waits.

    Returns
    -------
    tuple
        Rejects, and rows as :func:`geo.layers.waiting.queries.add_waiting` takes them; columns about persons are not
        among their cells.
    """
    column = options.mapping.get("address")
    if column is None or column not in batch.columns.column_names:
        return rejects, []
    at_row = {reject.row: reject for reject in rejects if reject.reason in PLACELESS}
    if not at_row:
        return rejects, []
    at = np.flatnonzero(np.isin(batch.rows, list(at_row)))
    there = batch.columns.take(at)
    places = as_text(there.column(column)).to_pylist()
    keys = half_width(as_text(there.column(door.key))).to_pylist() if door.key else [None] * len(at)
    persons = {*person_columns(list(batch.columns.column_names)), *(door.reporters.columns if door.reporters else ())}
    kept = {**_kept(options), "key": door.key}
    parked: list[dict[str, Any]] = []
    cells = there.drop_columns([name for name in there.column_names if name in persons and name != column]).to_pylist()
    for number, place, key, row in zip(batch.rows[at].tolist(), places, keys, cells, strict=True):
        if place is None:
            continue
        told = {name: str(value) for name, value in row.items() if value not in (None, "")}
        made = key or hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
        del at_row[number]
        parked.append({"row_key": made, "file_name": file, "row": number, "place_text": place[:400], "cells": told,
                       "options": kept})  # fmt: skip
    rows = {one["row"] for one in parked}
    return [reject for reject in rejects if reject.row not in rows], parked


def _kept(options: ImportOptions) -> dict[str, Any]:
    """How the file was read, less what is about its coordinates: a person places in the county's own."""
    said = dataclasses.asdict(options)
    for name in (*OF_ONE_IMPORT, "crs", "offset", "swap", "control", "solution", "as_is"):
        said.pop(name)
    places = ("lon", "lat", "wkt", "address")
    said["mapping"] = {name: column for name, column in options.mapping.items() if name not in places}
    return {name: dict(value) if isinstance(value, Mapping) else value for name, value in said.items()}
