"""应急物资: what is there by point and lot and until when, what is short, and the book of movements."""

from __future__ import annotations

from geo.tables.supplies import MOVE_KINDS
from maps.dashboards.registers import ENDING
from maps.ledgers.spec import CLOCK, Cell, Clock, Count, Field, Group, LedgerTab, Records, Tally
from maps.palette import BLUE, GREEN, ORANGE, SKY, VERMILION
from maps.symbols import Mark

NAME = Field("name", "supplies_item")
POINT = Field("point_name", "supplies_point")
LOT = Field("lot", "supplies_lot")
QUANTITY = Field("quantity", "ledger_quantity", "number")
UNIT = Field("unit", "ledger_unit")
LAST = Field("expires_on", "supplies_last", "day")
KIND = Field("kind", "ledger_kind", "choice", "supplies_", MOVE_KINDS)

STOCK = Records(
    "stock", "supplies_stock", "/supplies/stock", "stock", (NAME, ENDING, POINT, LOT, QUANTITY, UNIT, LAST),
    key="key", clock=Clock("expires_on", soon_days=30),
    counts=(
        Count("supplies_lots"), Count("supplies_over", (("clock", ("overdue",)),), "warn"),
        Count("supplies_soon", (("clock", ("warned", "today")),)),
    ),
    groups=(Group("name", "clock"), Group("point_name", "clock")), look="clock", marks=CLOCK, empty="supplies_none",
)  # fmt: skip
MOVES = Records(
    "moves", "supplies_moves", "/supplies/moves?limit=1000", "moves",
    (
        Field("id", "ledger_number"), Field("moved_at", "ledger_at", "time"), KIND, NAME, QUANTITY, UNIT, POINT, LOT,
        Field("note", "ledger_note"),
    ),
    counts=(Count("supplies_moves"), *(Count(f"supplies_{kind}", (("kind", (kind,)),)) for kind in MOVE_KINDS)),
    groups=(Group("name", "kind"), Group("point_name", "kind")), look="kind",
    marks=(
        Mark("receive", BLUE), Mark("hand_out", ORANGE), Mark("give_back", SKY), Mark("write_off", "#2B2B2B"),
        Mark("count_up", GREEN), Mark("count_down", VERMILION),
    ),
    empty="supplies_no_moves",
)  # fmt: skip
LOW = Tally(
    "supplies_low", "/supplies/stock", "low", (
        Cell(NAME), Cell(QUANTITY, "/supplies/stock?item={item}"),
        Cell(Field("least", "supplies_least", "number")), Cell(UNIT),
    ), "stock", note="supplies_low_note", empty="supplies_none_low",
)  # fmt: skip

TAB = LedgerTab("supplies", "tab_supplies", (STOCK, MOVES), (LOW,), notes=("supplies_note",))
"""The tab of the registers' page."""
