"""What of an operation's windows was seen: stretches in which reports were missing are compared with nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.displacement.effects import Window
from geo.hotspots.recurrence.gaps import Gaps

PART: Final = 0.2
"""An area that holds this share of a place's events is one of its areas."""

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """When reports were missing, for the events an operation is about; ``rows`` are theirs in the record."""

    gaps: Gaps
    rows: NDArray[np.int64]

    def areas(self, member: Flags) -> NDArray[np.int64]:
        """The areas that events of a place lie in, those of a few strays left out."""
        areas, counts = np.unique(self.gaps.area[self.rows[member]], return_counts=True)
        return np.asarray(areas[counts >= PART * counts.sum()], dtype=np.int64)

    def window(self, member: Flags, window: Window) -> Window | None:
        """The window with those earlier ones that were seen at a place; None if it was not seen itself."""
        areas = self.areas(member)
        if self.gaps.touch(areas, ((window.from_s, window.to_s),)).any():
            return None
        return window.only((~self.gaps.touch(areas, window.before)).tolist())

    def seen(self, member: Flags, spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
        """Those of the spans in which no report of a place was missing."""
        cut = self.gaps.touch(self.areas(member), spans)
        return tuple(span for span, lost in zip(spans, cut.tolist(), strict=True) if not lost)

    def whole(self, window: Window) -> Flags:
        """Which events lie in areas that were seen through the window and all earlier ones."""
        spans = ((window.from_s, window.to_s), *window.before)
        lost = [self.gaps.touch(np.array([area]), spans).any() for area in range(len(self.gaps.spans))]
        return np.asarray(~np.array(lost)[self.gaps.area[self.rows]], dtype=bool)
