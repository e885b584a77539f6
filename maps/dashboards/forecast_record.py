"""The record of a forecast: intervals and what came, hit rates, models, and whether attention is fair."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from maps.findings.blocks import Block, Chart, Column, Row, Sentence, Table, rows_of
from maps.findings.charts import Axis, Series, Span, ceiling, line_chart, pair_rows, span_columns
from maps.texts import Texts

if TYPE_CHECKING:
    from pandas import DataFrame

PERIODS_SHOWN = 10
FEW_PERIODS = 5
"""Scored periods below which a share of them is not yet a track record."""


def record_blocks(scores: DataFrame, standings: DataFrame, texts: Texts) -> list[Block]:
    """How earlier forecasts came out, and how the models did on the past.

    Parameters
    ----------
    scores, standings
        As :class:`maps.dashboards.hotspots.HotspotsView` describes them; may be empty.
    """
    blocks: list[Block] = []
    if scores.empty:
        blocks.append(Sentence(texts("no_scores"), "empty"))
    else:
        last = scores.tail(PERIODS_SHOWN)
        inside = int(last["in_interval"].sum())
        blocks.append(Sentence(texts("inside_sentence", weeks=len(last), inside=inside), "strong"))
        if len(last) < FEW_PERIODS:
            blocks.append(Sentence(texts("few_weeks", weeks=len(last)), "warn"))
        blocks += [_intervals(last, texts), _hits(scores, texts), _calibration(scores, texts)]
    if not standings.empty:
        blocks.append(_standings(standings, texts))
    return blocks


def _intervals(last: DataFrame, texts: Texts) -> Chart:
    spans = [
        Span(f"{row.from_on:%m-%d}", row.lower, row.expected, row.upper, float(row.observed)) for row in rows_of(last)
    ]
    rows = tuple(
        Row(
            (
                f"{row.from_on:%Y-%m-%d}",
                f"{row.expected:.0f}",
                f"{row.lower:.0f}–{row.upper:.0f}",
                f"{row.observed:.0f}",
                texts("inside") if row.in_interval else texts("outside"),
            )
        )
        for row in rows_of(last)
    )
    columns = (
        Column(texts("period_from")),
        Column(texts("expected_count"), True),
        Column(texts("interval"), True),
        Column(texts("came"), True),
        Column(texts("result")),
    )
    title = texts("chart_intervals")
    svg = span_columns(title, texts("see_table"), spans, texts("unit_records"))
    return Chart(title, svg, Table(title, columns, rows, "", folded=True), texts("legend_intervals"))


def _hits(scores: DataFrame, texts: Texts) -> Chart:
    known = scores[scores["hit"].notna() & scores["base_hit"].notna()].tail(26)
    x = list(range(1, len(known) + 1))
    hit, base = [float(v) for v in known["hit"]], [float(v) for v in known["base_hit"]]
    title = texts("chart_hits")
    svg = line_chart(
        title,
        texts("see_table"),
        [Series(texts("series_forecast"), x, hit), Series(texts("series_last_year"), x, base)],
        Axis(texts("axis_periods"), 1, max(len(x), 2), "{:.0f}"),
        Axis(texts("axis_hit"), 0, ceiling(hit + base), "{:.0%}"),
    )
    rows = tuple(
        Row((f"{row.from_on:%Y-%m-%d}", f"{row.hit:.0%}", f"{row.base_hit:.0%}", f"{row.hit - row.base_hit:+.0%}"))
        for row in rows_of(known)
    )
    columns = (
        Column(texts("period_from")),
        Column(texts("series_forecast"), True),
        Column(texts("series_last_year"), True),
        Column(texts("difference"), True),
    )
    return Chart(title, svg, Table(title, columns, rows, texts("no_scores"), folded=True), texts("legend_hits"))


def _calibration(scores: DataFrame, texts: Texts) -> Table:
    """Said and seen shares of places with at least one record, over all scored periods."""
    steps: dict[float, list[float]] = {}
    for period in scores["calibration"]:
        for lower, said, came, places in period:
            whole = steps.setdefault(lower, [0.0, 0.0, 0.0])
            steps[lower] = [a + b for a, b in zip(whole, (said, came, places), strict=True)]
    edges = [*sorted(steps), 1.0]
    rows = tuple(
        Row(
            (
                f"{lower:.0%}–{upper:.0%}",
                f"{steps[lower][0] / steps[lower][2]:.1%}",
                f"{steps[lower][1] / steps[lower][2]:.1%}",
                f"{steps[lower][2]:,.0f}",
            )
        )
        for lower, upper in itertools.pairwise(edges)
    )
    columns = (
        Column(texts("said_between")),
        Column(texts("said_mean"), True),
        Column(texts("seen_share"), True),
        Column(texts("place_periods"), True),
    )
    return Table(texts("calibration_caption"), columns, rows, texts("no_scores"))


def _standings(standings: DataFrame, texts: Texts) -> Table:
    rows = tuple(
        Row(
            (
                texts.choice("model", row.model),
                f"{row.hit:.1%}",
                f"{row.base_hit:.1%}",
                f"{row.gain:+.1%} [{row.gain_lower:+.1%}, {row.gain_upper:+.1%}]",
                texts("admitted") if row.admitted else texts("not_admitted"),
            )
        )
        for row in rows_of(standings.sort_values("gain", ascending=False))
    )
    columns = (
        Column(texts("model")),
        Column(texts("hit"), True),
        Column(texts("series_last_year"), True),
        Column(texts("gain"), True),
        Column(texts("result")),
    )
    return Table(texts("standings_caption"), columns, rows, "")


def fairness_blocks(
    audit_share: float, training: str, attention: DataFrame, locked: DataFrame, texts: Texts
) -> list[Block]:
    """How much is left to chance, what the forecast learned from, and whom the list looks at."""
    blocks: list[Block] = [
        Sentence(texts("audit_sentence", share=f"{audit_share:.0%}"), "strong"),
        Sentence(texts("training_" + training), ""),
    ]
    if attention.empty:
        blocks.append(Sentence(texts("no_population"), "empty"))
    else:
        title = texts("chart_attention")
        pairs = [(row.name, float(row.attention), float(row.population)) for row in rows_of(attention)]
        names = (texts("series_attention"), texts("series_population"))
        rows = tuple(
            Row((texts.data(name), f"{seen:.0%}", f"{people:.0%}", f"{seen / people:.1f}×" if people else "—"))
            for name, seen, people in pairs
        )
        columns = (
            Column(texts("district")),
            Column(names[0], True),
            Column(names[1], True),
            Column(texts("ratio"), True),
        )
        svg = pair_rows(title, texts("see_table"), pairs, names)
        blocks.append(Chart(title, svg, Table(title, columns, rows, "", folded=True), texts("legend_attention")))
    stuck = (Column(texts("place")), Column(texts("periods_in_list"), True))
    rows = tuple(Row((texts.data(row.name), str(row.weeks))) for row in rows_of(locked))
    blocks.append(Table(texts("locked_caption"), stuck, rows, texts("no_locked")))
    return blocks
