"""Accounts, keys, and the two processes that serve them."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from geo.db.engine import Database

DEMO_FILE = "demo-accounts.json"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]

accounts = typer.Typer(help="People who may sign in.", no_args_is_help=True)
keys = typer.Typer(help="Keys for other systems.", no_args_is_help=True)


def mount(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(accounts, name="account")
    app.add_typer(keys, name="key")
    app.command()(serve)
    app.command()(worker)


def serve(
    context: typer.Context,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="TCP port (default: the settings').")] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
) -> None:
    """Answer HTTP requests until told to stop."""
    import uvicorn

    from api.app import create_app
    from api.logs import configure_logs

    settings: Settings = context.obj
    configure_logs(settings, "serve")
    uvicorn.run(
        create_app(settings), host=host, port=port or settings.port, access_log=False, log_config=None,
        server_header=False, timeout_graceful_shutdown=5, h11_max_incomplete_event_size=64 << 10,
    )  # fmt: skip


def worker(context: typer.Context) -> None:
    """Run jobs and number changes until told to stop."""
    from api.jobs.worker import run_worker
    from api.logs import configure_logs

    settings: Settings = context.obj
    configure_logs(settings, "worker")
    run_worker(settings)


@accounts.command("add")
def add(
    context: typer.Context,
    login: str,
    role: Annotated[str, typer.Option(help="planner, leader, officer, auxiliary, desk or administrator.")],
    unit: Annotated[
        str | None, typer.Option(help="Code of the organisation unit it belongs to; none: the county.")
    ] = None,
) -> None:
    """Add an account; the password is read from the terminal, or made and printed."""
    from api.auth.actions import add_account

    password, made = _ask_password()
    with _in_county(context.obj) as session:
        add_account(session, context.obj.tenant, login, password, role, unit)
    typer.echo(f"{login} {password}" if made else login)


@accounts.command("list")
def list_accounts(context: typer.Context, as_json: AsJson = False) -> None:
    """Logins with role, state and the staff number of who is behind them."""
    from api.auth.queries import load_accounts

    with _in_county(context.obj) as session:
        rows = [
            {
                "login": account.login, "role": account.role, "unit": unit, "staff": staff,
                "state": "active" if account.active else "closed",
                "last_login_at": account.last_login_at.isoformat(timespec="seconds") if account.last_login_at else None,
            }
            for account, unit, staff, _ in load_accounts(session, context.obj.tenant)
        ]  # fmt: skip
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        typer.echo("\t".join(str(row[name] or "-") for name in ("login", "role", "state", "last_login_at", "staff")))


@accounts.command("link")
def link(
    context: typer.Context,
    login: str,
    staff: Annotated[str, typer.Argument(help="Staff number.")],
    as_json: AsJson = False,
) -> None:
    """Say which member of staff an account is: my day, my calendar and my leave are then found by login."""
    from api.auth.actions import link_account

    with _in_county(context.obj) as session:
        link_account(session, context.obj.tenant, login, staff, actor="cli")
    _tell("auth.linked", as_json, login=login, staff=staff)


@accounts.command("unlink")
def unlink(context: typer.Context, login: str, as_json: AsJson = False) -> None:
    """Say that an account is nobody's."""
    from api.auth.actions import unlink_account

    with _in_county(context.obj) as session:
        unlink_account(session, context.obj.tenant, login, actor="cli")
    _tell("auth.unlinked", as_json, login=login)


@accounts.command("password")
def password(context: typer.Context, login: str) -> None:
    """Give an account another password; its sessions end."""
    from api.auth.actions import set_password

    chosen, made = _ask_password()
    with _in_county(context.obj) as session:
        set_password(session, context.obj.tenant, login, chosen)
    typer.echo(f"{login} {chosen}" if made else login)


@keys.command("create")
def create(
    context: typer.Context,
    name: str,
    scope: Annotated[
        list[str], typer.Option(help="layers:read, layers:write, plans:read, jobs:read; may be repeated.")
    ],
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days until it expires.")] = None,
) -> None:
    """Make a key and print it, once."""
    from api.auth.actions import create_key

    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=days) if days else None
    with _in_county(context.obj) as session:
        key = create_key(session, context.obj.tenant, name, scope, until)
    typer.echo(str(key))


@keys.command("list")
def list_keys(context: typer.Context) -> None:
    """Names, prefixes, scopes and state; never the secrets."""
    from api.auth.queries import load_keys

    with _in_county(context.obj) as session:
        for key in load_keys(session, context.obj.tenant):
            state = "revoked" if key.revoked_at else "in force"
            until = key.expires_at.date().isoformat() if key.expires_at else "-"
            typer.echo(f"{key.name}\t{key.prefix}\t{','.join(key.scopes)}\t{state}\t{until}")


@keys.command("revoke")
def revoke_key(context: typer.Context, name: str) -> None:
    """Take a key, by name or prefix, out of force."""
    from api.auth.actions import revoke

    with _in_county(context.obj) as session:
        revoke(session, context.obj.tenant, name)


def ensure_demo_accounts(database: Database, tenant: str) -> list[tuple[str, str, str]]:
    """One account a role, with random passwords kept in the home folder for the next run to print.

    Behind those of the street is somebody of their squad, so that each finds a day and a route of its own.

    Returns
    -------
    list of (login, password, role)
        A password that was changed since is the one in force no more; only missing accounts are made.
    """
    from api.auth.actions import add_account, link_account
    from api.auth.credentials import make_password
    from api.auth.queries import find_account, find_first_member
    from geo.tables.accounts import ROLES

    path = database.settings.home / DEMO_FILE
    kept: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    passwords = {role: kept.get(tenant, {}).get(role) or make_password() for role in ROLES}
    # Written first: an account whose password nobody knows would be worse than a line too many.
    _write_secret(path, json.dumps({**kept, tenant: passwords}, indent=2))
    with database.begin(tenant) as session:
        for role, chosen in passwords.items():
            if find_account(session, tenant, role) is None:
                unit = _demo_unit(session, tenant, role)
                add_account(session, tenant, role, chosen, role, unit)
                member = find_first_member(session, tenant, role, unit) if unit else None
                if member is not None:
                    link_account(session, tenant, role, member, actor="cli")
    return [(role, chosen, role) for role, chosen in passwords.items()]


def _demo_unit(session: Session, tenant: str, role: str) -> str | None:
    """Roles of the street belong to a squad that has a 片区, the others to the whole county."""
    from api.auth.queries import find_first_squad

    return find_first_squad(session, tenant) if role in ("leader", "officer", "auxiliary") else None


@contextmanager
def _in_county(settings: Settings) -> Iterator[Session]:
    """A transaction in the county that is meant, if there is one."""
    from geo.db.counties import get_county
    from geo.db.engine import Database

    with Database.open(settings) as database, database.begin(settings.tenant) as session:
        get_county(session, settings.tenant)
        yield session


def _tell(code: str, as_json: bool, **facts: str) -> None:
    from api.cli import language
    from geo.messages import say

    typer.echo(json.dumps(facts, ensure_ascii=False) if as_json else say(code, language(), **facts))


def _ask_password() -> tuple[str, bool]:
    """The password, and whether it was made here: typed twice at a terminal, or a line of a pipe; empty makes one."""
    from api.auth.credentials import make_password

    if sys.stdin.isatty():
        ask = "Password (empty: make one)"
        typed = typer.prompt(ask, default="", hide_input=True, confirmation_prompt=True, show_default=False)
    else:
        typed = sys.stdin.readline().rstrip("\n")
    return (typed, False) if typed else (make_password(), True)


def _write_secret(path: Path, text: str) -> None:
    """Write a file that only its owner reads, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    side = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    side.replace(path)
