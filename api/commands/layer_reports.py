"""How an import's report looks in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from geo.layers.register import get_kind
from geo.messages import Language, say

if TYPE_CHECKING:
    from rich.table import Table

    from geo.layers.reports import ImportReport

MOST_ROWS = 20
COLUMNS = ("layer", "rows_read", "added", "changed", "unchanged", "rejected", "left_out", "repaired", "seconds")


def report_table(reports: list[ImportReport], language: Language) -> Table:
    """One line a layer."""
    from rich.table import Table

    table = Table()
    for name in COLUMNS:
        table.add_column(say(f"report.{name}", language), justify="left" if name == "layer" else "right")
    for report in reports:
        kind = get_kind(report.layer)
        table.add_row(
            kind.zh if language == "zh" else kind.en,
            f"{report.rows_read:,}",
            f"{report.added:,}",
            f"{report.changed:,}",
            f"{report.unchanged:,}",
            f"{report.rejected_count:,}",
            f"{report.left_out.total():,}",
            f"{report.repaired:,}",
            f"{report.seconds:.1f}",
        )
    return table


def report_notes(reports: list[ImportReport], language: Language) -> Iterator[str]:
    """What was assumed, what was left out, and the first rejected rows with their mend."""
    yield from dict.fromkeys(note.say(language) for report in reports for note in report.notes)
    for report in reports:
        if report.resumed_from:
            yield say("report.resumed", language, rows=report.resumed_from)
        if report.waiting:
            yield say("waiting.left", language, count=report.waiting)
        for reason, count in report.left_out.items():
            yield f"{count}: {say(reason, language)}"
        for reject in report.rejected[:MOST_ROWS]:
            yield say("report.row", language, row=reject.row, field=reject.field, text=reject.say(language))
        if report.rejected_count > MOST_ROWS:
            yield say("report.more", language, count=report.rejected_count - MOST_ROWS)
