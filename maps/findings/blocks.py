"""The blocks a page of findings stacks in its panel: sentences, figures, tables, charts; one template draws all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

if TYPE_CHECKING:
    from pandas import DataFrame

Tone = Literal["", "quiet", "warn", "strong", "empty"]
Cell = str | Markup
"""Plain text is escaped; names from data come as :meth:`maps.texts.Texts.data`."""

MOST_ROWS = 120
"""Rows of a table on a page; what is more is counted below it, so that a page stays small."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A line to read: ``strong`` is the answer a planner came for, ``warn`` says what to mend, ``quiet`` explains."""

    text: Cell
    tone: Tone = ""
    name: str = "sentence"


@dataclass(frozen=True, slots=True)
class Figure:
    """One large number with what it counts; ``shape`` makes it lead to its place on the map."""

    title: str
    value: str
    note: Cell = ""
    tone: Tone = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """Large numbers side by side."""

    items: tuple[Figure, ...]
    name: str = "figures"


@dataclass(frozen=True, slots=True)
class Column:
    """A column's head; numbers stand right."""

    title: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Cells in the order of the columns.

    Attributes
    ----------
    shape
        ``"<set>:<key>"`` of its place on the map; the first cell becomes the button that shows it.
    mark
        CSS class of the class of the row, the same as the shape's look; empty without.
    """

    cells: tuple[Cell, ...]
    shape: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table with its caption, and the sentence shown instead of an empty one."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str
    folded: bool = False
    most: int = MOST_ROWS
    name: str = "table"


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart with the table that says the same; ``legend`` explains it in words."""

    title: str
    svg: Markup
    table: Table
    legend: Cell = ""
    name: str = "chart"


@dataclass(frozen=True, slots=True)
class Links:
    """A row of pages to choose from; the current one is marked."""

    label: str
    items: tuple[tuple[str, Cell, bool], ...]
    """(address, words, whether it is this page)."""
    name: str = "links"


@dataclass(frozen=True, slots=True)
class Mount:
    """Where the page's script puts what a person works on; ``waiting`` is read until it does."""

    id: str
    waiting: str
    name: str = "mount"


Block = Sentence | Figures | Table | Chart | Links | Mount


@dataclass(frozen=True, slots=True)
class Tab:
    """A part of the panel."""

    id: str
    title: str
    blocks: tuple[Block, ...]


def join(parts: Iterable[Cell], between: str = " · ") -> Markup:
    """Cells one after another, escaped, empty ones left out.

    Examples
    --------
    >>> str(join(["a<b", "", Markup("<b>c</b>")]))
    'a&lt;b · <b>c</b>'
    """
    return Markup(between).join(part for part in parts if part)


def rows_of(frame: DataFrame) -> list[Any]:
    """The rows of a frame as named tuples, in their order."""
    return list(frame.itertuples(index=False))
