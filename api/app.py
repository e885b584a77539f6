"""The HTTP application: ``uvicorn --factory api.app:create_app``."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import AsyncIterator

from fastapi import Depends, FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response

from api import openapi, problems
from api.deps import strict_query
from api.middleware import BodyLimit, Envelope
from api.routes.dashboards import static_files
from api.service import ClientGone, Service
from api.uploads import MAX_UPLOAD_BYTES
from api.warm import build_routes, describing
from geo.cases.evidence.pictures import MOST_BYTES
from geo.settings import Settings

BODY_BYTES = 1 << 20
ROUTES = (
    "landing", "health", "sign_in", "collections", "items", "raster", "tiles", "tilesets", "locate", "roads", "patrol",
    "rosters", "jobs", "imports", "dashboards", "districts", "sites", "findings", "forecasts", "returns", "suspicions",
    "treatments", "demand", "checks", "tracks", "staffing", "replans", "draws", "geocoding", "powers", "accounts",
    "resolution", "complaints", "intake", "report_form", "public_map", "trials", "buildings", "problems", "case_tables",
    "frontages", "frontage_lists", "subjects", "ladder", "notices", "penalties", "markets", "postures", "campaigns",
    "risks", "ads", "restaurants", "parking", "noise", "contacts", "worksites", "waste", "statistics", "bulletins",
    "repairs", "outages", "hazards", "gas", "supplies", "proofs", "waiting", "exchange", "changes", "relapse",
)  # fmt: skip
"""In order of matching: PNG tiles stand before vector tiles, whose address they extend."""

VERSION = "0.1.0"


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application, ready to serve; nothing is opened before it starts.

    Parameters
    ----------
    settings
        From the environment unless given.
    """
    service = Service(settings or Settings.load())

    @contextlib.asynccontextmanager
    async def lifespan(served: FastAPI) -> AsyncIterator[None]:
        build_routes(served)
        async with service.running():
            with describing(served):
                yield

    app = FastAPI(
        title="Pianqu 片区",
        version=VERSION,
        description="Layers, tiles and patrol plans of a county bureau. Refusals are RFC 9457 problems.",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(strict_query)],
    )
    app.state.service = service
    for name in ROUTES:
        app.include_router(importlib.import_module(f"api.routes.{name}").router)
    app.mount("/static", static_files())
    problems.install(app)
    app.add_exception_handler(ClientGone, _nobody_hears)
    app.openapi = lambda: openapi.describe(app)  # type: ignore[method-assign]
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(BodyLimit, limit_of=body_limit)
    app.add_middleware(Envelope)
    return app


async def _nobody_hears(_: Request, __: Exception) -> Response:
    """An answer that is never read; 499 says in the log that the client left first, as maps do at every step."""
    return Response(status_code=499)


def body_limit(path: str) -> int:
    """Bytes a request may bring.

    Examples
    --------
    >>> body_limit("/session"), body_limit("/layers/road/imports") > 1_000_000_000
    (1048576, True)
    """
    # Room for the multipart frame around the file.
    takes_files = (path.startswith("/layers/") and path.endswith("/imports")) or path in (
        "/suspicions/checks", "/patrol/tracks/files", "/intake/files",
    )  # fmt: skip
    if path.startswith("/proofs/") or (path.startswith("/problems/") and "/pictures/" in path):
        return MOST_BYTES + 1
    return MAX_UPLOAD_BYTES + BODY_BYTES if takes_files else BODY_BYTES
