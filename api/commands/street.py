"""``pianqu restaurants``, ``parking``, ``noise`` and ``fireworks``: small registers of the street."""

from __future__ import annotations

import uuid
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

restaurants_app = typer.Typer(no_args_is_help=True, help="Restaurants: fume devices, cleaning, surveys before opening.")
parking_app = typer.Typer(no_args_is_help=True, help="Bays and zones: counts, room that is lacking, tickets.")
noise_app = typer.Typer(no_args_is_help=True, help="Noise by place and hour.")
fireworks_app = typer.Typer(no_args_is_help=True, help="Firework zones, and feasts visited before their day.")

Lon = Annotated[float, typer.Argument(help="Longitude, degrees.")]
Lat = Annotated[float, typer.Argument(help="Latitude, degrees.")]
At = Annotated[str | None, typer.Option("--at", help="Local time, YYYY-MM-DDTHH:MM (default: now).")]
Day = Annotated[str | None, typer.Option("--on", help="Local day (default: today).")]


@restaurants_app.command("list")
def list_restaurants_(
    context: typer.Context,
    fault: Annotated[str | None, typer.Option(help="no_device, never, overdue, unsurveyed or unfit.")] = None,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Restaurants in business with what is wrong with each today."""
    from geo.cases.restaurants.actions import list_restaurants

    columns = (
        "code", "name", "trade", "device", "cleaned_on", "cleaning_due_on", "opened_on", "surveyed_on", "faults",
        "district_code",
    )  # fmt: skip
    with county_at_hand(context) as (session, tenant):
        _, today = days_of(session, tenant, None, None)
        rows = list_restaurants(session, tenant, today, fault=fault)
        tell_rows(rows, columns, key="restaurants", as_json=as_json, out=out)


@restaurants_app.command("show")
def show_restaurant_(context: typer.Context, code: str, as_json: AsJson = False) -> None:
    """One restaurant with its cleanings and surveys, and what was said near it."""
    from geo.cases.restaurants.actions import show_restaurant

    with county_at_hand(context) as (session, tenant):
        _, today = days_of(session, tenant, None, None)
        tell(show_restaurant(session, tenant, code, today), as_json)


@restaurants_app.command()
def clean(
    context: typer.Context,
    code: str,
    on: Day = None,
    cleaner: Annotated[str, typer.Option(help="Who cleaned.")] = "",
    seen: Annotated[bool, typer.Option("--seen", help="An officer saw the clean device.")] = False,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Note a cleaning of the device."""
    from geo.cases.restaurants.actions import record_cleaning
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        _, day = days_of(session, tenant, None, on)
        made = uuid.UUID(uid) if uid else uuid7()
        new = record_cleaning(session, tenant, made, code, day, actor=ACTOR, cleaner=cleaner, seen=seen)
        tell({"new": new}, as_json)


@restaurants_app.command()
def survey(
    context: typer.Context,
    code: str,
    housing: Annotated[str, typer.Argument(help="none, dwelling, mixed or beside (next to flats).")],
    flue: Annotated[bool, typer.Option("--flue", help="There is a flue of its own.")] = False,
    device: Annotated[bool, typer.Option("--device", help="A fume device is planned.")] = False,
    verdict: Annotated[str | None, typer.Option(help="fit, conditions or unfit; the law's proposal else.")] = None,
    note: Annotated[str, typer.Option(help="In words.")] = "",
    on: Day = None,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Note a survey before the kitchen opens."""
    from geo.cases.restaurants.actions import Survey, record_survey
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        _, day = days_of(session, tenant, None, on)
        made = uuid.UUID(uid) if uid else uuid7()
        draft = Survey(made, code, day, flue, housing, device, verdict, note)
        tell({"verdict": record_survey(session, tenant, draft, actor=ACTOR)}, as_json)


@restaurants_app.command()
def names(context: typer.Context, as_json: AsJson = False) -> None:
    """Show restaurants outside as their shop fronts are shown."""
    from geo.cases.restaurants.actions import take_names

    with county_at_hand(context) as (session, tenant):
        tell({"changed": take_names(session, tenant, actor=ACTOR)}, as_json)


@parking_app.command("list")
def list_bays_(
    context: typer.Context,
    first: From = None,
    last: To = None,
    kind: Annotated[str | None, typer.Option(help="bike_bay, car_bay or shared_bike.")] = None,
    lacking: Annotated[bool, typer.Option("--lacking", help="Only those with too few places.")] = False,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Bays and zones against what was counted on these days."""
    from geo.cases.parking.actions import list_bays

    columns = ("code", "kind", "name", "street", "capacity", "counts", "peak", "gap", "full_permille", "district_code")
    with county_at_hand(context) as (session, tenant):
        span = days_of(session, tenant, first, last)
        rows = list_bays(session, tenant, *span, kind=kind, lacking=lacking)
        tell_rows(rows, columns, key="bays", as_json=as_json, out=out)


@parking_app.command()
def gaps(context: typer.Context, first: From = None, last: To = None, out: Out = None, as_json: AsJson = False) -> None:
    """Places lacking by 片区 and kind."""
    from geo.cases.parking.actions import list_bays, sum_gaps

    with county_at_hand(context) as (session, tenant):
        rows = sum_gaps(list_bays(session, tenant, *days_of(session, tenant, first, last)))
        columns = ("district_code", "kind", "bays", "capacity", "counted", "lacking")
        tell_rows(rows, columns, key="districts", as_json=as_json, out=out)


@parking_app.command("count")
def count_bay_(
    context: typer.Context,
    bay: str,
    parked: int,
    strays: Annotated[int, typer.Option(help="Astray around it for want of room.")] = 0,
    at: At = None,
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Note what stands in a bay."""
    from geo.cases.parking.actions import count_bay
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        when, made = moment(session, tenant, at), uuid.UUID(uid) if uid else uuid7()
        tell({"lacking": count_bay(session, tenant, made, bay, parked, strays, when, actor=ACTOR)}, as_json)


@parking_app.command("ticket")
def ticket(
    context: typer.Context,
    vehicle: Annotated[str, typer.Argument(help="car, truck, ebike or other.")],
    tickets: Annotated[int, typer.Argument(help="台次.")],
    lon: Lon,
    lat: Lat,
    on: Day = None,
    place: Annotated[str, typer.Option(help="Place in words.")] = "",
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Note how many vehicles were ticketed at a place on a day."""
    from geo.cases.parking.actions import note_tickets
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        _, day = days_of(session, tenant, None, on)
        made = uuid.UUID(uid) if uid else uuid7()
        new = note_tickets(session, tenant, made, day, vehicle, tickets, lon, lat, actor=ACTOR, place=place)
        tell({"new": new}, as_json)


@parking_app.command("tickets")
def tickets_(
    context: typer.Context, first: From = None, last: To = None, out: Out = None, as_json: AsJson = False
) -> None:
    """抄牌 in 台次 by 片区 and vehicle."""
    from geo.cases.parking.actions import sum_tickets

    with county_at_hand(context) as (session, tenant):
        rows = sum_tickets(session, tenant, *days_of(session, tenant, first, last))
        columns = ("district_code", "vehicle", "tickets", "records")
        tell_rows(rows, columns, key="tickets", as_json=as_json, out=out)


@noise_app.command("places")
def places(
    context: typer.Context,
    first: From = None,
    last: To = None,
    least: Annotated[int, typer.Option(help="Things a place must have.")] = 2,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Places of noise with most callers first; with --json hour by weekday."""
    from geo.cases.noise.actions import list_places

    columns = ("name", "district_code", "callers", "complaints", "events", "lon", "lat")
    with county_at_hand(context) as (session, tenant):
        rows = list_places(session, tenant, *days_of(session, tenant, first, last), least=least)
        tell_rows(rows, columns, key="places", as_json=as_json, out=out)


@fireworks_app.command("ask")
def ask(context: typer.Context, lon: Lon, lat: Lat, at: At = None, as_json: AsJson = False) -> None:
    """May fireworks be lit at a place at a time?"""
    from geo.cases.fireworks.actions import allowed_at, zones_on

    with county_at_hand(context) as (session, tenant):
        when = moment(session, tenant, at)
        zones = [one.name or str(one.id) for one in zones_on(session, tenant, lon, lat, when.date())]
        tell({"allowed": allowed_at(session, tenant, lon, lat, when), "zones": zones}, as_json)


@fireworks_app.command("note")
def note(
    context: typer.Context,
    kind: Annotated[str, typer.Argument(help="wedding, funeral, opening or other.")],
    held_on: Annotated[str, typer.Argument(help="Local day.")],
    lon: Lon,
    lat: Lat,
    place: Annotated[str, typer.Argument(help="Place in words; no names of people.")],
    uid: Uid = None,
    as_json: AsJson = False,
) -> None:
    """Note a feast the bureau was told of."""
    from api.commands.days import read_date
    from geo.cases.fireworks.actions import Feast, note_feast
    from geo.uids import uuid7

    with county_at_hand(context) as (session, tenant):
        feast = Feast(uuid.UUID(uid) if uid else uuid7(), kind, read_date(held_on), lon, lat, place)
        zones = note_feast(session, tenant, feast, actor=ACTOR)
        tell({"zones": [one.name or str(one.id) for one in zones]}, as_json)


@fireworks_app.command("visits")
def visits(
    context: typer.Context,
    days: Annotated[int, typer.Option(help="Feasts of so many coming days.")] = 14,
    out: Out = None,
    as_json: AsJson = False,
) -> None:
    """Feasts inside a zone that are to be visited before their day."""
    from geo.cases.fireworks.actions import list_visits

    columns = ("id", "kind", "held_on", "due_on", "late", "place", "district_code", "zones")
    with county_at_hand(context) as (session, tenant):
        _, today = days_of(session, tenant, None, None)
        tell_rows(list_visits(session, tenant, today, days=days), columns, key="visits", as_json=as_json, out=out)


@fireworks_app.command("visit")
def visit(context: typer.Context, feast: Annotated[int, typer.Argument(help="The feast.")], at: At = None) -> None:
    """Somebody was there."""
    from geo.cases.fireworks.actions import record_visit

    with county_at_hand(context) as (session, tenant):
        record_visit(session, tenant, feast, moment(session, tenant, at), actor=ACTOR)


def mount(app: typer.Typer) -> None:
    """Add the registers of the street."""
    app.add_typer(restaurants_app, name="restaurants")
    app.add_typer(parking_app, name="parking")
    app.add_typer(noise_app, name="noise")
    app.add_typer(fireworks_app, name="fireworks")
