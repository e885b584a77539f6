"""PNG tiles for browsers without WebGL, drawn with Pillow from the very vector tiles the others draw themselves."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from PIL.ImageDraw import ImageDraw as Pen

from geo.layers.register import get_kind
from maps import basemap, palette, symbols
from maps.basemap import STREETS, at_zoom
from maps.symbols import BORDERS, THEME_BY_KIND, Theme

SIDE = 256
FINE = 2
"""Drawn at twice the size and reduced, since Pillow's lines have hard edges."""

FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "NotoSansCJK-Regular.ttc",
    "msyh.ttc",
)
RGBA = tuple[int, int, int, int]
Points = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A feature of a tile: attributes, and its parts in pixels of the fine picture."""

    type: int
    properties: dict[str, Any]
    parts: list[Points]


POINT, LINE, POLYGON = 1, 2, 3


def paint(color: str, alpha: float = 1.0) -> RGBA:
    """``#RRGGBB`` with an opacity from 0 to 1.

    Examples
    --------
    >>> paint("#FF8000", 0.5)
    (255, 128, 0, 128)
    """
    return (int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16), round(255 * alpha))


def read_parts(commands: list[int], scale: float) -> list[Points]:
    """The parts of an MVT geometry, each of shape (n, 2), in pixels.

    Parameters
    ----------
    commands
        Command integers of the Mapbox vector tile specification 2.1, §4.3; empty for no parts.
    scale
        Pixels a tile unit.

    Examples
    --------
    >>> [part.tolist() for part in read_parts([9, 50, 34], 1.0)]
    [[[25.0, 17.0]]]
    >>> [part.tolist() for part in read_parts([9, 4, 4, 18, 0, 16, 16, 0], 1.0)]
    [[[2.0, 2.0], [2.0, 10.0], [10.0, 10.0]]]
    """
    numbers = np.asarray(commands, dtype=np.int64)
    steps = (numbers >> 1) ^ -(numbers & 1)
    parts: list[Points] = []
    here = np.zeros(2, dtype=np.int64)
    place = 0
    open_part: list[NDArray[np.int64]] = []
    while place < len(numbers):
        command, count = int(numbers[place] & 7), int(numbers[place] >> 3)
        place += 1
        if command == 7:
            continue
        run = here + np.cumsum(steps[place : place + 2 * count].reshape(count, 2), axis=0)
        place += 2 * count
        here = run[-1]
        if command == 1:
            if open_part:
                parts.append(np.concatenate(open_part) * scale)
            parts += [run[i : i + 1] * scale for i in range(count - 1)]
            open_part = [run[-1:]]
        else:
            open_part.append(run)
    if open_part:
        parts.append(np.concatenate(open_part) * scale)
    return parts


def read_tile(data: bytes) -> dict[str, list[Shape]]:
    """The layers of an uncompressed vector tile by name; empty for empty bytes."""
    from mapbox_vector_tile.Mapbox import vector_tile_pb2  # type: ignore[import-untyped]

    tile = vector_tile_pb2.tile()
    tile.ParseFromString(data)
    found: dict[str, list[Shape]] = {}
    for layer in tile.layers:
        scale = SIDE * FINE / layer.extent
        values = [_value(value) for value in layer.values]
        shapes = []
        for feature in layer.features:
            tags = feature.tags
            properties = {layer.keys[tags[i]]: values[tags[i + 1]] for i in range(0, len(tags), 2)}
            shapes.append(Shape(feature.type, properties, read_parts(list(feature.geometry), scale)))
        found[layer.name] = shapes
    return found


def _value(value: Any) -> Any:
    filled = value.ListFields()
    return filled[0][1] if filled else None


@dataclass
class Sheet:
    """The picture being drawn; ``zoom`` is that of the GL map of the same scale."""

    image: Image.Image
    zoom: float

    def layer(self) -> tuple[Image.Image, Pen]:
        """A clear sheet to draw on, so that half-transparent fills mix."""
        clear = Image.new("RGBA", self.image.size, (0, 0, 0, 0))
        return clear, ImageDraw.Draw(clear)

    def lay(self, clear: Image.Image) -> None:
        """Lay a sheet on the picture."""
        self.image.alpha_composite(clear)

    def fill(self, shapes: Iterable[tuple[Shape, RGBA, RGBA | None]]) -> None:
        """Fill areas; holes are cut by their winding, as the format defines it."""
        clear, pen = self.layer()
        for shape, color, edge in shapes:
            if shape.type != POLYGON:
                continue
            for part in shape.parts:
                if len(part) < 3:
                    continue
                x, y = part[:, 0], part[:, 1]
                outer = float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) > 0
                pen.polygon(part.ravel().tolist(), fill=color if outer else (0, 0, 0, 0), outline=edge)
        self.lay(clear)

    def stroke(self, shapes: Iterable[tuple[Shape, RGBA, float]], dash: float = 0) -> None:
        """Draw lines and outlines; widths in CSS pixels, ``dash`` the length of dashes or 0."""
        clear, pen = self.layer()
        for shape, color, width in shapes:
            thick = max(1, round(width * FINE))
            for part in shape.parts:
                if len(part) < 2:
                    continue
                whole = np.vstack([part, part[:1]]) if shape.type == POLYGON else part
                for piece in _dashes(whole, dash * FINE) if dash else [whole]:
                    pen.line(piece.ravel().tolist(), fill=color, width=thick, joint="curve")
        self.lay(clear)

    def dots(self, shapes: Iterable[tuple[Shape, RGBA, float]]) -> None:
        """Draw points with a light rim; radii in CSS pixels."""
        clear, pen = self.layer()
        for shape, color, radius in shapes:
            if shape.type != POINT:
                continue
            reach = radius * FINE
            for part in shape.parts:
                x, y = part[0]
                pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=color, outline=(255, 255, 255, 200))
        self.lay(clear)

    def names(self, shapes: Iterable[Shape], color: str, size: int) -> None:
        """Write names of label points, leaving out those that would lie on another or be cut by the tile's edge."""
        pen = ImageDraw.Draw(self.image)
        font = load_font(size * FINE)
        taken: list[tuple[float, float, float, float]] = []
        for shape in shapes:
            name = shape.properties.get("name")
            if not name or not shape.parts:
                continue
            x, y = shape.parts[0][0]
            box = pen.textbbox((x, y), name, font=font, anchor="mm", stroke_width=FINE)
            limit = SIDE * FINE
            if box[0] < 0 or box[1] < 0 or box[2] > limit or box[3] > limit:
                continue
            if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
                continue
            taken.append(box)
            pen.text((x, y), name, font=font, anchor="mm", fill=paint(color), stroke_width=FINE, stroke_fill="#FFFFFF")


def _dashes(line: Points, length: float) -> Iterator[Points]:
    """The drawn half of a line cut into stretches of ``length`` pixels."""
    steps = np.hypot(*np.diff(line, axis=0).T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    for start in np.arange(0.0, along[-1], 2 * length):
        ends = np.array([start, min(start + length, along[-1])])
        inside = line[(along > ends[0]) & (along < ends[1])]
        cut = np.column_stack([np.interp(ends, along, line[:, 0]), np.interp(ends, along, line[:, 1])])
        yield np.vstack([cut[:1], inside, cut[1:]])


def load_font(size: int) -> Any:
    """A font with Chinese characters if the machine has one, else Pillow's own."""
    for name in FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


def draw_picture(data: bytes, kinds: tuple[str, ...], z: int, roads: str = "") -> bytes:
    """One PNG tile of 256 px.

    Parameters
    ----------
    data
        Uncompressed vector tile of the same address; empty bytes give an empty picture.
    kinds
        Layers to draw. With ``landuse`` among them the picture is opaque, else clear where nothing is.
    z
        Zoom of the tile; a 256 px tile shows what the GL map shows one zoom further out.
    roads
        ``tier`` or ``regime`` to draw streets coloured by it instead of as base map.

    Returns
    -------
    bytes
        PNG.
    """
    layers = read_tile(data)
    ground = paint(basemap.LAND) if "landuse" in kinds else (0, 0, 0, 0)
    sheet = Sheet(Image.new("RGBA", (SIDE * FINE, SIDE * FINE), ground), z - 1)
    _draw_ground(sheet, layers, kinds)
    if "road" in kinds:
        _draw_streets(sheet, layers.get("road", []), roads)
    for theme in reversed(BORDERS):
        if theme.kind in kinds:
            _draw_border(sheet, layers, theme)
    for kind in kinds:
        if kind in THEME_BY_KIND:
            _draw_theme(sheet, layers, THEME_BY_KIND[kind])
    if "landuse" in kinds:
        sheet.names(layers.get("water_label", []), basemap.NAME_COLORS["water"], 12)
    out = io.BytesIO()
    sheet.image.resize((SIDE, SIDE), Image.Resampling.BOX).save(out, "PNG", compress_level=4)
    return out.getvalue()


def _draw_ground(sheet: Sheet, layers: dict[str, list[Shape]], kinds: tuple[str, ...]) -> None:
    land = {value: color for color, values in basemap.LANDUSE for value in values}
    if "landuse" in kinds:
        sheet.fill(
            (s, paint(land.get(s.properties.get("kind", ""), basemap.OTHER_LAND)), None)
            for s in layers.get("landuse", [])
        )
    if "water" in kinds:
        sheet.fill((s, paint(basemap.WATER), None) for s in layers.get("water", []))
    if "waterway" in kinds:
        width = at_zoom(basemap.WATERWAY_WIDTH, sheet.zoom)
        sheet.stroke((s, paint(basemap.WATER_LINE), width) for s in layers.get("waterway", []))
    if "building" in kinds:
        fill, edge = paint(basemap.BUILDING), paint(basemap.BUILDING_EDGE)
        sheet.fill((s, fill, edge) for s in layers.get("building", []))


def _draw_streets(sheet: Sheet, shapes: list[Shape], roads: str) -> None:
    if roads:
        marks = {m.value: m.color for m in (symbols.TIER_MARKS if roads == "tier" else symbols.REGIMES)}
        width = at_zoom(basemap.OVERLAY_WIDTH, sheet.zoom)
        known = [s for s in shapes if s.properties.get(roads) in marks]
        sheet.stroke((s, paint(marks[s.properties[roads]], 0.85), width) for s in known)
        return
    for casing in (True, False):
        for street in STREETS:
            if sheet.zoom + 1 < street.minzoom:
                continue
            color = paint(street.casing if casing else street.fill)
            width = at_zoom(street.casing_width if casing else street.fill_width, sheet.zoom)
            sheet.stroke((s, color, width) for s in shapes if s.properties.get("tier") == street.tier)


def _draw_border(sheet: Sheet, layers: dict[str, list[Shape]], theme: Theme) -> None:
    width = at_zoom(basemap.STRONG_BORDER_WIDTH if theme.strong else basemap.BORDER_WIDTH, sheet.zoom)
    color = paint(theme.marks[0].color)
    sheet.stroke(((s, color, width) for s in layers.get(theme.kind, [])), dash=12 if theme.strong else 6)
    if theme.labelled:
        sheet.names(layers.get(f"{theme.kind}_label", []), basemap.NAME_COLORS[theme.kind], 14 if theme.strong else 12)


def _draw_theme(sheet: Sheet, layers: dict[str, list[Shape]], theme: Theme) -> None:
    shapes = layers.get(theme.kind, [])
    colors = {id(s): theme.color(s.properties.get(theme.field)) for s in shapes}
    sheet.fill((s, paint(colors[id(s)], 0.4), paint(colors[id(s)])) for s in shapes)
    if get_kind(theme.kind).thin:
        radius = at_zoom(basemap.DOT_RADIUS, sheet.zoom)
        cells = [s for s in shapes if "n" in s.properties]
        sheet.dots((s, _cell_color(s, theme), _cell_radius(s, theme, sheet.zoom)) for s in cells)
        sheet.dots((s, paint(colors[id(s)]), radius) for s in shapes if "n" not in s.properties)
    if theme.labelled and sheet.zoom >= 14:
        sheet.names(layers.get(f"{theme.kind}_label", []), basemap.NAME_COLOR, 11)


def _cell_color(shape: Shape, theme: Theme) -> RGBA:
    """As the GL style: the alarm's share drawn towards a common mean, or the count on a scale."""
    count = float(shape.properties["n"])
    if not theme.alarm:
        steps = ((8, "#F6D3B3"), (40, "#E8926A"), (200, "#B8455A"))
        return paint(next((color for limit, color in steps if count <= limit), "#5B1A55"), 0.62)
    share = (float(shape.properties.get(f"{theme.field}_{theme.alarm}", 0)) + 1.2) / (count + 20)
    if share < 0.09:
        return paint(theme.marks[-1].color, 0.5)
    return paint(palette.ORANGE if share < 0.145 else palette.VERMILION, 0.9)


def _cell_radius(shape: Shape, theme: Theme, zoom: float) -> float:
    root = float(shape.properties["n"]) ** 0.5
    most, slope = basemap.ALARM_CELL_RADIUS if theme.alarm else basemap.CELL_RADIUS
    return at_zoom(((8, min(most / 3, 0.8 + slope / 3 * root)), (14, min(most, 1.4 + slope * root))), zoom)
