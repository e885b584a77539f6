"""``pianqu contacts``: contact points, and who was there when."""

from __future__ import annotations

import uuid
from typing import Annotated

import typer

from api.commands.registers import ACTOR, AsJson, From, Out, To, Uid, county_at_hand, days_of, moment, tell, tell_rows

contacts_app = typer.Typer(no_args_is_help=True, help="联系点: visits of communities, enterprises and sites.")

Contact = Annotated[int, typer.Argument(help="The contact point.", min=1)]


@contacts_app.command("list")
def list_all(
    context: typer.Context, first: From = None, last: To = None, out: Out = None, as_json: AsJson = False
) -> None:
    """List contact points with their visits of some days, those visited longest ago first."""
    from geo.cases.contacts.actions import list_contacts

    columns = ("id", "name", "kind", "unit_code", "visits", "people", "last_at")
    with county_at_hand(context) as (session, tenant):
        rows = list_contacts(session, tenant, *days_of(session, tenant, first, last))
        tell_rows(rows, columns, key="contacts", as_json=as_json, out=out)


@contacts_app.command("visits")
def visits(context: typer.Context, contact: Contact, out: Out = None, as_json: AsJson = False) -> None:
    """List the visits of one contact point, the newest first."""
    from geo.cases.contacts.actions import list_visits

    with county_at_hand(context) as (session, tenant):
        rows = list_visits(session, tenant, contact)
        tell_rows(rows, ("id", "at", "people", "topic", "staff"), key="visits", as_json=as_json, out=out)


@contacts_app.command("visit")
def visit(
    context: typer.Context,
    contact: Contact,
    people: Annotated[int, typer.Argument(min=0, help="How many were met: 人次.")],
    topic: Annotated[str, typer.Argument(help="What it was about; no names or numbers of people.")],
    staff: Annotated[str, typer.Option(help="Staff number of who went.")],
    at: Annotated[str | None, typer.Option("--at", help="Local time, YYYY-MM-DDTHH:MM (default: now).")] = None,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Write a visit down; the same uid again changes nothing."""
    from geo.cases.contacts.actions import Visit, record_visit
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        made = Visit(
            uuid.UUID(uid) if uid else uuid7(), contact, moment(session, tenant, at), people, topic, staff
        )  # fmt: skip
        tell({"visit": record_visit(session, tenant, made, actor=ACTOR)}, as_json)


def mount(app: typer.Typer) -> None:
    """Add ``contacts``."""
    app.add_typer(contacts_app, name="contacts")
