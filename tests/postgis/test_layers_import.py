"""Importing real files, as they come."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from geo.db.engine import Database
from geo.errors import Cancelled
from geo.layers.actions import import_layer, import_osm
from geo.layers.queries import load_features
from geo.layers.readers import extent_of
from geo.layers.reports import ImportOptions

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
CHICAGO = (-88.0, 41.6, -87.5, 42.1)


def real(pattern: str) -> Path:
    found = sorted(SHARED.glob(pattern))
    if not found:
        pytest.skip(f"real data {pattern} are not beside the checkout")
    return found[0]


def grown(box: tuple[float, float, float, float], by: float = 0.01) -> tuple[float, float, float, float]:
    return box[0] - by, box[1] - by, box[2] + by, box[3] + by


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("osm-guixi-town/*.osm", {"road": 170, "building": 165}),
        ("osm-nanjing-centre/*.osm", {"building": 1277}),
        ("osm-shanghai-roads/*.osm.gz", {"road": 4701}),
        ("osm-helsinki-centre/*.pbf", {"streetlight": 586}),
    ],
)
def test_an_extract_fills_its_layers_and_filling_again_changes_nothing(
    database: Database, make_county, pattern: str, expected: dict[str, int]
) -> None:
    path = real(pattern)
    county = make_county(extent_of(path))
    reports = import_osm(database, county, path)
    for layer, rows in expected.items():
        report = reports[layer]
        assert report.rows_read == rows
        # What is not taken has a reason: same outline drawn twice, or wholly outside the stated bounds.
        assert report.added == rows - report.rejected_count and set(report.reasons) <= {
            "reject.outside",
            "reject.duplicate_geometry",
        }
        assert report.rejected_count <= rows * 0.02
    for report in import_osm(database, county, path).values():
        assert (report.added, report.changed) == (0, 0) and report.unchanged + report.rejected_count == report.rows_read


EXTRACT = """<osm version="0.6"><bounds minlat="28.2" minlon="117.9" maxlat="28.4" maxlon="118.1"/>
<node id="1" lat="28.30" lon="118.00"/><node id="2" lat="28.31" lon="118.00"/>
<node id="3" lat="28.305" lon="118.001"><tag k="highway" v="street_lamp"/></node>
<way id="9"><nd ref="1"/><nd ref="2"/><tag k="highway" v="primary"/></way></osm>"""


def test_an_extract_that_is_stopped_leaves_no_layer_of_it_running(
    database: Database, county: str, tmp_path: Path
) -> None:
    path = tmp_path / "two-layers.osm"
    path.write_text(EXTRACT)
    met: list[str] = []

    def stop_at_the_second(layer: str, done: int, total: int | None) -> None:
        met.append(layer)
        if len(met) == 2:
            raise Cancelled("layers.cancelled")

    with pytest.raises(Cancelled):
        import_osm(database, county, path, stop_at_the_second)
    with database.begin(county) as session:
        states = session.execute(text("SELECT layer, state FROM import_run WHERE tenant = :t"), {"t": county}).all()
    assert sorted(map(tuple, states)) == sorted((layer, "cancelled") for layer in met)


def test_streets_keep_direction_level_and_shared_vertices(database: Database, make_county) -> None:
    path = real("osm-shanghai-roads/*.osm.gz")
    county = make_county(extent_of(path))
    import_osm(database, county, path)
    with database.begin(county) as session:
        roads = load_features(session, "road")
    assert {-1, 0, 1} >= set(roads["oneway"]) and (roads["oneway"] == 1).sum() > 1000
    assert (roads["level"] > 0).any() and (roads["level"] < 0).any()
    ends = Counter(point for line in roads.geometry for point in (line.coords[0], line.coords[-1]))
    inner = {point for line in roads.geometry for point in line.coords[1:-1]}
    dangling = [point for point, n in ends.items() if n == 1 and point not in inner]
    assert len(dangling) < 0.12 * len(ends)


def test_every_school_and_market_of_an_extract_becomes_a_zone_with_a_name(database: Database, make_county) -> None:
    path = real("osm-nanjing-centre/*.osm")
    county = make_county(extent_of(path))
    reports = import_osm(database, county, path)
    with database.begin(county) as session:
        zones = load_features(session, "hotspot_zone")
    kinds = Counter(zones["kind"])
    assert kinds["school"] + reports["hotspot_zone"].left_out["left.mapped_twice"] >= 19 and kinds["market"] >= 2
    assert zones["name"].notna().all() and (zones["name"].str.len() > 0).all()


def test_footprints_in_lambert_93_without_a_cpg_land_in_their_commune(database: Database, make_county) -> None:
    path = real("buildings-fr-95430/cadastre*.shp")
    west, south, east, north = extent_of(path)
    assert (west, south, east, north) == pytest.approx((2.276, 49.064, 2.332, 49.077), abs=0.001)
    county = make_county(grown((west, south, east, north)))
    report = import_layer(database, county, path, "building")
    assert report.rows_read == 1921 and report.added >= 1910
    assert report.added + report.rejected_count == 1921
    with database.begin(county) as session:
        found = load_features(session, "building", columns=["kind", "extra"])
    assert found["kind"].value_counts().sum() == report.added


def test_a_years_complaints_come_in_as_events_and_only_those_without_place_stay_out(
    database: Database, make_county
) -> None:
    path = real("chicago-*/*.csv.gz")
    code = make_county(CHICAGO)
    with database.begin_as_owner() as session:
        session.execute(text("UPDATE county SET time_zone = 'America/Chicago' WHERE tenant = :t"), {"t": code})
    with gzip.open(path, "rt") as file:
        rows = list(csv.DictReader(file))
    unplaced = [i for i, row in enumerate(rows, start=1) if not row["lat"]]
    options = ImportOptions(values={"origin": "complaint", "code_system": "chicago-311"}, source="311")
    report = import_layer(database, code, path, "event", options)
    assert report.rows_read == len(rows) == 55159
    assert [reject.row for reject in report.rejected] == unplaced and len(unplaced) == 24
    assert report.added == 55159 - 24
    with database.begin(code) as session:
        counted = session.execute(
            text(
                "SELECT count(*), count(duplicate_of), count(*) FILTER (WHERE origin = 'complaint'),"
                " count(*) FILTER (WHERE (occurred_at AT TIME ZONE 'America/Chicago')::time = '00:00'),"
                " count(*) FILTER (WHERE extra ? 'day_only')"
                " FROM event WHERE tenant = :t"
            ),
            {"t": code},
        ).one()
    marked = sum("Dup" in row["status"] for row in rows if row["lat"])
    # One row stands twice in the very same words: kept, and flagged as a repeat too.
    assert tuple(counted) == (55135, marked + 1, 55135, 55135, 55135) and marked > 2600
    again = import_layer(database, code, path, "event", options)
    assert (again.added, again.changed, again.unchanged) == (0, 0, 55135)
