"""Draw a shift's plan from a mixture, and check afterwards that it was drawn fairly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from geo.db.changes import write_change
from geo.db.counties import get_county
from geo.errors import Conflict, Invalid, NotFound
from geo.patrol.actions import DEFAULT_ITERATIONS
from geo.patrol.load import load_shift
from geo.patrol.mixture import queries
from geo.patrol.mixture.seal import draw, new_seed, seal_of
from geo.patrol.save import SavedPlan, save_plan
from geo.roads.actions import settle_owners

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from geo.patrol.mixture.make import Mixture
    from geo.patrol.mixture.queries import Seal
    from geo.patrol.passing.found import Passed
    from geo.patrol.problem import Problem

Progress = Callable[[str, int, int], None]

PLANS = 12
MOST_PLANS = 40


class WhyAgain(Invalid):
    """A shift that was drawn before is drawn again only for a reason, which is kept and shown."""


class BadDraw(Invalid):
    """A mixture of a number of plans that is not made."""


class DrawnMeanwhile(Conflict):
    """Somebody else drew the shift while this mixture was made; nothing is stored."""


class NeverDrawn(NotFound):
    """The shift was never drawn."""


class StillSecret(Conflict):
    """The seed is told once the shift is over, not before."""


@dataclass(frozen=True)
class Drawn:
    """A drawn plan as it was stored, and what may be told of the draw before the shift is over.

    ``worths`` in thousandths of a violation-minute and ``weights_ppm`` are of the plans of the mixture, the best first;
    ``number`` is the one that was drawn.
    """

    plan: SavedPlan
    seal: str
    attempt: int
    digest: str
    number: int
    worths: tuple[int, ...]
    weights_ppm: tuple[int, ...]
    figures: dict[str, int]


@dataclass(frozen=True)
class DrawChecked:
    """What became of a sealed seed: told when the shift is over, with everything that follows from it held again.

    ``sealed`` whether the seed has the hash that was logged before; each draw has ``fair``: whether its number follows
    from the seed, the digest, the attempt and the weights.
    """

    seed: str
    seal: str
    label: str
    sealed_at: dt.datetime
    sealed: bool
    draws: list[dict[str, Any]]

    @property
    def fair(self) -> bool:
        """Whether everything holds; how often the shift was drawn, and why again, is for people to judge."""
        return self.sealed and all(one["fair"] for one in self.draws)


def label_of(tenant: str, on_date: dt.date, shift_code: str) -> str:
    """What a seed is sealed for.

    Examples
    --------
    >>> label_of("530000", dt.date(2026, 11, 30), "day")
    '530000/2026-11-30/day'
    """
    return f"{tenant}/{on_date.isoformat()}/{shift_code}"


def draw_plan(
    database: Database,
    tenant: str,
    on_date: dt.date,
    shift_code: str,
    *,
    plans: int = PLANS,
    seed: int = 1,
    iterations: int = DEFAULT_ITERATIONS,
    why: str = "",
    actor: str = "system",
    progress: Progress | None = None,
) -> Drawn:
    """Make a mixture of a shift's plans, draw one by the sealed seed, and store it as the next version, a draft.

    The seed is made and its hash logged before any plan is sought, in a transaction of its own.

    Parameters
    ----------
    plans
        How many to look for, 2 to 40.
    seed, iterations
        Of the search; they do not steer the draw.
    why
        Needed for the second and every further draw of a shift.
    progress
        Called with (step, done, of); steps are ``load``, ``mixture``, ``check``, ``save``.

    Raises
    ------
    BadDraw, WhyAgain, DrawnMeanwhile
        If it is not drawn.
    UnknownShift, NoGround, NobodyOnDuty, PlanRefused, TakenMeanwhile
        As for :func:`geo.patrol.actions.plan_shift`.
    """
    from geo.patrol.evaluate import check_plan
    from geo.patrol.mixture.make import digest_of, make_mixture, plan_days
    from geo.patrol.passing.plan import solve_passing

    if not 2 <= plans <= MOST_PLANS:
        raise BadDraw("patrol.draw_plans", plans=plans, most=MOST_PLANS)
    tell = progress or _silent
    settle_owners(database, tenant)
    with database.begin(tenant) as session:
        loaded = load_shift(session, tenant, on_date, shift_code)
        seal = _seal(session, tenant, on_date, shift_code, actor)
        attempt = _next_attempt(session, tenant, seal, why)
    tell("load", 1, 1)

    def solver(problem: Problem, number: int, budget: int) -> Passed:
        return solve_passing(loaded.network, problem, loaded.stretches, number, budget)

    mixture = make_mixture(loaded.problem, solver, seed, iterations, plans, tell)
    digest = digest_of(loaded.problem, mixture)
    number = draw(seal.seed, digest, attempt, mixture.weights_ppm)
    found = mixture.plans[number]
    score = check_plan(loaded.network, found.problem, found.plan, loaded.register)
    tell("check", 1, 1)
    told = _figures(mixture)
    drawn = {"attempt": attempt, "digest": digest, "seal": seal.seal, "of": len(mixture.plans)}
    facts = {"seed": seed, "iterations": iterations, "input_digest": f"{digest}:{attempt}", "made_by": actor}
    with database.begin(tenant) as session:
        stored = replace(loaded, problem=found.problem)
        saved = save_plan(session, tenant, stored, found.plan, score, facts, {"drawn": drawn, "cuts": found.cuts})
        if queries.count_attempts(session, tenant, seal.id) != attempt - 1:
            raise DrawnMeanwhile("patrol.draw_meanwhile", on=on_date.isoformat(), shift=shift_code)
        queries.add_mixture(
            session,
            {
                "tenant": tenant,
                "seal_id": seal.id,
                "attempt": attempt,
                "why": why.strip(),
                "digest": digest,
                "days": [plan_days(one) for one in mixture.plans],
                "worths": list(mixture.worths),
                "weights_ppm": list(mixture.weights_ppm),
                "drawn": number,
                "plan_id": saved.id,
                "figures": told,
                "made_by": actor,
            },
        )
        said = {
            "on": on_date.isoformat(), "shift": shift_code, "plan": saved.id, "seal": seal.seal, "digest": digest,
            "weights_ppm": list(mixture.weights_ppm), "attempt": attempt, "why": why.strip(),
        }  # fmt: skip
        write_change(session, tenant, "plan.drawn", facts=said, actor=actor)
    tell("save", 1, 1)
    return Drawn(saved, seal.seal, attempt, digest, number, mixture.worths, mixture.weights_ppm, told)


def _silent(step: str, done: int, of: int) -> None:
    del step, done, of


def _seal(session: Session, tenant: str, on_date: dt.date, shift_code: str, actor: str) -> Seal:
    """The shift's seal; made, with its hash logged, if it has none."""
    seed = new_seed()
    hashed = seal_of(seed, label_of(tenant, on_date, shift_code))
    if queries.add_seal(session, tenant, on_date, shift_code, seed, hashed):
        said = {"on": on_date.isoformat(), "shift": shift_code, "seal": hashed}
        write_change(session, tenant, "shift.sealed", facts=said, actor=actor)
    found = queries.find_seal(session, tenant, on_date, shift_code)
    assert found is not None
    return found


def _next_attempt(session: Session, tenant: str, seal: Seal, why: str) -> int:
    attempt = queries.count_attempts(session, tenant, seal.id) + 1
    if attempt > 1 and not why.strip():
        raise WhyAgain("patrol.draw_why", times=attempt - 1)
    return attempt


def _figures(mixture: Mixture) -> dict[str, int]:
    """What the mixture promises, in thousandths: bits of entropy, shares suppressed."""
    worst = mixture.worst
    return {
        "entropy_millibits": round(1000 * mixture.entropy_bits),
        "usual_permille": round(1000 * worst.usual),
        "known_permille": round(1000 * worst.known),
        "same_daily_permille": round(1000 * worst.same_daily),
        "best_permille": round(1000 * worst.best),
        "left_out": mixture.left_out,
    }


def list_draws(session: Session, tenant: str, on_date: dt.date, shift_code: str) -> tuple[str, list[dict[str, Any]]]:
    """The hash a shift was sealed with, and its draws without their plans; nothing of the seed.

    Raises
    ------
    NeverDrawn
        If it has no seal.
    """
    seal = queries.find_seal(session, tenant, on_date, shift_code)
    if seal is None:
        raise NeverDrawn("patrol.never_drawn", on=on_date.isoformat(), shift=shift_code)
    return seal.seal, queries.list_draws(session, tenant, seal.id)


def check_draw(
    session: Session, tenant: str, on_date: dt.date, shift_code: str, now: dt.datetime | None = None
) -> DrawChecked:
    """Tell a shift's seed once it is over, and hold everything that follows from it again.

    Parameters
    ----------
    now
        Aware; this instant without.

    Raises
    ------
    NeverDrawn
        If the shift was never drawn.
    StillSecret
        If it is not over.
    """
    seal = queries.find_seal(session, tenant, on_date, shift_code)
    ends_at = queries.find_shift_end(session, tenant, on_date, shift_code)
    draws = queries.list_draws(session, tenant, seal.id) if seal else []
    if seal is None or ends_at is None or not draws:
        raise NeverDrawn("patrol.never_drawn", on=on_date.isoformat(), shift=shift_code)
    if (now or dt.datetime.now(dt.UTC)) < ends_at:
        local = ends_at.astimezone(ZoneInfo(get_county(session, tenant).time_zone))
        until = f"{local:%Y-%m-%d %H:%M}"
        raise StillSecret("patrol.draw_secret", on=on_date.isoformat(), shift=shift_code, until=until)
    label = label_of(tenant, on_date, shift_code)
    for one in draws:
        one["fair"] = draw(seal.seed, one["digest"], one["attempt"], one["weights_ppm"]) == one["drawn"]
    held = seal_of(seal.seed, label) == seal.seal
    return DrawChecked(seal.seed.hex(), seal.seal, label, seal.sealed_at, held, draws)
