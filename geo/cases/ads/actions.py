"""The register of ads as people read it: by fault, before a storm, counted over a year; and the rules it is held to."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.ads import queries
from geo.cases.ads.rules import SHEET, Ad, Grant, Rule, area_dm2, faults
from geo.cases.hazards.actions import HazardDraft, report_hazard
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Invalid, NotFound
from geo.features.locate import districts_at
from geo.tables.ads import LARGE_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SHEETS: Final = {SHEET.name: SHEET}
ADVERTISING: Final = "advertising"
"""Category of hazards that ads may have."""


class UnknownAd(NotFound):
    """There is no such ad."""


class NotAnAdsHazard(Invalid):
    """There is no such hazard, or it is of another category."""


@dataclass(frozen=True, slots=True)
class AdLine:
    """An ad with what is wrong with it on a day; ``hazard_level`` of its worst open hazard."""

    id: int
    code: str
    kind: str
    status: str
    name: str | None
    owner: str | None
    place: str | None
    street: str | None
    district_code: str | None
    area_dm2: int | None
    permit_number: str | None
    permitted_to_on: dt.date | None
    inspected_on: dt.date | None
    registered_on: dt.date | None
    removed_on: dt.date | None
    faults: tuple[str, ...]
    hazard_level: str | None
    hazards: int
    hazard_due_at: dt.datetime | None
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Figure:
    """A count with its unit and the ids it is counted from: of ads, or of lines of the ledger."""

    name: str
    quantity: float
    unit: str
    of: str
    ids: tuple[int, ...]


def list_ads(
    session: Session,
    tenant: str,
    on: dt.date,
    *,
    fault: str | None = None,
    kinds: Sequence[str] | None = None,
    area: Sequence[str] | None = None,
    status: str | None = "standing",
) -> list[AdLine]:
    """Ads by number with what is wrong with each on a local day.

    Parameters
    ----------
    fault
        Only those with it, one of :data:`geo.cases.ads.rules.FAULTS`, or ``hazard``.
    area
        Codes of the 片区 the reader is confined to; None: the whole county.
    """
    county = get_county(session, tenant)
    rules = {row["kind"]: Rule(row["most_dm2"], row["inspect_days"]) for row in queries.load_rules(session, tenant)}
    rows = queries.list_ads(session, tenant, status=status, kinds=kinds)
    places = districts_at(session, county, [(row["lon"], row["lat"]) for row in rows])
    lines = [_line(row, rules.get(row["kind"], Rule()), places[row["lon"], row["lat"]], on) for row in rows]
    return [
        one for one in lines
        if (area is None or one.district_code in area)
        and (fault is None or fault in one.faults or (fault == "hazard" and one.hazards))
    ]  # fmt: skip


def list_before_storm(session: Session, tenant: str, on: dt.date, *, area: Sequence[str] | None = None) -> list[AdLine]:
    """What the wind may bring down: ads with an open hazard, the worst first, then large ones not inspected in time.

    Among equals the larger first.
    """
    rank = {"major": 0, "general": 1, None: 2}
    shaky = [
        one for one in list_ads(session, tenant, on, area=area)
        if one.hazards or (one.kind in LARGE_KINDS and "uninspected" in one.faults)
    ]  # fmt: skip
    return sorted(shaky, key=lambda one: (rank[one.hazard_level], -(one.area_dm2 or 0), one.code))


def count_ads(
    session: Session, tenant: str, first_on: dt.date, last_on: dt.date, *, area: Sequence[str] | None = None
) -> list[Figure]:
    """Figures of a span of local days, both included, each with what it is counted from.

    大型户外广告设置点: on the register on the last day, and newly registered. Then what the ledger says was done, by
    measure, kind, how it ended and unit: 门头广告规范指导 is ``guide/signboard/conformed``.
    """
    large = list_ads(session, tenant, last_on, kinds=LARGE_KINDS, area=area, status=None)
    there = [
        one.id for one in large
        if (one.registered_on is None or one.registered_on <= last_on)
        and (one.removed_on is None or one.removed_on > last_on)
    ]  # fmt: skip
    new = [one.id for one in large if one.registered_on is not None and first_on <= one.registered_on <= last_on]
    done = [
        Figure(f"{row['measure']}/{row['kind']}/{row['state']}", float(row["quantity"]), row["unit"], "ad_order",
               tuple(row["ids"]))
        for row in queries.sum_done(session, tenant, first_on, last_on, area)
    ]  # fmt: skip
    return [
        Figure("large_registered", len(there), "处", "ad", tuple(there)),
        Figure("large_new", len(new), "处", "ad", tuple(new)),
        *done,
    ]


def get_ad(session: Session, tenant: str, ad: str | int) -> dict[str, Any]:
    """An ad by id or number.

    Raises
    ------
    UnknownAd
        If there is none.
    """
    number = queries.find_ad(session, tenant, ad) if isinstance(ad, str) else ad
    rows = queries.list_ads(session, tenant, status=None, ad_id=number) if number is not None else []
    if not rows:
        raise UnknownAd("ads.unknown", ad=str(ad))
    return rows[0]


def link_hazard(session: Session, tenant: str, ad: str | int, hazard: int, *, actor: str) -> None:
    """A hazard on the register of hazards is about this ad.

    Raises
    ------
    UnknownAd
        If there is no such ad.
    NotAnAdsHazard
        If there is no such hazard, or it is about something else.
    """
    row = get_ad(session, tenant, ad)
    category = queries.find_hazard(session, tenant, hazard)
    if category != ADVERTISING:
        raise NotAnAdsHazard("ads.not_a_hazard", hazard=hazard, category=category or "-")
    queries.link_hazard(session, tenant, row["id"], hazard)
    write_change(session, tenant, "ad.hazard_linked", facts={"ad": row["id"], "hazard": hazard}, actor=actor)


def raise_hazard(
    session: Session, tenant: str, ad: str | int, uid: uuid.UUID, level: str, found_at: dt.datetime,
    description: str, *, actor: str, staff: str | None = None,
) -> int:  # fmt: skip
    """Report a hazard of an ad to the register of hazards; returns the hazard's id. The same again changes nothing.

    Raises
    ------
    UnknownAd
        If there is no such ad.
    BadHazard, UnknownPerson
        As :func:`geo.cases.hazards.actions.report_hazard` says.
    """
    row = get_ad(session, tenant, ad)
    draft = HazardDraft(
        uid, ADVERTISING, level, row["lon"], row["lat"], found_at, description, row["place"] or row["street"] or "",
        staff=staff, actor=actor,
    )  # fmt: skip
    hazard = report_hazard(session, tenant, draft)
    queries.link_hazard(session, tenant, row["id"], hazard)
    return hazard


def show_as(session: Session, tenant: str, ad: str | int, shown: str, *, actor: str) -> None:
    """Say what an ad says as it may be told outside: nothing of it leaves before somebody has looked.

    Raises
    ------
    UnknownAd
        If there is no such ad.
    """
    row = get_ad(session, tenant, ad)
    queries.show_as(session, tenant, row["id"], shown.strip())
    box = (row["lon"], row["lat"], row["lon"], row["lat"])
    write_change(session, tenant, "ad.name_cleared", layer="ad", feature_ids=[row["id"]], box=box, actor=actor)


def list_rows(session: Session, tenant: str, name: str = SHEET.name) -> list[dict[str, Any]]:
    """What each kind may be; ``name`` is the one table of this room."""
    del name
    return queries.load_rules(session, tenant)


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save rules; ``name`` is the one table of this room."""
    del name, actor
    queries.save_rules(session, tenant, rows)


def _line(row: dict[str, Any], rule: Rule, district: str | None, on: dt.date) -> AdLine:
    size = area_dm2(row["width_m"], row["height_m"])
    grant = None
    if row["permit_status"] is not None:
        allowed = None if row["permit_area_m2"] is None else round(row["permit_area_m2"] * 100)
        grant = Grant(row["permit_status"], row["permit_from_on"], row["permit_to_on"], allowed)
    ad = Ad(
        row["kind"], size, row["permit_number"], row["valid_to_on"], row["registered_on"], row["inspected_on"]
    )  # fmt: skip
    found = faults(ad, grant, rule, on) if row["status"] == "standing" else ()
    return AdLine(
        **{name: row[name] for name in (
            "id", "code", "kind", "status", "name", "owner", "place", "street", "permit_number", "inspected_on",
            "registered_on", "removed_on", "hazard_level", "hazard_due_at", "lon", "lat",
        )},
        district_code=district, area_dm2=size, permitted_to_on=row["permit_to_on"] or row["valid_to_on"],
        faults=found, hazards=row["hazards"] or 0,
    )  # fmt: skip
