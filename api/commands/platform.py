"""``up``, ``down``, ``status``, ``doctor``, ``db …``, ``county …``: running the house."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from geo.errors import Conflict, Invalid
from geo.settings import Settings

if TYPE_CHECKING:
    from geo.db.engine import Database

database_app = typer.Typer(no_args_is_help=True, help="The database: migrate, back up, restore, upgrade, verify.")
county_app = typer.Typer(no_args_is_help=True, help="The counties of this installation.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
EMPTY = "-"
"""How :class:`geo.db.errors.SchemaBehind` names the revision of an empty database."""

GRADES = {"ok": "✓", "warning": "!", "bad": "✗"}


def tell(code: str, **facts: object) -> None:
    """Print a sentence of the message catalogue."""
    from api.cli import language
    from geo.messages import say

    typer.echo(say(code, language(), **facts))


def up(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = None,
) -> None:
    """Start the database, the web server and the worker, and keep them running."""
    from api.supervise import read_state, start_detached, url_of

    settings: Settings = context.obj
    if (state := read_state(settings)) is not None:
        tell("platform.is_up", url=url_of(state["port"]))
        return
    _open_or_begin(settings).close()
    start_detached(settings, port or settings.port)
    tell("platform.is_up", url=url_of(port or settings.port))


def down(context: typer.Context) -> None:
    """Stop everything of this home; acknowledged work is safe."""
    from api.supervise import stop_detached

    tell("platform.stopped" if stop_detached(context.obj) else "platform.was_down")


def status(context: typer.Context, as_json: AsJson = False) -> None:
    """Say what is running."""
    from api.supervise import answers, read_state, url_of

    settings: Settings = context.obj
    state = read_state(settings)
    facts: dict[str, Any] = {"home": str(settings.home), "running": state is not None}
    if state is not None:
        facts |= {"url": url_of(state["port"]), "answers": answers(state["port"]), **state}
    facts["database"] = _database_facts(settings)
    if as_json:
        typer.echo(json.dumps(facts, ensure_ascii=False))
        return
    tell("platform.is_up" if state else "platform.is_down", **({"url": facts["url"]} if state else {}))
    for name, child in (state or {}).get("children", {}).items():
        tell("platform.child", process=name, pid=child["pid"] or "-", restarts=child["restarts"])
    found = facts["database"]
    if found["mode"] == "external":
        tell("platform.external_answers" if found["running"] else "platform.external_away")
    else:
        tell("platform.database_runs" if found["running"] else "platform.database_stopped", **found)


def doctor(context: typer.Context, as_json: AsJson = False) -> None:
    """Check everything that could stop this installation; exit code 1 when something is broken."""
    from api.doctor import examine

    findings = list(examine(context.obj))
    if as_json:
        listed = [{"grade": found.grade, "code": found.code, **found.facts} for found in findings]
        typer.echo(json.dumps(listed, ensure_ascii=False, default=str))
    else:
        from api.cli import language
        from geo.messages import say

        for found in findings:
            typer.echo(f"{GRADES[found.grade]} {say(found.code, language(), **found.facts)}")
    if any(found.grade == "bad" for found in findings):
        raise typer.Exit(1)


@database_app.command()
def migrate(context: typer.Context) -> None:
    """Bring the schema to this version, and close every table to other counties again."""
    from geo.db.engine import Database
    from geo.db.schema import head, upgrade

    with Database.unchecked(context.obj) as database:
        upgrade(database)
        database.check()
    tell("platform.migrated", revision=head())


@database_app.command()
def backup(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="File to write; must not exist.")]
) -> None:
    """Write everything into one file, while the service runs."""
    from geo.db.upgrade import backup as write_backup

    size = write_backup(context.obj, file)
    tell("platform.backed_up", file=str(file), mb=round(size / (1 << 20), 1))


@database_app.command()
def restore(
    context: typer.Context, file: Annotated[Path, typer.Argument(help="A file of `pianqu db backup`.")]
) -> None:
    """Put a backup in place of the present data, which are kept in a folder beside."""
    from geo.db.upgrade import restore as put_back

    _must_be_down(context.obj)
    kept = put_back(context.obj, file)
    tell("platform.restored", file=str(file), kept=str(kept or "-"))


@database_app.command()
def upgrade(
    context: typer.Context,
    from_dump: Annotated[Path | None, typer.Option(help="Start from this backup instead of the old programs.")] = None,
) -> None:
    """Move the data to the newest PostgreSQL of this machine; the old folder is kept."""
    from geo.db.upgrade import upgrade as move

    _must_be_down(context.obj)
    kept = move(context.obj, from_dump)
    if kept is None:
        tell("platform.nothing_to_upgrade")
    else:
        tell("platform.upgraded", kept=str(kept))


@database_app.command()
def prepare(
    context: typer.Context,
    superuser: Annotated[str | None, typer.Option("--as", help="URL of a superuser of the external database.")] = None,
    login: Annotated[str | None, typer.Option(help="Role that Pianqu connects as.")] = None,
) -> None:
    """Print what a superuser must run once on an external database, or run it with --as."""
    import psycopg

    from geo.db.external import connect, preparation

    settings: Settings = context.obj
    if settings.database_url is None:
        raise Invalid("platform.prepare_external_only")
    told = psycopg.conninfo.conninfo_to_dict(settings.database_url)
    user, name = login or str(told.get("user") or ""), str(told.get("dbname") or told.get("user") or "")
    if not user:
        raise Invalid("platform.prepare_needs_login")
    statements = preparation(user, name)
    if superuser is None:
        typer.echo("".join(f"{statement.strip()};\n" for statement in statements))
        return
    with connect(superuser, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)
    tell("platform.prepared")


@database_app.command()
def verify(
    context: typer.Context,
    heads: Annotated[
        Path | None, typer.Option(help="Compare with chain heads kept in this file, one JSON a line.")
    ] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Add today's chain heads to this file, best on other media.")
    ] = None,
) -> None:
    """Recompute the change log of every county."""
    from dataclasses import asdict

    from geo.db.counties import list_counties
    from geo.db.engine import Database
    from geo.db.sequencer import Head, chain_heads, verify_chain

    anchors: dict[str, list[Head]] = {}
    for number, line in enumerate(heads.read_text(encoding="utf-8").splitlines() if heads else (), start=1):
        try:
            head = Head(**json.loads(line))
        except (ValueError, TypeError):
            raise Invalid("platform.bad_heads", file=str(heads), line=number) from None
        anchors.setdefault(head.tenant, []).append(head)
    with Database.open(context.obj) as database:
        names = {county.code: county.name for county in list_counties(database)}
        # A county that is known only from kept heads was removed with all its changes: its chain is cut.
        for code in sorted({*names, *anchors}):
            with database.begin(code) as session:
                found = verify_chain(session, code)
                for anchor in anchors.get(code, ()):
                    verify_chain(session, code, anchor=anchor)
            tell("doctor.county", county=code, title=names.get(code, "-"), changes=found.seq if found else 0)
        if keep:
            with keep.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(asdict(head)) + "\n" for head in chain_heads(database))


@county_app.command()
def add(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Six-digit code, frozen from now on.")],
    name: Annotated[str, typer.Option(help="Name of the county.")],
    extent: Annotated[str | None, typer.Option(help="west,south,east,north in degrees.")] = None,
    source: Annotated[Path | None, typer.Option("--from", help="Take the extent from this map file.")] = None,
    time_zone: Annotated[str, typer.Option(help="IANA name.")] = "Asia/Shanghai",
    calendar: Annotated[str, typer.Option(help="Holiday calendar.")] = "cn",
) -> None:
    """Add a county; where lengths are measured follows from its extent."""
    from geo.db.counties import create_county

    box = _sides(extent) if extent else _extent_of(source)
    with _open_or_begin(context.obj) as database:
        county = create_county(database, code, name, box, time_zone=time_zone, calendar=calendar)
    tell("platform.county_added", county=county.code, title=county.name, srid=county.metric_srid)


@county_app.command("list")
def list_them(context: typer.Context, as_json: AsJson = False) -> None:
    """List the counties."""
    from dataclasses import asdict

    from geo.db.counties import list_counties
    from geo.db.engine import Database

    with Database.open(context.obj) as database:
        counties = list_counties(database)
    if as_json:
        typer.echo(json.dumps([asdict(county) for county in counties], ensure_ascii=False))
        return
    for county in counties:
        sides = ", ".join(f"{side:.4f}" for side in county.extent)
        typer.echo(f"{county.code}  {county.name}  EPSG:{county.metric_srid}  {county.time_zone}  [{sides}]")


@county_app.command("map-number")
def map_number(
    context: typer.Context,
    number: Annotated[str, typer.Argument(help="审图号, as GS(2026)1234号; without one, say what is entered.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take the map away from the public again.")] = False,
) -> None:
    """Enter the 审图号 of the county's map: from then on anybody may see the public map and its places."""
    from geo.db.counties import get_county, number_map
    from geo.db.engine import Database

    settings: Settings = context.obj
    with Database.open(settings) as database:
        if number or remove:
            number_map(database, settings.tenant, "" if remove else number.strip(), actor="cli")
            _build_again(database, settings)
        with database.begin(settings.tenant) as session:
            entered = get_county(session, settings.tenant).map_number
    tell("platform.map_open" if entered else "platform.map_closed", number=entered, county=settings.tenant)


def _build_again(database: Database, settings: Settings) -> None:
    """Have the worker build the county's pages again, of the day they show; nothing where none were built."""
    from api.jobs.actions import request_job
    from api.pages import folder_of, read_index

    index = read_index(folder_of(settings, settings.tenant))
    if index is None:
        return
    with database.begin(settings.tenant) as session:
        request_job(session, settings.tenant, "build_dashboards", {"on_date": index.on_date}, "cli", lock="dashboards")
    tell("platform.pages_again")


def _sides(extent: str) -> tuple[float, float, float, float]:
    """The four numbers of ``west,south,east,north``.

    Examples
    --------
    >>> _sides("117.8, 28.1,118.2,28.5")
    (117.8, 28.1, 118.2, 28.5)
    """
    try:
        west, south, east, north = (float(side) for side in extent.split(","))
    except ValueError:
        raise Invalid("county.extent", extent=extent) from None
    return west, south, east, north


def _extent_of(source: Path | None) -> tuple[float, float, float, float]:
    """The box of a map file in degrees, a hundredth of its size (at least 0.01°) wider on each side."""
    if source is None:
        raise Invalid("platform.extent_or_file")
    from geo.layers.readers import extent_of

    west, south, east, north = extent_of(source)
    margin = max((east - west) / 100, (north - south) / 100, 0.01)
    return west - margin, south - margin, east + margin, north + margin


def _open_or_begin(settings: Settings) -> Database:
    """The database; an empty one gets its schema, one that is behind is never changed unasked."""
    from geo.db.engine import Database
    from geo.db.errors import SchemaBehind

    try:
        return Database.open(settings)
    except SchemaBehind as behind:
        if behind.facts["now"] != EMPTY:
            raise
        return Database.open(settings, migrate=True)


def _must_be_down(settings: Settings) -> None:
    from api.supervise import is_up

    if is_up(settings):
        raise Conflict("backup.service_is_up")


def _database_facts(settings: Settings) -> dict[str, Any]:
    from geo.db.cluster import Cluster

    if settings.database_url is not None:
        return {"mode": "external", "running": _external_answers(settings.database_url), "pid": "-", "folder": "-"}
    cluster = Cluster(settings)
    found = cluster.postmaster()
    return {
        "mode": "embedded",
        "running": found is not None and found.ready,
        "pid": found.pid if found else "-",
        "folder": str(cluster.data),
        "socket": str(found.socket_folder) if found else None,
    }


def _external_answers(address: str) -> bool:
    from geo.db.errors import DatabaseAway
    from geo.db.external import connect

    try:
        connect(address).close()
    except DatabaseAway:
        return False
    return True


def mount(app: typer.Typer) -> None:
    """Add the commands of this file."""
    for command in (up, down, status, doctor):
        app.command()(command)
    app.add_typer(database_app, name="db")
    app.add_typer(county_app, name="county")
