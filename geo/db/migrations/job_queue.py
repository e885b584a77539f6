"""The job queue's own tables, as the installed procrastinate lays them down."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
from pathlib import Path

from alembic import op

COMMENT = re.compile(r"--[^\n]*")


def create_job_queue() -> None:
    """Apply procrastinate's schema and note its version, from which later migrations of the queue go on."""
    for statement in statements(schema_file().read_text(encoding="utf-8")):
        op.get_bind().exec_driver_sql(statement.replace("%", "%%"))
    version = importlib.metadata.version("procrastinate")
    op.get_bind().exec_driver_sql(f"COMMENT ON TABLE procrastinate_jobs IS 'procrastinate {version}'")


def schema_file() -> Path:
    """The schema inside the installed package, found without importing it."""
    spec = importlib.util.find_spec("procrastinate")
    assert spec is not None and spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0]) / "sql" / "schema.sql"


def statements(script: str) -> list[str]:
    """The statements of a script, bodies between ``$$`` kept whole, comments outside them dropped.

    Examples
    --------
    >>> statements("SELECT 1; -- one; two\\nDO $$ BEGIN; END; $$; SELECT 2")
    ['SELECT 1', 'DO $$ BEGIN; END; $$', 'SELECT 2']
    """
    found = [""]
    for number, part in enumerate(script.split("$$")):
        if number % 2:
            found[-1] += f"$${part}$$"
            continue
        first, *more = COMMENT.sub("", part).split(";")
        found[-1] += first
        found += more
    return [statement.strip() for statement in found if statement.strip()]
