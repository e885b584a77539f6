"""Charts as SVG text, drawn on the server: they need no script, print as they look, and are read aloud by their table.

Every number is placed by hand-checked arithmetic on a fixed canvas; colours are those of :mod:`maps.palette`,
and no meaning hangs on colour alone: a second series is dashed, an interval is a band, an expectation a tick.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from maps.palette import BLUE, GREY, VERMILION

WIDTH, PLOT_LEFT, PLOT_TOP = 520.0, 44.0, 26.0
INK, QUIET, GRID = "#1D2733", "#55606D", "#DDE2E8"
SERIES = (BLUE, VERMILION, "#00795A", "#8A6500", "#A8447F", "#3B3FA6")
DASHES = ("", "7 4", "2 3", "9 3 2 3", "5 5", "1 4")


@dataclass(frozen=True, slots=True)
class Series:
    """A line with its band.

    Attributes
    ----------
    name
        Written at its end.
    x, y
        Same length, ``x`` rising; a missing ``y`` is NaN and breaks the line.
    lower, upper
        The band, as long as ``y``, or empty.
    steps
        Whether a value holds until the next ``x``, as a survival curve does.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    lower: Sequence[float] = ()
    upper: Sequence[float] = ()
    steps: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis: its title, its ends, and what its ticks are called (``{}`` is the number)."""

    title: str
    least: float
    most: float
    form: str = "{:g}"

    def ticks(self, about: int = 5) -> list[float]:
        """Round numbers within the ends.

        Examples
        --------
        >>> Axis("", 0, 1).ticks(), Axis("", 0, 37).ticks()
        ([0.0, 0.2, 0.4, 0.6, 0.8, 1.0], [0.0, 10.0, 20.0, 30.0])
        """
        step = nice_step((self.most - self.least) / about)
        first = math.ceil(self.least / step - 1e-9)
        last = math.floor(self.most / step + 1e-9)
        return [round(step * k, 10) for k in range(first, last + 1)]


def nice_step(least: float) -> float:
    """The smallest of 1, 2, 5 times a power of ten that is at least ``least``; 1 for nothing.

    Examples
    --------
    >>> nice_step(0.3), nice_step(7), nice_step(12), nice_step(0)
    (0.5, 10.0, 20.0, 1.0)
    """
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(round(times * power, 10) for times in (1.0, 2.0, 5.0, 10.0) if times * power >= least * (1 - 1e-9))


def ceiling(values: Sequence[float]) -> float:
    """An upper end for an axis from 0: the next round step above all finite values, 1 without any that counts.

    Examples
    --------
    >>> ceiling([3, 17]), ceiling([0.41]), ceiling([])
    (20.0, 0.5, 1.0)
    """
    finite = [value for value in values if math.isfinite(value)]
    most = max(finite, default=0.0)
    if most < 1e-9:
        return 1.0
    step = nice_step(most / 5)
    return round(step * math.ceil(most / step - 1e-9), 10)


class Canvas:
    """Collects the elements of one chart and closes it with its title and description."""

    def __init__(self, height: float, title: str, about: str) -> None:
        self.height = height
        self.title, self.about = title, about
        self.parts: list[str] = []

    def line(self, x1: float, y1: float, x2: float, y2: float, color: str = GRID, width: float = 1.0) -> None:
        """A straight line."""
        self.parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{color}" stroke-width="{width:g}"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        color: str = QUIET,
        anchor: str = "start",
        data: bool = False,
        bold: bool = False,
        turned: bool = False,
    ) -> None:
        """Words at a point; ``data`` marks a name from the data."""
        more = ' lang="zh-CN"' if data else ""
        more += ' font-weight="600"' if bold else ""
        more += f' transform="rotate(-90 {x:.1f} {y:.1f})"' if turned else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" text-anchor="{anchor}"{more}>{escape(words)}</text>'
        )

    def rect(self, x: float, y: float, wide: float, high: float, color: str, opacity: float = 1.0) -> None:
        """A filled rectangle."""
        faint = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
        self.parts.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(wide, 0):.1f}" height="{max(high, 0):.1f}"'
            f' fill="{color}"{faint}/>'
        )

    def path(
        self, d: str, *, stroke: str = "none", fill: str = "none", width: float = 2, dash: str = "", opacity: float = 1
    ) -> None:
        """A path."""
        more = f' stroke-dasharray="{dash}"' if dash else ""
        more += f' fill-opacity="{opacity:g}"' if opacity != 1 else ""
        self.parts.append(f'<path d="{d}" stroke="{stroke}" fill="{fill}" stroke-width="{width:g}"{more}/>')

    def dot(self, x: float, y: float, color: str, radius: float = 4, *, hollow: bool = False) -> None:
        """A dot, or a ring."""
        look = f'fill="#fff" stroke="{color}" stroke-width="2"' if hollow else f'fill="{color}"'
        self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" {look}/>')

    def close(self) -> Markup:
        """The finished picture; its name and description are read aloud."""
        label = escape(f"{self.title}: {self.about}" if self.about else self.title)
        return Markup(
            f'<svg class="chart" viewBox="0 0 {WIDTH:g} {self.height:g}" role="img" aria-label="{label}">'
            f"<title>{escape(self.title)}</title>{''.join(self.parts)}</svg>"
        )


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where values lie on the canvas."""

    x: Axis
    y: Axis
    right: float
    bottom: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        across = (x - self.x.least) / ((self.x.most - self.x.least) or 1)
        up = (y - self.y.least) / ((self.y.most - self.y.least) or 1)
        return PLOT_LEFT + across * (self.right - PLOT_LEFT), self.bottom - up * (self.bottom - PLOT_TOP)


def _frame(canvas: Canvas, plot: _Plot, x_names: dict[float, str] | None = None) -> None:
    for tick in plot.y.ticks(4):
        _, y = plot.at(plot.x.least, tick)
        canvas.line(PLOT_LEFT, y, plot.right, y)
        canvas.text(PLOT_LEFT - 6, y + 4, plot.y.form.format(tick), anchor="end")
    for tick, words in (x_names or {tick: plot.x.form.format(tick) for tick in plot.x.ticks(6)}).items():
        x, _ = plot.at(tick, plot.y.least)
        canvas.line(x, plot.bottom, x, plot.bottom + 4, QUIET)
        canvas.text(x, plot.bottom + 17, words, anchor="middle")
    canvas.line(PLOT_LEFT, plot.bottom, plot.right, plot.bottom, QUIET)
    canvas.text(4, 14, plot.y.title)
    if plot.x.title:
        canvas.text(plot.right, plot.bottom + 33, plot.x.title, anchor="end")


def _runs(points: list[tuple[float, float]]) -> Iterator[list[tuple[float, float]]]:
    for real, run in itertools.groupby(points, key=lambda point: math.isfinite(point[1])):
        if real:
            yield list(run)


def _d(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)


def _stepped(x: Sequence[float], y: Sequence[float]) -> tuple[list[float], list[float]]:
    xs: list[float] = []
    ys: list[float] = []
    for place, (here, value) in enumerate(zip(x, y, strict=True)):
        if place:
            xs.append(here)
            ys.append(ys[-1])
        xs.append(here)
        ys.append(value)
    return xs, ys


def spread(wanted: Sequence[float], gap: float, least: float, most: float) -> list[float]:
    """Places near the wanted ones, at least ``gap`` apart, in the same order, within the ends as far as they fit.

    Examples
    --------
    >>> spread([10, 11, 30], 5, 0, 100)
    [10.0, 15.0, 30.0]
    >>> spread([98, 99], 5, 0, 100)
    [95.0, 100.0]
    """
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    found = [0.0] * len(wanted)
    last = -math.inf
    for k in order:
        last = found[k] = float(max(wanted[k], last + gap, least))
    limit = most
    for k in reversed(order):
        found[k] = float(min(found[k], limit))
        limit = found[k] - gap
    return found


def line_chart(
    title: str,
    about: str,
    series: Sequence[Series],
    x: Axis,
    y: Axis,
    *,
    diagonal: str = "",
    x_names: dict[float, str] | None = None,
    height: float = 250,
    data_names: bool = False,
) -> Markup:
    """Lines with bands, each named at its right end; ``diagonal`` names a line of perfect agreement.

    Parameters
    ----------
    series
        Up to six; drawn in order.
    x_names
        What ticks are called by their place on the axis; round numbers without it.
    data_names
        Whether the names come from the data.
    """
    canvas = Canvas(height, title, about)
    plot = _Plot(x, y, WIDTH - 118, height - 42)
    _frame(canvas, plot, x_names)
    if diagonal:
        low, high = max(x.least, y.least), min(x.most, y.most)
        canvas.path(_d([plot.at(low, low), plot.at(high, high)]), stroke=GREY, width=1.5, dash="3 4")
    ends: list[float] = []
    for number, one in enumerate(series):
        color, dash = SERIES[number % len(SERIES)], DASHES[number % len(DASHES)]
        xs, ys = _stepped(one.x, one.y) if one.steps else (list(one.x), list(one.y))
        if len(one.lower):
            _, low_y = _stepped(one.x, one.lower) if one.steps else (xs, list(one.lower))
            _, high_y = _stepped(one.x, one.upper) if one.steps else (xs, list(one.upper))
            edge = [plot.at(*p) for p in zip(xs, high_y, strict=True)]
            edge += [plot.at(*p) for p in reversed(list(zip(xs, low_y, strict=True)))]
            canvas.path(
                _d([point for point in edge if math.isfinite(point[1])]) + "Z", fill=color, opacity=0.13, width=0
            )
        runs = list(_runs([plot.at(*p) for p in zip(xs, ys, strict=True)]))
        for run in runs:
            canvas.path(_d(run), stroke=color, dash=dash)
            if len(xs) <= 12 and not one.steps:
                for point in run:
                    canvas.dot(*point, color, 3)
        ends.append(runs[-1][-1][1] if runs else plot.bottom)
    labels = [*ends, plot.at(x.least, min(x.most, y.most))[1]] if diagonal else ends
    for number, at in enumerate(spread(labels, 16, PLOT_TOP + 4, plot.bottom)):
        if number == len(series):
            canvas.text(plot.right + 8, at + 4, diagonal)
        else:
            canvas.text(
                plot.right + 8,
                at + 4,
                series[number].name,
                color=SERIES[number % len(SERIES)],
                bold=True,
                data=data_names,
            )
    return canvas.close()


@dataclass(frozen=True, slots=True)
class Span:
    """An interval, what was expected, and what came (None when it has not come yet)."""

    name: str
    lower: float
    expected: float
    upper: float
    came: float | None
    small: bool = False


def span_columns(title: str, about: str, spans: Sequence[Span], y_title: str, *, height: float = 230) -> Markup:
    """Intervals side by side in time, with what came as a dot: filled inside its interval, a ring outside."""
    values = [value for one in spans for value in (one.upper, one.came or 0.0)]
    canvas = Canvas(height, title, about)
    plot = _Plot(Axis("", 0, max(len(spans), 1)), Axis(y_title, 0, ceiling(values)), WIDTH - 12, height - 24)
    every = max(1, math.ceil(len(spans) / 8))
    _frame(canvas, plot, {k + 0.5: one.name for k, one in enumerate(spans) if k % every == 0})
    wide = min(22.0, (plot.right - PLOT_LEFT) / max(len(spans), 1) * 0.6)
    for k, one in enumerate(spans):
        x, top = plot.at(k + 0.5, one.upper)
        _, low = plot.at(k + 0.5, one.lower)
        _, middle = plot.at(k + 0.5, one.expected)
        canvas.rect(x - wide / 2, top, wide, max(low - top, 1.5), BLUE, 0.22)
        canvas.line(x - wide / 2, middle, x + wide / 2, middle, BLUE, 2)
        if one.came is not None:
            inside = one.lower <= one.came <= one.upper
            canvas.dot(*plot.at(k + 0.5, one.came), INK if inside else VERMILION, 4.5, hollow=not inside)
    return canvas.close()


def span_rows(
    title: str, about: str, spans: Sequence[Span], x_title: str, *, form: str = "{:.0%}", data_names: bool = True
) -> Markup:
    """Intervals under each other, each with its expectation as a tick: left of it is better than by chance.

    ``came`` is the measured value (dot), ``expected`` what a constant rate would give (tick); a small count is a ring.
    """
    step, top = 24.0, 8.0
    height = top + step * len(spans) + 44
    canvas = Canvas(height, title, about)
    left, right = 128.0, WIDTH - 14
    most = ceiling([value for one in spans for value in (one.upper, one.expected, one.came or 0)])
    bottom = height - 40

    def place(value: float) -> float:
        return left + (right - left) * min(max(value / most, 0), 1)

    for tick in Axis("", 0, most).ticks(5):
        canvas.line(place(tick), top, place(tick), bottom)
        canvas.text(place(tick), bottom + 15, form.format(tick), anchor="middle")
    canvas.text(right, bottom + 32, x_title, anchor="end")
    for k, one in enumerate(spans):
        y = top + step * (k + 0.5)
        canvas.text(left - 8, y + 4, one.name, color=INK, anchor="end", data=data_names)
        worse = one.came is not None and one.lower > one.expected
        color = VERMILION if worse else BLUE
        if math.isfinite(one.lower):
            canvas.rect(place(one.lower), y - 3, place(one.upper) - place(one.lower), 6, color, 0.3)
        canvas.line(place(one.expected), y - 9, place(one.expected), y + 9, INK, 2)
        if one.came is not None:
            canvas.dot(place(one.came), y, color, 4.5, hollow=one.small)
    return canvas.close()


def pair_rows(
    title: str, about: str, rows: Sequence[tuple[str, float, float]], names: tuple[str, str], *, form: str = "{:.0%}"
) -> Markup:
    """Two bars for each row, one under the other, with their values written at their ends."""
    step, top = 34.0, 26.0
    height = top + step * len(rows) + 6
    canvas = Canvas(height, title, about)
    left, right = 128.0, WIDTH - 60
    most = ceiling([value for _, *pair in rows for value in pair])
    for place, (name, color) in enumerate(zip(names, (BLUE, GREY), strict=True)):
        canvas.rect(left + place * 170, 5, 12, 10, color)
        canvas.text(left + place * 170 + 17, 14, name)
    for k, (label, *pair) in enumerate(rows):
        y = top + step * k
        canvas.text(left - 8, y + 17, label, color=INK, anchor="end", data=True)
        for place, (value, color) in enumerate(zip(pair, (BLUE, GREY), strict=True)):
            wide = (right - left) * value / most
            canvas.rect(left, y + 2 + place * 13, max(wide, 1), 11, color)
            canvas.text(left + wide + 5, y + 12 + place * 13, form.format(value))
    return canvas.close()
