"""What carries the registers: counties, receipts, counters, and the change log a sequencer numbers."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import BigInteger, DateTime, Index, Integer, LargeBinary, Text, UniqueConstraint, Uuid, func, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, Tenant


class County(Tenant, Base):
    """A county and its settings: how it measures, tells the time, and keeps holidays."""

    __tablename__ = "county"

    name: Mapped[str]
    metric_srid: Mapped[int] = mapped_column(Integer)
    time_zone: Mapped[str] = mapped_column(Text, server_default=text("'Asia/Shanghai'"))
    calendar: Mapped[str] = mapped_column(Text, server_default=text("'cn'"))
    extent: Mapped[WKBElement] = mapped_column(Geometry("POLYGON", srid=STORAGE, spatial_index=False))
    """The box outside which a coordinate cannot belong to this county."""
    created_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    map_number: Mapped[str | None] = mapped_column(Text, sort_order=96)
    """审图号 of the county's map; without one nobody outside is shown it."""


class Receipt(Tenant, Base):
    """That a record with this client-made ``uid`` was accepted once, and where it stands. Never partitioned."""

    __tablename__ = "receipt"

    uid: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True)
    kind: Mapped[str]
    row_id: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class LayerCount(Row, Base):
    """One signed step of a layer's row count; the count is the sum.

    Written as steps, not as one counter row, so that an import of hours never holds a lock that a
    check-in waits for; the sequencer folds steps together.
    """

    __tablename__ = "layer_count"
    __table_args__: Any = (Index(None, "tenant", "layer", "visibility"),)

    layer: Mapped[str]
    visibility: Mapped[str] = mapped_column(Text, server_default=text("'all'"))
    step: Mapped[int] = mapped_column(BigInteger)


class Change(Row, Base):
    """Something that happened, written in the transaction that made it happen, numbered after its commit.

    ``seq``, ``previous_hash`` and ``hash`` are empty until the sequencer has seen the row; from then on
    the rows of a county form one hash chain that readers of the change feed, the audit log, tile
    invalidation and webhooks follow.
    """

    __tablename__ = "change"
    __table_args__: Any = (
        UniqueConstraint("tenant", "seq"),
        UniqueConstraint("tenant", "uid"),
        Index("ix_change_waiting", "tenant", "id", postgresql_where=text("seq IS NULL")),
    )

    uid: Mapped[uuid.UUID] = mapped_column(Uuid)
    kind: Mapped[str]
    """Dotted noun.verb_past: ``layer.imported``, ``plan.saved``, ``account.signed_in``."""
    layer: Mapped[str | None]
    feature_ids: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    box: Mapped[WKBElement | None] = mapped_column(Geometry("POLYGON", srid=STORAGE, spatial_index=False))
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    actor: Mapped[str] = mapped_column(Text, server_default=text("'system'"))
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    seq: Mapped[int | None] = mapped_column(BigInteger)
    previous_hash: Mapped[bytes | None] = mapped_column(LargeBinary)
    hash: Mapped[bytes | None] = mapped_column(LargeBinary)
