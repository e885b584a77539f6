"""A made-up day of tracks: teams that walk a published plan, with the errors, silences and delays of real phones.

Uses nothing of any real person; the same plan and seed give the same positions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from geo.patrol.queries import PlanFrames

STEP_S: Final = 10
SIGMA_DEG: Final = 8.0 / 111_000
"""8 m along each axis."""

DRIFT: Final = 0.7
"""How much of the error of one position the next one keeps."""

SILENT: Final = (0.15, 420.0, 1500.0)
"""Share of teams whose phone is silent for a while, and for how many seconds."""

LATE: Final = (0.2, 300.0, 1500.0)
"""Share of teams that run late from some stop on, and by how many seconds."""

SKIPS: Final = 0.04
"""Share of stops that nobody goes to."""


def make_tracks(frames: PlanFrames, seed: int = 1) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Team by team its code and positions ``at`` (seconds of the Unix epoch), ``lon``, ``lat``, ``accuracy``.

    Parameters
    ----------
    frames
        A stored plan; EPSG:4490.
    """
    teams: list[Any] = frames.teams.to_dict("records")
    for number, team in enumerate(teams):
        rng = np.random.default_rng([seed, number])
        at, lonlat = _walk(frames, team, rng)
        if len(at) < 2:
            continue
        when = np.arange(np.ceil(at[0]), at[-1], STEP_S)
        true = np.column_stack([np.interp(when, at, lonlat[:, axis]) for axis in (0, 1)])
        noise = rng.normal(0.0, SIGMA_DEG, true.shape)
        for i in range(1, len(noise)):
            noise[i] = DRIFT * noise[i - 1] + np.sqrt(1 - DRIFT**2) * noise[i]
        noise[:, 0] /= np.cos(np.radians(true[:, 1]))
        radius = np.where(rng.random(len(when)) < 0.01, rng.uniform(60, 200, len(when)), rng.uniform(4, 20, len(when)))
        seen = np.ones(len(when), dtype=bool)
        if rng.random() < SILENT[0]:
            begin = rng.uniform(when[0], when[-1])
            seen &= (when < begin) | (when > begin + rng.uniform(*SILENT[1:]))
        places = (true + noise).round(7)
        rows = zip(when[seen].tolist(), places[seen].tolist(), radius[seen].round(1).tolist(), strict=True)
        yield (
            str(team["code"]),
            [{"at": int(when_s), "lon": lon, "lat": lat, "accuracy": near} for when_s, (lon, lat), near in rows],
        )


def _walk(frames: PlanFrames, team: dict[str, Any], rng: np.random.Generator) -> tuple[Any, Any]:
    """When and where a team turns, goes on and halts: seconds, degrees."""
    legs = list(frames.legs[frames.legs["team"] == team["code"]].itertuples())
    stops = list(frames.stops[frames.stops["team"] == team["code"]].itertuples())
    late_from = int(rng.integers(0, max(len(stops), 1))) if rng.random() < LATE[0] else len(stops)
    late_s = float(rng.uniform(*LATE[1:]))
    begin = frames.plan.starts_at.timestamp()
    at, place = [begin], [(float(team["lon"]), float(team["lat"]))]
    lines = iter(legs)
    for number, stop in enumerate(stops):
        late = late_s if number >= late_from else 0.0
        leave = stop.leave_at.timestamp() + late
        arrive = stop.arrive_at.timestamp() + late
        ride = next(lines, None)
        work = next(lines, None) if stop.kind in ("pass", "coverage") else None
        skipped = stop.kind not in ("post", "pass", "coverage") and rng.random() < SKIPS
        if ride is not None and not skipped:
            _along(at, place, ride.geometry, max(at[-1], arrive - ride.duration_s), arrive)
        if work is not None:
            _along(at, place, work.geometry, leave - work.duration_s, leave)
        elif not skipped:
            at.append(max(at[-1] + 1, leave))
            place.append(place[-1])
    end = frames.plan.ends_at.timestamp()
    kept = [i for i, second in enumerate(at) if second <= end]
    return np.array([at[i] for i in kept]), np.array([place[i] for i in kept])


def _along(at: list[float], place: list[tuple[float, float]], line: Any, begin: float, end: float) -> None:
    """Go along a line from one second to another; where there is no line, stay."""
    begin = max(begin, at[-1])
    end = max(end, begin + 1)
    if line is None or line.is_empty:
        at.append(end)
        place.append(place[-1])
        return
    xy = np.array(line.coords)
    gone = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
    share = gone / gone[-1] if gone[-1] > 0 else np.linspace(0, 1, len(xy))
    at.append(begin)
    place.append(place[-1])
    for one, spot in zip((begin + share * (end - begin)).tolist(), xy.tolist(), strict=True):
        at.append(max(one, at[-1]))
        place.append((spot[0], spot[1]))
