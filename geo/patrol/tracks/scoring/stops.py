"""Each planned stop against what was seen of it: there in time, for how long, or not to be known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.patrol.demand.posts import ON_TIME_S
from geo.patrol.tracks.scoring.spans import Span, clip_spans, join_spans, total_s
from geo.roads.matching.fixes import GAP_S

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from geo.roads.network import Floats

RIDE_S: Final = 900
"""Of the time planned between two stops at most this much is taken for the way; the rest is waiting."""

State = Literal["on_time", "late", "short", "missed", "unseen", "not_yet"]

LATE_S: Final = 600
"""A visit that is no post may begin this much later than planned and still count as on time."""

EARLY_S: Final = 1800
"""So much before its time a visit is still that visit."""

LEAST_S: Final = 60
"""A visit of a place is at least this long, or half of what was planned if that is less."""

POST_LEAST: Final = (9, 10)
"""A post was held if so much of its minutes somebody was inside its buffer."""


@dataclass(frozen=True, eq=False)
class Seen:
    """Counted positions of one device: whole seconds of the Unix epoch, and metres."""

    at_s: Floats
    xy: Floats


@dataclass(frozen=True, slots=True)
class Here:
    """A check-in: when, and whether inside the stop's buffer (None: without a position)."""

    at_s: int
    inside: bool | None
    note: str = ""


@dataclass(frozen=True)
class Planned:
    """A stop of a team's day. ``area`` (metric) has its buffer in it already; a stretch of street has ``pieces``."""

    key: str
    kind: str
    name: str
    team: str
    seq: int
    district: str | None
    begin_s: int
    end_s: int
    window: Span
    area: BaseGeometry | None = None
    pieces: tuple[int, ...] = ()
    buffer_m: int = 0


@dataclass
class Outcome:
    """What became of a stop.

    Attributes
    ----------
    state
        ``unseen``: nobody could tell, for want of positions; never held against a team.
    arrive_s, leave_s
        When somebody of the team was first and last inside; None if never.
    inside_s, planned_s
        Seconds inside during its planned time, and of that time.
    observed_s
        Seconds of its planned time in which the team could be seen.
    checked_in
        ``inside``, ``outside`` or ``no_position`` if somebody checked in; the best of several.
    """

    planned: Planned
    state: State
    arrive_s: int | None
    leave_s: int | None
    inside_s: int
    planned_s: int
    observed_s: int
    checked_in: str | None = None
    note: str = ""
    passes: int | None = None
    reason: str = ""
    facts: dict[str, object] = field(default_factory=dict)

    @property
    def done(self) -> bool | None:
        """Whether it was done; None if nobody can tell or its time has not come."""
        return None if self.state in ("unseen", "not_yet") else self.state in ("on_time", "late")


def presence(devices: Sequence[Seen], area: BaseGeometry) -> list[Span]:
    """When somebody was inside: between two positions one after another, both inside and at most 5 minutes apart.

    Returns
    -------
    list
        Joined spans over all devices; a single position inside is no span, since nobody knows for how long.
    """
    import shapely

    shapely.prepare(area)
    spans: list[Span] = []
    west, south, east, north = area.bounds
    for device in devices:
        x, y = device.xy[:, 0], device.xy[:, 1]
        near = np.flatnonzero((x >= west) & (x <= east) & (y >= south) & (y <= north))
        inside = near[shapely.intersects_xy(area, x[near], y[near])] if len(near) else near
        if len(inside) < 2:
            continue
        at = device.at_s[inside]
        on = (np.diff(inside) == 1) & (np.diff(at) <= GAP_S)
        spans += [(int(a), int(b)) for a, b in zip(at[:-1][on], at[1:][on], strict=True)]
    return join_spans(spans)


def judge_stop(
    planned: Planned, observed: Sequence[Span], inside: Sequence[Span], here: Sequence[Here], until_s: int
) -> Outcome:
    """What became of a stop at a place.

    Parameters
    ----------
    observed
        When the team could be seen, joined.
    inside
        When somebody of it was inside, joined.
    here
        Its check-ins by time.
    until_s
        Nothing later was looked at.

    Examples
    --------
    >>> gate = Planned("post:1:0", "post", "校门", "T1", 1, None, 1000, 2000, (1000, 2120))
    >>> held = judge_stop(gate, [(0, 3000)], [(1100, 2000)], [], 9000)
    >>> held.state, held.inside_s, held.planned_s
    ('on_time', 900, 1000)
    >>> [judge_stop(gate, seen, inside, [], 9000).state for seen, inside in (
    ...     ([(0, 3000)], [(1121, 2000)]), ([(0, 3000)], []), ([], []), ([(0, 3000)], [(1000, 1800)]))]
    ['late', 'missed', 'unseen', 'short']
    """
    is_post = planned.kind == "post"
    span = planned.end_s - planned.begin_s
    late_s, early_s = (ON_TIME_S, 0) if is_post else (LATE_S, EARLY_S)
    low, high = planned.begin_s - early_s, planned.end_s + (0 if is_post else EARLY_S)
    during = clip_spans(inside, planned.begin_s, planned.end_s)
    around = clip_spans(inside, low, min(high, until_s))
    checks = [one for one in here if low - EARLY_S <= one.at_s <= high]
    sure = [one.at_s for one in checks if one.inside]
    arrive = min([around[0][0]] if around else sure, default=None)
    if around and sure:
        arrive = min(around[0][0], sure[0])
    outcome = Outcome(
        planned, "missed", arrive, around[-1][1] if around else None, total_s(during), span,
        total_s(clip_spans(observed, planned.begin_s, planned.end_s)), best_place(checks),
        next((one.note for one in checks if one.note), ""),
    )  # fmt: skip
    outcome.state = _state(outcome, total_s(around), bool(sure), late_s, until_s)
    return outcome


def _state(outcome: Outcome, there_s: int, checked_in: bool, late_s: int, until_s: int) -> State:
    planned = outcome.planned
    if planned.begin_s + late_s > until_s and outcome.arrive_s is None:
        return "not_yet"
    least = min(LEAST_S, outcome.planned_s // 2)
    if outcome.arrive_s is None or (there_s < least and not checked_in):
        known = 2 * outcome.observed_s >= max(outcome.planned_s, 1)
        return "missed" if known else "unseen"
    if outcome.arrive_s > planned.begin_s + late_s:
        return "late"
    if planned.kind == "post" and planned.end_s <= until_s:
        enough = outcome.inside_s * POST_LEAST[1] >= outcome.planned_s * POST_LEAST[0]
        if not enough:
            # Minutes in which nobody could be seen are no absence.
            hidden = outcome.planned_s - outcome.observed_s
            whole = (outcome.inside_s + hidden) * POST_LEAST[1] >= outcome.planned_s * POST_LEAST[0]
            return "unseen" if whole else "short"
    return "on_time"


def judge_pass(planned: Planned, observed: Sequence[Span], passes: int, until_s: int) -> Outcome:
    """What became of a stretch of street that was to be gone along in its window.

    Examples
    --------
    >>> street = Planned("pass:1:0:0", "pass", "人民路", "T1", 1, None, 1000, 1300, (0, 2000))
    >>> [judge_pass(street, [(0, 2000)], n, 5000).state for n in (1, 0)], judge_pass(street, [], 0, 5000).state
    (['on_time', 'missed'], 'unseen')
    """
    low, high = planned.window
    span = planned.end_s - planned.begin_s
    seen_s = total_s(clip_spans(observed, low, high))
    outcome = Outcome(planned, "on_time", None, None, 0, span, seen_s, passes=passes)
    if passes == 0:
        if high > until_s:
            outcome.state = "not_yet"
        else:
            seen = total_s(clip_spans(observed, planned.begin_s, planned.end_s))
            outcome.state = "missed" if 2 * seen >= max(span, 1) else "unseen"
    return outcome


def best_place(checks: Sequence[Here]) -> str | None:
    """The best of several check-ins.

    Examples
    --------
    >>> best_place([Here(0, False), Here(5, True)]), best_place([Here(0, None)]), best_place([])
    ('inside', 'no_position', None)
    """
    if not checks:
        return None
    places = {one.inside for one in checks}
    return "inside" if True in places else "outside" if False in places else "no_position"


def give_reasons(outcomes: Sequence[Outcome]) -> None:
    """Say why the stops of one team's day came out otherwise than planned; ``outcomes`` in the order of the day.

    A note of the people themselves wins; then what the track says: they stayed too long at the stop before, were
    behind already, took longer on the way, or were at another stop of theirs meanwhile.
    """
    for number, one in enumerate(outcomes):
        if one.state in ("on_time", "not_yet"):
            continue
        before = outcomes[number - 1] if number else None
        if one.note:
            one.reason, one.facts = "note", {"note": one.note}
        elif one.state == "unseen":
            one.reason = "unseen"
        elif one.state == "short":
            one.reason, one.facts = "short", {"inside_s": one.inside_s, "planned_s": one.planned_s}
        elif one.state == "late":
            late_s = (one.arrive_s or one.planned.begin_s) - one.planned.begin_s
            stayed, behind = _overstay(before, one)
            if before is not None and stayed * 2 >= late_s:
                one.reason, one.facts = "overran", {"late_s": late_s, "stop": before.planned.name, "over_s": stayed}
            elif before is not None and behind * 2 >= late_s:
                one.reason, one.facts = "behind", {"late_s": late_s, "stop": before.planned.name}
            else:
                one.reason, one.facts = "slow", {"late_s": late_s}
        else:
            elsewhere = next((other for other in outcomes if other is not one and _meanwhile(other, one.planned)), None)
            if elsewhere is not None:
                one.reason, one.facts = "elsewhere", {"stop": elsewhere.planned.name or elsewhere.planned.key}
            else:
                one.reason = "not_done"


def _overstay(before: Outcome | None, one: Outcome) -> tuple[int, int]:
    """Seconds a team stayed at the stop before beyond its work, and left it too late to be in time for the next."""
    if before is None or before.leave_s is None:
        return 0, 0
    whole = max(before.planned.end_s, (before.arrive_s or before.planned.begin_s) + before.planned_s)
    ride_s = min(max(one.planned.begin_s - before.planned.end_s, 0), RIDE_S)
    return before.leave_s - whole, before.leave_s - (one.planned.begin_s - ride_s)


def _meanwhile(other: Outcome, planned: Planned) -> bool:
    if other.arrive_s is None or other.leave_s is None:
        return False
    return other.arrive_s < planned.end_s and other.leave_s > planned.begin_s
