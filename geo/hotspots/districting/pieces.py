"""Make shares whole: each in one piece over open links, locked units where they are."""

from __future__ import annotations

import heapq
from collections import deque

import numpy as np

from geo.errors import Conflict
from geo.hotspots.districting.links import Links, parts_of
from geo.hotspots.districting.units import Flags, Floats, Ints


class LockedApart(Conflict):
    """Locked units of one 片区 cannot be joined without going through units locked to others; the facts name two."""


def neighbours_of(n: int, links: Links) -> list[list[int]]:
    """For each unit its neighbours over open links, in rising order."""
    found: list[list[int]] = [[] for _ in range(n)]
    for i, j in zip(links.one[links.open].tolist(), links.other[links.open].tolist(), strict=True):
        found[i].append(j)
        found[j].append(i)
    return [sorted(set(row)) for row in found]


def make_whole(share: Ints, k: int, neighbours: list[list[int]], load: Floats, locked: Flags) -> tuple[Ints, Flags]:
    """Shares in one piece each, changed as little as that takes.

    Parameters
    ----------
    share
        Shape (n,), 0 … k − 1, or −1 for units that nobody has yet. Units that can reach each other over
        ``neighbours`` share at least one.
    locked
        Shape (n,), units that keep their share; it is ≥ 0.

    Returns
    -------
    tuple
        The shares, none empty, and which units are pinned: the locked ones and those that join them. Of each share the
        piece with its locked units stays, else the heaviest; the rest goes to the lightest share beside it.

    Raises
    ------
    LockedApart
        If locked units of a share cannot be joined.

    Examples
    --------
    >>> row = [[1], [0, 2], [1, 3], [2]]
    >>> make_whole(np.array([0, 1, 0, 0]), 2, row, np.ones(4), np.zeros(4, dtype=bool))[0]
    array([1, 1, 0, 0])
    """
    share, pinned = _join_locked(share.copy(), k, neighbours, locked)
    kept = _main_pieces(share, k, neighbours, load, pinned)
    share[~kept] = -1
    held = np.bincount(share[kept], load[kept], k)
    waiting = [
        (held[share[u]], u, v)
        for u in np.flatnonzero(kept).tolist()
        for v in neighbours[u]
        if share[v] < 0
    ]  # fmt: skip
    heapq.heapify(waiting)
    while waiting:
        weight, u, v = heapq.heappop(waiting)
        if share[v] >= 0:
            continue
        if weight < held[share[u]]:
            heapq.heappush(waiting, (held[share[u]], u, v))
            continue
        share[v] = share[u]
        held[share[v]] += load[v]
        for w in neighbours[v]:
            if share[w] < 0:
                heapq.heappush(waiting, (held[share[v]], v, w))
    return _fill_empty(share, k, neighbours, load, pinned), pinned


def count_pieces(share: Ints, k: int, links: Links) -> Ints:
    """Of how many pieces each share is, over open links; shape (k,), 0 for an empty one.

    Examples
    --------
    >>> from geo.hotspots.districting.units import Units
    >>> from geo.hotspots.districting.links import find_links
    >>> import shapely
    >>> row = Units.of([shapely.box(x, 0, x + 100, 100) for x in (0, 100, 200)], [1, 1, 1])
    >>> count_pieces(np.array([0, 1, 0]), 2, find_links(row))
    array([2, 1])
    """
    inner = links.open & (share[links.one] == share[links.other])
    part = parts_of(len(share), links.one[inner], links.other[inner])
    _, first = np.unique(part, return_index=True)
    return np.bincount(share[first], minlength=k)


def _join_locked(share: Ints, k: int, neighbours: list[list[int]], locked: Flags) -> tuple[Ints, Flags]:
    pinned = locked.copy()
    for one in range(k):
        mine = np.flatnonzero(locked & (share == one)).tolist()
        for target in mine[1:]:
            path = _way(mine[0], target, share, pinned, neighbours)
            if path is None:
                raise LockedApart("districts.locked_apart", one=int(mine[0]), other=int(target))
            share[path], pinned[path] = one, True
    return share, pinned


def _way(start: int, end: int, share: Ints, pinned: Flags, neighbours: list[list[int]]) -> list[int] | None:
    """The units of a shortest way that keeps off what is pinned to others; through its own share if it can."""
    mine = share[start]
    before: dict[int, int] = {start: start}
    best = {start: 0}
    waiting: deque[int] = deque([start])
    while waiting:
        unit = waiting.popleft()
        for v in neighbours[unit]:
            if pinned[v] and share[v] != mine:
                continue
            cost = best[unit] + (share[v] != mine)
            if v not in best or cost < best[v]:
                best[v], before[v] = cost, unit
                (waiting.appendleft if share[v] == mine else waiting.append)(v)
    if end not in before:
        return None
    path = [end]
    while path[-1] != start:
        path.append(before[path[-1]])
    return path


def _main_pieces(share: Ints, k: int, neighbours: list[list[int]], load: Floats, pinned: Flags) -> Flags:
    """Which units are in the main piece of their share."""
    pairs = [(u, v) for u, row in enumerate(neighbours) for v in row if u < v and share[u] == share[v] >= 0]
    one, other = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True)) if pairs else ([], [])
    piece = parts_of(len(share), np.asarray(one, dtype=np.int64), np.asarray(other, dtype=np.int64))
    weight = np.bincount(piece, load)
    size = np.bincount(piece)
    anchor = np.bincount(piece, pinned) > 0
    kept = np.zeros(len(share), dtype=bool)
    for label in range(k):
        mine = np.unique(piece[share == label])
        if len(mine):
            main = max(mine.tolist(), key=lambda p: (anchor[p], weight[p], size[p], -p))
            kept |= piece == main
    return kept


def _fill_empty(share: Ints, k: int, neighbours: list[list[int]], load: Floats, pinned: Flags) -> Ints:
    """Give every share without a unit one from the heaviest share that can spare one."""
    for empty in np.setdiff1d(np.arange(k), share).tolist():
        held = np.bincount(share, load, k)
        count = np.bincount(share, minlength=k)
        for giver in sorted(np.flatnonzero(count > 1).tolist(), key=lambda s: (-held[s], s)):
            spare = _spare_unit(share, giver, neighbours, load, pinned)
            if spare is not None:
                share[spare] = empty
                break
    return share


def _spare_unit(
    share: Ints, giver: int, neighbours: list[list[int]], load: Floats, pinned: Flags
) -> int | None:  # fmt: skip
    """The heaviest unit that a share can lose and stay whole."""
    mine = set(np.flatnonzero(share == giver).tolist())
    for unit in sorted((u for u in mine if not pinned[u]), key=lambda u: (-load[u], u)):
        rest = mine - {unit}
        start = min(rest)
        seen, waiting = {start}, [start]
        while waiting:
            for v in neighbours[waiting.pop()]:
                if v in rest and v not in seen:
                    seen.add(v)
                    waiting.append(v)
        if len(seen) == len(rest):
            return unit
    return None
