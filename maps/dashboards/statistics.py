"""统计: figures of reports, evaluation, 721 and the 底数表 for a period and a 片区, each with its records."""

from __future__ import annotations

from geo.cases.statistics.report import STATES
from geo.tables.cases import PROBLEM_STATES
from maps.dashboards.problems import PARTS
from maps.ledgers.spec import Cell, Count, Field, Group, Ledger, LedgerTab, Records, Tally
from maps.palette import BLUE
from maps.symbols import Mark

ONE_LOOK = (Mark("record", BLUE),)
TITLE = Field("title", "statistics_figure")
UNIT = Field("unit", "ledger_unit")
STATE = Field("state", "ledger_state", "choice", "statistics_", STATES)
DISTRICT = Field("district_code", "district", "district")
RATE = Field("rate", "statistics_rate", "number", unit="unit_percent")


def _records(name: str) -> Records:
    """The records a number of the tally above leads to."""
    return Records(
        name, "statistics_records", "", "records",
        (
            Field("label", "ledger_number"), Field("at", "ledger_at", "time"), DISTRICT,
            Field("amount", "statistics_amount", words="statistics_"), UNIT,
        ),
        page_by="after", groups=(Group("district_code"),), look="amount", marks=ONE_LOOK, empty="frontages_choose",
    )  # fmt: skip


FIGURES = Tally(
    "statistics_figures", "/statistics?first={first}&last={last}", "", (
        Cell(TITLE),
        Cell(
            Field("amount", "statistics_amount", "number"),
            "/statistics/figures/{figure}/records?first={first}&last={last}&district={district}&limit=1000",
        ),
        Cell(UNIT), Cell(RATE), Cell(Field("numerator", "statistics_numerator", "number")),
        Cell(Field("denominator", "statistics_denominator", "number")), Cell(Field("over", "statistics_over")),
        Cell(STATE), Cell(Field("source", "statistics_source")),
    ), "figure_records", "figures", note="statistics_note", opens="amount",
)  # fmt: skip
BASE = Tally(
    "statistics_base", "/statistics/baseline", "", (
        Cell(TITLE),
        Cell(
            Field("amount", "statistics_amount", "number"),
            "/statistics/figures/{figure}/records?first={last}&last={last}&district={district}&limit=1000",
        ),
        Cell(UNIT), Cell(Field("newest", "statistics_newest", "day")), Cell(STATE),
    ), "base_records", "figures", note="statistics_base_note", opens="amount",
)  # fmt: skip
INDICATORS = Tally(
    "statistics_indicators", "/statistics/evaluation?first={first}&last={last}", "", (
        Cell(TITLE), Cell(Field("value", "statistics_value", "number")), Cell(UNIT),
        Cell(Field("numerator", "statistics_numerator", "number")),
        Cell(Field("denominator", "statistics_denominator", "number")),
    ), "judged", "indicators",
)  # fmt: skip
GROUPS = Tally(
    "statistics_groups", "/statistics/evaluation?first={first}&last={last}", "", (
        Cell(DISTRICT),
        Cell(
            Field("reported", "statistics_reported", "number"),
            "/statistics/evaluation/problems?first={first}&last={last}&limit=1000", same=("district_code",),
        ),
        *(
            Cell(Field(name, f"statistics_{name}", "number", unit="unit_percent"))
            for name in ("registered", "handled_in_time", "closed", "rework")
        ),
        Cell(Field("overdue", "statistics_overdue", "number")), Cell(Field("on_spot", "statistics_on_spot", "number")),
    ), "judged", "groups", note="statistics_groups_note",
)  # fmt: skip
SHARES = Tally(
    "statistics_classes", "/statistics/classes?first={first}&last={last}", "", (
        Cell(DISTRICT), Cell(Field("total", "ledger_total", "number")),
        *(
            Cell(Field(f"{name}{part}", f"class_{name}", "number", unit="unit_percent" if part else ""))
            for name in ("service", "manage", "enforce") for part in ("", "_share")
        ),
    ), "judged", "shares", only=(("whole", ("part",)),), note="statistics_classes_note",
)  # fmt: skip
JUDGED = Records(
    "judged", "statistics_judged", "/statistics/evaluation/problems?first={first}&last={last}&limit=1000", "problems",
    (
        Field("number", "ledger_number"), Field("code", "ledger_code", "code"),
        Field("state", "ledger_state", "choice", "flow.state_", PROBLEM_STATES),
        Field("found_at", "ledger_found", "time"), DISTRICT, Field("handle_due_at", "ledger_handle_due", "time"),
        Field("handled_at", "ledger_handled", "time"), Field("closed_at", "ledger_closed", "time", words="statistics_"),
    ),
    key="uid", page_by="after", counts=(Count("statistics_judged"),), groups=(Group("state"), Group("code")),
    look="closed_at", marks=ONE_LOOK, detail="/problems/{key}", parts=PARTS, empty="problems_none",
)  # fmt: skip

LEDGER = Ledger(
    "statistics",
    (
        LedgerTab(
            "figures", "tab_statistics_figures", (_records("figure_records"),), (FIGURES,), "year", by_district=True
        ),
        LedgerTab("evaluation", "tab_statistics_evaluation", (JUDGED,), (INDICATORS, GROUPS, SHARES), "month",
                  by_district=True),
        LedgerTab("base", "tab_statistics_base", (_records("base_records"),), (BASE,), by_district=True),
    ),
)  # fmt: skip
"""The page."""
