"""Working time as a straight line: how many seconds were worked up to an instant, and when so many have been.

Built once for some years, it answers a hundred thousand clocks by two binary searches each, in whole seconds.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from geo.calendars import is_workday
from geo.errors import Invalid

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

USUAL_HOURS: Final = "08:00-12:00,14:00-18:00"
YEARS_AHEAD: Final = 6
"""An axis reaches so many years past its last instant, which is more than any limit in working time."""

SPAN: Final = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])-([01]?[0-9]|2[0-4]):([0-5][0-9])")
DAY_S: Final = 86_400


class HoursUnreadable(Invalid):
    """Working hours that cannot be: the facts hold the text."""


class BeyondAxis(Invalid):
    """A clock would end later than working time is known; the limit is a mistake."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Working hours from a day on: spans in seconds after local midnight, in order, not touching."""

    from_on: dt.date
    spans: tuple[tuple[int, int], ...]

    @property
    def day_s(self) -> int:
        """Seconds of a whole working day."""
        return sum(end - begin for begin, end in self.spans)


@dataclass(frozen=True, eq=False)
class Axis:
    """Working time between two instants.

    Parameters
    ----------
    starts, ends
        Shape (n,), int64 seconds since 1970 UTC, ascending: when work begins and ends.
    before
        Shape (n,), int64: seconds worked before each start.
    day_from, day_s
        Shape (m,), int64: from which instant a working day has how many seconds; the first is the smallest int64.

    Examples
    --------
    >>> import numpy as np
    >>> axis = build_axis((Hours(dt.date(2026, 1, 1), ((28800, 43200), (50400, 64800))),), {}, "cn", "Asia/Shanghai",
    ...                   dt.date(2026, 9, 1), dt.date(2026, 10, 31))
    >>> friday = int(dt.datetime(2026, 9, 4, 9, 0, tzinfo=dt.UTC).timestamp())  # 17:00 in Shanghai
    >>> dt.datetime.fromtimestamp(int(axis.when(axis.worked(np.array([friday])) + 2 * 3600)[0]), dt.UTC).isoformat()
    '2026-09-07T01:00:00+00:00'
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    before: NDArray[np.int64]
    day_from: NDArray[np.int64]
    day_s: NDArray[np.int64]

    def worked(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Seconds worked from the axis's beginning to each instant; same shape as ``at``.

        Raises
        ------
        BeyondAxis
            If an instant lies outside the axis.
        """
        import numpy as np

        if len(at) and (at.min() < self.starts[0] - DAY_S * 31 or at.max() > self.ends[-1]):
            raise BeyondAxis("clocks.beyond", at=_text(int(at.min() if at.min() < self.starts[0] else at.max())))
        place = np.searchsorted(self.starts, at, side="right") - 1
        inside = np.clip(at, self.starts[place], self.ends[place]) - self.starts[place]
        found: NDArray[np.int64] = np.where(place < 0, 0, self.before[place] + inside)
        return found

    def when(self, worked: NDArray[np.int64]) -> NDArray[np.int64]:
        """The first instant at which so many seconds have been worked; same shape as ``worked``.

        Raises
        ------
        BeyondAxis
            If there is not so much working time on the axis.
        """
        import numpy as np

        total = self.before[-1] + self.ends[-1] - self.starts[-1]
        if len(worked) and worked.max() > total:
            raise BeyondAxis("clocks.beyond", at=_text(int(self.ends[-1])))
        place = np.maximum(np.searchsorted(self.before, worked, side="left") - 1, 0)
        found: NDArray[np.int64] = self.starts[place] + (worked - self.before[place])
        return found

    def working_day_s(self, at: NDArray[np.int64]) -> NDArray[np.int64]:
        """Seconds of a whole working day under the hours in force at each instant."""
        import numpy as np

        found: NDArray[np.int64] = self.day_s[np.searchsorted(self.day_from, at, side="right") - 1]
        return found


def read_hours(text: str, from_on: dt.date) -> Hours:
    """Working hours from a bureau's text.

    Raises
    ------
    HoursUnreadable
        If it has no span, or spans are empty, overlap, or end after midnight.

    Examples
    --------
    >>> read_hours("08:30-12:00, 14:30-18:00", dt.date(2026, 5, 1)).day_s / 3600
    7.0
    >>> read_hours("18:00-08:00", dt.date(2026, 5, 1))
    Traceback (most recent call last):
    geo.cases.clocks.axis.HoursUnreadable: clocks.hours: {'hours': '18:00-08:00'}
    """
    spans = []
    for part in re.split(r"[,,;;、]\s*", text.replace(":", ":").replace("-", "-").replace("–", "-")):
        match = SPAN.fullmatch(part.strip().replace(" ", ""))
        if match is None:
            raise HoursUnreadable("clocks.hours", hours=text[:80])
        numbers = [int(number) for number in match.groups()]
        spans.append((numbers[0] * 3600 + numbers[1] * 60, numbers[2] * 3600 + numbers[3] * 60))
    whole = [edge for span in spans for edge in span]
    if any(a >= b for a, b in itertools.pairwise(whole)) or whole[-1] > DAY_S:
        raise HoursUnreadable("clocks.hours", hours=text[:80])
    return Hours(from_on, tuple(spans))


def build_axis(
    hours: Sequence[Hours],
    days: Mapping[dt.date, bool],
    calendar: str,
    time_zone: str,
    first_on: dt.date,
    last_on: dt.date,
) -> Axis:
    """The working time of a county.

    Parameters
    ----------
    hours
        By first day, ascending; the first holds before its day too.
    days
        Days on which the county itself works (true) or rests (false), whatever the calendar says.
    calendar, time_zone
        The county's, with 调休.
    first_on, last_on
        Local days, both included, among them at least one worked.

    Raises
    ------
    BeyondAxis
        If no day is worked.
    """
    return _built(tuple(hours), tuple(sorted(days.items())), calendar, time_zone, first_on, last_on)


@lru_cache(maxsize=16)
def _built(
    hours: tuple[Hours, ...],
    days: tuple[tuple[dt.date, bool], ...],
    calendar: str,
    time_zone: str,
    first_on: dt.date,
    last_on: dt.date,
) -> Axis:
    import numpy as np

    zone, own = ZoneInfo(time_zone), dict(days)
    edges: list[int] = []
    for number in range((last_on - first_on).days + 1):
        on = first_on + dt.timedelta(number)
        if not own.get(on, is_workday(on, calendar)):
            continue
        now = next((one for one in reversed(hours) if one.from_on <= on), hours[0])
        for begin, end in now.spans:
            edges += [_instant(on, begin, zone), _instant(on, end, zone)]
    if not edges:
        raise BeyondAxis("clocks.beyond", at=last_on.isoformat())
    starts, ends = np.array(edges[::2], np.int64), np.array(edges[1::2], np.int64)
    before = np.concatenate([[0], np.cumsum(ends - starts)[:-1]]).astype(np.int64)
    since = [np.iinfo(np.int64).min, *(_instant(one.from_on, 0, zone) for one in hours[1:])]
    lengths = np.array([one.day_s for one in hours], np.int64)
    return Axis(starts, ends, before, np.array(since, np.int64), lengths)


def _instant(on: dt.date, second: int, zone: ZoneInfo) -> int:
    """Wall-clock time of a local day in seconds since 1970 UTC."""
    late = second == DAY_S
    clock = dt.time(0) if late else dt.time(second // 3600, second % 3600 // 60)
    return int(dt.datetime.combine(on + dt.timedelta(int(late)), clock, zone).timestamp())


def _text(second: int) -> str:
    return dt.datetime.fromtimestamp(second, dt.UTC).date().isoformat()
