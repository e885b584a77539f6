"""What tiles of large point layers are drawn from below a layer's first zoom: its rows counted in cells."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, DateTime, Integer, SmallInteger, Text, func
from sqlalchemy.orm import Mapped, mapped_column

from geo.tables.base import Base, Tenant


class TileCell(Tenant, Base):
    """How many rows of a layer lie in one cell of one tile; cells without rows have none."""

    __tablename__ = "tile_cell"
    __table_args__: Any = (CheckConstraint("cell BETWEEN 0 AND 1023", name="cell"), CheckConstraint("n > 0", name="n"))

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    z: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    x: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    cell: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    """32 times the row from the north plus the column from the west."""
    n: Mapped[int] = mapped_column(Integer)
    parts: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """How many of them by choice, in the order of the mark's ``parts``."""


class TileMark(Tenant, Base):
    """That a layer's cells are kept, and how far the change log has been followed by them."""

    __tablename__ = "tile_mark"

    layer: Mapped[str] = mapped_column(Text, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    parts: Mapped[list[str]] = mapped_column(ARRAY(Text))
    """``<field>_<choice>`` of each part; cells made for other choices than the register's are made anew."""
    counted_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
