"""点名, 交接班, 出车, 执法记录仪: the daily log, where lines are added and never changed; another line corrects."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from geo.errors import Invalid, NotFound
from geo.patrol.people import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LogKind = Literal["roll_call", "handover", "trip", "recorder"]

STEPS: Final[dict[str, tuple[str, ...]]] = {
    "roll_call": ("present", "late", "absent", "excused"),
    "handover": ("handed_over",),
    "trip": ("out", "back"),
    "recorder": ("issued", "returned", "uploaded"),
}
"""What may happen in each kind of log."""


DEMANDED: Final[dict[str, tuple[str, ...]]] = {
    "roll_call": (),
    "handover": ("other_staff",),
    "trip": ("vehicle", "odometer_km"),
    "recorder": ("device",),
}
"""What a line of each kind must say beside who, when and what."""


class BadLogLine(Invalid):
    """A line lacks what its kind must say; the facts name the field."""


class UnknownInLog(NotFound):
    """A line names a person, vehicle, shift or line that is not there."""


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line as it is reported: staff and vehicles by their numbers, ``at`` aware, ``uid`` made by who reports."""

    uid: uuid.UUID
    kind: LogKind
    step: str
    at: dt.datetime
    on_date: dt.date
    shift: str
    staff: str
    other_staff: str | None = None
    vehicle: str | None = None
    odometer_km: int | None = None
    device: str | None = None
    minutes: int | None = None
    note: str | None = None
    corrects: uuid.UUID | None = None


def add_line(session: Session, tenant: str, line: LogLine, made_by: str) -> bool:
    """Add a line to the log; False if its ``uid`` is there already, and nothing changed.

    Raises
    ------
    BadLogLine
        If the step is none of its kind, or the line lacks what its kind must say.
    UnknownInLog
        If it names a person, vehicle, shift or line that is not there.
    """
    if line.step not in STEPS[line.kind]:
        raise BadLogLine("people.log_step", step=line.step, known=", ".join(STEPS[line.kind]))
    for name in DEMANDED[line.kind]:
        if getattr(line, name) is None:
            raise BadLogLine("people.log_lacks", kind=line.kind, field=name)
    if line.shift not in queries.load_shift_times(session, tenant):
        raise UnknownInLog("people.log_unknown", what="shift", value=line.shift)
    if line.corrects is not None and not queries.is_logged(session, tenant, line.corrects):
        raise UnknownInLog("people.log_unknown", what="corrects", value=str(line.corrects))
    row = {
        "uid": line.uid, "kind": line.kind, "step": line.step, "at": line.at, "on_date": line.on_date,
        "shift_code": line.shift, "staff_id": _person(session, tenant, "staff", line.staff),
        "other_staff_id": _person(session, tenant, "other_staff", line.other_staff) if line.other_staff else None,
        "vehicle_id": _vehicle(session, tenant, line.vehicle) if line.vehicle else None,
        "odometer_km": line.odometer_km, "device": line.device, "minutes": line.minutes, "note": line.note,
        "corrects_uid": line.corrects, "made_by": made_by,
    }  # fmt: skip
    return queries.insert_log(session, tenant, row) is not None


def read_log(session: Session, tenant: str, on: dt.date, kind: str | None = None) -> list[dict[str, Any]]:
    """The log of a day by time; a line that was corrected stays and says so."""
    return queries.load_log(session, tenant, on, kind)


def _person(session: Session, tenant: str, field: str, code: str) -> int:
    found = queries.find_staff(session, tenant, code)
    if found is None:
        raise UnknownInLog("people.log_unknown", what=field, value=code)
    return found


def _vehicle(session: Session, tenant: str, code: str) -> int:
    found = queries.find_vehicle(session, tenant, code)
    if found is None:
        raise UnknownInLog("people.log_unknown", what="vehicle", value=code)
    return found
