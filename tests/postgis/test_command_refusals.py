"""Commands of people and plans on a county that is not ready for them: each says what to do."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.commands import layers, patrol, people
from geo.db.engine import Database
from geo.errors import PianquError
from geo.settings import Settings

Run = Callable[..., str]


@pytest.fixture
def refusal(database: Database, settings: Settings, county: str) -> Run:
    """Run a command line for a fresh county and return the code of its refusal."""
    app = typer.Typer()
    for group in (layers, patrol, people):
        group.mount(app)

    def run(*arguments: str, tenant: str = county) -> str:
        result = CliRunner().invoke(app, arguments, obj=dataclasses.replace(settings, tenant=tenant))
        assert isinstance(result.exception, PianquError), (result.output, result.exception)
        return result.exception.code

    return run


@pytest.mark.parametrize("line", ["plan --all", "plan", "plan --shift day", "plan show", "plan export x.geojson"])
def test_a_county_without_shifts_is_told_how_it_gets_them(refusal: Run, line: str) -> None:
    assert refusal(*line.split()) == "patrol.no_shifts"


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "x" * 65])
def test_a_key_without_a_name_to_tell_it_by_is_refused(refusal: Run, name: str) -> None:
    assert refusal("key", "create", name, "--scope", "layers:read") == "auth.bad_key_name"


@pytest.mark.parametrize(
    "line", ["account list", "key list", "key create platform --scope layers:read", "account add li --role desk"]
)
def test_a_county_that_is_not_there_is_never_answered_with_silence(refusal: Run, line: str) -> None:
    assert refusal(*line.split(), tenant="111111") == "county.unknown"


def test_a_layer_file_without_rows_is_no_success(
    database: Database, settings: Settings, county: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIANQU_LANG", "en")
    file = tmp_path / "lamps.csv"
    file.write_text("code,lon,lat\n")
    app = typer.Typer()
    layers.mount(app)
    context = dataclasses.replace(settings, tenant=county)
    result = CliRunner().invoke(app, ["import", "layer", "streetlight", str(file)], obj=context)
    assert result.exit_code == 1 and "not a single row" in result.output
