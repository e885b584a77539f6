"""The layer tree of pages, which is their legend: every entry with its swatches, from the symbols and the register."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup, escape

from geo.layers.register import get_kind
from maps import palette, symbols
from maps.bridge import PlanLayer, ShapesLayer
from maps.findings.shapes import ShapeSet
from maps.style import BASE_KINDS
from maps.symbols import BORDERS, THEMES, Mark, Shape, Theme
from maps.texts import Texts

PICTURE = "/tiles/WebMercatorQuad/{z}/{y}/{x}.png?collections="
GROUND_KINDS = tuple(kind for kind in BASE_KINDS if kind not in {theme.kind for theme in BORDERS})


def swatch(shape: Shape, color: str, text: str, *, dashed: bool = False, hollow: bool = False) -> Markup:
    """One line of the legend: a small picture, hidden from readers aloud, and its words."""
    look = f"{shape}{' dashed' if dashed else ''}{' hollow' if hollow else ''}"
    return Markup('<span class="mark"><i class="swatch {}" style="--c:{}" aria-hidden="true"></i>{}</span>').format(
        look, color, text
    )


def entry_label(title: str, marks: list[Markup], note: str = "") -> str:
    """A tree entry: its title, then its swatches on a line of their own."""
    legend = Markup('<span class="marks">{}</span>').format(Markup("").join(marks)) if marks else Markup("")
    remark = Markup('<span class="remark">{}</span>').format(note) if note else Markup("")
    return str(Markup('<span class="entry">{}</span>{}{}').format(escape(title), legend, remark))


def theme_label(theme: Theme, texts: Texts) -> str:
    """The entry of a theme; a layer of one look shows its swatch before the title."""
    title = texts.layer(theme.kind)
    if not theme.field:
        return str(swatch(theme.shape, theme.marks[0].color, title, dashed=True))
    marks = [swatch(theme.shape, mark.color, texts.choice(theme.field, mark.value)) for mark in theme.marks]
    return entry_label(title, marks, texts("legend_cell") if get_kind(theme.kind).thin else "")


def street_label(title: str, field: str, marks: tuple[Mark, ...], texts: Texts) -> str:
    """The entry of streets coloured by ``field``."""
    return entry_label(title, [swatch("line", mark.color, texts.choice(field, mark.value)) for mark in marks])


def build_branches(texts: Texts) -> list[dict[str, Any]]:
    """Branches of the tree that are the same on every page; an entry names its group of style layers."""
    streets = (("tier", symbols.TIER_MARKS), ("regime", symbols.REGIMES))
    return [
        {"label": texts("group_places"), "children": [_entry(theme_label(t, texts), t.kind) for t in THEMES]},
        {"label": texts("group_streets"), "collapsed": True, "children": [
            _entry(street_label(texts(f"layer_{name}"), name, marks, texts), name) for name, marks in streets
        ]},
        {"label": texts("group_borders"), "collapsed": True, "children": [
            _entry(theme_label(t, texts), t.kind) for t in BORDERS
        ]},
    ]  # fmt: skip


def _entry(label: str, group: str) -> dict[str, Any]:
    return {"label": label, "group": group}


def own_branch(texts: Texts, *, plan: bool, sets: tuple[ShapeSet, ...] = ()) -> tuple[list[Any], list[Any]]:
    """The branch of the tree that is this page's own, and its layers.

    Parameters
    ----------
    plan
        Whether the page has a patrol plan to show.
    sets
        Shapes of a finding; they stand first in the tree and are drawn last.

    Returns
    -------
    layers, branches
        Folium layers to add to the map, in drawing order, and what stands in the tree above the shared branches;
        both empty without a plan and shapes.
    """
    layers: list[Any] = []
    branches: list[dict[str, Any]] = []
    if plan:
        routes, unserved = PlanLayer("routes"), PlanLayer("unserved")
        layers += [routes, unserved]
        route_marks = [
            swatch("line", palette.TEAM_COLORS[0], texts("legend_route")),
            swatch("dot", palette.TEAM_COLORS[0], texts("legend_stop")),
            swatch("dot", "#FFFFFF", texts("legend_start")),
        ]
        missing = [swatch("dot", palette.UNSERVED, texts("legend_unserved"))]
        branches.append({"label": texts("group_plan"), "children": [
            {"label": entry_label(texts("layer_routes"), route_marks), "layer": routes},
            {"label": entry_label(texts("layer_unserved"), missing), "layer": unserved},
        ]})  # fmt: skip
    if sets:
        drawn = {one.name: ShapesLayer(one.name, show=one.show) for one in sets}
        layers += [drawn[one.name] for one in reversed(sets)]
        found = [{"label": legend_of(one), "layer": drawn[one.name]} for one in sets]
        branches.insert(0, {"label": texts("group_finding"), "children": found})
    return layers, branches


def legend_of(shapes: ShapeSet) -> str:
    """The entry of a set of shapes: every look with its words; a set of one look shows its swatch before the title."""
    if len(shapes.looks) == 1 and not shapes.note:
        [look] = shapes.looks.values()
        return str(swatch(look.form, look.color, shapes.title, dashed=bool(look.dash), hollow=look.fill == 0))
    marks = [
        swatch(look.form, look.color, look.title, dashed=bool(look.dash), hollow=look.fill == 0)
        for look in shapes.looks.values()
    ]
    return entry_label(shapes.title, marks, shapes.note)
