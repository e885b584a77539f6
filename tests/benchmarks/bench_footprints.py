"""Footprint difference on made-up towns whose changes are known, whole command and plain difference in one run.

The command is run on GeoPackages as a person would run it and marked by what it wrote; its CPU seconds include
reading, writing and the readers' processes. Two towns: the shifted mosaic, and a hard one with leaning roofs and
houses drawn otherwise. The French pair is run where its files are at hand; nobody knows its truth.
"""

from __future__ import annotations

import argparse
import itertools
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.hotspots.footprints.classes import NEW_COVER
from geo.hotspots.footprints.difference import MIN_AREA_M2
from geo.hotspots.footprints.findings import FLAGGED, SIZES, size_bin
from geo.hotspots.footprints.overlaps import joined
from geo.settings import Settings
from tests.footprints import CRS, Town, make_town

ROOT = Path(__file__).resolve().parents[2]
FRENCH = ROOT.parent / "shared" / "data" / "buildings-fr-95430"
CONFIDENCE = (0.0, 0.6, 0.75, 0.85, 0.95, 1.01)


def run(settings: Settings, arguments: list[str]) -> dict[str, Any]:
    """Measure both towns, plain difference on the first, and the French pair."""
    parser = argparse.ArgumentParser(prog="bench footprints")
    parser.add_argument("--houses", type=int, default=200_000)
    parser.add_argument("--hard-houses", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    result: dict[str, Any] = {"name": "footprints", "seed": options.seed}
    with tempfile.TemporaryDirectory(prefix="bench-footprints-") as folder:
        town = make_town(options.houses, options.seed)
        result["mosaic"] = _measured(town, Path(folder))
        result["mosaic"]["plain_difference"] = _plain(town)
        _say("mosaic", result["mosaic"])
        hard = make_town(options.hard_houses, options.seed, lean_sd_m=1.5, redrawn=0.04)
        result["leaning_roofs_and_redrawn"] = _measured(hard, Path(folder))
        _say("leaning roofs, redrawn", result["leaning_roofs_and_redrawn"])
        result["french_pair"] = _french(Path(folder))
        _say("French pair", result["french_pair"])
    return result


def _measured(town: Town, folder: Path) -> dict[str, Any]:
    """One run of the command, and what it wrote against the truth."""
    approved, observed, out = folder / "approved.gpkg", folder / "observed.gpkg", folder / "out.gpkg"
    _frame(town.approved).to_file(approved)
    _frame(town.observed).to_file(observed)
    report, cpu_s, peak_mb = _command(approved, observed, out)
    rows = geopandas.read_file(out, layer="footprints", ignore_geometry=True)
    seen = rows[rows["observed_key"].notna()].sort_values("n").reset_index(drop=True)
    gone = rows.loc[rows["class"] == "demolished", "n"].to_numpy()
    found, added = seen["class"].to_numpy(str), seen["changed_m2"].to_numpy(float)
    classes = {cls: _scores(found == cls, town.truth == cls, added, town.added_m2) for cls in FLAGGED}
    classes |= {cls: _scores(found == cls, town.truth == cls) for cls in ("split", "merged") if cls in town.truth}
    demolished = np.isin(np.arange(len(town.approved)), gone)
    both = (found == "enlarged") & (town.truth == "enlarged")
    error = added[both] / town.added_m2[both] - 1
    paired = (town.truth == "unchanged") & (seen["approved_keys"].to_numpy(str) != "")
    right = seen["approved_keys"].to_numpy(str)[paired] == (town.counterpart[paired] + 1).astype(str)
    return {
        "approved": len(town.approved),
        "observed": len(town.observed),
        "sheets": int(town.sheet.max() + 1),
        "cpu_s": {"whole_command": round(cpu_s, 2), **report["cpu_s"]},
        "peak_memory_mb": peak_mb,
        "tolerance_m": report["tolerance_m"],
        "classes": {**classes, "demolished": _scores(demolished, town.gone)},
        "pairs_right": round(float(right.mean()), 5),
        "added_area_error": {"median": _round(np.median(error)), "p90_abs": _round(np.quantile(np.abs(error), 0.9))},
        "false_alarms": _alarms(town, found),
        "right_by_confidence": _calibration(seen["confidence"].to_numpy(float), found, town.truth),
    }


def _command(approved: Path, observed: Path, out: Path) -> tuple[dict[str, Any], float, int]:
    """The command's own report, CPU seconds of it and all it started, and the peak memory of one process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    line = [sys.executable, "-m", "api.cli", "footprints", "diff", str(approved), str(observed), str(out), "--json"]
    said = subprocess.run(line, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    report = json.loads(said)
    return report, cpu_s, report["peak_memory_mb"]


def _frame(outlines: NDArray[np.object_]) -> geopandas.GeoDataFrame:
    return geopandas.GeoDataFrame({"n": np.arange(len(outlines))}, geometry=list(outlines), crs=CRS)


def _scores(
    found: NDArray[np.bool_],
    true: NDArray[np.bool_],
    found_m2: NDArray[np.float64] | None = None,
    true_m2: NDArray[np.float64] | None = None,
) -> dict[str, Any]:
    """Precision, recall, F1; by size as well where areas are given (precision by found size, recall by true size)."""
    hit = found & true
    scores: dict[str, Any] = {
        "n": int(true.sum()),
        "precision": _round(hit.sum() / max(found.sum(), 1)),
        "recall": _round(hit.sum() / max(true.sum(), 1)),
        "f1": _round(2 * hit.sum() / max(found.sum() + true.sum(), 1)),
    }
    if found_m2 is None or true_m2 is None:
        return scores
    by_found, by_true = size_bin(found_m2), size_bin(true_m2)
    scores["by_size"] = {
        size: {
            "n": int((true & (by_true == size)).sum()),
            "precision": _round(hit[by_found == size].sum() / max(found[by_found == size].sum(), 1)),
            "recall": _round(hit[by_true == size].sum() / max(true[by_true == size].sum(), 1)),
        }
        for size in SIZES
        if (true & (by_true == size)).any()
    }
    return scores


def _alarms(town: Town, found: NDArray[np.str_]) -> dict[str, Any]:
    """Flagged outlines that neither are new nor grew: in 1,000 observed ones, and by sheet of the mosaic."""
    false = np.isin(found, FLAGGED) & ~np.isin(town.truth, FLAGGED)
    sheets = np.bincount(town.sheet, false, minlength=int(town.sheet.max()) + 1)
    return {
        "all": int(false.sum()),
        "per_1000": _round(1000 * false.mean()),
        "sheets_with_any": int((sheets > 0).sum()),
        "per_sheet_mean": _round(sheets.mean()),
        "per_sheet_worst": int(sheets.max()),
    }


def _calibration(
    confidence: NDArray[np.float64], found: NDArray[np.str_], truth: NDArray[np.str_]
) -> dict[str, dict[str, float]]:
    """Of the flagged outlines, the share whose class is right, by how sure the finding called itself."""
    flagged = np.isin(found, FLAGGED)
    table = {}
    for low, high in itertools.pairwise(CONFIDENCE):
        mine = flagged & (confidence >= low) & (confidence < high)
        if mine.any():
            right = (found[mine] == truth[mine]).mean()
            table[f"{low:g}-{min(high, 1):g}"] = {"n": int(mine.sum()), "right": _round(right)}
    return table


def _plain(town: Town) -> dict[str, Any]:
    """The baseline: what of each observed outline lies off approved ground, as it is, more than the smallest area."""
    begun = time.process_time()
    mine, theirs = shapely.STRtree(town.approved).query(town.observed, predicate="intersects")
    order = np.argsort(mine, kind="stable")
    ground = joined(town.approved[theirs[order]], mine[order], len(town.observed))
    some = np.flatnonzero(ground != None)  # noqa: E711
    left = shapely.area(town.observed)
    left[some] = shapely.area(shapely.difference(town.observed[some], ground[some]))
    area = shapely.area(town.observed)
    new = left > (1 - NEW_COVER) * area
    enlarged = ~new & (left > MIN_AREA_M2)
    found = np.select([new, enlarged], ["new", "enlarged"], "unchanged")
    return {
        "cpu_s": round(time.process_time() - begun, 2),
        "classes": {cls: _scores(found == cls, town.truth == cls) for cls in FLAGGED},
        "false_alarms": _alarms(town, found),
    }


def _french(folder: Path) -> dict[str, Any] | str:
    """Cadastre against aerial survey of one commune: how many are flagged though only drawn otherwise."""
    if not FRENCH.exists():
        return "not here"
    out = folder / "fr.gpkg"
    report, cpu_s, _ = _command(FRENCH / "cadastre_bati_95430.shp", FRENCH / "bati_95430.shp", out)
    cadastre = geopandas.read_file(out, layer="approved", ignore_geometry=True)
    seen = geopandas.read_file(out, layer="footprints", ignore_geometry=True)
    joint = set(";".join(seen.loc[seen["relation"].isin(["split", "merged"]), "approved_keys"].dropna()).split(";"))
    flagged = cadastre["class"] == "enlarged"
    drawn = flagged & cadastre["approved_key"].isin(joint)
    return {
        "cpu_s": round(cpu_s, 2),
        "tolerance_m": report["tolerance_m"],
        "cadastre": len(cadastre),
        "cadastre_classes": report["approved_classes"],
        "cadastre_drawn_otherwise": int(cadastre["approved_key"].isin(joint).sum()),
        "flagged_share": _round(flagged.mean()),
        "flagged_and_drawn_otherwise_share": _round(drawn.mean()),
        "plain_difference_flagged_share": _plain_french(),
    }


def _plain_french() -> float:
    cadastre = geopandas.read_file(FRENCH / "cadastre_bati_95430.shp").geometry.to_numpy()
    seen = geopandas.read_file(FRENCH / "bati_95430.shp").geometry.to_numpy()
    mine, theirs = shapely.STRtree(cadastre).query(seen, predicate="intersects")
    ground = joined(np.asarray(cadastre, object)[theirs], mine, len(seen))
    some = np.flatnonzero(ground != None)  # noqa: E711
    larger = some[shapely.area(shapely.difference(seen[some], ground[some])) > MIN_AREA_M2]
    return _round(len(np.unique(theirs[np.isin(mine, larger)])) / len(cadastre))


def _round(value: float) -> float:
    return round(float(value), 4)


def _say(title: str, figures: dict[str, Any] | str) -> None:
    if isinstance(figures, str):
        sys.stderr.write(f"{title}: {figures}\n")
        return
    classes = {name: scores["f1"] for name, scores in figures.get("classes", {}).items()}
    sys.stderr.write(f"{title}: {figures['cpu_s']} s, F1 {classes}\n")
