"""The life of a posture as paper. Whether it is in force is asked of the clock, see :mod:`geo.cases.postures.clock`."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

POSTURE: Final = Workflow(
    "posture",
    "draft",
    {
        ("draft", "approve"): "approved",
        ("draft", "withdraw"): "withdrawn",
        ("approved", "withdraw"): "withdrawn",
    },
)
"""批准, 撤销. Its end needs no step: the last day passes by itself."""
