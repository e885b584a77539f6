"""What a shift is scored from, out of the database: plan, places with their buffers, tracks, check-ins, streets."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.crs import STORAGE, transformer
from geo.db.counties import County
from geo.patrol.demand.queries import load_rules
from geo.patrol.demand.span import ShiftSpan, windows_of
from geo.patrol.queries import PlanFrames, load_plan_frames, load_zones
from geo.patrol.stretches import Stretch, cut_stretches
from geo.patrol.tracks.queries import list_checkins, list_team_parts, load_post_areas, load_tracks, load_zone_areas
from geo.patrol.tracks.scoring import queries
from geo.patrol.tracks.scoring.campaigns import Ground
from geo.patrol.tracks.scoring.ground import pieces_along, target_pieces
from geo.patrol.tracks.scoring.shift import Material, TeamDay, ZoneOpen
from geo.patrol.tracks.scoring.stops import EARLY_S, Here, Planned
from geo.patrol.tracks.where import AROUND_M, area_of, to_metres
from geo.roads.matching.fixes import Fixes, order_fixes
from geo.roads.network import Network, build_network
from geo.roads.places import piece_lines
from geo.roads.queries import load_roads

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry
    from sqlalchemy.orm import Session

OF_STREET: Final = ("pass", "coverage")
ANYWHERE: Final = ("break",)


@dataclass(frozen=True)
class LoadedShift:
    """A shift ready to be scored; ``digest`` is the same for the same plan, tracks, check-ins and streets."""

    frames: PlanFrames
    material: Material
    digest: str
    refused: Mapping[str, int]


def load_material(session: Session, county: County, plan_id: int, until_at: dt.datetime) -> LoadedShift | None:
    """Everything a plan's shift is scored from; None if there is no such plan.

    Parameters
    ----------
    until_at
        Aware; nothing later is looked at.
    """
    import shapely

    frames = load_plan_frames(session, plan_id)
    if frames is None:
        return None
    plan = frames.plan
    until_at = min(until_at, plan.ends_at)
    network = build_network(load_roads(session), county.metric_srid)
    parts = list_team_parts(session, plan_id)
    staff = sorted({one for people, _ in parts.values() for one in people})
    vehicles = sorted({one for _, cars in parts.values() for one in cars})
    rows = load_tracks(session, plan.starts_at, until_at, staff, vehicles)
    devices = _devices(rows, county.metric_srid, plan.starts_at, until_at)
    checkins = list_checkins(session, plan.on_date, plan.shift_code, until_at)
    rules = load_rules(session, plan.on_date, plan.shift_code, county.metric_srid)
    tree = shapely.STRtree(piece_lines(network))
    planned = _Planned(session, network, tree, frames)
    teams = tuple(planned.team(row, parts, devices) for row in frames.teams.itertuples())
    span = _span(county, frames)
    material = Material(
        network=network,
        begin_s=int(plan.starts_at.timestamp()),
        end_s=int(plan.ends_at.timestamp()),
        until_s=int(until_at.timestamp()),
        teams=teams,
        target=target_pieces(network, rules.centre),
        zones=tuple(_zones(session, county, span, rules.zones)),
        open_passes=tuple(planned.open_passes()),
        heres=_heres(checkins),
        checked_in_at=_places(checkins, county.metric_srid),
        grounds=_grounds(session, county, plan.starts_at, plan.ends_at),
    )
    tracks = [[int(row[0]), len(row[5])] for row in rows]
    digest = _digest(plan_id, until_at, tracks, [one.id for one in checkins], network, material)
    return LoadedShift(
        frames, material, digest, queries.count_refused(session, plan.starts_at, until_at, staff, vehicles)
    )


def _digest(
    plan_id: int,
    until_at: dt.datetime,
    tracks: list[list[int]],
    checkins: list[int],
    network: Network,
    material: Material,
) -> str:
    told = [plan_id, until_at.isoformat(), tracks, checkins, [[z.key, z.windows, z.cap_s] for z in material.zones]]
    if material.grounds:
        told.append([[one.code, one.from_s, one.to_s, one.area.wkb_hex] for one in material.grounds])
    digest = hashlib.sha256(json.dumps(told).encode())
    for numbers in (network.road_ids, network.xy.round(2), material.target):
        digest.update(np.ascontiguousarray(numbers).tobytes())
    return digest.hexdigest()


def _span(county: County, frames: PlanFrames) -> ShiftSpan:
    from zoneinfo import ZoneInfo

    plan = frames.plan
    local = plan.starts_at.astimezone(ZoneInfo(county.time_zone))
    begin = int((local - local.replace(hour=0, minute=0, second=0, microsecond=0)).total_seconds())
    lasting = int((plan.ends_at - plan.starts_at).total_seconds())
    return ShiftSpan(plan.on_date, begin, begin + lasting, plan.starts_at, county.calendar)


def _devices(
    rows: Sequence[Any], srid: int, from_at: dt.datetime, to_at: dt.datetime
) -> dict[tuple[str, int], list[Fixes]]:
    """Positions inside the span by whose they are; each source and device of a person is a track of its own."""
    change = transformer(STORAGE, srid)
    by_device: dict[tuple[str, int, str, str], list[Any]] = {}
    for row in rows:
        whose = ("staff", int(row[1])) if row[1] is not None else ("vehicle", int(row[2]))
        by_device.setdefault((*whose, str(row[3]), str(row[4])), []).append(row)
    found: dict[tuple[str, int], list[Fixes]] = {}
    for (kind, owner, _, _), mine in sorted(by_device.items()):
        at, lon, lat, accuracy = (
            np.concatenate([np.asarray(row[i], dtype=np.float64) for row in mine]) for i in (5, 6, 7, 8)
        )
        at /= 1000
        inside = (at >= from_at.timestamp()) & (at <= to_at.timestamp())
        x, y = change.transform(lon[inside] / 1e7, lat[inside] / 1e7)
        radius = np.where(accuracy[inside] < 0, np.nan, accuracy[inside] / 10)
        fixes = order_fixes(at[inside], np.column_stack([x, y]), radius)
        if len(fixes):
            found.setdefault((kind, owner), []).append(fixes)
    return found


def _heres(checkins: Sequence[Any]) -> dict[tuple[str, str], list[Here]]:
    found: dict[tuple[str, str], list[Here]] = {}
    for one in checkins:
        inside = {"inside": True, "outside": False}.get(one.place)
        found.setdefault((one.team_code, one.stop_key), []).append(
            Here(int(one.at.timestamp()), inside, one.note or "")
        )
    return found


def _places(checkins: Sequence[Any], srid: int) -> tuple[tuple[float, float], ...]:
    change = transformer(STORAGE, srid)
    return tuple(
        (float(x), float(y))
        for one in checkins
        if one.place == "inside"
        for x, y in [change.transform(one.lon, one.lat)]
    )


def _grounds(session: Session, county: County, from_at: dt.datetime, to_at: dt.datetime) -> tuple[Ground, ...]:
    rows = queries.list_grounds(session, county.time_zone, from_at, to_at)
    return tuple(Ground(code, to_metres(area, county.metric_srid), low, high) for code, area, low, high in rows)


def _zones(session: Session, county: County, span: ShiftSpan, rules: Mapping[str, Any]) -> Iterator[ZoneOpen]:
    """Hotspot zones that are open in the shift."""
    frame = load_zones(session, county.metric_srid, span.starts_at).to_crs(county.metric_srid)
    start = int(span.starts_at.timestamp())
    for row in frame.itertuples():
        windows = windows_of(row.opening if isinstance(row.opening, str) else None, span)
        if windows:
            cap_s = rules[row.kind].cap_s if row.kind in rules else None
            yield ZoneOpen(
                f"zone:{row.Index}", str(row.name), None, row.geometry.buffer(AROUND_M),
                tuple((start + low, start + high) for low, high in windows), cap_s,
            )  # fmt: skip


class _Planned:
    """A plan's stops as they are judged."""

    def __init__(self, session: Session, network: Network, tree: Any, frames: PlanFrames) -> None:
        self.network, self.tree, self.frames = network, tree, frames
        ids = {kind: sorted(self._ids(kind)) for kind in ("post", "hotspot_zone")}
        self.posts = load_post_areas(session, ids["post"])
        self.areas = load_zone_areas(session, ids["hotspot_zone"])
        self.stretches: dict[str, list[Stretch]] = {}

    def _ids(self, layer: str) -> set[int]:
        stops = self.frames.stops
        return {int(i) for ids in stops[stops["layer"] == layer]["feature_ids"] for i in ids}

    def team(
        self, row: Any, parts: Mapping[str, tuple[tuple[int, ...], tuple[int, ...]]],
        devices: Mapping[tuple[str, int], list[Fixes]],
    ) -> TeamDay:  # fmt: skip
        """A team with its stops and tracks."""
        people, cars = parts[row.code]
        owners = [("staff", one) for one in people] + [("vehicle", one) for one in cars]
        begin = int(self.frames.plan.starts_at.timestamp())
        lasting = max(int(row.duration_s), 0)
        return TeamDay(
            row.code, row.name, row.mode, row.district_code, begin, begin + lasting, tuple(self._stops(row.code)),
            tuple(fixes for owner in owners for fixes in devices.get(owner, ())), len(people),
        )  # fmt: skip

    def _stops(self, team: str) -> Iterator[Planned]:
        """A team's stops with the ground they are on; a leg leads to each, and one runs along it if it is a street."""
        legs: list[Any] = list(self.frames.legs[self.frames.legs["team"] == team].itertuples())
        rows: list[Any] = list(self.frames.stops[self.frames.stops["team"] == team].itertuples())
        at = 0
        for row in rows:
            ride = legs[at].geometry if at < len(legs) else None
            at += 1
            line = None
            if at < len(legs) and legs[at].kind == "pass":
                line = legs[at].geometry
                at += 1
            if row.kind in ANYWHERE:
                continue
            pieces: tuple[int, ...] = ()
            if row.kind in OF_STREET:
                pieces = tuple(pieces_along(self.tree, to_metres(line, self.network.srid))) if line is not None else ()
                if not pieces:
                    continue
            end = int(row.leave_at.timestamp())
            begin = end - int(row.service_s)
            area, buffer_m = (None, 0) if pieces else self._area(row, ride)
            yield Planned(
                row.key, row.kind, row.name or "", team, int(row.seq), row.district_code, begin, end,
                self._window(row, begin, end), area, pieces, buffer_m,
            )  # fmt: skip

    def _area(self, row: Any, ride: BaseGeometry | None) -> tuple[BaseGeometry, int]:
        """Where one is "there": a post's own buffer; else 50 m around the place, and around where the way to it ends.

        A large site has its middle far from the street on which its gate is.
        """
        import shapely

        srid = self.network.srid
        area, buffer_m = area_of(row.layer, row.feature_ids, row.geometry, self.posts, self.areas, srid)
        if row.kind != "post" and ride is not None and not ride.is_empty:
            end = shapely.Point(shapely.get_coordinates(ride)[-1])
            area = shapely.union(area, to_metres(end, srid).buffer(AROUND_M))
        return area, buffer_m

    def _window(self, row: Any, begin: int, end: int) -> tuple[int, int]:
        import pandas

        low, high = row.window_from_at, row.window_to_at
        if pandas.isna(low) or pandas.isna(high):
            return begin - EARLY_S, end + EARLY_S
        return int(low.timestamp()), int(high.timestamp())

    def open_passes(self) -> Iterator[Planned]:
        """Required passes the plan left out, by their key ``pass:<first road>:<number in its tier>:<round>``."""
        left = self.frames.unserved
        plan = self.frames.plan
        start, end = int(plan.starts_at.timestamp()), int(plan.ends_at.timestamp())
        tier_of = dict(zip(self.network.road_ids.tolist(), self.network.tiers, strict=False))
        rows: list[Any] = list(left[left["kind"] == "pass"].itertuples())
        for row in rows:
            _, road, number, *_ = str(row.key).split(":")
            tier = tier_of.get(int(road))
            if tier is None:
                continue
            if tier not in self.stretches:
                self.stretches[tier] = cut_stretches(self.network, tier)
            cut = self.stretches[tier]
            if int(number) < len(cut) and int(road) in cut[int(number)].road_ids:
                pieces = tuple(piece for piece, _ in cut[int(number)].pieces)
                yield Planned(
                    row.key, "pass", row.name or "", "", 0, row.district_code, start, end, (start, end), None, pieces
                )
