"""SQL text with named, typed parameters, turned once into the numbered form asyncpg prepares."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

PARAMETER = re.compile(r"(?<!:):([a-z][a-z0-9_]*)/([a-z0-9]+(?:\[\])?)")


@dataclass(frozen=True, slots=True)
class Bound:
    """A statement for asyncpg: ``$n`` text, and which value stands for which number."""

    sql: str
    names: tuple[str, ...]

    def arguments(self, values: Mapping[str, object]) -> list[object]:
        """The values in the statement's order; those it does not name are left out."""
        return [values[name] for name in self.names]

    def named(self) -> str:
        """The statement with its parameters by name again, ``:name``, for drivers that number none.

        Examples
        --------
        >>> Bound("a = $1::text AND b > $2::int", ("tenant", "after")).named()
        'a = :tenant ::text AND b > :after ::int'
        """
        return re.sub(r"\$(\d+)", lambda found: f":{self.names[int(found[1]) - 1]} ", self.sql)


def bind(text: str) -> Bound:
    """Number the parameters written as ``:name/type``.

    Every parameter carries its type since a plan may not be able to guess it, and values never become
    part of the text.

    Examples
    --------
    >>> bind("tenant = :tenant/text AND id > :after/bigint OR tenant = :tenant/text")
    Bound(sql='tenant = $1::text AND id > $2::bigint OR tenant = $1::text', names=('tenant', 'after'))
    >>> bind("SELECT '{}'::jsonb").names
    ()
    """
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        name, kind = found.groups()
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}::{kind}"

    return Bound(PARAMETER.sub(number, text), tuple(names))
