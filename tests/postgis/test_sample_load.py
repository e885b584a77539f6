"""The sample county in the database: whole, once, and with a roster that goes on."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from data.make_county import NoPlaceForSample, OtherSampleLoaded, SampleCounty, load_county, refresh_county
from geo.cases.campaigns.actions import list_campaigns
from geo.cases.campaigns.figures import measure_campaign
from geo.cases.risks.actions import list_assessments
from geo.cases.statistics.events.actions import recount
from geo.cases.statistics.records import list_records, total_of
from geo.cases.statistics.report import count_baseline, count_figures
from geo.db.counts import count_of
from geo.db.engine import Database
from geo.organisation import actions, queries
from geo.tables.organisation import OrgUnit, Staff
from geo.tables.returns import Operation
from geo.tables.shifts import Duty
from geo.tables.supplies import MOVE_KINDS
from tests.sample import TODAY, sample_county

MOST = 100_000
FIGURES = 73
"""So many figures of the list have records in the shortened sample."""

BESIDES = {"event": 21, "contact_point": 1}
"""Rows that are not in the frames: problems found on rounds, and a place put on the map by hand."""


@pytest.fixture
def small() -> SampleCounty:
    """The sample with a few hundred events and houses: the load is the same, only shorter."""
    whole = sample_county()
    layers = {name: frame.head(300) if name in ("event", "building") else frame for name, frame in whole.layers.items()}
    return dataclasses.replace(whole, layers=layers)


def test_a_load_takes_every_row_and_a_second_changes_nothing(
    database: Database, county: str, small: SampleCounty
) -> None:
    reports = load_county(database, county, small)
    for name, frame in small.layers.items():
        assert (reports[name].added, reports[name].rejected_count) == (len(frame), 0), (name, reports[name].reasons)
        with database.begin(county) as session:
            assert count_of(session, county, name) == len(frame) + BESIDES.get(name, 0), name
    with database.begin(county) as session:
        before = session.scalar(select(func.count()).select_from(Duty).where(Duty.tenant == county))
    started = time.monotonic()
    assert load_county(database, county, small) == {}
    assert time.monotonic() - started < 2
    with database.begin(county) as session:
        assert session.scalar(select(func.count()).select_from(Duty).where(Duty.tenant == county)) == before
        assert session.scalar(select(func.count()).select_from(Staff).where(Staff.tenant == county)) == 48
        areas = select(func.count()).select_from(OrgUnit).where(OrgUnit.tenant == county, OrgUnit.area.isnot(None))
        assert session.scalar(areas) == 12
        look_at_campaigns(session, county)
        look_at_lists(session, county)
        drill(session, county)


def look_at_campaigns(session: Session, county: str) -> None:
    """Three 片区, three goals: each assessed, ended, its turnouts noted, its figures told, none in force any more."""
    rows = {one["code"]: one for one in list_campaigns(session, county)}
    assert {code: (one["state"], one["districts"]) for code, one in rows.items() if code != "ZX01"} == {
        "ZX02": ("ended", ["99010102"]), "ZX03": ("ended", ["99010103"]), "ZX04": ("ended", ["99010109"]),
    }  # fmt: skip
    assert rows["ZX01"]["state"] == "draft" and len({one["goal"] for one in rows.values()}) == 4
    shift = dt.datetime.combine(TODAY, dt.time(), ZoneInfo("Asia/Shanghai"))
    for code, days, turnouts in (("ZX02", 28, 28), ("ZX03", 21, 21), ("ZX04", 14, 7)):
        told = measure_campaign(session, county, code, now=shift)
        seconds = [told[part]["seconds"] // 86_400 for part in ("baseline", "during")]
        assert seconds == [28, days] and told["effort"]["people"] % turnouts == 0 < told["effort"]["person_minutes"]
        (risk,) = [one for one in list_assessments(session, county, "approved") if one["campaign"] == code]
        assert risk["author"] != risk["approver"] and risk["valid_to_on"] < TODAY
    running = Operation.tenant == county, Operation.kind == "campaign", Operation.to_at > shift
    assert session.scalar(select(func.count()).where(*running)) == 0


def look_at_lists(session: Session, county: str) -> None:
    """What a page counts stands in as many states as a reader must be shown; all by the county's own ways."""
    planted: dict[str, dict[object, int]] = {
        "legal_document.state": {
            "drafted": 1, "issued": 1, "served": 4, "extended": 1, "corrected": 2, "not_corrected": 1, "filed": 1,
        },
        "recheck.result": {"corrected": 2, "not_corrected": 1, "gone": 1, None: 2},
        "ladder_incident.step": {"persuade": 12, "caution": 8, "penalise": 2, "exempt": 2},
        "complaint_tie.kind": {"duplicate": 4, "repeat": 13},
        "frontage_list_row.colour": {"red": 14, "black": 3},
        "site_finding.outcome": {"corrected": 3, "source_fixed": 2, "open": 2},
        "building_plan.way": {"demolish": 3, "regularise": 1, "confiscate": 1},
        "waiting_place.state": {"waiting": 7, "placed": 1, "refused": 1},
    }  # fmt: skip
    for name, wanted in planted.items():
        table, column = name.split(".")
        statement = text(f"SELECT {column}, count(*) FROM {table} WHERE tenant = :tenant GROUP BY 1")
        assert dict(session.execute(statement, {"tenant": county}).tuples().all()) == wanted, name
    states = set(session.execute(text("SELECT state FROM complaint WHERE tenant = :t"), {"t": county}).scalars())
    assert states == {"received", "assigned", "verified", "replied", "review", "closed", "referred"}
    kinds = set(session.execute(text("SELECT kind FROM supply_move WHERE tenant = :t"), {"t": county}).scalars())
    assert kinds == set(MOVE_KINDS)
    nobody = text("SELECT count(*) FROM complaint WHERE tenant = :t AND geom IS NULL")
    assert session.execute(nobody, {"t": county}).scalar_one() == 6


def drill(session: Session, county: str) -> None:
    """Each figure of the list that the sample has anything for is the sum of its records, whole and in a 片区."""
    recount(session, county)
    first = TODAY - dt.timedelta(days=731)
    told = [(first, one) for one in count_figures(session, county, first, TODAY).figures]
    told += [(TODAY, one) for one in count_baseline(session, county, TODAY).figures]
    found = set[str]()
    for begin, one in told:
        name, places = one.figure.name, [None, *sorted(one.districts)[-1:]]
        for district in places if one.known else ():
            records = list_records(session, county, name, begin, TODAY, district=district, most=MOST)
            assert total_of(one.figure, records) == one.own(district), (name, district)
            found |= {name} if records else set()
    assert len(found) >= FIGURES, sorted({one.figure.name for _, one in told} - found)


def test_the_roster_is_carried_on_and_other_samples_are_refused(
    database: Database, county: str, small: SampleCounty
) -> None:
    assert not refresh_county(database, county)
    load_county(database, county, small)
    later = TODAY + dt.timedelta(100)
    assert refresh_county(database, county, today=later)
    with database.begin(county) as session:
        rostered = queries.rostered_days(session, county, later, later + dt.timedelta(13))
    assert len(rostered) == 14
    with pytest.raises(OtherSampleLoaded):
        refresh_county(database, county, 7)


def test_a_day_the_bureau_has_rostered_is_left_as_it_is(database: Database, county: str, small: SampleCounty) -> None:
    with database.begin(county) as session:
        actions.save_organisation(session, county, small.org_units, small.staff, small.vehicles, small.shift_kinds)
        one = small.duties.head(1)
        assert actions.save_duties(session, county, one) == 1
        assert actions.save_duties(session, county, small.duties) == (
            len(small.duties) - (small.duties["on_date"] == one["on_date"].iloc[0]).sum()
        )


def test_a_roster_with_an_unknown_person_is_refused(database: Database, county: str, small: SampleCounty) -> None:
    with database.begin(county) as session, pytest.raises(actions.UnknownCode) as refusal:
        actions.save_duties(session, county, small.duties.head(3))
    assert refusal.value.facts["what"] == "staff"


def test_the_sample_is_not_mixed_into_a_county_that_lies_elsewhere(
    database: Database, make_county: Callable[..., str], small: SampleCounty
) -> None:
    other = make_county(extent=(119.9, 30.1, 120.2, 30.3))
    with pytest.raises(NoPlaceForSample):
        load_county(database, other, small)
    with database.begin(other) as session:
        assert session.scalar(select(func.count()).select_from(Staff).where(Staff.tenant == other)) == 0
