"""``pianqu subjects``: what of the files of offenders is done at the machine: listed masked, expired, proved gone.

Nothing is signed or opened whole here: that takes an account of one's own, over HTTP.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from geo.settings import Settings

subjects_app = typer.Typer(no_args_is_help=True, help="违法人员档案: listed masked, expired, proved gone.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def mount(app: typer.Typer) -> None:
    """Add ``subjects``."""
    app.add_typer(subjects_app, name="subjects")


@subjects_app.command("list")
def list_all(
    context: typer.Context,
    reference: Annotated[str, typer.Option(help="Number of the case or order this look is for.")],
    purpose: Annotated[str, typer.Option(help="What for.")] = "inspection",
    as_json: AsJson = False,
) -> None:
    """List the newest 200 files, masked; that they were listed is logged."""
    from api.cli import language
    from geo.cases.subjects.actions import Purpose, Reader, list_files
    from geo.db.engine import Database
    from geo.messages import say

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_files(session, settings.tenant, Reader("cli"), Purpose(purpose, reference), most=200)
    if as_json:
        typer.echo(json.dumps({"subjects": found}, ensure_ascii=False, default=str))
        return
    for row in found:
        names = ("id", "kind", "state", "mask")
        said = {name: row[name] for name in names}
        typer.echo(say("subjects.line", language(), district=row["district_code"], **said))


@subjects_app.command()
def expire(context: typer.Context, as_json: AsJson = False) -> None:
    """Delete what has expired by today and write the proof; the worker does the same every hour."""
    from dataclasses import asdict

    from api.cli import language
    from geo.cases.retention.actions import expire_files
    from geo.db.counties import get_county
    from geo.db.engine import Database
    from geo.messages import say

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        done = expire_files(session, settings.tenant, get_county(session, settings.tenant).today(), "cli")
    if as_json:
        typer.echo(json.dumps({"deleted": [asdict(one) for one in done]}))
        return
    for one in done:
        typer.echo(say("subjects.deleted", language(), what=one.what, gone=one.gone, proof=one.proof_id))
    if not done:
        typer.echo(say("subjects.nothing_expired", language()))


@subjects_app.command()
def deletions(context: typer.Context, as_json: AsJson = False) -> None:
    """List what has expired and is gone, with the digest of the ids."""
    from geo.cases.retention.queries import list_proofs
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        found = list_proofs(session, settings.tenant)
    if as_json:
        typer.echo(json.dumps({"deletions": found}, ensure_ascii=False, default=str))
        return
    for row in found:
        typer.echo(f"{row['id']}  {row['what']}  <{row['before_on']}  {row['gone']}  {row['ids_sha256']}")
