"""Events of a file that comes again are recognised through their receipts, whatever order they were stored in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import text

from geo.db.engine import Database
from geo.layers.actions import import_layer
from geo.layers.queries import EVENT_NAMESPACE
from geo.layers.reports import ImportOptions
from tests.benchmarks import intake_files

OPTIONS = ImportOptions(
    mapping={"occurred_at": "发现时间", "code": "问题代码", "origin": "问题来源"}, key="事件编号", offset="gcj02",
    values={"code_system": "GB/T 30428.2-2013"},
)  # fmt: skip
AS_NAMED = text("""
SELECT count(*), count(DISTINCT e.uid), bool_and(e.uid = CAST(md5(:space || '/' || e.tenant || '/' || e.source || '/'
       || e.source_key) AS uuid)), array_agg(DISTINCT e.extra ->> '备注') FILTER (WHERE e.extra ? '备注')
  FROM event e JOIN receipt r ON r.tenant = e.tenant AND r.uid = e.uid AND r.row_id = e.id
 WHERE e.tenant = :tenant""")


def test_a_second_delivery_adds_what_is_new_and_changes_what_differs(
    database: Database, make_county: Callable[[], str], tmp_path: Path
) -> None:
    county, path = make_county(), tmp_path / "events.csv"
    made, bad = intake_files.event_rows(400)
    rows = list(made)
    intake_files.write_csv(path, intake_files.EVENT_HEADER, rows)
    first = import_layer(database, county, path, "event", OPTIONS)
    assert (first.added, dict(first.reasons)) == (400 - sum(bad.values()), dict(bad))
    fine = next(row for row in rows if row[2].startswith("20"))
    rows[rows.index(fine)] = (*fine[:7], "复核过", fine[8])
    rows.append(("SJ99999999", *fine[1:]))
    intake_files.write_csv(path, intake_files.EVENT_HEADER, rows)
    second = import_layer(database, county, path, "event", OPTIONS)
    assert (second.added, second.changed, second.unchanged) == (1, 1, first.added - 1)
    with database.begin(county) as session:
        found = session.execute(AS_NAMED, {"tenant": county, "space": EVENT_NAMESPACE}).one()
    assert tuple(found) == (first.added + 1, first.added + 1, True, ["复核过"])
