"""A contraction hierarchy of a mode's links: exact tables between many places in milliseconds.

Nodes are taken out one by one, least important first; a shortcut replaces a way through a node only where no
other way is as short. Every shortest way then climbs the order and comes down again, so a search from each end
over the links that climb meets in the middle. Source: Geisberger, Sanders, Schultes & Delling 2008; tables by
buckets: Knopp, Sanders, Schultes, Schulz & Wagner 2007. Import it inside functions only: numba is heavy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.compiling import njit
from geo.roads.network import Ints
from geo.roads.search import FAR, drop, push

SETTLED: Final = 24
"""Nodes a search for another way looks at before it gives up; more saves shortcuts and costs time."""


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """Links that climb: out of each node (``up_*``) and, to be ridden the other way, into it (``down_*``); CSR."""

    up_pointer: Ints
    up_head: Ints
    up_cost: Ints
    down_pointer: Ints
    down_tail: Ints
    down_cost: Ints

    def table(self, begins: tuple[Ints, Ints, Ints], ends: tuple[Ints, Ints, Ints]) -> Ints:
        """Cheapest cost from each source to each goal.

        Parameters
        ----------
        begins, ends
            (pointer, node, cost): source or goal ``i`` is attached to ``node[pointer[i] : pointer[i + 1]]`` at that
            cost each; a source or goal may have none.

        Returns
        -------
        Ints
            Shape (sources, goals); ``FAR`` where there is no way.
        """
        return np.asarray(
            _table(
                self.up_pointer, self.up_head, self.up_cost, self.down_pointer, self.down_tail, self.down_cost,
                *begins, *ends,
            )
        )  # fmt: skip


def build_hierarchy(nodes: int, tail: Ints, head: Ints, cost: Ints) -> Hierarchy:
    """Contract a graph; parallel links and loops may occur, costs are whole and ≥ 0.

    Examples
    --------
    See ``tests/unit/test_roads_search.py``.
    """
    apart = tail != head
    tail, head, cost = tail[apart], head[apart], cost[apart]
    order = np.lexsort((cost, head, tail))
    first = np.r_[True, np.diff(tail[order] * nodes + head[order]) != 0] if len(order) else np.zeros(0, dtype=bool)
    pick = order[first]
    return Hierarchy(*_contract(nodes, tail[pick], head[pick], cost[pick], SETTLED))


@njit(cache=True)
def _detour(node, others, bound, limit, first_out, next_out, head, cost, best, stamp, mark, keys, things):  # type: ignore[no-untyped-def]
    """Costs from ``others`` without going through ``node``, up to ``bound``; valid where ``stamp`` equals ``mark``."""
    best[others] = 0
    stamp[others] = mark
    size = push(keys, things, 0, 0, others)
    seen = 0
    while size > 0:
        key, here = keys[0], things[0]
        size = drop(keys, things, size)
        if key > best[here]:
            continue
        seen += 1
        if key > bound or seen > limit:
            break
        link = first_out[here]
        while link >= 0:
            there, reach = head[link], key + cost[link]
            if there != node and reach <= bound and (stamp[there] != mark or reach < best[there]):
                best[there] = reach
                stamp[there] = mark
                size = push(keys, things, size, reach, there)
            link = next_out[link]


@njit(cache=True)
def _unlink(first, following, at, link):  # type: ignore[no-untyped-def]
    """Take a link out of the list that begins at ``first[at]``."""
    if first[at] == link:
        first[at] = following[link]
        return
    before = first[at]
    while following[before] != link:
        before = following[before]
    following[before] = following[link]


@njit(cache=True)
def _longer(values, room):  # type: ignore[no-untyped-def]
    more = np.empty(room, dtype=np.int64)
    more[: len(values)] = values
    return more


@njit(cache=True)
def _contract(n, tails, heads, costs, limit):  # type: ignore[no-untyped-def]
    m = len(tails)
    room = 4 * m + 64
    tail, head, cost = _longer(tails, room), _longer(heads, room), _longer(costs, room)
    next_out, next_in = np.full(room, -1, dtype=np.int64), np.full(room, -1, dtype=np.int64)
    first_out, first_in = np.full(n, -1, dtype=np.int64), np.full(n, -1, dtype=np.int64)
    for link in range(m):
        next_out[link], first_out[tail[link]] = first_out[tail[link]], link
        next_in[link], first_in[head[link]] = first_in[head[link]], link
    best, stamp, mark = np.zeros(n, dtype=np.int64), np.full(n, -1, dtype=np.int64), 0
    keys, things = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    depth = np.zeros(n, dtype=np.int64)
    queue_key, queue = np.empty(n + 1, dtype=np.int64), np.empty(n + 1, dtype=np.int64)
    waiting = 0
    for node in range(n):  # with no priority yet: each is weighed when it is first met
        waiting = push(queue_key, queue, waiting, -(1 << 40) + node, node)
    new_tail, new_head, new_cost = np.empty(64, np.int64), np.empty(64, np.int64), np.empty(64, np.int64)
    while waiting > 0:
        node = queue[0]
        waiting = drop(queue_key, queue, waiting)
        made, gone = 0, 0
        out = first_out[node]
        while out >= 0:
            gone += 1
            out = next_out[out]
        into = first_in[node]
        while into >= 0:
            gone += 1
            one = tail[into]
            bound = -1
            out = first_out[node]
            while out >= 0:
                if head[out] != one:
                    bound = max(bound, cost[into] + cost[out])
                out = next_out[out]
            if bound >= 0:
                mark += 1
                _detour(node, one, bound, limit, first_out, next_out, head, cost, best, stamp, mark, keys, things)
                out = first_out[node]
                while out >= 0:
                    there, through = head[out], cost[into] + cost[out]
                    if there != one and (stamp[there] != mark or best[there] > through):
                        if made == len(new_tail):
                            new_tail, new_head = _longer(new_tail, 2 * made), _longer(new_head, 2 * made)
                            new_cost = _longer(new_cost, 2 * made)
                        new_tail[made], new_head[made], new_cost[made] = one, there, through
                        made += 1
                    out = next_out[out]
            into = next_in[into]
        key = (4 * made - 2 * gone + depth[node]) * n + node
        if waiting > 0 and key > queue_key[0]:
            waiting = push(queue_key, queue, waiting, key, node)
            continue
        out = first_out[node]
        while out >= 0:
            _unlink(first_in, next_in, head[out], out)
            depth[head[out]] = max(depth[head[out]], depth[node] + 1)
            out = next_out[out]
        into = first_in[node]
        while into >= 0:
            _unlink(first_out, next_out, tail[into], into)
            depth[tail[into]] = max(depth[tail[into]], depth[node] + 1)
            into = next_in[into]
        for i in range(made):
            one, there, through = new_tail[i], new_head[i], new_cost[i]
            link = first_out[one]
            while link >= 0 and head[link] != there:
                link = next_out[link]
            if link >= 0:
                cost[link] = min(cost[link], through)
                continue
            if m == room:
                room *= 2
                tail, head, cost = _longer(tail, room), _longer(head, room), _longer(cost, room)
                next_out, next_in = _longer(next_out, room), _longer(next_in, room)
                keys, things = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
            tail[m], head[m], cost[m] = one, there, through
            next_out[m], first_out[one] = first_out[one], m
            next_in[m], first_in[there] = first_in[there], m
            m += 1
    up_pointer, up_head, up_cost = _gather(n, m, first_out, next_out, head, cost)
    down_pointer, down_tail, down_cost = _gather(n, m, first_in, next_in, tail, cost)
    return up_pointer, up_head, up_cost, down_pointer, down_tail, down_cost


@njit(cache=True)
def _gather(n, m, first, following, other, cost):  # type: ignore[no-untyped-def]
    """Each node's list as CSR."""
    pointer = np.zeros(n + 1, dtype=np.int64)
    ends, costs = np.empty(m, dtype=np.int64), np.empty(m, dtype=np.int64)
    count = 0
    for node in range(n):
        link = first[node]
        while link >= 0:
            ends[count], costs[count] = other[link], cost[link]
            count += 1
            link = following[link]
        pointer[node + 1] = count
    return pointer, ends[:count], costs[:count]


@njit(cache=True)
def _climb(pointer, head, cost, other_pointer, other_tail, other_cost, nodes, costs, best, keys, things, found):  # type: ignore[no-untyped-def]
    """Climb from some nodes; writes those that a shortest way may turn at into ``found``, and returns how many.

    ``best`` must be FAR everywhere; the caller clears it by ``found[size:]``, where all that was touched is kept
    from the far end.
    """
    size, turned, touched = 0, 0, 0
    for i in range(len(nodes)):
        if costs[i] < best[nodes[i]]:
            if best[nodes[i]] == FAR:
                touched += 1
                found[len(found) - touched] = nodes[i]
            best[nodes[i]] = costs[i]
            size = push(keys, things, size, costs[i], nodes[i])
    while size > 0:
        key, node = keys[0], things[0]
        size = drop(keys, things, size)
        if key > best[node]:
            continue
        stalled = False  # a way from above reaches this node sooner, so no shortest way climbs here
        for link in range(other_pointer[node], other_pointer[node + 1]):
            if best[other_tail[link]] != FAR and best[other_tail[link]] + other_cost[link] < key:
                stalled = True
                break
        if stalled:
            continue
        found[turned] = node
        turned += 1
        for link in range(pointer[node], pointer[node + 1]):
            there, reach = head[link], key + cost[link]
            if reach < best[there]:
                if best[there] == FAR:
                    touched += 1
                    found[len(found) - touched] = there
                best[there] = reach
                size = push(keys, things, size, reach, there)
    return turned, touched


@njit(cache=True)
def _table(  # type: ignore[no-untyped-def]
    up_pointer, up_head, up_cost, down_pointer, down_tail, down_cost,
    begin_pointer, begin_node, begin_cost, end_pointer, end_node, end_cost,
):  # fmt: skip
    n = len(up_pointer) - 1
    sources, goals = len(begin_pointer) - 1, len(end_pointer) - 1
    best = np.full(n, FAR)
    found = np.empty(2 * n + 2, dtype=np.int64)
    room = max(len(up_head), len(down_tail)) + max(len(begin_node), len(end_node)) + 1
    keys, things = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.int64)
    # Every goal leaves its cost at each node it can be climbed to from …
    first = np.full(n, -1, dtype=np.int64)
    rooms = 64 * goals + 64
    following, left_by, left = np.empty(rooms, np.int64), np.empty(rooms, np.int64), np.empty(rooms, np.int64)
    count = 0
    for goal in range(goals):
        mine = slice(end_pointer[goal], end_pointer[goal + 1])
        turned, touched = _climb(
            down_pointer, down_tail, down_cost, up_pointer, up_head, up_cost,
            end_node[mine], end_cost[mine], best, keys, things, found,
        )  # fmt: skip
        if count + turned > len(left):
            more = 2 * len(left) + turned
            following, left_by, left = _longer(following, more), _longer(left_by, more), _longer(left, more)
        for i in range(turned):
            node = found[i]
            left_by[count], left[count], following[count] = goal, best[node], first[node]
            first[node] = count
            count += 1
        for i in range(touched):
            best[found[len(found) - 1 - i]] = FAR
    pointer, of, costs = (
        np.zeros(n + 1, dtype=np.int64),
        np.empty(count, dtype=np.int64),
        np.empty(count, dtype=np.int64),
    )
    at = 0
    for node in range(n):
        entry = first[node]
        while entry >= 0:
            of[at], costs[at] = left_by[entry], left[entry]
            at += 1
            entry = following[entry]
        pointer[node + 1] = at
    # … and every source takes them up where it climbs to.
    table = np.full((sources, goals), FAR)
    for source in range(sources):
        mine = slice(begin_pointer[source], begin_pointer[source + 1])
        turned, touched = _climb(
            up_pointer, up_head, up_cost, down_pointer, down_tail, down_cost,
            begin_node[mine], begin_cost[mine], best, keys, things, found,
        )  # fmt: skip
        row = table[source]
        for i in range(turned):
            node = found[i]
            here = best[node]
            for entry in range(pointer[node], pointer[node + 1]):
                reach = here + costs[entry]
                if reach < row[of[entry]]:
                    row[of[entry]] = reach
        for i in range(touched):
            best[found[len(found) - 1 - i]] = FAR
    return table
