"""From a Folium map and a template to the files of a page: HTML without inline script, its script, its data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from geo.cards.figures import Box
from geo.layers.register import get_kind
from geo.openings import opening_rules
from geo.tables.base import About
from maps.assets import asset
from maps.bridge import FindingSetup, LayerTree, Map, MapLibreLayer, MapSetup, Parts, render_parts, to_json
from maps.findings.shapes import ShapeSet
from maps.legend import GROUND_KINDS, PICTURE, build_tree
from maps.plans import Shift, plan_data
from maps.style import SHOWN, build_style
from maps.symbols import BORDERS, THEMES
from maps.texts import Texts

WORDS = (
    "zoom_in", "zoom_out", "whole_area", "close", "open_node", "close_node", "layers_toggle", "layers_label",
    "map_label", "ground_label", "load_failed", "no_details", "raster_note", "team", "kind", "arrive", "leave",
    "stop", "reason", "show_on_map", "route_sheet", "no_teams", "no_unserved", "layer_unserved", "stops_list",
    "waiting", "worth",
)  # fmt: skip
"""Sentences the page's script says."""


@dataclass(frozen=True, slots=True)
class Page:
    """The three files of a page; ``script`` and ``data`` stand beside ``html`` under the same name."""

    html: str
    script: str
    data: str


@cache
def templates() -> Environment:
    """Our templates; everything is escaped, and a name a template does not know is an error."""
    folder = Path(__file__).resolve().parent / "templates"
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def popup_fields(texts: Texts) -> dict[str, Any]:
    """Names, units and words of coded values of every layer that answers a click."""

    def described(kind_name: str, name: str, about: About) -> dict[str, Any]:
        field: dict[str, Any] = {"title": texts.field(kind_name, name)}
        if about.unit:
            field["unit"] = about.unit
        if about.choices:
            field["choices"] = {choice: texts.choice(name, choice) for choice in about.choices}
        if name.endswith("_at"):
            field["time"] = True
        if name == "opening":
            field["rules"] = opening_rules(texts.language)
        return field

    return {
        theme.kind: {
            "title": texts.layer(theme.kind),
            "count": texts("count"),
            "fields": {f.name: described(theme.kind, f.name, f.about) for f in get_kind(theme.kind).fields},
        }
        for theme in (*BORDERS, *THEMES)
    }


def render_map(
    box: Box,
    texts: Texts,
    *,
    plan: bool,
    data_href: str,
    shown: tuple[str, ...] = SHOWN,
    setup: FindingSetup | None = None,
    sets: tuple[ShapeSet, ...] = (),
) -> Parts:
    """The map of a page: ground, groups, plan layers or a finding's shapes, and the tree that is its legend."""
    west, south, east, north = box
    map_ = Map(box)
    settings = {
        "words": {word: texts(word) for word in WORDS},
        "kinds": popup_fields(texts),
        "timeZone": str(texts.time_zone),
        "data": data_href if plan or setup else "",
    }
    MapSetup([[south, west], [north, east]], settings).add_to(map_)
    if setup:
        setup.add_to(map_)
    ground = MapLibreLayer(build_style(shown), PICTURE + ",".join(GROUND_KINDS))
    ground.add_to(map_)
    layers, tree = build_tree(ground, texts, plan=plan, shown=shown, sets=sets)
    for layer in layers:
        layer.add_to(map_)
    LayerTree(overlay_tree=tree, collapsed=False, closed_symbol="+", opened_symbol="−", space_symbol=" ").add_to(map_)
    return render_parts(map_)


def render_page(
    template: str,
    address: str,
    box: Box,
    texts: Texts,
    shifts: tuple[Shift, ...],
    *,
    title: str,
    on_date: dt.date,
    made_at: dt.datetime,
    review_number: str,
    **facts: Any,
) -> Page:
    """Render one page.

    Parameters
    ----------
    address
        Path of the page without its ending; script and data are asked for as ``<address>.js`` and ``.json``.
    review_number
        审图号; empty when the map has not been reviewed for publication.
    facts
        What the template shows besides.
    """
    language = texts.language
    parts = render_map(box, texts, plan=bool(shifts), data_href=f"{address}.json?lang={language}")
    html = templates().get_template(template).render(
        t=texts, title=title, parts=parts, shifts=shifts, on_date=on_date, made_at=made_at, review_number=review_number,
        chosen_shift=max(shifts, key=lambda shift: shift.ends_at - shift.starts_at).code if shifts else "",
        script_href=f"{address}.js?lang={language}", asset=asset, **facts,
    )  # fmt: skip
    return Page(html, parts.script + "\n", to_json(plan_data(shifts, texts)) + "\n")
