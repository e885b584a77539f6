"""案件: open problems by how their clocks stand, and one problem with its steps, pictures and dates."""

from __future__ import annotations

from geo.cases.flow.states import PROBLEM
from geo.tables.cases import DECISION_KINDS, OPEN_PROBLEM_STATES, PROBLEM_ORIGINS, PROBLEM_STATES
from geo.tables.evidence import EVIDENCE_KINDS
from maps.ledgers.spec import CLOCK, CLOCK_FIELD, Clock, Count, Field, Group, Ledger, LedgerTab, Part, Records

STATE = Field("state", "ledger_state", "choice", "flow.state_", PROBLEM_STATES)
CODE = Field("code", "ledger_code", "code")
DISTRICT = Field("district_code", "district", "district")
ORIGIN = Field("origin", "ledger_origin", "choice", "problem_origin_", PROBLEM_ORIGINS)
NUMBER = Field("number", "ledger_number")
UNIT = Field("unit_name", "ledger_owner_unit")
DUE = Field("due_at", "ledger_due", "time")

STEPS = ("open", *sorted({step for _, step in PROBLEM.next}))
PARTS = (
    Part("clock", "ledger_part_clock", name="clock"),
    Part("facts", "ledger_part_facts", (
        NUMBER, STATE, CODE, Field("grade", "ledger_grade"), ORIGIN, DISTRICT, Field("place", "ledger_place"),
        Field("road", "ledger_road"), Field("quantity", "ledger_quantity", "number"), Field("unit", "ledger_unit"),
        Field("found_at", "ledger_found", "time"), Field("registered_at", "ledger_registered", "time"),
        Field("dispatched_at", "ledger_dispatched", "time"), Field("handled_at", "ledger_handled", "time"),
        Field("closed_at", "ledger_closed", "time"), Field("warn_at", "ledger_warn", "time"), DUE,
        Field("handle_due_at", "ledger_handle_due", "time"), UNIT, Field("staff_name", "ledger_staff"),
        Field("description", "ledger_description"),
    )),
    Part("pictures", "ledger_part_pictures", (
        Field("kind", "ledger_kind", "choice", "picture_", EVIDENCE_KINDS), Field("taken_at", "ledger_at", "time"),
    ), "pictures"),
    Part("table", "ledger_part_history", (
        Field("at", "ledger_at", "time"),
        Field("step", "ledger_step", "choice", "problem_step_", STEPS),
        Field("to_state", "ledger_to_state", "choice", "flow.state_", PROBLEM_STATES),
        Field("actor", "ledger_actor"), Field("note", "ledger_note"),
    ), "history"),
    Part("table", "ledger_part_meetings", (
        Field("held_on", "ledger_at", "day"), Field("kind", "ledger_kind", "choice", "meeting_", DECISION_KINDS),
        Field("decision", "ledger_decision"), Field("unit", "ledger_owner_unit"),
    ), "meetings"),
)  # fmt: skip
"""What the panel of one problem shows."""

OPEN = Records(
    "problems",
    "problems_open",
    "/problems?open=true&limit=1000",
    "problems",
    (NUMBER, CODE, CLOCK_FIELD, DUE, DISTRICT, UNIT, STATE),
    key="uid",
    page_by="before",
    clock=Clock("due_at", "warn_at", held=("suspended",)),
    counts=(
        Count("problems_open"),
        Count("problems_overdue", (("clock", ("overdue",)),), "warn"),
        Count("problems_warned", (("clock", ("warned",)),)),
        Count("problems_today", (("clock", ("today",)),)),
        Count("problems_disputed", (("state", ("disputed",)),), "warn"),
        Count("problems_suspended", (("state", ("suspended",)),)),
    ),
    groups=(Group("district_code", "clock"), Group("code", "clock"), Group("unit_name", "clock"), Group("state")),
    look="clock",
    marks=CLOCK,
    detail="/problems/{key}",
    parts=PARTS,
    empty="problems_none",
)

LATEST = Records(
    "latest",
    "problems_latest",
    "/problems?limit=500",
    "problems",
    (NUMBER, CODE, STATE, Field("found_at", "ledger_found", "time"), DISTRICT, ORIGIN, UNIT, CLOCK_FIELD),
    key="uid",
    clock=Clock("due_at", "warn_at", held=tuple(set(PROBLEM_STATES) - set(OPEN_PROBLEM_STATES) | {"suspended"})),
    counts=(Count("problems_latest"), Count("problems_closed", (("state", ("closed", "rated")),))),
    groups=(Group("state"), Group("origin"), Group("code")),
    look="clock",
    marks=CLOCK,
    detail="/problems/{key}",
    parts=PARTS,
    empty="problems_none",
)

LEDGER = Ledger(
    "problems",
    (
        LedgerTab("open", "tab_problems_open", (OPEN,), notes=("clock_note",)),
        LedgerTab("latest", "tab_problems_latest", (LATEST,), notes=("problems_latest_note",)),
    ),
)
"""The page."""
