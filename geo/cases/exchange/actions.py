"""Set a platform's form, make the file of a period for it, and note its receipt."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.cases.exchange import queries
from geo.cases.exchange.forms import cells, read_form
from geo.cases.sheets import write_sheet
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UnknownForm(NotFound):
    """Nothing was said of the columns in which a platform wants something."""


class UnknownDelivery(NotFound):
    """There is no delivery of that number."""


class Received(Conflict):
    """The delivery has another receipt already."""


class DeliveryBroken(Invalid):
    """Days the wrong way round, or a receipt that counts more rows than there are."""


def set_form(
    session: Session, tenant: str, platform: str, subject: str, columns: Sequence[Mapping[str, Any]], *, actor: str
) -> int:
    """Keep in which columns a platform wants a subject; returns how many.

    Raises
    ------
    FormBroken
        If a column is wrong.
    """
    form = read_form(subject, columns)
    queries.set_form(session, tenant, platform, subject, columns, actor)
    facts = {"platform": platform, "subject": subject, "columns": len(form)}
    write_change(session, tenant, "exchange.form_set", facts=facts, actor=actor)
    return len(form)


def make_delivery(
    session: Session, tenant: str, platform: str, subject: str, from_on: dt.date, to_on: dt.date, path: Path, *,
    actor: str,
) -> dict[str, Any]:  # fmt: skip
    """Write the file of a period for a platform, and that it was made.

    The same file made again, before the platform said anything of it, is the same delivery.

    Parameters
    ----------
    from_on, to_on
        Local days, both included: cases by when they were found, penalties by when they were filed, activities by the
        day of the shift; staff as it stands now.
    path
        ``.csv`` or ``.xlsx``; replaced when whole.

    Returns
    -------
    dict
        ``delivery``, ``rows``, ``sha256`` of the file.

    Raises
    ------
    UnknownForm, DeliveryBroken, WordMissing, SheetUnknown
        Nothing is handed over then.
    """
    columns = queries.find_form(session, tenant, platform, subject)
    if columns is None:
        raise UnknownForm("exchange.form_unknown", platform=platform, subject=subject)
    if from_on > to_on:
        raise DeliveryBroken("exchange.dates", from_on=from_on.isoformat(), to_on=to_on.isoformat())
    form = read_form(subject, columns)
    zone = get_county(session, tenant).zone
    since, until = span_of(from_on, to_on, zone)
    found = queries.load_rows(session, tenant, subject, from_on, to_on, since, until)
    rows = write_sheet(path, [one.heading for one in form], (cells(platform, form, row, zone) for row in found))
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    values = {"platform": platform, "subject": subject, "from_on": from_on, "to_on": to_on, "rows": rows}
    if (same := queries.find_same(session, tenant, {**values, "sha256": sha256})) is not None:
        return {"delivery": same, "rows": rows, "sha256": sha256}
    delivery = queries.add_delivery(session, tenant, {**values, "sha256": sha256, "actor": actor})
    facts = {"delivery": delivery, "platform": platform, "subject": subject, "rows": rows}
    write_change(session, tenant, "exchange.made", facts=facts, actor=actor)
    return {"delivery": delivery, "rows": rows, "sha256": sha256}


def note_receipt(
    session: Session, tenant: str, delivery: int, receipt: str, accepted: int, refused: int, *, note: str = "",
    actor: str,
) -> None:  # fmt: skip
    """Write down what a platform said of a delivery; the same receipt again changes nothing.

    Raises
    ------
    UnknownDelivery, Received, DeliveryBroken
        If there is none, it has another receipt, or more rows are counted than were handed over.
    """
    row = queries.lock_delivery(session, tenant, delivery)
    if row is None:
        raise UnknownDelivery("exchange.delivery_unknown", delivery=delivery)
    if row["receipt"] is not None:
        if (row["receipt"], row["accepted"], row["refused"]) == (receipt, accepted, refused):
            return
        raise Received("exchange.received", delivery=delivery, receipt=row["receipt"])
    if min(accepted, refused) < 0 or accepted + refused > row["rows"]:
        raise DeliveryBroken("exchange.counts", accepted=accepted, refused=refused, rows=row["rows"])
    values = {"receipt": receipt, "accepted": accepted, "refused": refused, "note": note[:400], "actor": actor}
    queries.receive(session, tenant, delivery, values)
    facts = {"delivery": delivery, "accepted": accepted, "refused": refused}
    write_change(session, tenant, "exchange.received", facts=facts, actor=actor)
