"""The life of a deviation: the feed proposes, a person judges."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

DEVIATION: Final = Workflow(
    "deviation",
    "proposed",
    {
        ("proposed", "confirm"): "confirmed",
        ("proposed", "dismiss"): "dismissed",
        ("proposed", "withdraw"): "withdrawn",
        ("withdrawn", "find_again"): "proposed",
        ("confirmed", "reconsider"): "proposed",
        ("dismissed", "reconsider"): "proposed",
    },
)

BY_PEOPLE: Final = ("confirm", "dismiss", "reconsider")
"""The rest follows from the positions."""
