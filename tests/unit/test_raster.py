"""PNG tiles are drawn from vector tiles; the decoder is exact and the pictures are not blank."""

from __future__ import annotations

import io

import mapbox_vector_tile
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image
from shapely.geometry import LineString, Point, Polygon, box

from maps.raster import _dashes, draw_picture, read_parts, read_tile

whole = st.integers(-4096, 8192)
path = st.lists(st.tuples(whole, whole), min_size=2, max_size=12)


def zigzag(number: int) -> int:
    return (number << 1) ^ (number >> 63)


def commands(paths: list[list[tuple[int, int]]]) -> list[int]:
    """Command integers of a multi-line, as the specification writes them."""
    found: list[int] = []
    x = y = 0
    for one in paths:
        for place, (px, py) in enumerate(one):
            if place == 0:
                found.append(1 | 1 << 3)
            elif place == 1:
                found.append(2 | (len(one) - 1) << 3)
            found += [zigzag(px - x), zigzag(py - y)]
            x, y = px, py
    return found


def tile(**layers: list[dict[str, object]]) -> bytes:
    data = [{"name": name, "features": features} for name, features in layers.items()]
    encoded = mapbox_vector_tile.encode(data, default_options={"y_coord_down": True})
    assert isinstance(encoded, bytes)
    return encoded


def pixels(png: bytes) -> NDArray[np.uint8]:
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))


@given(st.lists(path, min_size=1, max_size=5))
def test_parts_read_back_for_any_multi_line(paths: list[list[tuple[int, int]]]) -> None:
    read = read_parts(commands(paths), 0.5)
    assert [(part * 2).astype(int).tolist() for part in read] == [[list(p) for p in one] for one in paths]


def test_tile_reads_names_values_and_points_of_every_layer() -> None:
    layers = read_tile(
        tile(
            streetlight=[{"geometry": Point(1024, 2048), "properties": {"status": "fault", "n": 3}}],
            road=[{"geometry": LineString([(0, 0), (4096, 4096)]), "properties": {"tier": "main"}}],
        )
    )
    [lamp] = layers["streetlight"]
    assert lamp.properties == {"status": "fault", "n": 3}
    assert lamp.parts[0].tolist() == [[128.0, 256.0]]
    assert layers["road"][0].parts[0].tolist() == [[0.0, 0.0], [512.0, 512.0]]


def test_no_data_gives_a_clear_picture_and_a_ground_map_an_opaque_one() -> None:
    assert pixels(draw_picture(b"", ("streetlight",), 15)).max() == 0
    assert pixels(draw_picture(b"", ("landuse",), 15))[..., 3].min() == 255


def test_an_area_is_drawn_without_its_hole() -> None:
    ring = Polygon(box(512, 512, 3584, 3584).exterior, [box(1536, 1536, 2560, 2560).exterior])
    picture = pixels(draw_picture(tile(water=[{"geometry": ring, "properties": {}}]), ("water",), 14))
    assert picture[128, 60, 3] == 255
    assert picture[128, 128, 3] == 0
    assert picture[5, 5, 3] == 0


@pytest.mark.parametrize(
    ("kind", "field", "calm", "alarm"),
    [("streetlight", "status", "on", "fault"), ("vendor_point", "kind", "regulated", "hawker_spot")],
)
def test_what_asks_for_attention_is_drawn_in_another_colour(kind: str, field: str, calm: str, alarm: str) -> None:
    def middle(value: str) -> list[int]:
        data = tile(**{kind: [{"geometry": Point(2048, 2048), "properties": {field: value}}]})
        return list(pixels(draw_picture(data, (kind,), 17))[128, 128])

    assert middle(calm) != middle(alarm)


def test_streets_are_drawn_and_coloured_by_tier_when_asked() -> None:
    data = tile(road=[{"geometry": LineString([(0, 2048), (4096, 2048)]), "properties": {"tier": "main"}}])
    base = pixels(draw_picture(data, ("road",), 16))[128, 128]
    tiers = pixels(draw_picture(data, ("road",), 16, "tier"))[128, 128]
    assert base[3] > 200 and tiers[3] > 150
    assert list(base[:3]) != list(tiers[:3])


@given(path.map(lambda points: np.array(points, dtype=np.float64)), st.floats(5, 500))
def test_dashes_stay_on_the_line_and_cover_about_half_for_any_line(line: NDArray[np.float64], length: float) -> None:
    whole_length = float(np.hypot(*np.diff(line, axis=0).T).sum())
    drawn = sum(float(np.hypot(*np.diff(piece, axis=0).T).sum()) for piece in _dashes(line, length))
    assert drawn <= whole_length / 2 + length + 1e-6
    assert drawn >= whole_length / 2 - length - 1e-6
