"""Propose where a waiting row is, put it where a person says, or write down why it has no place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from geo.cases.complaints.scrub import scrub
from geo.cases.places.actions import locate_text
from geo.cases.places.match import Candidate
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import check_point
from geo.layers.waiting import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database


class UnknownRow(NotFound):
    """No row of that number waits to be put on the map."""


class RowDecided(Conflict):
    """The row was placed or refused already; the facts say which."""


class RowUnfit(Invalid):
    """Something else is wrong with the row than its place; the facts say what, and it goes on waiting."""


class NoteMissing(Invalid):
    """A row is not set aside without a reason."""


def get_waiting(session: Session, tenant: str, row_id: int) -> dict[str, Any]:
    """A row with how its file was read.

    Raises
    ------
    UnknownRow
        If there is none.
    """
    found = queries.find_waiting(session, tenant, row_id)
    if found is None:
        raise UnknownRow("waiting.unknown", row=row_id)
    return found


def propose(session: Session, tenant: str, row_id: int, most: int = 5) -> list[Candidate]:
    """The places that a row's words may mean, the surest first; nobody takes one but a person.

    Raises
    ------
    UnknownRow
        If there is none.
    """
    return locate_text(session, tenant, get_waiting(session, tenant, row_id)["place_text"], most)


def place(database: Database, tenant: str, row_id: int, lon: float, lat: float, *, actor: str) -> None:
    """Put a row where a person says it is; it goes into its layer through the same checks as the file it came with.

    Parameters
    ----------
    lon, lat
        Degrees, EPSG:4490.

    Raises
    ------
    UnknownRow, RowDecided
        If it is not there or decided already.
    Swapped, OffTheMap
        If the point cannot be.
    RowUnfit
        If the row cannot be taken for another reason.
    """
    import shapely
    from geopandas import GeoDataFrame

    from geo.layers.actions import take_frame
    from geo.layers.reports import ImportOptions

    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        row = _open_row(session, tenant, row_id)
    check_point(county, lon, lat)
    frame = GeoDataFrame([row["cells"]], geometry=[shapely.Point(lon, lat)], crs=4490)
    there = set(row["cells"])
    said = dict(row["options"])
    said["mapping"] = {name: column for name, column in said["mapping"].items() if column in there}
    if said["key"] is None or said["key"] not in there:
        frame["source_key"], said["key"] = row["row_key"], "source_key"
    report = take_frame(database, tenant, row["layer"], frame, ImportOptions(**said, source=row["source"]))
    if report.rejected:
        why = report.rejected[0]
        raise RowUnfit(why.reason, **{"field": why.field, **why.facts, "waiting": row_id})
    with database.begin(tenant) as session:
        _decide(session, tenant, row_id, "placed", lon, lat, "", actor)


def refuse(session: Session, tenant: str, row_id: int, note: str, *, actor: str) -> None:
    """Write down why a row gets no place.

    Raises
    ------
    UnknownRow, RowDecided, NoteMissing
        If it is not there, decided already, or no reason is given.
    """
    if not note.strip():
        raise NoteMissing("waiting.note_needed")
    _open_row(session, tenant, row_id)
    _decide(session, tenant, row_id, "refused", None, None, scrub(note)[:400], actor)


def _open_row(session: Session, tenant: str, row_id: int) -> dict[str, Any]:
    row = get_waiting(session, tenant, row_id)
    if row["state"] != "waiting":
        raise RowDecided("waiting.decided", row=row_id, state=row["state"])
    return row


def _decide(
    session: Session, tenant: str, row_id: int, state: str, lon: float | None, lat: float | None, note: str, actor: str
) -> None:
    if not queries.decide(session, tenant, row_id, state, lon, lat, note, actor):
        raise RowDecided("waiting.decided", row=row_id, state=state)
    write_change(session, tenant, f"waiting_place.{state}", facts={"row": row_id}, actor=actor)
