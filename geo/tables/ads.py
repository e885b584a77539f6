"""户外广告与招牌: what hangs over the street, by which permit, what each kind may be, and what was ordered of it."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import LATITUDE, Base, Feature, Row, feature_args, field

AD_KINDS = ("billboard", "rooftop", "pole", "screen", "signboard", "light_box", "banner")
"""墙面大型广告, 楼顶广告, 高立柱广告, 电子屏, 门头招牌, 灯箱, 条幅."""

LARGE_KINDS = ("billboard", "rooftop", "pole", "screen")
"""What a bureau counts as 大型户外广告."""

AD_STATUSES = ("standing", "removed")

AD_MEASURES = ("guide", "remove")
"""规范指导, 责令拆除."""

AD_ORDER_STATES = ("ordered", "conformed", "removed_by_owner", "removed_by_bureau", "withdrawn")
"""已责令, 已规范, 自行拆除, 组织拆除, 已撤销."""


class Ad(Feature, Base):
    """An ad or sign. Its hazards are rows of the register of hazards, which name it."""

    __tablename__ = "ad"
    geometry_types = ("Point", "MultiPolygon")
    __table_args__ = feature_args(
        "ad", geometry_types, Index(None, "tenant", "code"),
        CheckConstraint("width_m > 0 AND height_m > 0", name="size"),
        CheckConstraint("(status = 'removed') = (removed_on IS NOT NULL)", name="removed"),
    )  # fmt: skip

    code: Mapped[str] = field(Text, "编号", "number", aliases=("编号", "广告编号", "设施编号"), required=True)
    kind: Mapped[str] = field(
        Text, "类别", "kind", aliases=("类别", "广告类型", "设施类型"), choices=AD_KINDS, required=True, tile=True
    )
    status: Mapped[str] = field(
        Text, "状态", "status", aliases=("状态",), choices=AD_STATUSES, server_default=text("'standing'"),
        nullable=False, tile=True,
    )  # fmt: skip
    name: Mapped[str | None] = field(
        Text, "内容", "what it says", aliases=("广告内容", "店招名称", "名称"), outside="t.outside_name"
    )
    owner: Mapped[str | None] = field(
        Text, "设置人", "who put it up", aliases=("设置单位", "产权单位", "业主"), outside="NULL::text"
    )
    place: Mapped[str | None] = field(Text, "地点", "place in words", aliases=("地址", "位置"))
    street: Mapped[str | None] = field(Text, "街路", "street", aliases=("街路", "路名", "道路"))
    width_m: Mapped[float | None] = field(Double, "宽", "width", aliases=("宽度", "长"), unit="m")
    height_m: Mapped[float | None] = field(Double, "高", "height", aliases=("高度",), unit="m")
    permit_number: Mapped[str | None] = field(
        Text, "许可编号", "number of its permit", aliases=("许可证号", "审批文号", "许可文号")
    )
    registered_on: Mapped[dt.date | None] = field(Date, "登记日期", "registered", aliases=("登记日期", "登记时间"))
    valid_to_on: Mapped[dt.date | None] = field(
        Date, "许可有效期至", "last day of its permit, as the list says", aliases=("有效期至", "到期日期", "截止日期")
    )
    inspected_on: Mapped[dt.date | None] = field(
        Date, "安全检测日期", "structure inspected", aliases=("检测日期", "安全检测时间")
    )
    removed_on: Mapped[dt.date | None] = field(Date, "拆除日期", "removed", aliases=("拆除时间",))
    outside_name: Mapped[str | None] = mapped_column(Text, sort_order=97)
    """What it says as it may leave the bureau; empty while nobody has said that it names no person."""


class AdRule(Row, Base):
    """What an ad of a kind may measure, and how often its structure is inspected; the bureau's own plan says so."""

    __tablename__ = "ad_rule"
    __table_args__: Any = (
        UniqueConstraint("tenant", "kind"),
        CheckConstraint("most_dm2 > 0 AND inspect_days > 0", name="limits"),
    )

    kind: Mapped[str] = field(Text, "类别", "kind", choices=AD_KINDS, required=True)
    most_dm2: Mapped[int | None] = field(Integer, "面积上限", "largest area", unit="dm²")
    inspect_days: Mapped[int | None] = field(Integer, "检测间隔", "days between inspections", unit="d")
    basis: Mapped[str] = field(Text, "依据", "basis", server_default=text("''"), nullable=False)


class AdOrder(Row, Base):
    """One line of the ledger of ads: what was ordered, of how much, and how it ended. It may be of no ad listed."""

    __tablename__ = "ad_order"
    __table_args__: Any = (
        UniqueConstraint("tenant", "uid"),
        ForeignKeyConstraint(["tenant", "ad_id"], ["ad.tenant", "ad.id"]),
        CheckConstraint(LATITUDE, name="latitude"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("due_on >= ordered_on AND done_on >= ordered_on", name="dates"),
        CheckConstraint("(state IN ('ordered', 'withdrawn')) = (done_on IS NULL)", name="done"),
        Index(None, "tenant", "ordered_on"),
        Index(None, "tenant", "done_on"),
        Index(None, "tenant", "ad_id"),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    ad_id: Mapped[int | None] = mapped_column(BigInteger)
    kind: Mapped[str] = field(Text, "类别", "kind", choices=AD_KINDS, required=True)
    measure: Mapped[str] = field(Text, "措施", "measure", choices=AD_MEASURES, required=True)
    state: Mapped[str] = field(Text, "状态", "state", choices=AD_ORDER_STATES, required=True)
    quantity: Mapped[float] = field(Numeric(12, 2), "数量", "quantity", required=True)
    unit: Mapped[str] = field(Text, "单位", "unit of the quantity", required=True)
    ordered_on: Mapped[dt.date] = field(Date, "责令日期", "ordered", required=True)
    due_on: Mapped[dt.date | None] = field(Date, "期限", "last day for the owner")
    done_on: Mapped[dt.date | None] = field(Date, "完成日期", "done")
    reason: Mapped[str] = field(Text, "事由", "why", server_default=text("''"), nullable=False)
    notice: Mapped[str | None] = field(Text, "文书编号", "number of the notice")
    place: Mapped[str] = field(Text, "地点", "place in words", server_default=text("''"), nullable=False)
    district_code: Mapped[str | None] = field(Text, "片区", "patrol district")
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
    made_by: Mapped[str] = mapped_column(Text)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class AdHazard(Row, Base):
    """That a hazard on the register is about an ad."""

    __tablename__ = "ad_hazard"
    __table_args__: Any = (
        UniqueConstraint("tenant", "hazard_id"),
        ForeignKeyConstraint(["tenant", "ad_id"], ["ad.tenant", "ad.id"], ondelete="CASCADE"),
        ForeignKeyConstraint(["tenant", "hazard_id"], ["hazard.tenant", "hazard.id"], ondelete="CASCADE"),
        Index(None, "tenant", "ad_id"),
    )

    ad_id: Mapped[int] = mapped_column(BigInteger)
    hazard_id: Mapped[int] = mapped_column(BigInteger)
