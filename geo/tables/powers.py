"""权责清单 and 执法主体: which acts the bureau may do, on which article, within which band, reviewed by whom."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKeyConstraint, Integer, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row, field

POWER_KINDS = ("penalty", "permit", "measure", "inspection")
"""行政处罚, 行政许可(审批), 行政强制, 行政检查."""

BODY_KINDS = ("agency", "institution", "entrusted")
"""行政机关, 事业单位, 受委托组织. Only the first takes coercive measures (行政强制法 art. 17: 不得委托)."""

GRAVITIES = ("minor", "ordinary", "serious", "grave")
"""轻微, 一般, 严重, 特别严重."""

REVIEWS = ("leader", "legal", "collective")
"""负责人审批, 法制审核, 集体讨论."""

PARTIES = ("person", "body", "any")
"""公民, 法人或者其他组织, 不分."""


def _reviews() -> CheckConstraint:
    listed = ", ".join(repr(review) for review in REVIEWS)
    return CheckConstraint(f"reviewers <@ ARRAY[{listed}]::text[]", name="reviewers")


class PowerItem(Row, Base):
    """An item of the list: without one there is no formal act."""

    __tablename__ = "power_item"
    __table_args__: Any = (UniqueConstraint("tenant", "code"),)

    code: Mapped[str] = field(Text, "事项编码", "item code", required=True)
    kind: Mapped[str] = field(Text, "事项类型", "kind", choices=POWER_KINDS, required=True)
    name: Mapped[str] = field(Text, "事项名称", "name", required=True)
    article: Mapped[str] = field(Text, "法律依据", "article it rests on", required=True)
    active: Mapped[bool] = field(Boolean, "有效", "in force", server_default=text("true"), nullable=False)


class PowerCode(Row, Base):
    """That an event code is the business of an item."""

    __tablename__ = "power_code"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "item_id"], ["power_item.tenant", "power_item.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "code_system", "code", "item_id"),
    )

    item_id: Mapped[int] = mapped_column(BigInteger)
    code_system: Mapped[str] = field(Text, "代码体系", "code system", required=True)
    code: Mapped[str] = field(Text, "事件代码", "event code", required=True)


class DiscretionBand(Row, Base):
    """裁量档次: how much, when, and who must have looked at it."""

    __tablename__ = "discretion_band"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "item_id"], ["power_item.tenant", "power_item.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "item_id", "gravity", "party"),
        CheckConstraint("0 <= least_yuan AND least_yuan <= most_yuan", name="yuan"),
        _reviews(),
    )

    item_id: Mapped[int] = mapped_column(BigInteger)
    gravity: Mapped[str] = field(Text, "裁量档次", "gravity", choices=GRAVITIES, required=True)
    party: Mapped[str] = field(Text, "适用对象", "whom it is for", choices=PARTIES, required=True)
    condition: Mapped[str] = field(Text, "适用情形", "when it applies", server_default=text("''"), nullable=False)
    least_yuan: Mapped[int] = field(Integer, "最低罚款", "least fine", unit="元", required=True)
    most_yuan: Mapped[int] = field(Integer, "最高罚款", "highest fine", unit="元", required=True)
    reviewers: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))


class ReviewTier(Row, Base):
    """分级案审: from this amount on, of this gravity, these must have looked at it."""

    __tablename__ = "review_tier"
    __table_args__: Any = (
        UniqueConstraint("tenant", "party", "gravity", "from_yuan"),
        CheckConstraint("from_yuan >= 0", name="yuan"),
        _reviews(),
    )

    party: Mapped[str] = field(Text, "适用对象", "whom it is for", choices=PARTIES, required=True)
    gravity: Mapped[str] = field(Text, "情节", "of this gravity and above", choices=GRAVITIES, required=True)
    from_yuan: Mapped[int] = field(Integer, "罚款起点", "from this amount", unit="元", required=True)
    reviewers: Mapped[list[str]] = mapped_column(ARRAY(Text))


class EnforcementBody(Row, Base):
    """执法主体: in whose name documents go out, and what it is."""

    __tablename__ = "enforcement_body"
    __table_args__: Any = (UniqueConstraint("tenant", "code"),)

    code: Mapped[str] = field(Text, "主体编号", "code", required=True)
    name: Mapped[str] = field(Text, "主体名称", "name", required=True)
    kind: Mapped[str] = field(Text, "主体性质", "kind", choices=BODY_KINDS, required=True)
    head: Mapped[str] = field(Text, "文书字头", "what numbers of its documents begin with", required=True)
    active: Mapped[bool] = field(Boolean, "启用", "in use", server_default=text("true"), nullable=False)
