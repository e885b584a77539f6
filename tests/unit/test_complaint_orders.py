"""What other systems send, read by a mapping: dirt undone, every fault named with its field."""

from __future__ import annotations

import contextlib
import datetime as dt
import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.cases.complaints.orders import CALLER, Draft, Fault, FieldMap, MappingBroken, body_digest, read_order
from geo.cases.complaints.scrub import BLOT, scrub
from geo.cases.complaints.states import COMPLAINT, ENDED, FIELD_STEPS, LEADING_STEPS, NOTE_NEEDED, OWNED
from geo.cases.complaints.times import Unreadable, read_time
from geo.db.counties import County
from geo.messages import say
from geo.tables.complaints import COMPLAINT_STATES

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
COUNTY = County("990101", "示例县", 4548, "Asia/Shanghai", "cn", (117.8, 28.1, 118.2, 28.5))
HOTLINE = FieldMap(
    {
        "external_id": "order.no", "received_at": "created", "topic": "type", "content": "text",
        "place_text": "address", "lon": "x", "lat": "y", "due_at": "limit", "caller_name": "who",
        "caller_phone": "tel", "channel": "from",
    },
    {"channel": {"W": "web"}}, {"topic": "其他"},
)  # fmt: skip
ORDER = {
    "order": {"no": "２０２６-001"}, "created": "2026年3月1日8时5分", "type": "市容/占道经营",
    "text": " 王小二摆摊,电话13812345678 ", "address": "朝阳路１２号", "x": 118.0, "y": "28.3", "limit": "2026/3/9",
    "who": "王小二", "tel": "138 1234 5678", "from": "W",
}  # fmt: skip


def read(**changed: object) -> Draft | list[Fault]:
    return read_order({**ORDER, **changed}, HOTLINE, "12345", COUNTY, NOW, row=7)


def test_an_order_is_read_by_its_mapping_and_cleaned() -> None:
    found = read()
    assert isinstance(found, Draft)
    assert (found.external_id, found.channel, found.code, found.lon, found.lat) == (
        "2026-001", "web", "04-06", 118.0, 28.3,
    )  # fmt: skip
    assert found.received_at.isoformat() == "2026-03-01T00:05:00+00:00"
    assert found.due_at is not None and found.due_at.isoformat() == "2026-03-09T15:59:59+00:00"
    assert found.content == f"王**摆摊,电话{BLOT}" and found.place_text == "朝阳路12号"
    assert (found.caller.name, found.caller.phone, found.row) == ("王小二", "138 1234 5678", 7)


def test_what_is_due_on_a_day_may_be_done_on_that_day() -> None:
    ends = "2026-03-09T15:59:59+00:00"
    for said in ("2026-03-09", "2026年3月9日", "20260309", "46090", "２０２６/3/9"):
        found = read(limit=said)
        assert isinstance(found, Draft) and found.due_at is not None and found.due_at.isoformat() == ends, said
    found = read(limit="2026-03-01 00:04")
    assert isinstance(found, list) and found[0].code == "complaints.reject_due_early"
    found = read(limit="2026-03-01")
    assert isinstance(found, Draft) and found.due_at is not None and found.due_at > found.received_at


def test_what_is_left_out_is_taken_from_source_defaults_and_clock() -> None:
    found = read_order({"text": "垃圾没人清"}, HOTLINE, "12345", COUNTY, NOW)
    assert isinstance(found, Draft)
    assert (found.channel, found.topic, found.code, found.received_at) == ("12345", "其他", "01-10", NOW)
    assert found.external_id is None and found.lon is None and not found.caller.known


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"text": " \u3000"}, "content", "empty"),
        ({"text": "长" * 5001}, "content", "long"),
        ({"created": "昨天"}, "received_at", "time"),
        ({"created": "2026-03-02 09:00"}, "received_at", "time_range"),
        ({"created": "1889-03-09"}, "received_at", "time_range"),
        ({"limit": "2026-02-01"}, "due_at", "due_early"),
        ({"limit": "尽快"}, "due_at", "time"),
        ({"from": "鸽子"}, "channel", "channel"),
        ({"x": "东"}, "lon", "number"),
        ({"x": "nan"}, "lon", "number"),
        ({"x": 28.3, "y": 118.0}, "lon", "swapped"),
        ({"x": 121.0}, "lon", "outside"),
        ({"order": {"no": "9" * 81}}, "external_id", "long"),
    ],
)
def test_each_fault_names_row_field_and_mend(changed: dict[str, object], field: str, code: str) -> None:
    found = read(**changed)
    assert not isinstance(found, Draft)
    assert [(one.row, one.field, one.code) for one in found] == [(7, field, f"complaints.reject_{code}")]
    for language in ("zh", "en"):
        assert found[0].facts["field"] in say(found[0].code, language, **found[0].facts)  # type: ignore[operator]


def test_all_faults_of_an_order_are_told_at_once() -> None:
    found = read(text="", created="?", x="?")
    assert not isinstance(found, Draft) and [one.field for one in found] == ["received_at", "content", "lon"]


def test_a_shifted_point_is_shifted_back_and_none_at_all_is_no_fault() -> None:
    shifted = FieldMap(HOTLINE.fields, HOTLINE.values, HOTLINE.defaults, "gcj02")
    found = read_order(ORDER, shifted, "12345", COUNTY, NOW)
    assert isinstance(found, Draft) and found.lon is not None
    assert 0.003 < 118.0 - found.lon < 0.007
    for empty in ({"x": "", "y": ""}, {"x": 0, "y": "0"}, {"x": None, "y": None}):
        bare = read(**empty)
        assert isinstance(bare, Draft) and bare.lon is None


@pytest.mark.parametrize("bad", [{"palace": "x"}, {"topic": "x"}])
def test_a_mapping_that_cannot_be_is_refused(bad: dict[str, str]) -> None:
    with pytest.raises(MappingBroken):
        FieldMap(bad)
    with pytest.raises(MappingBroken):
        FieldMap({"content": "a"}, offset="mars")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from([*ORDER, "odd"]), json_values, max_size=12))
@example({"text": "\x1b"})
def test_whatever_is_sent_is_either_taken_or_told_why(body: dict[str, object]) -> None:
    found = read_order(body, HOTLINE, "12345", COUNTY, NOW)
    if isinstance(found, Draft):
        assert found.content and found.received_at <= NOW and (found.lon is None) == (found.lat is None)
    else:
        assert found
        for one in found:
            say(one.code, "zh", **one.facts)
            json.dumps(one.as_json())


@given(st.dictionaries(st.text(max_size=5), json_values, max_size=5))
def test_a_digest_knows_no_order_of_keys(body: dict[str, object]) -> None:
    assert body_digest(body) == body_digest(dict(reversed(body.items())))


@given(st.datetimes(dt.datetime(1990, 1, 2), dt.datetime(2100, 1, 1)).map(lambda at: at.replace(microsecond=0)))  # noqa: DTZ001
def test_a_time_is_read_alike_in_every_form(local: dt.datetime) -> None:
    forms = ("%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%Y年%m月%d日%H时%M分%S秒", "%Y%m%d%H%M%S", "%Y-%m-%dT%H:%M:%S")
    found = {read_time(local.strftime(form), "Asia/Shanghai") for form in forms}
    serial = (local - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)  # noqa: DTZ001
    found |= {read_time(f"{serial:.9f}", "Asia/Shanghai")}
    assert len(found) == 1


@given(st.text(max_size=12))
def test_a_time_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(Unreadable):
        assert read_time(text, "Asia/Shanghai").tzinfo is dt.UTC


@given(
    st.text(alphabet="电话是,工单号", max_size=6), st.from_regex(r"1[3-9]\d{9}", fullmatch=True, alphabet="0123456789")
)
def test_no_mobile_number_survives(before: str, number: str) -> None:
    assert number not in scrub(f"{before}{number}。")


def test_what_is_said_of_steps_is_true_of_the_table() -> None:
    assert set(COMPLAINT.states) == set(COMPLAINT_STATES)
    assert set(COMPLAINT.states) >= ENDED
    assert set(COMPLAINT.steps) >= NOTE_NEEDED | FIELD_STEPS | LEADING_STEPS | OWNED
    assert len(CALLER) == 3
