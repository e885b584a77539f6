"""Entries that a register asks for become planned checks, each once and under the yearly cap (D15)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.patrol.demand.book.checks import Enterprise, add_check, list_checks, list_enterprises, save_enterprises
from geo.patrol.demand.checks import CapReached

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was proposed: numbers of the register with the check written down, and those left out with the reason.

    Reasons: ``open`` (a check is to be made already), ``cap`` (entered as often as it may be this year).
    """

    added: dict[str, int]
    left_out: dict[str, str]


def plan_entries(
    session: Session,
    tenant: str,
    wanted: Iterable[tuple[str, Enterprise]],
    power_item: str,
    first_on: dt.date,
    last_on: dt.date,
    *,
    most: int,
    actor: str,
) -> Proposed:
    """Write down a planned entry for each, in order, until there are ``most``.

    Parameters
    ----------
    wanted
        Number in its register, and how it stands on the list of enterprises.

    Raises
    ------
    BadCheck
        Without a power item, or with dates the wrong way round.

    Notes
    -----
    Who is not on the list of enterprises comes onto it; a cap that somebody set is kept. Asked again, nothing is
    written twice: an entry that is still to be made stands.
    """
    known = {one["code"] for one in list_enterprises(session)}
    waiting = {one["enterprise"] for one in list_checks(session)}
    added: dict[str, int] = {}
    left_out: dict[str, str] = {}
    for number, one in wanted:
        if one.code in waiting:
            left_out[number] = "open"
            continue
        if len(added) == most:
            break
        if one.code not in known:
            save_enterprises(session, tenant, [one], actor)
        try:
            added[number] = add_check(session, tenant, one.code, "planned", power_item, first_on, last_on, actor=actor)
        except CapReached:
            left_out[number] = "cap"
    return Proposed(added, left_out)
