"""Forecasts, behind login: what the coming days will bring where, how past ones came out, where attention goes."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.answers import Json
from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.links import GEOJSON
from api.problems import language_of, responses
from api.schemas.forecasts import AttentionView, ForecastDetail, ForecastList, ForecastRequest, Leaderboard, ScoreList
from api.schemas.jobs import JobView, view_job

router = APIRouter(prefix="/forecasts", tags=["forecasts"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
PLACES: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}
}
PRIVATE = {"Cache-Control": "private, no-store"}
MOST = 20_000


@router.get("", summary="The newest forecasts", responses=responses(403))
def list_forecasts(
    caller: Caller,
    session: Db,
    from_on: Annotated[dt.date | None, Query(description="First local day of the span; by default the newest.")] = None,
) -> ForecastList:
    """One for each kind of place, code group and shift."""
    from geo.hotspots.forecast.queries import load_latest_forecasts

    demand(caller, Action.READ, Thing.FINDING)
    found = load_latest_forecasts(session, from_on)
    return ForecastList.model_validate({"forecasts": found}, from_attributes=True)


@router.post("", summary="Forecast a span", status_code=202, responses=responses(403, 413, 422))
def request_forecasts(request: Request, caller: Caller, session: Db, body: ForecastRequest) -> JobView:
    """Forecasts whose days have passed are scored first. The answer is the job to watch."""
    demand(caller, Action.WRITE, Thing.FINDING)
    arguments = body.model_dump(mode="json")
    job = request_job(session, caller.tenant, "make_forecasts", arguments, caller.name, lock="forecasts")
    return view_job(job, language_of(request))


@router.get("/scores", summary="How past forecasts came out", responses=responses(403))
def list_scores(caller: Caller, session: Db, limit: Annotated[int, Query(ge=1, le=2000)] = 500) -> ScoreList:
    """The newest span first."""
    from geo.hotspots.forecast.queries import load_scores

    demand(caller, Action.READ, Thing.FINDING)
    frame = load_scores(session).head(limit).astype(object)
    return ScoreList.model_validate({"scores": frame.where(frame.notna(), None).to_dict("records")})


@router.get("/leaderboard", summary="Models against last year's counts", responses=responses(403))
def read_leaderboard(caller: Caller, session: Db) -> Leaderboard:
    """A model may be used only where the lower bound of its gain is above zero."""
    from geo.hotspots.forecast.queries import load_standings

    demand(caller, Action.READ, Thing.FINDING)
    return Leaderboard.model_validate({"standings": load_standings(session).to_dict("records")})


@router.get("/{forecast_id}", summary="One forecast", responses=responses(403, 404))
def read_forecast(caller: Caller, session: Db, forecast_id: Identity) -> ForecastDetail:
    """Forecasts never change; other input makes another one."""
    from geo.hotspots.forecast.watch import get_forecast

    demand(caller, Action.READ, Thing.FINDING)
    return ForecastDetail.model_validate(get_forecast(session, forecast_id), from_attributes=True)


@router.get(
    "/{forecast_id}/places", summary="Its places as GeoJSON", response_class=Response,
    responses={**PLACES, **responses(403, 404)},
)  # fmt: skip
def read_forecast_places(
    caller: Caller,
    session: Db,
    forecast_id: Identity,
    listed: Annotated[
        bool, Query(description="Only places firmly or maybe in the list, and the random sample.")
    ] = True,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 1_000,
) -> Response:
    """The surest of the list first: ``firm``, ``maybe`` or ``not``, never a heat."""
    from geo.hotspots.forecast.queries import load_forecast_places
    from geo.hotspots.forecast.watch import get_forecast

    demand(caller, Action.READ, Thing.FINDING)
    get_forecast(session, forecast_id)
    frame = load_forecast_places(session, forecast_id)
    if listed:
        frame = frame[(frame["cls"] != "not") | frame["listed"] | frame["audit"]]
    return Json({**frame.head(limit).to_geo_dict(drop_id=True)}, media_type=GEOJSON, headers=PRIVATE)


@router.get("/{forecast_id}/attention", summary="Where attention went", responses=responses(403, 404))
def read_attention(caller: Caller, session: Db, forecast_id: Identity) -> AttentionView:
    """The random share, places locked in, and attention by 片区 against residents."""
    from geo.hotspots.forecast.watch import watch_attention

    demand(caller, Action.READ, Thing.FINDING)
    return AttentionView.model_validate(watch_attention(session, caller.tenant, forecast_id).as_json())
