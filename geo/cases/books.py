"""All tables that a bureau keeps for its cases, under one name each: taken as CSV, and given back as taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.cases.clocks import actions as clocks
from geo.cases.codes import actions as codes
from geo.cases.codes.files import Sheet, UnknownTable, read_sheet, write_sheet
from geo.cases.codes.sheets import SHEETS
from geo.cases.regimes import actions as regimes
from geo.db.changes import write_change

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

Rows = Sequence[dict[str, Any]]


class Room(NamedTuple):
    """Tables of one room: their columns, how rows are saved (with whose word it is), and how they are read."""

    sheets: Mapping[str, Sheet]
    save: Callable[[Session, str, str, Rows, str], None]
    rows: Callable[[Session, str, str], Rows]


ROOMS: Final = (
    Room(SHEETS, codes.save_rows, codes.list_rows),
    Room(clocks.SHEETS, clocks.save_rows, clocks.list_rows),
    Room(regimes.SHEETS, regimes.save_rows, regimes.list_rows),
)
NAMES: Final = tuple(name for room in ROOMS for name in room.sheets)


def import_table(session: Session, tenant: str, name: str, content: bytes, *, actor: str = "system") -> int:
    """Take a table, all of it or nothing; returns how many rows it has.

    Parameters
    ----------
    name
        One of :data:`NAMES`. A matrix replaces the whole; rows of other tables add to what there is, and change rows
        of the same key.
    content
        CSV, see :func:`geo.cases.codes.files.read_sheet`.

    Raises
    ------
    UnknownTable
        If there is no such table.
    TableRefused
        If any row is bad; the facts name rows, fields and values.
    MatrixRefused
        If the matrix leaves a code somewhere without an owner, or gives it two.
    """
    room = _room_of(name)
    rows = read_sheet(room.sheets[name], content)
    room.save(session, tenant, name, rows, actor)
    write_change(session, tenant, "case_table.imported", facts={"table": name, "rows": len(rows)}, actor=actor)
    return len(rows)


def export_table(session: Session, tenant: str, name: str) -> str:
    """A table as CSV, as :func:`import_table` takes it.

    Raises
    ------
    UnknownTable
        If there is no such table.
    """
    room = _room_of(name)
    return write_sheet(room.sheets[name], room.rows(session, tenant, name))


def _room_of(name: str) -> Room:
    for room in ROOMS:
        if name in room.sheets:
            return room
    raise UnknownTable("codes.unknown_table", table=name, known=", ".join(NAMES))
