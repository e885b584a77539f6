"""In which columns a platform wants our rows: headings, fields or fixed texts, and its words for ours."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as made
from typing import Any, Final
from zoneinfo import ZoneInfo

from geo.errors import Invalid

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "case": (
        "number", "uid", "origin", "code_system", "code", "grade", "state", "district_code", "town", "road", "place",
        "description", "quantity", "unit", "lon", "lat", "found_at", "registered_at", "dispatched_at", "handled_at",
        "due_at", "closed_at", "owner_code", "owner_name",
    ),
    "penalty": (
        "number", "uid", "state", "code_system", "code", "district_code", "party", "gravity", "decision", "amount_yuan",
        "filed_at", "due_on", "decided_at", "archived_on",
    ),
    "staff": (
        "code", "name", "kind", "unit_code", "unit_name", "licence_no", "licence_from_on", "licence_to_on", "active",
    ),
    "activity": (
        "on_date", "shift_code", "shift_name", "start_time", "end_time", "staff_code", "staff_name", "unit_code",
        "unit_name", "role", "checkins", "first_checkin_at", "last_checkin_at",
    ),
}  # fmt: skip
"""What there is of each subject. Whom a penalty is about is never among it: platforms get that from the case file."""

DAY: Final = "%Y-%m-%d"
MOMENT: Final = "%Y-%m-%d %H:%M:%S"


class FormBroken(Invalid):
    """A column names a field there is not, or has no heading; the facts say which."""


class WordMissing(Invalid):
    """A value of ours has no word of the platform's; nothing is handed over then."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a platform: its heading, our field or a fixed text, how moments are written, its words for ours.

    With ``words`` every value must be among them; without, values go as they are.
    """

    heading: str
    field: str | None = None
    text: str | None = None
    format: str | None = None
    words: Mapping[str, str] = made(default_factory=dict)


def read_form(subject: str, columns: Sequence[Mapping[str, Any]]) -> list[Column]:
    """Columns from JSON.

    Raises
    ------
    FormBroken
        If one has no heading, neither or both of field and text, a field there is not, something unknown, or a number
        where there should be a text.

    Examples
    --------
    >>> read_form("staff", [{"heading": "证号", "field": "licence_no"}])[0].field
    'licence_no'
    """
    known = FIELDS[subject]
    form = []
    for number, said in enumerate(columns, 1):
        good = (
            set(said) <= {"heading", "field", "text", "format", "words"}
            and isinstance(said.get("heading"), str) and said["heading"].strip()
            and (said.get("field") is None) != (said.get("text") is None)
            and said.get("field") in (None, *known)
            and all(isinstance(said.get(name), str | None) for name in ("text", "format"))
            and isinstance(words := said.get("words", {}), Mapping)
            and all(isinstance(word, str) for pair in words.items() for word in pair)
        )  # fmt: skip
        if not good:
            where = str(said.get("field") or said.get("heading") or "-")[:60]
            raise FormBroken("exchange.form_broken", row=number, field=where, known=", ".join(known))
        form.append(Column(**said))
    if not form:
        raise FormBroken("exchange.form_broken", row=1, field="-", known=", ".join(known))
    return form


def cells(platform: str, form: Sequence[Column], row: Mapping[str, Any], zone: ZoneInfo) -> list[Any]:
    """A row in a platform's columns; moments local.

    Raises
    ------
    WordMissing
        If a value has no word.

    Examples
    --------
    >>> form = [Column("状态", "state", words={"closed": "已结案"}), Column("日", "at", format="%Y%m%d")]
    >>> row = {"state": "closed", "at": dt.datetime(2026, 3, 1, 20, tzinfo=dt.UTC)}
    >>> cells("省平台", [*form, Column("县", text="云县")], row, ZoneInfo("Asia/Shanghai"))
    ['已结案', '20260302', '云县']
    """
    found: list[Any] = []
    for column in form:
        value = column.text if column.field is None else row[column.field]
        if column.words and column.field is not None and value is not None:
            if str(value) not in column.words:
                raise WordMissing("exchange.word", platform=platform, field=column.field, value=str(value)[:60])
            value = column.words[str(value)]
        elif isinstance(value, dt.datetime):
            value = value.astimezone(zone).strftime(column.format or MOMENT)
        elif isinstance(value, dt.date):
            value = value.strftime(column.format or DAY)
        elif isinstance(value, (dt.time, bool)) or (value is not None and not isinstance(value, (int, float, str))):
            value = str(value)
        found.append(value)
    return found
