"""What a page is asked for, parsed from text and checked before any of it reaches SQL."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from geo.errors import Malformed
from geo.features.queries import cast_of
from geo.layers.register import Field, LayerKind

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
LAT_FIRST = ("http://www.opengis.net/def/crs/EPSG/0/4326", "http://www.opengis.net/def/crs/EPSG/0/4490")
SYSTEMS = (CRS84, *LAT_FIRST)
"""Systems of boxes and answers: CRS84 is lon, lat; the EPSG ones are lat, lon as their registry says."""

WHOLE = {"smallint": 1 << 15, "int": 1 << 31, "bigint": 1 << 63}

LARGEST_EXPONENT = 300
"""Of a decimal number asked for; one far larger cannot even be sent to the database."""

Box = tuple[float, float, float, float]


class BadParameter(Malformed):
    """A query parameter that cannot be read; the facts name it and the mend."""


@dataclass(frozen=True, slots=True)
class PageFilter:
    """Which rows of a layer a page shows; empty shows all."""

    boxes: tuple[Box, ...] = ()
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    equals: Mapping[str, object] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        """Whether every row matches."""
        return not (self.boxes or self.since or self.until or self.equals)

    def values(self) -> dict[str, object]:
        """Parameters of :func:`geo.features.queries.page_statement`."""
        sides = {
            f"{side}{n}": value for n, box in enumerate(self.boxes) for side, value in zip("wsen", box, strict=True)
        }
        filters = {f"f_{name}": value for name, value in self.equals.items()}
        return {**sides, **filters, "since": self.since, "until": self.until}


def parse_box(text: str, system: str = CRS84) -> tuple[Box, ...]:
    """Read ``bbox``: four numbers, or six of which the heights are left out.

    Returns
    -------
    tuple of boxes
        West, south, east, north in degrees; two boxes if it crosses the antimeridian.

    Raises
    ------
    BadParameter
        If it is not four or six finite numbers in range, south over north, or the system is unknown.

    Examples
    --------
    >>> parse_box("117,28,118,29")
    ((117.0, 28.0, 118.0, 29.0),)
    >>> parse_box("28,117,29,118", LAT_FIRST[1])
    ((117.0, 28.0, 118.0, 29.0),)
    >>> parse_box("179,-10,-179,10")
    ((179.0, -10.0, 180.0, 10.0), (-180.0, -10.0, -179.0, 10.0))
    """
    if system not in SYSTEMS:
        raise BadParameter("query.bbox_crs", known=" ".join(SYSTEMS))
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not all(math.isfinite(number) for number in numbers):
        raise BadParameter("query.bbox", given=text[:100])
    if system in LAT_FIRST:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    west, south, east, north = numbers
    if not (-180 <= west <= 180 and -180 <= east <= 180 and -90 <= south <= north <= 90):
        raise BadParameter("query.bbox", given=text[:100])
    if west <= east:
        return ((west, south, east, north),)
    return ((west, south, 180.0, north), (-180.0, south, east, north))


def is_lat_first(system: str) -> bool:
    """Whether coordinates of a system are written latitude first.

    Raises
    ------
    BadParameter
        If the system is not one of ``SYSTEMS``.
    """
    if system not in SYSTEMS:
        raise BadParameter("query.crs", known=" ".join(SYSTEMS))
    return system in LAT_FIRST


def parse_period(text: str, zone: str) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Read ``datetime``: an instant, a date, or an interval with ``..`` or nothing for an open end.

    Parameters
    ----------
    text
        RFC 3339; a date means the whole local day.
    zone
        Time zone of dates and of times written without one.

    Returns
    -------
    since, until
        Aware instants, both inclusive; None on an open side.

    Raises
    ------
    BadParameter
        If it cannot be read, or ends before it starts.

    Examples
    --------
    >>> since, until = parse_period("2026-03-01/..", "Asia/Shanghai")
    >>> since.isoformat(), until
    ('2026-03-01T00:00:00+08:00', None)
    """
    first, bar, last = text.partition("/")
    try:
        since = _side(first, zone, end=False)
        until = _side(last if bar else first, zone, end=True)
    except (ValueError, OverflowError):
        raise BadParameter("query.datetime", given=text[:100]) from None
    if "/" in last or (not bar and since is None) or (since and until and since > until):
        raise BadParameter("query.datetime", given=text[:100])
    return since, until


def _side(text: str, zone: str, *, end: bool) -> dt.datetime | None:
    return None if text in ("", "..") else _instant(text, zone, end=end)


def _instant(text: str, zone: str, *, end: bool = False) -> dt.datetime:
    """An instant; without a zone it is local, and a date is the day's beginning or ``end``."""
    if len(text) == 10:
        day = dt.datetime.combine(dt.date.fromisoformat(text), dt.time.max if end else dt.time.min)
        return _in_range(day.replace(tzinfo=ZoneInfo(zone)))
    if len(text) < 16 or text[10] not in "Tt ":
        raise ValueError(text)
    # An unescaped "+08:00" arrives as " 08:00".
    found = dt.datetime.fromisoformat(text[:11] + text[11:].upper().replace(" ", "+"))
    return _in_range(found if found.tzinfo else found.replace(tzinfo=ZoneInfo(zone)))


def _in_range(at: dt.datetime) -> dt.datetime:
    """The instant itself; OverflowError if UTC has no such year, which the driver would meet too late."""
    at.astimezone(dt.UTC)
    return at


def parse_value(attribute: Field, text: str, zone: str) -> object:
    """A filter value of an attribute, in the type its column has.

    Parameters
    ----------
    zone
        Time zone of instants written without one, and of dates given for an instant.

    Raises
    ------
    BadParameter
        If the text is no such value; a value outside an attribute's choices is said too.
    """
    kind = cast_of(attribute)
    choices = attribute.about.choices
    if choices and text not in choices:
        raise BadParameter("query.choice", name=attribute.name, known=", ".join(choices))
    try:
        return _read(kind, text, zone)
    except (ValueError, InvalidOperation, OverflowError):
        raise BadParameter("query.value", name=attribute.name, given=text[:100], kind=kind) from None


def _read(kind: str, text: str, zone: str) -> object:
    if kind == "text":
        if "\x00" in text:
            raise ValueError(text)
        return text
    if kind in WHOLE:
        whole = int(text)
        if not -WHOLE[kind] <= whole < WHOLE[kind]:
            raise OverflowError(text)
        return whole
    if kind == "float8":
        return float(text)
    if kind == "numeric":
        number = Decimal(text)
        if not number.is_finite() or abs(number.adjusted()) > LARGEST_EXPONENT:
            raise ValueError(text)
        return number
    if kind == "boolean":
        if text.lower() not in ("true", "false"):
            raise ValueError(text)
        return text.lower() == "true"
    if kind == "date":
        return dt.date.fromisoformat(text)
    return _instant(text, zone)


def read_filter(
    kind: LayerKind,
    zone: str,
    *,
    bbox: str | None = None,
    bbox_crs: str = CRS84,
    period: str | None = None,
    others: Mapping[str, str] | None = None,
) -> PageFilter:
    """Put the parts of a request together.

    Parameters
    ----------
    kind
        The layer asked.
    zone
        The county's time zone.
    bbox, bbox_crs, period
        As :func:`parse_box` and :func:`parse_period` read them; ``period`` has no effect on a layer
        without a time column, as OGC API Features says.
    others
        Attribute to value; each must be an attribute of the layer.

    Raises
    ------
    BadParameter
        If a part cannot be read or an attribute is unknown.
    """
    attributes = {attribute.name: attribute for attribute in kind.fields}
    since, until = parse_period(period, zone) if period is not None else (None, None)
    equals: dict[str, object] = {}
    for name, text in (others or {}).items():
        if name not in attributes:
            raise BadParameter("query.unknown", name=name[:60], known=", ".join(attributes))
        equals[name] = parse_value(attributes[name], text, zone)
    timed = kind.time_column is not None
    return PageFilter(
        boxes=parse_box(bbox, bbox_crs) if bbox is not None else (),
        since=since if timed else None,
        until=until if timed else None,
        equals=dict(sorted(equals.items())),
    )
