"""All tables that a bureau keeps for its cases, under one name each: taken as CSV, and given back as taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from geo.cases.ads import actions as ads
from geo.cases.appraisal import rules as appraisal
from geo.cases.clocks import actions as clocks
from geo.cases.codes import actions as codes
from geo.cases.codes.files import Sheet, UnknownTable, read_sheet, write_sheet
from geo.cases.codes.sheets import SHEETS
from geo.cases.hazards import rules as hazards
from geo.cases.noise import actions as noise
from geo.cases.outages import sheets as outages
from geo.cases.permits import asking as permits
from geo.cases.postures import templates
from geo.cases.regimes import actions as regimes
from geo.cases.restaurants import actions as restaurants
from geo.cases.statistics.classes import actions as classes
from geo.cases.statistics.hand import rules as told
from geo.cases.supplies import sheets as supplies
from geo.cases.surveys import sheets as surveys
from geo.cases.waste import books as waste
from geo.cases.worksites import books as worksites
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
    Room(worksites.SHEETS, worksites.save_rows, worksites.list_rows),
    Room(waste.SHEETS, waste.save_rows, waste.list_rows),
    Room(templates.SHEETS, templates.save_rows, templates.list_rows),
    Room(permits.SHEETS, permits.save_rows, permits.list_rows),
    Room(ads.SHEETS, ads.save_rows, ads.list_rows),
    Room(restaurants.SHEETS, restaurants.save_rows, restaurants.list_rows),
    Room(noise.SHEETS, noise.save_rows, noise.list_rows),
    Room(outages.SHEETS, outages.save_rows, outages.list_rows),
    Room(hazards.SHEETS, hazards.save_rows, hazards.list_rows),
    Room(supplies.SHEETS, supplies.save_rows, supplies.list_rows),
    Room(surveys.SHEETS, surveys.save_rows, surveys.list_rows),
    Room(classes.SHEETS, classes.save_rows, classes.list_rows),
    Room(told.SHEETS, told.save_rows, told.list_rows),
    Room(appraisal.SHEETS, appraisal.save_rows, appraisal.list_rows),
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
