"""Story 14: the annual report.

All statistics for a period, units unmixed, each number drills to its records; run again it gives the same bytes; the
printed numbers of a county's public report come out of five times as many rows.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from geo.cases.statistics.events.actions import recount
from geo.cases.statistics.export import to_bytes, to_prose
from geo.cases.statistics.figures import get_figure
from geo.cases.statistics.records import list_records, total_of
from geo.cases.statistics.report import count_figures, printed
from geo.db.engine import Database
from tests.cases import prepare
from tests.yearbook import FIRST, LAST, PRINTED, TIMES, Maker


@pytest.fixture(scope="module")
def county(database: Database) -> tuple[str, Maker]:
    tenant = prepare(database)
    maker = Maker(database, tenant)
    maker.fill()
    with database.begin(tenant) as session:
        recount(session, tenant)
    return tenant, maker


def test_story_14_the_printed_numbers_come_out_of_five_times_as_many_rows(
    database: Database, county: tuple[str, Maker]
) -> None:
    tenant, maker = county
    assert maker.rows >= TIMES * sum(PRINTED.values())
    with database.begin(tenant) as session:
        report = count_figures(session, tenant, FIRST, LAST)
        told = {one.figure.name: one for one in report.figures}
        assert {name: told[name].own() for name in PRINTED} == PRINTED
        assert {told[name].state for name in PRINTED} == {"counted"}
        closed = told["calls_closed"]
        assert (closed.numerator, closed.denominator, closed.permille) == (16, 16, 1000)
        assert report.other_systems == {}

        # Units are said side by side and never added.
        dust = told["dust"].amounts
        assert [one.unit for one in dust] == ["处", "起"] and dust[0].amount == 95 and dust[1].amount > 0
        assert dust[0].rows < dust[0].amount  # several at one place

        # The parts make the whole; each number, and each part of it, drills to its records.
        for name in PRINTED:
            figure = get_figure(name)
            if figure.how != "distinct":
                parts = [told[name].own(district) for district in told[name].districts]
                assert sum(parts) == told[name].own(), name
            records = list(_all(session, tenant, name))
            assert total_of(figure, records) == PRINTED[name], name
            for district in told[name].districts:
                mine = list(_all(session, tenant, name, district=district))
                assert total_of(figure, mine) == told[name].own(district), (name, district)
        west = count_figures(session, tenant, FIRST, LAST, area=["W"])
        assert {one.figure.name: one.own() for one in west.figures if one.figure.name in PRINTED} == {
            name: told[name].own("W") for name in PRINTED
        }

        # What has no records says so instead of nought.
        assert told["firework_leaflets"].state == told["gas_inspections"].state == "empty"
        assert told["firework_leaflets"].as_json()["amount"] is None
        later = count_figures(session, tenant, dt.date(2030, 1, 1), dt.date(2030, 12, 31), names=["dust", "calls"])
        assert [(one.state, one.own()) for one in later.figures] == [("stale", 0), ("stale", 0)]
        assert all(one.newest and one.newest < "2030" for one in later.figures)
        words = to_prose(report)
        for words_of in (
            "治理扬尘污染95处",
            "整治占道经营8543次",
            "办结率100%",
            "立案查处7起",
            "签订门前四包责任书1032份",
        ):
            assert words_of in words
        assert "禁炮" not in words


def test_story_14_run_again_it_gives_the_same_bytes(
    database: Database, county: tuple[str, Maker], tmp_path: Path
) -> None:
    tenant, _ = county
    kinds = ("json", "csv", "xlsx")
    with database.begin(tenant) as session:
        first = {kind: to_bytes(count_figures(session, tenant, FIRST, LAST), kind) for kind in kinds}
    with database.begin(tenant) as session:
        recount(session, tenant)
    with database.begin(tenant) as session:
        again = {kind: to_bytes(count_figures(session, tenant, FIRST, LAST), kind) for kind in kinds}
        other = to_bytes(count_figures(session, tenant, FIRST, LAST - dt.timedelta(days=40)), "json")
    assert again == first and other != first["json"]
    rows = json.loads(first["json"])["figures"]
    assert [row["figure"] for row in rows] == [one.name for one in printed()]


def _all(session, tenant, name, district=None):  # type: ignore[no-untyped-def]
    """Every page of a figure's records."""
    after = 0
    while page := list_records(session, tenant, name, FIRST, LAST, district=district, after=after, most=5_000):
        yield from page
        after = page[-1].id
