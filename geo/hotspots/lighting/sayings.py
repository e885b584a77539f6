"""Studies of light as findings: sentences, lines on the map, the lamps and places behind each."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from geo.crs import STORAGE
from geo.hotspots.findings import FEW, Finding, Row, Sentence
from geo.hotspots.lighting.circuits import ALPHA, Circuit, circuit_outages
from geo.hotspots.lighting.dark import DarkStretch
from geo.hotspots.lighting.material import Material
from geo.hotspots.lighting.rules import lamp_reach, night_places
from geo.messages import Language, say
from geo.roads.lixels import lixel_lines

LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")


def say_dark(material: Material) -> Finding:
    """Dark stretches, the most walked ones first."""
    dark = material.darkness
    ids, zones = material.lamps.index.to_numpy(), material.night_zones
    rows = []
    for stretch, reached in zip(dark.stretches, material.walks.reached, strict=True):
        walk = float(material.walks.demand[stretch.bits].mean())
        code = {
            "fault": "lighting.dark_fault",
            "off_by_plan": "lighting.dark_off_by_plan",
            "spacing": "lighting.dark_spacing" if len(stretch.lamps) else "lighting.dark_bare",
        }[stretch.cause]
        near = ", ".join(zones["name"].iloc[[one for one, _ in reached[:3]]])
        facts = {**_street(material, stretch), "lamps": len(stretch.lamps), "places": len(reached), "near": near or "—"}
        values = {
            "cause": stretch.cause,
            "tier": stretch.tier,
            "length_m": round(stretch.length_m),
            "walk": round(walk, 3),
            "zones": [int(zones.index[one]) for one, _ in reached],
        }
        records = tuple(sorted(int(ids[lamp]) for lamp in stretch.lamps))
        line = lixel_lines(material.lixels, stretch.bits)
        rows.append(Row(_key(material, stretch), Sentence(code, facts), "streetlight", records, line, values))
    rows.sort(key=lambda row: (-row.values["walk"] * row.values["length_m"], row.key))
    looked, total = sum(dark.looked_m.values()), sum(dark.dark_m.values())
    by_cause = {
        f"{cause}_km": round(sum(m for (_, why), m in dark.dark_m.items() if why == cause) / 1000, 1)
        for cause in ("spacing", "fault", "off_by_plan")
    }
    facts = {"km": round(looked / 1000, 1), "dark_km": round(total / 1000, 1), "lamps": len(material.lamps), **by_cause}
    facts |= {"share": round(100 * total / looked) if looked else 0, "stretches": len(rows)}
    notes = [Sentence("lighting.reach", _reaches())]
    short = max(total - sum(stretch.length_m for stretch in dark.stretches), 0.0)
    notes.append(Sentence("lighting.short_left", {"km": round(short / 1000, 1)}))
    asked = {"reach_m": {tier: reach.reach_m for tier, reach in lamp_reach().items()}}
    return Finding("dark_stretches", "lighting", Sentence("lighting.dark", facts), tuple(notes), tuple(rows), asked)


def say_outages(material: Material) -> Finding:
    """Circuits that fail together."""
    from geopandas import GeoSeries
    from shapely import MultiPoint

    lamps = material.lamps.assign(tier=material.lamp_tier)
    circuits = circuit_outages(lamps, material.lamp_xy)
    named = [one for one in circuits if one.many or one.together]
    ids = lamps.index.to_numpy()
    points = [MultiPoint(material.lamp_xy[list(one.out_rows)]) for one in named]
    stored = list(GeoSeries(points, crs=material.county.metric_srid).to_crs(STORAGE)) if points else []
    rows = [
        Row(
            one.name, Sentence(_verdict(one), _circuit_facts(one)), "streetlight",
            tuple(sorted(int(ids[row]) for row in one.out_rows)), shape,
            {"lamps": one.lamps, "out": one.out, "many": one.many, "together": one.together,
             "p_many": one.p_many, "p_together": one.p_together},
        )
        for one, shape in zip(named, stored, strict=True)
    ]  # fmt: skip
    rows.sort(key=lambda row: (min(row.values["p_many"], row.values["p_together"]), row.key))
    status = lamps["status"]
    facts = {
        "lamps": len(lamps),
        "out": int((status == "fault").sum()),
        "planned": int((status == "off_by_plan").sum()),
        "circuits": len(circuits),
        "many": sum(one.many for one in circuits),
        "together": sum(one.together for one in circuits),
        "false": round(100 * ALPHA),
    }
    notes = []
    if unknown := int(lamps["circuit"].isna().sum()):
        notes.append(Sentence("lighting.no_circuit", {"lamps": unknown}))
    if small := sum(not one.judged for one in circuits):
        notes.append(Sentence("lighting.small_circuits", {"circuits": small, "needed": FEW}))
    return Finding(
        "outages", "lighting", Sentence("lighting.outages", facts), tuple(notes), tuple(rows), {"alpha": ALPHA}
    )


def say_walks(material: Material) -> Finding:
    """Places people walk to after dark, and how much of the way there is dark."""
    zones, walks, lixels = material.night_zones, material.walks, material.lixels
    dark = np.zeros(len(lixels.piece), dtype=bool)
    for stretch in material.darkness.stretches:
        dark[stretch.bits] = True
    rows = []
    lit = 0
    for (zone, kind, name), near in zip(
        zip(zones.index, zones["kind"], zones["name"], strict=True), walks.near, strict=True
    ):
        bits = near[material.looked[near]]
        unlit = bits[dark[bits]]
        if len(unlit) == 0:
            lit += 1
            continue
        whole, without = float(lixels.length_m[bits].sum()), float(lixels.length_m[unlit].sum())
        facts: dict[str, Any] = {
            "name": name,
            "walk_m": round(night_places()[kind].walk_m),
            "length_m": round(whole),
            "dark_m": round(without),
            "share": round(100 * without / whole),
        }
        values = {"kind": kind, "dark_m": round(without), "length_m": round(whole)}
        line = lixel_lines(lixels, unlit)
        rows.append(Row(f"zone:{zone}", Sentence("lighting.walk", facts), "hotspot_zone", (int(zone),), line, values))
    rows.sort(key=lambda row: (-night_places()[row.values["kind"]].weight * row.values["dark_m"], row.key))
    facts = {"places": len(zones), "dark_places": len(rows), "lit": lit}
    facts |= {"dark_km": round(float(lixels.length_m[dark & (walks.demand > 0)].sum()) / 1000, 1)}
    notes = [Sentence("lighting.walk_rule", {})]
    return Finding("night_walk", "lighting", Sentence("lighting.walks", facts), tuple(notes), tuple(rows), {})


def _key(material: Material, stretch: DarkStretch) -> str:
    """Street and metres along it: a name that stays as long as the street and the darkness's beginning do."""
    lixels, bit = material.lixels, int(stretch.bits[0])
    along = lixels.network.along_m[lixels.network.first[lixels.piece[bit]]] + lixels.begin_m[bit]
    return f"road:{lixels.road_id[bit]}:{round(float(along))}"


def _street(material: Material, stretch: DarkStretch) -> dict[str, Any]:
    network = material.lixels.network
    name = network.names[network.road[material.lixels.piece[stretch.bits[0]]]]
    tiers = {f"tier_{language}": say(f"lighting.tier_{stretch.tier}", language) for language in LANGUAGES}
    return {"street": name or "—", "length_m": round(stretch.length_m), **tiers}


def _reaches() -> dict[str, Any]:
    return {tier: round(reach.reach_m) for tier, reach in lamp_reach().items()}


def _verdict(circuit: Circuit) -> str:
    if circuit.many and circuit.together:
        return "lighting.circuit_both"
    return "lighting.circuit_many" if circuit.many else "lighting.circuit_together"


def _circuit_facts(circuit: Circuit) -> dict[str, Any]:
    return {
        "circuit": circuit.name,
        "lamps": circuit.lamps,
        "out": circuit.out,
        "expected": round(circuit.expected, 1),
        "pairs": circuit.side_by_side,
    }
