"""选址: chosen sites, what each reaches on foot, and why the other candidates are out."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from maps.findings.blocks import Block, Column, Figure, Figures, Links, Row, Sentence, Tab, Table, join, rows_of
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Look, Shape, ShapeSet, isolate, named
from maps.page import Page
from maps.symbols import GREY, ORANGE, TEAM_COLORS
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

Reason = tuple[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """What was asked and how good the answer is.

    Attributes
    ----------
    page
        Name of its page.
    title
        What the sites are for, in the words of who asked.
    wanted
        How many sites.
    reach
        Walking time in minutes.
    demand, covered
        Weight of all demand, and of what the chosen sites reach.
    greedy
        What the quick preview reached.
    bound
        No choice can reach more than this; equal to ``covered`` when the choice is proven best.
    """

    page: str
    title: str
    wanted: int
    reach: float
    spacing_m: float
    demand: float
    covered: float
    greedy: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no other choice covers more (within a millionth)."""
        return self.bound <= self.covered * (1 + 1e-6)


@dataclass(frozen=True, slots=True)
class SitesView:
    """One choice of sites.

    Attributes
    ----------
    candidates
        ``key, name, district_code, status`` (``chosen``, ``free``, ``excluded``), ``rank`` (of the chosen, from 1),
        ``gain`` (demand only it reaches, in the order of ranks) and ``reasons``, pairs of message code and facts;
        EPSG:4490.
    """

    head: Head
    districts: dict[str, str]
    choice: SiteChoice | None
    others: tuple[SiteChoice, ...]
    candidates: GeoDataFrame


def render_sites(view: SitesView, texts: Texts) -> Page:
    """Render the page of one choice in one language."""
    choice = view.choice
    if choice is None:
        tab = Tab(
            "chosen",
            texts("tab_chosen"),
            (Sentence(texts("no_sites"), "empty"), Sentence(texts("sites_what"), "quiet")),
        )
        return render_finding(Finding("sites", "sites", Markup(""), (tab,)), view.head, texts)
    about = join([texts.data(choice.title), texts("reach_minutes", minutes=f"{choice.reach:g}")])
    tabs = (
        Tab("chosen", texts("tab_chosen"), _chosen(view, choice, texts)),
        Tab("excluded", texts("tab_excluded"), _excluded(view, texts)),
    )
    return render_finding(Finding(choice.page, "sites", about, tabs, _sets(view, texts)), view.head, texts)


def _chosen(view: SitesView, choice: SiteChoice, texts: Texts) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if len(view.others) > 1:
        items = tuple(
            (f"/dashboards/{one.page}?lang={texts.language}", texts.data(one.title), one.page == choice.page)
            for one in view.others
        )
        blocks.append(Links(texts("choose_sites"), items))
    share = choice.covered / choice.demand if choice.demand else 0.0
    chosen = view.candidates[view.candidates["status"] == "chosen"].sort_values("rank")
    rows = tuple(
        Row(
            (
                texts.data(row.name),
                str(int(row.rank)),
                texts.data(view.districts.get(row.district_code, row.district_code)),
                f"{row.gain / choice.demand:.1%}" if choice.demand else "—",
            ),
            f"chosen:{row.key}",
        )
        for row in rows_of(chosen)
    )
    columns = (
        Column(texts("place")),
        Column(texts("rank"), True),
        Column(texts("district")),
        Column(texts("adds"), True),
    )
    counts = Counter(view.candidates["status"])
    return (
        *blocks,
        Sentence(
            texts("sites_sentence", count=len(chosen), share=f"{share:.0%}", minutes=f"{choice.reach:g}"), "strong"
        ),
        Sentence(
            texts("proven_best")
            if choice.proven
            else texts("not_proven", bound=f"{choice.bound / choice.demand:.1%}" if choice.demand else "—"),
            "" if choice.proven else "warn",
        ),
        Figures(
            (
                Figure(texts("candidates"), f"{len(view.candidates):,}"),
                Figure(texts("candidates_excluded"), f"{counts['excluded']:,}"),
                Figure(
                    texts("preview_share"),
                    f"{choice.greedy / choice.demand:.0%}" if choice.demand else "—",
                    texts("preview_note"),
                ),
            )
        ),
        Table(texts("chosen_caption"), columns, rows, texts("none_chosen")),
        Sentence(texts("sites_what"), "quiet"),
    )


def _reasons(reasons: list[Reason], texts: Texts) -> list[str]:
    return [texts.reason(code, facts) for code, facts in reasons]


def _excluded(view: SitesView, texts: Texts) -> tuple[Block, ...]:
    out = view.candidates[view.candidates["status"] == "excluded"]
    rows = tuple(
        Row(
            (
                texts.data(row.name),
                Markup("<br>").join(isolate(reason, texts) for reason in _reasons(row.reasons, texts)),
            ),
            f"candidates:{row.key}",
        )
        for row in rows_of(out)
    )
    columns = (Column(texts("place")), Column(texts("reason")))
    return (Table(texts("excluded_caption", count=len(out)), columns, rows, texts("none_excluded")),)


def _sets(view: SitesView, texts: Texts) -> tuple[ShapeSet, ...]:
    chosen_look = {"chosen": Look(texts("site_chosen"), TEAM_COLORS[0], "dot", 1, radius=9)}
    looks = {
        "free": Look(texts("site_free"), ORANGE, "dot", 0.7, radius=4),
        "excluded": Look(texts("site_excluded"), GREY, "dot", 0.5, radius=3.5),
    }

    def shape(row: Any) -> Shape:
        facts = [(texts("district"), named(view.districts.get(row.district_code, row.district_code or "—")))]
        facts += [(texts("reason"), reason) for reason in _reasons(row.reasons, texts)]
        label = str(int(row.rank)) if row.status == "chosen" else ""
        return Shape(str(row.key), row.status, named(row.name), row.geometry, tuple(facts), label=label)

    best = view.candidates["status"] == "chosen"
    return (
        ShapeSet("chosen", texts("set_sites"), chosen_look, tuple(map(shape, rows_of(view.candidates[best])))),
        ShapeSet(
            "candidates",
            texts("set_candidates"),
            looks,
            tuple(map(shape, rows_of(view.candidates[~best]))),
        ),
    )
