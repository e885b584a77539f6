"""零增长 and 无违建小区: who is told of what is new, and which estates lose their standing by it."""

from geo.cases.buildings.watch.actions import (
    StandsInside,
    UnknownPerson,
    answer_alarm,
    award_estate,
    find_rule,
    lose_estates,
    set_rule,
    take_estate_step,
    watch_building,
)

__all__ = [
    "StandsInside",
    "UnknownPerson",
    "answer_alarm",
    "award_estate",
    "find_rule",
    "lose_estates",
    "set_rule",
    "take_estate_step",
    "watch_building",
]
