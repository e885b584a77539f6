"""What can be done with a repair order in which state."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

REPAIR: Final = Workflow(
    "repair",
    "ordered",
    {
        ("ordered", "start"): "working",
        ("ordered", "put_off"): "put_off",
        ("ordered", "cancel"): "cancelled",
        ("working", "finish"): "finished",
        ("working", "put_off"): "put_off",
        ("put_off", "resume"): "working",
        ("put_off", "cancel"): "cancelled",
        ("finished", "accept"): "accepted",
        ("finished", "rework"): "working",
    },
)
"""开工, 挂账, 取消, 完工, 恢复, 验收, 返工."""

NEEDS_REASON: Final = frozenset({"put_off", "cancel", "rework"})

STATUS_AFTER: Final = {"repair": "intact", "replace": "intact", "add": "intact", "remove": "removed"}
"""What the component is like when the work has been accepted."""
