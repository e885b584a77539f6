"""The rules of ``tests/contracts.py`` hold, and each sees a snippet that breaks it."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from sqlalchemy import Column, ForeignKeyConstraint, Integer, MetaData, Table, Text, UniqueConstraint

from geo.messages import catalogue
from geo.tables import Base
from tests import contracts
from tests.contracts import ROOT

SHARED_TABLES: frozenset[str] = frozenset()
"""Tables that belong to no county."""

VENDORED = sorted(path.parent for path in ROOT.glob("*/**/vendor/manifest.json") if ".venv" not in path.parts)


def tracked() -> list[Path]:
    """The files a clone gets, less the vendored libraries, and less the two that must name what they look for."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True).stdout
    names = [Path(name) for name in listed.split("\0") if name]
    ours = [n for n in names if "vendor" not in n.parts and n.name not in {"contracts.py", "test_contracts.py"}]
    return [ROOT / n for n in ours if (ROOT / n).is_file()]


def none(found: list[str]) -> None:
    """Fail with every place a rule is broken, one a line."""
    assert not found, "\n" + "\n".join(line.replace(f"{ROOT}/", "") for line in found)


def written(root: Path, code: str, where: str = "geo/cases/actions.py") -> Path:
    """A house with one file in it."""
    path = root / where
    path.parent.mkdir(parents=True)
    path.write_text(code, encoding="utf-8")
    return root


def test_sql_stands_only_in_queries() -> None:
    none(contracts.sql_outside_queries())


@pytest.mark.parametrize(
    "code",
    [
        "from sqlalchemy import select",
        "from sqlalchemy.dialects.postgresql import insert",
        "import sqlalchemy as sa\nx = sa.select(1)",
        "import sqlalchemy\nx = sqlalchemy.sql.expression.text('1')",
        "from sqlalchemy import sql\nx = sql.text('1')",
        "x = 'SELECT id FROM road WHERE tenant = 1'",
        "def f(t):\n    return f'''\n  INSERT INTO {t} VALUES (1)'''",
        "x = 'select st_asmvt(t) from t'.upper() + 'DELETE FROM road'",
    ],
)
def test_sql_outside_queries_is_seen(tmp_path: Path, code: str) -> None:
    assert contracts.sql_outside_queries(written(tmp_path, code))


@pytest.mark.parametrize(
    ("code", "where"),
    [
        ("from sqlalchemy import select", "geo/cases/queries.py"),
        ("from sqlalchemy import text", "geo/tables/cases.py"),
        ("from sqlalchemy.orm import Session", "geo/cases/actions.py"),
        ('"""SELECT the best FROM all."""\nx = "Select a case from the list"', "geo/cases/actions.py"),
    ],
)
def test_sql_where_it_belongs_is_let_be(tmp_path: Path, code: str, where: str) -> None:
    assert contracts.sql_outside_queries(written(tmp_path, code, where)) == []


def test_the_tenant_is_never_set_by_set_config() -> None:
    none(contracts.context_by_set_config())


@pytest.mark.parametrize(
    "code", ["x = \"SELECT set_config('pianqu.tenant', '990101', true)\"", "x = func.set_config('a', 'b', True)"]
)
def test_set_config_is_seen(tmp_path: Path, code: str) -> None:
    assert contracts.context_by_set_config(written(tmp_path, code, "geo/db/engine.py"))


def test_nobody_takes_the_day_of_greenwich_for_today() -> None:
    none(contracts.days_of_greenwich())


def test_a_day_of_greenwich_is_seen(tmp_path: Path) -> None:
    code = "on = dt.datetime.now(zone).date()\nlate = dt.datetime.now(dt.UTC).date()"
    assert [line.split(":")[1] for line in contracts.days_of_greenwich(written(tmp_path, code))] == ["2"]


def test_transforms_are_given_whole_number_srids() -> None:
    none(contracts.text_crs())


@pytest.mark.parametrize(
    "code",
    [
        "x = \"ST_Transform(geom, 'EPSG:4546')\"",
        "x = \"SELECT st_transform(ST_SetSRID(geom, 4490), '+proj=tmerc', 4546)\"",
        "x = 'ST_Transform(geom, :crs::text)'",
        "def f(z):\n    return func.ST_Transform(t.geom, f'EPSG:{z}')",
    ],
)
def test_a_crs_as_text_is_seen(tmp_path: Path, code: str) -> None:
    assert contracts.text_crs(written(tmp_path, code, "geo/cases/queries.py"))


@pytest.mark.parametrize(
    "code", ["x = 'ST_Transform(ST_SetSRID(p.geom, 4490), 4546)'", "def f(s):\n    return f'ST_Transform(g, {s})'"]
)
def test_a_crs_as_number_is_let_be(tmp_path: Path, code: str) -> None:
    assert contracts.text_crs(written(tmp_path, code, "geo/cases/queries.py")) == []


def test_every_key_begins_with_the_tenant() -> None:
    none(contracts.tables_without_tenant_first(Base.metadata, SHARED_TABLES))


def test_keys_without_the_tenant_are_seen() -> None:
    metadata = MetaData()
    Table("a", metadata, Column("tenant", Text, primary_key=True), Column("id", Integer, primary_key=True))
    Table(
        "b",
        metadata,
        Column("id", Integer, primary_key=True),
        Column("tenant", Text, primary_key=True),
        Column("a_id", Integer),
        UniqueConstraint("a_id", "tenant"),
        ForeignKeyConstraint(["a_id", "tenant"], ["a.id", "a.tenant"], ondelete="SET NULL"),
    )
    Table("c", metadata, Column("id", Integer, primary_key=True))
    found = contracts.tables_without_tenant_first(metadata)
    assert [line.split(" [")[0] for line in found] == [
        "c: has no tenant",
        "b: primary key",
        "b: unique",
        "b: foreign key",
        "b: foreign key",
    ]


def test_every_message_is_said_in_both_languages_with_its_facts() -> None:
    none(contracts.message_faults(dict(catalogue())))


def test_message_faults_are_seen(tmp_path: Path) -> None:
    code = (
        "def f(kind):\n    raise Invalid('crs.unknown', crs=1)\n"
        "def g(kind):\n    raise Invalid('crs.missing')\n"
        "def h(kind):\n    return say(f'kind.{kind}')"
    )
    sentences = {
        "crs.missing": {"zh": "{file}没有坐标系", "en": "no CRS"},
        "crs.old": {"zh": "旧", "en": "old"},
        "kind.a": {"zh": "甲"},
    }
    found = contracts.message_faults(sentences, written(tmp_path, code))
    assert [re.sub(r"^.*py:\d+: ", "", line) for line in found] == [
        "no sentence for crs.unknown",
        "crs.missing (zh) names the fact file, which is not given",
        "messages: nobody says crs.old",
        "messages: kind.a needs zh and en, has ['zh']",
    ]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a git checkout knows which files are tracked")
def test_no_tracked_file_names_a_machine_or_a_registry() -> None:
    none(contracts.private_words(tracked()))


@pytest.mark.parametrize(
    "line", ["path = /home/li/county.gpkg", "pip install --extra-index-url x", "-----BEGIN PRIVATE KEY-----"]
)
def test_private_words_are_seen(tmp_path: Path, line: str) -> None:
    path = tmp_path / "notes.md"
    path.write_text(f"first\n{line}\n", encoding="utf-8")
    assert [found.split(":")[1] for found in contracts.private_words([path])] == ["2"]


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_vendored_files_are_what_their_manifest_says(folder: Path) -> None:
    none(contracts.vendored_faults(folder))


def test_a_changed_added_or_missing_vendored_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "a.js").write_text("changed")
    (tmp_path / "lib" / "extra.js").write_text("x")
    files = {name: {"sha256": "0" * 64, "bytes": 1} for name in ("a.js", "gone.js")}
    (tmp_path / "manifest.json").write_text(json.dumps({"lib": {"files": files}}))
    found = [line.rsplit("/", 1)[1] for line in contracts.vendored_faults(tmp_path)]
    assert found == ["extra.js: not in the manifest", "a.js: is not what the manifest says", "gone.js: missing"]
