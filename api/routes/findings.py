"""Findings, behind login: what studies of the county say, with the records behind each number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from api.answers import Json
from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.jobs.actions import request_job
from api.links import GEOJSON
from api.problems import language_of, responses
from api.schemas.findings import FindingDetail, FindingHead, FindingList, FindingRowView, Said, StudyOrder
from api.schemas.jobs import JobView, view_job
from geo.hotspots.findings import Sentence
from geo.hotspots.findings.actions import get_finding
from geo.hotspots.findings.queries import list_findings
from geo.hotspots.studies import check_question

router = APIRouter(prefix="/findings", tags=["findings"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
FEATURES: dict[int | str, dict[str, Any]] = {
    200: {"content": {GEOJSON: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}
}
PRIVATE = {"Cache-Control": "private, no-store"}


@router.get("", summary="Findings, the newest first", responses=responses(403))
def read_findings(
    caller: Caller,
    session: Db,
    kind: Annotated[str | None, Query(max_length=40, description="Only this kind of study.")] = None,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63, description="Only findings with a smaller id.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> FindingList:
    """Of the caller's county, without their lines."""
    demand(caller, Action.READ, Thing.FINDING)
    found = list_findings(session, caller.tenant, kind=kind, before=before, most=limit)
    return FindingList(findings=[_head(row, row["lines"]) for row in found])


@router.post("", summary="Make a study", status_code=202, responses=responses(403, 413, 422))
def request_study(request: Request, caller: Caller, session: Db, body: StudyOrder) -> JobView:
    """The answer is the job to watch; its result names the finding."""
    demand(caller, Action.WRITE, Thing.FINDING)
    arguments = body.model_dump(mode="json", exclude_none=True)
    check_question(body.kind, {name: value for name, value in arguments.items() if name != "kind"})
    job = request_job(session, caller.tenant, "make_study", arguments, caller.name, lock="study")
    return view_job(job, language_of(request))


@router.get("/{finding_id}", summary="One finding with its lines", responses=responses(403, 404))
def read_finding(
    caller: Caller,
    session: Db,
    finding_id: Identity,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=2000)] = 200,
) -> FindingDetail:
    """Each line with its sentence and the records it rests on."""
    demand(caller, Action.READ, Thing.FINDING)
    found = get_finding(session, caller.tenant, finding_id)
    lines = [
        FindingRowView(
            key=row["key"], sentence=_said(row), layer=row["layer"], records=row["records"], values=row["values"]
        )
        for row in found["rows"][offset : offset + limit]
    ]
    return FindingDetail(head=_head(found, len(found["rows"])), lines=lines)


@router.get(
    "/{finding_id}/features", summary="Its places as GeoJSON", response_class=Response,
    responses={**FEATURES, **responses(403, 404)},
)  # fmt: skip
def read_finding_features(request: Request, caller: Caller, session: Db, finding_id: Identity) -> Response:
    """The lines that have a place, each with its sentence in the caller's language."""
    demand(caller, Action.READ, Thing.FINDING)
    found = get_finding(session, caller.tenant, finding_id)
    language = language_of(request)
    features = [
        {
            "type": "Feature",
            "id": row["key"],
            "geometry": row["geometry"],
            "properties": {
                **row["values"],
                "sentence": Sentence(row["code"], row["facts"]).text(language),
                "layer": row["layer"],
                "records": row["records"],
            },
        }
        for row in found["rows"]
        if row["geometry"] is not None
    ]
    return Json({"type": "FeatureCollection", "features": features}, media_type=GEOJSON, headers=PRIVATE)


def _head(row: Mapping[str, Any], lines: int) -> FindingHead:
    plain = {name: row[name] for name in ("id", "kind", "label", "asked", "made_at", "made_by")}
    notes = [_said(note) for note in row["notes"]]
    return FindingHead(**plain, sentence=_said(row["said"]), notes=notes, rows=lines)


def _said(row: Mapping[str, Any]) -> Said:
    return Said.model_validate(Sentence(row["code"], row["facts"]).as_json())
