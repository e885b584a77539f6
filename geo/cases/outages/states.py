"""What can be done with an outage in which state."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

OUTAGE: Final = Workflow(
    "outage",
    "open",
    {
        ("open", "find_cause"): "open",
        ("open", "mend"): "mended",
        ("open", "put_off"): "put_off",
        ("open", "merge"): "merged",
        ("open", "void"): "voided",
        ("put_off", "resume"): "open",
        ("put_off", "mend"): "mended",
        ("mended", "confirm"): "closed",
        ("mended", "reopen"): "open",
    },
)
"""查明原因, 修复, 挂账, 并入回路故障, 作废, 恢复, 复核亮灯, 复核仍不亮."""

NEEDS_REASON: Final = frozenset({"find_cause", "put_off", "void", "reopen"})
