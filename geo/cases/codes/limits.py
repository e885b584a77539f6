"""How long a stage may take: the most particular row for a code and its grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from geo.cases.codes.matrix import ANY, code_patterns
from geo.errors import NotFound


class NoLimit(NotFound):
    """No row says how long this may take; the facts name code, grade and stage."""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long, in what, and counted from when (``stage`` or ``found``)."""

    amount: int
    unit_kind: str
    counts_from: str = "stage"

    def plain(self) -> dict[str, Any]:
        """As a step of a case notes it, so that the clock can be read from the log alone."""
        return {"amount": self.amount, "unit": self.unit_kind, "from": self.counts_from}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Limit:
        """From a step's facts.

        Examples
        --------
        >>> Limit.read(Limit(24, "urgent_hours", "found").plain())
        Limit(amount=24, unit_kind='urgent_hours', counts_from='found')
        """
        return cls(int(said["amount"]), str(said["unit"]), str(said["from"]))


@dataclass(frozen=True)
class Limits:
    """All rows of limits: ``code_system code grade stage`` and the limit."""

    rows: Sequence[Mapping[str, Any]]

    @cached_property
    def by_key(self) -> dict[tuple[str, str, str, str], Limit]:
        """Limits by code system, code, grade and stage."""
        return {
            (row["code_system"], row["code"], row["grade"], row["stage"]): Limit(
                row["amount"], row["unit_kind"], row["counts_from"]
            )
            for row in self.rows
        }

    def of(self, code_system: str, code: str, grade: str, stage: str) -> Limit:
        """The limit of a stage: the most particular code first, then the most particular grade.

        Raises
        ------
        NoLimit
            If no row fits.

        Examples
        --------
        >>> row = {"code_system": "*", "grade": "*", "stage": "handle", "counts_from": "stage"}
        >>> limits = Limits([{**row, "code": "*", "amount": 5, "unit_kind": "working_days"},
        ...                  {**row, "code": "04-06", "amount": 2, "unit_kind": "urgent_hours"}])
        >>> limits.of("GB", "04-06", "*", "handle").amount, limits.of("GB", "01-01", "built", "handle").amount
        (2, 5)
        """
        for system, pattern in code_patterns(code_system, code):
            for wanted in dict.fromkeys((grade, ANY)):
                limit = self.by_key.get((system, pattern, wanted, stage))
                if limit is not None:
                    return limit
        raise NoLimit("codes.no_limit", named=code, grade=grade, stage=stage)
