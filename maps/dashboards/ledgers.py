"""The pages of cases and registers, in the order of their links."""

from __future__ import annotations

from maps.dashboards import buildings, complaints, frontages, notices, placing, problems, registers, statistics, waste
from maps.topics import CASE_TOPICS

LEDGERS = (
    problems.LEDGER, complaints.LEDGER, buildings.LEDGER, frontages.LEDGER, notices.LEDGER, waste.LEDGER,
    registers.LEDGER, statistics.LEDGER, placing.LEDGER,
)  # fmt: skip

assert tuple(ledger.name for ledger in LEDGERS) == CASE_TOPICS
