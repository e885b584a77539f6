"""Files of offenders over HTTP: officers and leaders of the 片区, for a purpose, every look logged."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.auth.permissions import Action, Principal, Thing, demand, reach_of, staff_of
from api.deps import Caller, Db, Holder
from api.problems import NO_NUL, responses
from api.schemas.subjects import (
    DeletionList,
    LookList,
    MergeMade,
    MergeOrder,
    PurposeWord,
    Reason,
    SubjectDraft,
    SubjectFile,
    SubjectList,
    SubjectMade,
    SubjectMatches,
    SubjectRewrite,
    SubjectSearch,
)
from geo.cases.formal.actions import Signer
from geo.cases.retention.queries import list_proofs
from geo.cases.secrets.actions import open_secrets
from geo.cases.subjects import queries
from geo.cases.subjects.actions import (
    Purpose,
    Reader,
    UnknownSubject,
    area_of,
    confirm_subject,
    find_matches,
    list_files,
    merge_subjects,
    note_subject,
    open_file,
    split_subjects,
    write_identity,
)

router = APIRouter(prefix="/subjects", tags=["law"])

Identity = Annotated[int, Path(ge=1, lt=1 << 63)]
Reference = Annotated[
    str, Query(min_length=1, max_length=200, pattern=NO_NUL, description="Number of the case, notice or complaint.")
]


def reader_of(caller: Principal, action: Action = Action.READ) -> Reader:
    """Who looks, and where they may; refused where nowhere."""
    reach = reach_of(caller, action, Thing.SUBJECT)
    if reach is False or reach is None:
        demand(caller, action, Thing.SUBJECT)
    area = area_of(list(reach)) if isinstance(reach, frozenset) else None
    return Reader(caller.name, caller.staff, area)


def signer_of(caller: Principal) -> Signer:
    """The account that is signed in and the person behind it: nobody signs for another."""
    return Signer(caller.name, staff_of(caller))


@router.get("", summary="Files of one's 片区, masked", responses=responses(401, 403, 422))
def read_subjects(
    caller: Caller,
    session: Db,
    purpose: PurposeWord,
    reference: Reference,
    before: Annotated[int | None, Query(ge=1, lt=1 << 63)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> SubjectList:
    """The newest first; that they were listed is logged."""
    reader = reader_of(caller)
    found = list_files(session, caller.tenant, reader, Purpose(purpose, reference), before=before, most=limit)
    return SubjectList.model_validate({"subjects": found})


@router.post("", summary="Write a file down", status_code=201, responses=responses(401, 403, 413, 422, 503))
def write_subject(service: Holder, caller: Caller, session: Db, body: SubjectDraft) -> SubjectMade:
    """A note, until an officer confirms who it is; the same uid again changes nothing."""
    demand(caller, Action.WRITE, Thing.SUBJECT, body.district_code)
    keys = open_secrets(session, caller.tenant, service.settings.home)
    who = body.identity.as_identity()
    return SubjectMade(id=note_subject(session, caller.tenant, keys, body.uid, who, body.district_code, caller.name))


@router.post("/matches", summary="Files that may be the same", responses=responses(401, 403, 413, 422, 503))
def search_subjects(service: Holder, caller: Caller, session: Db, body: SubjectSearch) -> SubjectMatches:
    """Found by keyed hash; nothing is opened for it, and each is logged as a look."""
    reader = reader_of(caller)
    keys = open_secrets(session, caller.tenant, service.settings.home)
    who = body.identity.as_identity()
    found = find_matches(session, caller.tenant, keys, who, reader, body.as_purpose())
    return SubjectMatches.model_validate({"matches": found})


@router.get("/deletions", summary="What has expired and is gone", responses=responses(401, 403))
def read_deletions(caller: Caller, session: Db) -> DeletionList:
    """With the digest of the ids deleted."""
    demand(caller, Action.READ, Thing.ACCOUNT)
    return DeletionList.model_validate({"deletions": list_proofs(session, caller.tenant)})


@router.post("/merges/{merge}/split", summary="Split files that were joined", status_code=204,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def split(caller: Caller, session: Db, merge: Identity, body: Reason) -> None:
    """What moved and is still there goes back."""
    reader = reader_of(caller, Action.WRITE)
    row = queries.find_merge(session, caller.tenant, merge)
    if row is None:
        raise UnknownSubject("subjects.no_merge", merge=merge)
    _mine(session, caller.tenant, row["kept_id"], reader)
    split_subjects(session, caller.tenant, merge, body.reason, staff_of(caller), caller.name)


@router.get("/{subject}", summary="Look into a file", responses=responses(401, 403, 404, 422, 503))
def read_subject(
    service: Holder,
    caller: Caller,
    session: Db,
    subject: Identity,
    purpose: PurposeWord,
    reference: Reference,
    whole: Annotated[bool, Query(description="Unmasked; logged as such.")] = False,
) -> SubjectFile:
    """Masked unless the whole is asked for; the look is logged."""
    reader = reader_of(caller)
    keys = open_secrets(session, caller.tenant, service.settings.home)
    found = open_file(session, caller.tenant, keys, subject, reader, Purpose(purpose, reference), whole=whole)
    return SubjectFile.model_validate(found)


@router.put("/{subject}/identity", summary="Correct who a file is about", status_code=204,
            responses=responses(401, 403, 404, 413, 422, 503))  # fmt: skip
def put_identity(service: Holder, caller: Caller, session: Db, subject: Identity, body: SubjectRewrite) -> None:
    """All of it anew; an identity number only once there is a penalty case."""
    reader = reader_of(caller, Action.WRITE)
    keys = open_secrets(session, caller.tenant, service.settings.home)
    who = body.identity.as_identity()
    write_identity(session, caller.tenant, keys, subject, who, reader, body.as_purpose())


@router.post("/{subject}/confirmation", summary="Confirm who it is", status_code=204,
             responses=responses(401, 403, 404))  # fmt: skip
def confirm(caller: Caller, session: Db, subject: Identity) -> None:
    """By an officer with their own account; from then on the ladder counts."""
    _mine(session, caller.tenant, subject, reader_of(caller, Action.WRITE))
    confirm_subject(session, caller.tenant, subject, staff_of(caller), caller.name)


@router.post("/{subject}/merges", summary="Join another file to this one", status_code=201,
             responses=responses(401, 403, 404, 409, 413, 422))  # fmt: skip
def merge(caller: Caller, session: Db, subject: Identity, body: MergeOrder) -> MergeMade:
    """Everything of the other moves here; it can be split again."""
    reader = reader_of(caller, Action.WRITE)
    for number in (subject, body.gone):
        _mine(session, caller.tenant, number, reader)
    made = merge_subjects(session, caller.tenant, subject, body.gone, body.reason, staff_of(caller), caller.name)
    return MergeMade(merge=made)


@router.get("/{subject}/looks", summary="Who looked into a file", responses=responses(401, 403))
def read_looks(caller: Caller, session: Db, subject: Identity) -> LookList:
    """For whoever answers for the county; the log outlives the file."""
    demand(caller, Action.READ, Thing.ACCOUNT)
    return LookList.model_validate({"looks": queries.list_accesses(session, caller.tenant, subject)})


def _mine(session: Db, tenant: str, subject: int, reader: Reader) -> None:
    if queries.find_subject(session, tenant, subject, reader.area) is None:
        raise UnknownSubject("subjects.unknown", subject=subject)
