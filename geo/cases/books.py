"""All tables that a bureau keeps for its cases, under one name each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final, Protocol

from geo.cases.clocks import actions as clocks
from geo.cases.codes import actions as codes
from geo.cases.codes.files import Sheet, UnknownTable
from geo.cases.codes.sheets import SHEETS
from geo.cases.regimes import actions as regimes

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NAMES: Final = (*SHEETS, *clocks.SHEETS, *regimes.SHEETS)


def import_table(session: Session, tenant: str, name: str, content: bytes, *, actor: str = "system") -> int:
    """Take a table, all of it or nothing; returns how many rows it has.

    Parameters
    ----------
    name
        One of :data:`NAMES`.
    content
        CSV, see :func:`geo.cases.codes.files.read_sheet`.

    Raises
    ------
    UnknownTable, TableRefused, MatrixRefused
        If there is no such table, or its rows cannot be taken.
    """
    return _of(name)[0](session, tenant, name, content, actor=actor)


def export_table(session: Session, tenant: str, name: str) -> str:
    """A table as CSV, as :func:`import_table` takes it.

    Raises
    ------
    UnknownTable
        If there is no such table.
    """
    return _of(name)[1](session, tenant, name)


class Take(Protocol):
    """Takes a table's bytes."""

    def __call__(self, session: Session, tenant: str, name: str, content: bytes, *, actor: str = ...) -> int:
        """How many rows were taken."""
        ...


Give = Callable[["Session", str, str], str]


def _of(name: str) -> tuple[Take, Give]:
    rooms: tuple[tuple[Mapping[str, Sheet], Take, Give], ...] = (
        (SHEETS, codes.import_table, codes.export_table),
        (clocks.SHEETS, clocks.import_table, clocks.export_table),
        (regimes.SHEETS, regimes.import_table, regimes.export_table),
    )
    for sheets, take, give in rooms:
        if name in sheets:
            return take, give
    raise UnknownTable("codes.unknown_table", table=name, known=", ".join(NAMES))
