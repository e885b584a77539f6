"""分级案审: who must have looked at a case before it is decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from geo.tables.powers import GRAVITIES, REVIEWS


@dataclass(frozen=True, slots=True)
class Tier:
    """From ``from_yuan`` on, of ``gravity`` and above, against ``party`` (``any`` for all), ``reviewers`` look."""

    party: str
    gravity: str
    from_yuan: int
    reviewers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """裁量档次 of an item: fines from ``least_yuan`` to ``most_yuan``, both included, and who looks at it."""

    gravity: str
    party: str
    least_yuan: int
    most_yuan: int
    reviewers: tuple[str, ...] = ()
    condition: str = ""


def find_band(bands: Iterable[Band], party: str, gravity: str) -> Band | None:
    """The band for somebody and a gravity; one for that kind of party goes before one for any.

    Examples
    --------
    >>> bands = [Band("minor", "any", 0, 500), Band("minor", "body", 500, 5000)]
    >>> find_band(bands, "body", "minor").most_yuan, find_band(bands, "person", "minor").most_yuan
    (5000, 500)
    >>> find_band(bands, "body", "grave") is None
    True
    """
    fit = [band for band in bands if band.gravity == gravity and band.party in (party, "any")]
    return min(fit, key=lambda band: band.party == "any", default=None)


def reviews_needed(band: Band, tiers: Iterable[Tier], party: str, amount_yuan: int) -> tuple[str, ...]:
    """What the band and every tier that is reached ask for, in the order in which it takes place.

    The head of the body always decides: ``leader`` is part of every answer.

    Examples
    --------
    >>> tiers = [Tier("person", "minor", 5_000, ("legal",)), Tier("any", "serious", 0, ("legal", "collective"))]
    >>> reviews_needed(Band("minor", "any", 0, 9_000), tiers, "person", 4_999)
    ('leader',)
    >>> reviews_needed(Band("minor", "any", 0, 9_000), tiers, "person", 5_000)
    ('leader', 'legal')
    >>> reviews_needed(Band("grave", "any", 0, 9_000), tiers, "body", 1)
    ('leader', 'legal', 'collective')
    """
    rank = GRAVITIES.index
    needed = {"leader", *band.reviewers}
    for tier in tiers:
        reached = amount_yuan >= tier.from_yuan and rank(band.gravity) >= rank(tier.gravity)
        if reached and tier.party in (party, "any"):
            needed.update(tier.reviewers)
    return tuple(kind for kind in REVIEWS if kind in needed)
