"""How a target came out: before and now, as numerator and denominator, and what that says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from geo.patrol.treatment.content import AT_MOST, Target

Verdict = Literal["met", "missed", "insufficient"]

LEAST: Final = 10
"""Fewer than this many to count from say nothing about a share."""


@dataclass(frozen=True, slots=True)
class Figure:
    """``count`` of ``of``: events of days, or cases of all cases."""

    count: int
    of: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A target, what it was before, what it is now, and the verdict."""

    target: Target
    before: Figure
    now: Figure
    verdict: Verdict


def reached(target: Target, figure: Figure) -> bool:
    """Whether a figure meets the goal: compared in whole numbers, nothing is rounded.

    Examples
    --------
    >>> reached(Target("events", 7), Figure(10, 10)), reached(Target("events", 7), Figure(11, 10))
    (True, False)
    >>> reached(Target("passes", 950), Figure(95, 100)), reached(Target("passes", 950), Figure(94, 100))
    (True, False)
    """
    if target.measure == "events":
        return 7 * figure.count <= target.goal * figure.of
    if target.measure in AT_MOST:
        return 1000 * figure.count <= target.goal * figure.of
    return 1000 * figure.count >= target.goal * figure.of


def judge(target: Target, before: Figure, now: Figure) -> Outcome:
    """The outcome of a target.

    Examples
    --------
    >>> judge(Target("returns", 200), Figure(9, 30), Figure(1, 6)).verdict
    'insufficient'
    >>> judge(Target("returns", 200), Figure(9, 30), Figure(5, 26)).verdict
    'met'
    """
    if now.of == 0 or (target.measure != "events" and now.of < LEAST):
        return Outcome(target, before, now, "insufficient")
    return Outcome(target, before, now, "met" if reached(target, now) else "missed")
