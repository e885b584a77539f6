"""Passwords, tokens and keys: how they are made, kept and recognised."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from geo.errors import Invalid

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 256
KEY = re.compile(r"pq_([0-9]{6})_([a-z0-9]{8})_([A-Za-z0-9_-]{43})")
TOKEN = re.compile(r"([0-9]{6})\.([A-Za-z0-9_-]{43})")


class WeakPassword(Invalid):
    """A password that is too short or too long."""


@dataclass(frozen=True, slots=True)
class KeyParts:
    """A key taken apart: the county is in it since nobody else says whose key it is."""

    tenant: str
    prefix: str
    secret: str

    def __str__(self) -> str:
        return f"pq_{self.tenant}_{self.prefix}_{self.secret}"


@cache
def _hasher() -> PasswordHasher:
    # RFC 9106's second choice, for machines with little memory.
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


@cache
def _nobody() -> str:
    return _hasher().hash(secrets.token_hex(16))


def hash_password(password: str) -> str:
    """The argon2id hash kept instead of the password.

    Raises
    ------
    WeakPassword
        If it has fewer than ``SHORTEST_PASSWORD`` or more than ``LONGEST_PASSWORD`` characters.
    """
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise WeakPassword("auth.weak_password", least=SHORTEST_PASSWORD, most=LONGEST_PASSWORD)
    return _hasher().hash(password)


def password_matches(kept: str | None, password: str) -> bool:
    """Whether it is the password; without an account as much work is done, so that time tells nothing."""
    if len(password) > LONGEST_PASSWORD:
        return False
    try:
        return _hasher().verify(kept or _nobody(), password) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def make_password() -> str:
    """A random password that can be read out: 4 groups of 4, about 79 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def make_token(tenant: str) -> str:
    """A session cookie's value; 256 random bits after the county."""
    return f"{tenant}.{secrets.token_urlsafe(32)}"


def tenant_of_token(token: str) -> str | None:
    """The county a cookie's value names, None if it is no token of ours."""
    found = TOKEN.fullmatch(token)
    return found[1] if found else None


def make_key(tenant: str) -> KeyParts:
    """A new key."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    return KeyParts(tenant, "".join(secrets.choice(letters) for _ in range(8)), secrets.token_urlsafe(32))


def parse_key(text: str) -> KeyParts | None:
    """Take a key apart; None if it is none of ours.

    Examples
    --------
    >>> parse_key("hello") is None
    True
    >>> key = make_key("990101")
    >>> parse_key(str(key)) == key
    True
    """
    found = KEY.fullmatch(text)
    return KeyParts(*found.groups()) if found else None


def digest(secret: str) -> bytes:
    """SHA-256 of a random secret; enough for 256 random bits, and cheap on every request."""
    return hashlib.sha256(secret.encode()).digest()
