"""Keep the counts in cells true: after each change the cells it touches are counted anew, from the rows themselves.

Nothing of this is needed for a tile to be right. A tile reads the cells that are kept, counts what changed since
from the rows, and where too much changed, or nothing is kept, counts all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Final

from geo.layers.register import KINDS, LayerKind
from geo.tiles.cells import queries
from geo.tiles.cells.grid import Cell, Patch, above, finest, patch_of
from geo.tiles.cells.queries import Change, Mark

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

LARGE: Final = 50_000
"""From so many rows in a county on a layer's cells are kept; fewer are counted within some 60 ms."""

MOST_CELLS: Final = 4_096
"""So many changed cells are counted one by one; more mean that all are."""

MOST_CHANGES: Final = 1_000
"""More changes at once mean that all cells are counted anew."""

QUIET_S: Final = 2.0
"""All cells of a layer are counted anew only once nobody has written to it for so long: an import has many parts."""

LONGEST_S: Final = 60.0
"""They are all the same when they were last counted so long ago: somebody may never be quiet."""

BEHIND: Final = 200
"""A mark so far behind the newest change is moved on though nothing touched its layer: tiles read what lies between."""

THIN: Final[tuple[LayerKind, ...]] = tuple(kind for kind in KINDS if kind.thin and kind.minzoom > 0)


def follow(session: Session, tenant: str, large: int = LARGE, quiet_s: float = QUIET_S) -> bool:
    """Bring the cells of all large layers of a county up to date.

    Parameters
    ----------
    large
        Rows from which on a layer's cells are kept; once kept they are followed whatever happens to the layer.
    quiet_s
        How long nobody may have written before all cells of a layer are counted anew.

    Returns
    -------
    bool
        Whether something was put off, so that it should be asked again in a second.

    Notes
    -----
    The mark is set to what the change log said before anything was counted. What is committed meanwhile has a later
    number or none, so it is counted again the next time, which changes nothing.
    """
    if not queries.try_lock(session, tenant):
        return True
    seq = queries.head(session, tenant)
    marks, sizes = find_standing(session, tenant)
    waits = False
    for kind in THIN:
        mark = marks.get(kind.name)
        if mark is None and sizes.get(kind.name, 0) < large:
            continue
        waits = _follow_one(session, tenant, kind, mark, seq, quiet_s) or waits
    return waits


def find_standing(session: Session, tenant: str) -> tuple[Mapping[str, Mark], Mapping[str, int]]:
    """Marks of the layers whose cells are kept for what the register counts now, and how many rows layers have."""
    names = [kind.name for kind in THIN]
    marks = queries.find_marks(session, tenant, names)
    right = {kind.name for kind in THIN if kind.name in marks and marks[kind.name].parts == queries.parts_of(kind)}
    return {name: marks[name] for name in right}, queries.find_sizes(session, tenant, names)


def recount(session: Session, tenant: str, kind: LayerKind) -> None:
    """Count all cells of a layer anew; doing it again changes nothing."""
    seq = queries.head(session, tenant)
    queries.forget(session, tenant, kind.name)
    _count(session, tenant, kind, None)
    queries.set_mark(session, tenant, kind, seq)


def follow_everywhere(database: Database) -> bool:
    """Follow in every county; returns whether something was put off."""
    from geo.db.counties import list_counties

    waits = False
    for county in list_counties(database):
        with database.begin(county.code) as session:
            waits = follow(session, county.code) or waits
    return waits


def touched(changes: Sequence[Change], kind: LayerKind) -> list[Patch] | None:
    """The finest cells that changes may have touched; None where one of them says no box."""
    zoom = finest(kind.minzoom)
    patches = [None if change.box is None else patch_of(change.box, zoom) for change in changes]
    return None if None in patches else [patch for patch in patches if patch is not None]


def _follow_one(session: Session, tenant: str, kind: LayerKind, mark: Mark | None, seq: int, quiet_s: float) -> bool:
    after = seq if mark is None else mark.seq
    changes = queries.list_changes(session, tenant, kind.name, after, MOST_CHANGES + 1)
    if mark is not None and not changes:
        if seq - mark.seq > BEHIND:
            queries.set_mark(session, tenant, kind, seq)
        return False
    cells = None if mark is None else _few(touched(changes, kind), len(changes))
    if cells is None:
        newest = min((change.age_s for change in changes), default=quiet_s)
        if newest < quiet_s and (mark is None or mark.age_s < LONGEST_S):
            return True
        queries.forget(session, tenant, kind.name)
    _count(session, tenant, kind, cells)
    queries.set_mark(session, tenant, kind, seq)
    return False


def _few(patches: Sequence[Patch] | None, changes: int) -> list[Cell] | None:
    """The cells of patches, each once, in order; None for too many."""
    if patches is None or changes > MOST_CHANGES or sum(patch.size for patch in patches) > MOST_CELLS:
        return None
    return sorted({cell for patch in patches for cell in patch.cells()})


def _count(session: Session, tenant: str, kind: LayerKind, cells: Sequence[Cell] | None) -> None:
    """Count the finest cells from the rows and add them up to zoom 0; None for all, which must have been forgotten."""
    for z in range(finest(kind.minzoom), -1, -1):
        if cells is not None:
            queries.clear(session, tenant, kind.name, z, cells)
        if z == finest(kind.minzoom):
            queries.count_rows(session, tenant, kind, z, cells)
        else:
            queries.add_up(session, tenant, kind, z, cells)
        cells = None if cells is None else above(cells)
