"""What the command line says when something is wrong: one sentence, never a stack trace."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import typer

from api import cli
from geo.errors import PianquError
from geo.messages import catalogue, say
from geo.settings import Settings


def run(*arguments: str, home: Path) -> tuple[int, str]:
    """Run a command line in a process of its own; its exit code and what it said on stderr."""
    line = [sys.executable, "-m", "api.cli", *arguments, "--home", str(home)]
    done = subprocess.run(line, capture_output=True, text=True, cwd=cli.__file__.rpartition("/api/")[0], check=False)
    return done.returncode, done.stderr


def group(raised: BaseException) -> typer.Typer:
    """The command line with one command that fails."""
    app = typer.Typer(cls=cli.Commands, pretty_exceptions_enable=False)

    @app.callback()
    def settings(context: typer.Context, home: Path) -> None:
        context.obj = Settings.load(home=home)

    @app.command()
    def fail() -> None:
        raise raised

    return app


def test_a_file_that_cannot_be_used_is_a_sentence_that_names_it(tmp_path: Path) -> None:
    with pytest.raises(PianquError) as caught:
        group(FileNotFoundError(2, "No such file or directory", "/nowhere/x.json"))([str(tmp_path), "fail"])
    assert caught.value.code == "platform.file_unusable"
    assert "/nowhere/x.json" in say(caught.value.code, "en", **caught.value.facts)


def test_an_error_nobody_foresaw_is_a_sentence_and_its_cause_goes_to_the_log(tmp_path: Path) -> None:
    with pytest.raises(PianquError) as caught:
        group(ZeroDivisionError("the cause"))([str(tmp_path), "fail"])
    sentence = say(caught.value.code, "en", **caught.value.facts)
    assert "the cause" not in sentence and str(tmp_path / "logs" / "cli.out") in sentence
    assert "ZeroDivisionError: the cause" in (tmp_path / "logs" / "cli.out").read_text()


def test_an_error_of_the_system_without_a_file_is_a_sentence_too(tmp_path: Path) -> None:
    with pytest.raises(PianquError) as caught:
        group(OSError(28, "No space left on device"))([str(tmp_path), "fail"])
    assert caught.value.code == "platform.unforeseen"
    assert "No space left on device" in (tmp_path / "logs" / "cli.out").read_text()


def test_the_trace_of_an_error_names_nobody(tmp_path: Path) -> None:
    with pytest.raises(PianquError):
        group(ValueError("ring +8613812345678\nDETAIL:  Key (name)=(王某) already exists."))([str(tmp_path), "fail"])
    written = (tmp_path / "logs" / "cli.out").read_text()
    assert "ValueError: ring" in written and "13812345678" not in written and "王某" not in written


@pytest.mark.parametrize("port", ["0", "65536", "-1"])
def test_a_port_that_cannot_be_is_refused_before_anything_starts(tmp_path: Path, port: str) -> None:
    for command in ("up", "demo", "serve"):
        code, said = run(command, f"--port={port}", home=tmp_path / "home")
        assert (code, "Traceback" in said, "--port" in said) == (2, False, True)
    assert not (tmp_path / "home").exists()


def test_a_home_that_is_a_file_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    code, said = run("up", home=tmp_path / "file")
    assert code == 2 and "Traceback" not in said and str(tmp_path / "file") in said


def test_every_reason_for_an_invalid_value_is_said_in_chinese() -> None:
    assert not [code for code, texts in catalogue().items() if code.startswith("why.") and texts["zh"].isascii()]
