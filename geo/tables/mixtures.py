"""Plans drawn by lot: the sealed seed of a shift, and the plans it was drawn from with their weights."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Row


class ShiftSeal(Row, Base):
    """The seed of a shift's draws. Its hash stands in the audit chain; the seed is told once the shift is over."""

    __tablename__ = "shift_seal"
    __table_args__: Any = (
        UniqueConstraint("tenant", "on_date", "shift_code"),
        ForeignKeyConstraint(["tenant", "shift_code"], ["shift_kind.tenant", "shift_kind.code"]),
        CheckConstraint("octet_length(seed) = 32", name="seed"),
    )

    on_date: Mapped[dt.date] = mapped_column(Date)
    shift_code: Mapped[str] = mapped_column(Text)
    seed: Mapped[bytes] = mapped_column(LargeBinary)
    """No route, export or page carries it before the shift is over."""
    seal: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class PlanMixture(Row, Base):
    """One draw: the plans it could have been, their weights, which one it was. Rows are only added."""

    __tablename__ = "plan_mixture"
    __table_args__: Any = (
        UniqueConstraint("tenant", "seal_id", "attempt"),
        ForeignKeyConstraint(["tenant", "seal_id"], ["shift_seal.tenant", "shift_seal.id"]),
        ForeignKeyConstraint(["tenant", "plan_id"], ["shift_plan.tenant", "shift_plan.id"]),
        CheckConstraint("cardinality(weights_ppm) = cardinality(worths)", name="lengths"),
        CheckConstraint("drawn >= 0 AND drawn < cardinality(weights_ppm)", name="drawn"),
        CheckConstraint("attempt = 1 OR btrim(why) <> ''", name="why"),
    )

    seal_id: Mapped[int] = mapped_column(BigInteger)
    attempt: Mapped[int] = mapped_column(SmallInteger)
    """1 for the first draw of the shift; each further one has a reason in ``why``."""
    why: Mapped[str] = mapped_column(Text, server_default=text("''"))
    digest: Mapped[str] = mapped_column(Text)
    """SHA-256 of problem, plans and weights."""
    days: Mapped[list[Any]] = mapped_column(JSONB)
    """Each plan as its teams' visits: ``[key, option, begin_s]`` in order."""
    worths: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    """Thousandths of a violation-minute suppressed by each."""
    weights_ppm: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    drawn: Mapped[int] = mapped_column(SmallInteger)
    plan_id: Mapped[int] = mapped_column(BigInteger)
    figures: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Entropy of visits and the worst case, in thousandths."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
