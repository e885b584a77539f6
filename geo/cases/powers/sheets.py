"""The tables of the 权责清单, column by column, as bureaus keep them."""

from __future__ import annotations

from typing import Final

from geo.cases.codes.files import Column, Sheet, one_of, whole

MOST_YUAN: Final = 100_000_000
KIND_WORDS: Final = {
    "penalty": ("行政处罚", "处罚"),
    "permit": ("行政许可", "行政审批", "许可", "审批"),
    "measure": ("行政强制", "强制"),
    "inspection": ("行政检查", "检查"),
}
GRAVITY_WORDS: Final = {
    "minor": ("轻微", "较轻"),
    "ordinary": ("一般",),
    "serious": ("严重", "较重"),
    "grave": ("特别严重",),
}
PARTY_WORDS: Final = {"person": ("公民", "个人"), "body": ("法人", "单位", "组织"), "any": ("不分", "全部")}
REVIEW_WORDS: Final = {
    "leader": ("leader", "负责人审批", "负责人"),
    "legal": ("legal", "法制审核", "法审"),
    "collective": ("collective", "集体讨论", "集体"),
}
BODY_WORDS: Final = {
    "agency": ("行政机关",),
    "institution": ("事业单位",),
    "entrusted": ("受委托组织", "委托"),
}


def codes_of(text: str) -> tuple[str, ...]:
    """Codes of a cell, separated by any usual mark, each once, in order.

    Examples
    --------
    >>> codes_of("04-05；04-06, 04-05")
    ('04-05', '04-06')
    """
    for mark in "；;，,、|":
        text = text.replace(mark, " ")
    return tuple(dict.fromkeys(text.split()))


def reviews_of(text: str) -> tuple[str, ...]:
    """Reviews of a cell, in the order in which they take place.

    Raises
    ------
    ValueError
        If a word is none of them.

    Examples
    --------
    >>> reviews_of("集体讨论、法制审核")
    ('legal', 'collective')
    """
    known = {word: kind for kind, words in REVIEW_WORDS.items() for word in words}
    found = {known[word] if word in known else _unknown(word) for word in codes_of(text)}
    return tuple(kind for kind in REVIEW_WORDS if kind in found)


def _unknown(word: str) -> str:
    raise ValueError(word)


POWERS: Final = Sheet(
    "powers",
    (
        Column("code", ("事项编码", "编码"), needed=True),
        Column("kind", ("事项类型", "类型"), needed=True, read=one_of(KIND_WORDS)),
        Column("name", ("事项名称", "名称"), needed=True),
        Column("article", ("法律依据", "依据"), needed=True),
        Column("code_system", ("代码体系",), empty="GB/T 30428.2-2013"),
        Column("event_codes", ("事件代码",), empty=(), read=codes_of),
        Column("gravity", ("裁量档次", "档次"), read=one_of(GRAVITY_WORDS)),
        Column("party", ("适用对象",), empty="any", read=one_of(PARTY_WORDS)),
        Column("condition", ("适用情形", "情形"), empty=""),
        Column("least_yuan", ("最低罚款",), empty=0, read=whole(0, MOST_YUAN)),
        Column("most_yuan", ("最高罚款",), empty=0, read=whole(0, MOST_YUAN)),
        Column("reviewers", ("审核要求",), empty=(), read=reviews_of),
    ),
)
"""A row for each band of an item; an item without bands (a permit) has one row without a gravity."""

TIERS: Final = Sheet(
    "tiers",
    (
        Column("party", ("适用对象",), empty="any", read=one_of(PARTY_WORDS)),
        Column("gravity", ("情节",), empty="minor", read=one_of(GRAVITY_WORDS)),
        Column("from_yuan", ("罚款起点",), needed=True, read=whole(0, MOST_YUAN)),
        Column("reviewers", ("审核要求",), needed=True, read=reviews_of),
    ),
    ("party", "gravity", "from_yuan"),
)

BODIES: Final = Sheet(
    "bodies",
    (
        Column("code", ("主体编号",), needed=True),
        Column("name", ("主体名称",), needed=True),
        Column("kind", ("主体性质",), needed=True, read=one_of(BODY_WORDS)),
        Column("head", ("文书字头",), needed=True),
    ),
    ("code",),
)

SHEETS: Final = {sheet.name: sheet for sheet in (POWERS, TIERS, BODIES)}
