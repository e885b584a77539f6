"""投诉: what is due, what repeats, what is not the bureau's, what waits for a place; never who complained."""

from __future__ import annotations

from dataclasses import replace

from geo.cases.complaints.states import COMPLAINT, ENDED
from geo.tables.complaints import CHANNELS, COMPLAINT_STATES, FINDINGS, HANDLING, SATISFACTION, TIE_KINDS
from maps.ledgers.spec import (
    CLOCK,
    CLOCK_FIELD,
    PLACING_MARKS,
    Cell,
    Clock,
    Count,
    Field,
    Group,
    Ledger,
    LedgerTab,
    Part,
    Placing,
    Records,
    Tally,
)
from maps.palette import BLUE, VERMILION
from maps.symbols import Mark

NUMBER = Field("id", "ledger_number")
TOPIC = Field("topic", "complaints_topic")
CHANNEL = Field("channel", "complaints_channel", "choice", "channel_", CHANNELS)
STATE = Field("state", "ledger_state", "choice", "complaint_state_", COMPLAINT_STATES)
DISTRICT = Field("district_code", "district", "district")
PLACE = Field("place_text", "ledger_place")
DUE = Field("due_at", "ledger_due", "time")
RECEIVED = Field("received_at", "complaints_received", "time")
HANDLED = Field("handling", "complaints_handling", "choice", "handling_", HANDLING)
KIND = Field("kind", "complaints_tie", "choice", "tie_", TIE_KINDS)

STEPS = ("open", *sorted({step for _, step in COMPLAINT.next}))
PARTS = (
    Part("facts", "ledger_part_facts", (
        NUMBER, CHANNEL, STATE, TOPIC, Field("code", "ledger_code", "code"), PLACE,
        Field("matched", "complaints_matched"), DISTRICT, RECEIVED, DUE,
        Field("closed_at", "ledger_closed", "time"), HANDLED,
        Field("owner_unit", "ledger_owner_unit"), Field("owner_staff", "ledger_staff"),
        Field("finding", "complaints_finding", "choice", "finding_", FINDINGS),
        Field("satisfaction", "complaints_satisfaction", "choice", "satisfaction_", SATISFACTION),
        Field("authority_code", "complaints_authority"),
    )),
    Part("table", "ledger_part_history", (
        Field("at", "ledger_at", "time"),
        Field("step", "ledger_step", "choice", "complaint_step_", STEPS),
        Field("to_state", "ledger_to_state", "choice", "complaint_state_", COMPLAINT_STATES),
        Field("actor", "ledger_actor"),
    ), "history"),
    Part("table", "complaints_ties", (
        KIND, Field("complaint_id", "ledger_number"), Field("earlier_id", "complaints_earlier"),
        Field("distance_m", "complaints_distance", "number"),
    ), "ties"),
)  # fmt: skip
"""What the panel of one complaint shows: neither its words nor its caller, who may be named in them."""

RUNNING = tuple(state for state in COMPLAINT_STATES if state not in ENDED)
CLOCKED = Clock("due_at", held=tuple(sorted(ENDED)))


def _list(name: str, title: str, source: str, empty: str, fields: tuple[Field, ...], **more: object) -> Records:
    facts = {"size": 500, "page_by": "before", "clock": CLOCKED, "detail": "/complaints/{key}", "parts": PARTS} | more
    return Records(name, title, source, "complaints", fields, empty=empty, **facts)  # type: ignore[arg-type]


OPEN = _list(
    "complaints", "complaints_open", "/complaints?" + "".join(f"state={state}&" for state in RUNNING) + "limit=500",
    "complaints_none", (NUMBER, TOPIC, CLOCK_FIELD, DUE, DISTRICT, CHANNEL, STATE, HANDLED),
    counts=(
        Count("complaints_open"),
        Count("complaints_overdue", (("clock", ("overdue",)),), "warn"),
        Count("complaints_today", (("clock", ("today",)),)),
        Count("complaints_careful", (("handling", ("careful",)),), "warn"),
        Count("complaints_review", (("state", ("review",)),)),
    ),
    groups=(Group("district_code", "clock"), Group("channel", "clock"), Group("topic", "clock"), Group("state")),
    look="clock", marks=CLOCK,
)  # fmt: skip
WAITING = _list(
    "waiting", "complaints_waiting", "/complaints?waiting=true&limit=500", "complaints_none_waiting",
    (NUMBER, TOPIC, replace(PLACE, words="placing_"), RECEIVED, CLOCK_FIELD, CHANNEL),
    counts=(Count("complaints_waiting", (), "warn"),), groups=(Group("channel", "clock"),), look="place_text",
    marks=PLACING_MARKS, placing=Placing("/places?text={place_text}", "places", "/complaints/{id}/place", "PUT"),
)  # fmt: skip
REFERRED = _list(
    "referred", "complaints_referred", "/complaints?state=referred&limit=500", "complaints_none_referred",
    (NUMBER, TOPIC, Field("authority_code", "complaints_authority"), RECEIVED, DISTRICT, CLOCK_FIELD),
    counts=(Count("complaints_referred"),), groups=(Group("authority_code"), Group("topic")), look="clock", marks=CLOCK,
)  # fmt: skip
TIES = Records(
    "ties", "complaints_ties", "/complaints/ties?state=proposed&limit=500", "ties",
    (
        Field("complaint_id", "ledger_number"), Field("earlier_id", "complaints_earlier"), KIND,
        Field("distance_m", "complaints_distance", "number"), Field("found_at", "ledger_found", "time"),
    ),
    page_by="before", size=500, counts=(Count("complaints_ties"),), groups=(Group("kind"),), look="kind",
    marks=(Mark("duplicate", VERMILION), Mark("repeat", BLUE)), detail="/complaints/{complaint_id}", parts=PARTS,
    empty="complaints_none_tied",
)  # fmt: skip
RATES = ("closed", "answered", "in_time", "content", "repeats", "referred", "placed")


def _figures(by: str, group: Field) -> Tally:
    return Tally(
        f"complaints_by_{by}", f"/complaints/figures?first={{first}}&last={{last}}&by={by}", "figures", (
            Cell(group), Cell(Field("received", "complaints_taken_in", "number")),
            *(Cell(Field(name, f"complaints_rate_{name}")) for name in RATES),
        ), "received", "complaint_rates", empty="complaints_no_figures",
    )  # fmt: skip


RECEIVED_ALL = _list(
    "received", "complaints_newest", "/complaints?limit=500", "complaints_none",
    (NUMBER, TOPIC, RECEIVED, STATE, DISTRICT, CHANNEL, CLOCK_FIELD), groups=(Group("state"), Group("topic")),
    look="clock", marks=CLOCK,
)  # fmt: skip

LEDGER = Ledger(
    "complaints",
    (
        LedgerTab("open", "tab_complaints_open", (OPEN,), notes=("complaints_note",)),
        LedgerTab("ties", "tab_complaints_ties", (TIES,), notes=("ties_note",)),
        LedgerTab("referred", "tab_complaints_referred", (REFERRED,)),
        LedgerTab("waiting", "tab_complaints_waiting", (WAITING,), notes=("waiting_note",)),
        LedgerTab(
            "figures",
            "tab_complaints_figures",
            (RECEIVED_ALL,),
            (
                _figures("none", Field("group", "complaints_all")),
                _figures("channel", Field("group", "complaints_channel", "choice", "channel_", CHANNELS)),
                _figures("district", Field("group", "district", "district")),
            ),
            "month",
            notes=("complaints_figures_note",),
        ),
    ),
)
"""The page."""
