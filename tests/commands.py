"""A command line in one county, as a clerk would type it."""

from __future__ import annotations

import dataclasses
import json
from types import ModuleType
from typing import Any

import typer
from typer.testing import CliRunner

from geo.errors import PianquError
from geo.settings import Settings


class Line:
    """The commands of some modules of :mod:`api.commands`.

    Calling it runs one command and returns what was printed, warnings included, or only standard output for ``--json``.
    A refusal of ours is raised as it is; anything else that goes wrong fails the test.
    """

    def __init__(self, settings: Settings, tenant: str, *groups: ModuleType) -> None:
        self.app = typer.Typer()
        for group in groups:
            group.mount(self.app)
        self.settings = dataclasses.replace(settings, tenant=tenant)

    def __call__(self, *arguments: str) -> str:
        found = CliRunner().invoke(self.app, arguments, obj=self.settings)
        if isinstance(found.exception, PianquError):
            raise found.exception
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return found.stdout if "--json" in arguments else found.output


def told(run: Line, *arguments: str) -> Any:
    """What a command answers as JSON."""
    return json.loads(run(*arguments, "--json"), parse_constant=_no_number)


def _no_number(given: str) -> Any:
    """NaN and Infinity are no JSON, though Python writes and reads them."""
    raise AssertionError(f"{given} is no JSON")
