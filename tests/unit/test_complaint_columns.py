"""Rows of a file are read the same whether all at once or one by one."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geo.cases.complaints.bulk import columns
from geo.cases.complaints.bulk.columns import read_columns
from geo.cases.complaints.orders import Draft, Fault, FieldMap, read_orders
from geo.db.counties import County

NOW = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)
COLUMNS = ("编号", "渠道", "时间", "类别", "代码", "内容", "地址", "经度", "纬度", "时限", "姓名", "电话", "保密")
FIELDS = dict(
    zip(
        ("external_id", "channel", "received_at", "topic", "code", "content", "place_text", "lon", "lat", "due_at",
         "caller_name", "caller_phone", "confidential"), COLUMNS, strict=True,
    )
)  # fmt: skip
MAPPINGS = (
    FieldMap(FIELDS),
    FieldMap(FIELDS, {"topic": {"摆摊": "市容环境>占道经营"}}, {"topic": "其他"}, "gcj02"),
    FieldMap({"content": "内容", "lon": "经度", "lat": "纬度"}, {}, {"received_at": "2026-03-01 08:00"}, "bd09"),
)
FIRST, LAST, SERIAL = (dt.datetime(*day) for day in ((1985, 1, 1), (2026, 4, 1), (1899, 12, 30)))  # noqa: DTZ001
ZONES = ("Asia/Shanghai", "America/Chicago")

moments = st.one_of(
    st.datetimes(FIRST, LAST).flatmap(
        lambda at: st.sampled_from(
            (
                f"{at:%Y-%m-%d %H:%M:%S}", f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}",
                f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute}分", f"{at:%Y%m%d%H%M%S}", f"{at:%Y%m%d%H%M}",
                f"{at:%Y-%m-%d}", f"{at:%Y%m%d}", f"{at.year}年{at.month}月{at.day}日",
                f"{at:%Y-%m-%dT%H:%M:%S+08:00}", f"{at.year}.{at.month}.{at.day} {at.hour}点",
                f"{(at - SERIAL).total_seconds() / 86_400:.6f}",
                f"{at:%Y-%m-%d %H:%M}".translate(str.maketrans("0123456789-:", "０１２３４５６７８９－：")),
            )
        )
    ),
    st.sampled_from(
        ("", "上个月", "2026-02-30 08:00", "2026-02-28 24:00", "1990-04-15 02:30", "1991-09-15 01:30",
         "2025-03-09 02:30", "2025-11-02 01:30", "1772323500", "1772323500000", "2026030108", "46082",
         "46082.0", "20260230", "2026年2月29日", "19940", "80001", "2025-03-09", "1991-09-15", "2026-3-1 8:5", "08:00")
    ),
)  # fmt: skip
numbers = st.one_of(
    st.floats(117.7, 118.3).map(lambda x: f"{x:.6f}"), st.floats(28.0, 28.6).map(lambda x: f"{x:.6f}"),
    st.sampled_from(("", "0", "１１８．１", "看不清", "nan", "1e400", "118.0", "28.3")),
)  # fmt: skip
words = st.one_of(
    st.text(alphabet="王小二占道经营路灯不亮 12３４号\u200b\n\ud800，", max_size=12),
    st.sampled_from(
        ("王小二反映楼下烧烤,电话13812345678", "路灯不亮,已持续3天", "  ", "字" * 5001, "１３８ 1234 5678")
    ),
)
rows = st.tuples(
    st.sampled_from(("GD1", "GD1", "ＧＤ2", "", "9" * 81)), st.sampled_from(("", "12345", "红网", "来电", "电报")),
    moments, st.sampled_from(("", "摆摊", "市容环境>占道经营", "其他")), st.sampled_from(("", "", "04-06")), words,
    words, numbers, numbers, moments, st.sampled_from(("", "王小二", "王", "已隐去")),
    st.sampled_from(("", "13812345678", "１３８")),
    st.sampled_from(("", "是", "Yes", "否")),
)  # fmt: skip
GOOD = (
    "GD1",
    "",
    "2026-03-01 08:00:00",
    "摆摊",
    "",
    "路灯不亮",
    "朝阳路12号",
    "118.1",
    "28.3",
    "",
    "王小二",
    "138",
    "是",
)


def each(
    numbers: list[int], cells: dict[str, list[str]], mapping: FieldMap, county: County
) -> list[Draft | list[Fault]]:
    """What was read, in the order of the rows."""
    read, faulty = read_columns(numbers, cells, mapping, "12345", county, NOW)
    odd, drafts = dict(faulty), iter(read.drafts())
    return [odd[at] if at in odd else next(drafts) for at in range(len(numbers))]


@given(st.lists(rows, max_size=5), st.sampled_from(MAPPINGS), st.sampled_from(ZONES))
@example([GOOD, (*GOOD[:2], "2026-02-30 08:00", *GOOD[3:])], MAPPINGS[0], ZONES[0])
@example([(*GOOD[:2], "1990-04-15 00:30", *GOOD[3:])], MAPPINGS[0], ZONES[0])
def test_columns_are_read_as_rows_are(found: list[tuple[str, ...]], mapping: FieldMap, zone: str) -> None:
    county = County("990101", "示例县", 4548, zone, "cn", (117.8, 28.1, 118.2, 28.5))
    stripped = [tuple(cell.strip() for cell in row) for row in found]
    cells = {name: [row[at] for row in stripped] for at, name in enumerate(COLUMNS)}
    bodies = [(number, dict(zip(COLUMNS, row, strict=True))) for number, row in enumerate(stripped, 2)]
    numbers = [number for number, _ in bodies]
    assert each(numbers, cells, mapping, county) == read_orders(bodies, mapping, "12345", county, NOW)


def test_days_alone_are_read_with_their_column(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files whose limit is a day were read row by row."""
    county = County("990101", "示例县", 4548, ZONES[0], "cn", (117.8, 28.1, 118.2, 28.5))
    days = ["2026-03-02", "2026年3月2日", "20260302", "46083", "2026/3/2"]
    cells = {name: [cell] * len(days) for name, cell in zip(COLUMNS, GOOD, strict=True)} | {"时限": days}
    cells["时间"] = ["2026-03-01", "2026年3月1日", "20260301", "46082", "2026/3/1"]
    monkeypatch.delattr(columns, "read_told")
    read, faulty = columns.read_columns(range(5), cells, MAPPINGS[0], "12345", county, NOW)
    assert not faulty
    assert {one.received_at for one in read.drafts()} == {dt.datetime(2026, 2, 28, 16, tzinfo=dt.UTC)}
    assert {one.due_at for one in read.drafts()} == {dt.datetime(2026, 3, 2, 15, 59, 59, tzinfo=dt.UTC)}


def test_a_plain_row_is_a_complaint_and_an_odd_one_names_its_fault() -> None:
    county = County("990101", "示例县", 4548, ZONES[0], "cn", (117.8, 28.1, 118.2, 28.5))
    cells = {name: [cell, "上个月" if name == "时间" else cell] for name, cell in zip(COLUMNS, GOOD, strict=True)}
    good, bad = each([2, 3], cells, MAPPINGS[0], county)
    assert isinstance(good, Draft) and good.received_at == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    assert isinstance(bad, list) and [(one.row, one.code) for one in bad] == [(3, "complaints.reject_time")]
