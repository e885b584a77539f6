"""Complaints side by side: a column for each field of a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from geo.cases.complaints.bulk.moments import EPOCH, MICROSECOND, UNREAD, Micros, micros
from geo.cases.complaints.orders import Caller, Draft, Spot


@dataclass(slots=True)
class Columns:
    """n complaints as :class:`geo.cases.complaints.orders.Draft` holds one; every column has n values.

    ``external_id`` is empty where there is none; ``received`` and ``due`` are microseconds since 1970 UTC, ``due``
    :data:`~geo.cases.complaints.bulk.moments.UNREAD` where none was given.
    """

    row: list[int]
    channel: list[str]
    received: Micros
    due: Micros
    content: list[str]
    external_id: list[str]
    topic: list[str]
    code_system: list[str | None]
    code: list[str | None]
    place_text: list[str]
    spot: list[Spot | None]
    name: list[str]
    phone: list[str]
    address: list[str]
    confidential: list[bool]
    digest: list[str]

    def __len__(self) -> int:
        """How many there are."""
        return len(self.row)

    @classmethod
    def of(cls, drafts: Sequence[Draft]) -> Self:
        """Drafts as columns."""
        return cls(
            [one.row for one in drafts], [one.channel for one in drafts],
            np.array([micros(one.received_at) for one in drafts], np.int64),
            np.array([UNREAD if one.due_at is None else micros(one.due_at) for one in drafts], np.int64),
            [one.content for one in drafts], [one.external_id or "" for one in drafts], [one.topic for one in drafts],
            [one.code_system for one in drafts], [one.code for one in drafts], [one.place_text for one in drafts],
            [_spot(one) for one in drafts], [one.caller.name for one in drafts], [one.caller.phone for one in drafts],
            [one.caller.address for one in drafts], [one.caller.confidential for one in drafts],
            [one.digest for one in drafts],
        )  # fmt: skip

    def put(self, at: int, draft: Draft) -> None:
        """Set one of them."""
        one = Columns.of([draft])
        for name in self.__slots__:
            getattr(self, name)[at] = getattr(one, name)[0]

    def only(self, places: Sequence[int]) -> Columns:
        """Some of them, in the order given."""
        at = list(places)
        taken: dict[str, Any] = {
            name: column[at] if isinstance(column, np.ndarray) else [column[one] for one in at]
            for name, column in ((name, getattr(self, name)) for name in self.__slots__)
        }
        return Columns(**taken)

    def drafts(self) -> list[Draft]:
        """Each by itself."""
        made = []
        for at, (received, due) in enumerate(zip(self.received.tolist(), self.due.tolist(), strict=True)):
            lon, lat = self.spot[at] or (None, None)
            caller = Caller(self.name[at], self.phone[at], self.address[at], self.confidential[at])
            made.append(
                Draft(
                    self.channel[at], EPOCH + received * MICROSECOND, self.content[at], self.external_id[at] or None,
                    self.topic[at], self.code_system[at], self.code[at], self.place_text[at], lon, lat,
                    None if due == UNREAD else EPOCH + due * MICROSECOND, caller, self.digest[at], self.row[at],
                )
            )  # fmt: skip
        return made


def _spot(draft: Draft) -> Spot | None:
    return None if draft.lon is None or draft.lat is None else (draft.lon, draft.lat)
