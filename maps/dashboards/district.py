"""片区一张图: one 片区 with its 底数, its teams with times, and what stayed uncovered in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from urllib.parse import quote

from geo.cards.figures import DistrictCard, Freshness
from maps.page import Page, render_page
from maps.plans import Shift
from maps.reports.treatment_sheet import TreatmentLink
from maps.texts import Texts
from maps.topics import CASE_TOPICS

SHORT = ("events_open", "events_7d", "illegal_open", "streetlights_fault", "vendor_points", "hotspot_zones")
"""Figures shown large; all of them stand in the table below with source and date."""


@dataclass(frozen=True, slots=True)
class DistrictView:
    """What a 片区's page shows; ``shifts`` are those of the whole county."""

    county_name: str
    on_date: dt.date
    made_at: dt.datetime
    card: DistrictCard
    freshness: tuple[Freshness, ...]
    shifts: tuple[Shift, ...]
    review_number: str = ""
    treatments: tuple[TreatmentLink, ...] = ()


def render_district(view: DistrictView, texts: Texts) -> Page:
    """Render a 片区's page in one language."""
    return render_page(
        "district.html",
        f"/dashboards/{quote(view.card.code)}",
        view.card.box,
        texts,
        tuple(shift.within(view.card.code) for shift in view.shifts),
        title=texts("district_title", name=view.card.name),
        on_date=view.on_date,
        made_at=view.made_at,
        review_number=view.review_number,
        county_name=view.county_name,
        card=view.card,
        freshness=view.freshness,
        short=SHORT,
        treatments=view.treatments,
        topics=CASE_TOPICS,
    )
