"""What is done with codes, limits and responsibilities: take a bureau's tables, give them back, look things up."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes import queries
from geo.cases.codes.files import BadRow, TableRefused, read_sheet, refuse, write_sheet
from geo.cases.codes.limits import Limits
from geo.cases.codes.matrix import ANY, Duty, Matrix, Place, told_gaps
from geo.cases.codes.sheets import CODES, get_sheet
from geo.db.changes import write_change
from geo.errors import NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SHIPPED: Final = Path(__file__).resolve().parents[3] / "data" / "codes"
VERSION: Final = re.compile(r"^(?P<standard>.+?)-(?P<version>(19|20)[0-9]{2})$")


class UnknownCode(NotFound):
    """The county's lists have no such code; the facts name it."""


class MatrixRefused(TableRefused):
    """A matrix with gaps or overlaps; the facts hold the rows and the codes and places without an owner."""


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Save codes, crosswalk or limits (``codes``, ``crosswalk``, ``limits``), or a whole ``matrix``.

    Raises
    ------
    TableRefused, MatrixRefused
        If the rows do not fit each other or what is there.
    """
    del actor
    {"codes": _save_codes, "crosswalk": _save_crosswalk, "limits": _save_limits, "matrix": _save_matrix}[name](
        session, tenant, rows
    )


def list_rows(session: Session, tenant: str, name: str) -> list[dict[str, Any]]:
    """The rows of one of these tables."""
    return queries.list_rows(session, tenant, name)


def ensure_codes(session: Session, tenant: str) -> bool:
    """Give a county without codes the lists and limits that come with the program; whether it had none."""
    if queries.has_codes(session, tenant):
        return False
    with (SHIPPED / "events.csv").open("rb") as events, (SHIPPED / "components.csv").open("rb") as components:
        for file in (events, components):
            rows = read_sheet(CODES, file.read())
            local = [row for row in rows if row["code_system"].startswith("ext-")]
            for row in local:
                row["extends"] = rows[0]["code_system"]
            _save_codes(session, tenant, rows)
    # Codes of the sample's own list are named there only; a crosswalk to a list that is not here says nothing.
    with (SHIPPED / "crosswalk.csv").open(encoding="utf-8", newline="") as lines:
        known = {(row["code_system"], row["code"]) for row in queries.list_rows(session, tenant, "codes")}
        crossings = [row for row in csv.DictReader(lines) if (row["to_system"], row["to_code"]) in known]
    queries.upsert(session, tenant, "crosswalk", crossings)
    _save_limits(session, tenant, read_sheet(get_sheet("limits"), (SHIPPED / "limits.csv").read_bytes()))
    write_change(session, tenant, "case_table.imported", facts={"table": "shipped"})
    return True


def get_code(session: Session, tenant: str, code: str, system: str | None = None) -> dict[str, Any]:
    """A code with names, unit and version; one of another vintage is answered by its successor.

    Raises
    ------
    UnknownCode
        If neither the lists nor the crosswalk know it.
    """
    ensure_codes(session, tenant)
    if found := queries.find_code(session, tenant, code, system):
        return found
    crossing = None if system is None else queries.find_crossing(session, tenant, system, code)
    found = None if crossing is None else queries.find_code(session, tenant, crossing[1], crossing[0])
    if found is None:
        raise UnknownCode("codes.unknown_code", named=code, system=system or "-")
    return found


def load_limits(session: Session, tenant: str) -> Limits:
    """All limits of the county."""
    ensure_codes(session, tenant)
    return Limits(queries.list_rows(session, tenant, "limits"))


def load_matrix(session: Session, tenant: str) -> Matrix:
    """Who answers for what where; empty before one was loaded."""
    return Matrix(tuple(Duty(**row) for row in queries.list_rows(session, tenant, "matrix")))


def check_matrix(session: Session, tenant: str, matrix: Matrix | None = None) -> dict[str, Any]:
    """Where a matrix (the county's own unless given) names nobody, or two.

    Returns
    -------
    dict
        ``overlaps``: pairs of rows of the same code and place; ``gaps``: codes with the places nobody answers for,
        the twenty first; ``gap_count``: how many codes have gaps.
    """
    matrix = load_matrix(session, tenant) if matrix is None else matrix
    codes = [(row["code_system"], row["code"]) for row in queries.list_rows(session, tenant, "codes")]
    # Ground outside all 片区 and towns is a place too: the county's own row answers there.
    places = [Place(district=one, town=town) for one, town in queries.list_cells(session, tenant)] + [Place()]
    gaps = matrix.gaps(codes, places)
    overlaps = [
        {"rows": [first.row, second.row], "code": second.code, "place": f"{second.place_kind} {second.place}",
         "org": [first.org, second.org]}
        for first, second in matrix.overlaps()
    ]  # fmt: skip
    return {"overlaps": overlaps, "gaps": told_gaps(gaps), "gap_count": len(gaps)}


def propose_matrix(session: Session, tenant: str) -> str:
    """A first matrix as CSV from who is in charge of each 片区, the bureau for the rest; nothing is stored."""
    bureau = queries.find_bureau(session, tenant)
    rows = [Duty(ANY, ANY, "district", one, org) for one, org in queries.district_squads(session, tenant)]
    rows += [Duty(ANY, ANY, "county", ANY, bureau)] if bureau else []
    plain = ({name: getattr(row, name) for name in row.__slots__} for row in rows)
    return write_sheet(get_sheet("matrix"), plain)


def _save_codes(session: Session, tenant: str, rows: Sequence[dict[str, Any]]) -> None:
    systems: dict[str, dict[str, Any]] = {}
    for row in rows:
        row["kind"] = row["kind"] or ("component" if row["code"].startswith("C") else "event")
        name = row["code_system"]
        match = VERSION.match(name)
        parts = (match["standard"], match["version"]) if match else (name, "")
        said = systems.setdefault(name, {"name": name, "standard": parts[0], "version": parts[1], "extends": None})
        said["extends"] = row.get("extends") or said["extends"]
    queries.upsert(session, tenant, "systems", list(systems.values()))
    queries.upsert(session, tenant, "codes", rows)


def _save_crosswalk(session: Session, tenant: str, rows: Sequence[dict[str, Any]]) -> None:
    ensure_codes(session, tenant)
    known = _known_codes(session, tenant)
    refuse("crosswalk", [
        BadRow(row["row"], "to_code", "codes.row_unknown_code", f"{row['to_system']} {row['to_code']}")
        for row in rows if (row["to_system"], row["to_code"]) not in known
    ])  # fmt: skip
    queries.upsert(session, tenant, "crosswalk", rows)


def _save_limits(session: Session, tenant: str, rows: Sequence[dict[str, Any]]) -> None:
    known = _known_codes(session, tenant)
    bad = [
        BadRow(row["row"], "code", "codes.row_unknown_code", f"{row['code_system']} {row['code']}")
        for row in rows
        if not _fits(row["code_system"], row["code"], known)
    ]
    bad += [
        BadRow(row["row"], "unit_kind", "codes.row_ledger", row["stage"])
        for row in rows
        if row["unit_kind"] == "ledger_days" and row["stage"] != "handle"
    ]
    refuse("limits", bad)
    queries.upsert(session, tenant, "limits", rows)


def _save_matrix(session: Session, tenant: str, rows: Sequence[dict[str, Any]]) -> None:
    ensure_codes(session, tenant)
    orgs, people = queries.org_ids(session, tenant), queries.staff_ids(session, tenant)
    towns, places = queries.town_names(session, tenant), queries.known_places(session, tenant)
    known = _known_codes(session, tenant)
    bad: list[BadRow] = []
    for row in rows:
        if row["place_kind"] == "county":
            row["place"] = ANY
        elif row["place_kind"] == "town":
            row["place"] = towns.get(row["place"], row["place"])
        faults = {
            "code": (not _fits(row["code_system"], row["code"], known), "codes.row_unknown_code", row["code"]),
            "place": (
                row["place_kind"] != "county" and (row["place_kind"], row["place"]) not in places,
                "codes.row_unknown_place", row["place"],
            ),
            "org": (row["org"] not in orgs, "codes.row_unknown_org", row["org"]),
            "staff": (bool(row["staff"]) and row["staff"] not in people, "codes.row_unknown_staff", row["staff"]),
        }  # fmt: skip
        bad += [BadRow(row["row"], name, code, str(value)) for name, (wrong, code, value) in faults.items() if wrong]
    refuse("matrix", bad)
    duties = [Duty(**{name: row[name] for name in Duty.__slots__}) for row in rows]
    report = check_matrix(session, tenant, Matrix(tuple(duties)))
    if report["overlaps"] or report["gap_count"]:
        raise MatrixRefused("codes.matrix", overlap_count=len(report["overlaps"]), first=_first(report), **report)
    queries.replace_matrix(session, tenant, [
        {**row, "org_unit_id": orgs[row["org"]], "staff_id": people.get(row["staff"] or "")} for row in rows
    ])  # fmt: skip


def _first(report: Mapping[str, Any]) -> str:
    """The first overlap and the first gap in a few words."""
    told = [f"{one['rows'][0]}/{one['rows'][1]} {one['code']} {one['place']}" for one in report["overlaps"][:1]]
    told += [f"{one['code']} @ {', '.join(one['places'][:3])}" for one in report["gaps"][:1]]
    return "; ".join(told)


def _known_codes(session: Session, tenant: str) -> set[tuple[str, str]]:
    return {(row["code_system"], row["code"]) for row in queries.list_rows(session, tenant, "codes")}


def _fits(system: str, code: str, known: set[tuple[str, str]]) -> bool:
    """Whether a code, a group or any code names at least one that there is."""
    if code == ANY:
        return system == ANY or any(one == system for one, _ in known)
    systems = {one for one, _ in known} if system == ANY else {system}
    if code.endswith("-*"):
        return any(one in systems and known_code.startswith(code[:-1]) for one, known_code in known)
    return any((one, code) in known for one in systems)
