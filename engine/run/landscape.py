"""The loss over a plane of the parameters, and which plane a run moved in most.

Source: H. Li, Z. Xu, G. Taylor, C. Studer, T. Goldstein, Visualizing the loss landscape of neural
nets, 2018, section 7 (the principal directions of the path).
"""

from __future__ import annotations

from time import perf_counter

import numpy as np
from msgspec import Struct

from engine.maths.activations import Array
from engine.run.iteration import Check, never
from engine.run.loss_along import loss_over, loss_work
from engine.run.spec import Spec
from engine.run.surface import grid_axis

_SEED = 0  # of the directions that a run has not taken
_NOTHING = 1e-12  # of the largest: directions in which nothing moved

Range = tuple[float, float]


class Plane(Struct, frozen=True, eq=False):
    """A plane through the parameters: origin + x · across + y · up, all of shape (size,); the two
    directions have the length 1 and are at right angles."""

    origin: Array
    across: Array
    up: Array

    def places(self, thetas: Array) -> Array:
        """The points (x, y) of the plane that are nearest to some θ, from shape (points, size) to
        (points, 2)."""
        away = thetas - self.origin
        return np.stack([away @ self.across, away @ self.up], axis=-1)


def plane_of_parameters(theta: Array, across: int, up: int) -> Plane:
    """The plane of two parameters, by their places in θ, all others as they are; x and y are their
    values."""
    origin, directions = np.array(theta), np.zeros((2, len(theta)))
    origin[[across, up]] = 0.0
    directions[0, across] = directions[1, up] = 1.0
    return Plane(origin, directions[0], directions[1])


def plane_of_path(theta: Array, path: Array) -> tuple[Plane, float]:
    """The plane through θ along the two directions in which a path, shape (moments, size), varies
    most, and what share of its variance is in them. Where it varies in fewer than two, others take
    their place, always the same.
    """
    away = path - path.mean(axis=0)
    # By the products of the moments with each other: there are far fewer of them than parameters.
    values, vectors = np.linalg.eigh(away @ away.T)
    values, vectors = values[::-1], vectors[:, ::-1]
    generator = np.random.default_rng(_SEED)
    directions: list[Array] = []
    for number in range(2):
        is_there = number < len(values) and values[number] > _NOTHING * max(float(values[0]), 1e-30)
        found = vectors[:, number] @ away if is_there else generator.normal(size=len(theta))
        for other in directions:
            found = found - (found @ other) * other
        length = float(np.linalg.norm(found))
        if length == 0.0:  # as of a network with a single parameter
            directions.append(np.zeros(len(theta)))
            continue
        found = found / length
        directions.append(found * np.sign(found[np.abs(found).argmax()]))
    total = float(values.clip(0.0).sum())
    share = float(values[:2].clip(0.0).sum()) / total if total > 0.0 else 1.0
    return Plane(np.array(theta), directions[0], directions[1]), share


def range_around(values: Array, least: float, margin: float = 0.2) -> Range:
    """What to show of an axis: all values with a margin, at least so much."""
    low, high = float(values.min()), float(values.max())
    reach = max((1.0 + 2.0 * margin) * (high - low), least) / 2
    middle = (low + high) / 2
    return middle - reach, middle + reach


class Landscape:
    """The loss of the training set on cells × cells points of a plane, worked out row by row.

    `losses` has a row for each y from the lowest, a column for each x. What is not worked out yet
    is taken from a coarser one, where that is given, else nan.
    """

    def __init__(
        self,
        spec: Spec,
        plane: Plane,
        ranges: tuple[Range, Range],
        cells: int,
        coarser: Landscape | None = None,
    ) -> None:
        self._spec, self.plane, self.ranges, self.cells = spec.training, plane, ranges, cells
        self._xs, self._ys = (grid_axis(low, high, cells) for low, high in ranges)
        self._rows = np.arange(len(self._spec.data))
        self._done = 0
        self.losses = np.full((cells, cells), np.nan)
        if coarser is not None:
            near = np.arange(cells) * coarser.cells // cells
            self.losses = coarser.losses[np.ix_(near, near)]

    @property
    def is_done(self) -> bool:
        """Whether all of it is worked out."""
        return self._done == self.cells

    def advance(self, seconds: float, check: Check = never) -> Landscape:
        """Work out rows for so long, one at least, and give this back. `check` may raise
        Interrupted; the rows that were done are kept then."""
        until = perf_counter() + seconds
        plane, ys = self.plane, self._ys[self._done :]
        rows = loss_over(
            self._spec, plane.origin, plane.across, plane.up, self._xs, ys, self._rows, check
        )
        for losses in rows:
            self.losses[self._done] = losses
            self._done += 1
            if perf_counter() > until:
                break
        return self


def finest(spec: Spec, choices: tuple[int, ...], most_work: float) -> int:
    """Of numbers of cells a side, falling, the first that takes at most so many multiply-adds; 0
    where each takes more."""
    work = loss_work(spec.training, len(spec.training.data))
    return next((cells for cells in choices if cells * cells * work <= most_work), 0)
