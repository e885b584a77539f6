"""A backup restores to the same county; nothing is ever replaced before its successor is checked."""

from __future__ import annotations

import dataclasses
import shutil
import tempfile
from pathlib import Path

import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from api.commands import platform
from geo.db import cluster, server, upgrade
from geo.db.changes import write_change
from geo.db.cluster import Cluster
from geo.db.counties import create_county
from geo.db.engine import Database
from geo.db.errors import BadBackup, ChainBroken, OtherMajor, ServerMissing
from geo.db.isolation import unmarked
from geo.db.sequencer import sequence_changes, verify_chain
from geo.settings import Settings

LAMPS = """
INSERT INTO streetlight (tenant, source, source_key, geom)
SELECT :t, 'test', n, ST_SetSRID(ST_MakePoint(118 + n * 0.001, 28.3), 4490) FROM generate_series(1, 50) AS n"""


@pytest.fixture(scope="module")
def home():
    folder = Path(tempfile.mkdtemp(prefix="pianqu-upgrade-"))
    folder.chmod(0o711)
    yield folder
    one = Cluster(Settings(home=folder))
    if one.postmaster() is not None:
        one.stop("immediate")
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def filled(home):
    """Settings of a home with a county, fifty lamps and a chained change, and a backup of it."""
    settings = Settings(home=home, shared_buffers_mb=16)
    database = Database.open(settings, migrate=True)
    create_county(database, "990101", "示例县", (117.8, 28.1, 118.2, 28.5))
    with database.begin("990101") as session:
        session.execute(text(LAMPS), {"t": "990101"})
        write_change(session, "990101", "layer.imported", layer="streetlight", facts={"rows": 50})
    sequence_changes(database)
    database.close()
    upgrade.backup(settings, home / "county.dump")
    return settings


def assert_whole(settings):
    database = Database.open(settings)
    try:
        with database.begin("990101") as session:
            assert session.execute(text("SELECT count(*) FROM streetlight")).scalar() == 50
            assert (
                session.execute(text("SELECT count(*) FROM streetlight WHERE ST_SRID(geom_3857) = 3857")).scalar() == 50
            )
            assert verify_chain(session, "990101").seq == 2
        with database.begin("110101") as session:
            assert session.execute(text("SELECT count(*) FROM streetlight")).scalar() == 0
        with database.begin_as_owner() as session:
            assert unmarked(session.connection()) == []
    finally:
        database.close()


def test_a_restored_backup_is_the_same_county_and_the_data_from_before_are_kept(filled):
    with_more = Database.open(filled)
    with with_more.begin("990101") as session:
        session.execute(text("DELETE FROM streetlight"))
    with_more.close()
    kept = upgrade.restore(filled, filled.home / "county.dump")
    assert_whole(filled)
    assert (kept / "PG_VERSION").exists()


def test_an_upgrade_starts_from_a_dump_when_the_old_programs_are_gone(filled, monkeypatch):
    Cluster(filled).stop()
    written = server.find_server().major
    (filled.home / "pg" / "PG_VERSION").write_text(f"{written - 1}\n")
    with pytest.raises(OtherMajor) as refused:
        upgrade.upgrade(filled)
    assert refused.value.code == "upgrade.no_old_server"
    kept = upgrade.upgrade(filled, filled.home / "county.dump")
    assert (kept / "PG_VERSION").read_text() == f"{written - 1}\n"
    assert_whole(filled)


def test_an_upgrade_dumps_and_restores_by_itself_while_the_old_programs_are_there(filled, monkeypatch):
    """The same programs stand in for two versions: what counts is the way of the data."""
    real = server.find_server()

    def newer(major=None):
        if major in (None, real.major + 1):
            return server.Server(real.bin, (real.major + 1, 0))
        if major == real.major:
            return real
        raise ServerMissing("cluster.no_server", major=major, tried="-")

    monkeypatch.setattr(upgrade, "find_server", newer)
    monkeypatch.setattr(cluster, "find_server", lambda major=None: real)
    kept = upgrade.upgrade(filled)
    monkeypatch.undo()
    assert kept is not None
    assert_whole(filled)


def test_nothing_is_done_when_the_data_are_of_the_newest_version(filled):
    assert upgrade.upgrade(filled) is None


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "backup.not_readable"), (b"SELECT 1;", "backup.not_a_dump"), (b"PGDMP\x01\x0e", "backup.does_not_restore")],
)
def test_what_is_not_a_backup_is_refused_and_nothing_changes(filled, tmp_path, content, code):
    file = tmp_path / "x.dump"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(BadBackup) as refused:
        upgrade.restore(filled, file)
    assert refused.value.code == code
    assert not (filled.home / "pg.next").exists()
    assert_whole(filled)


def test_a_backup_is_nobody_elses_to_read_even_while_it_is_written(filled, tmp_path, monkeypatch):
    modes = []

    def copy(source, target, size):
        modes.append((tmp_path / "b.dump.part").stat().st_mode & 0o777)
        target.write(source.read())

    monkeypatch.setattr(upgrade.shutil, "copyfileobj", copy)
    upgrade.backup(filled, tmp_path / "b.dump")
    assert modes == [0o600] and (tmp_path / "b.dump").stat().st_mode & 0o777 == 0o600


def test_an_external_database_is_its_administrators_to_upgrade(filled):
    with pytest.raises(BadBackup, match=r"backup\.external"):
        upgrade.upgrade(dataclasses.replace(filled, database_url="postgresql://lee@db/city"))


def test_a_backup_is_never_overwritten(filled):
    with pytest.raises(BadBackup) as refused:
        upgrade.backup(filled, filled.home / "county.dump")
    assert refused.value.code == "backup.exists"


def test_heads_kept_elsewhere_show_later_that_the_end_was_cut_off(filled, tmp_path):
    app = typer.Typer()
    platform.mount(app)
    kept = tmp_path / "heads.jsonl"
    assert CliRunner().invoke(app, ["db", "verify", "--keep", str(kept)], obj=filled).exit_code == 0
    assert CliRunner().invoke(app, ["db", "verify", "--heads", str(kept)], obj=filled).exit_code == 0
    database = Database.open(filled)
    with database.begin_as_owner() as session:
        session.execute(text("DELETE FROM change WHERE seq = 2"))
    database.close()
    assert CliRunner().invoke(app, ["db", "verify"], obj=filled).exit_code == 0
    refused = CliRunner().invoke(app, ["db", "verify", "--heads", str(kept)], obj=filled)
    assert isinstance(refused.exception, ChainBroken)
    assert refused.exception.code == "chain.cut"
