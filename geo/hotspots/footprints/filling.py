"""From findings to rows of the queue: what is fresh, what is known, what has grown."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.crs import STORAGE, to_metric, transformer
from geo.db.changes import write_change
from geo.db.counts import count_step
from geo.hotspots.footprints import queries
from geo.hotspots.footprints.clearing import note_clear
from geo.hotspots.footprints.findings import reasons_of
from geo.hotspots.footprints.queue import stand
from geo.hotspots.footprints.words import Reason, sentence

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from geo.db.counties import County
    from geo.hotspots.footprints.difference import Difference
    from geo.hotspots.footprints.findings import Findings
    from geo.hotspots.footprints.shapes import Outlines

BATCH: Final = 5_000


def queue_rows(
    difference: Difference,
    findings: Findings,
    partners: NDArray[np.int64],
    outlines: Outlines,
    keys: list[str],
    survey: str,
) -> list[dict[str, Any]]:
    """The flagged findings as rows of the queue; ``overlay`` in the metric frame."""
    links = difference.links
    rows = []
    area = shapely.area(outlines)
    for row in np.flatnonzero(findings.flagged):
        mine = links[np.searchsorted(links[:, 0], findings.observed[row]) :][: int(partners[row])]
        parts = reasons_of(findings, partners, int(row))
        rows.append(
            {
                "change": str(findings.cls[row]),
                "overlay": findings.overlay[row],
                "area_m2": round(float(findings.changed_m2[row]), 1),
                "outline_m2": round(float(area[findings.observed[row]]), 1),
                "width_m": round(float(findings.width_m[row]), 2),
                "confidence": float(findings.confidence[row]),
                "building_key": ";".join(keys[ia] for ia in mine[:, 1]) or None,
                "reasons": parts,
                "reason": sentence(parts),
                "key": hashlib.blake2b(
                    survey.encode() + shapely.to_wkb(findings.overlay[row]), digest_size=12
                ).hexdigest(),
                "grew_from": None,
            }
        )
    return rows


def fill_queue(
    session: Session,
    tenant: str,
    county: County,
    rows: list[dict[str, Any]],
    tolerance_m: float,
    min_area_m2: float,
    survey: str,
    observed_on: dt.date | None,
    actor: str,
    *,
    outlines: Outlines,
    seen: BaseGeometry | None,
) -> dict[str, int]:
    """Write what is fresh or has grown, and mark what a flight saw clear; how many of each.

    ``outlines`` are the observed ones moved onto the approved layer and ``seen`` the flights' ground, both metric.
    """
    earlier, ledger = queries.load_earlier(session), queries.load_ledger(session)
    srid = county.metric_srid
    before = np.concatenate([np.asarray(to_metric(frame, srid).geometry.array, object) for frame in (earlier, ledger)])
    overlays = np.array([row["overlay"] for row in rows], object)
    found = stand(overlays, before, tolerance_m=tolerance_m, min_area_m2=min_area_m2)
    back = transformer(srid, STORAGE)
    lonlat = shapely.transform(overlays, lambda xy: np.round(np.column_stack(back.transform(xy[:, 0], xy[:, 1])), 9))
    status = [*earlier["status"], *(["ledger"] * len(ledger))]
    keys = [*earlier["source_key"], *ledger["source_key"]]
    fresh, larger, known = [], [], []
    for i, row in enumerate(rows):
        row["shape"] = shapely.to_wkb(lonlat[i])
        at = int(found.earlier[i])
        if at < 0:
            fresh.append(row)
        elif not found.grew[i]:
            known.append(status[at])
        elif status[at] == "waiting":
            larger.append({**row, "id": int(earlier.index[at])})
        else:
            more = ("footprints.but_grew", {"more": round(float(found.more_m2[i]))})
            fresh.append(_grown(row, keys[at], more))
    added: list[int] = []
    on = observed_on.isoformat() if observed_on else None
    for start in range(0, len(fresh), BATCH):
        added += queries.insert_suspicions(session, tenant, fresh[start : start + BATCH], survey, on)
    grew = queries.grow_suspicions(session, tenant, larger, survey, on) if larger else []
    clear = note_clear(session, tenant, county, earlier, found.earlier[(found.earlier >= 0) & (found.earlier <
                       len(earlier))], outlines, seen, observed_on)  # fmt: skip
    if clear:
        write_change(
            session, tenant, "suspicions.seen_clear", layer="suspicion", feature_ids=clear,
            facts={"clear": len(clear), "survey": survey}, actor=actor,
        )  # fmt: skip
    if added or grew:
        touched = shapely.from_wkb([row["shape"] for row in (*fresh, *larger)])
        west, south, east, north = (float(side) for side in shapely.total_bounds(touched))
        write_change(
            session, tenant, "suspicions.found", layer="suspicion", feature_ids=[*added, *grew],
            box=(west, south, east, north), facts={"added": len(added), "grown": len(grew), "survey": survey},
            actor=actor,
        )  # fmt: skip
        count_step(session, tenant, "suspicion", len(added))
    return {
        "added": len(added),
        "enlarged": len(grew),
        "grown_again": sum(row["grew_from"] is not None for row in fresh),
        "known": len(known),
        "in_ledger": known.count("ledger"),
        "cleared": len(clear),
    }


def _grown(row: dict[str, Any], key: str, more: Reason) -> dict[str, Any]:
    parts = [*row["reasons"], more]
    return {**row, "grew_from": key, "reasons": parts, "reason": sentence(parts)}
