"""Note what was done where and when, and test what it did."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid, NotFound
from geo.hotspots.displacement import queries
from geo.hotspots.history import load_history
from geo.hotspots.recurrence.queries import StudyRow, find_study, insert_rates, load_zones
from geo.tables.returns import OPERATION_KINDS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.hotspots.displacement.assess import Comparison, Measure
    from geo.hotspots.recurrence.gaps import Gaps
    from geo.hotspots.recurrence.links import Records

AROUND_ZONE_M: Final = 50.0
"""What belongs to a zone stands this close to it."""

Progress = Callable[[str, int, int], None]


class BadOperation(Invalid):
    """An operation that cannot be: its kind, times or place; the facts name the field and the mend."""


class UnknownOperation(NotFound):
    """No operation, or no zone, of that key."""


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """Something done somewhere for a while.

    Parameters
    ----------
    key, name, kind
        Kind: ``post``, ``raid``, ``posture`` or ``campaign``.
    from_at, to_at
        Aware.
    codes
        Event codes it was about; empty means all.
    area
        Polygon or MultiPolygon, EPSG:4490; None is the whole county.
    hours
        When somebody really was there, pairs of seconds of the Unix epoch, rising and apart; empty means all the time.
    """

    key: str
    name: str
    kind: str
    from_at: dt.datetime
    to_at: dt.datetime
    codes: tuple[str, ...] = ()
    area: BaseGeometry | None = None
    hours: tuple[tuple[int, int], ...] = ()


def note_operation(session: Session, tenant: str, operation: Operation, actor: str = "system") -> int:
    """Write an operation down, or anew under its key; its id.

    Raises
    ------
    BadOperation
        If its kind is unknown, it ends before it begins, or it has no ground.
    """
    if operation.kind not in OPERATION_KINDS:
        raise BadOperation("displacement.kind", kind=operation.kind, known=", ".join(OPERATION_KINDS))
    if operation.to_at <= operation.from_at:
        raise BadOperation("displacement.times", key=operation.key)
    area = operation.area or queries.find_ground(session)
    if area is None or area.is_empty or area.geom_type not in ("Polygon", "MultiPolygon") or not area.is_valid:
        raise BadOperation("displacement.no_ground", key=operation.key)
    facts = {name: getattr(operation, name) for name in ("key", "name", "kind", "codes", "from_at", "to_at", "hours")}
    identity = queries.upsert_operation(session, facts, area, actor)
    write_change(session, tenant, "operation.noted", facts={"operation": identity, "kind": operation.kind}, actor=actor)
    return identity


def circle(session: Session, tenant: str, lon: float, lat: float, radius_m: float) -> BaseGeometry:
    """A circle on the ground of the county, EPSG:4490."""
    return queries.find_circle(session, lon, lat, radius_m, get_county(session, tenant).metric_srid)


def zone_area(session: Session, tenant: str, key: str) -> tuple[str, BaseGeometry]:
    """Name of a hotspot zone, and it with 50 m around, EPSG:4490.

    Raises
    ------
    UnknownOperation
        If there is no zone of that key.
    """
    found = queries.find_zone_area(session, key, get_county(session, tenant).metric_srid, AROUND_ZONE_M)
    if found is None:
        raise UnknownOperation("displacement.no_zone", key=key)
    return found


def read_operations(path: Path, time_zone: str) -> list[Operation]:
    """Operations from a GeoJSON file: polygons with ``key name kind from to`` and perhaps ``codes``.

    Parameters
    ----------
    time_zone
        For times without an offset.

    Raises
    ------
    BadOperation
        If the file, a field or a time cannot be read; the facts name the feature and the field.
    """
    from shapely.geometry import shape

    try:
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadOperation("displacement.file", file=path.name) from error
    found = []
    for number, feature in enumerate(features, 1):
        try:
            given = feature["properties"]
            times = [dt.datetime.fromisoformat(str(given[name])) for name in ("from", "to")]
            begin, end = (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(time_zone)) for at in times)
            area = shape(feature["geometry"]) if feature.get("geometry") else None
            codes = tuple(str(code) for code in given.get("codes") or ())
            found.append(Operation(str(given["key"]), str(given["name"]), str(given["kind"]), begin, end, codes, area))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadOperation("displacement.feature", file=path.name, row=number, what=str(error)[:80]) from error
    return found


def assess_operations(
    database: Database, tenant: str, *, key: str | None = None, progress: Progress | None = None, actor: str = "system"
) -> int:
    """Compare every operation (or the one of a key) with before, and keep the comparisons instead of earlier ones.

    Returns
    -------
    int
        How many operations were tested. One that has no record before it keeps no comparison.

    Raises
    ------
    UnknownOperation
        If a key is given and there is no such operation.
    """
    from geo.hotspots.displacement.assess import assess
    from geo.hotspots.recurrence.gaps import read_gaps
    from geo.hotspots.recurrence.links import read_records

    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        everything = queries.list_operations(session)
        operations = [one for one in everything if key in (None, one.key)]
        if key is not None and not operations:
            raise UnknownOperation("displacement.unknown", key=key)
        if not operations:
            return 0
        history = load_history(session, county)
        zones = load_zones(session).to_crs(county.metric_srid)
        study = find_study(session)
    records = read_records(history.events)
    district = history.events["district"].reindex(records.ids).to_numpy(object)
    gaps = read_gaps(history.gaps, district, county.time_zone)
    rows = {}
    for number, operation in enumerate(operations):
        if progress:
            progress(operation.name, number, len(operations))
        rows[operation.id] = _rows(assess(records, _measure(operation, county, everything), zones, gaps), county)
    rates = _rates(records, operations, county, study, gaps)
    with database.begin(tenant) as session:
        for identity, found in rows.items():
            queries.replace_tests(session, identity, found)
        if study is not None:
            insert_rates(session, study.id, rates)
        write_change(session, tenant, "operations.tested", facts={"operations": len(rows)}, actor=actor)
    return len(rows)


def ensure_tests(database: Database, tenant: str) -> int:
    """Test the operations that are noted if none was tested yet; how many were."""
    with database.begin(tenant) as session:
        if queries.list_tests(session) or not queries.list_operations(session):
            return 0
    return assess_operations(database, tenant)


def _measure(operation: queries.OperationRow, county: County, others: Sequence[queries.OperationRow] = ()) -> Measure:
    """An operation as it is compared; at hours in which any of the others was there it is compared with nothing."""
    from geopandas import GeoSeries

    from geo.hotspots.displacement.assess import Measure

    area = GeoSeries([operation.area], crs=4490).to_crs(county.metric_srid).iloc[0]
    span = int(operation.from_at.timestamp()), int(operation.to_at.timestamp())
    there = [one.hours for one in others if one.hours and one.area.intersects(operation.area)]
    manned = tuple(sorted({hour for hours in there for hour in hours}))
    return Measure(area, *span, operation.codes, operation.hours, manned)


def _rows(found: Sequence[Comparison], county: County) -> list[dict[str, Any]]:
    zone = ZoneInfo(county.time_zone)
    rows = []
    for one in found:
        told = asdict(one.effect)
        before, windows = told.pop("before"), told.pop("windows")
        rows.append(
            {
                "place": one.place, "phase": one.phase, **told,
                "from_on": dt.datetime.fromtimestamp(one.window.from_s, zone).date(),
                "to_on": dt.datetime.fromtimestamp(one.window.to_s - 1, zone).date(),
                "facts": {**one.facts, "before": before, "windows": windows},
            }
        )  # fmt: skip
    return rows


def _rates(
    records: Records, operations: Sequence[queries.OperationRow], county: County, study: StudyRow | None, gaps: Gaps
) -> list[dict[str, Any]]:
    """Return rate of what was closed inside each operation while it lasted: posts and postures, raids and campaigns."""
    from geo.hotspots.displacement.rings import inside
    from geo.hotspots.recurrence.links import link_events
    from geo.hotspots.recurrence.rates import group_rate, watch

    if study is None:
        return []
    watched = watch(records, link_events(records, radius_m=study.radius_m), study.within_s, gaps)
    closed = records.closed_s[watched.rows]
    x, y = records.x[watched.rows], records.y[watched.rows]
    rows = []
    for operation in operations:
        measure = _measure(operation, county)
        member = (closed >= measure.from_s) & (closed < measure.to_s) & inside(measure.area, x, y)
        rate = group_rate(operation.key, watched, member)
        level = "post" if operation.kind in ("post", "posture") else "campaign"
        rows.append({**asdict(rate), "level": level, "name": operation.name})
    return rows
