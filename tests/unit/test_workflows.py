"""Every table of transitions is walked: each state reachable, each open state with a way out, illegal steps told."""

from __future__ import annotations

import pytest

from geo.cases.workflow import StepNotOpen, Workflow
from geo.cases.workflows import WORKFLOWS
from geo.errors import Kind

DOOR = Workflow("door", "shut", {("shut", "open"): "open", ("open", "shut"): "shut", ("shut", "wall"): "gone"})
ISLAND = Workflow("island", "here", {("here", "stay"): "here", ("there", "come"): "here"})
TRAP = Workflow("trap", "out", {("out", "in"): "round", ("round", "turn"): "round", ("out", "leave"): "away"})


def reached(workflow: Workflow) -> set[str]:
    found, waiting = {workflow.start}, [workflow.start]
    while waiting:
        here = waiting.pop()
        for step in workflow.open_steps(here):
            after = workflow.after(here, step)
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def with_a_way_out(workflow: Workflow) -> set[str]:
    """States from which an end can be reached; all of them where the workflow has no end and goes on for ever."""
    found = set(workflow.ends) or {workflow.start}
    while more := {before for (before, _), after in workflow.next.items() if after in found} - found:
        found |= more
    return found


@pytest.mark.parametrize("workflow", [*WORKFLOWS, DOOR], ids=lambda one: one.name)
def test_each_state_is_reached_and_has_a_way_out(workflow: Workflow) -> None:
    assert reached(workflow) == set(workflow.states)
    assert with_a_way_out(workflow) == set(workflow.states)


def test_a_state_nobody_reaches_and_one_nobody_leaves_are_seen() -> None:
    assert reached(ISLAND) < set(ISLAND.states)
    assert with_a_way_out(TRAP) < set(TRAP.states)


@pytest.mark.parametrize("workflow", [*WORKFLOWS, DOOR], ids=lambda one: one.name)
def test_each_illegal_step_is_a_conflict_that_names_the_open_ones(workflow: Workflow) -> None:
    for state in workflow.states:
        for step in set(workflow.steps) - set(workflow.open_steps(state)):
            with pytest.raises(StepNotOpen) as caught:
                workflow.after(state, step)
            assert caught.value.kind is Kind.CONFLICT
            assert caught.value.facts["open"] == (", ".join(workflow.open_steps(state)) or "-")


def test_names_are_used_once() -> None:
    names = [workflow.name for workflow in WORKFLOWS]
    assert len(names) == len(set(names))
