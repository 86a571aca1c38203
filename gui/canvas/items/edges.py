"""The edges into one layer, in one item: few pens, many lines to a pen."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from gui import theme
from gui.canvas.items.canvas_item import CanvasItem
from gui.canvas.items.colours import mixed
from gui.canvas.placing.labels import Floats

MOST_EDGES = 1500  # beyond, a layer's edges are drawn as one bundle
_STEPS = 10  # widths that are told apart


class _Look(NamedTuple):
    """How edges look where there are at most so many: widths in pixels and strengths of colour
    (0 is the card's, 1 the full one) of the smallest and the largest weight."""

    most: int
    thin: float
    thick: float
    pale: float
    strong: float


# Lines of up to one pixel are painted ten times faster than wider ones, so where there are many,
# size is told by strength of colour and only the largest are wider. Where there are fewer, the
# smallest is as clearly seen as the largest.
_LOOKS = (
    _Look(40, 1.4, 7.0, 0.9, 0.9),
    _Look(150, 1.0, 4.5, 0.9, 0.9),
    _Look(10**9, 0.4, 1.6, 0.12, 0.85),
)
_FADED = 0.2  # of the strength, where other edges are pointed at

Edge = tuple[int, int]  # unit, source


class EdgeLayer(CanvasItem):
    """Lines from every unit of a layer to every unit of the next, with the sizes and signs of
    weights: wide for a large weight, dashed and orange for a negative one. `there`, of shape
    (n_out · n_in,), says which of them are not cut."""

    def __init__(self, there: NDArray[np.bool_]) -> None:
        super().__init__()
        self._there = there
        self._lines: list[QLineF] = []
        self.ends = np.empty((0, 4))
        self._shape = (0, 0)
        self._kinds: NDArray[np.intp] = np.empty(0, dtype=np.intp)
        self._strokes: list[tuple[int, list[QLineF]]] = []
        self._current: Edge | None = None
        self._near: frozenset[Edge] = frozenset()

    def set_ends(self, sources: Floats, units: Floats) -> None:
        """Place the edges: from points (n_in, 2) to points (n_out, 2); edge unit · n_in + source
        runs from its source to its unit."""
        n_out, n_in = len(units), len(sources)
        ends = np.hstack([np.tile(sources, (n_out, 1)), np.repeat(units, n_in, axis=0)])
        if self._shape == (n_out, n_in) and np.array_equal(ends, self.ends):
            return
        self.ends, self._shape = ends, (n_out, n_in)
        self._lines = [QLineF(*row) for row in ends.tolist()]
        low, high = ends.reshape(-1, 2).min(axis=0) - 10, ends.reshape(-1, 2).max(axis=0) + 10
        self.set_bounds(QRectF(*low.tolist(), *(high - low).tolist()))
        self._sort()

    def set_weights(self, W: Floats, largest: float) -> None:
        """Show weights of shape (n_out, n_in); the widest edge is for one of size `largest`."""
        share = np.abs(W).ravel() / largest if largest > 0 else np.zeros(W.size)
        share = np.nan_to_num(np.minimum(share, 1.0), nan=1.0)
        kinds = 2 * np.rint(share * _STEPS).astype(np.intp) + (W.ravel() < 0)
        if not np.array_equal(kinds, self._kinds):
            self._kinds = kinds
            self._sort()

    def mark(self, current: Edge | None, near: Collection[Edge]) -> None:
        """Draw one edge as the current one, and others in full before the rest, which fades
        where it would hide them."""
        near = frozenset(near)
        if near != self._near:
            self.update()
        elif current != self._current:
            for edge in (current, self._current):
                if edge is not None:
                    line = self._line_of(edge)
                    self.update(QRectF(line.p1(), line.p2()).normalized().adjusted(-9, -9, 9, 9))
        self._current, self._near = current, near

    def edge_at(self, x: float, y: float, reach: float) -> Edge | None:
        """The edge nearest to a point, if one is within reach."""
        if not len(self.ends):
            return None
        start, direction = self.ends[:, :2], self.ends[:, 2:] - self.ends[:, :2]
        squared = np.maximum((direction**2).sum(axis=1), 1e-9)
        along = ((np.array([x, y]) - start) * direction).sum(axis=1) / squared
        nearest = start + np.clip(along, 0.0, 1.0)[:, None] * direction
        distance = np.hypot(nearest[:, 0] - x, nearest[:, 1] - y)
        distance[~self._there] = np.inf
        k = int(np.argmin(distance))
        return divmod(k, self._shape[1]) if distance[k] <= reach else None

    def _sort(self) -> None:
        """Gather the lines of each pen; thin ones are painted first."""
        self._strokes = []
        if len(self._kinds) == len(self._lines):
            order = np.argsort(self._kinds, kind="stable")
            order = order[self._there[order]]
            for kind, part in groupby(order.tolist(), key=self._kinds.tolist().__getitem__):
                self._strokes.append((kind, [self._lines[k] for k in part]))
        self.update()

    def draw(self, painter: QPainter) -> None:
        faded = bool(self._near) and len(self._lines) > 40
        for kind, lines in self._strokes:
            painter.setPen(self._pen(kind, _FADED if faded else 1.0))
            painter.drawLines(lines)
        if faded:
            for edge in self._near:
                painter.setPen(self._pen(self._kind_of(edge), 1.0, True))
                painter.drawLine(self._line_of(edge))
        if self._current is not None:
            pen = QPen(self._pen(self._kind_of(self._current), 1.0))
            pen.setWidthF(max(4.0, pen.widthF()))
            pen.setColor(theme.current().colour("accent"))
            painter.setPen(pen)
            painter.drawLine(self._line_of(self._current))

    def _line_of(self, edge: Edge) -> QLineF:
        return self._lines[edge[0] * self._shape[1] + edge[1]]

    def _kind_of(self, edge: Edge) -> int:
        return int(self._kinds[edge[0] * self._shape[1] + edge[1]])

    def _pen(self, kind: int, strength: float, is_near: bool = False) -> QPen:
        look = next(look for look in _LOOKS if is_near or len(self._lines) <= look.most)
        return _pen(theme.current().name, look, kind, strength)


@lru_cache(maxsize=512)
def _pen(theme_name: str, look: _Look, kind: int, strength: float) -> QPen:
    colours = theme.THEMES[theme_name]
    size, negative = divmod(kind, 2)
    share = size / _STEPS
    width = look.thin + (look.thick - look.thin) * share
    strength *= look.pale + (look.strong - look.pale) * share
    # Mixed rather than translucent: blending costs three times as much.
    pen = QPen(mixed(colours.signed(-1.0 if negative else 1.0), strength), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if negative:
        # In widths of the pen: dashes that stay visible on thin edges and short on wide ones.
        pen.setDashPattern([max(1.3, 6.0 / width), max(0.7, 3.5 / width)])
    return pen
