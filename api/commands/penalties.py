"""``pianqu penalties`` and ``pianqu documents``: what is on file and what is late, subjects masked.

Nothing is signed here: that takes two officers with accounts of their own, over HTTP.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from geo.settings import Settings

penalties_app = typer.Typer(no_args_is_help=True, help="行政处罚案件: what is on file and what is late.")
documents_app = typer.Typer(no_args_is_help=True, help="文书: what is on file, what is late, what must be looked at.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def mount(app: typer.Typer) -> None:
    """Add ``penalties`` and ``documents``."""
    app.add_typer(penalties_app, name="penalties")
    app.add_typer(documents_app, name="documents")


@penalties_app.command("list")
def list_penalties(
    context: typer.Context,
    state: Annotated[str | None, typer.Option(help="Only cases in this state.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the newest 200 cases."""
    from geo.cases.penalties.queries import list_penalties as load

    _print(context, as_json, "penalties", lambda s, t, _: load(s, t, None, state, None, 200), _case)


@penalties_app.command()
def overdue(context: typer.Context, as_json: AsJson = False) -> None:
    """List cases past the day to decide, and decisions past the day to publish."""
    from geo.cases.penalties.actions import list_overdue

    _print(context, as_json, "overdue", list_overdue, lambda row: f"{row['number']}  {row['what']}  {row['due_on']}")


@penalties_app.command()
def referrals(
    context: typer.Context,
    late: Annotated[bool, typer.Option(help="Only unanswered and late.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what was handed to others."""
    from geo.cases.penalties.queries import list_referrals

    _print(
        context, as_json, "referrals", lambda s, t, today: list_referrals(s, t, today, overdue=late),
        lambda row: "  ".join(str(row[n] or "-") for n in ("id", "receiver", "reply_due_on", "reminders", "answer")),
    )  # fmt: skip


@documents_app.command("list")
def list_documents(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only documents of this kind.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the newest 200 documents, without what they say."""
    from geo.cases.notices.queries import list_documents as load

    _print(
        context, as_json, "documents",
        lambda s, t, _: _bare(load(s, t, area=None, kind=kind, state=None, before=None, most=200)), _document,
    )  # fmt: skip


@documents_app.command("overdue")
def overdue_documents(context: typer.Context, as_json: AsJson = False) -> None:
    """List notices nobody has looked at again, and goods held too long."""
    from geo.cases.notices.queries import list_overdue

    _print(context, as_json, "documents", lambda s, t, today: _bare(list_overdue(s, t, today, None)), _document)


@documents_app.command()
def rechecks(context: typer.Context, as_json: AsJson = False) -> None:
    """List what must be looked at again; the worker makes the tasks every hour."""
    from geo.cases.notices.queries import list_rechecks

    _print(context, as_json, "rechecks", lambda s, t, _: list_rechecks(s, t), _recheck)


@documents_app.command()
def seizures(context: typer.Context, as_json: AsJson = False) -> None:
    """List goods that wait for the head's approval (扣押, 先行登记保存, longer 扣押), and refused ones still held."""
    import datetime as dt

    from geo.cases.seizures.actions import list_reports

    now = dt.datetime.now(dt.UTC)
    _print(context, as_json, "seizures", lambda s, t, _: list_reports(s, t, now), _seizure)


def _seizure(row: dict[str, Any]) -> str:
    due = row["due_at"] and row["due_at"].isoformat()
    kind = row["kind"] if row["about"] == "take" else row["about"]
    return _say(
        "seizures.line", kind=_say(f"seizures.{kind}"), document=row["document_id"], number=row["number"] or "-",
        district=row["district_code"], due=due or "-", standing=_say(f"seizures.{row['standing']}"),
    )  # fmt: skip


def _bare(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name != "content_sealed"} for row in rows]


def _case(row: dict[str, Any]) -> str:
    names = ("number", "state", "code", "subject")
    return _say("penalties.line", amount=row["amount_yuan"], due=row["due_on"] or "-", **{n: row[n] for n in names})


def _document(row: dict[str, Any]) -> str:
    facts = {name: row[name] or "-" for name in ("id", "kind", "number", "state", "subject")}
    return _say("notices.line", due=row["due_on"] or "-", **facts)


def _recheck(row: dict[str, Any]) -> str:
    facts = {name: row[name] or "-" for name in ("id", "number", "subject")}
    return _say("notices.recheck_line", due=row["due_on"], district=row["district_code"], **facts)


def _say(message: str, /, **facts: Any) -> str:
    from api.cli import language
    from geo.messages import say

    return say(message, language(), **facts)


def _print(context: typer.Context, as_json: bool, name: str, load: Any, line: Any) -> None:
    from geo.db.counties import get_county
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = load(session, settings.tenant, get_county(session, settings.tenant).today())
    if as_json:
        typer.echo(json.dumps({name: found}, ensure_ascii=False, default=str))
        return
    for row in found:
        typer.echo(line(row))
