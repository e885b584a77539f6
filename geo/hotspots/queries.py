"""SQL that several of the hotspot rooms ask: the county's events, its 片区, and where patrols were."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from geo.crs import to_metric
from geo.layers.queries import load_features

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

EVENTS = text("""
SELECT id, code, code_system, origin, occurred_at, found_at, closed_at, duplicate_of, reporter_hash,
       ST_X(geom), ST_Y(geom)
FROM event
WHERE tenant = current_setting('pianqu.tenant')
  AND occurred_at >= coalesce(CAST(:since AS timestamptz), '-infinity')
  AND occurred_at < coalesce(CAST(:until AS timestamptz), 'infinity')
ORDER BY occurred_at, id""")

PRESENCE = text("""
SELECT place_kind, place_key, from_at, to_at, minutes
FROM patrol_presence
WHERE tenant = current_setting('pianqu.tenant')
  AND from_at >= coalesce(CAST(:since AS timestamptz), '-infinity')
  AND from_at < coalesce(CAST(:until AS timestamptz), 'infinity')
ORDER BY from_at, place_kind, place_key""")

INSERT_PRESENCE = text("""
INSERT INTO patrol_presence (tenant, place_kind, place_key, from_at, to_at, minutes)
SELECT current_setting('pianqu.tenant'), given.* FROM unnest(
  CAST(:kinds AS text[]), CAST(:keys AS text[]), CAST(:from_at AS timestamptz[]), CAST(:to_at AS timestamptz[]),
  CAST(:minutes AS float8[])) AS given
ON CONFLICT DO NOTHING""")


def load_events(
    session: Session, srid: int, since: dt.datetime | None = None, until: dt.datetime | None = None
) -> DataFrame:
    """Events of the session's county by time of occurrence, ``since`` included and ``until`` not.

    Returns
    -------
    DataFrame
        Index ``id``; ``code code_system origin occurred_at found_at closed_at duplicate_of reporter_hash lon lat``,
        and ``x y`` in metres of ``srid``. For studies only: ``reporter_hash`` is shown to nobody.
    """
    import pandas
    from pyproj import Transformer

    names = ["id", "code", "code_system", "origin", "occurred_at", "found_at", "closed_at"]
    names += ["duplicate_of", "reporter_hash", "lon", "lat"]
    rows = session.execute(EVENTS, {"since": since, "until": until}).all()
    frame = pandas.DataFrame(rows, columns=names).set_index("id")
    for name in ("occurred_at", "found_at", "closed_at"):
        frame[name] = pandas.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    lon, lat = frame["lon"].to_numpy(np.float64), frame["lat"].to_numpy(np.float64)
    frame["lon"], frame["lat"] = lon, lat
    frame["x"], frame["y"] = Transformer.from_crs(4490, srid, always_xy=True).transform(lon, lat)
    return frame


def load_districts(session: Session, srid: int) -> GeoDataFrame:
    """片区 with ``code name population``, in metres of ``srid``."""
    return to_metric(load_features(session, "patrol_district", columns=("code", "name", "population")), srid)


def load_presence(session: Session, since: dt.datetime | None = None, until: dt.datetime | None = None) -> DataFrame:
    """Where patrols were: ``place_kind place_key from_at to_at minutes``, by time; empty if nobody logged it."""
    import pandas

    rows = session.execute(PRESENCE, {"since": since, "until": until}).all()
    frame = pandas.DataFrame(rows, columns=["place_kind", "place_key", "from_at", "to_at", "minutes"])
    for name in ("from_at", "to_at"):
        frame[name] = pandas.to_datetime(frame[name], utc=True).astype("datetime64[us, UTC]")
    return frame.astype({"minutes": "float64"})


def insert_presence(session: Session, presence: DataFrame) -> int:
    """Add stretches of presence; one that is there already (place and start) is left as it is. How many were added."""
    facts: dict[str, Any] = {
        "kinds": presence["place_kind"].tolist(),
        "keys": presence["place_key"].tolist(),
        "from_at": [at.to_pydatetime() for at in presence["from_at"]],
        "to_at": [at.to_pydatetime() for at in presence["to_at"]],
        "minutes": presence["minutes"].tolist(),
    }
    return int(session.execute(INSERT_PRESENCE, facts).rowcount)  # type: ignore[attr-defined]
