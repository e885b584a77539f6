"""Describe a county's events: by place, by trend, as outbreaks, as repeats, along its streets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Final

from geo.errors import Invalid
from geo.hotspots.describe.material import Material, load_material
from geo.hotspots.describe.sayings import say_clusters, say_density, say_emerging, say_gi_star, say_knox
from geo.roads.queries import load_roads

if TYPE_CHECKING:
    from geo.db.engine import Database
    from geo.hotspots.findings import Finding
    from geo.hotspots.history import History

Progress = Callable[[float], None]

DAYS: Final[Mapping[str, int]] = {
    "gi_star": 182,
    "emerging": 364,
    "clusters": 182,
    "knox": 364,
    "network_density": 182,
}
"""The descriptions there are, and how many days each looks at unless told."""


class UnknownMethod(Invalid):
    """No such description; the facts list those there are."""


def describe_county(
    database: Database,
    tenant: str,
    method: str,
    *,
    group: str | None = None,
    days: int | None = None,
    last_on: dt.date | None = None,
    seed: int = 1,
    history: History | None = None,
    progress: Progress | None = None,
) -> Finding:
    """Make one description.

    Parameters
    ----------
    method
        ``gi_star``, ``emerging``, ``clusters``, ``knox`` or ``network_density``.
    group
        A group of the code lists, or one code; none for all events.
    days, last_on
        The time looked at; by default that of :data:`DAYS`, up to yesterday.
    seed
        Of shuffles and permutations.
    history
        The county's events, if somebody has read them already.
    progress
        Told the share done; may raise to stop.

    Raises
    ------
    UnknownMethod, UnknownGroup, TooFew
        If it cannot be asked, or nothing could be said.
    """
    if method not in DAYS:
        raise UnknownMethod("describe.unknown_method", method=method, known=", ".join(DAYS))
    tell = progress or (lambda _: None)
    tell(0.0)
    material = load_material(database, tenant, group, days or DAYS[method], last_on, history)
    tell(0.4)
    finding = _made(database, tenant, method, material, seed)
    tell(0.9)
    return finding


def _made(database: Database, tenant: str, method: str, material: Material, seed: int) -> Finding:
    if method == "network_density":
        with database.begin(tenant) as session:
            roads = load_roads(session)
        return say_density(material, roads)
    seeded: dict[str, Callable[[Material, int], Finding]] = {"clusters": say_clusters, "knox": say_knox}
    if method in seeded:
        return seeded[method](material, seed)
    plain: dict[str, Callable[[Material], Finding]] = {"gi_star": say_gi_star, "emerging": say_emerging}
    return plain[method](material)
