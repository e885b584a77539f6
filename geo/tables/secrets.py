"""Which key the personal data of a county are sealed with: its mark, never the key."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import DateTime, func
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Tenant


class PrivateKey(Tenant, Base):
    """That data were sealed with the key of this mark, so that another key is noticed before it is used."""

    __tablename__ = "private_key"

    mark: Mapped[str]
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
