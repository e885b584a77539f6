"""The command line: ``./pianqu <command>``.

``--home DIR`` and ``--tenant CODE`` may stand anywhere on the line; every command reads them from
the context as :class:`geo.settings.Settings`.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from geo.errors import Invalid, PianquError
from geo.messages import Language, say
from geo.settings import Settings


class Commands(TyperGroup):
    """All commands; the last place where an error can become a sentence."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what nobody foresaw is told in one sentence, and its cause goes to the log."""
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read what we say has left: click ends without a word
                raise
            if error.filename is None:
                raise _unforeseen(error, ctx.obj) from error
            raise FileUnusable("platform.file_unusable", file=str(error.filename), reason=error.strerror) from error
        except PianquError:
            raise
        except Exception as error:
            if type(error).__module__.startswith(("click", "typer")):  # their own ways out: usage, exit, abort
                raise
            raise _unforeseen(error, ctx.obj) from error


class FileUnusable(Invalid):
    """A file or folder that was named cannot be read or written."""


class Unforeseen(PianquError):
    """An error of ours; the facts name the log that holds its cause."""


def _unforeseen(error: Exception, settings: Settings) -> Unforeseen:
    """The error for people, after its trace was written to the home's log, without data of persons."""
    from api.logs import blot

    log = settings.home / "logs" / "cli.out"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(blot("".join(traceback.format_exception(error))))
    return Unforeseen("platform.unforeseen", what=type(error).__name__, log=str(log))


app = typer.Typer(
    name="pianqu",
    cls=Commands,
    help="Pianqu 片区: patrols worth walking, for a county urban-management bureau.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

EVERYWHERE = ("--home", "--tenant")
GROUPS = (
    "platform", "sample", "layers", "organisation", "rosters", "roads", "patrol", "districts", "sites", "forecast",
    "returns", "displacement", "people", "dashboards", "demo", "footprints", "studies", "treatment", "bench", "posts",
    "demand", "checks", "simulate", "tracks", "replan", "draws", "places", "complaints", "resolution",
    "powers", "staffing",
    "buildings", "building_watch", "cases", "frontages", "markets", "ads", "street", "contacts", "worksites", "waste",
    "postures", "campaigns",
    "repairs", "outages", "hazards", "supplies",
    "subjects", "ladder", "penalties", "stats", "bulletins", "exchange", "changes",
)  # fmt: skip


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
