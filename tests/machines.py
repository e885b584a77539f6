"""State machines that do so many steps, the same ones every time, and say what they did.

A machine is a model of a few lines beside the code under test. One that quietly does nothing would agree with
anything, so each keeps ``done``: how often each of its rules ran, and whatever else it notes.
"""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable
from typing import Any, ClassVar

import hypothesis
from hypothesis import HealthCheck, Phase, settings, stateful
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

ROUND = 10
"""Runs of one seed; the next seed is taken until there were steps enough."""

MANY = 1_000
RULES: dict[str, set[str]] = {}
"""Class → its rules, by name."""


class Machine(RuleBasedStateMachine):
    """A state machine that counts: ``done`` by the names of its rules, ``seen`` whatever else it notes."""

    done: ClassVar[Counter[str]]
    seen: ClassVar[Counter[str]]

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        cls.done, cls.seen = Counter(), Counter()


def rule(**given: Any) -> Callable[[Callable[..., None]], Any]:
    """As :func:`hypothesis.stateful.rule`; each step that came to its end is counted."""

    def mark(function: Callable[..., None]) -> Any:
        RULES.setdefault(function.__qualname__.rpartition(".")[0], set()).add(function.__name__)

        @functools.wraps(function)
        def counted(self: Machine, **values: Any) -> None:
            function(self, **values)
            self.done[function.__name__] += 1

        return stateful.rule(**given)(counted)

    return mark


def play(machine: type[Machine], steps: int, each: int, begin: Callable[[], Machine] | None = None) -> None:
    """Let a machine do at least so many steps, ``each`` to a run.

    Over many steps every rule must have had its turn; a run leaves some rules out, so few steps may miss one.

    Parameters
    ----------
    begin
        Makes the machine of a run, where it needs more than its class.
    """
    machine.done.clear()
    machine.seen.clear()
    rules = settings(
        max_examples=max(1, min(ROUND, steps // each)), stateful_step_count=each, deadline=None, database=None,
        phases=(Phase.generate, Phase.shrink), suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for number in range(1, 2 + 2 * steps // each):
        if machine.done.total() < steps:
            made = hypothesis.seed(number)(functools.partial(begin or machine))
            run_state_machine_as_test(made, settings=rules)  # type: ignore[no-untyped-call]
    print(f"{machine.__name__}: {machine.done.total()} steps: {dict(machine.done)}, {dict(machine.seen)}")
    assert machine.done.total() >= steps
    assert steps < MANY or set(machine.done) == RULES[machine.__qualname__], "a rule that never ran shows nothing"
