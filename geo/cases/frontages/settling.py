"""After a shop list came in: points become fronts, streets, towns and 片区 are filled in, the standing is written."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from geo.cases.frontages import queries
from geo.cases.frontages.reading import update_status
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.features.locate import districts_at

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy.orm import Session

STREET_M = 60.0
"""A street of the name a shop gives counts as its own within this distance."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What settling did: points that became fronts, points left, streets filled in, fronts whose standing changed."""

    fronted: int
    left_as_points: int
    streets_named: int
    changed: int

    def as_json(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)


def settle_frontages(session: Session, tenant: str, *, actor: str) -> Settled:
    """Bring a shop list into order; a second run changes nothing."""
    queries.hold(session, tenant, "agreements")
    county = get_county(session, tenant)
    srid = county.metric_srid
    loose, nameless = queries.load_loose(session, tenant), queries.load_without_street(session, tenant)
    fronted: list[tuple[int, bytes, int, int]] = []
    named: dict[int, str] = {}
    if loose or nameless:
        roads = _roads(session, srid)
        fronted = _fronts(loose, roads, srid)
        named = _names(nameless, roads, srid)
    if fronted:
        queries.place_fronts(session, tenant, fronted)
    if named:
        queries.name_streets(session, tenant, named)
    queries.fill_towns(session, tenant)
    spots = queries.load_without_district(session, tenant)
    held_by = districts_at(session, county, list(spots.values()))
    queries.set_districts(session, tenant, {one: held_by[spot] for one, spot in spots.items()})
    changed = update_status(session, tenant)
    ids = sorted({*changed, *named, *(one for one, *_ in fronted)})
    if ids:
        write_change(session, tenant, "frontages.settled", layer="frontage", feature_ids=ids, actor=actor)
    return Settled(len(fronted), len(loose) - len(fronted), len(named), len(changed))


def _roads(session: Session, srid: int) -> GeoDataFrame:
    from geo.crs import to_metric
    from geo.layers.queries import load_features
    from geo.layers.register import get_kind

    level = get_kind("road").table.c.level
    return to_metric(load_features(session, "road", where=level == 0, columns=("name", "tier")), srid)


def _metric(shapes: list[bytes], srid: int) -> Any:
    """Points in the county's metric frame."""
    import geopandas

    return geopandas.GeoSeries.from_wkb(shapes, crs=4490).to_crs(srid).to_numpy()


def _fronts(
    loose: list[tuple[int, bytes, str | None]], roads: GeoDataFrame, srid: int
) -> list[tuple[int, bytes, int, int]]:
    """The lines of shops that are points, in degrees, with width and distance moved in dm."""
    import geopandas
    import shapely

    from geo.cases.frontages.fronting import USUAL_WIDTH_M, front_of

    if not loose or roads.empty:
        return []
    lines, names, tiers = roads.geometry.to_numpy(), roads["name"].tolist(), roads["tier"].tolist()
    tree = shapely.STRtree(lines)
    kept, made = [], []
    for (one, _, street), point in zip(loose, _metric([shape for _, shape, _ in loose], srid), strict=True):
        near = sorted(tree.query(point, predicate="dwithin", distance=STREET_M).tolist())
        own = [row for row in near if street and names[row] == street] or near
        front = front_of(point, lines[own], [tiers[row] for row in own])
        if front is not None:
            kept.append((one, round(USUAL_WIDTH_M * 10), round(front.moved_m * 10)))
            made.append(front.line)
    if not made:
        return []
    degrees = shapely.set_precision(geopandas.GeoSeries(made, crs=srid).to_crs(4490).to_numpy(), 1e-9)
    return [
        (one, bytes(shapely.to_wkb(line)), width, moved)
        for (one, width, moved), line in zip(kept, degrees, strict=True)
    ]


def _names(nameless: list[tuple[int, bytes]], roads: GeoDataFrame, srid: int) -> dict[int, str]:
    """The nearest named street of every front that names none, within 40 m."""
    import shapely

    from geo.cases.frontages.fronting import REACH_M

    named = roads[roads["name"].fillna("") != ""]
    if not nameless or named.empty:
        return {}
    points = _metric([shape for _, shape in nameless], srid)
    rows, found = shapely.STRtree(named.geometry.to_numpy()).query_nearest(
        points, max_distance=REACH_M, all_matches=False
    )
    return {nameless[row][0]: str(named["name"].iloc[at]) for row, at in zip(rows, found, strict=True)}
