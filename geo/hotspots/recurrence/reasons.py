"""A chance of return in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.messages import Language, say


def reason_sentences(told: Mapping[str, Any], language: Language = "zh") -> list[str]:
    """What raises or lowers the chance, the strongest first.

    Parameters
    ----------
    told
        ``reason_codes`` (families of features), ``effects`` (log-odds), ``facts``, ``code``, ``place_class``.

    Examples
    --------
    >>> told = {"reason_codes": ["here", "history"], "effects": [1.2, -0.3], "code": "04-01", "place_class": "school",
    ...         "facts": {"here": 7, "closings": 6, "returned": 1}}
    >>> reason_sentences(told)
    ['▲ 此处一年内已有 7 件', '▼ 此处同类结案 6 次,其后再现 1 次']
    """
    return [
        say("returns.reason_up" if effect > 0 else "returns.reason_down", language, what=_what(name, told, language))
        for name, effect in zip(told["reason_codes"], told["effects"], strict=True)
    ]


def name_of(told: Mapping[str, Any], language: Language = "zh") -> str:
    """Code and class of place of a closing: ``04-01 学校``."""
    return f"{told['code']} {say('returns.place_' + told['place_class'], language)}"


def _what(name: str, told: Mapping[str, Any], language: Language) -> str:
    facts = told["facts"]
    if name == "last" and facts.get("last_h") is None:
        return say("returns.reason_last_none", language)
    return say(
        f"returns.reason_{name}",
        language,
        here=facts.get("here", 0),
        last=_hours(facts.get("last_h")),
        closings=facts.get("closings", 0),
        returned=facts.get("returned", 0),
        open=facts.get("open", 0),
        around=facts.get("around", 0),
        handling=_hours(facts.get("handling_h")),
        code=told["code"],
        place=say("returns.place_" + told["place_class"], language),
    )


def _hours(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}" if value < 10 else f"{value:.0f}"
