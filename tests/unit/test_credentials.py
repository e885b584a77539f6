"""Passwords, tokens and keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.credentials import (
    WeakPassword,
    digest,
    hash_password,
    make_key,
    make_password,
    make_token,
    parse_key,
    password_matches,
    tenant_of_token,
)


def test_a_password_matches_its_own_hash_and_no_other() -> None:
    kept = hash_password("correct horse battery")
    assert kept.startswith("$argon2id$") and "correct" not in kept
    assert password_matches(kept, "correct horse battery")
    assert not password_matches(kept, "correct horse batterz")
    assert not password_matches(None, "correct horse battery")
    assert not password_matches("not a hash", "x" * 10)


@pytest.mark.parametrize("password", ["", "short", "x" * 9, "x" * 257])
def test_a_password_too_short_or_too_long_is_refused(password: str) -> None:
    with pytest.raises(WeakPassword):
        hash_password(password)


@given(st.text(max_size=120))
def test_no_text_is_taken_for_a_key_or_token_unless_it_has_their_form(text: str) -> None:
    key, tenant = parse_key(text), tenant_of_token(text)
    assert key is None or str(key) == text
    assert tenant is None or text.startswith(f"{tenant}.")


def test_made_secrets_differ_and_can_be_read_back() -> None:
    keys = {str(make_key("990101")) for _ in range(200)}
    assert len(keys) == 200 and all(parse_key(key) is not None for key in keys)
    assert len({make_password() for _ in range(200)}) == 200
    assert tenant_of_token(make_token("990101")) == "990101"
    assert len(digest("x")) == 32
