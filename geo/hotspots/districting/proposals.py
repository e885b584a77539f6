"""What people do with proposals: ask for one, edit it, adopt it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.db.counts import count_step
from geo.errors import Conflict, Invalid, NotFound
from geo.hotspots.districting import queries
from geo.hotspots.districting.ground import Ground, RecutRequest
from geo.hotspots.districting.load import load_ground
from geo.hotspots.districting.queries import ProposalRow, UnitRow
from geo.hotspots.districting.standing import stand
from geo.roads.queries import load_roads, save_owners

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.hotspots.districting.redistrict import Recut

Progress = Callable[[str, int, int], None]
SOURCE: Final = "districting"
STEPS: Final = ("load", "cut", "save")


class UnknownProposal(NotFound):
    """There is no such proposal."""


class ProposalFixed(Conflict):
    """An adopted proposal never changes; a new one is made from the 片区 there are."""


class ProposalEdited(Conflict):
    """Somebody else edited the proposal meanwhile; the facts give the revision it is at."""


class ProposalStale(Conflict):
    """The 片区 changed after the proposal was made, so adopting it would undo that."""


class UnknownUnit(Invalid):
    """The proposal has no such unit or 片区; the facts name it."""


class UnitLocked(Conflict):
    """A locked unit stays where it is."""


class NotWhole(Conflict):
    """A 片区 of the proposal has no ground, or is in several pieces; the facts name it."""


def propose_districts(
    database: Database, tenant: str, request: RecutRequest, progress: Progress | None = None, actor: str = "system"
) -> dict[str, Any]:
    """Cut the county anew, or for the first time, and store that as a proposal. Nothing in force changes.

    Parameters
    ----------
    request
        What to cut, what to balance, what stays.
    progress
        Called with (step, done, of); steps are ``load``, ``cut``, ``save``.

    Returns
    -------
    dict
        As :func:`get_standing`.

    Raises
    ------
    UnitsBroken, UnknownLock, UnknownWall, TooFewUnits, LockedApart
        If it cannot be cut so; the message names the mend.
    """
    from geo.hotspots.districting.redistrict import redistrict

    tell = progress or _silent
    strength = request.strength()
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        digest = queries.base_digest(session, tenant)
        districts = queries.load_districts(session)
        names = dict(zip(districts["code"], districts["name"], strict=True))
        ground = load_ground(session, county, request)
    tell("load", 1, 3)
    wanted = request.n if request.n is not None or names else _suggest(database, tenant)
    cut = redistrict(
        ground.units, ground.links, wanted,
        strength=strength, seed=request.seed, goal=request.goal, fresh=request.fresh,
    )  # fmt: skip
    tell("cut", 2, 3)
    rows, shapes = _unit_rows(ground, cut)
    head = {
        "unit_kind": ground.kind, "load_kind": ground.load_kind, "asked": request.as_json(), "base_digest": digest,
        "districts": [{"code": c, "name": names.get(c, c), "existed": c in names} for c in cut.names],
        "links": _open_pairs(cut), "summary": _summary(ground, cut, sorted(set(names) - set(cut.names))),
        "made_by": actor,
    }  # fmt: skip
    with database.begin(tenant) as session:
        identity = queries.insert_proposal(session, tenant, head, rows, shapes)
        facts = {"proposal": identity, "districts": len(cut.names), "units": len(rows)}
        write_change(session, tenant, "districts.proposed", facts=facts, actor=actor)
        found = get_standing(session, tenant, identity)
    tell("save", 3, 3)
    return found


def get_standing(session: Session, tenant: str, proposal_id: int) -> dict[str, Any]:
    """A proposal with its figures as edited so far.

    Returns
    -------
    dict
        Columns of :class:`ProposalRow` and what :func:`geo.hotspots.districting.standing.stand` says.

    Raises
    ------
    UnknownProposal
        If there is none.
    """
    proposal = _get(session, tenant, proposal_id)
    units = queries.list_units(session, tenant, proposal_id)
    return _told(proposal, stand(proposal, units, queries.find_links(session, tenant, proposal_id)))


def move_units(
    session: Session, tenant: str, proposal_id: int, keys: Sequence[str], code: str, *,
    revision: int | None = None, actor: str = "system",
) -> dict[str, Any]:  # fmt: skip
    """Put units into another 片区 of a proposal. Pieces may come apart meanwhile; adopting asks for whole ones.

    Parameters
    ----------
    keys
        Units, at least one.
    code
        A 片区 of the proposal.
    revision
        The revision the caller looked at; None takes it as it is.

    Returns
    -------
    dict
        As :func:`get_standing`, after the move.

    Raises
    ------
    UnknownProposal, ProposalFixed, ProposalEdited, UnknownUnit, UnitLocked
        If it cannot be edited so; then nothing moved.
    """
    proposal = _get(session, tenant, proposal_id, lock=True)
    _refuse_fixed(proposal)
    if revision is not None and revision != proposal.revision:
        raise ProposalEdited("districts.proposal_edited", proposal=proposal_id, revision=proposal.revision)
    known = [row["code"] for row in proposal.districts]
    if code not in known:
        raise UnknownUnit("districts.unknown_district", district=code, known=", ".join(known))
    by_key = {unit.key: unit for unit in queries.list_units(session, tenant, proposal_id)}
    for key in keys:
        if key not in by_key:
            raise UnknownUnit("districts.unknown_unit", unit=key)
        if by_key[key].locked and by_key[key].code != code:
            raise UnitLocked("districts.unit_locked", unit=key, district=by_key[key].code)
    moved = queries.move_units(session, tenant, proposal_id, keys, code, actor)
    facts = {"proposal": proposal_id, "units": moved, "to": code}
    write_change(session, tenant, "districts.proposal_edited", facts=facts, actor=actor)
    return get_standing(session, tenant, proposal_id)


def rename_district(
    session: Session, tenant: str, proposal_id: int, code: str, name: str, *, actor: str = "system"
) -> dict[str, Any]:
    """Give a 片区 that the proposal founds its name; those that exist keep theirs.

    Raises
    ------
    UnknownProposal, ProposalFixed, UnknownUnit
        If there is none such to be named.
    """
    proposal = _get(session, tenant, proposal_id, lock=True)
    _refuse_fixed(proposal)
    founded = [row["code"] for row in proposal.districts if not row["existed"]]
    if code not in founded:
        raise UnknownUnit("districts.unknown_founded", district=code, known=", ".join(founded) or "-")
    renamed = [{**row, "name": name} if row["code"] == code else row for row in proposal.districts]
    queries.rename_districts(session, tenant, proposal_id, renamed)
    facts = {"proposal": proposal_id, "district": code}
    write_change(session, tenant, "districts.proposal_edited", facts=facts, actor=actor)
    return get_standing(session, tenant, proposal_id)


def adopt_proposal(
    database: Database, tenant: str, proposal_id: int, progress: Progress | None = None, actor: str = "system"
) -> dict[str, Any]:
    """Make a proposal the county's 片区, in one transaction: areas, owners of streets, grids.

    Returns
    -------
    dict
        ``proposal``, ``districts``, ``streets`` that changed their owner, ``unit_grids`` and ``grids`` that changed
        their 片区, ``split_grids`` (responsibility grids that lie in several now, kept where most of their load is).
        A proposal that is adopted already changes nothing and says so with zeros.

    Raises
    ------
    UnknownProposal, NotWhole, ProposalStale
        If it cannot be adopted; then nothing changed.
    """
    tell = progress or _silent
    with database.begin(tenant) as session:
        queries.lock_districts(session, tenant)
        proposal = _get(session, tenant, proposal_id, lock=True)
        if proposal.status == "adopted":
            return {"proposal": proposal_id, "districts": len(proposal.districts), "streets": 0, "unit_grids": 0,
                    "grids": 0, "split_grids": []}  # fmt: skip
        standing = get_standing(session, tenant, proposal_id)
        for row in standing["districts"]:
            if row["pieces"] != 1:
                raise NotWhole("districts.not_whole", district=row["code"], pieces=row["pieces"])
        if queries.base_digest(session, tenant) != proposal.base_digest:
            raise ProposalStale("districts.proposal_stale", proposal=proposal_id)
        tell("load", 1, 3)
        result = _adopt(session, tenant, proposal, actor)
        tell("cut", 2, 3)
        queries.mark_adopted(session, tenant, proposal_id, actor)
        write_change(session, tenant, "districts.adopted", layer="patrol_district", facts=result, actor=actor)
    tell("save", 3, 3)
    return result


def _adopt(session: Session, tenant: str, proposal: ProposalRow, actor: str) -> dict[str, Any]:
    import shapely

    from geo.roads.owners import assign_owners

    frames = queries.load_proposal(session, proposal.id)
    assert frames is not None
    units = np.asarray(frames.units.geometry.array, dtype=object)
    code = frames.units["code"].to_numpy(object)
    areas = [(row["code"], row["name"], shapely.union_all(units[code == row["code"]])) for row in proposal.districts]
    written = [(one, name, shapely.to_wkb(area)) for one, name, area in areas]
    residents = queries.count_residents(session, tenant, proposal.id)
    ids, step, box = queries.replace_districts(session, tenant, SOURCE, written)
    queries.save_residents(session, tenant, {code: residents.get(code) for code, _, _ in areas})
    sides = np.vstack([shapely.total_bounds(units), [box[0], box[1], box[2], box[3]]])
    changed = (float(sides[:, 0].min()), float(sides[:, 1].min()), float(sides[:, 2].max()), float(sides[:, 3].max()))
    count_step(session, tenant, "patrol_district", step)
    write_change(
        session, tenant, "layer.imported", layer="patrol_district", feature_ids=ids, box=changed,
        facts={"source": SOURCE, "proposal": proposal.id}, actor=actor,
    )  # fmt: skip
    unit_grids: list[int] = []
    grids: list[int] = []
    split: list[str] = []
    if proposal.unit_kind == "unit_grid":
        split = queries.split_grids(session, tenant, proposal.id)
        unit_grids, grids = queries.follow_grids(session, tenant, proposal.id)
        for layer, rows in (("unit_grid", unit_grids), ("responsibility_grid", grids)):
            if rows:
                facts = {"source": SOURCE, "proposal": proposal.id}
                write_change(session, tenant, "layer.imported", layer=layer, feature_ids=rows, box=changed, facts=facts)
    roads = load_roads(session)
    owners = assign_owners(roads, queries.load_districts(session), get_county(session, tenant).metric_srid)
    had = {int(i): owner if isinstance(owner, str) else None for i, owner in roads["owner_district"].items()}
    moved = {road: owner for road, owner in owners.items() if owner != had[road]}
    save_owners(session, tenant, moved)
    if moved:
        write_change(
            session, tenant, "layer.imported", layer="road", feature_ids=sorted(moved), box=changed,
            facts={"source": SOURCE, "proposal": proposal.id}, actor=actor,
        )  # fmt: skip
    return {
        "proposal": proposal.id, "districts": len(areas), "streets": len(moved), "unit_grids": len(unit_grids),
        "grids": len(grids), "split_grids": split,
    }  # fmt: skip


def _get(session: Session, tenant: str, proposal_id: int, *, lock: bool = False) -> ProposalRow:
    found = queries.find_proposal(session, tenant, proposal_id, lock=lock)
    if found is None:
        raise UnknownProposal("districts.unknown_proposal", proposal=proposal_id)
    return found


def _refuse_fixed(proposal: ProposalRow) -> None:
    if proposal.status != "draft":
        raise ProposalFixed("districts.proposal_fixed", proposal=proposal.id)


def _told(proposal: ProposalRow, standing: dict[str, Any]) -> dict[str, Any]:
    head = {name: getattr(proposal, name) for name in ProposalRow.__dataclass_fields__}
    return {**head, **standing}


def _suggest(database: Database, tenant: str) -> int:
    """How many 片区 the streets call for where there are none yet."""
    from geo.hotspots.districting.first_cut import suggest_count
    from geo.roads.network import build_network

    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        roads = load_roads(session)
    return suggest_count(build_network(roads, county.metric_srid))


def _unit_rows(ground: Ground, cut: Recut) -> tuple[list[UnitRow], list[bytes]]:
    import shapely

    from geo.hotspots.districting.reasons import find_reasons

    units, rows = ground.units, []
    for i, reason in enumerate(find_reasons(units, cut)):
        code, facts = reason if reason is not None else (None, {})
        to = cut.codes[i]
        load, locked = float(units.load[i]), bool(units.locked[i])
        rows.append(UnitRow(i, units.keys[i], load, units.before[i], to, to, locked, code, facts, None))
    return rows, [bytes(shape) for shape in shapely.to_wkb(ground.stored)]


def _open_pairs(cut: Recut) -> list[list[int]]:
    links = cut.links
    return [[int(i), int(j)] for i, j in zip(links.one[links.open], links.other[links.open], strict=True)]


def _summary(ground: Ground, cut: Recut, dropped: list[str]) -> dict[str, Any]:
    before = cut.max_over_mean_before
    return {
        "max_over_mean": round(cut.max_over_mean, 4),
        "max_over_mean_before": round(before, 4) if before is not None else None,
        "bound": round(cut.bound, 4),
        "moved_load": round(cut.moved_load, 4),
        "units": len(ground.units.keys),
        "total_load": round(float(ground.units.load.sum()), 3),
        "dropped": dropped,
        "notes": [{"code": code, "facts": dict(facts)} for code, facts in [*ground.notes, *cut.notes]],
    }


def _silent(step: str, done: int, of: int) -> None:
    del step, done, of
