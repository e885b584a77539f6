"""Rules and focuses set by the bureau: from a day on, by whom; older ones stay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.patrol.demand.book import queries
from geo.patrol.demand.rules import RIDE_KMH, START_PASSES, START_ZONES
from geo.patrol.problem import DUTIES
from geo.tables.patrol_rules import COVERS
from geo.tables.roads import TIERS

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

PREFILLED = "prefilled"


class BadRule(Invalid):
    """A rule that cannot be; the facts name the field, what was given and what may be."""


class BadFocus(Invalid):
    """A focus that cannot be: its place, dates, factor, or nobody's word."""


class FocusExists(Conflict):
    """The code is taken; a focus is never rewritten, since plans were made under it."""


class UnknownFocus(NotFound):
    """No focus of that code."""


def prefill_rules(session: Session, tenant: str, from_on: dt.date) -> bool:
    """Write the start values down as rules, so that the bureau sees and edits them; False if it has rules already."""
    if queries.run(session, queries.HAS_RULES)[0]["exists"]:
        return False
    for passes in START_PASSES:
        facts = {"tier": passes.tier, "shift_code": "", "passes": passes.passes, "required": passes.required}
        more = {"spacing_min": passes.spacing_s // 60, "valid_from_on": from_on, "set_by": PREFILLED}
        more["ride_kmh"] = passes.ride_kmh
        queries.run(session, queries.SET_PASSES, **facts, **more)
    for kind, rule in START_ZONES.items():
        queries.run(
            session, queries.SET_ZONE, kind=kind, cap_min=None if rule.cap_s is None else rule.cap_s // 60,
            rho_min=rule.rho_s // 60, stay_min=rule.stay_s // 60, per_hour_thousandths=round(rule.per_hour * 1000),
            valid_from_on=from_on, set_by=PREFILLED,
        )  # fmt: skip
    write_change(session, tenant, "patrol_rules.prefilled", facts={"from": from_on.isoformat()})
    return True


def set_passes(
    session: Session, tenant: str, tier: str, passes: int, spacing_min: int, from_on: dt.date, *,
    shift_code: str = "", required: bool = True, ride_kmh: int = 0, actor: str = "system",
) -> None:  # fmt: skip
    """Set how often streets of a tier are passed in a shift, from a day on.

    A ride along all of a stretch on the way to something else is a pass too if it is no faster than ``ride_kmh``.

    Raises
    ------
    BadRule
        If the tier is unknown or a number out of bounds.
    """
    if tier not in TIERS:
        raise BadRule("demand.bad_rule", field="tier", value=tier, allowed=", ".join(TIERS))
    if not 0 <= passes <= 12:
        raise BadRule("demand.bad_rule", field="passes", value=passes, allowed="0-12")
    if not 0 <= spacing_min <= 720:
        raise BadRule("demand.bad_rule", field="spacing_min", value=spacing_min, allowed="0-720")
    _check_ride(ride_kmh)
    queries.run(
        session, queries.SET_PASSES, tier=tier, shift_code=shift_code, passes=passes, spacing_min=spacing_min,
        required=required, ride_kmh=ride_kmh, valid_from_on=from_on, set_by=actor,
    )  # fmt: skip
    facts = {"tier": tier, "shift": shift_code, "passes": passes, "spacing_min": spacing_min, "ride_kmh": ride_kmh}
    write_change(session, tenant, "pass_rule.set", facts={**facts, "from": from_on.isoformat()}, actor=actor)


def set_order(session: Session, tenant: str, duties: Sequence[str], from_on: dt.date, actor: str = "system") -> None:
    """Set who gives way to whom when not everything fits, from a day on: the first gives way last (D14).

    Raises
    ------
    BadRule
        If it does not name each duty once.
    """
    if sorted(duties) != sorted(DUTIES):
        raise BadRule("demand.bad_rule", field="order", value=", ".join(duties), allowed=", ".join(DUTIES))
    queries.run(session, queries.SET_ORDER, duties=list(duties), valid_from_on=from_on, set_by=actor)
    facts = {"order": list(duties), "from": from_on.isoformat()}
    write_change(session, tenant, "giving_way.set", facts=facts, actor=actor)


def set_centre(
    session: Session, tenant: str, name: str, from_on: dt.date, *, area: BaseGeometry | None = None,
    districts: Sequence[str] = (), covers: str = "streets", ride_kmh: int = RIDE_KMH, actor: str = "system",
) -> None:  # fmt: skip
    """Draw 中心城区, which is covered in full every day: an area in EPSG:4490, or the union of some 片区.

    Who rides along a street on the way to something else covers it too if no faster than ``ride_kmh``.

    Raises
    ------
    BadRule
        If there is no area inside the county, a 片区 is unknown, or the way of covering is.
    """
    import shapely

    if covers not in COVERS:
        raise BadRule("demand.bad_rule", field="covers", value=covers, allowed=", ".join(COVERS))
    _check_ride(ride_kmh)
    if districts:
        found, area = queries.union_of_districts(session, districts)
        if found < len(set(districts)):
            raise BadRule("demand.bad_rule", field="districts", value=", ".join(districts), allowed="片区")
    _check_area(session, tenant, area, BadRule("demand.bad_rule", field="area", value=name, allowed="polygon"))
    queries.run(
        session, queries.SET_CENTRE, name=name, covers=covers, ride_kmh=ride_kmh, valid_from_on=from_on, set_by=actor,
        geom=shapely.to_wkb(area),
    )  # fmt: skip
    facts = {"covers": covers, "ride_kmh": ride_kmh, "from": from_on.isoformat()}
    write_change(session, tenant, "urban_centre.set", facts=facts, actor=actor)


def _check_ride(ride_kmh: int) -> None:
    if not 0 <= ride_kmh <= 60:
        raise BadRule("demand.bad_rule", field="ride_kmh", value=ride_kmh, allowed="0-60")


def list_rules(session: Session) -> dict[str, list[dict[str, Any]]]:
    """Rules with their first days: ``passes zones breaks orders centres``; start values are not among them."""
    return {name: queries.run(session, statement) for name, statement in queries.LIST_RULES.items()}


def add_focus(
    session: Session, tenant: str, code: str, name: str, ordered_by: str, first_on: dt.date, last_on: dt.date,
    factor_percent: int, *, zone: str | None = None, area: BaseGeometry | None = None, shift_code: str | None = None,
    actor: str = "system",
) -> int:  # fmt: skip
    """Write down a director's focus: places count ``factor_percent`` of what they do otherwise, for some days.

    Parameters
    ----------
    ordered_by
        Whose word it is; plans show it.
    first_on, last_on
        Both included.
    factor_percent
        10 to 1000.
    zone, area
        Key of a hotspot zone, or an area in EPSG:4490.

    Raises
    ------
    BadFocus
        If it has no name behind it, no place, or dates or factor out of bounds.
    FocusExists
        If the code is taken.
    """
    import shapely

    if zone is not None and area is None:
        found = queries.find_zone_area(session, zone)
        if found is None:
            raise BadFocus("demand.bad_focus", focus=code, field="zone", value=zone)
        name, area = name or found[0], found[1]
    for field, good, value in (
        ("ordered_by", bool(ordered_by.strip()), ordered_by),
        ("dates", first_on <= last_on, f"{first_on.isoformat()}..{last_on.isoformat()}"),
        ("factor_percent", 10 <= factor_percent <= 1000, str(factor_percent)),
    ):
        if not good:
            raise BadFocus("demand.bad_focus", focus=code, field=field, value=value)
    _check_area(session, tenant, area, BadFocus("demand.bad_focus", focus=code, field="area", value=name))
    made = queries.run(
        session, queries.SAVE_FOCUS, code=code, name=name or code, ordered_by=ordered_by.strip(), shift_code=shift_code,
        first_on=first_on, last_on=last_on, factor_percent=factor_percent, made_by=actor, geom=shapely.to_wkb(area),
    )  # fmt: skip
    if not made:
        raise FocusExists("demand.focus_exists", focus=code)
    facts = {"focus": code, "percent": factor_percent, "from": first_on.isoformat(), "to": last_on.isoformat()}
    write_change(session, tenant, "focus.added", facts=facts, actor=actor)
    return int(made[0]["id"])


def end_focus(session: Session, tenant: str, code: str, last_on: dt.date, actor: str = "system") -> dt.date:
    """Let a focus end earlier; its last day, not before its first.

    Raises
    ------
    UnknownFocus
        If there is none of that code.
    """
    found = queries.run(session, queries.END_FOCUS, code=code, last_on=last_on)
    if not found:
        raise UnknownFocus("demand.unknown_focus", focus=code)
    last: dt.date = found[0]["last_on"]
    write_change(session, tenant, "focus.ended", facts={"focus": code, "to": last.isoformat()}, actor=actor)
    return last


def check_focus(session: Session, code: str, on_date: dt.date, shift_code: str) -> None:
    """Refuse a focus that is not in force in a shift.

    Raises
    ------
    UnknownFocus
        If there is none of that code, or it is not in force that day, or only in another kind of shift.
    """
    for one in list_focuses(session):
        in_shift = one["shift_code"] in (None, shift_code)
        if one["code"] == code and one["first_on"] <= on_date <= one["last_on"] and in_shift:
            return
    raise UnknownFocus("demand.focus_not_in_force", focus=code, on=on_date.isoformat(), shift=shift_code)


def list_focuses(session: Session) -> list[dict[str, Any]]:
    """All focuses by first day, with whose word each is and its area (GeoJSON)."""
    return queries.run(session, queries.LIST_FOCUSES)


def _check_area(session: Session, tenant: str, area: BaseGeometry | None, error: Invalid) -> None:
    county = get_county(session, tenant)
    if area is None or area.is_empty or not area.is_valid or area.geom_type not in ("Polygon", "MultiPolygon"):
        raise error
    west, south, east, north = area.bounds
    if not (county.contains(west, south) and county.contains(east, north)):
        raise error
