"""Studies of a small town from the database: sentences, the records behind them, what is kept."""

from __future__ import annotations

import datetime as dt
import secrets
from types import SimpleNamespace

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import insert, text

from api.jobs.actions import get_job, request_job
from api.jobs.studies import make_study as run_study
from geo.crs import STORAGE
from geo.db.counties import create_county
from geo.db.engine import Database
from geo.hotspots.actions import save_presence
from geo.hotspots.describe.material import TooFew, UnknownGroup
from geo.hotspots.findings.queries import find_finding, load_latest_findings
from geo.hotspots.lighting.material import NoLamps
from geo.hotspots.studies import DESCRIPTIONS, KINDS, BadQuestion, ensure_studies, make_study
from geo.hotspots.workload.actions import NoGround, NoRoster, load_workload
from geo.layers.actions import save_frame
from geo.tables.base import Base
from tests.towns import SRID, grid, spot

EXTENT = (117.1, 28.2, 117.4, 28.4)
LAST = dt.date(2026, 11, 15)
DAYS = 182
N = 400


def town_events() -> geopandas.GeoDataFrame:
    """Events over half a year, a burst at one corner, one second report."""
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 1000, N), rng.choice([0.0, 200, 400, 600, 800], N)
    day = rng.integers(0, DAYS, N)
    x[:20], y[:20], day[:20] = 600 + rng.normal(0, 10, 20), 400, 100 + rng.integers(0, 4, 20)
    hour = rng.choice([7, 12, 20, 23], N, p=[0.2, 0.3, 0.4, 0.1])
    midnight = pd.Timestamp(LAST, tz="Asia/Shanghai") - pd.Timedelta(DAYS - 1, "D")
    at = midnight + pd.to_timedelta(day, "D") + pd.to_timedelta(hour, "h") + pd.to_timedelta(np.arange(N), "s")
    points = [spot(*one) for one in zip(x, y, strict=True)]
    frame = geopandas.GeoDataFrame(
        {
            "source_key": [f"E{i}" for i in range(N)],
            "code": np.where(np.arange(N) % 4 == 3, "01-10", "04-06"),
            "code_system": "GB/T 30428.2-2013",
            "origin": np.where(rng.random(N) < 0.5, "patrol", "complaint"),
            "occurred_at": at,
            "duplicate_of": [None] * (N - 1) + ["E1"],
        },
        geometry=points,
        crs=SRID,
    )
    return frame.to_crs(STORAGE)


def people(database: Database, tenant: str) -> None:
    """A squad for each 片区; by day eight of the western one, two of each at night."""
    with database.begin(tenant) as session:

        def add(statement: str, **facts: object) -> int:
            return int(session.execute(text(f"{statement} RETURNING id"), {"t": tenant, **facts}).scalar_one())

        for code, start, end in (("day", "08:00", "17:00"), ("night", "18:00", "01:00")):
            add(
                "INSERT INTO shift_kind (tenant, code, name, start_time, end_time) VALUES (:t, :c, :c, :s, :e)",
                c=code, s=start, e=end,
            )  # fmt: skip
        for squad, district in (("S1", "W"), ("S2", "E")):
            unit = add("INSERT INTO org_unit (tenant, code, name, kind) VALUES (:t, :c, :c, 'squadron')", c=squad)
            add("UPDATE patrol_district SET org_unit_id = :u WHERE tenant = :t AND code = :d", u=unit, d=district)
            for i in range(10 if squad == "S1" else 4):
                person = add(
                    "INSERT INTO staff (tenant, code, name, kind, org_unit_id) VALUES (:t, :c, :c, 'auxiliary', :u)",
                    c=f"{squad}-{i}", u=unit,
                )  # fmt: skip
                for day in range(14):
                    add(
                        "INSERT INTO duty (tenant, on_date, shift_code, staff_id, role) "
                        "VALUES (:t, :d, :s, :p, 'member')",
                        d=LAST + dt.timedelta(1 + day), s="night" if i < 2 else "day", p=person,
                    )  # fmt: skip


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    """Streets, lamps on two circuits, a school, two 片区, events, a roster, a log of presence."""
    tenant = create_county(database, f"7{secrets.randbelow(100_000):05d}", "测试县", EXTENT).code
    roads = grid(6, 5, owner_district="W", name=[f"路{i // 5}" for i in range(49)])
    roads["source_key"] = roads.index.astype(str)
    save_frame(database, tenant, "road", roads.drop(columns=["speed_kmh"]), "test")
    halves = {"W": shapely.box(-100, -100, 500, 900), "E": shapely.box(500, -100, 1100, 900)}
    shift = np.array([spot(0, 0).x, spot(0, 0).y])
    areas = [shapely.MultiPolygon([shapely.transform(box, lambda c: c + shift)]) for box in halves.values()]
    districts = geopandas.GeoDataFrame(
        {"code": list(halves), "name": ["西片区", "东片区"], "source_key": list(halves)}, geometry=areas, crs=SRID
    )
    save_frame(database, tenant, "patrol_district", districts.to_crs(STORAGE), "test")
    at = np.arange(20, 1000, 40.0)
    lamps = geopandas.GeoDataFrame(
        {
            "code": [f"{c}-{i}" for c in "AB" for i in range(len(at))],
            "circuit": np.repeat(["A", "B"], len(at)),
            "status": ["fault" if c == "A" and 5 <= i < 13 else "on" for c in "AB" for i in range(len(at))],
            "source_key": [f"{c}{i}" for c in "AB" for i in range(len(at))],
        },
        geometry=[spot(x, y) for y in (3, 203) for x in at],
        crs=SRID,
    )
    save_frame(database, tenant, "streetlight", lamps.to_crs(STORAGE), "test")
    school = geopandas.GeoDataFrame(
        {"name": ["一小"], "kind": ["school"], "source_key": ["s"]},
        geometry=[shapely.MultiPolygon([spot(400, 20).buffer(15)])],
        crs=SRID,
    )
    save_frame(database, tenant, "hotspot_zone", school.to_crs(STORAGE), "test")
    save_frame(database, tenant, "event", town_events(), "test")
    people(database, tenant)
    begin = pd.Timestamp(LAST, tz="Asia/Shanghai") - pd.Timedelta(30, "D")
    rows = [
        ("district", district, begin + pd.Timedelta(day, "D"), begin + pd.Timedelta(24 * day + 18, "h"), 540.0)
        for district in halves
        for day in range(30)
    ]
    presence = pd.DataFrame(rows, columns=["place_kind", "place_key", "from_at", "to_at", "minutes"])
    save_presence(database, tenant, presence)
    return tenant


def ids_of(database: Database, tenant: str, layer: str) -> set[int]:
    """Row ids of a layer."""
    with database.begin(tenant) as session:
        return set(session.execute(text(f"SELECT id FROM {layer} WHERE tenant = :t"), {"t": tenant}).scalars())


@pytest.mark.parametrize("kind", KINDS)
def test_every_study_says_what_it_found_in_both_languages_and_lists_its_records(database, town, kind):
    options = {"last_on": LAST} if kind in DESCRIPTIONS else {}
    if kind == "workload":
        options = {"last_on": LAST, "first_on": LAST + dt.timedelta(1), "roster_days": 14}
    saved = make_study(database, town, kind, **options)
    finding = saved.finding
    said = [finding.sentence, *finding.notes, *(row.sentence for row in finding.rows)]
    assert all(one.text("zh") and one.text("en") and "{" not in one.text("zh") for one in said)
    assert (finding.label == "description") == (kind in DESCRIPTIONS)
    for row in finding.rows:
        assert set(row.records) <= ids_of(database, town, row.layer)
        assert list(row.records) == sorted(row.records)
        assert row.geometry is None or row.geometry.within(shapely.box(*EXTENT))
    with database.begin(town) as session:
        kept = load_latest_findings(session, town)[kind]
        assert find_finding(session, town, saved.id)["rows"] is not None
    assert kept.as_json() == finding.as_json()
    assert len(kept.features()) == len(finding.features())


def test_what_was_planted_is_said(database, town):
    clusters = make_study(database, town, "clusters", last_on=LAST).finding
    burst = [row for row in clusters.rows if row.values["class"] == "outbreak"]
    assert len(burst) == 1 and len(burst[0].records) >= 20
    assert any(note.code == "describe.left_out" and note.facts["duplicates"] == 1 for note in clusters.notes)
    (circuit,) = make_study(database, town, "outages").finding.rows
    assert (circuit.key, len(circuit.records)) == ("A", 8)
    assert circuit.sentence.code == "lighting.circuit_together" or circuit.values["together"]
    faults = [r for r in make_study(database, town, "dark_stretches").finding.rows if r.values["cause"] == "fault"]
    assert len(faults) == 1 and len(faults[0].records) == 8 and faults[0].values["zones"]
    (walk,) = make_study(database, town, "night_walk").finding.rows
    assert walk.layer == "hotspot_zone" and walk.values["dark_m"] > 200


def test_workload_moves_people_to_the_evening_and_says_what_it_corrected(database, town):
    options = {"last_on": LAST, "first_on": LAST + dt.timedelta(1), "roster_days": 14}
    workload = load_workload(database, town, **options)
    assert workload.facts["corrected"] and not workload.facts["by_plan"]
    matrix = workload.matrix
    assert len(matrix) == 2 * 168
    assert matrix["records"].map(len).sum() == workload.facts["records"] == N - 1
    assert (matrix["demand_min"] >= matrix["recorded_min"] - 1e-9).all()
    night = matrix[matrix["hour"] == 23]
    assert (night["supply_min"] > 0).all()
    assert all(move.unit == "S1" and move.to_turn == ("night",) for move in workload.moves)
    assert matrix["gap_min"].sum() == pytest.approx(workload.facts["demand_min"] - workload.facts["covered_min"])


def test_a_job_that_runs_again_keeps_the_finding_it_made(database, town):
    one = make_study(database, town, "outages", job_id=77)
    assert make_study(database, town, "outages", job_id=77).id == one.id
    assert make_study(database, town, "outages").id > one.id


def asked(database: Database, tenant: str, **arguments: object) -> int:
    """A job for a study, as the service asks for it."""
    with database.begin(tenant) as session:
        return int(request_job(session, tenant, "make_study", arguments, "planner").id)


def test_the_worker_makes_a_study_once_and_stops_when_told(database, town):
    context = SimpleNamespace(additional_context={"database": database})
    job = asked(database, town, kind="knox", group="04-06", days=90, last_on=LAST.isoformat())
    run_study(context, town, job)
    with database.begin(town) as session:
        done = get_job(session, town, job)
        assert done.state == "done", done.problem
        found = find_finding(session, town, done.result["finding"])
        assert (found["kind"], found["made_by"], found["asked"]["group"]) == ("knox", "planner", "04-06")
    other = asked(database, town, kind="outages")
    with database.begin(town) as session:
        session.execute(
            text("UPDATE job SET cancel_asked = true WHERE tenant = :t AND id = :i"), {"t": town, "i": other}
        )
    run_study(context, town, other)
    with database.begin(town) as session:
        assert get_job(session, town, other).state == "cancelled"


def add(session, table: str, **values: object) -> int:
    """Insert a row and return its id."""
    known = Base.metadata.tables[table]
    return int(session.execute(insert(known).values(**values).returning(known.c.id)).scalar_one())


def test_planned_minutes_are_those_of_the_newest_plan(database, town):
    begin = LAST + dt.timedelta(2)
    at = dt.datetime.combine(begin, dt.time(2), dt.UTC)
    with database.begin(town) as session:
        staff = session.execute(text("SELECT min(id) FROM staff WHERE tenant = :t"), {"t": town}).scalar_one()
        for version, minutes in ((1, 50), (2, 30)):
            plan = add(
                session, "shift_plan", tenant=town, on_date=begin, shift_code="day", version=version, status="draft",
                starts_at=at, ends_at=at + dt.timedelta(hours=8), seed=1, iterations=1, input_digest="x",
                weight_served=1, weight_total=1,
            )  # fmt: skip
            team = add(
                session, "plan_team", tenant=town, plan_id=plan, code="T", name="T", kind="local", mode="foot",
                district_code="W", licences=0, color_index=1, start="SRID=4490;POINT(117.2 28.3)", duration_s=7200,
                distance_m=900,
            )  # fmt: skip
            add(session, "plan_member", tenant=town, plan_id=plan, team_id=team, staff_id=staff)
            add(
                session, "plan_stop", tenant=town, plan_id=plan, key="zone:1:0", team_id=team, seq=1, kind="zone",
                name="x", layer="hotspot_zone", district_code="W", weight=1, licences_needed=0, service_s=60,
                arrive_at=at, leave_at=at + dt.timedelta(minutes=minutes), geom="SRID=4490;POINT(117.2 28.3)",
            )  # fmt: skip
    matrix = load_workload(database, town, last_on=LAST, first_on=LAST + dt.timedelta(1), roster_days=14).matrix
    mine = matrix[(matrix["district"] == "W") & (matrix["weekday"] == begin.weekday())].set_index("hour")["planned_min"]
    assert (mine[10], mine[11]) == (30.0, 0.0)
    assert matrix[matrix["weekday"] != begin.weekday()]["planned_min"].isna().all()


def test_studies_are_made_once_where_none_is(database, town, county):
    ensure_studies(database, town)
    assert ensure_studies(database, town) == []
    assert ensure_studies(database, county) == [], "nothing to study in an empty county"


def test_questions_that_make_no_sense_are_refused(database, town, county):
    with pytest.raises(BadQuestion):
        make_study(database, town, "heatmap")
    with pytest.raises(BadQuestion):
        make_study(database, town, "outages", days=3)
    with pytest.raises(UnknownGroup):
        make_study(database, town, "knox", group="外星事务")
    with pytest.raises(TooFew):
        make_study(database, county, "knox")
    with pytest.raises(NoGround):
        load_workload(database, county)
    with pytest.raises(NoRoster):
        load_workload(database, town, first_on=dt.date(2030, 1, 1))
    with pytest.raises(Exception) as refused:
        make_study(database, county, "outages")
    assert isinstance(refused.value, NoLamps)
