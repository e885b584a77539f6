"""Proposals that a machine makes and a person decides on: cuts of 片区, and choices of sites.

Nothing in force changes by them: adopting one writes the layer it is about, and marks the proposal.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field

PROPOSAL_STATUSES = ("draft", "adopted")
UNIT_KINDS = ("unit_grid", "street_block")
LOADS = ("minutes", "events", "streets")
"""Minutes that the events of a year take to deal with, their number, or metres of street."""

PURPOSES = ("vendor_relief", "stockpile")
"""规范经营(疏导)点, 建筑垃圾临时堆放点."""


class DistrictProposal(Row, Base):
    """A cut of the county's ground into 片区 that waits for a decision."""

    __tablename__ = "district_proposal"
    __table_args__: Any = (
        CheckConstraint("(status = 'draft') = (adopted_at IS NULL)", name="adopted"),
        CheckConstraint("revision >= 1", name="revision"),
    )

    status: Mapped[str] = field(
        Text, "状态", "status", choices=PROPOSAL_STATUSES, server_default=text("'draft'"), nullable=False
    )
    unit_kind: Mapped[str] = field(Text, "单元", "what it is made of", choices=UNIT_KINDS, required=True)
    load_kind: Mapped[str] = field(Text, "工作量口径", "what is balanced", choices=LOADS, required=True)
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Number of 片区, walls, locks, seed, goal: the same on the same ground gives the same cut."""
    districts: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """``code name existed load_before`` of each 片区 of the proposal, in their order."""
    links: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Pairs of unit numbers across whose border a 片区 may reach."""
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What the machine's cut came to: evenness before and after, the bound, load moved, notes."""
    base_digest: Mapped[str] = mapped_column(Text)
    """SHA-256 of the 片区 it was made from; a proposal made from other 片区 is not adopted."""
    revision: Mapped[int] = mapped_column(Integer, server_default=text("1"))
    """Rises with every edit, so that two people do not overwrite each other."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    adopted_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    adopted_by: Mapped[str | None] = mapped_column(Text)


class DistrictProposalUnit(Row, Base):
    """One piece of ground of a proposal: where it is now, where the machine and where a person put it, and why."""

    __tablename__ = "district_proposal_unit"
    __table_args__: Any = (
        ForeignKeyConstraint(
            ["tenant", "proposal_id"], ["district_proposal.tenant", "district_proposal.id"], ondelete="CASCADE"
        ),
        UniqueConstraint("tenant", "proposal_id", "number"),
        UniqueConstraint("tenant", "proposal_id", "key"),
    )

    proposal_id: Mapped[int] = mapped_column(BigInteger)
    number: Mapped[int] = mapped_column(Integer)
    key: Mapped[str] = field(Text, "单元编号", "unit", required=True)
    load: Mapped[float] = mapped_column(Double)
    before_code: Mapped[str | None] = field(Text, "现属片区", "district now")
    cut_code: Mapped[str] = field(Text, "建议片区", "district proposed", required=True)
    code: Mapped[str] = field(Text, "拟定片区", "district as edited", required=True)
    locked: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    reason_code: Mapped[str | None] = mapped_column(Text)
    reason_facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    moved_by: Mapped[str | None] = mapped_column(Text)
    """Account that put it where it is; none while it is where the machine put it."""
    geom: Mapped[WKBElement] = mapped_column(Geometry("MULTIPOLYGON", srid=STORAGE, spatial_index=False))


class SitePlan(Row, Base):
    """A choice of sites that waits for a decision."""

    __tablename__ = "site_plan"
    __table_args__: Any = (CheckConstraint("(status = 'draft') = (adopted_at IS NULL)", name="adopted"),)

    purpose: Mapped[str] = field(Text, "用途", "what for", choices=PURPOSES, required=True)
    status: Mapped[str] = field(
        Text, "状态", "status", choices=PROPOSAL_STATUSES, server_default=text("'draft'"), nullable=False
    )
    asked: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """How many, the walk, spacing, rules, codes, period, where candidates came from."""
    summary: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """Demand, share covered, the bound and whether it is proven, the quick choice beside it."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    adopted_at: Mapped[dt.datetime | None] = mapped_column(DateTime(timezone=True))
    adopted_by: Mapped[str | None] = mapped_column(Text)


class SiteCandidate(Row, Base):
    """A place looked at: chosen with what it adds, free but not needed, or ruled out with every reason."""

    __tablename__ = "site_candidate"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "plan_id"], ["site_plan.tenant", "site_plan.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "plan_id", "key"),
        CheckConstraint("rank IS NULL OR reasons = '[]'", name="chosen_without_reasons"),
        Index(None, "tenant", "plan_id", "rank"),
    )

    plan_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = field(Text, "候选点编号", "candidate", required=True)
    name: Mapped[str | None] = field(Text, "名称", "name")
    rank: Mapped[int | None] = mapped_column(Integer)
    """1 for the site that adds most; none for what was not chosen."""
    adds: Mapped[float | None] = mapped_column(Double)
    """Demand it adds to the sites before it."""
    alone: Mapped[float | None] = mapped_column(Double)
    """Demand within its reach; none for what was ruled out."""
    capacity: Mapped[float | None] = mapped_column(Double)
    reasons: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    """Why it was ruled out: ``code rule limit found name`` of every rule it breaks."""
    geom: Mapped[WKBElement] = mapped_column(Geometry("POINT", srid=STORAGE, spatial_index=False))
