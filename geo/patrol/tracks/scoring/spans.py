"""Spans of whole seconds: joined, cut, and how they come to lie in each other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Span = tuple[int, int]


def join_spans(spans: Iterable[Span], apart_s: int = 0) -> list[Span]:
    """Spans that overlap, touch, or are at most ``apart_s`` apart as one; ascending.

    Examples
    --------
    >>> join_spans([(50, 60), (0, 10), (10, 20)]), join_spans([(0, 10), (15, 20)], apart_s=5)
    ([(0, 20), (50, 60)], [(0, 20)])
    """
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1] + apart_s:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def clip_spans(spans: Sequence[Span], low: int, high: int) -> list[Span]:
    """The parts of joined spans inside ``[low, high]``; one that only touches an edge is left out.

    Examples
    --------
    >>> clip_spans([(0, 20), (50, 60)], 10, 55)
    [(10, 20), (50, 55)]
    """
    return [(max(a, low), min(b, high)) for a, b in spans if min(b, high) > max(a, low)]


def total_s(spans: Iterable[Span]) -> int:
    """Seconds of joined spans.

    Examples
    --------
    >>> total_s([(0, 20), (50, 60)])
    30
    """
    return sum(end - begin for begin, end in spans)


def gaps_s(spans: Sequence[Span], low: int, high: int) -> list[int]:
    """Seconds of the stretches of ``[low, high]`` that no span covers, in order.

    Examples
    --------
    >>> gaps_s([(10, 20), (50, 60)], 0, 100), gaps_s([], 0, 100), gaps_s([(0, 100)], 0, 100)
    ([10, 30, 40], [100], [])
    """
    found, now = [], low
    for begin, end in clip_spans(spans, low, high):
        if begin > now:
            found.append(begin - now)
        now = end
    return [*found, high - now] if high > now else found
