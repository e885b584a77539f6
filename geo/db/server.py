"""The PostgreSQL on this machine that has PostGIS, and the user it runs as."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geo.db.errors import ClusterUnusable, ServerMissing

PLACES = (
    "usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "usr/pgsql-*/bin",  # RHEL and its kin
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)
PROGRAMS = ("initdb", "pg_ctl", "postgres")
SUPERVISED_USER = "postgres"


@dataclass(frozen=True, slots=True)
class Server:
    """Programs of one PostgreSQL installation that can create the PostGIS extension."""

    bin: Path
    version: tuple[int, int]

    @property
    def major(self) -> int:
        """The version whose data folders this server reads."""
        return self.version[0]


@dataclass(frozen=True, slots=True)
class Runner:
    """The operating-system user that owns the cluster's files and runs its programs.

    PostgreSQL refuses to run as root; when we are root we step down to ``postgres``.
    """

    uid: int
    gid: int
    name: str

    def run(self, command: Sequence[object], *, feed: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a program as this user with a neutral locale and folder; the caller reads the return code."""
        identity: Mapping[str, object] = (
            {"user": self.uid, "group": self.gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )
        quiet = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [str(part) for part in command],
            input=feed,
            stdin=subprocess.DEVNULL if feed is None else None,
            capture_output=True,
            text=True,
            cwd="/",
            umask=0o077,
            env={**quiet, "LC_ALL": "C.UTF-8", "HOME": "/"},
            **identity,
        )

    def may_enter(self, folder: Path) -> bool:
        """Whether this user can pass through every folder on the way to ``folder``."""
        for step in (folder, *folder.parents):
            try:
                stat = step.stat()
            except FileNotFoundError:
                continue
            bit = 0o100 if stat.st_uid == self.uid else 0o010 if stat.st_gid == self.gid else 0o001
            if not stat.st_mode & bit:
                return False
        return True


def find_runner(data: Path) -> Runner:
    """The owner of an existing data folder; for a new one ourselves, or ``postgres`` when we are root.

    Raises
    ------
    ClusterUnusable
        If the folder belongs to somebody else and we are not root, or root finds no user to step down to.
    """
    me = os.geteuid()
    owner = data.stat().st_uid if data.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise ClusterUnusable("cluster.other_user", folder=str(data), owner=_name(owner), user=_name(me))
        return Runner(me, os.getegid(), _name(me))
    if owner:
        entry = pwd.getpwuid(owner)
        return Runner(entry.pw_uid, entry.pw_gid, entry.pw_name)
    try:
        entry = pwd.getpwnam(SUPERVISED_USER)
    except KeyError:
        raise ClusterUnusable("cluster.no_user", user=SUPERVISED_USER) from None
    return Runner(entry.pw_uid, entry.pw_gid, entry.pw_name)


def find_server(major: int | None = None) -> Server:
    """The newest server with PostGIS, or the one of that major version; ``PIANQU_PG_BIN`` wins.

    Raises
    ------
    ServerMissing
        If there is none; the facts say what was looked at and what to install.
    """
    tried: list[str] = []
    for server in sorted(_servers(tried), key=lambda found: found.version, reverse=True):
        if major is None or server.major == major:
            return server
        tried.append(f"{server.bin}: {server.major}")
    raise ServerMissing("cluster.no_server", major=major or 15, tried="; ".join(tried) or "-")


def _servers(tried: list[str]) -> Iterator[Server]:
    for folder in _folders():
        if not all((folder / program).exists() for program in PROGRAMS):
            continue
        said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout.split()
        # "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)"; "16beta1" has no minor number
        number, _, minor = said[2].partition(".") if len(said) > 2 else ("", "", "")
        if not number.isdigit():
            tried.append(f"{folder}: {' '.join(said)}")
        elif not (_share(folder, number) / "extension" / "postgis.control").exists():
            tried.append(f"{folder}: no PostGIS")
        else:
            yield Server(folder, (int(number), int(minor) if minor.isdigit() else 0))


def _folders() -> list[Path]:
    """Where servers may stand; an override stands alone."""
    if chosen := os.environ.get("PIANQU_PG_BIN"):
        return [Path(chosen)]
    found = [folder for place in PLACES for folder in Path("/").glob(place)]
    if (on_path := shutil.which("postgres")) and Path(on_path).resolve().parent not in found:
        found.append(Path(on_path).resolve().parent)
    return found


def _share(folder: Path, major: str) -> Path:
    """The share folder; Debian's is known, elsewhere the installation is asked."""
    debian = Path(f"/usr/share/postgresql/{major}")
    if folder == Path(f"/usr/lib/postgresql/{major}/bin"):
        return debian
    if (folder / "pg_config").exists():
        said = subprocess.run([folder / "pg_config", "--sharedir"], capture_output=True, text=True).stdout.strip()
        return Path(said)
    return debian


def _name(uid: int | None) -> str:
    try:
        return pwd.getpwuid(uid).pw_name if uid is not None else "-"
    except KeyError:
        return str(uid)
