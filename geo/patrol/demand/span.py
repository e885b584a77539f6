"""A shift in local time, and when a place is open in it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from geo.calendars import DAY_S, join_intervals, open_intervals


@dataclass(frozen=True, slots=True)
class ShiftSpan:
    """A shift in a county's local time: seconds after midnight of ``on_date``; an end past midnight is over 86,400."""

    on_date: dt.date
    from_s: int
    to_s: int
    starts_at: dt.datetime
    calendar: str = "cn"

    @property
    def length_s(self) -> int:
        """Seconds of the shift."""
        return self.to_s - self.from_s

    @property
    def ends_at(self) -> dt.datetime:
        """The instant the shift ends."""
        return self.starts_at + dt.timedelta(seconds=self.length_s)

    def overlap(self, from_s: int, to_s: int) -> tuple[int, int] | None:
        """A stretch of the day as seconds after the shift's start, clipped to it; None if outside.

        Examples
        --------
        >>> ShiftSpan(dt.date(2026, 5, 1), 28800, 57600, dt.datetime(2026, 5, 1)).overlap(25200, 30600)
        (0, 1800)
        """
        low, high = max(from_s, self.from_s) - self.from_s, min(to_s, self.to_s) - self.from_s
        return (low, high) if high > low else None


def windows_of(opening: str | None, span: ShiftSpan) -> list[tuple[int, int]]:
    """When a place is open during the shift, in order; yesterday's late and tomorrow's early hours count."""
    found = [
        (begin + days * DAY_S, end + days * DAY_S)
        for days in (-1, 0, 1)
        for begin, end in open_intervals(opening, span.on_date + dt.timedelta(days=days), span.calendar)
    ]
    return [window for begin, end in join_intervals(found) if (window := span.overlap(begin, end))]
