"""What rules a candidate out: too near to something, too far from something, or a figure of its own too high or low.

Rules are written as people say them: ``hotspot_zone:kind=school<200`` (nearer than 200 m to a school rules out),
``road:tier=secondary>100`` (farther than 100 m), ``column:slope>15`` (the candidate's own figure above 15).
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.errors import Invalid

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from numpy.typing import NDArray

COLUMN: Final = "column"
WRITTEN: Final = re.compile(r"(?P<layer>[^:<>]+?)(?::(?P<filter>[^<>]+?))?\s*(?P<sign>[<>])\s*(?P<limit>-?\d+(\.\d+)?)")


class RuleUnreadable(Invalid):
    """A rule that is not written as rules are; the message shows how."""


class RuleColumn(Invalid):
    """A rule names a column that is not there, or holds no numbers; the facts list those there are."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule.

    Parameters
    ----------
    layer
        Layer or file whose things count; ``column`` for a figure of the candidate's own.
    field, value
        Only things whose ``field`` is ``value`` count (None: all); for ``column`` the name of the figure stands in
        ``field``.
    sign
        ``<``: nearer (or less) than the limit rules out; ``>``: farther (or more).
    limit
        Metres, or the unit of the figure.
    """

    layer: str
    field: str | None
    value: str | None
    sign: str
    limit: float

    @property
    def text(self) -> str:
        """The rule as it is written."""
        part = "" if self.field is None else f":{self.field}" if self.value is None else f":{self.field}={self.value}"
        return f"{self.layer}{part}{self.sign}{self.limit:g}"


def read_rule(text: str) -> Rule:
    """The rule that a text says.

    Raises
    ------
    RuleUnreadable
        If it says none.

    Examples
    --------
    >>> read_rule("hotspot_zone:kind=school<200")
    Rule(layer='hotspot_zone', field='kind', value='school', sign='<', limit=200.0)
    >>> read_rule("column:slope>15").text, read_rule("vendor_point<300").field
    ('column:slope>15', None)
    >>> read_rule("school")
    Traceback (most recent call last):
    geo.hotspots.siting.rules.RuleUnreadable: sites.rule_unreadable: {'rule': 'school'}
    """
    match = WRITTEN.fullmatch(text.strip())
    if match is None:
        raise RuleUnreadable("sites.rule_unreadable", rule=text)
    layer, part = match["layer"].strip(), match["filter"]
    field, _, value = (part or "").partition("=")
    named = layer == COLUMN
    if (named and (not field or value)) or (part and not named and not (field and value)):
        raise RuleUnreadable("sites.rule_unreadable", rule=text)
    return Rule(layer, field.strip() or None, value.strip() or None, match["sign"], float(match["limit"]))


def find_reasons(
    candidates: GeoDataFrame, rules: Sequence[Rule], layers: Mapping[str, GeoDataFrame]
) -> list[list[dict[str, Any]]]:
    """Why each candidate is ruled out.

    Parameters
    ----------
    candidates
        Any geometry, metric CRS, with the columns that rules name.
    layers
        The things of each rule's layer by its name, same CRS, with the fields that rules name.

    Returns
    -------
    list
        For each candidate, in order, one entry a rule it breaks: ``rule`` (as written), ``code`` (message), ``limit``
        and ``found`` (whole metres, or the figure), and ``name`` of the thing that is too near where it has one. An
        empty list means that it may be chosen. A thing at exactly the limit is neither too near nor too far. If a
        layer holds nothing, nothing is too near and everything is too far (``found`` −1).

    Raises
    ------
    RuleColumn
        If a rule names a field that is not there or is no number.

    Examples
    --------
    >>> from geopandas import GeoDataFrame, GeoSeries
    >>> spots = GeoDataFrame({"slope": [3, 20]}, geometry=GeoSeries.from_xy([0, 500], [0, 0], crs=4548))
    >>> schools = GeoDataFrame({"name": ["一小"], "kind": ["school"]}, geometry=GeoSeries.from_xy([90], [0], crs=4548))
    >>> rules = [read_rule("zone:kind=school<100"), read_rule("column:slope>15")]
    >>> found = find_reasons(spots, rules, {"zone": schools})
    >>> [[(reason["rule"], reason["found"]) for reason in row] for row in found]
    [[('zone:kind=school<100', 90)], [('column:slope>15', 20.0)]]
    """
    found: list[list[dict[str, Any]]] = [[] for _ in range(len(candidates))]
    for rule in rules:
        judge = _by_column if rule.layer == COLUMN else _by_distance
        for number, reason in judge(candidates, rule, layers):
            found[number].append({"rule": rule.text, "limit": rule.limit, **reason})
    return found


def _by_column(
    candidates: GeoDataFrame, rule: Rule, layers: Mapping[str, GeoDataFrame]
) -> list[tuple[int, dict[str, Any]]]:
    del layers
    import pandas

    if rule.field not in candidates.columns:
        known = ", ".join(str(name) for name in candidates.columns if name != candidates.geometry.name)
        raise RuleColumn("sites.rule_column", rule=rule.text, field=str(rule.field), known=known or "-")
    figures = pandas.to_numeric(candidates[rule.field], errors="coerce").to_numpy(float)
    beyond = operator.lt if rule.sign == "<" else operator.gt
    code = "sites.reason_less" if rule.sign == "<" else "sites.reason_more"
    ruled = np.flatnonzero(np.isnan(figures) | beyond(figures, rule.limit))
    return [
        (int(i), {"code": "sites.reason_unknown", "field": rule.field, "found": None})
        if np.isnan(figures[i])
        else (int(i), {"code": code, "field": rule.field, "found": float(figures[i])})
        for i in ruled
    ]


def _by_distance(
    candidates: GeoDataFrame, rule: Rule, layers: Mapping[str, GeoDataFrame]
) -> list[tuple[int, dict[str, Any]]]:
    things = layers[rule.layer]
    if rule.field is not None:
        if rule.field not in things.columns:
            known = ", ".join(str(name) for name in things.columns if name != things.geometry.name)
            raise RuleColumn("sites.rule_column", rule=rule.text, field=rule.field, known=known or "-")
        things = things[things[rule.field].astype(str) == rule.value]
    spots = np.asarray(candidates.geometry.array, dtype=object)
    away, which = _nearest(spots, np.asarray(things.geometry.array, dtype=object))
    if rule.sign == "<":
        names = things["name"].tolist() if "name" in things.columns else [None] * len(things)
        ruled = np.flatnonzero(away < rule.limit)
        return [
            (int(i), {"code": "sites.reason_near", "found": int(away[i]), "name": _text(names[which[i]])})
            for i in ruled
        ]
    ruled = np.flatnonzero(~(away <= rule.limit))
    return [
        (int(i), {"code": "sites.reason_far", "found": int(np.ceil(away[i])) if np.isfinite(away[i]) else -1})
        for i in ruled
    ]


def _nearest(spots: NDArray[np.object_], things: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Metres to the nearest thing and its number, inf and −1 without any; of several the first."""
    import shapely

    away = np.full(len(spots), np.inf)
    which = np.full(len(spots), -1, dtype=np.int64)
    if len(spots) and len(things):
        (here, there), metres = shapely.STRtree(things).query_nearest(spots, return_distance=True, all_matches=False)
        away[here], which[here] = metres, there
    return away, which


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
