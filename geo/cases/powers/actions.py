"""Take the 权责清单, tiers and bodies from tables, and answer what may be done on which item."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from geo.cases.codes.files import BadRow, read_sheet, refuse, write_sheet
from geo.cases.powers import queries
from geo.cases.powers.reviews import Band, find_band
from geo.cases.powers.settings import FIGURES
from geo.cases.powers.sheets import BODIES, POWERS, TIERS
from geo.db.changes import write_change
from geo.errors import Conflict, Forbidden, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


class NoPowerItem(Conflict):
    """No item in force covers this: there is no formal act without one. The facts name item and code."""


class NoBand(Invalid):
    """The item has no band for this gravity and party, or the amount is outside it; the facts name the bounds."""


class UnknownBody(NotFound):
    """There is no such 执法主体 in use."""


class BodyMayNot(Forbidden):
    """A 事业单位 or 受委托组织 takes no coercive measure (行政强制法 art. 17); the facts name it."""


class UnknownSetting(NotFound):
    """There is no figure of that name."""


class SettingOutOfRange(Invalid):
    """A figure the law does not allow; the facts name least and most."""


def import_powers(session: Session, tenant: str, content: bytes, actor: str) -> dict[str, int]:
    """Take the whole list; items it no longer has go out of force, acts that rest on them stay.

    Parameters
    ----------
    content
        CSV, a row for each band of an item.

    Returns
    -------
    dict
        How many items of each kind, ``bands``, ``retired``.

    Raises
    ------
    TableRefused
        If any row is bad, an item is said in two ways, or a band twice: nothing is taken then.
    """
    rows = read_sheet(POWERS, content)
    items = group_items(rows)
    counts = dict.fromkeys(("penalty", "permit", "measure", "inspection"), 0)
    for bands in items.values():
        head = {name: bands[0][name] for name in ("code", "kind", "name", "article")}
        queries.save_item(session, tenant, head, bands)
        counts[head["kind"]] += 1
    counts["bands"] = sum(row["gravity"] is not None for row in rows)
    counts["retired"] = queries.retire_items(session, tenant, list(items))
    write_change(session, tenant, "powers.imported", facts=counts, actor=actor)
    return counts


def export_powers(session: Session, tenant: str) -> str:
    """The list in force as CSV; taking it again changes nothing."""
    rows = [
        {
            **row,
            "event_codes": ";".join(row["event_codes"]),
            "reviewers": ";".join(row["reviewers"] or ()),
        }
        for row in queries.list_rows(session, tenant)
    ]
    return write_sheet(POWERS, rows)


def group_items(rows: Sequence[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    """Rows by item, in order of the file.

    Raises
    ------
    TableRefused
        If rows of one item differ in kind, name or article, a band stands twice, or its least exceeds its most.
    """
    items: dict[str, list[Mapping[str, Any]]] = {}
    bad: list[BadRow] = []
    for row in rows:
        before = items.setdefault(row["code"], [])
        differs = [n for n in ("kind", "name", "article") if before and before[0][n] != row[n]]
        if differs:
            bad.append(BadRow(row["row"], differs[0], "powers.row_differs", str(row[differs[0]])))
        elif any((b["gravity"], b["party"]) == (row["gravity"], row["party"]) for b in before):
            bad.append(BadRow(row["row"], "gravity", "powers.row_band_twice", row["code"]))
        elif row["least_yuan"] > row["most_yuan"]:
            bad.append(BadRow(row["row"], "most_yuan", "powers.row_yuan", str(row["most_yuan"])))
        else:
            before.append(row)
    refuse(POWERS.name, bad)
    return items


def import_tiers(session: Session, tenant: str, content: bytes, actor: str) -> int:
    """Take the whole table of tiers; returns how many. Raises TableRefused as :func:`import_powers`."""
    rows = read_sheet(TIERS, content)
    queries.save_tiers(session, tenant, rows)
    write_change(session, tenant, "review_tiers.imported", facts={"rows": len(rows)}, actor=actor)
    return len(rows)


def import_bodies(session: Session, tenant: str, content: bytes, actor: str) -> int:
    """Take bodies, recognised by code; returns how many. Raises TableRefused as :func:`import_powers`."""
    rows = read_sheet(BODIES, content)
    for row in rows:
        queries.save_body(session, tenant, row)
    write_change(session, tenant, "enforcement_bodies.imported", facts={"rows": len(rows)}, actor=actor)
    return len(rows)


def require_item(
    session: Session, tenant: str, item_code: str, code_system: str | None = None, code: str | None = None
) -> dict[str, Any]:
    """An item in force, and one that covers the event code where one is said.

    Raises
    ------
    NoPowerItem
        If there is none, it is no longer in force, or it is about something else.
    """
    item = queries.find_item(session, tenant, item_code)
    if item is None or not item["active"]:
        raise NoPowerItem("powers.no_item", item=item_code, event_code=code or "-")
    if code is not None and not queries.item_covers(session, tenant, item["id"], code_system or "", code):
        raise NoPowerItem("powers.item_not_for", item=item_code, event_code=code)
    return item


def require_band(session: Session, tenant: str, item: Mapping[str, Any], party: str, gravity: str, yuan: int) -> Band:
    """The band an amount stands in.

    Raises
    ------
    NoBand
        If the item has none for this gravity and party, or the amount is outside it.
    """
    band = find_band(queries.load_bands(session, tenant, item["id"]), party, gravity)
    if band is None:
        raise NoBand("powers.no_band", item=item["code"], party=party, gravity=gravity)
    if not (yuan == 0 or band.least_yuan <= yuan <= band.most_yuan):
        least, most = band.least_yuan, band.most_yuan
        raise NoBand("powers.outside_band", item=item["code"], amount=yuan, least=least, most=most)
    return band


def require_body(session: Session, tenant: str, code: str, *, coercive: bool = False) -> dict[str, Any]:
    """A body in use, and one that may coerce where the act does.

    Raises
    ------
    UnknownBody
        If there is none.
    BodyMayNot
        If the act is coercive and the body is no 行政机关.
    """
    for body in queries.list_bodies(session, tenant):
        if body["code"] == code:
            if coercive and body["kind"] != "agency":
                raise BodyMayNot("powers.may_not_coerce", body=body["name"], kind=body["kind"])
            return body
    raise UnknownBody("powers.no_body", body=code)


def get_figure(session: Session, tenant: str, name: str) -> int:
    """A figure as the county has said it, or its default."""
    return queries.load_settings(session, tenant).get(name, FIGURES[name].value)


def set_figure(session: Session, tenant: str, name: str, value: int, basis: str, actor: str) -> None:
    """Say a figure for the county.

    Raises
    ------
    UnknownSetting
        If there is none of that name.
    SettingOutOfRange
        If the law does not allow the value.
    """
    if name not in FIGURES:
        raise UnknownSetting("powers.no_setting", name=name, known=", ".join(FIGURES))
    figure = FIGURES[name]
    if not figure.least <= value <= figure.most:
        raise SettingOutOfRange("powers.setting_range", name=name, value=value, least=figure.least, most=figure.most)
    queries.save_setting(session, tenant, name, value, basis, actor)
    write_change(session, tenant, "law_setting.set", facts={"name": name, "value": value}, actor=actor)


def list_figures(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Every figure with its value here, its default and what it rests on, by name."""
    said = queries.load_settings(session, tenant)
    return [
        {"name": name, "value": said.get(name, one.value), "default": one.value, "basis": one.basis}
        for name, one in sorted(FIGURES.items())
    ]
