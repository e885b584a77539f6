"""The gate: whether an approved assessment covers what is about to begin, and if not, what lacks.

风险评估前置 (T04): "把涉及城管执法领域社会稳定风险评估作为开展集中整治、实施行政强制的前置程序". 行政强制法 arts.
18 and 44 ask besides for the approval of the body's head and for the announcement, which stand in other rooms.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.cases.risks import queries
from geo.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

GO: Final = frozenset({"go_ahead", "with_measures"})
PARTS: Final = ("points", "level", "plan", "budget_yuan", "conclusion")
"""What must be said before an assessment is submitted: risk points with source and measure, level, plan, budget."""


class NotAssessed(Conflict):
    """No approved risk assessment covers this; the facts say what lacks."""


@dataclass(frozen=True, slots=True)
class Lack:
    """What lacks: a code of the message catalogue and its facts."""

    code: str
    facts: dict[str, str] = field(default_factory=dict)


def missing_parts(row: Mapping[str, Any]) -> list[str]:
    """Parts that nobody has written yet.

    Examples
    --------
    >>> missing_parts({"points": 2, "level": "low", "plan": "预案", "budget_yuan": 0, "conclusion": None})
    ['conclusion']
    """
    return [name for name in PARTS if row[name] is None or row[name] == "" or (name == "points" and not row[name])]


def judge(rows: Sequence[Mapping[str, Any]], on: dt.date) -> list[Lack]:
    """What lacks of the assessments that are about something on a local day; empty if one of them covers it.

    Parameters
    ----------
    rows
        ``number``, ``state``, ``conclusion``, ``valid_from_on``, ``valid_to_on`` and the parts, the newest first.

    Examples
    --------
    >>> day = dt.date(2026, 6, 1)
    >>> row = {"number": "R1", "state": "submitted", "conclusion": "go_ahead", "valid_from_on": day, "valid_to_on": day}
    >>> [one.code for one in judge([row], day)], [one.code for one in judge([], day)]
    (['risks.not_approved'], ['risks.none'])
    >>> judge([{**row, "state": "approved"}], day)
    []
    """
    lacks = []
    for row in rows:
        facts = {"number": str(row["number"])}
        if row["state"] == "draft":
            lacks.append(Lack("risks.not_submitted", {**facts, "missing": ", ".join(missing_parts(row)) or "-"}))
        elif row["state"] == "submitted":
            lacks.append(Lack("risks.not_approved", facts))
        elif row["state"] != "approved":
            lacks.append(Lack(f"risks.{row['state']}", facts))
        elif row["conclusion"] not in GO:
            lacks.append(Lack("risks.against", {**facts, "conclusion": str(row["conclusion"])}))
        elif not row["valid_from_on"] <= on <= row["valid_to_on"]:
            span = {"from": row["valid_from_on"].isoformat(), "to": row["valid_to_on"].isoformat()}
            lacks.append(Lack("risks.expired", {**facts, **span}))
        else:
            return []
    return lacks or [Lack("risks.none")]


def lacking(
    session: Session, tenant: str, on: dt.date, *, campaign_id: int | None = None, building_id: int | None = None
) -> list[Lack]:
    """What lacks for a campaign, or for pulling a building down, on a local day; empty if it may go ahead.

    A building is covered by its own assessment, or by that of a campaign that runs on its ground and names demolition.
    """
    rows = queries.load_about(session, tenant, campaign_id=campaign_id, building_id=building_id)
    return judge(rows, on)


def lacking_act(
    session: Session, tenant: str, act: str, lon: float, lat: float, district: str | None, on: dt.date
) -> list[Lack]:
    """What lacks for a compulsory act at a point on a local day; empty if it may go ahead.

    It is covered by an assessment of such acts in the 片区 or the county, or by that of a campaign that runs there and
    names the act.
    """
    return judge(queries.load_acts(session, tenant, act, lon, lat, district), on)


def require_act(
    session: Session, tenant: str, act: str, lon: float, lat: float, district: str | None, on: dt.date
) -> None:
    """Refuse an act that nothing covers.

    Raises
    ------
    NotAssessed
    """
    if lacks := lacking_act(session, tenant, act, lon, lat, district, on):
        raise NotAssessed(lacks[0].code, **lacks[0].facts)
