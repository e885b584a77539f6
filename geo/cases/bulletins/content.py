"""What a bulletin says: problems, complaints, shifts against their plans; of a month the ranking and what is open.

Everything is told as it stood at the end of the period, by what is on file now.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from geo.cases.appraisal.actions import RANKED, rank_groups
from geo.cases.bulletins import queries
from geo.cases.bulletins.periods import before, period_of
from geo.cases.complaints.figures.actions import load_figures
from geo.cases.resolution.actions import list_items
from geo.days import span_of
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County

MOST_CODES: Final = 10
SHARES: Final = ("posts_on_time", "passes", "stops", "streets", "cells", "street_m", "observed_s")
"""定点到岗, 必巡, 停靠, 路段, 网格, 覆盖里程 and time in sight of trackers: each two whole numbers, added up apart."""

NOTHING: Final = {"found": 0, "by_patrol": 0, "closed": 0, "open": 0, "overdue": 0}
ITEM: Final = (
    "source", "row", "found_at", "title", "place", "district_code", "state", "due_at", "owner_unit", "owner",
    "measure", "measure_owner", "measure_due_on",
)  # fmt: skip
Plain = dict[str, Any]


def build_content(session: Session, tenant: str, kind: str, on: dt.date) -> Plain:
    """The bulletin of the period a local day is in.

    Returns
    -------
    dict
        JSON-ready, whole numbers only; the same records give the same bytes. ``problems`` (found, of those by patrol,
        closed, and open and overdue at the end), the same by 片区 and by code (the ten most found), ``complaints``
        as numerator and denominator, ``shifts``; of a week and a month also ``days`` and ``previous``; of a month
        ``ranking`` of teams, towns and 片区 and ``list``, every problem of the month not written off, with its owner.

    Raises
    ------
    UnknownKind
        If ``kind`` is none.
    """
    first, last = period_of(kind, on)
    county = get_county(session, tenant)
    facts = _facts(county, first, last)
    names = queries.load_names(session, tenant)
    shifts = queries.list_shifts(session, tenant, first, last)
    told: Plain = {
        "kind": kind, "from_on": first.isoformat(), "to_on": last.isoformat(), "county": county.name,
        "problems": _whole(session, facts),
        "districts": _named(queries.count_problems(session, "district", facts), names),
        "codes": _named(_most(queries.count_problems(session, "code", facts)), names),
        "complaints": _complaints(session, tenant, first, last, facts["to_at"]),
        "shifts": _shifts(shifts),
    }  # fmt: skip
    if kind == "day":
        told["shifts"]["each"] = [_shift(one) for one in shifts]
    else:
        told["days"] = _days(session, facts, first, last, shifts)
        told["previous"] = _previous(session, county, kind, first)
    if kind == "month":
        told["ranking"] = {by: rank_groups(session, tenant, first, last, by, now=facts["to_at"]) for by in RANKED}
        told["list"] = [
            {name: _plain(getattr(one, name)) for name in ITEM}
            for one in list_items(session, tenant, first, last, open_only=True)
        ]
    return told


def digest_of(content: Mapping[str, Any]) -> str:
    """SHA-256 of a bulletin's content, whatever order its keys come in.

    Examples
    --------
    >>> digest_of({"a": 1, "b": "片区"}) == digest_of({"b": "片区", "a": 1})
    True
    """
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _facts(county: County, first: dt.date, last: dt.date) -> Plain:
    from_at, to_at = span_of(first, last, county.zone)
    return {"tenant": county.code, "zone": county.time_zone, "from_at": from_at, "to_at": to_at}


def _whole(session: Session, facts: Mapping[str, Any]) -> Plain:
    rows = queries.count_problems(session, "whole", facts)
    return {name: rows[0][name] for name in NOTHING} if rows else dict(NOTHING)


def _most(rows: Sequence[Plain]) -> list[Plain]:
    return sorted(rows, key=lambda one: (-one["found"], one["key"]))[:MOST_CODES]


def _named(rows: Sequence[Plain], names: Mapping[str, str]) -> list[Plain]:
    return [{"name": names.get(one["key"]), **one} for one in rows]


def _complaints(session: Session, tenant: str, first: dt.date, last: dt.date, until: dt.datetime) -> Plain:
    found = load_figures(session, tenant, first, last, now=until)
    if not found:
        return {"received": 0, "merged": 0, "rates": {}}
    return {"received": found[0].received, "merged": found[0].merged,
            "rates": {name: asdict(rate) for name, rate in found[0].rates.items()}}  # fmt: skip


def _shift(row: Mapping[str, Any]) -> Plain:
    figures = row["figures"] or {}
    return {
        "on": row["on_date"].isoformat(), "shift": row["shift"], "teams": row["teams"], "led": row["led"],
        "scored": bool(figures),
        **{name: figures.get(name, {"n": 0, "of": 0}) for name in SHARES},
        "deviations": figures.get("deviations", 0),
        "open_m": {tier: int(metres) for tier, metres in sorted((row["open_m"] or {}).items())},
    }  # fmt: skip


def _shifts(rows: Sequence[Mapping[str, Any]]) -> Plain:
    """Shifts added up, each share's two numbers apart; what was not scored is in none of them."""
    each = [_shift(row) for row in rows]
    return {
        "planned": len(each), "led": sum(one["led"] for one in each), "scored": sum(one["scored"] for one in each),
        **{name: {part: sum(one[name][part] for one in each) for part in ("n", "of")} for name in SHARES},
        "deviations": sum(one["deviations"] for one in each),
    }  # fmt: skip


def _days(
    session: Session, facts: Mapping[str, Any], first: dt.date, last: dt.date, shifts: Sequence[Mapping[str, Any]]
) -> list[Plain]:
    found, closed = queries.count_days(session, facts)
    days = [first + dt.timedelta(days=number) for number in range((last - first).days + 1)]
    return [
        {
            "on": day.isoformat(), "found": found.get(day, 0), "closed": closed.get(day, 0),
            "shifts": sum(one["on_date"] == day for one in shifts),
            "scored": sum(one["on_date"] == day and one["figures"] is not None for one in shifts),
        }
        for day in days
    ]  # fmt: skip


def _previous(session: Session, county: County, kind: str, first: dt.date) -> Plain:
    """The period before, as it stood at its end."""
    begin, end = before(kind, first)
    return {"from_on": begin.isoformat(), "to_on": end.isoformat(), **_whole(session, _facts(county, begin, end))}


def _plain(one: Any) -> Any:
    if isinstance(one, dt.datetime):
        return one.astimezone(dt.UTC).isoformat()
    return one.isoformat() if isinstance(one, dt.date) else one
