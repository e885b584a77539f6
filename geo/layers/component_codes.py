"""The 16-digit code of a component (GB/T 30428.2): county 6, large class 2, small class 2, serial number 6."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from typing import Final

CODES: Final = Path(__file__).resolve().parents[2] / "data" / "codes" / "components.csv"
SHAPE: Final = re.compile(r"[0-9]{16}")
FIRST_EXTENSION: Final = 80
"""Small classes that a city adds count down from 99; those of the standard stand in its list."""


@cache
def standard_classes() -> frozenset[str]:
    """Classes of the standard's list as ``C01-01``.

    Examples
    --------
    >>> "C01-37" in standard_classes(), "C09-01" in standard_classes()
    (True, False)
    """
    with CODES.open(encoding="utf-8", newline="") as file:
        return frozenset(row["code"] for row in csv.DictReader(file))


def class_of(code: str) -> str:
    """The class that a code says.

    Examples
    --------
    >>> class_of("3205080101000001")
    'C01-01'
    """
    return f"C{code[6:8]}-{code[8:10]}"


def fault_of(code: str, county: str) -> str | None:
    """Why a code cannot be a component's of a county; None if it can.

    Parameters
    ----------
    county
        Six digits.

    Returns
    -------
    str or None
        ``reject.component_shape``, ``reject.component_county``, ``reject.component_class`` or
        ``reject.component_serial``.

    Notes
    -----
    A class must stand in the standard's list, or be an extension of one of its large classes (small class 80 to 99).
    A code of a newer profile with other widths has 16 digits too; it is refused where its class cannot be read so.

    Examples
    --------
    >>> fault_of("3205080101000001", "320508"), fault_of("3205080199000001", "320508")
    (None, None)
    >>> fault_of("320508010100001", "320508"), fault_of("3205080101000001", "530523")
    ('reject.component_shape', 'reject.component_county')
    >>> fault_of("3205080902000001", "320508"), fault_of("3205080101000000", "320508")
    ('reject.component_class', 'reject.component_serial')
    """
    if not SHAPE.fullmatch(code):
        return "reject.component_shape"
    if code[:6] != county:
        return "reject.component_county"
    known = standard_classes()
    large = {one[:3] for one in known}
    if class_of(code) not in known and (class_of(code)[:3] not in large or int(code[8:10]) < FIRST_EXTENSION):
        return "reject.component_class"
    return "reject.component_serial" if int(code[10:]) == 0 else None
