"""All workflows there are: what documents list, and what one test walks."""

from __future__ import annotations

from typing import Final

from geo.cases.ads.states import AD_ORDER
from geo.cases.buildings.states import BUILDING, ESTATE
from geo.cases.campaigns.states import CAMPAIGN
from geo.cases.complaints.states import COMPLAINT
from geo.cases.components.states import REPAIR
from geo.cases.flow.states import PROBLEM
from geo.cases.frontages.states import AGREEMENT, MONTHLY_LIST
from geo.cases.hazards.states import HAZARD
from geo.cases.notices.states import HOLDING, NOTICE, PAPER
from geo.cases.outages.states import OUTAGE
from geo.cases.penalties.states import PENALTY
from geo.cases.postures.states import POSTURE
from geo.cases.risks.states import ASSESSMENT
from geo.cases.waste.deviations.states import DEVIATION
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
    DEVIATION,
    AD_ORDER,
    POSTURE,
    CAMPAIGN,
    ASSESSMENT,
    REPAIR,
    OUTAGE,
    HAZARD,
)
