"""What people do with sites: ask for a choice, look at it, adopt it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.crs import STORAGE, to_metric
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import NotFound
from geo.hotspots.siting import queries
from geo.hotspots.siting.plan import Purpose, SiteRequest
from geo.hotspots.siting.queries import CandidateRow, SitePlanRow
from geo.hotspots.siting.rules import COLUMN, read_rule
from geo.roads.queries import load_roads

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.hotspots.siting.plan import SitesFound

Progress = Callable[[str, int, int], None]
SOURCE: Final = "siting"
DAYS: Final = 365


class UnknownSitePlan(NotFound):
    """There is no such choice of sites."""


@dataclass(frozen=True, slots=True)
class CountyRequest:
    """A choice of sites for the county.

    Parameters
    ----------
    purpose
        What for; sets codes, rules, spacing and reach where they are not given.
    p, walk_min, radius_m, spacing_m, rules, preview, seconds
        As :class:`geo.hotspots.siting.plan.SiteRequest`; None takes what is usual for the purpose.
    codes, days
        Events whose places are the demand, and how many days of them.
    candidates
        (lon, lat, name, capacity) of places to choose from; none takes corners of streets, or of land.
    """

    purpose: Purpose
    p: int
    walk_min: float | None = None
    radius_m: float | None = None
    spacing_m: float | None = None
    rules: tuple[str, ...] | None = None
    codes: tuple[str, ...] | None = None
    days: int = DAYS
    preview: bool = False
    seconds: float = 30.0
    candidates: tuple[tuple[float, float, str | None, float | None], ...] = field(default=())


def plan_sites(
    database: Database, tenant: str, request: CountyRequest, progress: Progress | None = None, actor: str = "system"
) -> dict[str, Any]:
    """Choose sites for the county and store the choice with every candidate. Nothing in force changes.

    Parameters
    ----------
    progress
        Called with (step, done, of); steps are ``load``, ``choose``, ``save``.

    Returns
    -------
    dict
        As :func:`get_sites`.

    Raises
    ------
    NoCandidates, SitesBroken, RuleUnreadable, RuleColumn, TooManySites, UnknownLayer
        If there is nothing to choose; the message names the mend.
    """
    from geo.hotspots.history import load_history
    from geo.hotspots.siting.county import CODES, RADIUS_M, RULES, SPACING_M, event_demand
    from geo.hotspots.siting.plan import WALK_MIN, find_sites
    from geo.roads.network import build_network

    tell = progress or _silent
    purpose = request.purpose
    radius = request.radius_m if request.radius_m is not None or request.walk_min is not None else RADIUS_M[purpose]
    asked = SiteRequest(
        p=request.p,
        walk_min=WALK_MIN if request.walk_min is None else request.walk_min,
        radius_m=radius,
        spacing_m=SPACING_M[purpose] if request.spacing_m is None else request.spacing_m,
        rules=RULES[purpose] if request.rules is None else request.rules,
        preview=request.preview,
        seconds=request.seconds,
    )
    codes = CODES[purpose] if request.codes is None else request.codes
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        srid = county.metric_srid
        roads = load_roads(session)
        candidates = _candidates(session, request, to_metric(roads, srid), srid)
        demand = event_demand(load_history(session, county).events, codes, request.days, srid)
        layers = _layers(session, asked.rules, srid)
        standing = None
        if purpose == "vendor_relief":
            points = to_metric(queries.load_standing(session), srid).geometry.representative_point()
            standing = np.column_stack([points.x, points.y])
    tell("load", 1, 3)
    network = build_network(roads, srid) if radius is None else None
    found = find_sites(candidates, demand, asked, layers=layers, network=network, standing=standing)
    tell("choose", 2, 3)
    head = {
        "purpose": purpose,
        "asked": {**asked.as_json(), "codes": list(codes), "days": request.days, "given": len(request.candidates)},
        "summary": found.summary(),
        "made_by": actor,
    }
    with database.begin(tenant) as session:
        identity = queries.insert_plan(session, tenant, head, _rows(candidates, found))
        facts = {"plan": identity, "purpose": purpose, "sites": len(found.choice.chosen)}
        write_change(session, tenant, "sites.planned", facts=facts, actor=actor)
        told = get_sites(session, tenant, identity)
    tell("save", 3, 3)
    return told


def get_sites(session: Session, tenant: str, plan_id: int) -> dict[str, Any]:
    """A choice of sites: columns of :class:`SitePlanRow`, and ``sites`` (the chosen candidates by rank).

    Raises
    ------
    UnknownSitePlan
        If there is none.
    """
    plan = _get(session, tenant, plan_id)
    chosen = queries.list_candidates(session, tenant, plan_id, chosen=True)
    head = {name: getattr(plan, name) for name in SitePlanRow.__dataclass_fields__}
    return {**head, "sites": [_as_dict(row) for row in chosen]}


def site_features(session: Session, tenant: str, plan_id: int) -> list[dict[str, Any]]:
    """Every candidate of a choice as a GeoJSON feature, the chosen by rank first.

    Raises
    ------
    UnknownSitePlan
        If there is none.
    """
    _get(session, tenant, plan_id)
    features = []
    for row in queries.list_candidates(session, tenant, plan_id):
        properties = {name: value for name, value in _as_dict(row).items() if name not in ("lon", "lat")}
        point = {"type": "Point", "coordinates": [round(row.lon, 7), round(row.lat, 7)]}
        features.append({"type": "Feature", "id": row.key, "geometry": point, "properties": properties})
    return features


def adopt_sites(database: Database, tenant: str, plan_id: int, actor: str = "system") -> dict[str, Any]:
    """Decide for a choice. Relief points become regulated vendor points; stockpiles are kept as decided here.

    Returns
    -------
    dict
        ``plan``, ``sites``, and ``added``: vendor points written. Adopting twice changes nothing.

    Raises
    ------
    UnknownSitePlan
        If there is none.
    """
    import pandas
    from geopandas import GeoDataFrame, GeoSeries

    from geo.layers.actions import save_frame

    with database.begin(tenant) as session:
        plan = _get(session, tenant, plan_id)
        sites = queries.list_candidates(session, tenant, plan_id, chosen=True)
    added = 0
    if plan.purpose == "vendor_relief" and sites:
        points = GeoSeries.from_xy([row.lon for row in sites], [row.lat for row in sites], crs=STORAGE)
        data: dict[str, Any] = {
            "name": [row.name for row in sites],
            "kind": ["regulated"] * len(sites),
            "source_key": [f"{plan_id}/{row.key}" for row in sites],
        }
        if any(row.capacity is not None for row in sites):
            slots = [None if row.capacity is None else int(row.capacity) for row in sites]
            data["slots"] = pandas.array(slots, dtype="Int64")
        added = save_frame(database, tenant, "vendor_point", GeoDataFrame(data, geometry=points), SOURCE).added
    with database.begin(tenant) as session:
        if _get(session, tenant, plan_id, lock=True).status == "draft":
            queries.mark_adopted(session, tenant, plan_id, actor)
            facts = {"plan": plan_id, "purpose": plan.purpose, "sites": len(sites)}
            write_change(session, tenant, "sites.adopted", facts=facts, actor=actor)
    return {"plan": plan_id, "sites": len(sites), "added": added}


def _silent(step: str, done: int, of: int) -> None:
    del step, done, of


def _get(session: Session, tenant: str, plan_id: int, *, lock: bool = False) -> SitePlanRow:
    found = queries.find_plan(session, tenant, plan_id, lock=lock)
    if found is None:
        raise UnknownSitePlan("sites.unknown_plan", plan=plan_id)
    return found


def _as_dict(row: CandidateRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in CandidateRow.__dataclass_fields__}


def _candidates(session: Session, request: CountyRequest, roads: GeoDataFrame, srid: int) -> GeoDataFrame:
    from geopandas import GeoDataFrame, GeoSeries

    from geo.hotspots.siting.county import land_candidates, street_candidates

    if request.candidates:
        lon, lat, name, capacity = zip(*request.candidates, strict=True)
        points = GeoSeries.from_xy(lon, lat, crs=STORAGE).to_crs(srid)
        data: dict[str, Any] = {"key": [str(i + 1) for i in range(len(lon))], "name": list(name)}
        if all(figure is not None for figure in capacity):
            data["capacity"] = np.array(capacity, dtype=np.float64)
        return GeoDataFrame(data, geometry=points)
    if request.purpose == "vendor_relief":
        return street_candidates(roads)
    return land_candidates(to_metric(queries.load_landuse(session), srid))


def _layers(session: Session, rules: Sequence[str], srid: int) -> dict[str, GeoDataFrame]:
    """The layers that rules are about, each once, with the fields they name."""
    fields: dict[str, list[str]] = {}
    for rule in map(read_rule, rules):
        if rule.layer != COLUMN:
            fields.setdefault(rule.layer, []).extend([rule.field] if rule.field else [])
    return {name: to_metric(queries.load_layer(session, name, named), srid) for name, named in fields.items()}


def _rows(candidates: GeoDataFrame, found: SitesFound) -> list[CandidateRow]:
    stored = candidates.to_crs(STORAGE).geometry
    rank = {int(i): place + 1 for place, i in enumerate(found.choice.chosen)}
    adds = dict(zip(rank, found.choice.adds.tolist(), strict=True))
    capacity = candidates["capacity"].tolist() if "capacity" in candidates.columns else [None] * len(candidates)
    rows = []
    for i, (key, name) in enumerate(zip(candidates["key"], candidates["name"], strict=True)):
        alone = float(found.alone[i])
        rows.append(
            CandidateRow(
                str(key), name if isinstance(name, str) else None, rank.get(i), adds.get(i),
                None if np.isnan(alone) else alone, capacity[i], found.reasons[i],
                round(float(stored.iloc[i].x), 9), round(float(stored.iloc[i].y), 9),
            )
        )  # fmt: skip
    return rows
