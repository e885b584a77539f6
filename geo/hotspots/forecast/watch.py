"""Score the forecasts whose days have passed, and watch where attention went."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.days import midnight
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import NotFound
from geo.hotspots import queries as shared
from geo.hotspots.exposure import may_learn
from geo.hotspots.forecast import queries
from geo.hotspots.forecast.actions import attention_seed
from geo.hotspots.forecast.audit import attention_by_district, concentration, locked_in, pick_attention
from geo.hotspots.forecast.outlook import Shift
from geo.hotspots.forecast.score import score_forecast
from geo.hotspots.history import History, load_history
from geo.hotspots.places import Places, place_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.hotspots.forecast.queries import ForecastRow

Progress = Callable[[str, int, int], None]

WATCHED: Final = 26
"""Past spans over which attention is watched."""


class UnknownForecast(NotFound):
    """There is no such forecast."""


def score_forecasts(
    database: Database, tenant: str, *, today: dt.date | None = None, progress: Progress | None = None
) -> list[int]:
    """Score every forecast whose last day is over and that has no score; ids in order of their days.

    Parameters
    ----------
    today
        Local date; by default the county's own.

    Notes
    -----
    Counted are records of the kind the forecast learned from. A score is written once and stays, like the forecast.
    """
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        waiting = queries.load_unscored(session, today or county.today())
        if not waiting:
            return []
        history = load_history(session, county)
        shifts = {code: Shift(code, a, b) for code, a, b in queries.list_shifts(session)}
    at: dict[int, NDArray[np.intp]] = {}
    done = []
    for number, row in enumerate(waiting):
        if progress:
            progress("score", number, len(waiting))
        if row.shift_code and row.shift_code not in shifts:
            continue
        with database.begin(tenant) as session:
            if row.place_set_id not in at:
                at[row.place_set_id] = _place_at(queries.load_set(session, row.place_set_id), row.place_kind, county,
                                                 history)  # fmt: skip
            _score(session, row, history, at[row.place_set_id], shifts.get(row.shift_code))
        done.append(row.id)
    if done:
        with database.begin(tenant) as session:
            write_change(session, tenant, "forecast.scored", facts={"forecasts": len(done)})
    return done


def _place_at(places: GeoDataFrame, kind: str, county: County, history: History) -> NDArray[np.intp]:
    """Place of every event in a stored set; -1 where it is in none or not known."""
    from scipy.sparse import identity

    metric = places.geometry.to_crs(county.metric_srid)
    stored = Places(kind, places["key"].to_numpy(dtype=np.str_), metric, identity(len(places), format="csr"))
    events = history.events
    found = place_of(stored, events["x"].to_numpy(), events["y"].to_numpy())
    return np.where(events["default_geocode"].to_numpy(dtype=bool), -1, found)


def _score(session: Session, row: ForecastRow, history: History, at: NDArray[np.intp], shift: Shift | None) -> None:
    events = history.events
    on = events["local_on"].to_numpy("datetime64[D]")
    mine = may_learn(events, row.training) & (on >= np.datetime64(row.from_on)) & (on <= np.datetime64(row.to_on))
    if row.code_group:
        mine &= (events["group"] == row.code_group).to_numpy(dtype=bool)
    if shift is not None:
        mine &= shift.holds(events["local_hour"].to_numpy(np.int64))
    values = queries.load_values(session, row.id)
    counts = np.bincount(at[mine & (at >= 0)], minlength=len(values["mean"])).astype(float)
    outcome = score_forecast(
        values["shape"].astype(float),
        values["rate"].astype(float),
        values["listed"].astype(np.intp),
        values["audit"].astype(np.intp),
        values["last_year"].astype(float),
        (row.lower, row.upper),
        counts,
        (row.to_on - row.from_on).days + 1,
        row.seed,
    )
    queries.insert_score(session, {"forecast_id": row.id, "blind": _blind(history, row), **asdict(outcome)})


def _blind(history: History, row: ForecastRow) -> float:
    """Share of the usual records of the span that were missing, because a gap in the reports covers days of it."""
    missing = 0.0
    for gap in history.gaps.to_dict("records"):
        first, last = max(gap["first_on"], row.from_on), min(gap["last_on"], row.to_on)
        if first <= last:
            per_day = (gap["expected"] - gap["found"]) / ((gap["last_on"] - gap["first_on"]).days + 1)
            missing += per_day * ((last - first).days + 1)
    events = max(len(history.events), 1)
    days = max((history.events["local_on"].max() - history.events["local_on"].min()).days + 1, 1)
    usual = events / days * ((row.to_on - row.from_on).days + 1)
    return float(min(missing / max(usual, 1e-9), 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """Where attention went in the spans up to a forecast's.

    Parameters
    ----------
    weeks
        How many spans were watched.
    audit_share
        Share of the attention that went to the random sample.
    top_share, even_share
        Share of the attention at the tenth of places with most of it, and what it would be if it were even.
    locked
        Keys of the places with attention in nine spans of ten; empty before a quarter of a year was watched.
    by_district
        Attention by 片区 against residents; see :func:`geo.hotspots.forecast.audit.attention_by_district`.
    """

    weeks: int
    audit_share: float
    top_share: float
    even_share: float
    locked: list[str]
    by_district: DataFrame

    def as_json(self) -> dict[str, Any]:
        """The figures as JSON-ready values."""
        rows = self.by_district.astype(object).where(self.by_district.notna(), None).to_dict("records")
        facts = {name: getattr(self, name) for name in ("weeks", "audit_share", "top_share", "even_share", "locked")}
        return {**facts, "by_district": rows}


def get_forecast(session: Session, forecast_id: int) -> ForecastRow:
    """A forecast by its number.

    Raises
    ------
    UnknownForecast
        If there is none.
    """
    row = queries.find_forecast(session, forecast_id)
    if row is None:
        raise UnknownForecast("forecast.unknown", forecast=forecast_id)
    return row


def watch_attention(session: Session, tenant: str, forecast_id: int) -> Watch:
    """Where attention went up to a forecast, drawn again from the stored seeds.

    Raises
    ------
    UnknownForecast
        If there is no such forecast.
    """
    import pandas

    row = get_forecast(session, forecast_id)
    county = get_county(session, tenant)
    places = queries.load_set(session, row.place_set_id)
    past = queries.load_attention(session, row, WATCHED)
    attended = np.zeros((len(past), len(places)), dtype=bool)
    chance = drawn = 0
    keys = {row.place_set_id: places["key"].to_numpy()}
    for week, (on, place_set, probability, size, share, seed) in enumerate(past):
        if place_set not in keys:
            keys[place_set] = queries.load_set(session, place_set)["key"].to_numpy()
        chosen = pick_attention(probability, size, attention_seed(seed, on), share)
        attended[week] = np.isin(places["key"].to_numpy(), keys[place_set][chosen.places])
        chance, drawn = chance + len(chosen.by_chance), drawn + len(chosen.places)
    tenth = max(round(len(places) / 10), 1)
    until = midnight(row.from_on, county.zone)
    minutes = queries.load_minutes(session, until - dt.timedelta(weeks=4), until)
    times = pandas.DataFrame({"district": places["district_code"], "places": attended.sum(axis=0).astype(float)})
    districts = shared.load_districts(session, county.metric_srid)
    return Watch(
        weeks=len(past),
        audit_share=round(chance / max(drawn, 1), 4),
        top_share=round(concentration(attended, tenth), 4),
        even_share=round(tenth / max(len(places), 1), 4),
        locked=places["key"].to_numpy()[locked_in(attended)].tolist(),
        by_district=attention_by_district(minutes, times, districts),
    )
