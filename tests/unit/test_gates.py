"""The general tools run on the project as CI needs them, and are shown to see a fault."""

from __future__ import annotations

import ast
import functools
import importlib
import os
import re
import shutil
import subprocess
import sys
import time
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import typer.core
import typer.main

from api import cli
from geo.messages import catalogue
from geo.settings import Settings
from tests.contracts import HOUSE, ROOT

HEAVY = "folium geopandas matplotlib numba ortools osmium pandas pyarrow pyogrio pyvrp scipy"
HEAVIER = f"{HEAVY} alembic fastapi numpy shapely sqlalchemy"
"""What a command loads when it runs, not before: half of them cost a second."""


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """A module of this Python as a child, its output kept."""
    return subprocess.run(
        [sys.executable, *command],
        cwd=cwd,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(cwd), "NO_COLOR": "1"} | environment,
        check=False,
    )


def passes(done: subprocess.CompletedProcess[str]) -> bool:
    """Whether the child ended well; says what it printed if not."""
    if done.returncode:
        print(done.stdout[-6000:], done.stderr[-3000:])
    return done.returncode == 0


RUFF = ("-m", "ruff", "check", ".")
MYPY = ("-m", "mypy")
PYTEST = ("-m", "pytest")
"""Without arguments, as CI runs it: tests, and the examples in docstrings."""


def test_ruff_finds_nothing() -> None:
    assert passes(run(*RUFF))


def test_mypy_finds_nothing() -> None:
    assert passes(run(*MYPY))


def small_house(root: Path, **files: str) -> Path:
    """A house of our shape and settings with next to nothing in it; ``geo__errors`` is the text of geo/errors.py."""
    shutil.copy(ROOT / "pyproject.toml", root)
    for room in (*HOUSE, "tests", "tests/unit"):
        (root / room).mkdir()
        (root / room / "__init__.py").touch()
    for name, text in files.items():
        (root / f"{name.replace('__', '/')}.py").write_text(text, encoding="utf-8")
    return root


@pytest.mark.parametrize(
    ("tool", "code", "said"),
    [
        (RUFF, "import os", "F401"),
        (RUFF, "import datetime\n\nNOW = datetime.datetime.now()", "DTZ005"),
        (MYPY, "def twice(x):\n    return 2 * x", "[no-untyped-def]"),
        (
            PYTEST,
            'def twice(x: int) -> int:\n    """Twice.\n\n    >>> twice(2)\n    5\n    """\n    return 2 * x',
            "twice",
        ),
    ],
)
def test_code_that_breaks_a_tools_rule_is_seen(tmp_path: Path, tool: tuple[str, ...], code: str, said: str) -> None:
    done = run(*tool, cwd=small_house(tmp_path, geo__broken=f"{code}\n"), PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")
    assert done.returncode == 1
    assert re.search(rf"\bgeo[/.]broken\b.*{re.escape(said)}|{re.escape(said)}.*\n.*geo/broken", done.stdout), (
        done.stdout
    )


def test_imports_go_one_way() -> None:
    assert passes(run("-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"))


@pytest.mark.parametrize(
    ("where", "line", "contract"),
    [
        ("geo/errors.py", "import maps.texts", "What wires stands above"),
        ("geo/tables/base.py", "import geo.patrol", "Rooms of geo"),
        ("geo/tiles/actions.py", "import geo.hotspots", "Rooms of geo"),
        ("geo/features/actions.py", "def f():\n    import fastapi", "Geo knows no web"),
        ("maps/style.py", "import sqlalchemy", "Maps get frames"),
        ("geo/patrol/__init__.py", "def f():\n    import pyvrp", "One module talks"),
    ],
)
def test_an_import_the_wrong_way_is_seen(tmp_path: Path, where: str, line: str, contract: str) -> None:
    for room in ("api", "data", "geo", "maps"):
        shutil.copytree(
            ROOT / room,
            tmp_path / room,
            ignore=lambda _, names: {n for n in names if "." in n and not n.endswith(".py")},
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    path = tmp_path / where
    path.write_text(path.read_text(encoding="utf-8") + f"\n{line}\n", encoding="utf-8")
    done = run(
        "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache", cwd=tmp_path
    )
    assert re.search(rf"^{contract}.* BROKEN", done.stdout, re.MULTILINE), done.stdout + done.stderr


def loaded(module: str) -> set[str]:
    """Which heavy libraries a fresh Python has loaded after importing ``module``."""
    code = "\n".join(
        [
            f"import sys, importlib, {module} as m",
            "for group in getattr(m, 'GROUPS', ()): importlib.import_module(f'api.commands.{group}')",
            f"print(*set({HEAVIER.split()}) & set(sys.modules))",
        ]
    )
    done = run("-c", code)
    assert passes(done)
    return set(done.stdout.split())


def test_commands_start_without_loading_the_house() -> None:
    assert loaded("api.cli") == set()


def test_the_server_runs_without_heavy_libraries() -> None:
    assert loaded("api.app") & set(HEAVY.split()) == set()


def test_a_heavy_library_is_seen() -> None:
    assert "pandas" in loaded("geopandas")


def outcome_in(zone: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """The tests of a house that gives its clock's zone as ours does, run by a machine in another one."""
    return run(
        "-m", "pytest", "tests", "-q", "-p", "no:cacheprovider", cwd=cwd, TZ=zone, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
    )


def test_every_test_runs_far_from_the_county_and_from_greenwich() -> None:
    assert time.localtime(0).tm_hour == 18
    assert run("-c", "import time; print(time.localtime(0).tm_hour)").stdout == "18\n"


@pytest.mark.parametrize(("zone", "code"), [("UTC", 0), ("America/Chicago", 1)])
def test_a_test_that_leans_on_the_machines_time_zone_is_seen(tmp_path: Path, zone: str, code: int) -> None:
    body = "import time\n\n\ndef test_year() -> None:\n    assert time.localtime(0).tm_year == 1970\n"
    done = outcome_in(zone, small_house(tmp_path, tests__unit__test_clock=body))
    assert done.returncode == code
    assert ("FAILED tests/unit/test_clock.py::test_year" in done.stdout) == bool(code)


def unlike_ci(readme: str, ci: str) -> list[str]:
    """Where what a README calls CI's command and what CI runs are not the same; and a demo that is not shown."""
    plain = [line for line in map(str.strip, ci.splitlines()) if line and not line.startswith(("#", "set ", "cd "))]
    blocks = re.findall(r"^```\w*\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    lines = [line.partition("#") for block in blocks for line in block.splitlines()]
    said = [command.strip() for command, _, why in lines if "CI" in why]
    found = [f"CI runs {command}, which is not said" for command in plain if command not in said]
    found += [f"CI does not run {command}" for command in said if command not in plain]
    return found + ["./pianqu demo is not shown"] * ("./pianqu demo" not in [command.strip() for command, *_ in lines])


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_readme_and_ci_name_the_same_commands(name: str) -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "./pianqu test" in ci.splitlines()
    assert unlike_ci((ROOT / name).read_text(encoding="utf-8"), ci) == []


@pytest.mark.parametrize(
    ("readme", "ci", "faults"),
    [
        ("./pianqu demo\n./pianqu test # CI", "# as README\nset -e\n./pianqu test", []),
        ("./pianqu test # CI", "./pianqu test", ["./pianqu demo is not shown"]),
        (
            "./pianqu demo\n./pianqu test # CI",
            "pip install x\n./pianqu test",
            ["CI runs pip install x, which is not said"],
        ),
        (
            "./pianqu demo\n./pianqu tests # CI",
            "./pianqu test",
            ["CI runs ./pianqu test, which is not said", "CI does not run ./pianqu tests"],
        ),
    ],
)
def test_a_command_that_ci_does_not_share_with_the_readme_is_seen(readme: str, ci: str, faults: list[str]) -> None:
    assert unlike_ci(f"```sh\n{readme}\n```\n", ci) == faults


@functools.cache
def command_line() -> typer.core.TyperGroup:
    """The CLI with all its groups."""
    for group in cli.GROUPS:
        importlib.import_module(f"api.commands.{group}").mount(cli.app)
    root = typer.main.get_command(cli.app)
    assert isinstance(root, typer.core.TyperGroup)
    return root


def options_of(command: Any) -> set[str]:
    """Every option a command and its subcommands take."""
    own = {
        name for parameter in command.params for name in (*parameter.opts, *parameter.secondary_opts) if name[:1] == "-"
    }
    below = getattr(command, "commands", {}).values()
    return own.union({"--help"}, *map(options_of, below))


def misspelt(line: str) -> str | None:
    """What is wrong with a ``pianqu …`` a person is told to run, or None."""
    here: Any = command_line()
    words = iter(line.split())
    for word in words:
        if not re.fullmatch("[a-z][a-z-]*", word) or not hasattr(here, "commands"):
            break
        if word not in here.commands:
            return f"{line}: there is no {word}"
        here = here.commands[word]
    if here.context_settings.get("ignore_unknown_options"):
        return None
    known = options_of(here) | {"--home", "--tenant"}
    unknown = [option for option in re.findall(r"(?<!\S)--[a-z][a-z0-9-]*", line) if option not in known]
    return f"{line}: there is no {unknown[0]}" if unknown else None


DOCUMENTS = [
    "README.md",
    "README.zh-CN.md",
    "CONTRIBUTING.md",
    *(str(p.relative_to(ROOT)) for p in (ROOT / "docs").glob("*.md")),
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_in_the_documents_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", " ")
    shown = re.findall(r"\./pianqu +([^`#|\n]*)", text)
    lines = [line.strip() for line in shown if line.split()[:1] not in (["test"], [], ["…"])]
    assert [fault for line in lines if (fault := misspelt(re.sub(r"^[A-Z…].*", "", line)))] == []


def test_every_command_and_option_in_the_messages_exists() -> None:
    known = options_of(command_line())
    faults = []
    for code, texts in catalogue().items():
        for text in (text.replace("useradd --system", "useradd") for text in texts.values()):
            shown = re.findall(r"pianqu ((?:[a-z][a-z-]* ?)+)", text)
            faults += [f"{code}: {fault}" for line in shown if (fault := misspelt(line))]
            faults += [f"{code}: there is no {o}" for o in re.findall(r"--[a-z][a-z0-9-]*", text) if o not in known]
    assert faults == []


def test_a_command_or_option_that_does_not_exist_is_seen() -> None:
    assert misspelt("bench import --json x.json") is None
    assert misspelt("brench import") == "brench import: there is no brench"
    assert misspelt("demo --twice") == "demo --twice: there is no --twice"


@pytest.mark.skipif(sys.version_info[:2] != (3, 11), reason="the notices list what Python 3.11 installs")
def test_third_party_notices_are_current() -> None:
    done = run("-c", "import runpy; print(runpy.run_path('deploy/notices.py')['notices'](), end='')", PYTHONUTF8="1")
    assert passes(done)
    assert done.stdout == (ROOT / "THIRD_PARTY_NOTICES").read_text(encoding="utf-8"), "run deploy/notices.py"


def test_no_package_of_the_locks_is_under_the_gpl() -> None:
    rows = re.findall(
        r"^(\S+ \S+)\n    (.+)$", (ROOT / "THIRD_PARTY_NOTICES").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert len(rows) > 50
    assert [row for row in rows if re.search(r"(?<!L)(A?GPL|General Public)", row[1]) and " OR " not in row[1]] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-test.lock"])
def test_every_locked_package_has_a_hash_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    packages = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(packages) > 70
    assert [p for p in packages if not re.match(r"\S+==\S+ .*\n    --hash=sha256:[0-9a-f]{64}", p)] == []
    assert "://" not in text
    assert " @ " not in text


def test_the_locks_hold_what_the_lists_ask_for() -> None:
    for name in ("requirements", "requirements-test"):
        asked = asked_for(f"{name}.in")
        held = set(
            re.findall(r"^([a-z0-9][\w-]*)==", (ROOT / f"{name}.lock").read_text(encoding="utf-8"), re.MULTILINE)
        )
        assert asked - held == set()


QUIET = {"httptools", "uvloop", "tzdata", "python-multipart"}
"""Used without being imported by us: by uvicorn, by zoneinfo, by starlette's forms."""

OPTIONAL = {"lightgbm"}
"""Tried as a challenger where somebody installed it; nothing leans on it."""

PEERS = {"pulp", "spopt"}
"""A benchmark compares with them where they are installed, and says so where they are not."""

TOOLS = {
    "import-linter",
    "ipykernel",
    "mypy",
    "nbconvert",
    "pandas-stubs",
    "pytest",
    "pytest-xdist",
    "ruff",
    "schemathesis",
    "types-shapely",
}
"""Test packages that are run, or read by mypy, or plugged into another."""


def asked_for(name: str) -> set[str]:
    """Packages of an ``.in`` file, without extras and versions."""
    return set(re.findall(r"^([a-z][\w-]*)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def imported_by(*rooms: str) -> set[str]:
    """Packages that provide what the files of these rooms import, wherever in the file."""
    providers = packages_distributions()
    modules = set()
    for room in rooms:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Import):
                    modules |= {alias.name.split(".")[0] for alias in node.names}
                elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                    modules.add(node.module.split(".")[0])
    names = {p for m in modules - set(sys.stdlib_module_names) - set(HOUSE) for p in providers.get(m, [m])}
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


def test_the_lists_hold_exactly_what_the_code_imports() -> None:
    runtime, tests = asked_for("requirements.in"), asked_for("requirements-test.in")
    used = imported_by("api", "data", "geo", "maps")
    assert used - runtime == OPTIONAL, "imported, not listed"
    assert runtime - used - QUIET == set(), "listed, not imported"
    assert imported_by("tests", "deploy") - runtime - tests - {"tests"} == PEERS, "imported by tests, not listed"
    assert tests - TOOLS - OPTIONAL - imported_by("tests", "deploy") == set(), "listed for tests, not imported"
    assert tests >= OPTIONAL, "optional, never tried"


def unknown_addresses(text: str) -> list[str]:
    """Addresses of the service that a document shows and no route answers."""
    from api.app import create_app

    shown = set(re.findall(r"127\.0\.0\.1:8000(/[^\s'\"`?)]*)", text))
    shown |= {path.split("?")[0] for path in re.findall(r"`(?:GET |POST )?(/[a-z][^\s`…]*)`", text)}
    paths = [*create_app(Settings(home=ROOT / "nowhere")).openapi()["paths"]]
    rules = [re.compile(re.sub(r"\\\{.*?\\\}", "[^/]+", re.escape(path))) for path in paths]
    return sorted(path for path in shown if not any(rule.fullmatch(path) for rule in rules))


def test_every_address_in_the_documents_is_answered() -> None:
    assert unknown_addresses((ROOT / "docs" / "api.md").read_text(encoding="utf-8")) == []


def test_an_address_that_nobody_answers_is_seen() -> None:
    assert unknown_addresses("curl http://127.0.0.1:8000/collectoins and `/locate`") == ["/collectoins"]
