"""What inspectors of the made-up bureau noted at shop fronts and building sites, and what followed from it.

Nothing is drawn by chance: a shop's or site's place in its list says how it was found. What was out of order is a
problem at once, as everywhere; it was found so long ago that it is a matter for the ledger and no longer for patrols.
"""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from data.make_county import SampleCounty

NAMES: Final = uuid.UUID("0c3b6f2a-5f0f-5c0e-9d53-990101ca0001")
LOCAL: Final = ZoneInfo("Asia/Shanghai")
KEPT: Final = 14
"""Shops found in order twice in the month before last: its red list."""

BROKEN: Final = 3
"""Shops that failed twice in that month: its black list; the next one failed once and is on neither."""

ONCE: Final = 20
"""Shops looked at once in the running month; two were not in order and have to be looked at again."""

LONG_AGO: Final = 45
"""Days since sites were found out of order."""


SELDOM: Final = (
    ("02-07", "横幅"),
    ("01-08", "乱拉管线"),
    ("01-03", "路缘接坡"),
    ("05-05", "路面下陷"),
    ("01-11", "乱倒建筑垃圾"),
)
"""Code and words of what the county's events hold none of, and reports count."""


def save_rounds(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    """Put the checks in, and the list of shops that follows from those of the month before last."""
    _check_fronts(session, tenant, county, actor)
    _check_sites(session, tenant, county, actor)
    _find_seldom(session, tenant, county, actor)


def _check_fronts(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    from geo.cases.frontages.checks.actions import Check, record_check
    from geo.cases.frontages.checks.monthly import draft_list, issue_list, notify_shops
    from geo.cases.frontages.queries import find_by_code

    ids = [find_by_code(session, tenant, code) for code in _signed(county)]
    running = county.today.replace(day=1)
    between = (running - dt.timedelta(1)).replace(day=1)
    month = (between - dt.timedelta(1)).replace(day=1)

    def check(n: int, on: dt.date, failed: tuple[str, ...], kind: str = "routine") -> None:
        at = dt.datetime.combine(on, dt.time(9 + n % 8, 10), LOCAL)
        uid = uuid.uuid5(NAMES, f"{county.seed}/front/{n}/{on}")
        given = Check(uid, ids[n] or 0, at, kind, failed, staff=_person(county, n), permit_checked=True)
        record_check(session, tenant, given, actor=actor)

    for n in range(min(KEPT + BROKEN + 1, len(ids))):
        failed = () if n < KEPT else (("order",), ("hygiene", "order"), ("hygiene",))[n % 3]
        check(n, month + dt.timedelta(2 + n % 9), failed)
        again = failed if n < KEPT + BROKEN else ()
        check(n, month + dt.timedelta(14 + n % 9), again, "look_back" if failed else "routine")
    days = (county.today - running).days
    for n in range(KEPT + BROKEN + 1, len(ids)):
        annual = n % 4 == 0
        check(n, county.today - dt.timedelta(1 + n % max(days, 1)), ("order",) if n % 10 == 5 else (),
              "annual" if annual else "routine")  # fmt: skip
    number = draft_list(session, tenant, month, actor=actor)
    told = between + dt.timedelta(4)
    notify_shops(session, tenant, number, told + dt.timedelta(6), told_on=told, actor=actor)
    issue_list(session, tenant, number, actor=actor)


def _check_sites(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    from geo.cases.worksites.checks import Finding, SiteCheck, record_check

    sites = county.layers["worksite"]
    found = (
        (Finding("wash", "corrected", 2),), (Finding("dust", "source_fixed"),), (), (Finding("cover", "corrected", 3),),
        (Finding("hoarding", "open"), Finding("dust", "open")), (),
    )  # fmt: skip
    kinds = sites["site_type"].isin(["site", "demolition", "batching"]) & (sites["works"] == "working")
    for n, site in enumerate(sites[kinds].itertuples()):
        for visit, ago in enumerate((LONG_AGO + n, 6 + n % 4, 1)):
            if visit == 2 and n % 3:
                continue
            before = visit == 0 and site.site_type != "batching"
            at = dt.datetime.combine(county.today - dt.timedelta(ago), dt.time(9 + n % 8, 40), LOCAL)
            uid = uuid.uuid5(NAMES, f"{county.seed}/site/{n}/{visit}")
            given = SiteCheck(
                uid, str(site.code), at, found[n % len(found)] if before else (), staff=_person(county, n),
                permit_checked=True,
            )  # fmt: skip
            record_check(session, tenant, given, actor=actor)


def _find_seldom(session: Session, tenant: str, county: SampleCounty, actor: str) -> None:
    """One of each beside a street of another 片区, reported by a patrol."""
    from geo.cases.flow.actions import open_problem
    from geo.cases.flow.orders import Draft

    shops = county.layers["frontage"]
    for n, (code, words) in enumerate(SELDOM):
        spot = shops.geometry.iloc[(67 * n + 11) % len(shops)].interpolate(0.5, normalized=True)
        at = dt.datetime.combine(county.today - dt.timedelta(LONG_AGO + n), dt.time(15, 10 * n), LOCAL)
        uid = uuid.uuid5(NAMES, f"{county.seed}/seldom/{n}")
        draft = Draft(
            uid, code, "patrol", at, lon=spot.x, lat=spot.y, description=words, quantity=1, staff=_person(county, n),
            actor=actor, permit_checked=True,
        )  # fmt: skip
        open_problem(session, tenant, draft)


def _signed(county: SampleCounty) -> list[str]:
    """Codes of shops whose agreement is in force, here and there along the streets."""
    papers = county.agreements
    valid = papers["shop_code"].isin(county.layers["frontage"]["code"]) & (papers["valid_to_on"] >= county.today)
    codes: list[str] = papers[valid]["shop_code"].drop_duplicates().astype(str).tolist()
    return codes[::5][: KEPT + BROKEN + 1 + ONCE]


def _person(county: SampleCounty, n: int) -> str:
    """Somebody in service, each in turn."""
    codes = county.staff[county.staff["active"]]["code"]
    return str(codes.iloc[n % len(codes)])
