"""Posts in and out: each with all five of 定人 定时 定岗 定责 定效, or refused with the missing one named."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.calendars import OpeningUnreadable
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid, NotFound, PianquError
from geo.patrol.demand.book import queries
from geo.patrol.demand.posts import check_five

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "code": ("code", "岗位编号", "编号"),
    "name": ("name", "岗位名称", "名称"),
    "people": ("people", "定人", "人员", "工号"),
    "opening": ("opening", "定时", "时段"),
    "duty": ("duty", "定责", "职责"),
    "effect": ("effect", "定效", "考核"),
    "lon": ("lon", "经度"),
    "lat": ("lat", "纬度"),
    "district": ("district", "片区", "片区编号"),
    "buffer_m": ("buffer_m", "定岗范围", "半径"),
    "people_needed": ("people_needed", "在岗人数"),
    "effect_codes": ("effect_codes", "事件代码"),
    "valid_from_on": ("valid_from_on", "起始日期"),
    "valid_to_on": ("valid_to_on", "终止日期"),
}


class BadPost(Invalid):
    """A post that cannot be: its place, people or numbers; the facts name the post and the field."""


class PostsUnreadable(Invalid):
    """The file is neither a GeoJSON collection nor a table with headings."""


class UnknownPost(NotFound):
    """No post of that code is in use."""


@dataclass(frozen=True)
class PostDraft:
    """A post as somebody wrote it; ``place`` a Point or polygon in EPSG:4490, ``people`` staff numbers in order."""

    code: str
    name: str
    people: tuple[str, ...]
    opening: str
    place: BaseGeometry | None
    duty: str
    effect: str
    district: str | None = None
    buffer_m: int = 50
    people_needed: int = 1
    effect_codes: tuple[str, ...] = ()
    valid_from_on: dt.date | None = None
    valid_to_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class BadPostRow:
    """A row or feature that cannot be taken: its number in the file, and the error that says why."""

    row: int
    error: PianquError


def save_post(session: Session, tenant: str, draft: PostDraft, actor: str = "system") -> int:
    """Write a post down, or anew under its code; its id.

    Raises
    ------
    PostIncomplete
        If it lacks one of the five, naming all that are missing.
    OpeningUnreadable
        If its hours are outside what is read.
    BadPost
        If a person is not in service, the place is outside the county or no spot or area, or a number is out of bounds.
    """
    county = get_county(session, tenant)
    row, people = _checked(draft, county, queries.staff_ids(session))
    identity = queries.upsert_post(session, {**row, "made_by": actor}, people)
    write_change(session, tenant, "post.saved", facts={"post": draft.code, "people": len(people)}, actor=actor)
    return identity


def _checked(draft: PostDraft, county: County, staff: Mapping[str, int]) -> tuple[dict[str, Any], list[int]]:
    import shapely

    if not draft.code.strip():
        raise BadPost("posts.bad", post="-", field="code", value="")
    place = draft.place
    given = place is not None and not place.is_empty
    check_five(
        draft.code, people=draft.people, opening=draft.opening, place=place if given else None, duty=draft.duty,
        effect=draft.effect,
    )  # fmt: skip
    assert place is not None
    unknown = [person for person in draft.people if person not in staff]
    if unknown:
        raise BadPost("posts.bad", post=draft.code, field="people", value=", ".join(unknown))
    west, south, east, north = place.bounds
    kind_ok = place.geom_type in ("Point", "Polygon", "MultiPolygon") and place.is_valid
    if not kind_ok or not (county.contains(west, south) and county.contains(east, north)):
        raise BadPost("posts.bad", post=draft.code, field="place", value=f"{west:.6f},{south:.6f}")
    if len(set(draft.people)) < len(draft.people):
        raise BadPost("posts.bad", post=draft.code, field="people", value=", ".join(draft.people))
    for name, low, high in (("buffer_m", 0, 2000), ("people_needed", 1, len(draft.people))):
        if not low <= getattr(draft, name) <= high:
            raise BadPost("posts.bad", post=draft.code, field=name, value=str(getattr(draft, name)))
    if draft.valid_from_on and draft.valid_to_on and draft.valid_to_on <= draft.valid_from_on:
        raise BadPost("posts.bad", post=draft.code, field="valid_to_on", value=draft.valid_to_on.isoformat())
    shape = shapely.multipolygons([place]) if place.geom_type == "Polygon" else place
    row = {
        "code": draft.code.strip(), "name": draft.name.strip() or draft.code, "district_code": draft.district,
        "opening": draft.opening.strip(), "duty": draft.duty.strip(), "effect": draft.effect.strip(),
        "effect_codes": list(draft.effect_codes), "buffer_m": draft.buffer_m, "people_needed": draft.people_needed,
        "valid_from_on": draft.valid_from_on, "valid_to_on": draft.valid_to_on, "geom": shapely.to_wkb(shape),
    }  # fmt: skip
    return row, [staff[person] for person in draft.people]


def import_posts(database: Database, tenant: str, path: Path, actor: str = "system") -> tuple[int, list[BadPostRow]]:
    """Take posts from a GeoJSON collection or a CSV table with lon and lat; all of them or, if any is bad, none.

    Returns
    -------
    tuple
        How many were written, and the bad ones.

    Raises
    ------
    PostsUnreadable
        If the file is neither.
    """
    drafts = read_posts(path)
    bad: list[BadPostRow] = []
    seen: set[str] = set()
    with database.begin(tenant) as session:
        county, staff = get_county(session, tenant), queries.staff_ids(session)
        rows = []
        for number, draft in drafts:
            try:
                if isinstance(draft, PianquError):
                    raise draft
                if draft.code in seen:
                    raise BadPost("posts.bad", post=draft.code, field="code", value=draft.code)
                seen.add(draft.code)
                rows.append(_checked(draft, county, staff))
            except (PianquError, OpeningUnreadable) as error:
                bad.append(BadPostRow(number, error))
        if bad:
            return 0, bad
        for row, people in rows:
            queries.upsert_post(session, {**row, "made_by": actor}, people)
        write_change(session, tenant, "posts.imported", facts={"posts": len(rows)}, actor=actor)
    return len(rows), []


def read_posts(path: Path) -> list[tuple[int, PostDraft | PianquError]]:
    """Posts of a file with their row (headings are row 1) or feature number; what cannot be read is its error.

    Raises
    ------
    PostsUnreadable
        If the file is neither GeoJSON nor a table.
    """
    import shapely

    content = path.read_bytes()
    text = content.decode("utf-8-sig", errors="strict") if _is_utf8(content) else content.decode("gb18030", "replace")
    if text.lstrip().startswith("{"):
        try:
            features = json.loads(text)["features"]
            named = [(n, f.get("properties") or {}, f.get("geometry")) for n, f in enumerate(features, start=1)]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise PostsUnreadable("posts.unreadable", file=path.name) from None
        places = [_geojson(geometry) for _, _, geometry in named]
        return [(n, _draft(row, place)) for (n, row, _), place in zip(named, places, strict=True)]
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if not reader.fieldnames or not any(name.strip() in HEADINGS["code"] for name in reader.fieldnames):
        raise PostsUnreadable("posts.unreadable", file=path.name)
    found = []
    for number, row in enumerate(reader, start=2):
        lon, lat = _value(row, "lon"), _value(row, "lat")
        try:
            place = shapely.Point(float(lon), float(lat)) if lon and lat else None
        except ValueError:
            place = None
        found.append((number, _draft(row, place)))
    return found


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _geojson(geometry: Any) -> BaseGeometry | None:
    import shapely

    if geometry is None:
        return None
    shape: BaseGeometry = shapely.from_geojson(json.dumps(geometry), on_invalid="ignore")
    return shape


def _value(row: Mapping[str, Any], name: str) -> str:
    for heading, value in row.items():
        if heading is not None and heading.strip() in HEADINGS[name] and value is not None:
            return ",".join(map(str, value)) if isinstance(value, list) else str(value).strip()
    return ""


def _draft(row: Mapping[str, Any], place: BaseGeometry | None) -> PostDraft | PianquError:
    code = _value(row, "code")
    numbers: dict[str, int] = {}
    days: dict[str, dt.date | None] = {}
    for name, usual in (("buffer_m", 50), ("people_needed", 1)):
        told = _value(row, name)
        if told and not told.isdigit():
            return BadPost("posts.bad", post=code, field=name, value=told)
        numbers[name] = int(told) if told else usual
    for name in ("valid_from_on", "valid_to_on"):
        told = _value(row, name)
        try:
            days[name] = dt.date.fromisoformat(told) if told else None
        except ValueError:
            return BadPost("posts.bad", post=code, field=name, value=told)
    return PostDraft(
        code, _value(row, "name"), tuple(_split(_value(row, "people"))), _value(row, "opening"), place,
        _value(row, "duty"), _value(row, "effect"), _value(row, "district") or None,
        numbers["buffer_m"], numbers["people_needed"], tuple(_split(_value(row, "effect_codes"))),
        days["valid_from_on"], days["valid_to_on"],
    )  # fmt: skip


def _split(text: str) -> Sequence[str]:
    """Words between commas, Chinese or not, or blanks.

    Examples
    --------
    >>> _split("A01、A02，A03 R01")
    ['A01', 'A02', 'A03', 'R01']
    """
    for mark in "、，,;；":
        text = text.replace(mark, " ")
    return text.split()


def list_posts(session: Session, *, every: bool = False) -> list[dict[str, Any]]:
    """Posts by code with their people (staff numbers) and place (GeoJSON); those put away only with ``every``."""
    return queries.run(session, queries.LIST_POSTS, every=every)


def end_post(session: Session, tenant: str, code: str, actor: str = "system") -> None:
    """Put a post away; plans made for it stay as they are.

    Raises
    ------
    UnknownPost
        If none of that code is in use.
    """
    if not queries.run(session, queries.END_POST, code=code):
        raise UnknownPost("posts.unknown", post=code)
    write_change(session, tenant, "post.ended", facts={"post": code}, actor=actor)
