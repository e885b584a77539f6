"""A wish: something a shift is asked to do, before it is put on the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.patrol.problem import Duty, Recurrence, StopKind
    from geo.patrol.stretches import Stretch


@dataclass(frozen=True)
class Wish:
    """A stop before it is put on the network; ``geometry`` in the metric CRS, or a ``stretch`` of street instead.

    ``duty`` says what gives way to it (:data:`geo.patrol.problem.Duty`). ``windows`` are when the work may be done,
    seconds after the shift's start, in order and apart; none if it is closed all shift, and then ``hours`` says when
    not. ``recurrence`` makes it a place that may be visited again and again; ``service_s`` is then one visit's stay.
    ``person_ids`` must all be in the team; ``required`` is a promise. It begins at least ``gap_s`` after the wish with
    the key ``after`` has ended. ``focus`` is the director's factor that ``weight`` and ``recurrence`` already hold.
    ``ride_kmh`` and ``cells`` as :class:`geo.patrol.problem.Stop` has them.
    """

    key: str
    kind: StopKind
    name: str
    layer: str
    feature_ids: tuple[int, ...]
    district_code: str | None
    duty: Duty
    weight: float
    licences_needed: int
    windows: tuple[tuple[int, int], ...]
    service_s: int
    hours: str = ""
    roaming_first: bool = False
    recurrence: Recurrence | None = None
    person_ids: tuple[int, ...] = ()
    required: bool = False
    after: str | None = None
    gap_s: int = 0
    focus: float = 1.0
    ride_kmh: int = 0
    cells: tuple[tuple[int, int, int], ...] = ()
    geometry: BaseGeometry | None = None
    stretch: Stretch | None = None
