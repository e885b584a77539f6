"""Figures by the regime of the street (P07), figures told by hand, and what stood on a day that has passed."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from geo.cases.books import export_table, import_table
from geo.cases.codes.files import TableRefused
from geo.cases.flow.ground.actions import find_ground
from geo.cases.regimes.actions import set_regime
from geo.cases.statistics.export import rows_of
from geo.cases.statistics.records import list_records, total_of
from geo.cases.statistics.report import Report, count_baseline, count_figures
from geo.cases.statistics.streets import UnknownRegime
from geo.db.engine import Database
from tests.cases import Clerk, clerk_of, prepare

FIRST, LAST = dt.date(2026, 9, 1), dt.date(2026, 10, 31)
LATER = dt.datetime(2026, 10, 5, 1, tzinfo=dt.UTC)
ON_BORDER, OFF = (118.0001, 28.29), (117.99, 28.286)


@pytest.fixture(scope="module")
def town(database: Database) -> str:
    return prepare(database)


def streets_of(session: object, tenant: str) -> tuple[float, float]:
    """A place on the middle of the cross street."""
    sql = "SELECT ST_X(p), ST_Y(p) FROM (SELECT ST_Centroid(geom) AS p FROM road WHERE tenant = :t AND name = '横街') q"
    return tuple(session.execute(text(sql), {"t": tenant}).one())  # type: ignore[attr-defined, return-value]


def told(clerk: Clerk, *names: str, area: list[str] | None = None) -> dict[str, dict[str, float]]:
    report: Report = count_figures(
        clerk.session, clerk.tenant, FIRST, LAST, names=names, area=area, regimes=True
    )  # fmt: skip
    return {
        one.figure.name: {name: one.own_of(name) for name in one.regimes or {}} for one in report.figures
    }  # fmt: skip


def test_a_figure_is_told_by_the_regime_its_street_had_that_day_and_drills_to_it(database: Database, town: str) -> None:
    with clerk_of(database, town) as clerk:
        cross = streets_of(clerk.session, town)
        set_regime(clerk.session, town, "strict", dt.date(2026, 1, 1), street="界路", actor="li")
        set_regime(clerk.session, town, "standard", dt.date(2026, 1, 1), street="横街", actor="li")
        set_regime(clerk.session, town, "controlled", dt.date(2026, 10, 1), street="界路", actor="li")
        places = [ON_BORDER, ON_BORDER, cross, OFF]
        for lon, lat in places:
            clerk.open(lon=lon, lat=lat, quantity=2, unit="次")
        clerk.at = LATER
        for lon, lat in places[1:]:
            clerk.open(lon=lon, lat=lat, unit="次")
        found = told(clerk, "occupation", "problems_registered", "base_open", "licensed")
        assert found["occupation"] == {"strict": 4, "controlled": 1, "standard": 3, "off": 3}
        assert found["base_open"] == {"strict": 2, "controlled": 1, "standard": 2, "off": 2}
        assert found["licensed"] == {}
        west = told(clerk, "occupation", area=["W"])["occupation"]
        assert west == {"standard": 3, "off": 3}

        # The street of an event is the one a problem is opened under.
        rows = clerk.session.execute(text(
            "SELECT ST_X(e.geom) AS lon, ST_Y(e.geom) AS lat, e.occurred_at AS at, p.regime FROM event_place p"
            " JOIN event e ON e.tenant = :t AND e.id = p.event_id WHERE p.tenant = :t"), {"t": town}).all()  # fmt: skip
        assert len(rows) >= 7
        for row in rows:
            assert row.regime == find_ground(clerk.session, town, row.lon, row.lat, row.at).regime

        for name in ("occupation", "base_open"):
            (one,) = count_figures(clerk.session, town, FIRST, LAST, names=[name], regimes=True).figures
            assert one.regimes is not None and sum(map(one.own_of, one.regimes)) == one.own()
            for regime in one.regimes:
                records = list_records(clerk.session, town, name, FIRST, LAST, regime=regime)
                assert total_of(one.figure, records) == one.own_of(regime), (name, regime)
        report = count_figures(clerk.session, town, FIRST, LAST, names=["occupation"], regimes=True)
        assert [row[6] for row in rows_of(report) if row[4] == "街道:严管"] == [4]
        assert list_records(clerk.session, town, "licensed", FIRST, LAST, regime="strict") == []
        with pytest.raises(UnknownRegime):
            list_records(clerk.session, town, "occupation", FIRST, LAST, regime="lenient")


def test_a_register_with_places_of_its_own_is_told_by_street_too(database: Database, town: str) -> None:
    with clerk_of(database, town) as clerk:
        set_regime(clerk.session, town, "strict", dt.date(2026, 1, 1), street="界路", actor="li")
        for n, (lon, lat) in enumerate((ON_BORDER, ON_BORDER, OFF)):
            clerk.session.execute(text(
                "INSERT INTO hazard (tenant, source, source_key, number, category, level, status, description,"
                " found_at, closed_at, district_code, geom, staff_id, due_at) SELECT :t, 'x', :n, :n, 'tree',"
                " 'general', 'closed', '枯枝', :at, :at, 'E', ST_SetSRID(ST_Point(:lon, :lat), 4490), id, :at"
                " FROM staff WHERE tenant = :t LIMIT 1"),
                {"t": town, "n": str(n), "at": LATER, "lon": lon, "lat": lat})  # fmt: skip
        assert told(clerk, "hazards_mended")["hazards_mended"] == {"strict": 2, "off": 1}
        rows = list_records(clerk.session, town, "hazards_mended", FIRST, LAST, regime="strict")
        assert [row.label for row in rows] == ["0", "1"]


def test_what_no_register_holds_is_told_by_hand_and_nought_is_told_too(database: Database, town: str) -> None:
    table = (
        "指标,日期,片区,数量,依据\n发放禁炮倡议书,2026-10-01,W,１００００,宣传股台账\nwaste_collected,2026-10-31,,400.5,转运站日报\n"
        "生活垃圾转运率,2026-10-31,,400.5,转运站日报\n零事故,2026-10-31,,0,安全股\nfirework_leaflets,2026-11-01,E,7,下月\n"
    )
    with clerk_of(database, town) as clerk:
        asked = ["firework_leaflets", "waste_transfer", "no_accidents", "no_cases"]
        before = count_figures(clerk.session, town, FIRST, LAST, names=asked).figures
        assert {one.state for one in before} == {"empty"}
        assert import_table(clerk.session, town, "told_figures", table.encode()) == 5
        leaflets, moved, accidents, cases = count_figures(clerk.session, town, FIRST, LAST, names=asked).figures
        assert (leaflets.own(), leaflets.own("W"), leaflets.own("E")) == (10_000, 10_000, 0)
        assert (moved.numerator, moved.denominator, moved.permille) == (400.5, 400.5, 1000)
        assert (accidents.state, accidents.own(), cases.state) == ("counted", 0, "empty")
        (row,) = list_records(clerk.session, town, "firework_leaflets", FIRST, LAST, district="W")
        assert (row.amount, row.district_code) == (10_000, "W")
        again = table.replace("１００００", "9000")
        import_table(clerk.session, town, "told_figures", again.encode())
        assert count_figures(clerk.session, town, FIRST, LAST, names=asked[:1]).figures[0].own() == 9_000
        assert "firework_leaflets,2026-10-01,W,9000.00,宣传股台账" in export_table(clerk.session, town, "told_figures")
        for wrong in (table.replace(",W,", ",X,"), table.replace("零事故", "扬尘"), table.replace("400.5", "-1")):
            with pytest.raises(TableRefused):
                import_table(clerk.session, town, "told_figures", wrong.encode())


def test_what_was_open_on_a_day_that_has_passed_is_told_of_that_day(database: Database, town: str) -> None:
    with clerk_of(database, town) as clerk:
        clerk.close(clerk.open())  # found at nine, closed in the afternoon of the same Monday
        clerk.at += dt.timedelta(days=2)
        kept = clerk.open()
        day = clerk.at.date()

        def open_on(on: dt.date) -> float:
            told = count_baseline(clerk.session, town, on)
            return next(one.own() for one in told.figures if one.figure.name == "base_open")

        assert [open_on(day - dt.timedelta(days=n)) for n in (2, 1, 0)] == [0, 0, 1]
        clerk.at += dt.timedelta(days=3)
        clerk.close(kept)
        assert [open_on(clerk.at.date()), open_on(day)] == [0, 1]
