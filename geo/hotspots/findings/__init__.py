"""What a study of the county found: one sentence, the rows behind it, the records behind each row.

Every room that looks at the county and does not plan says what it saw in this shape, so that one table, one page and
one export serve them all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from geo.messages import Language, say

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

Label = Literal["description", "workload", "lighting"]
Fact = str | int | float | bool | None

FEW: Final = 5
"""Fewer records than this carry no rate and no share; what rests on them is called insufficient."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the message catalogue with its facts.

    Examples
    --------
    >>> Sentence("describe.too_few", {"records": 3, "needed": 5}).text("en")
    'Only 3 records; at least 5 are needed to say anything.'
    """

    code: str
    facts: Mapping[str, Fact] = field(default_factory=dict)

    def text(self, language: Language = "zh") -> str:
        """The sentence in a language."""
        return say(self.code, language, **self.facts)

    def as_json(self) -> dict[str, Any]:
        """``code``, ``facts``, and the sentence in both languages."""
        return {"code": self.code, "facts": dict(self.facts), "zh": self.text("zh"), "en": self.text("en")}


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One line of a finding.

    Parameters
    ----------
    key
        Names the line within the finding.
    sentence
        What it says.
    layer, records
        The layer and the feature ids the line rests on, rising.
    geometry
        EPSG:4490, or none.
    values
        Numbers and words for tables, JSON-ready.
    """

    key: str
    sentence: Sentence
    layer: str
    records: tuple[int, ...]
    geometry: BaseGeometry | None = None
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The row without its geometry, JSON-ready."""
        return {
            "key": self.key,
            "sentence": self.sentence.as_json(),
            "layer": self.layer,
            "records": list(self.records),
            "values": dict(self.values),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What a study found.

    Parameters
    ----------
    kind
        Which study: ``gi_star``, ``dark_stretches``, …
    label
        ``description`` is never a ranking; the others are what their room says they are.
    sentence
        The whole finding in one sentence.
    notes
        What limits it: records left out, counts too small.
    rows
        Its lines.
    asked
        What it was asked with, JSON-ready.
    """

    kind: str
    label: Label
    sentence: Sentence
    notes: tuple[Sentence, ...]
    rows: tuple[Row, ...]
    asked: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Everything but the geometries, JSON-ready."""
        return {
            "kind": self.kind,
            "label": self.label,
            "sentence": self.sentence.as_json(),
            "notes": [note.as_json() for note in self.notes],
            "asked": dict(self.asked),
            "rows": [row.as_json() for row in self.rows],
        }

    def features(self) -> list[dict[str, Any]]:
        """Rows that have a place, as GeoJSON features (EPSG:4490, x = longitude), in their order."""
        from shapely.geometry import mapping

        return [
            {
                "type": "Feature",
                "id": row.key,
                "geometry": mapping(row.geometry),
                "properties": {
                    "zh": row.sentence.text("zh"),
                    "en": row.sentence.text("en"),
                    "layer": row.layer,
                    "records": list(row.records),
                    **row.values,
                },
            }
            for row in self.rows
            if row.geometry is not None
        ]
