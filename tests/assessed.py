"""Risk assessments that others have approved, for tests of what may not begin without one."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from sqlalchemy.orm import Session

from geo.cases.risks.actions import (
    AssessmentDraft,
    Content,
    Person,
    RiskPoint,
    open_assessment,
    take_assessment_step,
    write_assessment,
)

AUTHOR, CHIEF = Person("planner", "A01"), Person("chief", "B01")
LONG_AGO: Final = dt.datetime(2020, 1, 2, 2, 0, tzinfo=dt.UTC)
WHOLE: Final = Content(
    (RiskPoint("商户聚集抵触", "占道经营户多", "提前告知、分批清理", "medium"),), "medium", "突发事件应急预案", 5000,
    "with_measures",
)  # fmt: skip


def assess(
    session: Session, tenant: str, number: str, *, about: str = "acts", upto: str = "approved",
    content: Content = WHOLE,
    valid: tuple[dt.date, dt.date] = (dt.date(2020, 1, 1), dt.date(2099, 12, 31)), at: dt.datetime = LONG_AGO,
    **more: Any,
) -> str:  # fmt: skip
    """An assessment taken as far as ``upto``; returns its number."""
    draft = AssessmentDraft(number, about, f"评估{number}", *valid, **more)
    open_assessment(session, tenant, draft, AUTHOR, at=at)
    write_assessment(session, tenant, number, content, AUTHOR)
    if upto in ("submitted", "approved"):
        take_assessment_step(session, tenant, number, "submit", AUTHOR, at=at)
    if upto == "approved":
        take_assessment_step(session, tenant, number, "approve", CHIEF, at=at)
    return number
