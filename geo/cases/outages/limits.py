"""How long an outage may last, by the county's table of limits."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

from geo.cases.clocks.actions import load_axis
from geo.cases.codes.actions import get_code, load_limits

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LAMP: Final = "C01-37"


def limit_of(session: Session, tenant: str, cause: str, at: dt.datetime) -> tuple[dict[str, Any], dt.datetime]:
    """The limit of a cause as a step notes it, and when it ends if it begins at an instant.

    An ordinary lamp fault has 24 natural hours from discovery, a cable fault is looked at again after 30 days, as long
    as the county's table says nothing else.

    Raises
    ------
    NoLimit
        If the county's table has no row that fits.
    """
    import numpy as np

    from geo.cases.clocks.clock import UNITS, Marks, Op, read_clocks

    code = get_code(session, tenant, LAMP)
    limit = load_limits(session, tenant).of(code["code_system"], LAMP, "*" if cause == "ordinary" else cause, "handle")

    def one(value: int) -> Any:
        return np.array([value], np.int64)

    marks = Marks(
        row=one(0), op=one(Op.START), at=one(int(at.timestamp())), amount=one(limit.amount),
        unit=one(UNITS.index(limit.unit_kind)), permille=one(1000),
    )  # fmt: skip
    read = read_clocks(marks, load_axis(session, tenant, at), int(at.timestamp()))
    return limit.plain(), dt.datetime.fromtimestamp(int(read.due[0]), dt.UTC)
