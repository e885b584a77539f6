"""Places of a finding as the page's map draws them: few enough for Leaflet, with looks that the legend repeats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from maps.texts import Texts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Form = Literal["area", "line", "dot"]

MOST_SHAPES = 2_500
"""Leaflet draws this many on a canvas without delay; a page that has more shows those that matter first."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a class of shapes is drawn, and what the legend calls it."""

    title: str
    color: str
    form: Form = "area"
    fill: float = 0.5
    weight: float = 1.5
    dash: str = ""
    radius: float = 6.0

    def data(self) -> dict[str, Any]:
        """What the page's script needs of it."""
        return {"color": self.color, "fill": self.fill, "weight": self.weight, "dash": self.dash, "radius": self.radius}


@dataclass(frozen=True, slots=True)
class Drill:
    """The records behind a number: rows of a layer inside the shape, of some codes, within a period."""

    layer: str = "event"
    codes: tuple[str, ...] = ()
    period: str = ""
    """RFC 3339 interval, ``2026-11-01T00:00:00Z/..``."""
    label: str = ""
    ids: tuple[int, ...] = ()
    """Feature ids; when given, exactly these records."""

    def data(self) -> dict[str, Any]:
        """What the page's script asks the service for."""
        found: dict[str, Any] = {
            "layer": self.layer,
            "codes": list(self.codes),
            "period": self.period,
            "label": self.label,
        }
        return {**found, "ids": list(self.ids)} if self.ids else found


@dataclass(frozen=True, slots=True)
class Shape:
    """One place: ``facts`` are pairs of words; a name from data stands between U+2068 and U+2069.

    Attributes
    ----------
    geometry
        EPSG:4490; any type, a point becomes a dot.
    label
        Written on the map; empty for none.
    """

    key: str
    look: str
    title: str
    geometry: BaseGeometry
    facts: tuple[tuple[str, str], ...] = ()
    drill: Drill | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class ShapeSet:
    """Shapes that are switched together."""

    name: str
    title: str
    looks: dict[str, Look]
    shapes: tuple[Shape, ...]
    show: bool = True
    note: str = ""
    tiny: bool = False
    """Whether its areas are so small that a dot must stand for each on the map of the whole county."""

    def data(self) -> dict[str, Any]:
        """The set as the page's data file holds it, coordinates to 1 m."""
        return {
            "name": self.name,
            "looks": {name: look.data() for name, look in self.looks.items()},
            "tiny": self.tiny,
            "shapes": [_shape_data(shape) for shape in self.shapes[:MOST_SHAPES]],
        }


def named(name: str) -> str:
    """A name from data inside a sentence, marked so that the page can tell it from its own words."""
    return f"\u2068{name}\u2069"


def isolate(sentence: str, texts: Texts) -> Markup:
    """A sentence for HTML with its marked names as data.

    Examples
    --------
    >>> str(isolate("in \u2068城西\u2069", Texts("en")))
    'in <bdi lang="zh-CN">城西</bdi>'
    """
    parts = sentence.replace("\u2069", "\u2068").split("\u2068")
    return Markup("").join(texts.data(part) if place % 2 else part for place, part in enumerate(parts))


def _shape_data(shape: Shape) -> dict[str, Any]:
    found: dict[str, Any] = {
        "key": shape.key,
        "look": shape.look,
        "title": shape.title,
        "facts": [list(fact) for fact in shape.facts],
        **_coordinates(shape.geometry),
    }
    if shape.label:
        found["label"] = shape.label
    if shape.drill:
        found["drill"] = shape.drill.data()
    return found


def _coordinates(geometry: BaseGeometry) -> dict[str, Any]:
    """``{"areas": [[ring, hole…]…], "lines": […], "dots": […]}``, only those there are."""
    from shapely import get_coordinates, get_parts

    def points(part: BaseGeometry) -> list[list[float]]:
        return [[round(float(x), 5), round(float(y), 5)] for x, y in get_coordinates(part)]

    found: dict[str, Any] = {}
    for part in get_parts(geometry):
        if part.is_empty:
            continue
        if part.geom_type == "Polygon":
            found.setdefault("areas", []).append([points(part.exterior), *(points(hole) for hole in part.interiors)])
        elif part.geom_type in ("LineString", "LinearRing"):
            found.setdefault("lines", []).append(points(part))
        else:
            found.setdefault("dots", []).extend(points(part))
    return found
