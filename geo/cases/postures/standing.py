"""What holds at a place and time: the one question that regimes, clocks and the ladder ask of postures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.cases.postures import queries
from geo.cases.postures.clock import Times, in_force
from geo.cases.postures.rules import ALL, Rule, overlay
from geo.cases.regimes.actions import Rule as RegimeRule
from geo.cases.regimes.actions import rule_of
from geo.tables.vendor_points import LEGAL_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County


@dataclass(frozen=True, slots=True)
class Standing:
    """A posture in force."""

    code: str
    name: str
    kind: str
    times: Times
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Held:
    """The regime a street is kept under, what it sets, and the postures that had a word in it."""

    regime: str | None
    rule: RegimeRule
    postures: tuple[str, ...]


def read_standing(row: Mapping[str, Any]) -> Standing:
    """A posture as the rules of this room read it."""
    times = Times(row["first_on"], row["last_on"], row["opening"])
    return Standing(row["code"], row["name"], row["kind"], times, tuple(Rule(**one) for one in row["rules"]))


def list_in_force(session: Session, county: County, lon: float, lat: float, at: dt.datetime) -> list[Standing]:
    """Postures in force at a point and instant, by code; empty where none is.

    Nothing has to be switched: approved ones begin and end by their days and hours, and one withdrawn held until then.
    """
    local = at.astimezone(county.zone)
    rows = queries.list_here(session, county.code, lon, lat, at, local.date())
    found = [read_standing(row) for row in rows]
    return [one for one in found if in_force(one.times, local, county.calendar)]


def trade_at(
    session: Session, county: County, points: Sequence[tuple[float, float]], at: dt.datetime
) -> list[dict[str, tuple[str, str]]]:
    """What postures in force say of places of trade at points, in the order of the points.

    Parameters
    ----------
    points
        Longitude and latitude, degrees.
    at
        Aware.

    Returns
    -------
    list
        For each point the kinds of places that are ruled there: ``off`` or ``on`` and the code of the posture. Of two
        that differ the stricter, ``off``, holds. Empty where season and hours alone decide.
    """
    if not points:
        return []
    local = at.astimezone(county.zone)
    found: list[dict[str, tuple[str, str]]] = [{} for _ in points]
    for row in queries.list_ruling_trade(session, county.code, points, at, local.date()):
        one = read_standing(row)
        if not in_force(one.times, local, county.calendar):
            continue
        here = found[row["point"]]
        for rule in one.rules:
            if rule.kind != "trade":
                continue
            for kind in LEGAL_KINDS if rule.target == ALL else (rule.target,):
                if kind not in here or (rule.word == "off" and here[kind][0] == "on"):
                    here[kind] = (rule.word, one.code)
    return found


def held_at(
    session: Session, county: County, lon: float, lat: float, at: dt.datetime, code: str, regime: str | None
) -> Held:
    """What holds for an event code at a point and instant.

    Parameters
    ----------
    code
        Event code; empty where none is meant in particular.
    regime
        Of the street it is on, as the bureau keeps it; None off all streets.

    Raises
    ------
    BadRegime
        If there is no such regime.
    """
    standing = list_in_force(session, county, lon, lat, at)
    on = at.astimezone(county.zone).date()
    rules = [rule for one in standing for rule in one.rules]
    kept, rule = overlay(rules, code, regime, lambda name: rule_of(session, county.code, name, on))
    return Held(kept, rule, tuple(one.code for one in standing))
