"""What can be wrong with the database, each with its mend in the message catalogue."""

from __future__ import annotations

from geo.errors import Conflict, Invalid, Kind, PianquError, Unavailable


class ServerMissing(PianquError):
    """No PostgreSQL with PostGIS on this machine; the facts say what was tried and what to install."""


class ClusterUnusable(PianquError):
    """The embedded cluster cannot be made or started; the facts carry the reason and the mend."""


class OtherMajor(Conflict):
    """The data folder was written by another major version of PostgreSQL."""


class DatabaseAway(Unavailable):
    """The database does not answer, or went away in the middle; nothing unacknowledged was kept."""


class DatabaseBusy(Unavailable):
    """Another transaction holds what this one needs; it can be tried again."""


class DatabaseFull(PianquError):
    """The disk of the database is full; what was acknowledged is safe, and writing works again once there is room.

    No :class:`geo.errors.Unavailable`: a job that filled the disk would fill it again at every new try.
    """

    kind = Kind.UNAVAILABLE


class SchemaBehind(Conflict):
    """The schema is not the one this version needs."""


class SchemaLocked(Unavailable):
    """A migration could not get its locks; the facts say what to stop."""


class NotPrepared(Conflict):
    """An external database lacks what only its administrator can set up."""


class IsolationBroken(Conflict):
    """A table of a county is not closed to other counties."""


class ChainBroken(Conflict):
    """The change log of a county was altered after it was chained; the facts say where."""


class BadBackup(Invalid):
    """A backup file that cannot be used."""
