"""Everything between two layers: edges or their bundle, and which of them carry a label where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from engine.network import Network, Parameter
from engine.notation import Notation
from gui.canvas.bundle import EdgeBundle
from gui.canvas.edges import MOST_EDGES, Edge, EdgeLayer
from gui.canvas.faces import Shown, parameter_face
from gui.canvas.labels import Floats, may_fit, place_labels
from gui.canvas.layout import Arrangement, Form
from gui.canvas.pills import FULL, FULL_NARROW, SIZES, Pill, PillLayer, Size
from gui.view import View

MOST_LABELS = 40  # more edges than these show their labels only when asked
_FEW = 6  # parameters of a network
_HALF_DELTA = 57.0  # of the width kept clear for a delta, where the columns do not stand too close
_ENOUGH = 0.75  # share of the smallest labels that must find a place for them to be shown
_NARROW_GAP = 140.0  # pixels between two columns, below which the largest label is kept narrow


@dataclass(frozen=True)
class Attention:
    """Edges into a layer that stand out: the current step's, those under the pointer and the
    keyboard, and those of a unit that is pointed at."""

    current: Edge | None = None
    hovered: Edge | None = None
    focus: Edge | None = None
    near: tuple[Edge, ...] = ()
    avoided: tuple[QRectF, ...] = ()  # the nodes that all this is about
    writing: tuple[QRectF, ...] = ()  # what is written around the nodes on both sides


class Connections:
    """The edges into layer `layer` and their labels, in two items of the scene."""

    def __init__(
        self, scene: QGraphicsScene, network: Network, layer: int, notation: Notation
    ) -> None:
        n_out, n_in = network.sizes[layer], network.sizes[layer - 1]
        self.layer, self._shape = layer, (n_out, n_in)
        last = Parameter(layer, n_out - 1, n_in - 1)
        self._longest_name = notation.parameter(network, last)
        # Names that the document gives are shown; made-up ones only where they are no crowd.
        is_named = network.layers[layer - 1].weight_names is not None
        self._shows_names = is_named or network.size <= _FEW
        self.edges = EdgeLayer() if n_out * n_in <= MOST_EDGES else None
        self.bundle = EdgeBundle(n_out * n_in) if self.edges is None else None
        self.labels = PillLayer()
        for item in (self.edges, self.bundle, self.labels):
            if item is not None:
                scene.addItem(item)
        self._sources: Floats = np.empty((0, 2))
        self._units: Floats = np.empty((0, 2))
        self._obstacles: Floats = np.empty((0, 4))
        self._bodies: Floats = np.empty((0, 4))  # the same where room is scarce
        self._size: Size | None = None
        self._middles: Floats = np.empty((0, 2))
        self._free: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self._height = 0.0
        self._placed: tuple[tuple[Edge, ...], dict[Edge, QPointF]] = ((), {})

    def arrange(self, arrangement: Arrangement) -> None:
        """Follow the nodes to where they stand now, and find places for all labels."""
        forms, centres = arrangement.forms, arrangement.centres
        sources, units = centres[self.layer - 1].copy(), centres[self.layer].copy()
        sources[:, 0] += forms[self.layer - 1].half_width
        units[:, 0] -= forms[self.layer].half_width
        half_line = 0.43 * arrangement.line_room
        obstacles = np.vstack(
            [_obstacles(forms[k], centres[k], k, half_line) for k in (self.layer - 1, self.layer)]
        )
        same = (
            np.array_equal(sources, self._sources)
            and np.array_equal(units, self._units)
            and np.array_equal(obstacles, self._obstacles)
        )
        if same:
            return
        self._sources, self._units, self._obstacles = sources, units, obstacles
        self._bodies = np.vstack(
            [_obstacles(forms[k], centres[k], k, 0.0) for k in (self.layer - 1, self.layer)]
        )
        self._height = arrangement.height
        self.labels.set_pills({})
        self._placed = ((), {})
        if self.bundle is not None:
            self.bundle.set_ends(sources, units)
        else:
            assert self.edges is not None
            self.edges.set_ends(sources, units)
            self._choose_size()

    def _choose_size(self) -> None:
        """Take the most telling size of label for which all of them find a place."""
        assert self.edges is not None
        self._size = None
        if len(self.edges.ends) > MOST_LABELS:
            return
        for size in SIZES:
            box = size.width, size.height
            is_possible = size.suits(self._longest_name) and may_fit(self.edges.ends, box)
            if not is_possible or (size.named and not self._shows_names):
                continue
            is_last = size is SIZES[-1]
            obstacles = self._bodies if is_last else self._obstacles
            middles, free = place_labels(self.edges.ends, obstacles, box)
            if free.all() or (is_last and free.mean() >= _ENOUGH):
                self._size, self._middles, self._free = size, middles, free
                return

    @property
    def is_tight(self) -> bool:
        """Whether its labels have to give way to what is written around the nodes."""
        return self._size is SIZES[-1]

    def show(self, view: View, shown: Shown, largest: float, attention: Attention) -> None:
        """Show a view's weights; `largest` is the size of the network's largest one."""
        if self.bundle is not None:
            edge = attention.current or attention.focus
            self.bundle.mark(None if edge is None else self.line(edge))
        else:
            assert self.edges is not None
            W = view.spec.network.weights(view.theta, self.layer)
            self.edges.set_weights(W, largest)
            single = (attention.hovered, attention.focus)
            self.edges.mark(
                attention.current, [*attention.near, *(e for e in single if e is not None)]
            )
        pills = {}
        for edge, (middle, size) in self._wanted(attention).items():
            face = parameter_face(view, shown, Parameter(self.layer, *edge))
            flags = edge == attention.current, edge == attention.focus, edge == attention.hovered
            before = self.labels.pills.get(edge)
            if any(flags):
                pills[edge] = Pill(middle, face, size, *flags)
                pills[edge].dodge(attention.avoided, self._height)
                continue
            if before is not None and before.is_same(middle, face, size):
                pill = before
            else:
                pill = Pill(middle, face, size)
            # The smallest were placed without regard to what is around nodes or called out.
            taken = (*attention.avoided, *attention.writing) if size is SIZES[-1] else ()
            if not any(pill.place.intersects(place) for place in taken):
                pills[edge] = pill
        if pills != self.labels.pills:
            self.labels.set_pills(pills)

    def _wanted(self, attention: Attention) -> dict[Edge, tuple[QPointF, Size]]:
        """Which edges carry a label, where and of which size."""
        wanted: dict[Edge, tuple[QPointF, Size]] = {}
        if self._size is not None:
            n_in = self._shape[1]
            for k, (x, y) in enumerate(self._middles.tolist()):
                if self._free[k]:
                    wanted[divmod(k, n_in)] = QPointF(x, y), self._size
        elif attention.near:
            for edge, middle in self._places_for(attention.near).items():
                wanted[edge] = middle, SIZES[-1]
        gap = self._units[:, 0].min() - self._sources[:, 0].max()
        narrow = next(size for size in FULL_NARROW if size.suits(self._longest_name))
        full = narrow if gap < _NARROW_GAP else FULL
        for single in (attention.focus, attention.hovered, attention.current):
            if single is not None:
                x1, y1, x2, y2 = self.line(single).tolist()
                middle = wanted.get(single, (QPointF((x1 + x2) / 2, (y1 + y2) / 2), full))[0]
                wanted[single] = middle, full
        return wanted

    def _places_for(self, edges: tuple[Edge, ...]) -> dict[Edge, QPointF]:
        """Places for labels of some edges; those that find none get none."""
        if self._placed[0] != edges:
            size = SIZES[-1]
            some = edges[:: max(1, len(edges) // MOST_LABELS)]
            lines = np.array([self.line(edge) for edge in some])
            middles, free = place_labels(lines, self._bodies, (size.width, size.height))
            places = {
                edge: QPointF(x, y)
                for edge, (x, y), is_free in zip(some, middles.tolist(), free, strict=True)
                if is_free
            }
            self._placed = (edges, places)
        return self._placed[1]

    def line(self, edge: Edge) -> Floats:
        """The ends of an edge as x1, y1, x2, y2."""
        unit, source = edge
        return np.concatenate([self._sources[source], self._units[unit]])

    def edge_at(self, point: QPointF, reach: float) -> Edge | None:
        """The edge at a point of the scene: its label's, or one that passes within reach."""
        edge = self.labels.edge_at(point)
        if edge is None and self.edges is not None:
            edge = self.edges.edge_at(point.x(), point.y(), reach)
        return edge

    def place_of(self, edge: Edge) -> QRectF:
        """Where an edge's label is, or would be."""
        pill = self.labels.pills.get(edge)
        if pill is not None:
            return pill.place
        x1, y1, x2, y2 = self.line(edge).tolist()
        return QRectF((x1 + x2) / 2 - 40, (y1 + y2) / 2 - 13, 80, 26)

    def near(self, units: Iterable[tuple[int, int]]) -> tuple[Edge, ...]:
        """The edges into or out of some units, each (layer, unit); none of a bundle."""
        if self.bundle is not None:
            return ()
        n_out, n_in = self._shape
        edges: dict[Edge, None] = {}
        for layer, unit in units:
            if layer == self.layer:
                edges.update(dict.fromkeys((unit, source) for source in range(n_in)))
            elif layer == self.layer - 1:
                edges.update(dict.fromkeys((other, unit) for other in range(n_out)))
        return tuple(edges)


def _obstacles(form: Form, centres: Floats, layer: int, half_line: float) -> Floats:
    """Rectangles (left, top, right, bottom) that no label may cover: the nodes of a layer and
    the lines above and below them, at most twice half_line wide unless the node is wider."""
    x, y, w, h = centres[:, 0], centres[:, 1], form.half_width + 3, form.half_height + 2
    if form.kind == "folded":
        y = np.array([(y.min() + y.max()) / 2])
        x = x[:1]
    boxes = [np.column_stack([x - w, y - h, x + w, y + h])]
    if form.above and layer:
        half = max(w, min(_HALF_DELTA, half_line)) if form.kind != "dot" else w
        boxes.append(np.column_stack([x - half, y - h - form.above, x + half, y - h]))
    if form.below and layer:
        half = max(w, half_line) if form.kind != "dot" else w
        boxes.append(np.column_stack([x - half, y + h, x + half, y + h + form.below]))
    return np.vstack(boxes)
