"""Read on in the change log from where one was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.features.changes import queries
from geo.features.changes.queries import Changed

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Page:
    """Changes in the order of their numbers.

    ``next`` is what to ask after the next time; ``complete`` says that nothing newer was there. ``head`` smaller than
    what was asked after: the county was restored from an older backup, begin anew.
    """

    changes: list[Changed]
    next: int
    head: int
    complete: bool


def read_changes(session: Session, tenant: str, layers: Sequence[str], after: int, most: int) -> Page:
    """Changes of some layers since a number.

    Numbers are given after a change is committed, by one sequencer: whoever follows them misses none and sees none
    late. Changes of other layers take numbers too, so that there are gaps.

    Parameters
    ----------
    after
        ``next`` of the last answer; 0 from the beginning.
    """
    head = queries.find_head(session, tenant)
    found = queries.list_changes(session, tenant, layers, after, head, most)
    complete = len(found) < most
    return Page(found, max(after, head) if complete else found[-1].seq, head, complete)
