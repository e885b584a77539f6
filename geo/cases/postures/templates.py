"""What a posture of a kind begins with: rules and things to look at, ours until the bureau sets its own."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from geo.cases.codes.files import BadRow, Column, Sheet, one_of, refuse, whole
from geo.cases.postures import queries
from geo.cases.postures.rules import BadRule, Rule, check_rule
from geo.tables.postures import POSTURE_KINDS

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

FILE: Final = Path(__file__).resolve().parents[3] / "data" / "postures" / "templates" / "rules.csv"
CHECK: Final = "check"

KIND_WORDS: Final = {
    "exam": ("两考", "考试"), "festival": ("节日",), "inspection": ("迎检", "文明测评"), "storm": ("暴雨", "大风"),
    "snow": ("扫雪", "扫雪除冰"), "fire": ("防火", "禁炮"), "event": ("重大活动", "活动"),
}  # fmt: skip
RULE_WORDS: Final = {
    "limit": ("限制",), "allow": ("放宽",), "regime": ("管控级别",), "clock": ("时限系数",),
    "first_step": ("首步措施",), "zone": ("重点场所",), "passes": ("巡查次数",), "post": ("定点岗",),
    "roster": ("值班",), "trade": ("经营点",), CHECK: ("排查",),
}  # fmt: skip
SHEET: Final = Sheet(
    "postures",
    (
        Column("template", ("模板",), needed=True, read=one_of(KIND_WORDS)),
        Column("kind", ("规则",), needed=True, read=one_of(RULE_WORDS)),
        Column("target", ("对象",), needed=True),
        Column("word", ("取值",), empty=""),
        Column("value", ("数值",), read=whole(0, 10_000)),
    ),
    ("template", "kind", "target"),
)
SHEETS: Final = {SHEET.name: SHEET}


@cache
def usual_rows() -> tuple[dict[str, Any], ...]:
    """The rows we give, in the order of the file."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return tuple({**row, "value": int(row["value"]) if row["value"] else None} for row in csv.DictReader(file))


def load_template(session: Session, tenant: str, kind: str) -> tuple[list[Rule], list[tuple[str, str]]]:
    """Rules of a kind of posture, and what is looked at before it: code and words; the bureau's own where it has any.

    Examples
    --------
    >>> [row["target"] for row in usual_rows() if row["template"] == "exam" and row["kind"] == "limit"]
    ['03-01', '01-28', '04-01', '04-05', '04-06']
    """
    rows = [row for row in list_rows(session, tenant) if row["template"] == kind]
    rules = [Rule(row["kind"], row["target"], row["word"], row["value"]) for row in rows if row["kind"] != CHECK]
    return [check_rule(rule) for rule in rules], [(row["target"], row["word"]) for row in rows if row["kind"] == CHECK]


def list_rows(session: Session, tenant: str, name: str = SHEET.name) -> list[dict[str, Any]]:
    """All templates; ``name`` is the one table of this room."""
    del name
    own = queries.load_templates(session, tenant)
    set_ = {row["template"] for row in own}
    rows = [*own, *(row for row in usual_rows() if row["template"] not in set_)]
    return sorted(rows, key=lambda row: POSTURE_KINDS.index(row["template"]))


def save_rows(session: Session, tenant: str, name: str, rows: Sequence[dict[str, Any]], actor: str) -> None:
    """Replace the templates that the rows name, each as a whole.

    Raises
    ------
    TableRefused
        If a rule means nothing; the facts name its row.
    """
    bad, good = [], []
    for row in rows:
        try:
            rule = Rule(row["kind"], row["target"], row["word"], row["value"])
            fit = rule if row["kind"] == CHECK else check_rule(rule)
            if row["kind"] == CHECK and not row["word"].strip():
                raise BadRule("postures.rule", rule=CHECK, field="word", found="", known="-")
            good.append({**row, "value": fit.value, "set_by": actor})
        except BadRule as error:
            field = str(error.facts["field"])
            bad.append(BadRow(row["row"], field, "codes.row_value", str(error.facts["found"])))
    refuse(name, bad)
    queries.replace_templates(session, tenant, good)
