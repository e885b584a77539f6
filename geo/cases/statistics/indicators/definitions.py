"""What is evaluated, as GB/T 30428.4 and the handbooks of cities name it: counts, and rates of two of them.

All of it is about problems found in a period (:mod:`geo.cases.flow`). Penalty cases are other objects and are in no
count here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

GROUPINGS: Final = ("area", "department", "post", "regime", "town")
"""区域 (片区), 部门 (owning unit), 岗位 (who handles it), 管控级别 of the street, 镇街 it lies in."""

UNITS: Final = {"area": "片区", "department": "单位", "post": "工号", "regime": "管控级别", "town": "镇街"}


@dataclass(frozen=True, slots=True)
class Indicator:
    """One indicator: a count, or a count over another; ``says`` is how it is counted."""

    name: str
    zh: str
    en: str
    count: str
    over: str | None
    unit: str
    says: str


INDICATORS: Final = (
    Indicator("reported", "上报数", "reported", "reported", None, "件", "All found in the period"),
    Indicator("valid", "有效上报率", "valid reports", "valid", "reported", "‰", "Not void, of all reported"),
    Indicator("missed", "漏报率", "missed by patrols", "missed", "counted", "‰",
              "Told by complaints, the public, orders or other bodies, not by patrol or camera, of what counts"),
    Indicator("registered", "立案率", "registered", "registered", "counted", "‰",
              "Registered or settled on the spot, of what counts"),
    Indicator("registered_in_time", "按时立案率", "registered in time", "registered_in_time", "timed_registration", "‰",
              "Within the limit of that stage by the step log, of those registered with a limit"),
    Indicator("dispatched_in_time", "按时派遣率", "dispatched in time", "dispatched_in_time", "timed_dispatch", "‰",
              "Within the limit of that stage by the step log, of those dispatched with a limit"),
    Indicator("dispatched_right", "准确派遣率", "dispatched to the right body", "dispatched_right", "dispatched", "‰",
              "Never sent back, handed over or disputed, of those dispatched"),
    Indicator("handled", "处置率", "handled", "handled", "dispatched", "‰", "Fed back, of those dispatched"),
    Indicator("handled_in_time", "按期处置率", "handled in time", "handled_in_time", "due", "‰",
              "Fed back by the due date, of those whose due date has come or that are fed back"),
    Indicator("closed", "结案率", "closed", "closed", "registered", "‰", "Closed, of those registered or settled"),
    Indicator("closed_in_time", "按期结案率", "closed and handled in time", "closed_in_time", "registered", "‰",
              "Closed and settled on the spot or handled by the due date, of those registered or settled"),
    Indicator("rework", "返工率", "sent back for rework", "rework", "handled", "‰", "At least once, of those handled"),
    Indicator("overdue", "超期数", "overdue", "overdue", None, "件", "Due date passed before it was handled"),
    Indicator("share", "高发占比", "share of the county's", "counted", "county", "‰", "Of what counts in the county"),
    Indicator("repeated", "重复率", "repeats", "repeated", "valid", "‰", "Merged into another, of the valid"),
    Indicator("on_spot", "自行处置数", "settled on the spot", "on_spot", None, "件", "自行处置"),
    Indicator("handling_min", "平均处置时长", "minutes of handling", "handling_min", "handled", "min",
              "Minutes by the clock from the last dispatch to feeding back, of those handled"),
    Indicator("coverage", "覆盖率", "cells covered", "cells_covered", "cells", "‰",
              "Cells of the day's full coverage seen walked, of those that could be seen; areas only"),
    Indicator("previous", "环比", "against the period before", "counted", "previous", "‰",
              "What counts, over what counted in as many days before"),
    Indicator("year_before", "同比", "against the year before", "counted", "year_before", "‰",
              "What counts, over what counted in the same days of the year before"),
    Indicator("per_hour", "每巡查工时发现", "found per patrol-hour", "found", "walked_s", "件/h",
              "Found by patrols, per person-hour in sight of a tracker"),
    Indicator("per_km", "每公里发现", "found per km", "found", "walked_m", "件/km", "Found by patrols, per km walked"),
    Indicator("per_planned_hour", "每计划工时发现", "found per planned hour", "found", "planned_s", "件/h",
              "Found by patrols, per person-hour of the published plans"),
    Indicator("per_planned_km", "每计划公里发现", "found per planned km", "found", "planned_m", "件/km",
              "Found by patrols, per km of the published plans"),
)  # fmt: skip

SCALE: Final = {"‰": 1000.0, "min": 1.0, "件/h": 3_600.0, "件/km": 1_000.0}
"""What a quotient is multiplied by to be told in its unit: counts in seconds and metres become hours and km."""


def value_of(indicator: Indicator, counts: dict[str, int]) -> float | None:
    """An indicator told in its unit, to three decimals; None where its denominator is nought.

    Examples
    --------
    >>> by_name = {one.name: one for one in INDICATORS}
    >>> value_of(by_name["handled_in_time"], {"handled_in_time": 9, "due": 10})
    900.0
    >>> value_of(by_name["per_hour"], {"found": 6, "walked_s": 7200})
    3.0
    >>> value_of(by_name["rework"], {"rework": 0, "handled": 0}) is None
    True
    """
    if indicator.over is None:
        return counts.get(indicator.count, 0)
    below = counts.get(indicator.over, 0)
    if not below:
        return None
    return round(counts.get(indicator.count, 0) * SCALE[indicator.unit] / below, 3)
