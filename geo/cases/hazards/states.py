"""What can be done with a hazard in which state."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

HAZARD: Final = Workflow(
    "hazard",
    "reported",
    {
        ("reported", "confirm"): "open",
        ("reported", "dismiss"): "unfounded",
        ("open", "fix"): "fixed",
        ("open", "dismiss"): "unfounded",
        ("open", "regrade"): "open",
        ("open", "extend"): "open",
        ("fixed", "send_back"): "open",
        ("fixed", "check"): "checked",
        ("checked", "send_back"): "open",
        ("checked", "close"): "closed",
        ("closed", "reopen"): "open",
    },
)
"""核实, 查否, 整改完成, 调级, 延期, 退回, 复查, 签批销号, 抽检重开."""

NEEDS_REASON: Final = frozenset({"dismiss", "regrade", "extend", "send_back", "reopen"})

ANOTHER_THAN: Final = {"check": ("fix",), "close": ("check", "fix"), "dismiss": ("confirm",)}
"""Who looks again is not who put it right; who signs a major hazard off is neither; what somebody has confirmed another
must call unfounded."""
