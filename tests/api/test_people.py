"""Signing in and out, writing with a cookie, and what happens to those who guess."""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import text

from api.auth import actions
from api.auth.actions import ATTEMPTS, add_account, create_key, revoke, set_password
from api.auth.credentials import password_matches
from api.auth.recognition import REMEMBERED_S, Recognition
from api.commands.people import ensure_demo_accounts
from api.service import SIGN_INS
from geo.db.engine import Database
from tests.api.conftest import PASSWORD, Callers, Served


@pytest.fixture
def somebody(database: Database, served: Served, request: pytest.FixtureRequest) -> str:
    """A planner's account for one test."""
    login = f"p{abs(hash(request.node.name)) % 10**12}"
    with database.begin(served.tenant) as session:
        add_account(session, served.tenant, login, PASSWORD, "planner")
    return login


def sign_in(client: httpx.Client, login: str, password: str = PASSWORD) -> httpx.Response:
    """Try to sign in."""
    return client.post("/session", json={"login": login, "password": password})


def test_signing_in_sets_a_cookie_no_script_reads_and_signing_out_ends_it(served: Served, somebody: str) -> None:
    with served.client() as client:
        answer = sign_in(client, somebody)
        assert answer.status_code == 200
        cookie = answer.headers["set-cookie"].lower()
        assert "httponly" in cookie and "samesite=lax" in cookie and "path=/" in cookie
        token = client.cookies["pianqu"]
        me = client.get("/session").json()
        assert (me["name"], me["role"], me["csrf"]) == (somebody, "planner", answer.json()["csrf"])
        assert client.get("/jobs").status_code == 200
        assert client.delete("/session", headers={"X-CSRF-Token": me["csrf"]}).status_code == 204
    with served.client(Cookie=f"pianqu={token}") as thief:
        assert thief.get("/session").json()["name"] == "public"
        assert thief.get("/jobs").status_code == 401


def test_the_token_and_the_password_are_kept_as_hashes_only(served: Served, somebody: str, database: Database) -> None:
    with served.client() as client:
        sign_in(client, somebody)
        token = client.cookies["pianqu"]
    with database.begin(served.tenant) as session:
        rows = session.execute(
            text("SELECT account::text FROM account UNION ALL SELECT login_session::text FROM login_session")
        )
        everything = "".join(rows.scalars())
    assert token.partition(".")[2] not in everything and PASSWORD not in everything


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, "auth.csrf"),
        ({"X-CSRF-Token": "wrong"}, "auth.csrf"),
        ({"X-CSRF-Token": ""}, "auth.csrf"),
        ({"X-CSRF-Token": "right", "Origin": "http://evil.example"}, "auth.foreign_origin"),
        ({"X-CSRF-Token": "right", "Origin": "null"}, "auth.foreign_origin"),
        ({"X-CSRF-Token": "right", "Sec-Fetch-Site": "cross-site"}, "auth.foreign_origin"),
    ],
)
def test_a_write_by_cookie_needs_the_pages_token_and_our_own_site(
    served: Served, somebody: str, headers: dict[str, str], code: str
) -> None:
    with served.client() as client:
        csrf = sign_in(client, somebody).json()["csrf"]
        given = {name: value.replace("right", csrf) for name, value in headers.items()}
        answer = client.post("/patrol/plans", json={"date": "2026-03-01", "shift": "day"}, headers=given)
        assert (answer.status_code, answer.json()["code"]) == (403, code)
        own = {"X-CSRF-Token": csrf, "Origin": served.url, "Sec-Fetch-Site": "same-origin"}
        answer = client.post("/patrol/plans", json={"date": "2026-03-01", "shift": "of no county"}, headers=own)
        assert (answer.status_code, answer.json()["code"]) == (422, "patrol.unknown_shift")


def test_a_key_needs_no_page_token(served: Served, callers: Callers) -> None:
    with served.client(callers.everything) as client:
        answer = client.post("/layers/streetlight/imports", files={"file": ("a", b"x")}, data={"options": "?"})
    assert answer.json()["code"] == "jobs.bad_options"


def test_another_site_cannot_sign_a_browser_in(served: Served, somebody: str) -> None:
    with served.client(Origin="http://evil.example") as client:
        assert sign_in(client, somebody).status_code == 403


def test_guessing_locks_the_account_even_for_the_right_password_until_it_is_set_anew(
    served: Served, somebody: str, database: Database
) -> None:
    with served.client() as client:
        for _ in range(ATTEMPTS):
            assert sign_in(client, somebody, "wrong password").json()["code"] == "auth.not_recognised"
        assert sign_in(client, somebody).json()["code"] == "auth.locked"
        with database.begin(served.tenant) as session:
            set_password(session, served.tenant, somebody, "another password")
        assert sign_in(client, somebody, "another password").status_code == 200


def test_no_connection_is_held_while_a_password_is_hashed(
    served: Served, somebody: str, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[int] = []

    def hash_slowly(kept: str | None, password: str) -> bool:
        held.append(int(re.findall(r"Current Checked out connections: (\d+)", database.engine("app").pool.status())[0]))
        return password_matches(kept, password)

    monkeypatch.setattr(actions, "password_matches", hash_slowly)
    assert actions.sign_in(database, served.tenant, somebody, PASSWORD).login == somebody
    with pytest.raises(actions.NotRecognised):
        actions.sign_in(database, served.tenant, "nobody-of-that-name", PASSWORD)
    assert held == [0, 0]


@pytest.mark.parametrize(
    "change", ["locked_until_at = now() + interval '1 hour'", "password_hash = 'other'", "active = false"]
)
def test_what_happens_to_an_account_while_its_password_is_hashed_holds(
    served: Served, somebody: str, database: Database, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    def meanwhile(kept: str | None, password: str) -> bool:
        with database.begin(served.tenant) as session:
            session.execute(
                text(f"UPDATE account SET {change} WHERE tenant = :t AND login = :l"),
                {"t": served.tenant, "l": somebody},
            )
        return password_matches(kept, password)

    monkeypatch.setattr(actions, "password_matches", meanwhile)
    with pytest.raises((actions.Locked, actions.NotRecognised)):
        actions.sign_in(database, served.tenant, somebody, PASSWORD)


def test_guesses_made_at_once_are_counted_one_by_one_and_hashed_a_few_at_a_time(
    served: Served, somebody: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    running, most, counting = 0, 0, threading.Lock()

    def count(kept: str | None, password: str) -> bool:
        nonlocal running, most
        with counting:
            running += 1
            most = max(most, running)
        time.sleep(0.2)
        with counting:
            running -= 1
        return password == PASSWORD and kept is not None

    monkeypatch.setattr(actions, "password_matches", count)
    with served.client() as client, ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: sign_in(client, somebody, "wrong password").json()["code"], range(16)))
        assert answers.count("auth.not_recognised") == ATTEMPTS
        assert answers.count("auth.locked") == 16 - ATTEMPTS
        assert sign_in(client, somebody).json()["code"] == "auth.locked"
    assert 1 < most <= SIGN_INS


def test_a_lock_opens_by_itself(served: Served, somebody: str, database: Database) -> None:
    with served.client() as client:
        for _ in range(ATTEMPTS):
            sign_in(client, somebody, "wrong password")
        with database.begin(served.tenant) as session:
            session.execute(
                text("UPDATE account SET locked_until_at = :at WHERE tenant = :t AND login = :l"),
                {"at": dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1), "t": served.tenant, "l": somebody},
            )
        assert sign_in(client, somebody).status_code == 200


def test_a_login_that_is_not_there_is_answered_like_a_wrong_password(served: Served, somebody: str) -> None:
    with served.client() as client:
        absent, wrong = sign_in(client, "nobody-of-that-name"), sign_in(client, somebody, "wrong password")
    assert absent.status_code == wrong.status_code == 401
    assert absent.json()["code"] == wrong.json()["code"]


def test_an_account_signs_into_its_own_county_only(served: Served, somebody: str, neighbour: str) -> None:
    with served.client() as client:
        answer = client.post("/session", json={"login": somebody, "password": PASSWORD, "tenant": neighbour})
    assert answer.status_code == 401


def test_a_new_password_and_a_closed_account_end_running_sessions(
    served: Served, somebody: str, database: Database
) -> None:
    with served.client() as first, served.client() as second:
        sign_in(first, somebody)
        with database.begin(served.tenant) as session:
            set_password(session, served.tenant, somebody, "another password")
        assert first.get("/session").json()["name"] == "public"
        sign_in(second, somebody, "another password")
        with database.begin(served.tenant) as session:
            session.execute(
                text("UPDATE account SET active = false WHERE tenant = :t AND login = :l"),
                {"t": served.tenant, "l": somebody},
            )
        assert second.get("/session").json()["name"] == "public"
        assert sign_in(second, somebody, "another password").status_code == 401


def test_a_leader_knows_the_districts_of_their_squad(signed_in: dict[str, httpx.Client]) -> None:
    assert signed_in["leader"].get("/session").json()["area"] == ["W"]
    assert signed_in["planner"].get("/session").json()["area"] is None


def test_a_revoked_key_and_an_expired_one_open_nothing(served: Served, database: Database) -> None:
    with database.begin(served.tenant) as session:
        revoked = create_key(session, served.tenant, "to be revoked", ["layers:read"])
        expired = create_key(session, served.tenant, "old", ["layers:read"], dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        revoke(session, served.tenant, "to be revoked")
    for key in (revoked, expired):
        with served.client(str(key)) as client:
            assert client.get("/collections").status_code == 401


def test_a_session_is_no_key_and_a_key_no_session_even_while_they_are_remembered(
    served: Served, somebody: str, callers: Callers
) -> None:
    with served.client() as client:
        sign_in(client, somebody)
        assert client.get("/jobs").status_code == 200
        token = client.cookies["pianqu"]
    with served.client(token) as bearer:
        assert bearer.get("/jobs").status_code == 401
    with served.client(callers.everything) as keyed, served.client(Cookie=f"pianqu={callers.everything}") as cookie:
        assert keyed.get("/jobs").status_code == 200
        assert cookie.get("/session").json()["name"] == "public"


def test_a_recognised_caller_is_forgotten_after_a_few_seconds() -> None:
    from api.auth.permissions import Principal

    clock = [0.0]
    recognition = Recognition(lambda: clock[0])
    recognition.remember("secret", Principal("990101", "x"))
    assert recognition.find("secret") is not None and recognition.find("other") is None
    clock[0] = REMEMBERED_S + 0.1
    assert recognition.find("secret") is None


def test_demo_accounts_keep_their_passwords_and_are_readable_by_the_owner_alone(
    database: Database, served: Served, make_module_county: str
) -> None:
    tenant = make_module_county
    first = ensure_demo_accounts(database, tenant)
    assert ensure_demo_accounts(database, tenant) == first and len({password for _, password, _ in first}) == 6
    file = database.settings.home / "demo-accounts.json"
    assert file.stat().st_mode & 0o777 == 0o600
    with served.client() as client:
        for login, password, role in first:
            answer = client.post("/session", json={"login": login, "password": password, "tenant": tenant})
            assert answer.json()["role"] == role


def test_the_login_page_loads_nothing_foreign_and_its_script_is_its_own_file(served: Served) -> None:
    with served.client() as client:
        page = client.get("/login?next=/dashboards")
        assert "http" not in page.text.replace("http-equiv", "") and "<script>" not in page.text
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert client.get("/login.js").headers["content-type"].startswith("text/javascript")
