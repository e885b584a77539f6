"""Two years of events from a truth that is written down, so that forecasts, recurrence and bias can be tested against it.

Primary occurrences are Poisson by place and day (rate × weekday × month × calendar), their hour drawn from the
kind's profile. Each is recorded by a patrol, a complaint or a camera, or by nobody (reporting bias by 片区). After
a recorded one is closed it comes back with the kind's probability; litter and flyers breed near repeats.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from data.county.districts import TENANT
from data.county.streets import WIDTH_M, Streets
from geo.calendars import is_public_holiday, is_term_day, is_workday

CODE_SYSTEM = "GB/T 30428.2-2013"
HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Habit:
    """How a kind of place misbehaves: what, how often a day, when, and whether it comes back after clearing.

    ``hours`` are weights of the 24 local hours, ``days`` factors for Monday to Sunday, ``months`` for January to
    December, ``calendar`` on which days at all (``all``, ``term``: school days only, ``work``: one fifth on days off).
    """

    codes: tuple[tuple[str, float], ...]
    per_day: float
    hours: dict[int, float]
    days: tuple[float, ...]
    months: tuple[float, ...]
    calendar: str
    p_return: float
    return_min: float


FLAT = (1.0,) * 12
SUMMER = (0.6, 0.6, 0.8, 1.0, 1.2, 1.4, 1.5, 1.5, 1.3, 1.0, 0.8, 0.6)
EVEN = (1.0,) * 7
DAYTIME: dict[int, float] = {
    7: 1,
    8: 2,
    9: 2,
    10: 2,
    11: 2,
    12: 1,
    13: 1,
    14: 2,
    15: 2,
    16: 2,
    17: 3,
    18: 3,
    19: 2,
    20: 1,
    21: 1,
}

HABITS: dict[str, Habit] = {
    "school": Habit((("04-01", 0.8), ("04-06", 0.2)), 0.95, {6: 1, 7: 6, 11: 4, 12: 2, 13: 3, 16: 6, 17: 7, 18: 1}, EVEN, FLAT, "term", 0.35, 20),
    "hospital": Habit((("04-01", 0.7), ("04-10", 0.3)), 0.55, {6: 2, 7: 5, 8: 5, 9: 3, 10: 2, 11: 2, 16: 2, 17: 4, 18: 2}, (1.2, 1.1, 1, 1, 1, 0.8, 0.7), FLAT, "all", 0.3, 30),
    "market": Habit((("04-06", 0.7), ("01-10", 0.3)), 1.75, {5: 6, 6: 8, 7: 8, 8: 5, 9: 2, 16: 3, 17: 5, 18: 2}, (0.9, 0.9, 0.9, 0.9, 1, 1.3, 1.3), FLAT, "all", 0.45, 18),
    "construction": Habit((("03-04", 0.5), ("03-12", 0.3), ("03-01", 0.2)), 0.55, {6: 3, 7: 4, 8: 3, 10: 2, 14: 3, 15: 3, 17: 2, 22: 3, 23: 2}, (1, 1, 1, 1, 1, 0.9, 0.5), (0.8, 0.4, 1, 1.1, 1.1, 1, 1, 1, 1.1, 1.2, 1.2, 1), "work", 0.25, 36 * 60),
    "transit": Habit((("04-01", 0.5), ("04-10", 0.3), ("02-01", 0.2)), 0.6, DAYTIME, (1, 1, 1, 1, 1.3, 1.1, 1.2), FLAT, "all", 0.3, 30),
    "estate": Habit((("01-10", 0.5), ("04-10", 0.3), ("01-35", 0.2)), 0.32, DAYTIME, EVEN, FLAT, "all", 0.15, 48 * 60),
    "night_market": Habit((("04-02", 0.5), ("01-29", 0.3), ("01-28", 0.2)), 1.55, {17: 1, 18: 4, 19: 7, 20: 8, 21: 7, 22: 5, 23: 2}, (0.8, 0.8, 0.8, 0.9, 1.3, 1.4, 1.1), SUMMER, "all", 0.4, 25),
    "street": Habit((("04-05", 0.42), ("02-01", 0.2), ("01-10", 0.2), ("01-12", 0.08), ("01-14", 0.05), ("06-04", 0.05)), 26.0, DAYTIME, EVEN, FLAT, "all", 0.2, 60),
    "lamp": Habit((("C01-37", 1.0),), 4.0, {19: 5, 20: 6, 21: 4, 22: 2, 23: 1, 0: 1, 5: 2}, EVEN, (1.3, 1.2, 1, 0.9, 0.8, 0.8, 0.9, 0.9, 1, 1.1, 1.2, 1.3), "all", 0.04, 14 * 24 * 60),
}  # fmt: skip

UNITS = {
    "02-01": "处",
    "C01-37": "盏",
    "04-10": "台次",
    "06-04": "户",
    "04-05": "处",
    "04-06": "处",
    "01-10": "处",
    "01-35": "件",
}
NEAR_REPEAT = {"codes": ("02-01", "01-10"), "p": 0.12, "sigma_m": 40.0, "mean_days": 3.0}
NOISE_AND_STALLS = ("01-28", "03-01", "04-01", "04-02", "04-06", "01-29")
EXAM_FACTOR = 0.25
P_DUPLICATE = 0.07
P_CAMERA = 0.04
PATROL_BY_HOUR = {
    **dict.fromkeys(range(6, 9), 0.62),
    **dict.fromkeys(range(9, 18), 0.55),
    **dict.fromkeys(range(18, 22), 0.58),
    22: 0.3,
    23: 0.25,
}
PATROL_ELSE = 0.05
COMPLAINT_BASE = 0.22
REPORTING = {
    "01": 0.6,
    "02": 1.3,
    "03": 1.5,
    "04": 0.9,
    "05": 1.0,
    "06": 1.7,
    "07": 1.8,
    "08": 0.9,
    "09": 0.5,
    "10": 1.1,
    "11": 0.6,
    "12": 0.4,
}
"""How readily each 片区 complains; the new quarters complain three times as often as the old town."""
PATROLLED = {
    "01": 1.25,
    "02": 1.2,
    "03": 1.2,
    "04": 1.0,
    "05": 1.0,
    "06": 0.7,
    "07": 0.7,
    "08": 1.0,
    "09": 0.9,
    "10": 1.0,
    "11": 0.8,
    "12": 0.5,
}
"""How much of the bureau's patrol each 片区 gets, 1 = average."""


@dataclass
class Truth:
    """What was planted; every frame is described in ``data/README.md``."""

    places: pd.DataFrame
    hours: pd.DataFrame
    weekdays: pd.DataFrame
    months: pd.DataFrame
    returns: pd.DataFrame
    detection: pd.DataFrame
    market_move: pd.DataFrame
    exams: pd.DataFrame
    near_repeat: pd.DataFrame
    day_factors: pd.DataFrame
    events: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """All frames by name."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def detection_share() -> dict[str, NDArray[np.float64]]:
    """Per 片区 (two digits): shape (24, 3), probability by hour that patrol, complaint or camera records an occurrence."""
    hour = np.arange(24)
    patrol = np.array([PATROL_BY_HOUR.get(h, PATROL_ELSE) for h in hour])
    awake = np.where((hour >= 7) & (hour < 23), 1.0, 0.35)
    shares = {}
    for code in REPORTING:
        by_patrol = np.clip(patrol * PATROLLED[code], 0, 0.9)
        by_complaint = (1 - by_patrol) * np.clip(COMPLAINT_BASE * REPORTING[code] * awake, 0, 0.9)
        by_camera = (1 - by_patrol - by_complaint) * P_CAMERA
        shares[code] = np.column_stack([by_patrol, by_complaint, by_camera])
    return shares


def exam_days(years: range) -> list[tuple[dt.date, dt.date, str]]:
    """高考 and 中考 of each year: first and last day."""
    found = []
    for year in years:
        found += [
            (dt.date(year, 6, 7), dt.date(year, 6, 9), "高考"),
            (dt.date(year, 6, 14), dt.date(year, 6, 16), "中考"),
        ]
    return found


def make_events(
    rng: np.random.Generator,
    zones: gpd.GeoDataFrame,
    vendors: gpd.GeoDataFrame,
    streets: Streets,
    lamps: gpd.GeoDataFrame,
    today: dt.date,
    days: int = 731,
) -> tuple[gpd.GeoDataFrame, Truth]:
    """Events from ``days`` before ``today`` up to its midnight, and the truth they were drawn from.

    Returns
    -------
    tuple
        Events in local metres, ordered by ``occurred_at``: ``source_key code code_system origin occurred_at found_at
        closed_at quantity unit duplicate_of geometry``; and the truth.
    """
    first = today - dt.timedelta(days)
    moved_on = today - dt.timedelta(200)
    spots = _spots(rng, zones, vendors, streets, lamps)
    places = _places(rng, zones, spots)
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
    kept = origin != ""
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
        }
    )
    end_s = origin_s + days * 86_400
    rows = _close(rng, rows)
    rows = _returns(rng, rows, end_s)
    rows = _near_repeats(rng, rows, end_s)
    rows = _duplicates(rng, rows, end_s)
    events, key = _finish(rng, rows, end_s)
    truth = _truth(places, factors, zones, first, days, moved_on, key)
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


def _places(rng: np.random.Generator, zones: gpd.GeoDataFrame, spots: pd.DataFrame) -> pd.DataFrame:
    """One row a place and code: ``key group kind code rate_per_day`` (latent occurrences on an ordinary day)."""
    rows = []
    groups = [(row.key, row.kind) for row in zones.itertuples()] + [("street", "street"), ("lamp", "lamp")]
    for group, kind in groups:
        habit = HABITS[kind]
        level = habit.per_day if kind in ("street", "lamp") else habit.per_day * rng.gamma(4.0, 0.25)
        rows += [(f"{group}/{code}", group, kind, code, level * share) for code, share in habit.codes]
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
    rate[places["group"] == "market-01", moved:] *= 0.08
    rate[places["group"] == "market-02", :moved] *= 0.08
    stalls = places["code"].isin(NOISE_AND_STALLS).to_numpy()
    for start, last, _ in exam_days(range(first.year, first.year + 4)):
        a, b = max((start - first).days, 0), (last - first).days + 1
        if 0 < b and a < days:
            rate[stalls, a:b] *= EXAM_FACTOR
    return rng.poisson(rate)


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
        child["origin"] = np.where(rng.random(len(child)) < 0.8, "patrol", "complaint")
        child = _close(rng, child[child["at"] < end_s])
        child.index = pd.RangeIndex(len(rows), len(rows) + len(child))
        rows, parents = pd.concat([rows, child]), child
    return rows


def _near_repeats(rng: np.random.Generator, rows: pd.DataFrame, end_s: int) -> pd.DataFrame:
    breed = rows["code"].isin(NEAR_REPEAT["codes"]) & (rng.random(len(rows)) < float(NEAR_REPEAT["p"]))  # type: ignore[arg-type]
    child = rows[breed].copy()
    child["parent"], child["born"] = child.index.to_numpy(), "near_repeat"
    child["at"] += (rng.exponential(float(NEAR_REPEAT["mean_days"]) * 86_400, len(child))).astype(int)  # type: ignore[arg-type]
    child[["x", "y"]] += rng.normal(0, float(NEAR_REPEAT["sigma_m"]), (len(child), 2))  # type: ignore[arg-type]
    child = _close(rng, child[child["at"] < end_s])
    child.index = pd.RangeIndex(len(rows), len(rows) + len(child))
    return pd.concat([rows, child])


def _duplicates(rng: np.random.Generator, rows: pd.DataFrame, end_s: int) -> pd.DataFrame:
    """Second callers about the same thing: linked, not deleted."""
    again = (rows["origin"] == "complaint") & (rng.random(len(rows)) < P_DUPLICATE)
    child = rows[again].copy()
    child["parent"], child["born"] = child.index.to_numpy(), "duplicate"
    child["at"] += rng.integers(60, 5_400, len(child))
    child["found"] = child["at"] + rng.integers(0, 1_800, len(child))
    child["closed"] = np.maximum(child["closed"], child["found"] + 60)
    child[["x", "y"]] += rng.normal(0, 18, (len(child), 2))
    child = child[child["at"] < end_s]
    child.index = pd.RangeIndex(len(rows), len(rows) + len(child))
    return pd.concat([rows, child])


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
            "unit": [UNITS.get(c, "次") for c in code],
            "duplicate_of": np.where(rows["born"].to_numpy() == "duplicate", parent, None),
        },
        geometry=list(shapely.points(rows[["x", "y"]].to_numpy().round(2))),
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


def _truth(
    places: pd.DataFrame,
    factors: dict[str, NDArray[np.float64]],
    zones: gpd.GeoDataFrame,
    first: dt.date,
    days: int,
    moved_on: dt.date,
    told: pd.DataFrame,
) -> Truth:
    hours, weekdays, months, returns = [], [], [], []
    for kind, habit in HABITS.items():
        total = sum(habit.hours.values())
        hours += [(kind, hour, habit.hours.get(hour, 0.0) / total) for hour in range(24)]
        weekdays += [(kind, day, factor) for day, factor in enumerate(habit.days)]
        months += [(kind, month + 1, factor) for month, factor in enumerate(habit.months)]
        returns.append((kind, habit.p_return, habit.return_min))
    detection = [
        (f"{TENANT}{d}", h, *map(float, row)) for d, share in detection_share().items() for h, row in enumerate(share)
    ]
    dates = [first + dt.timedelta(n) for n in range(days)]
    exams = [
        e for e in exam_days(range(first.year, first.year + 4)) if e[1] >= first and e[0] < first + dt.timedelta(days)
    ]
    places = places.merge(zones[["key", "district"]].rename(columns={"key": "group"}), on="group", how="left")
    return Truth(
        places=places,
        hours=pd.DataFrame(hours, columns=["kind", "hour", "share"]),
        weekdays=pd.DataFrame(weekdays, columns=["kind", "weekday", "factor"]),
        months=pd.DataFrame(months, columns=["kind", "month", "factor"]),
        returns=pd.DataFrame(returns, columns=["kind", "p_return", "mean_delay_min"]),
        detection=pd.DataFrame(detection, columns=["district", "hour", "patrol", "complaint", "camera"]),
        market_move=pd.DataFrame(
            [("market-01", "market-02", moved_on, 0.08)], columns=["from_zone", "to_zone", "on", "rest_factor"]
        ),
        exams=pd.DataFrame(
            [(a, b, n, EXAM_FACTOR) for a, b, n in exams], columns=["first_on", "last_on", "name", "factor"]
        ),
        near_repeat=pd.DataFrame(
            [(c, NEAR_REPEAT["p"], NEAR_REPEAT["sigma_m"], NEAR_REPEAT["mean_days"]) for c in NEAR_REPEAT["codes"]],
            columns=["code", "p", "sigma_m", "mean_days"],
        ),  # type: ignore[union-attr, attr-defined]
        day_factors=pd.DataFrame({"on": dates, **factors}),
        events=told,
    )
