"""重排: a shift planned anew: what was kept, moved, lost and why; the plan before and after side by side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from geo.patrol.replan.told import losses_to_say
from maps.findings.blocks import Block, Cell, Column, Figure, Figures, Links, Row, Sentence, Tab, Table
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Look, Shape, ShapeSet, isolate, named
from maps.page import Page
from maps.palette import BLUE, GREEN, GREY, ORANGE, VERMILION
from maps.texts import Texts

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

MOST_LINES = 120
ROUGH_DEG = 2e-5
WHAT = ("gone", "moved", "new", "passed", "same")
"""In the order of the table: what people must know first."""


@dataclass(frozen=True, slots=True)
class Side:
    """A visit in one of the two plans: who, and when the work begins and ends."""

    team: str
    begin_at: dt.datetime
    leave_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A visit to come in both plans; ``what`` is one of :data:`WHAT`."""

    key: str
    kind: str
    name: str
    what: str
    before: Side | None
    after: Side | None
    geometry: BaseGeometry


@dataclass(frozen=True, slots=True)
class Again:
    """A shift planned anew.

    ``told`` is what the re-plan said of itself (:func:`geo.patrol.replan.actions.replan_shift`), ``teams`` the names by
    code in both plans, ``routes_before`` and ``routes`` frames with ``team``, EPSG:4490.
    """

    page: str
    on_date: dt.date
    shift_name: str
    version: int
    status: str
    told: Mapping[str, Any]
    teams: Mapping[str, str]
    changes: Sequence[Change]
    routes_before: GeoDataFrame
    routes: GeoDataFrame


@dataclass(frozen=True, slots=True)
class AgainView:
    """The re-plan shown, None while there was none; ``others`` are all with a page: address, day, shift, version."""

    head: Head
    again: Again | None
    others: tuple[tuple[str, dt.date, str, int], ...]


def render_again(view: AgainView, texts: Texts) -> Page:
    """Render the page in one language."""
    again = view.again
    if again is None:
        blocks: tuple[Block, ...] = (Sentence(texts("again_none"), "empty"), Sentence(texts("again_what"), "quiet"))
        finding = Finding("again", "again", Markup(""), (Tab("sum", texts("again_tab_sum"), blocks),))
        return render_finding(finding, view.head, texts)
    tabs = (
        Tab("sum", texts("again_tab_sum"), _summary(view, again, texts)),
        Tab("visits", texts("again_tab_visits"), _visits(again, texts)),
        Tab("teams", texts("again_tab_teams"), _teams(again, texts)),
    )
    about = texts(
        "again_about", day=again.on_date, shift=named(again.shift_name), now=_clock(again.told["now"], texts),
        version=again.version, of=again.told["of"]["version"],
    )  # fmt: skip
    finding = Finding(again.page, "again", isolate(about, texts), tabs, _sets(again, texts))
    return render_finding(finding, view.head, texts)


def _clock(at: str | None, texts: Texts) -> str:
    return texts.time(dt.datetime.fromisoformat(at)) if at else "—"


def _minutes(thousandths: int) -> str:
    return f"{(thousandths + 500) // 1000:,}"


def _summary(view: AgainView, again: Again, texts: Texts) -> tuple[Block, ...]:
    told = again.told
    others = Links(
        texts("again_others"),
        tuple(
            (
                f"/dashboards/{page}?lang={texts.language}",
                isolate(texts("again_link", day=day, shift=named(name), version=version), texts),
                page == again.page,
            )
            for page, day, name, version in view.others
        ),
    )
    gone = sum(one["visits"] for one in told["gone"])
    lost = told["value_before"] - told["value"]
    before = texts("again_before", n=_minutes(told["value_before"]))
    figures = Figures(
        (
            Figure(texts("again_same"), str(told["same"])),
            Figure(texts("again_moved"), str(len(told["moved"])), f"{told['moved_permille'] / 10:.1f} %"),
            Figure(texts("again_gone"), str(gone), "", "warn" if gone else ""),
            Figure(texts("again_new"), str(len(told["new"]))),
            Figure(texts("again_value"), _minutes(told["value"]), before),
        )
    )  # fmt: skip
    answer = texts("again_lost_sum" if lost > 0 else "again_lost_nothing", minutes=_minutes(abs(lost)))
    state = Sentence(texts(f"again_{again.status}"), "warn" if again.status == "draft" else "quiet")
    absent = told["teams_gone"]
    without = texts("again_teams_gone", teams=named("、".join(again.teams.get(code, code) for code in absent)))
    losses = losses_to_say(told)
    return (
        *((others,) if len(view.others) > 1 else ()),
        Sentence(answer, "strong"),
        state,
        *((Sentence(isolate(without, texts), "warn"),) if absent else ()),
        figures,
        *((_urgent(told, texts),) if told["urgent"] else ()),
        _gone(told, texts),
        *((_lost(losses, texts),) if losses else ()),
        Sentence(texts("again_what"), "quiet"),
    )


def _urgent(told: Mapping[str, Any], texts: Texts) -> Table:
    rows = tuple(
        Row(
            (
                texts.data(case["name"]),
                texts.data(case["team_name"]) if case["team"] else texts("again_nobody"),
                _clock(case["arrive_at"], texts),
                "—" if case["minutes"] is None else str(case["minutes"]),
            )
        )
        for case in told["urgent"]
    )
    columns = (
        Column(texts("again_case")), Column(texts("team")), Column(texts("again_arrives"), True),
        Column(texts("again_minutes"), True),
    )  # fmt: skip
    return Table(texts("again_urgent"), columns, rows, texts("again_nothing"))


def _gone(told: Mapping[str, Any], texts: Texts) -> Table:
    rows = tuple(
        Row(
            (
                texts.data(one["name"] or one["key"]),
                str(one["visits"]),
                isolate(texts.reason(one["reason_code"], dict(one["reason_facts"])), texts),
            ),
            "",
            "gone",
        )
        for one in told["gone"]
    )
    columns = (Column(texts("stop")), Column(texts("again_visits"), True), Column(texts("again_why")))
    return Table(texts("again_gone_why"), columns, rows, texts("again_nothing_gone"), most=MOST_LINES)


def _lost(losses: Sequence[Mapping[str, Any]], texts: Texts) -> Table:
    rows = tuple(Row((texts.data(one["name"] or one["code"]), f"{-one['value'] / 1000:+,.0f}")) for one in losses)
    columns = (Column(texts("district")), Column(texts("again_change"), True))
    return Table(texts("again_lost_by"), columns, rows, texts("again_nothing"))


def _visits(again: Again, texts: Texts) -> tuple[Block, ...]:
    ordered = sorted(enumerate(again.changes), key=lambda one: (WHAT.index(one[1].what), one[0]))
    rows = tuple(
        Row(
            (
                Markup("{} {}").format(texts.reason(f"patrol.stop_{one.kind}", {}), texts.data(one.name)),
                texts(f"again_is_{one.what}"),
                *_side(again, one.before, texts),
                *_side(again, one.after, texts),
            ),
            f"{one.what}:{number}",
            one.what,
        )
        for number, one in ordered
    )
    columns = (
        Column(texts("stop")), Column(texts("again_change")), Column(texts("again_team_before")),
        Column(texts("again_time_before"), True), Column(texts("again_team_after")),
        Column(texts("again_time_after"), True),
    )  # fmt: skip
    table = Table(texts("again_side_by_side"), columns, rows, texts("again_nothing"), most=MOST_LINES)
    return table, Sentence(texts("again_same_means"), "quiet")


def _side(again: Again, side: Side | None, texts: Texts) -> tuple[Cell, Cell]:
    if side is None:
        return "—", "—"
    return texts.data(again.teams.get(side.team, side.team)), f"{texts.time(side.begin_at)}–{texts.time(side.leave_at)}"


def _teams(again: Again, texts: Texts) -> tuple[Block, ...]:
    by = {one["team"]: one for one in again.told.get("teams", ())}
    rows = []
    for code, name in again.teams.items():
        mine = [one for one in again.changes if code in {side.team for side in (one.before, one.after) if side}]
        counts = [sum(one.what == what for one in mine) for what in ("same", "moved", "gone", "new")]
        seen = by.get(code, {})
        where = "—" if not seen else texts(f"again_by_{seen['by']}", at=_clock(seen.get("seen_at"), texts))
        rows.append(Row((texts.data(name), where, *(str(count) for count in counts))))
    columns = (
        Column(texts("team")), Column(texts("again_where")), Column(texts("again_same"), True),
        Column(texts("again_moved"), True), Column(texts("again_gone"), True), Column(texts("again_new"), True),
    )  # fmt: skip
    return (
        Table(texts("again_by_team"), columns, tuple(rows), texts("again_nothing")),
        *_missed(again, texts),
        Sentence(texts("again_where_means"), "quiet"),
    )


def _missed(again: Again, texts: Texts) -> tuple[Block, ...]:
    rows = tuple(
        Row((texts.data(again.teams.get(one["team"], one["team"])), texts.data(stop["name"] or stop["key"])))
        for one in again.told.get("teams", ())
        for stop in one["missed"]
    )
    if not rows:
        return ()
    return (Table(texts("again_missed"), (Column(texts("team")), Column(texts("stop"))), rows, ""),)


def _sets(again: Again, texts: Texts) -> tuple[ShapeSet, ...]:
    colors = {"gone": VERMILION, "moved": ORANGE, "new": GREEN, "passed": BLUE, "same": GREY}
    found = []
    for frame, name, color, dash in (
        (again.routes_before, "before", GREY, "6 5"), (again.routes, "after", BLUE, "")
    ):  # fmt: skip
        title = texts(f"again_routes_{name}")
        lines = tuple(
            Shape(row.team, name, named(again.teams.get(row.team, row.team)), row.geometry.simplify(ROUGH_DEG))
            for row in frame.itertuples()
        )
        looks = {name: Look(title, color, "line", weight=3, dash=dash)}
        found.append(ShapeSet(name, title, looks, lines, show=name == "after"))
    for what in reversed(WHAT):
        title = texts(f"again_is_{what}")
        dots = tuple(
            Shape(str(number), what, named(one.name), one.geometry, _facts(again, one, texts))
            for number, one in enumerate(again.changes)
            if one.what == what
        )
        found.append(ShapeSet(what, title, {what: Look(title, colors[what], "dot")}, dots, show=what != "same"))
    return tuple(found)


def _facts(again: Again, one: Change, texts: Texts) -> tuple[tuple[str, str], ...]:
    said = []
    for word, side in (("again_before_short", one.before), ("again_after_short", one.after)):
        if side is not None:
            said.append((texts(word), f"{named(again.teams.get(side.team, side.team))} {texts.time(side.begin_at)}"))
    return tuple(said)
