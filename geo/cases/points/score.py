"""Points for what was done: pure. A fine is no input, so none can be chased (行政处罚法 art. 74 [忆])."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

POINTS: Final[Mapping[str, int]] = {
    "persuade": 1, "caution": 2, "exempt": 3, "warn": 3, "penalise": 3, "archived": 10, "recheck": 2, "covered": 1,
    "rework": -5,
}  # fmt: skip
"""Defaults: the rungs of the ladder (不罚 is worth as much as a penalty), a case archived with 三项制度 complete, a
recheck by somebody else than who issued the notice, a planned stop that trackers saw kept, a case sent back. The bureau
says its own."""

SAME_PLACE_M: Final = 50.0
SEEN: Final = frozenset({"covered"})
"""Each is one already, for a stop and everybody of its team: what trackers saw is not recorded by hand."""

RUNGS: Final = frozenset({"persuade", "caution", "exempt", "warn", "penalise"})


@dataclass(frozen=True, slots=True)
class Act:
    """Something somebody did.

    Parameters
    ----------
    kind
        A measure of :data:`POINTS`.
    staff
        Staff number.
    on, at
        Local day of the violation it is about; when it was done.
    code
        Behaviour.
    subject
        Row of the file, None where nobody is known.
    x, y
        Metres, of the place.
    own
        Whether they looked at their own work: such an act is worth nothing, unless it costs.
    """

    kind: str
    staff: str
    on: dt.date
    at: dt.datetime
    code: str
    subject: int | None
    x: float
    y: float
    own: bool = False


def score(acts: Iterable[Act], points: Mapping[str, int] = POINTS) -> dict[str, int]:
    """Points by staff number, in order of number; people without any act are not in it.

    One violation is worth one rung, the dearest, however often and by however many it was recorded: the same subject,
    or where nobody is known the same place within 50 m, and the same behaviour and local day. Of cases and rechecks
    about one violation one of each kind counts. What costs, and what trackers saw, is never joined.

    Examples
    --------
    >>> on, at = dt.date(2026, 6, 1), dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC)
    >>> once = Act("persuade", "A1", on, at, "04-05", 7, 0.0, 0.0)
    >>> score([once]), score([once] * 5), score([Act("recheck", "A1", on, at, "04-05", 7, 0.0, 0.0, own=True)])
    ({'A1': 1}, {'A1': 1}, {'A1': 0})
    """
    kept: list[tuple[str, Act]] = []
    total: dict[str, int] = {}
    order = sorted(acts, key=lambda act: (-worth(act, points), act.at, act.staff, act.kind))
    for act in order:
        value = worth(act, points)
        family = "rung" if act.kind in RUNGS else act.kind
        again = (
            value > 0
            and act.kind not in SEEN
            and any(family == other and same_violation(act, seen) for other, seen in kept)
        )
        if value > 0 and not again:
            kept.append((family, act))
        total[act.staff] = total.get(act.staff, 0) + (0 if again else value)
    return dict(sorted(total.items()))


def worth(act: Act, points: Mapping[str, int]) -> int:
    """What an act is worth by itself; looking at one's own work gains nothing."""
    value = points.get(act.kind, 0)
    return min(0, value) if act.own else value


def same_violation(one: Act, other: Act) -> bool:
    """Whether two acts are about one violation.

    Examples
    --------
    >>> on, at = dt.date(2026, 6, 1), dt.datetime(2026, 6, 1, 2, tzinfo=dt.UTC)
    >>> a, b = (Act("persuade", "A1", on, at, "04-05", None, x, 0.0) for x in (0.0, 50.0))
    >>> same_violation(a, b)
    True
    """
    if (one.on, one.code) != (other.on, other.code):
        return False
    if one.subject is not None or other.subject is not None:
        return one.subject == other.subject
    return (one.x - other.x) ** 2 + (one.y - other.y) ** 2 <= SAME_PLACE_M**2


def per_hundred_hours(points: int, minutes: int) -> int | None:
    """Points for a hundred hours on shift, in thousandths; None for somebody who was on none.

    Examples
    --------
    >>> per_hundred_hours(12, 480 * 60), per_hundred_hours(3, 0) is None
    (2500, True)
    """
    return None if minutes <= 0 else points * 6_000_000 // minutes
