"""From candidates, demand and rules to a plan of sites that a planner can read out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from geo.errors import Invalid
from geo.hotspots.siting.choose import SECONDS, Choice, choose_best, choose_quickly
from geo.hotspots.siting.coverage import Floats, Ints, Siting, too_near, within_radius, within_walk
from geo.hotspots.siting.rules import find_reasons, read_rule

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from geo.roads.network import Network

Purpose = Literal["vendor_relief", "stockpile"]

WALK_MIN: Final = 8.0
"""Minutes that sellers and buyers walk to a relief point."""


class NoCandidates(Invalid):
    """There is nothing to choose from, or the rules leave nothing; the facts say how many each rule takes out."""


@dataclass(frozen=True, slots=True)
class SiteRequest:
    """What is asked of a choice of sites.

    Parameters
    ----------
    p
        How many sites, ≥ 1.
    walk_min
        Demand within this many minutes' walk along the streets is covered; or
    radius_m
        within this many metres, straight, if it is given.
    spacing_m
        No two sites are nearer to each other than this; 0 for any.
    rules
        As :func:`geo.hotspots.siting.rules.read_rule` reads them.
    preview
        Only the quick choice, without proof.
    seconds
        Longest search for the proof.
    """

    p: int
    walk_min: float = WALK_MIN
    radius_m: float | None = None
    spacing_m: float = 0.0
    rules: tuple[str, ...] = ()
    preview: bool = False
    seconds: float = SECONDS

    def as_json(self) -> dict[str, Any]:
        """The request as it is kept with the plan."""
        return {
            "p": self.p, "walk_min": None if self.radius_m is not None else self.walk_min, "radius_m": self.radius_m,
            "spacing_m": self.spacing_m, "rules": list(self.rules), "preview": self.preview,
        }  # fmt: skip


@dataclass(frozen=True)
class SitesFound:
    """A choice among candidates.

    Parameters
    ----------
    choice, quick
        Numbers of candidates, in the order of the frame; ``choice`` is the proven one unless only a preview was asked.
    reasons
        For each candidate why it is ruled out; empty if it may be chosen.
    alone
        For each candidate the demand within its reach; NaN for what is ruled out.
    total, served_before
        All demand, and what sites that stand already cover.
    left
        How many candidates the rules leave.
    off_street
        Demand that no street on foot reaches within 300 m; it cannot be covered by walking.
    """

    choice: Choice
    quick: Choice
    reasons: list[list[dict[str, Any]]]
    alone: Floats
    total: float
    served_before: float
    left: int
    off_street: float = field(default=0.0)

    def sentence(self) -> tuple[str, dict[str, Any]]:
        """What a planner says of it: message code and facts, shares in per cent of all demand."""
        sites, share = len(self.choice.chosen), _percent(self.choice.covered, self.total)
        facts = {
            "sites": sites, "share": share, "bound": _percent(self.choice.bound, self.total),
            "before": _percent(self.served_before, self.total),
        }  # fmt: skip
        if self.choice.proven:
            return "sites.sentence_proven", facts
        return ("sites.sentence_open" if self.choice.bound < self.total else "sites.sentence_preview"), facts

    def summary(self) -> dict[str, Any]:
        """Figures, JSON-ready; shares are of all demand."""
        code, facts = self.sentence()
        return {
            "sites": len(self.choice.chosen),
            "candidates": len(self.reasons),
            "left": self.left,
            "ruled_out": count_rules(self.reasons),
            "demand": round(self.total, 3),
            "covered": round(self.choice.covered, 3),
            "share": round(self.choice.covered / self.total, 4),
            "share_before": round(self.served_before / self.total, 4),
            "bound_share": round(self.choice.bound / self.total, 4),
            "proven": self.choice.proven,
            "quick_share": round(self.quick.covered / self.total, 4),
            "quick_s": round(self.quick.seconds, 4),
            "seconds": round(self.choice.seconds, 3),
            "off_street_share": round(self.off_street / self.total, 4),
            "sentence": {"code": code, "facts": facts},
        }


def find_sites(
    candidates: GeoDataFrame,
    demand: GeoDataFrame,
    request: SiteRequest,
    *,
    layers: Mapping[str, GeoDataFrame],
    network: Network | None = None,
    standing: Floats | None = None,
) -> SitesFound:
    """Choose sites.

    Parameters
    ----------
    candidates
        Point, metric CRS; ``capacity`` (> 0) if sites can be full, and columns that rules name.
    demand
        Point, same CRS, ``weight`` ≥ 0.
    layers
        What rules are about, by the name they use, same CRS.
    network
        Streets, needed unless ``radius_m`` is asked for; same CRS.
    standing
        Shape (k, 2), metres, sites that stand already and serve demand.

    Raises
    ------
    NoCandidates
        If no candidate is left.
    SitesBroken, RuleUnreadable, RuleColumn, TooManySites
        If demand, capacities or rules make no sense.
    """
    reasons = find_reasons(candidates, [read_rule(text) for text in request.rules], layers)
    open_ = np.array([i for i, row in enumerate(reasons) if not row], dtype=np.int64)
    if len(open_) == 0:
        listed = ", ".join(f"{rule} {count}" for rule, count in count_rules(reasons).items())
        raise NoCandidates("sites.no_candidates", candidates=len(reasons), rules=listed or "-")
    spots, places = _xy(candidates), _xy(demand)
    weight = demand["weight"].to_numpy(np.float64)
    stand = np.zeros((0, 2)) if standing is None else standing
    if request.radius_m is not None:
        reach = within_radius(np.concatenate([spots[open_], stand]), places, request.radius_m)
        unreached = np.zeros(len(places), dtype=bool)
    else:
        if network is None:
            raise NoCandidates("sites.no_streets")
        reach, unreached = within_walk(network, np.concatenate([spots[open_], stand]), places, 60 * request.walk_min)
    covers, served = reach[: len(open_)], np.asarray(reach[len(open_) :].sum(axis=0)).ravel() > 0
    capacity = None
    if "capacity" in candidates.columns:
        capacity = candidates["capacity"].to_numpy(np.float64)[open_]
    siting = Siting(weight, covers, too_near(spots[open_], request.spacing_m), served, capacity)
    quick = choose_quickly(siting, request.p)
    best = quick if request.preview else choose_best(siting, request.p, seconds=request.seconds)
    alone = np.full(len(candidates), np.nan)
    alone[open_] = covers @ weight
    return SitesFound(
        _renumbered(best, open_), _renumbered(quick, open_), reasons, alone, siting.total, siting.served_before,
        len(open_), float(weight[unreached].sum()),
    )  # fmt: skip


def count_rules(reasons: Sequence[Sequence[Mapping[str, Any]]]) -> dict[str, int]:
    """How many candidates each rule takes out, the most first; a candidate counts for every rule it breaks.

    Examples
    --------
    >>> count_rules([[{"rule": "a<1"}], [], [{"rule": "a<1"}, {"rule": "b<2"}]])
    {'a<1': 2, 'b<2': 1}
    """
    found: dict[str, int] = {}
    for row in reasons:
        for reason in row:
            found[reason["rule"]] = found.get(reason["rule"], 0) + 1
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _renumbered(choice: Choice, open_: Ints) -> Choice:
    return Choice(open_[choice.chosen], choice.adds, choice.covered, choice.bound, choice.proven, choice.seconds)


def _xy(points: GeoDataFrame) -> Floats:
    import shapely

    return shapely.get_coordinates(np.asarray(points.geometry.array, dtype=object))


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f}"
