"""What the commands of registers share: uids, rows printed or written, amounts read."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

Out = Annotated[Path | None, typer.Option("--out", help="Write them to a file (.csv, .xlsx) instead.")]
Uid = Annotated[str | None, typer.Option("--uid", help="The record's own uid, so that a retry changes nothing.")]


def uid_of(given: str | None) -> uuid.UUID:
    """The uid somebody gave, or a new one."""
    from geo.uids import uuid7

    if given is None:
        return uuid7()
    try:
        return uuid.UUID(given)
    except ValueError:
        raise typer.BadParameter(given, param_hint="--uid") from None


def print_rows(
    rows: Sequence[Mapping[str, Any]], names: Sequence[str], as_json: bool, key: str, out: Path | None = None
) -> None:
    """Rows as JSON under a key, as lines of the named columns, or as a table in a file."""
    from geo.cases.sheets import write_sheet

    if out is not None:
        write_sheet(out, names, ([row[name] for name in names] for row in rows), key)
        typer.echo(out)
    elif as_json:
        typer.echo(json.dumps({key: rows}, ensure_ascii=False, default=str))
    else:
        for row in rows:
            typer.echo("  ".join("-" if row[name] is None else str(row[name]) for name in names))


def print_one(row: Mapping[str, Any], history: Sequence[Any], open_steps: Sequence[str], as_json: bool) -> None:
    """A row with what was done, and what can be done now."""
    if as_json:
        steps = [{name: getattr(step, name) for name in step.__slots__} for step in history]
        told = {**row, "history": steps, "open_steps": list(open_steps)}
        typer.echo(json.dumps(told, ensure_ascii=False, default=str))
        return
    for name, value in row.items():
        typer.echo(f"{name}: {'-' if value is None else value}")
    for step in history:
        typer.echo(f"  {step.n}  {step.at:%Y-%m-%d %H:%M}Z  {step.step} → {step.to_state}  {step.actor}  {step.note}")
    typer.echo("  → " + (", ".join(open_steps) or "-"))
