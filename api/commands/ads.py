"""``pianqu ads``: ads by fault, before a storm, over a year; the ledger of guidance and removals."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import Annotated

import typer

from api.commands.registers import (
    ACTOR,
    AsJson,
    From,
    Out,
    To,
    Uid,
    county_at_hand,
    days_of,
    moment,
    tell,
    tell_rows,
)

ads_app = typer.Typer(no_args_is_help=True, help="Outdoor ads and signs: permits, hazards, the ledger of removals.")

COLUMNS = (
    "code", "kind", "street", "place", "area_dm2", "permit_number", "permitted_to_on", "faults", "hazard_level",
    "district_code",
)  # fmt: skip
LEDGER = (
    "id", "ad_code", "kind", "measure", "quantity", "unit", "ordered_on", "due_on", "state", "done_on", "place",
    "notice", "district_code",
)  # fmt: skip


@ads_app.command("list")
def list_all(
    context: typer.Context,
    fault: Annotated[
        str | None, typer.Option(help="unpermitted, revoked, expired, oversize, uninspected or hazard.")
    ] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Ads that stand, with what is wrong with each today."""
    from geo.cases.ads.actions import list_ads

    with county_at_hand(context) as (session, tenant):
        _, today = days_of(session, tenant, None, None)
        tell_rows(list_ads(session, tenant, today, fault=fault), COLUMNS, key="ads", as_json=as_json, out=out)


@ads_app.command()
def storm(context: typer.Context, out: Out = None, as_json: AsJson = False) -> None:
    """What the wind may bring down, the worst first."""
    from geo.cases.ads.actions import list_before_storm

    with county_at_hand(context) as (session, tenant):
        _, today = days_of(session, tenant, None, None)
        tell_rows(list_before_storm(session, tenant, today), COLUMNS, key="ads", as_json=as_json, out=out)


@ads_app.command()
def figures(context: typer.Context, first: From = None, last: To = None, as_json: AsJson = False) -> None:
    """Figures of a span with the records they are counted from."""
    from geo.cases.ads.actions import count_ads

    with county_at_hand(context) as (session, tenant):
        span = days_of(session, tenant, first, last)
        columns = ("name", "quantity", "unit", "of", "ids") if as_json else ("name", "quantity", "unit")
        tell_rows(count_ads(session, tenant, *span), columns, key="figures", as_json=as_json)


@ads_app.command()
def hazard(
    context: typer.Context,
    ad: Annotated[str, typer.Argument(help="The ad's number.")],
    number: Annotated[int, typer.Argument(help="The hazard on the register of hazards.")],
) -> None:
    """Say that a hazard is about an ad."""
    from geo.cases.ads.actions import link_hazard

    with county_at_hand(context) as (session, tenant):
        link_hazard(session, tenant, ad, number, actor=ACTOR)


@ads_app.command("raise")
def raise_(
    context: typer.Context,
    ad: Annotated[str, typer.Argument(help="The ad's number.")],
    level: Annotated[str, typer.Argument(help="major or general.")],
    description: Annotated[str, typer.Argument(help="What is wrong.")],
    at: Annotated[str | None, typer.Option(help="Local time, YYYY-MM-DDTHH:MM (default: now).")] = None,
    staff: Annotated[str | None, typer.Option(help="Staff number of who answers for it.")] = None,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Report a hazard of an ad to the register of hazards."""
    from geo.cases.ads.actions import raise_hazard
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        made, when = uuid.UUID(uid) if uid else uuid7(), moment(session, tenant, at)
        number = raise_hazard(session, tenant, ad, made, level, when, description, actor=ACTOR, staff=staff)
        tell({"hazard": number}, as_json)


@ads_app.command("show-as")
def show_as_(
    context: typer.Context,
    ad: Annotated[str, typer.Argument(help="The ad's number.")],
    shown: Annotated[str, typer.Argument(help="What it says, without the name of a person.")],
) -> None:
    """Say how an ad is named outside; until then it is nameless there."""
    from geo.cases.ads.actions import show_as

    with county_at_hand(context) as (session, tenant):
        show_as(session, tenant, ad, shown, actor=ACTOR)


@ads_app.command()
def orders(
    context: typer.Context,
    first: From = None,
    last: To = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that nothing was done about yet.")] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """The ledger: ordered on these days."""
    from geo.cases.ads.orders import list_orders

    with county_at_hand(context) as (session, tenant):
        begin, end = days_of(session, tenant, first, last)
        _, today = days_of(session, tenant, None, None)
        rows = list_orders(session, tenant, today, open_only=open_only, first=begin, last=end)
        tell_rows(rows, LEDGER, key="orders", as_json=as_json, out=out)


@ads_app.command()
def order(
    context: typer.Context,
    measure: Annotated[str, typer.Argument(help="guide or remove.")],
    ad: Annotated[str | None, typer.Option(help="Number of an ad of the register.")] = None,
    kind: Annotated[str | None, typer.Option(help="Kind, where it is no ad of the register.")] = None,
    lon: Annotated[float | None, typer.Option(help="Longitude, degrees.")] = None,
    lat: Annotated[float | None, typer.Option(help="Latitude, degrees.")] = None,
    quantity: Annotated[float, typer.Option(help="How many.")] = 1,
    unit: Annotated[str, typer.Option(help="Of what.")] = "处",
    on: Annotated[str | None, typer.Option(help="Day it was ordered (default: today).")] = None,
    due: Annotated[str | None, typer.Option(help="Last day for the owner.")] = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    notice: Annotated[str | None, typer.Option(help="Number of the notice.")] = None,
    place: Annotated[str, typer.Option(help="Place in words.")] = "",
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Write an order down."""
    from api.commands.days import read_date
    from geo.cases.ads.orders import OrderDraft, open_order, show_order
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        _, day = days_of(session, tenant, None, on)
        draft = OrderDraft(
            uuid.UUID(uid) if uid else uuid7(), measure, day, ad, kind, lon, lat, quantity, unit,
            read_date(due) if due else None, reason, notice, place,
        )  # fmt: skip
        number = open_order(session, tenant, draft, actor=ACTOR)
        tell(show_order(session, tenant, number), as_json)


@ads_app.command()
def step(
    context: typer.Context,
    number: Annotated[int, typer.Argument(help="Line of the ledger.")],
    name: Annotated[str, typer.Argument(help="conform, remove_self, remove, extend or withdraw.")],
    at: Annotated[str | None, typer.Option(help="Local time, YYYY-MM-DDTHH:MM (default: now).")] = None,
    due: Annotated[str | None, typer.Option(help="The new last day, of an extension.")] = None,
    urgent: Annotated[str, typer.Option(help="Why a removal by the bureau cannot wait.")] = "",
    paper: Annotated[str, typer.Option(help="Where the proof lies on paper, if there are no pictures.")] = "",
    note: Annotated[str, typer.Option(help="In words.")] = "",
    as_json: AsJson = False,
) -> None:
    """Take a step with an order."""
    from api.commands.days import read_date
    from geo.cases.ads.orders import show_order, take_step

    with county_at_hand(context) as (session, tenant):
        when: dt.datetime = moment(session, tenant, at)
        take_step(
            session, tenant, number, name, at=when, actor=ACTOR, note=note, urgent=urgent, paper=paper,
            due_on=read_date(due) if due else None,
        )  # fmt: skip
        tell(show_order(session, tenant, number), as_json)


@ads_app.command("import-orders")
def import_orders_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV or .xlsx: 措施 责令日期 类别 ….")],
    as_json: AsJson = False,
) -> None:
    """Take an older ledger; each row that is not taken is told."""
    from geo.cases.ads.orders import import_orders

    with county_at_hand(context) as (session, tenant):
        tell(import_orders(session, tenant, file, actor=ACTOR).as_json(), as_json)


def mount(app: typer.Typer) -> None:
    """Add ``ads``."""
    app.add_typer(ads_app, name="ads")
