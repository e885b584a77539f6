"""Two postures that say opposite things of the same place and time: both names, where, when, and the mend."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from geo.cases.postures import queries
from geo.cases.postures.clock import first_shared
from geo.cases.postures.rules import Rule, contradictions
from geo.cases.postures.standing import read_standing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.counties import County


@dataclass(frozen=True, slots=True)
class Clash:
    """A contradiction.

    Parameters
    ----------
    code, name, other_code, other_name
        The posture asked about, and the other.
    other_status
        ``approved``: it is in force already, or will be.
    rule, other_rule
        What cannot both be kept.
    districts, lon, lat, area_m2
        片区 of the shared ground, a point on it, and how much it is.
    on, from_s, to_s
        The first local day, and seconds after its midnight.
    """

    code: str
    name: str
    other_code: str
    other_name: str
    other_status: str
    rule: Rule
    other_rule: Rule
    districts: tuple[str, ...]
    lon: float
    lat: float
    area_m2: int
    on: dt.date
    from_s: int
    to_s: int

    def facts(self) -> dict[str, object]:
        """As a sentence needs them."""
        from geo.messages import catalogue

        def said(rule: Rule, language: str) -> str:
            words = catalogue()[f"postures.rule_{rule.kind}"]["zh" if language == "zh" else "en"]
            return words.format(target=rule.target, word=rule.word, value=rule.value)

        hours = "–".join(f"{second // 3600:02d}:{second // 60 % 60:02d}" for second in (self.from_s, self.to_s))
        return {
            "name": f"{self.name} ({self.code})", "other": f"{self.other_name} ({self.other_code})",
            "rule": said(self.rule, "zh"), "other_rule": said(self.other_rule, "zh"),
            "rule_en": said(self.rule, "en"), "other_rule_en": said(self.other_rule, "en"),
            "place": "、".join(self.districts) or "-", "lon": round(self.lon, 6), "lat": round(self.lat, 6),
            "area_m2": self.area_m2, "on": self.on.isoformat(), "hours": hours,
        }  # fmt: skip


def list_clashes(session: Session, county: County, code: str) -> list[Clash]:
    """Where a posture contradicts another that is not withdrawn, by the other's code; empty if nowhere."""
    row = queries.find_posture(session, county.code, code, county.metric_srid)
    if row is None or row["status"] == "withdrawn":
        return []
    mine = read_standing(row)
    found = []
    for shared in queries.list_overlaps(session, county.code, code, county.metric_srid):
        other = read_standing(shared)
        when = first_shared(mine.times, other.times, county.calendar)
        if when is None:
            continue
        found += [
            Clash(
                mine.code, mine.name, other.code, other.name, shared["status"], rule, against,
                tuple(shared["districts"]), shared["lon"], shared["lat"], shared["area_m2"], *when,
            )
            for rule, against in contradictions(mine.rules, other.rules)
        ]  # fmt: skip
    return found
