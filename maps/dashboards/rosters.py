"""排班: who works when by week, what is lacking and which rule is in the way, how burdens are spread, what one buys.

Weeks and fairness are drawn here; rules, leave, questions and what one more buys are asked of the service as it is now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from shapely import Point

from geo.patrol.people.fairness import MEASURES, Burden
from maps.findings.blocks import Block, Column, Figure, Figures, Links, Mount, Row, Sentence, Tab, Table
from maps.findings.page import Finding, Head, render_finding
from maps.findings.shapes import Look, Shape, ShapeSet, named
from maps.page import Page
from maps.palette import BLUE
from maps.texts import Texts

WORDS = (
    "roster_make", "roster_from", "roster_days", "roster_asked", "roster_made", "roster_adopt", "roster_adopt_sure",
    "roster_adopted", "roster_failed", "roster_person", "roster_day", "roster_shift", "roster_ask_why",
    "roster_rule", "roster_value", "roster_since", "roster_set_rule", "roster_rules_caption", "roster_usual",
    "roster_rule_set", "roster_needs_caption", "roster_day_kind", "roster_people", "roster_licensed",
    "roster_regular", "roster_leader", "roster_takes_rest", "roster_not_held", "roster_set_need", "roster_yes",
    "roster_no", "roster_leave_caption", "roster_leave_none", "roster_to", "roster_kind", "roster_note_leave",
    "roster_leave_back", "roster_leave_back_sure", "roster_leave_noted", "roster_leave_taken",
    "leave_leave", "leave_training", "leave_detached", "day_workday", "day_restday",
    *(f"rest_{name}" for name in (
        "most_days_running", "days_off_week", "least_rest_min", "night_rest_min", "most_day_min", "most_week_min",
        "restday_people", "pair_gap_days",
    )),
    "worth_weigh", "worth_weighing", "worth_none", "worth_caption", "worth_what", "worth_value", "worth_promises",
    "worth_served", "worth_spread", "worth_now_line", "worth_within", "worth_posts", "worth_post", "worth_hours",
    "worth_gain", "worth_given_up", "worth_no_posts",
    *(f"more_{name}" for name in ("auxiliary", "regular", "licensed", "licence", "ebike", "car")),
)  # fmt: skip
"""Sentences the script of the page says."""

MOST_LACKS = 40


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody in service; ``before`` is what they carried in the weeks before, ``now`` in the roster."""

    code: str
    name: str
    kind: str
    now: Burden
    before: Burden
    away: frozenset[dt.date] = frozenset()


@dataclass(frozen=True, slots=True)
class ShownRoster:
    """A proposed roster; ``duties`` are date, shift, staff number, role; ``summary`` as it was stored."""

    page: str
    number: int
    first_on: dt.date
    last_on: dt.date
    status: str
    summary: Mapping[str, Any]
    duties: tuple[tuple[dt.date, str, str, str], ...]
    people: tuple[Colleague, ...]


@dataclass(frozen=True, slots=True)
class RostersView:
    """The roster shown, None while none was proposed; the others to choose from; names of shifts by code in order of
    their start; muster points as (code, name, lon, lat)."""

    head: Head
    roster: ShownRoster | None
    others: tuple[tuple[str, dt.date, dt.date, str], ...]
    shifts: Mapping[str, str]
    musters: Sequence[tuple[str, str, float, float]]
    staff: tuple[tuple[str, str], ...]


def render_rosters(view: RostersView, texts: Texts) -> Page:
    """Render the page in one language."""
    roster = view.roster
    rules = (Mount("roster-rules", texts("loading")), Sentence(texts("roster_rules_note"), "quiet"))
    tabs = (
        Tab("week", texts("tab_roster_week"), _weeks(view, texts)),
        Tab("rules", texts("tab_roster_rules"), rules),
        Tab("leave", texts("tab_roster_leave"), (Mount("roster-leave", texts("loading")),)),
        Tab("fair", texts("tab_roster_fair"), _fair(roster, texts)),
        Tab("worth", texts("tab_roster_worth"), _worth(texts)),
    )
    about = Markup("")
    if roster:
        about = Markup("{} – {}").format(roster.first_on.isoformat(), roster.last_on.isoformat())
    told: dict[str, Any] = {
        "shifts": [{"code": code, "name": name} for code, name in view.shifts.items()],
        "staff": [{"code": code, "name": name} for code, name in view.staff],
        "tomorrow": view.head.on_date.isoformat(),
        "roster": None,
    }
    if roster:
        told["roster"] = {
            "number": roster.number, "status": roster.status, "first_on": roster.first_on.isoformat(),
            "last_on": roster.last_on.isoformat(),
        }  # fmt: skip
    name = roster.page if roster else "rosters"
    finding = Finding(name, "rosters", about, tabs, _sets(view, texts), ("rosters",), WORDS, {"rosters": told})
    return render_finding(finding, view.head, texts)


def _worth(texts: Texts) -> tuple[Block, ...]:
    return (Mount("roster-worth", texts("loading")), Sentence(texts("worth_note"), "quiet"))


def _weeks(view: RostersView, texts: Texts) -> tuple[Block, ...]:
    roster = view.roster
    if roster is None:
        return (Sentence(texts("no_roster"), "empty"), Mount("roster-act", texts("loading")))
    facts = {
        "number": roster.number, "status": texts(f"roster_status_{roster.status}"), "duties": len(roster.duties),
        "first": roster.first_on.isoformat(), "last": roster.last_on.isoformat(),
    }  # fmt: skip
    lacking = roster.summary["lacking"]
    short = Sentence(texts("roster_lacks", count=len(lacking)), "warn") if lacking else Sentence(texts("roster_whole"))
    blocks: list[Block] = [Sentence(texts("roster_is", **facts), "strong"), short]
    if len(view.others) > 1:
        links = tuple(
            (
                f"/dashboards/{page}?lang={texts.language}",
                f"{first:%m-%d}–{last:%m-%d} {texts('roster_status_' + status)}",
                page == roster.page,
            )
            for page, first, last, status in view.others
        )  # fmt: skip
        blocks.append(Links(texts("roster_others"), links))
    blocks.append(Mount("roster-act", texts("loading")))
    if lacking:
        blocks.append(_lacks(lacking, view.shifts, texts))
    monday = roster.first_on - dt.timedelta(roster.first_on.weekday())
    while monday <= roster.last_on:
        blocks.append(_week(roster, monday, view.shifts, texts))
        monday += dt.timedelta(7)
    blocks.append(Sentence(texts("roster_legend"), "quiet"))
    return (*blocks, Sentence(texts("roster_why_title"), "strong"), Mount("roster-why", texts("loading")))


def _lacks(lacking: Sequence[Mapping[str, Any]], shifts: Mapping[str, str], texts: Texts) -> Table:
    columns = (
        Column(texts("roster_day")), Column(texts("roster_shift")), Column(texts("roster_lack")),
        Column(texts("roster_short"), True), Column(texts("roster_in_the_way")),
    )  # fmt: skip
    joint = "、" if texts.language == "zh" else ", "
    rows = tuple(
        Row(
            (
                texts.day(dt.date.fromisoformat(one["on_date"])),
                texts.data(shifts.get(one["shift"], one["shift"])) if one["shift"] else texts("roster_all_day"),
                texts(f"lack_{one['lack']}"),
                str(one["short"]),
                joint.join(texts(f"rule_{rule}") for rule in one["in_the_way"]) or texts("roster_too_few"),
            )
        )
        for one in lacking
    )
    return Table(texts("roster_lacks_caption"), columns, rows, texts("roster_whole"), most=MOST_LACKS)


def _week(roster: ShownRoster, monday: dt.date, shifts: Mapping[str, str], texts: Texts) -> Table:
    """One week, a row a person; folded but for the first two."""
    days = [monday + dt.timedelta(day) for day in range(7)]
    on: dict[tuple[str, dt.date], list[tuple[str, str]]] = {}
    for date, shift, staff, role in roster.duties:
        on.setdefault((staff, date), []).append((shift, role))
    order = list(shifts)

    def cell(person: Colleague, day: dt.date) -> Markup | str:
        there = sorted(on.get((person.code, day), ()), key=lambda one: order.index(one[0]) if one[0] in order else 99)
        if there:
            said = [
                Markup("{}{}").format(texts.data(shifts.get(shift, shift)), "★" if role == "leader" else "")
                for shift, role in there
            ]
            return Markup("<br>").join(said)
        return texts("roster_away") if day in person.away else "–"

    rows = tuple(
        Row(
            (
                Markup("{} {}").format(texts.data(person.name), person.code),
                *(cell(person, day) for day in days),
                str(sum(len(on.get((person.code, day), ())) for day in days)),
            )
        )
        for person in roster.people
    )
    heads = (Column(f"{texts('weekday_' + str(day.isoweekday()))} {day.day}") for day in days)
    columns = (Column(texts("roster_person")), *heads, Column(texts("roster_shifts"), True))
    last = days[-1]
    caption = texts("roster_week", first=monday.isoformat(), last=last.isoformat())
    folded = monday > roster.first_on + dt.timedelta(7)
    return Table(caption, columns, rows, texts("no_roster"), folded=folded, most=500)


def _fair(roster: ShownRoster | None, texts: Texts) -> tuple[Block, ...]:
    if roster is None:
        return (Sentence(texts("no_roster"), "empty"),)
    blocks: list[Block] = [Sentence(texts("fair_what"), "quiet")]
    for kind in ("regular", "auxiliary"):
        group = [person for person in roster.people if person.kind == kind]
        if not group:
            continue
        figures = tuple(
            Figure(texts(f"fair_{name}"), _range(getattr(one.now, name) for one in group), texts("fair_least_most"))
            for name in ("shifts", "late", "restdays")
        )
        hours = Figure(texts("fair_hours"), _range(one.now.minutes // 60 for one in group), texts("fair_least_most"))
        blocks += [Sentence(texts(f"fair_{kind}", count=len(group)), "strong"), Figures((*figures, hours))]
        blocks.append(_fair_table(group, texts(f"fair_{kind}_table"), texts))
    return tuple(blocks)


def _fair_table(group: Sequence[Colleague], caption: str, texts: Texts) -> Table:
    """By who carries most hours, the weeks before counted in."""

    def told(one: Burden) -> tuple[str, ...]:
        return tuple(str(getattr(one, name) // 60 if name == "minutes" else getattr(one, name)) for name in MEASURES)

    names = [texts(f"fair_{'hours' if name == 'minutes' else name}") for name in MEASURES]
    columns = (
        Column(texts("roster_person")),
        *(Column(name, True) for name in names),
        *(Column(texts("fair_before", what=name), True) for name in names),
    )
    ordered = sorted(group, key=lambda one: (-(one.now.minutes + one.before.minutes), one.code))
    rows = tuple(
        Row((Markup("{} {}").format(texts.data(one.name), one.code), *told(one.now), *told(one.before)))
        for one in ordered
    )
    return Table(caption, columns, rows, texts("no_roster"), most=500)


def _range(values: Iterable[int]) -> str:
    found = list(values)
    return f"{min(found)}–{max(found)}" if found else "–"


def _sets(view: RostersView, texts: Texts) -> tuple[ShapeSet, ...]:
    looks = {"muster": Look(texts("muster_point"), BLUE, "dot", radius=7.0)}
    shapes = tuple(
        Shape(code, "muster", named(name), Point(lon, lat), ((texts("muster_point"), code),))
        for code, name, lon, lat in view.musters
    )
    return (ShapeSet("musters", texts("set_musters"), looks, shapes, note=texts("set_musters_note")),)
