"""Everything between two layers: edges or their bundle, and which of them carry a label where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from engine.formulas.notation import Notation
from engine.maths.activations import Array
from engine.maths.network import Network, Parameter
from gui import theme
from gui.canvas.faces import LayerFaces
from gui.canvas.items.bundle import EdgeBundle
from gui.canvas.items.edges import MOST_EDGES, Edge, EdgeLayer
from gui.canvas.items.pills import FULL, FULL_NARROW, SIZES, Pill, PillLayer, Size
from gui.canvas.placing.labels import Floats, may_fit, most_hidden, place_labels, rows
from gui.canvas.placing.layout import Arrangement
from gui.canvas.placing.plan import LabelRoom
from gui.canvas.placing.shapes import NodeShape
from gui.canvas.placing.stack import Cells, stacked
from gui.canvas.placing.step_labels import CLEAR, Surroundings, current_pill, make_way, used_pills
from gui.view import View

MOST_LABELS = 40  # more edges than these show their labels only when asked
_HALF_DELTA = 57.0  # of the width kept clear for a delta, where the columns do not stand too close
_ENOUGH = 0.75  # share of the smallest labels that must find a place for them to be shown
_SINGLE = 76.0  # pixels kept for a name and one number
_NARROW_GAP = 140.0  # pixels between two columns, below which the largest label is kept narrow


class Attention(Struct, frozen=True):
    """Edges into a layer that stand out: the current step's, those under the pointer and the
    keyboard, and those of a unit that is pointed at."""

    current: Edge | None = None
    hovered: Edge | None = None
    focus: Edge | None = None
    near: tuple[Edge, ...] = ()
    used: tuple[Edge, ...] = ()  # those that the current step makes use of
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
        self._nodes: Floats = np.empty((0, 4))  # without what is written around them
        self._size: Size | None = None
        self._cells: Cells | None = None  # where each label has a place of its own
        self._whole = Size(0.0, 0, True, whole=True)
        self._middles: Floats = np.empty((0, 2))
        self._current_middles: Floats = np.empty((0, 2))
        self._single: Floats = np.empty((0, 2))  # while the labels have only one line
        self._free: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self._area = (0.0, 0.0)
        self._placed: tuple[tuple[Edge, ...], dict[Edge, QPointF]] = ((), {})
        self._weighed: tuple[Array | None, float] = (None, 0.0)  # what is shown just now
        self._labelled: tuple[LayerFaces | None, Attention] = (None, Attention())

    def arrange(self, arrangement: Arrangement) -> None:
        """Follow the nodes to where they stand now, and find places for all labels."""
        shapes, centres = arrangement.shapes, arrangement.centres
        sources, units = centres[self.layer - 1].copy(), centres[self.layer].copy()
        sources[:, 0] += shapes[self.layer - 1].half_width
        units[:, 0] -= shapes[self.layer].half_width

        def obstacles_of(shapes: Sequence[NodeShape], half_line: float) -> Floats:
            layers = (self.layer - 1, self.layer)
            return np.vstack([_obstacles(shapes[k], centres[k], k, half_line) for k in layers])

        obstacles = obstacles_of(shapes, 0.43 * arrangement.line_room)
        room = None if arrangement.plan is None else arrangement.plan.labels[self.layer - 1]
        pixels = theme.CANVAS if arrangement.plan is None else arrangement.plan.pixels
        whole = Size(0.0, 0, True, pixels, whole=True)
        if room is not None and room.columns and self.edges is not None:
            whole = replace(whole, width=room.width)
        else:
            room = None
        same = (
            (room is None) == (self._cells is None)
            and whole == self._whole
            and np.array_equal(sources, self._sources)
            and np.array_equal(units, self._units)
            and np.array_equal(obstacles, self._obstacles)
        )
        if same:
            return
        self._sources, self._units, self._obstacles = sources, units, obstacles
        self._whole, self._cells = whole, None
        self._bodies = obstacles_of(shapes, 0.0)
        self._nodes = obstacles_of([replace(s, above=0.0, below=0.0) for s in shapes], 0.0)
        self._area = arrangement.width, arrangement.height
        self.labels.set_pills({})
        self._placed = ((), {})
        self._labelled = (None, Attention())
        if self.bundle is not None:
            self.bundle.set_ends(sources, units)
        else:
            assert self.edges is not None
            self.edges.set_ends(sources, units)
            if room is None:
                self._choose_size()
            else:
                self._stack(arrangement, room)

    def _stack(self, arrangement: Arrangement, room: LabelRoom) -> None:
        """Give every label a cell of its own in the column between the layers."""
        assert self.edges is not None and arrangement.plan is not None
        plan, columns, k = arrangement.plan, arrangement.columns, self.layer
        left = columns[k - 1] + plan.right[k - 1]
        right = columns[k] - plan.left[k]
        self._size = None
        ends, height = self.edges.ends, arrangement.height
        self._cells = stacked(ends, room, left, right, height, plan.pixels)

    def _choose_size(self) -> None:
        """Take the most telling size of label for which all of them find a place."""
        assert self.edges is not None
        self._size = None
        if len(self.edges.ends) > MOST_LABELS:
            return
        for size in SIZES:
            box = size.width, size.height
            is_possible = size.suits(self._longest_name) and may_fit(self.edges.ends, box)
            found: Size | None = self._size
            if found is not None and (size.lines, size.named) != (found.lines, found.named):
                break
            if not is_possible:
                continue
            is_last = size is SIZES[-1]
            obstacles = self._bodies if is_last else self._obstacles
            ends, boxes = self.edges.ends, np.tile(box, (len(self.edges.ends), 1))
            middles, free = place_labels(ends, obstacles, boxes, ends)
            if not free.all() and not (is_last and free.mean() >= _ENOUGH):
                continue
            is_clear = most_hidden(ends, middles, boxes) < CLEAR
            if is_clear or self._size is None:
                self._size, self._middles, self._free = size, middles, free
            if is_clear or not size.named:
                break
        if self._size is not None and self._size.lines == 2:
            # While there is only one number to show, a label can keep farther from the crossings;
            # few numbers are so long that they need more than this.
            ends = self.edges.ends
            boxes = np.tile((_SINGLE, self._size.single_height), (len(ends), 1))
            middles, free = place_labels(ends, self._obstacles, boxes, ends)
            self._single = middles if free.all() else self._middles

    @property
    def is_labelled(self) -> bool:
        """Whether all its edges have labels at any time."""
        return self._size is not None or self._cells is not None

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
        if self._cells is not None:
            self.labels.set_pills(self._whole_pills(faces, attention, self._cells))
            return
        self.labels.set_pills(self._pills(faces, attention))

    def _whole_pills(
        self, faces: LayerFaces, attention: Attention, cells: Cells
    ) -> dict[Edge, Pill]:
        """The labels of all edges, each in its cell."""
        pills, size = {}, self._whole
        for k in range(len(cells.edges)):
            edge = divmod(k, self._shape[1])
            face = faces.whole(edge)
            marks = edge == attention.current, edge == attention.focus, edge == attention.hovered
            before = self.labels.pills.get(edge)
            if before is not None and before.looks_like(face, size, marks):
                pills[edge] = before
                continue
            pill = Pill(QPointF(), face, size, *marks)
            x, y, leader = cells.place(k, pill.place.width(), pill.place.height())
            pill.move(x, y)
            pill.leader = leader
            pills[edge] = pill
        return pills

    def _pills(self, faces: LayerFaces, attention: Attention) -> dict[Edge, Pill]:
        """The labels of edges, each in its place."""
        is_single = self._size is not None and self._size.lines == 2 and not faces.has_any
        self._current_middles = self._single if is_single else self._middles
        pills = self._ordinary(faces, attention)
        if is_single and not self._are_apart([pill.place for pill in pills.values()]):
            self._current_middles = self._middles
            pills = self._ordinary(faces, attention)
        if self.edges is not None:
            obstacles = np.vstack([self._nodes, rows([*attention.avoided, *attention.writing])])
            around = Surroundings(
                self.edges.ends, self._shape[1], obstacles, self._area, self._longest_name
            )
            of_step = self._of_step(faces, attention, around)
            pills = make_way(around, pills, of_step, self._unplaced()) | of_step
        elif (current := attention.current) is not None:  # among more edges than are drawn
            marks = True, current == attention.focus, current == attention.hovered
            face = faces.whole(current)
            pills[current] = Pill(self._middle_of(current), face, self._whole, *marks)
            pills[current].dodge(attention.avoided, self._area[1])
        for edge in {attention.focus, attention.hovered} - {None, attention.current}:
            assert edge is not None
            flags = False, edge == attention.focus, edge == attention.hovered
            before = pills.get(edge)
            middle = self._middle_of(edge) if before is None else before.middle
            pills[edge] = Pill(middle, faces.whole(edge), self._full, *flags)
            pills[edge].dodge(attention.avoided, self._area[1])
        return pills

    def _are_apart(self, places: Sequence[QRectF]) -> bool:
        """Whether some labels cover neither each other nor a node."""
        left, top, right, bottom = rows(places).T[:, :, None]
        others = np.vstack([rows(places), self._nodes]).T
        covers = (left < others[2]) & (right > others[0]) & (top < others[3]) & (bottom > others[1])
        return int(covers.sum()) == len(places)  # each covers itself

    def _ordinary(self, faces: LayerFaces, attention: Attention) -> dict[Edge, Pill]:
        """The pills of all edges that have one at any time, each in its own place."""
        places: dict[Edge, QPointF] = {}
        size = self._size or SIZES[-1]
        if self._size is not None:
            n_in = self._shape[1]
            places = {
                divmod(k, n_in): QPointF(x, y)
                for k, (x, y) in enumerate(self._current_middles.tolist())
            }
        elif attention.near:
            places = self._places_for(attention.near)
        pills = {}
        for edge, middle in places.items():
            face = faces.whole(edge) if size.lines == 2 else faces.alike(edge)
            before = self.labels.pills.get(edge)
            same = before is not None and before.is_same(middle, face, size)
            pills[edge] = before if before is not None and same else Pill(middle, face, size)
        return pills

    def _of_step(
        self, faces: LayerFaces, attention: Attention, around: Surroundings
    ) -> dict[Edge, Pill]:
        """The pills that the current step is about."""
        edge, size = attention.current, self._size
        if edge is not None:
            middle, size = self._middle_of(edge), self._whole
            pill = current_pill(around, edge, faces.whole(edge), middle, size)
            pill.dodge(attention.avoided, self._area[1])
            pill.is_focus, pill.is_hovered = edge == attention.focus, edge == attention.hovered
            return {edge: pill}
        if size is not None and size.named and size.lines == 2:
            return {}  # such labels say all that is needed
        used = {edge: faces.value_alone(edge) for edge in attention.used}
        return used_pills(around, used, [self._middle_of(edge) for edge in used])

    def _unplaced(self) -> set[Edge]:
        """The edges for whose label there is no place when all have one."""
        if self._size is None or self._free.all():
            return set()
        return {divmod(k, self._shape[1]) for k in np.flatnonzero(~self._free).tolist()}

    @property
    def _full(self) -> Size:
        """Of a pill that is pointed at."""
        gap = self._units[:, 0].min() - self._sources[:, 0].max()
        narrow = next(size for size in FULL_NARROW if size.suits(self._longest_name))
        return narrow if gap < _NARROW_GAP else FULL

    def _middle_of(self, edge: Edge) -> QPointF:
        """Where an edge has its label unless that has to give way."""
        if self._size is not None:
            return QPointF(*self._current_middles[edge[0] * self._shape[1] + edge[1]].tolist())
        x1, y1, x2, y2 = self.line(edge).tolist()
        return QPointF((x1 + x2) / 2, (y1 + y2) / 2)

    def _places_for(self, edges: tuple[Edge, ...]) -> dict[Edge, QPointF]:
        """Places for labels of some edges; those that find none get none."""
        if self._placed[0] != edges:
            size = SIZES[-1]
            some = edges[:: max(1, len(edges) // MOST_LABELS)]
            lines = np.array([self.line(edge) for edge in some])
            boxes = np.tile((size.width, size.height), (len(lines), 1))
            middles, free = place_labels(lines, self._bodies, boxes, lines)
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


def _obstacles(shape: NodeShape, centres: Floats, layer: int, half_line: float) -> Floats:
    """Rectangles (left, top, right, bottom) that no label may cover: the nodes of a layer and
    the lines above and below them, at most twice half_line wide unless the node is wider."""
    x, y, w, h = centres[:, 0], centres[:, 1], shape.half_width + 3, shape.half_height + 2
    if shape.kind == "folded":
        y = np.array([(y.min() + y.max()) / 2])
        x = x[:1]
    boxes = [np.column_stack([x - w, y - h, x + w, y + h])]
    if shape.above and layer:
        half = max(w, min(_HALF_DELTA, half_line)) if shape.kind != "dot" else w
        boxes.append(np.column_stack([x - half, y - h - shape.above, x + half, y - h]))
    if shape.below and layer:
        half = max(w, half_line) if shape.kind != "dot" else w
        boxes.append(np.column_stack([x - half, y + h, x + half, y + h + shape.below]))
    return np.vstack(boxes)
