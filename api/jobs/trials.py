"""Tasks of the worker that try a shift out and store nothing but their result: a focus's price, ways of patrolling.

Both start over after a worker died, and end with the same figures: everything follows from seed and budget.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from procrastinate import JobContext

from api.jobs.actions import Run, run_job


def price_focus(context: JobContext, tenant: str, job_id: int) -> None:
    """Say what a director's focus wins where it looks, and what it costs elsewhere."""
    run_job(context.additional_context["database"], tenant, job_id, _price)


def simulate_shift(context: JobContext, tenant: str, job_id: int) -> None:
    """Live a shift many times under each way of patrolling."""
    run_job(context.additional_context["database"], tenant, job_id, _simulate)


def _price(run: Run) -> Mapping[str, Any]:
    from geo.patrol.demand.actions import price_focus as price

    given = run.arguments
    found = price(
        run.database, run.tenant, given["focus"], dt.date.fromisoformat(given["date"]), given["shift"],
        seed=given["seed"], iterations=given["iterations"], progress=lambda done, of: run.report(done / of),
    )  # fmt: skip
    return found.as_json()


def _simulate(run: Run) -> Mapping[str, Any]:
    from api.commands.simulate import planted_truth
    from geo.patrol.simulate.actions import check_policies
    from geo.patrol.simulate.actions import simulate_shift as simulate

    given = run.arguments
    policies = check_policies(",".join(given["policies"]))

    def progress(policy: str, done: int, of: int) -> None:
        run.report((policies.index(policy) + done / of) / len(policies))

    return simulate(
        run.database, run.tenant, dt.date.fromisoformat(given["date"]), given["shift"], policies=policies,
        days=given["days"], seed=given["seed"], seeds=given["seeds"], iterations=given["iterations"],
        error=given["error"], planted=planted_truth(run.database, run.tenant) if given["planted"] else None,
        progress=progress,
    )  # fmt: skip


TASKS = (price_focus, simulate_shift)
