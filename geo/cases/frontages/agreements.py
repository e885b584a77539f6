"""Sign, renew, check every year, end: what people do with agreements, one by one or from a table."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from geo.cases.frontages import queries
from geo.cases.frontages.matching import Claim, Finder
from geo.cases.frontages.names import outside_name
from geo.cases.frontages.rows import COLUMNS, NEEDED, BadRow, Draft, read_agreement
from geo.cases.frontages.states import AGREEMENT
from geo.cases.history import begin, load_steps, take
from geo.cases.secrets.actions import open_secrets
from geo.days import midnight
from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.cases.secrets.sealing import Secrets

SIGNATORY: Final = "agreement.signatory"
SCANS: Final = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
MOST_SCAN_BYTES: Final = 20 << 20


class UnknownFrontage(NotFound):
    """There is no such front."""


class UnknownAgreement(NotFound):
    """There is no such agreement."""


class AgreementDiffers(Conflict):
    """There is another agreement of that number; what was signed is not changed behind anybody's back."""


class NoScan(Invalid):
    """The file is no PDF, JPEG or PNG, or too large."""


@dataclass(frozen=True, slots=True)
class AgreementReport:
    """What a table of agreements did: rows by outcome, and every row that was not taken with its reason."""

    rows: int
    added: int = 0
    unchanged: int = 0
    matched: int = 0
    unmatched: int = 0
    rejects: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """As JSON-ready values."""
        return asdict(self)


def sign_agreement(session: Session, tenant: str, home: Path, draft: Draft, *, actor: str) -> tuple[int, bool]:
    """Write down one signed agreement and look for its shop; the same again changes nothing.

    Parameters
    ----------
    home
        Folder of the key that seals the signatory's name.

    Returns
    -------
    tuple
        Its id, and whether it is new.

    Raises
    ------
    AgreementDiffers
        If its number stands for another agreement.
    """
    queries.hold(session, tenant, "agreements")
    return _sign(session, tenant, open_secrets(session, tenant, home), draft, _finder(session, tenant), actor)


def sign_agreements(session: Session, tenant: str, home: Path, drafts: Sequence[Draft], *, actor: str) -> int:
    """As :func:`sign_agreement`, for many at once; how many were new."""
    queries.hold(session, tenant, "agreements")
    keys, finder = open_secrets(session, tenant, home), _finder(session, tenant)
    return sum(_sign(session, tenant, keys, draft, finder, actor)[1] for draft in drafts)


def import_agreements(session: Session, tenant: str, home: Path, path: Path, *, actor: str) -> AgreementReport:
    """Take a table of agreements (CSV, .xlsx); one that no shop is found for is kept and listed.

    Raises
    ------
    geo.cases.spreadsheets.reading.ColumnMissing
        If there is no column for number, version, day or last day.
    geo.layers.reports.FileRefused
        If the file cannot be read.
    """
    from geo.cases.spreadsheets.reading import find_columns, open_table

    queries.hold(session, tenant, "agreements")
    keys, finder = open_secrets(session, tenant, home), _finder(session, tenant)
    counts: Counter[str] = Counter()
    rejects: list[dict[str, Any]] = []
    with open_table(path) as table:
        columns = find_columns(table.header, COLUMNS, NEEDED)
        for row in table.rows:
            counts["rows"] += 1
            cells = {name: row.cells.get(column, "") for name, column in columns.items()}
            try:
                number, fresh = _sign(session, tenant, keys, read_agreement(cells), finder, actor)
            except BadRow as error:
                facts = {name: str(value) for name, value in error.facts.items()}
                rejects.append({"row": row.number, "code": error.code, "facts": facts})
                continue
            except AgreementDiffers as error:
                rejects.append({"row": row.number, "code": error.code, "facts": {"number": str(error.facts["number"])}})
                continue
            counts["added" if fresh else "unchanged"] += 1
            found = queries.find_agreement(session, tenant, number)
            counts["matched" if found and found["frontage_id"] is not None else "unmatched"] += 1
    report = AgreementReport(
        counts["rows"], counts["added"], counts["unchanged"], counts["matched"], counts["unmatched"], rejects
    )
    told = {"rows": report.rows, "added": report.added, "unmatched": report.unmatched, "rejected": len(rejects)}
    write_change(session, tenant, "agreements.imported", facts=told, actor=actor)
    return report


def match_agreements(session: Session, tenant: str, home: Path, *, actor: str) -> int:
    """Look again for the shops of agreements that have none, as after a new shop list; how many were found."""
    queries.hold(session, tenant, "agreements")
    finder, keys = _finder(session, tenant), open_secrets(session, tenant, home)
    found = 0
    for row in queries.list_unmatched(session, tenant):
        match = finder.find(Claim(row["shop_code"], row["shop_name"], row["street"], row["licence"]))
        if match is not None:
            _match(session, tenant, keys, row["id"], match[0], match[1], actor)
            found += 1
    return found


def decide_match(session: Session, tenant: str, home: Path, agreement_id: int, frontage_id: int, *, actor: str) -> None:
    """Say which shop an agreement belongs to.

    Raises
    ------
    UnknownAgreement, UnknownFrontage
        If there is none.
    """
    get_agreement(session, tenant, agreement_id)
    get_frontage(session, tenant, frontage_id)
    _match(session, tenant, open_secrets(session, tenant, home), agreement_id, frontage_id, actor, actor)


def list_unmatched(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Agreements without a shop, each with shops of a like name that a person can choose from."""
    finder = _finder(session, tenant)
    return [
        {**row, "suggested": finder.suggest(Claim(row["shop_code"], row["shop_name"], row["street"]))}
        for row in queries.list_unmatched(session, tenant)
    ]


def take_agreement_step(
    session: Session,
    tenant: str,
    agreement_id: int,
    step: str,
    *,
    at: dt.datetime,
    actor: str,
    staff_id: int | None = None,
    note: str = "",
    facts: dict[str, Any] | None = None,
) -> str:
    """Take a step: ``confirm`` or ``fail`` the yearly check, ``end`` it; returns its state then.

    Raises
    ------
    UnknownAgreement, StepNotOpen, StepInFuture, StepOutOfOrder
        If there is none, or the step cannot be taken now, or then.
    """
    row = queries.find_agreement(session, tenant, agreement_id, lock=True)
    if row is None:
        raise UnknownAgreement("frontages.agreement", id=agreement_id)
    state = take(
        session, tenant, AGREEMENT, agreement_id, row["state"], step, at=at, actor=actor, staff_id=staff_id, note=note,
        facts=facts,
    )  # fmt: skip
    queries.set_state(session, tenant, agreement_id, state)
    return state


def attach_scan(session: Session, tenant: str, home: Path, agreement_id: int, content: bytes, *, actor: str) -> str:
    """Keep the scan of an agreement; returns its SHA-256.

    Raises
    ------
    UnknownAgreement, NoScan
        If there is none, or the file is no PDF, JPEG or PNG of at most 20 MB.
    """
    from geo.cases.evidence.files import keep_file

    get_agreement(session, tenant, agreement_id)
    if len(content) > MOST_SCAN_BYTES or not content.startswith(SCANS):
        raise NoScan("frontages.scan", most=MOST_SCAN_BYTES >> 20)
    sha256 = keep_file(home, content)
    queries.set_scan(session, tenant, agreement_id, sha256)
    write_change(session, tenant, "agreement.scanned", facts={"agreement": agreement_id}, actor=actor)
    return sha256


def get_agreement(session: Session, tenant: str, agreement_id: int) -> dict[str, Any]:
    """One agreement, without its signatory.

    Raises
    ------
    UnknownAgreement
        If there is none.
    """
    found = queries.find_agreement(session, tenant, agreement_id)
    if found is None:
        raise UnknownAgreement("frontages.agreement", id=agreement_id)
    return found


def get_frontage(session: Session, tenant: str, frontage_id: int) -> dict[str, Any]:
    """One front.

    Raises
    ------
    UnknownFrontage
        If there is none.
    """
    found = queries.find_frontage(session, tenant, frontage_id)
    if found is None:
        raise UnknownFrontage("frontages.unknown", id=frontage_id)
    return found


def _finder(session: Session, tenant: str) -> Finder:
    return Finder(queries.load_shops(session, tenant))


def _sign(session: Session, tenant: str, keys: Secrets, draft: Draft, finder: Finder, actor: str) -> tuple[int, bool]:
    known = queries.find_by_number(session, tenant, draft.number)
    person = keys.match_hash("name", draft.signatory)
    if known is not None:
        there = (known["version"], known["signed_on"], known["valid_to_on"], known["signatory_hash"])
        if there != (draft.version, draft.signed_on, draft.valid_to_on, person):
            raise AgreementDiffers("frontages.differs", number=draft.number)
        return int(known["id"]), False
    number = queries.add_agreement(
        session, tenant, actor=actor, frontage_id=None, matched_by=None,
        signatory=keys.seal(draft.signatory, SIGNATORY) if draft.signatory else None, signatory_hash=person,
        **{name: value for name, value in asdict(replace(draft, signatory="")).items() if name != "signatory"},
    )  # fmt: skip
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    begin(session, tenant, AGREEMENT, number, at=_start(draft.signed_on, zone), actor=actor)
    match = finder.find(Claim(draft.shop_code, draft.shop_name, draft.street, draft.licence))
    if match is not None:
        _match(session, tenant, keys, number, match[0], match[1], actor)
    return number, True


def _match(
    session: Session, tenant: str, keys: Secrets, agreement_id: int, frontage_id: int, by: str, actor: str
) -> None:
    """Join an agreement to its shop: the one before it is replaced, the shop's name is looked at."""
    queries.set_match(session, tenant, agreement_id, frontage_id, by)
    mine = queries.find_agreement(session, tenant, agreement_id, lock=True)
    assert mine is not None
    zone = ZoneInfo(get_county(session, tenant).time_zone)
    _replace_earlier(session, tenant, queries.list_agreements(session, tenant, frontage_id), zone, actor)
    persons: list[str] = []
    for row in queries.list_agreements(session, tenant, frontage_id):
        sealed = queries.find_agreement(session, tenant, row["id"], lock=True)
        if sealed is not None and sealed["signatory"] is not None:
            persons.append(keys.unseal(bytes(sealed["signatory"]), SIGNATORY))
    if persons:
        shop = get_frontage(session, tenant, frontage_id)
        queries.set_outside_name(session, tenant, frontage_id, *outside_name(shop["name"], persons))
    facts = {"agreement": agreement_id, "frontage": frontage_id}
    write_change(session, tenant, "agreement.matched", facts=facts, actor=actor)


def _replace_earlier(session: Session, tenant: str, rows: Sequence[dict[str, Any]], zone: ZoneInfo, actor: str) -> None:
    """Of a front's agreements, the newest first: every one but the newest was replaced when the next was signed."""
    for newer, older in itertools.pairwise(rows):
        if older["state"] in ("signed", "failed"):
            log = load_steps(session, tenant, AGREEMENT, older["id"])
            at = max(_start(newer["signed_on"], zone), log[-1].at)
            facts = {"by": newer["id"]}
            take_agreement_step(session, tenant, older["id"], "replace", at=at, actor=actor, facts=facts)


def _start(on: dt.date, zone: ZoneInfo) -> dt.datetime:
    return min(midnight(on, zone), dt.datetime.now(dt.UTC))
