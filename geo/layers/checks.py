"""Which rows of a file may be stored, and why the others may not: one reason a row, the first that is met."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray
from sqlalchemy import DateTime

from geo.layers.batches import Geometries, GoodRows, RawBatch
from geo.layers.component_codes import fault_of
from geo.layers.convert import convert, day_only, to_choice, to_instant
from geo.layers.keys import content_keys, geometry_hashes, short_text_hashes
from geo.layers.places import Extent, Frame, fit_types, only, place
from geo.layers.plain_columns import Mask, as_text, half_width
from geo.layers.register import Field, LayerKind
from geo.layers.reporters import Reporters
from geo.layers.reports import DayOrder, Reject
from geo.layers.seen import SeenRows
from geo.layers.street_classes import tier_of
from geo.layers.synonyms import spoken_choices

MAX_KEY = 500
REASON_OF_TYPE = {
    "DOUBLE": "reject.number",
    "NUMERIC": "reject.number",
    "SMALLINT": "reject.whole",
    "INTEGER": "reject.whole",
    "BIGINT": "reject.whole",
    "BOOLEAN": "reject.flag",
    "DATE": "reject.date",
    "DATETIME": "reject.date",
}
UNKNOWN = "unknown"
"""Stored where a report does not say what was seen, or marks itself as a repeat without saying of which."""

MOST_KNOWN = 10_000
"""Different left-overs that are remembered within a batch."""

REPEATED = r"(?i)\bdup(licate)?\b|重复"


@dataclass(slots=True)
class Door:
    """What the checks know of one import: the layer, the county, how to read, and what came before.

    Parameters
    ----------
    fields
        Layer field → column of the file.
    key
        Column that names rows, or None for a key made from the row's content.
    values
        Field → text for every row, where the file has no column for it.
    reporters
        Of a layer of reports: what of the file is about the caller. It is kept as a hash or not at all.
    county
        Its six digits, with which the codes of its components begin.
    keys_seen, places_seen
        Keys and geometries met so far, of which each may come once.
    """

    kind: LayerKind
    frame: Frame
    extent: Extent
    zone: str
    fields: Mapping[str, str]
    key: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    day_order: DayOrder = "ymd"
    reporters: Reporters | None = None
    county: str = ""
    keys_seen: SeenRows = field(default_factory=SeenRows)
    places_seen: SeenRows = field(default_factory=SeenRows)

    def __post_init__(self) -> None:
        if self.key is None and "code" in self.fields and unique_by_code(self.kind):
            self.key = self.fields["code"]


@dataclass(slots=True)
class Verdicts:
    """One reason a row at most: the first said stays."""

    rows: NDArray[np.int64]
    reasons: NDArray[np.object_]
    fields: NDArray[np.object_]
    facts: dict[int, dict[str, Any]]

    @classmethod
    def none(cls, rows: NDArray[np.int64]) -> Verdicts:
        """Nobody is refused yet."""
        return cls(rows, np.full(len(rows), None, object), np.full(len(rows), "", object), {})

    @property
    def good(self) -> Mask:
        """Rows without a reason."""
        fine: Mask = self.reasons == None  # noqa: E711
        return fine

    def refuse(
        self, bad: Mask, reason: str | NDArray[np.object_], field: str, column: pa.Array | None = None, **facts: Any
    ) -> None:
        """Give ``reason`` to the rows of ``bad`` that have none; ``column`` holds the value to quote."""
        new = bad & self.good
        if not new.any():
            return
        self.reasons[new] = reason if isinstance(reason, str) else reason[new]
        self.fields[new] = field
        for i in np.flatnonzero(new):
            quoted = {} if column is None else {"value": str(column[int(i)].as_py())[:60]}
            self.facts[int(i)] = {**facts, **quoted}

    def rejects(self) -> list[Reject]:
        """The refused rows in file order."""
        return [
            Reject(int(self.rows[i]), self.fields[i], self.reasons[i], self.facts.get(int(i), {}))
            for i in np.flatnonzero(~self.good)
        ]


def split_rows(door: Door, batch: RawBatch) -> tuple[GoodRows, list[Reject]]:
    """The rows that may be stored, ready to be, and a reject for each of the others.

    Parameters
    ----------
    batch
        Rows as read; empty is fine. Batches of a file must come in its order, since a repeated key or
        geometry is refused in favour of its first row.
    """
    verdicts = Verdicts.none(batch.rows)
    for flaw in {flaw for flaw in batch.flaws if flaw is not None}:
        reason, _, value = flaw.partition(":")
        verdicts.refuse(batch.flaws == flaw, reason, "geometry", **({"value": value} if value else {}))
    verdicts.refuse(shapely.is_missing(batch.geometry), "reject.no_geometry", "geometry")
    geometry = only(batch.geometry, verdicts.good)
    geometry, misfits = fit_types(shapely.force_2d(geometry), door.kind.geometry_types)
    found = np.array([None if g is None else g.geom_type for g in geometry[misfits]], object)
    for i, name in zip(np.flatnonzero(misfits), found, strict=True):
        verdicts.refuse(
            np.arange(len(geometry)) == i,
            "reject.geometry_type",
            "geometry",
            found=name,
            expected=", ".join(door.kind.geometry_types),
        )
    geometry[misfits] = None
    geometry, reasons = place(geometry, door.frame, door.extent, reaches_out=door.kind.reaches_out)
    verdicts.refuse(reasons != None, reasons, "geometry")  # noqa: E711
    columns = _read_fields(door, batch, verdicts)
    geometry = only(geometry, verdicts.good)
    if door.kind.geometry_types != ("Point",):
        verdicts.refuse(verdicts.good & ~shapely.is_valid(geometry), "reject.invalid", "geometry")
    return _keep(door, batch, geometry, columns, verdicts)


def _read_fields(door: Door, batch: RawBatch, verdicts: Verdicts) -> dict[str, pa.Array]:
    """Every spoken-of field in the table's type; unreadable and missing values are refused on the way."""
    found: dict[str, pa.Array] = {}
    n = len(batch.rows)
    for each in door.kind.fields:
        if each.name in door.fields:
            raw = batch.columns.column(door.fields[each.name]).combine_chunks()
        elif each.name in door.values:
            raw = pa.array([door.values[each.name]] * n, pa.string())
        else:
            continue
        if isinstance(raw, pa.ChunkedArray):
            raw = pa.concat_arrays(raw.chunks) if raw.num_chunks else pa.nulls(0, raw.type)
        found[each.name] = _read_field(door, each, raw, verdicts)
        if each.name in door.fields and each.name in door.values:
            told, _ = _typed(door, each, pa.array([door.values[each.name]], pa.string()))
            found[each.name] = pc.fill_null(found[each.name], told[0])
    _complete(door, batch, found)
    if door.kind.name == "component" and "code" in found:
        faults = [None if code is None else fault_of(code, door.county) for code in found["code"].to_pylist()]
        reasons = np.array(faults, object)
        verdicts.refuse(reasons != None, reasons, door.fields.get("code", "code"), found["code"], county=door.county)  # noqa: E711
    for each in door.kind.fields:
        if each.about.required:
            values = found.get(each.name)
            missing = np.ones(n, bool) if values is None else pc.is_null(values).to_numpy(zero_copy_only=False)
            verdicts.refuse(missing, "reject.required", door.fields.get(each.name, each.name))
    if "closed_at" in found and "occurred_at" in found:
        early = pc.fill_null(pc.less(found["closed_at"], found["occurred_at"]), False).to_numpy(zero_copy_only=False)
        verdicts.refuse(early, "reject.closed_before", door.fields.get("closed_at", "closed_at"))
    return found


def _read_field(door: Door, each: Field, raw: pa.Array, verdicts: Verdicts) -> pa.Array:
    column = door.fields.get(each.name, each.name)
    values, bad = _typed(door, each, raw)
    if each.about.choices:
        verdicts.refuse(bad, "reject.choice", column, raw, known=", ".join(each.about.choices))
    else:
        verdicts.refuse(bad, REASON_OF_TYPE.get(type(each.kind).__name__.upper(), "reject.text"), column, raw)
    return values


def _typed(door: Door, each: Field, raw: pa.Array) -> tuple[pa.Array, Mask]:
    if each.about.choices:
        return to_choice(raw, spoken_choices(door.kind.name, each.name, each.about.choices))
    coded = each.name == "code" or each.name.endswith("_code")
    return convert(half_width(as_text(raw)) if coded else raw, each.kind, door.zone, door.day_order)


def _complete(door: Door, batch: RawBatch, found: dict[str, pa.Array]) -> None:
    """Fill what follows from other columns: a street's tier, an event's blank code, repeats and same-day closing."""
    if door.kind.name == "road" and "road_class" in found:
        coded = found["road_class"].dictionary_encode()
        tiers = pa.array([tier_of(word) for word in coded.dictionary.to_pylist()], pa.string())
        told = tiers.take(coded.indices) if len(tiers) else pa.nulls(len(batch.rows), pa.string())
        found["tier"] = pc.coalesce(found["tier"], told) if "tier" in found else told
    if door.kind.name != "event":
        return
    if "code" in found:
        found["code"] = pc.fill_null(found["code"], UNKNOWN)
    status = next((name for name in batch.columns.column_names if name.casefold() in ("status", "状态")), None)
    if status is not None and "duplicate_of" not in found:
        repeated = pc.fill_null(pc.match_substring_regex(as_text(batch.columns.column(status)), REPEATED), False)
        found["duplicate_of"] = pc.if_else(repeated, pa.scalar(UNKNOWN), pa.scalar(None, pa.string()))
    found.setdefault("duplicate_of", pa.nulls(len(batch.rows), pa.string()))
    if "closed_at" in found and "occurred_at" in found and "closed_at" in door.fields:
        raw = batch.columns.column(door.fields["closed_at"]).combine_chunks()
        _, _, day_only = to_instant(raw, door.zone, door.day_order)
        late = pc.less(
            pc.subtract(found["occurred_at"], found["closed_at"]), pa.scalar(86_400_000_000, pa.duration("us"))
        )
        same_day = pc.and_(pc.and_(pa.array(day_only), late), pc.less(found["closed_at"], found["occurred_at"]))
        found["closed_at"] = pc.if_else(pc.fill_null(same_day, False), found["occurred_at"], found["closed_at"])


def _keep(
    door: Door, batch: RawBatch, geometry: Geometries, columns: dict[str, pa.Array], verdicts: Verdicts
) -> tuple[GoodRows, list[Reject]]:
    """Keys and left-over columns of the good rows, and the refusal of what was met before."""
    if door.key is not None:
        keys = half_width(as_text(batch.columns.column(door.key)))
        verdicts.refuse(pc.is_null(keys).to_numpy(zero_copy_only=False), "reject.key_missing", door.key)
        long = pc.fill_null(pc.greater(pc.utf8_length(keys), MAX_KEY), False).to_numpy(zero_copy_only=False)
        verdicts.refuse(long, "reject.key_long", door.key, limit=MAX_KEY)
    good = verdicts.good
    at = np.flatnonzero(good)
    kept = geometry[at]
    spots = geometry_hashes(kept)
    if door.kind.unique_geometry:
        _refuse_met(verdicts, at, door.places_seen.meet(spots, batch.rows[at]), "reject.duplicate_geometry", "geometry")
    table = pa.table(
        {name: values.take(pa.array(at)) for name, values in columns.items()} or {"__n": pa.nulls(len(at))}
    )
    extra = _extra(door, batch, at, columns)
    if door.key is not None:
        made = keys.take(pa.array(at))
    else:
        made = content_keys(kept, None if door.kind.unique_geometry else table, extra)
    first = door.keys_seen.meet(short_text_hashes(made), batch.rows[at])
    if door.key is None and "duplicate_of" in table.column_names:
        made, table = _keep_repeats(door, batch.rows[at], made, table, first)
    else:
        _refuse_met(verdicts, at, first, "reject.duplicate_key", door.key or "geometry")
    still = verdicts.good[at]
    table = table.append_column("source_key", made).append_column("extra", extra)
    if door.reporters and door.reporters.best:
        callers = batch.columns.column(door.reporters.best).take(pa.array(at))
        table = table.append_column("reporter_hash", door.reporters.hashes(callers))
    if "__n" in table.column_names:
        table = table.drop_columns(["__n"])
    if not still.all():
        table, kept = table.filter(pa.array(still)), kept[still]
    return GoodRows(batch.rows[at[still]], kept, table), verdicts.rejects()


def _keep_repeats(
    door: Door, rows: NDArray[np.int64], keys: pa.Array, table: pa.Table, first: NDArray[np.int64]
) -> tuple[pa.Array, pa.Table]:
    """Events told twice in the very same words: each is kept, under a key of its own, and says which it repeats."""
    if not first.any():
        return keys, table
    named, repeats = keys.to_pylist(), table.column("duplicate_of").to_pylist()
    for i in np.flatnonzero(first):
        plain, n = named[i], 1
        while first[i]:
            n += 1
            named[i] = f"{plain}~{n}"
            first[i] = door.keys_seen.meet(short_text_hashes(pa.array([named[i]])), rows[i : i + 1])[0]
        repeats[i] = plain
    place = table.column_names.index("duplicate_of")
    return pa.array(named, pa.string()), table.set_column(place, "duplicate_of", pa.array(repeats, pa.string()))


def _refuse_met(verdicts: Verdicts, at: NDArray[np.int64], first: NDArray[np.int64], reason: str, field: str) -> None:
    for i, row in zip(at[first > 0], first[first > 0], strict=True):
        if verdicts.reasons[i] is None:
            verdicts.reasons[i], verdicts.fields[i], verdicts.facts[int(i)] = reason, field, {"first": int(row)}


def _extra(door: Door, batch: RawBatch, at: NDArray[np.int64], columns: dict[str, pa.Array]) -> pa.Array:
    """What the layer has no place for, as JSON text; an ``extra`` column of JSON objects is taken apart again."""
    used = {*door.fields.values(), door.key, *(door.reporters.columns if door.reporters else ())}
    names = [name for name in batch.columns.column_names if name not in used]
    if door.key == "source_key" and "extra" in names:
        # Our own export: its column says which data set a row was in, and the import says which it is in now.
        names = [name for name in names if name != "source"]
    days = [
        name for name in columns if isinstance(door.kind.table.columns[name].type, DateTime) and name in door.fields
    ]
    table = batch.columns.select(names)
    if len(at) < len(batch.rows):
        table = table.take(pa.array(at))
    notes: list[pa.Array] = []
    for name in days:
        days_only = day_only(batch.columns.column(door.fields[name]).combine_chunks(), door.zone, door.day_order)
        notes.append(pa.array([name if day else None for day in days_only[at]], pa.string()))
    if not names and not any(len(note) > note.null_count for note in notes):
        return pa.array(["{}"] * len(at), pa.string())
    lists = [column.to_pylist() for column in table.columns]
    said = [note.to_pylist() for note in notes]
    packed_names = [name for name in ("extra", *(f"extra_{n}" for n in range(1, 100))) if name in names]
    texts = []
    known: dict[tuple[str | None, ...], str] = {}
    words = all(pa.types.is_string(column.type) for column in table.columns)
    for row in zip(*lists, *said, strict=True):
        # What is left over is often the same in thousands of rows: written once.
        if words and row in known:
            texts.append(known[row])
            continue
        left = {name: value for name, value in zip(names, row, strict=False) if value is not None and value != ""}
        packed = "".join(str(left.pop(name)) for name in packed_names if name in left)
        if packed:
            left |= _unpacked(packed)
        if day_only_fields := [note for note in row[len(lists) :] if note]:
            left["day_only"] = day_only_fields
        texts.append(_json(left))
        if words and len(known) < MOST_KNOWN:
            known[row] = texts[-1]
    return pa.array(texts, pa.string())


def _unpacked(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {"extra": text}
    return found if isinstance(found, dict) else {"extra": text}


def _json(left: dict[str, Any]) -> str:
    """JSON text with sorted keys; NUL, which jsonb cannot hold, is dropped."""
    text = orjson.dumps(
        left, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY, default=str
    )
    return text.decode().replace("\\u0000", "")


def unique_by_code(kind: LayerKind) -> bool:
    """Whether the table lets a county have each ``code`` once."""
    from sqlalchemy import UniqueConstraint

    return any(
        isinstance(rule, UniqueConstraint) and [c.name for c in rule.columns] == ["tenant", "code"]
        for rule in kind.table.constraints
    )
