"""SQL of forecasts: the ground they stand on, forecasts in and out, their scores, and how models did."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import STORAGE, to_metric
from geo.hotspots import queries as shared
from geo.hotspots.forecast.county import Ground, PlaceSet
from geo.layers.queries import load_features

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

TENANT = "tenant = current_setting('pianqu.tenant')"
CLASSES = ("not", "maybe", "firm")
ARRAYS = ("mean", "lower_each", "upper_each", "p_in_list", "shape", "rate", "last_year")


@dataclass(frozen=True, slots=True)
class ForecastRow:
    """A stored forecast without its places, and its score once its span has passed."""

    id: int
    place_set_id: int
    place_kind: str
    code_group: str
    shift_code: str
    from_on: dt.date
    to_on: dt.date
    version: int
    origin_at: dt.datetime
    model: str
    training: str
    seed: int
    list_size: int
    expected: float
    lower: float
    upper: float
    nominal: float
    audit_share: float
    facts: dict[str, Any]
    made_at: dt.datetime
    observed_in_list: float | None
    in_interval: bool | None


COLUMNS = """f.id, f.place_set_id, f.place_kind, f.code_group, f.shift_code, f.from_on, f.to_on, f.version, f.origin_at,
       f.model, f.training, f.seed, f.list_size, f.expected, f.lower, f.upper, f.nominal, f.audit_share, f.facts,
       f.made_at, s.observed_in_list, s.in_interval"""
FROM = f"""FROM forecast f LEFT JOIN forecast_score s ON s.tenant = f.tenant AND s.forecast_id = f.id
WHERE f.{TENANT}"""

LIST = text(f"""
SELECT {COLUMNS} {FROM}
  AND f.from_on = coalesce(CAST(:from_on AS date), (SELECT max(from_on) FROM forecast WHERE {TENANT}))
  AND f.version = (SELECT max(n.version) FROM forecast n WHERE n.tenant = f.tenant AND n.from_on = f.from_on
                   AND n.to_on = f.to_on AND n.place_kind = f.place_kind AND n.code_group = f.code_group
                   AND n.shift_code = f.shift_code)
ORDER BY f.place_kind, f.code_group, f.shift_code""")

GET = text(f"SELECT {COLUMNS} {FROM} AND f.id = :id")

PLACES = text(f"""
SELECT ordinal, key, name, district_code, ST_AsBinary(geom) FROM forecast_place
WHERE {TENANT} AND place_set_id = :id ORDER BY ordinal""")

VALUES = text(f"SELECT {', '.join(ARRAYS)}, cls, listed, audit FROM forecast WHERE {TENANT} AND id = :id")

FIND_SET = text(f"SELECT id FROM place_set WHERE {TENANT} AND kind = :kind AND digest = :digest")

INSERT_SET = text("""
INSERT INTO place_set (tenant, kind, digest, size)
VALUES (current_setting('pianqu.tenant'), :kind, :digest, :size)
ON CONFLICT (tenant, kind, digest) DO NOTHING RETURNING id""")

INSERT_PLACES = text("""
INSERT INTO forecast_place (tenant, place_set_id, ordinal, key, name, district_code, geom)
SELECT current_setting('pianqu.tenant'), :id, given.ordinal, given.key, given.name, given.district,
       ST_SetSRID(ST_GeomFromWKB(given.wkb), 4490)
FROM unnest(CAST(:ordinals AS int[]), CAST(:keys AS text[]), CAST(:names AS text[]), CAST(:districts AS text[]),
            CAST(:shapes AS bytea[])) AS given (ordinal, key, name, district, wkb)""")

LAST = text(f"""
SELECT id, version, input_digest, seed FROM forecast
WHERE {TENANT} AND from_on = :from_on AND to_on = :to_on AND place_kind = :place_kind
  AND code_group = :code_group AND shift_code = :shift_code
ORDER BY version DESC LIMIT 1""")

LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")

FIELDS = (
    *("place_set_id", "place_kind", "code_group", "shift_code", "from_on", "to_on", "version", "origin_at", "model"),
    *("training", "code_version", "seed", "input_digest", "digest", "list_size", "expected", "lower", "upper"),
    *("nominal", "audit_share", "audit", "listed", "cls", *ARRAYS, "facts", "made_by"),
)
CASTS = {**dict.fromkeys(ARRAYS, "real[]"), "audit": "int[]", "listed": "int[]", "cls": "smallint[]", "facts": "jsonb"}
INSERT = text(f"""
INSERT INTO forecast (tenant, {", ".join(FIELDS)})
VALUES (current_setting('pianqu.tenant'),
        {", ".join(f"CAST(:{name} AS {CASTS[name]})" if name in CASTS else f":{name}" for name in FIELDS)})
RETURNING id""")

UNSCORED = text(f"SELECT {COLUMNS} {FROM} AND s.id IS NULL AND f.to_on < :today ORDER BY f.from_on, f.id")

COUNT_UNSCORED = text(f"SELECT count(*) {FROM} AND s.id IS NULL AND f.to_on < :today")

SCORE_FIELDS = (
    *("forecast_id", "observed", "observed_in_list", "in_interval", "hit", "base_hit", "best_hit", "log_loss"),
    *("base_log_loss", "audit_observed", "blind"),
)
INSERT_SCORE = text(f"""
INSERT INTO forecast_score (tenant, {", ".join(SCORE_FIELDS)}, calibration)
VALUES (current_setting('pianqu.tenant'), {", ".join(f":{name}" for name in SCORE_FIELDS)},
        CAST(:calibration AS jsonb))
ON CONFLICT (tenant, forecast_id) DO NOTHING""")

SCORES = text(f"""
SELECT f.id AS forecast_id, f.from_on, f.to_on, f.place_kind, f.code_group, f.shift_code, f.list_size, f.expected,
       f.lower, f.upper, f.nominal, s.observed, s.observed_in_list, s.in_interval, s.hit, s.base_hit, s.best_hit,
       s.log_loss, s.base_log_loss, s.audit_observed, s.blind, s.calibration, s.scored_at
FROM forecast_score s JOIN forecast f ON f.tenant = s.tenant AND f.id = s.forecast_id
WHERE s.{TENANT} ORDER BY f.from_on DESC, f.place_kind, f.code_group, f.shift_code, f.id""")

STANDING_FIELDS = (
    *("origin_on", "weeks", "place_kind", "code_group", "model", "share", "hit", "base_hit", "gain", "gain_lower"),
    *("gain_upper", "log_loss", "base_log_loss", "admitted", "ewma_lower"),
)
INSERT_STANDING = text(f"""
INSERT INTO model_standing (tenant, {", ".join(STANDING_FIELDS)})
VALUES (current_setting('pianqu.tenant'), {", ".join(f":{name}" for name in STANDING_FIELDS)})
ON CONFLICT (tenant, origin_on, place_kind, code_group, model) DO NOTHING""")

STANDINGS = text(f"""
SELECT {", ".join(STANDING_FIELDS)}, made_at FROM model_standing
WHERE {TENANT} AND origin_on = (SELECT max(origin_on) FROM model_standing WHERE {TENANT})
ORDER BY place_kind, code_group, gain DESC""")

STANDINGS_OF = text(f"""
SELECT place_kind, code_group, model, weeks, share, hit, base_hit, gain, gain_lower, gain_upper, log_loss,
       base_log_loss, ewma_lower FROM model_standing
WHERE {TENANT} AND place_kind = :place_kind AND code_group = :code_group AND origin_on = (
  SELECT max(origin_on) FROM model_standing WHERE {TENANT} AND place_kind = :place_kind AND code_group = :code_group
  AND origin_on > :since AND origin_on <= :until)
ORDER BY gain DESC, model""")

LEARNED = text(f"""
SELECT origin_on, learned FROM forecast_learned
WHERE {TENANT} AND place_kind = :place_kind AND code_group = :code_group
  AND origin_on > :since AND origin_on <= :until
ORDER BY origin_on DESC LIMIT 1""")

INSERT_LEARNED = text("""
INSERT INTO forecast_learned (tenant, origin_on, place_kind, code_group, model, learned)
VALUES (current_setting('pianqu.tenant'), :origin_on, :place_kind, :code_group, :model, CAST(:learned AS jsonb))
ON CONFLICT (tenant, origin_on, place_kind, code_group) DO NOTHING""")

WEEKLY = text(f"""
SELECT DISTINCT ON (from_on) from_on, place_set_id, p_in_list, list_size, audit_share, seed FROM forecast
WHERE {TENANT} AND place_kind = :place_kind AND code_group = :code_group AND shift_code = :shift_code
  AND from_on <= :until
ORDER BY from_on DESC, version DESC LIMIT :most""")

MINUTES = text(f"""
SELECT place_key AS district, sum(minutes) AS minutes FROM patrol_presence
WHERE {TENANT} AND place_kind = 'district' AND from_at >= :since AND from_at < :until GROUP BY place_key""")


SHIFTS = text(f"SELECT code, start_time, end_time FROM shift_kind WHERE {TENANT} ORDER BY start_time, code")


def list_shifts(session: Session) -> list[tuple[str, int, int]]:
    """Code, start and end of each kind of shift, seconds after local midnight; an end past midnight is over 86,400."""
    found = []
    for code, start, end in session.execute(SHIFTS):
        a, b = (clock.hour * 3600 + clock.minute * 60 for clock in (start, end))
        found.append((str(code), a, b if b > a else b + 86_400))
    return found


def load_ground(session: Session, srid: int) -> Ground:
    """Layers that place sets are made from, in metres of ``srid``."""
    roads = load_features(session, "road", columns=("name", "owner_district"))
    units = load_features(session, "unit_grid", columns=("code",))
    zones = load_features(session, "hotspot_zone", columns=("name", "kind", "opening"))
    inside = shared.load_districts(session, srid)
    return Ground(to_metric(roads, srid), to_metric(units, srid), inside, to_metric(zones, srid))


def save_place_set(session: Session, chosen: PlaceSet) -> int:
    """The stored set with these places; added if there is none yet. Returns its id."""
    kind, digest = chosen.places.kind, chosen.digest()
    found = session.execute(FIND_SET, {"kind": kind, "digest": digest}).scalar()
    if found is not None:
        return int(found)
    session.execute(LOCK, {"name": f"place_set/{digest}"})
    made = session.execute(INSERT_SET, {"kind": kind, "digest": digest, "size": len(chosen.places)}).scalar()
    if made is None:
        return int(session.execute(FIND_SET, {"kind": kind, "digest": digest}).scalar_one())
    stored = chosen.places.geometry.to_crs(STORAGE)
    facts = {
        "id": made,
        "ordinals": list(range(len(stored))),
        "keys": chosen.places.keys.tolist(),
        "names": chosen.names.tolist(),
        "districts": chosen.district.tolist(),
        "shapes": list(stored.to_wkb()),
    }
    session.execute(INSERT_PLACES, facts)
    return int(made)


def find_last(session: Session, span: Mapping[str, Any]) -> tuple[int, int, str, int] | None:
    """Id, version, input digest and seed of the newest forecast of a span, kind, group and shift."""
    row = session.execute(LAST, dict(span)).first()
    return None if row is None else (int(row[0]), int(row[1]), str(row[2]), int(row[3]))


def lock_forecasts(session: Session, tenant: str) -> None:
    """One writer of forecasts at a time, until the transaction ends."""
    session.execute(LOCK, {"name": f"forecast/{tenant}"})


def insert_forecast(session: Session, row: Mapping[str, Any]) -> int:
    """Add a forecast; there is no statement that changes one."""
    facts = {name: row[name] for name in FIELDS} | {"facts": json.dumps(row["facts"], ensure_ascii=False)}
    return int(session.execute(INSERT, facts).scalar_one())


def load_latest_forecasts(session: Session, from_on: dt.date | None = None) -> list[ForecastRow]:
    """The newest version of every forecast of a span: that from ``from_on``, by default the newest there is.

    Returns
    -------
    list of ForecastRow
        By kind of place, group (empty = all codes), shift (empty = whole day); empty before the first forecast.
    """
    return [ForecastRow(*row) for row in session.execute(LIST, {"from_on": from_on})]


def find_forecast(session: Session, forecast_id: int) -> ForecastRow | None:
    """A forecast by its number, whatever its version."""
    row = session.execute(GET, {"id": forecast_id}).first()
    return None if row is None else ForecastRow(*row)


def load_values(session: Session, forecast_id: int) -> dict[str, Any]:
    """A forecast's arrays by name, in the order of its place set; ``listed`` and ``audit`` are ordinals."""
    row = session.execute(VALUES, {"id": forecast_id}).one()
    return {name: np.array(value) for name, value in zip((*ARRAYS, "cls", "listed", "audit"), row, strict=True)}


def load_set(session: Session, place_set_id: int) -> GeoDataFrame:
    """Places of a set by ordinal: ``key name district_code``, EPSG:4490."""
    import geopandas
    import shapely

    rows = session.execute(PLACES, {"id": place_set_id}).all()
    data = {
        "key": [row[1] for row in rows],
        "name": [row[2] for row in rows],
        "district_code": [row[3] for row in rows],
    }
    geometry = shapely.from_wkb([bytes(row[4]) for row in rows])
    return geopandas.GeoDataFrame(data, geometry=geometry, crs=STORAGE)


def load_forecast_places(session: Session, forecast_id: int) -> GeoDataFrame:
    """A forecast's places, the surest of the list first.

    Returns
    -------
    GeoDataFrame
        EPSG:4490; ``key name district_code mean lower upper p_in_list cls`` (``firm``, ``maybe``, ``not``), ``listed``
        and ``audit`` (bool); ordered by ``p_in_list``, then ``mean``.

    Raises
    ------
    sqlalchemy.exc.NoResultFound
        If there is no such forecast.
    """
    values = load_values(session, forecast_id)
    row = find_forecast(session, forecast_id)
    assert row is not None
    frame = load_set(session, row.place_set_id)
    for name, column in (("mean", "mean"), ("lower", "lower_each"), ("upper", "upper_each")):
        frame[name] = values[column].astype(np.float64).round(4)
    frame["p_in_list"] = values["p_in_list"].astype(np.float64).round(4)
    frame["cls"] = np.array(CLASSES)[values["cls"].astype(np.intp)]
    for name in ("listed", "audit"):
        frame[name] = np.isin(np.arange(len(frame)), values[name])
    return frame.sort_values(["p_in_list", "mean"], ascending=False, kind="stable", ignore_index=True)


def load_unscored(session: Session, today: dt.date) -> list[ForecastRow]:
    """Forecasts whose span ended before ``today`` (local) and that have no score yet, the oldest first."""
    return [ForecastRow(*row) for row in session.execute(UNSCORED, {"today": today})]


def count_unscored(session: Session, today: dt.date) -> int:
    """How many forecasts wait for a score."""
    return int(session.execute(COUNT_UNSCORED, {"today": today}).scalar_one())


def insert_score(session: Session, row: Mapping[str, Any]) -> None:
    """Add a score; a forecast that has one keeps it."""
    facts = {name: row[name] for name in SCORE_FIELDS} | {"calibration": json.dumps(row["calibration"])}
    session.execute(INSERT_SCORE, facts)


def load_scores(session: Session) -> DataFrame:
    """Every score beside its forecast, the newest span first; empty before the first has passed."""
    return _frame(session, SCORES, {})


def insert_standings(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add how models did from one origin."""
    for row in rows:
        session.execute(INSERT_STANDING, {name: row[name] for name in STANDING_FIELDS})


def load_standings(session: Session) -> DataFrame:
    """The newest leaderboard: by kind of place and group, best first; empty before the first."""
    return _frame(session, STANDINGS, {})


def list_standings(
    session: Session, kind: str, group: str, since: dt.date, until: dt.date
) -> list[tuple[str, str, str, int, float, float, float, float, float, float, float, float, float]]:
    """The newest standings of a kind of place and group after ``since`` and up to ``until``, in the order of
    :class:`geo.hotspots.forecast.leaderboard.Standing`; empty if there are none."""
    facts = {"place_kind": kind, "code_group": group, "since": since, "until": until}
    return [tuple(row) for row in session.execute(STANDINGS_OF, facts)]


def find_learned(
    session: Session, kind: str, group: str, since: dt.date, until: dt.date
) -> tuple[dt.date, dict[str, Any]] | None:
    """The newest lessons of a kind of place and group after ``since`` and up to ``until``, with their day."""
    facts = {"place_kind": kind, "code_group": group, "since": since, "until": until}
    row = session.execute(LEARNED, facts).first()
    return None if row is None else (row[0], dict(row[1]))


def insert_learned(
    session: Session, kind: str, group: str, origin_on: dt.date, model: str, learned: Mapping[str, Any]
) -> None:
    """Add lessons; those there are from that day stay."""
    facts = {"place_kind": kind, "code_group": group, "origin_on": origin_on, "model": model}
    session.execute(INSERT_LEARNED, {**facts, "learned": json.dumps(learned)})


def load_attention(session: Session, row: ForecastRow, most: int) -> list[tuple[dt.date, int, Any, int, float, int]]:
    """What attention was drawn from: day, place set, probabilities, slots, share, seed; newest first."""
    facts = {"place_kind": row.place_kind, "code_group": row.code_group, "shift_code": row.shift_code}
    rows = session.execute(WEEKLY, {**facts, "until": row.from_on, "most": most})
    return [(on, int(of), np.array(p), int(size), float(share), int(seed)) for on, of, p, size, share, seed in rows]


def load_minutes(session: Session, since: dt.datetime, until: dt.datetime) -> DataFrame:
    """Patrol minutes by 片区: ``district minutes``."""
    return _frame(session, MINUTES, {"since": since, "until": until}).astype({"minutes": "float64"})


def _frame(session: Session, statement: Any, facts: Mapping[str, Any]) -> DataFrame:
    import pandas

    found = session.execute(statement, dict(facts))
    return pandas.DataFrame(found.all(), columns=list(found.keys()))
