"""The commands an operator types, and what they say back."""

from __future__ import annotations

import dataclasses
import json
import secrets

import pytest
import typer
from typer.testing import CliRunner

from api.commands import platform
from api.jobs.queries import load_jobs
from api.pages import Index, folder_of, write_index
from geo.db.sequencer import sequence_changes
from geo.errors import PianquError


@pytest.fixture
def run(database, settings, monkeypatch):
    """Run a command line in the test home; returns what it printed and its exit code."""
    monkeypatch.setenv("PIANQU_LANG", "en")
    app = typer.Typer()
    platform.mount(app)

    def run(*arguments, home=settings.home, tenant=settings.tenant):
        result = CliRunner().invoke(app, arguments, obj=dataclasses.replace(settings, home=home, tenant=tenant))
        if isinstance(result.exception, PianquError):
            raise result.exception
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        return result.stdout, result.exit_code

    return run


@pytest.fixture
def code():
    return f"8{secrets.randbelow(100_000):05d}"


def test_a_county_is_added_by_its_extent_and_listed(run, code):
    said, _ = run("county", "add", code, "--name", "示例县", "--extent", "117.8,28.1,118.2,28.5")
    assert said == f"Added county {code} 示例县, measured in EPSG:4548.\n"
    listed = json.loads(run("county", "list", "--json")[0])
    assert next(county for county in listed if county["code"] == code) == {
        "code": code, "name": "示例县", "metric_srid": 4548, "time_zone": "Asia/Shanghai", "calendar": "cn",
        "extent": [117.8, 28.1, 118.2, 28.5], "map_number": "",
    }  # fmt: skip


def test_pages_that_are_there_are_built_again_with_a_new_number(run, code, database, settings):
    run("county", "add", code, "--name", "示例县", "--extent", "117.8,28.1,118.2,28.5")
    folder = folder_of(settings, code)
    folder.mkdir(parents=True)
    write_index(folder, Index("2026-03-02", 0, "x", {}))
    run("county", "map-number", tenant=code)
    assert "builds the pages again" in run("county", "map-number", "赣S(2026)012号", tenant=code)[0]
    with database.begin(code) as session:
        [job] = load_jobs(session, code)
    assert (job.kind, job.arguments) == ("build_dashboards", {"on_date": "2026-03-02"})


def test_a_review_number_is_entered_said_and_removed(run, code):
    run("county", "add", code, "--name", "示例县", "--extent", "117.8,28.1,118.2,28.5")
    assert "no review number" in run("county", "map-number", tenant=code)[0].lower()
    said, _ = run("county", "map-number", "赣S(2026)012号", tenant=code)
    assert "/map" in said and "built" not in said.lower()
    assert "no review number" in run("county", "map-number", "--remove", tenant=code)[0].lower()


@pytest.mark.parametrize(
    ("options", "refusal"),
    [
        (["--extent", "28.1,117.8,28.5,118.2"], "county.extent"),
        (["--extent", "117.8,28.1,118.2"], "county.extent"),
        (["--extent", "70,20,120,50"], "county.too_wide"),
        (["--extent", "118.2,28.1,117.8,28.5"], "county.extent"),
        (["--extent", "117.8,28.1,118.2,28.5", "--time-zone", "Mars/Base"], "county.time_zone"),
        (["--extent", "117.8,28.1,118.2,28.5", "--calendar", "mars"], "calendars.unknown"),
        ([], "platform.extent_or_file"),
    ],
)
def test_a_county_that_cannot_be_is_refused(run, code, options, refusal):
    with pytest.raises(PianquError) as refused:
        run("county", "add", code, "--name", "示例县", *options)
    assert refused.value.code == refusal


def test_a_county_code_is_given_once(run, code):
    run("county", "add", code, "--name", "示例县", "--extent", "117.8,28.1,118.2,28.5")
    with pytest.raises(PianquError) as refused:
        run("county", "add", code, "--name", "别县", "--extent", "117.8,28.1,118.2,28.5")
    assert refused.value.code == "county.exists"


def test_status_says_what_runs(run, database):
    facts = json.loads(run("status", "--json")[0])
    assert facts["running"] is False
    assert facts["database"]["running"] is True
    assert facts["database"]["pid"] == database.cluster.postmaster().pid
    assert "pianqu up" in run("status")[0]


def test_doctor_looks_at_everything_and_every_finding_has_its_sentence(run, database):
    while sequence_changes(database):  # else the age of a waiting change may pass its limit between the two runs
        pass
    said, code = run("doctor", "--json")
    findings = json.loads(said)
    codes = {found["code"] for found in findings}
    assert {"doctor.server", "doctor.database", "doctor.schema", "doctor.isolation"} <= codes
    assert len({"doctor.space", "doctor.little_space"} & codes) == 1
    assert code == (1 if any(found["grade"] == "bad" for found in findings) else 0)
    lines, _ = run("doctor")
    assert len(lines.splitlines()) == len(findings)


def test_doctor_names_the_mend_when_the_schema_is_missing(run, settings, monkeypatch):
    monkeypatch.setattr("geo.db.schema.head", lambda: "9999")
    said, code = run("doctor")
    assert code == 1
    assert "pianqu db migrate" in said.splitlines()[-1]


def test_backup_and_verify_say_what_they_did(run, county, tmp_path):
    said, _ = run("db", "backup", str(tmp_path / "a.dump"))
    assert said.startswith(f"Backed up to {tmp_path / 'a.dump'}")
    assert (tmp_path / "a.dump").stat().st_mode & 0o077 == 0
    assert run("db", "upgrade")[0].startswith("The data are already run by the newest PostgreSQL")
    assert run("db", "migrate")[0].startswith("The database schema is at")


def test_a_file_without_chain_heads_is_refused_by_its_line(run, tmp_path):
    (tmp_path / "heads").write_text("code,lon,lat\n")
    with pytest.raises(PianquError, match=r"platform\.bad_heads"):
        run("db", "verify", "--heads", str(tmp_path / "heads"))


def test_a_county_that_is_known_only_from_a_kept_head_was_cut_off(run, code, tmp_path):
    (tmp_path / "heads").write_text(json.dumps({"tenant": code, "seq": 7, "hash": "00" * 32}) + "\n")
    with pytest.raises(PianquError, match=r"chain\.cut"):
        run("db", "verify", "--heads", str(tmp_path / "heads"))


def test_status_says_so_when_an_external_database_does_not_answer(settings, monkeypatch):
    monkeypatch.setenv("PIANQU_LANG", "en")
    app = typer.Typer()
    platform.mount(app)
    away = dataclasses.replace(settings, database_url="postgresql://nobody@127.0.0.1:1/none")
    result = CliRunner().invoke(app, ["status"], obj=away)
    assert "The external database (DATABASE_URL) does not answer" in result.output


def test_prepare_prints_statements_for_an_external_database(settings, monkeypatch):
    app = typer.Typer()
    platform.mount(app)
    external = dataclasses.replace(settings, database_url="postgresql://lee@db/city")
    printed = CliRunner().invoke(app, ["db", "prepare"], obj=external).stdout
    assert "ALTER FUNCTION public.geometry_overlaps(geometry, geometry) LEAKPROOF;" in printed
    assert 'GRANT pianqu_app TO "lee";' in printed
    assert 'ON DATABASE "city"' in printed


def test_down_when_nothing_runs_says_so(run, tmp_path):
    assert run("down", home=tmp_path)[0] == "Nothing was running.\n"


def test_a_restore_waits_until_the_service_is_down(run, settings, tmp_path):
    from api.supervise import holding_lock

    with holding_lock(settings), pytest.raises(PianquError) as refused:
        run("db", "restore", str(tmp_path / "a.dump"))
    assert refused.value.code == "backup.service_is_up"


def test_the_extent_of_a_county_can_come_from_a_file(run, code, tmp_path):
    line = {"type": "LineString", "coordinates": [[117.9, 28.2], [118.1, 28.4]]}
    file = tmp_path / "boundary.geojson"
    feature = {"type": "Feature", "properties": {}, "geometry": line}
    file.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    run("county", "add", code, "--name", "示例县", "--from", str(file))
    listed = json.loads(run("county", "list", "--json")[0])
    extent = next(county for county in listed if county["code"] == code)["extent"]
    assert extent == pytest.approx([117.89, 28.19, 118.11, 28.41])
