"""Every route of the description, asked by everybody."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.auth.permissions import PERMISSIONS, SCOPE_PERMISSIONS, Action, Reach, Role, Thing
from api.pages import BuiltPage, Index, folder_of, write_index
from geo.layers.register import KINDS
from geo.settings import Settings
from geo.tiles.boxes import tile_at
from tests.api.conftest import Callers, Served

METHODS = ("get", "post", "put", "patch", "delete")

GUARDED: dict[tuple[str, str], tuple[Action, Thing]] = {
    ("get", "/accounts"): (Action.READ, Thing.ACCOUNT),
    ("put", "/accounts/{login}/staff"): (Action.WRITE, Thing.ACCOUNT),
    ("delete", "/accounts/{login}/staff"): (Action.WRITE, Thing.ACCOUNT),
    ("get", "/me/day"): (Action.READ, Thing.ROUTE),
    ("get", "/me/leave"): (Action.READ, Thing.ROUTE),
    ("get", "/me/shifts.ics"): (Action.READ, Thing.ROUTE),
    ("get", "/patrol/plans"): (Action.READ, Thing.ROUTE),
    ("post", "/patrol/plans"): (Action.WRITE, Thing.PLAN),
    **{
        ("get", f"/powers/{name}"): (Action.READ, Thing.CASE) for name in ("items", "items/{code}", "bodies", "figures")
    },
    **{
        (method, path): (Action.READ if method == "get" else Action.WRITE, thing)
        for thing, paths in {
            Thing.CASE: {
                "/ladder/incidents": ("get", "post"),
                "/ladder/incidents/{incident}": ("get",),
                "/ladder/rules": ("get",),
                "/ladder/exemptions": ("get",),
                "/ladder/shares": ("get",),
                "/ladder/exempted": ("get",),
                "/ladder/points": ("get",),
                "/documents/rechecks": ("get",),
                "/documents/dates": ("get",),
            },
            Thing.PLAN: {
                "/powers/tables/{power_table}": ("put",),
                "/powers/figures/{name}": ("put",),
                "/ladder/tables/{ladder_table}": ("put",),
                "/ladder/points/{measure}": ("put",),
            },
            Thing.ACCOUNT: {"/subjects/deletions": ("get",), "/subjects/{subject}/looks": ("get",)},
            Thing.SUBJECT: {
                "/ladder/incidents/{incident}/subject": ("put",),
                "/ladder/incidents/{incident}/rung": ("post",),
                "/ladder/incidents/{incident}/withdrawal": ("post",),
                "/subjects": ("get", "post"),
                "/subjects/{subject}": ("get",),
                "/subjects/{subject}/identity": ("put",),
                "/subjects/{subject}/confirmation": ("post",),
                "/subjects/{subject}/merges": ("post",),
                "/subjects/merges/{merge}/split": ("post",),
                "/documents": ("get", "post"),
                "/documents/overdue": ("get",),
                "/documents/{document}": ("get",),
                "/documents/{document}/steps": ("post",),
                "/documents/seizures": ("get",),
                "/documents/{document}/report": ("put",),
                "/documents/{document}/approval": ("put",),
                "/documents/rechecks/{recheck}": ("post",),
                "/penalties": ("get", "post"),
                "/penalties/overdue": ("get",),
                "/penalties/{penalty}": ("get",),
                "/penalties/{penalty}/steps": ("post",),
                "/penalties/{penalty}/reviews": ("post",),
                "/penalties/{penalty}/checks": ("post",),
                "/referrals": ("get", "post"),
                "/referrals/{referral}/reminder": ("post",),
                "/referrals/{referral}/answer": ("post",),
            },
        }.items()
        for path, methods in paths.items()
        for method in methods
    },
    ("post", "/subjects/matches"): (Action.READ, Thing.SUBJECT),
    **{
        ("get", f"/postures{path}"): (Action.READ, Thing.LAYER)
        for path in ("", "/here", "/suggestions", "/{posture}", "/{posture}/route", "/{posture}/report")
    },
    **{
        (method, path): (Action.WRITE, Thing.PLAN)
        for path, methods in {
            "/postures": ("post",),
            "/postures/{posture}/rules": ("put",),
            "/postures/{posture}/steps": ("post",),
            "/campaigns": ("post",),
            "/campaigns/{campaign}/steps": ("post",),
            "/risks": ("get", "post"),
            "/risks/{risk}": ("get", "put"),
            "/risks/{risk}/steps": ("post",),
        }.items()
        for method in methods
    },
    **{("get", f"/campaigns{path}"): (Action.READ, Thing.PLAN) for path in ("", "/{campaign}", "/{campaign}/figures")},
    ("get", "/campaigns/weeks"): (Action.READ, Thing.FINDING),
    ("post", "/postures/{posture}/checks"): (Action.WRITE, Thing.CASE),
    ("post", "/campaigns/{campaign}/efforts"): (Action.WRITE, Thing.CASE),
    ("get", "/patrol/plans/{plan_id}"): (Action.READ, Thing.ROUTE),
    **{
        ("get", path): (Action.READ, Thing.LAYER)
        for path in ("/markets/judge", "/markets/near", "/markets/counts", "/markets/permits/ending")
    },
    ("post", "/markets/{market}/counts"): (Action.WRITE, Thing.CASE),
    **{
        ("get", path): (Action.READ, Thing.LAYER)
        for path in ("/waste/spills", "/waste/places", "/worksites/permits/ended")
    },
    **{
        (method, path): (Action.READ if method == "get" else Action.WRITE, Thing.CASE)
        for path, methods in {
            "/worksites/items": ("get",),
            "/worksites/day": ("get",),
            "/worksites/checks": ("get", "post"),
            "/worksites/filings": ("get",),
            "/worksites/counts": ("get",),
            "/waste/deviations": ("get",),
            "/waste/spills/{problem}": ("get",),
            "/waste/deviations/{deviation}/steps": ("post",),
        }.items()
        for method in methods
    },
    ("get", "/waste/feeds"): (Action.READ, Thing.INTAKE),
    **{("get", f"/waste/{path}"): (Action.READ, Thing.CASE) for path in ("trips", "reconciliation")},
    ("post", "/waste/feeds/{source}/{feed}"): (Action.WRITE, Thing.INTAKE),
    ("post", "/waste/deliveries/{source}"): (Action.WRITE, Thing.INTAKE),
    ("post", "/waste/traces"): (Action.WRITE, Thing.PLAN),
    ("post", "/worksites/settle"): (Action.WRITE, Thing.PLAN),
    ("get", "/patrol/draws"): (Action.WRITE, Thing.PLAN),
    **{
        ("get", f"/statistics{path}"): (Action.READ, Thing.CASE)
        for path in (
            "",
            "/files/{sheet_form}",
            "/figures",
            "/figures/{figure}/records",
            "/events",
            "/evaluation",
            "/evaluation/problems",
            "/ranking",
            "/relapse",
            "/baseline",
            "/classes",
            "/classes/actions",
            "/relapse/returns",
        )
    },
    ("post", "/patrol/plans/{plan_id}/again"): (Action.WRITE, Thing.PLAN),
    ("get", "/patrol/plans/{plan_id}/routes"): (Action.READ, Thing.ROUTE),
    ("get", "/patrol/plans/{plan_id}/routes.gpx"): (Action.READ, Thing.ROUTE),
    ("get", "/patrol/tracks"): (Action.READ, Thing.TRACK),
    ("post", "/patrol/tracks"): (Action.WRITE, Thing.TRACK),
    ("post", "/patrol/tracks/files"): (Action.WRITE, Thing.TRACK),
    ("post", "/patrol/checkins"): (Action.WRITE, Thing.TRACK),
    ("get", "/patrol/scores"): (Action.READ, Thing.PLAN),
    ("post", "/patrol/scores"): (Action.WRITE, Thing.TRACK),
    ("get", "/patrol/scores/{score_id}"): (Action.READ, Thing.PLAN),
    ("get", "/patrol/scores/{score_id}/items"): (Action.READ, Thing.PLAN),
    ("get", "/patrol/nearest"): (Action.READ, Thing.PLAN),
    ("get", "/patrol/people/{staff}/shifts.ics"): (Action.WRITE, Thing.PLAN),
    ("get", "/patrol/horizons"): (Action.WRITE, Thing.PLAN),
    ("get", "/roads/closures"): (Action.READ, Thing.LAYER),
    ("post", "/roads/closures"): (Action.WRITE, Thing.PLAN),
    ("post", "/roads/closures/{number}/open"): (Action.WRITE, Thing.PLAN),
    ("get", "/rosters"): (Action.WRITE, Thing.PLAN),
    ("post", "/rosters"): (Action.WRITE, Thing.PLAN),
    ("get", "/rosters/{number}"): (Action.WRITE, Thing.PLAN),
    ("get", "/rosters/{number}/why"): (Action.WRITE, Thing.PLAN),
    ("post", "/rosters/{number}/adopt"): (Action.WRITE, Thing.PLAN),
    **{
        (method, path): (Action.WRITE, Thing.PLAN)
        for path, methods in {
            "/people/rules": ("get",),
            "/people/rules/rest": ("put",),
            "/people/rules/needs": ("put",),
            "/people/leave": ("get", "post"),
            "/people/leave/{staff}/{from_on}": ("delete",),
            "/people/musters": ("get",),
            "/people/musters/{unit}": ("put",),
            "/patrol/worth": ("post",),
        }.items()
        for method in methods
    },
    ("get", "/duty-log"): (Action.READ, Thing.LOG),
    ("post", "/duty-log"): (Action.WRITE, Thing.LOG),
    ("post", "/patrol/horizons"): (Action.WRITE, Thing.PLAN),
    ("get", "/patrol/treatments"): (Action.READ, Thing.PLAN),
    ("post", "/patrol/treatments"): (Action.WRITE, Thing.PLAN),
    ("get", "/patrol/treatments/suggestion"): (Action.WRITE, Thing.PLAN),
    ("get", "/patrol/treatments/{treatment_id}"): (Action.READ, Thing.PLAN),
    ("put", "/patrol/treatments/{treatment_id}"): (Action.WRITE, Thing.PLAN),
    ("post", "/patrol/treatments/{treatment_id}/steps"): (Action.WRITE, Thing.PLAN),
    **{
        (method, f"/patrol/{path}"): (Action.WRITE, Thing.PLAN)
        for path, methods in {
            "checks": ("get", "post"),
            "checks/draws": ("post",),
            "checks/kitchens": ("post",),
            "checks/gas": ("post",),
            "checks/{check}/end": ("post",),
            "enterprises": ("get",),
            "focuses": ("post",),
            "focuses/{code}/end": ("post",),
            "focuses/{code}/price": ("post",),
            "simulations": ("post",),
            "posts": ("get", "post"),
            "posts/{code}": ("delete",),
            "rules/breaks": ("put",),
            "rules/order": ("put",),
            "rules/passes": ("put",),
        }.items()
        for method in methods
    },
    **{
        (method, path): (Action.READ if method == "get" else Action.WRITE, Thing.CASE)
        for path, methods in {
            "/ads": ("get",),
            "/ads/storm": ("get",),
            "/ads/figures": ("get",),
            "/ads/{ad}/hazards": ("post",),
            "/ads/orders": ("get", "post"),
            "/ads/orders/{order}": ("get",),
            "/ads/orders/{order}/steps": ("post",),
            "/restaurants": ("get",),
            "/restaurants/{code}": ("get",),
            "/restaurants/{code}/cleanings": ("post",),
            "/restaurants/{code}/surveys": ("post",),
            "/parking": ("get",),
            "/parking/{bay}/counts": ("post",),
            "/parking/tickets": ("get", "post"),
            "/noise/places": ("get",),
            "/fireworks/feasts": ("post",),
            "/contacts": ("get",),
            "/contacts/{contact}/visits": ("get", "post"),
            "/fireworks/visits": ("get",),
            "/fireworks/feasts/{feast}/visit": ("post",),
        }.items()
        for method in methods
    },
    ("put", "/ads/{ad}/shown"): (Action.WRITE, Thing.LAYER),
    ("get", "/fireworks"): (Action.READ, Thing.LAYER),
    **{("get", f"/patrol/{path}"): (Action.READ, Thing.FINDING) for path in ("due", "focuses", "rules")},
    **{
        (method, f"/complaints{path}"): (Action.READ if method == "get" else Action.WRITE, Thing.CASE)
        for path, methods in {
            "": ("get", "post"),
            "/figures": ("get",),
            "/figures/{rate}": ("get",),
            "/authorities": ("get",),
            "/ties": ("get",),
            "/ties/{tie}": ("post",),
            "/{complaint}": ("get",),
            "/{complaint}/file": ("get",),
            "/{complaint}/steps": ("post",),
            "/{complaint}/merge": ("post",),
            "/{complaint}/split": ("post",),
            "/{complaint}/satisfaction": ("post",),
            "/{complaint}/cause": ("put",),
            "/{complaint}/place": ("put",),
            "/{complaint}/problem": ("post",),
        }.items()
        for method in methods
    },
    ("post", "/complaints/ties"): (Action.WRITE, Thing.INTAKE),
    **{("get", f"/bulletins{path}"): (Action.READ, Thing.CASE) for path in ("", "/draft", "/{bulletin_kind}/{on}")},
    ("post", "/bulletins"): (Action.WRITE, Thing.LAYER),
    ("get", "/changes"): (Action.READ, Thing.LAYER),
    ("get", "/resolution/items"): (Action.READ, Thing.CASE),
    ("put", "/resolution/items/{source}/{row}"): (Action.WRITE, Thing.CASE),
    ("get", "/resolution/issues"): (Action.READ, Thing.CASE),
    ("post", "/resolution/issues"): (Action.WRITE, Thing.LAYER),
    ("get", "/resolution/issues/{number}"): (Action.READ, Thing.CASE),
    ("get", "/audits"): (Action.READ, Thing.CASE),
    ("post", "/audits"): (Action.WRITE, Thing.LAYER),
    ("get", "/audits/{audit}"): (Action.READ, Thing.CASE),
    ("post", "/audits/{audit}/checks"): (Action.WRITE, Thing.LAYER),
    ("post", "/complaints/{complaint}/caller"): (Action.READ, Thing.CALLER),
    ("post", "/intake/orders/{source}"): (Action.WRITE, Thing.INTAKE),
    ("get", "/intake/replies/{source}"): (Action.READ, Thing.INTAKE),
    ("post", "/intake/replies/{source}"): (Action.WRITE, Thing.INTAKE),
    ("get", "/intake/receipts"): (Action.READ, Thing.INTAKE),
    ("get", "/intake/sources"): (Action.READ, Thing.INTAKE),
    ("put", "/intake/sources/{source}"): (Action.WRITE, Thing.LAYER),
    ("post", "/intake/files"): (Action.WRITE, Thing.INTAKE),
    ("get", "/places"): (Action.READ, Thing.LAYER),
    ("get", "/places/names"): (Action.READ, Thing.LAYER),
    ("post", "/places/names"): (Action.WRITE, Thing.LAYER),
    **{
        (method, f"/problems{path}"): (Action.READ if method == "get" else Action.WRITE, Thing.CASE)
        for path, methods in {
            "": ("get", "post"),
            "/open": ("get",),
            "/{problem}": ("get",),
            "/{problem}/steps": ("post",),
            "/{problem}/pictures/{picture}": ("get", "put"),
        }.items()
        for method in methods
    },
    ("get", "/problems/{problem}/pictures/{picture}/original"): (Action.READ, Thing.SUBJECT),
    **{
        ("get", f"/cases/{path}"): (Action.READ, Thing.CASE)
        for path in ("codes", "tables/{case_table}", "matrix/report", "owner", "regimes/streets")
    },
    **{
        (method, f"/cases/{path}"): (Action.WRITE, Thing.PLAN)
        for method, path in (
            ("put", "tables/{case_table}"),
            ("get", "matrix/proposal"),
            ("put", "regimes/streets"),
            ("put", "desk"),
            ("post", "dates"),
        )
    },
    **{
        (method, f"/{path}"): (Action.READ if method == "get" else Action.WRITE, Thing.CASE)
        for path, methods in {
            "buildings": ("get", "post"),
            "buildings/alarms": ("get",),
            "buildings/alarms/{alarm_id}/answer": ("post",),
            "buildings/estates": ("get",),
            "buildings/estates/{estate_id}/steps": ("post",),
            "buildings/plans": ("get", "post"),
            "buildings/rules": ("post",),
            "buildings/stock": ("get",),
            "buildings/{building_id}": ("get",),
            "buildings/{building_id}/corrections": ("post",),
            "buildings/{building_id}/demolition": ("get",),
            "buildings/{building_id}/steps": ("post",),
            "frontage-lists": ("get", "post"),
            "frontage-lists/rows/{row_id}/answer": ("post",),
            "frontage-lists/rows/{row_id}/appeal": ("post",),
            "frontage-lists/{list_id}": ("get",),
            "frontage-lists/{list_id}/steps": ("post",),
            "frontages": ("get",),
            "frontages/agreements": ("post",),
            "frontages/agreements/{agreement_id}/match": ("post",),
            "frontages/agreements/{agreement_id}/scan": ("put",),
            "frontages/agreements/{agreement_id}/steps": ("post",),
            "frontages/checks": ("get", "post"),
            "frontages/rates": ("get",),
            "frontages/register": ("get",),
            "frontages/tasks": ("get",),
            "frontages/unmatched": ("get",),
            "frontages/{frontage_id}": ("get",),
        }.items()
        for method in methods
    },
    **{
        (method, f"/{path}"): (Action.READ if method == "get" else Action.WRITE, Thing.CASE)
        for path, methods in {
            "components/figures": ("get",),
            "repairs": ("get", "post"),
            "repairs/totals": ("get",),
            "repairs/{repair}": ("get",),
            "repairs/{repair}/steps": ("post",),
            "outages": ("get", "post"),
            "outages/lighting": ("get",),
            "outages/{outage}": ("get",),
            "outages/{outage}/steps": ("post",),
            "hazards": ("get", "post"),
            "hazards/{hazard}": ("get",),
            "hazards/{hazard}/steps": ("post",),
            "gas/inspections": ("get", "post"),
            "gas/due": ("get",),
            "supplies/stock": ("get",),
            "supplies/moves": ("get", "post"),
            "supplies/equations": ("get",),
            "supplies/near": ("get",),
            "supplies/on-call": ("get",),
            "proofs/{thing}/{row}/{picture}": ("get", "put"),
        }.items()
        for method in methods
    },
    ("post", "/outages/adoptions"): (Action.WRITE, Thing.PLAN),
    **{
        (method, path): (Action.WRITE, Thing.LAYER)
        for path, method in {
            "/imports/control": "get",
            "/imports/waiting": "get",
            "/imports/waiting/{row}/proposals": "get",
            "/imports/waiting/{row}/place": "post",
            "/imports/waiting/{row}/refuse": "post",
            "/imports/sources": "get",
        }.items()
    },
    **{
        (method, f"/exchange/{path}"): (Action.WRITE, Thing.PLAN)
        for path, method in {
            "forms": "get",
            "forms/{platform}/{topic}": "put",
            "forms/{platform}/{topic}/files": "post",
            "deliveries": "get",
            "deliveries/{delivery}/receipt": "post",
        }.items()
    },
    ("get", "/jobs"): (Action.READ, Thing.JOB),
    ("get", "/jobs/{job_id}"): (Action.READ, Thing.JOB),
    ("post", "/jobs/{job_id}/cancel"): (Action.WRITE, Thing.JOB),
    ("post", "/layers/{collection}/imports"): (Action.WRITE, Thing.LAYER),
    ("get", "/suspicions"): (Action.READ, Thing.FINDING),
    ("get", "/suspicions/{suspicion_id}"): (Action.READ, Thing.FINDING),
    ("post", "/suspicions/{suspicion_id}/decision"): (Action.WRITE, Thing.FINDING),
    ("post", "/suspicions/checks"): (Action.WRITE, Thing.FINDING),
    ("get", "/findings"): (Action.READ, Thing.FINDING),
    ("post", "/findings"): (Action.WRITE, Thing.FINDING),
    ("get", "/findings/{finding_id}"): (Action.READ, Thing.FINDING),
    ("get", "/findings/{finding_id}/features"): (Action.READ, Thing.FINDING),
    ("get", "/dashboards/{name}"): (Action.READ, Thing.DASHBOARD),
    ("get", "/dashboards/sheets/{shift}/{team}"): (Action.READ, Thing.DASHBOARD),
    ("get", "/dashboards/sheets/{shift}/{team}/picture.png"): (Action.READ, Thing.DASHBOARD),
    ("get", "/dashboards/treatments/{number}"): (Action.READ, Thing.DASHBOARD),
    **{
        (method, path): (Action.READ if method == "get" else Action.WRITE, Thing.FINDING)
        for path, methods in {
            "/displacement": ("get", "post"),
            "/districts/proposals": ("get", "post"),
            "/districts/proposals/{proposal_id}": ("get",),
            "/districts/proposals/{proposal_id}/adopt": ("post",),
            "/districts/proposals/{proposal_id}/districts/{code}": ("put",),
            "/districts/proposals/{proposal_id}/moves": ("post",),
            "/districts/proposals/{proposal_id}/units": ("get",),
            "/forecasts": ("get", "post"),
            "/forecasts/leaderboard": ("get",),
            "/forecasts/scores": ("get",),
            "/forecasts/{forecast_id}": ("get",),
            "/forecasts/{forecast_id}/attention": ("get",),
            "/forecasts/{forecast_id}/places": ("get",),
            "/returns": ("get", "post"),
            "/returns/chances/{event}": ("get",),
            "/returns/curves": ("get",),
            "/returns/rates": ("get",),
            "/returns/reinspections": ("get",),
            "/returns/zones": ("get",),
            "/sites/plans": ("get", "post"),
            "/sites/plans/{plan_id}": ("get",),
            "/sites/plans/{plan_id}/adopt": ("post",),
            "/sites/plans/{plan_id}/candidates": ("get",),
        }.items()
        for method in methods
    },
}
"""What each route that is not open to everybody asks permission for."""

WHOLE = {
    ("post", f"/{path}")
    for path in (
        "buildings/estates/{estate_id}/steps", "buildings/plans", "buildings/rules", "frontage-lists",
        "frontage-lists/rows/{row_id}/answer", "frontage-lists/rows/{row_id}/appeal", "frontage-lists/{list_id}/steps",
        "frontages/agreements", "frontages/agreements/{agreement_id}/match",
    )
} | {
    ("get", "/gas/inspections"), ("post", "/gas/inspections"), ("get", "/gas/due"), ("post", "/supplies/moves"),
    ("get", "/bulletins"), ("get", "/bulletins/draft"), ("get", "/bulletins/{bulletin_kind}/{on}"),
    ("put", "/resolution/items/{source}/{row}"), ("get", "/resolution/issues"), ("get", "/resolution/issues/{number}"),
    ("get", "/audits"), ("get", "/audits/{audit}"), ("get", "/waste/trips"), ("get", "/waste/reconciliation"),
}  # fmt: skip
"""Guarded routes about the county as a whole: who reaches only an area is refused."""

OPEN = {
    ("get", path)
    for path in (
        "/", "/conformance", "/api", "/health", "/ready", "/login", "/report", "/map", "/session", "/collections",
        "/tiles", "/locate", "/tiles/WebMercatorQuad", "/tiles/WebMercatorQuad/tilejson", "/tileMatrixSets",
        "/tileMatrixSets/WebMercatorQuad",
    )
} | {("post", "/session"), ("delete", "/session"), ("post", "/intake/public")}  # fmt: skip
"""Routes anybody may ask; what they answer depends on who asks and is tested below and elsewhere."""

VALUES = {
    "sheet_form": "csv", "rate": "closed",
    "bulletin_kind": "day",
    "on": "2199-03-01",
    "proposal_id": "999999999", "score_id": "999999999", "forecast_id": "999999999", "event": "999999999", "code": "01",
    "plan_id": "999999999", "job_id": "999999999", "suspicion_id": "999999999",
    "finding_id": "999999999", "fid": "999999999", "z": "14",
    "x": "13562",
    "y": "6848",
    "name": "county", "shift": "day", "team": "T1", "check": "999999999",
    "treatment_id": "999999999", "number": "999999999", "staff": "nobody",
    **dict.fromkeys(("posture", "campaign", "risk"), "no such"),
    "market": "999999999", "complaint": "999999999", "tie": "999999999",
    "source": "complaint", "audit": "999999999", "row": "999999999",
    "from_on": "2026-03-01", "unit": "nowhere", "login": "nobody",
    **dict.fromkeys(("building_id", "alarm_id", "estate_id", "frontage_id", "agreement_id"), "999999999"),
    **dict.fromkeys(("list_id", "row_id"), "999999999"),
    **dict.fromkeys(("incident", "subject", "merge", "document", "recheck", "penalty", "referral"), "999999999"),
    "order": "999999999", "feast": "999999999",
    "contact": "999999999", "platform": "nobody", "topic": "case", "delivery": "999999999",
    "problem": "0190e3a1-0000-7000-8000-000000000001", "picture": "0190e3a1-0000-7000-8000-000000000002",
    "repair": "999999999", "outage": "999999999", "hazard": "999999999", "thing": "repair",
    "deviation": "999999999", "feed": "fix",
    "case_table": "hours", "power_table": "tiers", "ladder_table": "rules", "measure": "exempt",
}  # fmt: skip


DESCRIBED = create_app(Settings.load()).openapi()


def operations() -> list[tuple[str, str]]:
    """Method and path of every route described."""
    return [(method, path) for path, item in DESCRIBED["paths"].items() for method in METHODS if method in item]


OPERATIONS = operations()


def address(path: str, collection: str) -> str:
    """A path with its braces filled."""
    return re.sub(r"\{(\w+)\}", lambda found: VALUES.get(found[1], collection), path)


TREATMENT = {"title": "x", "goal": "x", "owner": "x", "from_on": "2026-03-01", "to_on": "2026-03-02"}

BODIES: dict[str, dict[str, object]] = {
    "/complaints": {
        "uid": "0190e3a1-0000-7000-8000-000000000009", "channel": "phone", "content": "x", "lon": 1, "lat": 1,
    },
    "/postures": {
        "code": "x", "name": "x", "kind": "exam", "first_on": "2026-03-02", "last_on": "2026-03-01",
        "geometry": {"type": "Polygon", "coordinates": []},
    },
    "/postures/{posture}/rules": {"rules": []},
    "/postures/{posture}/steps": {"step": "approve", "at": "2026-03-01T00:00:00Z"},
    "/postures/{posture}/checks": {"item": "x", "result": "fine", "at": "2026-03-01T00:00:00Z"},
    "/campaigns": {
        "code": "x", "name": "x", "goal": "x", "codes": ["x"], "first_on": "2026-03-02", "last_on": "2026-03-01",
        "geometry": {"type": "Polygon", "coordinates": []}, "teams": [{"unit": "x", "leader": "x", "people": 1}],
    },
    "/campaigns/{campaign}/steps": {"step": "start", "at": "2026-03-01T00:00:00Z"},
    "/campaigns/{campaign}/efforts": {
        "uid": "0190e3a1-0000-7000-8000-000000000031", "on_date": "2026-03-01", "people": 1,
    },
    "/risks": {
        "number": "x", "about": "acts", "title": "x", "valid_from_on": "2026-03-02", "valid_to_on": "2026-03-01",
    },
    "/risks/{risk}": {},
    "/risks/{risk}/steps": {"step": "submit", "at": "2026-03-01T00:00:00Z"},
    "/imports/waiting/{row}/place": {"lon": 118.0, "lat": 28.3},
    "/imports/waiting/{row}/refuse": {"note": "x"},
    "/exchange/forms/{platform}/{topic}": {"columns": [{"heading": "x", "text": "x"}]},
    "/exchange/forms/{platform}/{topic}/files": {"from_on": "2026-03-01", "to_on": "2026-03-01"},
    "/exchange/deliveries/{delivery}/receipt": {"receipt": "x", "accepted": 0},
    "/complaints/ties/{tie}": {"confirm": False},
    "/complaints/{complaint}/steps": {"step": "void", "note": "x"},
    "/complaints/{complaint}/merge": {"into": 999999999},
    "/complaints/{complaint}/split": {"note": "x"},
    "/complaints/{complaint}/satisfaction": {"satisfaction": "fair"},
    "/complaints/{complaint}/cause": {"cause": "x", "measure": "x", "owner": "nobody", "due_on": "2026-03-01"},
    "/complaints/{complaint}/place": {"lon": 118.0, "lat": 28.3},
    "/resolution/items/{source}/{row}": {"measure": "x", "owner": "nobody", "due_on": "2026-03-01"},
    "/bulletins": {"kind": "day", "on": "2199-03-01"},
    "/resolution/issues": {"number": "x", "from_on": "2020-03-01", "to_on": "2020-03-01"},
    "/audits": {"source": "complaint", "from_on": "2020-03-01", "to_on": "2020-03-01", "size": 1},
    "/audits/{audit}/checks": {"row": 1, "passed": True},
    "/intake/orders/{source}": {"odd": 1},
    "/intake/replies/{source}": {"ids": [999999999]},
    "/intake/sources/{source}": {"channel": "12345", "fields": {"odd": "x"}},
    "/problems": {
        "uid": "0190e3a1-0000-7000-8000-000000000003", "code": "04-06", "origin": "patrol",
        "found_at": "2026-03-01T00:00:00Z", "lon": 1, "lat": 1,
    },
    "/problems/{problem}/steps": {"step": "feed_back"},
    "/buildings": {
        "uid": "0190e3a1-0000-7000-8000-000000000021", "geometry": {"type": "Point", "coordinates": [1, 1]},
        "found_on": "2026-03-01",
    },
    "/buildings/alarms/{alarm_id}/answer": {"answer": "x"},
    "/buildings/estates/{estate_id}/steps": {"step": "withdraw", "at": "2026-03-01T00:00:00Z"},
    "/buildings/plans": {
        "category": "x", "way": "demolish", "goal": 1, "from_on": "2026-03-02", "to_on": "2026-03-01",
        "owner": "nobody",
    },
    "/buildings/rules": {"base_on": "2026-03-01", "staff": "nobody"},
    "/buildings/{building_id}/steps": {"step": "verify", "at": "2026-03-01T00:00:00Z"},
    "/buildings/{building_id}/corrections": {"at": "2026-03-01T00:00:00Z", "reason": "x"},
    "/frontage-lists": {"month_on": "2020-03-01"},
    "/frontage-lists/rows/{row_id}/answer": {"verdict": "rejected", "answer": "x"},
    "/frontage-lists/rows/{row_id}/appeal": {"said": "x"},
    "/frontage-lists/{list_id}/steps": {"step": "withdraw"},
    "/frontages/agreements": {
        "number": "x", "version": "three", "signed_on": "2026-03-02", "valid_to_on": "2026-03-01",
    },
    "/frontages/agreements/{agreement_id}/match": {"frontage_id": 999999999},
    "/frontages/agreements/{agreement_id}/steps": {"step": "end", "at": "2026-03-01T00:00:00Z"},
    "/frontages/checks": {
        "uid": "0190e3a1-0000-7000-8000-000000000022", "frontage_id": 999999999, "at": "2026-03-01T00:00:00Z",
    },
    "/repairs": {
        "uid": "0190e3a1-0000-7000-8000-000000000031", "work": "repair", "quantity": 1, "class_code": "C99-99",
    },
    "/repairs/{repair}/steps": {"step": "start"},
    "/outages": {
        "uid": "0190e3a1-0000-7000-8000-000000000032", "lamps": ["no such"], "found_at": "2026-03-01T12:00:00Z",
    },
    "/outages/{outage}/steps": {"step": "mend"},
    "/hazards": {
        "uid": "0190e3a1-0000-7000-8000-000000000033", "category": "gas", "level": "major", "lon": 1, "lat": 1,
        "found_at": "2026-03-01T12:00:00Z",
    },
    "/hazards/{hazard}/steps": {"step": "confirm"},
    "/gas/inspections": {
        "uid": "0190e3a1-0000-7000-8000-000000000034", "gas_user": "no such", "inspected_at": "2026-03-01T12:00:00Z",
        "people": 1,
    },
    "/supplies/moves": {
        "uid": "0190e3a1-0000-7000-8000-000000000035", "point": "no such", "item": "x", "kind": "receive",
        "quantity": 1, "moved_at": "2026-03-01T12:00:00Z",
    },
    "/cases/tables/{case_table}": {"csv": "x"},
    "/cases/regimes/streets": {"regime": "strict", "from_on": "2026-03-01", "street": "nowhere"},
    "/cases/desk": {"staff": "nobody"},
    "/patrol/plans": {"date": "2026-03-01", "shift": "no such shift"},
    "/accounts/{login}/staff": {"staff": "nobody"},
    "/patrol/plans/{plan_id}/again": {"absent": ["no such"]},
    "/roads/closures": {
        "uid": "0190e3a1-0000-7000-8000-000000000003", "names": ["no such"], "starts_at": "2026-03-01T08:00:00Z",
        "reason": "x",
    },
    "/markets/{market}/counts": {
        "uid": "0190e3a1-0000-7000-8000-000000000003", "stalls": 1, "counted_at": "2026-03-01T08:00:00Z",
    },
    "/ads/{ad}/hazards": {"hazard": 1},
    "/ads/{ad}/shown": {"shown": "x"},
    "/ads/orders": {
        "uid": "0190e3a1-0000-7000-8000-000000000021", "measure": "guide", "ordered_on": "2026-03-01", "ad": "no such",
    },
    "/ads/orders/{order}/steps": {"step": "conform", "at": "2026-03-01T08:00:00Z"},
    "/restaurants/{code}/cleanings": {"uid": "0190e3a1-0000-7000-8000-000000000022", "cleaned_on": "2026-03-01"},
    "/restaurants/{code}/surveys": {
        "uid": "0190e3a1-0000-7000-8000-000000000023", "surveyed_on": "2026-03-01", "flue": True, "housing": "none",
        "device_planned": True,
    },
    "/parking/{bay}/counts": {
        "uid": "0190e3a1-0000-7000-8000-000000000024", "parked": 1, "counted_at": "2026-03-01T08:00:00Z",
    },
    "/parking/tickets": {
        "uid": "0190e3a1-0000-7000-8000-000000000025", "on": "2026-03-01", "vehicle": "car", "tickets": 1,
        "lon": 117.99, "lat": 28.3,
    },
    "/fireworks/feasts": {
        "uid": "0190e3a1-0000-7000-8000-000000000026", "kind": "wedding", "held_on": "2026-03-01", "lon": 117.99,
        "lat": 28.3, "place": "x",
    },
    "/fireworks/feasts/{feast}/visit": {"at": "2026-03-01T08:00:00Z"},
    "/contacts/{contact}/visits": {
        "uid": "0190e3a1-0000-7000-8000-000000000027", "at": "2026-03-01T08:00:00Z", "people": 1, "topic": "x",
    },
    "/patrol/checks/kitchens": {"power_item": "x", "first_on": "2026-03-01", "last_on": "2026-03-01"},
    "/patrol/checks/gas": {"power_item": "x", "first_on": "2026-03-01", "last_on": "2026-03-01"},
    "/worksites/checks": {
        "uid": "0190e3a1-0000-7000-8000-000000000031", "site": "no such", "at": "2026-03-01T08:00:00Z",
    },
    "/waste/feeds/{source}/{feed}": {"uid": "0190e3a1-0000-7000-8000-000000000032", "rows": [{"odd": 1}]},
    "/waste/deviations/{deviation}/steps": {"step": "confirm"},
    "/waste/traces": {"first": "2026-03-02", "last": "2026-03-01"},
    "/powers/tables/{power_table}": {"csv": "x"},
    "/powers/figures/{name}": {"value": 1, "basis": "x"},
    "/ladder/tables/{ladder_table}": {"csv": "x"},
    "/ladder/points/{measure}": {"points": 3},
    "/ladder/incidents": {
        "uid": "0190e3a1-0000-7000-8000-000000000011", "code_system": "x", "code": "x", "at": "2026-03-01T08:00:00Z",
        "lon": 117.99, "lat": 28.3,
    },
    "/ladder/incidents/{incident}/subject": {"subject_id": None},
    "/ladder/incidents/{incident}/rung": {"step": "persuade"},
    "/ladder/incidents/{incident}/withdrawal": {"reason": "x"},
    "/subjects": {
        "uid": "0190e3a1-0000-7000-8000-000000000012", "district_code": "W", "identity": {"kind": "shop", "name": "x"},
    },
    "/subjects/matches": {"purpose": "ladder", "reference": "x", "identity": {"kind": "shop", "name": "x"}},
    "/subjects/{subject}/identity": {"purpose": "ladder", "reference": "x", "identity": {"kind": "shop", "name": "x"}},
    "/subjects/{subject}/merges": {"gone": 1, "reason": "x"},
    "/subjects/merges/{merge}/split": {"reason": "x"},
    "/documents": {
        "uid": "0190e3a1-0000-7000-8000-000000000013", "kind": "rectify", "item": "x", "body": "x", "lon": 117.99,
        "lat": 28.3,
    },
    "/documents/{document}/steps": {"step": "issue", "at": "2026-03-01T08:00:00Z"},
    "/documents/{document}/report": {"head": "x", "at": "2026-03-01T08:00:00Z"},
    "/documents/{document}/approval": {"decision": "approved", "at": "2026-03-01T08:00:00Z"},
    "/complaints/{complaint}/caller": {"purpose": "why"},
    "/documents/rechecks/{recheck}": {"result": "corrected", "at": "2026-03-01T08:00:00Z"},
    "/penalties": {
        "uid": "0190e3a1-0000-7000-8000-000000000014", "subject_id": 1, "item": "x", "body": "x", "code_system": "x",
        "code": "x", "district_code": "W",
    },
    "/penalties/{penalty}/steps": {"step": "file", "at": "2026-03-01T08:00:00Z"},
    "/penalties/{penalty}/reviews": {"kind": "legal", "opinion": "x", "at": "2026-03-01T08:00:00Z"},
    "/penalties/{penalty}/checks": {"item": "shown", "reference": "x", "at": "2026-03-01T08:00:00Z"},
    "/referrals": {
        "uid": "0190e3a1-0000-7000-8000-000000000015", "receiver": "x", "reason": "x", "at": "2026-03-01T08:00:00Z",
        "reply_due_on": "2026-03-02", "penalty_id": 999999999,
    },
    "/referrals/{referral}/answer": {"answer": "x", "accepted": True, "at": "2026-03-01T08:00:00Z"},
    "/rosters": {"first_on": "2026-03-01", "days": 1},
    "/people/rules/rest": {"valid_from_on": "2026-03-01"},
    "/people/rules/needs": {"shift": "no such", "day_kind": "workday", "valid_from_on": "2026-03-01", "people": 1},
    "/people/leave": {"staff": "nobody", "from_on": "2026-03-01", "to_on": "2026-03-02"},
    "/people/musters/{unit}": {"lon": 118.0, "lat": 28.3},
    "/patrol/worth": {"date": "2026-03-01", "shift": "no such shift"},
    "/duty-log": {
        "lines": [
            {
                "uid": "0190e3a1-0000-7000-8000-000000000004", "kind": "roll_call", "step": "present",
                "at": "2026-03-01T08:00:00Z", "on_date": "2026-03-01", "shift": "no such", "staff": "no such",
            }
        ]
    },
    "/patrol/scores": {"date": "2026-03-01", "shift": "no such shift"},
    "/patrol/tracks": {
        "uid": "0190e3a1-0000-7000-8000-000000000001", "source": "phone", "staff": "no such", "points": [{}],
    },
    "/patrol/checkins": {
        "uid": "0190e3a1-0000-7000-8000-000000000002", "on_date": "2026-03-01", "shift": "day", "team": "T",
        "stop": "x", "staff": "no such", "at": "2026-03-01T08:00:00Z",
    },
    "/patrol/checks": {
        "enterprise": "no such", "power_item": "x", "first_on": "2026-03-01", "last_on": "2026-03-01"
    },
    "/patrol/checks/draws": {"number": 1, "power_item": "x", "first_on": "2026-03-02", "last_on": "2026-03-01"},
    "/patrol/checks/{check}/end": {},
    "/patrol/focuses": {"code": "x", "ordered_by": "x", "first_on": "2026-03-02", "last_on": "2026-03-01"},
    "/patrol/focuses/{code}/price": {"date": "2026-03-01", "shift": "no such shift"},
    "/patrol/simulations": {"date": "2026-03-01", "shift": "no such shift"},
    "/patrol/focuses/{code}/end": {"last_on": "2026-03-01"},
    "/patrol/posts": {"code": "x"},
    "/patrol/rules/breaks": {
        "shift": "no such", "name": "x", "minutes": 30, "from_time": "11:00", "to_time": "13:00",
        "valid_from_on": "2026-03-01",
    },
    "/patrol/rules/order": {"duties": ["law"], "valid_from_on": "2026-03-01"},
    "/patrol/rules/passes": {"tier": "lane", "passes": 0, "spacing_min": 0, "valid_from_on": "2026-03-01"},
    "/patrol/horizons": {"date": "2026-03-01", "days": 1},
    "/patrol/treatments": {**TREATMENT, "district_code": "no such"},
    "/patrol/treatments/{treatment_id}": {**TREATMENT, "revision": 1},
    "/patrol/treatments/{treatment_id}/steps": {"step": "end"},
    "/findings": {"kind": "no such study"},
    "/forecasts": {},
    "/returns": {},
    "/displacement": {
        "key": "x", "name": "x", "kind": "raid", "from_at": "2026-03-01T08:00:00Z", "to_at": "2026-03-01T08:00:00Z",
        "codes": ["no such code"],
    },
    "/districts/proposals": {},
    "/districts/proposals/{proposal_id}/moves": {"units": ["x"], "to": "01"},
    "/districts/proposals/{proposal_id}/districts/{code}": {"name": "x"},
    "/sites/plans": {"purpose": "vendor_relief", "p": 1},
}  # fmt: skip
"""What a route that takes JSON could be told."""


def ask(client: httpx.Client, method: str, path: str, collection: str = "streetlight") -> httpx.Response:
    """Ask for a route with something it could take."""
    body: dict[str, Any] = {"json": BODIES[path]} if method != "get" and path in BODIES else {}
    if path.endswith("/imports"):
        body = {"files": {"file": ("nothing.geojson", b"{}")}, "data": {"options": '{"colour": 1}'}}
    if path.endswith("/decision"):
        body = {"json": {"verdict": "dismissed", "reason": "-"}}
    if path in ("/intake/files", "/suspicions/checks", "/patrol/tracks/files"):
        body = {"data": {"options": "{}"}}
    parameters = {
        "/suspicions/checks": "?survey=x",
        "/patrol/horizons": "?first=2026-03-01" if method == "get" else "",
        "/patrol/treatments/suggestion": "?district=W",
        "/rosters/{number}/why": "?staff=nobody&on=2026-03-01&shift=day",
        "/patrol/draws": "?date=2026-03-01&shift=day",
        "/duty-log": "?on=2026-03-01" if method == "get" else "",
        "/subjects": "?purpose=ladder&reference=x" if method == "get" else "",
        "/subjects/{subject}": "?purpose=ladder&reference=x",
        **dict.fromkeys(("/ladder/shares", "/ladder/exempted", "/ladder/points"), "?first=2026-03-01&last=2026-03-02"),
        "/locate": "?lon=118.01&lat=28.3",
        **{
            f"/statistics{rest}": "?first=2026-03-01&last=2026-03-31"
            for rest in (
                "",
                "/files/{sheet_form}",
                "/figures/{figure}/records",
                "/events",
                "/evaluation",
                "/evaluation/problems",
                "/ranking",
                "/relapse",
                "/classes",
                "/relapse/returns",
            )
        },
        "/postures/here": "?lon=118.01&lat=28.3",
        "/campaigns/weeks": "?first=2026-03-01",
        "/cases/owner": "?lon=118.01&lat=28.3&code=04-06",
        "/problems/{problem}/pictures/{picture}": "?kind=scene&taken_at=2026-03-01T00:00:00Z"
        if method == "put"
        else "",
        "/buildings/{building_id}/demolition": "?start=2026-03-02T01:00:00Z&end=2026-03-02T02:00:00Z",
        "/frontages/checks": "?id=1" if method == "get" else "",
        **dict.fromkeys(("/buildings/stock", "/frontages/rates"), "?first=2026-03-01&last=2026-03-02"),
        "/repairs/totals": "?year=2026",
        "/gas/inspections": "?first=2026-03-01&last=2026-03-02" if method == "get" else "",
        "/supplies/equations": "?first=2026-03-01&last=2026-03-02",
        "/supplies/near": "?lon=118.01&lat=28.3&item=x",
        "/proofs/{thing}/{row}/{picture}": "?kind=after&taken_at=2026-03-01T00:00:00Z" if method == "put" else "",
        "/markets/judge": "?lon=118.01&lat=28.3",
        "/fireworks": "?lon=118.01&lat=28.3",
        **dict.fromkeys(("/ads/figures", "/noise/places", "/parking", "/contacts"), "?from=2026-03-01&to=2026-03-02"),
        "/parking/tickets": "?from=2026-03-01&to=2026-03-02" if method == "get" else "",
        "/markets/near": "?lon=118.01&lat=28.3",
        **dict.fromkeys(("/waste/spills", "/waste/places"), "?lon=118.01&lat=28.3"),
        **dict.fromkeys(
            ("/worksites/counts", "/waste/trips", "/waste/reconciliation", "/waste/deviations"),
            "?first=2026-03-01&last=2026-03-02",
        ),
        "/worksites/checks": "?first=2026-03-01&last=2026-03-02" if method == "get" else "",
        "/places": "?text=x",
        **dict.fromkeys(("/complaints/figures", "/complaints/figures/{rate}"), "?first=2026-03-01&last=2026-03-02"),
        "/statistics/classes/actions": "?first=2026-03-01&last=2026-03-31&work_class=service",
        "/bulletins/draft": "?kind=day&on=2026-03-01",
        "/resolution/items": "?first=2026-03-01&last=2026-03-02",
        "/intake/files": "?source=x&channel=12345",
        "/patrol/nearest": "?lon=118.01&lat=28.3",
        "/tiles/WebMercatorQuad/{z}/{y}/{x}.png": f"?collections={collection}",
    }
    return client.request(method, address(path, collection) + parameters.get(path, ""), **body)


def test_every_route_is_either_open_guarded_or_about_a_layer() -> None:
    layers = {(method, path) for method, path in OPERATIONS if "{collection}" in path or "{z}" in path}
    assert set(OPERATIONS) == OPEN | set(GUARDED) | layers


def allowed(role: Role, action: Action, thing: Thing) -> Reach | None:
    """What the table says."""
    return PERMISSIONS.get((action, thing), {}).get(role)


@pytest.mark.parametrize(("method", "path"), sorted(GUARDED))
def test_a_guarded_route_refuses_who_does_not_say_who_they_are(served: Served, method: str, path: str) -> None:
    with served.client() as client:
        answer = ask(client, method, path, "road")
    # A page sends a browser to the login; everything else says what is missing.
    assert answer.status_code in ((401, 303) if path.startswith("/dashboards") else (401,)), answer.text


@pytest.mark.parametrize(("method", "path"), sorted(GUARDED))
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PUBLIC])
def test_a_guarded_route_answers_exactly_the_roles_of_the_table(
    signed_in: dict[str, httpx.Client], method: str, path: str, role: Role
) -> None:
    answer = ask(signed_in[role.value], method, path)
    reach = allowed(role, *GUARDED[method, path])
    if reach is None or (reach is Reach.AREA and ((method, path) in WHOLE or path.startswith("/dashboards"))):
        assert answer.status_code == 403, answer.text
    else:
        assert answer.status_code not in (401, 403) and answer.status_code < 500, answer.text


@pytest.mark.parametrize(("method", "path"), sorted(GUARDED))
def test_a_guarded_route_answers_exactly_the_scopes_of_the_table(
    served: Served, callers: Callers, method: str, path: str
) -> None:
    asked = GUARDED[method, path]
    everything = any(asked in given for given in SCOPE_PERMISSIONS.values())
    reading = asked in SCOPE_PERMISSIONS["layers:read"]
    for key, granted in ((callers.everything, everything), (callers.reader, reading), (callers.nothing, False)):
        with served.client(key) as client:
            status = ask(client, method, path, "road").status_code
        assert (status not in (401, 403) and status < 500) if granted else status == 403, (status, granted)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_a_layer_answers_without_a_key_only_if_it_is_public(served: Served, callers: Callers, kind: Any) -> None:
    routes = [path for method, path in OPERATIONS if method == "get" and "{collection}" in path and "{fid}" not in path]
    assert len(routes) >= 6
    with served.client() as nobody, served.client(callers.reader) as reader, served.client(callers.nothing) as empty:
        for path in routes:
            for client in (nobody, empty):
                status = ask(client, "get", path, kind.name).status_code
                assert status in (200, 204) if kind.public else status == 404, (path, status)
            assert ask(reader, "get", path, kind.name).status_code in (200, 204)
        for suffix in ("", ".png"):
            tile = f"/tiles/WebMercatorQuad/14/6848/13562{suffix}?collections={kind.name}"
            assert (nobody.get(tile).status_code == 404) is not kind.public
            assert nobody.get(f"/tiles/WebMercatorQuad/tilejson?collections={kind.name}").status_code == (
                200 if kind.public else 404
            )


def test_a_layer_that_may_not_be_seen_is_answered_like_one_that_is_not_there(served: Served) -> None:
    with served.client() as nobody:
        hidden = nobody.get("/collections/streetlight").json()
        absent = nobody.get("/collections/starlights").json()
    different = {"request_id", "detail", "facts"}
    assert {key: value for key, value in hidden.items() if key not in different} == {
        key: value for key, value in absent.items() if key not in different
    }
    assert hidden["detail"].replace("streetlight", "starlights") == absent["detail"]


def own_ids(client: httpx.Client) -> Iterator[tuple[str, int]]:
    """Layer and id of some features the client sees."""
    for kind in KINDS:
        for feature in client.get(f"/collections/{kind.name}/items?limit=3").json()["features"]:
            yield kind.name, feature["id"]


def test_no_route_gives_a_county_the_rows_of_another(served: Served, callers: Callers) -> None:
    with served.client(callers.everything) as ours, served.client(callers.neighbour) as theirs:
        mine, yours = set(own_ids(ours)), set(own_ids(theirs))
        assert mine and yours and not mine & yours
        for layer, identity in mine:
            assert theirs.get(f"/collections/{layer}/items/{identity}").status_code == 404
        for method, path in OPERATIONS:
            if method != "get" or path in ("/api", "/ready"):
                continue
            answer = ask(theirs, method, path)
            assert served.tenant not in answer.text, path


def test_no_answer_but_of_public_layers_may_be_kept_for_another_caller(served: Served, callers: Callers) -> None:
    with served.client(callers.everything) as client:
        for method, path in OPERATIONS:
            if method == "get":
                answer = ask(client, method, path)
                assert re.search("private|no-store|no-cache", answer.headers["cache-control"]), path


def test_a_page_that_a_build_removed_meanwhile_is_not_there(
    served: Served, settings: Settings, signed_in: dict[str, httpx.Client]
) -> None:
    folder = folder_of(settings, served.tenant)
    folder.mkdir(parents=True)
    write_index(folder, Index("2026-03-01", 1, "code", {"county": BuiltPage("removed", None)}))
    try:
        assert signed_in["planner"].get("/dashboards/county").status_code == 404
    finally:
        shutil.rmtree(folder)


def test_the_same_tile_of_two_counties_holds_only_each_ones_own_features(served: Served, callers: Callers) -> None:
    decode = pytest.importorskip("mapbox_vector_tile").decode
    place = tile_at(118.0065, 28.2955, 15)
    tile = f"/tiles/WebMercatorQuad/{place.z}/{place.y}/{place.x}?collections=building,road"
    found = []
    for key in (callers.everything, callers.neighbour, callers.everything):
        with served.client(key) as client:
            layers = decode(client.get(tile).content)
        found.append({(name, feature["id"]) for name, layer in layers.items() for feature in layer["features"]})
    assert found[0] and found[1] and found[0] == found[2]
    assert not found[0] & found[1]


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Bearer pq_990101_aaaaaaaa_" + "a" * 43},
        {"Authorization": "Basic !!!"},
        {"X-API-Key": "x"},
    ],
)
@pytest.mark.parametrize("path", ["/", "/collections", "/collections/road/items", "/locate?lon=118&lat=28.3"])
def test_a_key_that_opens_nothing_is_refused_even_where_no_key_is_needed(
    served: Served, headers: dict[str, str], path: str
) -> None:
    with served.client() as client:
        answer = client.get(path, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["code"] == "auth.bad_key" and "WWW-Authenticate" in answer.headers


def test_every_pair_of_guarded_action_and_thing_is_in_the_table() -> None:
    asked = set(GUARDED.values())
    assert asked <= set(PERMISSIONS)
    unasked = {(Action.WRITE, thing) for thing in (Thing.DASHBOARD, Thing.ROUTE, Thing.CALLER)}
    assert {pair for pair in product(Action, Thing) if pair not in PERMISSIONS} == unasked


@pytest.mark.parametrize("path", sorted(path for method, path in OPERATIONS if method == "get"))
def test_the_description_says_of_each_route_truly_whether_a_bad_key_is_refused(served: Served, path: str) -> None:
    described = DESCRIBED["paths"][path]["get"]["responses"]
    with served.client("opens nothing") as client:
        refused = ask(client, "get", path).status_code == 401
        odd = client.get(address(path, "streetlight"), params={"no_such_parameter": "x"}, headers={"Authorization": ""})
    assert refused == ("401" in described)
    assert str(odd.status_code) in described
