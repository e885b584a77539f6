"""Lists the bureau keeps here: hauliers, lorries, grants, thresholds, mappings of feeds, standards of cleansing."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import BadRow, Column, Sheet, one_of, refuse, whole
from geo.cases.waste import queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LIMITS: Final[Mapping[str, int]] = {
    "gate_m": 60,
    "load_s": 120,
    "dump_m": 80,
    "tip_s": 60,
    "gap_s": 1_800,
    "least_trip_m": 300,
    "off_route_m": 120,
    "off_route_s": 120,
    "stop_m": 60,
    "stop_s": 600,
    "silent_s": 600,
    "ticket_before_s": 600,
    "ticket_after_s": 3_600,
    "spill_radius_m": 3_000,
    "spill_pass_m": 80,
    "spill_route_m": 60,
    "spill_back_h": 12,
    "keep_fixes_d": 90,
    "clear_school_m": 200,
    "clear_hospital_m": 200,
    "clear_estate_m": 100,
    "clear_water_m": 50,
    "near_street_m": 300,
}
"""Our defaults, not law; metres, seconds, hours, days by the last letters. ``docs/registers.md`` explains each."""

YES_NO: Final = {"1": ("是", "在册", "true", "yes"), "0": ("否", "注销", "false", "no")}
PLATE: Final = re.compile(r"[一-鿿][A-Z][A-Z0-9]{4,6}[A-Z0-9挂学警港澳]?")


def plate(text: str) -> str:
    """A plate as it is compared: no spaces and dots, capitals, full-width letters made plain.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> plate("云ａ·12345"), plate("云AD12345")
    ('云A12345', '云AD12345')
    """
    plain = re.sub(r"[\s·.•-]", "", unicodedata.normalize("NFKC", text)).upper()
    if not PLATE.fullmatch(plain):
        raise ValueError(text)
    return plain


def _known(text: str) -> str:
    if text not in LIMITS:
        raise ValueError(text)
    return text


def _yes(text: str) -> bool:
    return one_of(YES_NO)(text) == "1"


HAULIERS: Final = Sheet(
    "hauliers",
    (
        Column("code", ("企业编号",), needed=True),
        Column("name", ("企业名称",), needed=True),
        Column("licence", ("信用代码",)),
        Column("active", ("在册",), empty=True, read=_yes),
    ),
    ("code",),
)
VEHICLES: Final = Sheet(
    "haul_vehicles",
    (
        Column("plate", ("车牌号", "车牌"), needed=True, read=plate),
        Column("haulier_code", ("企业编号",), needed=True),
        Column("terminal", ("终端号",)),
        Column("active", ("在册",), empty=True, read=_yes),
    ),
    ("plate",),
)
GRANTS: Final = Sheet(
    "haul_grants",
    (
        Column("permit_number", ("许可编号",), needed=True),
        Column("site_code", ("工地编号",), needed=True),
        Column("haulier_code", ("企业编号",), needed=True),
        Column("route_code", ("线路编号",), empty=""),
        Column("dump_code", ("设施编号", "消纳点编号"), empty=""),
    ),
    ("permit_number", "site_code", "haulier_code", "route_code", "dump_code"),
)
THRESHOLDS: Final = Sheet(
    "waste_limits",
    (
        Column("name", ("名称",), needed=True, read=_known),
        Column("value", ("数值",), needed=True, read=whole(0, 1_000_000)),
        Column("basis", ("依据",), empty=""),
    ),
    ("name",),
)
MAPPINGS: Final = Sheet(
    "feed_columns",
    (
        Column("source", ("来源",), needed=True),
        Column(
            "kind", ("数据",), needed=True, read=one_of({"fix": ("定位",), "ticket": ("过磅",), "deviation": ("偏差",)})
        ),
        Column("name", ("字段",), needed=True),
        Column("said", ("对方写法",), needed=True),
    ),
    ("source", "kind", "name"),
)
CLEANSING: Final = Sheet(
    "cleansing",
    (
        Column(
            "tier", ("道路等级",), needed=True,
            read=one_of({"main": ("主干道",), "secondary": ("次干道",), "branch": ("支路",), "lane": ("小街巷",)}),
        ),
        Column("hours", ("每日保洁时长",), needed=True, read=whole(0, 24)),
        Column("shifts", ("班次",), needed=True, read=whole(0, 24)),
        Column("sprinklings", ("每日洒水",), needed=True, read=whole(0, 99)),
        Column("removed_daily", ("日产日清",), needed=True, read=_yes),
    ),
    ("tier",),
)  # fmt: skip
SHEETS: Final = {sheet.name: sheet for sheet in (HAULIERS, VEHICLES, GRANTS, THRESHOLDS, MAPPINGS, CLEANSING)}
TABLES: Final = {
    "hauliers": "haulier", "haul_vehicles": "haul_vehicle", "haul_grants": "haul_grant", "waste_limits": "waste_limit",
    "feed_columns": "feed_column", "cleansing": "cleansing_rule",
}  # fmt: skip


def list_rows(session: Session, tenant: str, name: str) -> list[dict[str, Any]]:
    """Rows of a list; of thresholds every one there is, with ours where the county has set none."""
    rows = queries.load_rows(session, tenant, TABLES[name], [column.name for column in SHEETS[name].columns])
    if name != "waste_limits":
        return rows
    set_ = {row["name"] for row in rows}
    usual = [{"name": one, "value": value, "basis": ""} for one, value in LIMITS.items() if one not in set_]
    return sorted([*rows, *usual], key=lambda row: list(LIMITS).index(row["name"]))


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save a list.

    Raises
    ------
    TableRefused
        If a lorry or grant names a haulier that is not on the list.
    """
    if name in ("haul_vehicles", "haul_grants"):
        missing = set(queries.missing_hauliers(session, tenant, [row["haulier_code"] for row in rows]))
        bad = [row for row in rows if row["haulier_code"] in missing]
        refuse(name, [BadRow(row["row"], "haulier_code", "codes.row_value", row["haulier_code"]) for row in bad])
    names = [column.name for column in SHEETS[name].columns]
    plain = [{**{one: row[one] for one in names}, "set_by": actor} for row in rows]
    queries.upsert_rows(session, tenant, TABLES[name], SHEETS[name].key, plain)


def load_limits(session: Session, tenant: str) -> dict[str, int]:
    """Every threshold of this room by name."""
    return {row["name"]: int(row["value"]) for row in list_rows(session, tenant, "waste_limits")}
