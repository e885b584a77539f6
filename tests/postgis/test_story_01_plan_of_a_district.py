"""Story 1: the planner publishes a 片区 plan; its posts are whole, what is published stays, and it can be repeated."""

from __future__ import annotations

import dataclasses
import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import shapely
from sqlalchemy import text

from geo.crs import STORAGE, transformer
from geo.db.engine import Database
from geo.patrol.actions import PlanFixed, plan_shift, publish_plan
from geo.patrol.demand.book.posts import PostDraft, list_posts, save_post
from geo.patrol.demand.posts import FIVE, PostIncomplete
from geo.patrol.queries import load_plan_frames
from geo.patrol.rescore import rescore_plan
from geo.patrol.treatment.actions import RevisedMeanwhile, draft_treatment, get_treatment, revise_treatment, take_step
from geo.patrol.treatment.content import Content, ContentBroken, Frequency, Problem, Target, read_content
from geo.settings import Settings
from maps.plans import read_shift
from maps.reports.route_sheet import MOST_STOPS, columns, lines
from tests import clock
from tests.bureaus import EXTENT, MONDAY, found_county
from tests.towns import ORIGIN, SRID

BUDGET = 30
VISIT = "key, team_id, seq, arrive_at, begin_at, leave_at"

CHANGES = (
    "UPDATE hotspot_zone SET opening = 'Mo-Su 12:00-13:00' WHERE tenant = :t AND source_key = 'z0'",
    "DELETE FROM hotspot_zone WHERE tenant = :t AND source_key = 'z1'",
    "UPDATE road SET oneway = 1 WHERE tenant = :t AND tier = 'main'",
    "DELETE FROM road WHERE tenant = :t AND source_key IN ('12', '30')",
    "UPDATE staff SET active = false WHERE tenant = :t AND code = 'A07'",
    """
    INSERT INTO return_study (tenant, record_from_at, record_to_at, radius_m, within_s, events, closings, links)
    VALUES (:t, now() - interval '90 days', now(), 50, 86400, 900, 800, 400)""",
    """
    INSERT INTO zone_hazard (tenant, study_id, zone_id, per_hour, per_hour_lower, per_hour_upper, rho_min,
                             rho_lower_min, rho_upper_min, active_min, events, returns, kind)
    SELECT :t, s.id, z.id, array_fill(3.0, ARRAY[168]), array_fill(2.0, ARRAY[168]), array_fill(4.0, ARRAY[168]),
           25, 20, 30, 40, 300, 90, z.kind
    FROM return_study s, hotspot_zone z WHERE s.tenant = :t AND z.tenant = :t""",
    """
    INSERT INTO event (tenant, uid, code, source, source_key, occurred_at, geom)
    SELECT :t, gen_random_uuid(), '0201', 'test', n::text, now() - n * interval '1 hour', ST_PointOnSurface(z.geom)
    FROM generate_series(1, 60) n, hotspot_zone z WHERE z.tenant = :t AND z.source_key = 'z2'""",
)


@pytest.fixture
def town(database: Database, make_county: Callable[..., str]) -> str:
    tenant = make_county(EXTENT)
    found_county(database, tenant, zones=10)
    return tenant


def gate() -> PostDraft:
    """A whole post of story 1 at the corner of the town's main street."""
    lon, lat = transformer(SRID, STORAGE).transform(ORIGIN[0] + 400, ORIGIN[1])
    return PostDraft(
        "G01", "一小校门岗", ("A04",), "Mo-Fr 11:30-12:20", shapely.Point(lon, lat), "劝离摊贩", "占道不超过一处", "P01"
    )


def stored(database: Database, tenant: str, plan_id: int) -> list[list[tuple[Any, ...]]]:
    """Everything of a plan but its state, row by row."""
    parts = (
        ("code, mode, licences, duration_s, distance_m, start", "plan_team", "plan_id"),
        ("team_id, staff_id", "plan_member", "plan_id"),
        (f"{VISIT}, saved, earlier, later, reason_code, reason_facts::text, geom", "plan_stop", "plan_id"),
        ("team_id, seq, kind, duration_s, distance_m, geom", "plan_leg", "plan_id"),
        ("value, value_total, weight_served, input_digest, summary::text, recurrence::text", "shift_plan", "id"),
    )
    asked = [f"SELECT {what} FROM {table} WHERE tenant = :t AND {key} = :p ORDER BY 1, 2" for what, table, key in parts]
    with database.begin(tenant) as session:
        values = {"t": tenant, "p": plan_id}
        return [[tuple(row) for row in session.execute(text(one), values)] for one in asked]


def test_story_01_a_plan_of_a_district_takes_whole_posts_only_and_is_frozen_once_approved(
    database: Database, town: str
) -> None:
    nothing = {"people": (), "opening": " ", "place": None, "duty": "", "effect": ""}
    assert set(nothing) == set(FIVE)
    first = clock.today() + dt.timedelta(days=7)
    content = Content(
        "老城治理", "守住校门", "A00", first, first + dt.timedelta(days=27), (Problem("占道", ("0201",)),),
        (Target("events", 3, ("0201",)),), ("G01",), (), (Frequency("day", ("Mo", "Fr")),),
    )  # fmt: skip
    with database.begin(town) as session:
        for lacking, value in nothing.items():
            with pytest.raises(PostIncomplete) as refused:
                save_post(session, town, dataclasses.replace(gate(), **{lacking: value}))
            assert refused.value.facts["missing"] == lacking
        assert list_posts(session) == []
        with pytest.raises(ContentBroken) as unknown:
            draft_treatment(session, town, "P01", content, "planner")
        assert unknown.value.facts["posts"] == "G01"
        save_post(session, town, gate())
        number = draft_treatment(session, town, "P01", content, "planner")
        assert take_step(session, town, number, "approve", "planner") == "approved"
        other = dataclasses.replace(content, title="改了")
        with pytest.raises(RevisedMeanwhile):
            revise_treatment(session, town, number, 1, other, "planner")
        assert read_content(get_treatment(session, town, number)) == content
        later = draft_treatment(session, town, "P01", other, "planner")
        assert get_treatment(session, town, later)["version"] == 2
        assert get_treatment(session, town, number)["title"] == content.title


def test_story_01_a_published_version_keeps_every_row_and_figure_whatever_changes_after(
    database: Database, town: str
) -> None:
    with database.begin(town) as session:
        save_post(session, town, gate())
    first = plan_shift(database, town, MONDAY, "day", iterations=BUDGET)
    publish_plan(database, town, first.id)
    before = stored(database, town, first.id)
    assert sum(row[0].startswith("post:") and row[1] is not None for row in before[2]) == 1
    with database.begin(town) as session:
        for change in CHANGES:
            assert session.execute(text(change), {"t": town}).rowcount > 0, change
    second = plan_shift(database, town, MONDAY, "day", iterations=BUDGET)
    publish_plan(database, town, second.id)
    assert (second.version, second.reused) == (2, False)
    assert stored(database, town, first.id) == before
    assert stored(database, town, second.id)[4][0][3] != before[4][0][3], "the shift is another one now"
    with pytest.raises(PlanFixed):
        publish_plan(database, town, first.id)
    again = rescore_plan(database, town, first.id)
    assert (again.now, again.stored, again.differ) == (first.value, first.value, [])
    assert again.visits > 0 and first.value > 0


def test_story_01_another_process_makes_the_same_plan_and_each_pairs_day_fits_its_page(
    database: Database, settings: Settings, town: str
) -> None:
    first = plan_shift(database, town, MONDAY, "day", iterations=BUDGET, seed=7)
    plan_shift(database, town, MONDAY, "day", iterations=BUDGET, seed=8)  # so that the third is computed, not found
    code = (
        "import datetime as dt\n"
        "from pathlib import Path\n"
        "from geo.db.engine import Database\n"
        "from geo.patrol.actions import plan_shift\n"
        "from geo.settings import Settings\n"
        f"settings = Settings(home=Path({str(settings.home)!r}), tenant='990101', database_url=None, port=8000)\n"
        "database = Database.open(settings)\n"
        f"saved = plan_shift(database, {town!r}, dt.date(2026, 11, 23), 'day', iterations={BUDGET}, seed=7)\n"
        "print(saved.id, saved.version, saved.reused)"
    )
    other = {**os.environ, "PYTHONHASHSEED": "4711", "NUMBA_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=other)
    number, version, reused = run.stdout.split()
    assert (version, reused) == ("3", "False")
    columns_kept = ["team", "seq", "key", "arrive_at", "begin_at", "leave_at", "saved", "earlier", "later"]
    with database.begin(town) as session:
        one, three = (load_plan_frames(session, plan) for plan in (first.id, int(number)))
    assert one is not None and three is not None
    assert one.stops[columns_kept].equals(three.stops[columns_kept])
    assert one.unserved.equals(three.unserved)
    assert one.legs.geometry.to_wkb().equals(three.legs.geometry.to_wkb())
    assert one.teams["member_codes"].tolist() == three.teams["member_codes"].tolist()
    shift = read_shift(one, "日班")
    assert len(shift.teams) == first.teams
    assert sum(len(team.stops) for team in shift.teams) >= first.served
    for team in shift.teams:
        assert lines(team.stops) <= MOST_STOPS
        assert [stop for column in columns(team.stops) for stop in column] == list(team.stops)
