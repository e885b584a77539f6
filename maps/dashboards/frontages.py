"""门前四包: signed, expired and missing by street, 履约率 with its checks, issued lists, fronts to look at again."""

from __future__ import annotations

from geo.cases.frontages.items import items_of
from geo.cases.frontages.standing import STANDINGS
from geo.tables.frontages import AGREEMENT_STATES, AGREEMENT_VERSIONS, APPEAL_STATES, CHECK_KINDS, COLOURS, LIST_STATES
from maps.ledgers.spec import (
    CLOCK,
    CLOCK_FIELD,
    Cell,
    Clock,
    Count,
    Field,
    Group,
    Ledger,
    LedgerTab,
    Part,
    Records,
    Tally,
)
from maps.palette import BLUE, VERMILION
from maps.symbols import THEME_BY_KIND, Mark

FAILURES = tuple(sorted({item.code for version in AGREEMENT_VERSIONS for item in items_of(version)}))
SHOP = Field("shown_name", "frontages_shop")
CODE = Field("code", "ledger_number")
STREET = Field("street", "frontages_street")
HOUSE = Field("number", "frontages_house")
TOWN = Field("town", "frontages_town")
DISTRICT = Field("district_code", "district", "district")
STANDING = Field("standing", "frontages_standing", "choice", "status_", STANDINGS)
WHY = Field("why", "reason", "choice", "why_", ("lapsed", "unchecked", "failed", "ended"))
AT = Field("at", "ledger_at", "time")
CHECK_KIND = Field("kind", "ledger_kind", "choice", "check_", CHECK_KINDS)
FAILED = Field("failed", "frontages_failed", "choice", "failed_", FAILURES)
PASSED = Field("passed", "frontages_result", "choice", "passed_", ("true", "false"))

PARTS = (
    Part("facts", "ledger_part_facts", (
        CODE, SHOP, STREET, HOUSE, TOWN, DISTRICT, STANDING, WHY, Field("check_due_on", "frontages_check_due", "day"),
    )),
    Part("table", "frontages_agreements", (
        Field("number", "ledger_number"),
        Field("version", "frontages_version", "choice", "version_", AGREEMENT_VERSIONS),
        Field("signed_on", "frontages_signed_on", "day"), Field("valid_to_on", "frontages_valid_to", "day"),
        Field("state", "ledger_state", "choice", "agreement_", AGREEMENT_STATES),
    ), "agreements"),
    Part("table", "frontages_checks", (AT, CHECK_KIND, PASSED, FAILED), "checks"),
)  # fmt: skip
"""What the panel of one front shows."""


SPOT = ("street", "town")


def _drill(standing: str) -> str:
    return "/frontages?limit=1000&on={last}&town={town}&street={street}" + (f"&standing={standing}" if standing else "")


REGISTER = Tally(
    "frontages_register", "/frontages/register", "streets", (
        Cell(STREET), Cell(TOWN), Cell(Field("all", "ledger_total", "number"), _drill(""), same=SPOT),
        *(Cell(Field(name, f"status_{name}", "number"), _drill(name), same=SPOT) for name in STANDINGS),
    ), "fronts", note="frontages_whole", empty="frontages_none",
)  # fmt: skip
FRONTS = Records(
    "fronts", "frontages_all", "/frontages?limit=1000", "frontages",
    (CODE, SHOP, STREET, HOUSE, STANDING, WHY, DISTRICT), page_by="after",
    counts=(
        Count("frontages_all"), *(Count(f"status_{name}", (("standing", (name,)),)) for name in STANDINGS),
    ),
    groups=(Group("district_code", "standing"), Group("why")), look="standing", marks=THEME_BY_KIND["frontage"].marks,
    detail="/frontages/{key}", parts=PARTS, empty="frontages_none",
)  # fmt: skip
RATES = Tally(
    "frontages_rates", "/frontages/rates?first={first}&last={last}", "rates", (
        Cell(STREET), Cell(TOWN), Cell(Field("rate", "frontages_rate", "number", unit="unit_percent")),
        Cell(Field("passed", "frontages_passed", "number"), ids=True, keep=(("passed", ("true",)),)),
        Cell(Field("checked", "frontages_checked", "number"), ids=True),
    ), "checks", "rates", note="frontages_rate_note", empty="frontages_no_checks", opens="checked",
)  # fmt: skip
CHECKS = Records(
    "checks", "frontages_checks", "", "checks", (CODE, SHOP, STREET, HOUSE, AT, CHECK_KIND, PASSED, FAILED),
    look="passed", marks=(Mark("true", BLUE), Mark("false", VERMILION)), by_ids="/frontages/checks?",
    detail="/frontages/{frontage_id}", parts=PARTS, empty="frontages_choose",
)  # fmt: skip
LISTS = Tally(
    "frontages_lists", "/frontage-lists", "lists", (
        Cell(Field("month_on", "frontages_month", "day")), Cell(Field("version", "frontages_list_version", "number")),
        Cell(Field("state", "ledger_state", "choice", "list_", LIST_STATES)),
        Cell(Field("red", "colour_red", "number"), "/frontage-lists/{id}", keep=(("colour", ("red",)),)),
        Cell(Field("black", "colour_black", "number"), "/frontage-lists/{id}", keep=(("colour", ("black",)),)),
    ), "listed", only=(("state", ("issued",)),), note="frontages_lists_note", empty="frontages_no_lists", opens="red",
)  # fmt: skip
LISTED = Records(
    "listed", "frontages_listed", "", "rows",
    (
        CODE, SHOP, Field("colour", "frontages_colour", "choice", "colour_", COLOURS), STREET, HOUSE,
        Field("passed", "frontages_passed", "number"), Field("checked", "frontages_checked", "number"),
        Field("points", "frontages_points", "number"),
        Field("appeal", "frontages_appeal", "choice", "appeal_", APPEAL_STATES),
    ),
    look="colour", marks=(Mark("red", VERMILION), Mark("black", "#2B2B2B")), detail="/frontages/{frontage_id}",
    parts=PARTS, empty="frontages_choose",
)  # fmt: skip
TASKS = Records(
    "look_backs", "frontages_look_backs", "/frontages/tasks", "tasks",
    (CODE, SHOP, STREET, HOUSE, CLOCK_FIELD, Field("due_on", "ledger_due", "day"), DISTRICT),
    clock=Clock("due_on"),
    counts=(Count("frontages_look_backs"), Count("frontages_look_overdue", (("clock", ("overdue",)),), "warn")),
    groups=(Group("district_code", "clock"), Group("street", "clock")), look="clock", marks=CLOCK,
    detail="/frontages/{frontage_id}", parts=PARTS, empty="frontages_no_tasks",
)  # fmt: skip

LEDGER = Ledger(
    "frontages",
    (
        LedgerTab("register", "tab_frontages_register", (FRONTS,), (REGISTER,), notes=("frontages_note",)),
        LedgerTab("rates", "tab_frontages_rates", (CHECKS,), (RATES,), "month"),
        LedgerTab("lists", "tab_frontages_lists", (LISTED,), (LISTS,)),
        LedgerTab("look_backs", "tab_frontages_tasks", (TASKS,)),
    ),
)
"""The page."""
