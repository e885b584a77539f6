"""Take a delivery of the city's 违建一张图, and send it what has changed."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.cases.buildings.actions import BadGround, Draft, enter_building
from geo.cases.buildings.books import get_building
from geo.cases.buildings.onemap import queries
from geo.cases.buildings.onemap.mapping import WKT, ColumnMissing, ForeignRow, Names, digest, read_mapping, read_row
from geo.cases.sheets import SUFFIXES, write_sheet
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.messages import say
from geo.uids import uuid7

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.layers.reports import Offset

SPACE: Final = uuid.UUID("7f3f9ad4-0f39-5d7c-9a5e-2b1a6f1c9d10")
"""Name space of the uids made from a platform's numbers, so that a delivery read twice enters nothing twice."""

COMPARED: Final = ("status", "category", "households", "built_on")
"""What a later delivery may say otherwise than the ledger; it is listed, a person decides."""


@dataclass(frozen=True, slots=True)
class ExchangeReport:
    """What one exchange did; ``counts`` by outcome. Its receipts stand under ``batch``."""

    batch: str
    rows: int
    counts: dict[str, int]
    left_out: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)


def import_one_map(
    session: Session,
    tenant: str,
    path: Path,
    *,
    mapping: Path | None = None,
    offset: Offset | None = None,
    actor: str,
) -> ExchangeReport:
    """Take a delivery: what is new enters the ledger with the history its state tells, nothing known is overwritten.

    Parameters
    ----------
    path
        GeoPackage, Shapefile, GeoJSON or GeoParquet; or CSV or .xlsx with the outline in a column ``轮廓WKT``.
    offset
        ``gcj02`` or ``bd09`` when the outlines carry it.

    Raises
    ------
    MappingBroken, ColumnMissing
        If the mapping or the file lacks something.
    geo.layers.reports.FileRefused
        If the file cannot be read.
    """
    known_as = read_mapping(mapping)
    county = get_county(session, tenant)
    queries.hold_exchange(session, tenant)
    left_out: Counter[str] = Counter()
    rows = list(_read(path, known_as, offset, county.today(), left_out))
    known = queries.find_known(session, tenant, [row.external_id for row in rows])
    seen: set[str] = set()
    receipts = []
    for row in rows:
        faults = row.faults or ((("buildings.row_twice", {}),) if row.external_id in seen else ())
        seen.add(row.external_id)
        receipts.append(_take(session, tenant, row, faults, known.get(row.external_id), county.today(), actor))
    batch = uuid7()
    queries.note(session, tenant, batch, "import", actor, receipts)
    counts = dict(sorted(Counter(one["outcome"] for one in receipts).items()))
    write_change(session, tenant, "one_map.imported", facts={"batch": str(batch), **counts}, actor=actor)
    return ExchangeReport(str(batch), len(rows), counts, dict(left_out))


def export_one_map(
    session: Session, tenant: str, path: Path, *, mapping: Path | None = None, everything: bool = False, actor: str
) -> ExchangeReport:
    """Write what the platform has not been sent yet, as it is now, and keep a receipt of every row.

    Parameters
    ----------
    path
        ``.csv`` or ``.xlsx`` with the outline as WKT, else GeoJSON; EPSG:4490.
    everything
        Also what was sent before and has not changed.

    Raises
    ------
    MappingBroken
        If the mapping cannot be used, or has no word for a state that is to be sent.
    """
    known_as = read_mapping(mapping)
    queries.hold_exchange(session, tenant)
    sent, external = queries.load_sent(session, tenant), queries.load_external(session, tenant)
    receipts, records = [], []
    for row in queries.load_rows(session, tenant):
        cells = _cells(row, external.get(row["id"]) or row["code"] or f"L{row['id']}", known_as)
        sha256 = digest(cells, bytes(row["ground"]))
        if everything or sent.get(row["id"]) != sha256:
            name = cells[known_as.columns["external_id"]]
            receipts.append(
                {"external_id": name, "building_id": row["id"], "outcome": "sent", "reason": "", "sha256": sha256}
            )
            records.append((cells, row))
    _write(path, records, known_as)
    batch = uuid7()
    queries.note(session, tenant, batch, "export", actor, receipts)
    write_change(session, tenant, "one_map.exported", facts={"batch": str(batch), "rows": len(receipts)}, actor=actor)
    return ExchangeReport(str(batch), len(records), {"sent": len(records)} if records else {}, {})


def _read(
    path: Path, mapping: Names, offset: Offset | None, today: dt.date, left_out: Counter[str]
) -> Iterator[ForeignRow]:
    if path.suffix.lower() in SUFFIXES:
        yield from _read_sheet(path, mapping, offset, today)
        return
    from geo.layers.readers.whole import read_whole
    from geo.layers.reports import ImportOptions

    frame, missed = read_whole(path, ImportOptions(offset=offset))
    left_out.update(missed)
    _demand_columns(list(frame.columns), mapping)
    columns = [name for name in frame.columns if name != "geometry"]
    for values, shape in zip(frame[columns].to_dict("records"), frame.geometry, strict=True):
        yield read_row({str(name): value for name, value in values.items()}, _areal(shape), mapping, today)


def _read_sheet(path: Path, mapping: Names, offset: Offset | None, today: dt.date) -> Iterator[ForeignRow]:
    import numpy as np
    import shapely

    from geo.cases.spreadsheets.reading import open_table
    from geo.crs import MAX_LATITUDE
    from geo.layers.places import Frame, place

    everywhere = (-180.0, -MAX_LATITUDE, 180.0, MAX_LATITUDE)
    frame = Frame(mapping.crs, offset, False)
    with open_table(path) as table:
        _demand_columns([*table.header], mapping)
        for row in table.rows:
            shape = shapely.from_wkt(row.cells.get(WKT) or "", on_invalid="ignore")
            ground = None
            if shape is not None and shape.is_valid:
                stored, flaws = place(np.array([shape], object), frame, everywhere, reaches_out=True)
                ground = None if flaws[0] else _areal(stored[0])
            yield read_row(row.cells, ground, mapping, today)


def _demand_columns(there: list[str], mapping: Names) -> None:
    for field in ("external_id", "status"):
        if mapping.columns[field] not in there:
            raise ColumnMissing(
                "buildings.no_column", column=mapping.columns[field], field=field, known=", ".join(map(str, there))
            )


def _areal(shape: Any) -> bytes | None:
    """WKB of an area, without heights; None for anything else."""
    import shapely

    fine = shape is not None and shape.geom_type in ("Polygon", "MultiPolygon") and shape.is_valid
    return bytes(shapely.to_wkb(shapely.force_2d(shape))) if fine and not shape.is_empty else None


def _take(
    session: Session,
    tenant: str,
    row: ForeignRow,
    faults: tuple[tuple[str, dict[str, str]], ...],
    known: tuple[int, str] | None,
    today: dt.date,
    actor: str,
) -> dict[str, Any]:
    """Take one row; its receipt."""
    receipt = {
        "external_id": row.external_id or "-", "building_id": None, "outcome": "refused", "reason": "",
        "sha256": row.sha256,
    }  # fmt: skip
    if faults:
        return {**receipt, "reason": "; ".join(say(code, "zh", **facts) for code, facts in faults)}
    if known is None:
        try:
            number = _enter(session, tenant, row, today, actor)
        except BadGround:
            return {**receipt, "reason": say("buildings.row_ground", "zh")}
        return {**receipt, "building_id": number, "outcome": "added"}
    building, sha256 = known
    ours = get_building(session, tenant, building)
    said = {name: row.values[name] for name in COMPARED if row.values.get(name) is not None}
    apart = [name for name, value in said.items() if ours[name] != value]
    if not apart:
        return {**receipt, "building_id": building, "outcome": "unchanged"}
    fields = ", ".join(f"{name}: {ours[name] or '-'} / {said[name]}" for name in apart)
    reason = say("buildings.row_differs", "zh", fields=fields)
    return {**receipt, "building_id": building, "outcome": "differs", "reason": reason, "sha256": sha256}


def _enter(session: Session, tenant: str, row: ForeignRow, today: dt.date, actor: str) -> int:
    values: Mapping[str, Any] = row.values
    draft = Draft(
        uuid.uuid5(SPACE, f"{tenant}/{row.external_id}"), row.ground, values.get("found_on") or today,
        built_on=values.get("built_on"), code=values.get("code"), category=values.get("category"),
        households=values.get("households"), extra={"one_map": row.external_id}, status=values["status"],
        since=values.get("status_since_on"), entered_as=values.get("entered_as"),
    )  # fmt: skip
    return enter_building(session, tenant, draft, actor=actor)[0]


def _cells(row: Mapping[str, Any], external_id: str, mapping: Names) -> dict[str, Any]:
    """A building by the platform's names."""
    cells: dict[str, Any] = {}
    for name, column in mapping.columns.items():
        if name == "external_id":
            cells[column] = external_id
        elif name == "status":
            cells[column] = mapping.status.get(row["status"], row["status"])
        elif name == "entered_as":
            cells[column] = mapping.entered_as.get(row["entered_as"] or "", "")
        else:
            value = row[name]
            cells[column] = value.isoformat() if isinstance(value, dt.date) else value
    return cells


def _write(path: Path, records: Sequence[tuple[dict[str, Any], Mapping[str, Any]]], mapping: Names) -> None:
    columns = list(mapping.columns.values())
    if path.suffix.lower() in SUFFIXES:
        write_sheet(path, [*columns, WKT], ([*cells.values(), row["wkt"]] for cells, row in records), "违建一张图")
        return
    features = [
        {"type": "Feature", "geometry": json.loads(row["geojson"]), "properties": cells} for cells, row in records
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.part")
    said = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)
    beside.write_text(said + "\n", encoding="utf-8")
    beside.replace(path)
