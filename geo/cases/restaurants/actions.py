"""The register of restaurants: what is overdue, which opened without a survey, what was said near them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.restaurants import queries
from geo.cases.restaurants.rules import SHEET, cleaning, days_of, propose_verdict
from geo.crs import degree_m
from geo.days import midnight
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.features.locate import district_at, districts_at
from geo.tables.restaurants import SURVEY_VERDICTS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SHEETS: Final = {SHEET.name: SHEET}
FAULTS: Final = ("no_device", "never", "overdue", "unsurveyed", "unfit")
"""未安装, 未清洗过, 逾期未清洗, 未经勘查开业, 勘查不合格仍开业."""

REACH_M: Final = 50.0


class UnknownRestaurant(NotFound):
    """There is no such restaurant."""


class BadDay(Invalid):
    """Something cannot have been done in the future."""


class VerdictTooMild(Conflict):
    """The law does not allow a kitchen there, so the survey cannot find the place fit."""


@dataclass(frozen=True, slots=True)
class Line:
    """A restaurant on a day; ``cleaning_due_on`` None without a rule. ``faults`` as :data:`FAULTS`."""

    id: int
    code: str
    name: str
    trade: str | None
    device: str
    street: str | None
    district_code: str | None
    opened_on: dt.date | None
    cleaned_on: dt.date | None
    cleaning_due_on: dt.date | None
    surveyed_on: dt.date | None
    verdict: str | None
    faults: tuple[str, ...]
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Survey:
    """新增餐饮现场勘查. ``verdict`` None takes what the law proposes."""

    uid: uuid.UUID
    restaurant: str
    surveyed_on: dt.date
    flue: bool
    housing: str
    device_planned: bool
    verdict: str | None = None
    note: str = ""


def list_restaurants(
    session: Session, tenant: str, on: dt.date, *, fault: str | None = None, area: Sequence[str] | None = None,
    survey_from: dt.date | None = None,
) -> list[Line]:  # fmt: skip
    """Restaurants in business or about to be, by number, with what is wrong with each on a local day.

    Parameters
    ----------
    fault
        Only those with it.
    survey_from
        Restaurants opened before this day needed no survey; by default all did that opened in the last 366 days.
    """
    county = get_county(session, tenant)
    rules = {row["trade"]: row["days"] for row in queries.load_rules(session, tenant)}
    rows = [row for row in queries.list_restaurants(session, tenant, on) if not _gone(row, on)]
    places = districts_at(session, county, [(row["lon"], row["lat"]) for row in rows])
    since = survey_from or on - dt.timedelta(days=366)
    lines = [_line(row, rules, places[row["lon"], row["lat"]], on, since) for row in rows]
    return [
        one for one in lines
        if (area is None or one.district_code in area) and (fault is None or fault in one.faults)
    ]  # fmt: skip


def record_cleaning(
    session: Session, tenant: str, uid: uuid.UUID, restaurant: str, cleaned_on: dt.date, *, actor: str,
    cleaner: str = "", seen: bool = False, area: Sequence[str] | None = None,
) -> bool:  # fmt: skip
    """Note a cleaning; False if it is known already.

    Raises
    ------
    UnknownRestaurant
        If there is none of that number, or it lies outside ``area``.
    BadDay
        If the day has not come yet.
    """
    row = _find(session, tenant, restaurant, cleaned_on, area)
    fresh = queries.add_cleaning(
        session, tenant, uid=uid, restaurant=row["id"], cleaned_on=cleaned_on, cleaner=cleaner.strip(), seen=seen,
        actor=actor,
    )  # fmt: skip
    if fresh:
        write_change(session, tenant, "restaurant.cleaned", facts={"restaurant": row["id"]}, actor=actor)
    return fresh


def record_survey(
    session: Session, tenant: str, survey: Survey, *, actor: str, area: Sequence[str] | None = None
) -> str:
    """Note a survey of the place of a kitchen; returns the verdict. The same again changes nothing.

    Raises
    ------
    UnknownRestaurant, BadDay
        As :func:`record_cleaning`.
    VerdictTooMild
        If the law says ``unfit`` and the surveyor something milder.
    """
    proposed = propose_verdict(survey.flue, survey.housing, survey.device_planned)
    verdict = survey.verdict or proposed
    if SURVEY_VERDICTS.index(verdict) < SURVEY_VERDICTS.index(proposed):
        raise VerdictTooMild("restaurants.too_mild", verdict=verdict, proposed=proposed)
    row = _find(session, tenant, survey.restaurant, survey.surveyed_on, area)
    fresh = queries.add_survey(
        session, tenant, uid=survey.uid, restaurant=row["id"], surveyed_on=survey.surveyed_on, flue=survey.flue,
        housing=survey.housing, device_planned=survey.device_planned, verdict=verdict, note=survey.note.strip(),
        actor=actor,
    )  # fmt: skip
    if fresh:
        facts = {"restaurant": row["id"], "verdict": verdict}
        write_change(session, tenant, "restaurant.surveyed", facts=facts, actor=actor)
    return verdict


def show_restaurant(
    session: Session, tenant: str, code: str, on: dt.date, *, days: int = 365, area: Sequence[str] | None = None
) -> dict[str, Any]:
    """A restaurant with its cleanings and surveys, and fume events and complaints within 50 m in the last days.

    Which codes are fume the table ``noise_codes`` says.
    """
    from geo.cases.noise.actions import codes_of

    row = _find(session, tenant, code, None, area)
    county = get_county(session, tenant)
    codes = codes_of(session, tenant, "fume")
    since = midnight(on - dt.timedelta(days=days), county.zone)
    degrees = 1.1 * REACH_M / min(degree_m(row["lat"]))
    near = queries.count_near(session, tenant, [row["id"]], since, codes, REACH_M, county.metric_srid, degrees)
    events, complaints = near[row["id"]]
    found = {"events_near": events, "complaints_near": complaints, "near_codes": codes}
    return {**row, **queries.list_history(session, tenant, row["id"]), **found}


def take_names(session: Session, tenant: str, *, actor: str) -> int:
    """Show restaurants outside as their shop fronts are shown; those without a front stay nameless there."""
    changed = queries.take_names(session, tenant)
    if changed:
        write_change(
            session, tenant, "restaurant.names_cleared", layer="restaurant", feature_ids=changed, actor=actor
        )  # fmt: skip
    return len(changed)


def list_rows(session: Session, tenant: str, name: str = SHEET.name) -> list[dict[str, Any]]:
    """How often devices are cleaned; ``name`` is the one table of this room."""
    del name
    return queries.load_rules(session, tenant)


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save rules; ``name`` is the one table of this room."""
    del name, actor
    queries.save_rules(session, tenant, rows)


def _gone(row: dict[str, Any], on: dt.date) -> bool:
    return row["closed_on"] is not None and row["closed_on"] <= on


def _find(session: Session, tenant: str, code: str, on: dt.date | None, area: Sequence[str] | None) -> dict[str, Any]:
    county = get_county(session, tenant)
    today = county.today()
    rows = queries.list_restaurants(session, tenant, today, code)
    if not rows or not (area is None or district_at(session, county, rows[-1]["lon"], rows[-1]["lat"]) in area):
        raise UnknownRestaurant("restaurants.unknown", restaurant=code)
    if on is not None and on > today:
        raise BadDay("restaurants.future", day=on.isoformat())
    return rows[-1]


def _line(row: dict[str, Any], rules: dict[str, int], district: str | None, on: dt.date, since: dt.date) -> Line:
    state = cleaning(row["device"], row["cleaned_on"], row["device_on"], days_of(rules, row["trade"]), on)
    opened, found = row["opened_on"], [state.fault] if state.fault else []
    if opened is not None and since <= opened <= on:
        if row["surveyed_on"] is None or row["surveyed_on"] > opened:
            found.append("unsurveyed")  # type: ignore[arg-type]
        elif row["verdict"] == "unfit":
            found.append("unfit")  # type: ignore[arg-type]
    told = {name: row[name] for name in (
        "id", "code", "name", "trade", "device", "street", "opened_on", "cleaned_on", "surveyed_on", "verdict", "lon",
        "lat",
    )}  # fmt: skip
    return Line(**told, district_code=district, cleaning_due_on=state.due_on, faults=tuple(found))
