"""Build the county's names from its layers, bring its own, and ask where a text says something is."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from geo.cases.places import queries
from geo.cases.places.match import Candidate, crossing_of, find_places
from geo.cases.places.queries import StoredNames
from geo.cases.places.words import grams, spoken
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

OWN: Final = "own"
CROSSING_REACH_M: Final = 30
HOUSE_REACH_M: Final = 20
LONGEST: Final = 400
"""Letters of a text that are looked at: a place is named early or not at all."""

HOUSE_NAME: Final = re.compile(r"^(?P<street>.{2,}?)\d{1,4}(?:之\d{1,3}|附\d{1,3})?号$")
OWN_KINDS: Final = ("house", "shop", "zone", "estate", "road", "area")


class NameBroken(Invalid):
    """A name of the bureau's own list cannot be taken; the facts name row, field and mend."""


@dataclass(frozen=True, slots=True)
class OwnName:
    """A name the bureau brings: a house number, a shop, what people call a place. Degrees, EPSG:4490.

    ``row`` is where it stands in a file; 0 for one that comes otherwise.
    """

    kind: str
    name: str
    lon: float
    lat: float
    radius_m: int = HOUSE_REACH_M
    row: int = 0


def build_names(session: Session, tenant: str, *, actor: str = "system") -> dict[str, int]:
    """Derive the names of streets, crossings, shops, houses and areas from the layers anew; the bureau's own stay.

    Returns
    -------
    dict[str, int]
        Names by kind; empty for a county without named features.
    """
    county = get_county(session, tenant)
    rows: list[tuple[str, str, str, str | None, int, float, float]] = []
    for layer, row in queries.load_layer_names(session, tenant, county.metric_srid):
        rows.append((layer, row.kind, row.name.strip(), None, row.radius_m, row.lon, row.lat))
    for row in queries.load_crossings(session, tenant, county.metric_srid):
        name = f"{row.one}与{row.other}交叉口"
        street = crossing_of(spoken(row.one), spoken(row.other))
        rows.append(("crossing", "crossing", name, street, CROSSING_REACH_M, row.lon, row.lat))
    for row in queries.load_houses(session, tenant):
        name = f"{row.street}{row.number}号"
        rows.append(("frontage", "house", name, spoken(row.street), HOUSE_REACH_M, row.lon, row.lat))
    queries.forget_names(session, tenant, ["road", "crossing", *queries.LAYERS])
    counts = _store(session, tenant, rows)
    write_change(session, tenant, "places.built", facts={"names": sum(counts.values())}, actor=actor)
    return counts


def import_names(session: Session, tenant: str, names: Iterable[OwnName], *, actor: str = "system") -> dict[str, int]:
    """Put the bureau's own names in place of those it brought before; returns names by kind.

    Raises
    ------
    NameBroken
        If a kind is none, a name says nothing, a house has no number, or a point is outside the county. Nothing is
        changed then.
    """
    county = get_county(session, tenant)
    rows: list[tuple[str, str, str, str | None, int, float, float]] = []
    for number, one in enumerate(names, 1):
        street = _check(county, one.row or number, one)
        rows.append((OWN, one.kind, one.name.strip(), street, one.radius_m, one.lon, one.lat))
    queries.forget_names(session, tenant, [OWN])
    counts = _store(session, tenant, rows)
    write_change(session, tenant, "places.imported", facts={"names": len(rows)}, actor=actor)
    return counts


def locate_text(session: Session, tenant: str, text: str, most: int = 5) -> list[Candidate]:
    """Where a text says something is; see :func:`geo.cases.places.match.find_places`."""
    return find_places(text[:LONGEST], StoredNames(session, tenant), most)


def _check(county: County, number: int, one: OwnName) -> str | None:
    """The street of a house, None for other kinds."""
    if one.kind not in OWN_KINDS:
        raise NameBroken("geocoding.kind", row=number, kind=one.kind, known=", ".join(OWN_KINDS))
    if len(spoken(one.name)) < 2:
        raise NameBroken("geocoding.name", row=number, name=one.name)
    if not county.contains(one.lon, one.lat):
        raise NameBroken("geocoding.outside", row=number, name=one.name, lon=one.lon, lat=one.lat)
    if one.kind != "house":
        return None
    found = HOUSE_NAME.match(spoken(one.name))
    if found is None:
        raise NameBroken("geocoding.house", row=number, name=one.name)
    return found["street"]


def _store(
    session: Session, tenant: str, rows: Iterable[tuple[str, str, str, str | None, int, float, float]]
) -> dict[str, int]:
    """Add names with their pairs of letters; those that say nothing are left out."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("source", "kind", "name", "spoken", "street", "radius_m", "grams", "lon", "lat")
    }
    counts: dict[str, int] = {}
    for source, kind, name, street, radius_m, lon, lat in sorted(set(rows), key=lambda row: (row[:3], row[5:])):
        said = street if kind == "crossing" and street is not None else spoken(name)
        if len(said) < 2:
            continue
        first = said.partition("|")[0] if kind == "crossing" else street
        size = 0 if first is not None else len(grams(said))
        for column, value in zip(
            columns, (source, kind, name, said, first, radius_m, size, lon, lat), strict=True
        ):  # fmt: skip
            columns[column].append(value)
        counts[kind] = counts.get(kind, 0) + 1
    stored = queries.insert_names(session, tenant, columns)
    pairs = [(gram, row.id) for row in stored if row.grams for gram in sorted(grams(row.spoken))]
    queries.insert_grams(session, tenant, [gram for gram, _ in pairs], [number for _, number in pairs])
    return counts
