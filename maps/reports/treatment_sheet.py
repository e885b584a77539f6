"""片区治理方案 to print: what is wrong, what is to become of it, posts, streets, and how it came out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from geo.patrol.treatment.content import WEEKDAYS
from maps.assets import asset
from maps.page import templates
from maps.texts import Texts

MOST_LINKS = 3
"""Plans of a 片区 that its card leads to; older ones keep their address."""


@dataclass(frozen=True, slots=True)
class TreatmentLink:
    """A plan of a 片区 as other pages lead to it: its number, 片区, title, state and days."""

    number: int
    district_code: str
    title: str
    status: str
    from_on: dt.date
    to_on: dt.date


@dataclass(frozen=True, slots=True)
class TreatmentSheet:
    """What is printed.

    Attributes
    ----------
    plan
        The stored plan: ``title goal status version district_code from_on to_on problems targets streets frequency
        baseline evaluation``.
    owner
        Name of who answers for it.
    posts
        In the order of their numbers on the map, with ``name opening duty effect people people_needed``.
    shifts
        Names of the kinds of shift by code.
    map
        Drawn by :func:`maps.reports.sheet_map.draw_district`.
    """

    county_name: str
    district_name: str
    plan: Mapping[str, Any]
    owner: str
    posts: Sequence[Any]
    shifts: Mapping[str, str]
    map: Markup
    printed_on: dt.date
    review_number: str = ""


def newest_links(sheets: Sequence[tuple[int, TreatmentSheet]]) -> tuple[TreatmentLink, ...]:
    """What leads to the sheets, of each 片区 to its newest few; ``sheets`` with their numbers, the newest first."""
    links: list[TreatmentLink] = []
    for number, sheet in sheets:
        told = {name: sheet.plan[name] for name in ("district_code", "title", "status", "from_on", "to_on")}
        if sum(link.district_code == told["district_code"] for link in links) < MOST_LINKS:
            links.append(TreatmentLink(number, **told))
    return tuple(links)


def render_treatment_sheet(sheet: TreatmentSheet, texts: Texts) -> str:
    """Render the plan as HTML that prints on A4, upright, on as many pages as it needs."""
    plan = sheet.plan
    baseline, evaluation = plan["baseline"] or {}, plan["evaluation"] or {}
    targets = [
        {
            "said": texts.reason(f"treatment.measure_{target['measure']}", {"goal": target["goal"]}),
            "codes": "、".join(target["codes"]),
            "before": _counted(target, baseline.get("figures", []), number, texts),
            "now": _counted(target, evaluation.get("figures", []), number, texts),
            "verdict": texts.reason(f"treatment.verdict_{evaluation['verdicts'][number]}", {}) if evaluation else "",
        }
        for number, target in enumerate(plan["targets"])
    ]
    return (
        templates()
        .get_template("treatment.html")
        .render(
            t=texts,
            status=texts.reason(f"treatment.status_{plan['status']}", {}),
            sheet=sheet,
            plan=plan,
            targets=targets,
            weekdays=_weekdays(plan, texts),
            asset=asset,
        )
    )


def _counted(target: Mapping[str, Any], figures: Sequence[Mapping[str, int]], number: int, texts: Texts) -> str:
    """A figure as it was counted, events in days or cases of all cases; a dash before it was measured."""
    if number >= len(figures):
        return "—"
    count, of = figures[number]["count"], figures[number]["of"]
    return texts("events_in_days", count=count, days=of) if target["measure"] == "events" else f"{count} / {of}"


def _weekdays(plan: Mapping[str, Any], texts: Texts) -> dict[str, str]:
    """By shift, the weekdays in words; all seven are 'every day'."""
    return {
        one["shift_code"]: texts("every_day")
        if len(set(one["weekdays"])) == 7
        else ", ".join(texts(f"weekday_{WEEKDAYS.index(day) + 1}") for day in one["weekdays"])
        for one in plan["frequency"]
    }
