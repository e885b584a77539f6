"""A county's record studied, stored, read back; operations noted and tested."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import geopandas
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from geo.crs import STORAGE, metric_srid
from geo.db.engine import Database
from geo.hotspots.displacement.actions import (
    BadOperation,
    Operation,
    UnknownOperation,
    assess_operations,
    note_operation,
    read_operations,
    zone_area,
)
from geo.hotspots.displacement.queries import list_tests, load_tests
from geo.hotspots.recurrence import queries
from geo.hotspots.recurrence.actions import NoClosings, NoStudy, ensure_returns, get_study, study_returns
from geo.layers.actions import save_frame
from tests.comebacks import START, comebacks

SRID = metric_srid(118.0, 28.3)
AT = geopandas.GeoSeries.from_xy([118.0], [28.3], crs=STORAGE).to_crs(SRID).iloc[0]


def fill(database: Database, tenant: str) -> pd.DataFrame:
    """Two schools where trouble comes back, in one 片区; the record that was planted."""
    events = comebacks(seed=4, spots=2, days=200, per_day=1.5, p=0.4, mean_min=30, apart_m=600)
    frame = geopandas.GeoDataFrame(
        {
            "code": events["code"], "code_system": "GB/T 30428.2-2013", "origin": "patrol", "unit": "处",
            "occurred_at": events["occurred_at"], "closed_at": events["closed_at"],
            "source_key": [f"E{n}" for n in events.index],
        },
        geometry=geopandas.points_from_xy(events["x"] + AT.x, events["y"] + AT.y), crs=SRID,
    )  # fmt: skip
    save_frame(database, tenant, "event", frame.to_crs(STORAGE), "test")
    areas = [shapely.MultiPolygon([shapely.box(AT.x + x - 20, AT.y - 20, AT.x + x + 20, AT.y + 20)]) for x in (0, 600)]
    zones = geopandas.GeoDataFrame(
        {"name": ["一小", "二小"], "kind": "school", "source_key": ["s1", "s2"]}, geometry=areas, crs=SRID
    )
    save_frame(database, tenant, "hotspot_zone", zones.to_crs(STORAGE), "test")
    ground = shapely.MultiPolygon([shapely.box(AT.x - 900, AT.y - 900, AT.x + 1_500, AT.y + 900)])
    district = geopandas.GeoDataFrame(
        {"code": ["01"], "name": ["东片区"], "source_key": ["d"]}, geometry=[ground], crs=SRID
    )
    save_frame(database, tenant, "patrol_district", district.to_crs(STORAGE), "test")
    return events


def test_a_study_is_stored_whole_and_read_back(database: Database, make_county: Callable[..., str]) -> None:
    tenant = make_county()
    events = fill(database, tenant)
    with database.begin(tenant) as session, pytest.raises(NoStudy):
        get_study(session)
    study = study_returns(database, tenant, within_s=86_400, actor="planner")
    assert (study.events, study.made_by, study.within_s) == (len(events), "planner", 86_400)
    with database.begin(tenant) as session:
        curves = queries.load_curves(session)
        rates = queries.load_return_rates(session)
        again = queries.load_reinspections(session)
        zones = queries.load_zone_hazards(session)
        linked = session.execute(text("SELECT count(*), min(chance), max(chance) FROM return_link")).one()
        told = session.execute(text("SELECT event_id, p FROM return_chance ORDER BY event_id LIMIT 1")).one()
        one = queries.find_chance(session, told.event_id)
        assert queries.find_chance(session, 1 << 40) is None
    assert set(curves["place_class"]) == {"school"} and set(curves["code"]) == {"*", "04-01"}
    assert curves[curves["code"] == "*"].set_index("t_min")["p"][120] == pytest.approx(0.4, abs=0.08)
    assert linked[0] == study.links > 500 and 0 <= linked[1] <= linked[2] <= 1
    (rate,) = rates[rates["level"] == "district"].to_dict("records")
    assert (rate["key"], rate["name"], rate["verdict"]) == ("01", "东片区", "more")
    assert rate["lower"] < rate["rate"] < rate["upper"]
    assert zones.crs.to_epsg() == again.crs.to_epsg() == STORAGE
    assert set(zones["name"]) == {"一小", "二小"} and all(len(hours) == 168 for hours in zones["per_hour"])
    assert zones["rho_min"].between(15, 60).all() and (zones["rho_lower_min"] < zones["rho_min"]).all()
    assert one is not None and one["p"] == pytest.approx(told.p) and set(one["facts"]) >= {"here", "closings"}
    for row in again.itertuples():
        assert row.closed_at >= pd.Timestamp(study.record_to_at) - pd.Timedelta(days=1) and row.reasons


def test_a_second_study_takes_the_place_of_the_first(database: Database, make_county: Callable[..., str]) -> None:
    tenant = make_county()
    with pytest.raises(NoClosings):
        study_returns(database, tenant)
    assert ensure_returns(database, tenant) is None
    fill(database, tenant)
    first = ensure_returns(database, tenant)
    assert first is not None and ensure_returns(database, tenant) == first
    second = study_returns(database, tenant)
    with database.begin(tenant) as session:
        count = text("SELECT study_id, count(*) FROM {} GROUP BY study_id")
        assert [row[0] for row in session.execute(text(count.text.format("return_link")))] == [second.id]
        assert len(session.execute(text(count.text.format("return_curve"))).all()) == 2
        points = text(
            "SELECT code, place_class, t_min, p, lower, upper FROM return_curve WHERE study_id = :s ORDER BY id"
        )
        one, two = (session.execute(points, {"s": study.id}).all() for study in (first, second))
    assert one == two


def test_operations_are_noted_tested_and_rated(database: Database, make_county: Callable[..., str], tmp_path) -> None:
    tenant = make_county()
    fill(database, tenant)
    study_returns(database, tenant, within_s=86_400)
    begin = START.to_pydatetime() + dt.timedelta(days=100)
    with database.begin(tenant) as session:
        name, area = zone_area(session, tenant, "s1")
        note_operation(session, tenant, Operation("c1", name, "campaign", begin, begin + dt.timedelta(28), (), area))
        note_operation(session, tenant, Operation("p1", "保障", "posture", begin, begin + dt.timedelta(2)))
        with pytest.raises(BadOperation):
            note_operation(session, tenant, Operation("x", "x", "party", begin, begin + dt.timedelta(1), (), area))
        with pytest.raises(BadOperation):
            note_operation(session, tenant, Operation("x", "x", "raid", begin, begin, (), area))
        with pytest.raises(UnknownOperation):
            zone_area(session, tenant, "s9")
    assert assess_operations(database, tenant) == 2
    assert assess_operations(database, tenant, key="c1") == 1
    with pytest.raises(UnknownOperation):
        assess_operations(database, tenant, key="nowhere")
    with database.begin(tenant) as session:
        tests = list_tests(session)
        shown = load_tests(session)
        rates = queries.load_return_rates(session).set_index("key")
    assert {(row["key"], row["place"], row["phase"]) for row in tests} == {
        (key, place, phase)
        for key in ("c1", "p1") for place in ("target", "ring", "lookalike") for phase in ("during", "after")
    }  # fmt: skip
    target = next(row for row in tests if (row["key"], row["place"], row["phase"]) == ("c1", "target", "during"))
    assert target["found"] > 30 and 0.5 < target["ratio"] < 1.5
    assert next(row for row in tests if row["place"] == "ring")["verdict"] == "insufficient"
    assert set(shown["where"]) == {"ring", "lookalike"} and len(shown) == 8
    assert (rates.loc["c1", "level"], rates.loc["p1", "level"]) == ("campaign", "post")
    path = tmp_path / "ops.geojson"
    ring = [[118.0, 28.3], [118.001, 28.3], [118.001, 28.301], [118.0, 28.3]]
    given = {"key": "f1", "name": "夜间整治", "kind": "raid", "from": "2026-03-01T19:00", "to": "2026-03-01T23:00"}
    feature = {"type": "Feature", "properties": given, "geometry": {"type": "Polygon", "coordinates": [ring]}}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    (read,) = read_operations(path, "Asia/Shanghai")
    assert read.from_at.utcoffset() == dt.timedelta(hours=8) and read.area is not None
    path.write_text(json.dumps({"features": [{"properties": {"key": "f1"}}]}), encoding="utf-8")
    with pytest.raises(BadOperation) as refused:
        read_operations(path, "Asia/Shanghai")
    assert refused.value.facts["row"] == 1


def test_nobody_sees_another_countys_returns(database: Database, make_county: Callable[..., str]) -> None:
    tenant, neighbour = make_county(), make_county()
    fill(database, tenant)
    study_returns(database, tenant, within_s=86_400)
    with database.begin(neighbour) as session:
        assert queries.find_study(session) is None and queries.load_curves(session).empty
        assert queries.load_reinspections(session).empty and queries.load_zone_hazards(session).empty
        for table in ("return_link", "return_chance", "zone_hazard", "return_rate"):
            assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() == 0
