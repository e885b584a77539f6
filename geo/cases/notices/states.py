"""The lives of documents as tables: what asks for something, what holds something, and what only says something."""

from __future__ import annotations

from typing import Final

from geo.cases.workflow import Workflow

NOTICE: Final = Workflow(
    "notice",
    "drafted",
    {
        ("drafted", "issue"): "issued",
        ("drafted", "void"): "void",
        ("issued", "serve"): "served",
        ("issued", "void"): "void",
        ("served", "extend"): "extended",
        ("served", "correct"): "corrected",
        ("served", "not_correct"): "not_corrected",
        ("served", "leave"): "filed",
        ("extended", "correct"): "corrected",
        ("extended", "not_correct"): "not_corrected",
        ("extended", "leave"): "filed",
        ("corrected", "file"): "filed",
        ("not_corrected", "file"): "filed",
    },
)
"""责令改正, 限期整改. ``leave``: whoever it was about has gone."""

HOLDING: Final = Workflow(
    "holding",
    "drafted",
    {
        ("drafted", "issue"): "issued",
        ("drafted", "void"): "void",
        ("issued", "serve"): "served",
        ("issued", "give_back"): "returned",
        ("issued", "lapse"): "lapsed",
        ("served", "extend"): "extended",
        ("served", "give_back"): "returned",
        ("served", "dispose"): "disposed",
        ("served", "lapse"): "lapsed",
        ("extended", "give_back"): "returned",
        ("extended", "dispose"): "disposed",
        ("lapsed", "give_back"): "returned",
        ("returned", "file"): "filed",
        ("disposed", "file"): "filed",
    },
)
"""先行登记保存, 扣押. What the head does not approve is given back at once, served or not.

``lapse``: 先行登记保存 on which nothing was decided in its days has no force any more.
"""

PAPER: Final = Workflow(
    "paper",
    "drafted",
    {
        ("drafted", "issue"): "issued",
        ("drafted", "void"): "void",
        ("issued", "serve"): "served",
        ("issued", "file"): "filed",
        ("served", "file"): "filed",
    },
)
"""现场笔录, 当场处罚决定书, 送达回证."""

WORKFLOW_OF: Final = {
    "rectify": NOTICE,
    "deadline": NOTICE,
    "keep_evidence": HOLDING,
    "seize": HOLDING,
    "scene_record": PAPER,
    "on_the_spot": PAPER,
    "service_receipt": PAPER,
}
WORD_OF: Final = {
    "rectify": "责改",
    "deadline": "限改",
    "keep_evidence": "先登",
    "seize": "扣",
    "scene_record": "笔录",
    "on_the_spot": "当罚",
    "service_receipt": "送达",
}
"""Between the body's head and the year of a number: 某城管责改字〔2026〕第0001号."""

COERCIVE: Final = frozenset({"seize"})
"""Taken by a 行政机关 only."""

BY_THE_CLOCK: Final = frozenset({"lapse"})
"""Nobody sends it."""

SIGNED_STEPS: Final = frozenset({"issue", "serve", "extend", "give_back", "dispose"})
"""Signed by two licensed officers; a recheck, filing and voiding by one officer."""

RECHECK_STEP: Final = {"corrected": "correct", "not_corrected": "not_correct", "gone": "leave"}


def number_of(head: str, kind: str, year: int, serial: int) -> str:
    """The number of a document.

    Examples
    --------
    >>> number_of("某城管", "rectify", 2026, 7)
    '某城管责改字〔2026〕第0007号'
    """
    return f"{head}{WORD_OF[kind]}字〔{year}〕第{serial:04d}号"
