"""What rows of the law name of each other must be there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.cases.formal import queries
from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class UnknownLink(Invalid):
    """A row that is named and not there; the facts name field and number."""


def check_links(session: Session, tenant: str, **named: int | None) -> None:
    """Refuse rows that are not there; none is no matter.

    Parameters
    ----------
    named
        ``incident_id``, ``penalty_id``, ``problem_id``, ``about_id`` (a document).

    Raises
    ------
    UnknownLink
    """
    for field, number in named.items():
        if number is not None and not queries.row_exists(session, tenant, field, number):
            raise UnknownLink("formal.no_row", field=field, number=number)
