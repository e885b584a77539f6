"""Figures about a database that tell whether it is well."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

FIGURES = text("""
SELECT current_setting('server_version'), postgis_lib_version(), pg_database_size(current_database()) >> 20,
       current_setting('data_checksums') = 'on',
       coalesce((SELECT sum(checksum_failures) FROM pg_stat_database), 0)::bigint,
       coalesce((SELECT extract(epoch FROM now() - min(made_at)) FROM change WHERE seq IS NULL), 0)::float8""")


@dataclass(frozen=True, slots=True)
class Health:
    """What :func:`look_at` found.

    Parameters
    ----------
    version, postgis
        As the server words them.
    size_mb
        Of the database on disk, MiB.
    checksums
        Whether damage on disk would be noticed.
    damaged_pages
        Pages whose checksum failed since the statistics began.
    waiting_s
        Age of the oldest change that the sequencer has not numbered, seconds; 0 when none waits.
    """

    version: str
    postgis: str
    size_mb: int
    checksums: bool
    damaged_pages: int
    waiting_s: float


def look_at(session: Session) -> Health:
    """The figures as of now; needs the owner's session to see the changes of all counties."""
    return Health(*session.execute(FIGURES).one())
