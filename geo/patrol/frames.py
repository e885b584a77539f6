"""A stored plan's rows, as :mod:`geo.patrol.queries` selects them, as the frames that maps, sheets and exports read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from geo.crs import STORAGE

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame


def teams_frame(rows: Sequence[Any]) -> DataFrame:
    """One row a team, in the plan's order; ``licensed`` where two licences let it act formally."""
    from pandas import DataFrame

    columns = [
        "id", "code", "name", "kind", "mode", "district_code", "district_codes", "licences", "color_index",
        "duration_s", "distance_m", "lon", "lat", "member_codes", "members", "vehicles",
    ]  # fmt: skip
    frame = DataFrame([tuple(row) for row in rows], columns=columns)
    frame["vehicle"] = ["、".join(codes) for codes in frame["vehicles"]]
    frame["licensed"] = frame["licences"] >= 2
    return frame


def stop_frames(rows: Sequence[Any]) -> tuple[GeoDataFrame, DataFrame]:
    """The served stops, Point in EPSG:4490, and those left out with reason and ``lon``, ``lat``."""
    import shapely
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    columns = [
        "id", "team", "seq", "key", "kind", "name", "layer", "feature_ids", "district_code", "weight",
        "licences_needed", "service_s", "window_from_at", "window_to_at", "arrive_at", "leave_at",
        "reason_code", "reason_facts", "begin_at", "duty", "required", "saved", "earlier", "later",
    ]  # fmt: skip
    data = DataFrame([tuple(row)[:-1] for row in rows], columns=columns)
    every = GeoDataFrame(data, geometry=shapely.from_wkb([bytes(row[-1]) for row in rows]), crs=STORAGE)
    served = every[every["reason_code"].isna()].drop(columns=["reason_code", "reason_facts"]).reset_index(drop=True)
    left = every[every["reason_code"].notna()].reset_index(drop=True)
    left = left.assign(lon=left.geometry.x, lat=left.geometry.y)
    kept = [
        "key", "kind", "name", "layer", "feature_ids", "district_code", "weight", "reason_code", "reason_facts",
        "lon", "lat", "duty", "required",
    ]  # fmt: skip
    return served, DataFrame(left[kept])


def legs_frame(rows: Sequence[Any]) -> GeoDataFrame:
    """One row a stretch of a day, LineString in EPSG:4490, none where both ends are at one spot."""
    import shapely
    from geopandas import GeoDataFrame

    lines = shapely.from_wkb([bytes(row[5]) if row[5] is not None else None for row in rows])
    columns = {
        name: [row[i] for row in rows] for i, name in enumerate(("team", "seq", "kind", "duration_s", "distance_m"))
    }
    return GeoDataFrame(columns, geometry=lines, crs=STORAGE)


def routes_frame(teams: DataFrame, legs: GeoDataFrame) -> GeoDataFrame:
    """Each team's legs end to end as one line; teams that do not move have none."""
    import shapely
    from geopandas import GeoDataFrame

    kept, lines = [], []
    for number, team in enumerate(teams["code"]):
        mine = legs[(legs["team"] == team) & legs.geometry.notna()]
        if len(mine):
            kept.append(number)
            lines.append(shapely.LineString(shapely.get_coordinates(mine.geometry.array)))
    columns = ["code", "kind", "district_code", "mode", "color_index", "duration_s", "distance_m"]
    data = teams.iloc[kept][columns].rename(columns={"code": "team"}).reset_index(drop=True)
    return GeoDataFrame(data, geometry=lines, crs=STORAGE)
