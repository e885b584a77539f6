"""待上图: rows of files that say their place in words, what became of them, and the control points of local frames."""

from __future__ import annotations

from geo.tables.imports import CONTROL_METHODS
from maps.ledgers.spec import (
    PLACING_MARKS,
    Cell,
    Count,
    Field,
    Group,
    Ledger,
    LedgerTab,
    Placing,
    Records,
    Tally,
)
from maps.palette import BLUE, GREY, ORANGE
from maps.symbols import Mark

ROW = Field("id", "ledger_number")
LAYER = Field("layer", "placing_layer", "layer")
PLACE = Field("place_text", "ledger_place", words="placing_")
FILE = Field("file_name", "placing_file")
LINE = Field("row", "placing_line", "number")
SOURCE = Field("source", "placing_source")
CAME = Field("came_at", "placing_came", "time")
WHO = Field("decided_by", "placing_who")
WHEN = Field("decided_at", "placing_when", "time")

WAITING = Records(
    "waiting", "placing_waiting", "/imports/waiting?limit=1000", "rows", (ROW, PLACE, LAYER, FILE, LINE, CAME),
    page_by="after", counts=(Count("placing_waiting", (), "warn"),), groups=(Group("layer"), Group("file_name")),
    look="place_text", marks=PLACING_MARKS, empty="placing_no_waiting",
    placing=Placing(
        "/imports/waiting/{id}/proposals", "proposals", "/imports/waiting/{id}/place", "POST",
        "/imports/waiting/{id}/refuse",
    ),
)  # fmt: skip
PLACED = Records(
    "placed", "placing_placed", "/imports/waiting?state=placed&limit=1000", "rows",
    (ROW, PLACE, LAYER, FILE, LINE, WHO, WHEN, Field("state", "ledger_state", "choice", "placing_", ("placed",))),
    page_by="after", counts=(Count("placing_placed"),), groups=(Group("layer"), Group("decided_by")), look="state",
    marks=(Mark("placed", BLUE),), empty="placing_no_placed",
)  # fmt: skip
REFUSED = Records(
    "refused", "placing_set_aside", "/imports/waiting?state=refused&limit=1000", "rows",
    (ROW, PLACE, LAYER, FILE, LINE, Field("note", "reason"), WHO, WHEN),
    page_by="after", counts=(Count("placing_set_aside"),), groups=(Group("layer"), Group("decided_by")),
    empty="placing_no_set_aside",
)  # fmt: skip
FRAMES = Tally(
    "control_sets", "/imports/control", "sets", (
        Cell(Field("name", "control_frame")),
        Cell(Field("method", "control_method", "choice", "control_", CONTROL_METHODS)),
        Cell(Field("points", "control_points", "number"), "/imports/control?name={name}"),
        Cell(Field("spare", "control_spare", "number")),
        Cell(Field("rms_m", "control_rms", "number", unit="unit_m", digits=3)),
        Cell(Field("worst_m", "control_worst", "number", unit="unit_m", digits=3)),
        Cell(Field("limit_m", "control_limit", "number", unit="unit_m", digits=3)),
        Cell(Field("made_by", "placing_who")), Cell(Field("made_at", "placing_when", "time")),
    ), "control", note="control_note", empty="control_none",
)  # fmt: skip
STANDING = Field("standing", "ledger_state", "choice", "control_", ("near", "far", "unproved"))
POINTS = Records(
    "control", "control_points", "/imports/control", "points",
    (
        Field("name", "control_point"), Field("control", "control_frame"), STANDING,
        Field("off_m", "control_off", "number", unit="unit_m", digits=3),
        Field("off_x_m", "control_off_east", "number", digits=3),
        Field("off_y_m", "control_off_north", "number", digits=3),
        Field("local_x", "control_local_east", "number", digits=3),
        Field("local_y", "control_local_north", "number", digits=3),
    ),
    key="key", counts=(Count("control_points"), Count("control_far", (("standing", ("far",)),), "warn")),
    groups=(Group("control", "standing"),), look="standing",
    marks=(Mark("near", BLUE), Mark("far", ORANGE), Mark("unproved", GREY)), empty="control_none",
)  # fmt: skip

LEDGER = Ledger(
    "placing",
    (
        LedgerTab("waiting", "tab_placing_waiting", (WAITING,), notes=("placing_note",)),
        LedgerTab("decided", "tab_placing_decided", (PLACED, REFUSED), notes=("placing_decided_note",)),
        LedgerTab("control", "tab_placing_control", (POINTS,), (FRAMES,)),
    ),
    asked=("write", "layer"),
)
"""The page."""
