"""What the commands of registers share: the county at hand, days, tables out, JSON."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[Path | None, typer.Option("--out", help="Also write the list: .csv or .xlsx.")]
From = Annotated[str | None, typer.Option("--from", help="First local day (default: 1 January of this year).")]
To = Annotated[str | None, typer.Option("--to", help="Last local day, included (default: today).")]
Uid = Annotated[str | None, typer.Option("--uid", help="Made by you, so that the same again changes nothing.")]
ACTOR = "cli"


@contextlib.contextmanager
def county_at_hand(context: typer.Context) -> Iterator[tuple[Session, str]]:
    """A session in the county of the command line, and its code."""
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        yield session, settings.tenant


def days_of(session: Session, tenant: str, first: str | None, last: str | None) -> tuple[dt.date, dt.date]:
    """The days asked about; this year until today unless said."""
    from api.commands.days import read_date
    from geo.db.counties import get_county

    today = get_county(session, tenant).today()
    end = read_date(last) if last else today
    return (read_date(first) if first else end.replace(month=1, day=1)), end


def moment(session: Session, tenant: str, text: str | None) -> dt.datetime:
    """A local time of the county, or now."""
    from geo.db.counties import get_county

    zone = get_county(session, tenant).zone
    return dt.datetime.fromisoformat(text).replace(tzinfo=zone) if text else dt.datetime.now(zone)


def plain(row: Any) -> dict[str, Any]:
    """A row as a mapping."""
    return asdict(row) if is_dataclass(row) and not isinstance(row, type) else dict(row)


def tell_rows(rows: Sequence[Any], columns: Sequence[str], *, key: str, as_json: bool, out: Path | None = None) -> None:
    """Print rows: JSON whole, else these columns with tabs between; and write them to a table if asked."""
    told = [plain(row) for row in rows]
    if out is not None:
        from geo.cases.sheets import write_sheet

        write_sheet(out, columns, [[_cell(row[name]) for name in columns] for row in told])
    if as_json:
        typer.echo(json.dumps({key: told}, ensure_ascii=False, default=str))
        return
    for row in told:
        typer.echo("\t".join(str(_cell(row[name]) if row[name] is not None else "-") for name in columns))
    typer.echo(str(len(told)))


def tell(facts: Mapping[str, Any], as_json: bool) -> None:
    """Print facts: JSON, or one a line."""
    if as_json:
        typer.echo(json.dumps(dict(facts), ensure_ascii=False, default=str))
        return
    for name, value in facts.items():
        typer.echo(f"{name}: {'-' if value is None else value}")


def _cell(value: Any) -> Any:
    return ", ".join(str(one) for one in value) if isinstance(value, (list, tuple)) else value
