"""The tables of the ladder, column by column: rules per behaviour, the list of exemptions, points."""

from __future__ import annotations

from typing import Final

from geo.cases.codes.files import Column, Sheet, one_of, whole
from geo.cases.powers.sheets import codes_of
from geo.tables.ladder import CONDITIONS

CONDITION_WORDS: Final = {
    "minor": ("违法行为轻微", "轻微"),
    "corrected": ("及时改正",),
    "no_harm": ("没有造成危害后果", "无危害后果"),
    "first_time": ("初次违法", "首次违法"),
    "harm_minor": ("危害后果轻微",),
    "no_fault": ("没有主观过错", "无主观过错"),
}


def conditions_of(text: str) -> tuple[str, ...]:
    """Conditions of a cell, in the order of the law.

    Raises
    ------
    ValueError
        If a word is none of them.

    Examples
    --------
    >>> conditions_of("及时改正；违法行为轻微")
    ('minor', 'corrected')
    """
    read = one_of(CONDITION_WORDS)
    found = {read(word) for word in codes_of(text)}
    return tuple(name for name in CONDITIONS if name in found)


RULES: Final = Sheet(
    "ladder",
    (
        Column("code_system", ("代码体系",), empty=""),
        Column("code", ("事件代码",), empty=""),
        Column("look_back_months", ("回溯期", "回溯月数"), needed=True, read=whole(1, 60)),
        Column("radius_m", ("范围", "范围(米)"), needed=True, read=whole(0, 100_000)),
        Column("second", ("二违",), needed=True,
               read=one_of({"caution": ("警示", "非正式"), "warn": ("警告", "正式")})),
        Column("work_class", ("721类别",),
               read=one_of({"service": ("服务",), "manage": ("管理",), "enforce": ("执法",)})),
    ),
    ("code_system", "code"),
)  # fmt: skip
"""A row without a code is for every behaviour that has none of its own."""

EXEMPTIONS: Final = Sheet(
    "exemptions",
    (
        Column("code", ("清单编号",), needed=True),
        Column("kind", ("类别",), needed=True, read=one_of({"minor": ("轻微免罚",), "first": ("首违不罚",)})),
        Column("name", ("事项",), needed=True),
        Column("code_system", ("代码体系",), empty="GB/T 30428.2-2013"),
        Column("event_code", ("事件代码",), needed=True),
        Column("conditions", ("适用条件",), needed=True, read=conditions_of),
        Column("correct_days", ("改正期限", "改正期限(天)"), empty=0, read=whole(0, 365)),
        Column("article", ("依据",), needed=True),
    ),
    ("code",),
)
