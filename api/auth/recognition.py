"""Recognise who asks, without asking the database for every tile of a map.

A key or session is remembered for a few seconds by its digest; what is revoked elsewhere works at most
that much longer. Signing out forgets at once.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from api.auth.credentials import digest
from api.auth.permissions import Principal

REMEMBERED_S = 5.0
MOST = 10_000


class Recognition:
    """Principals recognised lately.

    Parameters
    ----------
    now
        Monotonic clock in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._known: OrderedDict[bytes, tuple[float, Principal]] = OrderedDict()

    def find(self, secret: str) -> Principal | None:
        """Who was recognised by this secret in the last ``REMEMBERED_S`` seconds."""
        until, principal = self._known.get(digest(secret), (0.0, None))
        return principal if until > self._now() else None

    def remember(self, secret: str, principal: Principal) -> None:
        """Keep who was just recognised."""
        self._known[digest(secret)] = (self._now() + REMEMBERED_S, principal)
        while len(self._known) > MOST:
            self._known.popitem(last=False)

    def forget(self, secret: str) -> None:
        """Recognise anew next time."""
        self._known.pop(digest(secret), None)
