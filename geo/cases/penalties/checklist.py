"""三项制度: what must be on file before a case is closed."""

from __future__ import annotations

from collections.abc import Collection

from geo.cases.penalties.states import DECIDED


def open_items(state: str, done: Collection[str], reviews: Collection[str]) -> tuple[str, ...]:
    """Items still open for a case about to be archived, in the order of the procedure.

    Parameters
    ----------
    state
        In which the case stands now.
    done
        Items that are on file: ``shown`` (亮证公示), ``recorded`` (全过程记录), ``legal_review``, ``published``.
    reviews
        Reviews the case needs; 法制审核 is an item only where it is one of them.

    Examples
    --------
    >>> open_items("performed", {"shown"}, ["leader", "legal"])
    ('recorded', 'legal_review', 'published')
    >>> open_items("revoked", {"recorded"}, []), open_items("refused", (), [])
    ((), ())
    """
    if state == "refused":
        return ()
    needed = ["recorded"]
    if state in DECIDED:
        needed = ["shown", "recorded", *(["legal_review"] if "legal" in reviews else []), "published"]
    return tuple(item for item in needed if item not in done)
