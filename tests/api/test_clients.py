"""Clients nobody here wrote: GDAL, geopandas, schemathesis."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from geo.db.engine import Database
from tests.api import county
from tests.api.conftest import Callers, Served

OGRINFO = shutil.which("ogrinfo")
needs_gdal = pytest.mark.skipif(OGRINFO is None, reason="gdal-bin is not installed")

ROWS = {name: len(rows) for name, rows in county.layers("000000").items()}
PUBLIC = {"admin_area", "patrol_district", "landuse", "water", "waterway", "road", "building"}


def counted(database: Database, tenant: str) -> dict[str, int]:
    """Rows of every layer, as SQL counts them: other tests add to the same county."""
    with database.begin(tenant) as session:
        statement = "SELECT count(*) FROM {} WHERE tenant = :t"
        return {name: session.execute(text(statement.format(name)), {"t": tenant}).scalar_one() for name in ROWS}


def ogrinfo(*arguments: str, **environment: str) -> dict[str, int]:
    """Feature count by layer, as ``ogrinfo -ro -al -so`` prints it."""
    assert OGRINFO is not None
    ran = subprocess.run(
        [OGRINFO, "-ro", "-al", "-so", *arguments],
        env={**os.environ, **environment, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0 and "ERROR" not in ran.stderr, ran.stdout + ran.stderr
    return {
        name: int(count) for name, count in re.findall(r"Layer name: (\w+)\n(?:.*\n)*?Feature Count: (\d+)", ran.stdout)
    }


@needs_gdal
def test_ogrinfo_with_a_key_counts_what_sql_counts(served: Served, callers: Callers, database: Database) -> None:
    header = {"GDAL_HTTP_HEADERS": f"Authorization: Bearer {callers.reader}"}
    assert ogrinfo(f"OAPIF:{served.url}/", **header) == counted(database, served.tenant)


@needs_gdal
def test_ogrinfo_takes_the_key_in_the_address_or_as_a_password(
    served: Served, callers: Callers, database: Database
) -> None:
    rows = counted(database, served.tenant)
    assert ogrinfo(f"OAPIF:{served.url}/?api_key={callers.reader}") == rows
    assert ogrinfo(f"OAPIF:{served.url}/", "-oo", f"USERPWD=key:{callers.reader}") == rows


@needs_gdal
def test_ogrinfo_without_a_key_sees_the_public_layers_only(served: Served) -> None:
    assert ogrinfo(f"OAPIF:{served.url}/") == {name: ROWS[name] for name in PUBLIC}


def test_geopandas_reads_a_layer_in_a_box(served: Served, callers: Callers) -> None:
    # In a process of its own: GDAL holds the interpreter while it waits for the answer.
    script = f"""
import geopandas
source, box = {served.url!r}, {(county.WEST, county.SOUTH, county.BORDER, county.NORTH)}
source = f"OAPIF:{{source}}/?api_key={callers.reader}"
everything = geopandas.read_file(source, layer="streetlight")
west = geopandas.read_file(source, layer="streetlight", bbox=box)
print(len(everything), len(west), west.geometry.x.max() <= {county.BORDER}, everything.geometry.y.max() < 30)
"""
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "NO_PROXY": "*"},
    )  # fmt: skip
    assert ran.stdout.split() == [str(ROWS["streetlight"]), str(ROWS["streetlight"] // 2), "True", "True"], ran.stderr


def test_schemathesis_finds_no_server_error_and_no_answer_that_is_not_described(
    served: Served, callers: Callers, tmp_path: Path
) -> None:
    command = [
        sys.executable, "-m", "schemathesis.cli", "run", f"{served.url}/api",
        "--header", f"X-API-Key: {callers.everything}",
        "--phases", "examples,coverage,fuzzing", "--max-examples", "4", "--seed", "1", "--no-color",
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        "--exclude-path-regex", "^/dashboards|png$",
    ]  # fmt: skip
    ran = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "NO_PROXY": "*"},
    )
    assert ran.returncode == 0, ran.stdout[-8000:] + ran.stderr[-2000:]
