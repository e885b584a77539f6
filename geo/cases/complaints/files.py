"""Complaints from CSV and Excel: every row taken, known, or refused with its field and mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.cases.complaints import queries
from geo.cases.complaints.bulk.keys import Met
from geo.cases.complaints.bulk.queries import has_any
from geo.cases.complaints.bulk.storing import store_lot
from geo.cases.complaints.intake import Door, open_door, set_source
from geo.cases.complaints.orders import NAMES, Fault, FieldMap, body_digest
from geo.cases.places.gazetteer import Gazetteer
from geo.cases.places.queries import load_names
from geo.cases.spreadsheets.reading import Lot, find_columns, open_table
from geo.layers.readers.ahead import ahead

if TYPE_CHECKING:
    from geo.cases.complaints.bulk.preparing import Prepared
    from geo.db.engine import Database

LOT: Final = 10_000
MANY_ROWS: Final = 1_000
"""A file that brought so many leaves the statistics behind."""

KEPT_FAULTS: Final = 1_000
"""Faults listed in a report; each is in the receipt log besides."""

Progress = Callable[[int], None]


@dataclass(slots=True)
class FileReport:
    """What became of a file's rows; ``rows`` is the sum of the four others."""

    rows: int = 0
    accepted: int = 0
    unchanged: int = 0
    different: int = 0
    rejected: int = 0
    waiting: int = 0
    """Of those accepted not on the map yet."""
    columns: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def as_json(self) -> dict[str, object]:
        """For jobs and ``--json``."""
        names = ("rows", "accepted", "unchanged", "different", "rejected", "waiting")
        counts = {name: getattr(self, name) for name in names}
        return {**counts, "columns": dict(self.columns), "faults": [one.as_json() for one in self.faults[:KEPT_FAULTS]]}


def import_file(
    database: Database, tenant: str, path: Path, source: str, channel: str, *, said: Mapping[str, str] | None = None,
    offset: str | None = None, sheet: str | None = None, progress: Progress | None = None, actor: str = "system",
) -> FileReport:  # fmt: skip
    """Take the complaints of a file. Reading it again changes nothing; a killed import is run again from its start.

    Parameters
    ----------
    source
        Data set the rows' numbers belong to; its mapping is kept for the next file.
    channel
        Of rows that name none.
    said
        Our field → column; other columns are found by their names.
    offset
        ``gcj02`` or ``bd09`` if the coordinates are shifted.
    progress
        Called with the rows done after each lot; raising :class:`geo.errors.Cancelled` stops between lots.

    Raises
    ------
    FileRefused, ColumnMissing, MappingBroken
        If the file as a whole cannot be taken.
    """
    report = FileReport()
    with open_table(path, sheet) as table:
        report.columns = find_columns(table.header, NAMES, ("content",), said)
        mapping = FieldMap(report.columns, offset=offset)
        with database.begin(tenant) as session:
            set_source(session, tenant, source, channel, mapping, actor=actor)
            names = Gazetteer(load_names(session, tenant))
            door = open_door(session, tenant, database.settings.home, names)
            met = Met(has_any(session, tenant, source))
        for lot in ahead(_read(database, tenant, source, door, mapping, channel, table.lots(LOT), met)):
            with database.begin(tenant) as session:
                taken = store_lot(session, tenant, door, source, lot.prepared, actor=actor)
                if lot.faulty:
                    queries.add_receipts(session, tenant, source, _refusals(door, lot.faulty), actor)
            _count(report, lot.rows, taken, [faults for _, faults in lot.faulty])
            if progress:
                progress(report.rows)
    with database.begin(tenant) as session:
        report.waiting = queries.count_waiting(session, tenant, source)
    if report.accepted >= MANY_ROWS:
        with database.begin_as_owner() as session:
            queries.refresh_statistics(session)
    return report


@dataclass(frozen=True, slots=True)
class _Lot:
    """Rows as they are read: what can be taken, and cells with faults of the others."""

    rows: int
    prepared: Prepared
    faulty: Sequence[tuple[Mapping[str, str], list[Fault]]]


def _read(
    database: Database, tenant: str, source: str, door: Door, mapping: FieldMap, channel: str, lots: Iterator[Lot],
    met: Met,
) -> Iterator[_Lot]:  # fmt: skip
    """Lots of rows, read and made ready while the one before is being stored."""
    from geo.cases.complaints.bulk.columns import read_columns
    from geo.cases.complaints.bulk.preparing import prepare_lot

    for lot in lots:
        columns, faults = read_columns(lot.numbers, lot.cells, mapping, channel, door.county, door.now)
        faulty = [({name: column[at] for name, column in lot.cells.items()}, one) for at, one in faults]
        with database.begin(tenant) as session:
            prepared = prepare_lot(session, tenant, door, source, columns, met)
        yield _Lot(len(lot.numbers), prepared, faulty)


def _refusals(door: Door, faulty: Sequence[tuple[Mapping[str, str], list[Fault]]]) -> list[dict[str, Any]]:
    """Receipts of rows that cannot be taken."""
    hashes = door.secrets.match_hashes("order", [body_digest(cells) for cells, _ in faulty])
    return [
        {
            "external_id": None, "body_hash": body_hash, "outcome": "rejected", "complaint_id": None,
            "reasons": [one.as_json() for one in faults],
        }
        for body_hash, (_, faults) in zip(hashes, faulty, strict=True)
    ]  # fmt: skip


def _count(report: FileReport, rows: int, outcomes: list[str], faulty: list[list[Fault]]) -> None:
    report.rows += rows
    for outcome in ("accepted", "unchanged", "different"):
        setattr(report, outcome, getattr(report, outcome) + outcomes.count(outcome))
    report.rejected += len(faulty)
    report.faults += [one for faults in faulty for one in faults]
