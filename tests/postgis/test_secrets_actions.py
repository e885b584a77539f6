"""A county's keys: made once, told apart by their mark, never replaced behind anybody's back."""

from __future__ import annotations

import pytest

from geo.cases.secrets.actions import open_secrets
from geo.cases.secrets.sealing import KEY_FILE, KeyLost


def test_a_lost_key_is_an_error_that_names_its_file_and_no_new_one_is_made(database, county, tmp_path):
    with database.begin(county) as session:
        keys = open_secrets(session, county, tmp_path)
        sealed = keys.seal("张三丰", "subject.name")
    kept = (tmp_path / KEY_FILE).read_bytes()
    (tmp_path / KEY_FILE).unlink()
    with database.begin(county) as session, pytest.raises(KeyLost, match=KEY_FILE) as lost:
        open_secrets(session, county, tmp_path)
    assert lost.value.code == "secrets.key_lost" and not (tmp_path / KEY_FILE).exists()
    (tmp_path / KEY_FILE).write_bytes(b"x" * 32)
    with database.begin(county) as session, pytest.raises(KeyLost) as other:
        open_secrets(session, county, tmp_path)
    assert other.value.code == "secrets.key_other"
    (tmp_path / KEY_FILE).write_bytes(kept)
    with database.begin(county) as session:
        assert open_secrets(session, county, tmp_path).unseal(sealed, "subject.name") == "张三丰"
