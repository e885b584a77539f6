"""Files that people send: one file and its options, on disk before anybody looks inside."""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from api.problems import NO_NUL, language_of, why
from geo.errors import Invalid
from geo.messages import Language, say

MAX_UPLOAD_BYTES = 2 << 30
CHUNK = 1 << 20


class BadUpload(Invalid):
    """An upload that cannot be taken."""


Plain = Annotated[str, StringConstraints(pattern=NO_NUL)]
"""Text without the one character that PostgreSQL cannot store."""


class UploadOptions(BaseModel):
    """How to read the file; all may be left out. See the operator guide."""

    model_config = ConfigDict(extra="forbid")

    mapping: dict[Plain, Plain] = Field(default_factory=dict)
    crs: Plain | None = None
    offset: Literal["gcj02", "bd09"] | None = None
    encoding: Plain | None = None
    key: Plain | None = None
    source: Plain = Field("file", min_length=1, max_length=100)
    layer: Plain | None = None
    swap: bool = False
    day_order: Literal["ymd", "dmy", "mdy"] = "ymd"
    values: dict[Plain, Plain] = Field(default_factory=dict)
    as_is: bool = False
    control: Plain | None = None


BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "options": {
                        "type": "string",
                        "contentMediaType": "application/json",
                        "description": "JSON object: mapping, crs, offset, encoding, key, source, layer, swap, "
                        "day_order, values, as_is, control.",
                    },
                },
            }
        }
    },
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent: where it is kept, what its sender calls it, how to read it."""

    path: Path
    name: str
    options: dict[str, Any]

    def as_arguments(self) -> dict[str, Any]:
        """What a job that reads it is told; the job removes the file."""
        return {"file": self.name, "path": str(self.path), "options": self.options}


@asynccontextmanager
async def kept_upload(request: Request, folder: Path) -> AsyncIterator[Upload]:
    """Keep the file of a request, and forget it again if what follows fails.

    The body is read here and not by the framework, which would take two gigabytes from anybody before
    asking who it is.

    Raises
    ------
    BadUpload
        If there is no file, it is empty, or an option is unknown or wrong.
    """
    async with request.form(max_files=1, max_fields=1, max_part_size=100_000) as form:
        file, options = form.get("file"), form.get("options", "{}")
        if not isinstance(file, UploadFile) or not isinstance(options, str):
            raise BadUpload("jobs.no_file")
        chosen = read_options(options, language_of(request))
        path = await keep(file, folder)
    try:
        yield Upload(path, path.name.partition("-")[2], chosen)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def read_options(text: str, language: Language) -> dict[str, Any]:
    """The options as :class:`geo.layers.reports.ImportOptions` takes them.

    Raises
    ------
    BadUpload
        If it is no JSON object or an option is unknown or wrong.
    """
    try:
        return UploadOptions.model_validate(json.loads(text)).model_dump()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "options"
        raise BadUpload("jobs.bad_options", name=name[:60], why=why(first, language)) from None
    except (ValueError, RecursionError):
        raise BadUpload("jobs.bad_options", name="options", why=say("why.json_invalid", language)) from None


async def keep(file: UploadFile, folder: Path) -> Path:
    """Write an upload to disk piece by piece, under a name of our own that ends like the sender's.

    Raises
    ------
    BadUpload
        If it is empty.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = re.sub(r"[^\w.-]", "_", Path(file.filename or "file").name)[-80:].lstrip(".") or "file"
    path = folder / f"{uuid.uuid4().hex}-{name}"
    size = 0
    try:
        with path.open("xb") as target:
            while piece := await file.read(CHUNK):
                size += len(piece)
                await run_in_threadpool(target.write, piece)
            await run_in_threadpool(target.flush)
            await run_in_threadpool(os.fsync, target.fileno())
        if size == 0:
            raise BadUpload("jobs.empty_file")
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path
