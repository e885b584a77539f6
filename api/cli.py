"""The command line: ``./pianqu <command>``.

``--home DIR`` and ``--tenant CODE`` may stand anywhere on the line; every command reads them from
the context as :class:`geo.settings.Settings`.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from geo.errors import PianquError
from geo.messages import Language, say
from geo.settings import Settings

app = typer.Typer(
    name="pianqu",
    help="Pianqu 片区: patrols worth walking, for a county urban-management bureau.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

EVERYWHERE = ("--home", "--tenant")
GROUPS = ("platform", "sample", "layers", "organisation", "patrol", "people", "dashboards", "demo", "bench")


@app.callback()
def read_settings(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="Folder that holds all state (default: .pianqu here).")] = None,
    tenant: Annotated[str | None, typer.Option(help="Six-digit code of the county (default: 990101).")] = None,
) -> None:
    context.obj = Settings.load(home=home, tenant=tenant)


def to_the_front(arguments: list[str]) -> list[str]:
    """Move ``--home`` and ``--tenant`` before the command, where typer looks for them.

    Examples
    --------
    >>> to_the_front(["demo", "--once", "--home", "/srv/pq"])
    ['--home', '/srv/pq', 'demo', '--once']
    >>> to_the_front(["plan", "--tenant=360681", "--", "--home", "x"])
    ['--tenant=360681', 'plan', '--', '--home', 'x']
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            return [*front, *rest, "--", *waiting]
        if argument in EVERYWHERE:
            front += [argument, *([value] if (value := next(waiting, None)) is not None else [])]
        elif argument.startswith(tuple(f"{name}=" for name in EVERYWHERE)):
            front.append(argument)
        else:
            rest.append(argument)
    return front + rest


def language() -> Language:
    """Chinese unless the terminal asks for something else."""
    asked = os.environ.get("PIANQU_LANG") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "en" if asked.startswith("en") else "zh"


def main() -> None:
    """Run one command; a refusal is one sentence on stderr and exit code 2, never a stack trace."""
    for group in GROUPS:
        importlib.import_module(f"api.commands.{group}").mount(app)
    try:
        app(to_the_front(sys.argv[1:]), prog_name="pianqu")
    except PianquError as error:
        sys.stderr.write(say(error.code, language(), **error.facts) + "\n")
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
