"""What the bureau sets for its patrols, behind login: posts, rules, focuses; and what is due."""

from __future__ import annotations

import datetime as dt
import json
from typing import Annotated

from fastapi import APIRouter, Path, Query
from shapely.geometry.base import BaseGeometry

from api.auth.permissions import Action, Thing, demand
from api.deps import Caller, Db
from api.problems import responses
from api.schemas.demand import (
    BreakRequest,
    DueList,
    FocusEnd,
    FocusList,
    FocusRequest,
    OrderRequest,
    PassRuleRequest,
    PostList,
    PostRequest,
    RuleList,
    Shape,
)
from geo.patrol.demand.book import breaks, rules
from geo.patrol.demand.book import posts as book
from geo.patrol.demand.book.due import list_due

router = APIRouter(prefix="/patrol", tags=["patrol"])

Code = Annotated[str, Path(min_length=1, max_length=60)]


@router.get("/posts", summary="Fixed posts", responses=responses(403))
def read_posts(
    caller: Caller, session: Db, every: Annotated[bool, Query(description="Also those put away.")] = False
) -> PostList:
    """With the people each names, so only for those who plan."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return PostList.model_validate({"posts": book.list_posts(session, every=every)})


@router.post("/posts", summary="Write a post down", status_code=201, responses=responses(403, 413, 422))
def write_post(caller: Caller, session: Db, body: PostRequest) -> dict[str, int]:
    """One lacking 定人, 定时, 定岗, 定责 or 定效 is refused with the missing named; the same code is written anew."""
    demand(caller, Action.WRITE, Thing.PLAN)
    draft = book.PostDraft(
        body.code, body.name, tuple(body.people), body.opening, _shape(body.place), body.duty, body.effect,
        body.district_code, body.buffer_m, body.people_needed, tuple(body.effect_codes), body.valid_from_on,
        body.valid_to_on,
    )  # fmt: skip
    return {"id": book.save_post(session, caller.tenant, draft, actor=caller.name)}


@router.delete("/posts/{code}", summary="Put a post away", status_code=204, responses=responses(403, 404))
def remove_post(caller: Caller, session: Db, code: Code) -> None:
    """Plans made for it stay as they are."""
    demand(caller, Action.WRITE, Thing.PLAN)
    book.end_post(session, caller.tenant, code, actor=caller.name)


@router.get("/rules", summary="Rules of patrols", responses=responses(403))
def read_rules(caller: Caller, session: Db) -> RuleList:
    """Passes by tier, zones by class, rests, who gives way, the centre; each with its first day and who set it."""
    demand(caller, Action.READ, Thing.FINDING)
    return RuleList.model_validate(rules.list_rules(session))


@router.put("/rules/passes", summary="Set the passes of a tier", status_code=204, responses=responses(403, 413, 422))
def write_passes(caller: Caller, session: Db, body: PassRuleRequest) -> None:
    """From a day on; older rules stay."""
    demand(caller, Action.WRITE, Thing.PLAN)
    rules.set_passes(
        session, caller.tenant, body.tier, body.passes, body.spacing_min, body.valid_from_on,
        shift_code=body.shift_code, required=body.required, ride_kmh=body.ride_kmh, actor=caller.name,
    )  # fmt: skip


@router.put("/rules/breaks", summary="Set a shift's rest", status_code=204, responses=responses(403, 413, 422))
def write_break(caller: Caller, session: Db, body: BreakRequest) -> None:
    """From a day on; every team of the shift takes it in its hours, or its plan says why not."""
    demand(caller, Action.WRITE, Thing.PLAN)
    times = body.from_time.replace(tzinfo=None), body.to_time.replace(tzinfo=None)
    draft = breaks.BreakDraft(body.shift, body.name, body.minutes, *times)
    breaks.set_break(session, caller.tenant, draft, body.valid_from_on, actor=caller.name)


@router.put("/rules/order", summary="Set who gives way", status_code=204, responses=responses(403, 413, 422))
def write_order(caller: Caller, session: Db, body: OrderRequest) -> None:
    """All six duties, the first gives way last."""
    demand(caller, Action.WRITE, Thing.PLAN)
    rules.set_order(session, caller.tenant, body.duties, body.valid_from_on, actor=caller.name)


@router.get("/focuses", summary="Focuses", responses=responses(403))
def read_focuses(caller: Caller, session: Db) -> FocusList:
    """Whose word each is, where, how much, from when to when."""
    demand(caller, Action.READ, Thing.FINDING)
    return FocusList.model_validate({"focuses": rules.list_focuses(session)})


@router.post("/focuses", summary="Note a focus", status_code=201, responses=responses(403, 409, 413, 422))
def write_focus(caller: Caller, session: Db, body: FocusRequest) -> dict[str, int]:
    """Never rewritten: end it and note another."""
    demand(caller, Action.WRITE, Thing.PLAN)
    made = rules.add_focus(
        session, caller.tenant, body.code, body.name, body.ordered_by, body.first_on, body.last_on,
        body.factor_percent, zone=body.zone, area=_shape(body.area), shift_code=body.shift_code, actor=caller.name,
    )  # fmt: skip
    return {"id": made}


@router.post("/focuses/{code}/end", summary="Let a focus end", responses=responses(403, 404, 413, 422))
def stop_focus(caller: Caller, session: Db, code: Code, body: FocusEnd) -> dict[str, dt.date]:
    """Its last day, not before its first."""
    demand(caller, Action.WRITE, Thing.PLAN)
    return {"last_on": rules.end_focus(session, caller.tenant, code, body.last_on, actor=caller.name)}


@router.get("/due", summary="What is due", responses=responses(403))
def read_due(
    caller: Caller, session: Db, hours: Annotated[int, Query(ge=1, le=720, description="Within so many hours.")] = 24
) -> DueList:
    """Everything with a time by which somebody must have been there, the most pressing first."""
    demand(caller, Action.READ, Thing.FINDING)
    now = dt.datetime.now(dt.UTC)
    return DueList.model_validate({"due": list_due(session, now + dt.timedelta(hours=hours), now)})


def _shape(given: Shape | None) -> BaseGeometry | None:
    """The geometry that was sent; an empty one where its coordinates are none, which the room refuses by name."""
    import shapely

    if given is None:
        return None
    shape: BaseGeometry = shapely.from_geojson(json.dumps(given.model_dump()), on_invalid="ignore")
    return shape
