"""A bureau's tables go in whole or not at all, and come out as they went in."""

from __future__ import annotations

import pytest

from geo.cases import books
from geo.cases.codes import actions
from geo.cases.codes.files import TableRefused
from geo.db.engine import Database
from geo.errors import PianquError
from geo.messages import say
from tests.cases import prepare

GB = "GB/T 30428.2-2013"


@pytest.fixture
def town(database: Database) -> str:
    return prepare(database)


def refused(database: Database, town: str, name: str, text: str) -> PianquError:
    with pytest.raises(TableRefused) as caught, database.begin(town) as session:
        books.import_table(session, town, name, text.encode())
    assert say(caught.value.code, "zh", **caught.value.facts)
    return caught.value


def test_a_county_starts_with_the_lists_that_come_along_and_keeps_its_own_rows(database: Database, town: str) -> None:
    with database.begin(town) as session:
        assert not actions.ensure_codes(session, town)
        text = "代码,时限,时限单位\n04-06,90,紧急工作时\n"
        books.import_table(
            session, town, "limits", text.replace("代码,", "代码体系,代码,").replace("04-06", f"{GB},04-06").encode()
        )
        assert actions.load_limits(session, town).of(GB, "04-06", "*", "handle").amount == 90
        assert actions.get_code(session, town, "04-06")["version"] == "2013"
        local = actions.get_code(session, town, "04-93", "ext-sample-2026")
        assert local["zh"] == "共享单车"


def test_an_older_vintage_is_answered_by_its_successor(database: Database, town: str) -> None:
    with database.begin(town) as session:
        old = actions.get_code(session, town, "05-04", "CJ/T 214-2007")
        assert (old["code_system"], old["code"], old["zh"]) == (GB, "04-05", "店外经营")
        with pytest.raises(actions.UnknownCode):
            actions.get_code(session, town, "05-99", "CJ/T 214-2007")


def test_a_local_extension_and_its_crosswalk_come_in_by_csv(database: Database, town: str) -> None:
    codes = f"代码体系,代码,大类,名称,计量单位,扩展自\n测试县-2026,01-99,市容环境,油烟,处,{GB}\n"
    cross = "原体系,原代码,新体系,新代码\nCJ/T 214-2007,01-16,测试县-2026,01-99\n"
    with database.begin(town) as session:
        assert books.import_table(session, town, "codes", codes.encode()) == 1
        assert books.import_table(session, town, "crosswalk", cross.encode()) == 1
        found = actions.get_code(session, town, "01-16", "CJ/T 214-2007")
        assert (found["zh"], found["version"]) == ("油烟", "2026")
    error = refused(database, town, "crosswalk", "原体系,原代码,新体系,新代码\nx,1,y,2\n")
    assert error.facts["rows"][0]["code"] == "codes.row_unknown_code"  # type: ignore[index]


def test_a_matrix_with_a_gap_or_an_overlap_is_refused_naming_it(database: Database, town: str) -> None:
    error = refused(database, town, "matrix", "地点类别,地点,责任单位\n片区,W,S1\n片区,W,B\n")
    assert error.facts["overlaps"][0]["rows"] == [2, 3]  # type: ignore[index]
    assert error.facts["gaps"][0]["places"] == ["E", "-"]  # type: ignore[index]
    error = refused(database, town, "matrix", "地点类别,地点,责任单位,责任人\n片区,X,S1,\n全县,,S9,Z1\n")
    assert [one["field"] for one in error.facts["rows"]] == ["place", "org", "staff"]  # type: ignore[attr-defined]
    with database.begin(town) as session:
        assert len(actions.load_matrix(session, town).duties) == 2, "what stood before stands"


def test_a_whole_matrix_is_taken_and_given_back(database: Database, town: str) -> None:
    text = "代码,地点类别,地点,责任单位\n04-*,道路,界路,S1\n,片区,W,S1\n,全县,,B\n"
    with database.begin(town) as session:
        assert books.import_table(session, town, "matrix", text.encode()) == 3
        assert actions.check_matrix(session, town) == {"overlaps": [], "gaps": [], "gap_count": 0}
        out = books.export_table(session, town, "matrix")
        assert books.import_table(session, town, "matrix", out.encode()) == 3
        assert books.export_table(session, town, "matrix") == out
        proposed = actions.propose_matrix(session, town)
        assert books.import_table(session, town, "matrix", proposed.encode()) == 2


@pytest.mark.parametrize("name", ["codes", "crosswalk", "limits"])
def test_every_table_comes_out_as_it_went_in(database: Database, town: str, name: str) -> None:
    with database.begin(town) as session:
        actions.ensure_codes(session, town)
        out = books.export_table(session, town, name)
        books.import_table(session, town, name, out.encode())
        assert books.export_table(session, town, name) == out
