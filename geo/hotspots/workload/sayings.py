"""The matrix and the moves as a finding: sentences, and the records behind each number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.hotspots.findings import FEW, Finding, Row, Sentence
from geo.messages import say

if TYPE_CHECKING:
    from geo.hotspots.workload.actions import Workload
    from geo.hotspots.workload.match import Move


def say_workload(workload: Workload) -> Finding:
    """Rows: the moves, best first, then every 片区, weekday (1 = Monday) and hour with work or people."""
    facts, matrix = workload.facts, workload.matrix
    total, met = facts["demand_min"], facts["covered_min"]
    worst = matrix.iloc[int(matrix["gap_min"].to_numpy().argmax())]
    summary = {
        **{name: facts[name] for name in ("first_on", "last_on", "roster_from", "roster_days", "records")},
        "demand_h": round(total / 60, 1),
        "supply_h": round(facts["supply_min"] / 60, 1),
        "covered": round(100 * met / total) if total else 100,
        "worst": worst["name"],
        **_when(int(worst["weekday"]), int(worst["hour"])),
        "gap_min": round(float(worst["gap_min"])),
    }
    notes = [Sentence("workload.corrected" if facts["corrected"] else "workload.as_recorded", _correction(facts))]
    assumed = {"people": round(facts["people_per_visit"], 1), "share": round(100 * facts["on_spot"])}
    notes.append(Sentence("workload.from_plans" if facts["by_plan"] else "workload.assumed", assumed))
    few = int((matrix["records"].map(len) < FEW).sum())
    notes.append(Sentence("workload.few", {"cells": few, "of": len(matrix), "needed": FEW}))
    if facts["nowhere"]:
        notes.append(Sentence("workload.nowhere", {"duties": facts["nowhere"]}))
    if workload.moves:
        notes.append(Sentence("workload.moves_note", {}))
    rows = [_move_row(workload, number, move) for number, move in enumerate(workload.moves, start=1)]
    rows += _cell_rows(workload)
    asked = {name: facts[name] for name in ("first_on", "last_on", "roster_from", "roster_days")}
    return Finding("workload", "workload", Sentence("workload.matrix", summary), tuple(notes), tuple(rows), asked)


def _correction(facts: dict[str, Any]) -> dict[str, Any]:
    return {"recorded_h": round(facts["recorded_min"] / 60, 1), "demand_h": round(facts["demand_min"] / 60, 1)}


def _when(weekday: int, hour: int) -> dict[str, Any]:
    return {
        "day_zh": say(f"workload.day_{weekday}", "zh"),
        "day_en": say(f"workload.day_{weekday}", "en"),
        "hour": hour,
    }


def _move_row(workload: Workload, number: int, move: Move) -> Row:
    """One move: who, from where, to where, and what it covers; behind it the events of the hours newly covered."""
    matrix, unit = workload.matrix, workload.units[move.unit]
    hours = set(np.flatnonzero(move.gained > 0).tolist())
    mine = matrix["district"].isin(unit.districts) if unit.districts else matrix["district"].notna()
    cells = matrix[mine & (matrix["weekday"] * 24 + matrix["hour"]).isin(hours)]
    turn = {
        side: " + ".join(workload.shifts[code].name for code in codes)
        for side, codes in (("from_turn", move.from_turn), ("to_turn", move.to_turn))
    }
    days = {
        f"{side}_{language}": say(f"workload.day_{weekday}", language)
        for side, weekday in (("from", move.from_weekday), ("to", move.to_weekday))
        for language in ("zh", "en")
    }
    total = workload.facts["demand_min"]
    facts = {
        "unit": unit.name,
        **turn,
        **days,
        "gain_min": round(move.gain_min),
        "gained_min": round(float(move.gained.sum())),
        "lost_min": round(float(move.lost.sum())),
        "covered": round(100 * move.covered_min / total, 1) if total else 100.0,
    }
    records = tuple(sorted({one for some in cells["records"] for one in some}))
    values = {
        "unit": move.unit,
        "from_weekday": move.from_weekday + 1,
        "from_turn": list(move.from_turn),
        "to_weekday": move.to_weekday + 1,
        "to_turn": list(move.to_turn),
        "gain_min": round(move.gain_min, 1),
    }
    return Row(f"move:{number}", Sentence("workload.move", facts), "event", records, None, values)


def _cell_rows(workload: Workload) -> list[Row]:
    rows = []
    cells: list[Any] = workload.matrix.to_dict("records")
    for cell in cells:
        if not cell["records"] and cell["supply_min"] <= 0:
            continue
        facts = {
            "name": cell["name"],
            **_when(cell["weekday"], cell["hour"]),
            "events": round(cell["events"], 2),
            "low": round(cell["low"], 2),
            "high": round(cell["high"], 2),
            "n": len(cell["records"]),
            "demand_min": round(cell["demand_min"], 1),
            "supply_min": round(cell["supply_min"], 1),
            "gap_min": round(cell["gap_min"], 1),
        }
        code = "workload.cell" if len(cell["records"]) >= FEW else "workload.cell_few"
        values = {"district_code": cell["district"], "weekday": cell["weekday"] + 1, "hour": cell["hour"]}
        values |= {name: facts[name] for name in ("events", "low", "high", "demand_min", "supply_min", "gap_min")}
        values["planned_min"] = None if np.isnan(cell["planned_min"]) else round(cell["planned_min"], 1)
        key = f"{cell['district']}:{cell['weekday'] + 1}:{cell['hour']:02d}"
        rows.append(Row(key, Sentence(code, facts), "event", cell["records"], None, values))
    return rows
