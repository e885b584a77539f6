"""门前三包/四包: shop fronts as an independent list, agreements, checks, monthly lists, and what is looked at again."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Feature, Row, feature_args, field

AGREEMENT_VERSIONS = ("three", "four")
"""门前三包, 门前四包."""

AGREEMENT_STATES = ("signed", "failed", "replaced", "ended")
"""有效, 年检不合格, 已续签(被新责任书替代), 已终止."""

CHECK_KINDS = ("routine", "annual", "look_back", "joint")
"""日常检查, 年检, 回头看, 区镇联合督查."""

LIST_STATES = ("draft", "notified", "issued", "withdrawn")
"""拟定, 已告知商户(可申诉), 已发布(内部), 已撤回."""

COLOURS = ("red", "black")

APPEAL_STATES = ("none", "waiting", "upheld", "rejected")
"""未申诉, 申诉中, 申诉成立, 申诉不成立."""

_FRONTAGE: Any = ["frontage.tenant", "frontage.id"]
_STAFF: Any = ["staff.tenant", "staff.id"]


class Frontage(Feature, Base):
    """门前: the line along one shop front. The list of shops is imported on its own and is what "all" means."""

    __tablename__ = "frontage"
    geometry_types = ("LineString", "Point")
    __table_args__: Any = feature_args(
        "frontage", geometry_types, Index(None, "tenant", "street"), Index(None, "tenant", "code")
    )

    code: Mapped[str] = field(Text, "商铺编号", "number", aliases=("编号", "商铺编号", "门牌编号"), required=True)
    name: Mapped[str] = field(
        Text, "店名", "name of the shop", aliases=("名称", "店名", "字号"), required=True, outside="t.outside_name"
    )
    trade: Mapped[str | None] = field(Text, "业态", "trade", aliases=("业态", "行业", "经营范围"))
    street: Mapped[str | None] = field(Text, "街路", "street", aliases=("街路", "路名", "道路"))
    number: Mapped[str | None] = field(Text, "门牌号", "house number", aliases=("门牌", "门牌号"))
    town: Mapped[str | None] = field(Text, "镇街", "town or street office", aliases=("镇街", "街道", "乡镇"))
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district", aliases=("片区",))
    licence: Mapped[str | None] = field(Text, "信用代码", "credit code", aliases=("统一社会信用代码", "信用代码"))
    width_dm: Mapped[int | None] = field(Integer, "门前宽度", "width of the front", unit="dm")
    opened_on: Mapped[dt.date | None] = field(Date, "开业日期", "first day of business", aliases=("开业日期",))
    closed_on: Mapped[dt.date | None] = field(Date, "歇业日期", "first day without business", aliases=("歇业日期",))
    status: Mapped[str | None] = field(Text, "责任书", "agreement", choices=("signed", "expired", "missing"), tile=True)
    """Of the day the register was last settled; any other day is counted from the dated history."""
    status_on: Mapped[dt.date | None] = mapped_column(Date)
    named_after: Mapped[bool | None] = mapped_column(Boolean, sort_order=96)
    """Whether the name holds its owner's name; empty while nobody has compared the two, which masks it outside."""
    outside_name: Mapped[str | None] = mapped_column(Text, sort_order=97)
    """The name as it may leave the bureau; empty while it is not known to hold no person's name."""


class Agreement(Row, Base):
    """责任书: one signed paper. It stands for itself: one that no shop was found for is listed, never dropped."""

    __tablename__ = "agreement"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "frontage_id"], _FRONTAGE),
        UniqueConstraint("tenant", "number"),
        CheckConstraint("valid_to_on >= signed_on", name="dates"),
        CheckConstraint("scan_sha256 ~ '^[0-9a-f]{64}$'", name="scan"),
        Index(None, "tenant", "frontage_id"),
        Index(None, "tenant", "licence"),
    )

    number: Mapped[str] = field(Text, "责任书编号", "number", required=True)
    version: Mapped[str] = field(Text, "版本", "version", choices=AGREEMENT_VERSIONS, required=True)
    frontage_id: Mapped[int | None] = mapped_column(BigInteger)
    matched_by: Mapped[str | None] = mapped_column(Text)
    """``code``, ``licence``, ``name``, or the account of who decided."""
    shop_code: Mapped[str | None] = field(Text, "商铺编号", "number of the shop as written")
    shop_name: Mapped[str | None] = field(Text, "店名", "name of the shop as written")
    street: Mapped[str | None] = field(Text, "街路", "street as written")
    licence: Mapped[str | None] = field(Text, "信用代码", "credit code as written")
    signatory: Mapped[bytes | None] = mapped_column(LargeBinary)
    """Sealed; the hash finds the same person again without opening it."""
    signatory_hash: Mapped[str | None] = mapped_column(Text)
    signed_on: Mapped[dt.date] = field(Date, "签订日期", "day it was signed", required=True)
    valid_to_on: Mapped[dt.date] = field(Date, "有效期至", "last day", required=True)
    scan_sha256: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=AGREEMENT_STATES, server_default=text("'signed'"), nullable=False
    )
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text)


class FrontageCheck(Row, Base):
    """One check of one front: what was found of each item, and the points, by the items that then held."""

    __tablename__ = "frontage_check"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "frontage_id"], _FRONTAGE),
        ForeignKeyConstraint(["tenant", "staff_id"], _STAFF),
        UniqueConstraint("tenant", "uid"),
        CheckConstraint("points BETWEEN 0 AND 100", name="points"),
        Index(None, "tenant", "frontage_id", "at"),
        Index(None, "tenant", "at"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    frontage_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[dt.datetime] = field(DateTime(timezone=True), "检查时间", "when", required=True)
    kind: Mapped[str] = field(Text, "检查类别", "kind", choices=CHECK_KINDS, required=True)
    version: Mapped[str] = field(Text, "条目版本", "version of the items", choices=AGREEMENT_VERSIONS, required=True)
    failed: Mapped[list[str]] = field(ARRAY(Text), "不合格条目", "items not kept", required=True)
    points: Mapped[int] = field(SmallInteger, "得分", "points of 100", required=True)
    passed: Mapped[bool] = field(Boolean, "履约", "whether the agreement was kept", required=True)
    event_uid: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    """The event 06-04 that a breach opened."""
    note: Mapped[str] = field(Text, "说明", "note", server_default=text("''"), nullable=False)
    staff_id: Mapped[int | None] = mapped_column(BigInteger)
    recorded_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    actor: Mapped[str] = mapped_column(Text)


class FrontageList(Row, Base):
    """红黑榜 of one month: drawn up from the checks, told to the shops, issued inside the bureau."""

    __tablename__ = "frontage_list"
    __table_args__: Any = (
        UniqueConstraint("tenant", "month_on", "version"),
        CheckConstraint("extract(day FROM month_on) = 1", name="month"),
    )

    month_on: Mapped[dt.date] = field(Date, "月份", "first day of the month", required=True)
    version: Mapped[int] = field(Integer, "版本", "version", required=True)
    state: Mapped[str] = field(
        Text, "状态", "state", choices=LIST_STATES, server_default=text("'draft'"), nullable=False
    )
    appeal_to_on: Mapped[dt.date | None] = field(Date, "申诉截止", "last day of appeal")
    checks_to_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    """Checks recorded until then were counted: what comes later changes no list that is drawn up."""
    sha256: Mapped[str] = mapped_column(Text)
    """Of the rows as drawn up; drawing it up again from the checks gives the same."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text)


class FrontageListRow(Row, Base):
    """One shop on a list: its colour, the checks it rests on, and its appeal."""

    __tablename__ = "frontage_list_row"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "list_id"], ["frontage_list.tenant", "frontage_list.id"]),
        ForeignKeyConstraint(["tenant", "frontage_id"], _FRONTAGE),
        UniqueConstraint("tenant", "list_id", "frontage_id"),
        CheckConstraint("appeal IN ('none', 'waiting') OR btrim(appeal_answer) <> ''", name="answered"),
    )

    list_id: Mapped[int] = mapped_column(BigInteger)
    frontage_id: Mapped[int] = mapped_column(BigInteger)
    colour: Mapped[str] = field(Text, "红黑榜", "colour", choices=COLOURS, required=True)
    checked: Mapped[int] = field(Integer, "检查次数", "checks", required=True, unit="次")
    passed: Mapped[int] = field(Integer, "履约次数", "checks passed", required=True, unit="次")
    points: Mapped[int] = field(Integer, "得分合计", "sum of points", required=True, unit="分")
    check_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    appeal: Mapped[str] = field(
        Text, "申诉", "appeal", choices=APPEAL_STATES, server_default=text("'none'"), nullable=False
    )
    appealed_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    appeal_said: Mapped[str] = mapped_column(Text, server_default=text("''"))
    appeal_answer: Mapped[str] = mapped_column(Text, server_default=text("''"))
    answered_by: Mapped[str | None] = mapped_column(Text)


class LookBack(Row, Base):
    """回头看: a front that is to be looked at again by a day, and the check that did."""

    __tablename__ = "look_back"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "frontage_id"], _FRONTAGE),
        ForeignKeyConstraint(["tenant", "cause_id"], ["frontage_check.tenant", "frontage_check.id"]),
        ForeignKeyConstraint(["tenant", "done_id"], ["frontage_check.tenant", "frontage_check.id"]),
        UniqueConstraint("tenant", "cause_id"),
        Index(None, "tenant", "due_on"),
    )

    frontage_id: Mapped[int] = mapped_column(BigInteger)
    cause_id: Mapped[int] = mapped_column(BigInteger)
    due_on: Mapped[dt.date] = field(Date, "回头看期限", "due", required=True)
    done_id: Mapped[int | None] = mapped_column(BigInteger)
