"""The description of the API, made true: what every route may answer, in the media types it really uses."""

from __future__ import annotations

import threading
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api import problems

MAKING = threading.Lock()

EVERYWHERE = (400, 401, 500, 503)
"""Problems any route may answer with: an unknown parameter, a key that opens nothing, ours, the database's."""

OPEN: tuple[str, ...] = (
    "/health", "/ready", "/api", "/conformance", "/login", "/tileMatrixSets", "/tileMatrixSets/WebMercatorQuad",
)  # fmt: skip
"""Routes that do not ask who it is, nor (but for ``/ready``, which says so itself) the database."""

SECURITY = {
    "bearer": {"type": "http", "scheme": "bearer", "description": "A key made by `pianqu key create`."},
    "basic": {"type": "http", "scheme": "basic", "description": "Any name, the key as password."},
    "header": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "api_key", "description": "For clients that can do no better."},
    "session": {"type": "apiKey", "in": "cookie", "name": "pianqu", "description": "Set by POST /session."},
}

FEATURE = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"const": "Feature"},
        "id": {"type": ["integer", "string"]},
        "geometry": {"type": ["object", "null"]},
        "properties": {"type": ["object", "null"]},
        "links": {"type": "array", "items": {"type": "object"}},
    },
}
FEATURES = {
    "type": "object",
    "required": ["type", "features"],
    "properties": {
        "type": {"const": "FeatureCollection"},
        "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
        "numberReturned": {"type": "integer", "minimum": 0},
        "numberMatched": {"type": "integer", "minimum": 0},
        "links": {"type": "array", "items": {"type": "object"}},
    },
}


def describe(app: FastAPI) -> dict[str, Any]:
    """OpenAPI 3.1 of the application, made once, whoever asks meanwhile."""
    with MAKING:
        return _describe(app)


def _describe(app: FastAPI) -> dict[str, Any]:
    if app.openapi_schema is None:
        document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas |= {"Problem": problems.SCHEMA, "Feature": FEATURE, "FeatureCollection": FEATURES}
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        components["securitySchemes"] = SECURITY
        document["security"] = [{}, *({name: []} for name in SECURITY)]
        for path, methods in document["paths"].items():
            for operation in methods.values():
                _complete(path, operation)
        app.openapi_schema = document
    return app.openapi_schema


def _complete(path: str, operation: dict[str, Any]) -> None:
    """Add the problems of every route, and drop the framework's own error shape, which is never sent."""
    answers = operation["responses"]
    if "HTTPValidationError" in str(answers.get("422")):
        del answers["422"]
    added = (400, 500) if path in OPEN else EVERYWHERE
    for status, answer in problems.responses(*added).items():
        answers.setdefault(str(status), answer)
    operation.pop("x-attributes", None)
