"""The change feed over the wire."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel


class ChangeView(BaseModel):
    """A change; ``features`` null: take what lies in ``box``, or without that the whole layer, as changed."""

    seq: int
    at: dt.datetime
    kind: str
    layer: str
    features: list[int] | None
    box: list[float] | None


class ChangeFeed(BaseModel):
    """In the order of their numbers; ask again with ``after`` = ``next``."""

    changes: list[ChangeView]
    next: int
    head: int
    complete: bool
