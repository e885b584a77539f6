"""县域一张图: every 片区 with its card, the shifts' routes, and what stayed uncovered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from geo.cards.figures import CountyCards
from maps.page import Page, render_page
from maps.plans import Shift
from maps.reports.treatment_sheet import TreatmentLink
from maps.texts import Texts
from maps.topics import PLAN_LINKS

SHORT = ("events_open", "illegal_open", "streetlights_fault")
"""Figures of a 片区 on the county's page; the rest stand on its own."""


@dataclass(frozen=True, slots=True)
class CountyView:
    """What the county's page shows."""

    county_name: str
    on_date: dt.date
    made_at: dt.datetime
    cards: CountyCards
    shifts: tuple[Shift, ...]
    review_number: str = ""
    treatments: tuple[TreatmentLink, ...] = ()


def render_county(view: CountyView, texts: Texts) -> Page:
    """Render the county's page in one language."""
    return render_page(
        "county.html",
        "/dashboards/county",
        view.cards.box,
        texts,
        view.shifts,
        title=texts("county_title", county=view.county_name),
        on_date=view.on_date,
        made_at=view.made_at,
        review_number=view.review_number,
        county_name=view.county_name,
        cards=view.cards.districts,
        outside=view.cards.outside,
        freshness=view.cards.freshness,
        short=SHORT,
        treatments=view.treatments,
        topics=PLAN_LINKS,
    )
