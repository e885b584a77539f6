"""Which member of staff an account is, and what each then sees of their own and of nobody else."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from icalendar import Calendar
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from api.auth.actions import AlreadyThere, UnknownName, add_account, link_account, unlink_account
from api.commands.people import ensure_demo_accounts
from api.pages import BuiltPage, Index, folder_of, write_index
from geo.db.engine import Database
from geo.patrol.people.actions import note_leave
from geo.settings import Settings
from maps.page import templates
from maps.texts import Texts
from tests.api.conftest import PASSWORD, Callers, Served
from tests.api.test_patrol import STARTS, add, fill_team

ON = dt.date(2026, 4, 1)


@pytest.fixture(scope="module")
def plan(database: Database, served: Served) -> int:
    """A published shift with a team in each 片区: M0 in W, M1 in E; M2 has duty and leave and no team."""
    tenant = served.tenant
    with database.begin(tenant) as session:
        add(session, "shift_kind", tenant=tenant, code="own", name="白班", start_time=dt.time(8), end_time=dt.time(16))
        staff = [
            add(session, "staff", tenant=tenant, code=f"M{n}", name=f"李四{n}", kind="auxiliary") for n in range(3)
        ]
        made = add(
            session, "shift_plan", tenant=tenant, on_date=ON, shift_code="own", version=1, status="published",
            starts_at=STARTS, ends_at=STARTS + dt.timedelta(hours=8), seed=1, iterations=10, input_digest="x",
            weight_served=2, weight_total=3, published_at=STARTS,
        )  # fmt: skip
        for code, district, person in (("O-W", "W", staff[0]), ("O-E", "E", staff[1])):
            fill_team(session, tenant, made, code, district, person, None)
        for person in (staff[0], staff[2]):
            add(session, "duty", tenant=tenant, on_date=ON, shift_code="own", staff_id=person, role="member")
        note_leave(session, tenant, "M2", ON, ON, "training")
    return made


FREE = """
DELETE FROM account_staff l USING staff s
WHERE l.tenant = :t AND s.tenant = l.tenant AND s.id = l.staff_id AND s.code = :s"""


@contextmanager
def client_of(served: Served, database: Database, login: str, role: str, staff: str | None) -> Iterator[httpx.Client]:
    """Somebody of the squad of 片区 W, signed in after it was said who they are."""
    with database.begin(served.tenant) as session:
        if (
            session.execute(
                text("SELECT 1 FROM account WHERE tenant = :t AND login = :l"), {"t": served.tenant, "l": login}
            ).first()
            is None
        ):
            add_account(session, served.tenant, login, PASSWORD, role, "S1")
        if staff is not None:  # whoever another test said they are
            session.execute(text(FREE), {"t": served.tenant, "s": staff})
            link_account(session, served.tenant, login, staff)
    with served.client() as client:
        answer = client.post("/session", json={"login": login, "password": PASSWORD})
        client.headers["X-CSRF-Token"] = answer.json()["csrf"]
        yield client


@pytest.fixture
def walker(served: Served, database: Database, plan: int) -> Iterator[httpx.Client]:
    """An officer who is M1: of the squad of W, planned in E."""
    with client_of(served, database, "walker", "officer", "M1") as client:
        yield client


def teams_of(client: httpx.Client, plan: int) -> list[str]:
    """Teams of a plan a caller sees, in lists, routes and GPX alike."""
    told = client.get(f"/patrol/plans/{plan}").json()
    teams = [team["code"] for team in told["teams"]]
    assert {stop["team"] for stop in told["stops"]} - {None} <= set(teams)
    assert [route["id"] for route in client.get(f"/patrol/plans/{plan}/routes").json()["features"]] == teams
    assert [code for code in ("O-E", "O-W") if code in client.get(f"/patrol/plans/{plan}/routes.gpx").text] == teams
    return teams


def test_who_walks_sees_their_own_route_whatever_area_their_unit_has(walker: httpx.Client, plan: int) -> None:
    assert walker.get("/session").json()["staff"] == "M1"
    assert [one["id"] for one in walker.get(f"/patrol/plans?on_date={ON}").json()["plans"]] == [plan]
    assert teams_of(walker, plan) == ["O-E"]


def test_who_leads_sees_the_area_and_who_plans_all_of_it_linked_or_not(
    served: Served, database: Database, signed_in: dict[str, httpx.Client], plan: int
) -> None:
    with client_of(served, database, "linked-leader", "leader", "M2") as leader:
        assert teams_of(leader, plan) == teams_of(signed_in["leader"], plan) == ["O-W"]
    assert teams_of(signed_in["planner"], plan) == ["O-E", "O-W"]


@pytest.mark.parametrize("role", ["officer", "auxiliary"])
def test_an_account_that_is_nobody_s_finds_no_route(signed_in: dict[str, httpx.Client], plan: int, role: str) -> None:
    for path in ("/patrol/plans", f"/patrol/plans/{plan}", f"/patrol/plans/{plan}/routes", "/me/day", "/me/leave"):
        answer = signed_in[role].get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "auth.not_linked"), path
        assert "pianqu account link" in answer.json()["detail"]
    assert signed_in[role].get(f"/patrol/scores?on_date={ON}").status_code == 200  # no route in it


def test_a_plan_they_are_not_in_is_not_there_for_who_walks(served: Served, database: Database, plan: int) -> None:
    with client_of(served, database, "no-team", "auxiliary", "M2") as client:
        assert client.get(f"/patrol/plans/{plan}").status_code == 404
        assert client.get(f"/patrol/plans?on_date={ON}").json() == {"plans": []}


def test_my_day_holds_my_team_my_stops_and_my_line(walker: httpx.Client, plan: int) -> None:
    answer = walker.get(f"/me/day?on={ON}")
    assert answer.headers["cache-control"] == "private, no-store"
    day = answer.json()
    assert (day["staff"], day["name"], day["away"], day["duties"]) == ("M1", "李四1", None, [])
    (shift,) = day["shifts"]
    assert (shift["id"], shift["team"]["code"], shift["team"]["members"]) == (
        plan, "O-E", [{"code": "M1", "name": "李四1"}]
    )  # fmt: skip
    assert [stop["team"] for stop in shift["stops"]] == ["O-E"]
    assert shift["route"]["coordinates"][0] == [118, 28.3]
    assert "李四0" not in answer.text and "O-W" not in answer.text
    assert walker.get("/me/day?on=2026-04-02").json()["shifts"] == []


def test_my_duty_my_leave_and_my_calendar_are_mine_alone(
    served: Served, database: Database, walker: httpx.Client, plan: int
) -> None:
    with client_of(served, database, "pupil", "auxiliary", "M0") as client:
        day = client.get(f"/me/day?on={ON}").json()
        assert [(duty["shift_code"], duty["start_time"]) for duty in day["duties"]] == [("own", "08:00:00")]
        assert client.get(f"/me/leave?first={ON}").json() == {"leave": []}
    with client_of(served, database, "away", "auxiliary", "M2") as client:
        assert client.get(f"/me/day?on={ON}").json()["away"] == "training"
        (leave,) = client.get(f"/me/leave?first={ON}").json()["leave"]
        assert (leave["staff"], leave["kind"]) == ("M2", "training")
        empty = client.get(f"/me/shifts.ics?first={ON}&days=2")
        assert not Calendar.from_ical(empty.content).walk("VEVENT")
    mine = walker.get(f"/me/shifts.ics?first={ON}&days=2")
    assert [str(event["SUMMARY"]) for event in Calendar.from_ical(mine.content).walk("VEVENT")] == ["白班 O-E组"]
    assert walker.get("/patrol/people/M0/shifts.ics").status_code == 403


def test_a_key_is_nobody_and_finds_nobody_s_day(served: Served, callers: Callers) -> None:
    with served.client(callers.everything) as system:
        assert system.get("/me/day").json()["code"] == "auth.not_linked"


def test_one_person_has_one_account_and_one_account_one_person(
    served: Served, database: Database, signed_in: dict[str, httpx.Client], plan: int, walker: httpx.Client
) -> None:
    admin = signed_in["administrator"]

    def say(login: str, staff: str) -> tuple[int, str]:
        answer = admin.put(f"/accounts/{login}/staff", json={"staff": staff})
        return answer.status_code, answer.json()["code"] if answer.content else ""

    with database.begin(served.tenant) as session:
        add(session, "staff", tenant=served.tenant, code="M8", name="李四8", kind="auxiliary")
        add(session, "staff", tenant=served.tenant, code="M9", name="李四9", kind="auxiliary", active=False)
        add_account(session, served.tenant, "second", PASSWORD, "officer", "S1")
    assert say("second", "M1") == (409, "auth.staff_taken")
    assert say("second", "M9") == say("second", "nobody") == (404, "auth.no_staff")
    assert say("no-such", "M8") == (404, "auth.no_account")
    assert say("second", "M8") == say("second", "M8") == (204, "")
    listed = {one["login"]: one for one in admin.get("/accounts").json()["accounts"]}
    assert (listed["second"]["staff"], listed["second"]["unit"], listed["walker"]["name"]) == ("M8", "S1", "李四1")
    assert "argon2" not in admin.get("/accounts").text
    assert admin.delete("/accounts/walker/staff").status_code == 204
    assert admin.delete("/accounts/walker/staff").status_code == 204
    assert say("second", "M1") == (204, "")  # M8 is free again
    assert say("walker", "M8") == (204, "")
    with client_of(served, database, "walker", "officer", None) as again:
        assert again.get(f"/me/day?on={ON}").json()["staff"] == "M8"
    admin.delete("/accounts/second/staff")
    with database.begin(served.tenant) as session:
        said = session.execute(
            text("SELECT kind, actor, facts FROM change WHERE tenant = :t AND kind LIKE 'account.%linked'"),
            {"t": served.tenant},
        ).all()
    assert {"account.linked", "account.unlinked"} == {row.kind for row in said} and "administrator" in {
        row.actor for row in said
    }


def test_who_left_is_behind_no_account(served: Served, database: Database, plan: int) -> None:
    with database.begin(served.tenant) as session:
        add(session, "staff", tenant=served.tenant, code="M7", name="李四7", kind="auxiliary")
    with client_of(served, database, "leaver", "officer", "M7") as client:
        assert client.get("/me/day").status_code == 200
    with database.begin(served.tenant) as session:
        session.execute(text("UPDATE staff SET active = false WHERE tenant = :t AND code = 'M7'"), {"t": served.tenant})
    with client_of(served, database, "leaver", "officer", None) as client:
        assert client.get("/me/day").json()["code"] == "auth.not_linked"


def test_the_database_too_refuses_a_second_account_of_one_person(database: Database, make_county: Any) -> None:
    tenant = make_county()
    with database.begin(tenant) as session:
        person = add(session, "staff", tenant=tenant, code="X", name="某", kind="auxiliary")
        for login in ("one", "two"):
            add_account(session, tenant, login, PASSWORD, "officer")
        link_account(session, tenant, "one", "X")
        with pytest.raises(AlreadyThere):
            link_account(session, tenant, "two", "X")
        with pytest.raises(UnknownName):
            unlink_account(session, tenant, "three")
        second = (
            "INSERT INTO account_staff (tenant, account_id, staff_id, linked_by) SELECT :t, id, :p, 'x' FROM account "
        )
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(text(second + "WHERE tenant = :t AND login = 'two'"), {"t": tenant, "p": person})


def test_pages_open_to_who_walks_only_as_their_own_sheet(
    served: Served, database: Database, settings: Settings, plan: int, signed_in: dict[str, httpx.Client]
) -> None:
    folder = folder_of(settings, served.tenant)
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "county": BuiltPage("county", None), "W": BuiltPage("district-001", ("W",)),
        "sheets/own/O-W": BuiltPage("sheet-1", ("W",), ("M0",)),
        "sheets/own/O-E": BuiltPage("sheet-2", ("E",), ("M1",)),
    }  # fmt: skip
    for page in pages.values():
        (folder / f"{page.stem}.zh.html").write_text("<p>页</p>", encoding="utf-8")
    write_index(folder, Index("2026-04-01", 1, "code", pages))
    with client_of(served, database, "own-page", "officer", "M0") as client:
        home = client.get("/dashboards", follow_redirects=False)
        assert (home.status_code, home.headers["location"]) == (303, "/dashboards/sheets/own/O-W?lang=zh")
        assert client.get("/dashboards/sheets/own/O-W").status_code == 200
        for closed in ("sheets/own/O-E", "W", "county"):
            assert client.get(f"/dashboards/{closed}").status_code == 403, closed
    unlinked = signed_in["officer"].get("/dashboards/sheets/own/O-W")
    assert (unlinked.status_code, unlinked.json()["code"]) == (404, "auth.not_linked")
    assert signed_in["leader"].get("/dashboards/W").status_code == 200
    assert signed_in["leader"].get("/dashboards/sheets/own/O-E").status_code == 403


def test_a_page_leads_only_to_pages_that_the_caller_may_open(
    served: Served, settings: Settings, signed_in: dict[str, httpx.Client]
) -> None:
    folder = folder_of(settings, served.tenant)
    folder.mkdir(parents=True, exist_ok=True)
    pages = {
        "county": BuiltPage("county", None), "problems": BuiltPage("ledger-problems", None, asked=("read", "case")),
        "placing": BuiltPage("ledger-placing", None, asked=("write", "layer")),
    }  # fmt: skip
    nav = str(templates().get_template("parts.html").module.topics(Texts("zh"), pages, "county"))  # type: ignore[attr-defined]
    for page in pages.values():
        (folder / f"{page.stem}.zh.html").write_text(nav, encoding="utf-8")
    write_index(folder, Index("2026-04-01", 1, "code", pages))
    for role, led_to in (("planner", [*pages]), ("desk", ["county", "problems"]), ("leader", ["problems"])):
        html = signed_in[role].get("/dashboards/problems").text
        assert re.findall(r'data-page="(\w+)"', html) == led_to, role
        assert signed_in[role].get("/dashboards/placing").status_code == (200 if "placing" in led_to else 403)


def test_demo_accounts_of_the_street_are_somebody_of_the_squad(database: Database, make_county: Any) -> None:
    tenant = make_county()
    with database.begin(tenant) as session:
        squad = add(session, "org_unit", tenant=tenant, code="S9", name="九中队", kind="squadron")
        other = add(session, "org_unit", tenant=tenant, code="S8", name="八中队", kind="squadron")
        box = "SRID=4490;MULTIPOLYGON(((118 28.2, 118.1 28.2, 118.1 28.3, 118 28.3, 118 28.2)))"
        add(
            session, "patrol_district", tenant=tenant, source="t", source_key="1", code="P", name="片区",
            org_unit_id=squad, geom=box,
        )  # fmt: skip
        valid = {"licence_no": "1", "licence_to_on": dt.date(2035, 1, 1)}
        for code, unit, kind, more in (
            ("B1", other, "auxiliary", {}), ("B2", squad, "auxiliary", {}), ("B3", squad, "regular", {}),
            ("B4", squad, "regular", valid),
        ):  # fmt: skip
            add(session, "staff", tenant=tenant, code=code, name=code, kind=kind, org_unit_id=unit, **more)
    ensure_demo_accounts(database, tenant)
    with database.begin(tenant) as session:
        rows = session.execute(
            text(
                "SELECT a.login, s.code FROM account_staff l "
                "JOIN account a ON a.tenant = l.tenant AND a.id = l.account_id "
                "JOIN staff s ON s.tenant = l.tenant AND s.id = l.staff_id WHERE l.tenant = :t ORDER BY 1"
            ),
            {"t": tenant},
        ).all()
    assert [tuple(row) for row in rows] == [("auxiliary", "B2"), ("leader", "B3"), ("officer", "B4")]
