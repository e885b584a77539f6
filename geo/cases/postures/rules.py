"""What a posture can set inside its area, which words and figures each rule takes, and what it then comes to.

Where two postures set the same thing differently, the stricter holds until somebody mends it
(:mod:`geo.cases.postures.conflicts` names both).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from geo.cases.regimes.actions import Rule as RegimeRule
from geo.errors import Invalid
from geo.tables.case_clocks import FIRST_STEPS
from geo.tables.hotspot_zones import ZONE_KINDS
from geo.tables.postures import POSTURE_RULES
from geo.tables.roads import REGIMES, TIERS
from geo.tables.vendor_points import LEGAL_KINDS

ALL: Final = "*"
BY_CODE: Final = ("limit", "allow", "clock", "first_step")
"""Rules whose target is an event code, the first part of one, or ``*``."""

WORDS: Final = {"regime": REGIMES, "first_step": FIRST_STEPS, "zone": ("on", "off"), "trade": ("on", "off")}
TARGETS: Final = {
    "regime": (ALL,), "zone": (ALL, *ZONE_KINDS), "passes": (ALL, *TIERS), "trade": (ALL, *LEGAL_KINDS)
}  # fmt: skip
FIGURES: Final = {
    "limit": (0, 1440), "allow": (1, 1440), "clock": (1, 10_000), "zone": (10, 1000), "passes": (1, 12),
    "roster": (1, 500),
}  # fmt: skip
"""Least and most: minutes, minutes, thousandths, per cent, passes a shift, people."""

USUAL: Final = {"limit": 0, "zone": 100}
"""Figures where none is given; other rules that take one need it."""


class BadRule(Invalid):
    """A rule that means nothing; the facts name the rule, the field, what stood there and what may."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    kind
        ``limit`` 限制 (not longer than ``value`` minutes), ``allow`` 放宽 (so many minutes are no problem), ``regime``
        (streets are kept ``word``), ``clock`` (the limit of handling is ``value`` thousandths of the usual),
        ``first_step`` (the ladder begins with ``word``), ``zone`` (hotspot zones are ``on`` with ``value`` per cent of
        their weight, or ``off``), ``passes`` (``value`` in a shift), ``post`` (a post stands on these days too),
        ``roster`` (``value`` people are to be on duty, for ``word``), ``trade`` (places of trade are ``off``, or ``on``
        beyond their season and hours).
    target
        Event code or the first part of one, kind of zone or of place of trade, tier of street, code of a post or shift;
        ``*``: all.
    """

    kind: str
    target: str
    word: str = ""
    value: int | None = None


def check_rule(rule: Rule) -> Rule:
    """The rule as it is stored, with its usual figure.

    Raises
    ------
    BadRule
        If its kind, target, word or figure is none.

    Examples
    --------
    >>> check_rule(Rule("limit", "04-05"))
    Rule(kind='limit', target='04-05', word='', value=0)
    >>> check_rule(Rule("zone", "shop", "on"))
    Traceback (most recent call last):
    geo.cases.postures.rules.BadRule: postures.rule: {'rule': 'zone', 'field': 'target', ...}
    """

    def refuse(field: str, found: object, known: str) -> BadRule:
        return BadRule("postures.rule", rule=rule.kind, field=field, found=str(found), known=known)

    if rule.kind not in POSTURE_RULES:
        raise refuse("kind", rule.kind, ", ".join(POSTURE_RULES))
    targets, words = TARGETS.get(rule.kind), WORDS.get(rule.kind)
    if not rule.target.strip() or (targets and rule.target not in targets):
        raise refuse("target", rule.target, ", ".join(targets or ("-",)))
    if words and rule.word not in words:
        raise refuse("word", rule.word, ", ".join(words))
    value = USUAL.get(rule.kind) if rule.value is None else rule.value
    span = FIGURES.get(rule.kind)
    if span is None:
        return replace(rule, value=None)
    if value is None or not span[0] <= value <= span[1]:
        raise refuse("value", value, f"{span[0]}–{span[1]}")
    return replace(rule, value=value)


def covers(target: str, code: str) -> bool:
    """Whether a rule's target means an event code.

    Examples
    --------
    >>> covers("*", "04-05"), covers("04", "04-05"), covers("04-05", "04-05"), covers("04-0", "04-05")
    (True, True, True, False)
    """
    return target == ALL or code == target or code.startswith(f"{target}-")


def overlay(
    rules: Iterable[Rule], code: str, regime: str | None, rule_of: Callable[[str | None], RegimeRule]
) -> tuple[str | None, RegimeRule]:
    """What holds for an event code where a regime is kept and these rules are in force; the stricter of two.

    Parameters
    ----------
    rules
        Of all postures in force there.
    code
        Event code; empty asks for none in particular, and rules of single codes do not apply.
    regime
        Of the street; None off all streets, where no regime can be set either.
    rule_of
        What a regime means.

    Returns
    -------
    tuple
        The regime the street is then kept under, and the rule.

    Examples
    --------
    >>> usual = {None: RegimeRule(0, 1000, "persuade", 0), "standard": RegimeRule(30, 1000, "persuade", 1)}
    >>> usual["strict"] = RegimeRule(0, 500, "persuade", 4)
    >>> overlay([Rule("allow", "04-05", value=60)], "04-05", "standard", usual.__getitem__)[1].tolerance_min
    60
    >>> overlay([Rule("regime", "*", "strict")], "04-05", "standard", usual.__getitem__)[1].clock_permille
    500
    """
    held = list(rules)
    kept = [rule.word for rule in held if rule.kind == "regime"]
    if regime is not None and kept:
        regime = min(kept, key=REGIMES.index)
    found = rule_of(regime)
    here = [rule for rule in held if rule.kind in BY_CODE and covers(rule.target, code)]
    limits, allows, clocks = (
        [rule.value for rule in here if rule.kind == kind and rule.value is not None]
        for kind in ("limit", "allow", "clock")
    )
    if limits:
        found = replace(found, tolerance_min=min(found.tolerance_min, *limits))
    elif allows:
        found = replace(found, tolerance_min=max(found.tolerance_min, min(allows)))
    if clocks:
        found = replace(found, clock_permille=min(clocks))
    if steps := [rule.word for rule in here if rule.kind == "first_step"]:
        found = replace(found, first_step=max(steps, key=FIRST_STEPS.index))
    return regime, found


def contradiction(one: Rule, other: Rule) -> bool:
    """Whether two rules cannot both be kept.

    Examples
    --------
    >>> contradiction(Rule("limit", "04-05"), Rule("allow", "04", value=30))
    True
    >>> contradiction(Rule("passes", "main", value=4), Rule("passes", "main", value=2))  # four are two as well
    False
    """
    kinds = {one.kind, other.kind}
    if kinds <= set(BY_CODE) and (covers(one.target, other.target) or covers(other.target, one.target)):
        if kinds == {"limit", "allow"} or (kinds == {"first_step"} and one.word != other.word):
            return True
        return kinds == {"clock"} and ((one.value or 0) - 1000) * ((other.value or 0) - 1000) < 0
    same = ALL in (one.target, other.target) or one.target == other.target
    if kinds == {"regime"} or (kinds in ({"zone"}, {"trade"}) and same):
        return one.word != other.word
    return False


def contradictions(ones: Sequence[Rule], others: Sequence[Rule]) -> list[tuple[Rule, Rule]]:
    """Pairs that cannot both be kept, in the order of the rules."""
    return [(one, other) for one in ones for other in others if contradiction(one, other)]
