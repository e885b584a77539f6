"""Study what comes back in a county: load its record, compute everything once, save one study."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid, NotFound
from geo.hotspots.history import code_groups, load_history
from geo.hotspots.recurrence import queries
from geo.hotspots.recurrence.queries import StudyRow

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.hotspots.history import History
    from geo.hotspots.recurrence.curves import Curve
    from geo.hotspots.recurrence.gaps import Gaps
    from geo.hotspots.recurrence.hazard import ZoneHazards
    from geo.hotspots.recurrence.links import Links, Records
    from geo.hotspots.recurrence.rates import Rate

WITHIN_S: Final = 86_400
WITHIN_DAYS_ONLY_S: Final = 14 * 86_400
"""The time that chances are about unless the bureau sets another: a day, within which somebody can still go back and
chances differ; where the record knows days only, two weeks."""

HELD_OUT_DAYS: Final = 90
STEPS: Final = ("links", "curves", "chances", "rates", "hazards")

Progress = Callable[[str, int, int], None]


class NoClosings(Invalid):
    """The county has no closed events to study."""


class NoStudy(NotFound):
    """Nothing was studied yet; the message says how to."""


@dataclass(frozen=True, eq=False)
class Study:
    """What a pass over the record found; see the modules of this folder.

    Parameters
    ----------
    place_class, district
        Shape (n,), by record.
    chance
        Shape (n,): how likely each event is the return of its parent.
    chances
        One row a closing, as :data:`geo.hotspots.recurrence.queries.INSERT_CHANCES` takes them.
    rates
        (level, rate).
    model, scores
        JSON-ready; empty where there was too little to learn from.
    """

    records: Records
    links: Links
    place_class: NDArray[np.str_]
    district: NDArray[np.object_]
    curves: list[Curve]
    chance: NDArray[np.float64]
    chances: DataFrame
    rates: list[tuple[str, Rate]]
    hazards: ZoneHazards
    zones: GeoDataFrame
    model: dict[str, Any]
    scores: dict[str, Any]
    within_s: int
    radius_m: float


def study_returns(
    database: Database, tenant: str, *, within_s: int | None = None, radius_m: float | None = None,
    progress: Progress | None = None, actor: str = "system",
) -> StudyRow:  # fmt: skip
    """Study the county's whole record and put the study in force.

    Parameters
    ----------
    within_s
        The time that chances and rates are about, seconds; by default a day, or two weeks where the record knows
        days only.
    radius_m
        How near a new one counts.

    Raises
    ------
    NoClosings
        If there is no closed event.

    Notes
    -----
    Studying the same record again gives the same study anew; nothing of an older one is changed, but its links and
    chances, one a closing, are dropped.
    """
    from geo.hotspots.recurrence.links import RADIUS_M

    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        history = load_history(session, county)
        zones = queries.load_zones(session)
    if not history.events["closed_at"].notna().any():
        raise NoClosings("returns.no_events")
    study = build_study(
        history, zones.to_crs(county.metric_srid), county, within_s=within_s or _usual_within(history.events),
        radius_m=radius_m or RADIUS_M,
        progress=progress,
    )  # fmt: skip
    with database.begin(tenant) as session:
        row = _save(session, study, actor)
        write_change(session, tenant, "returns.studied", facts={"study": row.id, "closings": row.closings}, actor=actor)
    return row


def _usual_within(events: DataFrame) -> int:
    return WITHIN_S if (events["local_hour"] != events["local_hour"].iloc[0]).any() else WITHIN_DAYS_ONLY_S


def build_study(
    history: History, zones: GeoDataFrame, county: County, *, within_s: int, radius_m: float,
    progress: Progress | None = None,
) -> Study:  # fmt: skip
    """Compute a study, without a database.

    Parameters
    ----------
    history
        The county's events, and when reports were missing.
    zones
        ``kind``, Polygon or MultiPolygon, metres; may be empty.
    """
    from zoneinfo import ZoneInfo

    from geo.hotspots.recurrence.backtest import prepare
    from geo.hotspots.recurrence.classes import place_classes, zone_of
    from geo.hotspots.recurrence.curves import ALL, return_curves
    from geo.hotspots.recurrence.gaps import read_gaps
    from geo.hotspots.recurrence.hazard import class_return, zone_hazards
    from geo.hotspots.recurrence.links import read_records
    from geo.hotspots.recurrence.rates import rates_by, watch

    tell = progress or (lambda _step, _done, _of: None)
    tell(STEPS[0], 0, len(STEPS))
    events = history.events
    records = read_records(events)
    kinds = zones["kind"].to_numpy(str)
    components = frozenset(code for (_, code), _ in code_groups().items() if code.startswith("C"))
    places = place_classes(records, zones.geometry, kinds, components)
    offset = ZoneInfo(county.time_zone).utcoffset(dt.datetime.fromtimestamp(records.end_s, dt.UTC).replace(tzinfo=None))
    offset_s = int(offset.total_seconds()) if offset else 0
    records, links, features = prepare(
        events, within_s, radius_m=radius_m, utc_offset_s=offset_s, place_class=places, records=records
    )
    district = events["district"].reindex(records.ids).to_numpy(object)
    gaps = read_gaps(history.gaps, district, county.time_zone)
    tell(STEPS[1], 1, len(STEPS))
    curves, chance = return_curves(records, links, places, gaps=gaps)
    tell(STEPS[2], 2, len(STEPS))
    watched = watch(records, links, within_s, gaps)
    chances, model, scores = _chances(records, links, features, places, district, within_s, gaps)
    tell(STEPS[3], 3, len(STEPS))
    rates = [("district", rate) for rate in rates_by(watched, district[watched.rows])]
    rates += [("place_class", rate) for rate in rates_by(watched, places[watched.rows])]
    tell(STEPS[4], 4, len(STEPS))
    classes = {c.place_class: told for c in curves if c.code == ALL and (told := class_return(c)) is not None}
    mine = zone_of(records, places, zones.geometry, kinds)
    local_s = _local_seconds(events, records)
    hazards = zone_hazards(records, links, mine, kinds, chance, local_s, classes, gaps)
    tell(STEPS[4], 5, len(STEPS))
    return Study(
        records, links, places, district, curves, chance, chances, rates, hazards, zones, model, scores, within_s,
        radius_m,
    )  # fmt: skip


def _local_seconds(events: DataFrame, records: Records) -> NDArray[np.int64]:
    """Occurrence in local seconds of the epoch, by record."""
    on = events["local_on"].to_numpy("datetime64[s]").astype(np.int64) + events["local_hour"].to_numpy() * 3600
    from pandas import Series

    local = Series(on, index=events.index).reindex(records.ids).to_numpy(np.int64)
    return local + records.at_s % 3600


def _chances(
    records: Records, links: Links, features: Any, places: NDArray[np.str_], district: NDArray[np.object_],
    within_s: int, gaps: Gaps,
) -> tuple[DataFrame, dict[str, Any], dict[str, Any]]:  # fmt: skip
    """One row a closing: chance, reasons, what happened; the model and how it did on what it had not seen."""
    from pandas import DataFrame, Series

    from geo.hotspots.recurrence.backtest import tell_beforehand, watched_through
    from geo.hotspots.recurrence.chance import TooFewClosings, fit_returns, reasons_of
    from geo.hotspots.recurrence.rates import anyway
    from geo.hotspots.recurrence.reinspection import reinspect

    rows = np.flatnonzero(records.closed)
    followed = links.next_s <= within_s
    over = (records.closed_s + within_s < records.end_s) & watched_through(records, within_s, gaps)
    known = rows[over[rows]]
    known = known[np.argsort(records.closed_s[known], kind="stable")]
    try:
        model = fit_returns(features, followed, known)
    except TooFewClosings:
        return DataFrame({"event_id": []}), {}, {}
    try:
        told = tell_beforehand(records, links, features, within_s, days=HELD_OUT_DAYS, refit_days=HELD_OUT_DAYS,
                               gaps=gaps)  # fmt: skip
        scores = {name: score.as_json() for name, score in told.scores().items()} if len(told.rows) else {}
    except TooFewClosings:
        scores = {}
    some = features.take(rows)
    p = model.predict(some)
    reasons, effects = reasons_of(model, some)
    expected = anyway(records, links, rows, within_s, gaps)
    left = records.end_s - records.closed_s[rows]
    running = (left <= within_s) & (links.next_s[rows] >= left)
    facts = {name: np.round(values, 2) for name, values in some.facts.items()}
    frame = DataFrame(
        {
            "event_id": records.ids[rows],
            "closed_s": records.closed_s[rows].astype(float),
            "place_class": places[rows],
            "district_code": district[rows],
            "p": p,
            "expected": expected,
            "listed": reinspect(p, expected, running),
            "followed": Series(np.where(followed[rows], 1.0, np.where(over[rows], 0.0, np.nan))).astype("boolean"),
            **{f"r{k + 1}": reasons[:, k] for k in range(3)},
            **{f"e{k + 1}": effects[:, k] for k in range(3)},
            **{name: facts[name].astype(int) for name in ("here", "closings", "returned", "open", "around")},
            "last_h": facts["last_h"],
            "handling_h": facts["handling_h"],
        }
    )
    return frame, model.as_json(), scores


def _save(session: Session, study: Study, actor: str) -> StudyRow:
    from pandas import DataFrame

    records, links = study.records, study.links
    linked = np.flatnonzero(links.parent_row >= 0)
    parent = links.parent_row[linked]
    facts = {
        "record_from_at": dt.datetime.fromtimestamp(records.first_s, dt.UTC),
        "record_to_at": dt.datetime.fromtimestamp(records.end_s, dt.UTC),
        "radius_m": study.radius_m,
        "within_s": study.within_s,
        "events": len(records),
        "closings": int(records.closed.sum()),
        "links": len(linked),
        "made_by": actor,
    }
    number = queries.insert_study(session, facts, study.model, study.scores)
    queries.insert_curves(session, number, _curve_columns(study.curves))
    apart = np.hypot(records.x[linked] - records.x[parent], records.y[linked] - records.y[parent])
    queries.insert_links(
        session,
        number,
        DataFrame(
            {
                "event_id": records.ids[linked], "parent_id": records.ids[parent], "gap_s": links.parent_s[linked],
                "distance_m": np.round(apart, 1), "chance": np.round(study.chance[linked], 4),
            }
        ),
    )  # fmt: skip
    queries.insert_chances(session, number, study.chances)
    names = queries.load_names(session)
    queries.insert_rates(
        session, number, [{**asdict(rate), "level": level, "name": names.get(rate.key, rate.key)}
                          for level, rate in study.rates],
    )  # fmt: skip
    queries.insert_hazards(session, number, _hazard_rows(study))
    queries.forget_before(session, number)
    row = queries.find_study(session)
    assert row is not None and row.id == number
    return row


def _curve_columns(curves: list[Curve]) -> dict[str, list[Any]]:
    lengths = [len(curve.t_min) for curve in curves]
    return {
        "code": np.repeat([curve.code for curve in curves], lengths).tolist(),
        "place_class": np.repeat([curve.place_class for curve in curves], lengths).tolist(),
        "n": np.repeat([curve.n for curve in curves], lengths).tolist(),
        **{
            name: [value for curve in curves for value in getattr(curve, name).tolist()]
            for name in ("t_min", "p", "lower", "upper", "seen", "by_chance")
        },
    }


def _hazard_rows(study: Study) -> list[dict[str, Any]]:
    found = study.hazards
    kinds = study.zones["kind"].tolist()
    return [
        {
            "zone_id": int(zone), "kind": kinds[k], "events": int(found.events[k]),
            **{name: np.round(found_of[k], 6).tolist() for name, found_of in (
                ("per_hour", found.per_hour), ("per_hour_lower", found.per_hour_lower),
                ("per_hour_upper", found.per_hour_upper))},
            **{name: _number(getattr(found, name)[k]) for name in (
                "returns", "rho_min", "rho_lower_min", "rho_upper_min", "p_return", "active_min")},
        }
        for k, zone in enumerate(study.zones.index)
    ]  # fmt: skip


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def get_study(session: Session) -> StudyRow:
    """The study in force.

    Raises
    ------
    NoStudy
        If there is none.
    """
    study = queries.find_study(session)
    if study is None:
        raise NoStudy("returns.no_study")
    return study


def ensure_returns(database: Database, tenant: str, progress: Progress | None = None) -> StudyRow | None:
    """The study in force; the first one is made if there is none and anything to study."""
    with database.begin(tenant) as session:
        study = queries.find_study(session)
    if study is not None:
        return study
    try:
        return study_returns(database, tenant, progress=progress)
    except NoClosings:
        return None


def study_json(study: StudyRow) -> Mapping[str, Any]:
    """A study, JSON-ready."""
    return {name: getattr(study, name) for name in study.__dataclass_fields__}
