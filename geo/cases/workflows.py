"""All workflows there are: what documents list, and what one test walks."""

from __future__ import annotations

from typing import Final

from geo.cases.buildings.states import BUILDING, ESTATE
from geo.cases.complaints.states import COMPLAINT
from geo.cases.flow.states import PROBLEM
from geo.cases.frontages.states import AGREEMENT, MONTHLY_LIST
from geo.cases.notices.states import HOLDING, NOTICE, PAPER
from geo.cases.penalties.states import PENALTY
from geo.cases.workflow import Workflow

WORKFLOWS: Final[tuple[Workflow, ...]] = (
    PENALTY,
    NOTICE,
    HOLDING,
    PAPER,
    PROBLEM,
    COMPLAINT,
    BUILDING,
    ESTATE,
    AGREEMENT,
    MONTHLY_LIST,
)
