"""Streets still to be covered, strung into trails: walks that go on at crossings and take short dead ends on the way.

Lanes of an old town are short; taken one by one each would be a stop of its own with a ride to it. A trail is one stop.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from geo.patrol.stretches import Stretch
from geo.roads.network import Network
from geo.roads.speeds import MODES, Mode

TRAIL_M: Final = 1_200.0
"""A trail ends at the first crossing after this: some eight minutes at patrol pace by e-bike."""

SPUR_M: Final = 150.0
"""A dead end this short is walked in and out of on the way."""

BRIDGE_M: Final = 400.0
"""So far a trail goes on along streets that are covered already to reach one that is not."""

Step = tuple[int, bool]
Senses = dict[Mode, set[Step]]


def string_trails(network: Network, pieces: Iterable[int]) -> list[Stretch]:
    """String pieces of streets into trails.

    Parameters
    ----------
    network
        The streets; a trail stays with one owner (片区).
    pieces
        What is to be covered. Pieces that no mode can reach from the main part of its network are left out.

    Returns
    -------
    list of Stretch
        Every other piece is in a trail, by owner and first street; short dead ends are in it twice, in and out, and
        streets covered already may be gone along again for up to 400 m. The same for the same network and pieces.
        What e-bikes may ride is strung for them, the rest for people on foot.

    Notes
    -----
    A greedy trail decomposition from the nodes where an odd number of streets meet; each trail prefers to go on along
    the street it is on. O(n log n).
    """
    directed: Senses = {}
    for mode in MODES:
        graph = network.graphs[mode]
        directed[mode] = set(zip(graph.piece.tolist(), graph.forward.tolist(), strict=True))
    wanted = sorted(set(pieces))
    groups: dict[tuple[str, Mode], list[int]] = {}
    riders: tuple[Mode, ...] = ("ebike", "foot")
    for mode in riders:
        chosen = np.array(
            [piece for piece in wanted if (piece, True) in directed[mode] or (piece, False) in directed[mode]]
        )
        inside = network.graphs[mode].in_main(chosen, network.start, network.end) if len(chosen) else chosen
        for piece in chosen[inside].tolist() if len(chosen) else ():
            groups.setdefault((network.owners[network.road[piece]] or "", mode), []).append(piece)
        taken = set(chosen[inside].tolist()) if len(chosen) else set()
        wanted = [piece for piece in wanted if piece not in taken]
    found: list[Stretch] = []
    for (owner, mode), mine in sorted(groups.items()):
        walker = _Walker(network, mine, directed[mode])
        found += [_stretch(network, trail, owner or None, directed) for trail in walker.walk()]
    return found


def cut_trail(network: Network, trail: Stretch, ranges: Sequence[tuple[int, int]]) -> list[Stretch]:
    """Parts of a trail, each from one number of its pieces to before another, named after its own streets."""
    directed: Senses = {
        mode: set(zip(graph.piece.tolist(), graph.forward.tolist(), strict=True))
        for mode, graph in network.graphs.items()
    }
    return [_stretch(network, list(trail.pieces[low:high]), trail.owner, directed) for low, high in ranges]


class _Walker:
    """Trails over one group of pieces."""

    def __init__(self, network: Network, pieces: Sequence[int], steps: set[Step]) -> None:
        self.network, self.steps = network, steps
        self.left = set(pieces)
        self.at: dict[int, list[int]] = {}
        for piece in pieces:
            for node in dict.fromkeys((int(network.start[piece]), int(network.end[piece]))):
                self.at.setdefault(node, []).append(piece)

    def walk(self) -> list[list[Step]]:
        """All trails, until nothing is left."""
        odd = [node for node in sorted(self.at) if len(self.at[node]) % 2]
        trails = []
        for node in odd + sorted(self.at):
            while self.left.intersection(self.at[node]):
                trails.append(self._trail(node))
        return trails

    def _trail(self, node: int) -> list[Step]:
        trail: list[Step] = []
        length, here = 0.0, node
        senses = (True, True)
        while length < TRAIL_M:
            if trail:
                for spur in self._spurs(here, trail[-1][0]):
                    self.left.discard(spur)
                    ahead = int(self.network.start[spur]) == here
                    trail += [(spur, ahead), (spur, not ahead)]
                    length += 2 * float(self.network.length_m[spur])
            choice = self._next(here, trail, senses)
            if choice is None and trail and (bridge := self._bridge(here, senses)):
                for piece, ahead in bridge:
                    senses = self._senses(senses, piece, ahead)
                    length += float(self.network.length_m[piece])
                trail += bridge
                here = self._far(*bridge[-1])
                choice = self._next(here, trail, senses)
            if choice is None:
                break
            (piece, ahead), senses = choice
            self.left.discard(piece)
            trail.append((piece, ahead))
            length += float(self.network.length_m[piece])
            here = self._far(piece, ahead)
        return trail

    def _far(self, piece: int, ahead: bool) -> int:
        return int(self.network.end[piece] if ahead else self.network.start[piece])

    def _senses(self, senses: tuple[bool, bool], piece: int, ahead: bool) -> tuple[bool, bool]:
        return senses[0] and (piece, ahead) in self.steps, senses[1] and (piece, not ahead) in self.steps

    def _bridge(self, here: int, senses: tuple[bool, bool]) -> list[Step]:
        """The shortest way along covered streets to one that is not and can be gone on along; empty if none is near."""
        queue: list[tuple[float, int, tuple[bool, bool], list[Step]]] = [(0.0, here, senses, [])]
        settled: set[int] = set()
        while queue:
            length, node, open_to, way = heapq.heappop(queue)
            if node in settled:
                continue
            settled.add(node)
            if way and any(
                piece in self.left and any(self._senses(open_to, piece, int(self.network.start[piece]) == node))
                for piece in self.at[node]
            ):
                return way
            for piece in self.at[node]:
                ahead = int(self.network.start[piece]) == node
                further = length + float(self.network.length_m[piece])
                both = self._senses(open_to, piece, ahead)
                if further <= BRIDGE_M and any(both):
                    heapq.heappush(queue, (further, self._far(piece, ahead), both, [*way, (piece, ahead)]))
        return []

    def _next(self, here: int, trail: list[Step], senses: tuple[bool, bool]) -> tuple[Step, tuple[bool, bool]] | None:
        road = int(self.network.road[trail[-1][0]]) if trail else -1
        best = None
        for piece in self.at[here]:
            if piece not in self.left:
                continue
            ahead = int(self.network.start[piece]) == here
            open_to = self._senses(senses, piece, ahead)
            if any(open_to):
                other = int(self.network.road[piece])
                named = road >= 0 and self.network.names[other] is not None
                rank = (other != road, not (named and self.network.names[other] == self.network.names[road]), piece)
                if best is None or rank < best[0]:
                    best = (rank, (piece, ahead), open_to)
        return None if best is None else (best[1], best[2])

    def _spurs(self, here: int, last: int) -> list[int]:
        found = []
        for piece in self.at[here]:
            ends = {int(self.network.start[piece]), int(self.network.end[piece])} - {here}
            blind = len(ends) == 1 and len(self.at[next(iter(ends))]) == 1
            both = (piece, True) in self.steps and (piece, False) in self.steps
            if piece in self.left and piece != last and blind and both and self.network.length_m[piece] <= SPUR_M:
                found.append(piece)
        going_on = [piece for piece in self.at[here] if piece in self.left and piece not in found]
        return found if going_on else found[:-1]


def _stretch(network: Network, trail: list[Step], owner: str | None, directed: Senses) -> Stretch:
    pieces = [piece for piece, _ in trail]
    metres: dict[str, float] = {}
    for piece in pieces:
        name = network.names[network.road[piece]]
        if name:
            metres[name] = metres.get(name, 0.0) + float(network.length_m[piece])
    longest = sorted(metres, key=lambda name: (-metres[name], name))
    open_to = {
        mode: (
            all(step in directed[mode] for step in trail),
            all((piece, not ahead) in directed[mode] for piece, ahead in trail),
        )
        for mode in MODES
    }
    return Stretch(
        "、".join(longest[:2]),
        owner,
        tuple(trail),
        float(network.length_m[pieces].sum()),
        tuple(dict.fromkeys(int(network.road_ids[network.road[piece]]) for piece in pieces)),
        open_to,
    )
