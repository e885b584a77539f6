"""The case table ``told_figures``: leaflets, tonnage of plants, a month without an accident; one row a day and 片区."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import BadRow, Column, Sheet, day, refuse
from geo.cases.statistics.figures import HAND, figures
from geo.cases.statistics.hand import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

MOST: Final = Decimal(10) ** 12
CENT: Final = Decimal("0.01")


def read_amount(text: str) -> Decimal:
    """An amount of at most two decimals, nought or more, full-width digits too.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> read_amount("１００００"), read_amount("12.50")
    (Decimal('10000.00'), Decimal('12.50'))
    """
    try:
        amount = Decimal(text.strip())
        if not 0 <= amount < MOST or amount != amount.quantize(CENT):
            raise ValueError(text)
    except InvalidOperation:
        raise ValueError(text) from None
    return amount.quantize(CENT)


def by_hand() -> tuple[str, ...]:
    """The figures that are told by hand.

    Examples
    --------
    >>> "firework_leaflets" in by_hand(), "dust" in by_hand()
    (True, False)
    """
    return tuple(name for name, figure in figures().items() if figure.table == HAND)


def _figure(text: str) -> str:
    """A figure told by hand, by its name or its Chinese words."""
    for name in by_hand():
        if text in (name, figures()[name].zh):
            return name
    raise ValueError(text)


SHEET: Final = Sheet(
    "told_figures",
    (
        Column("figure", ("指标",), needed=True, read=_figure),
        Column("on_date", ("日期", "截止日期"), needed=True, read=day),
        Column("district_code", ("片区",)),
        Column("amount", ("数量",), needed=True, read=read_amount),
        Column("basis", ("依据",), needed=True),
    ),
    ("figure", "on_date", "district_code"),
)
SHEETS: Final = {SHEET.name: SHEET}


def list_rows(session: Session, tenant: str, name: str = SHEET.name) -> list[dict[str, Any]]:
    """All that was told; ``name`` is the one table of this room."""
    del name
    return queries.list_told(session, tenant)


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Keep what is told; the same figure of the same day and 片区 again replaces it.

    Raises
    ------
    TableRefused
        If a row names a 片区 that there is not.
    """
    known = queries.load_districts(session, tenant)
    lost = [row for row in rows if row["district_code"] is not None and row["district_code"] not in known]
    refuse(name, [BadRow(row["row"], "district_code", "codes.row_value", row["district_code"]) for row in lost])
    queries.upsert_told(session, tenant, [{**row, "set_by": actor} for row in rows])
