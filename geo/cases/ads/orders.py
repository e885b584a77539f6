"""The ledger of ads: guidance and orders to remove, how each ended, with its proof; kept live or taken from a table."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.cases.ads import queries
from geo.cases.ads.actions import get_ad
from geo.cases.ads.reading import COLUMNS, NEEDED, BadRow, OrderRow, read_order
from geo.cases.ads.rules import removal_refused
from geo.cases.ads.states import AD_ORDER, PROVEN, STEPS_OF
from geo.cases.history import begin, load_steps, take
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import check_point, district_at
from geo.tables.ads import AD_KINDS, AD_MEASURES

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

UIDS: Final = uuid.UUID("b0e7d2a4-6a2f-5c1e-9a55-2d0f4e6c7a11")
"""Name space of the uids of lines taken from tables: the same row again is the same line."""


class UnknownOrder(NotFound):
    """There is no such line in the ledger."""


class BadOrder(Invalid):
    """An order that cannot be; the facts name the field and what stood there."""


class StepDoesNotFit(Conflict):
    """Guidance removes nothing, and an order to remove does not end as put right."""


class NoProof(Conflict):
    """Two different pictures, before and after, are missing, and no paper file is named."""


class RemovalRefused(Conflict):
    """The bureau may not remove it itself now; the facts say why and what must come first."""


@dataclass(frozen=True, slots=True)
class OrderDraft:
    """An order about an ad of the register (``ad``: its number), or of a kind at a place.

    Parameters
    ----------
    uid
        Made by the client; the same again changes nothing.
    measure
        ``guide`` or ``remove``.
    quantity, unit
        Kept apart by unit wherever they are counted.
    due_on
        Last day for the owner, which the notice gives; an order to remove by force needs both.
    """

    uid: uuid.UUID
    measure: str
    ordered_on: dt.date
    ad: str | None = None
    kind: str | None = None
    lon: float | None = None
    lat: float | None = None
    quantity: float = 1
    unit: str = "处"
    due_on: dt.date | None = None
    reason: str = ""
    notice: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What a table did: rows by outcome, and each row that was not taken with its reason."""

    rows: int
    added: int
    unchanged: int
    rejects: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)


def open_order(
    session: Session, tenant: str, draft: OrderDraft, *, actor: str, area: Sequence[str] | None = None
) -> int:
    """Write an order down once; returns its id.

    Raises
    ------
    BadOrder
        If measure, kind, place, quantity or dates cannot be.
    UnknownAd
        If the register has no ad of that number, or it lies outside ``area``.
    """
    if (known := queries.find_by_uid(session, tenant, draft.uid)) is not None:
        return known
    county = get_county(session, tenant)
    values = _checked(session, county, draft)
    district = district_at(session, county, values["lon"], values["lat"])
    if area is not None and district not in area:
        raise BadOrder("ads.bad_order", field="lon, lat", value=f"{values['lon']}, {values['lat']}")
    values |= {"district_code": district, "state": AD_ORDER.start, "actor": actor, "uid": draft.uid}
    order = queries.add_order(session, tenant, **values)
    at = _moment(county, draft.ordered_on)
    facts = {"measure": draft.measure, "due_on": str(draft.due_on) if draft.due_on else None}
    begin(session, tenant, AD_ORDER, order, at=at, actor=actor, note=draft.reason, facts=facts)
    return order


def take_step(
    session: Session,
    tenant: str,
    order: int,
    step: str,
    *,
    at: dt.datetime,
    actor: str,
    note: str = "",
    due_on: dt.date | None = None,
    urgent: str = "",
    paper: str = "",
    past: bool = False,
    area: Sequence[str] | None = None,
) -> str:
    """Take a step with an order; returns its new state. An ad of the register that was removed is marked so.

    Parameters
    ----------
    due_on
        The new last day, of an extension.
    urgent
        Of a removal by the bureau that cannot wait: why.
    paper
        Where the proof lies on paper; else two pictures (before, after) must be there.
    past
        It stands in an older ledger: what was done is written down, whether or not it was right to do.

    Raises
    ------
    UnknownOrder, StepNotOpen, StepDoesNotFit, BadOrder, RemovalRefused, NoProof
        As their names say; see also :func:`geo.cases.history.take`.
    """
    queries.lock_order(session, tenant, order)
    row = get_order(session, tenant, order, area)
    state = AD_ORDER.after(row["state"], step)
    if step not in STEPS_OF[row["measure"]]:
        raise StepDoesNotFit("ads.step_does_not_fit", order=order, measure=row["measure"], step=step)
    county = get_county(session, tenant)
    local = at.astimezone(county.zone)
    if step == "extend" and (due_on is None or due_on < row["ordered_on"]):
        raise BadOrder("ads.bad_order", field="due_on", value=str(due_on or ""))
    if step == "remove" and not past:
        why = removal_refused(local, row["due_on"], row["notice"], county.calendar, urgent=urgent)
        if why is not None:
            raise RemovalRefused(
                f"ads.removal_{why}", order=order, due_on=str(row["due_on"] or "-"), at=local.isoformat()
            )
    if step in PROVEN and not paper.strip():
        _check_proof(session, tenant, order)
    told = {"urgent": urgent.strip(), "paper": paper.strip(), "due_on": str(due_on or "")}
    facts = {name: value for name, value in told.items() if value}
    take(session, tenant, AD_ORDER, order, row["state"], step, at=at, actor=actor, note=note, facts=facts)
    done_on = local.date() if step in PROVEN else None
    queries.move_order(session, tenant, order, state, done_on, due_on if step == "extend" else None)
    if step in ("remove", "remove_self") and row["ad_id"] is not None:
        _take_down(session, tenant, row, local.date(), actor)
    return state


def get_order(session: Session, tenant: str, order: int, area: Sequence[str] | None = None) -> dict[str, Any]:
    """A line of the ledger.

    Raises
    ------
    UnknownOrder
        If there is none, or it lies outside ``area``.
    """
    row = queries.get_order(session, tenant, order)
    if row is None or (area is not None and row["district_code"] not in area):
        raise UnknownOrder("ads.unknown_order", order=order)
    return {**row, "quantity": float(row["quantity"])}


def show_order(session: Session, tenant: str, order: int, area: Sequence[str] | None = None) -> dict[str, Any]:
    """A line with its steps and what can be done with it now."""
    row = get_order(session, tenant, order, area)
    steps = [
        {name: getattr(one, name) for name in one.__slots__} for one in load_steps(session, tenant, AD_ORDER, order)
    ]
    fits = [step for step in AD_ORDER.open_steps(row["state"]) if step in STEPS_OF[row["measure"]]]
    return {**row, "history": steps, "open_steps": fits}


def list_orders(
    session: Session,
    tenant: str,
    on: dt.date,
    *,
    open_only: bool = False,
    first: dt.date | None = None,
    last: dt.date | None = None,
    area: Sequence[str] | None = None,
    most: int = 10_000,
) -> list[dict[str, Any]]:
    """Lines of the ledger, the newest first; ``overdue`` if the owner's last day has passed and nothing was done."""
    rows = queries.list_orders(session, tenant, open_only=open_only, first=first, last=last, area=area, most=most)
    for row in rows:
        row["quantity"] = float(row["quantity"])
        row["overdue"] = row["state"] == AD_ORDER.start and row["due_on"] is not None and row["due_on"] < on
    return rows


def import_orders(session: Session, tenant: str, path: Path, *, actor: str) -> LedgerReport:
    """Take a ledger kept on paper or in a workbook; the same file again changes nothing.

    Raises
    ------
    geo.cases.spreadsheets.reading.ColumnMissing
        If there is no column for the measure or the day.
    geo.layers.reports.FileRefused
        If the file cannot be read.
    """
    from geo.cases.spreadsheets.reading import find_columns, open_table

    rows = added = 0
    rejects: list[dict[str, Any]] = []
    with open_table(path) as table:
        columns = find_columns(table.header, COLUMNS, NEEDED)
        for row in table.rows:
            rows += 1
            cells = {name: row.cells.get(column, "") for name, column in columns.items()}
            try:
                with session.begin_nested():
                    added += _take_row(session, tenant, read_order(cells), f"{path.name}#{row.number}", actor)
            except (BadRow, BadOrder, NotFound, Conflict, Invalid) as error:
                facts = {name: str(value) for name, value in error.facts.items()}
                rejects.append({"row": row.number, "code": error.code, "facts": facts})
    done = {"rows": rows, "added": added, "rejected": len(rejects)}
    write_change(session, tenant, "ad_orders.imported", facts=done, actor=actor)
    return LedgerReport(rows, added, rows - added - len(rejects), rejects)


def _take_row(session: Session, tenant: str, row: OrderRow, paper: str, actor: str) -> bool:
    """Write one row of a table down; False if it was there."""
    uid = uuid.uuid5(UIDS, f"{tenant}/{row.key}")
    if queries.find_by_uid(session, tenant, uid) is not None:
        return False
    draft = OrderDraft(uid, **row.draft)
    order = open_order(session, tenant, draft, actor=actor)
    if row.step is not None and row.done_on is not None:
        county = get_county(session, tenant)
        take_step(
            session, tenant, order, row.step, at=_moment(county, row.done_on), actor=actor, paper=paper, past=True
        )  # fmt: skip
    return True


def _checked(session: Session, county: County, draft: OrderDraft) -> dict[str, Any]:
    """The columns of a draft, every field looked at."""
    spot: Mapping[str, Any] = {"id": None, "kind": draft.kind, "lon": draft.lon, "lat": draft.lat, "place": draft.place}
    if draft.ad is not None:
        spot = get_ad(session, county.code, draft.ad)
    wrong: tuple[str, object] | None = None
    if draft.measure not in AD_MEASURES:
        wrong = "measure", draft.measure
    elif spot["kind"] not in AD_KINDS:
        wrong = "kind", spot["kind"]
    elif spot["lon"] is None or spot["lat"] is None:
        wrong = "lon, lat", ""
    elif not 0 < draft.quantity < 1e9:
        wrong = "quantity", draft.quantity
    elif not draft.unit.strip():
        wrong = "unit", ""
    elif draft.due_on is not None and draft.due_on < draft.ordered_on:
        wrong = "due_on", draft.due_on
    if wrong is not None:
        raise BadOrder("ads.bad_order", field=wrong[0], value=str(wrong[1] or ""))
    check_point(county, spot["lon"], spot["lat"])
    return {
        "ad_id": spot["id"], "kind": spot["kind"], "measure": draft.measure, "quantity": draft.quantity,
        "unit": draft.unit.strip(), "ordered_on": draft.ordered_on, "due_on": draft.due_on,
        "reason": draft.reason.strip(), "notice": (draft.notice or "").strip() or None,
        "place": draft.place.strip() or spot["place"] or "", "lon": spot["lon"], "lat": spot["lat"],
    }  # fmt: skip


def _moment(county: County, on: dt.date) -> dt.datetime:
    """Noon of a local day, when a paper names no hour; of today, now."""
    noon = dt.datetime.combine(on, dt.time(12), county.zone)
    return min(noon, dt.datetime.now(dt.UTC)) if on == county.today() else noon


def _check_proof(session: Session, tenant: str, order: int) -> None:
    pictures = queries.list_pictures(session, tenant, order)
    before = {sha for kind, sha in pictures if kind == "before"}
    after = {sha for kind, sha in pictures if kind == "after"}
    if not before or not after - before:
        raise NoProof("ads.no_proof", order=order)


def _take_down(session: Session, tenant: str, row: Mapping[str, Any], on: dt.date, actor: str) -> None:
    if queries.mark_removed(session, tenant, row["ad_id"], on):
        ad = get_ad(session, tenant, row["ad_id"])
        box = (ad["lon"], ad["lat"], ad["lon"], ad["lat"])
        write_change(session, tenant, "ad.removed", layer="ad", feature_ids=[row["ad_id"]], box=box, actor=actor)
