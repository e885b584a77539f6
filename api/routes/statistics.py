"""Statistics over HTTP, behind login: figures and their records, evaluation, the 底数表, 721."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from api.auth.permissions import Action, Thing, area_of
from api.deps import Caller, Db
from api.problems import NO_NUL, responses
from api.schemas.bulletins import RankingView
from api.schemas.statistics import (
    ActionList,
    ClassShares,
    Evaluation,
    EventCounts,
    FigureList,
    JudgedProblems,
    RecordList,
    RelapseView,
    ReportView,
)
from geo.cases.appraisal.actions import rank_groups
from geo.cases.statistics.classes.actions import count_classes, list_actions
from geo.cases.statistics.events.actions import count_events, follow
from geo.cases.statistics.export import KINDS, to_bytes
from geo.cases.statistics.figures import RESTRICTED, figures, get_figure
from geo.cases.statistics.indicators.actions import evaluate, list_problems
from geo.cases.statistics.periods import check_period
from geo.cases.statistics.records import list_records
from geo.cases.statistics.relapse.actions import count_relapses
from geo.cases.statistics.report import count_baseline, count_figures
from geo.db.counties import get_county

router = APIRouter(prefix="/statistics", tags=["statistics"])

First = Annotated[dt.date, Query(ge=dt.date(1990, 1, 1), le=dt.date(2200, 1, 1), description="First local day.")]
Last = Annotated[
    dt.date, Query(ge=dt.date(1990, 1, 1), le=dt.date(2200, 1, 1), description="Last local day, included.")
]
Name = Annotated[str, Path(max_length=60, pattern=NO_NUL)]
District = Annotated[
    str | None, Query(max_length=60, pattern=NO_NUL, description="Only of this 片区; empty: outside all.")
]
Regimes = Annotated[bool, Query(description="By the regime of the street too: 严管, 严控, 规范.")]
Grouping = Annotated[
    Literal["area", "department", "post", "regime", "town"], Query(description="What they are told apart by.")
]


@router.get("", summary="All figures of a period", responses=responses(401, 403, 422))
def read_report(
    caller: Caller, session: Db, first: First, last: Last,
    figure: Annotated[list[str] | None, Query(max_length=100, description="Only these figures.")] = None,
    regimes: Regimes = False,
) -> ReportView:  # fmt: skip
    """Of the 片区 the caller sees: amounts by unit, the whole and each 片区; units are never added up."""
    area = area_of(caller, Action.READ, Thing.CASE)
    report = count_figures(session, caller.tenant, first, last, names=figure, area=area, regimes=regimes)
    return ReportView.model_validate(report.as_json())


@router.get(
    "/files/{sheet_form}", summary="The same as a file", responses=responses(401, 403, 422), response_class=Response
)
def read_file(
    caller: Caller, session: Db, first: First, last: Last,
    sheet_form: Annotated[Literal["csv", "xlsx", "json"], Path()], regimes: Regimes = False,
) -> Response:  # fmt: skip
    """The same rows give the same bytes."""
    area = area_of(caller, Action.READ, Thing.CASE)
    content = to_bytes(count_figures(session, caller.tenant, first, last, area=area, regimes=regimes), sheet_form)
    named = f'attachment; filename="statistics-{first}-{last}.{sheet_form}"'
    return Response(content, media_type=KINDS[sheet_form], headers={"Content-Disposition": named})


@router.get("/figures", summary="The list of figures", responses=responses(401, 403))
def read_figures(caller: Caller) -> FigureList:
    """What each counts, in which unit, and which report prints it."""
    area_of(caller, Action.READ, Thing.CASE)
    rows = [
        {
            "figure": one.name, "zh": one.zh, "en": one.en, "source": one.source, "unit": one.unit, "table": one.table,
            "count": one.how, "over": one.over, "note": one.note,
        }
        for one in figures().values()
    ]  # fmt: skip
    return FigureList.model_validate({"figures": rows})


@router.get("/figures/{figure}/records", summary="Records behind a figure", responses=responses(401, 403, 404, 422))
def read_records(
    caller: Caller, session: Db, figure: Name, first: First, last: Last, district: District = None,
    regime: Annotated[Literal["strict", "controlled", "standard", "off"] | None,
                      Query(description="Only on streets under this regime; off: off all of them.")] = None,
    after: Annotated[int, Query(ge=0, lt=1 << 63, description="Only records with a larger id.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> RecordList:  # fmt: skip
    """By id. Records of notices, penalties, files and licences are opened by those who may see files of subjects."""
    area = area_of(caller, Action.READ, Thing.CASE)
    if get_figure(figure).table in RESTRICTED:
        area = area_of(caller, Action.READ, Thing.SUBJECT)
    found = list_records(
        session, caller.tenant, figure, first, last, area=area, district=district, regime=regime, after=after,
        most=limit,
    )  # fmt: skip
    rows = [{name: getattr(one, name) for name in one.__slots__} for one in found]
    more = None
    if len(found) == limit:
        kept = {"district": district, "regime": regime}
        asked = urlencode({"first": first, "last": last} | {name: one for name, one in kept.items() if one is not None})
        more = f"/statistics/figures/{figure}/records?{asked}&after={found[-1].id}&limit={limit}"
    return RecordList.model_validate({"figure": figure, "records": rows, "next": more})


@router.get("/events", summary="Events counted", responses=responses(401, 403, 422))
def read_events(
    caller: Caller, session: Db, first: First, last: Last,
    by: Annotated[list[Literal["district", "code", "origin", "standing"]], Query(max_length=4)] = [],  # noqa: B006
    standing: Annotated[Literal["counted", "duplicate", "void", "outside"] | None,
                        Query(description="All if absent and told apart by it, else what counts.")] = None,
) -> EventCounts:  # fmt: skip
    """By unit and whatever is named: 片区, code with its system, who noticed, whether it counts."""
    area = area_of(caller, Action.READ, Thing.CASE)
    check_period(first, last)
    which = standing or (None if "standing" in by else "counted")
    told = follow(session, caller.tenant)
    groups = list(dict.fromkeys(by))
    counts = count_events(session, caller.tenant, first, last, by=groups, area=area, standing=which)
    names = [name for group in groups for name in (("code_system", "code") if group == "code" else (group,))]
    rows: list[dict[str, Any]] = [
        {"key": dict(zip(names, one.key, strict=True)), "unit": one.unit, "rows": one.rows, "quantity": one.quantity}
        for one in counts
    ]
    return EventCounts.model_validate({"events": told.as_json(), "counts": rows})


@router.get("/evaluation", summary="Evaluation after GB/T 30428.4", responses=responses(401, 403, 422))
def read_evaluation(caller: Caller, session: Db, first: First, last: Last, by: Grouping = "area") -> Evaluation:
    """Problems found in the period, by area, department, post, regime or town; each rate with its two counts."""
    area = area_of(caller, Action.READ, Thing.CASE)
    groups = [one.as_json() for one in evaluate(session, caller.tenant, first, last, by, area=area)]
    return Evaluation.model_validate({"by": by, "first": first, "last": last, "groups": groups})


@router.get("/ranking", summary="亮绩赛绩: teams, towns or 片区 ranked", responses=responses(401, 403, 422))
def read_ranking(
    caller: Caller, session: Db, first: First, last: Last,
    by: Annotated[Literal["department", "town", "area"], Query(description="What is ranked.")] = "department",
) -> RankingView:  # fmt: skip
    """By the bureau's own table ``appraisal``: each score with its rates, their counts, and where the problems are."""
    area = area_of(caller, Action.READ, Thing.CASE)
    rows = rank_groups(session, caller.tenant, first, last, by, area=area)
    for row in rows:
        asked = urlencode({"first": first, "last": last, "by": by, "key": row["key"]})
        row["problems"] = f"/statistics/evaluation/problems?{asked}"
    return RankingView.model_validate({"by": by, "first": first, "last": last, "ranking": rows})


@router.get("/evaluation/problems", summary="Problems behind an evaluation", responses=responses(401, 403, 422))
def read_problems(
    caller: Caller, session: Db, first: First, last: Last, by: Grouping = "area",
    key: Annotated[str | None, Query(max_length=60, pattern=NO_NUL, description="Of this group; none: of all.")] = None,
    after: Annotated[int, Query(ge=0, lt=1 << 63, description="Only problems with a larger id.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> JudgedProblems:  # fmt: skip
    """With the dates they are judged by."""
    area = area_of(caller, Action.READ, Thing.CASE)
    rows = list_problems(session, caller.tenant, first, last, by, key=key, whole=key is None, area=area, after=after,
                         most=limit)  # fmt: skip
    return JudgedProblems.model_validate({"problems": rows})


@router.get("/relapse", summary="Relapse rate and spots", responses=responses(401, 403, 422))
def read_relapse(
    caller: Caller, session: Db, first: First, last: Last,
    within_days: Annotated[int, Query(ge=1, le=60, description="How long after a closing a new one counts.")] = 14,
) -> RelapseView:  # fmt: skip
    """Closings watched for the whole time and how many were followed, and the spots where it comes back most."""
    area = area_of(caller, Action.READ, Thing.CASE)
    told = count_relapses(session, caller.tenant, first, last, within_days, area=area)
    return RelapseView.model_validate(told.as_json())


@router.get("/baseline", summary="底数表", responses=responses(401, 403))
def read_baseline(
    caller: Caller, session: Db, on: Annotated[dt.date | None, Query(description="Local day; today if absent.")] = None
) -> ReportView:
    """What there is of everything in each 片区, with when each register was last written to; stale ones say so."""
    area = area_of(caller, Action.READ, Thing.CASE)
    day = on or get_county(session, caller.tenant).today()
    return ReportView.model_validate(count_baseline(session, caller.tenant, day, area).as_json())


@router.get("/classes", summary="721 per 片区", responses=responses(401, 403, 422))
def read_classes(caller: Caller, session: Db, first: First, last: Last) -> ClassShares:
    """服务, 管理, 执法: which step is which stands in the case table ``work_classes``."""
    area = area_of(caller, Action.READ, Thing.CASE)
    return ClassShares.model_validate({"shares": count_classes(session, caller.tenant, first, last, area)})


@router.get("/classes/actions", summary="Actions behind 721", responses=responses(401, 403, 422))
def read_actions(
    caller: Caller, session: Db, first: First, last: Last,
    work_class: Annotated[Literal["service", "manage", "enforce"], Query(description="服务, 管理, 执法.")],
    district: District = None,
    after: Annotated[int, Query(ge=0, lt=1 << 63, description="Only actions with a larger id.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> ActionList:  # fmt: skip
    """Which step of which row of which workflow was taken, when and where; not by whom or about whom."""
    area = area_of(caller, Action.READ, Thing.CASE)
    rows = list_actions(session, caller.tenant, first, last, work_class, district=district, area=area, after=after,
                        most=limit)  # fmt: skip
    return ActionList.model_validate({"actions": rows})
