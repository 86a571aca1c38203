"""Fewer points of a curve with nothing lost that could be seen: for files, and for drawing."""

from __future__ import annotations

import numpy as np

from engine.maths.activations import Array


def thinned(points: Array, limit: int) -> Array:
    """At most `limit` ≥ 4 · columns of some points, shape (count, columns), in their order.

    Column 0 is the place on the axis, growing; the others are values there. The axis is cut into
    equal stretches, and those at its beginning into ever shorter ones: of a million epochs, the
    first hundred can be looked at too. Of each stretch the points stay at which a value is least
    or greatest: so first and last stay, every peak stays, and a curve that is thinned again and
    again as it grows keeps the same detail everywhere. Points that are not finite are left out.
    """
    points = points[np.isfinite(points).all(axis=1)]
    if len(points) <= limit:
        return points
    values = points.shape[1] - 1
    stretches = (limit - 2) // (2 * values)
    edges = _edges(points[:, 0], stretches)
    starts = np.searchsorted(points[:, 0], edges)
    kept = {0, len(points) - 1}
    for start, stop in zip((0, *starts), (*starts, len(points)), strict=True):
        if start < stop:
            stretch = points[start:stop, 1:]
            kept.update((start + stretch.argmin(axis=0)).tolist())
            kept.update((start + stretch.argmax(axis=0)).tolist())
    return points[sorted(kept)]


def _edges(places: Array, stretches: int) -> Array:
    """Where some stretches of an axis meet: two thirds are equal, and a third grow by a factor."""
    first, last = places[0], places[-1]
    shorter = stretches // 3
    equal = np.linspace(first, last, stretches - shorter + 1)[1:-1]
    ever_shorter = first + np.geomspace(places[1] - first, last - first, shorter + 1)[:-1]
    return np.unique(np.concatenate([equal, ever_shorter]))
