"""Shortest ways over a mode's links by Dijkstra's search, compiled; costs are packed whole numbers, so sums are exact.

Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from geo.compiling import njit

FAR: Final = np.int64(1) << 62
"""The cost of what is not reached."""


@njit(cache=True)
def push(keys, things, size, key, thing):  # type: ignore[no-untyped-def]
    """Put a thing on a heap of ``size``; returns the new size. The arrays must have room."""
    at = size
    while at > 0:
        above = (at - 1) >> 1
        if keys[above] <= key:
            break
        keys[at], things[at] = keys[above], things[above]
        at = above
    keys[at], things[at] = key, thing
    return size + 1


@njit(cache=True)
def drop(keys, things, size):  # type: ignore[no-untyped-def]
    """Take the least thing, which is ``things[0]``, off a heap; returns the new size."""
    size -= 1
    key, thing = keys[size], things[size]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and keys[below + 1] < keys[below]:
            below += 1
        if keys[below] >= key:
            break
        keys[at], things[at] = keys[below], things[below]
        at = below
    keys[at], things[at] = key, thing
    return size


@njit(cache=True)
def tree(pointer, head, cost, begin, begin_cost, goals):  # type: ignore[no-untyped-def]
    """Shortest ways from several starts that cost something each, until all goals are reached.

    Parameters
    ----------
    pointer, head, cost
        Links by their tail (CSR), int64; shapes (n + 1,), (m,), (m,).
    begin, begin_cost
        Nodes to start from, and what it costs to be there.
    goals
        Nodes to reach; empty means all.

    Returns
    -------
    tuple
        Cost of each node (``FAR`` if not settled), and the link it was reached by (−1: a start).
    """
    n = len(pointer) - 1
    best = np.full(n, FAR)
    by = np.full(n, -1, dtype=np.int64)
    settled = np.zeros(n, dtype=np.bool_)
    wanted = np.zeros(n, dtype=np.bool_)
    left = 0
    for node in goals:
        if not wanted[node]:
            wanted[node] = True
            left += 1
    keys = np.empty(len(head) + len(begin) + 1, dtype=np.int64)
    things = np.empty(len(keys), dtype=np.int64)
    size = 0
    for i in range(len(begin)):
        if begin_cost[i] < best[begin[i]]:
            best[begin[i]] = begin_cost[i]
            size = push(keys, things, size, begin_cost[i], begin[i])
    while size > 0:
        key, node = keys[0], things[0]
        size = drop(keys, things, size)
        if settled[node] or key > best[node]:
            continue
        settled[node] = True
        if wanted[node]:
            left -= 1
            if left == 0:
                break
        for link in range(pointer[node], pointer[node + 1]):
            there = key + cost[link]
            if there < best[head[link]]:
                best[head[link]] = there
                by[head[link]] = link
                size = push(keys, things, size, there, head[link])
    for node in range(n):
        if not settled[node]:
            best[node] = FAR
    return best, by
