"""Take the keys of a county in hand, and notice when they are not the ones its data were sealed with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from geo.cases.secrets import queries
from geo.cases.secrets.sealing import KEY_FILE, KeyLost, Secrets, read_secrets

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def open_secrets(session: Session, tenant: str, home: Path) -> Secrets:
    """The county's keys; made with the first use, never again afterwards.

    Parameters
    ----------
    home
        Folder that holds the key file, ``private.key``.

    Raises
    ------
    KeyLost
        If data were sealed before and the key is gone or another: it must come back from the backup of the home
        folder. A new one is never made in its place, since it would open nothing and match nobody.
    """
    known = queries.find_mark(session, tenant)
    found = read_secrets(home, tenant, may_make=known is None)
    if known is None:
        queries.insert_mark(session, tenant, found.mark)
        known = queries.find_mark(session, tenant)
    if known != found.mark:
        raise KeyLost("secrets.key_other", file=str(home / KEY_FILE), mark=str(known), found=found.mark)
    return found
