"""Seal what is personal before it is stored, open it again, and match it without opening it.

The key is a file in the home folder and never enters the database: whoever has a copy of the database alone reads
no name and cannot try telephone numbers until one fits. AES-256-GCM (NIST SP 800-38D) seals; keyed BLAKE2b matches.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from geo.errors import Invalid, Unavailable
from geo.keyfiles import KEY_BYTES, make_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_FILE: Final = "private.key"
MARK_BYTES: Final = 4
NONCE_BYTES: Final = 12
HASH_BYTES: Final = 16
VERSION: Final = b"\x01"
HEAD_BYTES: Final = len(VERSION) + MARK_BYTES
SEPARATORS: Final = re.compile(r"[\s\-‐-―()·•.,]+")
COUNTRY: Final = re.compile(r"^(00)?86(?=\d{7,})")


class KeyLost(Unavailable):
    """The key of personal data is not there, cannot be read, or is another; the facts name its file and the reason."""


class SealBroken(Invalid):
    """What was sealed was changed, belongs to another county or stands in another field; it is never guessed at."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """The keys of one county, both made from the one key of the installation.

    Parameters
    ----------
    tenant
        Six-digit code; the same name sealed or matched in another county is another value.
    seal_key, match_key
        32 bytes each.
    file
        Where the key stands, for messages.
    """

    tenant: str
    seal_key: bytes
    match_key: bytes
    file: str = KEY_FILE

    def __repr__(self) -> str:
        """Without the keys, so that no log holds them."""
        return f"Secrets({self.tenant}, {self.mark})"

    @property
    def mark(self) -> str:
        """What tells this key from another and tells nothing else of it; eight hexadecimal digits."""
        return _mark(self.seal_key)

    def seal(self, text: str, field: str) -> bytes:
        """Encrypt a text.

        Parameters
        ----------
        field
            Where it will stand (``subject.phone``): sealed text moved elsewhere does not open.

        Returns
        -------
        bytes
            Version (1 byte), mark of the key (4), nonce (12), text and tag (UTF-8 length + 16); never twice the same.

        Examples
        --------
        >>> keys = Secrets("990101", b"s" * 32, b"m" * 32)
        >>> sealed = keys.seal("张三", "subject.name")
        >>> len(sealed), "张三".encode() in sealed, keys.unseal(sealed, "subject.name")
        (39, False, '张三')
        """
        return self.seal_all([text], field)[0]

    def seal_all(self, texts: Sequence[str], field: str) -> list[bytes]:
        """Encrypt many texts of one field, in the order given; randomness is asked for once."""
        head = VERSION + bytes.fromhex(self.mark)
        place, cipher = head + self._place(field), _cipher(self.seal_key)
        noise = secrets.token_bytes(NONCE_BYTES * len(texts))
        sealed = []
        for at, text in enumerate(texts):
            nonce = noise[at * NONCE_BYTES : (at + 1) * NONCE_BYTES]
            sealed.append(head + nonce + cipher.encrypt(nonce, text.encode(), place))
        return sealed

    def unseal(self, sealed: bytes, field: str) -> str:
        """Decrypt what :meth:`seal` made for the same county and field.

        Raises
        ------
        KeyLost
            If it was sealed with another key than the one in the home folder.
        SealBroken
            If it was changed, or stands where it does not belong.
        """
        from cryptography.exceptions import InvalidTag

        head, rest = sealed[:HEAD_BYTES], sealed[HEAD_BYTES:]
        if head[:1] == VERSION and head[1:].hex() != self.mark:
            raise KeyLost("secrets.key_other", file=self.file, mark=head[1:].hex(), found=self.mark)
        try:
            opened = _cipher(self.seal_key).decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], head + self._place(field))
            return opened.decode()
        except (InvalidTag, ValueError):
            raise SealBroken("secrets.seal_broken", field=field) from None

    def match_hash(self, kind: str, text: str | None) -> str | None:
        """The keyed hash by which equal texts of a kind are found; None for nothing but spaces.

        Parameters
        ----------
        kind
            What it is (``phone``, ``id_number``, ``name``): equal digits of two kinds do not match.

        Examples
        --------
        >>> keys = Secrets("990101", b"s" * 32, b"m" * 32)
        >>> keys.match_hash("phone", "+86 138-0000-0000") == keys.match_hash("phone", "１３８００００００００")
        True
        >>> keys.match_hash("phone", "13800000000") == keys.match_hash("id_number", "13800000000")
        False
        >>> keys.match_hash("name", " ") is None
        True
        """
        return self.match_hashes(kind, [text])[0]

    def match_hashes(self, kind: str, texts: Sequence[str | None]) -> list[str | None]:
        """:meth:`match_hash` of many texts of a kind, in the order given."""
        keyed = hashlib.blake2b(f"{kind}\x00".encode(), key=self.match_key, digest_size=HASH_BYTES)
        hashed: list[str | None] = []
        for text in texts:
            bare = plain(text) if text else ""
            each = keyed.copy()
            each.update(bare.encode())
            hashed.append(each.hexdigest() if bare else None)
        return hashed

    def _place(self, field: str) -> bytes:
        return f"{self.tenant}\x00{field}".encode()


def plain(text: str) -> str:
    """A text as it is matched: full-width made half-width, without case and separators, numbers without +86.

    Examples
    --------
    >>> plain("（０８７５）－６１２ ３４５６"), plain("0086 13800000000"), plain(" Li·Lei "), plain("53302x")
    ('08756123456', '13800000000', 'lilei', '53302x')
    """
    if text.isascii() and text.isalnum():
        bare = text.lower()
    else:
        bare = SEPARATORS.sub("", unicodedata.normalize("NFKC", text)).casefold()
    digits = bare.lstrip("+")
    if digits.isascii() and digits.isdigit():
        return COUNTRY.sub("", digits)
    return bare


def read_secrets(home: Path, tenant: str, *, may_make: bool) -> Secrets:
    """The county's keys from the key file of the home folder.

    Parameters
    ----------
    home
        Folder that holds the key file.
    may_make
        Whether a missing file is made: only where nothing was sealed yet, since a new key opens nothing old.

    Raises
    ------
    KeyLost
        If the file is missing and may not be made, or cannot be read or written, or is no key.
    """
    path = home / KEY_FILE
    try:
        if may_make and not path.exists():
            make_key(path)
        key = path.read_bytes()
    except OSError as error:
        raise KeyLost("secrets.key_lost", file=str(path), reason=error.strerror or "-") from error
    if len(key) != KEY_BYTES:
        raise KeyLost("secrets.key_lost", file=str(path), reason=f"{len(key)} bytes")
    return Secrets(tenant, _derive(key, "seal", tenant), _derive(key, "match", tenant), str(path))


@lru_cache(maxsize=8)
def _mark(key: bytes) -> str:
    return hashlib.blake2b(b"mark", key=key, digest_size=MARK_BYTES).hexdigest()


@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(key)


def _derive(key: bytes, purpose: str, tenant: str) -> bytes:
    return hashlib.blake2b(f"{purpose}\x00{tenant}".encode(), key=key, digest_size=KEY_BYTES).digest()
