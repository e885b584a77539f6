"""Rank the teams, towns or 片区 of a period, each with what its score is made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.appraisal import queries
from geo.cases.appraisal.rules import load_rules
from geo.cases.appraisal.score import rank, score_of
from geo.cases.statistics.indicators.actions import UnknownGrouping, evaluate

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

RANKED: Final = ("department", "town", "area")
"""队伍, 镇街, 片区. People are not ranked here: their points are those of :mod:`geo.cases.points`."""


def rank_groups(
    session: Session, tenant: str, first: dt.date, last: dt.date, by: str, *, area: Sequence[str] | None = None,
    now: dt.datetime | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Rank by what was found from the local day ``first`` to ``last``, both included.

    Parameters
    ----------
    by
        One of :data:`RANKED`.
    area
        Only problems of these 片区.
    now
        Until when what is due is judged; see :func:`~geo.cases.statistics.indicators.actions.evaluate`.

    Returns
    -------
    list of dict
        From the best down: ``rank`` (None: too few of the points could be judged), ``key``, ``name``,
        ``score_hundredths``, ``judged`` of ``points``, ``reported``, and ``parts``, each rate with its numerator and
        denominator. The problems behind are those of the evaluation of that group.

    Raises
    ------
    UnknownGrouping
        If ``by`` is none.
    PeriodBackwards
        If ``last`` comes before ``first``.
    """
    if by not in RANKED:
        raise UnknownGrouping("statistics.unknown_grouping", by=by, known=", ".join(RANKED))
    rules = load_rules(session, tenant)
    groups = evaluate(session, tenant, first, last, by, area=area, now=now)
    counts = {one.key: one.counts for one in groups if one.key is not None and not one.whole}
    names = queries.load_names(session, tenant, by)
    return [
        {
            "rank": place, "key": one.key, "name": names.get(one.key, one.key), "score_hundredths": one.score,
            "judged": one.judged, "points": one.points, "reported": counts[one.key].get("reported", 0),
            "parts": [part.as_json() for part in one.parts],
        }
        for place, one in rank([score_of(key, found, rules) for key, found in counts.items()])
    ]  # fmt: skip
