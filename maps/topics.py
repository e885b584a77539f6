"""The pages of a county that link to each other: those of planning, and those of cases and registers."""

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

CASE_TOPICS: Final = (
    "problems",
    "complaints",
    "buildings",
    "frontages",
    "notices",
    "waste",
    "registers",
    "statistics",
    "placing",
)
"""Open to everybody who may read cases: what they show is asked of the service, which gives each their own ground."""

PUBLIC_MAP: Final = "public"
"""Open to anybody once the county's map has its 审图号; it links to no other."""

PLAN_LINKS: Final = (*TOPICS, CASE_TOPICS[0])
CASE_LINKS: Final = (TOPICS[0], *CASE_TOPICS)
"""Each kind of page links to its own kind and to the first of the other."""
