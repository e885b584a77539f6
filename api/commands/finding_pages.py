"""Pages of findings of a county: load what is known, say which pages there are, and how each is rendered."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from sqlalchemy.orm import Session

    from geo.hotspots.findings import Finding
    from geo.hotspots.forecast.queries import ForecastRow
    from geo.hotspots.siting.queries import SitePlanRow
    from maps.dashboards.hotspots import Forecast, HotspotsView
    from maps.dashboards.sites import SiteChoice
    from maps.findings.page import Head
    from maps.page import Page
    from maps.texts import Texts

DESCRIPTIONS = ("gi_star", "emerging", "clusters", "knox", "network_density")
FORECASTS_SHOWN = 12
"""Forecasts with a page of their own: each kind of place, then the groups that expect most, then shifts."""

FIRST_KINDS = ("street_block", "cell", "unit_grid", "district", "zone")
"""Kinds of places in the order of their pages."""

SITES_SHOWN = 6
HISTORY = dt.timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class Topic:
    """A page: its name, which is its address too, how it is rendered in one language, and what who opens it is asked.

    ``asked`` is an action and a thing of the permissions; None for a page of the whole county's findings.
    """

    name: str
    render: Callable[[Texts], Page]
    asked: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What several pages need of a county."""

    session: Session
    tenant: str
    head: Head
    districts: GeoDataFrame
    studies: Mapping[str, Finding]
    codes: Mapping[str, tuple[str, str]]
    groups: Mapping[str, str]

    @property
    def names(self) -> dict[str, str]:
        """片区 by code."""
        return dict(zip(self.districts["code"], self.districts["name"], strict=True))


def load_topics(session: Session, tenant: str, head: Head) -> list[Topic]:
    """Every page of findings; one that has nothing to show yet says how to get it."""
    from api.commands.plan_topics import again_topics, draw_topics
    from geo.hotspots.findings.queries import load_latest_findings
    from geo.layers.queries import load_features

    districts = load_features(session, "patrol_district", columns=("code", "name"))
    codes, groups = read_code_names()
    known = Known(session, tenant, head, districts, load_latest_findings(session, tenant), codes, groups)
    found = (_hotspots, _returns, _workload, _districting, _sites, _lighting, _suspicions)
    makers = (*found, again_topics, draw_topics, _coverage, _rosters)
    return [topic for make in makers for topic in make(known)]


def read_code_names() -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Chinese and English names of event codes, and English names of their groups by the Chinese ones."""
    from geo.hotspots.history import CODES

    codes: dict[str, tuple[str, str]] = {}
    groups: dict[str, str] = {}
    for name in ("components.csv", "events.csv"):
        with (CODES / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                codes[row["code"]] = row["zh"], row["en"]
                groups[row["group_zh"]] = row["group_en"]
    return codes, groups


def _hotspots(known: Known) -> Iterator[Topic]:
    from geo.hotspots.forecast.queries import load_latest_forecasts, load_scores, load_standings
    from geo.patrol.queries import list_shift_kinds
    from maps.dashboards.hotspots import HotspotsView, render_hotspots

    rows = choose_forecasts(load_latest_forecasts(known.session))
    shifts = {kind.code: kind.name for kind in list_shift_kinds(known.session)}
    forecasts = [read_forecast(row, number, known.groups, shifts) for number, row in enumerate(rows)]
    scores, standings = load_scores(known.session), load_standings(known.session)
    described = {kind: known.studies[kind] for kind in DESCRIPTIONS if kind in known.studies}
    if not rows:
        yield Topic("hotspots", lambda texts: render_hotspots(HotspotsView.without(known.head, described), texts))
    for row, forecast in zip(rows, forecasts, strict=True):
        view = _forecast_view(known, row, forecast, tuple(forecasts), scores, standings, described)
        yield Topic(forecast.name, lambda texts, view=view: render_hotspots(view, texts))  # type: ignore[misc]


def choose_forecasts(rows: list[ForecastRow]) -> list[ForecastRow]:
    """The forecasts that get a page: of each kind of place that of most records, then groups by how much, then shifts.

    Parameters
    ----------
    rows
        As the forecast room lists them; may be empty.
    """
    whole = sorted((row for row in rows if not row.shift_code), key=lambda row: -row.expected)
    kinds = sorted({row.place_kind for row in whole}, key=lambda kind: FIRST_KINDS.index(kind.partition(":")[0]))
    found = [next(row for row in whole if row.place_kind == kind) for kind in kinds]
    rest = [row for row in whole if row not in found and row.place_kind == found[0].place_kind]
    shifts = [row for row in rows if row.shift_code and row.code_group == found[0].code_group] if found else []
    shifts = [row for row in shifts if row.place_kind == found[0].place_kind]
    return [*found, *rest[: FORECASTS_SHOWN - len(found) - len(shifts)], *shifts][:FORECASTS_SHOWN]


def read_forecast(row: ForecastRow, number: int, groups: Mapping[str, str], shifts: Mapping[str, str]) -> Forecast:
    """A stored forecast in the shape its page shows; the first is the page the links lead to."""
    from geo.hotspots.history import code_groups
    from maps.dashboards.hotspots import Forecast

    codes = {code for (_, code), group in code_groups().items() if group == row.code_group}
    since = row.origin_at - HISTORY
    return Forecast(
        "hotspots" if number == 0 else f"hotspots-{number + 1}",
        row.place_kind, row.code_group, groups.get(row.code_group, ""), tuple(sorted(codes)),
        shifts.get(row.shift_code, row.shift_code),
        row.from_on, row.to_on, row.model, row.training, row.list_size, row.expected, row.lower, row.upper,
        row.nominal, row.audit_share, f"{since:%Y-%m-%dT%H:%M:%SZ}/{row.origin_at:%Y-%m-%dT%H:%M:%SZ}", row.facts,
        row.shift_code,
    )  # fmt: skip


def _forecast_view(
    known: Known, row: ForecastRow, forecast: Forecast, others: tuple[Forecast, ...], scores: Any, standings: Any,
    described: Mapping[str, Finding],
) -> HotspotsView:  # fmt: skip
    from pandas import DataFrame

    from geo.hotspots.forecast.queries import load_forecast_places
    from geo.hotspots.forecast.watch import watch_attention
    from maps.dashboards.hotspots import HotspotsView

    places = load_forecast_places(known.session, row.id)
    watch = watch_attention(known.session, known.tenant, row.id)
    called = dict(zip(places["key"], places["name"], strict=True))
    locked = DataFrame([(called.get(key) or key, watch.weeks) for key in watch.locked], columns=["name", "weeks"])
    by = watch.by_district
    shares = DataFrame({"name": by["name"], "attention": by["places_share"], "population": by["population_share"]})
    of_kind = scores[
        (scores["place_kind"] == row.place_kind)
        & (scores["code_group"] == row.code_group)
        & (scores["shift_code"] == row.shift_code)
    ]
    past = of_kind.drop(columns="observed").rename(columns={"observed_in_list": "observed"}).sort_values("from_on")
    tried = standings[(standings["place_kind"] == row.place_kind) & (standings["code_group"] == row.code_group)]
    return HotspotsView(
        known.head, forecast, others, known.names, places, past, tried, shares.dropna(), locked, described
    )  # fmt: skip


def _returns(known: Known) -> Iterator[Topic]:
    from geo.hotspots.displacement.queries import load_tests
    from geo.hotspots.recurrence.queries import (
        find_study,
        load_curves,
        load_reinspections,
        load_return_rates,
        load_zone_hazards,
    )
    from maps.dashboards.returns import ReturnsView, render_returns

    study = find_study(known.session)
    view = ReturnsView(
        known.head, known.names, known.codes, study.within_s if study else 0, study.radius_m if study else 0.0,
        load_curves(known.session), load_return_rates(known.session),
        {"zh": load_reinspections(known.session), "en": load_reinspections(known.session, language="en")},
        load_zone_hazards(known.session), load_tests(known.session),
    )  # fmt: skip
    yield Topic("returns", lambda texts: render_returns(view, texts))


def _workload(known: Known) -> Iterator[Topic]:
    from maps.dashboards.workload import WorkloadView, render_workload

    view = WorkloadView(known.head, known.studies.get("workload"), known.districts)
    yield Topic("workload", lambda texts: render_workload(view, texts))


def _districting(known: Known) -> Iterator[Topic]:
    from maps.dashboards.districting import DistrictingView, render_districting

    view = DistrictingView(known.head, known.names)
    yield Topic("districting", lambda texts: render_districting(view, texts))


def _sites(known: Known) -> Iterator[Topic]:
    from geopandas import GeoDataFrame

    from geo.hotspots.siting.queries import list_plans, load_sites
    from maps.dashboards.sites import SitesView, render_sites

    plans = list_plans(known.session, known.tenant, most=SITES_SHOWN)
    choices = tuple(read_choice(plan, number) for number, plan in enumerate(plans))
    if not plans:
        none = SitesView(known.head, known.names, None, (), GeoDataFrame())
        yield Topic("sites", lambda texts: render_sites(none, texts))
    for plan, choice in zip(plans, choices, strict=True):
        frames = load_sites(known.session, plan.id)
        assert frames is not None
        inside = frames.candidates.sjoin(known.districts.rename(columns={"code": "district_code"}), how="left")
        candidates = frames.candidates.assign(district_code=inside[~inside.index.duplicated()]["district_code"])
        view = SitesView(known.head, known.names, choice, choices, candidates)
        yield Topic(choice.page, lambda texts, view=view: render_sites(view, texts))  # type: ignore[misc]


def read_choice(plan: SitePlanRow, number: int) -> SiteChoice:
    """A stored choice of sites in the shape its page shows."""
    from maps.dashboards.sites import SiteChoice

    page = "sites" if number == 0 else f"sites-{number + 1}"
    return SiteChoice(plan.id, page, plan.purpose, plan.asked["walk_min"], plan.asked["radius_m"], plan.summary)


def _lighting(known: Known) -> Iterator[Topic]:
    from maps.dashboards.lighting import LightingView, render_lighting

    view = LightingView(known.head, known.studies)
    yield Topic("lighting", lambda texts: render_lighting(view, texts))


def _suspicions(known: Known) -> Iterator[Topic]:
    from geo.hotspots.footprints.queries import count_by_status, load_flights, load_queue
    from maps.dashboards.suspicions import SuspicionsView, render_suspicions

    view = SuspicionsView(
        known.head, known.names, load_queue(known.session), count_by_status(known.session, known.tenant),
        load_flights(known.session),
    )  # fmt: skip
    yield Topic("suspicions", lambda texts: render_suspicions(view, texts))


SHIFTS_SHOWN = 4


def _coverage(known: Known) -> Iterator[Topic]:
    from geo.patrol.queries import list_shift_kinds, load_plan_frames
    from geo.patrol.tracks.scoring.queries import list_items, list_scores
    from maps.dashboards.coverage import CoverageView, render_coverage
    from maps.dashboards.coverage_map import ScoredShift

    names = {kind.code: kind.name for kind in list_shift_kinds(known.session)}
    scores = list_scores(known.session, most=SHIFTS_SHOWN)
    pages = ["coverage" if number == 0 else f"coverage-{number + 1}" for number in range(len(scores))]
    others = tuple(
        (page, row.on_date, names.get(row.shift_code, row.shift_code)) for page, row in zip(pages, scores, strict=True)
    )
    if not scores:
        none = CoverageView(known.head, known.names, None, ())
        yield Topic("coverage", lambda texts: render_coverage(none, texts))
    for page, row in zip(pages, scores, strict=True):
        frames = load_plan_frames(known.session, row.plan_id)
        assert frames is not None
        items: dict[str, list[Any]] = {}
        for item in list_items(known.session, row.id):
            items.setdefault(item.kind, []).append(item)
        called = names.get(row.shift_code, row.shift_code)
        shift = ScoredShift(
            page, row.on_date, called, row.until_at, frames.plan.ends_at, row.figures, items, frames.routes
        )
        view = CoverageView(known.head, known.names, shift, others)
        yield Topic(page, lambda texts, view=view: render_coverage(view, texts))  # type: ignore[misc]


def _rosters(known: Known) -> Iterator[Topic]:
    from api.commands.roster_pages import load_rosters
    from maps.dashboards.rosters import render_rosters

    for view in load_rosters(known.session, known.tenant, known.head):
        name = view.roster.page if view.roster else "rosters"
        yield Topic(name, lambda texts, view=view: render_rosters(view, texts))  # type: ignore[misc]
