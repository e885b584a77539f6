"""Personal data: sealed, opened by the right key in the right place only, matched without being opened."""

from __future__ import annotations

import stat

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.cases.secrets.masks import mask_in, mask_name, mask_number
from geo.cases.secrets.sealing import KEY_FILE, KeyLost, SealBroken, Secrets, read_secrets

KEYS = Secrets("990101", b"s" * 32, b"m" * 32)
FIELD = "subject.name"


@settings(max_examples=30)
@given(st.text(max_size=60))
def test_what_is_sealed_opens_again_and_is_not_readable(text):
    sealed = KEYS.seal(text, FIELD)
    assert KEYS.unseal(sealed, FIELD) == text
    assert sealed != KEYS.seal(text, FIELD)
    assert len(text.encode()) < 4 or text.encode() not in sealed


@settings(max_examples=30)
@given(st.integers(0, 60), st.integers(1, 255))
def test_one_changed_bit_anywhere_and_nothing_is_guessed(at, flip):
    sealed = bytearray(KEYS.seal("张三丰 13800000000", FIELD))
    sealed[at % len(sealed)] ^= flip
    with pytest.raises((SealBroken, KeyLost)):
        KEYS.unseal(bytes(sealed), FIELD)


def test_sealed_text_does_not_open_elsewhere_or_with_another_key():
    sealed = KEYS.seal("张三丰", FIELD)
    other = Secrets("990102", KEYS.seal_key, KEYS.match_key)
    with pytest.raises(SealBroken):
        KEYS.unseal(sealed, "subject.phone")
    with pytest.raises(SealBroken):
        other.unseal(sealed, FIELD)
    with pytest.raises(KeyLost):
        Secrets("990101", b"t" * 32, b"m" * 32).unseal(sealed, FIELD)
    with pytest.raises(SealBroken):
        KEYS.unseal(sealed[:20], FIELD)


def test_keys_say_nothing_of_themselves():
    assert "ssss" not in repr(KEYS) and "mmmm" not in repr(KEYS)


def test_a_key_is_made_once_for_its_owner_alone_and_differs_by_county(tmp_path):
    first = read_secrets(tmp_path, "990101", may_make=True)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert read_secrets(tmp_path, "990101", may_make=False) == first
    other = read_secrets(tmp_path, "990102", may_make=False)
    assert first.match_hash("phone", "13800000000") != other.match_hash("phone", "13800000000")
    assert [path.name for path in tmp_path.iterdir()] == [KEY_FILE]


def test_a_lost_or_broken_key_is_said_and_never_replaced(tmp_path):
    with pytest.raises(KeyLost, match=KEY_FILE):
        read_secrets(tmp_path, "990101", may_make=False)
    assert not (tmp_path / KEY_FILE).exists()
    (tmp_path / KEY_FILE).write_bytes(b"short")
    with pytest.raises(KeyLost, match="5 bytes"):
        read_secrets(tmp_path, "990101", may_make=True)


@settings(max_examples=30)
@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_number_matches_itself_however_it_is_written(number):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    spaced = f"+86 {number[:3]}-{number[3:7]} {number[7:]}"
    assert len({KEYS.match_hash("phone", one) for one in (number, wide, spaced, f"0086{number}")}) == 1


@settings(max_examples=30)
@given(st.text(min_size=2, max_size=20).filter(lambda text: len(text.strip()) > 1))
def test_a_mask_keeps_the_length_and_shows_one_character_of_a_name(name):
    masked, bare = mask_name(name), name.strip()
    assert masked == bare[0] + "*" * (len(bare) - 1)
    assert set(mask_number(name)[3:-4]) <= {"*"}


def test_a_shop_named_after_its_owner_is_masked_and_another_is_not():
    assert mask_in("王小二烧烤", ("王小二",)) == "王**烧烤"
    assert mask_in("便民烧烤", ("王小二",)) == "便民烧烤"
