"""OSM extracts (.osm, .osm.gz, .osm.pbf) as rows of our layers; runs in the child process only."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import osmium
import pyarrow as pa
import shapely
from osmium.osm import Area, Node, Relation, Way

from geo.layers.readers import osm_tags
from geo.layers.readers.child import Opened
from geo.layers.readers.osm_zones import Zone, distinct, round_area
from geo.layers.readers.shape import finish, with_own_columns
from geo.layers.readers.sniff import Format
from geo.layers.reports import FileRefused

KEYS = [
    *("highway", "building", "landuse", "leisure", "natural", "waterway"),
    *("amenity", "healthcare", "shop", "railway", "public_transport", "boundary", "restriction"),
]
FIELDS: dict[str, pa.DataType] = {
    "source_key": pa.string(),
    "name": pa.string(),
    "kind": pa.string(),
    "code": pa.string(),
    "level": pa.string(),
    "road_class": pa.string(),
    "tier": pa.string(),
    "oneway": pa.int64(),
    "foot": pa.bool_(),
    "ebike": pa.bool_(),
    "car": pa.bool_(),
    "speed_kmh": pa.float64(),
    "levels": pa.int64(),
    "height_m": pa.float64(),
    "opening": pa.string(),
    "rule": pa.string(),
    "from_road": pa.string(),
    "to_road": pa.string(),
    "extra": pa.string(),
}
"""Fields of all the layers together; a batch holds one layer and leaves the others' fields empty."""

LINES = frozenset({"river", "stream", "canal", "drain", "ditch", "tidal_channel"})
SITE_M = 15.0
"""Half the width given to a street under construction, metres."""


def open_osm(path: Path, found: Format, request: dict[str, Any]) -> Opened:
    """Open an extract for its rows, or for its extent alone.

    Raises
    ------
    FileRefused
        If it is broken.
    """
    attributes = pa.schema([pa.field("__layer", pa.string()), *(pa.field(name, kind) for name, kind in FIELDS.items())])
    file = osmium.io.File(str(path), found.value)
    closing: dict[str, Any] = {}
    if request["task"] == "extent":
        batches = _extent(file, request, attributes)
    else:
        batches = _Harvest(file, request, attributes, closing).batches()
    return Opened({"crs": "EPSG:4326", "rows": None, "notes": []}, with_own_columns(attributes), batches, closing)


def _extent(file: Any, request: dict[str, Any], attributes: pa.Schema) -> Iterator[pa.RecordBatch]:
    """One row, a diagonal: of the box the header states, else of the box of all nodes."""
    try:
        box = osmium.io.Reader(file, osmium.osm.osm_entity_bits.NOTHING).header().box()
        if box.valid():
            low, high = box.bottom_left, box.top_right
            sides = (low.lon, low.lat, high.lon, high.lat)
        else:
            xy = np.array(
                [
                    (node.lon, node.lat)
                    for node in osmium.FileProcessor(file, osmium.osm.NODE)
                    if isinstance(node, Node) and node.location.valid()
                ]
            )
            if not len(xy):
                raise FileRefused("layers.no_extent", file=request["name"])
            (west, south), (east, north) = xy.min(axis=0).tolist(), xy.max(axis=0).tolist()
            sides = (west, south, east, north)
    except RuntimeError as error:
        raise FileRefused("layers.file_broken", file=request["name"], reason=str(error)[:200]) from error
    wkb = pa.array([shapely.to_wkb(shapely.LineString([sides[:2], sides[2:]]))], pa.binary())
    empty = pa.RecordBatch.from_arrays([pa.nulls(1, field.type) for field in attributes], schema=attributes)
    yield finish(1, wkb, empty)


class _Harvest:
    """Goes through the file once, filling one basket a layer."""

    def __init__(self, file: Any, request: dict[str, Any], attributes: pa.Schema, closing: dict[str, Any]) -> None:
        self.file, self.name, self.most, self.attributes = file, request["name"], request["batch_rows"], attributes
        self.wkb = osmium.geom.WKBFactory()
        self.baskets: dict[str, list[tuple[bytes, dict[str, Any]]]] = defaultdict(list)
        self.next_row: Counter[str] = Counter()
        self.zones: list[Zone] = []
        self.left: dict[str, Counter[str]] = defaultdict(Counter)
        self.closing = closing
        self.places: Any = None

    def batches(self) -> Iterator[pa.RecordBatch]:
        """All rows, a batch whenever a basket is full."""
        processor = osmium.FileProcessor(self.file).with_areas().with_filter(osmium.filter.KeyFilter(*KEYS))
        self.places = processor.node_location_storage
        try:
            for thing in processor:
                if isinstance(thing, Node):
                    self._node(thing)
                elif isinstance(thing, Way):
                    self._way(thing)
                elif isinstance(thing, Area):
                    self._area(thing)
                elif isinstance(thing, Relation):
                    self._relation(thing)
                yield from self._full(self.most)
        except RuntimeError as error:
            raise FileRefused("layers.file_broken", file=self.name, reason=str(error)[:200]) from error
        kept, doubled = distinct(self.zones)
        if doubled:
            self.left["hotspot_zone"]["left.mapped_twice"] += doubled
        for zone in kept:
            self._add("hotspot_zone", zone.key, shapely.to_wkb(zone.area), zone.fields, zone.tags)
            yield from self._full(self.most)
        yield from self._full(1)
        self.closing["left_out"] = {layer: dict(counts) for layer, counts in self.left.items()}

    def _node(self, node: Node) -> None:
        tags = dict(node.tags)
        if not node.location.valid():
            return
        if tags.get("highway") == "street_lamp":
            fields = {"code": tags.get("ref"), "height_m": osm_tags.metres(tags.get("height", ""))}
            self._add("streetlight", f"node/{node.id}", bytes.fromhex(self.wkb.create_point(node)), fields, tags)
        elif kind := osm_tags.zone_kind(tags):
            area = round_area(node.lon, node.lat, kind)
            self.zones.append(Zone(f"node/{node.id}", kind, area, osm_tags.zone_fields(tags, kind), tags, drawn=False))

    def _way(self, way: Way) -> None:
        tags = dict(way.tags)
        if "highway" in tags:
            self._road(way, tags)
            return
        stream = tags.get("waterway") in LINES and not (way.is_closed() and tags.get("area") == "yes")
        if stream and (line := self._line(way, "waterway")):
            self._add("waterway", f"way/{way.id}", line, {"name": tags.get("name"), "kind": tags["waterway"]}, tags)

    def _road(self, way: Way, tags: dict[str, str]) -> None:
        if tags["highway"] == "construction" and (line := self._line(way, "hotspot_zone")):
            from geo.layers.readers.osm_zones import along

            fields = osm_tags.zone_fields(tags, "construction")
            area = along(shapely.from_wkb(line), SITE_M)
            self.zones.append(Zone(f"way/{way.id}", "construction", area, fields, tags, drawn=False))
        found = osm_tags.road_fields(tags)
        if isinstance(found, str):
            self.left["road"][found] += 1
        elif line := self._line(way, "road"):
            self._add("road", f"way/{way.id}", line, found, tags)

    def _area(self, area: Area) -> None:
        tags = dict(area.tags)
        key = f"{'way' if area.from_way() else 'relation'}/{area.orig_id()}"
        wanted: list[tuple[str, dict[str, object]]] = []
        if found := osm_tags.building_fields(tags):
            wanted.append(("building", found))
        elif found := osm_tags.admin_fields(tags):
            wanted.append(("admin_area", found))
        elif ground := osm_tags.area_layer(tags):
            wanted.append(ground)
        kind = osm_tags.zone_kind(tags)
        if not wanted and kind is None:
            return
        try:
            shape = bytes.fromhex(self.wkb.create_multipolygon(area))
        except (RuntimeError, osmium.InvalidLocationError):
            self.left[wanted[0][0] if wanted else "hotspot_zone"]["left.incomplete"] += 1
            return
        for layer, fields in wanted:
            self._add(layer, key, shape, fields, tags)
        if kind is not None:
            fields = osm_tags.zone_fields(tags, kind)
            self.zones.append(Zone(key, kind, shapely.from_wkb(shape), fields, tags, drawn=True))

    def _relation(self, relation: Relation) -> None:
        tags = dict(relation.tags)
        found = osm_tags.turn_fields(tags, [(member.type, member.ref, member.role) for member in relation.members])
        if found is None:
            return
        if isinstance(found, str):
            self.left["turn_restriction"][found] += 1
            return
        fields, via = found
        try:
            spot = self.places.get(via)
        except KeyError:
            self.left["turn_restriction"]["left.turn_nowhere"] += 1
            return
        point = shapely.to_wkb(shapely.Point(spot.lon, spot.lat))
        self._add("turn_restriction", f"relation/{relation.id}", point, fields, tags)

    def _line(self, way: Way, layer: str) -> bytes | None:
        """The way as a line: whole, or its longest stretch of known nodes where the extract cut it."""
        stretches: list[list[tuple[float, float]]] = [[]]
        for node in way.nodes:
            if not node.location.valid():
                stretches.append([])
            elif not stretches[-1] or stretches[-1][-1] != (node.lon, node.lat):
                stretches[-1].append((node.lon, node.lat))
        longest = max(stretches, key=len)
        if len(stretches) > 1:
            self.left[layer]["left.cut"] += 1
        return shapely.to_wkb(shapely.LineString(longest)) if len(longest) > 1 else None

    def _add(self, layer: str, key: str, wkb: bytes, fields: dict[str, Any], tags: dict[str, str]) -> None:
        extra = json.dumps(osm_tags.left_over(tags), ensure_ascii=False, sort_keys=True)
        self.baskets[layer].append((wkb, fields | {"source_key": key, "extra": extra}))

    def _full(self, most: int) -> Iterator[pa.RecordBatch]:
        for layer in [layer for layer, basket in self.baskets.items() if len(basket) >= most]:
            basket = self.baskets.pop(layer)
            columns = [pa.array([layer] * len(basket), pa.string())]
            for name, kind in FIELDS.items():
                values = [fields.get(name) for _, fields in basket]
                columns.append(pa.array([str(v) if name == "level" and v is not None else v for v in values], kind))
            attributes = pa.RecordBatch.from_arrays(columns, schema=self.attributes)
            yield finish(self.next_row[layer] + 1, pa.array([wkb for wkb, _ in basket], pa.binary()), attributes)
            self.next_row[layer] += len(basket)
