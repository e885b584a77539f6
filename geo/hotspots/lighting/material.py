"""What the studies of light look at: streets in bits, lamps, places of the night."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from geo.db.counties import County, get_county
from geo.errors import Invalid
from geo.hotspots.lighting import queries
from geo.hotspots.lighting.dark import STEP_M, STREET_M, Darkness, dark_stretches
from geo.hotspots.lighting.night_walk import NightWalks, night_walks
from geo.hotspots.lighting.rules import lamp_reach, night_places
from geo.roads.lixels import Lixels, cut_lixels, nearest_lixels
from geo.roads.network import Floats, build_network
from geo.roads.places import Place, Snapper
from geo.roads.queries import load_roads

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geo.db.engine import Database


class NoLamps(Invalid):
    """There are no lamps to judge by; the message says how to import them."""


@dataclass(frozen=True, eq=False)
class Material:
    """Streets, lamps and places, all in the county's metric CRS.

    ``looked`` are the bits of streets that a 片区 answers for: country roads without an owner are nobody's to light.
    """

    county: County
    lixels: Lixels
    looked: NDArray[np.bool_]
    lamps: GeoDataFrame
    zones: GeoDataFrame

    @cached_property
    def lamp_xy(self) -> Floats:
        """Shape (lamps, 2), metres."""
        return np.column_stack([self.lamps.geometry.x, self.lamps.geometry.y]).astype(np.float64)

    @cached_property
    def lamp_tier(self) -> NDArray[np.object_]:
        """Tier of the street each lamp stands on; '' off the streets."""
        bit = nearest_lixels(self.lixels, self.lamp_xy[:, 0], self.lamp_xy[:, 1], STREET_M)
        tiers = np.array([*self.lixels.network.tiers, ""], dtype=object)
        return tiers[np.where(bit >= 0, self.lixels.network.road[self.lixels.piece[bit]], -1)]

    @cached_property
    def darkness(self) -> Darkness:
        """Dark stretches."""
        status = self.lamps["status"].to_numpy(object)
        return dark_stretches(self.lixels, self.looked, self.lamp_xy[:, 0], self.lamp_xy[:, 1], status, lamp_reach())

    @cached_property
    def night_zones(self) -> GeoDataFrame:
        """Zones that draw people after dark and lie on the network, with their ``place``."""
        zones = self.zones[self.zones["kind"].isin(list(night_places()))]
        places = Snapper(self.lixels.network, "foot").snap(list(zones.geometry))
        on = np.array([isinstance(place, Place) for place in places], dtype=bool)
        return zones[on].assign(place=[place for place in places if isinstance(place, Place)])

    @cached_property
    def walks(self) -> NightWalks:
        """Walks after dark, and who reaches which dark stretch."""
        zones = self.night_zones
        rules = [night_places()[kind] for kind in zones["kind"]]
        weight, walk_m = np.array([r.weight for r in rules]), np.array([r.walk_m for r in rules])
        stretches = [stretch.bits for stretch in self.darkness.stretches]
        return night_walks(self.lixels, zones["place"].tolist(), weight, walk_m, stretches)


def load_material(database: Database, tenant: str) -> Material:
    """Read a county's streets, lamps and zones.

    Raises
    ------
    NoLamps
        If there is no lamp.
    geo.roads.network.NoStreets
        If there is no street.
    """
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        roads = load_roads(session)
        lamps = queries.load_lamps(session, county.metric_srid)
        zones = queries.load_zones(session, county.metric_srid)
    if len(lamps) == 0:
        raise NoLamps("lighting.no_lamps")
    lixels = cut_lixels(build_network(roads, county.metric_srid), STEP_M)
    owned = np.array([owner is not None for owner in lixels.network.owners])
    return Material(county, lixels, owned[lixels.network.road[lixels.piece]], lamps, zones)
