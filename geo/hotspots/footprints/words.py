"""Reasons as sentences, apart from the arrays they come from: what serves a page must not load them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from geo.messages import Language, say

Reason = tuple[str, dict[str, Any]]
"""Code of the message catalogue and the facts of its sentence."""


def sentence(parts: Sequence[Reason], language: Language = "zh") -> str:
    """Reasons as one text.

    Examples
    --------
    >>> sentence([("footprints.but_torn", {}), ("footprints.but_grew", {"more": 9})], "en")
    'It stands beside a seam of the mosaic. This place was decided on before and has grown by 9 m² since.'
    """
    return ("" if language == "zh" else " ").join(say(code, language, **facts) for code, facts in parts)
