"""The life of a campaign."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

CAMPAIGN: Final = Workflow(
    "campaign",
    "draft",
    {
        ("draft", "assess"): "assessed",
        ("draft", "cancel"): "cancelled",
        ("assessed", "approve"): "approved",
        ("assessed", "revise"): "draft",
        ("assessed", "cancel"): "cancelled",
        ("approved", "start"): "running",
        ("approved", "revise"): "draft",
        ("approved", "cancel"): "cancelled",
        ("running", "end"): "ended",
        ("ended", "evaluate"): "evaluated",
    },
)
"""评估, 批准, 启动, 结束, 评价; 修改, 取消. What runs is ended, not cancelled: it has happened."""

GATED: Final = frozenset({"assess", "approve", "start"})
"""Steps that ask for the approved risk assessment."""

NEEDS_NOTE: Final = frozenset({"cancel", "revise"})
