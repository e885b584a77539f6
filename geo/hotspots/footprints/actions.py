"""What people do with the queue: check a survey against the county's approved buildings, decide on a suspicion."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.crs import STORAGE, to_metric
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.db.counts import count_step
from geo.errors import Conflict, Invalid, NotFound
from geo.hotspots.footprints import queries
from geo.layers.reports import ImportOptions

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy.orm import Session

    from geo.db.counties import County
    from geo.db.engine import Database
    from geo.hotspots.footprints.layers import FootprintLayer
    from geo.hotspots.footprints.shapes import Outlines

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
    cleared
        Suspicions that wait though this flight saw their ground clear; they say so now.
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
    cleared: int
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
    from geo.hotspots.footprints.filling import fill_queue, queue_rows
    from geo.hotspots.footprints.findings import count_partners, find_findings
    from geo.hotspots.footprints.layers import lay_out
    from geo.hotspots.footprints.shapes import moved

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
    rows = queue_rows(difference, findings, partners, outlines, approved["key"].tolist(), survey)
    with database.begin(tenant) as session:
        queries.hold_queue(session, tenant)
        done = fill_queue(
            session, tenant, county, rows, difference.tolerance_m, MIN_AREA_M2, survey, observed_on, actor,
            outlines=moved(outlines, -difference.observed.shift_m), seen=seen,
        )  # fmt: skip
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
