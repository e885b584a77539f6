"""Descriptions beside esda and scikit-learn on the same made-up events, CPU seconds of one thread."""

from __future__ import annotations

import argparse
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, eye_array

from geo.hotspots.describe.clusters import LEAST, WITHIN_DAYS, WITHIN_M, near_pairs, st_dbscan
from geo.hotspots.describe.emerging import emerging
from geo.hotspots.describe.gi_star import gi_star
from geo.hotspots.describe.knox import knox
from geo.hotspots.describe.network_density import network_density
from geo.roads.lixels import cut_lixels
from geo.settings import Settings
from tests.towns import grid, network_of


def run(_: Settings, arguments: list[str]) -> dict[str, Any]:
    """``--side 100`` cells a side, ``--events 10000``, ``--blocks 40`` streets a side."""
    parser = argparse.ArgumentParser(prog="pianqu bench describe")
    parser.add_argument("--side", type=int, default=100)
    parser.add_argument("--events", type=int, default=10_000)
    parser.add_argument("--blocks", type=int, default=40)
    asked = parser.parse_args(arguments)
    rng = np.random.default_rng(1)
    n = asked.side**2
    links = lattice(asked.side)
    counts = rng.poisson(rng.gamma(0.7, 1.5, n))
    slices = rng.poisson(rng.gamma(0.7, 0.3, n), (26, n))
    ours, ours_s = timed(lambda: gi_star(counts, links))
    peer_z, peer_s = timed(lambda: esda_z(counts, links))
    _, emerging_s = timed(lambda: emerging(slices, links))
    x, y, day = bursts(rng, asked.events)
    found, dbscan_s = timed(lambda: st_dbscan(x, y, day, shuffles=0))
    label, sklearn_s = timed(lambda: sklearn_labels(x, y, day))
    _, shuffled_s = timed(lambda: st_dbscan(x, y, day))
    near, knox_s = timed(lambda: knox(x, y, day))
    bits = cut_lixels(network_of(grid(asked.blocks, asked.blocks)), 10.0)
    weight = rng.poisson(0.1, len(bits.piece)).astype(float)
    density, density_s = timed(lambda: network_density(bits, weight))
    figures = {
        "cells": n,
        "gi_star_s": ours_s,
        "esda_s": peer_s,
        "gi_star_largest_difference": float(np.nanmax(np.abs(ours.z - peer_z))),
        "emerging_26_slices_s": emerging_s,
        "events": asked.events,
        "st_dbscan_s": dbscan_s,
        "scikit_learn_s": sklearn_s,
        "same_clusters": len(set(zip(found.label.tolist(), label.tolist(), strict=True))) == int(label.max()) + 2,
        "clusters": int(label.max()) + 1,
        "st_dbscan_99_shuffles_s": shuffled_s,
        "knox_s": knox_s,
        "knox_permutations": near.permutations,
        "street_bits": len(bits.piece),
        "network_density_s": density_s,
        "network_density_mass_error": float(abs((density * bits.length_m).sum() - weight.sum())),
    }
    for name, value in figures.items():
        print(f"{name:32} {value}", file=sys.stderr)
    return figures


def bursts(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Events on 15 km × 15 km and a year: half strewn evenly, half in bursts of about twenty within five days."""
    x, y, day = rng.uniform(0, 15_000, n), rng.uniform(0, 15_000, n), rng.uniform(0, 364, n)
    many = n // 40
    mine = rng.integers(0, many, n // 2)
    centre, begin = rng.uniform(0, 15_000, (many, 2)), rng.uniform(0, 359, many)
    x[: n // 2] = centre[mine, 0] + rng.normal(0, 40, n // 2)
    y[: n // 2] = centre[mine, 1] + rng.normal(0, 40, n // 2)
    day[: n // 2] = begin[mine] + rng.uniform(0, 5, n // 2)
    return x, y, day


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What the work gives, and its CPU seconds; the best of three, after imports and compilation."""
    result = work()
    best = np.inf
    for _ in range(3):
        begin = time.process_time()
        result = work()
        best = min(best, time.process_time() - begin)
    return result, round(float(best), 4)


def lattice(side: int) -> csr_matrix:
    """Queen neighbours of a square of cells, each its own neighbour."""
    row, column = np.divmod(np.arange(side * side), side)
    here, there = [], []
    for down in (-1, 0, 1):
        for right in (-1, 0, 1):
            inside = (row + down >= 0) & (row + down < side) & (column + right >= 0) & (column + right < side)
            here.append(np.flatnonzero(inside))
            there.append((row + down)[inside] * side + (column + right)[inside])
    one, other = np.concatenate(here), np.concatenate(there)
    return csr_matrix((np.ones(len(one)), (one, other)), shape=(side * side, side * side))


def esda_z(counts: np.ndarray, links: csr_matrix) -> np.ndarray:
    """Gi* of esda with binary weights, analytic; the weights are made once."""
    import esda
    from libpysal.weights import WSP

    key = id(links)
    if key not in WEIGHTS:
        off = csr_matrix(links - eye_array(links.shape[0]))
        off.eliminate_zeros()
        WEIGHTS[key] = WSP(off).to_W()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = esda.G_Local(counts.astype(float), WEIGHTS[key], transform="B", star=True, permutations=0)
    return np.asarray(found.Zs)


WEIGHTS: dict[int, Any] = {}


def sklearn_labels(x: np.ndarray, y: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The same clusters by scikit-learn on the sparse graph of neighbours."""
    from sklearn.cluster import DBSCAN

    first, second = near_pairs(x, y, WITHIN_M)
    close = np.abs(day[first] - day[second]) <= WITHIN_DAYS
    one, other = first[close], second[close]
    rows, columns = np.r_[one, other], np.r_[other, one]
    graph = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(x), len(x)))
    label: np.ndarray = DBSCAN(eps=1.0, min_samples=LEAST, metric="precomputed").fit_predict(graph)
    return label
