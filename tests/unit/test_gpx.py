"""A shift as GPX is well-formed whatever its stops are called."""

from __future__ import annotations

import datetime as dt

import defusedxml.ElementTree
from hypothesis import given
from hypothesis import strategies as st

from geo.patrol.export.gpx import NAMESPACE, Waypoint, render_gpx

AT = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=20), max_size=6))
def test_every_stop_is_a_waypoint_for_any_names(names: list[str]) -> None:
    stops = [Waypoint(118.0, 28.3, AT, "R1", number, name, "zone") for number, name in enumerate(names, 1)]
    document = defusedxml.ElementTree.fromstring(render_gpx(stops, [("R1", [[118.0, 28.3], [118.1, 28.4]])]))
    found = document.findall(f"{{{NAMESPACE}}}wpt")
    assert [(p.get("lon"), p.get("lat")) for p in found] == [("118.0000000", "28.3000000")] * len(names)
    assert {p.findtext(f"{{{NAMESPACE}}}time") for p in found} <= {"2026-11-23T00:30:00Z"}
    assert len(document.findall(f"{{{NAMESPACE}}}trk/{{{NAMESPACE}}}trkseg/{{{NAMESPACE}}}trkpt")) == 2
