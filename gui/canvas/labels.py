"""Where the labels of edges go: on their edge, clear of nodes and of each other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FRACTIONS = np.linspace(0.1, 0.9, 33)
_SWEEPS = 16
_SPACE = 3.0  # pixels kept between labels
_FULLEST = 0.75  # share of an area that labels can be expected to fill

# What a place costs: to cover a label or a node is worst, then to cover another edge, then to be
# away from the middle.
_COVERED, _CROSSED, _OFF_MIDDLE = 1000.0, 4.0, 6.0


def may_fit(edges: Floats, size: tuple[float, float]) -> bool:
    """Whether it is worth looking for places: the edges' own area must hold the labels."""
    ends = edges.reshape(-1, 2)
    room = ends.max(axis=0) - ends.min(axis=0)
    area = len(edges) * (size[0] + _SPACE) * (size[1] + _SPACE)
    return bool(room[0] > size[0] and area < _FULLEST * room[0] * (room[1] + size[1]))


def place_labels(
    edges: Floats, obstacles: Floats, size: tuple[float, float]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Middles for a label of one size on every edge, and which of them are free of overlaps.

    `edges` has a row (x1, y1, x2, y2) per edge, `obstacles` a row (left, top, right, bottom) per
    node. Returns middles of shape (edges, 2). Labels start in the middle of their edges and give
    way to one another in turn; two that stay on each other weigh more with every sweep, until one
    of them leaves even a good place (breakout local search, P. Morris, AAAI 1993).
    """
    half = np.array(size) / 2
    start, step = edges[:, None, :2], (edges[:, 2:] - edges[:, :2])[:, None, :]
    places = start + _FRACTIONS[None, :, None] * step
    blocked = _blocked(places, obstacles, half)
    cost = _OFF_MIDDLE * np.abs(_FRACTIONS - 0.5) + _CROSSED * _edges_beneath(places, edges, half)
    reach = 2 * half + _SPACE

    every = np.arange(len(edges))
    chosen = np.full((len(edges), 2), np.inf)
    picked = np.zeros(len(edges), dtype=np.intp)
    overlap_cost = np.full((len(edges), len(edges)), _COVERED)
    blocked_cost = np.full(len(edges), _COVERED)
    # The edges with the least choice come first.
    order = np.argsort((blocked == 0).sum(axis=1), kind="stable")
    for _ in range(_SWEEPS):
        for k in order:
            chosen[k] = np.inf
            near = (np.abs(places[k][:, None, :] - chosen[None, :, :]) < reach).all(axis=2)
            covering = near @ overlap_cost[k] + blocked_cost[k] * blocked[k]
            picked[k] = np.argmin(cost[k] + covering)
            chosen[k] = places[k, picked[k]]
        near = (np.abs(chosen[:, None, :] - chosen[None, :, :]) < reach).all(axis=2)
        np.fill_diagonal(near, False)
        free = ~near.any(axis=1) & (blocked[every, picked] == 0)
        if free.all():
            break
        overlap_cost += _COVERED * near
        blocked_cost += _COVERED * (blocked[every, picked] > 0)
    return chosen, free


def _blocked(places: Floats, obstacles: Floats, half: Floats) -> Floats:
    """How many obstacles a label at each place would cover, shape (edges, places)."""
    x, y = places[..., 0, None], places[..., 1, None]
    left, top, right, bottom = obstacles.T
    inside = (x + half[0] > left) & (x - half[0] < right)
    return np.asarray(
        (inside & (y + half[1] > top) & (y - half[1] < bottom)).sum(axis=-1), dtype=np.float64
    )


def _edges_beneath(places: Floats, edges: Floats, half: Floats) -> Floats:
    """How much each label would hide of other edges, shape (edges, places): 1 for one right
    through its middle."""
    direction = edges[:, 2:] - edges[:, :2]
    length = np.maximum(np.hypot(direction[:, 0], direction[:, 1]), 1e-9)
    from_start = places[:, :, None, :] - edges[None, None, :, :2]
    along = (from_start * direction).sum(axis=-1) / length**2
    across = np.abs(from_start[..., 0] * direction[:, 1] - from_start[..., 1] * direction[:, 0])
    reach = (half[0] * np.abs(direction[:, 1]) + half[1] * np.abs(direction[:, 0])) / length
    hidden = np.clip(1.0 - across / length / np.maximum(reach, 1e-9), 0.0, 1.0)
    hidden *= (along > 0.0) & (along < 1.0)
    own = np.arange(len(edges))
    hidden[own, :, own] = 0.0
    return np.asarray(hidden.sum(axis=-1))
