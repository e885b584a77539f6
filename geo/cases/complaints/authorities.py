"""Whose business a complaint is if it is not the bureau's: a list from CSV, and the one a complaint speaks for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.cases.complaints.desk import queries
from geo.cases.spreadsheets.reading import find_columns, open_table
from geo.db.changes import write_change
from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

COLUMNS: Final = {
    "code": ("单位编号", "编号"),
    "name": ("单位名称", "单位", "名称"),
    "phone": ("联系电话", "电话"),
    "remit": ("职责", "受理范围"),
    "codes": ("事件代码", "代码"),
    "words": ("关键词", "词语"),
}
APART: Final = re.compile(r"[;；,，、\s]+")


class AuthorityBroken(Invalid):
    """A row of the list cannot be taken; the facts name row, field and mend."""


def read_authorities(path: Path) -> list[dict[str, Any]]:
    """The list in a file, checked; codes and words are separated by ；, 、 or spaces.

    Raises
    ------
    FileRefused, ColumnMissing
        If the file is no table or lacks code, name or remit.
    AuthorityBroken
        If code, name or remit of a row is empty, or a code stands twice.
    """
    rows: list[dict[str, Any]] = []
    seen: set[str] = set()
    with open_table(path) as table:
        columns = find_columns(table.header, COLUMNS, ("code", "name", "remit"))
        for row in table.rows:
            cells = {name: row.cells[columns[name]] if name in columns else "" for name in COLUMNS}
            for name in ("code", "name", "remit"):
                if not cells[name]:
                    raise AuthorityBroken("complaints.authority_empty", row=row.number, field=columns[name])
            if cells["code"] in seen:
                raise AuthorityBroken("complaints.authority_twice", row=row.number, authority=cells["code"])
            seen.add(cells["code"])
            lists = {name: [one for one in APART.split(cells[name]) if one] for name in ("codes", "words")}
            rows.append({**cells, **lists})
    return rows


def import_authorities(session: Session, tenant: str, path: Path, *, actor: str = "system") -> int:
    """Put the list of a file in place of the one in use; returns how many authorities it has."""
    rows = read_authorities(path)
    queries.set_authorities(session, tenant, rows)
    write_change(session, tenant, "authorities.imported", facts={"rows": len(rows)}, actor=actor)
    return len(rows)


def suggest_authority(authorities: Sequence[Mapping[str, Any]], code: str | None, text: str) -> str | None:
    """Code of the authority whose topic codes or words a complaint has; of several the one with the longest word.

    Examples
    --------
    >>> offices = [{"code": "GA", "codes": [], "words": ["斗殴"]}, {"code": "SJ", "codes": ["05-01"], "words": []}]
    >>> [suggest_authority(offices, *said) for said in (("05-01", ""), (None, "半夜斗殴"), (None, ""))]
    ['SJ', 'GA', None]
    """
    for one in authorities:
        if code is not None and code in one["codes"]:
            return str(one["code"])
    said = [(len(word), one["code"]) for one in authorities for word in one["words"] if word in text]
    return max(said)[1] if said else None
