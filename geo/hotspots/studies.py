"""Every study there is, by kind: who asks for one over the wire or on the command line names it here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from geo.errors import Invalid
from geo.hotspots.findings.actions import SavedFinding, save_finding

if TYPE_CHECKING:
    from geo.db.engine import Database
    from geo.hotspots.findings import Finding

Progress = Callable[[float], None]

DESCRIPTIONS: Final = ("gi_star", "emerging", "clusters", "knox", "network_density")
LIGHT: Final = ("dark_stretches", "outages", "night_walk")
WORKLOAD: Final = "workload"
KINDS: Final = (*DESCRIPTIONS, WORKLOAD, *LIGHT)

OPTIONS: Final = {
    **dict.fromkeys(DESCRIPTIONS, frozenset({"group", "days", "last_on", "seed"})),
    WORKLOAD: frozenset({"first_on", "roster_days", "history_days", "last_on", "most_moves"}),
    **dict.fromkeys(LIGHT, frozenset[str]()),
}
"""What each study can be asked with."""


class BadQuestion(Invalid):
    """A study is asked with something it does not take."""


def check_question(kind: str, options: dict[str, Any]) -> None:
    """Refuse a study that does not exist, or an option it does not take.

    Raises
    ------
    BadQuestion
        The facts say what there is.

    Examples
    --------
    >>> check_question("outages", {})
    >>> check_question("outages", {"days": 3})
    Traceback (most recent call last):
    ...
    geo.hotspots.studies.BadQuestion: findings.bad_option: {'kind': 'outages', 'option': 'days', 'known': '-'}
    """
    if kind not in KINDS:
        raise BadQuestion("findings.unknown_kind", kind=kind, known=", ".join(KINDS))
    if odd := sorted(set(options) - OPTIONS[kind]):
        known = ", ".join(sorted(OPTIONS[kind])) or "-"
        raise BadQuestion("findings.bad_option", kind=kind, option=odd[0], known=known)


def make_study(
    database: Database,
    tenant: str,
    kind: str,
    *,
    actor: str = "system",
    job_id: int | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> SavedFinding:
    """Make a study of any kind and keep it.

    Parameters
    ----------
    job_id
        The job that asks; one that is run again keeps the finding it made.
    progress
        Told the share done; may raise to stop.
    options
        As :data:`OPTIONS` lists them.

    Raises
    ------
    BadQuestion
        If it cannot be asked so; else as the study itself.
    """
    check_question(kind, options)
    finding = _made(database, tenant, kind, progress or (lambda _: None), options)
    return save_finding(database, tenant, finding, actor, job_id)


def _made(database: Database, tenant: str, kind: str, progress: Progress, options: dict[str, Any]) -> Finding:
    if kind == WORKLOAD:
        from geo.hotspots.workload.actions import load_workload

        progress(0.0)
        return load_workload(database, tenant, **options).finding()
    if kind in LIGHT:
        from geo.hotspots.lighting.actions import study_light

        return study_light(database, tenant, kind, progress=progress)
    from geo.hotspots.describe.actions import describe_county

    return describe_county(database, tenant, kind, progress=progress, **options)


def ensure_studies(database: Database, tenant: str) -> list[str]:
    """Make each kind of study that the county has none of; the kinds made.

    Fast when nothing is missing. A study that cannot be made for want of events, lamps or a roster is left out.
    """
    from geo.hotspots.findings.queries import list_kinds

    with database.begin(tenant) as session:
        missing = [kind for kind in KINDS if kind not in list_kinds(session, tenant)]
    if not missing:
        return []
    from geo.db.counties import get_county
    from geo.hotspots.history import load_history

    with database.begin(tenant) as session:
        history = load_history(session, get_county(session, tenant))
    made = []
    for kind in missing:
        options = {} if kind in LIGHT else {"history": history}
        try:
            finding = _made(database, tenant, kind, lambda _: None, options)
        except Invalid:
            continue
        save_finding(database, tenant, finding)
        made.append(kind)
    return made
