"""Whether two people may act together (行政处罚法 art. 42): pure, from what is on file about them at the moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from geo.errors import Forbidden


class MayNotSign(Forbidden):
    """Somebody whose signature makes no formal act; the code says why, the facts name the staff number."""


@dataclass(frozen=True, slots=True)
class Watch:
    """A shift somebody is on: its first local date, its code, and the team there."""

    on_date: dt.date
    shift_code: str
    team: str | None


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody at the moment of an act.

    Parameters
    ----------
    licence_from_on, licence_to_on
        First and last day of the licence; ``licence_to_on`` None is no licence.
    watches
        The shifts that cover the moment, in order.
    """

    id: int
    code: str
    regular: bool
    active: bool
    licence_from_on: dt.date | None
    licence_to_on: dt.date | None
    watches: tuple[Watch, ...] = ()

    def licensed(self, on: dt.date) -> bool:
        """Whether a licence is valid on a local day; auxiliaries never have one.

        Examples
        --------
        >>> wang = Officer(1, "A1", True, True, None, dt.date(2026, 6, 30))
        >>> wang.licensed(dt.date(2026, 6, 30)), wang.licensed(dt.date(2026, 7, 1))
        (True, False)
        """
        if not (self.regular and self.active and self.licence_to_on):
            return False
        return (self.licence_from_on or on) <= on <= self.licence_to_on


def check_signer(officer: Officer, on: dt.date) -> None:
    """Refuse anybody without a valid licence, off shift, or on shift in no team.

    Raises
    ------
    MayNotSign
        With ``formal.no_licence``, ``formal.not_on_shift`` or ``formal.no_team``.
    """
    if not officer.licensed(on):
        raise MayNotSign("formal.no_licence", staff=officer.code, on=on.isoformat())
    if not officer.watches:
        raise MayNotSign("formal.not_on_shift", staff=officer.code, on=on.isoformat())
    if all(watch.team is None for watch in officer.watches):
        raise MayNotSign("formal.no_team", staff=officer.code, on=on.isoformat())


def shared_watch(first: Officer, second: Officer) -> Watch:
    """The shift and team both are in.

    Raises
    ------
    MayNotSign
        With ``formal.same_person`` or ``formal.other_team``.

    Examples
    --------
    >>> watch = Watch(dt.date(2026, 6, 1), "day", "T1")
    >>> one, two = (Officer(n, f"A{n}", True, True, None, dt.date(2027, 1, 1), (watch,)) for n in (1, 2))
    >>> shared_watch(one, two).team
    'T1'
    """
    if first.id == second.id:
        raise MayNotSign("formal.same_person", staff=second.code)
    theirs: Sequence[Watch] = [watch for watch in first.watches if watch.team is not None]
    both = [watch for watch in theirs if watch in second.watches]
    if not both:
        raise MayNotSign("formal.other_team", staff=second.code, first=first.code)
    return both[0]
