"""From tabs of blocks and sets of shapes to a page: what every page of findings has in common."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from geo.cards.figures import Box
from maps.assets import asset
from maps.bridge import FindingSetup, to_json
from maps.findings.blocks import Tab
from maps.findings.shapes import ShapeSet
from maps.layers import shared_href
from maps.page import Page, render_map, templates
from maps.texts import Texts
from maps.topics import PLAN_LINKS

OPEN_KINDS = ("patrol_district",)
"""Layers shown when a page of findings opens: borders only, so that the finding is what one sees."""


@dataclass(frozen=True, slots=True)
class Head:
    """What every page of findings says of the county and of itself; ``box`` is where its map opens."""

    county_name: str
    on_date: dt.date
    made_at: dt.datetime
    box: Box
    review_number: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One page.

    Attributes
    ----------
    name
        Its address below ``/dashboards``.
    topic
        Which page of :mod:`maps.topics` it belongs to.
    about
        Written small beside the heading: period, unit, model.
    own
        Scripts of this page alone, each a file ``maps/static/<own>.js`` that adds ``pianqu.<own>``.
    words
        Keys of sentences those scripts say.
    data
        What else its data file holds.
    links, home
        Pages it links to; with ``home`` the county's map stands for whichever page a caller begins with.
    groups
        Groups of the legend it may offer; empty for all.
    """

    name: str
    topic: str
    about: Markup
    tabs: tuple[Tab, ...]
    sets: tuple[ShapeSet, ...] = ()
    own: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict)
    links: tuple[str, ...] = PLAN_LINKS
    home: bool = False
    groups: tuple[str, ...] = ()


def render_finding(finding: Finding, head: Head, texts: Texts) -> Page:
    """Render a page of findings in one language."""
    address, language = f"/dashboards/{finding.name}", texts.language
    words = {word: texts(word) for word in finding.words}
    parts = render_map(
        head.box,
        texts,
        plan=False,
        data_href=f"{address}.json?lang={language}",
        shown=OPEN_KINDS,
        setup=FindingSetup(words, finding.own),
        sets=finding.sets,
        groups=finding.groups,
    )
    html = templates().get_template("finding.html").render(
        t=texts, title=texts("finding_title", topic=texts(f"topic_{finding.topic}"), county=head.county_name),
        parts=parts, shifts=(), on_date=head.on_date, made_at=head.made_at, review_number=head.review_number,
        script_href=f"{address}.js?lang={language}", shared_href=shared_href(language), asset=asset,
        county_name=head.county_name, finding=finding, topics=finding.links,
    )  # fmt: skip
    data = {"finding": {"sets": [one.data() for one in finding.sets]}, **finding.data}
    return Page(html, parts.script + "\n", to_json(data) + "\n")
