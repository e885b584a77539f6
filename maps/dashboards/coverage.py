"""计划与实绩: a shift as planned and as it was walked: posts, passes, streets, cells, places, and what nobody saw."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from maps.dashboards.coverage_map import MOST_OPEN, Line, ScoredShift, both, clock, clock_of, coverage_sets, look_of
from maps.findings.blocks import Block, Column, Figure, Figures, Links, Row, Sentence, Tab, Table, Tone
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import isolate, named
from maps.page import Page
from maps.texts import Texts

MOST_LINES = 30
"""Rows of stops and of passes on the page; those that came out otherwise than planned are all told as deviations."""


@dataclass(frozen=True, slots=True)
class CoverageView:
    """The shift shown, None while none was scored; ``others`` are all with a page: address, day, shift."""

    head: Head
    districts: Mapping[str, str]
    shift: ScoredShift | None
    others: tuple[tuple[str, dt.date, str], ...]


def render_coverage(view: CoverageView, texts: Texts) -> Page:
    """Render the page in one language."""
    shift = view.shift
    if shift is None:
        blocks: tuple[Block, ...] = (Sentence(texts("no_coverage"), "empty"), Sentence(texts("coverage_what"), "quiet"))
        tab = Tab("sum", texts("coverage_tab_sum"), blocks)
        return render_finding(Finding("coverage", "coverage", Markup(""), (tab,)), view.head, texts)
    tabs = (
        Tab("sum", texts("coverage_tab_sum"), _summary(view, shift, texts)),
        Tab("stops", texts("coverage_tab_stops"), _stops(shift, texts)),
        Tab("ground", texts("coverage_tab_ground"), _ground(view, shift, texts)),
        Tab("idle", texts("coverage_tab_idle"), (_idle(shift, texts), Sentence(texts("coverage_idle_note"), "quiet"))),
    )
    about = texts(
        "coverage_about", day=shift.on_date, shift=named(shift.shift_name), until=clock(shift.until_at, texts)
    )
    finding = Finding(shift.page, "coverage", isolate(about, texts), tabs, coverage_sets(shift, texts))
    return render_finding(finding, view.head, texts)


def _within(share: Mapping[str, int], texts: Texts) -> str:
    return texts("coverage_within_cap", n=share["n"], of=share["of"]) if share["of"] else ""


def _percent(share: Mapping[str, int]) -> str:
    return f"{share['n'] / share['of']:.0%}" if share["of"] else "—"


def _summary(view: CoverageView, shift: ScoredShift, texts: Texts) -> tuple[Block, ...]:
    told = shift.figures
    hidden_min = (told["observed_s"]["of"] - told["observed_s"]["n"]) // 60
    km = {"n": told["street_m"]["n"] // 100 / 10, "of": told["street_m"]["of"] // 100 / 10}
    figures = (
        Figure(texts("coverage_posts"), both(told["posts_on_time"]), texts("coverage_unseen", n=told["posts_unseen"])),
        Figure(texts("coverage_post_min"), both(told["post_s"], 60), _percent(told["post_s"])),
        Figure(texts("coverage_passes"), both(told["passes"])),
        Figure(texts("coverage_km"), f"{km['n']:,} / {km['of']:,}", _percent(told["street_m"])),
        Figure(texts("coverage_cells"), both(told["cells"]), _percent(told["cells"])),
        Figure(texts("coverage_idle"), f"{told['longest_idle_s'] // 60:,}", _within(told["zones_within_cap"], texts)),
    )
    tone: Tone = "warn" if told["observed_s"]["n"] * 2 < told["observed_s"]["of"] else "strong"
    links = Links(
        texts("coverage_others"),
        tuple(
            (
                f"/dashboards/{page}?lang={texts.language}",
                isolate(texts("coverage_link", day=day, shift=named(name)), texts),
                page == shift.page,
            )
            for page, day, name in view.others
        ),
    )
    sentences = [
        Sentence(
            texts(
                "coverage_observed",
                minutes=told["observed_s"]["n"] // 60,
                of=told["observed_s"]["of"] // 60,
                hidden=hidden_min,
            ),
            tone,
        )
    ]
    if shift.until_at < shift.ends_at:
        sentences.append(Sentence(texts("coverage_running", until=clock(shift.until_at, texts)), "warn"))
    refused = sum(told.get("refused", {}).values())
    sentences.append(
        Sentence(
            texts(
                "coverage_positions",
                matched=told["positions"]["n"],
                counted=told["positions"]["of"],
                inaccurate=told["inaccurate"],
                outliers=told["outliers"],
                refused=refused,
            ),
            "quiet",
        )
    )
    more = (links,) if len(view.others) > 1 else ()
    return (
        *more,
        *sentences,
        Figures(figures),
        _teams(shift, texts),
        _deviations(shift, texts),
        Sentence(texts("coverage_what"), "quiet"),
    )


def _teams(shift: ScoredShift, texts: Texts) -> Table:
    rows = tuple(
        Row(
            (
                texts.data(line.name),
                both(line.figures["stops"]),
                both(line.figures["observed_s"], 60),
                str(line.figures["unobservable_s"] // 60),
                f"{line.figures['gone_m'] / 1000:.1f}",
            ),
            f"ways:{line.key}" if line.geom is not None else "",
        )
        for line in shift.items.get("team", ())
    )
    columns = (
        Column(texts("team")),
        Column(texts("coverage_stops"), True),
        Column(texts("coverage_seen_min"), True),
        Column(texts("coverage_hidden_min"), True),
        Column(texts("coverage_gone_km"), True),
    )
    return Table(texts("coverage_teams"), columns, rows, texts("no_coverage"))


def _deviations(shift: ScoredShift, texts: Texts) -> Table:
    teams = _team_names(shift)
    rows = tuple(
        Row(
            (
                _called(line, texts),
                texts.data(teams.get(line.team_code or "", line.team_code or "")),
                clock_of(line.figures["begin_s"], texts),
                texts(f"coverage_state_{line.figures['state']}"),
                isolate(_reason(line.figures, texts), texts),
            ),
            f"stops:{line.key}" if line.geom is not None else "",
            look_of(line),
        )
        for line in shift.items.get("deviation", ())
    )
    columns = tuple(
        Column(texts(word)) for word in ("stop", "team", "coverage_planned", "coverage_state", "coverage_reason")
    )
    return Table(texts("coverage_deviations"), columns, rows, texts("coverage_no_deviations"))


def _reason(figures: Mapping[str, Any], texts: Texts) -> str:
    facts = dict(figures["facts"])
    for name in [name for name in facts if name.endswith("_s")]:
        facts[f"{name[:-2]}_min"] = (int(facts[name]) + 30) // 60
    return texts.reason(f"tracks.reason_{figures['reason']}", facts)


def _stops(shift: ScoredShift, texts: Texts) -> tuple[Block, ...]:
    found: list[Block] = []
    teams = _team_names(shift)
    for title, posts in (("coverage_posts", True), ("coverage_stops", False)):
        lines = [line for line in shift.items.get("stop", ()) if _is_place(line) and _is_post(line) is posts]
        rows = tuple(
            Row(
                (
                    _called(line, texts),
                    texts.data(teams.get(line.team_code or "", line.team_code or "")),
                    clock_of(line.figures["begin_s"], texts),
                    clock_of(line.figures["arrive_s"], texts),
                    both(line.figures["inside_s"], 60),
                    texts(f"coverage_state_{line.figures['state']}"),
                    _checked(line.figures["checked_in"], texts),
                ),
                f"stops:{line.key}" if line.geom is not None else "",
                look_of(line),
            )
            for line in lines
        )
        columns = (
            Column(texts("stop")),
            Column(texts("team")),
            Column(texts("coverage_planned"), True),
            Column(texts("coverage_came"), True),
            Column(texts("coverage_inside"), True),
            Column(texts("coverage_state")),
            Column(texts("coverage_checkin")),
        )
        found.append(
            Table(
                texts(title),
                columns,
                rows,
                texts("coverage_no_posts" if posts else "coverage_no_stops"),
                most=MOST_LINES,
            )
        )
    return (*found, _passes(shift, texts), Sentence(texts("coverage_stops_note"), "quiet"))


def _is_post(line: Line) -> bool:
    return bool(line.figures["kind"] == "post")


def _is_place(line: Line) -> bool:
    """Whether it is a place; streets have their own tables."""
    return line.figures["kind"] not in ("pass", "coverage")


def _team_names(shift: ScoredShift) -> dict[str, str]:
    return {line.key: line.name for line in shift.items.get("team", ())}


def _called(line: Line, texts: Texts) -> Markup:
    """What a line is called: what kind of stop it is, if it is one, and its name."""
    name = texts.data(line.name or line.key)
    kind = line.figures.get("kind")
    return Markup("{} {}").format(texts.reason(f"patrol.stop_{kind}", {}), name) if kind else name


def _checked(place: str | None, texts: Texts) -> str:
    return texts(f"coverage_checkin_{place}") if place else "—"


def _passes(shift: ScoredShift, texts: Texts) -> Table:
    rows = tuple(
        Row(
            (
                _called(line, texts),
                f"{clock_of(line.figures['from_s'], texts)}–{clock_of(line.figures['to_s'], texts)}",
                f"{line.figures['length_m']:,}",
                str(line.figures["made"]),
            ),
            "",
            look_of(line),
        )
        for line in shift.items.get("pass", ())
    )
    columns = (
        Column(texts("coverage_street")),
        Column(texts("coverage_slot")),
        Column(texts("coverage_metres"), True),
        Column(texts("coverage_made"), True),
    )
    return Table(texts("coverage_passes"), columns, rows, texts("coverage_no_passes"), most=MOST_LINES)


def _ground(view: CoverageView, shift: ScoredShift, texts: Texts) -> tuple[Block, ...]:
    lines = [line for line in shift.items.get("street", ()) if not line.done]
    rows = tuple(
        Row(
            (
                texts.data(line.name or "—"),
                texts(f"coverage_tier_{line.figures['tier']}"),
                texts.data(view.districts.get(line.district_code or "", line.district_code or "—")),
                f"{line.figures['length_m']:,}",
            ),
            f"streets:{line.key}" if number < MOST_OPEN else "",
            "missed",
        )
        for number, line in enumerate(lines)
    )
    columns = (
        Column(texts("coverage_street")),
        Column(texts("coverage_tier")),
        Column(texts("district")),
        Column(texts("coverage_metres"), True),
    )
    return (
        Table(texts("coverage_open"), columns, rows, texts("coverage_all_done"), most=2 * MOST_LINES),
        Sentence(texts("coverage_open_note"), "quiet"),
    )


def _idle(shift: ScoredShift, texts: Texts) -> Table:
    rows = tuple(
        Row(
            (
                texts.data(line.name),
                str(line.figures["visits"]),
                f"{line.figures['inside_s'] // 60:,}",
                f"{line.figures['longest_s'] // 60:,}",
                "—" if line.figures["cap_s"] is None else f"{line.figures['cap_s'] // 60:,}",
                _mean_idle(line.figures),
            ),
            f"zones:{line.key}",
            "done" if line.done else "hidden" if line.done is None else "missed",
        )
        for line in shift.items.get("zone", ())
    )
    columns = (
        Column(texts("coverage_zone")),
        Column(texts("coverage_visits"), True),
        Column(texts("coverage_there_min"), True),
        Column(texts("coverage_longest"), True),
        Column(texts("coverage_cap"), True),
        Column(texts("coverage_mean"), True),
    )
    return Table(texts("coverage_idle_caption"), columns, rows, texts("coverage_no_zones"))


def _mean_idle(figures: Mapping[str, int]) -> str:
    return f"{figures['idle_s2'] // (2 * figures['open_s']) // 60:,}" if figures["open_s"] else "—"
