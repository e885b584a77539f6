"""A ledger as data: which lists it asks the service for, what it counts, what one record's panel shows.

Pages built from these hold no record. The page's script asks the service, which answers with what the caller may see;
so a page is as new as the moment it is opened, and a squad leader's shows the squad's 片区 alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from geo.layers.register import KINDS
from maps.findings.shapes import Look, ShapeSet
from maps.palette import BLUE, GREY, ORANGE, SKY, VERMILION
from maps.symbols import Mark
from maps.texts import Texts
from maps.topics import CASE_LINKS

Kind = Literal["data", "code", "district", "layer", "day", "time", "hours", "number", "choice"]
"""A name from data, a code of the catalogue, a 片区, a layer, a local day, an instant, opening hours, a number, one of
``values``."""

CLOCK = (
    Mark("overdue", VERMILION), Mark("warned", ORANGE), Mark("today", SKY), Mark("running", BLUE), Mark("none", GREY),
)  # fmt: skip
"""Past its date, past three quarters of its time, due within a day, in time, without a running clock."""


def word_of(texts: Texts, key: str) -> str:
    """A word of the pages, or by its full code one of another room.

    Examples
    --------
    >>> word_of(Texts("zh"), "stage_desk"), word_of(Texts("zh"), "flow.state_closed")
    ('待派遣', '已结案')
    """
    return texts.reason(key, {}) if "." in key else texts(key)


def title_of(texts: Texts, key: str) -> str:
    """A title of the pages, or of a layer (``permit:``) or its field (``permit:number``) as the register has it.

    Examples
    --------
    >>> title_of(Texts("en"), "permit:"), title_of(Texts("en"), "permit:number")
    ('Permits', 'Number')
    """
    layer, colon, name = key.partition(":")
    if not colon:
        return texts(key)
    return texts.field(layer, name) if name else texts.layer(layer)


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a list: where it stands in the service's answer, and how it is said.

    Attributes
    ----------
    title
        Key of its name; ``words`` begins the keys of its ``values``.
    digits
        Of a number at most so many behind the point.
    """

    name: str
    title: str
    kind: Kind = "data"
    words: str = ""
    values: tuple[str, ...] = ()
    unit: str = ""
    digits: int = 1

    def data(self, texts: Texts) -> dict[str, Any]:
        """What the script needs of it."""
        found: dict[str, Any] = {"name": self.name, "title": title_of(texts, self.title), "kind": self.kind}
        if self.values:
            found["choices"] = {value: word_of(texts, f"{self.words}{value}") for value in self.values}
        if self.kind == "layer":
            found |= {"kind": "choice", "choices": {kind.name: texts.layer(kind.name) for kind in KINDS}}
        if self.unit:
            found["unit"] = texts(self.unit)
        if self.digits != 1:
            found["digits"] = self.digits
        return found


@dataclass(frozen=True, slots=True)
class Clock:
    """Adds a field ``clock`` to rows, one of :data:`CLOCK`, from the dates they carry.

    Attributes
    ----------
    due, warn
        Fields that hold the date (or local day) it is due, and from when it is warned of; ``warn`` may be missing.
    held
        Values of ``state`` in which no clock runs.
    soon_days
        Warned of so many days before; 0 leaves that to ``warn``.
    """

    due: str
    warn: str = ""
    state: str = "state"
    held: tuple[str, ...] = ()
    soon_days: int = 0

    def data(self) -> dict[str, Any]:
        """What the script needs of it."""
        return {"due": self.due, "warn": self.warn, "state": self.state, "held": list(self.held),
                "soon_days": self.soon_days}  # fmt: skip


CLOCK_FIELD = Field("clock", "ledger_clock", "choice", "clock_", tuple(mark.value for mark in CLOCK))


@dataclass(frozen=True, slots=True)
class Count:
    """A large number: rows whose fields have one of these values; no condition counts all."""

    title: str
    where: tuple[tuple[str, tuple[str, ...]], ...] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A table of counts by one field, and across another's values if it is named."""

    by: str
    across: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What a record's panel shows: ``facts`` of the record itself, or a ``table``, ``pictures`` or the ``clock`` below
    ``name`` in the service's answer."""

    form: Literal["facts", "table", "pictures", "clock"]
    title: str
    fields: tuple[Field, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class Placing:
    """How a record of a list is put on the map by a person: a candidate, or a point of the map.

    Attributes
    ----------
    candidates, rows
        Address of the places its words may mean, with the record's fields in braces, and the list in its answer.
    place, method
        Where ``{"lon": …, "lat": …}`` goes.
    refuse
        Where ``{"note": …}`` goes when it has no place; empty where that is no answer.
    """

    candidates: str
    rows: str
    place: str
    method: Literal["POST", "PUT"]
    refuse: str = ""

    def data(self) -> dict[str, Any]:
        """What the script needs of it."""
        return {"candidates": self.candidates, "rows": self.rows, "place": self.place, "method": self.method,
                "refuse": self.refuse}  # fmt: skip


PLACING_MARKS = (Mark("candidate", SKY), Mark("chosen", VERMILION))
"""What is drawn while a record is placed."""


@dataclass(frozen=True, slots=True)
class Records:
    """A list, what is counted of it, and how a record is shown.

    Attributes
    ----------
    source
        Address, with ``{first}``, ``{last}`` and ``{district}`` where a tab asks for them; empty for a list that only
        a tally fills. ``rows`` names the list in its answer; ``features`` are GeoJSON.
    page_by
        Parameter that asks for rows beyond the last ``id``, for lists given in parts of ``size``.
    by_ids
        Address that takes ``id=…&id=…``, for lists a tally fills by ids.
    look, marks
        The field whose value colours a record on the map; empty for lists without places.
    detail
        Address of one record, ``{key}`` in it; empty for none.
    placing
        How its records are put on the map; ``look`` then names the field that says the place in words, and ``marks``
        are :data:`PLACING_MARKS`.
    """

    id: str
    title: str
    source: str
    rows: str
    fields: tuple[Field, ...]
    key: str = "id"
    page_by: str = ""
    size: int = 1000
    by_ids: str = ""
    clock: Clock | None = None
    counts: tuple[Count, ...] = ()
    groups: tuple[Group, ...] = ()
    look: str = ""
    marks: tuple[Mark, ...] = ()
    detail: str = ""
    parts: tuple[Part, ...] = ()
    empty: str = "ledger_empty"
    placing: Placing | None = None

    def field(self, name: str) -> Field:
        """One of its fields."""
        return next(field for field in self.fields if field.name == name)

    def data(self, texts: Texts) -> dict[str, Any]:
        """What the script needs of it."""
        return {
            "id": self.id, "title": title_of(texts, self.title), "source": self.source, "rows": self.rows,
            "key": self.key, "page_by": self.page_by, "size": self.size, "by_ids": self.by_ids,
            "clock": self.clock.data() if self.clock else None,
            "fields": [field.data(texts) for field in self.fields], "look": self.look, "places": bool(self.marks),
            "counts": [
                {"title": title_of(texts, one.title), "where": {name: list(values) for name, values in one.where},
                 "tone": one.tone}
                for one in self.counts
            ],
            "groups": [{"by": one.by, "across": one.across} for one in self.groups],
            "detail": self.detail, "empty": texts(self.empty),
            "placing": self.placing.data() if self.placing else None,
            "parts": [
                {"form": part.form, "title": texts(part.title), "name": part.name,
                 "fields": [field.data(texts) for field in part.fields]}
                for part in self.parts
            ],
        }  # fmt: skip

    def shapes(self, texts: Texts, *, show: bool) -> ShapeSet:
        """The legend of its places; the script draws them."""
        words = self.field(self.look)
        looks = {
            mark.value: Look(word_of(texts, f"{words.words}{mark.value}"), mark.color, "dot", 0.9, radius=5.5)
            for mark in self.marks
        }
        return ShapeSet(self.id, title_of(texts, self.title), looks, (), show=show)


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a tally; ``drill`` is the address of the records it counts, with the row's fields in braces.

    Attributes
    ----------
    ids
        The row holds a list of record ids under the field's name and ``_ids``.
    keep, same
        Of what the address gives only records with these values, and with the row's own values of these fields.
    """

    field: Field
    drill: str = ""
    ids: bool = False
    keep: tuple[tuple[str, tuple[str, ...]], ...] = ()
    same: tuple[str, ...] = ()

    def data(self, texts: Texts) -> dict[str, Any]:
        """What the script needs of it."""
        keep = {name: list(values) for name, values in self.keep}
        return {
            **self.field.data(texts), "drill": self.drill, "ids": self.ids, "keep": keep, "same": list(self.same),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tally:
    """A table the service counted; numbers lead to the list ``into``.

    Attributes
    ----------
    adapt
        How the answer becomes rows where it is no plain list: a name in the script.
    only
        Rows shown: a field and its values; empty for all.
    opens
        The cell whose records the list opens with, where nothing else fills it: by ids those of all rows, by address
        those of the first row that counts any.
    """

    title: str
    source: str
    rows: str
    cells: tuple[Cell, ...]
    into: str
    adapt: str = ""
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    note: str = ""
    empty: str = "ledger_empty"
    opens: str = ""

    def data(self, texts: Texts) -> dict[str, Any]:
        """What the script needs of it."""
        return {
            "title": texts(self.title), "source": self.source, "rows": self.rows, "into": self.into,
            "opens": self.opens, "adapt": self.adapt, "only": {name: list(values) for name, values in self.only},
            "note": texts(self.note) if self.note else "", "empty": texts(self.empty),
            "cells": [cell.data(texts) for cell in self.cells],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class LedgerTab:
    """A tab: lists to choose from, tallies above them, sentences that explain.

    Attributes
    ----------
    period
        Whether it asks from when to when, and whether that begins with this month or this year.
    by_district
        Whether it asks for which 片区.
    links
        Addresses it leads to, each with the key of its words.
    """

    id: str
    title: str
    records: tuple[Records, ...]
    tallies: tuple[Tally, ...] = ()
    period: Literal["", "month", "year"] = ""
    by_district: bool = False
    notes: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    def data(self, texts: Texts) -> dict[str, Any]:
        """What the script needs of it."""
        return {
            "id": self.id, "period": self.period, "by_district": self.by_district,
            "records": [one.data(texts) for one in self.records],
            "tallies": [one.data(texts) for one in self.tallies],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """A page; ``name`` is its address and its topic.

    Attributes
    ----------
    asked
        Action and thing of the service's permissions that all its lists ask for.
    links
        Pages it links to.
    groups
        Groups of the legend it may offer; empty for all.
    """

    name: str
    tabs: tuple[LedgerTab, ...]
    asked: tuple[str, str] = ("read", "case")
    links: tuple[str, ...] = CASE_LINKS
    groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """No two lists of a page have a name in common: it is that of their places on the map too."""
        names = [records.id for tab in self.tabs for records in tab.records]
        assert len(names) == len(set(names)), names
