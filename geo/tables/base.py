"""What every table shares: the tenant-first key, and how a layer column describes itself.

Every operational table is ``PRIMARY KEY (tenant, id)`` with ``tenant`` first in every unique and
foreign key, so the same schema runs on one box per county and distributed by county.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    DateTime,
    FromClause,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    event,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedColumn, declared_attr, mapped_column

from geo.crs import MAX_LATITUDE, STORAGE

TILE_SRID = 3857

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of Pianqu."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {
        str: Text,
        dt.datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
    }


class Tenant:
    """The county a row belongs to: its six-digit adcode at onboarding, never changed afterwards."""

    @declared_attr
    def tenant(cls) -> Mapped[str]:  # noqa: N805
        return mapped_column(
            Text, CheckConstraint("tenant ~ '^[0-9]{6}$'", name="tenant"), primary_key=True, sort_order=-3
        )


class Row(Tenant):
    """A row of a county: ``(tenant, id)``, the id an identity that no client chooses."""

    @declared_attr
    def id(cls) -> Mapped[int]:  # noqa: N805
        return mapped_column(BigInteger, Identity(), primary_key=True, sort_order=-2)


@dataclass(frozen=True, slots=True)
class About:
    """How a column of a layer is named to people, found in foreign files, and shown.

    ``aliases`` are other names under which bureaus deliver the column (matched without case);
    ``tile`` puts it into vector tiles; ``required`` makes a row without it a reject. ``outside`` is SQL of what stands
    for the field where features leave the bureau, with the table as ``t``; empty for a field that leaves as it is.
    """

    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    required: bool = False
    tile: bool = False
    unit: str = ""
    outside: str = ""


def field(
    kind: Any,
    zh: str,
    en: str,
    *,
    aliases: Sequence[str] = (),
    choices: Sequence[str] = (),
    required: bool = False,
    tile: bool = False,
    unit: str = "",
    outside: str = "",
    **column: Any,
) -> MappedColumn[Any]:
    """A column that importers, legends, pop-ups and exports can read about (see :class:`About`).

    Examples
    --------
    >>> field(Text, "状态", "status", choices=("on", "fault")).column.info["about"].zh
    '状态'
    """
    about = About(zh, en, tuple(aliases), tuple(choices), required, tile, unit, outside)
    column.setdefault("nullable", not required)
    return mapped_column(kind, info={"about": about}, **column)


@event.listens_for(Column, "after_parent_attach")
def _check_choices(column: Column[Any], table: Table) -> None:
    """Let the database refuse a value outside the listed choices, whoever writes it."""
    about: About | None = column.info.get("about")
    if about and about.choices:
        listed = ", ".join(f"'{choice}'" for choice in about.choices)
        table.append_constraint(CheckConstraint(f"{column.name} IN ({listed})", name=f"{column.name}_choice"))


class Feature(Row):
    """A row of a map layer: where it came from, its geometry stored and drawn, and what was left unmapped.

    ``(source, source_key)`` names the row in the data set it came from, so that importing the same
    file again changes nothing. ``extra`` keeps the columns of the file that the layer has no place for.
    """

    geometry_types: tuple[str, ...] = ()
    if TYPE_CHECKING:
        __table__: ClassVar[FromClause]

    @declared_attr
    def source(cls) -> Mapped[str]:  # noqa: N805
        return mapped_column(Text, sort_order=90)

    @declared_attr
    def source_key(cls) -> Mapped[str]:  # noqa: N805
        return mapped_column(Text, sort_order=91)

    @declared_attr
    def extra(cls) -> Mapped[dict[str, Any]]:  # noqa: N805
        return mapped_column(JSONB, server_default=text("'{}'"), sort_order=92)

    @declared_attr
    def updated_at(cls) -> Mapped[dt.datetime]:  # noqa: N805
        return mapped_column(DateTime(timezone=True), server_default=func.now(), sort_order=93)

    @declared_attr
    def geom(cls) -> Mapped[WKBElement]:  # noqa: N805
        return mapped_column(_geometry(cls.geometry_types, STORAGE), sort_order=94)

    @declared_attr
    def geom_3857(cls) -> Mapped[WKBElement]:  # noqa: N805
        return mapped_column(
            _geometry(cls.geometry_types, TILE_SRID),
            Computed(f"ST_Transform(geom, {TILE_SRID})", persisted=True),
            sort_order=95,
        )


def _geometry(types: tuple[str, ...], srid: int) -> Geometry:
    """One type is a typed column; several share a plain geometry column that a CHECK narrows."""
    return Geometry(types[0].upper() if len(types) == 1 else "GEOMETRY", srid=srid, spatial_index=False)


LATITUDE = f"ST_YMin(geom) >= -{MAX_LATITUDE:g} AND ST_YMax(geom) <= {MAX_LATITUDE:g}"


def feature_args(table: str, types: tuple[str, ...], *more: Any) -> tuple[Any, ...]:
    """Constraints and indexes every layer table has; ``more`` are the layer's own."""
    checks: list[Any] = [
        # Tiles are Web Mercator, which ends at 85 degrees; a latitude past it is a swapped or broken pair.
        CheckConstraint(LATITUDE, name="latitude"),
        UniqueConstraint("tenant", "source", "source_key"),
        Index(f"ix_{table}_geom", "geom", postgresql_using="gist"),
        Index(f"ix_{table}_geom_3857", "geom_3857", postgresql_using="gist"),
    ]
    if len(types) > 1:
        listed = ", ".join(f"'{name.upper()}'" for name in types)
        checks.append(CheckConstraint(f"GeometryType(geom) IN ({listed})", name="geometry_type"))
    return (*checks, *more)
