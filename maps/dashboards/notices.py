"""文书与阶梯: notices due and overdue, rechecks, how often each rung was taken; never whom it was about."""

from __future__ import annotations

from geo.tables.ladder import RUNGS
from geo.tables.notices import DOCUMENT_KINDS, DOCUMENT_STATES, RECHECK_RESULTS
from maps.ledgers.spec import CLOCK, CLOCK_FIELD, Clock, Count, Field, Group, Ledger, LedgerTab, Part, Records
from maps.palette import BLUE, GREEN, ORANGE, VERMILION
from maps.symbols import Mark

NUMBER = Field("number", "ledger_number")
KIND = Field("kind", "ledger_kind", "choice", "document_", DOCUMENT_KINDS)
STATE = Field("state", "ledger_state", "choice", "document_state_", DOCUMENT_STATES)
DISTRICT = Field("district_code", "district", "district")
DUE = Field("due_on", "ledger_due", "day")
ENDED = tuple(state for state in DOCUMENT_STATES if state not in ("issued", "served", "extended"))

DOCUMENTS = Records(
    "documents", "notices_documents", "/documents/dates?limit=1000", "documents",
    (NUMBER, KIND, STATE, CLOCK_FIELD, DUE, DISTRICT, Field("item", "notices_item")), page_by="before",
    clock=Clock("due_on", held=ENDED),
    counts=(
        Count("notices_running", (("state", ("issued", "served", "extended")),)),
        Count("notices_overdue", (("clock", ("overdue",)),), "warn"),
        Count("notices_today", (("clock", ("today",)),)),
    ),
    groups=(Group("kind", "clock"), Group("district_code", "clock"), Group("state")), look="clock", marks=CLOCK,
    empty="notices_none",
)  # fmt: skip
RECHECKS = Records(
    "rechecks", "notices_rechecks", "/documents/rechecks?done=true", "rechecks",
    (
        NUMBER, KIND, CLOCK_FIELD, DUE, Field("result", "notices_result", "choice", "recheck_", RECHECK_RESULTS),
        Field("done_at", "notices_done", "time"), DISTRICT,
    ),
    clock=Clock("due_on", state="result", held=RECHECK_RESULTS),
    counts=(
        Count("notices_rechecks_open", (("result", ("",)),)),
        Count("notices_rechecks_overdue", (("clock", ("overdue",)),), "warn"),
    ),
    groups=(Group("district_code", "clock"), Group("result")), look="clock", marks=CLOCK,
    empty="notices_no_rechecks",
)  # fmt: skip
STEP = Field("step", "notices_step", "choice", "rung_", RUNGS)
INCIDENT_STATES = ("recorded", "waiting", "confirmed", "withdrawn")
INCIDENTS = Records(
    "incidents", "notices_incidents", "/ladder/incidents?limit=200", "incidents",
    (
        Field("id", "ledger_number"), Field("code", "ledger_code", "code"), Field("at", "ledger_at", "time"),
        Field("proposed", "notices_proposed", "choice", "rung_", RUNGS), STEP,
        Field("state", "ledger_state", "choice", "incident_", INCIDENT_STATES), DISTRICT,
    ),
    page_by="before", size=200,
    counts=(
        Count("notices_incidents"),
        *(Count(f"rung_{rung}", (("step", (rung,)), ("state", ("confirmed",)))) for rung in RUNGS),
    ),
    groups=(Group("district_code", "step"), Group("code", "step"), Group("state")), look="step",
    marks=(
        Mark("persuade", BLUE), Mark("caution", ORANGE), Mark("warn", "#B35900"), Mark("penalise", VERMILION),
        Mark("exempt", GREEN),
    ),
    detail="/ladder/incidents/{key}",
    parts=(
        Part("facts", "ledger_part_facts", (
            Field("id", "ledger_number"), Field("code", "ledger_code", "code"), Field("at", "ledger_at", "time"),
            DISTRICT, Field("state", "ledger_state", "choice", "incident_", INCIDENT_STATES),
            Field("proposed", "notices_proposed", "choice", "rung_", RUNGS), STEP,
            Field("work_class", "notices_class", "choice", "class_", ("service", "manage", "enforce")),
        )),
    ),
    empty="notices_no_incidents",
)  # fmt: skip

LEDGER = Ledger(
    "notices",
    (
        LedgerTab("documents", "tab_notices_documents", (DOCUMENTS,), notes=("notices_note",)),
        LedgerTab("rechecks", "tab_notices_rechecks", (RECHECKS,)),
        LedgerTab("ladder", "tab_notices_ladder", (INCIDENTS,), notes=("ladder_note",)),
    ),
)
"""The page."""
