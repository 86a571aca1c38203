"""Everything between two layers: edges or their bundle, and which of them carry a label where."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from engine.maths.activations import Array
from engine.maths.network import Network
from gui import theme
from gui.canvas.faces import LayerFaces, ParameterFace
from gui.canvas.items.bundle import EdgeBundle
from gui.canvas.items.edges import MOST_EDGES, Edge, EdgeLayer
from gui.canvas.items.pills import Pill, PillLayer, Size
from gui.canvas.marks import used_edges
from gui.canvas.placing.labels import Floats, rows
from gui.canvas.placing.layout import Arrangement
from gui.canvas.placing.stack import MARGIN, Cells, Stack, stacked
from gui.canvas.spots import Spot, spot_of
from gui.view import View


class Attention(Struct, frozen=True):
    """Edges into a layer that stand out: the current step's, those under the pointer and the
    keyboard, and those of a unit that is pointed at."""

    current: Edge | None = None
    hovered: Edge | None = None
    focus: Edge | None = None
    near: tuple[Edge, ...] = ()
    used: tuple[Edge, ...] = ()  # those that the current step makes use of
    blocked: tuple[QRectF, ...] = ()  # what stands where labels would

    @property
    def single(self) -> tuple[Edge, ...]:
        """The edges that are singled out, one by one."""
        return tuple(
            each for each in (self.current, self.hovered, self.focus) if each is not None
        )


def _beside(
    blocked: tuple[QRectF, ...], left: float, right: float, widest: float
) -> tuple[float, float]:
    """The room between left and right that is left by what reaches into it from either side, as
    far as the widest label has room there."""
    middle, least = (left + right) / 2, widest + 2 * MARGIN
    ends = [rect.left() - 1 for rect in blocked if rect.left() < right < rect.right()]
    inner = min(ends, default=right)
    starts = [rect.right() + 1 for rect in blocked if rect.left() < left < rect.right()]
    outer = max(starts, default=left)
    if inner - outer >= least:
        return outer, inner
    if inner > middle and inner - left >= least:
        return left, inner
    if outer < middle and right - outer >= least:
        return outer, right
    return left, right


class Connections:
    """The edges into layer `layer` and their labels, in two items of the scene."""

    def __init__(self, scene: QGraphicsScene, network: Network, layer: int) -> None:
        n_out, n_in = network.sizes[layer], network.sizes[layer - 1]
        there = network.weights(network.cut, layer) == 0.0
        self.layer, self._there = layer, there
        self.edges = EdgeLayer(there.ravel()) if n_out * n_in <= MOST_EDGES else None
        self.bundle = EdgeBundle(int(there.sum())) if self.edges is None else None
        self.labels = PillLayer()
        for item in (self.edges, self.bundle, self.labels):
            if item is not None:
                scene.addItem(item)
        self._sources: Floats = np.empty((0, 2))
        self._units: Floats = np.empty((0, 2))
        self._size = Size(theme.CANVAS, 0.0)
        self._arrangement: Arrangement | None = None
        self._has_all = False  # whether all labels have room at any time
        # The cells of the labels there are, for what edges, how high each is, and round what.
        self._cells: tuple[tuple[Edge, ...], float, tuple[QRectF, ...], Cells] | None = None
        self._weighed: tuple[Array | None, float] = (None, 0.0)  # what is shown just now
        self._labelled: tuple[LayerFaces | None, Attention] = (None, Attention())

    def arrange(self, arrangement: Arrangement) -> None:
        """Follow the nodes to where they stand now."""
        shapes, centres, plan = arrangement.shapes, arrangement.centres, arrangement.plan
        self._arrangement = arrangement
        self._sources, self._units = centres[self.layer - 1].copy(), centres[self.layer].copy()
        if shapes[self.layer - 1].kind == "folded":
            self._sources[:, 0] = arrangement.columns[self.layer - 1]  # pixels stand elsewhere
        self._sources[:, 0] += shapes[self.layer - 1].half_width
        self._units[:, 0] -= shapes[self.layer].half_width
        room = plan.labels[self.layer - 1]
        self._size = Size(plan.pixels, room.width)
        self._has_all = plan.is_whole and room.columns > 0
        self.labels.set_pills({})
        self._cells, self._labelled = None, (None, Attention())
        if self.bundle is not None:
            self.bundle.set_ends(self._sources, self._units)
        elif self.edges is not None:
            self.edges.set_ends(self._sources, self._units)

    def show(
        self, view: View, faces: LayerFaces, largest: float, attention: Attention
    ) -> None:
        """Show a view's weights; `largest` is the size of the network's largest one."""
        if self.bundle is not None:
            edge = attention.current or attention.focus
            self.bundle.mark(None if edge is None else self.line(edge))
        else:
            assert self.edges is not None
            if view.theta is not self._weighed[0] or largest != self._weighed[1]:
                self._weighed = view.theta, largest
                W = view.spec.network.weights(view.theta, self.layer)
                self.edges.set_weights(W, largest)
            single = (attention.hovered, attention.focus)
            self.edges.mark(
                attention.current, [*attention.near, *(e for e in single if e is not None)]
            )
        if faces is self._labelled[0] and attention == self._labelled[1]:
            return
        self._labelled = faces, attention
        self.labels.set_pills(self._pills(faces, attention))

    def _pills(self, faces: LayerFaces, attention: Attention) -> dict[Edge, Pill]:
        """The labels of edges, each in its cell: of all, or of those that are asked about and have
        room for one line each. What finds none is read in "Why this number?"."""
        if self._has_all:
            edges = [(unit, source) for unit, source in np.argwhere(self._there).tolist()]
            return self._placed({edge: faces.whole(edge) for edge in edges}, attention)
        asked: dict[Edge, ParameterFace] = {}
        most = self._most_labels()
        if self.edges is not None and len(attention.used) <= most:
            asked = {edge: faces.value_alone(edge) for edge in attention.used}
        if len(attention.near) + len(asked) <= most:
            asked = {edge: faces.value_alone(edge) for edge in attention.near} | asked
        asked |= {edge: faces.whole(edge) for edge in attention.single}
        return self._placed(asked, attention)

    def _most_labels(self) -> int:
        """How many labels of one line have room one above the other."""
        assert self._arrangement is not None
        room = self._arrangement.plan.labels[self.layer - 1]
        return room.columns * int(self._arrangement.height / room.height) if room.columns else 0

    def _placed(
        self, faces: dict[Edge, ParameterFace], attention: Attention
    ) -> dict[Edge, Pill]:
        """Labels with these faces."""
        before, pills = self.labels.pills, {}
        for edge, face in faces.items():
            marks = edge == attention.current, edge == attention.focus, edge == attention.hovered
            pill = before.get(edge)
            if pill is None or not pill.looks_like(face, self._size, marks):
                pill = Pill(QPointF(), face, self._size, *marks)
            pills[edge] = pill
        if not pills:
            return {}
        cells, is_new = self._cells_for(pills, attention.blocked)
        for k, (edge, pill) in enumerate(pills.items()):
            if is_new or pill is not before.get(edge):
                pills[edge] = pill.placed(*cells.place(k, *pill.place.size().toTuple()))
        return pills

    def _cells_for(
        self, pills: dict[Edge, Pill], blocked: tuple[QRectF, ...]
    ) -> tuple[Cells, bool]:
        """The cells of some labels, and whether they are others than before."""
        assert self._arrangement is not None
        edges, placed = tuple(pills), self._arrangement
        room = placed.plan.labels[self.layer - 1]
        height = room.height
        if not self._has_all:
            height = max(pill.place.height() for pill in pills.values())
        widest = max(pill.place.width() for pill in pills.values())
        left, right = _beside(blocked, *placed.between(self.layer), widest)
        there = tuple(rect for rect in blocked if rect.left() < right and rect.right() > left)
        if self._cells is not None and self._cells[:3] == (edges, height, there):
            return self._cells[3], False
        stack = Stack(left, right, max(1, room.columns), placed.height, rows(there))
        cells = stacked(np.array([self.line(edge) for edge in edges]), stack, height)
        self._cells = edges, height, there, cells
        return cells, True

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
        edges: dict[Edge, None] = {}
        for layer, unit in units:
            if layer == self.layer:
                sources = np.flatnonzero(self._there[unit]).tolist()
                edges.update(dict.fromkeys((unit, source) for source in sources))
            elif layer == self.layer - 1:
                others = np.flatnonzero(self._there[:, unit]).tolist()
                edges.update(dict.fromkeys((other, unit) for other in others))
        return tuple(edges)


def attention_of(
    view: View, connections: Connections, hovered: Spot | None, focus: Spot | None,
    blocked: tuple[QRectF, ...],
) -> Attention:
    """The edges into a layer that stand out for a step and for two spots, beside what stands where
    labels would."""

    def edge(spot: Spot | None) -> Edge | None:
        if spot is None or spot.source is None or spot.layer != connections.layer:
            return None
        return spot.unit, spot.source

    # Where a whole layer is worked out at once no edge of it is the one.
    current = None if view.step is None or view.together else spot_of(view.step)
    units = [
        (spot.layer, spot.unit)
        for spot in (hovered, focus)
        if spot is not None and spot.owner.kind == "unit"
    ]
    used = used_edges(view, connections.layer)
    return Attention(
        edge(current), edge(hovered), edge(focus), connections.near(units), used, blocked
    )
