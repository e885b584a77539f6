"""Keep what a study found; it is never changed, a later study makes another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.db.changes import write_change
from geo.errors import NotFound
from geo.hotspots.findings import Finding, queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database


class NoSuchFinding(NotFound):
    """The county has no finding with that id."""


@dataclass(frozen=True, slots=True)
class SavedFinding:
    """A finding and the id it is kept under."""

    id: int
    finding: Finding


def save_finding(
    database: Database, tenant: str, finding: Finding, actor: str = "system", job_id: int | None = None
) -> SavedFinding:
    """Write a finding down; what a job has written already is left as it is."""
    with database.begin(tenant) as session:
        identity = queries.insert_finding(session, tenant, finding, actor, job_id)
        if identity is None:
            return SavedFinding(queries.find_by_job(session, tenant, job_id), finding)
        facts = {"finding": identity, "kind": finding.kind, "rows": len(finding.rows)}
        write_change(session, tenant, "finding.made", facts=facts, actor=actor)
    return SavedFinding(identity, finding)


def get_finding(session: Session, tenant: str, finding_id: int) -> dict[str, Any]:
    """One finding with its rows.

    Raises
    ------
    NoSuchFinding
        If there is none.
    """
    found = queries.find_finding(session, tenant, finding_id)
    if found is None:
        raise NoSuchFinding("findings.none", id=finding_id)
    return found
