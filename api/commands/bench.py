"""``pianqu bench NAME``: measure us and a peer or the physical limit side by side, in one run.

The benchmarks themselves stand in ``tests/benchmarks/bench_<name>.py``, each with one function
``run(settings, arguments) -> dict``; they are measurements to be read, never timed tests.
"""

from __future__ import annotations

import importlib
import json
import os
import platform
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from geo.errors import Invalid
from geo.settings import Settings

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "benchmarks"


def names() -> list[str]:
    """The benchmarks there are, in alphabetical order."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def machine() -> dict[str, Any]:
    """What the figures were measured on, and how busy it was."""
    return {"cores": os.cpu_count(), "load_1min": round(os.getloadavg()[0], 2), "machine": platform.machine()}


def bench(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Which: " + ", ".join(names()))],
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the figures here as JSON.")] = None,
) -> None:
    """Run one benchmark; what it does not know of the options goes to the benchmark itself."""
    if name not in names():
        raise Invalid("bench.unknown", name=name, known=", ".join(names()))
    settings: Settings = context.obj
    before = machine()
    figures = importlib.import_module(f"tests.benchmarks.bench_{name}").run(settings, context.args)
    figures["noise"] = {"before": before, "after": machine()}
    text = json.dumps(figures, ensure_ascii=False, indent=2, default=str)
    if json_file is None:
        sys.stdout.write(text + "\n")
    else:
        json_file.write_text(text + "\n", encoding="utf-8")


def mount(app: typer.Typer) -> None:
    """Add ``bench``."""
    app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})(bench)
