"""Two years of events from a truth that is written down, so that forecast, recurrence and bias can be tested.

Primary occurrences are Poisson by place and day (rate × weekday × month × calendar), their hour drawn from the
kind's profile. Each is recorded by a patrol, a complaint or a camera, or by nobody (reporting bias by 片区). Litter and
flyers breed near repeats. After a recorded one, a near repeat too, is closed it comes back with the kind's probability.
"""

from __future__ import annotations

import datetime as dt

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.codes import load_codes
from data.county import habits, operations, reports
from data.county.districts import TENANT
from data.county.habits import HABITS, detection_share, exam_days
from data.county.skeleton import WIDTH_M
from data.county.streets import Streets
from data.county.truth import Truth, make_truth
from geo.calendars import is_public_holiday, is_term_day, is_workday

CODE_SYSTEM = "GB/T 30428.2-2013"
HOUR_S = 3600
DAYS = 731


def make_events(
    rng: np.random.Generator,
    zones: gpd.GeoDataFrame,
    vendors: gpd.GeoDataFrame,
    streets: Streets,
    lamps: gpd.GeoDataFrame,
    today: dt.date,
    days: int = DAYS,
) -> tuple[gpd.GeoDataFrame, Truth]:
    """Events from ``days`` before ``today`` up to its midnight, and the truth they were drawn from.

    Returns
    -------
    tuple
        Events in local metres, ordered by ``occurred_at``: ``source_key code code_system origin occurred_at found_at
        closed_at quantity unit duplicate_of reporter geometry``; and the truth.
    """
    first = today - dt.timedelta(days)
    gap = reports.gap_days(first, today)
    moved_on = today - dt.timedelta(habits.MOVED_DAYS_AGO)
    spots = _spots(rng, zones, vendors, streets, lamps)
    places = _places(rng, zones)
    factors = _day_factors(first, days)
    counts = _counts(rng, places, factors, first, days, moved_on)
    place, day = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    kind = places["kind"].to_numpy()[place]
    code = places["code"].to_numpy()[place]
    hour = np.zeros(len(place), dtype=int)
    for name, habit in HABITS.items():
        mine = np.flatnonzero(kind == name)
        weight = np.array(list(habit.hours.values()), dtype=float)
        hour[mine] = rng.choice(list(habit.hours), len(mine), p=weight / weight.sum())
    origin_s = int(dt.datetime.combine(first, dt.time(), dt.timezone(dt.timedelta(hours=8))).timestamp())
    at = origin_s + day * 86_400 + hour * HOUR_S + rng.integers(0, HOUR_S, len(place))
    planned = operations.plan_operations(zones, places, today)
    place, gone = operations.operate(rng.spawn(1)[0], planned, places, place, at)
    xy, district = _where(rng, places, spots, place)
    seen = rng.random(len(place))
    table = detection_share()
    row = pd.Series(district).str[-2:].map({code: n for n, code in enumerate(table)}).to_numpy()
    cumulative = np.cumsum(np.stack(list(table.values()))[row, hour], axis=1)
    origin = np.select(
        [seen < cumulative[:, 0], seen < cumulative[:, 1], seen < cumulative[:, 2]],
        ["patrol", "complaint", "camera"],
        "",
    )
    blind = (origin == "complaint") & (district == f"{TENANT}{reports.GAP_DISTRICT}")
    blind &= np.isin(day, gap)
    kept = (origin != "") & ~blind & ~gone
    rows = pd.DataFrame(
        {
            "at": at[kept],
            "kind": kind[kept],
            "code": code[kept],
            "origin": origin[kept],
            "x": xy[kept, 0],
            "y": xy[kept, 1],
            "place": places["key"].to_numpy()[place[kept]],
            "born": "primary",
            "parent": -1,
            "district": district[kept],
        }
    )
    end_s = origin_s + days * 86_400
    rows = _close(rng, rows)
    rows = _without_gap(_near_repeats(rng, rows, end_s), origin_s, gap)
    rows = _returns(rng, rows, end_s)
    rows = _duplicates(rng, rows, end_s)
    apart = rng.spawn(1)[0]
    rows = _without_gap(rows, origin_s, gap)
    rows = reports.add_reports(apart, rows, streets.roads, origin_s, end_s)
    rows["reporter"] = reports.callers(apart, rows)
    events, key = _finish(rng, rows, end_s)
    truth = make_truth(places, factors, zones, first, today, moved_on, planned, key)
    return events, truth


def _spots(
    rng: np.random.Generator,
    zones: gpd.GeoDataFrame,
    vendors: gpd.GeoDataFrame,
    streets: Streets,
    lamps: gpd.GeoDataFrame,
) -> pd.DataFrame:
    """The exact spots at which each kind of place misbehaves, with their share: ``group x y weight district``."""
    hawkers = vendors[vendors["kind"] == "hawker_spot"]
    near, zone = shapely.STRtree(zones.geometry.to_numpy()).query(
        hawkers.geometry.to_numpy(), predicate="dwithin", distance=45.0
    )
    points = shapely.get_coordinates(hawkers.geometry.to_numpy())
    parts = [
        pd.DataFrame(
            {
                "group": zones["key"].to_numpy()[zone],
                "x": points[near, 0],
                "y": points[near, 1],
                "district": zones["district"].to_numpy()[zone],
            }
        )
    ]
    for row in zones.itertuples():
        edge = row.geometry.geoms[0].exterior
        xy = shapely.get_coordinates(shapely.line_interpolate_point(edge, rng.uniform(0, edge.length, 3)))
        parts.append(pd.DataFrame({"group": row.key, "x": xy[:, 0], "y": xy[:, 1], "district": row.district}))
    roads = streets.roads[
        streets.roads["owner_district"].notna() & (streets.roads.length > 20) & ~streets.roads["bridge"]
    ]
    tier = roads["tier"].to_numpy()
    pull = (
        roads.length.to_numpy()
        * pd.Series(tier).map({"main": 1.6, "secondary": 1.4, "branch": 1.0, "lane": 0.5}).to_numpy()
    )
    chosen = rng.choice(len(roads), 4_000, p=pull / pull.sum())
    line = roads.geometry.to_numpy()[chosen]
    mid = shapely.get_coordinates(
        shapely.line_interpolate_point(line, rng.uniform(0.08, 0.92, len(chosen)), normalized=True)
    )
    side = pd.Series(tier[chosen]).map(WIDTH_M).to_numpy() / 2 - 1.5
    mid += rng.choice([-1, 1], (len(chosen), 2)) * side[:, None] * 0.7
    parts.append(
        pd.DataFrame(
            {"group": "street", "x": mid[:, 0], "y": mid[:, 1], "district": roads["owner_district"].to_numpy()[chosen]}
        )
    )
    sample = lamps.sample(min(len(lamps), 6_000), random_state=rng)
    xy = shapely.get_coordinates(sample.geometry.to_numpy())
    parts.append(
        pd.DataFrame({"group": "lamp", "x": xy[:, 0], "y": xy[:, 1], "district": sample["district"].to_numpy()})
    )
    spots = pd.concat(parts, ignore_index=True)
    # Heavy tails: a few spots carry most of a place's events.
    spots["weight"] = rng.gamma(0.5, 1.0, len(spots)) + 0.02
    spots["weight"] /= spots.groupby("group")["weight"].transform("sum")
    return spots


def _places(rng: np.random.Generator, zones: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row a place and code: ``key group kind code rate_per_day`` (latent occurrences on an ordinary day)."""
    rows = []
    groups = [(row.key, row.kind) for row in zones.itertuples()] + [("street", "street"), ("lamp", "lamp")]
    for group, kind in groups:
        habit = HABITS[kind]
        level = habit.per_day if kind in ("street", "lamp") else habit.per_day * rng.gamma(4.0, 0.25)
        rows += [(f"{group}/{code}", group, kind, code, level * share) for code, share in habit.codes.items()]
    return pd.DataFrame(rows, columns=["key", "group", "kind", "code", "rate_per_day"])


def _day_factors(first: dt.date, days: int) -> dict[str, NDArray[np.float64]]:
    """Per kind, the factor of each day: weekday × month × calendar."""
    dates = [first + dt.timedelta(n) for n in range(days)]
    weekday = np.array([d.weekday() for d in dates])
    month = np.array([d.month - 1 for d in dates])
    term = np.array([is_term_day(d) for d in dates], dtype=float)
    work = np.array([is_workday(d) or (d.weekday() == 5 and not is_public_holiday(d)) for d in dates])
    calendar = {"all": np.ones(days), "term": term, "work": np.where(work, 1.0, 0.2)}
    return {k: np.array(h.days)[weekday] * np.array(h.months)[month] * calendar[h.calendar] for k, h in HABITS.items()}


def _counts(
    rng: np.random.Generator,
    places: pd.DataFrame,
    factors: dict[str, NDArray[np.float64]],
    first: dt.date,
    days: int,
    moved_on: dt.date,
) -> NDArray[np.int64]:
    """Latent occurrences by place and day, shape (places, days)."""
    rate = np.stack([factors[kind] for kind in places["kind"]]) * places["rate_per_day"].to_numpy()[:, None]
    moved = (moved_on - first).days
    rate[places["group"] == habits.MOVED_FROM, moved:] *= habits.MOVED_REST
    rate[places["group"] == habits.MOVED_TO, :moved] *= habits.MOVED_REST
    stalls = places["code"].isin(habits.NOISE_AND_STALLS).to_numpy()
    for start, last, _ in exam_days(range(first.year, first.year + 4)):
        a, b = max((start - first).days, 0), (last - first).days + 1
        if b > 0 and a < days:
            rate[stalls, a:b] *= habits.EXAM_FACTOR
    return np.asarray(rng.poisson(rate))


def _where(
    rng: np.random.Generator, places: pd.DataFrame, spots: pd.DataFrame, place: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.object_]]:
    """A spot of its place for each occurrence, give or take a few metres."""
    group = places["group"].to_numpy()[place]
    chosen = np.zeros(len(place), dtype=int)
    for name, members in spots.groupby("group"):
        mine = np.flatnonzero(group == name)
        chosen[mine] = rng.choice(
            members.index.to_numpy(), len(mine), p=members["weight"].to_numpy() / members["weight"].sum()
        )
    jitter = np.where((group == "lamp")[:, None], 0.0, rng.normal(0, 5, (len(place), 2)))
    return spots[["x", "y"]].to_numpy()[chosen] + jitter, spots["district"].to_numpy()[chosen]


def _close(rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """When it was found and closed: on the spot by a patrol, within hours or days after a complaint."""
    n = len(rows)
    patrol = (rows["origin"] == "patrol").to_numpy()
    lamp = (rows["kind"] == "lamp").to_numpy()
    slow = rows["kind"].isin(["construction", "estate"]).to_numpy()
    rows["found"] = rows["at"] + np.where(patrol, rng.exponential(14 * 60, n), rng.exponential(45 * 60, n)).astype(int)
    spot = rng.lognormal(np.log(9 * 60), 0.5, n)
    hours = rng.lognormal(np.log(3.5 * HOUR_S), 0.8, n)
    repair = rng.lognormal(np.log(13 * HOUR_S), 0.55, n)
    rows["closed"] = rows["found"] + np.select([lamp, patrol & ~slow, slow], [repair, spot, hours * 3], hours).astype(
        int
    )
    return rows


def _numbers_after(rows: pd.DataFrame, count: int) -> pd.RangeIndex:
    """Index of rows that follow these; some of the numbers before may have been given up."""
    first = int(rows.index.max()) + 1
    return pd.RangeIndex(first, first + count)


def _returns(rng: np.random.Generator, rows: pd.DataFrame, end_s: int) -> pd.DataFrame:
    """Three generations of coming back after closing, each with the kind's probability and mean delay."""
    parents = rows
    for _ in range(3):
        p = parents["kind"].map({k: h.p_return for k, h in HABITS.items()}).to_numpy()
        back = parents[rng.random(len(parents)) < p]
        delay = back["kind"].map({k: h.return_min * 60 for k, h in HABITS.items()}).to_numpy() * rng.exponential(
            1.0, len(back)
        )
        child = back.copy()
        child["at"] = back["closed"].to_numpy() + np.maximum(delay, 60).astype(int)
        child[["x", "y"]] += np.where(
            (back["kind"] == "lamp").to_numpy()[:, None], 0.0, rng.normal(0, 6, (len(back), 2))
        )
        child["born"], child["parent"] = "return", back.index.to_numpy()
        child["origin"] = np.where(rng.random(len(child)) < habits.P_RETURN_BY_PATROL, "patrol", "complaint")
        child = _close(rng, child[child["at"] < end_s])
        child.index = _numbers_after(rows, len(child))
        rows, parents = pd.concat([rows, child]), child
    return rows


def _near_repeats(rng: np.random.Generator, rows: pd.DataFrame, end_s: int) -> pd.DataFrame:
    breed = rows["code"].isin(habits.NEAR_REPEAT_CODES) & (rng.random(len(rows)) < habits.P_NEAR_REPEAT)
    child = rows[breed].copy()
    child["parent"], child["born"] = child.index.to_numpy(), "near_repeat"
    child["at"] += rng.exponential(habits.NEAR_REPEAT_DAYS * 86_400, len(child)).astype(int)
    child[["x", "y"]] += rng.normal(0, habits.NEAR_REPEAT_SIGMA_M, (len(child), 2))
    child = _close(rng, child[child["at"] < end_s])
    child.index = _numbers_after(rows, len(child))
    return pd.concat([rows, child])


def _duplicates(rng: np.random.Generator, rows: pd.DataFrame, end_s: int) -> pd.DataFrame:
    """Second callers about the same thing: linked, not deleted."""
    again = (rows["origin"] == "complaint") & (rng.random(len(rows)) < habits.P_DUPLICATE)
    child = rows[again].copy()
    child["parent"], child["born"] = child.index.to_numpy(), "duplicate"
    child["at"] += rng.integers(60, 5_400, len(child))
    child["found"] = child["at"] + rng.integers(0, 1_800, len(child))
    child["closed"] = np.maximum(child["closed"], child["found"] + 60)
    child[["x", "y"]] += rng.normal(0, 18, (len(child), 2))
    child = child[child["at"] < end_s]
    child.index = _numbers_after(rows, len(child))
    return pd.concat([rows, child])


def _without_gap(rows: pd.DataFrame, origin_s: int, gap: NDArray[np.int64]) -> pd.DataFrame:
    """The rows without the complaints of the 片区 whose hotline was cut off; there only patrols noticed what came back.

    What repeated a lost complaint is lost with it.
    """
    day = (rows["at"] - origin_s) // 86_400
    lost = day.isin(gap) & (rows["origin"] == "complaint") & (rows["district"] == f"{TENANT}{reports.GAP_DISTRICT}")
    back = lost & (rows["born"] == "return")
    rows = rows.assign(origin=rows["origin"].mask(back, "patrol"))
    lost &= ~back
    orphan = (rows["born"] == "duplicate") & rows["parent"].isin(rows.index[lost])
    return rows[~(lost | orphan)]


def _finish(rng: np.random.Generator, rows: pd.DataFrame, end_s: int) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Number the events in time, turn seconds into instants, leave open what is not closed yet."""
    rows = rows[rows["found"] < end_s]
    rows = rows.sort_values(["at", "place", "x"], kind="stable")
    key = pd.Series([f"E{n + 1:07d}" for n in range(len(rows))], index=rows.index)
    parent = key.reindex(rows["parent"]).to_numpy()
    code = rows["code"].to_numpy()
    n = len(rows)
    several = np.isin(code, ["02-01", "04-10"])
    quantity = np.where(several, 1 + rng.poisson(4, n), 1).astype(float)
    instants = {c: pd.to_datetime(rows[c].to_numpy(), unit="s", utc=True) for c in ("at", "found", "closed")}
    units = {row["code"]: row["unit"] for row in load_codes() if row["code_system"] == CODE_SYSTEM}
    still_open = rows["closed"].to_numpy() >= end_s
    events = gpd.GeoDataFrame(
        {
            "source_key": key.to_numpy(),
            "code": code,
            "code_system": CODE_SYSTEM,
            "origin": rows["origin"].to_numpy(),
            "occurred_at": instants["at"],
            "found_at": instants["found"],
            "closed_at": pd.Series(instants["closed"]).mask(still_open),
            "quantity": quantity,
            "unit": [units[c] for c in code],
            "duplicate_of": pd.Series(parent, dtype=object)
            .where(rows["born"].to_numpy() == "duplicate", None)
            .to_numpy(),
            "reporter": rows["reporter"].to_numpy(),
        },
        geometry=gpd.points_from_xy(rows["x"].round(2), rows["y"].round(2)),
    )
    told = pd.DataFrame(
        {
            "source_key": key.to_numpy(),
            "place": rows["place"].to_numpy(),
            "born": rows["born"].to_numpy(),
            "parent_key": parent,
        }
    )
    return events, told
