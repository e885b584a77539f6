"""All figures of a period and the 片区 in it: amounts by unit, how far they can be trusted, and the records behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from geo.cases.statistics.events import actions as events
from geo.cases.statistics.events.actions import Standing
from geo.cases.statistics.events.queries import newest_day
from geo.cases.statistics.figures import EVENTS, STANDARD, Figure, figures, get_figure
from geo.cases.statistics.periods import check_period
from geo.cases.statistics.places import districts_of
from geo.cases.statistics.registers import queries
from geo.cases.statistics.registers.queries import Asked, Pairs, Statement, coded
from geo.cases.statistics.streets import OFF, can_tell, find_rows, noted
from geo.cases.statistics.written.queries import Source, load_newest, source_of
from geo.db.counties import get_county

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County

STATES: Final = ("counted", "stale", "empty", "not_kept", "county_only")
"""计数, 数据陈旧, 无数据, 不留存, 只有全县数: whether an amount of nought means nought."""

BASELINE: Final = "P02"
"""Source of the figures of the 底数表."""

OUTSIDE: Final = ""
"""Stands for no 片区 among the keys of a figure."""


@dataclass(slots=True)
class Amount:
    """So many records and so much of one unit."""

    unit: str
    rows: int
    amount: float


@dataclass(slots=True)
class Counted:
    """A figure as counted.

    Parameters
    ----------
    state
        One of :data:`STATES`.
    amounts
        Of the whole, by unit, the figure's own unit first; empty unless something was counted.
    districts
        The same by 片区; the empty code is outside all 片区.
    regimes
        The same by regime of the street, if asked for; None where nobody can tell.
    newest
        When its source was last written to, as ISO 8601; None where there is no date.
    numerator, denominator
        Of a figure that is divided by another.
    """

    figure: Figure
    state: str
    amounts: list[Amount] = field(default_factory=list)
    districts: dict[str, list[Amount]] = field(default_factory=dict)
    newest: str | None = None
    numerator: float | None = None
    denominator: float | None = None
    regimes: dict[str, list[Amount]] | None = None

    def own(self, district: str | None = None) -> float:
        """The amount in the figure's own unit, of the whole or of a 片区."""
        return self._own(self.amounts if district is None else self.districts.get(district, []))

    def own_of(self, regime: str) -> float:
        """The same of streets under a regime."""
        return self._own((self.regimes or {}).get(regime, []))

    def _own(self, found: Sequence[Amount]) -> float:
        return next((one.amount for one in found if one.unit == self.figure.unit), 0)

    @property
    def permille(self) -> int | None:
        """Numerator of a thousand of the denominator, rounded half up; None without one."""
        if not self.denominator or self.numerator is None:
            return None
        return int(self.numerator * 1000 / self.denominator + 0.5)

    def as_json(self) -> dict[str, Any]:
        """JSON-ready."""
        return {
            "figure": self.figure.name, "zh": self.figure.zh, "en": self.figure.en, "source": self.figure.source,
            "unit": self.figure.unit, "state": self.state, "amount": self.own() if self.known else None,
            "amounts": [_amount(one) for one in self.amounts],
            "districts": {code: [_amount(one) for one in found] for code, found in sorted(self.districts.items())},
            "regimes": None if self.regimes is None else {
                name: [_amount(one) for one in found] for name, found in sorted(self.regimes.items())},
            "newest": self.newest, "numerator": self.numerator, "denominator": self.denominator,
            "over": self.figure.over, "permille": self.permille, "note": self.figure.note,
        }  # fmt: skip

    @property
    def known(self) -> bool:
        """Whether nought would mean nought."""
        return self.state in ("counted", "stale")


@dataclass(frozen=True, slots=True)
class Report:
    """Figures of a period.

    Parameters
    ----------
    standing
        How far events were counted.
    other_systems
        Events of the period under code systems that neither the standard nor the crosswalk knows: they are in no
        figure that names a code.
    """

    first: dt.date
    last: dt.date
    area: tuple[str, ...] | None
    figures: list[Counted]
    standing: Standing
    other_systems: dict[str, int]

    def as_json(self) -> dict[str, Any]:
        """JSON-ready; the same rows give the same answer."""
        return {
            "first": self.first.isoformat(), "last": self.last.isoformat(), "area": self.area and list(self.area),
            "events": self.standing.as_json(), "other_systems": self.other_systems,
            "figures": [one.as_json() for one in self.figures],
        }  # fmt: skip


def count_figures(
    session: Session, tenant: str, first: dt.date, last: dt.date, *, names: Sequence[str] | None = None,
    area: Sequence[str] | None = None, regimes: bool = False,
) -> Report:  # fmt: skip
    """Count figures of the local days from ``first`` to ``last``, both included.

    Parameters
    ----------
    names
        Which; by default all that reports print, which leaves out the 底数表.
    area
        Only records of these 片区; figures that know no 片区 are then ``county_only``.
    regimes
        By the regime of the street as well: counted from the records themselves.

    Raises
    ------
    UnknownFigure
        If a name is none.
    PeriodBackwards
        If ``last`` comes before ``first``.
    """
    asked, county = ask(session, tenant, first, last, area)
    wanted = [get_figure(name) for name in names] if names is not None else printed()
    standing = events.follow(session, tenant)
    pairs = queries.load_pairs(session, tenant)
    cube = events.count_events(session, tenant, first, last, by=("district", "code"), area=area)
    below = [get_figure(figure.over) for figure in wanted if figure.over]
    every = {one.name: one for one in (*wanted, *below)}
    sources = sorted({source_of(one) for one in every.values() if one.table not in (None, EVENTS)})
    written = load_newest(session, tenant, sources)
    if any(one.table == EVENTS for one in every.values()):
        written[EVENTS, ()] = newest_day(session, tenant)
    found = {name: _count(session, one, asked, county, pairs, cube, written) for name, one in every.items()}
    for one in found.values():
        if one.figure.over and one.known:
            under = found[one.figure.over]
            if under.known:
                one.numerator, one.denominator = one.own(), under.own()
    if regimes:
        streets = events.count_plainly(session, tenant, first, last, by=("regime", "code"), area=area)
        for one in found.values():
            if one.known and can_tell(one.figure):
                one.regimes = _by_regime(session, Statement(one.figure, asked, pairs), county, streets)
    known = {pair for same in pairs.values() for pair in same}
    others: dict[str, int] = {}
    for row in cube:
        _, system, code = _key(row)
        if system != STANDARD and (system, code) not in known:
            others[system] = others.get(system, 0) + row.rows
    kept = [found[figure.name] for figure in wanted]
    return Report(first, last, asked.area, kept, standing, dict(sorted(others.items())))


def printed() -> list[Figure]:
    """The figures of reports, in the order of the list."""
    return [one for one in figures().values() if one.source != BASELINE]


def count_baseline(session: Session, tenant: str, on: dt.date, area: Sequence[str] | None = None) -> Report:
    """底数表: what there is of everything in each 片区 on a day, with when each register was last written to.

    Registers without a history are told as they stand today.
    """
    names = [one.name for one in figures().values() if one.source == BASELINE]
    return count_figures(session, tenant, on, on, names=names, area=area)


def ask(
    session: Session, tenant: str, first: dt.date, last: dt.date, area: Sequence[str] | None
) -> tuple[Asked, County]:
    """A question about a period, and the county it is about.

    Raises
    ------
    PeriodBackwards
        If ``last`` comes before ``first``.
    """
    check_period(first, last)
    county = get_county(session, tenant)
    return Asked(tenant, first, last, county.time_zone, None if area is None else tuple(sorted(area))), county


def _count(
    session: Session, figure: Figure, asked: Asked, county: County, pairs: Pairs, cube: Sequence[events.Count],
    sources: Mapping[Source, Any],
) -> Counted:  # fmt: skip
    if figure.table is None:
        return Counted(figure, "not_kept")
    if asked.area is not None and figure.district is None and not figure.counted_beforehand:
        return Counted(figure, "county_only")
    written = sources[source_of(figure)]
    if written is None:
        return Counted(figure, "empty")
    found = Counted(figure, "counted", newest=_iso(written, county))
    if figure.counted_beforehand:
        _from_events(found, pairs, cube)
    elif (statement := Statement(figure, asked, pairs)).by_place:
        _from_places(session, found, statement, county)
    else:
        for district, unit, whole, rows, amount in queries.count(session, statement):
            into = found.amounts if whole else found.districts.setdefault(district or OUTSIDE, [])
            into.append(Amount(unit, int(rows), whole_number(amount)))
    for amounts in (found.amounts, *found.districts.values()):
        amounts.sort(key=lambda one: (one.unit != figure.unit, one.unit))
    if _stale(figure, asked, written, county):
        found.state = "stale"
    return found


def _from_events(found: Counted, pairs: Pairs, cube: Sequence[events.Count]) -> None:
    """Add up what was counted beforehand."""
    for row, amount in _of_codes(found.figure, pairs, cube):
        for into in (found.amounts, found.districts.setdefault(row.key[0] or OUTSIDE, [])):
            _add(into, row.unit, row.rows, amount)


def _of_codes(figure: Figure, pairs: Pairs, cube: Sequence[events.Count]) -> Iterator[tuple[events.Count, float]]:
    """Counts of the codes a figure names, with how much of it each is."""
    term = next(term for term in figure.where if term.path.column == "code")
    exact = coded(term.values, pairs)
    anywhere = {value[2:] for value in term.values if value.startswith("*/")}
    for row in cube:
        _, system, code = _key(row)
        if (system, code) in exact or code in anywhere:
            yield row, row.quantity if figure.how == "sum" else row.rows


def _by_regime(
    session: Session, statement: Statement, county: County, streets: Sequence[events.Count]
) -> dict[str, list[Amount]]:
    """Amounts by regime of the street; streets is all events of the period by regime, code and unit."""
    into: dict[str, list[Amount]] = {}
    if statement.figure.counted_beforehand:
        for row, amount in _of_codes(statement.figure, statement.pairs, streets):
            _add(into.setdefault(row.key[0] or OFF, []), row.unit, row.rows, amount)
    elif (column := noted(statement)) is not None:
        for regime, unit, whole, rows, amount in queries.count(session, statement, by=column):
            if not whole:
                into.setdefault(regime or OFF, []).append(Amount(unit, int(rows), whole_number(amount)))
    else:
        groups: dict[tuple[str, str], list[Any]] = {}
        for _, unit, value, regime in find_rows(session, statement, county):
            groups.setdefault((regime, unit), []).append(value)
        for (regime, unit), values in groups.items():
            into.setdefault(regime, []).append(Amount(unit, len(values), amount_of(statement.figure, values)))
    for amounts in into.values():
        amounts.sort(key=lambda one: (one.unit != statement.figure.unit, one.unit))
    return into


def _key(row: events.Count) -> tuple[str | None, str, str]:
    """片区, code system and code of a count."""
    district, system, code = row.key
    return district, system, code


def _from_places(session: Session, found: Counted, statement: Statement, county: County) -> None:
    """Count records whose 片区 is asked for by where they are."""
    rows = queries.spots(session, statement)
    placed = districts_of(session, county, [(row[3], row[4]) for row in rows if row[3] is not None])
    groups: dict[tuple[str | None, str], list[Any]] = {}
    for _, unit, value, lon, lat in rows:
        district = placed.get((lon, lat)) or OUTSIDE
        if statement.asked.area is not None and district not in statement.asked.area:
            continue
        for key in (None, district):
            groups.setdefault((key, unit), []).append(value)
    for (key, unit), values in groups.items():
        one = Amount(unit, len(values), amount_of(found.figure, values))
        (found.amounts if key is None else found.districts.setdefault(key, [])).append(one)


def amount_of(figure: Figure, values: Sequence[Any]) -> float:
    """What records come to: how many they are, how many differ (empty ones are none), or their sum.

    Examples
    --------
    >>> amount_of(get_figure("batching_sites"), ["B1", "B2", "B1", None])
    2
    """
    if figure.how == "rows":
        return len(values)
    return len({*values} - {None}) if figure.how == "distinct" else whole_number(sum(values))


def _add(into: list[Amount], unit: str, rows: int, amount: float) -> None:
    for one in into:
        if one.unit == unit:
            one.rows += rows
            one.amount = whole_number(one.amount + amount)
            return
    into.append(Amount(unit, rows, amount))


def _stale(figure: Figure, asked: Asked, written: Any, county: County) -> bool:
    """Whether a source was not written to since before the period, or for longer than its row allows."""
    if not isinstance(written, dt.date):
        return False
    on = written.astimezone(county.zone).date() if isinstance(written, dt.datetime) else written
    if figure.stale_days is not None:
        return bool(on < asked.last - dt.timedelta(days=figure.stale_days))
    return figure.period in ("at", "on", "") and bool(on < asked.first)


def _iso(written: Any, county: County) -> str | None:
    if isinstance(written, dt.datetime):
        return written.astimezone(county.zone).date().isoformat()
    return written.isoformat() if isinstance(written, dt.date) else None


def whole_number(amount: Any) -> float:
    """A whole amount as a whole number.

    Examples
    --------
    >>> from decimal import Decimal
    >>> whole_number(Decimal("95.00")), whole_number(Decimal("0.5"))
    (95, 0.5)
    """
    return int(amount) if amount == int(amount) else round(float(amount), 2)


def _amount(one: Amount) -> dict[str, Any]:
    return {"unit": one.unit, "rows": one.rows, "amount": one.amount}
