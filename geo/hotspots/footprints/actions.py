"""What people do with the queue: check a survey against the county's approved buildings, decide on a suspicion."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.crs import STORAGE, to_metric
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.db.counts import count_step
from geo.errors import Conflict, Invalid, NotFound
from geo.hotspots.footprints import queries
from geo.hotspots.footprints.words import sentence
from geo.layers.reports import ImportOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from geo.db.counties import County
    from geo.db.engine import Database
    from geo.hotspots.footprints.difference import Difference
    from geo.hotspots.footprints.findings import Findings
    from geo.hotspots.footprints.layers import FootprintLayer
    from geo.hotspots.footprints.shapes import Outlines

BATCH: Final = 5_000
VERDICTS: Final = ("confirmed", "dismissed")


class NoApproved(Conflict):
    """The county has no approved buildings to compare with."""


class NoSuchSuspicion(NotFound):
    """The county has no suspicion with that number."""


class SuspicionDecided(Conflict):
    """Somebody decided on it already; a decision is not changed behind their back."""


class ReasonMissing(Invalid):
    """Dismissing takes a reason."""


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check of a survey did to the queue.

    Parameters
    ----------
    added
        Suspicions that are new in the queue, those that grew from a decided one among them.
    enlarged
        Suspicions that still waited and have grown.
    grown_again
        Of ``added``: ground that was decided on before and has grown since.
    known
        Findings that are in the queue or were decided on before, and have not grown.
    in_ledger
        Of ``known``: those that the ledger of illegal buildings holds.
    outside
        Observed outlines outside the county, left out.
    """

    survey: str
    observed: int
    approved: int
    classes: dict[str, int]
    added: int
    enlarged: int
    grown_again: int
    known: int
    in_ledger: int
    outside: int
    looked_at: str
    flights: int
    rejected: dict[str, int]
    tolerance_m: float

    def as_json(self) -> dict[str, Any]:
        """The report as JSON-ready values."""
        return asdict(self)


def check_observed(
    database: Database,
    tenant: str,
    path: Path,
    *,
    options: ImportOptions | None = None,
    flights_path: Path | None = None,
    survey: str | None = None,
    observed_on: dt.date | None = None,
    tolerance_m: float | None = None,
    actor: str = "system",
    step: Callable[[float], None] | None = None,
) -> CheckReport:
    """Read a file of observed outlines and check it; see :func:`check_layer`.

    Parameters
    ----------
    flights_path
        Flight footprints in a file, instead of the stored ones of the survey.
    survey
        By default the file's name.

    Raises
    ------
    geo.layers.reports.FileRefused, geo.crs.UnknownCrs, geo.hotspots.footprints.layers.NoFootprints
        If a file cannot be taken.
    NoApproved
        If the county has no building.
    """
    from geo.hotspots.footprints.layers import read_footprints

    observed = read_footprints(path, options)
    flown = read_footprints(flights_path) if flights_path else None
    return check_layer(
        database, tenant, observed, survey or path.stem, flown=flown, observed_on=observed_on, tolerance_m=tolerance_m,
        actor=actor, step=step,
    )  # fmt: skip


def check_layer(
    database: Database,
    tenant: str,
    observed: FootprintLayer,
    survey: str,
    *,
    flown: FootprintLayer | None = None,
    observed_on: dt.date | None = None,
    tolerance_m: float | None = None,
    actor: str = "system",
    step: Callable[[float], None] | None = None,
) -> CheckReport:
    """Compare observed outlines with the county's approved buildings and put what was added into the queue.

    Parameters
    ----------
    survey
        Name of the look; flights stored under it say what was looked at unless ``flown`` does.
    observed_on
        Local date of the look.

    Returns
    -------
    CheckReport
        A second run over the same outlines adds and enlarges nothing.

    Raises
    ------
    NoApproved
        If the county has no building.

    Notes
    -----
    Whatever a person decided stays: a dismissed suspicion comes back only if it grew, as a new row that names it.
    """
    import numpy as np
    import shapely

    from geo.hotspots.footprints.difference import MIN_AREA_M2, find_difference
    from geo.hotspots.footprints.findings import count_partners, find_findings
    from geo.hotspots.footprints.layers import lay_out

    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        approved = queries.load_approved(session)
        flights = queries.load_flights(session, survey)
    if approved.empty:
        raise NoApproved("footprints.no_buildings")
    srid = county.metric_srid
    looked = lay_out(flown, str(srid)) if flown else np.asarray(to_metric(flights, srid).geometry.array, object)
    seen = shapely.union_all(looked) if len(looked) else None
    inside = _inside(lay_out(observed, str(STORAGE)), county)
    outlines = lay_out(observed, str(srid))[inside]
    ground = np.asarray(to_metric(approved, srid).geometry.array, object)
    difference = find_difference(ground, outlines, seen=seen, tolerance_m=tolerance_m, step=step)
    findings = find_findings(difference, ground, shapely.area(ground))
    partners = count_partners(difference, findings)
    rows = _suspicions(difference, findings, partners, outlines, approved["key"].tolist(), survey)
    with database.begin(tenant) as session:
        queries.hold_queue(session, tenant)
        done = _queue(session, tenant, county, rows, difference.tolerance_m, MIN_AREA_M2, survey, observed_on, actor)
    classes, counts = np.unique(findings.cls, return_counts=True)
    return CheckReport(
        survey=survey,
        observed=len(outlines),
        approved=len(ground),
        classes={str(cls): int(count) for cls, count in zip(classes, counts, strict=True)},
        outside=int((~inside).sum()),
        looked_at="hull" if seen is None else "flights",
        flights=len(looked),
        rejected=dict(observed.rejected),
        tolerance_m=round(difference.tolerance_m, 2),
        **done,
    )


def get_suspicion(session: Session, tenant: str, suspicion_id: int, *, lock: bool = False) -> dict[str, Any]:
    """One suspicion of the county.

    Raises
    ------
    NoSuchSuspicion
        If there is none with that id.
    """
    found = queries.find_suspicion(session, tenant, suspicion_id, lock=lock)
    if found is None:
        raise NoSuchSuspicion("footprints.no_suspicion", id=suspicion_id)
    return found


def decide_suspicion(
    session: Session, tenant: str, suspicion_id: int, verdict: str, *, reason: str | None, actor: str
) -> dict[str, Any]:
    """Confirm a suspicion, which enters it into the ledger as suspected, or dismiss it with a reason.

    Returns
    -------
    dict
        The suspicion as it is now, with ``illegal_building`` the id of its ledger row if it was confirmed.

    Raises
    ------
    NoSuchSuspicion
        If there is none with that id.
    SuspicionDecided
        If it was decided on before.
    ReasonMissing
        If it is dismissed without a reason.

    Notes
    -----
    What becomes of a ledger row (核实, 叫停, 限拆…) belongs to the case room; here it only begins, as 疑似.
    """
    assert verdict in VERDICTS, verdict
    found = get_suspicion(session, tenant, suspicion_id, lock=True)
    if found["status"] != "waiting":
        raise SuspicionDecided("footprints.decided", id=suspicion_id, by=found["decided_by"] or "-")
    said = (reason or "").strip()
    if verdict == "dismissed" and not said:
        raise ReasonMissing("footprints.reason_needed", id=suspicion_id)
    box = queries.decide(session, tenant, suspicion_id, verdict, said or None, actor)
    facts = {"suspicion": suspicion_id, "verdict": verdict}
    write_change(
        session, tenant, "suspicion.decided", layer="suspicion", feature_ids=[suspicion_id], box=box, facts=facts,
        actor=actor,
    )  # fmt: skip
    entered = None
    if verdict == "confirmed":
        today = get_county(session, tenant).today().isoformat()
        entered = queries.hand_over(session, tenant, suspicion_id, today)
        if entered is not None:
            count_step(session, tenant, "illegal_building", 1)
            write_change(
                session, tenant, "illegal_building.suspected", layer="illegal_building", feature_ids=[entered],
                box=box, facts=facts, actor=actor,
            )  # fmt: skip
    return {**get_suspicion(session, tenant, suspicion_id), "illegal_building": entered}


def _inside(lonlat: Outlines, county: County) -> NDArray[np.bool_]:
    """Which outlines touch the county's box."""
    import shapely

    bounds = shapely.bounds(lonlat).reshape(-1, 4)
    west, south, east, north = county.extent
    held: NDArray[np.bool_] = (
        (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    )
    return held


def _suspicions(
    difference: Difference,
    findings: Findings,
    partners: NDArray[np.int64],
    outlines: Outlines,
    keys: list[str],
    survey: str,
) -> list[dict[str, Any]]:
    """The flagged findings as rows of the queue; ``overlay`` in the metric frame."""
    import numpy as np
    import shapely

    from geo.hotspots.footprints.findings import reasons_of

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


def _queue(
    session: Session,
    tenant: str,
    county: County,
    rows: list[dict[str, Any]],
    tolerance_m: float,
    min_area_m2: float,
    survey: str,
    observed_on: dt.date | None,
    actor: str,
) -> dict[str, int]:
    """Write what is fresh or has grown; how many of each."""
    import numpy as np
    import shapely

    from geo.crs import transformer
    from geo.hotspots.footprints.queue import stand

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
    }


def _grown(row: dict[str, Any], key: str, more: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    parts = [*row["reasons"], more]
    return {**row, "grew_from": key, "reasons": parts, "reason": sentence(parts)}
