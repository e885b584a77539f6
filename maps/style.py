"""The MapLibre style of a page, built from :mod:`maps.symbols`, :mod:`maps.basemap` and the layer register.

No sprite and no glyph server: without ``glyphs`` MapLibre draws every script with the reader's own
fonts. ``{origin}`` is replaced by the page with its own address, as MapLibre wants absolute URLs.
Every thematic kind is a source of its own, so that a layer switched off costs no request.
"""

from __future__ import annotations

from typing import Any

from geo.layers.register import get_kind
from maps import basemap, palette, symbols
from maps.basemap import STREETS, Stops
from maps.symbols import BORDERS, THEMES, Theme

Layer = dict[str, Any]

FONTS = ("Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
TILES = "{origin}/tiles/WebMercatorQuad/{z}/{y}/{x}?collections="
BASE_KINDS = ("landuse", "water", "waterway", "road", "building", "patrol_district", "admin_area")
DEEPEST = 15
"""Last zoom of tiles that is asked for; nearer, this one is enlarged (0.3 m per tile unit)."""

SHOWN = tuple(theme.kind for theme in (*BORDERS, *THEMES) if theme.shown)
"""Groups that are visible when a page opens."""

HALO = {"text-halo-color": "rgba(255,255,255,0.9)", "text-halo-width": 1.5}


def sources() -> dict[str, Any]:
    """One source of base data, one for each thematic kind and for each grid."""

    def source(*kinds: str) -> dict[str, Any]:
        first = min(0 if get_kind(kind).thin else get_kind(kind).minzoom for kind in kinds)
        return {"type": "vector", "tiles": [TILES + ",".join(kinds)], "minzoom": first, "maxzoom": DEEPEST}

    single = [theme.kind for theme in (*BORDERS, *THEMES) if theme.kind not in BASE_KINDS]
    return {"base": source(*BASE_KINDS), **{kind: source(kind) for kind in single}}


def _grow(stops: Stops, base: float = 1.4) -> list[Any]:
    return ["interpolate", ["exponential", base], ["zoom"], *(number for stop in stops for number in stop)]


def _match(field: str, marks: tuple[symbols.Mark, ...]) -> Any:
    """The colour expression of a theme; a single colour when there is no field."""
    if not field:
        return marks[0].color
    pairs = [part for mark in marks[:-1] for part in (mark.value, mark.color)]
    return ["match", ["get", field], *pairs, marks[-1].color]


def _ground() -> list[Layer]:
    land = [part for color, values in basemap.LANDUSE for part in (list(values), color)]
    base = {"source": "base"}
    return [
        {"id": "land", "type": "background", "paint": {"background-color": basemap.LAND}},
        base | {"id": "landuse", "type": "fill", "source-layer": "landuse",
                "paint": {"fill-color": ["match", ["get", "kind"], *land, basemap.OTHER_LAND]}},
        base | {"id": "water", "type": "fill", "source-layer": "water", "paint": {"fill-color": basemap.WATER}},
        base | {"id": "waterway", "type": "line", "source-layer": "waterway",
                "paint": {"line-color": basemap.WATER_LINE, "line-width": _grow(basemap.WATERWAY_WIDTH)}},
        base | {"id": "building", "type": "fill", "source-layer": "building", "minzoom": 14,
                "paint": {"fill-color": basemap.BUILDING, "fill-outline-color": basemap.BUILDING_EDGE,
                          "fill-opacity": ["interpolate", ["linear"], ["zoom"], 14, 0.65, 15.5, 1]}},
    ]  # fmt: skip


def _streets() -> list[Layer]:
    def line(street: basemap.Street, part: str, color: str, width: Stops) -> Layer:
        return {
            "id": f"road-{part}-{street.tier}", "type": "line", "source": "base", "source-layer": "road",
            "minzoom": street.minzoom, "filter": ["==", ["get", "tier"], street.tier],
            "layout": {"line-cap": "round", "line-join": "round"},
            "paint": {"line-color": color, "line-width": _grow(width)},
        }  # fmt: skip

    casings = [line(street, "casing", street.casing, street.casing_width) for street in STREETS]
    return casings + [line(street, "fill", street.fill, street.fill_width) for street in STREETS]


def _road_overlay(name: str, field: str, marks: tuple[symbols.Mark, ...]) -> Layer:
    """Roads coloured by tier or by regime; a street without a value is left as the base map has it."""
    pairs = [part for mark in marks for part in (mark.value, mark.color)]
    return {
        "id": name, "type": "line", "source": "base", "source-layer": "road", "minzoom": 9,
        "filter": ["has", field],
        "layout": {"line-cap": "round", "line-join": "round"},
        "paint": {"line-color": ["match", ["get", field], *pairs, "rgba(0,0,0,0)"], "line-opacity": 0.85,
                  "line-width": _grow(basemap.OVERLAY_WIDTH)},
    }  # fmt: skip


def _border(theme: Theme) -> list[Layer]:
    source = "base" if theme.kind in BASE_KINDS else theme.kind
    width = basemap.STRONG_BORDER_WIDTH if theme.strong else basemap.BORDER_WIDTH
    found: list[Layer] = [
        {"id": theme.kind, "type": "line", "source": source, "source-layer": theme.kind,
         "paint": {"line-color": theme.marks[0].color, "line-width": _grow(width),
                   "line-dasharray": [5, 1.6] if theme.strong else [3, 2]}}
    ]  # fmt: skip
    if theme.strong:  # a soft inner band makes the border readable over coloured streets
        found.insert(0, {"id": f"{theme.kind}-band", "type": "line", "source": source, "source-layer": theme.kind,
                         "paint": {"line-color": theme.marks[0].color, "line-opacity": 0.12,
                                   "line-width": _grow(((9, 4), (14, 9), (17, 14)))}})  # fmt: skip
    return found


def _area_theme(theme: Theme) -> list[Layer]:
    color = _match(theme.field, theme.marks)
    common = {"source": theme.kind, "source-layer": theme.kind, "minzoom": get_kind(theme.kind).minzoom}
    return [
        common | {"id": theme.kind, "type": "fill",
                  "paint": {"fill-color": color,
                            "fill-opacity": ["interpolate", ["linear"], ["zoom"], 12, 0.45, 16, 0.25]}},
        common | {"id": f"{theme.kind}-edge", "type": "line",
                  "paint": {"line-color": color, "line-width": _grow(((11, 0.8), (15, 1.6), (18, 3)))}},
    ]  # fmt: skip


def _line_theme(theme: Theme) -> list[Layer]:
    """Lines, and the points among them that have no line yet."""
    color = _match(theme.field, theme.marks)
    common = {"source": theme.kind, "source-layer": theme.kind, "minzoom": get_kind(theme.kind).minzoom}
    return [
        common | {"id": theme.kind, "type": "line", "filter": ["==", "$type", "LineString"],
                  "paint": {"line-color": color, "line-width": _grow(basemap.FRONT_WIDTH)}},
        common | {"id": f"{theme.kind}-point", "type": "circle", "filter": ["==", "$type", "Point"],
                  "paint": {"circle-color": color, "circle-radius": _grow(basemap.DOT_RADIUS),
                            "circle-stroke-color": "#FFFFFF", "circle-stroke-width": 1}},
    ]  # fmt: skip


def _theme(theme: Theme) -> list[Layer]:
    return {"area": _area_theme, "line": _line_theme, "dot": _dot_theme}[theme.shape](theme)


def _dot_theme(theme: Theme) -> list[Layer]:
    """Counts per cell below the kind's zoom, single features from it on; areas of a mixed layer filled."""
    kind = get_kind(theme.kind)
    common = {"source": theme.kind, "source-layer": theme.kind}
    radius = basemap.STRONG_DOT_RADIUS if theme.strong else basemap.DOT_RADIUS
    found: list[Layer] = [
        common | {"id": f"{theme.kind}-count", "type": "circle", "maxzoom": kind.minzoom, "paint": _counts(theme)},
        common | {"id": theme.kind, "type": "circle", "minzoom": kind.minzoom, "filter": ["==", "$type", "Point"],
                  "paint": {"circle-color": _match(theme.field, theme.marks),
                            "circle-radius": _grow(radius),
                            "circle-stroke-color": "#FFFFFF",
                            "circle-stroke-width": ["interpolate", ["linear"], ["zoom"], 14.5, 0.4, 17, 1.4]}},
    ]  # fmt: skip
    if "MultiPolygon" in kind.geometry_types:
        color = _match(theme.field, theme.marks)
        found.insert(0, common | {"id": f"{theme.kind}-area", "type": "fill", "minzoom": kind.minzoom,
                                  "filter": ["==", "$type", "Polygon"],
                                  "paint": {"fill-color": color, "fill-opacity": 0.35,
                                            "fill-outline-color": color}})  # fmt: skip
    return found


def _counts(theme: Theme) -> Layer:
    """Circles of cells. With an alarm value the colour is its share, drawn towards a common mean of 6 in 100
    as if 20 more features stood in the cell, so that one fault among three lamps does not look like a hot spot."""
    if not theme.alarm:
        heat = ["interpolate", ["linear"], ["get", "n"], 1, "#F6D3B3", 15, "#E8926A", 80, "#B8455A", 400, "#5B1A55"]
        return {"circle-color": heat, "circle-radius": _cell_size(*basemap.CELL_RADIUS), "circle-opacity": 0.62}
    found = ["coalesce", ["get", f"{theme.field}_{theme.alarm}"], 0]
    share = ["/", ["+", found, 1.2], ["+", ["get", "n"], 20]]
    calm = theme.marks[-1].color
    return {
        "circle-color": ["interpolate", ["linear"], share, 0.07, calm, 0.11, palette.ORANGE, 0.18, palette.VERMILION],
        "circle-radius": _cell_size(*basemap.ALARM_CELL_RADIUS),
        "circle-opacity": ["interpolate", ["linear"], share, 0.06, 0.45, 0.15, 0.95],
    }


def _cell_size(most: float, slope: float) -> list[Any]:
    """Radius of a cell's circle: grows with the root of its count up to ``most`` pixels."""
    root = ["sqrt", ["get", "n"]]
    far, near = ["+", 0.8, ["*", slope / 3, root]], ["+", 1.4, ["*", slope, root]]
    return ["interpolate", ["linear"], ["zoom"], 8, ["min", most / 3, far], 14, ["min", most, near]]


def _names() -> list[Layer]:
    colors = basemap.NAME_COLORS
    text = {"text-font": list(FONTS), "text-field": ["get", "name"]}

    def label(id_: str, source: str, layer: str, color: str, minzoom: float, **layout: Any) -> Layer:
        return {"id": id_, "type": "symbol", "source": source, "source-layer": layer, "minzoom": minzoom,
                "layout": text | {"text-padding": 6} | layout, "paint": HALO | {"text-color": color}}  # fmt: skip

    along = {"symbol-placement": "line", "symbol-spacing": 340}
    main = label("road-name", "base", "road", "#6A5E46", 12.5, **along, **{"text-size": 11.5})
    main["filter"] = ["in", ["get", "tier"], ["literal", ["main", "secondary"]]]
    minor = label("road-name-minor", "base", "road", "#6F6A60", 14.5, **along, **{"text-size": 10.5})
    minor["filter"] = ["in", ["get", "tier"], ["literal", ["branch", "lane"]]]
    wide = {"text-letter-spacing": 0.15}
    found = [
        minor,
        main,
        label("landuse-name", "base", "landuse_label", colors["landuse"], 13.5, **wide, **{"text-size": 11}),
        label("water-name", "base", "water_label", colors["water"], 10.5, **wide, **{"text-size": 12}),
        label("admin_area-name", "base", "admin_area_label", colors["admin_area"], 9, **wide,
              **{"text-size": 12}),
    ]  # fmt: skip
    found += [label(f"{theme.kind}-name", theme.kind, f"{theme.kind}_label", basemap.NAME_COLOR, 14,
                    **{"text-size": 11, "text-max-width": 8}) for theme in THEMES if theme.labelled]  # fmt: skip
    found.append(label("patrol_district-name", "base", "patrol_district_label", colors["patrol_district"], 9,
                       **{"text-size": _grow(((9, 11), (13, 15), (16, 19)), 1), "text-letter-spacing": 0.12,
                          "text-padding": 10, "text-max-width": 9}))  # fmt: skip
    found[-1]["paint"] = found[-1]["paint"] | {"text-halo-width": 2.6}
    return found


def build_style() -> dict[str, Any]:
    """The whole style; its groups (see :func:`groups`) are hidden until a page shows some.

    Returns
    -------
    dict
        MapLibre style, version 8. Layers from the ground up; names last, so that they win.
    """
    layers = [*_ground(), *_streets(), _road_overlay("tier", "tier", symbols.TIER_MARKS),
              _road_overlay("regime", "regime", symbols.REGIMES)]  # fmt: skip
    for border in reversed(BORDERS):
        layers += _border(border)
    layers += [layer for theme in THEMES if not theme.strong for layer in _theme(theme)]
    layers += _names()
    # the few points to be found at a glance lie over names: a 片区's name hides a whole dot
    layers += [layer for theme in THEMES if theme.strong for layer in _theme(theme)]
    switched = {id_ for ids in groups().values() for id_ in ids}
    for layer in layers:
        if layer["id"] in switched:
            layer["layout"] = layer.get("layout", {}) | {"visibility": "none"}
    return {"version": 8, "name": "pianqu", "sources": sources(), "layers": layers}


def groups() -> dict[str, tuple[str, ...]]:
    """Style layers that a reader switches together, by the name of the group.

    Examples
    --------
    >>> groups()["streetlight"]
    ('streetlight-count', 'streetlight')
    >>> groups()["patrol_district"]
    ('patrol_district-band', 'patrol_district', 'patrol_district-name')
    """
    found: dict[str, tuple[str, ...]] = {"tier": ("tier",), "regime": ("regime",)}
    for theme in BORDERS:
        ids = tuple(layer["id"] for layer in _border(theme))
        found[theme.kind] = (*ids, f"{theme.kind}-name") if theme.labelled else ids
    for theme in THEMES:
        ids = tuple(layer["id"] for layer in _theme(theme))
        found[theme.kind] = (*ids, f"{theme.kind}-name") if theme.labelled else ids
    return found
