"""Take the ladder's rules and the list of exemptions from tables, and find the rule of a behaviour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.cases.codes.files import read_sheet, write_sheet
from geo.cases.ladder import queries
from geo.cases.ladder.rungs import Rule
from geo.cases.ladder.sheets import EXEMPTIONS, RULES
from geo.cases.powers.actions import get_figure
from geo.db.changes import write_change

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def import_rules(session: Session, tenant: str, content: bytes, actor: str) -> int:
    """Take the whole table of rules from CSV; returns how many.

    Raises
    ------
    TableRefused
        If any row is bad: nothing is taken then.
    """
    rows = read_sheet(RULES, content)
    queries.save_rules(session, tenant, rows, actor)
    write_change(session, tenant, "ladder.rules_set", facts={"rows": len(rows)}, actor=actor)
    return len(rows)


def import_exemptions(session: Session, tenant: str, content: bytes, actor: str) -> int:
    """Take the whole 免罚清单 from CSV; returns how many entries. Raises TableRefused as :func:`import_rules`."""
    rows = read_sheet(EXEMPTIONS, content)
    queries.save_exemptions(session, tenant, rows)
    write_change(session, tenant, "ladder.exemptions_set", facts={"rows": len(rows)}, actor=actor)
    return len(rows)


def export_rules(session: Session, tenant: str) -> str:
    """The rules as CSV; taking it again changes nothing."""
    return write_sheet(RULES, queries.list_rules(session, tenant))


def export_exemptions(session: Session, tenant: str) -> str:
    """The 免罚清单 in force as CSV; taking it again changes nothing."""
    rows = queries.list_exemptions(session, tenant)
    return write_sheet(EXEMPTIONS, [{**row, "conditions": ";".join(row["conditions"])} for row in rows])


def load_rule(session: Session, tenant: str, code_system: str, code: str) -> Rule:
    """How a behaviour climbs: its own rule, the county's for all others, or the defaults."""
    found = queries.find_rule(session, tenant, code_system, code)
    gap = get_figure(session, tenant, "occasion_min")
    if found is None:
        months, radius = (get_figure(session, tenant, name) for name in ("ladder_months", "ladder_radius_m"))
        return Rule(months, radius, occasion_min=gap)
    return Rule(found["look_back_months"], found["radius_m"], found["second"], gap)
