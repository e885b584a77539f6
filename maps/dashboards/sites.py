"""选址: chosen sites, what each reaches on foot, and why the other candidates are out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from maps.findings.blocks import Block, Column, Figure, Figures, Links, Mount, Row, Sentence, Tab, Table, join, rows_of
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import MOST_SHAPES, Look, Shape, ShapeSet, isolate, named
from maps.page import Page
from maps.palette import GREY, ORANGE, TEAM_COLORS
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

WORDS = (
    "adopt_sites", "adopt_sites_vendor_relief", "adopt_sites_stockpile", "sites_adopted", "sites_draft", "adopt_asked",
    "adopt_failed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """What was asked and how good the answer is.

    Attributes
    ----------
    plan
        Number it is adopted by.
    page
        Name of its page.
    purpose
        What the sites are for, as the siting room codes it.
    walk_min, radius_m
        What counts as covered: minutes on foot, or metres straight when these are given.
    summary
        ``demand share share_before bound_share quick_share candidates proven`` and ``sentence`` (code and facts).
    """

    plan: int
    page: str
    purpose: str
    walk_min: float | None
    radius_m: float | None
    summary: Mapping[str, Any]

    def reach(self, texts: Texts) -> str:
        """How far a site reaches, in words."""
        if self.radius_m is not None:
            return texts("reach_metres", metres=f"{self.radius_m:g}")
        return texts("reach_minutes", minutes=f"{self.walk_min:g}")


@dataclass(frozen=True, slots=True)
class SitesView:
    """One choice of sites.

    Attributes
    ----------
    candidates
        ``key, name, district_code, rank`` (of the chosen, from 1; missing for others), ``adds`` (demand it adds to
        those before it) and ``reasons`` why it is out (``code`` and facts); Point, EPSG:4490.
    """

    head: Head
    districts: Mapping[str, str]
    choice: SiteChoice | None
    others: tuple[SiteChoice, ...]
    candidates: GeoDataFrame

    def of(self, status: str) -> list[Any]:
        """The candidates that are ``chosen`` (by rank), ``excluded`` or ``free``."""
        chosen = self.candidates["rank"].notna()
        out = self.candidates["reasons"].map(len) > 0
        which = {"chosen": chosen, "excluded": out & ~chosen, "free": ~out & ~chosen}[status]
        return rows_of(self.candidates[which].sort_values("rank", kind="stable"))


def render_sites(view: SitesView, texts: Texts) -> Page:
    """Render the page of one choice in one language."""
    choice = view.choice
    if choice is None:
        blocks = (Sentence(texts("no_sites"), "empty"), Sentence(texts("sites_what"), "quiet"))
        tab = Tab("chosen", texts("tab_chosen"), blocks)
        return render_finding(Finding("sites", "sites", Markup(""), (tab,)), view.head, texts)
    about = join([texts(f"purpose_{choice.purpose}"), choice.reach(texts)])
    tabs = (
        Tab("chosen", texts("tab_chosen"), _chosen(view, choice, texts)),
        Tab("excluded", texts("tab_excluded"), _excluded(view, texts)),
    )
    plan = {"sites": {"plan": choice.plan}}
    finding = Finding(choice.page, "sites", about, tabs, _sets(view, texts), ("adopting",), WORDS, plan)
    return render_finding(finding, view.head, texts)


def _chosen(view: SitesView, choice: SiteChoice, texts: Texts) -> tuple[Block, ...]:
    blocks: list[Block] = []
    if len(view.others) > 1:
        items = tuple(
            (
                f"/dashboards/{one.page}?lang={texts.language}",
                f"{texts(f'purpose_{one.purpose}')} · {one.reach(texts)}",
                one.page == choice.page,
            )
            for one in view.others
        )
        blocks.append(Links(texts("choose_sites"), items))
    facts = choice.summary
    rows = tuple(
        Row(
            (
                texts.data(row.name or row.key),
                str(int(row.rank)),
                texts.data(view.districts.get(row.district_code, row.district_code)),
                f"{row.adds / facts['demand']:.1%}",
            ),
            f"chosen:{row.key}",
        )
        for row in view.of("chosen")
    )
    columns = (
        Column(texts("place")),
        Column(texts("rank"), True),
        Column(texts("district")),
        Column(texts("adds"), True),
    )
    said = facts["sentence"]
    items_ = (
        Figure(texts("candidates"), f"{facts['candidates']:,}"),
        Figure(texts("candidates_excluded"), f"{len(view.of('excluded')):,}"),
        Figure(texts("covered_before"), f"{facts['share_before']:.0%}"),
        Figure(texts("preview_share"), f"{facts['quick_share']:.0%}", texts("preview_note")),
    )
    return (
        *blocks,
        Sentence(isolate(texts.reason(said["code"], said["facts"]), texts), "strong"),
        Figures(items_),
        Mount("adopt-sites", texts("loading")),
        Table(texts("chosen_caption"), columns, rows, texts("none_chosen")),
        Sentence(texts("sites_what"), "quiet"),
    )


def _reasons(reasons: list[dict[str, Any]], texts: Texts) -> list[str]:
    return [texts.reason(one["code"], {name: fact for name, fact in one.items() if name != "code"}) for one in reasons]


def _excluded(view: SitesView, texts: Texts) -> tuple[Block, ...]:
    out = view.of("excluded")
    rows = tuple(
        Row(
            (
                texts.data(row.name or row.key),
                Markup("<br>").join(isolate(reason, texts) for reason in _reasons(row.reasons, texts)),
            ),
            f"candidates:{row.key}",
        )
        for row in out
    )
    columns = (Column(texts("place")), Column(texts("reason")))
    return (Table(texts("excluded_caption", count=len(out)), columns, rows, texts("none_excluded")),)


def _sets(view: SitesView, texts: Texts) -> tuple[ShapeSet, ...]:
    chosen_look = {"chosen": Look(texts("site_chosen"), TEAM_COLORS[0], "dot", 1, radius=9)}
    looks = {
        "free": Look(texts("site_free"), ORANGE, "dot", 0.7, radius=4),
        "excluded": Look(texts("site_excluded"), GREY, "dot", 0.5, radius=3.5),
    }

    def shape(row: Any, look: str) -> Shape:
        facts = [(texts("district"), named(view.districts.get(row.district_code, row.district_code or "—")))]
        facts += [(texts("reason"), reason) for reason in _reasons(row.reasons, texts)]
        label = str(int(row.rank)) if look == "chosen" else ""
        return Shape(str(row.key), look, named(row.name or row.key), row.geometry, tuple(facts), label=label)

    best = tuple(shape(row, "chosen") for row in view.of("chosen"))
    others = tuple(shape(row, look) for look in ("excluded", "free") for row in view.of(look))
    left_out = max(0, len(others) - MOST_SHAPES)
    note = texts("not_drawn", count=left_out) if left_out else ""
    return (
        ShapeSet("chosen", texts("set_sites"), chosen_look, best),
        ShapeSet("candidates", texts("set_candidates"), looks, others, show=False, note=note),
    )
