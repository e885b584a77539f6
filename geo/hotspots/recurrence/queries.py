"""SQL of what comes back: studies in and out."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.hotspots.recurrence.reasons import name_of, reason_sentences
from geo.layers.queries import load_features
from geo.messages import Language

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

ROWS = 20_000
HALF = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class StudyRow:
    """A stored study."""

    id: int
    record_from_at: dt.datetime
    record_to_at: dt.datetime
    radius_m: float
    within_s: int
    events: int
    closings: int
    links: int
    scores: dict[str, Any]
    made_at: dt.datetime
    made_by: str


STUDY_COLUMNS = """id, record_from_at, record_to_at, radius_m, within_s, events, closings, links, scores, made_at,
       made_by"""

FIND_STUDY = text(f"""
SELECT {STUDY_COLUMNS} FROM return_study
WHERE tenant = current_setting('pianqu.tenant') ORDER BY id DESC LIMIT 1""")

INSERT_STUDY = text("""
INSERT INTO return_study (tenant, record_from_at, record_to_at, radius_m, within_s, events, closings, links, model,
                          scores, made_by)
VALUES (current_setting('pianqu.tenant'), :record_from_at, :record_to_at, :radius_m, :within_s, :events, :closings,
        :links, CAST(:model AS jsonb), CAST(:scores AS jsonb), :made_by)
RETURNING id""")

INSERT_CURVES = text("""
INSERT INTO return_curve (tenant, study_id, code, place_class, t_min, p, lower, upper, seen, by_chance, n)
SELECT current_setting('pianqu.tenant'), :study, given.* FROM unnest(
  CAST(:code AS text[]), CAST(:place_class AS text[]), CAST(:t_min AS integer[]), CAST(:p AS float8[]),
  CAST(:lower AS float8[]), CAST(:upper AS float8[]), CAST(:seen AS float8[]), CAST(:by_chance AS float8[]),
  CAST(:n AS integer[])) AS given""")

INSERT_LINKS = text("""
INSERT INTO return_link (tenant, study_id, event_id, parent_id, gap_s, distance_m, chance)
SELECT current_setting('pianqu.tenant'), :study, given.* FROM unnest(
  CAST(:event_id AS bigint[]), CAST(:parent_id AS bigint[]), CAST(:gap_s AS bigint[]), CAST(:distance_m AS real[]),
  CAST(:chance AS real[])) AS given""")

INSERT_CHANCES = text("""
INSERT INTO return_chance (tenant, study_id, event_id, closed_at, place_class, district_code, p, expected, listed,
                           followed, reasons, effects, facts)
SELECT current_setting('pianqu.tenant'), :study, given.event_id, to_timestamp(given.closed_s), given.place_class,
       given.district_code, given.p, given.expected, given.listed, given.followed,
       array_remove(ARRAY[given.r1, given.r2, given.r3], ''),
       (ARRAY[given.e1, given.e2, given.e3])[1:cardinality(array_remove(ARRAY[given.r1, given.r2, given.r3], ''))],
       jsonb_strip_nulls(jsonb_build_object('here', given.here, 'last_h', given.last_h, 'closings', given.closings,
         'returned', given.returned, 'open', given.open, 'around', given.around, 'handling_h', given.handling_h))
FROM unnest(
  CAST(:event_id AS bigint[]), CAST(:closed_s AS float8[]), CAST(:place_class AS text[]),
  CAST(:district_code AS text[]), CAST(:p AS real[]), CAST(:expected AS real[]), CAST(:listed AS boolean[]),
  CAST(:followed AS boolean[]), CAST(:r1 AS text[]), CAST(:r2 AS text[]), CAST(:r3 AS text[]),
  CAST(:e1 AS real[]), CAST(:e2 AS real[]), CAST(:e3 AS real[]), CAST(:here AS integer[]),
  CAST(:last_h AS float8[]), CAST(:closings AS integer[]), CAST(:returned AS integer[]), CAST(:open AS integer[]),
  CAST(:around AS integer[]), CAST(:handling_h AS float8[]))
  AS given (event_id, closed_s, place_class, district_code, p, expected, listed, followed, r1, r2, r3, e1, e2, e3,
            here, last_h, closings, returned, open, around, handling_h)""")

INSERT_RATE = text("""
INSERT INTO return_rate (tenant, study_id, level, key, name, closings, followed, expected, ratio, lower, upper, verdict)
VALUES (current_setting('pianqu.tenant'), :study, :level, :key, :name, :closings, :followed, :expected, :ratio, :lower,
        :upper, :verdict)
ON CONFLICT (tenant, study_id, level, key) DO UPDATE
SET name = excluded.name, closings = excluded.closings, followed = excluded.followed, expected = excluded.expected,
    ratio = excluded.ratio, lower = excluded.lower, upper = excluded.upper, verdict = excluded.verdict""")

INSERT_HAZARD = text("""
INSERT INTO zone_hazard (tenant, study_id, zone_id, kind, events, returns, per_hour, per_hour_lower, per_hour_upper,
                         rho_min, rho_lower_min, rho_upper_min, p_return, active_min)
VALUES (current_setting('pianqu.tenant'), :study, :zone_id, :kind, :events, :returns, :per_hour, :per_hour_lower,
        :per_hour_upper, :rho_min, :rho_lower_min, :rho_upper_min, :p_return, :active_min)""")

FORGET_LINKS = text("DELETE FROM return_link WHERE tenant = current_setting('pianqu.tenant') AND study_id < :study")
FORGET_CHANCES = text("DELETE FROM return_chance WHERE tenant = current_setting('pianqu.tenant') AND study_id < :study")

CURVES = text("""
SELECT code, place_class, t_min, p, lower, upper, n, seen, by_chance FROM return_curve
WHERE tenant = current_setting('pianqu.tenant') AND study_id = :study ORDER BY place_class, code <> '*', code, t_min""")

RATES = text("""
SELECT level, key, name, closings, followed, expected, ratio, lower, upper, verdict FROM return_rate
WHERE tenant = current_setting('pianqu.tenant') AND study_id = :study ORDER BY level, key""")

AGAIN = text("""
SELECT e.id AS event, e.code, c.place_class, c.district_code, d.name AS district_name, e.occurred_at, c.closed_at, c.p,
       c.expected, c.listed, c.followed, c.reasons AS reason_codes, c.effects, c.facts, ST_X(e.geom) AS lon,
       ST_Y(e.geom) AS lat
FROM return_chance c
JOIN event e ON e.tenant = c.tenant AND e.id = c.event_id
LEFT JOIN patrol_district d ON d.tenant = c.tenant AND d.code = c.district_code
WHERE c.tenant = current_setting('pianqu.tenant') AND c.study_id = :study AND c.listed
  AND (CAST(:districts AS text[]) IS NULL OR c.district_code = ANY(CAST(:districts AS text[])))
ORDER BY c.p - COALESCE(c.expected, 0) DESC, e.id LIMIT :most""")

CHANCE = text("""
SELECT c.event_id AS event, e.code, c.place_class, c.district_code, c.closed_at, c.p, c.expected, c.listed, c.followed,
       c.reasons AS reason_codes, c.effects, c.facts
FROM return_chance c JOIN event e ON e.tenant = c.tenant AND e.id = c.event_id
WHERE c.tenant = current_setting('pianqu.tenant') AND c.study_id = :study AND c.event_id = :event""")

HAZARDS = text("""
SELECT z.id AS zone_id, z.source_key AS key, z.name, h.kind, h.events, h.returns, h.per_hour,
       h.per_hour_lower, h.per_hour_upper, h.rho_min, h.rho_lower_min, h.rho_upper_min, h.p_return, h.active_min
FROM zone_hazard h JOIN hotspot_zone z ON z.tenant = h.tenant AND z.id = h.zone_id
WHERE h.tenant = current_setting('pianqu.tenant') AND h.study_id = :study ORDER BY z.id""")

CURVE_COLUMNS = ["code", "place_class", "t_min", "p", "lower", "upper", "n", "seen", "by_chance"]
RATE_COLUMNS = ["level", "key", "name", "closed", "returned", "rate", "lower", "upper", "expected"]
RATE_COLUMNS += ["expected_closings", "ratio", "verdict"]
HAZARD_COLUMNS = [
    *("zone_id", "key", "name", "kind", "events", "returns", "per_hour", "per_hour_lower", "per_hour_upper"),
    *("rho_min", "rho_lower_min", "rho_upper_min", "p_return", "active_min"),
]


def find_study(session: Session) -> StudyRow | None:
    """The study in force, the newest; None if there is none."""
    row = session.execute(FIND_STUDY).first()
    return StudyRow(*row) if row else None


def load_zones(session: Session) -> GeoDataFrame:
    """Hotspot zones, EPSG:4490, with ``name`` and ``kind``, by id."""
    return load_features(session, "hotspot_zone", columns=("name", "kind")).sort_index()


def load_names(session: Session) -> dict[str, str]:
    """Names of the 片区 by code."""
    rows = load_features(session, "patrol_district", columns=("code", "name"))
    return dict(zip(rows["code"].tolist(), rows["name"].tolist(), strict=True))


def insert_study(
    session: Session, facts: Mapping[str, Any], model: Mapping[str, Any], scores: Mapping[str, Any]
) -> int:
    """Add a study; its id."""
    return int(
        session.execute(INSERT_STUDY, {**facts, "model": json.dumps(model), "scores": json.dumps(scores)}).scalar_one()
    )


def insert_curves(session: Session, study: int, columns: Mapping[str, Sequence[Any]]) -> None:
    """Add the points of curves, given by column."""
    session.execute(INSERT_CURVES, {"study": study, **columns})


def insert_links(session: Session, study: int, frame: DataFrame) -> None:
    """Add links: ``event_id parent_id gap_s distance_m chance``."""
    _insert(session, INSERT_LINKS, study, frame)


def insert_chances(session: Session, study: int, frame: DataFrame) -> None:
    """Add chances; the frame's columns are the parameters of the statement."""
    _insert(session, INSERT_CHANCES, study, frame)


def insert_rates(session: Session, study: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rates, or replace those of the same group."""
    if rows:
        session.execute(INSERT_RATE, [{"study": study, **row} for row in rows])


def insert_hazards(session: Session, study: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add hazards of zones."""
    if rows:
        session.execute(INSERT_HAZARD, [{"study": study, **row} for row in rows])


def forget_before(session: Session, study: int) -> None:
    """Drop links and chances of studies before this one; their curves, rates and hazards stay."""
    for statement in (FORGET_LINKS, FORGET_CHANCES):
        session.execute(statement, {"study": study})


def list_curves(session: Session) -> list[dict[str, Any]]:
    """Points of the curves of the study in force, as :func:`load_curves`."""
    return _rows(session, CURVES)


def load_curves(session: Session) -> DataFrame:
    """Curves of the study in force: ``code place_class t_min p lower upper n seen by_chance``; ``*`` = all codes.

    By class, all codes first, then by code and time. Empty if there is no study.
    """
    import pandas

    return pandas.DataFrame(list_curves(session), columns=CURVE_COLUMNS)


def list_rates(session: Session) -> list[dict[str, Any]]:
    """Rates of the study in force, as :func:`load_return_rates`; what is not known is None."""
    found = []
    for row in _rows(session, RATES):
        closed = max(row["closings"], 1)
        share = row["expected"] / closed
        lower, upper = (None if row[side] is None else min(row[side] * share, 1.0) for side in ("lower", "upper"))
        found.append(
            {
                "level": row["level"], "key": row["key"], "name": row["name"], "closed": row["closings"],
                "returned": row["followed"], "rate": row["followed"] / closed, "lower": lower, "upper": upper,
                "expected": share, "expected_closings": row["expected"], "ratio": row["ratio"],
                "verdict": row["verdict"],
            }
        )  # fmt: skip
    return found


def load_return_rates(session: Session) -> DataFrame:
    """Rates of the study in force.

    Returns
    -------
    DataFrame
        ``level key name closed returned rate lower upper expected expected_closings ratio verdict``: shares of the
        closings; ``lower`` and ``upper`` bound the rate, nan where the verdict is ``insufficient``.
    """
    import pandas

    frame = pandas.DataFrame(list_rates(session), columns=RATE_COLUMNS)
    return frame.astype(dict.fromkeys(("rate", "lower", "upper", "expected", "expected_closings", "ratio"), float))


def list_reinspections(
    session: Session, *, districts: Sequence[str] | None = None, most: int = 1_000
) -> list[dict[str, Any]]:
    """The re-inspection list of the study in force, most beyond what is usual there first; ``lon lat`` in EPSG:4490.

    Parameters
    ----------
    districts
        Only these 片区.
    """
    found = _rows(session, AGAIN, districts=list(districts) if districts is not None else None, most=most)
    study = find_study(session)
    return [{**row, "within_s": study.within_s if study else 0} for row in found]


def load_reinspections(
    session: Session, *, districts: Sequence[str] | None = None, most: int = 1_000, language: Language = "zh"
) -> GeoDataFrame:
    """The re-inspection list as a frame.

    Returns
    -------
    GeoDataFrame
        Point, EPSG:4490; ``key`` (event id) ``name code place_class district_code district_name occurred_at closed_at
        p expected reasons`` (sentences) ``reason_codes effects facts within_s``.
    """
    import geopandas
    import pandas

    found = list_reinspections(session, districts=districts, most=most)
    columns = ["key", "name", "code", "place_class", "district_code", "district_name", "occurred_at", "closed_at", "p"]
    columns += ["expected", "reasons", "reason_codes", "effects", "facts", "within_s"]
    rows = [
        {**row, "key": row["event"], "name": name_of(row, language), "reasons": reason_sentences(row, language)}
        for row in found
    ]
    spots = geopandas.points_from_xy([row["lon"] for row in found], [row["lat"] for row in found])
    data = pandas.DataFrame(rows, columns=columns).astype({"p": float, "expected": float})
    return geopandas.GeoDataFrame(data, geometry=spots, crs=4490)


def find_chance(session: Session, event: int) -> dict[str, Any] | None:
    """The chance told for a closing by the study in force; None if it tells nothing of it."""
    study = find_study(session)
    found = _rows(session, CHANCE, event=event)
    return {**found[0], "within_s": study.within_s} if found and study else None


def list_hazards(session: Session) -> list[dict[str, Any]]:
    """Hazards of the hotspot zones from the study in force by zone id, as :func:`load_zone_hazards`."""
    return _rows(session, HAZARDS)


def load_zone_hazards(session: Session) -> GeoDataFrame:
    """Hazards of the hotspot zones from the study in force.

    Returns
    -------
    GeoDataFrame
        MultiPolygon, EPSG:4490, by zone id; ``zone_id key name kind events returns per_hour per_hour_lower
        per_hour_upper`` (lists of 168, Monday 00:00 first, local) ``rho_min rho_lower_min rho_upper_min p_return
        active_min``, and for display ``back_h lower_h upper_h`` (hours until half of what returns is back) and ``n``.
    """
    import geopandas
    import pandas

    data = pandas.DataFrame(list_hazards(session), columns=HAZARD_COLUMNS)
    zones = load_zones(session)
    shapes = zones.geometry.reindex(data["zone_id"].astype("int64"))
    frame = geopandas.GeoDataFrame(data, geometry=list(shapes), crs=4490)
    for name, of in (("back_h", "rho_min"), ("lower_h", "rho_lower_min"), ("upper_h", "rho_upper_min")):
        frame[of] = frame[of].astype(float)
        frame[name] = frame[of] * HALF / 60.0
    frame["n"] = frame["events"].astype(int)
    return frame


def _rows(session: Session, statement: Any, **facts: Any) -> list[dict[str, Any]]:
    """Rows of the study in force; none if there is none."""
    study = find_study(session)
    if study is None:
        return []
    return [dict(row) for row in session.execute(statement, {"study": study.id, **facts}).mappings()]


def _insert(session: Session, statement: Any, study: int, frame: DataFrame) -> None:
    for start in range(0, len(frame), ROWS):
        part = frame.iloc[start : start + ROWS]
        columns = {str(name): _plain(part[name]) for name in part}
        session.execute(statement, {"study": study, **columns})


def _plain(column: Any) -> list[Any]:
    """Values as the driver takes them; what is missing is null."""
    values = column.astype(object)
    return list(values.where(column.notna(), None))
