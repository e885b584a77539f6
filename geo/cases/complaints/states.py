"""What can be done with a complaint in which state: 分办, 核查, 反馈, and what each step needs."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

COMPLAINT: Final = Workflow(
    "complaint",
    "received",
    {
        ("received", "assign"): "assigned",
        ("received", "refer"): "referred",
        ("received", "merge"): "received",
        ("received", "split"): "received",
        ("received", "void"): "void",
        ("assigned", "verify"): "verified",
        ("assigned", "hand_over"): "assigned",
        ("assigned", "send_back"): "received",
        ("assigned", "refer"): "referred",
        ("assigned", "merge"): "assigned",
        ("assigned", "split"): "assigned",
        ("verified", "feed_back"): "replied",
        ("verified", "rework"): "assigned",
        ("replied", "close"): "closed",
        ("replied", "review"): "review",
        ("closed", "review"): "review",
        ("review", "assign"): "assigned",
        ("review", "confirm"): "closed",
        ("referred", "take_back"): "received",
    },
)
"""核查 is here the inquiry into what was said (分办–核查–反馈), not the check before closing of a problem.

Merging and splitting leave the state alone: a merged complaint waits with the one it is handled with, and goes on from
where it was when it is split off.
"""

ENDED: Final = frozenset({"closed", "referred", "void"})
"""Whoever complained has had an answer, or there is nothing to answer; ``closed`` and ``referred`` can come back."""

NOTE_NEEDED: Final = frozenset({"void", "send_back", "rework", "review", "confirm", "take_back", "split"})
"""Steps nobody takes without saying why."""

OWNED: Final = frozenset({"assign", "hand_over"})
"""Steps that name who answers for it."""

FIELD_STEPS: Final = frozenset({"verify", "send_back"})
"""What those of the street may do in their own area; all else is for the desk and those who lead."""

LEADING_STEPS: Final = frozenset({"assign", "hand_over", "feed_back", "rework", "close", "review", "confirm"})
"""What a squad leader may do besides, in the own area."""
