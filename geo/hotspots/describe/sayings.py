"""Each description as a finding: one sentence, a mark for every place it points at, the records behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.crs import STORAGE
from geo.hotspots.describe.clusters import LEAST, SHUFFLES, WITHIN_DAYS, WITHIN_M, st_dbscan
from geo.hotspots.describe.emerging import LEAST_EVENTS, emerging
from geo.hotspots.describe.gi_star import ALPHA, binary, gi_star
from geo.hotspots.describe.knox import knox
from geo.hotspots.describe.marks import Mark, describe
from geo.hotspots.describe.material import Material
from geo.hotspots.describe.network_density import BANDWIDTH_M, STEP_M, network_density
from geo.hotspots.findings import FEW, Finding, Sentence
from geo.hotspots.panel import count_panel
from geo.hotspots.places import Places, cell_places, place_of
from geo.roads.lixels import cut_lixels, joined, lixel_lines, nearest_lixels

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from shapely.geometry.base import BaseGeometry

CELL_M: Final = 250.0
SLICES: Final = 26
STREET_M: Final = 60.0
"""An event farther than this from every street lies on none."""

TIMES: Final = 2.0
"""Streets with at least twice the county's mean density are marked."""

TREND_WORDS: Final = {
    "new": "describe.mark_new",
    "intensifying": "describe.mark_intensifying",
    "persistent": "describe.mark_persistent",
    "fading": "describe.mark_fading",
    "rising": "describe.mark_rising",
    "falling": "describe.mark_falling",
}


def say_gi_star(material: Material) -> Finding:
    """Cells that hold more, or less, than chance together with their neighbours."""
    places, place = _cells(material)
    found = gi_star(np.bincount(place, minlength=len(places)), places.smoothing)
    around = _around(material, places, place)
    words = (("hot", "describe.mark_hot", found.hot), ("cold", "describe.mark_cold", found.cold))
    marks = []
    outlines = _stored(places)
    for word, code, chosen in words:
        for one in np.flatnonzero(chosen).tolist():
            facts = {"around": int(found.around[one]), "expected": round(float(found.expected[one]), 1)}
            marks.append(
                Mark(
                    f"{word}:{places.keys[one]}", Sentence(code, facts), "event", around(one), outlines[one],
                    {"class": word, "cell": str(places.keys[one])},
                )
            )  # fmt: skip
    summary = {**material.facts, "hot": int(found.hot.sum()), "cold": int(found.cold.sum()), "cells": len(places)}
    summary |= {"size_m": int(CELL_M), "false": round(100 * ALPHA)}
    asked = {**material.asked, "size_m": CELL_M, "alpha": ALPHA}
    notes = [Sentence("describe.single"), *material.notes]
    return describe("gi_star", Sentence("describe.gi_star", summary), notes, marks, asked)


def say_emerging(material: Material) -> Finding:
    """Cells whose share of the county's events rises or falls."""
    places, place = _cells(material)
    length = material.days // SLICES
    skipped = material.days - length * SLICES
    on = material.events["local_on"].to_numpy()
    first = np.datetime64(material.first_on) + skipped
    panel = count_panel(place, on, None, len(places), first, SLICES, length) if length else None
    counts = np.zeros((0, len(places)), dtype=np.int64) if panel is None else panel.counts.astype(np.int64)
    found = emerging(counts, places.smoothing)
    neighbourhood = np.asarray((binary(places.smoothing) @ counts.T).T)
    half = SLICES // 2
    total = counts.sum(axis=1)
    around = _around(material, places, place)
    outlines = _stored(places)
    marks = []
    for one in np.flatnonzero(found.trend != "none").tolist():
        word = str(found.trend[one])
        facts = {
            "before": int(neighbourhood[:half, one].sum()),
            "after": int(neighbourhood[half:, one].sum()),
            "county_before": int(total[:half].sum()),
            "county_after": int(total[half:].sum()),
        }
        values = {"class": word, "cell": str(places.keys[one])}
        sentence = Sentence(TREND_WORDS[word], facts)
        marks.append(Mark(f"{word}:{places.keys[one]}", sentence, "event", around(one), outlines[one], values))
    counted = {word: int((found.trend == word).sum()) for word in TREND_WORDS}
    summary = {**material.facts, **counted, "judged": int(found.judged.sum()), "cells": len(places), "slices": SLICES}
    notes = [
        *material.notes,
        Sentence("describe.not_judged", {"cells": int((~found.judged).sum()), "needed": LEAST_EVENTS}),
    ]
    asked = {**material.asked, "size_m": CELL_M, "alpha": ALPHA, "slices": SLICES}
    return describe("emerging", Sentence("describe.emerging", summary), notes, marks, asked)


def say_clusters(material: Material, seed: int) -> Finding:
    """Outbreaks: events close in place and time."""
    import shapely

    events = material.events
    x, y, day = (events[name].to_numpy(float) for name in ("x", "y", "day"))
    found = st_dbscan(x, y, day, seed=seed)
    ids, on = events.index.to_numpy(), events["local_on"].to_numpy().astype("datetime64[D]")
    marks: list[tuple[str, Sentence, tuple[int, ...], dict[str, str]]] = []
    hulls: list[Any] = []
    beyond = 0
    for number in range(int(found.label.max(initial=-1)) + 1):
        mine = np.flatnonzero(found.label == number)
        hull = shapely.buffer(shapely.convex_hull(shapely.multipoints(np.column_stack([x[mine], y[mine]]))), 20.0)
        box = shapely.bounds(hull)
        largest = int(found.largest_by_chance[number])
        is_beyond = len(mine) > largest
        beyond += is_beyond
        facts: dict[str, Any] = {
            "events": len(mine),
            "first_on": str(on[mine].min()),
            "last_on": str(on[mine].max()),
            "across_m": round(float(max(box[2] - box[0], box[3] - box[1])) - 40),
            "largest": largest,
        }
        code = "describe.mark_outbreak" if is_beyond else "describe.mark_busy"
        hulls.append(hull)
        values = {"class": "outbreak" if is_beyond else "busy"}
        marks.append((f"{number:04d}", Sentence(code, facts), tuple(sorted(ids[mine].tolist())), values))
    stored = _to_storage(hulls, material)
    rows = [
        Mark(key, sentence, "event", records, outline, values)
        for (key, sentence, records, values), outline in zip(marks, stored, strict=True)
    ]
    summary = {**material.facts, "clusters": len(rows), "beyond": beyond, "by_chance": round(found.by_chance, 1)}
    summary |= {"inside": int((found.label >= 0).sum()), "shuffles": SHUFFLES, "least": LEAST}
    summary |= {"mistaken": round((len(rows) - beyond) / SHUFFLES, 1)}
    summary |= {"within_m": int(WITHIN_M), "within_days": int(WITHIN_DAYS)}
    asked = {**material.asked, "within_m": WITHIN_M, "within_days": WITHIN_DAYS, "least": LEAST, "seed": seed}
    return describe("clusters", Sentence("describe.clusters", summary), material.notes, rows, asked)


def say_knox(material: Material, seed: int) -> Finding:
    """Whether events draw more of their kind soon after, band by band."""
    events = material.events
    x, y, day = (events[name].to_numpy(float) for name in ("x", "y", "day"))
    found = knox(x, y, day, seed=seed)
    ids = events.index.to_numpy()
    marks = []
    for i, far in enumerate(found.distances_m):
        for j, late in enumerate(found.days):
            facts: dict[str, Any] = {
                "from_m": round(found.distances_m[i - 1]) if i else 0,
                "to_m": round(far),
                "from_days": round(found.days[j - 1]) if j else 0,
                "to_days": round(late),
                "observed": int(found.observed[i, j]),
                "expected": round(float(found.expected[i, j]), 1),
            }
            if np.isfinite(found.ratio[i, j]):
                facts |= {"ratio": round(float(found.ratio[i, j]), 2), "low": round(float(found.low[i, j]), 2)}
                facts |= {"high": round(float(found.high[i, j]), 2), "p": round(float(found.p[i, j]), 3)}
                above = found.ratio[i, j] > found.high[i, j]
                code, word = ("describe.band_more", "more") if above else ("describe.band_chance", "chance")
            else:
                code, word = "describe.band_few", "insufficient"
            records = tuple(sorted(ids[found.members(i, j)].tolist()))
            marks.append(Mark(f"d{i}:t{j}", Sentence(code, facts), "event", records, None, {"class": word}))
    near = float(found.ratio[0, 0])
    summary = {**material.facts, "permutations": found.permutations, "days": round(found.days[0]), "bands": len(marks)}
    summary |= {"more": sum(mark.values["class"] == "more" for mark in marks)}
    if np.isfinite(near):
        sentence = Sentence("describe.knox", {**summary, "ratio": round(near, 2)})
    else:
        sentence = Sentence("describe.knox_few", summary)
    return describe("knox", sentence, material.notes, marks, {**material.asked, "seed": seed})


def say_density(material: Material, roads: GeoDataFrame) -> Finding:
    """Stretches of street along which events are dense."""
    from geo.roads.network import build_network

    events = material.events
    lixels = cut_lixels(build_network(roads, material.county.metric_srid), STEP_M)
    bit = nearest_lixels(lixels, events["x"].to_numpy(float), events["y"].to_numpy(float), STREET_M)
    on_street = bit >= 0
    weight = np.bincount(bit[on_street], minlength=len(lixels.piece)).astype(float)
    density = network_density(lixels, weight)
    mean = weight.sum() / lixels.length_m.sum()
    number = joined(lixels, density >= TIMES * mean if mean > 0 else np.zeros(len(density), dtype=bool))
    stretch_of = np.where(on_street, number[bit], -1)
    ids = events.index.to_numpy()
    marks = []
    for one in np.unique(stretch_of[stretch_of >= 0]).tolist():
        mine = tuple(sorted(ids[stretch_of == one].tolist()))
        if len(mine) < FEW:
            continue
        bits = np.flatnonzero(number == one)
        length = float(lixels.length_m[bits].sum())
        name = lixels.network.names[lixels.network.road[lixels.piece[bits[0]]]] or "—"
        times = float((density[bits] * lixels.length_m[bits]).sum() / length / mean)
        facts = {"street": name, "length_m": round(length), "events": len(mine), "times": round(times, 1)}
        sentence = Sentence("describe.mark_street", facts)
        marks.append(Mark(f"s{one:05d}", sentence, "event", mine, lixel_lines(lixels, bits), {"class": "dense"}))
    summary = {**material.facts, "stretches": len(marks), "bandwidth_m": int(BANDWIDTH_M), "times": TIMES}
    summary |= {"km": round(float(lixels.length_m.sum()) / 1000, 1), "per_km": round(1000 * float(mean), 2)}
    notes = [*material.notes]
    if not on_street.all():
        notes.append(Sentence("describe.off_street", {"records": int((~on_street).sum()), "within_m": int(STREET_M)}))
    asked = {**material.asked, "bandwidth_m": BANDWIDTH_M, "step_m": STEP_M}
    return describe("network_density", Sentence("describe.network_density", summary), notes, marks, asked)


def _cells(material: Material) -> tuple[Places, NDArray[np.intp]]:
    x, y = material.events["x"].to_numpy(float), material.events["y"].to_numpy(float)
    places = cell_places(x, y, CELL_M, crs=material.county.metric_srid)
    return places, place_of(places, x, y)


def _around(material: Material, places: Places, place: NDArray[np.intp]) -> Any:
    """A function that lists the events in a place and its neighbours."""
    links = binary(places.smoothing)
    ids = material.events.index.to_numpy()
    order = np.argsort(place, kind="stable")
    begin = np.searchsorted(place[order], np.arange(len(places) + 1))

    def records(one: int) -> tuple[int, ...]:
        near = links.indices[links.indptr[one] : links.indptr[one + 1]]
        return tuple(sorted(int(i) for other in near for i in ids[order[begin[other] : begin[other + 1]]]))

    return records


def _stored(places: Places) -> list[BaseGeometry]:
    return list(places.geometry.to_crs(STORAGE))


def _to_storage(shapes: list[BaseGeometry], material: Material) -> list[BaseGeometry]:
    from geopandas import GeoSeries

    return list(GeoSeries(shapes, crs=material.county.metric_srid).to_crs(STORAGE)) if shapes else []
