"""From a problem to a plan: a skeleton of what was promised, then an annealer on what the plan is worth."""

from geo.patrol.solve.shift import solve_shift

__all__ = ["solve_shift"]
