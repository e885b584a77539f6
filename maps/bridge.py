"""Folium with every asset local, and MapLibre GL mounted as one Leaflet layer under it.

Folium names dozens of files on other hosts. Here a page may only use classes whose files are local:
:func:`render_parts` refuses anything else. The generated script goes to a file of its own, so that the
page can be served without inline scripts.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import folium
from branca.element import CssLink, Element, Figure, JavascriptLink
from folium.elements import JSCSSMixin
from folium.map import Layer
from folium.plugins import TreeLayerControl
from folium.template import Template

from geo.errors import PianquError
from maps.assets import asset

ESCAPED = re.compile(r"(?<!\\)((?:\\\\)*)\\u(0026|003[ce]|[3-9][0-9a-f]{3})")
"""``&``, ``<``, ``>`` and Chinese as JSON may write them; a backslash that is itself escaped starts no escape."""


class NotLocal(PianquError):
    """A page would ask another host for something; the facts list the addresses."""


def to_json(value: object) -> str:
    """JSON that may stand inside a script: ``<``, ``>``, ``&`` and line separators are escaped.

    Examples
    --------
    >>> to_json({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


class Map(folium.Map):
    """Folium's map with Leaflet only: no jQuery, Bootstrap or icon fonts, and no tiles of anybody else."""

    default_js = [("leaflet", asset("vendor/leaflet/leaflet.js")), ("pianqu", asset("pianqu.js"))]
    default_css = [("leaflet_css", asset("vendor/leaflet/leaflet.css")), ("pianqu_css", asset("pianqu.css"))]

    def __init__(self, bounds: tuple[float, float, float, float]) -> None:
        """``bounds`` are west, south, east, north in degrees: where the map opens and goes back to."""
        west, south, east, north = bounds
        super().__init__(
            location=[(south + north) / 2, (west + east) / 2],
            tiles=None,
            zoom_control=False,
            control_scale=False,
            prefer_canvas=True,
            # `max_zoom` would only be handed to the tiles that are not there
            maxZoom=19,
            minZoom=7,
            attribution_control=False,
        )
        self.bounds = [[south, west], [north, east]]


class MapSetup(JSCSSMixin):
    """Fits the map to its bounds, adds scale and zoom with words in the page's language, keyboard and test handles."""

    _template = Template(
        "{% macro script(this, kwargs) %}"
        "pianqu.setUp({{ this._parent.get_name() }}, {{ this.bounds }}, {{ this.page }});"
        "{% endmacro %}"
    )

    def __init__(self, bounds: list[list[float]], page: dict[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "setup"
        self.bounds = to_json(bounds)
        self.page = to_json(page)


class Ground(JSCSSMixin, Layer):
    """One WebGL map under Leaflet that reads our vector tiles; PNG tiles where there is no WebGL.

    Its style and the groups of layers in it are those of all pages (:mod:`maps.layers`). Browsers allow few WebGL
    contexts, so all groups are drawn by this one.

    Parameters
    ----------
    shown
        Groups that are visible when the page opens.
    """

    default_js = [
        ("maplibre", asset("vendor/maplibre-gl/maplibre-gl.js")),
        ("maplibre_leaflet", asset("vendor/maplibre-gl-leaflet/leaflet-maplibre-gl.js")),
    ]
    default_css = [("maplibre_css", asset("vendor/maplibre-gl/maplibre-gl.css"))]
    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = pianqu.ground({{ this.shown }});{% endmacro %}"
    )

    def __init__(self, shown: Iterable[str]) -> None:
        super().__init__(name="ground", overlay=False, control=False)
        self._name = "ground"
        self.shown = to_json(list(shown))


class PlanLayer(Layer):
    """Part of the plan (``routes`` or ``unserved``), drawn by Leaflet from the page's data file."""

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = pianqu.planLayer({{ this.part }});{% endmacro %}"
    )

    def __init__(self, part: str, *, show: bool = True) -> None:
        super().__init__(name=part, overlay=True, control=True, show=show)
        self._name = "plan"
        self.part = to_json(part)


class ShapesLayer(Layer):
    """Shapes of a finding, drawn by Leaflet from the page's data file."""

    _template = Template(
        "{% macro script(this, kwargs) %}var {{ this.get_name() }} = pianqu.shapeLayer({{ this.part }});{% endmacro %}"
    )

    def __init__(self, part: str, *, show: bool = True) -> None:
        super().__init__(name=part, overlay=True, control=True, show=show)
        self._name = "shapes"
        self.part = to_json(part)


class FindingSetup(JSCSSMixin):
    """Brings the script and the looks that pages of findings share, and the page's own script."""

    default_css = [("findings_css", asset("findings.css"))]
    _template = Template(
        "{% macro script(this, kwargs) %}pianqu.findings({{ this.words }});"
        "{% for call in this.calls %}pianqu.{{ call }}();{% endfor %}{% endmacro %}"
    )

    def __init__(self, words: dict[str, str], own: tuple[str, ...]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "finding"
        self.words = to_json(words)
        self.calls = own
        self.default_js = [(name, asset(f"{name}.js")) for name in ("findings", *own)]


class LayerTree(TreeLayerControl):
    """The layer tree, which is the legend too: branches of the page above those of all pages.

    Parameters
    ----------
    ground
        The map whose groups it switches.
    own
        Branches of the page, as Folium takes a tree.
    folded
        Whether the branches of all pages are folded when the page opens.
    """

    default_js = [("tree", asset("vendor/leaflet.control.layers.tree/L.Control.Layers.Tree.js"))]
    default_css = [("tree_css", asset("vendor/leaflet.control.layers.tree/L.Control.Layers.Tree.css"))]
    _template = Template(
        "{% macro script(this, kwargs) %}"
        "pianqu.tree({{ this._parent.get_name() }}, {{ this.ground.get_name() }}, "
        "{{ this.overlay_tree|tojavascript }}, {{ this.folded }});"
        "{% endmacro %}"
    )

    def __init__(self, ground: Ground, own: list[dict[str, Any]], *, folded: bool) -> None:
        super().__init__(overlay_tree=own)
        self._name = "tree"
        self.ground = ground
        self.folded = to_json(folded)


@dataclass(frozen=True, slots=True)
class Parts:
    """What Folium made of a map, taken apart for our own page.

    Attributes
    ----------
    scripts, styles
        Local addresses in loading order.
    body
        The map's element.
    script
        The generated script, to be served as a file.
    """

    scripts: tuple[str, ...]
    styles: tuple[str, ...]
    body: str
    script: str


def render_parts(map_: folium.Map) -> Parts:
    """Render a map and take its figure apart.

    Parameters
    ----------
    map_
        A map with all its layers and controls; rendered once.

    Raises
    ------
    NotLocal
        If a class on the map brings a file from another host, or the script names one.

    Notes
    -----
    Names of elements are numbered instead of random, so that the same map gives the same bytes.
    """
    figure = map_.get_root()
    assert isinstance(figure, Figure)
    numbers = itertools.count(1)
    for element in _walk(map_):
        element._id = str(next(numbers))
    figure.render()
    links = list(figure.header._children.values())
    scripts = tuple(link.url for link in links if isinstance(link, JavascriptLink))
    styles = tuple(link.url for link in links if isinstance(link, CssLink))
    body = "".join(child.render() for child in figure.html._children.values()).strip()
    script = unescaped("\n".join(line.strip() for line in _script(figure).splitlines() if line.strip()))
    # branca's own figure brings nothing of its own here, since only links of local classes are kept
    foreign = [url for url in (*scripts, *styles) if not url.startswith("/static/")]
    foreign += re.findall(r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s\"']*", script)
    if foreign:
        raise NotLocal("maps.not_local", addresses=", ".join(sorted(set(foreign))))
    return Parts(scripts, styles, body, script)


def unescaped(script: str) -> str:
    """The script without the escapes that keep text from ending a ``<script>``: it is served as a file of its own.

    Examples
    --------
    >>> unescaped(r'{"a":"\\u003cb\\u003e \\u7247\\u533a","path":"c:\\\\u003c","end":"\\u2028"}')
    '{"a":"<b> 片区","path":"c:\\\\\\\\u003c","end":"\\\\u2028"}'
    """
    return ESCAPED.sub(lambda found: found[1] + chr(int(found[2], 16)), script)


def script_json(value: object) -> str:
    """JSON for a script that is served as a file of its own."""
    return unescaped(to_json(value))


def _script(figure: Figure) -> str:
    return "\n".join(child.render() for child in figure.script._children.values())


def _walk(element: Element) -> Iterator[Element]:
    yield element
    for child in element._children.values():
        yield from _walk(child)
