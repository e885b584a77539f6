"""From a Folium map and a template to the files of a page: HTML without inline script, its script, its data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from geo.cards.figures import Box
from maps.assets import asset
from maps.bridge import FindingSetup, Ground, LayerTree, Map, MapSetup, Parts, render_parts, to_json
from maps.findings.shapes import ShapeSet
from maps.layers import shared_href
from maps.legend import own_branch
from maps.plans import Shift, plan_data
from maps.style import SHOWN
from maps.texts import Texts


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


def render_map(
    box: Box,
    texts: Texts,
    *,
    plan: bool,
    data_href: str,
    shown: tuple[str, ...] = SHOWN,
    setup: FindingSetup | None = None,
    sets: tuple[ShapeSet, ...] = (),
    groups: tuple[str, ...] = (),
) -> Parts:
    """The map of a page: ground, groups, plan layers or a finding's shapes, and the tree that is its legend.

    Confined to some ``groups``, it offers and asks for no others.
    """
    west, south, east, north = box
    map_ = Map(box)
    settings: dict[str, Any] = {"timeZone": str(texts.time_zone), "data": data_href if plan or setup else ""}
    if groups:
        settings["groups"] = groups
    MapSetup([[south, west], [north, east]], settings).add_to(map_)
    if setup:
        setup.add_to(map_)
    ground = Ground(shown)
    ground.add_to(map_)
    layers, branches = own_branch(texts, plan=plan, sets=sets)
    for layer in layers:
        layer.add_to(map_)
    LayerTree(ground, branches, folded=bool(sets)).add_to(map_)
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
        script_href=f"{address}.js?lang={language}", shared_href=shared_href(language), asset=asset, **facts,
    )  # fmt: skip
    return Page(html, parts.script + "\n", to_json(plan_data(shifts, texts)) + "\n")
