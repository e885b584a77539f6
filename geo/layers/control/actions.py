"""Solve a local frame from a table of control points, and keep it for the files that are in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import NotFound
from geo.layers.control import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.layers.control.solving import Method

LIMIT_M: Final = 0.5
"""A control point further off than this is wrong, or the frame is no plane; half a metre at 1:1000."""


class UnknownControl(NotFound):
    """There is no set of control points of that name; the facts list those there are."""


def set_control(
    session: Session, tenant: str, name: str, path: Path, method: Method = "helmert", *, crs: str = "EPSG:4490",
    limit_m: float = LIMIT_M, actor: str = "system",
) -> dict[str, Any]:  # fmt: skip
    """Solve from a file of control points and keep the solution under a name.

    Parameters
    ----------
    crs
        Of the given coordinates: degrees, or metres of a projection. They are brought to the county's plane.
    limit_m
        A point may be off by this much.

    Returns
    -------
    dict
        As :func:`get_control` gives it, with the residuals of every point.

    Raises
    ------
    PairsBroken, FileRefused, UnknownCrs
        If the table cannot be read.
    ControlRefused
        If nothing can be solved, or a point is off by more than the limit; nothing is kept then.
    """
    import numpy as np

    from geo.crs import same_degrees, transformer
    from geo.layers.control.files import read_pairs
    from geo.layers.control.solving import check_limit, solve

    county = get_county(session, tenant)
    pairs = read_pairs(path)
    came = "EPSG:4490" if same_degrees(crs) else crs
    east, north = transformer(came, county.metric_srid).transform(pairs.given[:, 0], pairs.given[:, 1])
    plane = np.column_stack([east, north])
    found = solve(pairs.local, plane, method)
    check_limit(found, limit_m, pairs.names)
    kept = [
        {
            "name": pairs.names[at], "local_x": pairs.local[at, 0], "local_y": pairs.local[at, 1], "x": plane[at, 0],
            "y": plane[at, 1], "off_x_m": round(found.residuals[at, 0], 4), "off_y_m": round(found.residuals[at, 1], 4),
            "off_m": round(found.distances_m[at], 4),
        }
        for at in range(len(pairs.names))
    ]  # fmt: skip
    values = {
        "name": name, "method": method, "srid": county.metric_srid, "pairs": kept, "parameters": list(found.parameters),
        "rms_m": found.rms_m, "limit_m": limit_m, "actor": actor,
    }  # fmt: skip
    queries.set_control(session, tenant, values)
    facts = {"name": name, "method": method, "points": len(kept), "rms_m": round(found.rms_m, 4)}
    write_change(session, tenant, "control.set", facts=facts, actor=actor)
    return {**get_control(session, tenant, name), "spare": found.spare}


def get_control(session: Session, tenant: str, name: str) -> dict[str, Any]:
    """A set of control points with its solution.

    Raises
    ------
    UnknownControl
        If there is none of that name.
    """
    found = queries.list_controls(session, tenant, name)
    if not found:
        known = ", ".join(one["name"] for one in queries.list_controls(session, tenant)) or "-"
        raise UnknownControl("control.unknown", name=name, known=known)
    return found[0]


def control_option(session: Session, tenant: str, name: str) -> dict[str, Any]:
    """The solution as an import takes it: everything that changes what coordinates become.

    Raises
    ------
    UnknownControl
        If there is none of that name.
    """
    found = get_control(session, tenant, name)
    return {"name": name, "srid": found["srid"], "parameters": found["parameters"], "rms_m": found["rms_m"]}
