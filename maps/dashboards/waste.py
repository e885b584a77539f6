"""工地与渣土: deviations of lorries from what is permitted, sites under way, and how each stands with its filings."""

from __future__ import annotations

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

LEDGER = Ledger(
    "waste",
    (
        LedgerTab("deviations", "tab_waste_deviations", (DEVIATING,), (), "month", notes=("waste_note",)),
        LedgerTab("sites", "tab_waste_sites", (FILINGS, DAY), notes=("waste_sites_note",)),
    ),
)
"""The page."""
