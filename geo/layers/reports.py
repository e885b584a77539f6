"""What an import was asked to do, and what it says when it is over."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from geo.errors import Cancelled, Conflict, Invalid, TooLarge
from geo.messages import Language, say

MAX_REJECTS_KEPT = 10_000
"""Rejected rows listed one by one; past it they are only counted by reason."""

Offset = Literal["gcj02", "bd09"]
DayOrder = Literal["ymd", "dmy", "mdy"]
Progress = Callable[[str, int, int | None], None]
"""Called with layer, rows done, rows in all (None when unknown); raising :class:`geo.errors.Cancelled` ends it all."""


class FileRefused(Invalid):
    """The file as a whole cannot be read, or must not be."""


class FileTooHeavy(TooLarge):
    """The file asks for more memory, time or room than one import may take."""


class ImportCancelled(Cancelled):
    """Somebody stopped the import between two batches; what was committed stays and is resumed from."""


class ImportRunning(Conflict):
    """The same file is being imported into the same layer by another process."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read a file.

    Parameters
    ----------
    mapping
        Layer field to the file's column (``{"code": "灯杆号"}``); also ``lon``, ``lat``, ``wkt``, ``source_key``, and
        ``address``: the place in words, by which rows without coordinates wait to be put on the map.
    crs
        The CRS of the coordinates when the file does not say, or says it wrongly.
    offset
        ``gcj02`` or ``bd09`` when the coordinates carry that declared offset; never guessed.
    encoding
        Text encoding when the file does not say, or says it wrongly.
    key
        Column whose value names a row from one delivery to the next.
    source
        Name of the data set the rows belong to; by default the layer's own standing data set, ``file``.
    layer
        Which layer of a file that holds several.
    swap
        Exchange x and y of every coordinate.
    day_order
        How to read 01/02/2011; dates that begin with the year need no telling.
    as_is
        The coordinates carry no offset, whatever they look like: nobody is asked.
    control
        Name of the control points by which a local frame (独立坐标系) becomes the county's; it fills ``solution``.
    values
        Value for every row of a field that the file has no column for, as ``{"origin": "complaint"}``.
    batch_rows
        Rows per batch and per commit.
    """

    mapping: Mapping[str, str] = dataclasses.field(default_factory=dict)
    crs: str | None = None
    offset: Offset | None = None
    encoding: str | None = None
    key: str | None = None
    source: str = "file"
    layer: str | None = None
    swap: bool = False
    day_order: DayOrder = "ymd"
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    batch_rows: int = 20_000
    as_is: bool = False
    control: str | None = None
    solution: Mapping[str, Any] | None = None

    def digest(self) -> str:
        """Hash of everything that changes what a file's rows become or where its batches end."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True, default=dict).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken. ``row`` counts records from 1, without a header line."""

    row: int
    field: str
    reason: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def say(self, language: Language = "zh") -> str:
        """What is wrong and what would mend it, for people."""
        return say(self.reason, language, **{"field": self.field, **self.facts})


@dataclass(frozen=True, slots=True)
class Note:
    """Something the importer assumed or did that a person should know of."""

    code: str
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    def say(self, language: Language = "zh") -> str:
        """The note as a sentence."""
        return say(self.code, language, **self.facts)


@dataclass(slots=True)
class ImportReport:
    """What became of every row: ``rows_read = added + changed + unchanged + waiting + rejected_count``.

    ``waiting`` say their place in words only and wait to be put on the map (待上图).

    ``left_out`` counts things of the file that are no rows of this layer, by reason code;
    ``rejected`` lists the first :data:`MAX_REJECTS_KEPT` rejects, ``reasons`` counts all of them.
    """

    layer: str
    source: str
    rows_read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    waiting: int = 0
    rejected: list[Reject] = dataclasses.field(default_factory=list)
    reasons: Counter[str] = dataclasses.field(default_factory=Counter)
    left_out: Counter[str] = dataclasses.field(default_factory=Counter)
    repaired: int = 0
    notes: list[Note] = dataclasses.field(default_factory=list)
    resumed_from: int = 0
    seconds: float = 0.0

    @property
    def rejected_count(self) -> int:
        """Rows that were not taken."""
        return self.reasons.total()

    def reject(self, rejects: list[Reject]) -> None:
        """Count ``rejects`` and keep them while there is room."""
        self.reasons.update(reject.reason for reject in rejects)
        self.rejected += rejects[: max(0, MAX_REJECTS_KEPT - len(self.rejected))]

    def note(self, code: str, **facts: Any) -> None:
        """Add a note once."""
        if (note := Note(code, facts)) not in self.notes:
            self.notes.append(note)

    def as_json(self, language: Language = "zh") -> dict[str, Any]:
        """The report as JSON-ready values, with sentences in one language."""
        return {
            "layer": self.layer,
            "source": self.source,
            "rows_read": self.rows_read,
            "added": self.added,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "waiting": self.waiting,
            "rejected_count": self.rejected_count,
            "reasons": dict(self.reasons),
            "rejected": [
                {"row": r.row, "field": r.field, "reason": r.reason, "facts": dict(r.facts), "text": r.say(language)}
                for r in self.rejected
            ],
            "left_out": dict(self.left_out),
            "repaired": self.repaired,
            "notes": [{"code": n.code, "facts": dict(n.facts), "text": n.say(language)} for n in self.notes],
            "resumed_from": self.resumed_from,
            "seconds": round(self.seconds, 3),
        }
