"""What is sent, in another system's fields, as a complaint: read by a mapping, every fault named."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from geo.cases.complaints.scrub import UNSEEN, scrub
from geo.cases.complaints.times import Unreadable, read_deadline, read_time
from geo.cases.complaints.topics import find_topic
from geo.db.counties import County
from geo.errors import Invalid
from geo.tables.complaints import CHANNELS

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "external_id": ("工单编号", "工单号", "诉求编号", "受理编号", "编号"),
    "channel": ("渠道", "来源渠道", "受理渠道", "诉求来源"),
    "received_at": ("来件时间", "受理时间", "来电时间", "登记时间", "诉求时间", "时间"),
    "topic": ("诉求类别", "问题类别", "事项分类", "类别", "分类"),
    "code": ("事件代码", "代码", "小类代码"),
    "content": ("诉求内容", "内容", "问题描述", "反映内容", "描述"),
    "place_text": ("地点", "事发地址", "诉求地址", "地址", "位置"),
    "lon": ("经度", "lng", "longitude"),
    "lat": ("纬度", "latitude"),
    "due_at": ("办理时限", "截止时间", "办结期限", "回复期限"),
    "caller_name": ("诉求人", "来电人", "姓名", "联系人"),
    "caller_phone": ("联系电话", "来电号码", "电话", "手机"),
    "caller_address": ("诉求人地址", "住址"),
    "confidential": ("是否保密", "保密"),
}
"""Our fields, and the names of columns under which bureaus know them."""

LONGEST: Final = {"external_id": 80, "topic": 200, "code": 40, "place_text": 400, "content": 5000}
CALLER: Final = ("caller_name", "caller_phone", "caller_address")
YES: Final = frozenset({"1", "是", "true", "y", "yes", "保密"})
CHANNEL_WORDS: Final = {
    "12345": "12345", "热线": "12345", "政务热线": "12345", "市长热线": "mayor", "县长热线": "mayor", "红网": "web",
    "网络": "web", "网站": "web", "微信": "web", "来电": "phone", "电话": "phone", "来信": "letter", "信件": "letter",
    "来访": "visit", "上级交办": "order", "领导交办": "order", "交办": "order", "督办": "supervision", "公众": "public",
}  # fmt: skip
EARLIEST: Final = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
AHEAD: Final = dt.timedelta(minutes=10)
"""Another system's clock may be ahead by this much."""

OFFSETS: Final = ("gcj02", "bd09")
Spot = tuple[float, float]
"""Longitude and latitude in degrees."""

NOWHERE: Final[Spot] = (0.0, 0.0)
"""What systems write where they know no place."""


class MappingBroken(Invalid):
    """A mapping names a field we do not have, or an offset there is not; the facts name it and those there are."""


@dataclass(frozen=True, slots=True)
class FieldMap:
    """How a source's fields are read: ours → theirs (dotted for nested ones), words of theirs → ours, and defaults."""

    fields: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    offset: str | None = None

    def __post_init__(self) -> None:
        for name in (*self.fields, *self.values, *self.defaults):
            if name not in NAMES:
                raise MappingBroken("complaints.mapping_field", field=name, known=", ".join(NAMES))
        if self.offset is not None and self.offset not in OFFSETS:
            raise MappingBroken("complaints.mapping_offset", offset=self.offset, known=", ".join(OFFSETS))
        if "content" not in {*self.fields, *self.defaults}:
            raise MappingBroken("complaints.mapping_needs", field="content")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who complained; kept sealed and nowhere else."""

    name: str = ""
    phone: str = ""
    address: str = ""
    confidential: bool = False

    @property
    def known(self) -> bool:
        """Whether anything is known."""
        return bool(self.name or self.phone or self.address)


@dataclass(frozen=True, slots=True)
class Draft:
    """A complaint as it came in, checked; instants UTC, degrees EPSG:4490."""

    channel: str
    received_at: dt.datetime
    content: str
    external_id: str | None = None
    topic: str = ""
    code_system: str | None = None
    code: str | None = None
    place_text: str = ""
    lon: float | None = None
    lat: float | None = None
    due_at: dt.datetime | None = None
    caller: Caller = Caller()
    digest: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something sent is not taken: row (0 for a single order), field, sentence and its facts."""

    row: int
    field: str
    code: str
    facts: Mapping[str, object]

    def as_json(self) -> dict[str, object]:
        """For receipts, jobs and answers; never personal data."""
        return {"row": self.row, "field": self.field, "code": self.code, "facts": dict(self.facts)}


def read_order(
    body: Mapping[str, Any], mapping: FieldMap, channel: str, county: County, now: dt.datetime, row: int = 0
) -> Draft | list[Fault]:
    """One thing that was sent, as a complaint, or everything that is wrong with it.

    Parameters
    ----------
    body
        JSON object, or a row's cells by column.
    channel
        Where the source's complaints come from unless a field says otherwise.
    now
        Nothing was received later than this.

    Returns
    -------
    Draft or list of Fault
        Faults in the order of :data:`NAMES`, at least one.
    """
    return read_orders([(row, body)], mapping, channel, county, now)[0]


def read_orders(
    orders: Sequence[tuple[int, Mapping[str, Any]]], mapping: FieldMap, channel: str, county: County, now: dt.datetime
) -> list[Draft | list[Fault]]:
    """Many at once, as (row, body), in the order given; see :func:`read_order`. Shifted points go back together."""
    said = [{name: _value(body, mapping, name) for name in NAMES} for _, body in orders]
    spots = unshifted([spot_of(one["lon"], one["lat"]) for one in said], mapping.offset)
    return [
        read_told(row, body, one, spot, mapping, channel, county, now)
        for (row, body), one, spot in zip(orders, said, spots, strict=True)
    ]


def read_told(
    row: int, body: Mapping[str, Any], said: Mapping[str, str], spot: Spot | None, mapping: FieldMap, channel: str,
    county: County, now: dt.datetime,
) -> Draft | list[Fault]:  # fmt: skip
    """As :func:`read_order`, of what was said by field, cleaned, and the point it names, no longer shifted."""
    faults: list[Fault] = []

    def fault(name: str, code: str, **facts: object) -> None:
        faults.append(Fault(row, name, f"complaints.reject_{code}", {"field": mapping.fields.get(name, name), **facts}))

    for name, most in LONGEST.items():
        if len(said[name]) > most:
            fault(name, "long", most=most, length=len(said[name]))
    through = CHANNEL_WORDS.get(said["channel"], said["channel"]) or channel
    if through not in CHANNELS:
        fault("channel", "channel", value=said["channel"][:40], known=", ".join(CHANNELS))
    received = _time(said, "received_at", county, fault)
    if received is None and not said["received_at"]:
        received = now
    if received is not None and not EARLIEST <= received <= now + AHEAD:
        fault("received_at", "time_range", value=said["received_at"][:40])
    due = _time(said, "due_at", county, fault, read_deadline)
    if due is not None and received is not None and due < received:
        fault("due_at", "due_early", value=said["due_at"][:40])
    if not said["content"].strip():
        fault("content", "empty")
    point = _point(said, spot, county, fault)
    if faults or received is None:
        order = list(NAMES)
        return sorted(faults, key=lambda one: order.index(one.field))
    name, phone, address = (said[part][:200] for part in CALLER)
    caller = Caller(name, phone, address, said["confidential"].casefold() in YES)
    topic = scrub(said["topic"])
    content = scrub(said["content"], (caller.name,))
    found = (mapping.defaults.get("code_system", "local"), said["code"]) if said["code"] else find_topic(topic, content)
    return Draft(
        channel=through, received_at=min(received, now), content=content, external_id=said["external_id"] or None,
        topic=topic, code_system=found and found[0], code=found and found[1],
        place_text=scrub(said["place_text"], (caller.name,)), lon=point and point[0], lat=point and point[1],
        due_at=due, caller=caller, digest=body_digest(body), row=row,
    )  # fmt: skip


def body_digest(body: Mapping[str, Any]) -> str:
    """SHA-256 of what was sent, the same however its keys are ordered; hexadecimal.

    Examples
    --------
    >>> body_digest({"a": 1, "b": "二"}) == body_digest({"b": "二", "a": 1}) != body_digest({"a": 1})
    True
    """
    if all(type(value) is str for value in body.values()):
        try:
            return hashlib.sha256(orjson.dumps(body, option=orjson.OPT_SORT_KEYS)).hexdigest()
        except TypeError:  # Half a letter, of which only what follows knows what to make.
            pass
    plain = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _value(body: Mapping[str, Any], mapping: FieldMap, name: str) -> str:
    """What stands in the field, half width, spaces around and unseen letters dropped, words of theirs made ours."""
    column = mapping.fields.get(name)
    found: Any = None
    if column is not None:
        found = body.get(column)
        if found is None and "." in column:
            found = body
            for part in column.split("."):
                found = found.get(part) if isinstance(found, dict) else None
    text = "" if found is None or isinstance(found, (dict, list)) else bare(str(found))
    words = mapping.values.get(name)
    return (words.get(text, text) if words else text) or mapping.defaults.get(name, "")


def bare(text: str) -> str:
    """A text in half width, without unseen letters and spaces around.

    Examples
    --------
    >>> bare(" １１８．５\u200b"), bare("朝阳路")
    ('118.5', '朝阳路')
    """
    text = (text if text.isprintable() else UNSEEN.sub("", text)).strip()
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _time(
    said: Mapping[str, str], name: str, county: County, fault: Any, read: Callable[[str, str], dt.datetime] = read_time
) -> dt.datetime | None:
    if not said[name]:
        return None
    try:
        return read(said[name], county.time_zone)
    except Unreadable:
        fault(name, "time", value=said[name][:40])
        return None


def spot_of(lon: str, lat: str) -> Spot | None:
    """The numbers of a point; None where there are none, or what stands there is none."""
    if not lon and not lat:
        return None
    try:
        spot = float(lon), float(lat)
    except ValueError:
        return None
    return spot if math.isfinite(spot[0]) and math.isfinite(spot[1]) else None


def unshifted(spots: list[Spot | None], offset: str | None) -> list[Spot | None]:
    """Points without the offset their source declares."""
    there = [at for at, spot in enumerate(spots) if spot is not None and spot != NOWHERE]
    if offset is None or not there:
        return spots
    from geo.layers import offsets

    undo = offsets.from_gcj02 if offset == "gcj02" else offsets.from_bd09
    lon, lat = undo([spots[at][0] for at in there], [spots[at][1] for at in there])  # type: ignore[index]
    back = dict(zip(there, zip(lon.tolist(), lat.tolist(), strict=True), strict=True))
    return [back.get(at, spot) for at, spot in enumerate(spots)]


def _point(said: Mapping[str, str], spot: Spot | None, county: County, fault: Any) -> Spot | None:
    """Degrees within the county; None if nothing is given."""
    if not said["lon"] and not said["lat"]:
        return None
    if spot is None:
        fault("lon", "number", value=f"{said['lon']}, {said['lat']}"[:40])
        return None
    if spot == NOWHERE:
        return None
    lon, lat = spot
    if county.contains(lon, lat):
        return spot
    fault("lon", "swapped" if county.contains(lat, lon) else "outside", lon=lon, lat=lat)
    return None
