"""Compiled code is kept for one state of all the files it was compiled from, and for no other."""

import subprocess
import sys
from pathlib import Path

from geo.compiling import HERE, compiled_files, folder_of, state_of

STEP = "from geo.compiling import njit\n\n\n@njit(cache=True)\ndef step(x):\n    return x + {}\n"
WALK = """from geo.compiling import njit
from geo.step import step


@njit(cache=True)
def walk(x):
    return step(x)
"""


def test_the_files_that_are_compiled_are_found_with_those_their_constants_come_from():
    found = {file.relative_to(HERE).as_posix() for file in compiled_files()}
    assert {"patrol/solve/moves.py", "patrol/solve/tables.py", "patrol/value.py", "roads/search.py"} <= found
    assert "patrol/people/weigh.py" not in found
    using = {file for file in HERE.rglob("*.py") if "njit" in file.read_text(encoding="utf-8")}
    assert using <= compiled_files()


def test_only_one_place_knows_the_compiler():
    others = [
        file for file in HERE.rglob("*.py")
        if file.name != "compiling.py" and ("import numba" in (text := file.read_text("utf-8")) or "from numba" in text)
    ]  # fmt: skip
    assert not others


def test_the_folder_of_another_state_goes_when_a_new_one_comes(tmp_path):
    old = folder_of("0" * 12, tmp_path)
    old.mkdir(parents=True)
    assert folder_of("0" * 12, tmp_path) == old
    assert old.is_dir()
    assert folder_of("1" * 12, tmp_path) != old
    assert not old.exists()


def test_what_was_compiled_of_a_file_that_changed_is_not_used_again(tmp_path):
    """An upgrade changes the inner function's file only; the outer one must not answer as before."""
    geo = tmp_path / "geo"
    geo.mkdir()
    (geo / "__init__.py").touch()
    (geo / "compiling.py").write_bytes((HERE / "compiling.py").read_bytes())
    (geo / "walk.py").write_text(WALK)
    states = set()
    for more in (1, 2):
        (geo / "step.py").write_text(STEP.format(more))
        states.add(state_of(compiled_files(geo)))
        assert walked(tmp_path) == walked(tmp_path) == 10 + more
    assert len(states) == 2


def walked(folder: Path) -> int:
    """What the outer function gives in a process of its own."""
    ask = [sys.executable, "-c", "from geo.walk import walk; print(walk(10))"]
    told = subprocess.run(ask, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return int(told.stdout)
