"""Pages of cases and registers: they hold no record, so a build only hands them words, 片区 and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from api.commands.finding_pages import Topic
    from maps.findings.page import Head


def load_ledgers(session: Session, tenant: str, head: Head) -> list[Topic]:
    """Every page of cases and registers."""
    from api.commands.finding_pages import Topic, read_code_names
    from geo.cases.complaints.intake import PUBLIC
    from geo.cases.complaints.queries import find_source
    from geo.layers.queries import load_features
    from maps.dashboards.ledgers import LEDGERS
    from maps.dashboards.public import ledger_of
    from maps.ledgers.page import render_ledger

    rows = load_features(session, "patrol_district", columns=("code", "name"))
    districts = dict(zip(rows["code"], rows["name"], strict=True))
    codes, _ = read_code_names()
    form = find_source(session, tenant, PUBLIC)
    return [
        Topic(
            ledger.name,
            lambda texts, ledger=ledger: render_ledger(ledger, head, districts, codes, texts),  # type: ignore[misc]
            ledger.asked,
        )
        for ledger in (*LEDGERS, ledger_of(form is not None and form["active"]))
    ]
