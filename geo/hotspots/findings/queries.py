"""SQL of findings: written once, read by kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.hotspots.findings import Finding, Row, Sentence

INSERT = text("""
INSERT INTO finding (tenant, kind, label, asked, said, notes, rows, made_by, job_id)
VALUES (:tenant, :kind, :label, CAST(:asked AS jsonb), CAST(:said AS jsonb), CAST(:notes AS jsonb),
        CAST(:rows AS jsonb), :made_by, :job_id)
ON CONFLICT (tenant, job_id) DO NOTHING RETURNING id""")

BY_JOB = text("SELECT id FROM finding WHERE tenant = :tenant AND job_id = :job_id")

HEADS = text("""
SELECT id, kind, label, asked, said, notes, jsonb_array_length(rows) AS lines, made_at, made_by FROM finding
WHERE tenant = :tenant AND (CAST(:kind AS text) IS NULL OR kind = :kind) AND id < :before
ORDER BY id DESC LIMIT :most""")

LATEST = text("""
SELECT DISTINCT ON (kind) id, kind, label, asked, said, notes, rows, made_at, made_by FROM finding
WHERE tenant = :tenant ORDER BY kind, id DESC""")

KINDS = text("SELECT DISTINCT kind FROM finding WHERE tenant = :tenant")

FIND = text("""
SELECT id, kind, label, asked, said, notes, rows, made_at, made_by FROM finding
WHERE tenant = :tenant AND id = :id""")


def insert_finding(
    session: Session, tenant: str, finding: Finding, made_by: str, job_id: int | None = None
) -> int | None:
    """Write a finding; its id, or none if the job has written one already."""
    from shapely.geometry import mapping

    rows = [
        {
            "key": row.key,
            "code": row.sentence.code,
            "facts": dict(row.sentence.facts),
            "layer": row.layer,
            "records": list(row.records),
            "values": dict(row.values),
            "geometry": None if row.geometry is None else mapping(row.geometry),
        }
        for row in finding.rows
    ]
    facts = {
        "tenant": tenant,
        "kind": finding.kind,
        "label": finding.label,
        "asked": _json(finding.asked),
        "said": _json({"code": finding.sentence.code, "facts": dict(finding.sentence.facts)}),
        "notes": _json([{"code": note.code, "facts": dict(note.facts)} for note in finding.notes]),
        "rows": _json(rows),
        "made_by": made_by,
        "job_id": job_id,
    }
    found: int | None = session.execute(INSERT, facts).scalar()
    return found


def find_by_job(session: Session, tenant: str, job_id: int | None) -> int:
    """The finding a job has written."""
    return int(session.execute(BY_JOB, {"tenant": tenant, "job_id": job_id}).scalar_one())


def list_findings(
    session: Session, tenant: str, *, kind: str | None = None, before: int | None = None, most: int = 50
) -> list[dict[str, Any]]:
    """Heads of findings, the newest first: ``id kind label asked said notes lines made_at made_by``."""
    asked = {"tenant": tenant, "kind": kind, "before": before or (1 << 63) - 1, "most": most}
    return [dict(row) for row in session.execute(HEADS, asked).mappings()]


def find_finding(session: Session, tenant: str, finding_id: int) -> dict[str, Any] | None:
    """One finding with its rows, or none."""
    row = session.execute(FIND, {"tenant": tenant, "id": finding_id}).mappings().first()
    return None if row is None else dict(row)


def list_kinds(session: Session, tenant: str) -> frozenset[str]:
    """Kinds of which there is any finding."""
    return frozenset(session.execute(KINDS, {"tenant": tenant}).scalars())


def load_latest_findings(session: Session, tenant: str) -> dict[str, Finding]:
    """The newest finding of each kind, by kind, with geometries (EPSG:4490)."""
    return {row["kind"]: _finding(row) for row in session.execute(LATEST, {"tenant": tenant}).mappings()}


def _finding(row: Mapping[Any, Any]) -> Finding:
    from shapely.geometry import shape

    def sentence(said: Mapping[str, Any]) -> Sentence:
        return Sentence(said["code"], said["facts"])

    rows = tuple(
        Row(
            one["key"],
            sentence(one),
            one["layer"],
            tuple(one["records"]),
            None if one["geometry"] is None else shape(one["geometry"]),
            one["values"],
        )
        for one in row["rows"]
    )
    notes = tuple(sentence(note) for note in row["notes"])
    return Finding(row["kind"], row["label"], sentence(row["said"]), notes, rows, row["asked"])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
