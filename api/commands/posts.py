"""``posts …``: 五定守点 in and out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from geo.messages import say
from geo.settings import Settings

posts_app = typer.Typer(no_args_is_help=True, help="Fixed posts: who stands where, when, to do what, judged by what.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@posts_app.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="GeoJSON, or CSV with 经度 and 纬度.")],
    as_json: AsJson = False,
) -> None:
    """Posts with 定人 定时 定岗 定责 定效; one lacking any of the five is refused naming it. All rows or none."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.demand.book.posts import import_posts

    settings: Settings = context.obj
    with Database.open(settings) as database:
        taken, bad = import_posts(database, settings.tenant, file, actor="cli")
    if as_json:
        rows = [{"row": one.row, "code": one.error.code, "facts": dict(one.error.facts)} for one in bad]
        typer.echo(json.dumps({"posts": taken, "bad": rows}, ensure_ascii=False, default=str))
    elif bad:
        for one in bad:
            why = say(one.error.code, language(), **one.error.facts)
            typer.echo(say("posts.row", language(), row=one.row, why=why), err=True)
        typer.echo(say("posts.nothing_taken", language(), bad=len(bad)), err=True)
    else:
        typer.echo(say("posts.saved", language(), posts=taken))
    if bad:
        raise typer.Exit(2)


@posts_app.command("list")
def list_(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also those put away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Posts in use with their people."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.demand.book.posts import list_posts

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_posts(session, every=every)
    if as_json:
        typer.echo(json.dumps(found, ensure_ascii=False, default=str))
        return
    for one in found:
        facts: dict[str, Any] = {**one, "people": "、".join(one["people"])}
        typer.echo(say("posts.line", language(), **facts))


@posts_app.command("end")
def end(context: typer.Context, code: Annotated[str, typer.Argument(help="Code of the post.")]) -> None:
    """Put a post away."""
    from api.cli import language
    from geo.db.engine import Database
    from geo.patrol.demand.book.posts import end_post

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        end_post(session, settings.tenant, code, actor="cli")
    typer.echo(say("posts.ended", language(), post=code))


def mount(app: typer.Typer) -> None:
    """Add ``posts``."""
    app.add_typer(posts_app, name="posts")
