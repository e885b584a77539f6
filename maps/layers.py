"""What every map page of a language has in common, as one file: style, layers, legend, pop-ups, words.

A page names only what it opens with, so that a layer more costs nothing on any page. The file's address holds the
hash of its content; a browser asks for it once.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import Any

from geo.layers.register import get_kind
from geo.messages import Language
from geo.openings import opening_rules
from geo.tables.base import About
from maps.bridge import script_json
from maps.legend import GROUND_KINDS, PICTURE, build_branches
from maps.style import FONTS, build_style, groups
from maps.symbols import BORDERS, THEMES
from maps.texts import Texts

WORDS = (
    "zoom_in", "zoom_out", "whole_area", "close", "open_node", "close_node", "layers_toggle", "layers_label",
    "map_label", "ground_label", "load_failed", "no_details", "raster_note", "team", "kind", "arrive", "leave",
    "stop", "reason", "show_on_map", "route_sheet", "no_teams", "no_unserved", "layer_unserved", "stops_list",
    "waiting", "worth", "records_title", "records_none", "records_more", "records_count", "records_show", "data_table",
    "cancel", "count",
)  # fmt: skip
"""Sentences that scripts of all pages say."""


HOURS = ("opening", "allowed", "hours")
"""Fields that hold opening hours, whichever layer they are of."""


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
        if name in HOURS:
            field["opening"] = True
        return field

    return {
        theme.kind: {
            "title": texts.layer(theme.kind),
            "fields": {f.name: described(theme.kind, f.name, f.about) for f in get_kind(theme.kind).fields},
        }
        for theme in (*BORDERS, *THEMES)
    }


@cache
def shared_script(language: Language) -> str:
    """The file's content.

    Notes
    -----
    Tables: ``words``, ``kinds`` (see :func:`popup_fields`), ``opening`` (rules that put opening hours into words),
    ``style``, ``fonts``, ``picture`` (address of PNG tiles up to their layers), ``ground`` (layers of the base map),
    ``groups`` (style layers switched together, with the PNG layer that stands in for them) and ``tree`` (branches of
    the legend; an entry names its group).
    """
    texts = Texts(language)
    roads = {"tier": "road&roads=tier", "regime": "road&roads=regime"}
    told = {
        "words": {word: texts(word) for word in WORDS},
        "kinds": popup_fields(texts),
        "opening": opening_rules(language),
        "style": build_style(),
        "fonts": ",".join(f'"{name}"' if " " in name else name for name in FONTS),
        "picture": PICTURE,
        "ground": ",".join(GROUND_KINDS),
        "groups": {name: {"ids": ids, "picture": roads.get(name, name)} for name, ids in groups().items()},
        "tree": build_branches(texts),
    }
    return f"pianqu.shared = {script_json(told)};\n"


def shared_href(language: Language) -> str:
    """Its address, which changes when the content does."""
    return f"/dashboards/layers.js?lang={language}&v={shared_version(shared_script(language))}"


def shared_version(script: str) -> str:
    """First 10 hex digits of the SHA-256 of the file."""
    return hashlib.sha256(script.encode()).hexdigest()[:10]
