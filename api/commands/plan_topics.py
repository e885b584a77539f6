"""Pages of a shift's plan after it was made: planned anew, and drawn."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from api.commands.finding_pages import Known, Topic
    from geo.patrol.queries import PlanFrames, PlanRow
    from maps.dashboards.again import Again, Change

SHOWN = 4
"""Shifts of each kind with a page."""


def again_topics(known: Known) -> Iterator[Topic]:
    """A page for each of the newest re-plans."""
    from api.commands.finding_pages import Topic
    from geo.patrol.queries import list_shift_kinds
    from geo.patrol.replan.queries import list_replans
    from maps.dashboards.again import AgainView, render_again

    names = {kind.code: kind.name for kind in list_shift_kinds(known.session)}
    rows = list_replans(known.session, known.tenant, SHOWN)
    pages = ["again" if number == 0 else f"again-{number + 1}" for number in range(len(rows))]
    others = tuple(
        (page, row.on_date, names.get(row.shift_code, row.shift_code), row.version)
        for page, row in zip(pages, rows, strict=True)
    )
    if not rows:
        none = AgainView(known.head, None, ())
        yield Topic("again", lambda texts: render_again(none, texts))
    for page, row in zip(pages, rows, strict=True):
        view = AgainView(known.head, _read_again(known, page, row, names), others)
        yield Topic(page, lambda texts, view=view: render_again(view, texts))  # type: ignore[misc]


def _read_again(known: Known, page: str, row: PlanRow, names: dict[str, str]) -> Again:
    import datetime as dt

    from geo.patrol.queries import load_plan_frames
    from maps.dashboards.again import Again

    told = row.summary["again"]
    before, after = (load_plan_frames(known.session, number) for number in (told["of"]["plan"], row.id))
    assert before is not None and after is not None  # plans are never deleted
    teams = {str(team.code): str(team.name) for frames in (before, after) for team in frames.teams.itertuples()}
    now_s = int((dt.datetime.fromisoformat(told["now"]) - row.starts_at).total_seconds())
    called = names.get(row.shift_code, row.shift_code)
    return Again(
        page, row.on_date, called, row.version, row.status, told, teams, changes_of(before, after, now_s),
        before.routes, after.routes,
    )  # fmt: skip


def changes_of(before: PlanFrames, after: PlanFrames, now_s: int) -> list[Change]:
    """Visits to come of two versions of a shift's plan side by side, by time; waiting of teams is none."""
    from geo.patrol.replan.differences import pair_visits
    from maps.dashboards.again import Change, Side

    about: dict[str, Any] = {}
    days: list[dict[str, list[Any]]] = [{}, {}]
    for day, frames in zip(days, (before, after), strict=True):
        for row in frames.stops.itertuples():
            if row.kind != "break":
                about[_place(row)] = row
                day.setdefault(row.team, []).append(_planned(row, before.plan.starts_at))
    start = before.plan.starts_at

    def side(one: tuple[str, Any] | None) -> Side | None:
        import datetime as dt

        if one is None:
            return None
        begin, leave = (start + dt.timedelta(seconds=second) for second in (one[1].begin_s, one[1].leave_s))
        return Side(one[0], begin, leave)

    return [
        Change(
            pair.key, about[pair.key].kind, about[pair.key].name or pair.key, pair.what, side(pair.before),
            side(pair.after), about[pair.key].geometry,
        )
        for pair in pair_visits(days[0], days[1], now_s, set(after.passed["key"]))
    ]  # fmt: skip


def _place(row: Any) -> str:
    from geo.patrol.replan.differences import place_of

    return place_of(str(row.key), row.kind)


def _planned(row: Any, start: Any) -> Any:
    from geo.patrol.replan.carry import Planned

    begin, leave = (int((at - start).total_seconds()) for at in (row.begin_at, row.leave_at))
    return Planned(_place(row), 0, begin, begin, leave)


def draw_topics(known: Known) -> Iterator[Topic]:
    """A page for each of the shifts drawn last."""
    from api.commands.finding_pages import Topic
    from geo.patrol.mixture.queries import list_drawn
    from geo.patrol.queries import list_shift_kinds
    from maps.dashboards.draws import DrawsView, render_draws

    names = {kind.code: kind.name for kind in list_shift_kinds(known.session)}
    drawn = list_drawn(known.session, known.tenant, SHOWN)
    pages = ["draws" if number == 0 else f"draws-{number + 1}" for number in range(len(drawn))]
    others = tuple((page, on, names.get(code, code)) for page, (on, code, _) in zip(pages, drawn, strict=True))
    if not drawn:
        none = DrawsView(known.head, None, ())
        yield Topic("draws", lambda texts: render_draws(none, texts))
    for page, one in zip(pages, drawn, strict=True):
        view = DrawsView(known.head, _read_draws(known, page, *one, names), others)
        yield Topic(page, lambda texts, view=view: render_draws(view, texts))  # type: ignore[misc]


def _read_draws(known: Known, page: str, on: Any, code: str, sealed_at: Any, names: dict[str, str]) -> Any:
    from geo.patrol.mixture.actions import StillSecret, check_draw, label_of, list_draws
    from geo.patrol.queries import load_plan_frames
    from maps.dashboards.draws import DrawnShift

    seal, draws = list_draws(known.session, known.tenant, on, code)
    seed, fair = None, None
    try:
        found = check_draw(known.session, known.tenant, on, code)
        draws, seed, fair = found.draws, found.seed, found.fair
    except StillSecret:
        pass  # the seed is told once the shift is over
    frames = load_plan_frames(known.session, draws[-1]["plan_id"])
    assert frames is not None
    teams = dict(zip(frames.teams["code"], frames.teams["name"], strict=True))
    return DrawnShift(
        page, on, code, names.get(code, code), sealed_at, seal, label_of(known.tenant, on, code), draws, seed, fair,
        frames.routes, teams,
    )  # fmt: skip
