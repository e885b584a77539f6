"""Forecasts over the wire."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class ForecastRequest(BaseModel):
    """A span to forecast."""

    model_config = ConfigDict(extra="forbid")

    from_on: Annotated[dt.date | None, Field(description="First local day; by default tomorrow.")] = None
    days: Annotated[int, Field(ge=1, le=28)] = 7
    seed: Annotated[int, Field(ge=0, lt=1 << 31)] = 1


class ForecastHead(BaseModel):
    """A forecast: what the places of its list will see together, and how it came out once its days have passed."""

    id: int
    place_kind: str
    code_group: Annotated[str, Field(description="Empty for all codes together.")]
    shift_code: Annotated[str, Field(description="Empty for the whole day.")]
    from_on: dt.date
    to_on: dt.date
    version: int
    origin_at: dt.datetime
    model: str
    training: Literal["complaints", "exposure"]
    list_size: int
    expected: float
    lower: float
    upper: float
    nominal: float
    audit_share: float
    made_at: dt.datetime
    observed_in_list: float | None
    in_interval: bool | None


class ForecastList(BaseModel):
    """The newest forecasts of a span."""

    forecasts: list[ForecastHead]


class ForecastDetail(ForecastHead):
    """A forecast with what its history held: sources, repeats, capped callers (how many), gaps, default geocodes."""

    facts: dict[str, Any]


class Score(BaseModel):
    """How a forecast came out."""

    forecast_id: int
    from_on: dt.date
    to_on: dt.date
    place_kind: str
    code_group: str
    shift_code: str
    list_size: int
    expected: float
    lower: float
    upper: float
    nominal: float
    observed: float
    observed_in_list: float
    in_interval: bool
    hit: float | None
    base_hit: float | None
    best_hit: float | None
    log_loss: float
    base_log_loss: float
    audit_observed: float
    blind: float
    scored_at: dt.datetime


class ScoreList(BaseModel):
    """Scores, the newest span first."""

    scores: list[Score]


class Standing(BaseModel):
    """How a model did against last year's counts."""

    origin_on: dt.date
    weeks: int
    place_kind: str
    code_group: str
    model: str
    share: float
    hit: float
    base_hit: float
    gain: float
    gain_lower: float
    gain_upper: float
    log_loss: float
    base_log_loss: float
    admitted: bool


class Leaderboard(BaseModel):
    """The newest standings."""

    standings: list[Standing]


class DistrictAttention(BaseModel):
    """Attention to a 片区 against who lives there."""

    code: str
    name: str
    population: int | None
    population_share: float | None
    minutes: float
    minutes_share: float
    places: float
    places_share: float
    per_resident: float | None


class AttentionView(BaseModel):
    """Where attention went in the spans up to a forecast's."""

    weeks: int
    audit_share: float
    top_share: float
    even_share: float
    locked: list[str]
    by_district: list[DistrictAttention]
