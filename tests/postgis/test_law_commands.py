"""The law at the command line: tables in and out, lists without names, expiry; nothing is signed here."""

from __future__ import annotations

import dataclasses
import json

import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from api.commands import ladder, penalties, powers, subjects
from api.jobs.clock import let_files_expire, make_rechecks_due, say_seizures
from geo.cases.codes.files import TableRefused, UnknownTable
from geo.cases.ladder.actions import Decision, IncidentDraft, NotAnIncident, decide, record_incident
from geo.cases.notices.actions import DocumentDraft, DocumentStep, draft_document, take_step
from geo.cases.penalties.referrals import ReferralDraft, refer
from geo.cases.permits.asking import PermitStands
from geo.cases.subjects.actions import confirm_subject, note_subject
from geo.cases.subjects.identity import Identity
from geo.errors import PianquError
from geo.uids import uuid7
from tests.assessed import assess
from tests.lawful import BODIES, POWERS, SYSTEM, TIERS, found, local, yesterday
from tests.postgis.test_penalties_actions import Office
from tests.postgis.test_story_06_the_ladder import EXEMPTIONS, MINOR

ON = yesterday()


@pytest.fixture
def run(database, settings, county, tmp_path, monkeypatch):
    monkeypatch.setenv("PIANQU_LANG", "zh")
    app = typer.Typer()
    for group in (powers, subjects, ladder, penalties):
        group.mount(app)

    def run(*arguments, file=None):
        words = [*arguments]
        if file is not None:
            path = tmp_path / "table.csv"
            path.write_text(file, encoding="utf-8")
            words.append(str(path))
        result = CliRunner().invoke(app, words, obj=dataclasses.replace(settings, tenant=county))
        if isinstance(result.exception, PianquError):
            raise result.exception
        assert result.exception is None, (result.output, result.exception)
        return json.loads(result.stdout) if "--json" in arguments else result.stdout

    return run


def test_tables_go_in_and_come_out_as_they_went_in(run, tmp_path):
    assert run("powers", "import", "--json", file=POWERS)["bands"] == 4
    assert "行政处罚 2 项" in run("powers", "import", file=POWERS)
    assert run("powers", "tiers", "--json", file=TIERS) == {"rows": 2}
    assert run("powers", "bodies", "--json", file=BODIES) == {"rows": 2}
    assert [body["kind"] for body in run("powers", "bodies", "--json")["bodies"]] == ["agency", "institution"]
    before = run("powers", "list", "--json")
    assert [item["code"] for item in run("powers", "list", "--kind", "permit", "--json")["items"]] == ["X-001"]
    run("powers", "export", str(tmp_path / "out.csv"))
    run("powers", "import", file=(tmp_path / "out.csv").read_text(encoding="utf-8"))
    assert run("powers", "list", "--json") == before
    with pytest.raises(TableRefused):
        run("powers", "import", file=POWERS.replace("行政处罚", "随便"))
    run("powers", "set", "ladder_months", "6", "--basis", "局务会")
    assert "ladder_months  6  (12)" in run("powers", "figures")
    rules = f"代码体系,事件代码,回溯期,范围,二违\n{SYSTEM},04-05,6,80,警告\n"
    for name, table in (("rules", rules), ("exemptions", EXEMPTIONS)):
        run("ladder", name, file=table)
        kept = [
            {k: v for k, v in row.items() if k not in ("set_at", "id")} for row in run("ladder", name, "--json")[name]
        ]
        run("ladder", "export", name, str(tmp_path / "again.csv"))
        run("ladder", name, file=(tmp_path / "again.csv").read_text(encoding="utf-8"))
        again = run("ladder", name, "--json")[name]
        assert kept == [{k: v for k, v in row.items() if k not in ("set_at", "id")} for row in again]
    assert "04-05" in run("ladder", "rules")
    with pytest.raises(UnknownTable):
        run("ladder", "export", "points", str(tmp_path / "x.csv"))


def test_lists_name_nobody_and_the_clock_does_what_is_due(run, database, county, settings, tmp_path):
    with database.begin(county) as session:
        office = Office(session, found(session, county, [ON, yesterday(500)]), tmp_path)
        subject = note_subject(session, county, office.keys, uuid7(), Identity("person", "张三丰"), "W", "aux")
        for one in (office.subject, subject):
            confirm_subject(session, county, one, "L1", "l1")
        for days in (500, 1):
            draft = IncidentDraft(uuid7(), SYSTEM, "04-05", local(yesterday(days)), 117.99, 28.3, subject)
            row = record_incident(session, county, draft, "AUX", "aux")
            decide(session, county, row["id"], Decision("persuade"), office.bureau("L1"))
        case = office.applies(applied_at=local(ON, 7))
        office.does(case, "file", at=local(ON, 8))
        sent = ReferralDraft(uuid7(), "县公安局", "涉嫌犯罪", local(ON, 9), ON, penalty_id=case)
        refer(session, county, sent, office.bureau("L1"))
        asked = {"uid": uuid7(), "kind": "rectify", "item": "P-001", "body": "B1", "lon": 117.99, "lat": 28.3}
        notice = draft_document(
            session, county, office.keys, DocumentDraft(**asked, subject_id=subject, due_on=ON), office.bureau("L1")
        )
        for step, service in (("issue", ""), ("serve", "direct")):
            for staff in ("L1", "L2"):
                order = DocumentStep(step, local(ON, 10), service=service)
                take_step(session, county, notice, order, office.bureau(staff))
    assert make_rechecks_due(database) >= 1
    assert let_files_expire(database) >= 1
    files = run("subjects", "list", "--reference", "督查 1", "--json")["subjects"]
    assert sorted(row["mask"] for row in files) == ["便民小吃", "张**"]
    listed = [
        run("subjects", "list", "--reference", "督查 1"), run("ladder", "list"), run("penalties", "list"),
        run("penalties", "overdue"), run("penalties", "referrals", "--late"), run("documents", "list"),
        run("documents", "overdue"), run("documents", "rechecks"),
        run("ladder", "shares", "--first", str(yesterday(9)), "--last", str(ON)),
        run("ladder", "points", "--first", str(yesterday(9)), "--last", str(ON)),
    ]  # fmt: skip
    assert "张三丰" not in "".join(listed)
    assert listed[1].count("04-05") == 1 and "县公安局" in listed[4] and "某城管责改字" in listed[6] + listed[7]
    assert run("penalties", "list", "--json")["penalties"][0]["state"] == "referred"
    assert run("documents", "rechecks", "--json")["rechecks"][0]["due_on"] == str(ON)
    assert run("ladder", "list", "--state", "confirmed", "--json")["incidents"][0]["proposed"] == "persuade"
    assert run("subjects", "deletions", "--json")["deletions"][0]["what"] == "ladder_incident"
    assert "没有到期" in run("subjects", "expire") and run("subjects", "expire", "--json") == {"deleted": []}


def test_what_was_exempted_is_shown_without_who_and_where(run, database, county, settings, tmp_path):
    run("ladder", "exemptions", file=EXEMPTIONS)
    with database.begin(county) as session:
        office = Office(session, found(session, county, [ON]), settings.home)
        subject = note_subject(session, county, office.keys, uuid7(), Identity("person", "张三丰"), "W", "aux")
        confirm_subject(session, county, subject, "L1", "l1")
        for days, step, conditions in ((40, "persuade", ()), (12, "caution", ()), (3, "exempt", MINOR)):
            draft = IncidentDraft(
                uuid7(), SYSTEM, "04-05", local(yesterday(days)), 117.99, 28.3, subject, conditions=conditions
            )
            row = record_incident(session, county, draft, "AUX", "aux")
            told = "已向张三丰说明法条,当场改正" if step == "exempt" else ""
            decide(session, county, row["id"], Decision(step, education=told), office.bureau("L1"))
    span = ("--first", str(yesterday(9)), "--last", str(ON))
    (sample,) = run("ladder", "samples", *span, "--json")["samples"]
    assert set(sample) == {"code", "name", "article", "event_code", "month", "conditions", "education"}
    assert (sample["code"], sample["education"]) == ("免-1", "已向张**说明法条,当场改正")
    out = tmp_path / "samples.csv"
    assert "免-1" in run("ladder", "samples", *span, "--out", str(out)) and "张三丰" not in out.read_text("utf-8-sig")
    assert run("ladder", "samples", "--first", str(yesterday(90)), "--last", str(yesterday(60)), "--json") == {
        "samples": []
    }


def test_an_incident_from_paper_is_asked_about_and_written_once(run, database, county, tmp_path):
    with database.begin(county) as session:
        found(session, county, [ON])
        session.execute(
            text(
                "INSERT INTO permit (tenant, source, source_key, number, kind, valid_from_on, valid_to_on, geom)"
                " VALUES (:t, 'test', 'p', '占2026-7', 'occupation', :on, :on, 'SRID=4490;POINT(117.99 28.3)')"
            ),
            {"t": county, "on": ON},
        )  # fmt: skip
    met = {"uid": str(uuid7()), "code_system": SYSTEM, "code": "04-05", "at": local(ON, 9).isoformat()}
    paper = json.dumps({**met, "lon": 117.99, "lat": 28.3})
    with pytest.raises(PermitStands):
        run("ladder", "record", "--staff", "AUX", file=paper)
    assert "劝导" in run("ladder", "record", "--staff", "AUX", "--permit-checked", file=paper)
    again = run("ladder", "record", "--staff", "AUX", "--json", file=paper)
    assert again["permits"] == ["占2026-7"]
    with pytest.raises(NotAnIncident):
        run("ladder", "record", "--staff", "AUX", file="{}")


def test_seizures_that_wait_for_the_head_are_listed_and_said_once(run, database, county, tmp_path):
    with database.begin(county) as session:
        office = Office(session, found(session, county, [ON]), tmp_path)
        assess(session, county, "KY-1", acts=("seize",))
        asked = {"uid": uuid7(), "kind": "seize", "item": "Q-001", "body": "B1", "lon": 117.99, "lat": 28.3}
        document = draft_document(
            session, county, office.keys, DocumentDraft(**asked, on_spot=True), office.bureau("L1")
        )
        for staff in ("L1", "L2"):
            take_step(session, county, document, DocumentStep("issue", local(ON, 0)), office.bureau(staff))
    (row,) = run("documents", "seizures", "--json")["seizures"]
    assert (row["document_id"], row["standing"]) == (document, "late")
    assert "已超时" in run("documents", "seizures")
    assert say_seizures(database) >= 1
    with database.begin(county) as session:
        said = text("SELECT count(*) FROM change WHERE tenant = :t AND kind = 'seizure.report_late'")
        assert session.execute(said, {"t": county}).scalar_one() == 1
