"""All workflows there are: what documents list, and what one test walks."""

from __future__ import annotations

from typing import Final

from geo.cases.buildings.states import BUILDING, ESTATE
from geo.cases.flow.states import PROBLEM
from geo.cases.workflow import Workflow

WORKFLOWS: Final[tuple[Workflow, ...]] = (PROBLEM, BUILDING, ESTATE)
