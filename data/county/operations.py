"""What the bureau did about some places, and what it did to them: campaigns, posts and raids whose effect is planted.

Drawn apart from the events: what an operation suppresses is taken out of what would have happened, part of it moves to
the place alike that is named, and the calm fades by halves when the operation ends.
"""

from __future__ import annotations

import datetime as dt
from typing import Final
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from data.county import habits, reports
from data.county.districts import TENANT

LOCAL: Final = ZoneInfo("Asia/Shanghai")

PLANNED: Final = (
    ("campaign", "market", "集中整治", 110, (0, 21 * 24), 0.8, 14.0, 0.75),
    ("post", "night_market", "晚间定岗", 240, (0, 28 * 24), 0.8, 5.0, 0.0),
    ("raid", "market", "早市突击检查", 33, (5, 9), 0.8, 0.0, 0.0),
)
"""Kind, kind of its zone, what it is called, days before the reference date, first and last hour from that day's
midnight on, share it suppresses, days until half of that is back, and the share of it that moves elsewhere."""


def plan_operations(zones: gpd.GeoDataFrame, places: pd.DataFrame, today: dt.date) -> pd.DataFrame:
    """The operations: ``key name kind zone moved_to from_at to_at effect half_life_days moved_share``.

    Each is at the busiest zone of its kind that no earlier one took; what moves goes to the next busiest (none: an
    empty text). Zones of the market that moved and of the 片区 whose reports are missing are left alone.
    """
    rate = places.groupby("group")["rate_per_day"].sum()
    spared = zones["key"].isin([habits.MOVED_FROM, habits.MOVED_TO])
    spared |= zones["district"] == f"{TENANT}{reports.GAP_DISTRICT}"
    free = zones[~spared].assign(rate=zones["key"].map(rate)).sort_values("rate", ascending=False)
    rows, taken = [], set[str]()
    for number, (kind, of, called, days_ago, hours, effect, half_life_days, share) in enumerate(PLANNED, 1):
        mine = free[(free["kind"] == of) & ~free["key"].isin(taken)]
        target, other = mine.iloc[0], mine.iloc[1]
        taken |= {target["key"], other["key"]}
        midnight = dt.datetime.combine(today - dt.timedelta(days_ago), dt.time(), LOCAL)
        rows.append(
            {
                "key": f"OP{number}",
                "name": f"{target['name']}{called}",
                "kind": kind,
                "zone": target["key"],
                "moved_to": other["key"] if share else "",
                "from_at": (midnight + dt.timedelta(hours=hours[0])).astimezone(dt.UTC),
                "to_at": (midnight + dt.timedelta(hours=hours[1])).astimezone(dt.UTC),
                "effect": effect,
                "half_life_days": half_life_days,
                "moved_share": share,
            }
        )
    return pd.DataFrame(rows)


def operate(
    rng: np.random.Generator, planned: pd.DataFrame, places: pd.DataFrame, place: NDArray[np.int64],
    at_s: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:  # fmt: skip
    """What operations do to occurrences.

    Parameters
    ----------
    places
        As they were drawn: ``key group code``, the key being ``group/code``.
    place, at_s
        Shape (n,): row of ``places`` and second of the Unix epoch of each occurrence.

    Returns
    -------
    tuple
        Shape (n,): the place each is at now, and whether it does not happen at all.
    """
    row = {key: number for number, key in enumerate(places["key"])}
    group, code = (places[name].to_numpy()[place] for name in ("group", "code"))
    now, gone = place.copy(), np.zeros(len(place), dtype=bool)
    for one in planned.to_dict("records"):
        begin, end = int(one["from_at"].timestamp()), int(one["to_at"].timestamp())
        days = np.maximum(at_s - end, 0) / 86_400
        left = np.exp2(-days / one["half_life_days"]) if one["half_life_days"] else (days == 0).astype(float)
        hit = (group == one["zone"]) & (at_s >= begin) & (rng.random(len(place)) < one["effect"] * left)
        away = hit & (rng.random(len(place)) < one["moved_share"])
        now[away] = [row[f"{one['moved_to']}/{what}"] for what in code[away]]
        gone |= hit & ~away
    return now, gone
