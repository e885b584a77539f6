"""The one catalogue of sentences people read: ``data/messages/*.toml``, one file a room.

Each entry is ``[room.code]`` with ``zh`` and ``en``; facts stand in braces. A code without a
sentence is a bug that a test finds, so an unknown code raises here.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
FOLDER = Path(__file__).resolve().parent.parent / "data" / "messages"


@cache
def catalogue() -> dict[str, dict[Language, str]]:
    """Every message by dotted code.

    Returns
    -------
    dict
        ``{"crs.not_metric": {"zh": "…", "en": "…"}}``; raises ``ValueError`` on a code said twice.
    """
    found: dict[str, dict[Language, str]] = {}
    for path in sorted(FOLDER.glob("*.toml")):
        for room, entries in tomllib.loads(path.read_text(encoding="utf-8")).items():
            for name, texts in entries.items():
                code = f"{room}.{name}"
                if code in found:
                    raise ValueError(f"{path.name}: {code} is already in the catalogue")
                found[code] = texts
    return found


def say(code: str, language: Language = "zh", /, **facts: object) -> str:
    """The sentence for ``code`` with its facts filled in.

    Raises
    ------
    KeyError
        If the catalogue lacks the code, or a fact its sentence names is not given.
    """
    return catalogue()[code][language].format_map(facts)
