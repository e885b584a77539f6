"""Which model forecasts a kind of place and a group, and what it knows of its past: found in store, or learned anew."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from geo.hotspots.forecast import queries
from geo.hotspots.forecast.county import CELL
from geo.hotspots.forecast.leaderboard import HELD_ON, Standing, as_row, pick_model, stand
from geo.hotspots.forecast.learned import CURSED, Learned, learn
from geo.hotspots.forecast.models import GAMMA_POISSON

if TYPE_CHECKING:
    from geo.db.engine import Database
    from geo.hotspots.forecast.outlook import Outlook

KEPT: Final = dt.timedelta(weeks=4)
"""For how long what was learned is used; learning takes seconds, using it hundredths of one."""


def ensure_learned(database: Database, tenant: str, outlook: Outlook, kind: str, group: str) -> tuple[dt.date, Learned]:
    """What was learned of a kind of place and a group in the last four weeks; learned and stored if nothing was.

    Returns
    -------
    tuple
        The day it was learned on, never after the outlook's own, and the lessons.
    """
    on: dt.date = outlook.origin.item()
    with database.begin(tenant) as session:
        stored = queries.find_learned(session, kind, group, on - KEPT, on)
    if stored is None:
        model = choose_model(database, tenant, outlook, kind, group)
        made = learn(outlook, kind, group, outlook.recency(group, HELD_ON), model)
        with database.begin(tenant) as session:
            queries.insert_learned(session, kind, group, on, model, made.as_json())
            stored = queries.find_learned(session, kind, group, on - KEPT, on)
        assert stored is not None
    return stored[0], Learned.of_json(stored[1])


def choose_model(database: Database, tenant: str, outlook: Outlook, kind: str, group: str) -> str:
    """The model in use: decided by the leaderboard, which is drawn up if that of the last four weeks is missing.

    Notes
    -----
    Kinds of place that models are not held on follow the cells, if they are as many; few large places keep the
    gamma-Poisson, and so do forecasts made after the fact.
    """
    if outlook.after_the_fact:
        return GAMMA_POISSON
    judged = kind if kind in HELD_ON else CELL
    if judged not in outlook.sets or (judged != kind and len(outlook.sets[kind].places) < CURSED):
        return GAMMA_POISSON
    on: dt.date = outlook.origin.item()
    with database.begin(tenant) as session:
        rows = queries.list_standings(session, judged, group, on - KEPT, on)
    standings = [Standing(*row) for row in rows]
    if not standings:
        standings = stand(outlook, judged, group, boosting=False)
        with database.begin(tenant) as session:
            queries.insert_standings(session, [as_row(one, on) for one in standings])
    return pick_model(standings)
