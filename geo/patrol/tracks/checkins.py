"""Check-ins: somebody says "here" at a stop; one outside the place is kept and marked, none is ever changed."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.crs import STORAGE, transformer
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Forbidden, Invalid, NotFound
from geo.patrol.tracks import queries
from geo.patrol.tracks.points import AHEAD
from geo.patrol.tracks.take import UidTaken, UnknownOwner, keep_days, shift_spans
from geo.patrol.tracks.where import stop_area

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HELP_M: Final = 30
"""At most so much of a receiver's own accuracy speaks for it at the edge of a place."""


class UnknownStop(NotFound):
    """The shift's plan has no such team or stop."""


class BadCheckin(Invalid):
    """A check-in that cannot be: its time or position."""


class OffShift(Forbidden):
    """Somebody who is not on this shift cannot check in on it: positions are kept only of people on shift."""


@dataclass(frozen=True, slots=True)
class Checkin:
    """What a phone sends.

    Parameters
    ----------
    uid
        Made by the client; sending the same again changes nothing.
    staff
        Staff number.
    lon, lat, accuracy_m
        EPSG:4490; none where the phone has no position.
    note
        Why it is late, short, or not done.
    """

    uid: uuid.UUID
    on_date: dt.date
    shift_code: str
    team: str
    stop: str
    staff: str
    at: dt.datetime
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    note: str | None = None


def check_in(
    session: Session, tenant: str, checkin: Checkin, *, actor: str = "system", now: dt.datetime | None = None
) -> tuple[queries.CheckinRow, bool]:
    """Keep a check-in once; the row, and whether it had been there before.

    Raises
    ------
    UnknownOwner, UnknownStop, OffShift, BadCheckin, UidTaken
        If it cannot be one.
    """
    queries.lock_uid(session, checkin.uid)
    if before := queries.find_receipt(session, checkin.uid):
        row = queries.get_checkin(session, before[1], before[2]) if before[0] == "checkin" else None
        if row is None:
            raise UidTaken("tracks.uid_taken", uid=str(checkin.uid))
        return row, True
    county = get_county(session, tenant)
    now = now or dt.datetime.now(dt.UTC)
    owner = queries.find_owner(session, "staff", checkin.staff)
    if owner is None:
        raise UnknownOwner("tracks.unknown_staff", owner=checkin.staff)
    _check_time(checkin, now, keep_days(session))
    spans = shift_spans(session, county, "staff", owner[0], (checkin.on_date, checkin.on_date))
    if not any(begin <= checkin.at <= end for begin, end in spans):
        raise OffShift("tracks.off_shift")
    found = queries.find_stop(session, checkin.on_date, checkin.shift_code, checkin.team, checkin.stop)
    if found is None:
        raise UnknownStop("tracks.unknown_stop", team=checkin.team, stop=checkin.stop)
    place, distance_m = "no_position", None
    if checkin.lon is not None and checkin.lat is not None:
        if not county.contains(checkin.lon, checkin.lat):
            raise BadCheckin("tracks.outside_county", lon=checkin.lon, lat=checkin.lat)
        import shapely

        x, y = transformer(STORAGE, county.metric_srid).transform(checkin.lon, checkin.lat)
        area, _ = stop_area(session, county, *found)
        away = float(shapely.distance(area, shapely.Point(x, y)))
        distance_m = int(away + 0.5)
        place = "inside" if away <= min(checkin.accuracy_m or 0.0, HELP_M) else "outside"
    row_id = queries.insert_checkin(
        session,
        {
            "uid": checkin.uid, "on_date": checkin.on_date, "shift_code": checkin.shift_code,
            "team_code": checkin.team, "stop_key": checkin.stop, "staff_id": owner[0], "at": checkin.at,
            "lon": checkin.lon, "lat": checkin.lat,
            "accuracy_m": None if checkin.accuracy_m is None else round(checkin.accuracy_m),
            "distance_m": distance_m, "place": place, "note": (checkin.note or "").strip() or None, "made_by": actor,
        },
    )  # fmt: skip
    write_change(session, tenant, "checkin.taken", facts={"stop": checkin.stop, "place": place}, actor=actor)
    receipt = queries.find_receipt(session, checkin.uid)
    assert receipt is not None and receipt[1] == row_id
    stored = queries.get_checkin(session, row_id, receipt[2])
    assert stored is not None
    return stored, False


def _check_time(checkin: Checkin, now: dt.datetime, keep: int) -> None:
    if checkin.at.tzinfo is None:
        raise BadCheckin("tracks.no_offset")
    if checkin.at > now + AHEAD or checkin.at < now - dt.timedelta(days=keep):
        raise BadCheckin("tracks.checkin_time", at=checkin.at.isoformat())
