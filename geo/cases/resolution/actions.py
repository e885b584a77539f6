"""The list over any source, the ledger of measures, bulletins issued for good, and audits that reopen."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.complaints.actions import StepOrder
from geo.cases.complaints.actions import take_step as step_complaint
from geo.cases.complaints.scrub import scrub
from geo.cases.flow.actions import take_step as step_problem
from geo.cases.flow.orders import Order
from geo.cases.hazards.actions import take_hazard_step
from geo.cases.queries import now as database_now
from geo.cases.resolution import queries
from geo.cases.resolution.items import SOURCES, Mark, Marks, Source, check_sources, read_marks
from geo.cases.resolution.sampling import draw
from geo.cases.workflow import StepNotOpen
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SEED_BYTES: Final = 16


class UnknownSource(NotFound):
    """No such kind of row can stand on the list; the facts name those that can."""


class UnknownRow(NotFound):
    """There is no such row, or it does not stand for itself."""


class MeasureBroken(Invalid):
    """A measure lacks its words, or somebody in service who answers for it."""


class NumberTaken(Conflict):
    """A bulletin of that number is issued; what is issued is never changed."""


class NothingToIssue(Invalid):
    """The list of these days is empty, or nothing was written off in them."""


class UnknownAudit(NotFound):
    """There is no such audit, or the row is not in its sample."""


class Checked(Conflict):
    """The row of the sample was checked before."""


class UnknownIssue(NotFound):
    """No bulletin of that number was issued."""


@dataclass(frozen=True, slots=True)
class Item:
    """One row of the list.

    What and where (问题); who answers, by which measure, until when (责任, 措施, 时限); and the four systems, each with
    date and person: 交办, 反馈, 销号 (销项), 通报.
    """

    source: str
    row: int
    found_at: dt.datetime
    title: str
    place: str
    district_code: str | None
    state: str
    due_at: dt.datetime | None
    owner_unit: str | None
    owner: str | None
    measure: str | None
    measure_owner: str | None
    measure_due_on: dt.date | None
    marks: Marks
    bulletin: str | None
    told: Mark | None


def list_items(
    session: Session, tenant: str, from_on: dt.date, to_on: dt.date, *, sources: Sequence[str] = (),
    area: Collection[str] | None = None, open_only: bool = False,
) -> list[Item]:  # fmt: skip
    """问题清单: what was found on some local days, both included, over all sources or some.

    Returns
    -------
    list of Item
        By the time they were found, then source and row.

    Raises
    ------
    UnknownSource
        If a source is none.
    NothingToIssue
        If the days are the wrong way round.
    """
    begin, end = _span(session, tenant, from_on, to_on)
    items: list[Item] = []
    for name in check_sources(sources):
        source = _source(name)
        rows = queries.list_rows(session, tenant, name, begin, end, sorted(source.left_out), area=area)
        items += _items(session, tenant, name, source, rows)
    items = [one for one in items if not (open_only and one.marks.written_off)]
    return sorted(items, key=lambda one: (one.found_at, one.source, one.row))


def set_measure(
    session: Session, tenant: str, source: str, row_id: int, *, measure: str, owner: str, due_on: dt.date, actor: str
) -> None:
    """责任, 措施, 时限 of a row; set again it replaces, and what was said before is kept.

    Raises
    ------
    UnknownSource, UnknownRow, MeasureBroken
        If there is none, or a part is empty or names nobody in service.
    """
    _row(session, tenant, source, row_id)
    if not measure.strip():
        raise MeasureBroken("resolution.measure_empty", field="measure")
    values = {
        "workflow": source, "row_id": row_id, "measure": scrub(measure), "owner": owner, "due_on": due_on,
        "actor": actor,
    }  # fmt: skip
    if queries.add_measure(session, tenant, values) is None:
        raise MeasureBroken("resolution.nobody", staff=owner)
    facts = {"source": source, "row": row_id, "due_on": due_on.isoformat()}
    write_change(session, tenant, "resolution.measured", facts=facts, actor=actor)


def issue_list(
    session: Session, tenant: str, number: str, from_on: dt.date, to_on: dt.date, *, sources: Sequence[str] = (),
    actor: str,
) -> dict[str, Any]:  # fmt: skip
    """通报: issue the list of some days as it stands now, for good; its SHA-256 tells whether it is the same.

    Raises
    ------
    NothingToIssue
        If the list is empty.
    NumberTaken
        If the number is.
    """
    items = [_plain(one) for one in list_items(session, tenant, from_on, to_on, sources=sources)]
    if not items:
        raise NothingToIssue("resolution.nothing", first=from_on.isoformat(), last=to_on.isoformat())
    digest = list_digest(items)
    values = {
        "number": number, "from_on": from_on, "to_on": to_on, "items": items, "sha256": digest, "actor": actor,
    }  # fmt: skip
    if queries.add_issue(session, tenant, values) is None:
        raise NumberTaken("resolution.number_taken", number=number)
    facts = {"number": number, "rows": len(items), "sha256": digest}
    write_change(session, tenant, "resolution.issued", facts=facts, actor=actor)
    return get_issue(session, tenant, number)


def get_issue(session: Session, tenant: str, number: str) -> dict[str, Any]:
    """A bulletin as it was issued.

    Raises
    ------
    UnknownIssue
        If there is none of that number.
    """
    found = queries.find_issue(session, tenant, number)
    if found is None:
        raise UnknownIssue("resolution.issue_unknown", number=number)
    return found


def draw_audit(
    session: Session, tenant: str, source: str, from_on: dt.date, to_on: dt.date, size: int, *, seed: str | None = None,
    actor: str,
) -> dict[str, Any]:  # fmt: skip
    """抽检: draw some of what was written off on some local days, by a seed that is kept.

    Parameters
    ----------
    seed
        Any text; made here by default, so that nobody chooses the sample.

    Raises
    ------
    UnknownSource
        If the source is none.
    NothingToIssue
        If nothing was written off in these days.
    """
    kind = _source(source)
    begin, end = _span(session, tenant, from_on, to_on)
    closed = queries.find_closed(
        session, tenant, kind.workflow.name, sorted(kind.written_off), sorted(kind.undone), begin, end
    )  # fmt: skip
    if not closed or size < 1:
        raise NothingToIssue("resolution.nothing", first=from_on.isoformat(), last=to_on.isoformat())
    chosen = seed or secrets.token_hex(SEED_BYTES)
    rows = draw(closed, chosen, size)
    values = {
        "workflow": source, "from_at": begin, "to_at": end, "seed": chosen, "size": len(rows),
        "population": len(closed), "actor": actor,
    }  # fmt: skip
    audit = queries.add_audit(session, tenant, values, rows)
    facts = {"audit": audit, "seed": chosen, "size": len(rows), "population": len(closed)}
    write_change(session, tenant, "audit.drawn", facts=facts, actor=actor)
    return get_audit(session, tenant, audit)


def get_audit(session: Session, tenant: str, audit: int) -> dict[str, Any]:
    """A draw with its rows in the order of the draw.

    Raises
    ------
    UnknownAudit
        If there is none.
    """
    found = queries.find_audit(session, tenant, audit)
    if found is None:
        raise UnknownAudit("resolution.audit_unknown", audit=audit, row="-")
    return found


def record_check(
    session: Session, tenant: str, audit: int, row_id: int, *, passed: bool, note: str, actor: str
) -> bool:  # fmt: skip
    """Note what an audit found of a row; one that failed is opened again. Returns whether it was.

    Raises
    ------
    UnknownAudit, Checked
        If the row is not in the sample, or was checked before.
    MeasureBroken
        If it failed and nobody says why.
    """
    drawn = get_audit(session, tenant, audit)
    if row_id not in {one["row_id"] for one in drawn["items"]}:
        raise UnknownAudit("resolution.audit_unknown", audit=audit, row=row_id)
    if not passed and not note.strip():
        raise MeasureBroken("resolution.measure_empty", field="note")
    result = "passed" if passed else "failed"
    if not queries.check_item(session, tenant, audit, row_id, result, scrub(note), actor):
        raise Checked("resolution.checked", audit=audit, row=row_id)
    reopened = not passed and _reopen(session, tenant, drawn["workflow"], row_id, f"抽检 {audit}:{scrub(note)}", actor)
    facts = {"audit": audit, "row": row_id, "result": result, "reopened": reopened}
    write_change(session, tenant, "audit.checked", facts=facts, actor=actor)
    return reopened


def list_digest(items: Sequence[dict[str, Any]]) -> str:
    """SHA-256 of a list as it is issued; hexadecimal.

    Examples
    --------
    >>> list_digest([{"row": 1, "title": "占道"}]) == list_digest([{"title": "占道", "row": 1}])
    True
    """
    plain = json.dumps(items, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


def _reopen(session: Session, tenant: str, source: str, row_id: int, note: str, actor: str) -> bool:
    """Open a row again by the step its workflow has for that; False if it was opened since or cannot be."""
    step = SOURCES[source].reopen
    try:
        if source == "complaint":
            step_complaint(session, tenant, row_id, StepOrder(step, note), actor=actor)
        elif source == "hazard":
            take_hazard_step(session, tenant, row_id, step, at=database_now(session), actor=actor, note=note)
        else:
            order = Order(step=step, at=database_now(session), actor=actor, note=note)
            step_problem(session, tenant, row_id, order)
    except StepNotOpen:
        return False
    return True


def _items(
    session: Session, tenant: str, name: str, source: Source, rows: Sequence[dict[str, Any]]
) -> list[Item]:  # fmt: skip
    ids = [row["id"] for row in rows]
    logs = queries.load_logs(session, tenant, source.workflow.name, ids)
    measures = queries.load_measures(session, tenant, name, ids)
    issued = queries.load_issued(session, tenant, name, ids)
    items = []
    for row in rows:
        measure, told = measures.get(row["id"], {}), issued.get(row["id"])
        items.append(
            Item(
                name, row["id"], row["found_at"], row["title"], row["place"], row["district_code"], row["state"],
                row["due_at"], row["owner_unit"], row["owner"], measure.get("measure"), measure.get("owner"),
                measure.get("due_on"), read_marks(source, logs.get(row["id"], [])), told["number"] if told else None,
                Mark(told["issued_at"], told["issued_by"]) if told else None,
            )
        )  # fmt: skip
    return items


def _row(session: Session, tenant: str, source: str, row_id: int) -> None:
    span = dt.datetime.min.replace(tzinfo=dt.UTC), dt.datetime.max.replace(tzinfo=dt.UTC)
    kind = _source(source)
    if not queries.list_rows(session, tenant, source, *span, sorted(kind.left_out), ids=[row_id]):
        raise UnknownRow("resolution.row_unknown", source=source, row=row_id)


def _source(name: str) -> Source:
    if name not in SOURCES:
        raise UnknownSource("resolution.source_unknown", source=name, known=", ".join(SOURCES))
    return SOURCES[name]


def _span(session: Session, tenant: str, from_on: dt.date, to_on: dt.date) -> tuple[dt.datetime, dt.datetime]:
    if to_on < from_on:
        raise NothingToIssue("resolution.nothing", first=from_on.isoformat(), last=to_on.isoformat())
    return span_of(from_on, to_on, get_county(session, tenant).zone)


def _plain(item: Item) -> dict[str, Any]:
    """A row of the list as JSON holds it; instants in UTC."""

    def value(one: Any) -> Any:
        if isinstance(one, dt.datetime):
            return one.astimezone(dt.UTC).isoformat()
        if isinstance(one, dt.date):
            return one.isoformat()
        return {name: value(inner) for name, inner in one.items()} if isinstance(one, dict) else one

    plain: dict[str, Any] = value(asdict(item))
    return plain
