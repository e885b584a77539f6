"""Forecasts as they were made, how they came out, and what a patrol saw: none of it is ever changed afterwards.

A forecast's figures stand in arrays, in the order of its place set, so that a week of every place, shift and code
group stays small. Its SHA-256 goes into the hash-chained change log when it is made.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, REAL
from sqlalchemy.orm import Mapped, mapped_column

from geo.crs import STORAGE
from geo.tables.base import Base, Row, field

TRAININGS = ("complaints", "exposure")
"""Which records a forecast learned from: complaints only, or all of them corrected for who was looking."""

EVERY_SHIFT = ""
"""Shift code of a forecast for the whole day."""

EVERY_GROUP = ""
"""Code group of a forecast for all codes together."""


class PatrolPresence(Row, Base):
    """That a patrol was around for a while: where, from when to when, how many minutes of it. No names."""

    __tablename__ = "patrol_presence"
    __table_args__: Any = (
        UniqueConstraint("tenant", "from_at", "place_kind", "place_key"),
        CheckConstraint("to_at > from_at", name="times"),
        CheckConstraint("minutes >= 0", name="minutes"),
    )

    place_kind: Mapped[str] = field(
        Text, "地点类别", "kind of place", choices=("district", "unit_grid", "street_block", "zone"), required=True
    )
    place_key: Mapped[str] = field(Text, "地点编号", "key of the place", required=True)
    from_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "开始", "from", required=True)
    to_at: Mapped[dt.datetime] = field(DateTime(timezone=True), "结束", "to", required=True)
    minutes: Mapped[float] = field(
        Double, "在场分钟", "minutes for which the place was in somebody's sight", required=True, unit="min"
    )


class PlaceSet(Row, Base):
    """A set of places forecasts are made for, as it was then; changed ground makes a new set."""

    __tablename__ = "place_set"
    __table_args__: Any = (UniqueConstraint("tenant", "kind", "digest"),)

    kind: Mapped[str]
    digest: Mapped[str]
    """SHA-256 of keys and geometry."""
    size: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())


class ForecastPlace(Row, Base):
    """A place of a set; ``ordinal`` is its position, from 0, in the arrays of every forecast for the set."""

    __tablename__ = "forecast_place"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "place_set_id"], ["place_set.tenant", "place_set.id"], ondelete="CASCADE"),
        UniqueConstraint("tenant", "place_set_id", "ordinal"),
    )

    place_set_id: Mapped[int] = mapped_column(BigInteger)
    ordinal: Mapped[int] = mapped_column(Integer)
    key: Mapped[str]
    name: Mapped[str | None]
    district_code: Mapped[str | None]
    geom: Mapped[WKBElement] = mapped_column(Geometry("GEOMETRY", srid=STORAGE, spatial_index=False))


class Forecast(Row, Base):
    """What was expected at every place of a set, for one code group and shift, over a span of local days."""

    __tablename__ = "forecast"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "place_set_id"], ["place_set.tenant", "place_set.id"]),
        UniqueConstraint(
            "tenant", "from_on", "to_on", "place_kind", "code_group", "shift_code", "version", name="uq_forecast_span"
        ),
        CheckConstraint("to_on >= from_on", name="days"),
        CheckConstraint("audit_share BETWEEN 0.10 AND 0.15", name="audit_share"),
        Index(None, "tenant", "to_on"),
    )

    place_set_id: Mapped[int] = mapped_column(BigInteger)
    place_kind: Mapped[str]
    code_group: Mapped[str]
    """Name of the group in the code list; empty for all codes together."""
    shift_code: Mapped[str]
    """Code of the shift; empty for the whole day."""
    from_on: Mapped[dt.date] = mapped_column(Date)
    to_on: Mapped[dt.date] = mapped_column(Date)
    version: Mapped[int] = mapped_column(Integer)
    origin_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True))
    """Nothing found from this instant on was known."""
    model: Mapped[str]
    training: Mapped[str] = field(Text, "训练口径", "what it learned from", choices=TRAININGS, required=True)
    code_version: Mapped[str]
    seed: Mapped[int] = mapped_column(BigInteger)
    input_digest: Mapped[str]
    """SHA-256 of everything it was computed from: the same input is not computed again."""
    digest: Mapped[str]
    """SHA-256 of what it says; the change log holds it too."""
    list_size: Mapped[int] = mapped_column(Integer)
    """How many places the list to patrol holds."""
    expected: Mapped[float] = mapped_column(Double)
    lower: Mapped[float] = mapped_column(Double)
    upper: Mapped[float] = mapped_column(Double)
    """Records expected in the places of the list together, with the interval of ``nominal``."""
    nominal: Mapped[float] = mapped_column(Double)
    audit_share: Mapped[float] = mapped_column(Double)
    audit: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """Ordinals of the random sample that patrols look at whatever the forecast says."""
    shape: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    rate: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    """Gamma posterior of each place's records over the whole span."""
    mean: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    lower_each: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    upper_each: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    p_in_list: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    cls: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    """2 firmly in the list, 1 may be, 0 not."""
    listed: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    """Ordinals of the list, the surest first."""
    last_year: Mapped[list[float]] = mapped_column(ARRAY(REAL))
    """Records of the 52 weeks before the origin: the naive bar it is scored against."""
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    """What the history held: sources, repeats, capped reporters (how many, never who), default geocodes, gaps."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    made_by: Mapped[str] = mapped_column(Text, server_default=text("'system'"))


class ForecastScore(Row, Base):
    """How a forecast came out, written once when its span has passed."""

    __tablename__ = "forecast_score"
    __table_args__: Any = (
        ForeignKeyConstraint(["tenant", "forecast_id"], ["forecast.tenant", "forecast.id"]),
        UniqueConstraint("tenant", "forecast_id"),
    )

    forecast_id: Mapped[int] = mapped_column(BigInteger)
    observed: Mapped[float] = mapped_column(Double)
    """Records in all places of the set."""
    observed_in_list: Mapped[float] = mapped_column(Double)
    in_interval: Mapped[bool] = mapped_column(Boolean)
    hit: Mapped[float | None] = mapped_column(Double)
    """Share of the records that fell into the list; none if there was no record at all."""
    base_hit: Mapped[float | None] = mapped_column(Double)
    """The same for as many places by last year's counts."""
    best_hit: Mapped[float | None] = mapped_column(Double)
    """The same for the best list anybody could have made."""
    log_loss: Mapped[float] = mapped_column(Double)
    base_log_loss: Mapped[float] = mapped_column(Double)
    audit_observed: Mapped[float] = mapped_column(Double)
    """Records at the places of the random sample."""
    blind: Mapped[float] = mapped_column(Double)
    """Share of the records one would expect that nobody could have made, because reports were missing."""
    scored_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    calibration: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"), sort_order=96)
    """By step of the said probability of at least one record: lower edge, sum of what was said, places with one,
    places."""


class ModelStanding(Row, Base):
    """How a model did on the county's own past against last year's counts; only one that beats them may be used."""

    __tablename__ = "model_standing"
    __table_args__: Any = (
        UniqueConstraint("tenant", "origin_on", "place_kind", "code_group", "model", name="uq_model_standing_model"),
    )

    origin_on: Mapped[dt.date] = mapped_column(Date)
    weeks: Mapped[int] = mapped_column(Integer)
    place_kind: Mapped[str]
    code_group: Mapped[str]
    model: Mapped[str]
    share: Mapped[float] = mapped_column(Double)
    """Share of the places in the list."""
    hit: Mapped[float] = mapped_column(Double)
    base_hit: Mapped[float] = mapped_column(Double)
    gain: Mapped[float] = mapped_column(Double)
    gain_lower: Mapped[float] = mapped_column(Double)
    gain_upper: Mapped[float] = mapped_column(Double)
    """Hit minus that of last year's counts, with the 95 % bounds of a paired bootstrap over weeks."""
    log_loss: Mapped[float] = mapped_column(Double)
    base_log_loss: Mapped[float] = mapped_column(Double)
    admitted: Mapped[bool] = mapped_column(Boolean)
    """Whether the lower bound is above zero."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    ewma_lower: Mapped[float] = mapped_column(Double, server_default=text("0"), sort_order=96)
    """Lower 95 % bound of hit minus that of an exponential average: a challenger has to be above zero here, too."""


class ForecastLearned(Row, Base):
    """What past forecasts taught about a kind of place and a code group, and which model is in use until it is learned
    anew; forecasts name it by its day."""

    __tablename__ = "forecast_learned"
    __table_args__: Any = (
        UniqueConstraint("tenant", "origin_on", "place_kind", "code_group", name="uq_forecast_learned_origin"),
    )

    origin_on: Mapped[dt.date] = mapped_column(Date)
    """Nothing from this local day on was looked at."""
    place_kind: Mapped[str]
    code_group: Mapped[str]
    model: Mapped[str]
    learned: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """Half-lives, corrections, how intervals held, and the regression in use."""
    made_at: Mapped[dt.datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
