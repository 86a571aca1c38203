"""Stacks: a cell for every label between two layers, in columns in which none can cover another,
and the place in its cell where a label is nearest to its edge."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF

from gui.canvas.items.text import line_height
from gui.canvas.placing.labels import Floats, edges_beneath
from gui.canvas.placing.plan import LabelRoom

_ORDERED_AT = (0.35, 0.65, 0.5)  # along the gap, where the heights of edges say who is above whom
_APART = 1.6  # times their least distance, that labels are spread to at most
_SAMPLES = np.linspace(0.0, 1.0, 41)
_TOUCHES = 1.5  # pixels off its edge, up to which a label can be seen to belong to it
_MARGIN = 3.0  # pixels kept to the next column
_BORDER = 2.0  # pixels kept to the border of the canvas
# Pixels off its edge that a label takes rather than go to an end of it, or onto another edge.
_OFF_MIDDLE, _CROSSED = 12.0, 10.0


class Cells(Struct, frozen=True, eq=False):
    """Where labels may stand: a row (left, top, right, bottom) for each of `edges`, whose rows are
    (x1, y1, x2, y2). `cost` says of some places along each edge how well a label would stand there:
    near the middle, and with little of other edges beneath it."""

    edges: Floats
    boxes: Floats
    cost: Floats

    def place(
        self, k: int, width: float, height: float
    ) -> tuple[float, float, QLineF | None]:
        """The middle of a label of some size in the k-th cell: on its edge, or as near to it as
        may be, with a line that leads there."""
        x1, y1, x2, y2 = self.edges[k].tolist()
        left, top, right, bottom = self.boxes[k].tolist()
        x, y = x1 + _SAMPLES * (x2 - x1), y1 + _SAMPLES * (y2 - y1)
        near_x = _within(x, left + width / 2, right - width / 2)
        near_y = _within(y, top + height / 2, bottom - height / 2)
        off = np.hypot(near_x - x, near_y - y)
        best = int(np.argmin(off + self.cost[k]))
        middle = float(near_x[best]), float(near_y[best])
        # From the middle to where the edge is nearest to the label's own outline.
        beyond_x = np.maximum(np.abs(x - middle[0]) - width / 2, 0.0)
        beyond_y = np.maximum(np.abs(y - middle[1]) - height / 2, 0.0)
        beyond = np.hypot(beyond_x, beyond_y)
        nearest = int(np.argmin(beyond))
        if beyond[nearest] < _TOUCHES:
            return *middle, None
        there = QPointF(float(x[nearest]), float(y[nearest]))
        start = QPointF(
            min(max(there.x(), middle[0] - width / 2 + 8), middle[0] + width / 2 - 8),
            min(max(there.y(), middle[1] - height / 2 + 4), middle[1] + height / 2 - 4),
        )
        return *middle, QLineF(start, there)


def _within(values: Floats, low: float, high: float) -> Floats:
    """Values brought between two others; midway where these are the wrong way round."""
    if low > high:
        low = high = (low + high) / 2
    return np.clip(np.asarray(values), low, high)


def stacked(
    edges: Floats, room: LabelRoom, left: float, right: float, height: float, pixels: int
) -> Cells:
    """Cells for the labels of edges between x = left and x = right, in an area of some height;
    `pixels` is the size of type."""
    columns = room.columns
    wide = (right - left) / columns
    least = room.height + 4.0
    at_middle = _heights(edges, (left + right) / 2)
    order = np.lexsort((edges[:, 1], at_middle))
    boxes = np.empty((len(edges), 4))
    for column in range(columns):
        mine = order[column::columns]
        x = left + wide * (column + 0.5)
        points = [left + wide * (column + share) for share in _ORDERED_AT] if columns == 1 else [x]
        tried = [_column(edges[mine], point, least, height) for point in points]
        _, ranks, middles = min(tried, key=lambda each: round(each[0]))
        mine = mine[ranks]
        tops, bottoms = middles - least / 2 + 2, middles + least / 2 - 2
        # What is left free between two cells belongs to both by halves.
        between = (bottoms[:-1] + tops[1:]) / 2
        tops[1:], bottoms[:-1] = between + 1, between - 1
        tops[0], bottoms[-1] = _BORDER, height - _BORDER
        boxes[mine] = np.column_stack(
            [
                np.full(len(mine), x - wide / 2 + _MARGIN), tops,
                np.full(len(mine), x + wide / 2 - _MARGIN), bottoms,
            ]
        )
    places = edges[:, None, :2] + _SAMPLES[:, None] * (edges[:, 2:] - edges[:, :2])[:, None, :]
    sizes = np.tile([room.width, line_height(pixels)], (len(edges), 1))
    cost = _CROSSED * edges_beneath(places, edges, sizes / 2)
    return Cells(edges, boxes, cost + _OFF_MIDDLE * np.abs(_SAMPLES - 0.5))


def _column(
    edges: Floats, x: float, least: float, height: float
) -> tuple[float, NDArray[np.intp], Floats]:
    """Labels of edges in one column, ordered by the heights of the edges at x: by how much they are
    moved in all, the order, and their middles in that order, at least some pixels apart."""
    wanted = _heights(edges, x)
    order = np.lexsort((edges[:, 3], edges[:, 1], wanted))
    wanted = wanted[order]
    low, high = _BORDER + least / 2, height - _BORDER - least / 2
    # Evenly spread they keep off the crossings, as far as that moves none far from its edge.
    even = (wanted[-1] - wanted[0]) / max(1, len(wanted) - 1)
    step = min(max(even, least), _APART * least)
    if (len(wanted) - 1) * step > high - low:
        step = least
    middles = spaced(wanted, step, low, high)
    return float(np.abs(middles - wanted).sum()), order, middles


def _heights(edges: Floats, x: float) -> Floats:
    """The y of each edge at x."""
    x1, y1, x2, y2 = edges.T
    share = np.clip((x - x1) / np.maximum(x2 - x1, 1e-9), 0.0, 1.0)
    return np.asarray(y1 + share * (y2 - y1))


def spaced(wanted: Floats, step: float, low: float, high: float) -> Floats:
    """Places in the given order, at least a step apart and between low and high, whose distances
    from those wanted have the least sum of squares (isotonic regression by pooling neighbours).
    Where there is not room for all, they are shared out evenly."""
    count = len(wanted)
    if (count - 1) * step > high - low:
        return np.linspace(low, high, count) if count > 1 else np.array([(low + high) / 2])
    offsets = step * np.arange(count)
    means: list[float] = []
    sizes: list[int] = []
    for value in (wanted - offsets).tolist():
        means.append(value)
        sizes.append(1)
        while len(means) > 1 and means[-2] > means[-1]:
            mean, size = means.pop(), sizes.pop()
            means[-1] = (means[-1] * sizes[-1] + mean * size) / (sizes[-1] + size)
            sizes[-1] += size
    pooled: Floats = np.repeat(np.array(means), sizes)
    return np.asarray(np.clip(pooled, low, high - offsets[-1]) + offsets)
