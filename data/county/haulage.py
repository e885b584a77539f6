"""渣土 of the sample county: sites and gates, ways to the dump, hauliers, three days of trips, and what was planted.

A stream of chance of its own: whatever is drawn here, the rest of the county stays as it is.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely import LineString, Point

from data.county.ground import to_degrees
from data.county.worksites import DUMP, STOCKPILE, Network

if TYPE_CHECKING:
    from geo.db.engine import Database

STREAM = 71
DAYS = 3
TRIPS_A_DAY = 5
STEP_S = 20
SPEED_MPS = 8.0
LOAD_S, TIP_S = 600, 300
SPILLS_A_DAY = 4

HAULIERS = (("H01", "顺达渣土运输有限公司"), ("H02", "宏运土石方工程队"), ("H03", "城投环境服务公司"))
LORRIES = 4
"""Of each haulier; the third holds no grant."""

PLANTED = ("off_route", "stopped", "wrong_dump", "no_dump", "silent", "no_ticket")
"""One of each is planted on every day, and a trip of a haulier without a grant; all others keep to their ways."""


@dataclass(frozen=True)
class Haulage:
    """What was made, plain; layers stand apart.

    Parameters
    ----------
    hauliers, vehicles, grants
        As the bureau's tables want them.
    fixes
        ``plate at lon lat``, aware times, degrees.
    tickets
        ``number plate dump at gross tare``.
    trips
        What was planted: ``plate site left_at ended_at planted``; empty ``planted`` for a trip that kept to its way.
    spills
        What was planted: ``site plate at lon lat`` of spills seen up to three hours after the lorry passed.
    """

    hauliers: pd.DataFrame
    vehicles: pd.DataFrame
    grants: pd.DataFrame
    fixes: pd.DataFrame
    tickets: pd.DataFrame
    trips: pd.DataFrame
    spills: pd.DataFrame

    def frames(self) -> dict[str, pd.DataFrame]:
        """All of it by name."""
        return {f"haulage_{name}": getattr(self, name) for name in self.__dataclass_fields__}


def make_haulage(
    seed: int, layers: dict[str, gpd.GeoDataFrame], permits: gpd.GeoDataFrame, net: Network, stretch: float,
    today: dt.date,
) -> Haulage:  # fmt: skip
    """Three days of trips before today, with one deviation of each kind a day, weighings, and spills."""
    rng = np.random.default_rng([seed, STREAM])
    hauliers = pd.DataFrame([{"code": code, "name": name} for code, name in HAULIERS])
    vehicles = pd.DataFrame(
        [{"plate": f"示A{h + 1}{n + 1:04d}", "haulier_code": code, "terminal": f"T{h}{n:03d}"}
         for h, (code, _) in enumerate(HAULIERS) for n in range(LORRIES)]
    )  # fmt: skip
    grants = _grants(layers, permits, today)
    ends = dict(zip(permits["number"], permits["valid_to_on"], strict=True))
    running = grants[[ends[number] >= today for number in grants["permit_number"]]]
    made = _Maker(rng, net, layers, stretch)
    plates = {code: vehicles.loc[vehicles["haulier_code"] == code, "plate"].tolist() for code, _ in HAULIERS}
    for back in range(DAYS, 0, -1):
        made.day(today - dt.timedelta(back), running, plates)
    fixes = pd.DataFrame(made.fixes, columns=["plate", "at", "x", "y"])
    lonlat = _degrees(fixes, stretch)
    fixes = fixes.assign(lon=lonlat[:, 0], lat=lonlat[:, 1]).drop(columns=["x", "y"]).drop_duplicates(["plate", "at"])
    spills = pd.DataFrame(made.spills)
    at = _degrees(spills, stretch)
    spills = spills.assign(lon=at[:, 0], lat=at[:, 1]).drop(columns=["x", "y"])
    tickets = pd.DataFrame(made.tickets)
    trips = pd.DataFrame(made.trips).drop(columns="way")
    return Haulage(hauliers, vehicles, grants, fixes.reset_index(drop=True), tickets, trips, spills)


class _Maker:
    """Draws the trips of one day after another."""

    def __init__(
        self, rng: np.random.Generator, net: Network, layers: dict[str, gpd.GeoDataFrame], stretch: float
    ) -> None:
        self.rng, self.net, self.stretch = rng, net, stretch
        gates = layers["site_gate"]
        self.gates = {row.site_code: row.geometry for row in gates[::-1].itertuples()}
        self.dumps = {row.code: row.geometry.centroid for row in layers["waste_site"].itertuples()}
        self.routes = {row.site_code: row.geometry for row in layers["haul_route"].itertuples()}
        self.fixes: list[tuple[Any, ...]] = []
        self.tickets: list[dict[str, Any]] = []
        self.trips: list[dict[str, Any]] = []
        self.spills: list[dict[str, Any]] = []

    def day(self, on: dt.date, grants: pd.DataFrame, plates: dict[str, list[str]]) -> None:
        """Every lorry of a granted haulier makes its trips for one site; deviations are planted one to a lorry."""
        fleets = _crews(grants, plates)
        wanted = list(PLANTED)
        clean: list[int] = []
        for n, (site, plate) in enumerate(fleets):
            at = dt.datetime.combine(on, dt.time(7, 0), ZoneInfo("Asia/Shanghai")) + dt.timedelta(minutes=7 * n)
            for trip in range(TRIPS_A_DAY):
                plant = wanted.pop() if wanted and trip in (1, 3) else ""
                at = self._trip(site, plate, at, plant) + dt.timedelta(minutes=int(self.rng.integers(20, 40)))
                if not plant:
                    clean.append(len(self.trips) - 1)
        outsider = plates[HAULIERS[-1][0]][0]
        self._trip(fleets[0][0], outsider, dt.datetime.combine(on, dt.time(9), ZoneInfo("Asia/Shanghai")), "no_permit")
        for index in self.rng.choice(clean, size=min(SPILLS_A_DAY, len(clean)), replace=False):
            self._spill(self.trips[int(index)])
        number = f"W{on:%m%d}999"
        noon = dt.datetime.combine(on, dt.time(12), ZoneInfo("Asia/Shanghai"))
        self.tickets.append(
            {"number": number, "plate": "示B90001", "dump": DUMP, "at": noon, "gross": 30_000, "tare": 12_800}
        )  # fmt: skip

    def _trip(self, site: str, plate: str, at: dt.datetime, plant: str) -> dt.datetime:
        """One trip there and back; when it is back."""
        gate, route = self.gates[site], self.routes[site]
        dump = DUMP if plant != "wrong_dump" else STOCKPILE
        way = route
        if plant in ("off_route", "wrong_dump"):
            end = self.net.nearest(self.dumps[dump])
            start = self.net.nearest(Point(route.coords[0]))
            via = self._aside(route) if plant == "off_route" else end
            first = self.net.way(start, via)
            points = [*first.coords, *(self.net.way(via, end).coords[1:] if via != end else ())]
            way = LineString(points)
        way = LineString([(gate.x, gate.y), *way.coords, (self.dumps[dump].x, self.dumps[dump].y)])
        turn = 0.5 * way.length if plant == "no_dump" else way.length
        self._stand(plate, gate, at, LOAD_S)
        left = at + dt.timedelta(seconds=LOAD_S)
        stop_m = 0.55 * way.length if plant == "stopped" else None
        arrived = self._drive(plate, way, 0.0, turn, left, stop_m, plant == "silent")
        here = way.interpolate(turn)
        if plant != "no_dump":
            self._stand(plate, here, arrived, TIP_S)
            if plant not in ("no_ticket", "wrong_dump"):
                self._weigh(plate, dump, arrived)
        passed = arrived + dt.timedelta(seconds=0 if plant == "no_dump" else TIP_S)
        back = self._drive(plate, way, turn, 0.0, passed, None, False)
        self._stand(plate, gate, back, 180)
        self.trips.append(
            {"plate": plate, "site": site, "left_at": left, "ended_at": arrived, "planted": plant, "way": way}
        )
        return back + dt.timedelta(seconds=180)

    def _aside(self, route: LineString) -> int:
        """A crossing a good way off the route, but not across the county."""
        known = np.flatnonzero(np.isfinite(self.net.xy[:, 0]))
        off = shapely.distance(shapely.points(self.net.xy[known]), route)
        return int(self.rng.choice(known[(off > 500) & (off < 1_200)]))

    def _drive(
        self, plate: str, way: LineString, start_m: float, end_m: float, at: dt.datetime, stop_m: float | None,
        silent: bool,
    ) -> dt.datetime:  # fmt: skip
        """Positions every twenty seconds with a few metres of noise; when it is there."""
        length = abs(end_m - start_m)
        steps = max(round(length / SPEED_MPS / STEP_S), 1)
        waited = stop_m is None
        for step in range(1, steps + 1):
            along = start_m + (end_m - start_m) * step / steps
            at += dt.timedelta(seconds=STEP_S)
            quiet = silent and 0.3 < step / steps < 0.7
            if silent and quiet:
                at += dt.timedelta(seconds=40)  # a hidden halt makes the gap longer than ten minutes
                continue
            self._fix(plate, way.interpolate(along), at)
            if not waited and stop_m is not None and along >= stop_m:
                waited = True
                self._stand(plate, way.interpolate(along), at, 900)
                at += dt.timedelta(seconds=900)
        return at

    def _stand(self, plate: str, place: Point, at: dt.datetime, seconds: int) -> None:
        for second in range(0, seconds + 1, STEP_S):
            self._fix(plate, place, at + dt.timedelta(seconds=second))

    def _fix(self, plate: str, place: Point, at: dt.datetime) -> None:
        x, y = self.rng.normal(0, 4, 2)
        self.fixes.append((plate, at, place.x + float(x), place.y + float(y)))

    def _weigh(self, plate: str, dump: str, at: dt.datetime) -> None:
        tare = int(self.rng.integers(12_000, 14_500))
        self.tickets.append(
            {"number": f"W{len(self.tickets) + 1:05d}", "plate": plate, "dump": dump,
             "at": at + dt.timedelta(seconds=int(self.rng.integers(60, 280))),
             "gross": tare + int(self.rng.integers(14_000, 19_000)), "tare": tare}
        )  # fmt: skip

    def _spill(self, trip: dict[str, Any]) -> None:
        """A spill on the lorry's way, seen within three hours after it passed."""
        share = float(self.rng.uniform(0.15, 0.85))
        place = trip["way"].interpolate(share, normalized=True)
        passed = trip["left_at"] + share * (trip["ended_at"] - trip["left_at"])
        x, y = self.rng.normal(0, 6, 2)
        self.spills.append(
            {"site": trip["site"], "plate": trip["plate"], "at": (passed + dt.timedelta(
                minutes=int(self.rng.integers(5, 180)))).replace(microsecond=0),
             "x": place.x + float(x), "y": place.y + float(y)}
        )  # fmt: skip


def save_haulage(database: Database, tenant: str, haulage: Haulage, today: dt.date, actor: str) -> None:
    """Put the lists and feeds in, let the register of checks follow the map, and read the trips."""
    from geo.cases.waste.books import save_rows
    from geo.cases.waste.feeds.actions import take_feed
    from geo.cases.waste.trips.actions import trace_days
    from geo.cases.worksites.gates import settle_sites
    from geo.uids import uuid7

    with database.begin(tenant) as session:
        for name, frame in (
            ("hauliers", haulage.hauliers.assign(licence=None, active=True)),
            ("haul_vehicles", haulage.vehicles.assign(active=True)),
            ("haul_grants", haulage.grants),
        ):
            rows: list[dict[Any, Any]] = frame.astype(object).where(frame.notna(), None).to_dict("records")
            save_rows(session, tenant, name, rows, actor)
        for kind, frame in (("fix", haulage.fixes), ("ticket", haulage.tickets)):
            plain = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
            take_feed(session, tenant, "sample", kind, plain, uid=uuid7(), actor=actor)
        settle_sites(session, tenant, actor=actor)
    trace_days(database, tenant, today - dt.timedelta(DAYS), today - dt.timedelta(1), actor=actor)


def _grants(layers: dict[str, gpd.GeoDataFrame], permits: gpd.GeoDataFrame, today: dt.date) -> pd.DataFrame:
    """What the haulage permits on the sites' ground let two hauliers do; also of those that have run out, which end the
    table.
    """
    rows: list[dict[str, str]] = []
    routes = set(layers["haul_route"]["site_code"])
    kept = permits[permits["kind"] == "haulage"]
    papers = dict(zip(kept["holder"], kept["number"], strict=True))
    named = layers["worksite"][["code", "name"]].astype(str).to_numpy().tolist()
    for n, (code, name) in enumerate(named):
        if code in routes and name in papers:
            rows.append(
                {"permit_number": papers[name], "site_code": code, "haulier_code": HAULIERS[n % 2][0],
                 "route_code": f"R{code[1:]}", "dump_code": DUMP}
            )  # fmt: skip
    ends = dict(zip(permits["number"], permits["valid_to_on"], strict=True))
    ordered = sorted(rows, key=lambda row: (ends[row["permit_number"]] < today, row["site_code"]))
    return pd.DataFrame(ordered)


def _crews(running: pd.DataFrame, plates: dict[str, list[str]]) -> list[tuple[str, str]]:
    """One lorry for each grant in force, as long as its haulier has one."""
    free = {code: list(own) for code, own in plates.items()}
    rows = running[["site_code", "haulier_code"]].astype(str).to_numpy().tolist()
    return [(site, free[haulier].pop(0)) for site, haulier in rows if free[haulier]]


def _degrees(places: pd.DataFrame, stretch: float) -> NDArray[np.float64]:
    """Longitude and latitude of columns ``x y``, shape (n, 2)."""
    points = np.asarray(shapely.points(places[["x", "y"]].to_numpy(float)), dtype=object)
    return shapely.get_coordinates(to_degrees(points, stretch)).round(7)
