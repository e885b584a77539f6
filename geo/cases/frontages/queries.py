"""SQL of shop fronts and their agreements."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from geo.cases.frontages.matching import Shop
from geo.cases.frontages.standing import Front, Paper

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

HERE = "f.tenant = :tenant AND (CAST(:area AS text[]) IS NULL OR f.district_code = ANY(:area))"
SHOWN = "coalesce(f.outside_name, '') AS shown_name"

LOCK_NAME = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")

FRONTS = text(f"""
SELECT f.id, coalesce(f.town, ''), coalesce(f.street, ''), f.opened_on, f.closed_on FROM frontage f
 WHERE {HERE} ORDER BY f.id""")
SHOPS = text(
    f"SELECT f.id, f.code, f.name, coalesce(f.street, ''), f.licence FROM frontage f WHERE {HERE} ORDER BY f.id"
)
PAPERS = text(f"""
SELECT a.id, a.frontage_id, a.signed_on, a.valid_to_on, coalesce(s.to_state, 'signed'),
       (SELECT max(c.at) FROM step_log c WHERE c.tenant = a.tenant AND c.workflow = 'agreement' AND c.row_id = a.id
           AND c.step = 'confirm' AND c.at < :until)
  FROM agreement a JOIN frontage f ON f.tenant = a.tenant AND f.id = a.frontage_id
  LEFT JOIN LATERAL (SELECT l.to_state FROM step_log l WHERE l.tenant = a.tenant AND l.workflow = 'agreement'
     AND l.row_id = a.id AND l.at < :until ORDER BY l.n DESC LIMIT 1) s ON true
 WHERE a.tenant = :tenant AND {HERE} ORDER BY a.id""")

FRONT_COLUMNS = f"""f.id, f.code, f.name, {SHOWN}, f.named_after, f.trade, f.street, f.number, f.town, f.district_code,
  f.width_dm, f.opened_on, f.closed_on, f.status, GeometryType(f.geom) AS shape,
  ST_X(ST_PointOnSurface(f.geom)) AS lon, ST_Y(ST_PointOnSurface(f.geom)) AS lat"""
FIND = text(f"SELECT {FRONT_COLUMNS} FROM frontage f WHERE f.tenant = :tenant AND f.id = :id")
FIND_CODE = text("SELECT id FROM frontage WHERE tenant = :tenant AND code = :code ORDER BY id LIMIT 2")
LIST = text(f"""
SELECT {FRONT_COLUMNS} FROM frontage f
 WHERE {HERE} AND f.id > :after AND (CAST(:street AS text) IS NULL OR f.street = :street)
   AND (CAST(:town AS text) IS NULL OR f.town = :town)
   AND (CAST(:ids AS bigint[]) IS NULL OR f.id = ANY(:ids))
 ORDER BY f.id LIMIT :most""")
LOOSE = text("""
SELECT id, ST_AsBinary(geom), street FROM frontage
 WHERE tenant = :tenant AND GeometryType(geom) = 'POINT' ORDER BY id""")
PLACE = text("""
UPDATE frontage f SET geom = v.geom, width_dm = coalesce(f.width_dm, v.width_dm), updated_at = now(),
       extra = f.extra || jsonb_build_object('snapped_dm', v.moved_dm)
  FROM (SELECT u.id, ST_GeomFromWKB(u.shape, 4490) AS geom, u.width_dm, u.moved_dm
          FROM unnest(CAST(:ids AS bigint[]), CAST(:shapes AS bytea[]), CAST(:widths AS int[]), CAST(:moved AS int[]))
            AS u(id, shape, width_dm, moved_dm)) v
 WHERE f.tenant = :tenant AND f.id = v.id""")
NAME_STREETS = text("""
UPDATE frontage f SET street = u.street
  FROM unnest(CAST(:ids AS bigint[]), CAST(:streets AS text[])) AS u(id, street)
 WHERE f.tenant = :tenant AND f.id = u.id AND f.street IS NULL""")
WITHOUT_STREET = text("""
SELECT id, ST_AsBinary(ST_PointOnSurface(geom)) FROM frontage WHERE tenant = :tenant AND street IS NULL ORDER BY id""")
FILL_TOWNS = text("""
UPDATE frontage f
   SET town = (SELECT a.name FROM admin_area a WHERE a.tenant = f.tenant AND a.level = 'town'
         AND a.geom && f.geom AND ST_Intersects(a.geom, ST_PointOnSurface(f.geom)) ORDER BY a.id LIMIT 1)
 WHERE f.tenant = :tenant AND f.town IS NULL""")
WITHOUT_DISTRICT = text("""
SELECT id, ST_X(p), ST_Y(p) FROM (SELECT id, ST_PointOnSurface(geom) AS p FROM frontage
 WHERE tenant = :tenant AND district_code IS NULL) f ORDER BY id""")
SET_DISTRICTS = text("""
UPDATE frontage f SET district_code = u.code
  FROM unnest(CAST(:ids AS bigint[]), CAST(:codes AS text[])) AS u(id, code)
 WHERE f.tenant = :tenant AND f.id = u.id AND u.code IS NOT NULL""")
SET_STATUS = text("""
UPDATE frontage f SET status = u.status, status_on = :on, updated_at = now()
  FROM unnest(CAST(:ids AS bigint[]), CAST(:statuses AS text[])) AS u(id, status)
 WHERE f.tenant = :tenant AND f.id = u.id AND f.status IS DISTINCT FROM u.status RETURNING f.id""")
SET_NAME = text("""
UPDATE frontage SET outside_name = :shown, named_after = :named WHERE tenant = :tenant AND id = :id""")

ADD_AGREEMENT = text("""
INSERT INTO agreement (tenant, number, version, frontage_id, matched_by, shop_code, shop_name, street, licence,
                       signatory, signatory_hash, signed_on, valid_to_on, made_by)
VALUES (:tenant, :number, :version, :frontage_id, :matched_by, :shop_code, :shop_name, :street, :licence,
        :signatory, :signatory_hash, :signed_on, :valid_to_on, :actor) RETURNING id""")
AGREEMENT = """a.id, a.number, a.version, a.frontage_id, a.matched_by, a.shop_code, a.street, a.licence,
  a.signatory IS NOT NULL AS has_signatory, a.signed_on, a.valid_to_on, a.scan_sha256, a.state"""
KNOWN = text(f"""
SELECT {AGREEMENT}, a.shop_name, a.signatory_hash FROM agreement a
 WHERE a.tenant = :tenant AND a.number = :number""")
GET = text(f"SELECT {AGREEMENT}, a.shop_name FROM agreement a WHERE a.tenant = :tenant AND a.id = :id")
LOCK = text(
    f"SELECT {AGREEMENT}, a.shop_name, a.signatory FROM agreement a WHERE a.tenant = :tenant AND a.id = :id FOR UPDATE"
)
OF_FRONT = text(f"""
SELECT {AGREEMENT} FROM agreement a WHERE a.tenant = :tenant AND a.frontage_id = :id
 ORDER BY a.signed_on DESC, a.id DESC""")
UNMATCHED = text(f"""
SELECT {AGREEMENT}, a.shop_name FROM agreement a WHERE a.tenant = :tenant AND a.frontage_id IS NULL ORDER BY a.id""")
SET_MATCH = text("""
UPDATE agreement SET frontage_id = :frontage_id, matched_by = :by WHERE tenant = :tenant AND id = :id""")
SET_STATE = text("UPDATE agreement SET state = :state WHERE tenant = :tenant AND id = :id")
SET_SCAN = text("UPDATE agreement SET scan_sha256 = :sha256 WHERE tenant = :tenant AND id = :id")


def hold(session: Session, tenant: str, what: str) -> None:
    """Let one writer at a time at something, until the transaction ends."""
    session.execute(LOCK_NAME, {"name": f"frontages/{tenant}/{what}"})


def load_fronts(session: Session, tenant: str, *, area: Sequence[str] | None = None) -> list[Front]:
    """The whole shop list, by id."""
    facts = {"tenant": tenant, "area": _list(area)}
    return [Front(*row) for row in session.execute(FRONTS, facts)]


def load_shops(session: Session, tenant: str) -> list[Shop]:
    """The whole shop list, as agreements are matched with it."""
    return [Shop(*row) for row in session.execute(SHOPS, {"tenant": tenant, "area": None})]


def load_papers(
    session: Session, tenant: str, until: dt.datetime, zone: dt.tzinfo, *, area: Sequence[str] | None = None
) -> list[Paper]:
    """Matched agreements as their logs stood at a moment."""
    facts = {"tenant": tenant, "area": _list(area), "until": until}
    papers = []
    for one, frontage, signed_on, valid_to_on, state, checked_at in session.execute(PAPERS, facts):
        checked_on = checked_at.astimezone(zone).date() if checked_at else None
        papers.append(Paper(one, frontage, signed_on, valid_to_on, state, checked_on))
    return papers


def find_frontage(session: Session, tenant: str, frontage_id: int) -> dict[str, Any] | None:
    """One front with a point on it; None if there is none."""
    row = session.execute(FIND, {"tenant": tenant, "id": frontage_id}).mappings().first()
    return dict(row) if row else None


def find_by_code(session: Session, tenant: str, code: str) -> int | None:
    """The front of a number; None if there is none, or if it stands for two."""
    found = list(session.scalars(FIND_CODE, {"tenant": tenant, "code": code}))
    return int(found[0]) if len(found) == 1 else None


def list_frontages(
    session: Session,
    tenant: str,
    *,
    area: Sequence[str] | None = None,
    street: str | None = None,
    town: str | None = None,
    ids: Sequence[int] | None = None,
    after: int = 0,
    most: int = 1000,
) -> list[dict[str, Any]]:
    """Fronts by id, each with a point on it."""
    facts = {"area": _list(area), "street": street, "town": town, "ids": list(ids) if ids is not None else None}
    found = session.execute(LIST, {"tenant": tenant, "after": after, "most": most, **facts}).mappings()
    return [dict(row) for row in found]


def load_loose(session: Session, tenant: str) -> list[tuple[int, bytes, str | None]]:
    """Fronts that are points yet: id, WKB in degrees, street."""
    return [(int(one), bytes(shape), street) for one, shape, street in session.execute(LOOSE, {"tenant": tenant})]


def place_fronts(session: Session, tenant: str, rows: Sequence[tuple[int, bytes, int, int]]) -> None:
    """Give fronts their lines: id, WKB in degrees, width and distance moved in dm."""
    ids, shapes, widths, moved = (list(column) for column in zip(*rows, strict=True))
    facts = {"ids": ids, "shapes": shapes, "widths": widths, "moved": moved}
    session.execute(PLACE, {"tenant": tenant, **facts})


def load_without_street(session: Session, tenant: str) -> list[tuple[int, bytes]]:
    """Fronts whose file named no street: id and a point on them."""
    return [(int(one), bytes(shape)) for one, shape in session.execute(WITHOUT_STREET, {"tenant": tenant})]


def name_streets(session: Session, tenant: str, names: Mapping[int, str]) -> None:
    """Give fronts the street they lie on."""
    session.execute(NAME_STREETS, {"tenant": tenant, "ids": list(names), "streets": list(names.values())})


def fill_towns(session: Session, tenant: str) -> None:
    """Give fronts the town they lie in, where their file said none."""
    session.execute(FILL_TOWNS, {"tenant": tenant})


def load_without_district(session: Session, tenant: str) -> dict[int, tuple[float, float]]:
    """Fronts whose file named no 片区: a point on each, longitude and latitude, by id."""
    return {int(one): (lon, lat) for one, lon, lat in session.execute(WITHOUT_DISTRICT, {"tenant": tenant})}


def set_districts(session: Session, tenant: str, codes: Mapping[int, str | None]) -> None:
    """Give fronts their 片区; those outside all keep none."""
    session.execute(SET_DISTRICTS, {"tenant": tenant, "ids": list(codes), "codes": list(codes.values())})


def set_status(session: Session, tenant: str, statuses: Mapping[int, str], on: dt.date) -> list[int]:
    """Write how fronts stand; the ids of those that changed."""
    facts = {"ids": list(statuses), "statuses": list(statuses.values()), "on": on}
    return [int(one) for one in session.scalars(SET_STATUS, {"tenant": tenant, **facts})]


def set_outside_name(session: Session, tenant: str, frontage_id: int, shown: str, named: bool) -> None:
    """Write a shop's name as it may leave the bureau."""
    session.execute(SET_NAME, {"tenant": tenant, "id": frontage_id, "shown": shown, "named": named})


def add_agreement(session: Session, tenant: str, **values: Any) -> int:
    """Write down an agreement; its id."""
    return int(session.execute(ADD_AGREEMENT, {"tenant": tenant, **values}).scalar_one())


def find_by_number(session: Session, tenant: str, number: str) -> dict[str, Any] | None:
    """The agreement of a number; None if there is none."""
    row = session.execute(KNOWN, {"tenant": tenant, "number": number}).mappings().first()
    return dict(row) if row else None


def find_agreement(session: Session, tenant: str, agreement_id: int, *, lock: bool = False) -> dict[str, Any] | None:
    """One agreement, held until the transaction ends if asked (with its sealed signatory then)."""
    row = session.execute(LOCK if lock else GET, {"tenant": tenant, "id": agreement_id}).mappings().first()
    return dict(row) if row else None


def list_agreements(session: Session, tenant: str, frontage_id: int) -> list[dict[str, Any]]:
    """A front's agreements, the newest first."""
    return [dict(row) for row in session.execute(OF_FRONT, {"tenant": tenant, "id": frontage_id}).mappings()]


def list_unmatched(session: Session, tenant: str) -> list[dict[str, Any]]:
    """Agreements that no shop was found for."""
    return [dict(row) for row in session.execute(UNMATCHED, {"tenant": tenant}).mappings()]


def set_match(session: Session, tenant: str, agreement_id: int, frontage_id: int, by: str) -> None:
    """Say which shop an agreement belongs to, and by what."""
    session.execute(SET_MATCH, {"tenant": tenant, "id": agreement_id, "frontage_id": frontage_id, "by": by})


def set_state(session: Session, tenant: str, agreement_id: int, state: str) -> None:
    """Give an agreement its new state."""
    session.execute(SET_STATE, {"tenant": tenant, "id": agreement_id, "state": state})


def set_scan(session: Session, tenant: str, agreement_id: int, sha256: str) -> None:
    """Say which file is its scan."""
    session.execute(SET_SCAN, {"tenant": tenant, "id": agreement_id, "sha256": sha256})


def _list(area: Iterable[str] | None) -> list[str] | None:
    return list(area) if area is not None else None
