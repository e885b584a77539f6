"""A shift as GPX 1.1, for phones and handheld receivers: a waypoint a stop with its time, a track a team."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.etree import ElementTree

NAMESPACE = "http://www.topografix.com/GPX/1/1"
NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document may hold, however they are written."""


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A stop of a team at its time (aware), in degrees, EPSG:4490."""

    lon: float
    lat: float
    at: dt.datetime
    team: str
    seq: int
    name: str
    kind: str


def render_gpx(stops: Iterable[Waypoint], tracks: Iterable[tuple[str, Sequence[Sequence[float]]]]) -> str:
    """The document.

    Parameters
    ----------
    tracks
        Team and its line, ``[[lon, lat], …]`` in degrees, EPSG:4490, which agrees with GPX's WGS 84 to centimetres.

    Examples
    --------
    >>> print(render_gpx([], [("R1", [[118.0, 28.3]])]).splitlines()[1][-88:])
    <name>R1</name><trkseg><trkpt lat="28.3000000" lon="118.0000000" /></trkseg></trk></gpx>
    """
    root = ElementTree.Element("gpx", {"version": "1.1", "creator": "Pianqu", "xmlns": NAMESPACE})
    for stop in stops:
        point = ElementTree.SubElement(root, "wpt", _place(stop.lon, stop.lat))
        ElementTree.SubElement(point, "time").text = stop.at.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")
        ElementTree.SubElement(point, "name").text = NO_XML.sub("", f"{stop.team} {stop.seq} {stop.name}".strip())
        ElementTree.SubElement(point, "type").text = stop.kind
    for team, line in tracks:
        track = ElementTree.SubElement(root, "trk")
        ElementTree.SubElement(track, "name").text = NO_XML.sub("", team)
        segment = ElementTree.SubElement(track, "trkseg")
        for lon, lat in line:
            ElementTree.SubElement(segment, "trkpt", _place(lon, lat))
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _place(lon: float, lat: float) -> dict[str, str]:
    return {"lat": f"{lat:.7f}", "lon": f"{lon:.7f}"}
