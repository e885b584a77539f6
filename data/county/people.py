"""The bureau: organisation tree, people with licences, vehicles, shifts, and a roster that respects rest days."""

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

SHIFT_KINDS = [
    ("morning", "晨查", dt.time(6, 0), dt.time(9, 0)),
    ("day", "日班", dt.time(8, 30), dt.time(17, 30)),
    ("midday", "午间巡查", dt.time(11, 30), dt.time(14, 30)),
    ("night_market", "夜市班", dt.time(17, 30), dt.time(22, 0)),
    ("night", "夜查", dt.time(22, 0), dt.time(1, 0)),
]
"""Code, name, start, end (local; an end before the start is the next day)."""


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


def make_shift_kinds() -> pd.DataFrame:
    """``code name start_time end_time``."""
    return pd.DataFrame(SHIFT_KINDS, columns=["code", "name", "start_time", "end_time"])


def make_duties(staff: pd.DataFrame, first_on: dt.date, days: int) -> pd.DataFrame:
    """A roster for ``days`` days from ``first_on``; a date's roster does not depend on where the window begins.

    Nobody works over ten hours a day, after a late shift nobody is on the next dawn, everybody rests two days in
    seven. Licensed officers stand in pairs and only while their licence is valid; every shift has a leader.

    Returns
    -------
    DataFrame
        ``on_date shift_code staff role``, by date, shift, staff code.
    """
    working = staff[staff["active"]]
    regular = working[working["kind"] == "regular"]
    helpers = working[working["kind"] == "auxiliary"]["code"].tolist()
    rows: list[tuple[dt.date, str, str, str]] = []
    for offset in range(days):
        on = first_on + dt.timedelta(offset)
        rows += [(on, *duty) for duty in _roster(on, regular, helpers)]
    frame = pd.DataFrame(rows, columns=["on_date", "shift_code", "staff", "role"])
    return frame.sort_values(["on_date", "shift_code", "staff"], ignore_index=True)


def rests(number: int, on: dt.date) -> bool:
    """Whether the person with this running number rests on ``on``: two days in seven, staggered.

    Examples
    --------
    >>> sum(rests(3, dt.date(2026, 11, 1) + dt.timedelta(d)) for d in range(7))
    2
    """
    return (on.toordinal() + 2 * number) % 7 in (0, 1)


def _roster(on: dt.date, regular: pd.DataFrame, helpers: list[str]) -> list[tuple[str, str, str]]:
    """Dawn crew (晨查, 午间), day crew and late crew (夜市, 夜查) of one date; crews never mix within a day.

    Licensed officers come in pairs that rest by turns, so two pairs are there while six licences are valid: the last
    one present works late, the others by day. Regular staff without a licence lead; when one of them rests, the late
    shifts are led by the late pair's first officer, or by one without a partner.
    """
    licensed = (regular["licence_to_on"].notna() & (regular["licence_to_on"].fillna(dt.date.min) >= on)).to_numpy()
    codes = regular["code"].to_numpy()
    valid = codes[licensed].tolist()
    pairs = [valid[i : i + 2] for i in range(0, len(valid) - 1, 2)]
    present = [pair for number, pair in enumerate(pairs) if not rests(number, on)]
    by_day, late = (present[:-1], present[-1]) if len(present) > 1 else (present, [])
    leaders = [code for number, code in enumerate(codes[~licensed][-3:].tolist()) if not rests(number, on)]
    aux = [code for number, code in enumerate(helpers) if not rests(number, on)]
    third = len(aux) // 3
    crews = {
        ("morning", "midday"): aux[:third],
        ("day",): [*(code for pair in by_day for code in pair), *aux[third : 2 * third + 2]],
        ("night_market", "night"): [*late, *aux[2 * third + 2 :]],
    }
    spare = [*leaders, *late[:1], *valid[2 * len(pairs) :], *codes[~licensed][:1].tolist()]
    heads = dict(zip(crews, spare[:3], strict=True))
    duties = [(shift, code, "member") for shifts, crew in crews.items() for shift in shifts for code in crew]
    led = [(shift, head, "leader") for shifts, head in heads.items() for shift in shifts]
    return led + [duty for duty in duties if duty[:2] not in {(shift, head) for shift, head, _ in led}]
