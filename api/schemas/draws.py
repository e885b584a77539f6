"""Draws of a shift's plan, over the wire."""

from __future__ import annotations

import datetime as dt

from pydantic import BaseModel


class DrawView(BaseModel):
    """One draw: the plan it gave, what it was drawn from; ``fair`` only once the shift is over.

    ``worths`` in thousandths of a violation-minute, ``weights_ppm`` in millionths, ``figures`` in thousandths.
    """

    attempt: int
    why: str
    digest: str
    worths: list[int]
    weights_ppm: list[int]
    drawn: int
    plan_id: int
    figures: dict[str, int]
    made_at: dt.datetime
    made_by: str
    fair: bool | None = None


class DrawsView(BaseModel):
    """A shift's draws and the hash that was logged before; the seed and whether all holds once the shift is over."""

    seal: str
    draws: list[DrawView]
    seed: str | None = None
    label: str | None = None
    fair: bool | None = None
