"""The tables of codes, limits and responsibilities, column by column."""

from __future__ import annotations

from typing import Final

from geo.cases.codes.files import Column, Sheet, UnknownTable, one_of, whole

CODES: Final = Sheet(
    "codes",
    (
        Column("code_system", ("代码体系",), needed=True),
        Column("code", ("代码",), needed=True),
        Column("kind", ("类别",), read=one_of({"event": ("事件",), "component": ("部件",)})),
        Column("group_zh", ("大类",), empty=""),
        Column("group_en", ("大类英文",), empty=""),
        Column("zh", ("名称",), needed=True),
        Column("en", ("英文名称",), empty=""),
        Column("unit", ("计量单位", "单位"), empty="处"),
        Column("service_min", ("现场时长",), read=whole(1, 1440)),
        Column("extends", ("扩展自",)),
    ),
    ("code_system", "code"),
)
"""Without a kind, a code that begins with C is a component and any other an event."""

CROSSWALK: Final = Sheet(
    "crosswalk",
    (
        Column("from_system", ("原体系",), needed=True),
        Column("from_code", ("原代码",), needed=True),
        Column("to_system", ("新体系",), needed=True),
        Column("to_code", ("新代码",), needed=True),
        Column("zh", ("名称",), empty=""),
    ),
    ("from_system", "from_code", "to_system"),
)

UNIT_WORDS: Final = {
    "urgent_hours": ("紧急工作时",),
    "working_hours": ("工作时",),
    "working_days": ("工作日",),
    "natural_days": ("自然日", "天"),
    "ledger_days": ("挂账", "挂账天"),
}
STAGE_WORDS: Final = {
    "verify": ("核实",),
    "register": ("立案",),
    "dispatch": ("派遣",),
    "dispute": ("争议", "协调"),
    "handle": ("处置", "处理"),
    "check": ("核查",),
    "close": ("结案",),
    "appeal": ("申诉",),
}
LIMITS: Final = Sheet(
    "limits",
    (
        Column("code_system", ("代码体系",), empty="*"),
        Column("code", ("代码",), empty="*"),
        Column("grade", ("分级",), empty="*"),
        Column("stage", ("环节",), empty="handle", read=one_of(STAGE_WORDS)),
        Column("amount", ("时限",), needed=True, read=whole(1, 10_000)),
        Column("unit_kind", ("时限单位", "单位"), needed=True, read=one_of(UNIT_WORDS)),
        Column("counts_from", ("起算",), empty="stage", read=one_of({"stage": ("环节",), "found": ("发现",)})),
        Column("basis", ("依据",), empty=""),
    ),
    ("code_system", "code", "grade", "stage"),
)

PLACE_WORDS: Final = {
    "road": ("道路", "街道路段"),
    "district": ("片区",),
    "town": ("镇街", "街道", "乡镇"),
    "county": ("全县", "全区"),
}
MATRIX: Final = Sheet(
    "matrix",
    (
        Column("code_system", ("代码体系",), empty="*"),
        Column("code", ("代码",), empty="*"),
        Column("place_kind", ("地点类别",), needed=True, read=one_of(PLACE_WORDS)),
        Column("place", ("地点",), empty="*"),
        Column("org", ("责任单位",), needed=True),
        Column("staff", ("责任人",)),
    ),
)
"""Two rows for one code and place are no error of a row: they are an overlap, which is reported as such."""

SHEETS: Final = {sheet.name: sheet for sheet in (CODES, CROSSWALK, LIMITS, MATRIX)}


def get_sheet(name: str) -> Sheet:
    """The table called ``name``.

    Raises
    ------
    UnknownTable
        If there is none.

    Examples
    --------
    >>> get_sheet("limits").key
    ('code_system', 'code', 'grade', 'stage')
    """
    if name not in SHEETS:
        raise UnknownTable("codes.unknown_table", table=name, known=", ".join(SHEETS))
    return SHEETS[name]
