"""``./pianqu`` before Python starts: what it installs, what it says, and that it steps aside.

The script runs on a small checkout with programs that only write down how they were called.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contracts import ROOT

TOOLS = "bash cat cmp cp env flock grep id ls mkdir mktemp readlink rm sleep".split()
PYTHON = """#!/bin/bash
echo "python $*" >>"$CALLS"
case "$*" in
"-m venv --clear "*) mkdir -p "$4/bin"; cp "$0" "$4/bin/python"; rm -f "$4/installing"; : >"$4/pyvenv.cfg" ;;
*" install "*) sleep 0.3; exit "${PIP_EXIT:-0}" ;;
esac
"""


@dataclass
class Checkout:
    """A checkout and a machine of its own: ``bin`` is all of PATH, ``calls`` what was run."""

    folder: Path
    programs: Path
    calls: Path

    def offer(self, name: str, body: str) -> None:
        """Put a program on PATH."""
        (self.programs / name).unlink(missing_ok=True)
        (self.programs / name).write_text(body)
        (self.programs / name).chmod(0o755)

    def run(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """``./pianqu`` with these arguments."""
        known: Mapping[str, str] = {
            "PATH": str(self.programs),
            "CALLS": str(self.calls),
            "DATABASE_URL": "postgresql://elsewhere/x",
        }
        script = self.folder / "pianqu"
        return subprocess.run(
            [script, *arguments], env={**known, **environment}, capture_output=True, text=True, check=False, timeout=60
        )

    def called(self) -> list[str]:
        """Every call so far, oldest first."""
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A fresh checkout on a machine with everything but Python packages."""
    made = Checkout(tmp_path / "here", tmp_path / "bin", tmp_path / "calls")
    made.folder.mkdir()
    made.programs.mkdir()
    shutil.copy(ROOT / "pianqu", made.folder)
    for name in ("requirements", "requirements-test"):
        (made.folder / f"{name}.lock").write_text(f"a==1 # {name}\n")
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (made.programs / tool).symlink_to(found)
    made.offer("python3.11", PYTHON)
    for tool in ("chromium", "ogrinfo"):
        made.offer(tool, "#!/bin/bash\n")
    return made


def test_the_first_run_installs_and_the_second_only_runs(checkout: Checkout) -> None:
    first = checkout.run("import", "layer", "a file.gpkg")
    assert (first.returncode, first.stdout) == (0, "")
    assert "installing 1 Python packages" in first.stderr
    assert any("--require-hashes" in call and "requirements.lock" in call for call in checkout.called())
    before = len(checkout.called())
    second = checkout.run("import", "layer", "a file.gpkg")
    assert (second.returncode, second.stderr) == (0, "")
    assert checkout.called()[before:] == ["python -m api.cli import layer a file.gpkg"]


def test_everything_is_shared_out_among_the_cores(checkout: Checkout) -> None:
    assert checkout.run("test", "--long").returncode == 0
    assert checkout.called()[-1] == "python -m pytest --numprocesses auto --maxprocesses 4 --dist loadfile --long"


def test_test_installs_the_longer_list_and_hands_its_arguments_to_pytest(checkout: Checkout) -> None:
    assert checkout.run("test", "tests/unit", "-k", "a or b").returncode == 0
    assert checkout.called()[-1] == "python -m pytest tests/unit -k a or b"
    assert any("requirements-test.lock" in call for call in checkout.called())
    before = len(checkout.called())
    assert checkout.run("status").stderr == "", "the longer list holds the shorter one"
    assert checkout.called()[before:] == ["python -m api.cli status"]


def test_a_changed_lock_is_installed_again(checkout: Checkout) -> None:
    checkout.run("status")
    (checkout.folder / "requirements.lock").write_text("a==2\n")
    assert "installing" in checkout.run("status").stderr
    assert checkout.run("status").stderr == ""


def test_an_install_that_was_killed_starts_afresh(checkout: Checkout) -> None:
    checkout.run("status")
    environment = checkout.folder / ".venv"
    (environment / "installing").touch()
    (environment / "requirements.lock").unlink()
    before = len(checkout.called())
    assert checkout.run("status").returncode == 0
    assert any("venv --clear" in call for call in checkout.called()[before:])


def test_an_install_that_fails_says_so_and_is_tried_again(checkout: Checkout) -> None:
    failed = checkout.run("status", PIP_EXIT="1")
    assert failed.returncode == 2
    assert "could not be installed" in failed.stderr
    assert checkout.called()[-1] != "python -m api.cli status"
    assert checkout.run("status").returncode == 0


def test_two_first_runs_at_once_install_once(checkout: Checkout) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: checkout.run("status"), range(4)))
    assert [run.returncode for run in done] == [0, 0, 0, 0]
    assert sum(" install " in call for call in checkout.called()) == 1


def test_a_folder_used_for_something_else_is_not_touched(checkout: Checkout, tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "important.txt").touch()
    done = checkout.run("status", PIANQU_VENV=str(tmp_path / "letters"))
    assert done.returncode == 2
    assert "in use for something else" in done.stderr
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["important.txt"]


def test_without_root_the_line_to_run_is_said(checkout: Checkout) -> None:
    checkout.offer("id", "#!/bin/bash\necho 1000\n")
    checkout.offer("apt-get", '#!/bin/bash\necho "apt-get $*" >>"$CALLS"\n')
    for tool in ("chromium", "ogrinfo"):
        (checkout.programs / tool).unlink()
    done = checkout.run("test")
    assert (done.returncode, done.stdout) == (2, "")
    assert "sudo apt-get install chromium gdal-bin" in done.stderr
    assert not any(call.startswith("apt-get") for call in checkout.called())


def test_root_gets_each_missing_package_with_a_line(checkout: Checkout) -> None:
    checkout.offer("id", "#!/bin/bash\necho 0\n")
    checkout.offer("apt-get", '#!/bin/bash\necho "apt-get $*" >>"$CALLS"\n')
    (checkout.programs / "ogrinfo").unlink()
    done = checkout.run("test")
    assert "installing Debian package gdal-bin" in done.stderr
    calls = [call for call in checkout.called() if call.startswith("apt-get")]
    assert "update" in calls[0]
    assert calls[1].endswith("gdal-bin")


def test_an_old_python_is_refused_with_the_mend(checkout: Checkout) -> None:
    checkout.offer("python3.11", "#!/bin/bash\nexit 1\n")
    checkout.offer("id", "#!/bin/bash\necho 0\n")
    checkout.offer("apt-get", "#!/bin/bash\n")
    done = checkout.run("status")
    assert done.returncode == 2
    assert "needs Python 3.11" in done.stderr
