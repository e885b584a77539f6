"""The pages of cases and registers, in the order of their links."""

from __future__ import annotations

from dataclasses import replace

from maps.dashboards import (
    buildings,
    complaints,
    frontages,
    notices,
    placing,
    problems,
    registers,
    relapse,
    statistics,
    supplies,
    waste,
)
from maps.topics import CASE_TOPICS

LEDGERS = (
    problems.LEDGER, complaints.LEDGER, buildings.LEDGER, frontages.LEDGER, notices.LEDGER, waste.LEDGER,
    replace(registers.LEDGER, tabs=(*registers.LEDGER.tabs, supplies.TAB)),
    replace(statistics.LEDGER, tabs=(*statistics.LEDGER.tabs, relapse.TAB)), placing.LEDGER,
)  # fmt: skip

assert tuple(ledger.name for ledger in LEDGERS) == CASE_TOPICS
