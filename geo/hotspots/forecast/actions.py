"""Make the forecasts of the days to come, and store what they say."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.days import midnight
from geo.db.changes import write_change
from geo.db.counties import County, get_county
from geo.errors import Invalid
from geo.hotspots import queries as shared
from geo.hotspots.forecast import queries
from geo.hotspots.forecast.audit import AUDIT_SHARE, pick_attention
from geo.hotspots.forecast.coming import Coming, look_ahead
from geo.hotspots.forecast.county import CELL, KINDS, build_place_sets, classify_events
from geo.hotspots.forecast.intervals import NOMINAL
from geo.hotspots.forecast.leaderboard import HELD_ON, as_row, stand
from geo.hotspots.forecast.learning import ensure_learned
from geo.hotspots.forecast.outlook import EVERYTHING, Outlook, Shift
from geo.hotspots.history import build_history

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

Progress = Callable[[str, int, int], None]

CODE_VERSION: Final = "2"
"""Of the rules by which a forecast follows from its input; raised when they change."""

LEAST_RECORDS: Final = 100
"""Records of the last year a code group needs to have a forecast of its own."""


PAST: Final = 10
DEMO_KINDS: Final = (CELL, "district", "zone")


class UnknownKind(Invalid):
    """No such kind of place; the facts list those there are."""


class NoPlaces(Invalid):
    """The county has none of the layers that places are made from."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run of forecasts left: ids by kind, group and shift; how many were there already."""

    from_on: dt.date
    to_on: dt.date
    ids: list[int]
    reused: int
    training: str


def make_forecasts(
    database: Database,
    tenant: str,
    from_on: dt.date | None = None,
    *,
    days: int = 7,
    kinds: Iterable[str] = KINDS,
    seed: int = 1,
    progress: Progress | None = None,
    actor: str = "system",
) -> Made:
    """Forecast a span for every kind of place, code group and shift, and store what is said.

    Parameters
    ----------
    from_on
        First local day; by default tomorrow. Nothing from this day on is looked at.
    days
        Length of the span, 1 to 28.
    kinds
        Of places, from :data:`geo.hotspots.forecast.county.KINDS`.
    seed
        Of every draw; the same input and seed are not computed again.
    progress
        Called with (kind, done, of); raising from it stops before anything of the next kind is stored.

    Returns
    -------
    Made
        Forecasts never change: other input makes the next version beside the old.

    Raises
    ------
    UnknownKind, NoPlaces, OriginsMissing, TooLittleHistory
        If there is nothing to forecast or to learn from; the message names the mend.
    """
    wanted = tuple(kinds)
    for kind in wanted:
        if kind not in KINDS:
            raise UnknownKind("forecast.unknown_kind", kind=kind, known=", ".join(KINDS))
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        on = from_on or county.today() + dt.timedelta(days=1)
        outlook, digest = load_outlook(session, county, on, days, wanted)
        shifts = [None, *_load_shifts(session)]
    return _save_all(database, tenant, outlook, outlook.groups(LEAST_RECORDS), shifts, digest, seed, actor, progress)


def ensure_forecasts(database: Database, tenant: str, on: dt.date, *, progress: Progress | None = None) -> list[int]:
    """Forecast the week from ``on`` if no forecast speaks of that day, and score the weeks before it.

    Returns
    -------
    list of int
        Ids of the forecasts from ``on``; empty if there were some already.

    Notes
    -----
    So that a county that starts today sees at once how forecasts would have come out, those of the last ``PAST`` weeks
    are made after the fact, each from what had happened before its first day, and say so (``made_after_the_fact``).
    """
    from geo.hotspots.forecast.watch import score_forecasts

    with database.begin(tenant) as session:
        if any(row.from_on <= on <= row.to_on for row in queries.load_latest_forecasts(session)):
            return []
        county = get_county(session, tenant)
        outlook, digest = load_outlook(session, county, on, 7, DEMO_KINDS)
        shifts = [None, *_load_shifts(session)]
    for week in range(PAST, 0, -1):
        earlier = outlook.earlier(on - dt.timedelta(weeks=week))
        if earlier is not None:
            _save_all(database, tenant, earlier, [EVERYTHING], [None], f"{digest}/{week}", 1, "system", None)
    groups = outlook.groups(LEAST_RECORDS)
    made = _save_all(database, tenant, outlook, groups, shifts, digest, 1, "system", progress)
    score_forecasts(database, tenant, today=on)
    return made.ids


def hold_models(
    database: Database,
    tenant: str,
    origin_on: dt.date | None = None,
    *,
    kinds: Iterable[str] = HELD_ON,
    weeks: int = 26,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[dict[str, Any]]:
    """Hold all models against last year's counts and write the standings down; the same origin is not judged twice.

    Parameters
    ----------
    origin_on
        Local day; the weeks before it are judged. By default today.

    Returns
    -------
    list of dict
        Rows of the leaderboard: ``place_kind code_group model hit base_hit gain gain_lower gain_upper admitted …``.
    """
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        on = origin_on or county.today()
        outlook, _ = load_outlook(session, county, on, 7, tuple(kinds))
    rows: list[dict[str, Any]] = []
    pairs = [(kind, group) for kind in outlook.sets for group in outlook.groups(LEAST_RECORDS)]
    for done, (kind, group) in enumerate(pairs):
        if progress:
            progress(kind, done, len(pairs))
        rows += [as_row(one, on) for one in stand(outlook, kind, group, weeks, seed)]
    with database.begin(tenant) as session:
        queries.insert_standings(session, rows)
    return rows


def _save_all(
    database: Database,
    tenant: str,
    outlook: Outlook,
    groups: list[str],
    shifts: list[Shift | None],
    digest: str,
    seed: int,
    actor: str,
    progress: Progress | None,
) -> Made:
    """Compute and store what is not there yet, a kind of place at a time."""
    first: dt.date = outlook.origin.item()
    ids, reused = [], 0
    for done, kind in enumerate(outlook.sets):
        if progress:
            progress(kind, done, len(outlook.sets))
        text = f"{digest}/{kind}/{outlook.sets[kind].digest()}/{outlook.tuned_on(HELD_ON)}/{CODE_VERSION}"
        key = hashlib.sha256(text.encode()).hexdigest()
        known = _known(database, tenant, outlook, kind, groups, shifts, key, seed)
        if known is None:
            ids += _save_kind(database, tenant, outlook, kind, groups, shifts, key, seed, actor)
        else:
            ids += known
            reused += len(known)
    return Made(first, first + dt.timedelta(days=outlook.days - 1), ids, reused, outlook.training)


def load_outlook(
    session: Session, county: County, from_on: dt.date, days: int, kinds: tuple[str, ...]
) -> tuple[Outlook, str]:
    """Everything a forecast from ``from_on`` on is made from, and the SHA-256 of it."""
    from pandas.util import hash_pandas_object

    until = midnight(from_on, county.zone)
    raw = shared.load_events(session, county.metric_srid, None, until)
    found = raw["found_at"].isna() | (raw["found_at"] < until)
    raw = raw[found.to_numpy()]
    presence = shared.load_presence(session, None, until)
    ground = queries.load_ground(session, county.metric_srid)
    history = build_history(raw, ground.districts, county.time_zone)
    sets = build_place_sets(ground, history, kinds)
    if not sets:
        raise NoPlaces("forecast.no_places", kinds=", ".join(kinds))
    total = hashlib.sha256(f"{from_on}/{days}".encode())
    for frame in (raw.drop(columns=["lon", "lat"]), presence):
        total.update(hash_pandas_object(frame).to_numpy().tobytes())
    outlook = Outlook(history, presence, sets, classify_events(ground, history), county, from_on, days)
    return outlook, total.hexdigest()


def _load_shifts(session: Session) -> list[Shift]:
    """The county's kinds of shift as local hours."""
    return [Shift(code, begin, end) for code, begin, end in queries.list_shifts(session)]


def _span(outlook: Outlook, kind: str, group: str, shift: Shift | None) -> dict[str, Any]:
    first: dt.date = outlook.origin.item()
    return {
        "from_on": first,
        "to_on": first + dt.timedelta(days=outlook.days - 1),
        "place_kind": kind,
        "code_group": group,
        "shift_code": shift.code if shift else "",
    }


def _known(
    database: Database,
    tenant: str,
    outlook: Outlook,
    kind: str,
    groups: list[str],
    shifts: list[Shift | None],
    key: str,
    seed: int,
) -> list[int] | None:
    """Ids of the forecasts of a kind if every one was made from the same input and seed."""
    with database.begin(tenant) as session:
        spans = [_span(outlook, kind, group, shift) for group in groups for shift in shifts]
        last = [queries.find_last(session, span) for span in spans]
    same = [row[0] for row in last if row is not None and row[2:] == (key, seed)]
    return same if len(same) == len(spans) else None


def _save_kind(
    database: Database,
    tenant: str,
    outlook: Outlook,
    kind: str,
    groups: list[str],
    shifts: list[Shift | None],
    key: str,
    seed: int,
    actor: str,
) -> list[int]:
    """Compute and store all forecasts of a kind in one transaction."""
    rows = []
    facts = {**outlook.history.facts(), "made_after_the_fact": outlook.after_the_fact}
    for group in groups:
        on, learned = ensure_learned(database, tenant, outlook, kind, group)
        ahead = look_ahead(outlook, kind, group, learned)
        names = outlook.sets[kind].places.keys[ahead.changes.likely].tolist()
        lessons = {"learned_on": on.isoformat(), "recency": asdict(learned.recency)}
        said = {**facts, **lessons, "bursts": round(learned.bursts, 2), "changed_places": names}
        made = (_row(outlook, kind, group, shift, ahead.coming(shift, seed), seed) for shift in shifts)
        rows += [row | {"facts": said} for row in made]
    with database.begin(tenant) as session:
        queries.lock_forecasts(session, tenant)
        place_set = queries.save_place_set(session, outlook.sets[kind])
        ids = []
        for row in rows:
            last = queries.find_last(session, row)
            version = last[1] + 1 if last else 1
            known = {"place_set_id": place_set, "version": version, "input_digest": key, "made_by": actor}
            ids.append(queries.insert_forecast(session, row | known))
        digest = hashlib.sha256("".join(row["digest"] for row in rows).encode()).hexdigest()
        first = rows[0]["from_on"].isoformat()
        write_change(
            session,
            tenant,
            "forecast.made",
            facts={"from": first, "places": kind, "forecasts": len(ids), "digest": digest},
            actor=actor,
        )
    return ids


def _row(outlook: Outlook, kind: str, group: str, shift: Shift | None, coming: Coming, seed: int) -> dict[str, Any]:
    lower, upper = coming.limits()
    span = _span(outlook, kind, group, shift)
    size = len(coming.listed)
    attention = pick_attention(coming.p_in_list, size, attention_seed(seed, span["from_on"]))
    arrays = {
        "shape": coming.posterior.shape,
        "rate": np.minimum(coming.posterior.rate, 1e30),
        "mean": coming.mean,
        "lower_each": lower,
        "upper_each": upper,
        "p_in_list": coming.p_in_list,
        "last_year": coming.last_year,
    }
    arrays = {name: np.asarray(value, dtype=np.float32) for name, value in arrays.items()}
    cls = (coming.p_in_list >= 0.8).astype(np.int16) + (coming.p_in_list >= 0.2)
    digest = hashlib.sha256(repr(sorted(span.items())).encode())
    for value in (*arrays.values(), coming.listed, attention.by_chance):
        digest.update(np.ascontiguousarray(value).tobytes())
    return {
        **span,
        **{name: value.tolist() for name, value in arrays.items()},
        "cls": cls.tolist(),
        "listed": coming.listed.tolist(),
        "audit": attention.by_chance.tolist(),
        "audit_share": AUDIT_SHARE,
        "origin_at": midnight(span["from_on"], outlook.county.zone),
        "model": coming.learned.model,
        "training": outlook.training,
        "code_version": CODE_VERSION,
        "seed": seed,
        "digest": digest.hexdigest(),
        "list_size": size,
        "expected": coming.interval.expected,
        "lower": coming.interval.lower,
        "upper": coming.interval.upper,
        "nominal": NOMINAL,
    }


def attention_seed(seed: int, on: dt.date) -> int:
    """The seed by which attention of a span is drawn: another one every span, the same whenever it is asked for.

    Examples
    --------
    >>> attention_seed(1, dt.date(2026, 11, 23)) == attention_seed(1, dt.date(2026, 11, 30))
    False
    """
    return seed * 1_000_003 + on.toordinal()
