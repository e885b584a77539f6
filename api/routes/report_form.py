"""随手报: the page anybody may report something on, where the bureau has switched it on."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import HTMLResponse, Response

from api.deps import Caller, Db
from api.problems import responses
from geo.cases.complaints.intake import PUBLIC, get_source

router = APIRouter(tags=["complaints"])

TEMPLATES = Path(__file__).resolve().parents[2] / "maps" / "templates"


@router.get("/report", summary="Page to report something", response_class=HTMLResponse, responses=responses(404))
def report_page(caller: Caller, session: Db) -> HTMLResponse:
    """At the same switch as what it sends: not there until the source ``public`` is in use. No name, no number."""
    get_source(session, caller.tenant, PUBLIC)
    return HTMLResponse((TEMPLATES / "report.html").read_text(encoding="utf-8"), headers={"Cache-Control": "no-cache"})


@router.get("/report.js", summary="Its script", response_class=Response, include_in_schema=False)
def report_script() -> Response:
    """A file of its own, since the content policy allows no inline scripts."""
    text = (TEMPLATES / "report.js").read_text(encoding="utf-8")
    return Response(text, 200, {"Cache-Control": "no-cache"}, "text/javascript")
