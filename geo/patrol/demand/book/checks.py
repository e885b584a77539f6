"""Enterprises and the checks of them: the register, 双随机 draws, single checks, and what became of them."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.patrol.demand.book import queries
from geo.patrol.demand.checks import check_cap, draw_pairs, open_pool
from geo.tables.enterprise_checks import CHECK_REASONS, ENTERPRISE_KINDS, EXEMPT_REASONS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

SEED_BYTES: Final = 32
USUAL_CAP: Final = 2
COLUMNS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "编号"), "name": ("name", "名称"), "kind": ("kind", "类别"),
    "opening": ("opening", "作业时段", "时段"), "gate_every_days": ("gate_every_days", "门口巡查间隔天数"),
    "cap_per_year": ("cap_per_year", "年度入企检查上限"), "lon": ("lon", "经度"), "lat": ("lat", "纬度"),
}  # fmt: skip
KINDS_ZH: Final = dict(
    zip(("在建工地", "拆迁工地", "闲置地块", "自拌混凝土", "消纳点", "餐饮", "燃气用户"), ENTERPRISE_KINDS, strict=True)
)


class BadEnterprise(Invalid):
    """A row of the register that cannot be taken; the facts name row and field."""


class BadCheck(Invalid):
    """A check that cannot be: no power item, wrong reason, or dates; the facts name the field."""


class UnknownCheck(NotFound):
    """No such check, enterprise or draw."""


class CheckClosed(Conflict):
    """The check was made or cancelled already."""


@dataclass(frozen=True)
class Enterprise:
    """A site or enterprise; ``gate_every_days`` None for no looks at its gate; place in EPSG:4490."""

    code: str
    name: str
    kind: str
    lon: float
    lat: float
    opening: str | None = None
    gate_every_days: int | None = None
    cap_per_year: int = USUAL_CAP


def save_enterprises(session: Session, tenant: str, enterprises: Sequence[Enterprise], actor: str = "system") -> int:
    """Write enterprises down, or anew under their codes; how many.

    Raises
    ------
    BadEnterprise
        If one is of an unknown kind, outside the county, or has hours or numbers that cannot be.
    """
    import shapely

    from geo.calendars import OpeningUnreadable, read_opening

    county = get_county(session, tenant)
    for number, one in enumerate(enterprises, start=1):
        wrong = None
        if not one.code or not one.name:
            wrong = "code", one.code
        elif one.kind not in ENTERPRISE_KINDS:
            wrong = "kind", one.kind
        elif not county.contains(one.lon, one.lat):
            wrong = "lon", f"{one.lon},{one.lat}"
        elif not 0 <= one.cap_per_year <= 366:
            wrong = "cap_per_year", str(one.cap_per_year)
        elif one.gate_every_days is not None and not 1 <= one.gate_every_days <= 366:
            wrong = "gate_every_days", str(one.gate_every_days)
        try:
            read_opening(one.opening or "24/7")
        except OpeningUnreadable:
            wrong = "opening", str(one.opening)
        if wrong:
            raise BadEnterprise(
                "checks.bad_enterprise", row=number, enterprise=one.code, field=wrong[0], value=wrong[1]
            )
        queries.run(
            session, queries.UPSERT_ENTERPRISE, code=one.code, name=one.name, kind=one.kind,
            opening=one.opening or None, gate_every_days=one.gate_every_days, cap_per_year=one.cap_per_year,
            geom=shapely.to_wkb(shapely.Point(one.lon, one.lat)),
        )  # fmt: skip
    write_change(session, tenant, "enterprises.saved", facts={"rows": len(enterprises)}, actor=actor)
    return len(enterprises)


def read_enterprises(path: Path) -> list[Enterprise]:
    """Enterprises of a CSV table with Chinese or English headings, UTF-8.

    Raises
    ------
    BadEnterprise
        If a column that is needed is missing, or a number is none; the row is told.
    """
    reader = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    headings = list(reader.fieldnames or ())
    columns = {name: next((h for h in headings if h.strip() in words), None) for name, words in COLUMNS.items()}
    missing = [name for name in ("code", "name", "kind", "lon", "lat") if columns[name] is None]
    if missing:
        raise BadEnterprise("checks.bad_enterprise", row=1, enterprise="-", field=", ".join(missing), value="")
    found = []
    for number, row in enumerate(reader, start=2):
        told = {name: (row.get(column) or "").strip() if column else "" for name, column in columns.items()}
        try:
            every, cap = told["gate_every_days"], told["cap_per_year"]
            kind = KINDS_ZH.get(told["kind"], told["kind"])
            place = float(told["lon"]), float(told["lat"])
            numbers = int(every) if every else None, int(cap) if cap else USUAL_CAP
            found.append(Enterprise(told["code"], told["name"], kind, *place, told["opening"] or None, *numbers))
        except ValueError as error:
            raise BadEnterprise(
                "checks.bad_enterprise", row=number, enterprise=told["code"], field="number", value=str(error)[:80]
            ) from None
    return found


def draw_checks(
    database: Database, tenant: str, wanted: int, power_item: str, first_on: dt.date, last_on: dt.date, *,
    kinds: Sequence[str] = (), covert: bool = False, actor: str = "system", seed: bytes | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Draw enterprises and pairs of officers at random (双随机), and write the checks down.

    The seed is made and its hash committed to the change log before anybody reads the lists, so that it can be checked
    that nobody tried again until the draw suited them.

    Parameters
    ----------
    kinds
        Of enterprises; empty for all.
    first_on, last_on
        When the checks may be made.
    seed
        Only for repeating a draw in a test or an audit; a fresh one is made without it.

    Returns
    -------
    dict
        ``draw`` (id), ``seed_sha256``, ``pool`` (how many), ``checks`` (enterprise, officers).

    Raises
    ------
    BadCheck
        Without a power item, with dates the wrong way round, or an unknown kind.
    TooFewOfficers
        With fewer than two officers licensed on all those days.
    """
    _check_frame(power_item, first_on, last_on)
    unknown = [kind for kind in kinds if kind not in ENTERPRISE_KINDS]
    if unknown or wanted < 1:
        raise BadCheck("checks.bad", field="kind" if unknown else "number", value=", ".join(unknown) or str(wanted))
    seed = seed or secrets.token_bytes(SEED_BYTES)
    sealed = hashlib.sha256(seed).hexdigest()
    with database.begin(tenant) as session:
        write_change(session, tenant, "check_draw.sealed", facts={"seed_sha256": sealed, "wanted": wanted}, actor=actor)
    with database.begin(tenant) as session:
        every = queries.run(session, queries.LIST_ENTERPRISES)
        known = {one["code"]: int(one["id"]) for one in every}
        chosen = [one for one in every if not kinds or one["kind"] in kinds]
        pool = open_pool(chosen, queries.counted_entries(session), first_on)
        officers = queries.licensed(session, first_on, last_on)
        drawn = draw_pairs(pool, sorted(officers), wanted, seed)
        draw = queries.run(
            session, queries.ADD_DRAW, first_on=first_on, last_on=last_on, kinds=list(kinds), power_item=power_item,
            wanted=wanted, seed_sha256=sealed, seed=seed.hex(), pool=json.dumps(pool), made_by=actor,
            officers=json.dumps(sorted(officers)),
        )[0]["id"]  # fmt: skip
        for one in drawn:
            queries.run(
                session, queries.ADD_CHECK, enterprise_id=known[one.enterprise], reason="draw", reference=None,
                power_item=power_item, covert=covert, first_on=first_on, last_on=last_on, draw_id=draw,
                first_staff_id=officers[one.pair[0]], second_staff_id=officers[one.pair[1]], made_by=actor,
            )  # fmt: skip
        facts = {"draw": int(draw), "seed_sha256": sealed, "pool": len(pool), "drawn": len(drawn)}
        write_change(session, tenant, "check_draw.made", facts=facts, actor=actor)
    checks = [{"enterprise": one.enterprise, "officers": list(one.pair)} for one in drawn]
    return {"draw": int(draw), "seed_sha256": sealed, "pool": len(pool), "checks": checks}


def repeat_draw(session: Session, draw: int) -> dict[str, Any]:
    """Draw again from what a draw wrote down: whether the seed has its hash and the checks follow from it.

    Raises
    ------
    UnknownCheck
        If there is no such draw.
    """
    found = queries.run(session, queries.FIND_DRAW, draw=draw)
    if not found:
        raise UnknownCheck("checks.unknown_draw", draw=draw)
    told = found[0]
    seed = bytes.fromhex(told["seed"])
    drawn = draw_pairs(told["pool"], told["officers"], told["wanted"], seed)
    made = {
        (one["enterprise"], one["first_officer"], one["second_officer"])
        for one in queries.run(session, queries.LIST_CHECKS, every=True)
        if one["draw_id"] == draw
    }
    return {
        "draw": draw,
        "seed_as_sealed": hashlib.sha256(seed).hexdigest() == told["seed_sha256"],
        "checks_as_drawn": {(one.enterprise, *one.pair) for one in drawn} == made,
    }


def add_check(
    session: Session, tenant: str, enterprise: str, reason: str, power_item: str, first_on: dt.date,
    last_on: dt.date, *, reference: str | None = None, covert: bool = False, actor: str = "system",
) -> int:  # fmt: skip
    """Write down an entry into an enterprise that no draw chose; any licensed pair may make it.

    Parameters
    ----------
    reason
        ``planned``, ``complaint`` or ``ordered``; the last two are exempt from the cap and need their number.

    Raises
    ------
    BadCheck
        Without a power item or number, or with dates the wrong way round.
    UnknownCheck
        If there is no such enterprise.
    CapReached
        If it was entered as often as it may be this year.
    """
    _check_frame(power_item, first_on, last_on)
    if reason not in CHECK_REASONS or reason == "draw":
        raise BadCheck("checks.bad", field="reason", value=reason)
    if reason in EXEMPT_REASONS and not (reference or "").strip():
        raise BadCheck("checks.bad", field="reference", value="")
    known = {one["code"]: one for one in queries.run(session, queries.LIST_ENTERPRISES)}
    if enterprise not in known:
        raise UnknownCheck("checks.unknown_enterprise", enterprise=enterprise)
    entries = queries.counted_entries(session).get(enterprise, ())
    check_cap(enterprise, reason, int(known[enterprise]["cap_per_year"]), entries, first_on)
    identity = queries.run(
        session, queries.ADD_CHECK, enterprise_id=known[enterprise]["id"], reason=reason, reference=reference,
        power_item=power_item, covert=covert, first_on=first_on, last_on=last_on, draw_id=None, first_staff_id=None,
        second_staff_id=None, made_by=actor,
    )[0]["id"]  # fmt: skip
    write_change(session, tenant, "check.added", facts={"check": int(identity), "reason": reason}, actor=actor)
    return int(identity)


def finish_check(session: Session, tenant: str, check: int, done_on: dt.date | None, actor: str = "system") -> None:
    """Say that an entry was made on a day, or, without one, that it will not be made.

    Raises
    ------
    CheckClosed
        If there is no such open check.
    """
    status = "cancelled" if done_on is None else "done"
    if not queries.run(session, queries.END_CHECK, check=check, status=status, done_on=done_on):
        raise CheckClosed("checks.closed", check=check)
    write_change(session, tenant, f"check.{status}", facts={"check": check}, actor=actor)


def list_checks(session: Session, *, every: bool = False) -> list[dict[str, Any]]:
    """Entries by their last day; those made or cancelled only with ``every``."""
    return queries.run(session, queries.LIST_CHECKS, every=every)


def list_enterprises(session: Session) -> list[dict[str, Any]]:
    """The register by code, with how many entries count against each cap this year under ``entries``."""
    entries = queries.counted_entries(session)
    found = queries.run(session, queries.LIST_ENTERPRISES)
    return [{**one, "entries": [day.isoformat() for day in entries.get(one["code"], ())]} for one in found]


def _check_frame(power_item: str, first_on: dt.date, last_on: dt.date) -> None:
    if not power_item.strip():
        raise BadCheck("checks.bad", field="power_item", value="")
    if last_on < first_on:
        raise BadCheck("checks.bad", field="dates", value=f"{first_on.isoformat()}..{last_on.isoformat()}")
