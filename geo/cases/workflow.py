"""A workflow is a table of transitions: in which state which step may be taken, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from geo.errors import Conflict


class StepNotOpen(Conflict):
    """The step cannot be taken in this state; the facts name workflow, state, step, and the steps that can."""


@dataclass(frozen=True)
class Workflow:
    """States and the steps between them.

    Parameters
    ----------
    name
        Word of the subject, the same in the step log: ``problem``, ``penalty``.
    start
        The state in which a row is born.
    next
        (state, step) → state; the order of the table is the order in which steps are offered.

    Examples
    --------
    >>> door = Workflow("door", "shut", {("shut", "open"): "open", ("open", "shut"): "shut", ("shut", "wall"): "gone"})
    >>> door.open_steps("shut"), door.after("shut", "open"), sorted(door.ends)
    (('open', 'wall'), 'open', ['gone'])
    """

    name: str
    start: str
    next: Mapping[tuple[str, str], str]

    @cached_property
    def states(self) -> tuple[str, ...]:
        """Every state, the first first, then as the table names them."""
        found = [self.start]
        for (before, _), after in self.next.items():
            found += [state for state in (before, after) if state not in found]
        return tuple(found)

    @cached_property
    def steps(self) -> tuple[str, ...]:
        """Every step, as the table names them."""
        return tuple(dict.fromkeys(step for _, step in self.next))

    @cached_property
    def ends(self) -> frozenset[str]:
        """States from which no step leads on."""
        return frozenset(self.states) - {before for before, _ in self.next}

    def open_steps(self, state: str) -> tuple[str, ...]:
        """What can be done in a state, in the table's order; empty at an end."""
        return tuple(step for before, step in self.next if before == state)

    def after(self, state: str, step: str) -> str:
        """The state a step leads to.

        Raises
        ------
        StepNotOpen
            If it cannot be taken.
        """
        if (state, step) not in self.next:
            raise StepNotOpen(
                "case.step_not_open",
                workflow=self.name,
                state=state,
                step=step,
                open=", ".join(self.open_steps(state)) or "-",
            )
        return self.next[state, step]
