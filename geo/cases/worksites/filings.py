"""Which sites have filed what they must, until when, and which work without (W03)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.permits.actions import Permit
from geo.cases.worksites import queries
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

NEEDED: Final = {"site": "haulage", "demolition": "haulage", "idle_land": "haulage", "batching": "batching"}
"""Which filing a site at work needs: 拉运备案, or 自拌混凝土备案."""

STANDINGS: Final = ("unfiled", "expired", "not_yet", "revoked", "expiring", "filed")
"""From what presses most: never filed, run out, begins later, withdrawn, ends soon, in order."""

SOON_DAYS: Final = 30


def standing(papers: Sequence[Mapping[str, Any]], on: dt.date, soon_days: int = SOON_DAYS) -> tuple[str, Any]:
    """How a site stands on a day by its papers of the kind it needs, and the paper that says so.

    Examples
    --------
    >>> def paper(first, last, status="valid"):
    ...     return {"valid_from_on": dt.date(2026, 1, first), "valid_to_on": dt.date(2026, 3, last), "status": status}
    >>> [standing(papers, dt.date(2026, 3, 10), 5)[0] for papers in (
    ...     [], [paper(1, 9)], [paper(1, 12)], [paper(1, 9), paper(1, 31)], [paper(1, 31, "revoked")])]
    ['unfiled', 'expired', 'expiring', 'filed', 'revoked']
    """
    if not papers:
        return "unfiled", None
    valid = [one for one in papers if one["status"] == "valid"]
    if not valid:
        return "revoked", max(papers, key=lambda one: one["valid_to_on"])
    running = [one for one in valid if one["valid_from_on"] <= on <= one["valid_to_on"]]
    if not running:
        later = [one for one in valid if one["valid_from_on"] > on]
        if later:
            return "not_yet", min(later, key=lambda one: one["valid_from_on"])
        return "expired", max(valid, key=lambda one: one["valid_to_on"])
    best = max(running, key=lambda one: one["valid_to_on"])
    return ("expiring" if best["valid_to_on"] <= on + dt.timedelta(days=soon_days) else "filed"), best


def list_filings(
    session: Session, tenant: str, on: dt.date, *, soon_days: int = SOON_DAYS, area: Sequence[str] | None = None
) -> list[dict[str, Any]]:
    """Every site at work on a local day with how it stands, what presses most first.

    Returns
    -------
    list of dict
        ``code name site_type district_code builder lon lat standing kind number valid_to_on by``; ``by`` says whether
        the paper was found by a grant that names the site, or by its ground.
    """
    papers: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in queries.load_papers(session, tenant, get_county(session, tenant).metric_srid):
        papers.setdefault((row["site_code"], row["kind"]), []).append(row)
    found = []
    for site in queries.list_sites(session, tenant, area):
        if site["works"] != "working":
            continue
        kind = NEEDED[site["site_type"]]
        how, paper = standing(papers.get((site["code"], kind), []), on, soon_days)
        told = {name: paper and paper[name] for name in ("number", "valid_to_on", "by")}
        fields = ("code", "name", "site_type", "district_code", "builder", "lon", "lat")
        found.append({**{name: site[name] for name in fields}, "standing": how, "kind": kind, **told})
    return sorted(found, key=lambda row: (STANDINGS.index(row["standing"]), row["code"]))


def list_ended(
    session: Session, tenant: str, on: dt.date, days: int, kind: str | None = None, most: int = 1_000
) -> list[Permit]:
    """Permits and filings of any kind that ran out in the days before a local day and were not renewed.

    Renewed means: the same holder has a newer one of that kind in force. The latest to end first.
    """
    rows = queries.list_ended(session, tenant, on - dt.timedelta(days=days), on, kind, most)
    return [Permit(**row) for row in rows]
