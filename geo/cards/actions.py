"""Make the cards of a county: count, date, and say what lies nowhere."""

from __future__ import annotations

import datetime as dt

from sqlalchemy.orm import Session

from geo.cards.figures import CountyCards, DistrictCard, Freshness, build_figures, state_of
from geo.cards.queries import count_figures, load_districts, load_sources
from geo.db.counties import get_county
from geo.layers.register import KINDS, LayerKind

NAMED_SOURCES = 3
"""Data sets named on a card; the rest are counted."""


def build_cards(session: Session, tenant: str, at: dt.datetime) -> CountyCards:
    """The cards of every 片区 at a moment.

    Parameters
    ----------
    at
        Aware moment that ends the last 7 and 28 days and from which ages are counted.

    Returns
    -------
    CountyCards
        Districts in the order of their codes.
    """
    districts = load_districts(session, tenant)
    freshness = {kind.name: _freshness(session, tenant, kind, at) for kind in KINDS}
    counts = count_figures(session, tenant, at)
    cards = tuple(
        DistrictCard(
            row.code,
            row.name,
            row.goal,
            row.squad,
            (row.west, row.south, row.east, row.north),
            build_figures(counts.get(row.code, {}), freshness),
        )
        for row in districts
    )
    outside = tuple(figure for figure in build_figures(counts.get(None, {}), freshness) if figure.count)
    box = (
        (
            min(row.west for row in districts),
            min(row.south for row in districts),
            max(row.east for row in districts),
            max(row.north for row in districts),
        )
        if districts
        else get_county(session, tenant).extent
    )
    return CountyCards(cards, outside if districts else (), tuple(freshness.values()), box)


def _freshness(session: Session, tenant: str, kind: LayerKind, at: dt.datetime) -> Freshness:
    sources = load_sources(session, tenant, kind)
    names = [name for name, _, _ in sources[:NAMED_SOURCES]]
    if len(sources) > NAMED_SOURCES:
        names.append(f"+{len(sources) - NAMED_SOURCES}")
    updated_at = max((when for _, _, when in sources if when is not None), default=None)
    rows = sum(count for _, count, _ in sources)
    return Freshness(kind.name, rows, ", ".join(names), updated_at, state_of(kind.name, updated_at, at))
