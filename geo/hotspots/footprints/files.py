"""Two files of footprints compared, and the result written as a GeoPackage."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.layers.reports import ImportOptions
from geo.messages import Language

if TYPE_CHECKING:
    from collections.abc import Callable

    from geo.hotspots.footprints.layers import FootprintLayer


@dataclass(frozen=True, slots=True)
class DiffReport:
    """What a comparison of files found and cost; ``as_json`` holds everything."""

    counts: dict[str, dict[str, int]]
    approved: dict[str, int]
    facts: dict[str, Any]
    layers: tuple[FootprintLayer, ...]

    def as_json(self, language: Language = "zh") -> dict[str, Any]:
        """The report as JSON-ready values."""
        sides = zip(("approved", "observed", "flights"), self.layers, strict=False)
        files = {
            side: {
                "file": layer.name,
                "rows_read": layer.rows_read,
                "used": len(layer),
                "rejected": dict(layer.rejected),
                "notes": [note.say(language) for note in layer.notes],
            }
            for side, layer in sides
        }
        return {"classes": self.counts, "approved_classes": self.approved, **self.facts, "files": files}


def diff_files(
    approved_path: Path,
    observed_path: Path,
    out: Path,
    *,
    approved_options: ImportOptions | None = None,
    observed_options: ImportOptions | None = None,
    flights_path: Path | None = None,
    tolerance_m: float | None = None,
    min_area_m2: float | None = None,
    language: Language = "zh",
    step: Callable[[float], None] | None = None,
) -> DiffReport:
    """Compare two files of footprints and write what differs.

    Parameters
    ----------
    out
        A GeoPackage; see :func:`geo.hotspots.footprints.write.write_difference`.
    flights_path
        Areas that were looked at; what lies outside is "not seen" and never "demolished".
    tolerance_m, min_area_m2, step
        As :func:`geo.hotspots.footprints.difference.find_difference` takes them.
    language
        Of the reasons.

    Raises
    ------
    geo.layers.reports.FileRefused, geo.crs.UnknownCrs, NoFootprints, LayersApart, NotGeoPackage
        If a file cannot be taken or written; the message says what would mend it.
    """
    import numpy as np
    import shapely

    from geo.hotspots.footprints.difference import MIN_AREA_M2, find_difference
    from geo.hotspots.footprints.findings import count_classes, count_partners, find_findings, reasons
    from geo.hotspots.footprints.layers import choose_ground, lay_out, read_footprints
    from geo.hotspots.footprints.write import check_target, write_difference

    begun = _cpu_s()
    check_target(out)
    approved = read_footprints(approved_path, approved_options)
    observed = read_footprints(observed_path, observed_options)
    flights = read_footprints(flights_path) if flights_path else None
    read_s = _cpu_s() - begun
    ground = choose_ground(approved, observed)
    metric = lay_out(approved, ground.metric)
    seen = shapely.union_all(lay_out(flights, ground.metric)) if flights else None
    started = time.process_time()
    difference = find_difference(
        metric, lay_out(observed, ground.metric), seen=seen, tolerance_m=tolerance_m,
        min_area_m2=MIN_AREA_M2 if min_area_m2 is None else min_area_m2, step=step,
    )  # fmt: skip
    findings = find_findings(difference, metric, shapely.area(metric))
    partners = count_partners(difference, findings)
    compare_s = time.process_time() - started
    write_difference(out, approved, observed, ground, difference, findings, reasons(findings, partners, language))
    classes, counts = np.unique(difference.approved.cls, return_counts=True)
    facts = {
        "flagged": int(findings.flagged.sum()),
        "tolerance_m": round(difference.tolerance_m, 2),
        "whole_layer_shift_m": [round(float(value), 2) for value in difference.coarse_m],
        "pairs_for_registration": difference.pairs,
        "paired_share": round(difference.pairs / len(observed), 3),
        "looked_at": "flights" if flights else "hull",
        "cpu_s": {"read": round(read_s, 2), "compare": round(compare_s, 2), "all": round(_cpu_s() - begun, 2)},
        "peak_memory_mb": _peak_memory_mb(),
        "reader_memory_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
    layers = (approved, observed, flights) if flights else (approved, observed)
    told = {str(name): int(count) for name, count in zip(classes, counts, strict=True)}
    return DiffReport(count_classes(findings), told, facts, layers)


def _cpu_s() -> float:
    """CPU seconds of this process and of the readers it waited for."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    )


def _peak_memory_mb() -> int:
    """Most memory this process held. The kernel's own figure: what getrusage says outlives the parent's fork."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) // 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
