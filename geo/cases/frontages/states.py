"""What can be done with an agreement and with a monthly list in which state."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

AGREEMENT: Final = Workflow(
    "agreement",
    "signed",
    {
        ("signed", "confirm"): "signed",
        ("signed", "fail"): "failed",
        ("signed", "replace"): "replaced",
        ("signed", "end"): "ended",
        ("failed", "confirm"): "signed",
        ("failed", "replace"): "replaced",
        ("failed", "end"): "ended",
    },
)
"""年检合格, 年检不合格, 续签替代, 终止. That its last day has passed is no step: the calendar says so."""

MONTHLY_LIST: Final = Workflow(
    "frontage_list",
    "draft",
    {
        ("draft", "notify"): "notified",
        ("draft", "withdraw"): "withdrawn",
        ("notified", "issue"): "issued",
        ("notified", "withdraw"): "withdrawn",
        ("issued", "withdraw"): "withdrawn",
    },
)
"""告知商户, 发布(内部), 撤回. Nothing is issued before the shops could appeal."""
