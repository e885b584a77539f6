"""Where the state lives, whose county it is, and which database: read once at the door, then passed along.

Precedence: arguments, then the environment (``PIANQU_HOME``, ``PIANQU_TENANT``, ``DATABASE_URL``,
``PIANQU_PORT``, ``PIANQU_SHARED_BUFFERS_MB``), then defaults.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from geo.errors import Invalid

CHECKOUT = Path(__file__).resolve().parent.parent
TENANT = re.compile(r"[0-9]{6}")
SAMPLE_TENANT = "990101"


class BadSetting(Invalid):
    """A setting that cannot be used; the facts name it, its value and the mend."""


def check_tenant(code: str) -> str:
    """The code itself, if it is six ASCII digits; every statement that names a tenant relies on this.

    Raises
    ------
    BadSetting
        If it is anything else.

    Examples
    --------
    >>> check_tenant("990101")
    '990101'
    """
    if not TENANT.fullmatch(code):
        raise BadSetting("settings.tenant", value=code)
    return code


@dataclass(frozen=True, slots=True)
class Settings:
    """What every way in needs to know before it can do anything.

    Parameters
    ----------
    home
        Absolute folder that holds all state: the embedded database, logs, dashboards, backups.
    tenant
        Six-digit code of the county that a command means when it names none.
    database_url
        External PostgreSQL as a libpq URL; None starts and uses the embedded cluster in ``home``.
    port
        TCP port of the HTTP service.
    shared_buffers_mb
        Memory of the embedded server; its share of the machine's memory unless set.
    """

    home: Path
    tenant: str = SAMPLE_TENANT
    database_url: str | None = None
    port: int = 8000
    shared_buffers_mb: int = 128

    @classmethod
    def load(cls, home: Path | str | None = None, tenant: str | None = None) -> Self:
        """Settings from arguments, environment and defaults, checked.

        Raises
        ------
        BadSetting
            If a value cannot be used; the facts name the setting and the mend.
        """
        chosen = Path(home or os.environ.get("PIANQU_HOME") or CHECKOUT / ".pianqu")
        return cls(
            home=chosen.expanduser().absolute(),
            tenant=check_tenant(tenant or os.environ.get("PIANQU_TENANT") or SAMPLE_TENANT),
            database_url=_postgres_url(os.environ.get("DATABASE_URL")),
            port=_number("PIANQU_PORT", 8000, 1, 65535),
            shared_buffers_mb=_number("PIANQU_SHARED_BUFFERS_MB", modest_share(memory_mb()), 16, 65536),
        )


def memory_mb() -> int:
    """Memory of this machine in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20


def modest_share(memory: int) -> int:
    """Shared buffers in MiB for a machine with ``memory`` MiB that does other work too.

    Examples
    --------
    >>> modest_share(2_048), modest_share(8_192), modest_share(65_536)
    (64, 256, 256)
    """
    return max(64, min(256, memory // 32))


def _number(name: str, default: int, least: int, most: int) -> int:
    value = os.environ.get(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise BadSetting("settings.number", name=name, value=value, least=least, most=most)
    return int(value)


def _postgres_url(value: str | None) -> str | None:
    """The URL with the plain ``postgresql://`` scheme that libpq, asyncpg and SQLAlchemy all read."""
    if not value:
        return None
    plain = re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql://", value)
    if not plain.startswith("postgresql://"):
        raise BadSetting("settings.database_url", scheme=value.split(":", 1)[0][:20])
    return plain
