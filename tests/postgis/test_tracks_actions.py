"""Positions in, and a shift held against its plan: every figure worked out by hand beforehand."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
import shapely
import shapely.affinity
from sqlalchemy import text

from api.jobs.clock import HOURLY
from geo.cases.campaigns.figures import list_weeks, measure_campaign
from geo.cases.points.actions import rank
from geo.cases.points.score import POINTS
from geo.db.counties import get_county
from geo.db.engine import Database
from geo.hotspots.displacement.actions import assess_operations
from geo.hotspots.displacement.queries import list_tests
from geo.layers.offsets import to_gcj02
from geo.patrol.tracks.calls.call import NobodyLicensed
from geo.patrol.tracks.calls.estimate import estimate_pairs
from geo.patrol.tracks.calls.streets import nearest_pairs
from geo.patrol.tracks.checkins import BadCheckin, Checkin, OffShift, UnknownStop, check_in
from geo.patrol.tracks.effects import hand_over_posts
from geo.patrol.tracks.keep import BadRetention, purge_tracks, set_keep_days
from geo.patrol.tracks.points import Given
from geo.patrol.tracks.queries import list_batches, load_tracks
from geo.patrol.tracks.scoring.actions import NoPlanToScore, find_scored, score_shift_of, uncovered
from geo.patrol.tracks.scoring.queries import list_items
from geo.patrol.tracks.take import BadBatch, Batch, UidTaken, UnknownOwner, import_tracks, keep_days, take_batch
from geo.uids import uuid7
from tests.tracked import ON, add, at, degrees, lay_out, stand, walk

LATER = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)
EXTENT = (117.1, 28.2, 117.4, 28.4)


@pytest.fixture
def town(database: Database, make_county: Any) -> tuple[str, dict[str, int]]:
    tenant = make_county(EXTENT)
    return tenant, lay_out(database, tenant)


def given(points: Iterable[dict[str, Any]]) -> list[Given]:
    return [Given(row, one["at"], one["lon"], one["lat"], one.get("accuracy")) for row, one in enumerate(points, 1)]


def take(database: Database, tenant: str, staff: str, points: Iterable[dict[str, Any]], **more: Any) -> Any:
    batch = Batch(uuid7(), "phone", ("staff", staff), given(points))
    with database.begin(tenant) as session:
        return take_batch(session, tenant, dataclasses.replace(batch, **more), now=LATER)


def the_day(database: Database, tenant: str) -> None:
    """R1 walks two blocks, is at the post from 09:01 to 09:55, then its phone is silent; L1 walks the main street."""
    take(database, tenant, "S1", [*walk(50, [(0, 0), (390, 0)]), *stand(61, 54, (400, 10))])
    take(database, tenant, "S3", walk(30, [(0, 0), (600, 0), (600, 200)]))


def test_a_batch_is_taken_once_whatever_is_sent_again(database: Database, town: Any) -> None:
    tenant, _ = town
    batch = Batch(uuid7(), "phone", ("staff", "S1"), given(walk(10, [(0, 0), (100, 0)])))
    with database.begin(tenant) as session:
        first = take_batch(session, tenant, batch, now=LATER)
    with database.begin(tenant) as session:
        again = take_batch(session, tenant, batch, now=LATER)
        stored = session.execute(text("SELECT count(*) FROM track WHERE tenant = :t"), {"t": tenant}).scalar_one()
    assert (first.given, first.kept, first.again) == (21, 21, False)
    assert (again.id, again.given, again.kept, again.again) == (first.id, 21, 21, True) and stored == 1
    other = Checkin(batch.uid, ON, "day", "R1", "zone:77:1", "S1", at(181))
    with pytest.raises(UidTaken), database.begin(tenant) as session:
        check_in(session, tenant, other, now=LATER)


def test_positions_off_shift_leave_no_trace_but_their_number(database: Database, town: Any) -> None:
    tenant, ids = town
    points = [*walk(-1, [(0, 0), (120, 0)]), *walk(480, [(0, 0), (10, 0)])]
    taken = take(database, tenant, "S1", points)
    # 08:00:00 and 16:00:00 are on shift; the twelve before, and the two after the end, are not.
    assert taken.refused == {"off_shift": 14} and taken.kept == 14
    assert taken.rows == [(1, 12, "off_shift"), (27, 28, "off_shift")]
    nobody = take(database, tenant, "S4", walk(10, [(0, 0), (100, 0)]))
    assert (nobody.kept, nobody.refused) == (0, {"off_shift": 21})
    with database.begin(tenant) as session:
        rows = load_tracks(session, at(-60), at(600), [ids["S1"], ids["S4"]], [])
        kept = session.execute(
            text("SELECT coalesce(sum(cardinality(at_ms)), 0) FROM track WHERE tenant = :t"), {"t": tenant}
        )
        assert sum(len(row[5]) for row in rows) == kept.scalar_one() == 14
        assert {batch["refused"]["counts"]["off_shift"] for batch in list_batches(session)} == {14, 21}


def test_every_position_not_taken_has_its_row_and_reason(database: Database, town: Any) -> None:
    tenant, _ = town
    lon, lat = degrees(0, 0)
    good = at(10).isoformat()
    rows = [
        {"at": good, "lon": lon, "lat": lat}, {"at": "soon", "lon": lon, "lat": lat},
        {"at": at(11).isoformat(), "lon": "x", "lat": lat}, {"at": at(11).isoformat(), "lon": lat, "lat": lon},
        {"at": at(11).isoformat(), "lon": 10, "lat": 20}, {"at": "2027-01-01", "lon": lon, "lat": lat},
        {"at": "2020-01-01", "lon": lon, "lat": lat}, {"at": good, "lon": lon, "lat": lat},
    ]  # fmt: skip
    taken = take(database, tenant, "S1", rows)
    assert taken.kept == 1
    assert taken.rows == [
        (2, 2, "time"), (3, 3, "place"), (4, 4, "swapped"), (5, 5, "outside"), (6, 6, "to_come"), (7, 7, "too_old"),
        (8, 8, "again"),
    ]  # fmt: skip


def test_a_batch_that_cannot_be_is_refused_as_a_whole(database: Database, town: Any) -> None:
    tenant, _ = town
    points = walk(10, [(0, 0), (100, 0)])
    wrong: tuple[tuple[dict[str, Any], type[Exception]], ...] = (
        ({"owner": ("staff", "S9")}, UnknownOwner),
        ({"source": "balloon"}, BadBatch),
        ({"source": "vehicle"}, BadBatch),
        ({"device": "D1", "points": []}, BadBatch),
    )
    for more, error in wrong:
        with pytest.raises(error):
            take(database, tenant, "S1", more.pop("points", points), **more)


def test_a_vehicle_is_on_shift_while_a_published_plan_gives_it_to_a_team(database: Database, town: Any) -> None:
    tenant, _ = town
    taken = take(
        database,
        tenant,
        "",
        walk(470, [(0, 0), (600, 0)], speed_ms=0.5),
        source="vehicle",
        owner=("vehicle", "赣E0001"),
    )
    assert (taken.kept, taken.refused) == (121, {"off_shift": 120})


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], encoding: str) -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_files_of_recorders_and_terminals_are_read_as_they_come(database: Database, town: Any, tmp_path: Path) -> None:
    tenant, ids = town
    points = walk(10, [(0, 0), (200, 0)])
    shifted = [tuple(float(v) for v in to_gcj02(one["lon"], one["lat"])) for one in points]
    local = [dt.datetime.fromisoformat(one["at"]).astimezone(dt.timezone(dt.timedelta(hours=8))) for one in points]
    rows = [("S1", f"{t:%Y/%m/%d %H:%M:%S}", lon, lat, 6) for t, (lon, lat) in zip(local, shifted, strict=True)]
    rows.append(("S9", "2026/03/02 08:20:00", 117.2, 28.3, 6))
    file = write_csv(tmp_path / "记录仪.csv", ["工号", "定位时间", "经度", "纬度", "精度"], rows, "gbk")
    one, lost = import_tracks(database, tenant, file, source="recorder", offset="gcj02", now=LATER)
    assert (one.given, one.kept, lost.refused) == (41, 41, {"no_owner": 1})
    again, _ = import_tracks(database, tenant, file, source="recorder", offset="gcj02", now=LATER)
    assert again.again and again.id == one.id
    with database.begin(tenant) as session:
        (row,) = load_tracks(session, at(0), at(480), [ids["S1"]], [])
    assert abs(row[6][0] / 1e7 - points[0]["lon"]) < 1e-6 and abs(row[7][-1] / 1e7 - points[-1]["lat"]) < 1e-6
    gpx = tmp_path / "walk.gpx"
    track = "".join(f'<trkpt lat="{p["lat"]}" lon="{p["lon"]}"><time>{p["at"]}</time></trkpt>' for p in points)
    gpx.write_text(f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{track}</trkseg></trk></gpx>')
    (taken,) = import_tracks(database, tenant, gpx, source="phone", owner=("staff", "S2"), now=LATER)
    assert taken.kept == 41
    told = tmp_path / "track.json"
    told.write_text(json.dumps({"points": [{"t": p["at"], "lng": p["lon"], "lat": p["lat"]} for p in points]}))
    (taken,) = import_tracks(
        database, tenant, told, source="phone", owner=("staff", "S3"), mapping={"at": "t"}, now=LATER
    )
    assert taken.kept == 41
    with pytest.raises(BadBatch):
        import_tracks(database, tenant, gpx, source="phone")


def test_a_shift_comes_out_as_worked_out_by_hand(database: Database, town: Any) -> None:
    tenant, ids = town
    the_day(database, tenant)
    scored = score_shift_of(database, tenant, ON, "day", until_at=LATER)
    figures = scored.figures
    assert figures["posts_on_time"] == {"n": 1, "of": 1}
    # It was inside at 08:56:30 and at 09:01, which is no gap, so it was inside at 09:00 too.
    assert figures["post_s"] == {"n": 55 * 60, "of": 60 * 60}
    assert figures["stops"] == {"n": 2, "of": 3} and figures["stops_unseen"] == 1
    assert figures["passes"] == {"n": 1, "of": 1}
    # Four of 24 blocks of 200 m are walked end to end, less what is lost at the ends of a way.
    assert figures["streets"] == {"n": 4, "of": 24}
    assert figures["street_m"]["of"] == 4800 and 4 * 200 - 40 <= figures["street_m"]["n"] <= 800
    # S1 was seen from 08:50:00 to 09:55, S3 for 800 s from 08:30, of two planned days of four hours.
    assert figures["observed_s"] == {"n": 65 * 60 + 800, "of": 2 * 4 * 3600}
    assert figures["positions"]["n"] == figures["positions"]["of"] == 79 + 109 + 161
    with database.begin(tenant) as session:
        found = find_scored(session, ON, "day")
        items = list_items(session, found.id)
    teams = {item.key: item.figures for item in items if item.kind == "team"}
    assert teams["R1"]["unobservable_s"] == 4 * 3600 - 65 * 60 and teams["R1"]["gaps"] == [[0, 3000], [6900, 14400]]
    stops = {item.key: item for item in items if item.kind == "stop"}
    post = stops[f"post:{ids['post']}:0"]
    assert (post.figures["state"], post.done, post.figures["buffer_m"]) == ("on_time", True, 50)
    assert stops["zone:77:1"].figures["state"] == "unseen" and stops["zone:77:1"].done is None
    (deviation,) = [item for item in items if item.kind == "deviation"]
    assert (deviation.key, deviation.figures["reason"]) == ("zone:77:1", "unseen")
    cells = [item for item in items if item.kind == "cell"]
    assert figures["cells"] == {"n": sum(bool(item.done) for item in cells), "of": len(cells)}
    assert sum(item.figures["street_m"]["of"] for item in cells) == pytest.approx(4800, abs=len(cells))
    open_first = [item for item in items if item.kind == "street" and not item.done]
    assert len(open_first) == 20 and {item.figures["tier"] for item in open_first} == {"lane"}
    with database.begin(tenant) as session:  # one stop kept by each team: a point for everybody in it, once
        first, last = ON, ON + dt.timedelta(days=1)
        assert {one["code"]: one["points"] for one in rank(session, tenant, first, last)["people"]} == dict.fromkeys(
            ("S1", "S2", "S3"), POINTS["covered"]
        )
        assert rank(session, tenant, last, last + dt.timedelta(days=1))["people"] == []


def test_the_same_data_are_scored_once_and_new_ones_anew(database: Database, town: Any) -> None:
    tenant, _ = town
    take(database, tenant, "S3", walk(30, [(0, 0), (600, 0)]))
    first = score_shift_of(database, tenant, ON, "day", until_at=LATER)
    again = score_shift_of(database, tenant, ON, "day", until_at=LATER)
    assert again.reused and again.id == first.id and again.figures == first.figures
    take(database, tenant, "S1", stand(59, 61, (400, 0)))
    more = score_shift_of(database, tenant, ON, "day", until_at=LATER)
    with database.begin(tenant) as session:
        found = rank(session, tenant, ON, ON + dt.timedelta(days=1))["people"]
    assert {one["points"] for one in found} == {POINTS["covered"]}  # of the newest score alone
    assert more.id != first.id and more.figures["post_s"]["n"] == 3600
    with pytest.raises(NoPlanToScore):
        score_shift_of(database, tenant, ON + dt.timedelta(days=1), "day")


def test_gaps_and_bad_accuracy_do_not_count_as_being_there(database: Database, town: Any) -> None:
    tenant, _ = town
    silent = [*stand(60, 20, (400, 0)), *stand(86, 34, (400, 0))]
    take(database, tenant, "S1", silent)
    assert score_shift_of(database, tenant, ON, "day", until_at=LATER).figures["post_s"]["n"] == 54 * 60
    blurred = [{**one, "accuracy": 51} for one in stand(80, 6, (400, 0))]
    take(database, tenant, "S2", blurred)
    figures = score_shift_of(database, tenant, ON, "day", until_at=LATER).figures
    assert figures["post_s"]["n"] == 54 * 60 and figures["inaccurate"] == len(blurred)


def test_what_is_open_before_the_end_is_told_by_tier(database: Database, town: Any) -> None:
    tenant, _ = town
    take(database, tenant, "S3", walk(30, [(0, 0), (200, 0), (200, 600)]))
    with database.begin(tenant) as session:
        streets = uncovered(session, tenant, ON, "day", at=at(60))
        assert [one.tier for one in streets[:3]] == ["main", "main", "lane"]
        assert sum(one.length_m for one in streets) == 20 * 200
        assert all(len(one.lines) == 1 and one.district_code == "P01" for one in streets)
        assert len(uncovered(session, tenant, ON, "day", at=at(29))) == 24


def test_a_check_in_outside_is_kept_and_marked(database: Database, town: Any) -> None:
    tenant, ids = town
    lon, lat = degrees(400, 0)
    base = Checkin(uuid7(), ON, "day", "R1", f"post:{ids['post']}:0", "S1", at(59), lon, lat, 8)
    with database.begin(tenant) as session:
        inside, again = check_in(session, tenant, base, now=LATER)
        assert (inside.place, inside.distance_m, again) == ("inside", 0, False)
        assert check_in(session, tenant, base, now=LATER)[1]
        far = dataclasses.replace(base, uid=uuid7(), lon=degrees(600, 0)[0], note="被叫去处理投诉")
        assert check_in(session, tenant, far, now=LATER)[0].place == "outside"
        assert check_in(session, tenant, far, now=LATER)[0].distance_m == 150
        blind = dataclasses.replace(base, uid=uuid7(), lon=None, lat=None)
        assert check_in(session, tenant, blind, now=LATER)[0].place == "no_position"
        for wrong, error in (
            ({"staff": "S4"}, OffShift), ({"staff": "S9"}, UnknownOwner), ({"stop": "post:0:0"}, UnknownStop),
            ({"at": at(481)}, OffShift), ({"at": LATER + dt.timedelta(hours=1)}, BadCheckin),
            ({"lon": 10.0}, BadCheckin),
        ):  # fmt: skip
            with pytest.raises(error):
                check_in(session, tenant, dataclasses.replace(base, uid=uuid7(), **wrong), now=LATER)
    figures = score_shift_of(database, tenant, ON, "day", until_at=LATER).figures
    # Nobody could see the hour itself, so the check-in says they came, and nobody that they left.
    assert figures["posts_on_time"] == {"n": 0, "of": 1} and figures["posts_unseen"] == 1
    with pytest.raises(Exception, match="permission denied"), database.begin(tenant) as session:
        session.execute(text("UPDATE checkin SET place = 'inside' WHERE tenant = :t"), {"t": tenant})


def test_the_nearest_licensed_pair_comes_with_its_time_and_its_losses(database: Database, town: Any) -> None:
    tenant, _ = town
    lon, lat = degrees(600, 0)
    with database.begin(tenant) as session:
        (planned,) = nearest_pairs(session, tenant, lon, lat, at=at(90))
    # By the plan it stands at the post, 200 m away on foot at 4.8 km/h, and must come back to it.
    assert (planned.team, planned.seen_at, planned.distance_m, planned.eta_s) == ("R1", None, 200, 150)
    late = {one.key.split(":")[0]: (one.later_s, one.lost) for one in planned.delays}
    assert late["post"] == (150 + 1200 + 150, True) and "zone" not in late
    take(database, tenant, "S2", walk(80, [(0, 0), (0, 600)]))
    with database.begin(tenant) as session:
        (seen,) = nearest_pairs(session, tenant, lon, lat, at=at(90))
        assert seen.seen_at == at(90) and seen.distance_m == 1200
        (stale,) = nearest_pairs(session, tenant, lon, lat, at=at(106))
        assert stale.seen_at is None
        with pytest.raises(NobodyLicensed):
            nearest_pairs(session, tenant, lon, lat, at=at(500))


def test_the_nearest_pair_is_estimated_without_the_network(database: Database, town: Any) -> None:
    tenant, _ = town
    lon, lat = degrees(600, 0)
    with database.begin(tenant) as session:
        (exact,) = nearest_pairs(session, tenant, lon, lat, at=at(90))
        (told,) = estimate_pairs(session, lon, lat, at=at(90))
        assert (told.team, told.eta_by, told.seen_at, exact.eta_by) == ("R1", "legs", None, "streets")
        # The plan has fewer rides than ten: a metre as the crow flies takes what 1.3 m of street take on foot.
        assert told.eta_s == pytest.approx(200 * 0.98, abs=2) and told.eta_low_s <= exact.eta_s <= told.eta_high_s
        assert [one.key for one in told.delays] == [one.key for one in exact.delays]
        assert [one.lost for one in told.delays] == [one.lost for one in exact.delays]
        for minute in (1, 12, 25, 59, 100, 200):
            (exact,) = nearest_pairs(session, tenant, lon, lat, at=at(minute))
            (told,) = estimate_pairs(session, lon, lat, at=at(minute))
            assert (told.lon, told.lat) == pytest.approx((exact.lon, exact.lat), abs=1e-6)
    take(database, tenant, "S2", walk(80, [(0, 0), (0, 600)]))
    with database.begin(tenant) as session:
        (seen,) = estimate_pairs(session, lon, lat, at=at(90))
        assert seen.seen_at == at(90) and seen.eta_s == pytest.approx(848.5 * 0.98, rel=0.01)
        with pytest.raises(NobodyLicensed):
            estimate_pairs(session, lon, lat, at=at(500))


def test_held_posts_are_compared_with_before(database: Database, town: Any) -> None:
    tenant, ids = town
    take(database, tenant, "S1", stand(60, 60, (400, 0)))
    score_shift_of(database, tenant, ON, "day", until_at=LATER)
    with database.begin(tenant) as session:
        spot = f"SRID=4490;POINT({degrees(400, 0)[0]} {degrees(400, 0)[1]})"
        for week in range(1, 12):
            session.execute(
                text(
                    "INSERT INTO event (tenant, uid, code, source, source_key, occurred_at, geom)"
                    " VALUES (:t, :u, '0201', 'test', :k, :at, ST_GeomFromEWKT(:g))"
                ),
                {"t": tenant, "u": uuid7(), "k": f"e{week}", "at": at(90) - dt.timedelta(weeks=week), "g": spot},
            )
    keys = hand_over_posts(database, tenant, ON, ON)
    assert keys == ["post:G01:2026-03-02"] == hand_over_posts(database, tenant, ON, ON)
    assert assess_operations(database, tenant, key=keys[0]) == 1
    with database.begin(tenant) as session:
        tests = list_tests(session)
        span = session.execute(
            text("SELECT from_at, to_at, kind FROM operation WHERE tenant = :t"), {"t": tenant}
        ).one()
    assert tuple(span) == (at(60), at(120), "post")
    assert {row["verdict"] for row in tests if row["phase"] == "during"} <= {"insufficient"}
    del ids


def test_retention_removes_and_proves_it(database: Database, town: Any) -> None:
    tenant, ids = town
    the_day(database, tenant)
    score_shift_of(database, tenant, ON, "day", until_at=LATER)
    with database.begin(tenant) as session:
        check_in(session, tenant, Checkin(uuid7(), ON, "day", "R1", f"post:{ids['post']}:0", "S1", at(61)), now=LATER)
        assert keep_days(session) == 90
        set_keep_days(session, tenant, 30)
        with pytest.raises(BadRetention):
            set_keep_days(session, tenant, 0)
    kept = purge_tracks(database, tenant, now=at(0) + dt.timedelta(days=30))
    assert (kept.batches, kept.checkins) == (0, 0) and kept.oldest is not None
    gone = purge_tracks(database, tenant, now=LATER + dt.timedelta(days=31))
    assert (gone.batches, gone.points, gone.checkins, gone.lines, gone.oldest) == (2, 349, 1, 2, None)
    with database.begin(tenant) as session:
        proof = session.execute(
            text("SELECT facts FROM change WHERE tenant = :t AND kind = 'track.purged'"), {"t": tenant}
        ).scalar_one()
        assert proof["points"] == 349 and proof["oldest"] == "None"
        assert find_scored(session, ON, "day").figures["posts_on_time"]["of"] == 1
        assert load_tracks(session, at(-9999), at(9999), [ids["S1"], ids["S3"]], []) == []


def test_the_hourly_clock_forgets_what_is_kept_no_longer_and_proves_it_once(
    database: Database, town: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tenant, _ = town
    the_day(database, tenant)
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        set_keep_days(session, tenant, 10)
    monkeypatch.setattr("geo.db.counties.list_counties", lambda _: [county])
    forget = dict(HOURLY)["tracks.purged"]

    def aged(days: int) -> int:
        """Make the first batch so old and the other new, and let the clock look."""
        with database.begin_as_owner() as owner:
            statement = (
                "UPDATE track SET (from_at, to_at) = (SELECT at, at FROM (SELECT now() - make_interval(days => "
                "CASE WHEN id = (SELECT min(id) FROM track WHERE tenant = :t) THEN :d ELSE 0 END) AS at) AS told) "
                "WHERE tenant = :t"
            )
            owner.execute(text(statement), {"t": tenant, "d": days})
        return forget(database)

    def proofs() -> list[Any]:
        with database.begin(tenant) as session:
            found = "SELECT facts, actor FROM change WHERE tenant = :t AND kind = 'track.purged' ORDER BY id"
            return list(session.execute(text(found), {"t": tenant}))

    assert aged(9) == 0 and proofs() == []
    assert aged(11) == 1
    ((facts, actor),) = proofs()
    assert (facts["batches"], facts["keep_days"], actor) == (1, 10, "clock") and facts["points"] > 0
    with database.begin(tenant) as session:
        assert session.execute(text("SELECT count(*) FROM track WHERE tenant = :t"), {"t": tenant}).scalar_one() == 1
    assert forget(database) == 0 and len(proofs()) == 1, "nothing more to forget, nothing more to prove"


def test_another_county_sees_none_of_it(database: Database, town: Any, make_county: Any) -> None:
    tenant, ids = town
    the_day(database, tenant)
    with database.begin(make_county(EXTENT)) as session:
        assert load_tracks(session, at(-9999), at(9999), [ids["S1"], ids["S3"]], []) == []
        assert list_batches(session) == []
    assert uuid.UUID(int=0) != uuid7()


def test_a_campaign_tells_the_minutes_trackers_saw_on_its_ground(database: Database, town: Any) -> None:
    tenant, _ = town
    the_day(database, tenant)
    before = score_shift_of(database, tenant, ON, "day", until_at=LATER)
    assert "campaigns" not in before.figures
    corners = [degrees(x, y) for x, y in ((349, -50), (451, -50), (451, 50), (349, 50))]
    ground = shapely.MultiPolygon([shapely.Polygon(corners)]).wkt
    elsewhere = shapely.affinity.translate(shapely.from_wkt(ground), 0.02).wkt
    runs = {"state": "running", "started_at": at(60), "codes": ["04-05"], "code_system": "s", "goal": "廊道畅通"}
    with database.begin(tenant) as session:
        for code, place in (("ZX1", ground), ("ZX2", elsewhere)):
            days = {"first_on": ON, "last_on": ON + dt.timedelta(days=9), "name": code}
            add(session, "campaign", tenant=tenant, code=code, geom=f"SRID=4490;{place}", **runs, **days)
    told = score_shift_of(database, tenant, ON, "day", until_at=LATER)
    # R1 is two: 350 to 390 m on foot, 4.5 minutes unseen, 54 minutes at the post; L1 is one and goes along.
    on_ground = {"teams": 2, "team_s": 40 + 270 + 54 * 60 + 100, "person_s": 2 * (40 + 270 + 54 * 60) + 100}
    nobody = {"teams": 0, "team_s": 0, "person_s": 0}
    assert not told.reused and told.figures["campaigns"] == {"ZX1": on_ground, "ZX2": nobody}
    assert score_shift_of(database, tenant, ON, "day", until_at=LATER).reused
    with database.begin(tenant) as session:
        figures = measure_campaign(session, tenant, "ZX1", now=LATER)
        (week,) = list_weeks(session, tenant, ON, 1)
    assert figures["tracked"] == {"person_minutes": 120, "team_minutes": 60, "shifts_scored": 1, "shifts_planned": 1}
    assert [one["tracked_minutes"] for one in figures["weeks"]] == [0, 0, 0, 0, 120] and week["tracked_minutes"] == 120
    assert figures["effort"]["person_minutes"] == 0
