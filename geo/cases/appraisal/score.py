"""A score from counts: whole numbers only, the same counts always give the same score and the same ranks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from geo.cases.appraisal.rules import RATES, Rule

ENOUGH: Final = 2
"""A group is ranked if at least one in so many of all points could be judged."""


@dataclass(frozen=True, slots=True)
class Part:
    """What a rate brought; ``earned`` in hundredths of a point, None where there was too little to judge it by."""

    rule: Rule
    numerator: int
    denominator: int
    earned: int | None

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        about = RATES[self.rule.indicator]
        return {
            "indicator": about.name, "zh": about.zh, "en": about.en, "better": self.rule.better,
            "points": self.rule.points, "least": self.rule.least, "numerator": self.numerator,
            "denominator": self.denominator, "earned_hundredths": self.earned,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Score:
    """A group's score in hundredths of 100; None if too few of the points could be judged."""

    key: str
    parts: tuple[Part, ...]
    judged: int
    points: int
    score: int | None


def score_of(key: str, counts: Mapping[str, int], rules: Sequence[Rule]) -> Score:
    """A group scored.

    Parameters
    ----------
    counts
        As evaluation counted them.

    Returns
    -------
    Score
        The points earned of those that could be judged, scaled to 100: nobody gains or loses by what nobody could see.

    Examples
    --------
    >>> rules = [Rule("handled_in_time", "high", 30, 5), Rule("rework", "low", 20, 5), Rule("coverage", "high", 50, 9)]
    >>> counts = {"handled_in_time": 9, "due": 10, "rework": 1, "handled": 10}
    >>> score_of("S1", counts, rules).score
    9000
    >>> score_of("S1", {**counts, "due": 4, "handled_in_time": 4}, rules).score is None
    True
    """
    parts = tuple(_part(rule, counts) for rule in rules)
    judged = sum(part.rule.points for part in parts if part.earned is not None)
    points = sum(rule.points for rule in rules)
    score = None
    if judged and judged * ENOUGH >= points:
        earned = sum(part.earned or 0 for part in parts)
        score = (2 * earned * 100 + judged) // (2 * judged)
    return Score(key, parts, judged, points, score)


def rank(scores: Sequence[Score]) -> list[tuple[int | None, Score]]:
    """Scores from the best down with their rank; equal scores share one, what could not be judged comes last without.

    Examples
    --------
    >>> made = [Score(key, (), 1, 1, score) for key, score in (("a", 80), ("b", 90), ("c", None), ("d", 80))]
    >>> [(place, one.key) for place, one in rank(made)]
    [(1, 'b'), (2, 'a'), (2, 'd'), (None, 'c')]
    """
    ordered = sorted(scores, key=lambda one: (one.score is None, -(one.score or 0), one.key))
    return [
        (None if one.score is None else 1 + sum((other.score or 0) > one.score for other in ordered), one)
        for one in ordered
    ]


def _part(rule: Rule, counts: Mapping[str, int]) -> Part:
    about = RATES[rule.indicator]
    above, below = counts.get(about.count, 0), counts.get(about.over or "", 0)
    if below < rule.least:
        return Part(rule, above, below, None)
    good = above if rule.better == "high" else below - above
    good = min(max(good, 0), below)
    return Part(rule, above, below, (2 * rule.points * 100 * good + below) // (2 * below))
