"""违建台账: the stock equation of a period, each term with its buildings; plans, alarms, estates."""

from __future__ import annotations

from geo.cases.buildings.states import BUILDING, ESTATE
from geo.cases.buildings.stock import TERMS
from geo.tables.building_ledger import PLAN_WAYS
from geo.tables.illegal_buildings import STATUSES
from maps.ledgers.spec import Cell, Count, Field, Group, Ledger, LedgerTab, Part, Records, Tally
from maps.symbols import THEME_BY_KIND

CODE = Field("code", "ledger_number")
STATUS = Field("status", "ledger_state", "choice", "status_", STATUSES)
DISTRICT = Field("district_code", "district", "district")
CATEGORY = Field("category", "buildings_category")
FOUND = Field("found_on", "ledger_found", "day")
AREA = Field("area_m2", "buildings_area", "number", unit="unit_m2")
HOUSEHOLDS = Field("households", "buildings_households", "number", unit="unit_households")
STEPS = ("open", *sorted({step for _, step in BUILDING.next}))
PARTS = (
    Part("facts", "ledger_part_facts", (
        CODE, STATUS, Field("status_since_on", "buildings_since", "day"), FOUND,
        Field("built_on", "buildings_built", "day"), AREA, HOUSEHOLDS, CATEGORY, DISTRICT,
    )),
    Part("table", "ledger_part_history", (
        Field("at", "ledger_at", "time"),
        Field("step", "ledger_step", "choice", "building_step_", STEPS),
        Field("to_state", "ledger_to_state", "choice", "status_", STATUSES), Field("actor", "ledger_actor"),
        Field("note", "ledger_note"),
    ), "history"),
    Part("table", "buildings_corrections", (
        Field("at", "ledger_at", "time"), Field("households_more", "buildings_households", "number"),
        Field("area_m2_more", "buildings_area", "number"), Field("reason", "reason"), Field("actor", "ledger_actor"),
    ), "corrections"),
)  # fmt: skip
"""What the panel of one building shows."""


def _buildings(name: str, title: str, *, counted: bool) -> Records:
    groups = (Group("district_code"), Group("category"), Group("status")) if counted else ()
    return Records(
        name, title, "/buildings?limit=1000&district={district}" if counted else "", "buildings",
        (CODE, STATUS, FOUND, AREA, HOUSEHOLDS, CATEGORY, DISTRICT), page_by="before" if counted else "",
        counts=(Count(title),) if counted else (), groups=groups, look="status",
        marks=THEME_BY_KIND["illegal_building"].marks, detail="/buildings/{key}", parts=PARTS,
        empty="buildings_none" if counted else "frontages_choose", by_ids="/buildings?limit=1000&",
    )  # fmt: skip


STOCK = Tally(
    "buildings_stock", "/buildings/stock?first={first}&last={last}&district={district}", "", (
        Cell(Field("term", "buildings_term", "choice", "term_", ("opening", *TERMS, "closing", "difference"))),
        Cell(Field("plots", "buildings_plots", "number"), ids=True),
        Cell(Field("households", "buildings_households", "number"), ids=True),
        Cell(Field("area_m2", "buildings_area", "number"), ids=True),
    ), "buildings", "stock", note="buildings_stock_note",
)  # fmt: skip
PLANS = Tally(
    "buildings_plans", "/buildings/plans", "plans", (
        Cell(CATEGORY), Cell(Field("way", "buildings_way", "choice", "way_", PLAN_WAYS)),
        Cell(Field("goal", "buildings_goal", "number")), Cell(Field("done", "buildings_done", "number"), ids=True),
        Cell(Field("standing", "buildings_standing", "number"), ids=True),
        Cell(Field("to_on", "ledger_to", "day")), Cell(Field("owner_name", "ledger_staff")),
    ), "planned", empty="buildings_no_plans", opens="standing",
)  # fmt: skip
ALARMS = Records(
    "alarms", "buildings_alarms", "/buildings/alarms", "alarms",
    (
        CODE, STATUS, Field("seen_on", "buildings_seen", "day"), Field("base_on", "buildings_base", "day"), DISTRICT,
        Field("name", "buildings_told"), Field("answered_at", "buildings_answered", "time"),
        Field("answer", "buildings_answer"),
    ),
    counts=(Count("buildings_alarms"), Count("buildings_unanswered", (("answered_at", ("",)),), "warn")),
    groups=(Group("district_code", "status"), Group("name")), look="status",
    marks=THEME_BY_KIND["illegal_building"].marks, detail="/buildings/{building_id}", parts=PARTS,
    empty="buildings_no_alarms",
)  # fmt: skip
ESTATE_STATES = tuple(sorted(ESTATE.states))
ESTATES = Records(
    "estates", "buildings_estates", "/buildings/estates", "estates",
    (
        Field("name", "buildings_estate"), Field("status", "ledger_state", "choice", "status_", ESTATE_STATES),
        Field("status_since_on", "buildings_since", "day"), Field("keeper_name", "buildings_keeper"),
    ),
    counts=(Count("buildings_estates_held", (("status", ("held",)),)),), groups=(Group("status"),), look="status",
    marks=THEME_BY_KIND["estate"].marks, empty="buildings_no_estates",
)  # fmt: skip

LEDGER = Ledger(
    "buildings",
    (
        LedgerTab(
            "stock", "tab_buildings_stock", (_buildings("buildings", "buildings_all", counted=True),), (STOCK,), "year",
            by_district=True, notes=("buildings_note",),
        ),
        LedgerTab(
            "plans", "tab_buildings_plans", (_buildings("planned", "buildings_of_plan", counted=False),), (PLANS,)
        ),
        LedgerTab("alarms", "tab_buildings_alarms", (ALARMS,), notes=("alarms_note",)),
        LedgerTab("estates", "tab_buildings_estates", (ESTATES,)),
    ),
)  # fmt: skip
"""The page."""
