"""The sample county as a scene: its zones with planted levels, of which the planner is told something else."""

from __future__ import annotations

import numpy as np

from data.county.standing import planted_standing
from geo.patrol.demand.span import ShiftSpan, windows_of
from geo.patrol.demand.wish import Wish
from geo.patrol.problem import Recurrence
from geo.patrol.simulate.presence import zones_of
from geo.patrol.simulate.scenes import CAP_S, GROUND, ON, Scene, Staff, put_together
from geo.patrol.simulate.towns import AFTERNOON
from geo.patrol.simulate.vendors import Crowd, draw_crowd
from geo.roads.network import build_network
from tests.planted import METRIC
from tests.sample import sample_county

ZONES = {"six": 50, "four": 46}
"""The zones nearest the middle of all; some are closed on a Monday afternoon, more on a Sunday."""


def county_scene(
    seed: int, staff: Staff = "six", hours: tuple[int, int] = AFTERNOON, error: float = 0.5
) -> tuple[Scene, Crowd]:
    """A shift in the sample county, and its truth; levels and returns are told with errors up to ``error``."""
    import datetime as dt

    rng = np.random.default_rng([seed, 8])
    layers = sample_county().layers
    roads = layers["road"].reset_index(drop=True)
    roads.index += 1
    network = build_network(roads, METRIC)
    zones = layers["hotspot_zone"].to_crs(METRIC)
    begins = dt.datetime.combine(ON[staff], dt.time(), dt.UTC) + dt.timedelta(seconds=hours[0])
    span = ShiftSpan(ON[staff], *hours, begins)
    level, mean_s = planted_standing(sample_county().truth, zones["source_key"].tolist(), span)
    wishes, kept = [], []
    spots = np.column_stack([zones.geometry.centroid.x, zones.geometry.centroid.y])
    inner = set(np.argsort(np.hypot(*(spots - np.median(spots, axis=0)).T), kind="stable")[: ZONES[staff]].tolist())
    for number, row in enumerate(zones.itertuples()):
        if number not in inner:
            continue
        off, slow = rng.uniform(1 - error, 1 + error, 2)
        service_s = int(row.service_min) * 60
        windows = tuple(w for w in windows_of(row.opening, span) if w[1] - w[0] >= service_s)
        is_open = np.zeros(span.length_s // 60, dtype=bool)
        for low, high in windows:
            is_open[low // 60 : high // 60] = True
        told = tuple(int(1_000 * value + 0.5) for value in level[number] * is_open * off)
        if not any(told):
            continue
        kept.append(number)
        wishes.append(
            Wish(
                key=f"zone:{number}", kind="zone", name=row.source_key, layer="hotspot_zone", feature_ids=(number,),
                district_code=GROUND, duty="hotspot", weight=1.0, licences_needed=0, windows=windows,
                service_s=service_s, recurrence=Recurrence(told, max(int(mean_s[number] * slow), 60), CAP_S[staff]),
                required=True, geometry=row.geometry,
            )
        )  # fmt: skip
    area = layers["patrol_district"].to_crs(METRIC).union_all()
    scene = put_together(network, f"county #{seed}", wishes, area, staff, hours)
    assert [scene.problem.stops[i].feature_ids[0] for i in zones_of(scene.problem)] == kept
    return scene, draw_crowd(scene.problem, seed, level=level[kept], mean_s=mean_s[kept])
