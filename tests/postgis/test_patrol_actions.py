"""A shift planned from the database, stored, found again, exported, published."""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import geopandas
import pytest
import shapely
from sqlalchemy import text

from geo.crs import STORAGE
from geo.db.engine import Database
from geo.hotspots.districting.actions import DistrictsExist, cut_county
from geo.layers.actions import import_osm, save_frame
from geo.messages import say
from geo.patrol.actions import PlanFixed, UnknownPlan, ensure_plans, plan_shift, publish_plan, summarise_plans
from geo.patrol.build import NobodyOnDuty
from geo.patrol.export.files import UnknownTeam, plan_geojson, plan_gpx
from geo.patrol.load import NoGround, UnknownShift
from geo.patrol.queries import find_plan, load_plan_frames, lock_plans, lock_shift, publish
from geo.patrol.rescore import rescore_plan
from geo.patrol.save import TakenMeanwhile
from geo.roads.actions import settle_owners
from geo.roads.queries import load_roads
from tests.towns import SRID, grid, spot

MONDAY = dt.date(2026, 11, 23)
SATURDAY = dt.date(2026, 11, 28)
DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
EXTENT = (117.1, 28.2, 117.4, 28.4)


def roster(database: Database, tenant: str, *, licensed: int = 2, days: tuple[dt.date, ...] = (MONDAY,)) -> None:
    """A day and an evening shift, eight people on the first, two of them on the second, a car and e-bikes."""
    with database.begin(tenant) as session:
        for code, start, end in (("day", "08:00", "16:00"), ("evening", "15:00", "21:00")):
            session.execute(
                text("INSERT INTO shift_kind (tenant, code, name, start_time, end_time) VALUES (:t, :c, :c, :s, :e)"),
                {"t": tenant, "c": code, "s": start, "e": end},
            )
        for i in range(8):
            licence = ("L", dt.date(2020, 1, 1), dt.date(2030, 1, 1)) if i < licensed else (None, None, None)
            person = session.execute(
                text(
                    "INSERT INTO staff (tenant, code, name, kind, licence_no, licence_from_on, licence_to_on) "
                    "VALUES (:t, :c, :c, :k, :no, :f, :e) RETURNING id"
                ),
                {
                    "t": tenant,
                    "c": f"S{i}",
                    "k": "regular" if i < 4 else "auxiliary",
                    **dict(zip(("no", "f", "e"), licence, strict=True)),
                },
            ).scalar_one()
            for day in days:
                for shift in ("day", "evening") if i >= 4 else ("day",):
                    session.execute(
                        text(
                            "INSERT INTO duty (tenant, on_date, shift_code, staff_id, role) "
                            "VALUES (:t, :d, :s, :p, 'member')"
                        ),
                        {"t": tenant, "d": day, "s": shift, "p": person},
                    )
        for i in range(9):
            session.execute(
                text("INSERT INTO vehicle (tenant, code, kind, seats) VALUES (:t, :c, :k, :s)"),
                {"t": tenant, "c": f"V{i}", "k": "ebike" if i else "car", "s": 1 if i else 5},
            )


@pytest.fixture
def town(database: Database, make_county: Callable[..., str]) -> str:
    """A county with a small town: streets, two 片区 cut from them, four zones, people on duty."""
    tenant = make_county(EXTENT)
    roads = grid(6, 5, tier=["main"] * 5 + ["lane"] * 44, name=["人民路"] * 5 + [None] * 44)
    roads["source_key"] = roads.index.astype(str)
    save_frame(database, tenant, "road", roads.drop(columns=["owner_district", "speed_kmh"]), "test")
    cut_county(database, tenant, n=2)
    spots = geopandas.GeoSeries([spot(x, y).buffer(15) for x, y in ((100, 100), (900, 700), (500, 300), (4000, 0))])
    zones = geopandas.GeoDataFrame(
        {
            "name": ["一小", "菜场", "医院", "远山工地"],
            "kind": ["school", "market", "hospital", "construction"],
            "opening": ["Mo-Fr 08:30-10:00", None, None, None],
            "source_key": list("abcd"),
        },
        geometry=[shapely.MultiPolygon([one]) for one in spots],
        crs=SRID,
    )
    save_frame(database, tenant, "hotspot_zone", zones.to_crs(STORAGE), "test")
    roster(database, tenant, days=(MONDAY, SATURDAY))
    return tenant


def test_a_shift_is_planned_stored_and_read_back_whole(database, town):
    saved = plan_shift(database, town, MONDAY, "day", iterations=200)
    with database.begin(town) as session:
        frames = load_plan_frames(session, saved.id)
    assert saved.version == 1
    assert len(frames.teams) == saved.teams
    assert frames.stops["key"].str.replace(r"^(zone:\d+):\d+$", r"\1", regex=True).nunique() == saved.served
    assert set(frames.teams["name"]) >= {"机动1队"}
    people = [code for codes in frames.teams["member_codes"] for code in codes]
    assert sorted(people) == [f"S{i}" for i in range(8)]
    assert frames.stops.crs.to_epsg() == frames.routes.crs.to_epsg() == STORAGE
    for team in frames.teams.itertuples():
        mine = frames.stops[frames.stops["team"] == team.code].sort_values("seq")
        assert mine["seq"].tolist() == list(range(1, len(mine) + 1))
        assert mine["arrive_at"].is_monotonic_increasing
        assert (mine["arrive_at"] >= frames.plan.starts_at).all()
        assert (mine["leave_at"] <= frames.plan.ends_at).all()
        legs = frames.legs[frames.legs["team"] == team.code]
        assert legs["distance_m"].sum() == team.distance_m
    far = frames.unserved[frames.unserved["name"] == "远山工地"]
    assert set(far["reason_code"]) == {"patrol.reason_no_street"}


def test_the_same_inputs_are_not_planned_twice(database, town):
    first = plan_shift(database, town, MONDAY, "day", iterations=100)
    again = plan_shift(database, town, MONDAY, "day", iterations=100)
    assert (again.id, again.reused) == (first.id, True)
    other = plan_shift(database, town, MONDAY, "day", iterations=100, seed=2)
    assert (other.version, other.reused) == (2, False)


def test_the_same_seed_gives_the_same_stored_plan_again(database, town):
    first = plan_shift(database, town, MONDAY, "day", iterations=100)
    plan_shift(database, town, MONDAY, "day", iterations=100, seed=2)
    with database.begin(town) as session:
        session.execute(text("UPDATE shift_plan SET input_digest = 'forgotten' WHERE tenant = :t"), {"t": town})
    third = plan_shift(database, town, MONDAY, "day", iterations=100)
    assert third.version == 3
    with database.begin(town) as session:
        one, three = (load_plan_frames(session, plan) for plan in (first.id, third.id))
    kept = ["team", "seq", "key", "arrive_at", "leave_at"]
    assert one.stops[kept].equals(three.stops[kept])
    assert one.legs.geometry.to_wkb().equals(three.legs.geometry.to_wkb())


def test_people_and_vehicles_of_an_overlapping_shift_are_not_planned_twice(database, town):
    day = plan_shift(database, town, MONDAY, "day", iterations=50)
    with pytest.raises(NobodyOnDuty):
        plan_shift(database, town, MONDAY, "evening", iterations=50)
    assert day.teams > 0


def test_a_closed_school_is_told_apart_from_unserved_demand(database, town):
    saved = plan_shift(database, town, SATURDAY, "day", iterations=50)
    assert [row["name"] for row in saved.closed] == ["一小"]
    assert all(row["reason_code"] != "patrol.reason_closed" for row in saved.unserved)
    assert sum(row["closed"] for row in saved.districts) == 1


def test_ensuring_plans_skips_what_is_planned_or_unmanned(database, town):
    with database.begin(town) as session:
        session.execute(text("DELETE FROM duty WHERE tenant = :t AND shift_code = 'evening'"), {"t": town})
    ids = ensure_plans(database, town, MONDAY)
    assert len(ids) == 1
    assert ensure_plans(database, town, MONDAY) == ids
    with database.begin(town) as session:
        plans, unserved = summarise_plans(session, MONDAY)
    assert [plan["code"] for plan in plans] == ["P01", "P02"]
    assert all(plan["stops"] == plan["served"] + plan["unserved"] for plan in plans)
    assert {row["shift"] for row in unserved} == {"day"}


def test_a_published_plan_is_fixed_and_the_next_one_takes_its_place(database, town):
    first = plan_shift(database, town, MONDAY, "day", iterations=50)
    second = plan_shift(database, town, MONDAY, "day", iterations=50, seed=2)
    publish_plan(database, town, first.id)
    with pytest.raises(PlanFixed):
        publish_plan(database, town, first.id)
    publish_plan(database, town, second.id)
    with database.begin(town) as session:
        rows = session.execute(
            text("SELECT version, status FROM shift_plan WHERE tenant = :t ORDER BY version"), {"t": town}
        ).all()
        assert find_plan(session, MONDAY, "day").id == second.id
    assert [tuple(row) for row in rows] == [(1, "superseded"), (2, "published")]
    with pytest.raises(UnknownPlan):
        publish_plan(database, town, 10**9)


def test_of_two_drafts_published_at_once_only_the_later_is_in_force(database, town):
    first = plan_shift(database, town, MONDAY, "day", iterations=50, seed=3)
    second = plan_shift(database, town, MONDAY, "day", iterations=50, seed=4)
    other = threading.Thread(target=publish_plan, args=(database, town, second.id))
    with database.begin(town) as session:
        lock_shift(session, town, MONDAY, "day")
        assert publish(session, town, first.id)
        other.start()
        other.join(0.5)
        assert other.is_alive(), "the second did not wait for the first"
    other.join(30)
    with database.begin(town) as session:
        rows = session.execute(
            text("SELECT id FROM shift_plan WHERE tenant = :t AND on_date = :on AND status = 'published'"),
            {"t": town, "on": MONDAY},
        ).scalars()
        assert list(rows) == [second.id]


def test_two_overlapping_shifts_planned_at_once_never_share_a_person_or_a_vehicle(database, town):
    loaded, saved = threading.Event(), threading.Event()
    refused: list[BaseException] = []

    def pause(step: str, _done: int, _of: int) -> None:
        if step == "load":
            loaded.set()
            saved.wait(60)

    def plan_evening() -> None:
        try:
            plan_shift(database, town, MONDAY, "evening", iterations=50, progress=pause)
        except TakenMeanwhile as error:
            refused.append(error)

    evening = threading.Thread(target=plan_evening)
    evening.start()
    assert loaded.wait(60)
    plan_shift(database, town, MONDAY, "day", iterations=50)
    saved.set()
    evening.join(60)
    assert [error.code for error in refused] == ["patrol.taken_meanwhile"]
    assert {"S4", "S5", "S6", "S7"} <= set(refused[0].facts["taken"].split(", "))
    assert "S4" in say(refused[0].code, "zh", **refused[0].facts)
    with database.begin(town) as session:
        assert find_plan(session, MONDAY, "evening") is None


def test_a_plan_waits_for_another_of_the_county_to_be_saved(database, town):
    other = threading.Thread(target=plan_shift, args=(database, town, MONDAY, "day"), kwargs={"iterations": 50})
    with database.begin(town) as session:
        lock_plans(session, town)
        other.start()
        other.join(5)
        assert other.is_alive(), "it did not wait"
        assert find_plan(session, MONDAY, "day") is None
    other.join(60)
    with database.begin(town) as session:
        assert find_plan(session, MONDAY, "day") is not None


def test_a_plan_leaves_as_geojson_and_gpx_without_names_of_people(database, town):
    saved = plan_shift(database, town, MONDAY, "day", iterations=50)
    with database.begin(town) as session:
        frames = load_plan_frames(session, saved.id)
    found = json.loads(plan_geojson(frames))
    what = [feature["properties"]["what"] for feature in found["features"]]
    assert what.count("stop") == len(frames.stops)
    assert what.count("route") == len(frames.routes)
    assert what.count("unserved") == len(frames.unserved)
    assert all(117 < shapely.geometry.shape(f["geometry"]).bounds[0] < 118 for f in found["features"])
    space = "{http://www.topografix.com/GPX/1/1}"
    root = ElementTree.fromstring(plan_gpx(frames))
    assert len(root.findall(f"{space}wpt")) == len(frames.stops)
    one = frames.routes["team"].iloc[0]
    assert len(ElementTree.fromstring(plan_gpx(frames, one)).findall(f"{space}trk")) == 1
    assert "S0" not in plan_geojson(frames) + plan_gpx(frames)
    with pytest.raises(UnknownTeam):
        plan_geojson(frames, "nobody")


def test_what_is_missing_is_named_with_its_mend(database, make_county):
    tenant = make_county(EXTENT)
    with pytest.raises(UnknownShift):
        plan_shift(database, tenant, MONDAY, "day")
    roster(database, tenant)
    with pytest.raises(NoGround) as refused:
        plan_shift(database, tenant, MONDAY, "day")
    assert "districts cut" in say(refused.value.code, "zh", **refused.value.facts)
    with pytest.raises(NobodyOnDuty):
        plan_shift(database, tenant, SATURDAY, "day")


def test_a_county_with_districts_is_not_cut_again(database, town):
    with pytest.raises(DistrictsExist):
        cut_county(database, town, n=3)
    with database.begin(town) as session:
        owners = load_roads(session)["owner_district"]
    assert set(owners) == {"P01", "P02"}


def test_imported_streets_without_an_owner_get_one(database, town):
    with database.begin(town) as session:
        session.execute(text("UPDATE road SET owner_district = NULL WHERE tenant = :t AND id % 2 = 0"), {"t": town})
        bare = int(load_roads(session)["owner_district"].isna().sum())
    assert bare > 10
    assert settle_owners(database, town) == bare
    assert settle_owners(database, town) == 0


def test_an_owner_set_while_others_are_being_found_stays(database, town, monkeypatch):
    from geo.roads import owners

    find = owners.assign_owners
    with database.begin(town) as session:
        session.execute(text("UPDATE road SET owner_district = NULL WHERE tenant = :t"), {"t": town})
        streets = load_roads(session).index.tolist()
    own = {"t": town, "id": streets[0]}

    def meanwhile(*args):
        with database.begin(town) as session:
            session.execute(text("UPDATE road SET owner_district = 'X' WHERE tenant = :t AND id = :id"), own)
        return find(*args)

    monkeypatch.setattr(owners, "assign_owners", meanwhile)
    assert settle_owners(database, town) == len(streets) - 1
    with database.begin(town) as session:
        owner = text("SELECT owner_district FROM road WHERE tenant = :t AND id = :id")
        assert session.execute(owner, own).scalar_one() == "X"


@pytest.mark.parametrize(
    ("file", "extent", "n"),
    [
        ("osm-guixi-town/guixi-2024-11.osm", (117.1, 28.2, 117.4, 28.4), 6),
        ("osm-nanjing-centre/nanjing-centre-2021-06-12.osm", (118.6, 31.9, 118.9, 32.2), 6),
    ],
)
def test_every_school_and_market_of_a_real_town_is_a_stop_or_has_a_reason(database, make_county, file, extent, n):
    if not (DATA / file).exists():
        pytest.skip(f"no {file} beside the project")
    tenant = make_county(extent)
    import_osm(database, tenant, DATA / file)
    cut_county(database, tenant, n=n)
    roster(database, tenant)
    saved = plan_shift(database, tenant, MONDAY, "day", iterations=300)
    with database.begin(tenant) as session:
        frames = load_plan_frames(session, saved.id)
        zones = session.execute(
            text("SELECT id, name FROM hotspot_zone WHERE tenant = :t AND kind IN ('school', 'market')"), {"t": tenant}
        ).all()
    assert len(zones) >= 4
    told = [*frames.stops.itertuples(), *frames.unserved.itertuples(), *frames.closed.itertuples()]
    spoken = {int(i) for row in told if row.layer == "hotspot_zone" for i in row.feature_ids}
    assert {int(zone) for zone, _ in zones} <= spoken
    for row in frames.unserved.itertuples():
        assert say(row.reason_code, "zh", **row.reason_facts)
        if row.reason_code == "patrol.reason_no_street":
            assert row.reason_facts["nearest_m"] > 200
    assert saved.parts["car"][0]["length_m"] > 10 * saved.parts["car"][1]["length_m"]
    assert saved.weight_served > 0


def test_a_stored_plan_is_scored_again_to_the_last_digit_and_a_changed_one_is_told(database, town):
    saved = plan_shift(database, town, MONDAY, "day", iterations=20)
    found = rescore_plan(database, town, saved.id)
    assert found.same
    assert found.now == found.stored == saved.value > 0
    assert found.visits > 0
    with database.begin(town) as session:
        session.execute(
            text(
                "UPDATE plan_stop SET begin_at = begin_at - interval '20 minutes' WHERE tenant = :t AND id = "
                "(SELECT max(id) FROM plan_stop WHERE tenant = :t AND plan_id = :p AND saved > 1000)"
            ),
            {"t": town, "p": saved.id},
        )
    assert not rescore_plan(database, town, saved.id).same
    with pytest.raises(UnknownPlan):
        rescore_plan(database, town, 10**9)
