"""Where and when reports are missing: what is watched then is not seen, which is another thing than calm."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from geo.hotspots.recurrence.links import NEVER

if TYPE_CHECKING:
    from pandas import DataFrame

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Stretches without reports.

    Parameters
    ----------
    area
        Shape (n,), by record: a row of ``spans``.
    spans
        By area: begins and ends, seconds of the Unix epoch, apart and rising; ends are not included.
    """

    area: Whole
    spans: tuple[tuple[Whole, Whole], ...]

    def __bool__(self) -> bool:
        return any(len(begin) for begin, _ in self.spans)

    def next_from(self, rows: Whole, moment: Whole) -> Whole:
        """When the next gap begins at or after a moment; the moment itself inside one, ``NEVER`` if none follows.

        Parameters
        ----------
        rows
            Shape (m,), of the records.
        moment
            Shape (m,) or (m, k).
        """
        found = np.full(moment.shape, NEVER)
        mine = self.area[rows]
        for number, (begin, end) in enumerate(self.spans):
            here = mine == number
            if len(begin) and here.any():
                at = moment[here]
                place = np.searchsorted(end, at, side="right")
                starts = np.concatenate([begin, [NEVER]])[place]
                found[here] = np.maximum(starts, np.minimum(at, NEVER))
        return found

    def touch(self, areas: Whole, spans: tuple[tuple[int, int], ...]) -> Flags:
        """Whether each span of time has part in a gap of one of the areas, shape (spans,)."""
        cut = np.zeros(len(spans), dtype=bool)
        for number in areas.tolist():
            begin, end = self.spans[number]
            for k, (from_s, to_s) in enumerate(spans):
                cut[k] |= bool(((begin < to_s) & (end > from_s)).any())
        return cut


def no_gaps(n: int) -> Gaps:
    """For a record that is whole.

    Examples
    --------
    >>> bool(no_gaps(3))
    False
    """
    return Gaps(np.zeros(n, dtype=np.int64), ((np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)),))


def read_gaps(gaps: DataFrame, district: NDArray[Any], time_zone: str) -> Gaps:
    """The gaps that concern each record.

    Parameters
    ----------
    gaps
        ``district`` (none = the whole county) ``first_on last_on`` (local dates, both included), as
        :class:`geo.hotspots.history.History` names them, of whatever origin.
    district
        Shape (n,): code of the 片区 of each record, or none.

    Examples
    --------
    >>> import datetime as dt
    >>> from pandas import DataFrame
    >>> told = DataFrame({"district": ["07"], "first_on": [dt.date(1970, 1, 2)], "last_on": [dt.date(1970, 1, 3)]})
    >>> found = read_gaps(told, np.array(["07", None], dtype=object), "UTC")
    >>> found.next_from(np.array([0, 0, 1]), np.array([0, 90_000, 0])).tolist() == [86_400, 90_000, NEVER]
    True
    """
    import datetime as dt

    zone = ZoneInfo(time_zone)

    def midnight(day: dt.date) -> int:
        return int(dt.datetime.combine(day, dt.time(), zone).timestamp())

    told: dict[str, list[tuple[int, int]]] = {"": []}
    for row in gaps.to_dict("records"):
        code = row["district"] if isinstance(row["district"], str) else ""
        span = midnight(row["first_on"]), midnight(row["last_on"] + dt.timedelta(days=1))
        told.setdefault(code, []).append(span)
    names = {code: number for number, code in enumerate(told)}
    area = np.array([names.get(code, 0) if isinstance(code, str) else 0 for code in district.tolist()], dtype=np.int64)
    spans = (_joined(told[""] + (own if code else [])) for code, own in told.items())
    return Gaps(area.reshape(-1), tuple(spans))


def _joined(spans: list[tuple[int, int]]) -> tuple[Whole, Whole]:
    """Spans that overlap or meet made one, rising."""
    found: list[list[int]] = []
    for begin, end in sorted(spans):
        if found and begin <= found[-1][1]:
            found[-1][1] = max(found[-1][1], end)
        else:
            found.append([begin, end])
    edges = np.array(found, dtype=np.int64).reshape(-1, 2)
    return edges[:, 0], edges[:, 1]
