"""Figures of law and custom: their defaults, where they come from, and within what a county may say them for itself.

Articles marked ``[忆]`` were written down from memory and must be checked against the text in force before use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure's default, the least and most it can be, and what it rests on."""

    value: int
    least: int
    most: int
    basis: str


FIGURES: Final[dict[str, Figure]] = {
    "spot_person_yuan": Figure(200, 0, 200, "行政处罚法 art. 51 [忆]"),
    "spot_body_yuan": Figure(3_000, 0, 3_000, "行政处罚法 art. 51 [忆]"),
    "decide_days": Figure(90, 1, 365, "行政处罚法 art. 60 [忆]"),
    "publish_workdays": Figure(7, 1, 20, "三项制度:处罚、许可 7 个工作日内公示 [忆]"),
    "keep_evidence_days": Figure(7, 1, 7, "行政处罚法 arts. 56、85:七个工作日内作出处理决定 [忆]"),
    "seize_days": Figure(30, 1, 30, "行政强制法 art. 25 [忆]"),
    "seize_extra_days": Figure(30, 0, 30, "行政强制法 art. 25 [忆]"),
    "seize_report_hours": Figure(24, 1, 24, "行政强制法 art. 19:当场实施的 24 小时内报告并补办批准 [忆]"),
    "court_workdays": Figure(10, 10, 60, "行政强制法 arts. 54、69:催告书送达十个工作日后申请法院强制执行 [忆]"),
    "limit_months": Figure(24, 24, 60, "行政处罚法 art. 36:两年 [忆]"),
    "ladder_months": Figure(12, 1, 60, "本系统默认,无出处:由本局确定"),
    "caller_months": Figure(12, 1, 60, "本系统默认:办结后保存投诉人信息的月数(个人信息保护法 art. 19 [忆]),由本局确定"),
    "ladder_radius_m": Figure(50, 0, 100_000, "本系统默认,无出处:由本局确定"),
    "occasion_min": Figure(30, 0, 1_440, "本系统默认:同一次违法不重复计数"),
}
"""By name; the text is what documents and the list of settings show."""
