"""The four systems of a row as its log says, samples that can be drawn again, files of the same bytes."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from geo.cases.resolution.items import SOURCES, Done, read_marks
from geo.cases.resolution.sampling import draw


def test_every_step_a_source_names_is_a_step_of_its_workflow() -> None:
    for name, source in SOURCES.items():
        assert source.workflow.name == name
        named = source.assigned | source.fed_back | source.written_off | source.undone | {source.reopen}
        assert named <= set(source.workflow.steps)
        assert source.left_out <= set(source.workflow.states)


@given(
    st.lists(
        st.sampled_from(["open", "assign", "hand_over", "feed_back", "close", "review", "rework", "merge"]), max_size=20
    )
)
def test_what_was_taken_back_is_no_mark_and_the_last_of_each_holds(steps: list[str]) -> None:
    source = SOURCES["complaint"]
    log = [
        Done(step, dt.datetime(2026, 3, 1, tzinfo=dt.UTC) + dt.timedelta(hours=n), str(n))
        for n, step in enumerate(steps)
    ]
    marks = read_marks(source, log)
    last = {step: n for n, step in enumerate(steps)}
    undone = max((last[step] for step in source.undone if step in last), default=-1)
    for mark, names, needs in (
        (marks.assigned, source.assigned, -1), (marks.fed_back, source.fed_back, undone),
        (marks.written_off, source.written_off, undone),
    ):  # fmt: skip
        expected = max((last[step] for step in names if step in last), default=-1)
        assert (mark and int(mark.by)) == (expected if expected > needs else None)


@given(st.sets(st.integers(1, 10**6), max_size=40), st.text(max_size=8), st.integers(1, 50))
def test_a_sample_depends_on_seed_and_rows_and_nothing_else(rows: set[int], seed: str, size: int) -> None:
    drawn = draw(rows, seed, size)
    assert drawn == draw(sorted(rows, reverse=True), seed, size)
    assert len(drawn) == min(size, len(rows)) and set(drawn) <= rows
    assert draw(rows | {10**7}, seed, size + 1)[: len(drawn)] == drawn or 10**7 in draw(rows | {10**7}, seed, size + 1)


def test_every_row_is_drawn_about_as_often_as_any_other() -> None:
    counts = dict.fromkeys(range(20), 0)
    for seed in range(2000):
        for row in draw(range(20), str(seed), 5):
            counts[row] += 1
    assert all(400 < count < 600 for count in counts.values())
