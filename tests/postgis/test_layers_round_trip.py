"""Out to a file and back in through the front door: every format, every frame, nothing lost."""

from __future__ import annotations

import datetime as dt
import json
import string
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo.db.engine import Database
from geo.layers.actions import export_layer, import_layer, save_frame
from geo.layers.export import FormatUnknown
from geo.layers.export_shapefile import TextDoesNotFit
from geo.layers.queries import load_features
from geo.layers.reports import ImportOptions

FORMATS = [".gpkg", ".shp.zip", ".geojson", ".parquet", ".csv"]
slow = settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
lon = st.integers(117_900_000_000, 118_100_000_000).map(lambda n: n / 1e9)
lat = st.integers(28_200_000_000, 28_400_000_000).map(lambda n: n / 1e9)
# GBK knows these, and each has been a trap once: separators, quotes, the second byte 0x5C, a leading zero.
letters = string.ascii_letters + string.digits + "路灯巷區誠,;\"'|/\\-_ 0"
texts = st.none() | st.text(letters, min_size=1, max_size=30).map(str.strip).filter(bool)
numbers = st.none() | st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 6) + 0.0)


@st.composite
def lamps(draw: Any) -> geopandas.GeoDataFrame:
    spots = draw(st.lists(st.tuples(lon, lat), min_size=1, max_size=12, unique=True))
    n = len(spots)
    at = st.none() | st.integers(946_684_800, 2_051_222_400).map(lambda s: dt.datetime.fromtimestamp(s, dt.UTC))
    data = {
        "code": draw(st.lists(texts, min_size=n, max_size=n)),
        "status": draw(st.lists(st.sampled_from(["on", "fault", "off_by_plan"]), min_size=n, max_size=n)),
        "status_since_at": draw(st.lists(at, min_size=n, max_size=n)),
        "power_w": draw(st.lists(numbers, min_size=n, max_size=n)),
        "source_key": [f"k{i}" for i in range(n)],
        "备注": draw(st.lists(texts, min_size=n, max_size=n)),
    }
    return geopandas.GeoDataFrame(data, geometry=[shapely.Point(spot) for spot in spots], crs=4490)


@st.composite
def areas(draw: Any) -> geopandas.GeoDataFrame:
    corners = draw(st.lists(st.tuples(lon, lat), min_size=1, max_size=6, unique=True))
    shapes = [shapely.box(x, y, round(x + 0.001, 9), round(y + 0.002, 9)) for x, y in corners]
    return geopandas.GeoDataFrame(
        {
            "kind": draw(st.lists(texts, min_size=len(shapes), max_size=len(shapes))),
            "levels": draw(st.lists(st.none() | st.integers(1, 99), min_size=len(shapes), max_size=len(shapes))),
            "source_key": [f"b{i}" for i in range(len(shapes))],
        },
        geometry=shapes,
        crs=4490,
    )


def contents(database: Database, tenant: str, kind: str, digits: int = 9) -> list[tuple[Any, ...]]:
    with database.begin(tenant) as session:
        frame = load_features(session, kind)
        extra = load_features(session, kind, columns=["extra"])["extra"]
    frame["extra"] = [json.dumps(value, sort_keys=True) for value in extra]
    frame = frame.drop(columns="source").sort_values("source_key")
    rounded = shapely.transform(frame.geometry.to_numpy(), lambda xy: np.round(xy, digits))
    rounded = shapely.normalize(rounded)
    attributes = frame.drop(columns="geometry").astype(object).where(lambda value: value.notna(), None)
    return [
        (*row, shape.wkt) for row, shape in zip(attributes.itertuples(index=False, name=None), rounded, strict=True)
    ]


@pytest.mark.parametrize("suffix", FORMATS)
@slow
@given(frame=lamps())
def test_lamps_come_back_equal_for_any_content(
    database: Database, make_county, tmp_path: Path, suffix: str, frame
) -> None:
    first, second = make_county(), make_county()
    save_frame(database, first, "streetlight", frame, "survey")
    path = tmp_path / f"out{suffix}"
    assert export_layer(database, first, "streetlight", path, encoding="gbk") == len(frame)
    report = import_layer(database, second, path, "streetlight")
    assert report.rejected == [] and report.added == len(frame)
    assert contents(database, second, "streetlight") == contents(database, first, "streetlight")


@pytest.mark.parametrize("suffix", FORMATS)
@slow
@given(frame=areas(), srid=st.sampled_from([4326, 4548, 4527, 32650, 3857]))
def test_areas_come_back_in_place_for_any_frame_of_coordinates(
    database: Database, make_county, tmp_path: Path, suffix: str, frame, srid: int
) -> None:
    first, second = make_county(), make_county()
    save_frame(database, first, "building", frame, "survey")
    path = tmp_path / f"out{suffix}"
    export_layer(database, first, "building", path, srid=srid)
    report = import_layer(database, second, path, "building")
    assert report.rejected == [] and report.added == len(frame)
    # Text formats keep a tenth of a millimetre of the projected frame: 1e-8 degrees is a millimetre.
    here, there = contents(database, first, "building"), contents(database, second, "building")
    assert [row[:-1] for row in here] == [row[:-1] for row in there]
    for before, after in zip(here, there, strict=True):
        assert shapely.hausdorff_distance(shapely.from_wkt(before[-1]), shapely.from_wkt(after[-1])) < 1e-8


@pytest.mark.parametrize("suffix", FORMATS)
def test_events_and_points_with_areas_come_back_too(
    database: Database, make_county, tmp_path: Path, suffix: str
) -> None:
    first, second = make_county(), make_county()
    points = geopandas.GeoDataFrame(
        {
            "kind": ["regulated", "seasonal_market"],
            "slots": [3, None],
            "valid_from_on": [None, "2026-05-01"],
            "source_key": ["a", "b"],
        },
        geometry=[shapely.Point(118, 28.3), shapely.box(118.01, 28.3, 118.02, 28.31)],
        crs=4490,
    )
    events = geopandas.GeoDataFrame(
        {
            "source_key": ["x", "y"],
            "code": ["04-05", "03-04"],
            "occurred_at": ["2026-01-02", "2026-01-03 21:15"],
            "quantity": [2.5, 1],
        },
        geometry=[shapely.Point(118, 28.3)] * 2,
        crs=4490,
    )
    for kind, frame in (("vendor_point", points), ("event", events)):
        save_frame(database, first, kind, frame, "survey")
        export_layer(database, first, kind, tmp_path / f"{kind}{suffix}")
        names = [f"{kind}_point", f"{kind}_polygon"] if suffix == ".shp.zip" and kind == "vendor_point" else [None]
        for name in names:
            import_layer(database, second, tmp_path / f"{kind}{suffix}", kind, ImportOptions(layer=name))
        assert contents(database, second, kind) == contents(database, first, kind)


def test_an_empty_layer_still_makes_a_file_that_can_be_read(database: Database, county: str, tmp_path: Path) -> None:
    for suffix in FORMATS:
        assert export_layer(database, county, "streetlight", tmp_path / f"none{suffix}") == 0
        assert import_layer(database, county, tmp_path / f"none{suffix}", "streetlight").rows_read == 0


def test_a_shapefile_carries_its_encoding_its_legend_and_where_it_is_from(
    database: Database, county: str, tmp_path: Path
) -> None:
    frame = geopandas.GeoDataFrame({"code": ["灯1"]}, geometry=[shapely.Point(118, 28.3)], crs=4490)
    save_frame(database, county, "streetlight", frame, "osm")
    export_layer(database, county, "streetlight", tmp_path / "a.shp.zip", encoding="gbk")
    with zipfile.ZipFile(tmp_path / "a.shp.zip") as archive:
        assert archive.read("streetlight.cpg") == b"GBK" and "灯1".encode("gbk") in archive.read("streetlight.dbf")
        assert "status_sin\tstatus_since_at" in archive.read("legend.txt").decode()
        assert "ODbL" in archive.read("about.txt").decode()


def test_what_a_format_cannot_hold_is_said_and_leaves_no_file(database: Database, county: str, tmp_path: Path) -> None:
    frame = geopandas.GeoDataFrame({"code": ["🏮"]}, geometry=[shapely.Point(118, 28.3)], crs=4490)
    save_frame(database, county, "streetlight", frame, "s")
    with pytest.raises(TextDoesNotFit):
        export_layer(database, county, "streetlight", tmp_path / "a.shp.zip", encoding="gbk")
    with pytest.raises(FormatUnknown):
        export_layer(database, county, "streetlight", tmp_path / "a.kml")
    assert list(tmp_path.iterdir()) == []
