"""Main streets cut into stretches that are each patrolled once: the required passes of a shift."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from geo.roads.network import Floats, Network
from geo.roads.places import piece_vertices
from geo.roads.speeds import MODES, Mode

STRETCH_M: Final = 800.0
"""A stretch ends at the first crossing after this: some five minutes at patrol pace by e-bike."""

STUB_M: Final = 50.0
"""Shorter bits are the inside of a crossing, seen from the stretches around it."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive pieces of one street, each with the sense in which it is walked.

    ``open_to`` says by mode whether it can be passed (along the line, against it).
    """

    name: str
    owner: str | None
    pieces: tuple[tuple[int, bool], ...]
    length_m: float
    road_ids: tuple[int, ...]
    open_to: Mapping[Mode, tuple[bool, bool]]

    def line(self, network: Network) -> Floats:
        """Its vertices in EPSG:4490, shape (n, 2)."""
        bits = []
        for piece, ahead in self.pieces:
            length = float(network.length_m[piece])
            bits.append(piece_vertices(network, piece, *((0.0, length) if ahead else (length, 0.0))))
        line = np.concatenate(bits)
        return line[np.r_[True, (np.diff(line, axis=0) != 0).any(axis=1)]]


def cut_stretches(network: Network, tier: str = "main") -> list[Stretch]:
    """Cut the streets of a tier into stretches.

    Parameters
    ----------
    network
        The streets; owners decide which 片区 passes a stretch, so no stretch spans two.
    tier
        ``main`` for the passes that every shift owes.

    Returns
    -------
    list of Stretch
        Every piece of the tier is in exactly one stretch, except stubs under 50 m and streets without frontage:
        tunnels, and those only cars may use. The order and the cuts depend only on the network.
    """
    directed: dict[Mode, set[tuple[int, bool]]] = {}
    for mode in MODES:
        graph = network.graphs[mode]
        directed[mode] = set(zip(graph.piece.tolist(), graph.forward.tolist(), strict=True))
    groups: dict[tuple[str, str], list[int]] = {}
    beside = np.union1d(network.graphs["foot"].piece, network.graphs["ebike"].piece)
    for piece in beside.tolist():
        road = int(network.road[piece])
        if network.tiers[road] == tier and network.levels[road] >= 0:
            name = network.names[road] or f"#{network.road_ids[road]}"
            groups.setdefault((name, network.owners[road] or ""), []).append(piece)
    found: list[Stretch] = []
    for (name, owner), pieces in sorted(groups.items()):
        for chain in _chains(network, pieces):
            found.extend(_stretch(network, part, name, owner or None, directed) for part in _passable(chain, directed))
    return [stretch for stretch in found if stretch.length_m >= STUB_M]


def _chains(network: Network, pieces: list[int]) -> list[list[tuple[int, bool]]]:
    """Walk the pieces end to end, breaking at forks and after 800 m."""
    at: dict[int, list[int]] = {}
    for piece in pieces:
        at.setdefault(int(network.start[piece]), []).append(piece)
        at.setdefault(int(network.end[piece]), []).append(piece)
    left = set(pieces)
    begins = [node for node in sorted(at) if len(at[node]) != 2] + sorted(at)
    chains = []
    for node in begins:
        for first in at[node]:
            if first not in left:
                continue
            chain: list[tuple[int, bool]] = []
            length, here, piece = 0.0, node, first
            while piece in left:
                left.discard(piece)
                ahead = int(network.start[piece]) == here
                chain.append((piece, ahead))
                length += float(network.length_m[piece])
                here = int(network.end[piece] if ahead else network.start[piece])
                if length >= STRETCH_M:
                    chains.append(chain)
                    chain, length = [], 0.0
                following = [other for other in at[here] if other in left]
                if len(at[here]) != 2 or not following:
                    break
                piece = following[0]
            if chain:
                chains.append(chain)
    return chains


def _passable(
    chain: list[tuple[int, bool]], directed: Mapping[Mode, set[tuple[int, bool]]]
) -> list[list[tuple[int, bool]]]:
    """The chain itself, or its single pieces if one-ways that meet head-on let no mode but feet through."""
    wheels = [
        mode
        for mode in MODES
        if mode != "foot" and any((p, a) in directed[mode] or (p, not a) in directed[mode] for p, a in chain)
    ]
    if all(any(_senses(chain, directed[mode])) for mode in wheels):
        return [chain]
    return [[one] for one in chain]


def _senses(chain: list[tuple[int, bool]], directed: set[tuple[int, bool]]) -> tuple[bool, bool]:
    return (
        all((piece, ahead) in directed for piece, ahead in chain),
        all((piece, not ahead) in directed for piece, ahead in chain),
    )


def _stretch(
    network: Network,
    chain: list[tuple[int, bool]],
    name: str,
    owner: str | None,
    directed: Mapping[Mode, set[tuple[int, bool]]],
) -> Stretch:
    pieces = [piece for piece, _ in chain]
    return Stretch(
        name,
        owner,
        tuple(chain),
        float(network.length_m[pieces].sum()),
        tuple(dict.fromkeys(int(network.road_ids[network.road[piece]]) for piece in pieces)),
        {mode: _senses(chain, directed[mode]) for mode in MODES},
    )
