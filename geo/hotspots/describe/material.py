"""What a description looks at: events of a kind and a time, and what had to be left out."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from geo.db.counties import County, get_county
from geo.errors import Invalid
from geo.hotspots.findings import FEW, Sentence
from geo.hotspots.history import CODES, History, load_history
from geo.messages import Language, say

if TYPE_CHECKING:
    from pandas import DataFrame

    from geo.db.engine import Database


LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


class UnknownGroup(Invalid):
    """No event of that group or code; the facts list those there are."""


class TooFew(Invalid):
    """Too few records to describe anything."""


@dataclass(frozen=True, eq=False)
class Material:
    """Events to describe.

    Parameters
    ----------
    county
        Whose they are.
    events
        As :class:`geo.hotspots.history.History` has them; without second reports, what one caller reported beyond
        the cap, and addresses that stand for "unknown". ``day``: days since ``first_on``, with the time of day.
    group
        Group or code they were chosen by; none for all.
    first_on, last_on
        Local dates, both included.
    notes
        What was left out, and reports known to be missing.
    """

    county: County
    events: DataFrame
    group: str | None
    first_on: dt.date
    last_on: dt.date
    notes: list[Sentence]

    @property
    def days(self) -> int:
        """Length of the time looked at."""
        return (self.last_on - self.first_on).days + 1

    @property
    def asked(self) -> dict[str, Any]:
        """Group and dates, JSON-ready."""
        return {"group": self.group, "first_on": self.first_on.isoformat(), "last_on": self.last_on.isoformat()}

    @property
    def facts(self) -> dict[str, Any]:
        """What every sentence about it names."""
        return {
            **_named(self.group),
            "records": len(self.events),
            "first_on": self.first_on.isoformat(),
            "last_on": self.last_on.isoformat(),
        }


def load_material(
    database: Database,
    tenant: str,
    group: str | None,
    days: int,
    last_on: dt.date | None = None,
    history: History | None = None,
) -> Material:
    """Events of the last ``days`` days before ``last_on``, itself included.

    Parameters
    ----------
    group
        A group of the code lists (街面秩序), or one code; none for all events.
    last_on
        Default: yesterday, or the day of the last event if that is earlier.
    history
        The county's events, if somebody has read them already.

    Raises
    ------
    UnknownGroup
        If no event is of that group.
    TooFew
        If fewer than five records are left.
    """
    with database.begin(tenant) as session:
        county = get_county(session, tenant)
        history = history or load_history(session, county)
    events = history.events
    if len(events) < FEW:
        raise TooFew("describe.too_few", records=len(events), needed=FEW)
    on = events["local_on"].to_numpy().astype("datetime64[D]")
    yesterday = county.today() - dt.timedelta(1)
    until = last_on or min(yesterday, on.max().astype(object))
    first_on = until - dt.timedelta(days - 1)
    chosen = (on >= np.datetime64(first_on)) & (on <= np.datetime64(until))
    if group is not None:
        mine = ((events["group"] == group) | (events["code"] == group)).to_numpy()
        if not mine.any():
            raise UnknownGroup("describe.unknown_group", group=group, known=", ".join(sorted(set(events["group"]))))
        chosen &= mine
    frame = events[chosen]
    flaws = {
        "duplicates": frame["duplicate"].to_numpy(bool),
        "capped": frame["weight"].to_numpy(float) == 0,
        "unlocated": frame["default_geocode"].to_numpy(bool),
    }
    out = np.logical_or.reduce(list(flaws.values()))
    notes = (
        [Sentence("describe.left_out", {name: int(flaw.sum()) for name, flaw in flaws.items()})] if out.any() else []
    )
    gaps: list[Any] = history.gaps.to_dict("records")
    notes += [
        Sentence("describe.gap", gap_facts(gap))
        for gap in gaps
        if gap["first_on"] <= until and gap["last_on"] >= first_on
    ]
    frame = frame[~out].copy()
    if len(frame) < FEW:
        raise TooFew("describe.too_few", records=len(frame), needed=FEW)
    local = frame["occurred_at"].dt.tz_convert(county.time_zone).dt.tz_localize(None)
    frame["day"] = (local.to_numpy() - np.datetime64(first_on)) / np.timedelta64(1, "D")
    return Material(county, frame, group, first_on, until, notes)


def gap_facts(gap: Mapping[Any, Any]) -> dict[str, Any]:
    """A reporting gap of the history as facts of a sentence."""
    where = gap["district"] if isinstance(gap["district"], str) else None
    names = {language: where or say("describe.whole_county", language) for language in LANGUAGES}
    days = {name: gap[name].isoformat() for name in ("first_on", "last_on")}
    origins = {f"origin_{language}": say(f"describe.from_{gap['origin']}", language) for language in LANGUAGES}
    return {"district_zh": names["zh"], "district_en": names["en"], **origins, **days}


def _named(group: str | None) -> dict[str, str]:
    """The group in both languages."""
    named = {"zh": group, "en": group_in_english(group)} if group else {}
    return {f"group_{language}": named.get(language) or say("describe.all_groups", language) for language in LANGUAGES}


def group_in_english(group: str) -> str:
    """The code lists' English name of a group; anything else, as a code, is itself.

    Examples
    --------
    >>> group_in_english("街面秩序"), group_in_english("04-06")
    ('Street order', '04-06')
    """
    for name in ("components.csv", "events.csv"):
        with (CODES / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                if row["group_zh"] == group:
                    return row["group_en"]
    return group
