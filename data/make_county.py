"""Make the sample county 示例县: one seed, the same bytes every time; everything in it is invented.

``python -m data.make_county`` prints what it made; ``pianqu sample make`` writes it as GeoParquet and
``pianqu sample load`` puts it into the database. ``data/README.md`` says what was planted.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from geo.errors import Conflict

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from sqlalchemy.orm import Session

    from data.county.haulage import Haulage
    from data.county.truth import Truth
    from geo.db.engine import Database
    from geo.layers.reports import ImportReport

TENANT = "990101"
NAME = "示例县"
SOURCE = "sample"
SEED = 20261121
BASE = {"buildings": 15_000, "lamps": 6_000}
LAMPS_PER_STRETCH = 78_000
"""More lamps than this on the 10 km square would stand closer than three metres; the county grows instead."""

Progress = Callable[[str], None]


@dataclass
class SampleCounty:
    """The county as frames: ``layers`` by kind name in EPSG:4490 with ``source_key``; people as plain frames.

    ``duties`` cover ``duty_days`` from ``today - 7`` on; ``truth`` is what the events were drawn from.
    """

    seed: int
    scale: dict[str, int]
    today: dt.date
    layers: dict[str, gpd.GeoDataFrame]
    org_units: pd.DataFrame
    staff: pd.DataFrame
    vehicles: pd.DataFrame
    shift_kinds: pd.DataFrame
    duties: pd.DataFrame
    presence: pd.DataFrame
    agreements: pd.DataFrame
    haulage: Haulage
    truth: Truth
    extent: tuple[float, float, float, float]
    seconds: dict[str, float] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """Names what was made, whatever the day: seed and size."""
        return fingerprint(self.seed, self.scale)

    def digest(self) -> str:
        """SHA-256 over all frames; equal for equal arguments."""
        import pandas as pd

        total = hashlib.sha256()
        plain = {
            "org": self.org_units,
            "staff": self.staff,
            "vehicles": self.vehicles,
            "duties": self.duties,
            "presence": self.presence,
            "agreements": self.agreements,
            **self.haulage.frames(),
            **self.truth.frames(),
        }
        for name, frame in sorted({**self.layers, **plain}.items()):
            total.update(name.encode())
            flat = frame.drop(columns=[c for c in ("geometry", "area") if c in frame])
            total.update(pd.util.hash_pandas_object(flat.astype(str), index=False).to_numpy().tobytes())
            if "geometry" in frame:
                total.update(b"".join(frame.geometry.to_wkb()))
        return total.hexdigest()


def sizes(scale: float | dict[str, int] | None) -> dict[str, int]:
    """How many buildings and lamps are wanted, from a factor or from counts.

    Examples
    --------
    >>> sizes(2.0), sizes({"lamps": 1_000_000})
    ({'buildings': 30000, 'lamps': 12000}, {'buildings': 15000, 'lamps': 1000000})
    """
    if isinstance(scale, dict):
        return {**BASE, **scale}
    return {name: round(count * (1.0 if scale is None else scale)) for name, count in BASE.items()}


def fingerprint(seed: int = SEED, scale: float | dict[str, int] | None = None) -> str:
    """Names a sample county by seed and size, without making it.

    Examples
    --------
    >>> fingerprint(7)
    '7:15000:6000'
    """
    wanted = sizes(scale)
    return f"{seed}:{wanted['buildings']}:{wanted['lamps']}"


def today_in_shanghai() -> dt.date:
    """The local date of the sample county."""
    return dt.datetime.now(ZoneInfo("Asia/Shanghai")).date()


def make_county(
    seed: int = SEED,
    scale: float | dict[str, int] | None = None,
    *,
    today: dt.date | None = None,
    duty_days: int = 45,
    progress: Progress | None = None,
) -> SampleCounty:
    """Make the county.

    Parameters
    ----------
    seed
        Same seed, scale and date: same bytes.
    scale
        A factor on both counts, or ``{"lamps": …, "buildings": …}``. More buildings make a larger county.
    today
        Events end at midnight before this local date; the roster begins a week before it. Default: today.
    duty_days
        Length of the roster, days.
    progress
        Called with a word at each step.
    """
    import time

    import numpy as np

    from data.county import events as events_part
    from data.county import frontages, haulage, people, permits, places, reports, street, things, worksites
    from data.county.blocks import make_blocks
    from data.county.buildings import make_buildings
    from data.county.districts import make_areas, owners
    from data.county.ground import make_ground, off_the_streets
    from data.county.lamps import make_lamps
    from data.county.landuse import make_landuse
    from data.county.layers import to_layers
    from data.county.names import Names
    from data.county.streets import make_streets
    from geo.organisation import roster

    today = today or today_in_shanghai()
    wanted = sizes(scale)
    stretch = max(wanted["buildings"] / BASE["buildings"], wanted["lamps"] / LAMPS_PER_STRETCH, 1.0) ** 0.5
    rng = np.random.default_rng(seed)
    names = Names(rng)
    seconds: dict[str, float] = {}
    clock = time.perf_counter()

    def done(step: str) -> None:
        nonlocal clock
        seconds[step] = round(time.perf_counter() - clock, 2)
        clock = time.perf_counter()
        if progress:
            progress(step)

    ground = make_ground(rng, stretch)
    streets = make_streets(rng, ground, names)
    ground = replace(ground, ponds=off_the_streets(ground.ponds, streets.roads))
    done("streets")
    areas = make_areas(rng, ground, streets, names)
    streets.roads["owner_district"] = owners(streets.roads, areas)
    done("districts")
    blocks = make_blocks(rng, ground, streets, areas)
    buildings = make_buildings(rng, blocks, wanted["buildings"])
    done("buildings")
    now = dt.datetime.combine(today, dt.time(), ZoneInfo("Asia/Shanghai")).astimezone(dt.UTC)
    lamps = make_lamps(rng, streets, wanted["lamps"], now)
    landuse = make_landuse(rng, ground, streets, areas, blocks, names)
    done("lamps and land use")
    zones = places.make_zones(rng, blocks, streets, names, stretch)
    vendors = places.make_vendor_points(rng, zones, streets, blocks, today)
    illegal = places.make_illegal_buildings(rng, buildings, blocks, 300, today)
    done("places")
    org_units = people.make_org_units(areas)
    staff = people.make_staff(rng, names, today)
    duties = roster.make_roster(staff, today - dt.timedelta(7), duty_days)
    presence = reports.make_presence(rng.spawn(1)[0], today - dt.timedelta(events_part.DAYS), events_part.DAYS)
    events, truth = events_part.make_events(rng, zones, vendors, streets, lamps, today)
    done("events")
    shops = frontages.make_frontages(seed, streets, zones, today)
    papers = permits.make_permits(zones, today)
    net = worksites.make_network(streets)
    sites = worksites.make_places(zones, net, today)
    hauls = haulage.make_haulage(seed, sites, papers, net, stretch, today)
    done("haulage")
    layers, extent = to_layers(
        ground, streets, areas, buildings, lamps, landuse, zones, vendors, illegal, events, org_units,
        frontages.make_estates(zones), shops, papers,
        {
            **sites,
            **street.make_street(seed, shops, zones, streets, today),
            **things.make_things(seed, shops, areas, streets, today),
        },
    )  # fmt: skip
    done("coordinates")
    return SampleCounty(
        seed,
        wanted,
        today,
        layers,
        org_units,
        staff,
        people.make_vehicles(),
        roster.make_shift_kinds(),
        duties,
        presence,
        frontages.make_agreements(seed, shops, today),
        hauls,
        truth,
        extent,
        seconds,
    )


def write_county(county: SampleCounty, folder: Path) -> int:
    """Write each layer as GeoParquet, people and truth as Parquet; the number of layer rows."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, frame in county.layers.items():
        frame.to_parquet(folder / f"{name}.parquet", compression="zstd")
    people = {
        "staff": county.staff,
        "vehicles": county.vehicles,
        "duties": county.duties,
        "presence": county.presence,
        "agreements": county.agreements,
        "shift_kinds": county.shift_kinds,
        **county.haulage.frames(),
    }
    for name, plain in {**people, **{f"truth_{n}": f for n, f in county.truth.frames().items()}}.items():
        plain.to_parquet(folder / f"{name}.parquet", compression="zstd")
    return sum(len(frame) for frame in county.layers.values())


LOADING_ORDER: tuple[str, ...] = (
    "admin_area",
    "patrol_district",
    "responsibility_grid",
    "unit_grid",
    "landuse",
    "water",
    "waterway",
    "road",
)
LOADING_ORDER += ("building", "hotspot_zone", "estate", "illegal_building", "frontage", "streetlight", "vendor_point")
LOADING_ORDER += ("permit", "worksite", "site_gate", "waste_site", "haul_route", "firework_zone", "parking")
LOADING_ORDER += ("contact_point", "restaurant", "ad", "component", "gas_user", "supply_point", "green_space", "event")


def load_county(
    database: Database, tenant: str, county: SampleCounty, progress: Progress | None = None
) -> dict[str, ImportReport]:
    """Put the county into the database; what is there already is left alone.

    Returns
    -------
    dict
        Per layer what was added and changed; empty when the same sample is there already.

    Raises
    ------
    OtherSampleLoaded
        If another sample stands under this county's code.
    NoPlaceForSample
        If the code is that of another county, into which no made-up people or layers may come.
    """
    from data.county import people
    from data.county.frontages import save_registers
    from data.county.haulage import save_haulage
    from data.county.hotline import save_hotline
    from data.county.law import save_law
    from data.county.orders import save_orders
    from data.county.postures import save_postures
    from data.county.rounds import save_rounds
    from data.county.street import save_street
    from data.county.things import save_things
    from data.county.waiting import save_waiting
    from data.county.zero_growth import save_zero_growth
    from geo.db.changes import write_change
    from geo.db.counties import create_county, find_county
    from geo.hotspots.actions import save_presence
    from geo.layers.actions import save_frame
    from geo.organisation import actions, queries
    from geo.patrol.people.actions import note_leave, set_muster

    if refresh_county(database, tenant, county.seed, county.scale):
        return {}
    with database.begin(tenant) as session:
        known = find_county(session, tenant)
    if known and not all(known.contains(*corner) for corner in (county.extent[:2], county.extent[2:])):
        raise NoPlaceForSample("sample.other_county", county=tenant, title=known.name, sample=TENANT)
    if not known:
        create_county(database, tenant, NAME, county.extent)
    with database.begin(tenant) as session:
        actions.save_organisation(session, tenant, county.org_units, county.staff, county.vehicles, county.shift_kinds)
        actions.save_duties(session, tenant, county.duties)
        org = queries.org_unit_ids(session, tenant)
        for unit, lonlat in people.make_musters(county.org_units).items():
            set_muster(session, tenant, unit, *lonlat)
        for away in people.make_leave(min(county.duties["on_date"]) + dt.timedelta(7)):
            note_leave(session, tenant, *away)
    reports = {}
    for name in LOADING_ORDER:
        frame = county.layers[name]
        if name == "patrol_district":
            frame = frame.assign(org_unit_id=frame["org_code"].map(org)).drop(columns="org_code")
        elif name == "component":
            frame = frame.assign(code=tenant + frame["code"].str[6:])  # its codes begin with the county's
        reports[name] = save_frame(database, tenant, name, frame, SOURCE)
        if progress:
            progress(name)
    save_presence(database, tenant, county.presence)
    save_registers(database, tenant, county.agreements, SOURCE)
    save_street(database, tenant, county, SOURCE)
    save_orders(database, tenant, county, SOURCE)
    save_haulage(database, tenant, county.haulage, county.today, SOURCE)
    save_things(database, tenant, county, SOURCE)
    save_waiting(database, tenant, county, SOURCE)
    with database.begin(tenant) as session:
        _note_operations(session, tenant, county.truth.operations)
        save_postures(session, tenant, county, SOURCE)
        save_rounds(session, tenant, county, SOURCE)
        save_zero_growth(session, tenant, county, SOURCE)
        save_law(session, tenant, database.settings.home, county, SOURCE)
        save_hotline(session, tenant, database.settings.home, county, SOURCE)
        rows = {name: report.rows_read for name, report in reports.items()}
        write_change(session, tenant, "sample.loaded", facts={"fingerprint": county.fingerprint, "rows": rows})
    return reports


def _note_operations(session: Session, tenant: str, operations: pd.DataFrame) -> None:
    """Write down what was done about places, each its zone and 50 m around; what it did is for the room to find."""
    from geo.hotspots.displacement.actions import Operation, note_operation, zone_area

    for one in operations.to_dict("records"):
        _, area = zone_area(session, tenant, one["zone"])
        span = one["from_at"].to_pydatetime(), one["to_at"].to_pydatetime()
        note_operation(session, tenant, Operation(one["key"], one["name"], one["kind"], *span, (), area), actor=SOURCE)


def refresh_county(
    database: Database,
    tenant: str,
    seed: int = SEED,
    scale: float | dict[str, int] | None = None,
    *,
    today: dt.date | None = None,
) -> bool:
    """Whether this sample is loaded already; if so, the roster is carried on from a week before ``today``.

    Nothing is made anew, so a second start costs milliseconds. False when no sample is there.

    Raises
    ------
    OtherSampleLoaded
        If another sample stands under this county's code.
    """
    from geo.organisation import queries

    with database.begin(tenant) as session:
        loaded = queries.find_loaded_sample(session, tenant)
    if loaded is None:
        return False
    if loaded != fingerprint(seed, scale):
        raise OtherSampleLoaded("sample.other_loaded", loaded=loaded, wanted=fingerprint(seed, scale))
    _carry_roster_on(database, tenant, today or today_in_shanghai())
    return True


def _carry_roster_on(database: Database, tenant: str, today: dt.date, ahead: int = 14, days: int = 45) -> None:
    """Add duties from ``today`` on when the next two weeks are not rostered yet."""
    from geo.organisation import actions, queries
    from geo.organisation.roster import make_roster

    with database.begin(tenant) as session:
        wanted = {today + dt.timedelta(n) for n in range(ahead)}
        if wanted <= queries.rostered_days(session, tenant, today, max(wanted)):
            return
        actions.save_duties(session, tenant, make_roster(queries.load_staff(session, tenant), today, days))


class NoPlaceForSample(Conflict):
    """The code belongs to a county that lies elsewhere."""


class OtherSampleLoaded(Conflict):
    """Another sample county stands under this code."""


if __name__ == "__main__":
    made = make_county()
    for name, frame in made.layers.items():
        sys.stdout.write(f"{name:22}{len(frame):>9,}\n")
    sys.stdout.write(f"{made.seconds}\n")
