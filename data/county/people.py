"""The bureau: organisation tree, people with licences, vehicles. Shifts and roster are the usual ones of any bureau."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import shapely

from data.county.districts import RURAL_TOWNS, TENANT, URBAN_TOWNS, Areas
from data.county.ground import multi
from data.county.names import Names

SQUADRONS = {
    "Z1": ("一中队(老城)", "01 02 03"),
    "Z2": ("二中队(城北)", "04 05 08"),
    "Z3": ("三中队(北新)", "06 07 12"),
    "Z4": ("四中队(河南)", "09 10 11"),
}


def make_org_units(areas: Areas) -> pd.DataFrame:
    """``code name kind parent area``: bureau, brigade, four squadrons with three 片区 each, and the towns."""
    rows: list[tuple[object, ...]] = [
        ("J", "示例县城市管理局", "bureau", None, None),
        ("D", "综合行政执法大队", "brigade", "J", None),
    ]
    by = areas.districts.set_index("district").geometry
    for code, (name, districts) in SQUADRONS.items():
        rows.append(
            (code, name, "squadron", "D", multi(shapely.union_all([by[d] for d in districts.split()], grid_size=0.01)))
        )
    towns = areas.admin[areas.admin["level"] == "town"].set_index("name").geometry
    for number, town in enumerate([*URBAN_TOWNS, *RURAL_TOWNS]):
        rows.append((f"T{number + 1:02d}", f"{town}综合行政执法队", "town", "J", multi(towns[town])))
    return pd.DataFrame(rows, columns=["code", "name", "kind", "parent", "area"])


def make_musters(org_units: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Where the squadrons meet before a shift: code → longitude and latitude of a spot within their area."""
    squads = org_units[org_units["kind"] == "squadron"]
    spots = {code: area.representative_point() for code, area in zip(squads["code"], squads["area"], strict=True)}
    return {code: (round(spot.x, 6), round(spot.y, 6)) for code, spot in spots.items()}


def make_leave(today: dt.date) -> list[tuple[str, dt.date, dt.date, str]]:
    """(staff number, first day, last day, kind) of those who are away in the coming weeks."""
    week = dt.timedelta(7)
    return [
        ("A05", today + week, today + 2 * week, "leave"),
        ("A17", today, today + week // 7 * 4, "training"),
        ("R03", today + week, today + week + dt.timedelta(1), "training"),
    ]


def squadron_of(district: str) -> str:
    """The squadron that answers for a 片区 (two digits)."""
    return next(code for code, (_, districts) in SQUADRONS.items() if district in districts.split())


def make_staff(rng: np.random.Generator, names: Names, today: dt.date) -> pd.DataFrame:
    """9 regular (6 licensed, one licence running out within weeks) and 39 auxiliaries."""
    rows: list[dict[str, object]] = []
    orgs = list(SQUADRONS)
    seen: set[str] = set()

    def fresh() -> str:
        while (name := names.person()) in seen:
            pass
        seen.add(name)
        return name

    for number in range(9):
        licensed = number < 6
        soon = number == 5
        given = today - dt.timedelta(int(rng.integers(400, 1300)))
        lasts = today + dt.timedelta(24) if soon else given.replace(year=given.year + 5, day=min(given.day, 28))
        rows.append(
            {
                "code": f"R{number + 1:02d}",
                "name": fresh(),
                "kind": "regular",
                "org": ["D", *orgs, orgs[0], "J", "J", "D"][number],
                "licence_no": f"36{TENANT}{number + 1:04d}" if licensed else None,
                "licence_from_on": given if licensed else None,
                "licence_to_on": lasts if licensed else None,
                "active": True,
            }
        )
    rows += [
        {
            "code": f"A{number + 1:02d}",
            "name": fresh(),
            "kind": "auxiliary",
            "org": orgs[number % 4],
            "licence_no": None,
            "licence_from_on": None,
            "licence_to_on": None,
            "active": number != 38,  # one on long leave
        }
        for number in range(39)
    ]
    return pd.DataFrame(rows)


def make_vehicles() -> pd.DataFrame:
    """2 cars at the brigade, 20 e-bikes at the squadrons: ``code kind seats org active``."""
    cars = [{"code": f"示A·Z{n:03d}", "kind": "car", "seats": 5, "org": "D", "active": True} for n in (1, 2)]
    bikes = [
        {"code": f"EB{n + 1:02d}", "kind": "ebike", "seats": 1, "org": list(SQUADRONS)[n % 4], "active": n != 19}
        for n in range(20)
    ]
    return pd.DataFrame(cars + bikes)
