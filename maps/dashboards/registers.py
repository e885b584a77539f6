"""台账: every register of the street on one page, a row each; its fields, words and colours are the layer's own."""

from __future__ import annotations

from dataclasses import dataclass

from geo.layers.register import get_kind
from geo.tables.base import About
from maps.layers import HOURS
from maps.ledgers.spec import CLOCK, Clock, Count, Field, Group, Kind, Ledger, LedgerTab, Records
from maps.symbols import THEME_BY_KIND, Mark


@dataclass(frozen=True, slots=True)
class Register:
    """A layer that is a register.

    Attributes
    ----------
    due
        Field with the day it ends or must be looked at; empty for none.
    fields
        Columns of its list.
    by
        Field that it is counted by.
    held
        Values of ``status`` in which no day is waited for.
    only
        Condition of the address: a register of what is out of order need not list what works.
    """

    layer: str
    fields: tuple[str, ...]
    by: str
    due: str = ""
    only: str = ""
    held: tuple[str, ...] = ()


REGISTERS = (
    Register("permit", ("number", "kind", "valid_from_on", "valid_to_on", "place", "purpose"), "kind", "valid_to_on"),
    Register(
        "ad",
        ("code", "kind", "status", "valid_to_on", "street", "inspected_on"),
        "status",
        "valid_to_on",
        held=("removed",),
    ),
    Register("vendor_point", ("name", "kind", "goods", "slots", "valid_from_on", "valid_to_on"), "kind"),
    Register(
        "hazard",
        ("number", "level", "category", "status", "due_at", "place", "district_code"),
        "level",
        "due_at",
        held=("closed", "unfounded"),
    ),
    Register("worksite", ("code", "name", "works", "begun_on", "ends_on", "district_code"), "works"),
    Register("site_gate", ("code", "name", "site_code", "washing"), "washing"),
    Register("waste_site", ("code", "name", "kind", "capacity_t", "opened_on", "closes_on"), "kind", "closes_on"),
    Register("posture", ("code", "name", "kind", "status", "first_on", "last_on"), "status"),
    Register("restaurant", ("code", "trade", "device", "cleaned_on", "street"), "device"),
    Register("parking", ("code", "name", "kind", "capacity", "street"), "kind"),
    Register("firework_zone", ("name", "rule", "allowed", "valid_from_on", "valid_to_on"), "rule"),
    Register("supply_point", ("code", "name", "kind", "place"), "kind"),
    Register("contact_point", ("name", "kind", "hours", "opened_on"), "kind"),
    Register("component", ("code", "name", "status", "built_on"), "status"),
    Register("streetlight", ("code", "circuit", "status", "status_since_at"), "circuit", only="status=fault"),
)
"""In the order of the page's table; a register more is a row more."""


ENDING = Field("clock", "registers_ending", "choice", "ending_", tuple(mark.value for mark in CLOCK))


def _field(layer: str, name: str) -> Field:
    about: About = next(field.about for field in get_kind(layer).fields if field.name == name)
    kind: Kind = "data"
    if about.choices:
        kind = "choice"
    elif name in HOURS:
        kind = "hours"
    elif name == "district_code":
        kind = "district"
    elif name.endswith("_on"):
        kind = "day"
    elif name.endswith("_at"):
        kind = "time"
    return Field(name, f"{layer}:{name}", kind, f"{name}_" if about.choices else "", tuple(about.choices))


def records_of(one: Register) -> Records:
    """A register as a list: what stands in the layer, how its days stand, counted by one field."""
    fields = [_field(one.layer, name) for name in one.fields]
    if one.due:
        fields.insert(1, ENDING)
    theme = THEME_BY_KIND[one.layer]
    marks: tuple[Mark, ...] = CLOCK if one.due else theme.marks
    counts: tuple[Count, ...] = (Count(f"{one.layer}:"),)
    if one.due:
        counts += (
            Count("registers_over", (("clock", ("overdue",)),), "warn"),
            Count("registers_soon", (("clock", ("warned", "today")),)),
        )
    source = f"/collections/{one.layer}/items?limit=5000&{one.only}".rstrip("&")
    return Records(
        one.layer, f"{one.layer}:", source, "features", tuple(fields),
        clock=Clock(one.due, state="status", held=one.held, soon_days=30) if one.due else None, counts=counts,
        groups=(Group(one.by, "clock" if one.due else ""),), look="clock" if one.due else theme.field, marks=marks,
        empty="registers_empty",
    )  # fmt: skip


LEDGER = Ledger(
    "registers",
    (LedgerTab("registers", "tab_registers", tuple(records_of(one) for one in REGISTERS), notes=("registers_note",)),),
)
"""The page."""
