"""Plans of 片区 as pages to print."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County
    from maps.reports.sheet_map import Ground
    from maps.reports.treatment_sheet import TreatmentSheet


def load_treatments(session: Session, tenant: str, county: County, ground: Ground) -> list[tuple[int, TreatmentSheet]]:
    """Plans of 片区 that are more than a draft, the newest first, ready to print."""
    from geo.patrol.treatment import queries

    shown = queries.list_shown(session, tenant)
    return [(number, read_treatment(session, tenant, county, number, ground)) for number in shown]


def read_treatment(session: Session, tenant: str, county: County, number: int, ground: Ground) -> TreatmentSheet:
    """One plan of a 片区 as it is printed.

    Raises
    ------
    geo.patrol.treatment.actions.UnknownTreatment
        If there is none.
    """
    from geo.patrol.queries import list_shift_kinds
    from geo.patrol.treatment import queries
    from geo.patrol.treatment.actions import get_treatment
    from maps.reports.sheet_map import draw_district
    from maps.reports.treatment_sheet import TreatmentSheet

    plan = get_treatment(session, tenant, number)
    district = plan["district_code"]
    posts = queries.load_posts(session, tenant, plan["posts"])
    streets = queries.load_lines(session, tenant, [one for street in plan["streets"] for one in street["road_ids"]])
    rings = queries.load_rings(session, tenant, district)
    drawn = draw_district(plan["title"], rings, streets, [(post.lon, post.lat) for post in posts], ground)
    return TreatmentSheet(
        county_name=county.name,
        district_name=(queries.find_district(session, tenant, district) or (district, None))[0],
        plan=plan,
        owner=queries.find_owner_name(session, tenant, plan["owner"]) or plan["owner"],
        posts=posts,
        shifts={kind.code: kind.name for kind in list_shift_kinds(session)},
        map=drawn,
        printed_on=county.today(),
        review_number=county.map_number,
    )
