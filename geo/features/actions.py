"""What other systems ask of the layers: a page, a feature, counts, the county they lie in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from geo.db.counties import County, UnknownCounty
from geo.errors import NotFound
from geo.features.filters import PageFilter
from geo.features.queries import (
    COUNT_CAP,
    COUNTS,
    COUNTY,
    PLAN_FOR_THESE_VALUES,
    count_statement,
    item_statement,
    page_statement,
    time_span,
)
from geo.layers.register import LayerKind


class Connection(Protocol):
    """What these need of an asyncpg connection inside ``geo.db.reader.reading``."""

    async def fetch(self, query: str, *args: object) -> Sequence[Mapping[str, Any]]: ...
    async def fetchrow(self, query: str, *args: object) -> Mapping[str, Any] | None: ...
    async def fetchval(self, query: str, *args: object) -> Any: ...
    async def execute(self, query: str) -> str: ...


class NoSuchFeature(NotFound):
    """The layer has no feature with that id."""


@dataclass(frozen=True, slots=True)
class Page:
    """GeoJSON features as comma-joined text, and where the next page starts."""

    features: str
    returned: int
    matched: int | None
    """Rows that match in all; None if that was not worth counting."""
    after: int | None
    """Id that the next page starts after; None on the last page."""


async def get_county(connection: Connection, tenant: str) -> County:
    """The county, as :func:`geo.db.counties.get_county` gives it.

    Raises
    ------
    UnknownCounty
        If it was never set up here.
    """
    row = await connection.fetchrow(COUNTY.sql, *COUNTY.arguments({"tenant": tenant}))
    if row is None:
        raise UnknownCounty("county.unknown", county=tenant)
    extent = (row["west"], row["south"], row["east"], row["north"])
    facts = (row["name"], row["metric_srid"], row["time_zone"], row["calendar"], extent, row["map_number"])
    return County(tenant, *facts)


async def load_page(
    connection: Connection,
    tenant: str,
    kind: LayerKind,
    chosen: PageFilter,
    *,
    limit: int,
    after: int = 0,
    lat_first: bool = False,
    outside: bool = True,
) -> Page:
    """One page in order of id, so that rows written meanwhile neither repeat nor hide others.

    Parameters
    ----------
    limit
        Features at most, >= 1.
    after
        Id of the last feature of the page before; 0 for the first.
    lat_first
        Write coordinates as lat, lon.
    outside
        Whether the page leaves the bureau: then names that may hold a person's are masked or left out.

    Notes
    -----
    A whole layer's ``matched`` is its exact counter. A filtered one is counted on the first page, up to
    ``COUNT_CAP``. Plans are made for the values at hand.
    """
    await connection.execute(PLAN_FOR_THESE_VALUES)
    shape = (kind, len(chosen.boxes), chosen.since is not None, chosen.until is not None, tuple(chosen.equals))
    values = {**chosen.values(), "tenant": tenant, "after": after, "limit": limit}
    statement = page_statement(*shape, lat_first, outside)
    row = await connection.fetchrow(statement.sql, *statement.arguments(values))
    assert row is not None
    matched: int | None = None
    if chosen.empty:
        matched = (await load_counts(connection, tenant, [kind.name]))[kind.name]
    elif after == 0 and not row["more"]:
        matched = row["returned"]
    elif after == 0:
        statement = count_statement(*shape, outside)
        counted = int(await connection.fetchval(statement.sql, *statement.arguments(values)))
        matched = counted if counted <= COUNT_CAP else None
    return Page(row["features"], row["returned"], matched, row["last"] if row["more"] else None)


async def get_feature(
    connection: Connection,
    tenant: str,
    kind: LayerKind,
    identity: int,
    *,
    lat_first: bool = False,
    outside: bool = True,
) -> str:
    """One feature as GeoJSON text; what leaves the bureau is masked as :func:`load_page` says.

    Raises
    ------
    NoSuchFeature
        If the layer has none with that id.
    """
    statement = item_statement(kind, lat_first, outside)
    text = await connection.fetchval(statement.sql, *statement.arguments({"tenant": tenant, "id": identity}))
    if text is None:
        raise NoSuchFeature("query.no_feature", layer=kind.name, id=identity)
    return str(text)


async def load_counts(connection: Connection, tenant: str, layers: Iterable[str]) -> dict[str, int]:
    """Rows of each layer, 0 for one that never had any."""
    names = list(layers)
    rows = await connection.fetch(COUNTS.sql, *COUNTS.arguments({"tenant": tenant, "layers": names}))
    return {**dict.fromkeys(names, 0), **{row["layer"]: row["rows"] for row in rows}}


async def load_span(
    connection: Connection, tenant: str, kind: LayerKind
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """First and last instant of a layer with a time column; both None for one without, or an empty one."""
    if kind.time_column is None:
        return None, None
    statement = time_span(kind)
    row = await connection.fetchrow(statement.sql, *statement.arguments({"tenant": tenant}))
    assert row is not None
    return row["first"], row["last"]
