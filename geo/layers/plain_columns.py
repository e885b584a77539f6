"""Text and numbers from a file's column, a whole column at once, without the weight of pandas or SQLAlchemy.

Every function takes n values and returns n values with null where one is empty or cannot be read.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Mask = NDArray[np.bool_]
WIDE = "[！-～　]"
"""Letters of double width that have a plain one."""

Converted = tuple[pa.Array, Mask]
"""The typed column, and which values cannot be read."""


def as_text(column: pa.Array) -> pa.Array:
    """Any column as trimmed text; empty and blank become null."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    if pa.types.is_null(column.type):
        return pa.nulls(len(column), pa.string())
    if pa.types.is_floating(column.type):
        whole = pc.and_(pc.is_finite(column), pc.less(pc.abs(column), 1e15))
        whole = pc.and_(whole, pc.equal(pc.trunc(column), column))
        plain = pc.cast(column, pa.string())
        short = pc.cast(pc.cast(pc.if_else(whole, column, 0.0), pa.int64()), pa.string())
        return pc.if_else(pc.fill_null(whole, False), short, plain)
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        if pa.types.is_nested(column.type) or pa.types.is_binary(column.type):
            values = [None if v is None else str(v) for v in column.to_pylist()]
            return pa.array(values, pa.string())
        column = pc.cast(column, pa.string())
    if pa.types.is_large_string(column.type):
        column = pc.cast(column, pa.string())
    trimmed = pc.utf8_trim_whitespace(column)
    return pc.if_else(pc.equal(trimmed, ""), pa.scalar(None, pa.string()), trimmed)


def half_width(text: pa.Array) -> pa.Array:
    """Text with full-width digits, letters and signs made half-width, and spaces around dropped; others as they are.

    Examples
    --------
    >>> half_width(pa.array(["１１８．５　", "A-1", None])).to_pylist()
    ['118.5', 'A-1', None]
    """
    if not pc.any(pc.match_substring_regex(text, WIDE)).as_py():
        return text
    return as_text(pc.utf8_normalize(text, form="NFKC"))


def to_text(column: pa.Array) -> Converted:
    """Text without NUL characters, which PostgreSQL cannot hold."""
    text = as_text(column)
    bad = mask(pc.match_substring(text, "\0"))
    return blank(text, bad), bad


def to_number(column: pa.Array) -> Converted:
    """Finite numbers; a comma between digits is a decimal comma unless it groups thousands.

    Examples
    --------
    >>> to_number(pa.array(["1,5", "1,234.5", "-2e3", "", "many", "inf"]))[0].to_pylist()
    [1.5, 1234.5, -2000.0, None, None, None]
    """
    if pa.types.is_floating(column.type) or pa.types.is_integer(column.type):
        number = pc.cast(column, pa.float64(), safe=False)
        bad = mask(pc.invert(pc.is_finite(number)))
        return blank(number, bad), bad
    text = half_width(as_text(column))
    if (pc.sum(pc.match_substring(text, ",")).as_py() or 0) > 0:
        text = pc.replace_substring_regex(text, r"^([+-]?\d+),(\d+)$", r"\1.\2")
        grouped = pc.match_substring_regex(text, r"^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$")
        text = pc.if_else(grouped, pc.replace_substring(text, ",", ""), text)
    plain = pc.match_substring_regex(text, r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?$")
    readable = pc.if_else(plain, pc.replace_substring_regex(text, r"^\+", ""), pa.scalar(None, pa.string()))
    number = pc.cast(readable, pa.float64())
    bad = mask(pc.is_valid(text)) & ~mask(pc.is_finite(number))
    return blank(number, bad), bad


def mask(flags: pa.Array) -> Mask:
    """Arrow flags as a NumPy mask; null counts as False."""
    found: Mask = pc.fill_null(flags, False).to_numpy(zero_copy_only=False).astype(bool)
    return found


def blank(column: pa.Array, bad: Mask) -> pa.Array:
    """The column with null where ``bad``."""
    return pc.if_else(pa.array(bad), pa.scalar(None, column.type), column) if bad.any() else column
