"""From OSM's relations to rules that a search keeps to."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from geo.db.counties import get_county
from geo.db.engine import Database
from geo.layers.actions import import_osm
from geo.roads.actions import load_network

EXTRACT = """<osm version="0.6"><bounds minlat="28.2" minlon="117.9" maxlat="28.4" maxlon="118.1"/>
<node id="1" lat="28.300" lon="118.000"/><node id="2" lat="28.303" lon="118.000"/>
<node id="3" lat="28.303" lon="118.003"/><node id="4" lat="28.306" lon="118.000"/>
<way id="1"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way>
<way id="2"><nd ref="2"/><nd ref="3"/><tag k="highway" v="primary"/></way>
<way id="3"><nd ref="2"/><nd ref="4"/><tag k="highway" v="primary"/></way>
<relation id="5"><member type="way" ref="1" role="from"/><member type="node" ref="2" role="via"/>
<member type="way" ref="2" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_right_turn"/>
<tag k="except" v="bicycle"/></relation>
<relation id="6"><member type="way" ref="1" role="from"/><member type="way" ref="3" role="via"/>
<member type="way" ref="2" role="to"/><tag k="type" v="restriction"/><tag k="restriction" v="no_u_turn"/></relation>
</osm>"""


def test_a_turn_that_osm_forbids_is_forbidden_to_those_it_binds(
    database: Database, county: str, tmp_path: Path
) -> None:
    path = tmp_path / "turns.osm"
    path.write_text(EXTRACT)
    reports = import_osm(database, county, path)
    assert (reports["turn_restriction"].added, reports["turn_restriction"].left_out) == (1, {"left.turn_over_ways": 1})
    assert import_osm(database, county, path)["turn_restriction"].unchanged == 1
    begin = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    with database.begin(county) as session:
        network = load_network(session, get_county(session, county), begin, begin + dt.timedelta(hours=8))
    bound = {mode: len(graph.links.crossing) - network.node_count for mode, graph in network.graphs.items()}
    assert bound == {"foot": 0, "ebike": 0, "car": 1}
