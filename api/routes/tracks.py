"""Tracks and check-ins in, shifts against their plans out, the nearest licensed pair; all behind login."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.answers import Json
from api.auth.permissions import Action, NobodyAllowed, NotAllowed, Principal, Thing, demand, may, reach_of
from api.deps import Caller, Db, Holder
from api.jobs.actions import request_job
from api.links import GEOJSON
from api.problems import NO_NUL, language_of, responses
from api.routes.patrol import PRIVATE, sight_of
from api.schemas.jobs import JobView, view_job
from api.schemas.tracks import (
    CheckinRequest,
    CheckinView,
    PairList,
    PairView,
    ScoreList,
    ScoreRequest,
    ScoreView,
    TrackBatch,
    TrackList,
    TrackTaken,
)
from api.uploads import BODY, kept_upload
from geo.db.engine import Database
from geo.errors import NotFound
from geo.messages import say
from geo.patrol.load import get_shift_kind
from geo.patrol.tracks import queries
from geo.patrol.tracks.calls.estimate import estimate_pairs
from geo.patrol.tracks.checkins import Checkin, check_in
from geo.patrol.tracks.points import Given
from geo.patrol.tracks.scoring import queries as scores
from geo.patrol.tracks.take import BadBatch, Batch, UnknownOwner, take_batch

router = APIRouter(prefix="/patrol", tags=["tracks"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
Owner = Annotated[str | None, Query(max_length=60, pattern=NO_NUL)]
ITEMS: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}
}


class NoSuchScore(NotFound):
    """No scored shift of that number."""


def demand_owner(session: Session, caller: Principal, kind: str, code: str) -> None:
    """Refuse unless the caller may send positions of this person or vehicle.

    Raises
    ------
    NobodyAllowed, NotAllowed
        If the caller may send none, or none of somebody of another 片区.
    UnknownOwner
        If there is no such person or vehicle.
    """
    reach = sends_for(caller)
    owner = queries.find_owner(session, kind, code)
    if owner is None:
        raise UnknownOwner(f"tracks.unknown_{kind}", owner=code)
    if reach is not True and not reach.intersection(queries.list_unit_districts(session, owner[1])):
        raise NotAllowed("auth.not_allowed", action=Action.WRITE.value, thing=Thing.TRACK.value)


def sends_for(caller: Principal) -> frozenset[str] | Literal[True]:
    """Of which 片区 the caller may send positions; True for all.

    Raises
    ------
    NobodyAllowed, NotAllowed
        If of none.
    """
    reach = reach_of(caller, Action.WRITE, Thing.TRACK)
    if reach is True or isinstance(reach, frozenset):
        return reach
    if not caller.known:
        raise NobodyAllowed("auth.needed")
    raise NotAllowed("auth.not_allowed", action=Action.WRITE.value, thing=Thing.TRACK.value)


@router.post("/tracks", summary="Send positions", responses=responses(403, 404, 409, 413, 422))
def send_track(request: Request, caller: Caller, session: Db, body: TrackBatch) -> TrackTaken:
    """A batch of one person or vehicle, taken once; only positions on shift are kept, each refused one has a reason."""
    owner = ("staff", body.staff) if body.staff is not None else ("vehicle", body.vehicle or "")
    sends_for(caller)
    demand_owner(session, caller, *owner)
    points = [Given(row, one.at, one.lon, one.lat, one.accuracy_m) for row, one in enumerate(body.points, 1)]
    batch = Batch(body.uid, body.source, owner, points, body.device, body.offset)
    taken = take_batch(session, caller.tenant, batch, actor=caller.name)
    spoken = language_of(request)
    rows = [
        {"first": first, "last": last, "reason": reason, "sentence": say(f"tracks.reject_{reason}", spoken)}
        for first, last, reason in taken.rows
    ]
    return TrackTaken.model_validate({**asdict(taken), "rows": rows})


@router.get("/tracks", summary="Batches of positions, the newest first", responses=responses(403))
def read_tracks(
    caller: Caller,
    session: Db,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only batches with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> TrackList:
    """What came, from whom, how much of it was kept; no positions."""
    demand(caller, Action.READ, Thing.TRACK)
    found = [
        {**row, "refused": row["refused"]["counts"]} for row in queries.list_batches(session, before=before, most=limit)
    ]
    return TrackList.model_validate({"tracks": found})


@router.post(
    "/tracks/files", summary="Send a file of positions", status_code=202, responses=responses(403, 404, 413, 422),
    openapi_extra={"requestBody": BODY},
)  # fmt: skip
async def send_file(
    request: Request,
    service: Holder,
    caller: Caller,
    source: Annotated[Literal["phone", "recorder", "vehicle"], Query()] = "phone",
    staff: Owner = None,
    vehicle: Owner = None,
) -> JobView:
    """GPX, CSV or JSON; ``mapping`` of the options names its columns: at, lon, lat, accuracy, staff, vehicle.

    Whoever is confined to a 片区 says whose it is; the answer is the job to watch.
    """
    reach = sends_for(caller)
    owner = ("staff", staff) if staff else ("vehicle", vehicle) if vehicle else None
    if reach is not True and owner is None:
        raise BadBatch("tracks.whose", file="-")
    about = {"source": source, "owner": owner, "single": reach is not True}
    async with kept_upload(request, service.settings.home / "uploads" / caller.tenant) as sent:
        return await run_in_threadpool(
            _queue, request, service.database, caller, owner, {**sent.as_arguments(), **about}
        )


def _queue(
    request: Request, database: Database, caller: Principal, owner: tuple[str, str] | None, given: dict[str, Any]
) -> JobView:
    """Ask for the import; committed when this returns."""
    with database.begin(caller.tenant) as session:
        if owner is not None:
            demand_owner(session, caller, *owner)
        job = request_job(session, caller.tenant, "import_tracks", given, caller.name, lock="tracks")
        return view_job(job, language_of(request))


@router.post("/checkins", summary="Check in at a stop", responses=responses(403, 404, 409, 413, 422))
def send_checkin(caller: Caller, session: Db, body: CheckinRequest) -> CheckinView:
    """Kept once and never changed; one outside the place is kept and marked."""
    sends_for(caller)
    demand_owner(session, caller, "staff", body.staff)
    told = Checkin(
        body.uid, body.on_date, body.shift, body.team, body.stop, body.staff, body.at, body.lon, body.lat,
        body.accuracy_m, body.note,
    )  # fmt: skip
    row, again = check_in(session, caller.tenant, told, actor=caller.name)
    return CheckinView(
        uid=row.uid, team=row.team_code, stop=row.stop_key, at=row.at, place=row.place, distance_m=row.distance_m,  # type: ignore[arg-type]
        again=again,
    )  # fmt: skip


@router.post("/scores", summary="Hold a shift against its plan", status_code=202, responses=responses(403, 413, 422))
def request_score(request: Request, caller: Caller, session: Db, body: ScoreRequest) -> JobView:
    """Up to now, or to its end. The answer is the job to watch; its result names the score."""
    sends_for(caller)
    get_shift_kind(session, body.shift)
    arguments = {"date": body.date.isoformat(), "shift": body.shift}
    job = request_job(session, caller.tenant, "score_tracks", arguments, caller.name, lock="scores")
    return view_job(job, language_of(request))


@router.get("/scores", summary="Scored shifts, the newest first", responses=responses(403))
def read_scores(
    caller: Caller, session: Db, on_date: dt.date | None = None, limit: Annotated[int, Query(ge=1, le=200)] = 20
) -> ScoreList:
    """The newest score of each plan."""
    sight_of(caller)
    found = [_score(row) for row in scores.list_scores(session, on_date=on_date, most=limit)]
    return ScoreList(scores=found)


@router.get("/scores/{score_id}", summary="How a shift came out", responses=responses(403, 404))
def read_score(caller: Caller, session: Db, score_id: Identity) -> ScoreView:
    """Its figures."""
    sight_of(caller)
    return _score(_find(session, score_id))


@router.get(
    "/scores/{score_id}/items", summary="Lines of a scored shift as GeoJSON", response_class=Response,
    responses={**ITEMS, **responses(403, 404)},
)  # fmt: skip
def read_items(
    caller: Caller,
    session: Db,
    score_id: Identity,
    kind: Annotated[Literal["team", "stop", "street", "pass", "cell", "zone", "deviation"], Query()] = "street",
    undone: Annotated[bool, Query(description="Only what was not done: the uncovered list.")] = False,
) -> Response:
    """In their order: open streets by tier, longest first. Where teams went only for those who may see positions."""
    sight = sight_of(caller)
    seen = may(caller, Action.READ, Thing.TRACK)
    features = []
    for row in scores.list_items(session, _find(session, score_id).id, kind):
        if (sight.area is not None and row.district_code not in sight.area) or (undone and row.done is not False):
            continue
        if row.figures.get("kind") == "check" and not sight.checks:
            continue
        shape = row.geom if kind != "team" or seen else None
        facts = {
            "key": row.key,
            "name": row.name,
            "team": row.team_code,
            "district": row.district_code,
            "done": row.done,
        }
        features.append(
            {
                "type": "Feature", "id": f"{kind}:{row.seq}", "properties": {**facts, **row.figures},
                "geometry": None if shape is None else shape.__geo_interface__,
            }
        )  # fmt: skip
    return Json({"type": "FeatureCollection", "features": features}, media_type=GEOJSON, headers=PRIVATE)


@router.get("/nearest", summary="The nearest pair with two licences", responses=responses(403, 404))
def read_nearest(
    caller: Caller,
    session: Db,
    lon: Annotated[float, Query(ge=-180, le=180)],
    lat: Annotated[float, Query(ge=-85, le=85)],
    stay_min: Annotated[int, Query(ge=1, le=480, description="Minutes they will be kept there.")] = 20,
) -> PairList:
    """Of the plans in force now, soonest first, with what each plan would lose.

    The time is an estimate from the line as the crow flies and the rides of the plan (`eta_by`), with the span in which
    eight of ten such rides lie; `pianqu tracks nearest` seeks the way along the streets.
    """
    sight_of(caller)
    seen = may(caller, Action.READ, Thing.TRACK)
    found = []
    for pair in estimate_pairs(session, lon, lat, stay_s=stay_min * 60):
        where = {} if seen else {"lon": None, "lat": None}
        found.append(PairView.model_validate({**asdict(pair), **where}))
    return PairList(pairs=found)


def _find(session: Session, score_id: int) -> scores.ScoreRow:
    row = scores.get_score(session, score_id)
    if row is None:
        raise NoSuchScore("tracks.no_such_score", id=score_id)
    return row


def _score(row: scores.ScoreRow) -> ScoreView:
    names = ("id", "plan_id", "on_date", "shift_code", "until_at", "figures", "made_at")
    return ScoreView.model_validate({name: getattr(row, name) for name in names})
