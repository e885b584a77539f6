"""Tables of people and vehicles: what a file does not say stays unsaid, and no letter is lost or made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.organisation.files import NotATable, read_staff, read_vehicles

TABLE = "工号,姓名,人员类别\nA01,张三丰,在编\nA02,李四光,辅助\nA03,王五一,辅助\n"


def put(tmp_path: Path, content: bytes) -> Path:
    """The bytes as a file."""
    path = tmp_path / "人员.csv"
    path.write_bytes(content)
    return path


def test_a_frame_has_the_columns_the_file_has(tmp_path: Path) -> None:
    assert list(read_staff(put(tmp_path, TABLE.encode()))[0]) == ["code", "name", "kind"]
    assert list(read_vehicles(put(tmp_path, "车牌,类别\nV1,汽车\n".encode()))[0]) == ["code", "kind"]


def test_half_a_licence_is_none_when_empty_and_a_bad_row_otherwise(tmp_path: Path) -> None:
    empty, bad = read_staff(put(tmp_path, "工号,姓名,类别,证号\nA1,张三,在编,\n".encode()))
    assert list(empty) == ["code", "name", "kind"] and not bad
    _, bad = read_staff(put(tmp_path, "工号,姓名,类别,有效期至\nA1,张三,在编,2027-06-30\n".encode()))
    assert [row.code for row in bad] == ["organisation.row_licence_half"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk", "gb18030"])
def test_names_are_read_in_the_encodings_bureaus_use(tmp_path: Path, encoding: str) -> None:
    table = TABLE.replace("王五一", "朱镕" if encoding == "gbk" else "㐂𠮷")
    frame, _ = read_staff(put(tmp_path, table.encode(encoding)))
    assert frame["name"].tolist() == ["张三丰", "李四光", "朱镕" if encoding == "gbk" else "㐂𠮷"]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("headings", ["工号,姓名,人员类别", "code,name,kind"])
def test_a_broken_name_is_refused_with_its_row_and_encoding(tmp_path: Path, encoding: str, headings: str) -> None:
    table = TABLE.replace("工号,姓名,人员类别", headings)
    head, tail = table.encode(encoding).split("光".encode(encoding))
    with pytest.raises(NotATable) as refused:
        read_staff(put(tmp_path, head + "光".encode(encoding)[:1] + tail))
    assert refused.value.facts == {"file": "人员.csv", "row": 3, "encoding": encoding}
