"""``pianqu dashboards build``: load what the pages show, render them, write them where the service finds them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from api.commands.days import read_date, tomorrow
from geo.messages import Language
from geo.settings import Settings

if TYPE_CHECKING:
    from markupsafe import Markup
    from sqlalchemy.orm import Session

    from geo.db.engine import Database
    from maps.plans import Shift
    from maps.reports.sheet_map import Ground
    from maps.texts import Texts

LANGUAGES: tuple[Language, ...] = ("zh", "en")
AROUND_DEGREES = 0.01
"""Streets this far around the 片区 are loaded for the sheets' maps."""


def build_dashboards(database: Database, settings: Settings, tenant: str, on_date: dt.date) -> list[Path]:
    """Build the county's page, one page a 片区, one a topic of findings and one sheet a team, in both languages.

    Parameters
    ----------
    on_date
        Local date whose plans are shown; without a plan the pages say so.

    Returns
    -------
    list of Path
        Files written, the index last. Files of an older build that are no longer named are removed. A second
        build of the county waits, from before it reads what it shows: the last one to write has read the newest.
    """
    from api.pages import building, folder_of

    with building(folder_of(settings, tenant)):
        return _build(database, settings, tenant, on_date)


def _build(database: Database, settings: Settings, tenant: str, on_date: dt.date) -> list[Path]:
    from api.commands.finding_pages import load_topics
    from api.commands.ledger_pages import load_ledgers
    from api.commands.treatment_pages import load_treatments
    from api.pages import COUNTY, SHARED, BuiltPage, Index, code_fingerprint, folder_of, write_index
    from geo.cards.actions import build_cards
    from geo.cards.queries import load_last_change
    from geo.db.counties import get_county
    from maps.dashboards.county import CountyView, render_county
    from maps.dashboards.district import DistrictView, render_district
    from maps.findings.page import Head
    from maps.layers import shared_script
    from maps.reports.route_sheet import TeamSheet, render_route_sheet
    from maps.reports.sheet_picture import render_sheet_svg
    from maps.reports.treatment_sheet import newest_links, render_treatment_sheet
    from maps.texts import Texts

    made_at = dt.datetime.now(dt.UTC)
    with database.begin(tenant) as session:
        last_change = load_last_change(session, tenant)
        county = get_county(session, tenant)
        cards = build_cards(session, tenant, made_at)
        shifts = load_shifts(session, on_date)
        maps_of = draw_maps(load_ground(session, cards.box), shifts) if shifts else {}
        treatments = load_treatments(session, tenant, county, load_ground(session, cards.box))
        head = Head(county.name, on_date, made_at, cards.box, county.map_number)
        topics = load_topics(session, tenant, head)
        ledgers = load_ledgers(session, tenant, head)
    links = newest_links(treatments)
    folder = folder_of(settings, tenant)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # sheets name people
    folder.chmod(0o700)
    pages: dict[str, BuiltPage] = {COUNTY: BuiltPage("county", None)}
    written: list[Path] = []
    sources = tuple(row.sources for row in cards.freshness if row.kind == "road" and row.sources)
    for language in LANGUAGES:
        texts: Texts = Texts(language, ZoneInfo(county.time_zone))
        written.append(_write(folder / f"{SHARED}.{language}.js", shared_script(language)))
        view = CountyView(county.name, on_date, made_at, cards, shifts, county.map_number, links)
        written += _write_page(folder, "county", language, render_county(view, texts))
        for topic in topics:
            pages[topic.name] = BuiltPage(f"topic-{topic.name}", None)
            written += _write_page(folder, f"topic-{topic.name}", language, topic.render(texts))
        for ledger in ledgers:
            pages[ledger.name] = BuiltPage(f"ledger-{ledger.name}", None, asked=ledger.asked)
            written += _write_page(folder, f"ledger-{ledger.name}", language, ledger.render(texts))
        for number, card in enumerate(cards.districts, 1):
            stem = f"district-{number:03d}"
            pages[card.code] = BuiltPage(stem, (card.code,))
            own = DistrictView(county.name, on_date, made_at, card, cards.freshness, shifts, county.map_number, links)
            written += _write_page(folder, stem, language, render_district(own, texts))
        for shift in shifts:
            for number, team in enumerate(shift.teams, 1):
                stem = f"sheet-{shifts.index(shift) + 1}-{number:03d}"
                pages[f"sheets/{shift.code}/{team.code}"] = BuiltPage(stem, _areas_of(team), team.member_codes)
                drawn = maps_of[shift.code, team.code]
                sheet = TeamSheet(county.name, on_date, shift, team, drawn, sources, county.map_number)
                written.append(_write(folder / f"{stem}.{language}.html", render_route_sheet(sheet, texts)))
                written.append(_write(folder / f"{stem}.{language}.svg", render_sheet_svg(sheet, texts)))
        for sheet_of, treatment in treatments:
            stem = f"treatment-{sheet_of}"
            pages[f"treatments/{sheet_of}"] = BuiltPage(stem, (treatment.plan["district_code"],))
            written.append(_write(folder / f"{stem}.{language}.html", render_treatment_sheet(treatment, texts)))
    written.append(write_index(folder, Index(on_date.isoformat(), last_change, code_fingerprint(), pages)))
    for old in set(folder.iterdir()) - set(written):
        old.unlink()
    return written


def ensure_dashboards(database: Database, settings: Settings, tenant: str, on_date: dt.date) -> list[Path]:
    """Build the pages unless those there show this day, every change up to now, and come from this very code.

    Returns
    -------
    list of Path
        Files written; empty when nothing had to be done, which costs milliseconds.
    """
    from api.pages import building, code_fingerprint, folder_of, read_index
    from geo.cards.queries import load_last_change

    folder = folder_of(settings, tenant)
    with building(folder):
        index = read_index(folder)
        with database.begin(tenant) as session:
            last_change = load_last_change(session, tenant)
        wanted = (on_date.isoformat(), last_change)
        if index and (index.on_date, index.last_change) == wanted and index.code == code_fingerprint():
            return []
        return _build(database, settings, tenant, on_date)


def _areas_of(team: Any) -> tuple[str, ...]:
    codes = {team.district_code, *(stop.district_code for stop in team.stops)}
    return tuple(sorted(code for code in codes if code))


def _write_page(folder: Path, stem: str, language: Language, page: Any) -> list[Path]:
    return [
        _write(folder / f"{stem}.{language}.{ending}", content)
        for ending, content in (("js", page.script), ("json", page.data), ("html", page.html))
    ]


def _write(path: Path, content: str) -> Path:
    """Replace a file at once; a reader never finds half of it."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_text(content, encoding="utf-8")
    fresh.replace(path)
    return path


def load_shifts(session: Session, on_date: dt.date) -> tuple[Shift, ...]:
    """The newest plan of every shift of a day, by starting time; shifts never planned are left out."""
    from geo.patrol.queries import find_plan, list_shift_kinds, load_plan_frames
    from maps.plans import read_shift

    found = []
    for kind in list_shift_kinds(session):
        plan = find_plan(session, on_date, kind.code)
        frames = load_plan_frames(session, plan.id) if plan else None
        if frames is not None:
            found.append(read_shift(frames, kind.name))
    return tuple(sorted(found, key=lambda shift: (shift.starts_at, shift.code)))


def load_ground(session: Session, box: tuple[float, float, float, float]) -> Ground:
    """Streets and water in and around a box, for the maps of sheets."""
    from geo.layers.queries import load_features
    from maps.reports.sheet_map import Ground

    west, south, east, north = box
    wider = (west - AROUND_DEGREES, south - AROUND_DEGREES, east + AROUND_DEGREES, north + AROUND_DEGREES)
    return Ground(
        load_features(session, "road", box=wider, columns=["name", "tier"]),
        load_features(session, "water", box=wider, columns=["name"]),
    )


def draw_maps(ground: Ground, shifts: tuple[Shift, ...]) -> dict[tuple[str, str], Markup]:
    """The map of every team's sheet by shift and team, the same in all languages."""
    from maps.reports.sheet_map import draw_map

    return {(shift.code, team.code): draw_map(team, ground) for shift in shifts for team in shift.teams}


def build(
    context: typer.Context,
    on_date: Annotated[str, typer.Option("--date", help="Local date of the plans shown (default: tomorrow).")] = "",
) -> None:
    """Build the county's map page, one page for each 片区 and one sheet for each team."""
    from geo.db.engine import Database

    settings: Settings = context.obj
    database = Database.open(settings)
    try:
        day = read_date(on_date) if on_date else tomorrow(database, settings.tenant)
        written = build_dashboards(database, settings, settings.tenant, day)
    finally:
        database.close()
    typer.echo(f"{len(written)} files in {written[-1].parent}")


def mount(app: typer.Typer) -> None:
    """Add ``dashboards build``."""
    group = typer.Typer(no_args_is_help=True, help="Web pages with maps, built from layers and plans.")
    group.command("build")(build)
    # a second command keeps typer from folding a group of one into its parent
    group.command("list")(list_pages)
    app.add_typer(group, name="dashboards")


def list_pages(context: typer.Context) -> None:
    """Addresses of the pages built last."""
    from api.pages import folder_of, read_index

    settings: Settings = context.obj
    index = read_index(folder_of(settings, settings.tenant))
    for name in index.pages if index else ():
        typer.echo(f"http://127.0.0.1:{settings.port}/dashboards/{name}")
