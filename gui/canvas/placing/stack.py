"""Stacks: a cell for every label between two layers, in columns in which none can cover another,
and the place in its cell where a label is nearest to its edge."""

from __future__ import annotations

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF

from gui.canvas.placing.labels import Floats, edges_beneath

_ORDERED_AT = (0.35, 0.65, 0.5)  # along the gap, where the heights of edges say who is above whom
_APART = 1.6  # times their least distance, that labels are spread to at most
_SAMPLES = np.linspace(0.0, 1.0, 41)
_TOUCHES = 1.5  # pixels off its edge, up to which a label can be seen to belong to it
MARGIN = 3.0  # pixels kept to the next column
_BORDER = 2.0  # pixels kept to the border of the canvas
_BETWEEN = 2.0  # pixels between two cells, and to what is in the way
# Pixels off its edge that a label takes rather than go to an end of it, or onto another edge.
_OFF_MIDDLE, _CROSSED = 12.0, 10.0
_LINE = 16.0  # the height of a label of one line, which has most to choose from


class Stack(Struct, frozen=True, eq=False):
    """Where there is room for labels: between x = left and x = right, in so many columns side by
    side, in an area of some height. `blocked` has a row (left, top, right, bottom) for everything
    that stands in it."""

    left: float
    right: float
    columns: int
    height: float
    blocked: Floats


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
        best = int(np.argmin(np.hypot(near_x - x, near_y - y) + self.cost[k]))
        middle = float(near_x[best]), float(near_y[best])
        place = QRectF(middle[0] - width / 2, middle[1] - height / 2, width, height)
        around = place.adjusted(-_TOUCHES, -_TOUCHES, _TOUCHES, _TOUCHES)
        if _runs_through(around, QPointF(x1, y1), QPointF(x2, y2)):
            return *middle, None
        beyond_x = np.maximum(np.abs(x - middle[0]) - width / 2, 0.0)
        beyond_y = np.maximum(np.abs(y - middle[1]) - height / 2, 0.0)
        nearest = int(np.argmin(np.hypot(beyond_x, beyond_y)))
        there = QPointF(float(x[nearest]), float(y[nearest]))
        start = QPointF(
            min(max(there.x(), middle[0] - width / 2 + 8), middle[0] + width / 2 - 8),
            min(max(there.y(), middle[1] - height / 2 + 4), middle[1] + height / 2 - 4),
        )
        return *middle, QLineF(start, there)


def _runs_through(place: QRectF, start: QPointF, stop: QPointF) -> bool:
    """Whether a line runs through a rectangle: some part of it is inside of all four borders."""
    first, last = 0.0, 1.0
    way = stop - start
    for begin, along, low, high in (
        (start.x(), way.x(), place.left(), place.right()),
        (start.y(), way.y(), place.top(), place.bottom()),
    ):
        if abs(along) < 1e-9:
            if not low <= begin <= high:
                return False
            continue
        enters, leaves = sorted(((low - begin) / along, (high - begin) / along))
        first, last = max(first, enters), min(last, leaves)
    return first <= last


def _within(values: Floats, low: float, high: float) -> Floats:
    """Values brought between two others; midway where these are the wrong way round."""
    if low > high:
        low = high = (low + high) / 2
    return np.clip(np.asarray(values), low, high)


def stacked(edges: Floats, stack: Stack, height: float) -> Cells:
    """Cells for the labels of edges, each as high as `height` at least."""
    least = height + 2 * _BETWEEN
    wide = (stack.right - stack.left) / stack.columns
    order = np.lexsort((edges[:, 1], _heights(edges, (stack.left + stack.right) / 2)))
    boxes = np.empty((len(edges), 4))
    for column in range(min(stack.columns, len(edges))):
        mine = order[column :: stack.columns]
        left = stack.left + wide * column
        free = _free(stack, left, left + wide, least)
        shares = _ORDERED_AT if stack.columns == 1 else (0.5,)
        tried = [_column(edges[mine], left + share * wide, least, free) for share in shares]
        # By whole pixels: what is alike but for rounding is to be the first.
        _, ranks, middles = min(tried, key=lambda each: round(each[0]))
        mine = mine[ranks]
        tops, bottoms = middles - least / 2, middles + least / 2
        lowest, highest = _borders(middles, free)
        # What is left free between two cells belongs to both by halves.
        between = (bottoms[:-1] + tops[1:]) / 2
        tops = np.maximum(np.concatenate([[lowest[0]], between]), lowest)
        bottoms = np.minimum(np.concatenate([between, [highest[-1]]]), highest)
        edge = np.full(len(mine), left)
        boxes[mine] = np.column_stack(
            [edge + MARGIN, tops + _BETWEEN, edge + wide - MARGIN, bottoms - _BETWEEN]
        )
    places = edges[:, None, :2] + _SAMPLES[:, None] * (edges[:, 2:] - edges[:, :2])[:, None, :]
    sizes = np.tile([0.8 * wide, _LINE], (len(edges), 1))
    cost = _CROSSED * edges_beneath(places, edges, sizes / 2)
    return Cells(edges, boxes, cost + _OFF_MIDDLE * np.abs(_SAMPLES - 0.5))


Free = list[tuple[float, float]]  # from top to bottom, each from y to y


def _free(stack: Stack, left: float, right: float, least: float) -> Free:
    """The parts of a column in which at least one label has room."""
    there = stack.blocked[(stack.blocked[:, 0] < right) & (stack.blocked[:, 2] > left)]
    free, top = [], _BORDER
    for low, high in sorted(there[:, [1, 3]].tolist()):
        free.append((top, low))
        top = max(top, high)
    free.append((top, stack.height - _BORDER))
    return [part for part in free if part[1] - part[0] >= least] or [
        (_BORDER, stack.height - _BORDER)
    ]


def _borders(middles: Floats, free: Free) -> tuple[Floats, Floats]:
    """The top and the bottom of the free part that each middle is in."""
    tops = np.array([part[0] for part in free])
    k = np.maximum(np.searchsorted(tops, middles, side="right") - 1, 0)
    return tops[k], np.array([part[1] for part in free])[k]


def _column(
    edges: Floats, x: float, least: float, free: Free
) -> tuple[float, NDArray[np.intp], Floats]:
    """Labels of edges in one column, ordered by the heights of the edges at x: by how much they are
    moved in all, the order, and their middles in that order, at least some pixels apart where there
    is room for that."""
    wanted = _heights(edges, x)
    order = np.lexsort((edges[:, 3], edges[:, 1], wanted))
    wanted = wanted[order]
    shares = _share_out(wanted, least, free)
    middles: list[float] = []
    for (low, high), count in zip(free, shares, strict=True):
        mine = wanted[len(middles) : len(middles) + count]
        if count:
            low, high = low + least / 2, high - least / 2
            # Evenly spread they keep off the crossings, as far as none leaves its edge by that.
            even = (mine[-1] - mine[0]) / max(1, count - 1)
            step = min(max(even, least), _APART * least)
            step = least if (count - 1) * step > high - low else step
            middles += spaced(mine, step, low, high).tolist()
    found = np.array(middles)
    return float(np.abs(found - wanted).sum()), order, found


def _share_out(wanted: Floats, least: float, free: Free) -> list[int]:
    """How many labels, in their order, go into each free part: where they would be, or the next
    one that has room."""
    room = [int((high - low + 0.1) // least) for low, high in free]
    ends = np.array([(a[1] + b[0]) / 2 for a, b in zip(free, free[1:], strict=False)])
    counts = np.bincount(np.searchsorted(ends, wanted), minlength=len(free)).tolist()
    for ways in (range(len(free) - 1), range(len(free) - 1, 0, -1)):
        step = 1 if ways.step > 0 else -1
        for k in ways:
            more = max(0, counts[k] - room[k])
            counts[k] -= more
            counts[k + step] += more
    return [int(count) for count in counts]


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
    if (count - 1) * step > high - low + 0.01:
        return np.linspace(low, high, count)
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
    return np.asarray(np.clip(pooled, low, max(low, high - offsets[-1])) + offsets)
