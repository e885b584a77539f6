"""A bureau's year as its registers hold it: what its report prints, and five times as many rows that do not count.

The printed numbers are those of a county's public report of 2023 (县城管局 2023 总结). Everything else is made up from
a seed: repeats, void records, other years to the second, other ground, other units, other codes, drafts, withdrawals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any, Final

import geopandas
import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from geo.db.counts import count_step
from geo.db.engine import Database
from geo.layers.actions import save_frame
from geo.tables.base import Base
from geo.uids import uuid7
from tests.api.county import EAST, NORTH, SOUTH, WEST, point

YEAR: Final = 2023
FIRST, LAST = dt.date(YEAR, 1, 1), dt.date(YEAR, 12, 31)
SYSTEM: Final = "GB/T 30428.2-2013"
ZONE: Final = dt.timezone(dt.timedelta(hours=8))
BEGIN: Final = dt.datetime(YEAR, 1, 1, tzinfo=ZONE)
END: Final = dt.datetime(YEAR + 1, 1, 1, tzinfo=ZONE)
TIMES: Final = 5

PRINTED: Final = {
    "dust": 95, "occupation": 8543, "small_ads": 254, "waste_dumping": 59, "batching_sites": 57, "wet_working": 95,
    "large_ads": 90, "signboards": 234, "agreements_four": 1032, "haulage_filings": 13, "batching_filings": 11,
    "signboard_filings": 122, "excavation_permits": 8, "occupation_permits": 21, "calls": 16, "rectify_notices": 60,
    "penalties_filed": 7,
}  # fmt: skip
"""扬尘95处 占道经营8543次 小广告254次 建筑垃圾乱倒59次 混凝土工地57处 湿法作业95次 大型广告点90处 门头广告234处
门前四包1032份 备案13家/11份/122户 开挖8件 占道审批21件 来电16件(办结率100%) 责令改正60份 立案7起."""

CODES: Final = {"dust": ("03-04", "处"), "occupation": ("04-06", "次"), "small_ads": ("02-01", "次"),
                "waste_dumping": ("01-11", "次")}  # fmt: skip


class Maker:
    """Rows of one year of a county, the same for the same seed."""

    def __init__(self, database: Database, tenant: str, seed: int = 2023) -> None:
        self.database, self.tenant = database, tenant
        self.draw = np.random.default_rng(seed)
        self.rows = self.keys = 0

    def fill(self) -> None:
        """Write everything."""
        self.events()
        with self.database.begin(self.tenant) as session:
            self.sites(session)
            self.ads(session)
            self.permits(session)
            self.agreements(session)
            self.complaints(session)
            self.law(session)

    def inside(self) -> dt.datetime:
        """Some time of the year; now and then its first or last second."""
        at = self.draw.random()
        if at < 0.01:
            return BEGIN if at < 0.005 else END - dt.timedelta(seconds=1)
        return BEGIN + (END - BEGIN) * float(self.draw.random())

    def beside(self) -> dt.datetime:
        """Some time of the years around it; now and then one second off."""
        at = self.draw.random()
        if at < 0.1:
            return BEGIN - dt.timedelta(seconds=1) if at < 0.05 else END
        away = dt.timedelta(days=float(self.draw.random() * 360))
        return BEGIN - away if at < 0.55 else END + away

    def day(self, within: bool) -> dt.date:
        """A local day of the year, or of those around it."""
        return (self.inside() if within else self.beside()).astimezone(ZONE).date()

    def spot(self, outside: bool = False) -> tuple[float, float]:
        """Somewhere in the county's two 片区, or east of them."""
        lon, lat = self.draw.random(2)
        return (EAST + 0.01 + 0.05 * lon if outside else WEST + (EAST - WEST) * lon, SOUTH + (NORTH - SOUTH) * lat)

    def quantities(self, total: int) -> Iterator[int]:
        """Whole numbers that come to a total; most are 1."""
        while total > 0:
            one = min(total, 1 if self.draw.random() < 0.8 else int(self.draw.integers(2, 6)))
            total -= one
            yield one

    def events(self) -> None:
        """Four figures, with what does not count."""
        rows: list[dict[str, Any]] = []
        for name, (code, unit) in CODES.items():
            good = [self.event(code, unit, quantity) for quantity in self.quantities(PRINTED[name])]
            rows += good
            noise = TIMES * PRINTED[name] - len(good)
            for kind in self.draw.choice(6, noise, p=(0.25, 0.25, 0.25, 0.15, 0.05, 0.05)):
                one = self.event(code, unit, int(self.draw.integers(1, 4)), outside=kind == 3)
                if kind == 0:
                    one["duplicate_of"] = good[int(self.draw.integers(len(good)))]["source_key"]
                elif kind == 1:
                    one["duplicate_of"] = "void"
                elif kind == 2:
                    one["occurred_at"] = self.beside()
                elif kind == 4:
                    one["unit"] = "起"
                elif kind == 5:
                    one["code"] = "06-02"
                rows.append(one)
        self.draw.shuffle(rows)  # type: ignore[arg-type]
        frame = geopandas.GeoDataFrame(rows, geometry=geopandas.points_from_xy(
            [row.pop("lon") for row in rows], [row.pop("lat") for row in rows]), crs=4490)  # fmt: skip
        told = save_frame(self.database, self.tenant, "event", frame, "yearbook")
        assert not told.rejected, told
        self.rows += len(rows)

    def event(self, code: str, unit: str, quantity: int, outside: bool = False) -> dict[str, Any]:
        lon, lat = self.spot(outside)
        self.keys += 1
        return {
            "source_key": f"e{self.keys}", "code": code, "code_system": SYSTEM, "origin": "patrol", "unit": unit,
            "quantity": quantity, "occurred_at": self.inside(), "duplicate_of": None, "lon": lon, "lat": lat,
        }  # fmt: skip

    def write(self, session: Session, table: str, rows: list[dict[str, Any]]) -> list[int]:
        """Rows into a table; their ids, unless they are many."""
        self.rows += len(rows)
        known = Base.metadata.tables[table]
        names = dict.fromkeys(name for row in rows for name in row)
        given = [{"tenant": self.tenant, **{name: row.get(name) for name in names}} for row in rows]
        if len(rows) > 100:
            session.execute(insert(known), given)
            return []
        return list(session.execute(insert(known).returning(known.c.id, sort_by_parameter_order=True), given).scalars())

    def layer(self, session: Session, table: str, rows: list[dict[str, Any]]) -> None:
        """Rows into a map layer, its counter kept."""
        self.write(session, table, [{"source": "yearbook", "source_key": f"{n}", **row} for n, row in enumerate(rows)])
        count_step(session, self.tenant, table, len(rows))

    def sites(self, session: Session) -> None:
        """混凝土工地57处 in more checks than that; 湿法作业95次 at sites of every type."""
        rows = [self.site(f"B{n % PRINTED['batching_sites']:02d}", "batching", n < 40) for n in range(80)]
        rows += [self.site(f"S{n:02d}", "site", True) for n in range(PRINTED["wet_working"] - 40)]
        while len(rows) < TIMES * (PRINTED["batching_sites"] + PRINTED["wet_working"]):
            if self.draw.random() < 0.5:
                rows.append({**self.site("B99", "batching", True), "at": self.beside()})
            else:
                rows.append(self.site(f"D{self.draw.integers(30):02d}", "demolition", False))
        self.write(session, "site_check", rows)

    def site(self, code: str, kind: str, wet: bool) -> dict[str, Any]:
        items = ["dust", "wet"] if wet else ["dust"]
        return {
            "uid": uuid7(), "site_code": code, "site_type": kind, "district_code": "W", "at": self.inside(),
            "items": items, "actor": "made",
        }  # fmt: skip

    def ads(self, session: Session) -> None:
        """大型户外广告90处 standing at the year's end; 门头广告234处 guided in the year."""
        large = ("billboard", "rooftop", "pole", "screen")
        rows: list[dict[str, Any]] = []
        for number in range(TIMES * PRINTED["large_ads"]):
            one: dict[str, Any] = {
                "code": f"A{number}", "kind": large[number % 4], "status": "standing",
                "registered_on": dt.date(2015 + number % 9, 1 + number % 12, 1), "geom": point(*self.spot()),
            }  # fmt: skip
            if number >= PRINTED["large_ads"]:
                kind = number % 3
                if kind == 0:
                    one |= {"status": "removed", "removed_on": dt.date(YEAR, 12, 31)}
                elif kind == 1:
                    one["registered_on"] = dt.date(YEAR + 1, 1, 1)
                else:
                    one["kind"] = ("signboard", "light_box", "banner")[number % 9 // 3]
            rows.append(one)
        self.layer(session, "ad", rows)
        orders = [self.order(quantity) for quantity in self.quantities(PRINTED["signboards"])]
        while len(orders) < TIMES * PRINTED["signboards"]:
            changed = (
                {"state": "withdrawn"}, {"measure": "remove"}, {"ordered_on": self.day(False)}, {"kind": "light_box"}
            )[int(self.draw.integers(4))]  # fmt: skip
            orders.append({**self.order(2), **changed})
        self.write(session, "ad_order", orders)

    def order(self, quantity: int) -> dict[str, Any]:
        return {
            "uid": uuid7(), "kind": "signboard", "measure": "guide", "state": "ordered", "quantity": quantity,
            "unit": "处", "ordered_on": self.day(True), "geom": point(*self.spot()), "made_by": "made",
        }  # fmt: skip

    def permits(self, session: Session) -> None:
        """备案13家/11份/122户; 开挖8件, 占道审批21件: filings by who holds them, permits by paper."""
        kinds = {
            "haulage": ("haulage_filings", True), "batching": ("batching_filings", False),
            "signboard": ("signboard_filings", True), "excavation": ("excavation_permits", False),
            "occupation": ("occupation_permits", False),
        }  # fmt: skip
        rows = []
        for kind, (name, holders) in kinds.items():
            wanted = PRINTED[name]
            for number in range(TIMES * wanted):
                good = number < (wanted * 3 // 2 if holders else wanted)
                begins = self.day(good or number % 2 == 0)
                # What is no good is of another year, or revoked; a permit to dig is counted whatever came of it.
                revoked = not good and number % 2 == 0 and kind not in ("excavation", "occupation")
                if not good and not revoked:
                    begins = self.day(False)
                rows.append(
                    {
                        "number": f"{kind}-{number}", "kind": kind,
                        "holder": f"{kind}商{number % wanted}" if good else f"{kind}外{number}",
                        "status": "revoked" if revoked else "valid", "valid_from_on": begins,
                        "valid_to_on": begins + dt.timedelta(days=30), "geom": point(*self.spot()),
                    }
                )  # fmt: skip
        self.layer(session, "permit", rows)

    def agreements(self, session: Session) -> None:
        """门前四包1032份 signed in the year."""
        rows = []
        for number in range(TIMES * PRINTED["agreements_four"]):
            good = number < PRINTED["agreements_four"]
            other = number % 2 == 0
            signed = self.day(good or other)
            rows.append(
                {
                    "number": f"R{number}", "version": "three" if not good and other else "four", "signed_on": signed,
                    "valid_to_on": signed + dt.timedelta(days=365), "made_by": "made",
                }
            )  # fmt: skip
        self.write(session, "agreement", rows)

    def complaints(self, session: Session) -> None:
        """来电16件, all of them closed."""
        good = [self.complaint() for _ in range(PRINTED["calls"])]
        first = self.write(session, "complaint", good)
        rows = []
        for number in range(TIMES * PRINTED["calls"] - len(good)):
            changed: dict[str, Any] = (
                {"state": "void", "closed_at": None}, {"merged_into": first[number % len(first)]}, {"channel": "12345"},
                {"received_at": self.beside(), "closed_at": None},
            )[number % 4]  # fmt: skip
            rows.append({"merged_into": None, **self.complaint(), **changed})
        self.write(session, "complaint", rows)

    def complaint(self) -> dict[str, Any]:
        at = self.inside()
        return {
            "uid": uuid7(), "channel": "phone", "source": "desk", "received_at": at, "content": "占道",
            "state": "closed", "closed_at": at + dt.timedelta(days=2), "district_code": "W",
        }  # fmt: skip

    def law(self, session: Session) -> None:
        """责令改正60份 issued; 立案7起 filed."""
        body = {"code": "B1", "name": "城管局", "kind": "administrative", "head": "某城管"}
        body["kind"] = Base.metadata.tables["enforcement_body"].c.kind.info["about"].choices[0]
        item = {"code": "P1", "name": "占道经营", "article": "条例第三十四条"}
        item["kind"] = Base.metadata.tables["power_item"].c.kind.info["about"].choices[0]
        (body_id,), (item_id,) = (
            self.write(session, "enforcement_body", [body]),
            self.write(session, "power_item", [item]),
        )
        party = Base.metadata.tables["penalty"].c.party.info["about"].choices[0]
        gravity = Base.metadata.tables["penalty"].c.gravity.info["about"].choices[0]
        papers = []
        for number in range(TIMES * PRINTED["rectify_notices"]):
            changed: dict[str, Any] = {}
            if number >= PRINTED["rectify_notices"]:
                changed = (
                    {"state": "drafted", "number": None, "serial": None, "issued_at": None}, {"state": "void"},
                    {"kind": "deadline"}, {"issued_at": self.beside()},
                )[number % 4]  # fmt: skip
            papers.append(
                {
                    "uid": uuid7(), "kind": "rectify", "state": "issued", "number": f"某城管责改〔{YEAR}〕{number}号",
                    "year": YEAR, "serial": number, "body_id": body_id, "item_id": item_id, "district_code": "W",
                    "content_sealed": b"sealed", "issued_at": self.inside(), "made_by": "made",
                    "geom": point(*self.spot()), **changed,
                }
            )  # fmt: skip
        self.write(session, "legal_document", papers)
        who = {
            "uid": uuid7(), "kind": "shop", "state": "noted", "district_code": "W", "name_sealed": b"x", "mask": "某店",
            "name_hash": "x", "made_by": "made",
        }  # fmt: skip
        (subject,) = self.write(session, "subject", [who])
        cases = []
        for number in range(TIMES * PRINTED["penalties_filed"]):
            changed = {}
            if number >= PRINTED["penalties_filed"]:
                changed = ({"state": "applied", "filed_at": None}, {"filed_at": self.beside()})[number % 2]
            cases.append(
                {
                    "uid": uuid7(), "number": f"罚{number}", "state": "filed", "subject_id": subject,
                    "item_id": item_id, "body_id": body_id, "district_code": "W", "code_system": SYSTEM,
                    "code": "04-06", "party": party, "gravity": gravity, "filed_at": self.inside(), "made_by": "made",
                    **changed,
                }
            )  # fmt: skip
        self.write(session, "penalty", cases)
