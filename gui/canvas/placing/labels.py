"""Where the labels of edges go: on their edge, clear of nodes and of each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

Floats = NDArray[np.float64]

_FRACTIONS = np.linspace(0.1, 0.9, 49)
_ASIDE = np.arange(-60.0, 61.0, 4.0)  # pixels across an edge
_RUNS_THROUGH = 0.8  # of the way to where an edge would no longer touch its label
_SWEEPS = 16
_SPACE = 3.0  # pixels kept between labels
_LARGEST = np.array([300.0, 44.0])  # width and height of a label at most
_MARGIN = 2.0  # pixels kept to the border of the canvas
_FULLEST = 0.75  # share of an area that labels can be expected to fill

# What a place costs: to cover a label or a node is worst, then to cover another edge, then to be
# away from the middle.
_COVERED, _CROSSED, _OFF_MIDDLE = 1000.0, 8.0, 6.0
_BESIDE = 15.0  # to be so far aside that the edge would no longer touch it
_APART = 10.0  # pixels beside a label, in which another edge makes it doubtful whose it is


def may_fit(edges: Floats, size: tuple[float, float]) -> bool:
    """Whether it is worth looking for places: the edges' own area must hold the labels."""
    ends = edges.reshape(-1, 2)
    room = ends.max(axis=0) - ends.min(axis=0)
    area = len(edges) * (size[0] + _SPACE) * (size[1] + _SPACE)
    return bool(room[0] > size[0] and area < _FULLEST * room[0] * (room[1] + size[1]))


def place_labels(
    edges: Floats,
    obstacles: Floats,
    sizes: Floats,
    beneath: Floats,
    preferred: Floats | float = 0.5,
    sweeps: int = _SWEEPS,
) -> tuple[Floats, NDArray[np.bool_]]:
    """Middles for a label on every edge, and which of them are free of overlaps.

    `edges` has a row (x1, y1, x2, y2) per edge, `obstacles` a row (left, top, right, bottom) per
    node, `sizes` a row (width, height) per edge. `beneath` are all edges that a label should not
    hide, its own may be among them; `preferred` says how far along its edge each should be, 0 to
    1. Returns middles of shape (edges, 2). Labels start where they should be and give way to one
    another in turn; two that stay on each other weigh more with every sweep, until one of them
    leaves even a good place, in at most so many `sweeps` (breakout local search, P. Morris, AAAI
    1993).
    """
    half = sizes / 2
    places = _places_along(edges)
    blocked = _blocked(places, obstacles, half)
    away = np.abs(_FRACTIONS - np.asarray(preferred)[..., None])
    cost = _OFF_MIDDLE * away + _CROSSED * edges_beneath(places, beneath, half)

    every = np.arange(len(edges))
    # Mostly the best place of each is clear of the others: then there is nothing to give way to.
    picked = np.argmin(cost + _COVERED * blocked, axis=1)
    chosen = places[every, picked]
    free = ~_near_each_other(chosen, half).any(axis=1) & (blocked[every, picked] == 0)
    if free.all():
        return chosen, free
    chosen = np.full((len(edges), 2), np.inf)
    overlap_cost = np.full((len(edges), len(edges)), _COVERED)
    blocked_cost = np.full(len(edges), _COVERED)
    # The edges with the least choice come first.
    order = np.argsort((blocked == 0).sum(axis=1), kind="stable")
    for _ in range(sweeps):
        for k in order:
            chosen[k] = np.inf
            reach = half[k] + half + _SPACE
            near = (np.abs(places[k][:, None, :] - chosen[None, :, :]) < reach).all(axis=2)
            covering = near @ overlap_cost[k] + blocked_cost[k] * blocked[k]
            picked[k] = np.argmin(cost[k] + covering)
            chosen[k] = places[k, picked[k]]
        near = _near_each_other(chosen, half)
        free = ~near.any(axis=1) & (blocked[every, picked] == 0)
        if free.all():
            break
        overlap_cost += _COVERED * near
        blocked_cost += _COVERED * (blocked[every, picked] > 0)
    return chosen, free


class SinglePlaces:
    """The places that a single label may have, as in place_labels: on its edge, or with an `area`
    (width and height of the canvas) also aside, as far as the edge still runs through it.

    `edge` is one row, `preferred` says how far along it the label should be, 0 to 1. What does not
    depend on the label's size is worked out once, so that many sizes can be tried.
    """

    def __init__(
        self,
        edge: Floats,
        obstacles: Floats,
        beneath: Floats,
        preferred: float,
        area: tuple[float, float] | None = None,
    ) -> None:
        self._beneath, self._area = beneath, area
        self._places = _places_along(edge[None, :])[0]
        self._cost = _OFF_MIDDLE * np.abs(_FRACTIONS - preferred)
        self._aside = np.zeros(len(_FRACTIONS))
        self._across = np.array([edge[1] - edge[3], edge[2] - edge[0]])
        self._across /= max(float(np.hypot(*self._across)), 1e-9)
        if area is not None:
            offsets = _ASIDE[:, None, None] * self._across
            self._places = (self._places[None, ::2] + offsets).reshape(-1, 2)
            self._aside = np.repeat(np.abs(_ASIDE), len(_FRACTIONS[::2]))
            self._cost = np.tile(self._cost[::2], len(_ASIDE))
        low, high = self._places.min(axis=0) - _LARGEST / 2, self._places.max(axis=0) + _LARGEST / 2
        near = (obstacles[:, :2] < high) & (obstacles[:, 2:] > low)
        obstacles = obstacles[near.all(axis=1)]
        middles = (obstacles[:, :2] + obstacles[:, 2:]) / 2
        apart = np.abs(self._places[:, None, :] - middles[None, :, :])
        apart -= (obstacles[:, 2:] - obstacles[:, :2]) / 2
        self._apart = apart[..., 0], apart[..., 1]

    def has_room(self, width: float, height: float) -> bool:
        """Whether a label of a size in pixels finds a place."""
        return bool(self._free(width / 2, height / 2).any())

    def best_for(self, width: float, height: float) -> tuple[float, float] | None:
        """The middle of a label of a size, clear of all obstacles; None if there is no place."""
        half = np.array([[width / 2, height / 2]])
        free = self._free(*half[0].tolist())
        if not free.any():
            return None
        places, cost = self._places[free], self._cost[free]
        cost = cost + _BESIDE * self._aside[free] / float((half @ np.abs(self._across))[0])
        cost += _CROSSED * edges_beneath(places[None], self._beneath, half)[0]
        x, y = places[int(np.argmin(cost))].tolist()
        return x, y

    def _free(self, w: float, h: float) -> NDArray[np.bool_]:
        """Which places are clear for a label of twice this width and height."""
        free = ((self._apart[0] >= w) | (self._apart[1] >= h)).all(axis=1)
        if self._area is not None:
            x, y = self._places.T
            right, bottom = self._area[0] - w - _MARGIN, self._area[1] - h - _MARGIN
            free &= (x >= w + _MARGIN) & (x <= right) & (y >= h + _MARGIN) & (y <= bottom)
            free &= self._aside <= _RUNS_THROUGH * float(np.abs(self._across) @ (w, h))
        return np.asarray(free)


def has_room(edges: Floats, obstacles: Floats, sizes: Floats) -> bool:
    """Whether each label, if it were alone, would find a place clear of all obstacles."""
    half = sizes / 2
    return bool((_blocked(_places_along(edges), obstacles, half) == 0).any(axis=1).all())


def most_hidden(edges: Floats, middles: Floats, sizes: Floats) -> float:
    """How much of another edge the worst of some labels hides: 1 for one right on a crossing."""
    hidden = edges_beneath(middles[:, None, :], edges, sizes / 2) - 1.0  # less its own
    return float(hidden.max())


def fractions_of(edges: Floats, middles: Floats) -> Floats:
    """How far along their edges some points are, 0 to 1."""
    direction = edges[:, 2:] - edges[:, :2]
    squared = np.maximum((direction**2).sum(axis=1), 1e-9)
    return np.asarray(((middles - edges[:, :2]) * direction).sum(axis=1) / squared)


def rows(places: Sequence[QRectF]) -> Floats:
    """Rectangles as rows (left, top, right, bottom)."""
    corners = [(r.left(), r.top(), r.right(), r.bottom()) for r in places]
    return np.array(corners).reshape(-1, 4)


def _places_along(edges: Floats) -> Floats:
    """Where on its edge each label may be, shape (edges, places, 2)."""
    start, step = edges[:, None, :2], (edges[:, 2:] - edges[:, :2])[:, None, :]
    return np.asarray(start + _FRACTIONS[None, :, None] * step)


def _near_each_other(middles: Floats, half: Floats) -> NDArray[np.bool_]:
    """Which labels cover which others, shape (labels, labels)."""
    reach = half[:, None, :] + half[None, :, :] + _SPACE
    near = np.asarray((np.abs(middles[:, None, :] - middles[None, :, :]) < reach).all(axis=2))
    np.fill_diagonal(near, False)
    return near


def _blocked(places: Floats, obstacles: Floats, half: Floats) -> Floats:
    """How many obstacles a label at each place would cover, shape (edges, places)."""
    x, y = places[..., 0, None], places[..., 1, None]
    left, top, right, bottom = obstacles.T
    w, h = half[:, None, None, 0], half[:, None, None, 1]
    inside = (x + w > left) & (x - w < right)
    return np.asarray(
        (inside & (y + h > top) & (y - h < bottom)).sum(axis=-1), dtype=np.float64
    )


def edges_beneath(places: Floats, edges: Floats, half: Floats) -> Floats:
    """How much each label would hide of edges, shape (labels, places): 1 for one right through
    its middle (so its own adds the same everywhere), and little for one that passes close by."""
    direction = edges[:, 2:] - edges[:, :2]
    length = np.maximum(np.hypot(direction[:, 0], direction[:, 1]), 1e-9)
    x, y = places[..., 0, None] - edges[:, 0], places[..., 1, None] - edges[:, 1]
    along = (x * direction[:, 0] + y * direction[:, 1]) / length**2
    across = np.abs(x * direction[:, 1] - y * direction[:, 0])
    reach = half[:, :1] * np.abs(direction[:, 1]) + half[:, 1:] * np.abs(direction[:, 0])
    reach = reach / length + _APART
    hidden = np.maximum(1.0 - across / length / reach[:, None, :], 0.0)
    hidden *= (along > 0.0) & (along < 1.0)
    return np.asarray(hidden.sum(axis=-1))
