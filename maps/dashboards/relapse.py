"""回潮: how many closings were followed by the same again nearby, where most, and each return with what it followed."""

from __future__ import annotations

from maps.ledgers.spec import Cell, Count, Field, Group, LedgerTab, Records, Tally
from maps.palette import ORANGE, SKY, VERMILION
from maps.symbols import Mark

CODE = Field("code", "ledger_code", "code")
DISTRICT = Field("district_code", "district", "district")
SPEEDS = ("day", "week", "later")
ASKED = "first={first}&last={last}&within_days=14"

RATES = Tally(
    "relapse_rates", f"/statistics/relapse?{ASKED}", "", (
        Cell(Field("whole", "relapse_of", "choice", "relapse_", ("whole", "district", "code"))),
        Cell(Field("name", "relapse_group")),
        Cell(Field("closings", "relapse_closings", "number")), Cell(Field("followed", "relapse_followed", "number")),
        Cell(Field("rate", "statistics_rate", "number", unit="unit_percent")),
        Cell(Field("half_h", "relapse_half", "number", unit="unit_hours")),
    ), "returns", "relapse_rates", note="relapse_rates_note", empty="relapse_none",
)  # fmt: skip
SPOTS = Tally(
    "relapse_spots", f"/statistics/relapse?{ASKED}", "", (
        Cell(Field("rank", "relapse_rank")), Cell(CODE), Cell(DISTRICT),
        Cell(Field("closings", "relapse_closings", "number")),
        Cell(Field("returns", "relapse_returns", "number"), f"/statistics/relapse/returns?{ASKED}&spot={{event_id}}"),
        Cell(Field("soonest_min", "relapse_soonest", "number", unit="unit_minutes")),
        Cell(Field("last_closed_at", "relapse_last", "time")),
    ), "returns", "relapse_spots", note="relapse_spots_note", empty="relapse_none", opens="returns",
)  # fmt: skip
RETURNS = Records(
    "returns", "relapse_list", "", "returns",
    (
        Field("event_id", "relapse_event"), CODE, Field("speed", "relapse_speed", "choice", "relapse_", SPEEDS),
        Field("gap_h", "relapse_gap", "number", unit="unit_hours"), Field("closed_at", "ledger_closed", "time"),
        Field("back_at", "relapse_back", "time"), Field("distance_m", "relapse_distance", "number", unit="unit_m"),
        DISTRICT, Field("parent_id", "relapse_parent"),
    ),
    key="event_id", counts=(Count("relapse_list"), Count("relapse_day", (("speed", ("day",)),), "warn")),
    groups=(Group("code", "speed"),), look="speed",
    marks=(Mark("day", VERMILION), Mark("week", ORANGE), Mark("later", SKY)), empty="frontages_choose",
)  # fmt: skip

TAB = LedgerTab("relapse", "tab_relapse", (RETURNS,), (SPOTS, RATES), "year", notes=("relapse_note",))
"""The tab of the statistics' page."""
