"""What came of a posture: its own hours against the same hours of the four weeks before; the same input, same bytes."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from geo.cases.comparison.compare import Count, change
from geo.cases.comparison.queries import count_events
from geo.cases.postures import queries
from geo.cases.postures.actions import get_posture
from geo.cases.postures.clock import spans
from geo.cases.postures.rules import ALL
from geo.cases.postures.standing import read_standing
from geo.db.counties import get_county
from geo.errors import Conflict

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

WEEK_S: Final = 7 * 86_400
WEEKS: Final = 4


class NotBegun(Conflict):
    """There is nothing to report of a posture that has not begun."""


def report_posture(
    session: Session, tenant: str, code: str, *, now: dt.datetime | None = None, area: Sequence[str] | None = None
) -> dict[str, Any]:
    """Numbers during a posture and before, JSON-ready.

    Parameters
    ----------
    now
        A posture that still runs is reported until then; of one that is over it changes nothing.

    Returns
    -------
    dict
        Integers only. ``during`` and ``before`` each ``events`` in ``seconds``; ``before`` are the same hours one to four weeks earlier that do not themselves lie in the posture. ``limited`` is of the codes it limits, ``all`` of
        every code. ``checks``: how many of the sweep were looked at, and hazards found.

    Raises
    ------
    UnknownPosture
        If there is none in those 片区.
    NotBegun
        If it has not begun.
    """  # noqa: E501
    county = get_county(session, tenant)
    row = get_posture(session, tenant, code, area)
    until = int((now or dt.datetime.now(dt.UTC)).timestamp())
    if row["withdrawn_at"] is not None:
        until = min(until, int(row["withdrawn_at"].timestamp()))
    held = spans(read_standing(row).times, county.zone, county.calendar)
    during = [(low, min(high, until)) for low, high in held if low < until]
    if row["approved_at"] is None or not during:
        raise NotBegun("postures.not_begun", posture=code)
    first = during[0][0]
    before = sorted(
        (low - back * WEEK_S, high - back * WEEK_S)
        for back in range(1, WEEKS + 1)
        for low, high in during
        if high - back * WEEK_S <= first
    )
    found = count_events(session, tenant, "posture", row["id"], [], [during, before])
    limits = [rule["target"] for rule in row["rules"] if rule["kind"] == "limit"]
    checks = queries.list_checks(session, tenant, row["id"])
    return {
        "code": row["code"], "name": row["name"], "kind": row["kind"], "status": row["status"],
        "first_on": row["first_on"].isoformat(), "last_on": row["last_on"].isoformat(), "opening": row["opening"],
        "area_m2": row["area_m2"], "complete": until >= held[-1][1],
        "limited": _told([one for one in found if _named(one["code"], limits)], during, before),
        "all": _told(found, during, before),
        "codes": [
            {"code": name, "during": _sum(found, 0, name), "before": _sum(found, 1, name)}
            for name in sorted({one["code"] for one in found if one["inside"]})
        ],
        "checks": {
            "items": len(checks), "looked_at": sum(one["result"] is not None for one in checks),
            "hazards": sum(one["hazards"] for one in checks),
        },
    }  # fmt: skip


def as_bytes(report: dict[str, Any]) -> bytes:
    """A report as a file: the same report, the same bytes.

    Examples
    --------
    >>> as_bytes({"b": 1, "a": "两考"}).decode()
    '{\\n  "a": "两考",\\n  "b": 1\\n}\\n'
    """
    return (json.dumps(report, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _named(code: str, targets: list[str]) -> bool:
    return any(target == ALL or code == target or code.startswith(f"{target}-") for target in targets)


def _sum(found: Sequence[dict[str, Any]], window: int, code: str | None = None, part: str = "inside") -> int:
    return sum(one[part] for one in found if one["window"] == window and code in (None, one["code"]))


def _told(
    found: Sequence[dict[str, Any]], during: list[tuple[int, int]], before: list[tuple[int, int]]
) -> dict[str, Any]:
    seconds = [sum(high - low for low, high in part) for part in (during, before)]
    now, then = (Count(_sum(found, n), seconds[n]) for n in (0, 1))
    rest_now, rest_then = (Count(_sum(found, n, part="elsewhere"), seconds[n]) for n in (0, 1))
    return {
        "during": {**asdict(now), "closed": _sum(found, 0, part="closed")},
        "before": {**asdict(then), "closed": _sum(found, 1, part="closed")},
        "elsewhere": {"during": rest_now.events, "before": rest_then.events},
        "change": asdict(change(then, now, rest_then, rest_now)),
    }
