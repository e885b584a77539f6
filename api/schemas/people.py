"""Signing in over the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from api.problems import NO_NUL


class SignIn(BaseModel):
    """Login and password."""

    model_config = ConfigDict(extra="forbid")

    login: Annotated[str, Field(min_length=1, max_length=64, pattern=NO_NUL)]
    password: Annotated[str, Field(min_length=1, max_length=256)]
    tenant: Annotated[
        str | None, Field(pattern=r"^[0-9]{6}$", description="County; this service's own if left out.")
    ] = None


class Me(BaseModel):
    """Who is asking; ``csrf`` goes into the X-CSRF-Token header of every write a page makes.

    ``staff`` is the number of the member of staff behind the account.
    """

    tenant: str
    name: str
    role: str
    scopes: list[str]
    area: list[str] | None
    csrf: str | None
    staff: str | None = None
