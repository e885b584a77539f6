"""The loops of map matching, compiled: groups of positions, bounded shortest ways, Viterbi, the ways themselves.

A state is a spot on a piece of street: its number, and metres from its start. Arrays named alike everywhere:
``pointer, head, metres, piece, ahead`` are the directed edges of a mode by their tail; ``start, end, length`` the
pieces; ``forward, backward`` whether a piece may be used along its line and against it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.compiling import njit
from geo.roads.search import drop, push

Array = NDArray[Any]

NOISE_M = 25.0
"""A receiver that stands may seem to go back this far, also in a one-way."""

NEVER = 1e18


@njit(cache=True)
def group_fixes(xy: Array, breaks: Array, near_m: float) -> Array:
    """Number of the group of each position: it joins the group if it, or the next one, is near its middle so far."""
    group = np.empty(len(xy), np.int64)
    number, size = -1, 0
    x = y = 0.0
    for i in range(len(xy)):
        joins = False
        if size and not breaks[i]:
            for j in range(i, min(i + 2, len(xy))):
                if j > i and breaks[j]:
                    break
                if (xy[j, 0] - x / size) ** 2 + (xy[j, 1] - y / size) ** 2 <= near_m * near_m:
                    joins = True
        if joins:
            x, y, size = x + xy[i, 0], y + xy[i, 1], size + 1
        else:
            number, x, y, size = number + 1, xy[i, 0], xy[i, 1], 1
        group[i] = number
    return group


@njit(cache=True)
def _search(graph: Any, pieces: Any, space: Any, from_piece: int, from_m: float, limit: float, wanted: int) -> int:
    """Shortest metres from a spot to the nodes around, until every wanted one is known; how many were touched."""
    pointer, head, metres, _, _ = graph
    start, end, length, forward, backward = pieces
    cost, edge, touched, key, node, want = space
    size = count = 0
    if forward[from_piece]:
        cost[end[from_piece]] = length[from_piece] - from_m
        edge[end[from_piece]] = -1
        touched[count] = end[from_piece]
        count += 1
    if backward[from_piece] and from_m < cost[start[from_piece]]:
        if cost[start[from_piece]] == NEVER:
            touched[count] = start[from_piece]
            count += 1
        cost[start[from_piece]] = from_m
        edge[start[from_piece]] = -1
    for i in range(count):
        size = push(key, node, size, cost[touched[i]], touched[i])
    while size and wanted:
        here, so_far = node[0], key[0]
        size = drop(key, node, size)
        if so_far > cost[here]:
            continue
        if so_far > limit:
            break
        if want[here]:
            want[here] = 0
            wanted -= 1
        for i in range(pointer[here], pointer[here + 1]):
            there, total = head[i], so_far + metres[i]
            if total < cost[there] and total <= limit:
                if cost[there] == NEVER:
                    touched[count] = there
                    count += 1
                cost[there], edge[there] = total, i
                size = push(key, node, size, total, there)
    return count


@njit(cache=True)
def _arrive(pieces: Any, cost: Array, a: int, a_m: float, b: int, b_m: float) -> float:
    """Metres from spot ``a`` to spot ``b`` once the nodes around ``a`` are known; a step back in a one-way is twice."""
    start, end, length, forward, backward = pieces
    best = NEVER
    if forward[b] and cost[start[b]] + b_m < best:
        best = cost[start[b]] + b_m
    if backward[b] and cost[end[b]] + length[b] - b_m < best:
        best = cost[end[b]] + length[b] - b_m
    if a == b:
        step = b_m - a_m
        if (step >= 0 and forward[b]) or (step <= 0 and backward[b]):
            best = min(best, abs(step))
        elif abs(step) <= NOISE_M:
            best = min(best, 2 * abs(step))
    return best


@njit(cache=True)
def _mark(pieces: Any, want: Array, candidates: Array, low: int, high: int, value: int) -> int:
    """Mark the nodes by which candidates are reached; how many there are."""
    start, end, _, _, _ = pieces
    count = 0
    for j in range(low, high):
        for k in (start[candidates[j]], end[candidates[j]]):
            if want[k] != value:
                want[k] = value
                count += 1
    return count


@njit(cache=True)
def viterbi(
    graph: Any, pieces: Any, space: Any, first: Array, on: Array, at_m: Array, emission: Array, xy: Array,
    from_s: Array, to_s: Array, breaks: Array, beta_m: float, fastest_ms: float,
) -> tuple[Array, Array]:  # fmt: skip
    """The likeliest candidate of each observation, and whether it is linked to the one before.

    ``first[t] … first[t + 1]`` are the candidates of observation ``t``: piece ``on``, ``at_m`` from its start, with
    the negative log-likelihood ``emission``. At least one each.
    """
    cost, _, touched, _, _, want = space
    n = len(first) - 1
    chosen, linked = np.full(n, -1, np.int64), np.zeros(n, np.bool_)
    score, back = np.full(len(on), NEVER), np.full(len(on), -1, np.int64)
    for t in range(n):
        low, high = first[t], first[t + 1]
        joined = False
        if t > 0 and not breaks[t]:
            old, young = first[t - 1], first[t]
            straight = np.hypot(xy[t, 0] - xy[t - 1, 0], xy[t, 1] - xy[t - 1, 1])
            limit = min(3.0 * straight + 300.0, fastest_ms * (to_s[t] - from_s[t - 1]) + 150.0)
            for i in range(old, young):
                if score[i] == NEVER:
                    continue
                wanted = _mark(pieces, want, on, low, high, 1)
                count = _search(graph, pieces, space, on[i], at_m[i], limit, wanted)
                for j in range(low, high):
                    way = _arrive(pieces, cost, on[i], at_m[i], on[j], at_m[j])
                    if way <= limit + NOISE_M:
                        total = score[i] + abs(way - straight) / beta_m + emission[j]
                        if total < score[j]:
                            score[j], back[j] = total, i
                            joined = True
                for k in range(count):
                    cost[touched[k]] = NEVER
                _mark(pieces, want, on, low, high, 0)
        if not joined:
            for j in range(low, high):
                score[j] = emission[j]
        linked[t] = joined
        if not joined and t > 0 and not breaks[t]:
            _trace(first, score, back, linked, chosen, t - 1)
        if t == n - 1 or breaks[t + 1]:
            _trace(first, score, back, linked, chosen, t)
    return chosen, linked


@njit(cache=True)
def _trace(first: Array, score: Array, back: Array, linked: Array, chosen: Array, last: int) -> None:
    """Choose from the best candidate of observation ``last`` back to where its chain begins."""
    best = first[last]
    for i in range(first[last], first[last + 1]):
        if score[i] < score[best]:
            best = i
    t = last
    while True:
        chosen[t] = best
        if not linked[t]:
            return
        best = back[best]
        t -= 1


@njit(cache=True)
def walk(
    graph: Any, pieces: Any, space: Any, on: Array, at_m: Array, chosen: Array, linked: Array, xy: Array,
    from_s: Array, to_s: Array, fastest_ms: float,
) -> Array:  # fmt: skip
    """The chosen ways, a row a stretch on one piece: piece, from metre, to metre, from second, to second, run."""
    start, end, length, forward, _ = pieces
    _, _, _, piece, ahead = graph
    cost, edge, touched, _, _, want = space
    rows, count, run = np.empty((4 * len(chosen) + 64, 6)), 0, -1.0
    steps = np.empty((256, 3))
    for t in range(len(chosen)):
        b, b_m = on[chosen[t]], at_m[chosen[t]]
        if not linked[t]:
            run += 1
            rows = _room(rows, count + 1)
            count = _put(rows, count, b, b_m, b_m, from_s[t], to_s[t], run)
            continue
        a, a_m = on[chosen[t - 1]], at_m[chosen[t - 1]]
        straight = np.hypot(xy[t, 0] - xy[t - 1, 0], xy[t, 1] - xy[t - 1, 1])
        limit = min(3.0 * straight + 300.0, fastest_ms * (to_s[t] - from_s[t - 1]) + 150.0)
        wanted = _mark(pieces, want, on, chosen[t], chosen[t] + 1, 1)
        touches = _search(graph, pieces, space, a, a_m, limit, wanted)
        total = _arrive(pieces, cost, a, a_m, b, b_m)
        n = 0
        if a == b and abs(b_m - a_m) <= total:
            n = _step(steps, 0, a, a_m, b_m)
        else:
            by_start = forward[b] and cost[start[b]] + b_m <= total
            node = start[b] if by_start else end[b]
            n = _step(steps, 0, b, 0.0 if by_start else length[b], b_m)
            while edge[node] >= 0:
                i = edge[node]
                p = piece[i]
                steps = _room(steps, n + 2)
                n = _step(steps, n, p, 0.0 if ahead[i] else length[p], length[p] if ahead[i] else 0.0)
                node = start[p] if ahead[i] else end[p]
            leaving_ahead = node == end[a] and forward[a] and abs(cost[node] - (length[a] - a_m)) < 1e-6
            n = _step(steps, n, a, a_m, length[a] if leaving_ahead else 0.0)
        rows = _room(rows, count + n + 1)
        total = 0.0
        for k in range(n):
            total += abs(steps[k, 2] - steps[k, 1])
        now, gone, lasting = to_s[t - 1], 0.0, from_s[t] - to_s[t - 1]
        for k in range(n - 1, -1, -1):
            gone += abs(steps[k, 2] - steps[k, 1])
            then = to_s[t - 1] + lasting * (gone / total if total > 0 else 1.0)
            count = _put(rows, count, steps[k, 0], steps[k, 1], steps[k, 2], now, then, run)
            now = then
        if to_s[t] > from_s[t]:
            count = _put(rows, count, b, b_m, b_m, from_s[t], to_s[t], run)
        for k in range(touches):
            cost[touched[k]] = NEVER
        _mark(pieces, want, on, chosen[t], chosen[t] + 1, 0)
    return rows[:count]


@njit(cache=True)
def _put(rows: Array, at: int, piece: float, begin: float, stop: float, from_s: float, to_s: float, run: float) -> int:
    rows[at, 0], rows[at, 1], rows[at, 2] = piece, begin, stop
    rows[at, 3], rows[at, 4], rows[at, 5] = from_s, to_s, run
    return at + 1


@njit(cache=True)
def _step(steps: Array, at: int, piece: float, begin: float, stop: float) -> int:
    steps[at, 0], steps[at, 1], steps[at, 2] = piece, begin, stop
    return at + 1


@njit(cache=True)
def _room(rows: Array, needed: int) -> Array:
    if needed <= len(rows):
        return rows
    more = np.empty((max(2 * len(rows), needed), rows.shape[1]))
    for i in range(rows.shape[0]):
        for j in range(rows.shape[1]):  # a slice would take ten times as long to compile
            more[i, j] = rows[i, j]
    return more


@njit(cache=True)
def _turned(a: Array, b: Array) -> bool:
    """Whether ``b`` goes back along the piece that ``a`` came."""
    return bool(a[0] == b[0] and a[5] == b[5] and (a[2] - a[1]) * (b[2] - b[1]) < 0)


@njit(cache=True)
def trim(rows: Array, spur_m: float) -> Array:
    """Join what goes on along one piece, and take out goings back and forth that are no deeper than ``spur_m``.

    A step back counts as error only between two that are at least as long (as rainflow counting has it), so that
    turning round in earnest stays; a side way gone into and back is left out, and its time spent at the corner.
    """
    kept, count = np.empty_like(rows), 0
    for i in range(len(rows)):
        row = rows[i]
        while count > 1 and kept[count - 1, 0] != row[0] and _turned(kept[count - 2], kept[count - 1]):
            there, back = kept[count - 2], kept[count - 1]
            if abs(there[1] - back[2]) > 1e-6 or abs(there[2] - there[1]) > spur_m:
                break
            count -= 2
            if count and kept[count - 1, 5] == back[5]:
                kept[count - 1, 4] = back[4]
            else:
                count = _put(kept, count, there[0], there[1], there[1], there[3], back[4], there[5])
                break
        if count and kept[count - 1, 0] == row[0] and kept[count - 1, 5] == row[5]:
            last = kept[count - 1]
            if abs(last[2] - row[1]) < 1e-6 and not _turned(last, row):
                last[2], last[4] = row[2], row[4]
            else:
                count = _put(kept, count, row[0], row[1], row[2], row[3], row[4], row[5])
        else:
            count = _put(kept, count, row[0], row[1], row[2], row[3], row[4], row[5])
        while count > 2 and _turned(kept[count - 3], kept[count - 2]) and _turned(kept[count - 2], kept[count - 1]):
            a, b, c = kept[count - 3], kept[count - 2], kept[count - 1]
            step = abs(b[2] - b[1])
            if step > spur_m or step > abs(a[2] - a[1]) or step > abs(c[2] - c[1]):
                break
            a[2], a[4] = c[2], c[4]
            count -= 2
    return kept[:count]
