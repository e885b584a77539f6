"""A bulletin as sentences to paste into a paper: its numbers, none left out and none worked out anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from geo.messages import Language, say

SHARES: Final = ("posts_on_time", "passes", "stops", "streets", "cells")
"""Of a shift's shares those a paper tells; lengths and minutes stay in the content."""

MOST_RANKED: Final = 3


def to_prose(content: Mapping[str, Any], language: Language = "zh") -> str:
    """The bulletin in sentences, a paragraph each; what nothing is on file about is left out.

    Parameters
    ----------
    content
        As :func:`geo.cases.bulletins.content.build_content` gives it.

    Examples
    --------
    >>> counted = {"found": 3, "by_patrol": 2, "closed": 2, "open": 1, "overdue": 0}
    >>> told = {"kind": "day", "from_on": "2026-09-14", "to_on": "2026-09-14", "county": "某县", "problems": counted,
    ...         "districts": [], "codes": [], "complaints": {"received": 0, "rates": {}}, "shifts": {"planned": 0}}
    >>> print(to_prose(told))
    某县2026-09-14至2026-09-14共发现问题3件,其中巡查发现2件;办结2件;期末未办结1件,其中超期0件。
    """
    days = {name: content[name] for name in ("county", "from_on", "to_on")}
    parts = [say("bulletins.prose_problems", language, **days, **content["problems"])]
    if previous := content.get("previous"):
        parts.append(say("bulletins.prose_previous", language, **previous))
    for name in ("codes", "districts"):
        parts += _listed(f"bulletins.prose_{name}", [_named(row) for row in content[name]], language)
    parts += _complaints(content["complaints"], language) + _shifts(content["shifts"], language)
    for by, rows in content.get("ranking", {}).items():
        best = [row for row in rows if row["rank"] is not None][:MOST_RANKED]
        scored = [{**row, "score": f"{row['score_hundredths'] / 100:.2f}"} for row in best]
        parts += _listed(f"bulletins.prose_{by}_ranked", scored, language, "bulletins.prose_ranked_one")
    if "list" in content:
        parts.append(say("bulletins.prose_list", language, count=len(content["list"])))
    return "\n".join(parts)


def _complaints(told: Mapping[str, Any], language: Language) -> list[str]:
    if not told["received"]:
        return []
    rates = [
        say("bulletins.prose_rate", language, name=say(f"bulletins.rate_{name}", language), **rate)
        for name, rate in told["rates"].items()
        if rate["of"]
    ]
    return [say("bulletins.prose_complaints", language, received=told["received"], rates="".join(rates))]


def _shifts(told: Mapping[str, Any], language: Language) -> list[str]:
    """Shifts; one issued before leaders were counted tells none."""
    if not told["planned"]:
        return []
    shares = [
        say("bulletins.prose_rate", language, name=say(f"bulletins.share_{name}", language),
            count=told[name]["n"], of=told[name]["of"])
        for name in SHARES
        if told[name]["of"]
    ]  # fmt: skip
    led = [say("bulletins.prose_led", language, led=told["led"])] if "led" in told else []
    facts = {"planned": told["planned"], "scored": told["scored"], "led": "".join(led), "shares": "".join(shares)}
    return [say("bulletins.prose_shifts", language, **facts)]


def _named(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "name": row["name"] or row["key"] or "-"}


def _listed(code: str, rows: Sequence[Mapping[str, Any]], language: Language, each: str = "") -> list[str]:
    if not rows:
        return []
    said = [say(each or f"{code}_one", language, **row) for row in rows]
    return [say(code, language, rows=say("bulletins.prose_comma", language).join(said))]
