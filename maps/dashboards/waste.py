"""工地与渣土: lorries off what is permitted, trips against weighings, sites with their filings and their checks."""

from __future__ import annotations

from dataclasses import replace

from geo.cases.worksites.filings import STANDINGS
from geo.tables.waste import DEVIATION_STATES, DEVIATIONS
from geo.tables.worksites import SITE_TYPES, WORKS
from maps.ledgers.spec import Count, Field, Group, Ledger, LedgerTab, Records
from maps.palette import BLUE, GREY, ORANGE, SKY, VERMILION
from maps.symbols import Mark

DISTRICT = Field("district_code", "district", "district")
TYPE = Field("site_type", "waste_site_type", "choice", "site_type_", SITE_TYPES)
STATE = Field("state", "ledger_state", "choice", "waste.state_", DEVIATION_STATES)
CODE = Field("code", "ledger_number")
NAME = Field("name", "waste_site")
ITEMS = ("dust", "wet", "wash", "cover", "hoarding", "paving", "dumping")
"""Of the checklists a county begins with; an item of its own is said by its code."""

DEVIATING = Records(
    "deviations", "waste_deviations", "/waste/deviations?first={first}&last={last}", "deviations",
    (
        Field("id", "ledger_number"), Field("kind", "waste_deviation", "choice", "waste.kind_", DEVIATIONS), STATE,
        Field("from_at", "ledger_from", "time"), Field("to_at", "ledger_to", "time"), Field("plate", "waste_plate"),
        Field("haulier", "waste_haulier"), Field("site_name", "waste_site"), DISTRICT,
    ),
    counts=(
        Count("waste_deviations"), Count("waste_unjudged", (("state", ("proposed",)),), "warn"),
        Count("waste_confirmed", (("state", ("confirmed",)),)),
    ),
    groups=(Group("kind", "state"), Group("haulier", "state"), Group("site_name", "state"), Group("district_code")),
    look="state",
    marks=(Mark("proposed", ORANGE), Mark("confirmed", VERMILION), Mark("dismissed", GREY), Mark("withdrawn", SKY)),
    empty="waste_none",
)  # fmt: skip
FILINGS = Records(
    "filings", "waste_filings", "/worksites/filings", "filings",
    (
        CODE, NAME, Field("standing", "waste_standing", "choice", "worksites.standing_", STANDINGS), TYPE,
        Field("number", "waste_paper"), Field("valid_to_on", "ledger_to", "day"), Field("builder", "waste_builder"),
        DISTRICT,
    ),
    key="code",
    counts=(Count("waste_filings"), Count("waste_out_of_order", (("standing", STANDINGS[:4]),), "warn")),
    groups=(Group("standing", "site_type"), Group("district_code", "standing")), look="standing",
    marks=(
        Mark("unfiled", VERMILION), Mark("expired", "#B35900"), Mark("not_yet", SKY), Mark("revoked", "#2B2B2B"),
        Mark("expiring", ORANGE), Mark("filed", BLUE),
    ),
    empty="waste_no_sites",
)  # fmt: skip
DAY = Records(
    "day", "waste_day", "/worksites/day", "sites",
    (CODE, NAME, Field("works", "waste_works", "choice", "works_", WORKS), TYPE,
     Field("checks", "waste_checks", "number"), DISTRICT),
    key="code", counts=(Count("waste_day"), Count("waste_unchecked", (("checks", ("0",)),), "warn")),
    groups=(Group("district_code", "works"), Group("site_type", "works")), look="works",
    marks=(Mark("working", VERMILION), Mark("paused", ORANGE), Mark("not_begun", SKY), Mark("completed", GREY)),
    empty="waste_no_sites",
)  # fmt: skip

LEFT = Field("left_at", "waste_left", "time")
ENDED = Field("ended_at", "waste_ended", "time")
PLATE = Field("plate", "waste_plate")
SITE_CODE = Field("site_code", "waste_site_code")
DUMP = Field("dump_code", "waste_dump")
NET = Field("net_kg", "waste_net", "number")
ENDINGS = ("dump", "returned", "silent", "under_way")
ENDING = Field("ending", "waste_ending", "choice", "waste_ending_", ENDINGS)
TRIPS = Records(
    "trips", "waste_trips", "/waste/trips?first={first}&last={last}", "trips",
    (
        Field("id", "ledger_number"), PLATE, ENDING, LEFT, ENDED, SITE_CODE, DUMP,
        Field("metres", "waste_way", "number", unit="unit_m"), Field("ticket", "waste_ticket"), NET,
    ),
    counts=(
        Count("waste_trips"), Count("waste_unweighed", (("ending", ("dump",)), ("ticket", ("",))), "warn"),
        *(Count(f"waste_ending_{name}", (("ending", (name,)),), "warn") for name in ENDINGS[1:3]),
    ),
    groups=(Group("site_code", "ending"), Group("plate", "ending")), look="ending",
    marks=(Mark("dump", BLUE), Mark("returned", VERMILION), Mark("silent", ORANGE), Mark("under_way", SKY)),
    empty="waste_no_trips",
)  # fmt: skip
RECONCILED = "/waste/reconciliation?first={first}&last={last}"
TIPPED = Records(
    "tipped", "waste_tipped", RECONCILED, "trips_alone",
    (Field("id", "ledger_number"), PLATE, replace(DUMP, words="statistics_"), SITE_CODE, LEFT, ENDED),
    counts=(Count("waste_tipped", (), "warn"),), groups=(Group("dump_code"), Group("plate")), look="dump_code",
    marks=(Mark("record", VERMILION),), empty="waste_none_tipped",
)  # fmt: skip
WEIGHED = Records(
    "weighed", "waste_weighed", RECONCILED, "tickets_alone",
    (
        Field("number", "waste_ticket"), PLATE,
        Field("registered", "waste_known", "choice", "waste_known_", ("true", "false")),
        Field("at", "ledger_at", "time"), DUMP, NET,
    ),
    counts=(Count("waste_weighed", (), "warn"), Count("waste_known_false", (("registered", ("false",)),), "warn")),
    groups=(Group("dump_code", "registered"), Group("plate")), look="registered",
    marks=(Mark("true", ORANGE), Mark("false", VERMILION)), empty="waste_none_weighed",
)  # fmt: skip
RESULTS = ("open", "put_right", "in_order")
CHECKS = Records(
    "site_checks", "waste_site_checks", "/worksites/checks?first={first}&last={last}", "checks",
    (
        Field("id", "ledger_number"), Field("site_name", "waste_site"), TYPE, Field("at", "ledger_at", "time"),
        Field("result", "waste_result", "choice", "waste_result_", RESULTS),
        Field("found", "waste_found", "choice", "waste_item_", ITEMS), Field("gate_code", "waste_gate"), DISTRICT,
    ),
    counts=(
        Count("waste_site_checks"),
        *(Count(f"waste_result_{name}", (("result", (name,)),), "warn" if name == "open" else "") for name in RESULTS),
    ),
    groups=(Group("site_name", "result"), Group("district_code", "result"), Group("site_type", "result")),
    look="result", marks=(Mark("open", VERMILION), Mark("put_right", ORANGE), Mark("in_order", BLUE)),
    empty="waste_no_checks",
)  # fmt: skip

LEDGER = Ledger(
    "waste",
    (
        LedgerTab("deviations", "tab_waste_deviations", (DEVIATING,), (), "month", notes=("waste_note",)),
        LedgerTab("trips", "tab_waste_trips", (TRIPS, TIPPED, WEIGHED), (), "month", notes=("waste_trips_note",)),
        LedgerTab("sites", "tab_waste_sites", (FILINGS, DAY), notes=("waste_sites_note",)),
        LedgerTab("checks", "tab_waste_checks", (CHECKS,), (), "year", notes=("waste_checks_note",)),
    ),
)
"""The page."""
