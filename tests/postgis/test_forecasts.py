"""Forecasts in the database: made once, never changed, scored when their days have passed; callers shown to nobody."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import geopandas
import numpy as np
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from api.jobs.forecasts import score_everywhere
from geo.db.engine import Database
from geo.hotspots.actions import save_presence
from geo.hotspots.exposure import OriginsMissing
from geo.hotspots.forecast import queries
from geo.hotspots.forecast.actions import ensure_forecasts, hold_models, make_forecasts
from geo.hotspots.forecast.leaderboard import Standing, as_row
from geo.hotspots.forecast.watch import score_forecasts, watch_attention
from geo.layers.actions import export_layer, import_layer, save_frame
from geo.layers.reporters import KEY_FILE
from geo.organisation import queries as organisation
from geo.organisation.roster import make_shift_kinds
from tests import clock

LAST = dt.date(2026, 6, 1)
WEEKS = 40
CALLER = "13900001111"


def small_events(seed: int = 1) -> geopandas.GeoDataFrame:
    """About 1,300 events of forty weeks at 60 spots of unequal rate; a fifth are reports, with a caller."""
    rng = np.random.default_rng(seed)
    spots = np.column_stack([rng.uniform(117.96, 118.04, 60), rng.uniform(28.27, 28.33, 60)])
    rate = rng.gamma(0.6, 0.9, 60)
    counts = rng.poisson(rate, (WEEKS + 1, 60))
    week, spot = (np.repeat(part.ravel(), counts.ravel()) for part in np.indices(counts.shape))
    n = len(week)
    minutes = week * 10_080 + rng.integers(0, 10_080, n)
    start = pd.Timestamp(LAST, tz="Asia/Shanghai") - pd.Timedelta(weeks=WEEKS)
    at = (start + pd.to_timedelta(minutes, unit="min")).tz_convert("UTC")
    origin = rng.choice(["patrol", "complaint"], n, p=[0.8, 0.2])
    frame = pd.DataFrame(
        {
            "source_key": [f"e{i}" for i in range(n)],
            "code": rng.choice(["04-01", "01-10"], n),
            "code_system": "GB/T 30428.2-2013",
            "origin": origin,
            "occurred_at": at,
            "found_at": at,
            "reporter": [f"1390000{i:04d}" if who == "complaint" else None for i, who in enumerate(origin)],
        }
    )
    points = shapely.points(spots[spot] + rng.normal(0, 1e-5, (n, 2)))
    return geopandas.GeoDataFrame(frame, geometry=points, crs=4490)


@pytest.fixture
def filled(database: Database, make_county: Callable[..., str]) -> str:
    """A county with two 片区, a school, events and a log of presence."""
    tenant = make_county((117.8, 28.1, 118.2, 28.5))
    halves = [shapely.multipolygons([shapely.box(x, 28.26, x + 0.06, 28.34)]) for x in (117.94, 118.0)]
    areas = pd.DataFrame({"source_key": ["W", "E"], "code": ["W", "E"], "name": ["西", "东"], "population": [900, 300]})
    save_frame(database, tenant, "patrol_district", geopandas.GeoDataFrame(areas, geometry=halves, crs=4490), "t")
    zone = pd.DataFrame({"source_key": ["z"], "name": ["小学"], "kind": ["school"], "opening": ["Mo-Fr 07:00-18:00"]})
    school = [shapely.multipolygons([shapely.box(118.01, 28.29, 118.012, 28.292)])]
    save_frame(database, tenant, "hotspot_zone", geopandas.GeoDataFrame(zone, geometry=school, crs=4490), "t")
    save_frame(database, tenant, "event", small_events(), "t")
    days = pd.date_range(LAST - dt.timedelta(weeks=WEEKS), periods=WEEKS * 7, tz="Asia/Shanghai")
    parts = [
        pd.DataFrame({"place_kind": "district", "place_key": code, "from_at": days.tz_convert("UTC")})
        for code in ("W", "E")
    ]
    presence = pd.concat(parts, ignore_index=True)
    presence = presence.assign(to_at=presence["from_at"] + pd.Timedelta(hours=24), minutes=700.0)
    assert save_presence(database, tenant, presence) == len(presence)
    assert save_presence(database, tenant, presence) == 0
    with database.begin(tenant) as session:
        organisation.upsert_shift_kinds(session, tenant, make_shift_kinds().head(2).to_dict("records"))
    return tenant


def test_forecasts_are_made_once_never_changed_and_scored_when_their_days_are_over(
    database: Database, filled: str
) -> None:
    kinds = ("cell:200", "district")
    made = make_forecasts(database, filled, LAST, kinds=kinds)
    with database.begin(filled) as session:
        first = queries.load_latest_forecasts(session)
        values = queries.load_values(session, first[0].id)
        places = queries.load_forecast_places(session, first[0].id)
    assert made.training == "exposure" and made.reused == 0
    assert {(row.place_kind, row.shift_code) for row in first} == {
        (kind, shift) for kind in kinds for shift in ("", *make_shift_kinds()["code"].head(2))
    }
    assert set(places["cls"]) <= {"firm", "maybe", "not"}
    assert places["listed"].sum() == first[0].list_size and places.crs == 4490
    assert places["p_in_list"].sum() == pytest.approx(first[0].list_size, rel=0.02)
    assert first[0].lower <= first[0].expected <= first[0].upper

    again = make_forecasts(database, filled, LAST, kinds=kinds)
    assert again.ids == made.ids and again.reused == len(made.ids)

    late = small_events().iloc[:1].assign(source_key="late", occurred_at=lambda f: f["occurred_at"])
    save_frame(database, filled, "event", late, "t")
    newer = make_forecasts(database, filled, LAST, kinds=kinds)
    assert set(newer.ids).isdisjoint(made.ids)
    with database.begin(filled) as session:
        assert {row.version for row in queries.load_latest_forecasts(session)} == {2}
        kept = queries.load_values(session, first[0].id)
    assert all((kept[name] == values[name]).all() for name in values)

    assert score_forecasts(database, filled, today=LAST + dt.timedelta(6)) == []
    scored = score_forecasts(database, filled, today=LAST + dt.timedelta(7))
    assert sorted(scored) == sorted(made.ids + newer.ids)
    assert score_forecasts(database, filled, today=LAST + dt.timedelta(7)) == []
    with database.begin(filled) as session:
        scores = queries.load_scores(session)
        watch = watch_attention(session, filled, newer.ids[0]).as_json()
    whole = scores[(scores["place_kind"] == "cell:200") & (scores["shift_code"] == "") & (scores["code_group"] == "")]
    on = small_events()["occurred_at"].dt.tz_convert("Asia/Shanghai").dt.date
    came = ((on >= LAST) & (on < LAST + dt.timedelta(7))).sum()
    assert whole["observed"].isin([came, came - 1]).all()  # one spot had no cell: nothing had ever happened there
    assert (whole["hit"] <= whole["best_hit"]).all() and (whole["hit"] > 0.2).all()
    assert watch["weeks"] == 1 and watch["locked"] == []
    assert [row["code"] for row in watch["by_district"]] == ["E", "W"]
    assert watch["by_district"][1]["population_share"] == 0.75


def test_the_change_log_holds_the_digest_of_what_was_said(database: Database, filled: str) -> None:
    make_forecasts(database, filled, LAST, kinds=("district",))
    with database.begin(filled) as session:
        facts = session.execute(
            text("SELECT facts FROM change WHERE tenant = :tenant AND kind = 'forecast.made'"), {"tenant": filled}
        ).scalar_one()
        digests = session.execute(
            text("SELECT string_agg(digest, '' ORDER BY id) FROM forecast WHERE tenant = :tenant"), {"tenant": filled}
        ).scalar_one()
    assert facts["digest"] == hashlib.sha256(digests.encode()).hexdigest()


def test_models_are_held_against_last_years_counts(database: Database, filled: str) -> None:
    rows = hold_models(database, filled, LAST, kinds=("cell:200",), weeks=8)
    assert {row["model"] for row in rows} >= {"gamma_poisson", "glm", "ewma"}
    assert all(row["admitted"] == (row["gain_lower"] > 0) for row in rows)
    assert all(row["gain_lower"] <= row["gain"] <= row["gain_upper"] for row in rows)
    with database.begin(filled) as session:
        assert len(queries.load_standings(session)) == len(rows)


def test_only_a_model_that_was_admitted_forecasts(database: Database, filled: str) -> None:
    """The leaderboard decides, group by group: a challenger that only seems better stays out."""
    ours = Standing("cell:200", "", "gamma_poisson", 26, 0.05, 0.30, 0.25, 0.05, 0.02, 0.08, 0.11, 0.12)
    better = replace(ours, model="glm", hit=0.33, gain=0.08, gain_lower=0.05, log_loss=0.10, ewma_lower=0.01)
    lucky = replace(better, code_group="街面秩序", gain_lower=-0.01)
    worse = replace(ours, code_group="市容环境", gain=-0.05, gain_lower=-0.08, gain_upper=-0.02)
    rows = [as_row(one, LAST) for one in (ours, better, replace(ours, code_group="街面秩序"), lucky, worse)]
    with database.begin(filled) as session:
        queries.insert_standings(session, rows)
    make_forecasts(database, filled, LAST, kinds=("cell:200",))
    with database.begin(filled) as session:
        used = {row.code_group: row.model for row in queries.load_latest_forecasts(session) if not row.shift_code}
        day, learned = queries.find_learned(session, "cell:200", "", LAST - dt.timedelta(7), LAST) or (None, {})
    assert used == {"": "glm", "街面秩序": "gamma_poisson", "市容环境": "last_year"}
    assert day == LAST and len(learned["regression"]["slopes"]) > 10


def test_what_was_learned_is_used_for_four_weeks(database: Database, filled: str) -> None:
    for weeks in (5, 4, 1, 0):
        make_forecasts(database, filled, LAST - dt.timedelta(weeks=weeks), kinds=("district",))
    with database.begin(filled) as session:
        days = session.execute(
            text("SELECT DISTINCT facts->>'learned_on' FROM forecast WHERE tenant = :tenant ORDER BY 1"),
            {"tenant": filled},
        ).scalars()
        assert list(days) == [(LAST - dt.timedelta(weeks=weeks)).isoformat() for weeks in (5, 1)]


def test_events_that_nobody_is_said_to_have_noticed_are_refused(
    database: Database, make_county: Callable[..., str]
) -> None:
    tenant = make_county((117.8, 28.1, 118.2, 28.5))
    save_frame(database, tenant, "event", small_events().drop(columns=["origin", "reporter"]), "t")
    with pytest.raises(OriginsMissing):
        make_forecasts(database, tenant, LAST, kinds=("cell:200",))


def test_who_called_is_a_keyed_hash_in_one_column_and_in_no_export(
    database: Database, county: str, tmp_path: Path
) -> None:
    """From a file with callers' names and numbers: the clock and everything else of the event stays, they do not."""
    columns = ["编号", "代码", "来源", "发生时间", "结案时间", "经度", "纬度", "举报人", "联系电话", "备注"]
    rows = [
        ["a", "04-01", "投诉", "2026-05-01 08:00", "2026-05-01 10:00", 118.01, 28.3, "王某某", CALLER, "门口"],
        ["b", "04-01", "投诉", "2026-05-02 08:00", "2026-05-02 10:00", 118.02, 28.3, "王先生", f"+86 {CALLER}", "再报"],
        ["c", "04-01", "巡查", "2026-05-03 08:00", "2026-05-03 10:00", 118.03, 28.3, None, None, "自查"],
    ]
    path = tmp_path / "events.csv"
    pd.DataFrame(rows, columns=columns).to_csv(path, index=False)
    report = import_layer(database, county, path, "event")
    assert (report.added, report.rejected_count) == (3, 0)
    assert any(note.code == "layers.reporter_hashed" for note in report.notes)
    with database.begin(county) as session:
        stored = session.execute(
            text("SELECT * FROM event WHERE tenant = :tenant ORDER BY occurred_at"), {"tenant": county}
        ).mappings().all()  # fmt: skip
    first, second, third = (dict(row) for row in stored)
    assert first["reporter_hash"] == second["reporter_hash"] and len(first["reporter_hash"]) == 32
    assert third["reporter_hash"] is None
    assert first["extra"] == {"编号": "a", "备注": "门口"}
    assert (first["closed_at"] - first["occurred_at"]) == dt.timedelta(hours=2)
    everything = json.dumps([dict(row) for row in stored], default=str, ensure_ascii=False)
    assert CALLER not in everything and "王" not in everything
    for name in ("out.csv", "out.geojson"):
        export_layer(database, county, "event", tmp_path / name)
        said = (tmp_path / name).read_text(encoding="utf-8")
        assert "门口" in said
        for secret in (CALLER, "王", first["reporter_hash"], "reporter"):
            assert secret not in said
    parquet = tmp_path / "out.parquet"
    export_layer(database, county, "event", parquet)
    assert "reporter_hash" not in pd.read_parquet(io.BytesIO(parquet.read_bytes())).columns
    assert (database.settings.home / KEY_FILE).exists()


def test_what_has_passed_is_scored_without_being_asked(database: Database, filled: str) -> None:
    make_forecasts(database, filled, LAST, kinds=("district",))
    assert LAST + dt.timedelta(7) < clock.today()
    assert score_everywhere(database) >= 1
    with database.begin(filled) as session:
        assert queries.count_unscored(session, LAST + dt.timedelta(7)) == 0
        assert len(queries.load_scores(session)) == len(queries.load_latest_forecasts(session))


def test_a_county_that_starts_sees_how_forecasts_would_have_come_out(database: Database, filled: str) -> None:
    made = ensure_forecasts(database, filled, LAST)
    assert made and ensure_forecasts(database, filled, LAST) == []
    with database.begin(filled) as session:
        scores = queries.load_scores(session)
        latest = queries.load_latest_forecasts(session)
        watch = watch_attention(session, filled, next(r.id for r in latest if r.place_kind == "zone"))
    assert {row.from_on for row in latest} == {LAST}
    assert scores["from_on"].nunique() == 10 and (scores["to_on"] < LAST).all()
    assert watch.weeks == 10 + 1
