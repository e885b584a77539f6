"""The life of a risk assessment."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

ASSESSMENT: Final = Workflow(
    "assessment",
    "draft",
    {
        ("draft", "submit"): "submitted",
        ("draft", "drop"): "revoked",
        ("submitted", "approve"): "approved",
        ("submitted", "refuse"): "refused",
        ("submitted", "send_back"): "draft",
        ("approved", "revoke"): "revoked",
        ("refused", "rewrite"): "draft",
    },
)
"""报批, 放弃, 批准, 不批准, 退回修改, 撤销, 重新编制."""

NEEDS_NOTE: Final = frozenset({"refuse", "send_back", "revoke"})
