"""``pianqu demo``: from nothing to a served sample county with tomorrow planned.

Every step first asks whether its work is already there, so a second run only starts what must run.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from geo.settings import Settings

if TYPE_CHECKING:
    from geo.db.engine import Database

console = Console(stderr=True)

TREATED = ("02", "09", "03")
"""片区 of the sample that stand for an arcade kept clear, a rubbish campaign, schools with a hospital."""


@contextmanager
def step(title: str, name: str, seconds: dict[str, float]) -> Iterator[None]:
    """Say what is being done on stderr, and note how long it took."""
    begun = time.perf_counter()
    with console.status(title):
        yield
    seconds[name] = round(time.perf_counter() - begun, 2)
    console.print(f"[green]✓[/green] {title}  {seconds[name]:.1f} s")


def demo(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Do everything, print one JSON object, exit.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 8000,
) -> None:
    """Start the sample county 示例县: database, layers, tomorrow's plans, dashboards, web server."""
    from api.supervise import check_port, is_up, run_foreground
    from geo.db.engine import Database

    settings: Settings = context.obj
    if not once:
        check_port(settings, port)
    seconds: dict[str, float] = {}
    with step("启动数据库 · start PostGIS", "database", seconds):
        database = Database.open(settings, migrate=True)
    try:
        report = prepare(database, settings, seconds)
    finally:
        # Whoever keeps the cluster running for others (`pianqu up`) will stop it; otherwise nothing is left behind.
        database.close(stop_cluster=once and not is_up(settings))
    if once:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        run_foreground(settings, port)


def prepare(database: Database, settings: Settings, seconds: dict[str, float]) -> dict[str, Any]:
    """Make whatever of county, plans, pages and accounts is missing; report what there is."""
    from api.commands.dashboards import ensure_dashboards
    from api.commands.days import tomorrow
    from api.commands.people import ensure_demo_accounts
    from api.commands.sample import ensure_sample
    from geo.cases.flow.adopt import ensure_problems
    from geo.db.counts import count_of
    from geo.hotspots.forecast.actions import ensure_forecasts
    from geo.layers.register import KINDS
    from geo.patrol.actions import PlanFixed, ensure_plans, publish_plan, summarise_plans
    from geo.patrol.treatment.actions import ensure_treatments

    with step("示例县数据 · sample county", "sample", seconds):
        ensure_sample(database, settings)
    on = tomorrow(database, settings.tenant)
    with step("热点预测 · forecasts", "forecasts", seconds):
        ensure_forecasts(database, settings.tenant, on)
    with step("回潮、勤务、照明与疑似增量 · studies", "studies", seconds):
        ensure_findings(database, settings)
    with step("片区治理方案 · treatment plans", "treatments", seconds):
        ensure_treatments(database, settings.tenant, [f"{settings.tenant}{one}" for one in TREATED])
    with step(f"编排 {on} 班次 · plan tomorrow's shifts", "plan", seconds):
        for plan in ensure_plans(database, settings.tenant, on):
            with suppress(PlanFixed):  # in force already
                publish_plan(database, settings.tenant, plan, actor="demo")
    with step("问题流转 · problems", "problems", seconds):
        ensure_problems(database, settings.tenant)
    with step("昨日轨迹与对照 · yesterday's tracks", "tracks", seconds):
        ensure_tracks(database, settings.tenant, on - dt.timedelta(days=2))
    with step("一张图与片区页面 · dashboards", "dashboards", seconds):
        ensure_dashboards(database, settings, settings.tenant, on)
    for login, password, role in ensure_demo_accounts(database, settings.tenant):
        console.print(f"  {role:<14} {login:<12} {password}", highlight=False)
    with database.begin(settings.tenant) as session:
        rows = {kind.name: count_of(session, settings.tenant, kind.name) for kind in KINDS}
        plans, unserved = summarise_plans(session, on)
    return {"rows": rows, "plans": plans, "unserved": unserved, "seconds": seconds}


def ensure_tracks(database: Database, tenant: str, on: dt.date) -> None:
    """A day's longest shift planned, walked by made-up tracks and held against its plan, if it was not yet."""
    from data.county.tracks import make_tracks
    from geo.patrol.actions import QUICK_ITERATIONS, PlanFixed, plan_shift, publish_plan
    from geo.patrol.queries import list_shift_kinds, load_people, load_plan_frames
    from geo.patrol.tracks.points import Given
    from geo.patrol.tracks.queries import list_staff_codes, list_team_parts
    from geo.patrol.tracks.scoring.actions import score_shift_of
    from geo.patrol.tracks.scoring.queries import find_plan_to_score, find_score
    from geo.patrol.tracks.take import Batch, file_uid, take_batch

    with database.begin(tenant) as session:
        manned = {kind.code: len(load_people(session, on, kind.code)) for kind in list_shift_kinds(session)}
        code = max(manned, key=lambda one: manned[one], default=None)
        if code is None or not manned[code]:
            return
        before = find_plan_to_score(session, on, code)
        if before is not None and find_score(session, before) is not None:
            return
    number = before
    if number is None:
        number = plan_shift(database, tenant, on, code, iterations=QUICK_ITERATIONS).id
    with suppress(PlanFixed):  # in force already
        publish_plan(database, tenant, number, actor="demo")
    with database.begin(tenant) as session:
        frames = load_plan_frames(session, number)
        assert frames is not None
        parts = list_team_parts(session, number)
        codes = list_staff_codes(session)
        for team, points in make_tracks(frames):
            owner = ("staff", codes[parts[team][0][0]])
            uid = file_uid(f"{number}/{team}".encode(), owner, "phone", 0)
            given = [
                Given(row, one["at"], one["lon"], one["lat"], one["accuracy"]) for row, one in enumerate(points, 1)
            ]
            take_batch(session, tenant, Batch(uid, "phone", owner, given), actor="demo")
    score_shift_of(database, tenant, on, code, actor="demo")


def ensure_findings(database: Database, settings: Settings) -> None:
    """Studies of what returns, of work and of light, a survey from the air, proposals: whichever are missing."""
    from api.commands.footprints import ensure_suspicions
    from geo.hotspots.displacement.actions import ensure_tests
    from geo.hotspots.recurrence.actions import ensure_returns
    from geo.hotspots.studies import ensure_studies

    ensure_returns(database, settings.tenant)
    ensure_tests(database, settings.tenant)
    ensure_studies(database, settings.tenant)
    ensure_suspicions(database, settings)
    ensure_proposals(database, settings.tenant)


def ensure_proposals(database: Database, tenant: str) -> None:
    """A re-cut of the 片区 and a choice of ten places for stalls, if nobody asked for any yet."""
    from geo.hotspots.districting.queries import list_proposals
    from geo.hotspots.siting.queries import list_plans

    with database.begin(tenant) as session:
        proposed = list_proposals(session, tenant, most=1)
        chosen = list_plans(session, tenant, most=1)
    if not proposed:
        from geo.hotspots.districting.ground import RecutRequest
        from geo.hotspots.districting.proposals import propose_districts

        propose_districts(database, tenant, RecutRequest(), actor="demo")
    if not chosen:
        from geo.hotspots.siting.actions import CountyRequest, plan_sites

        plan_sites(database, tenant, CountyRequest("vendor_relief", 10), actor="demo")


def mount(app: typer.Typer) -> None:
    """Add ``demo``."""
    app.command()(demo)
