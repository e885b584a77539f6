"""``pianqu bulletin``: 日巡查, 周小结, 月通报 from the command line."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.buildings import AsJson, in_county

bulletin_app = typer.Typer(
    no_args_is_help=True, help="日巡查、周小结、月通报: built from what is on file, issued once."
)

Kind = Annotated[str, typer.Argument(help="day, week or month.")]
On = Annotated[dt.datetime, typer.Argument(formats=["%Y-%m-%d"], help="A local day of the period.")]
Prose = Annotated[bool, typer.Option("--prose", help="Sentences to paste into a paper.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write what it says to this file (.json).")]


def mount(app: typer.Typer) -> None:
    """Add ``bulletin``."""
    app.add_typer(bulletin_app, name="bulletin")


@bulletin_app.command()
def build(
    context: typer.Context, kind: Kind, on: On, path: Out = None, prose: Prose = False, as_json: AsJson = False
) -> None:
    """Tell what the bulletin of a period would say now; nothing is issued."""
    from geo.cases.bulletins.content import build_content

    with in_county(context) as (session, tenant):
        _tell(build_content(session, tenant, kind, on.date()), path, prose, as_json)


@bulletin_app.command()
def issue(
    context: typer.Context,
    kind: Kind,
    on: On,
    note: Annotated[str, typer.Option(help="Why it is issued again, as another edition.")] = "",
    as_json: AsJson = False,
) -> None:
    """Issue it for good."""
    from api.cli import language
    from geo.cases.bulletins.actions import issue_bulletin
    from geo.messages import say

    with in_county(context) as (session, tenant):
        made = issue_bulletin(session, tenant, kind, on.date(), actor="cli", note=note)
    told = _head(made)
    typer.echo(json.dumps(told, ensure_ascii=False) if as_json else say("bulletins.line", language(), **told))


@bulletin_app.command()
def show(
    context: typer.Context,
    kind: Kind,
    on: On,
    edition: Annotated[int | None, typer.Option(min=1, help="Not the newest but this one.")] = None,
    path: Out = None,
    prose: Prose = False,
    as_json: AsJson = False,
) -> None:
    """Tell what was issued."""
    from geo.cases.bulletins.actions import get_bulletin

    with in_county(context) as (session, tenant):
        found = get_bulletin(session, tenant, kind, on.date(), edition)
    _tell(found["content"], path, prose, as_json)


@bulletin_app.command("list")
def list_all(
    context: typer.Context,
    kind: Annotated[str | None, typer.Option(help="Only day, week or month.")] = None,
    as_json: AsJson = False,
) -> None:
    """List what was issued, the newest first."""
    from api.cli import language
    from geo.cases.bulletins.actions import list_bulletins
    from geo.messages import say

    with in_county(context) as (session, tenant):
        rows = [_head(one) for one in list_bulletins(session, tenant, kind)]
    if as_json:
        typer.echo(json.dumps({"bulletins": rows}, ensure_ascii=False))
        return
    for row in rows:
        typer.echo(say("bulletins.line", language(), **row))


def rank_line(row: dict[str, Any]) -> str:
    """A line of a ranking in the reader's language."""
    from api.cli import language
    from geo.messages import say

    score = "-" if row["score_hundredths"] is None else f"{row['score_hundredths'] / 100:.2f}"
    place = say("bulletins.unranked", language()) if row["rank"] is None else row["rank"]
    return say("bulletins.rank", language(), **{**row, "rank": place, "score": score})


def _head(row: dict[str, Any]) -> dict[str, Any]:
    names = ("kind", "from_on", "to_on", "edition", "note", "sha256", "issued_by", "issued_at")
    return {
        name: row[name].isoformat() if isinstance(row[name], dt.date | dt.datetime) else row[name] for name in names
    }


def _tell(content: dict[str, Any], path: Path | None, prose: bool, as_json: bool) -> None:
    from api.cli import language
    from geo.cases.bulletins.prose import to_prose
    from geo.messages import say

    said = json.dumps(content, ensure_ascii=False, sort_keys=True)
    if path is not None:
        path.write_text(said + "\n", encoding="utf-8")
    if as_json:
        typer.echo(said)
        return
    if prose:
        typer.echo(to_prose(content, language()))
        return
    facts = {**content["problems"], "received": content["complaints"]["received"], **content["shifts"]}
    days = {name: content[name] for name in ("county", "from_on", "to_on")}
    typer.echo(say("bulletins.head", language(), **{**facts, **days}))
    for rows in content.get("ranking", {}).values():
        for row in rows:
            typer.echo("  " + rank_line(row))
