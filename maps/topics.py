"""The pages of a county that link to each other."""

from __future__ import annotations

from typing import Final

TOPICS: Final = (
    "county",
    "hotspots",
    "returns",
    "workload",
    "districting",
    "sites",
    "lighting",
    "suspicions",
    "again",
    "draws",
    "coverage",
    "rosters",
)
"""In the order of their links; each has its own name as its address, and a title ``maps.topic_<name>``."""
