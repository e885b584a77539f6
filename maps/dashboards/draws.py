"""抽签: which plan of a mixture a shift got: sealed before, told after, and how anybody checks it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from maps.findings.blocks import Block, Column, Figure, Figures, Links, Row, Sentence, Tab, Table
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Look, Shape, ShapeSet, isolate, named
from maps.page import Page
from maps.palette import BLUE
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

ROUGH_DEG = 2e-5
PPM = 1_000_000


@dataclass(frozen=True, slots=True)
class DrawnShift:
    """A shift that was drawn.

    Attributes
    ----------
    draws
        In order, as :func:`geo.patrol.mixture.actions.list_draws` tells them; once checked each has ``fair``.
    seed, fair
        None until the shift is over: the seed in hexadecimal, and whether seal and draws hold.
    label
        What the seed was sealed for.
    routes
        Of the plan that was drawn last, frame with ``team``, EPSG:4490.
    """

    page: str
    on_date: dt.date
    shift_code: str
    shift_name: str
    sealed_at: dt.datetime
    seal: str
    label: str
    draws: Sequence[Mapping[str, Any]]
    seed: str | None
    fair: bool | None
    routes: GeoDataFrame
    teams: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DrawsView:
    """The draw shown, None while there was none; ``others`` are all with a page: address, day, shift."""

    head: Head
    shift: DrawnShift | None
    others: tuple[tuple[str, dt.date, str], ...]


def render_draws(view: DrawsView, texts: Texts) -> Page:
    """Render the page in one language."""
    shift = view.shift
    if shift is None:
        blocks: tuple[Block, ...] = (Sentence(texts("draws_none"), "empty"), Sentence(texts("draws_what"), "quiet"))
        finding = Finding("draws", "draws", Markup(""), (Tab("draw", texts("draws_tab_draw"), blocks),))
        return render_finding(finding, view.head, texts)
    tabs = (
        Tab("draw", texts("draws_tab_draw"), _draw(view, shift, texts)),
        Tab("plans", texts("draws_tab_plans"), _plans(shift, texts)),
        Tab("check", texts("draws_tab_check"), _check(shift, texts)),
    )
    about = isolate(texts("draws_about", day=shift.on_date, shift=named(shift.shift_name)), texts)
    title = texts("draws_routes")
    lines = tuple(
        Shape(row.team, "drawn", named(shift.teams.get(row.team, row.team)), row.geometry.simplify(ROUGH_DEG))
        for row in shift.routes.itertuples()
    )
    routes = ShapeSet("drawn", title, {"drawn": Look(title, BLUE, "line", weight=3)}, lines)
    return render_finding(Finding(shift.page, "draws", about, tabs, (routes,)), view.head, texts)


def _code(text: str) -> Markup:
    """Something to be copied, that may be broken over lines every 16 letters."""
    parts = Markup("<wbr>").join(text[at : at + 16] for at in range(0, len(text), 16)) if " " not in text else text
    return Markup('<code class="data" lang="zxx">{}</code>').format(parts)


def _held(held: bool | None, texts: Texts) -> str:
    return "—" if held is None else texts("draws_held" if held else "draws_broken")


def _draw(view: DrawsView, shift: DrawnShift, texts: Texts) -> tuple[Block, ...]:
    last = shift.draws[-1]
    others = Links(
        texts("draws_others"),
        tuple(
            (
                f"/dashboards/{page}?lang={texts.language}",
                isolate(texts("draws_about", day=day, shift=named(name)), texts),
                page == shift.page,
            )
            for page, day, name in view.others
        ),
    )
    if shift.seed is None:
        answer = Sentence(texts("draws_secret"), "strong")
    else:
        answer = Sentence(texts("draws_fair" if shift.fair else "draws_unfair"), "strong" if shift.fair else "warn")
    told = last["figures"]
    figures = Figures(
        (
            Figure(texts("draws_number"), f"{last['drawn'] + 1} / {len(last['weights_ppm'])}"),
            Figure(texts("draws_bits"), f"{told['entropy_millibits'] / 1000:.1f}", texts("draws_bits_note")),
            Figure(texts("draws_usual"), f"{told['usual_permille'] / 10:.0f} %"),
            Figure(texts("draws_known"), f"{told['known_permille'] / 10:.0f} %"),
            Figure(texts("draws_daily"), f"{told['same_daily_permille'] / 10:.0f} %"),
        )
    )
    seals = (
        Row((texts("draws_seal"), _code(shift.seal))),
        Row((texts("draws_sealed_at"), texts.moment(shift.sealed_at))),
        Row((texts("draws_seed"), _code(shift.seed) if shift.seed else texts("draws_seed_later"))),
    )
    rows = tuple(
        Row(
            (
                str(one["attempt"]), texts.moment(one["made_at"]), texts.data(one["made_by"]),
                texts.data(one["why"]) if one["why"] else "—", f"{one['drawn'] + 1}", _held(one.get("fair"), texts),
            )
        )
        for one in shift.draws
    )  # fmt: skip
    columns = (
        Column(texts("draws_attempt"), True), Column(texts("draws_when")), Column(texts("draws_who")),
        Column(texts("draws_why")), Column(texts("draws_number"), True), Column(texts("draws_holds")),
    )  # fmt: skip
    return (
        *((others,) if len(view.others) > 1 else ()),
        answer,
        figures,
        Table(texts("draws_seal_caption"), (Column(texts("draws_fact")), Column(texts("draws_value"))), seals, ""),
        Table(texts("draws_caption"), columns, rows, texts("draws_none")),
        Sentence(texts("draws_figures_note"), "quiet"),
        Sentence(texts("draws_what"), "quiet"),
    )


def _plans(shift: DrawnShift, texts: Texts) -> tuple[Block, ...]:
    last = shift.draws[-1]
    best = max(last["worths"], default=0)
    reached, rows = 0, []
    for number, (worth, weight) in enumerate(zip(last["worths"], last["weights_ppm"], strict=True)):
        rows.append(
            Row(
                (
                    f"{number + 1}",
                    f"{(worth + 500) // 1000:,}",
                    f"{100 * worth / best:.1f} %" if best else "—",
                    f"{100 * weight / PPM:.1f} %",
                    f"{reached:,}–{reached + weight:,}",
                    texts("draws_this") if number == last["drawn"] else "",
                )
            )
        )
        reached += weight
    columns = (
        Column(texts("draws_plan"), True), Column(texts("draws_worth"), True), Column(texts("draws_of_best"), True),
        Column(texts("draws_weight"), True), Column(texts("draws_span"), True), Column(texts("draws_drawn")),
    )  # fmt: skip
    return (
        Table(texts("draws_mixture"), columns, tuple(rows), texts("draws_none")),
        Sentence(texts("draws_mixture_note"), "quiet"),
    )


def _check(shift: DrawnShift, texts: Texts) -> tuple[Block, ...]:
    last = shift.draws[-1]
    command = f"pianqu plan check-draw --date {shift.on_date} --shift {shift.shift_code}"
    rows = (
        Row((texts("draws_label"), _code(shift.label))),
        Row((texts("draws_digest"), _code(last["digest"]))),
        Row((texts("draws_attempt"), str(last["attempt"]))),
        Row((texts("draws_command"), _code(command))),
    )  # fmt: skip
    return (
        Sentence(texts("draws_step_seal")),
        Sentence(texts("draws_step_mark")),
        Sentence(texts("draws_step_span")),
        Sentence(texts("draws_step_log")),
        Table(texts("draws_inputs"), (Column(texts("draws_fact")), Column(texts("draws_value"))), rows, ""),
    )
