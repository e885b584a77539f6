"""What can go wrong in the domain, in the domain's words.

A room raises a :class:`PianquError` with a *code* and *facts*; the sentence a person reads is made
from ``data/messages`` by code + facts, in their language (:mod:`geo.messages`). ``api/problems.py``
alone says it in HTTP. Room-specific errors stand in the room and subclass one of the kinds below.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar


class Kind(StrEnum):
    """How a caller should read the error; the HTTP status follows from it."""

    NOT_FOUND = "not_found"
    INVALID = "invalid"
    MALFORMED = "malformed"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    TOO_LARGE = "too_large"
    UNAVAILABLE = "unavailable"


class PianquError(Exception):
    """A refusal with a code from the message catalogue and the facts its sentence needs.

    Parameters
    ----------
    code
        Dotted key of the message catalogue, ``room.what_is_wrong`` (``"crs.not_metric"``).
    facts
        JSON-ready values named in the message; never personal data.
    """

    kind: ClassVar[Kind] = Kind.INVALID

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code}: {facts}" if facts else code)


class NotFound(PianquError):
    """The thing asked for does not exist, or must not be seen by the caller."""

    kind = Kind.NOT_FOUND


class Invalid(PianquError):
    """The input breaks a rule; the facts name the field and the mend."""

    kind = Kind.INVALID


class Malformed(PianquError):
    """The question itself cannot be read: an unknown parameter, a broken number, a box of three."""

    kind = Kind.MALFORMED


class Conflict(PianquError):
    """The state of the thing does not allow this now."""

    kind = Kind.CONFLICT


class Cancelled(PianquError):
    """Somebody asked to stop; what was committed before stays, and is gone on from."""


class Forbidden(PianquError):
    """Known caller, not allowed."""

    kind = Kind.FORBIDDEN


class Unauthenticated(PianquError):
    """No caller, or one we cannot recognise."""

    kind = Kind.UNAUTHENTICATED


class TooLarge(PianquError):
    """More than we take in one go; the facts say the limit."""

    kind = Kind.TOO_LARGE


class Unavailable(PianquError):
    """Something we stand on is away; trying again later may help."""

    kind = Kind.UNAVAILABLE
