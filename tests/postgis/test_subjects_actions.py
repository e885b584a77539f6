"""Files of offenders: nothing readable in the database, every look logged, joined, split, expired and proved gone."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import text

from geo.cases.ladder.actions import Decision, IncidentDraft, decide, record_incident
from geo.cases.notices.actions import DocumentDraft, draft_document
from geo.cases.retention.actions import digest_of, expire_files
from geo.cases.retention.queries import list_proofs
from geo.cases.secrets.actions import open_secrets
from geo.cases.subjects import queries
from geo.cases.subjects.actions import (
    MergedOn,
    NoPurpose,
    NotConfirmed,
    Purpose,
    Reader,
    UnknownSubject,
    confirm_subject,
    find_matches,
    list_files,
    merge_subjects,
    note_subject,
    open_file,
    split_subjects,
    write_identity,
)
from geo.cases.subjects.identity import Identity, IdentityIncomplete, NumberTooEarly
from geo.uids import uuid7
from tests.lawful import SYSTEM, found, local, yesterday

WHO = Identity("person", "张三丰", phone="13812345678")
WHY = Purpose("ladder", "现场 2026-11-22")
HERE, THERE = Reader("l1", "L1", ("W",)), Reader("l3", "L3", ("E",))


@pytest.fixture
def files(database, county, tmp_path):
    with database.begin(county) as session:
        bureau = found(session, county, [yesterday(days) for days in (420, 380, 30, 2)])
        yield session, bureau, open_secrets(session, county, tmp_path)


def person(files, identity=WHO, district="W", confirmed=True):
    session, bureau, keys = files
    number = note_subject(session, bureau.tenant, keys, uuid7(), identity, district, "aux")
    if confirmed:
        confirm_subject(session, bureau.tenant, number, "L1", "l1")
    return number


def met(files, subject, days, lon=117.99, step="persuade", **more):
    session, bureau, _ = files
    draft = IncidentDraft(uuid7(), SYSTEM, "04-05", local(yesterday(days)), lon, 28.3, subject)
    row = record_incident(session, bureau.tenant, draft, "AUX", "aux")
    return decide(session, bureau.tenant, row["id"], Decision(step, reason="-", **more), bureau("L1"))


def dump(session, tenant):
    """Every row of every table this county has, as text."""
    tables = session.execute(text(
        "SELECT table_name FROM information_schema.columns WHERE column_name = 'tenant' AND table_schema = 'public'"
    )).scalars()  # fmt: skip
    parts = []
    for name in sorted(set(tables)):
        parts += session.execute(text(f'SELECT t::text FROM "{name}" t WHERE tenant = :t'), {"t": tenant}).scalars()
    return "\n".join(parts)


def test_nothing_of_a_person_is_readable_in_the_database(files):
    session, bureau, keys = files
    number = person(files, Identity("shop", "王小二烧烤", "王小二", "13900001111", "92530523MA6ABCDE1X"))
    open_file(session, bureau.tenant, keys, number, HERE, WHY, whole=True)
    whole = dump(session, bureau.tenant)
    for secret in ("王小二", "13900001111", "92530523MA6ABCDE1X"):
        assert secret not in whole and secret.encode().hex() not in whole
    assert "王**烧烤" in whole


def test_a_look_needs_a_purpose_is_masked_unless_asked_and_always_logged(files):
    session, bureau, keys = files
    number = person(files)
    for bad in (Purpose("ladder", " "), Purpose("curiosity", "1")):
        with pytest.raises(NoPurpose):
            open_file(session, bureau.tenant, keys, number, HERE, bad)
    seen = open_file(session, bureau.tenant, keys, number, HERE, WHY)
    assert (seen["name"], seen["phone"]) == ("张**", "138****5678")
    assert open_file(session, bureau.tenant, keys, number, HERE, WHY, whole=True)["name"] == "张三丰"
    with pytest.raises(UnknownSubject):
        open_file(session, bureau.tenant, keys, number, THERE, WHY)
    looks = queries.list_accesses(session, bureau.tenant, number)
    assert [(one["actor"], one["whole"], one["purpose"]) for one in looks] == [
        ("l1", True, "ladder"), ("l1", False, "ladder")
    ]  # fmt: skip
    viewed = session.execute(text("SELECT count(*) FROM change WHERE tenant = :t AND kind = 'subject.viewed'"),
                             {"t": bureau.tenant})  # fmt: skip
    assert viewed.scalar_one() == 2


def test_a_file_is_found_by_number_however_written_and_elsewhere_tells_only_where(files):
    session, bureau, keys = files
    number = person(files)
    asked = Identity("person", "张 三丰", phone="+86 138-1234-5678")
    (mine,) = find_matches(session, bureau.tenant, keys, asked, HERE, WHY)
    assert (mine["id"], mine["mask"], mine["shared"]) == (number, "张**", ["name", "phone"])
    (theirs,) = find_matches(session, bureau.tenant, keys, asked, THERE, WHY)
    assert (theirs["id"], theirs["mask"], theirs["district_code"]) == (None, "***", "W")
    assert len(queries.list_accesses(session, bureau.tenant, number)) == 2


def test_a_squad_sees_files_of_its_own_district_and_of_who_offended_there(files):
    session, bureau, _ = files
    mine, both = person(files), person(files, Identity("person", "李四"), "W")
    met(files, both, 2, lon=118.01)
    listed = [row["id"] for row in list_files(session, bureau.tenant, THERE, WHY)]
    assert listed == [both]
    assert {row["id"] for row in list_files(session, bureau.tenant, HERE, WHY)} == {mine, both}


def test_no_identity_number_before_there_is_a_penalty(files):
    session, bureau, keys = files
    number_said = Identity("person", "张三丰", number="533023199001011234")
    with pytest.raises(NumberTooEarly):
        person(files, number_said)
    with pytest.raises(IdentityIncomplete):
        person(files, Identity("person", " "))
    number = person(files)
    with pytest.raises(NumberTooEarly):
        write_identity(session, bureau.tenant, keys, number, number_said, HERE, WHY)
    for staff in ("L1", "L2"):
        row = penalise(files, number, staff)
    assert row["state"] == "confirmed"
    write_identity(
        session, bureau.tenant, keys, number, number_said, HERE, Purpose("penalty", "某城管立〔2026〕0001号")
    )
    assert open_file(session, bureau.tenant, keys, number, HERE, WHY)["number"] == "5330************34"


def penalise(files, subject, staff):
    session, bureau, _ = files
    known = session.execute(
        text("SELECT id FROM ladder_incident WHERE tenant = :t AND state = 'waiting'"), {"t": bureau.tenant}
    ).scalar()
    if known is None:
        draft = IncidentDraft(uuid7(), SYSTEM, "04-05", local(yesterday(2)), 117.99, 28.3, subject)
        known = record_incident(session, bureau.tenant, draft, "L1", "l1")["id"]
    order = Decision("penalise", reason="情节严重", item="P-001", body="B1")
    return decide(session, bureau.tenant, known, order, bureau(staff))


def test_only_confirmed_files_are_joined_and_a_later_join_is_split_first(files):
    session, bureau, _ = files
    a, b, c = (person(files, Identity("person", name)) for name in ("甲甲", "乙乙", "丙丙"))
    noted = person(files, Identity("person", "丁丁"), confirmed=False)
    for kept, gone in ((a, noted), (a, a)):
        with pytest.raises(NotConfirmed):
            merge_subjects(session, bureau.tenant, kept, gone, "同一人", "L1", "l1")
    with pytest.raises(NoPurpose):
        merge_subjects(session, bureau.tenant, a, b, " ", "L1", "l1")
    first = merge_subjects(session, bureau.tenant, a, b, "同一人", "L1", "l1")
    second = merge_subjects(session, bureau.tenant, c, a, "同一人", "L1", "l1")
    with pytest.raises(MergedOn):
        split_subjects(session, bureau.tenant, first, "不是", "L1", "l1")
    split_subjects(session, bureau.tenant, second, "不是", "L1", "l1")
    split_subjects(session, bureau.tenant, first, "不是", "L1", "l1")
    with pytest.raises(MergedOn):
        split_subjects(session, bureau.tenant, first, "不是", "L1", "l1")
    merges = queries.list_merges(session, bureau.tenant, a)
    assert [one["split_by"] for one in merges] == ["l1", "l1"]


def old(session, tenant):
    """Let every file look as old as its oldest record could be."""
    session.execute(text("UPDATE subject SET made_at = made_at - interval '3 years' WHERE tenant = :t"), {"t": tenant})


def test_expired_records_go_are_proved_gone_and_what_a_penalty_rests_on_stays(files):
    session, bureau, keys = files
    gone, kept = person(files, Identity("person", "甲甲")), person(files, Identity("person", "乙乙"))
    expired = [met(files, gone, 420), met(files, gone, 380), met(files, None, 380)]
    fresh = met(files, kept, 30)
    cited = penalise(files, kept, "L1") and penalise(files, kept, "L2")
    session.execute(
        text("UPDATE ladder_incident SET at = at - interval '400 days' WHERE tenant = :t AND id = :i"),
        {"t": bureau.tenant, "i": cited["id"]},
    )
    old(session, bureau.tenant)
    today = yesterday(0)
    done = {one.what: one for one in expire_files(session, bureau.tenant, today)}
    assert {what: one.gone for what, one in done.items()} == {"ladder_incident": 3, "subject": 1}
    assert done["ladder_incident"].kept_for == {"penalty": 1}
    left = session.execute(text("SELECT id FROM ladder_incident WHERE tenant = :t ORDER BY id"), {"t": bureau.tenant})
    assert sorted(left.scalars()) == sorted([fresh["id"], cited["id"]])
    proofs = {row["what"]: row for row in list_proofs(session, bureau.tenant)}
    assert proofs["ladder_incident"]["ids_sha256"] == digest_of([str(row["uid"]) for row in expired])
    assert all(row["left_over"] == 0 for row in proofs.values())
    assert expire_files(session, bureau.tenant, today) == []
    with pytest.raises(UnknownSubject):
        open_file(session, bureau.tenant, keys, gone, HERE, WHY)
    logged = session.execute(text("SELECT count(*) FROM change WHERE tenant = :t AND kind = 'files.expired'"),
                             {"t": bureau.tenant})  # fmt: skip
    assert logged.scalar_one() == 2


def test_only_notices_expire_and_files_of_formal_acts_stay(files):
    session, bureau, keys = files
    who = person(files)

    def paper(kind, number="1", about=None):
        due = yesterday() if kind == "rectify" else None
        draft = DocumentDraft(uuid7(), kind, "P-001", "B1", 117.99, 28.3, subject_id=who, due_on=due, about_id=about)
        row = draft_document(session, bureau.tenant, keys, draft, bureau("L1"))
        said = {"number": number, "serial": row if number else None, "at": local(yesterday(400)) if number else None}
        session.execute(
            text("""UPDATE legal_document SET state = :state, number = :number, serial = :serial, issued_at = :at,
                    made_at = now() - interval '400 days' WHERE id = :id"""),
            {**said, "state": "filed" if number else "void", "id": row},
        )
        return row

    gone = [paper("rectify"), paper("scene_record"), paper("on_the_spot", number=None)]
    gone.append(paper("service_receipt", about=gone[0]))
    kept = [paper("on_the_spot"), paper("seize"), paper("keep_evidence")]
    kept.append(paper("service_receipt", about=kept[0]))
    (done,) = [one for one in expire_files(session, bureau.tenant, yesterday(0)) if one.what == "legal_document"]
    assert (done.gone, done.kept_for) == (len(gone), {"penalty": len(kept)})
    left = session.execute(text("SELECT id FROM legal_document WHERE tenant = :t ORDER BY id"), {"t": bureau.tenant})
    assert list(left.scalars()) == sorted(kept)


@pytest.mark.parametrize(("day", "gone"), [(dt.date(2027, 3, 10), 0), (dt.date(2027, 3, 11), 1)])
def test_a_record_goes_the_day_after_its_window_and_not_before(files, day, gone):
    session, bureau, _ = files
    row = met(files, None, 2)
    at = dt.datetime(2026, 3, 10, 15, 59, tzinfo=dt.UTC)  # 23:59 in the county
    session.execute(text("UPDATE ladder_incident SET at = :at WHERE id = :i"), {"at": at, "i": row["id"]})
    done = expire_files(session, bureau.tenant, day)
    assert sum(one.gone for one in done) == gone
