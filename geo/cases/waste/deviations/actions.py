"""Keep what a day's trips showed, let people judge it, and send what they confirmed."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.flow.actions import open_problem
from geo.cases.flow.orders import Draft, NobodyToName
from geo.cases.history import begin as begin_log
from geo.cases.history import take
from geo.cases.waste.deviations import queries
from geo.cases.waste.deviations.states import BY_PEOPLE, DEVIATION
from geo.cases.waste.feeds.mapping import Names, build_names
from geo.cases.waste.feeds.queries import add_batch, load_columns
from geo.days import span_of
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid, NotFound
from geo.features.locate import districts_at
from geo.messages import say
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SYSTEM: Final = "GB/T 30428.2-2013"


class UnknownDeviation(NotFound):
    """There is no such deviation, or not for this caller."""


class BadJudgement(Invalid):
    """A judgement that cannot be: a step nobody takes by hand, or no reason; the facts say which."""


@dataclass(frozen=True, slots=True)
class Kept:
    """How many deviations are new or found again, and how many no longer hold."""

    new: int
    withdrawn: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A delivery to the city's platform: its receipt's uid, and the rows under the platform's headings."""

    uid: str
    rows: list[dict[str, Any]]


def keep_deviations(
    session: Session, county: County, begin: dt.datetime, finish: dt.datetime, found: Sequence[dict[str, Any]], *,
    actor: str,
) -> Kept:  # fmt: skip
    """Keep the deviations of trips that began in a span as they are found now; the same again changes nothing.

    One is recognised by lorry, kind and beginning. Those not found any more are withdrawn, unless a person has judged
    them already.
    """
    now = dt.datetime.now(dt.UTC)
    before = {
        (row["vehicle_id"], row["kind"], row["from_at"]): row
        for row in queries.lock_day(session, county.code, begin, finish)
    }
    places = districts_at(session, county, [(row["lon"], row["lat"]) for row in found])
    new = withdrawn = 0
    for row in found:
        values = {**row, "district_code": places[row["lon"], row["lat"]]}
        old = before.pop((row["vehicle_id"], row["kind"], row["from_at"]), None)
        if old is None:
            number = queries.add_deviation(session, county.code, values)
            begin_log(session, county.code, DEVIATION, number, at=now, actor=actor, facts={"kind": row["kind"]})
            new += 1
            continue
        if old["state"] == "withdrawn":
            _step(session, county.code, old["id"], "withdrawn", "find_again", now, actor)
            new += 1
        judged = old["state"] in ("confirmed", "dismissed")
        if not judged and (old["to_at"], old["amount"]) != (row["to_at"], row["amount"]):
            queries.change_deviation(session, county.code, old["id"], values)
    for old in before.values():
        if old["state"] == "proposed":
            _step(session, county.code, old["id"], "proposed", "withdraw", now, actor)
            withdrawn += 1
    return Kept(new, withdrawn)


def list_deviations(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, *, area: Sequence[str] | None = None,
    state: str | None = None, kind: str | None = None, most: int = 1_000,
) -> list[dict[str, Any]]:  # fmt: skip
    """Deviations of some local days, both included, the first first."""
    begin, finish = span_of(first_on, last_on, get_county(session, tenant).zone)
    return queries.list_deviations(session, tenant, begin, finish, area, state, kind, most)


def judge_deviation(
    session: Session, tenant: str, deviation: int, step: str, *, note: str = "", code: str | None = None,
    staff: str | None = None, permit_checked: bool = False, area: Sequence[str] | None = None, actor: str,
) -> dict[str, Any]:  # fmt: skip
    """A person confirms, dismisses or reconsiders; returns ``state`` and ``problem_id``.

    Parameters
    ----------
    note
        Needed for dismissing and reconsidering.
    code
        Event code; confirming with one opens a problem where the deviation was (01-11, 01-14 …).
    permit_checked
        已审批? was asked: no permit in force there allows it.
    area
        片区 the caller may reach; None for all.

    Raises
    ------
    UnknownDeviation
        If there is none, or it lies outside the caller's area.
    BadJudgement
        If the step is not for people, or a reason is missing.
    StepNotOpen
        If it cannot be taken now.
    PermitStands
        If a permit in force may allow it, and nobody has looked.
    """
    row = queries.lock_deviation(session, tenant, deviation)
    if row is None or (area is not None and row["district_code"] not in area):
        raise UnknownDeviation("waste.no_deviation", deviation=deviation)
    if step not in BY_PEOPLE:
        raise BadJudgement("waste.judgement", field="step", value=step, known=", ".join(BY_PEOPLE))
    if step != "confirm" and not note.strip():
        raise BadJudgement("waste.judgement", field="note", value="", known=step)
    if step != "confirm" and code is not None:
        raise BadJudgement("waste.judgement", field="code", value=code, known="confirm")
    DEVIATION.after(row["state"], step)
    problem = None if code is None else _report(session, tenant, row, code, note, staff, permit_checked, actor)
    facts = {} if problem is None else {"problem": problem}
    now = dt.datetime.now(dt.UTC)
    state = _step(session, tenant, deviation, row["state"], step, now, actor, note.strip(), facts, problem)
    return {"state": state, "problem_id": problem or row["problem_id"]}


def send_deviations(session: Session, tenant: str, source: str, *, actor: str) -> Sent:
    """Give out what is confirmed and was not sent as it is now, under the source's headings, with a receipt.

    One that was sent and then reconsidered goes again with its new state.

    Raises
    ------
    BadMapping
        If the source's mapping cannot be used.
    """
    names = build_names("deviation", load_columns(session, tenant, source, "deviation"))
    zone = get_county(session, tenant).zone
    sent: dict[int, str] = {}
    rows = []
    for row in queries.lock_to_send(session, tenant):
        cells = _cells(row, names, zone)
        sha256 = hashlib.sha256(json.dumps(cells, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
        if row["sent_sha256"] != sha256:
            sent[row["id"]] = sha256
            rows.append(cells)
    uid = uuid7()
    if rows:
        queries.mark_sent(session, tenant, sent)
        whole = hashlib.sha256("".join(sent.values()).encode()).hexdigest()
        add_batch(
            session, tenant, uid=uid, source=source, kind="deviation", sha256=whole, rows=len(rows), taken=len(rows),
            known=0, refused=0, unknown=0, plates=[], faults=[], actor=actor,
        )  # fmt: skip
        write_change(session, tenant, "haul_deviations.sent", facts={"batch": str(uid), "rows": len(rows)}, actor=actor)
    return Sent(str(uid) if rows else "", rows)


def _step(
    session: Session, tenant: str, row_id: int, state: str, step: str, at: dt.datetime, actor: str, note: str = "",
    facts: Mapping[str, Any] | None = None, problem: int | None = None,
) -> str:  # fmt: skip
    after = take(session, tenant, DEVIATION, row_id, state, step, at=at, actor=actor, note=note, facts=facts)
    queries.set_state(session, tenant, row_id, after, problem)
    return after


def _report(
    session: Session, tenant: str, row: Mapping[str, Any], code: str, note: str, staff: str | None, checked: bool,
    actor: str,
) -> int | None:  # fmt: skip
    """Open the problem a person wants for it; None where nobody could answer for one."""
    what = say(f"waste.kind_{row['kind']}", "zh")
    draft = Draft(
        uuid7(), code, "camera", row["to_at"], lon=row["lon"], lat=row["lat"], code_system=SYSTEM,
        place=row["site_name"] or row["site_code"], description=f"{what} {note}".strip(), staff=staff, actor=actor,
        permit_checked=checked,
    )  # fmt: skip
    try:
        return open_problem(session, tenant, draft)
    except NobodyToName:
        return None


def _cells(row: Mapping[str, Any], names: Names, zone: dt.tzinfo) -> dict[str, Any]:
    """A deviation as the other side reads it."""
    told = {
        "number": f"D{row['id']:08d}", "plate": row["plate"], "haulier": row["haulier"], "site": row["site_code"],
        "site_name": row["site_name"] or "", "amount": row["amount"], "dump": row["dump_code"] or "",
        "kind": names.words.get(f"kind_{row['kind']}") or say(f"waste.kind_{row['kind']}", "zh"),
        "state": names.words.get(f"state_{row['state']}") or say(f"waste.state_{row['state']}", "zh"),
        "from": row["from_at"].astimezone(zone).isoformat(), "to": row["to_at"].astimezone(zone).isoformat(),
        "lon": round(row["lon"], 7), "lat": round(row["lat"], 7),
    }  # fmt: skip
    return {said[0]: told[name] for name, said in names.fields.items()}
