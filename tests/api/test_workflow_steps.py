"""Every table of transitions, asked over HTTP: in each state each step it does not allow is a 409 naming the open ones.

A row of each thing is put into each of its states by hand; then every step the route knows of is sent.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from sqlalchemy import CheckConstraint, Column, Date, DateTime, insert
from sqlalchemy.orm import Session

from api.auth.actions import add_account, link_account
from geo.cases.ads.states import AD_ORDER
from geo.cases.buildings.states import BUILDING, ESTATE
from geo.cases.campaigns.states import CAMPAIGN
from geo.cases.complaints.states import COMPLAINT
from geo.cases.components.states import REPAIR
from geo.cases.flow.states import PROBLEM
from geo.cases.frontages.states import AGREEMENT, MONTHLY_LIST
from geo.cases.hazards.states import HAZARD
from geo.cases.notices.states import HOLDING, NOTICE, PAPER
from geo.cases.outages.states import OUTAGE
from geo.cases.penalties.states import PENALTY, REFERRAL_STEPS
from geo.cases.postures.states import POSTURE
from geo.cases.risks.states import ASSESSMENT
from geo.cases.waste.deviations.states import DEVIATION
from geo.cases.workflow import Workflow
from geo.cases.workflows import WORKFLOWS
from geo.db.engine import Database
from geo.tables.base import Base
from geo.uids import uuid7
from tests.api.conftest import PASSWORD, Served
from tests.api.county import box, point
from tests.lawful import found, staff_id

AT = dt.datetime(2026, 3, 2, 2, tzinfo=dt.UTC)
VERSIONS = itertools.count(1)
SPOT, GROUND = point(117.99, 28.3), box(117.99, 28.3, 117.991, 28.301, "MULTI")


@dataclass(frozen=True)
class Thing:
    """A thing with a life: its table, its route, what its row and each step need, and which steps others take."""

    flow: Workflow
    table: str
    route: str
    row: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=dict)
    in_state: Callable[[str], dict[str, Any]] = lambda state: {}
    elsewhere: frozenset[str] = frozenset()
    """Steps of another route, or which nobody sends: the calendar or another row takes them."""

    named: str = "id"
    """Column that the route names the row by."""

    dated: bool = True


def only(state: str, *states: str, **columns: Any) -> dict[str, Any]:
    """Columns that hold something in some states and nothing in all others."""
    return columns if state in states else dict.fromkeys(columns)


THINGS = (
    Thing(PENALTY, "penalty", "/penalties/{}/steps", elsewhere=REFERRAL_STEPS,
          in_state=lambda state: only(state, "archived", archived_on=AT)),
    *(
        Thing(flow, "legal_document", "/documents/{}/steps", {"kind": kind, "content_sealed": b"x"},
              in_state=lambda state: {"number": "1", "serial": 1, "issued_at": AT}, elsewhere=frozenset({"lapse"}))
        for flow, kind in ((NOTICE, "rectify"), (HOLDING, "keep_evidence"), (PAPER, "scene_record"))
    ),
    Thing(PROBLEM, "problem_case", "/problems/{}/steps", {"code": "04-05", "origin": "patrol"}, {"staff": "L1"},
          lambda state: only(state, "closed", "rated", closed_at=AT), frozenset(
              step for step in PROBLEM.steps if step.startswith("split_")), named="uid"),
    Thing(COMPLAINT, "complaint", "/complaints/{}/steps", {"channel": "12345", "source": "desk"},
          in_state=lambda state: only(state, "referred", authority_code="A"), elsewhere=frozenset({"merge", "split"})),
    Thing(BUILDING, "illegal_building", "/buildings/{}/steps"),
    Thing(ESTATE, "estate", "/buildings/estates/{}/steps", elsewhere=frozenset({"lose"})),
    Thing(AGREEMENT, "agreement", "/frontages/agreements/{}/steps", {"version": "four"},
          elsewhere=frozenset({"replace"})),
    Thing(MONTHLY_LIST, "frontage_list", "/frontage-lists/{}/steps", {"month_on": dt.date(2026, 3, 1)},
          in_state=lambda state: {"appeal_to_on": AT, "version": next(VERSIONS)}, dated=False),
    Thing(DEVIATION, "haul_deviation", "/waste/deviations/{}/steps", {"kind": "off_route"}, dated=False,
          elsewhere=frozenset({"withdraw", "find_again"})),
    Thing(AD_ORDER, "ad_order", "/ads/orders/{}/steps", {"measure": "remove"},
          in_state=lambda state: only(state, "conformed", "removed_by_owner", "removed_by_bureau", done_on=AT)),
    Thing(POSTURE, "posture", "/postures/{}/steps", {"kind": "event"}, named="code",
          in_state=lambda state: {**only(state, "approved", "withdrawn", approved_at=AT),
                                  **only(state, "withdrawn", withdrawn_at=AT)}),
    Thing(CAMPAIGN, "campaign", "/campaigns/{}/steps", {"codes": ["04-05"]}, named="code"),
    Thing(ASSESSMENT, "risk_assessment", "/risks/{}/steps", {"about": "acts", "acts": ["seize"]}, named="number",
          in_state=lambda state: only(state, "approved", "revoked", approver="x")),
    Thing(REPAIR, "repair_order", "/repairs/{}/steps", {},
          in_state=lambda state: only(state, "accepted", accepted_at=AT)),
    Thing(OUTAGE, "outage", "/outages/{}/steps", elsewhere=frozenset({"merge"}),
          in_state=lambda state: {"look_again_on": AT, "mended_at": AT}),
    Thing(HAZARD, "hazard", "/hazards/{}/steps"),
)  # fmt: skip
"""Where another row is needed, as what a merged one is merged into, it is made."""


def plant(session: Session, tenant: str, name: str, **given: Any) -> Any:
    """A row with something in every column that must hold something; returns it."""
    table = Base.metadata.tables[name]
    values: dict[str, Any] = {"tenant": tenant}
    for column in table.columns:
        if not (column.nullable or column.server_default is not None or column.name in ("tenant", "id", *given)):
            values[column.name] = something(session, tenant, column)
    return session.execute(insert(table).values(**values | given).returning(*table.columns)).mappings().one()


def something(session: Session, tenant: str, column: Column[Any]) -> Any:
    """What a column may hold: one of its choices, a row it points to, or anything of its type."""
    for key in column.foreign_keys:
        if key.column.name != "tenant":
            return plant(session, tenant, key.column.table.name)[key.column.name]
    for rule in column.table.constraints:
        said = str(rule.sqltext) if isinstance(rule, CheckConstraint) else ""
        if said.startswith(f"{column.name} IN ("):
            return said.split("'")[1]
    kind = str(column.type).lower()
    if kind.startswith("geometry"):
        return GROUND if "multipolygon" in kind else SPOT
    if isinstance(column.type, DateTime | Date):
        return AT
    plain = {"char(32)": uuid7(), "blob": b"x", "jsonb": {}, "bytea": b"x"}
    whole = kind.startswith(("numeric", "bigint", "integer", "smallint"))
    return 1 if whole else plain.get(kind, "W" if column.name == "district_code" else f"t{uuid7()}")


@pytest.fixture(scope="module")
def bureau(database: Database, make_module_county: str) -> str:
    with database.begin(make_module_county) as session:
        found(session, make_module_county)
        add_account(session, make_module_county, "law", PASSWORD, "administrator", None)
        link_account(session, make_module_county, "law", "L1")
    return make_module_county


@pytest.fixture(scope="module")
def client(served: Served, bureau: str) -> httpx.Client:
    """Somebody who may take every step of everything, were it open."""
    client = served.client()
    answer = client.post("/session", json={"login": "law", "password": PASSWORD, "tenant": bureau})
    client.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return client


def walk(client: httpx.Client, database: Database, county: str, thing: Thing, most: int | None = None) -> None:
    """Send every step that is not open in each state, or so many of each state, others in the next."""
    table = Base.metadata.tables[thing.table]
    column = "state" if "state" in table.columns else "status"
    sent = [step for step in thing.flow.steps if step not in thing.elsewhere]
    for number, state in enumerate(thing.flow.states):
        with database.begin(county) as session:
            usual = {"staff_id": staff_id(session, county, "L1"), "due_at": AT}
            given = {name: value for name, value in usual.items() if name in table.columns} | thing.row
            if state == "merged":
                given["merged_into"] = plant(session, county, thing.table, **given, **{column: thing.flow.start})["id"]
            row = plant(session, county, thing.table, **{column: state}, **given, **thing.in_state(state))
        opened = thing.flow.open_steps(state)
        illegal = [step for step in sent if step not in opened]
        at = (number * most) % len(illegal) if most and illegal else 0
        for step in [*illegal[at:], *illegal[:at]][:most]:
            body = {"step": step, "note": "因故", **({"at": AT.isoformat()} if thing.dated else {}), **thing.body}
            answer = client.post(thing.route.format(row[thing.named]), json=body)
            assert answer.status_code == 409, (state, step, answer.text)
            told = answer.json()["facts"]
            assert (told["state"], told["step"]) == (state, step)
            assert told["open"] == (", ".join(opened) or "-")


@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.flow.name)
def test_a_step_that_is_not_open_is_a_conflict_that_names_the_open_ones(
    client: httpx.Client, database: Database, bureau: str, thing: Thing
) -> None:
    walk(client, database, bureau, thing, 2)


@pytest.mark.long
@pytest.mark.parametrize("thing", THINGS, ids=lambda thing: thing.flow.name)
def test_every_step_that_is_not_open_in_any_state_is_such_a_conflict(
    client: httpx.Client, database: Database, bureau: str, thing: Thing
) -> None:
    walk(client, database, bureau, thing)


def test_nothing_with_a_life_is_left_out() -> None:
    assert [thing.flow.name for thing in THINGS] == [flow.name for flow in WORKFLOWS]
