"""The scene: the items of one network, updated from a view, and what stands at a point of it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from engine.run.steps import StepId
from gui.canvas.called_out import cover_neighbours, place_called_out
from gui.canvas.connections import Connections, attention_of
from gui.canvas.faces import Faces, Revealed
from gui.canvas.highlights import Highlights
from gui.canvas.involved import Unit
from gui.canvas.items.folded import FoldedLayer, layer_name
from gui.canvas.items.node import NodeItem
from gui.canvas.items.pictures import UnitPictures
from gui.canvas.marks import Marks, node_marks
from gui.canvas.placing.layout import Arrangement, arrange, is_folded
from gui.canvas.placing.planner import Planner
from gui.canvas.spots import Spot, spot_of
from gui.view import View


class NetworkScene(QGraphicsScene):
    """Nodes, edges and labels. Items are made when the network's shape changes and otherwise
    updated. What the person points at is handed in, what a drag moves too.

    Where all numbers are to stand on it, the picture can be larger than the area that it was given
    (see `extent`); `resized` says that it became so of itself, `stepped` that another step is
    shown than before."""

    resized = Signal()
    stepped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.view: View | None = None
        self.arrangement: Arrangement | None = None
        self.opened: frozenset[int] = frozenset()
        self._area = (600.0, 400.0)
        self._planner = Planner()
        self._hovered: Spot | None = None
        self._focus: Spot | None = None
        self.dragged: dict[str, tuple[float, float]] = {}
        self._nodes: dict[Unit, NodeItem] = {}
        self._called: dict[Unit, NodeItem] = {}
        self._folded: dict[int, FoldedLayer] = {}
        self._connections: list[Connections] = []
        self._layout: Mapping[str, tuple[float, float]] = {}
        self._pictures = UnitPictures()
        self._faces = Faces()
        self._traced: StepId | None = None
        self._lit: Spot | None = None
        self._highlights: Highlights | None = None

    # What is shown

    def display(self, view: View) -> None:
        """Show a view."""
        before, self.view = self.view, view
        network = view.spec.network
        if before is None or (
            (network is not before.spec.network and network != before.spec.network)
            or view.spec.data.picture != before.spec.data.picture
        ):
            self._hovered = self._focus = None
            self._traced = self._lit = None
            self.opened = frozenset(
                layer
                for layer in self.opened
                if layer <= network.depth and is_folded(network.sizes, layer, ())
            )
            self._build()
        elif self._planner.follow(view) or view.layout != self._layout:
            self._arrange()  # other numbers need other room
        self._update()
        if before is not None and view.step != before.step:
            self.stepped.emit()

    def set_area(self, width: float, height: float) -> None:
        """Lay the network out over an area of some pixels."""
        if (width, height) != self._area:
            self._area = (width, height)
            if self.view is not None:
                self._arrange()
                self._update()

    def extent_in(self, width: float, height: float) -> tuple[float, float]:
        """What `extent` would be with an area of some pixels."""
        if self.view is None:
            return width, height
        placed = self._arranged(width, height)
        return placed.width, placed.height

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height of the picture in pixels: those of the area, or more where the numbers
        need it."""
        placed = self.arrangement
        return self._area if placed is None else (placed.width, placed.height)

    def attend(self, hovered: Spot | None, focus: Spot | None) -> None:
        """Show what the pointer is on and where the keyboard is."""
        if (hovered, focus) != (self._hovered, self._focus):
            self._hovered, self._focus = hovered, focus
            if self.view is not None:
                self._update()

    def trace(self, step: StepId | None) -> None:
        """Light up the path of the chain rule from the loss to a step's quantity."""
        self._traced = step
        self._show_spoken_of()

    def highlight(self, spot: Spot | None) -> None:
        """Put a ring around a spot; None takes it away."""
        if spot != self._lit:
            self._lit = spot
            self._show_spoken_of()

    def drag(self, name: str, position: tuple[float, float] | None) -> None:
        """Show a unit at a position of the plane while it is dragged; None ends the drag."""
        if position is None:
            self.dragged.pop(name, None)
        else:
            self.dragged[name] = position
        self._arrange()
        self._update()

    def set_opened(self, layer: int, is_opened: bool) -> None:
        """Draw a large layer unit by unit, or as a summary again."""
        self.opened = self.opened | {layer} if is_opened else self.opened - {layer}
        if self.view is not None:
            self._build()
            self._update()

    def fold_all(self) -> None:
        """Draw every large layer as a summary again."""
        if self.opened:
            self.opened = frozenset()
            self._build()
            self._update()

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self._pictures.forget()
        if self.view is not None:
            self._update()
        self.paint_anew()

    def paint_anew(self) -> None:
        """Let go of what items look like, which is kept from one repaint to the next."""
        for item in self.items():
            item.update()  # the scene's own update leaves kept pictures as they are

    def paint_whole(self, painter: QPainter, area: QRectF) -> None:
        """Paint an area of the scene from the painter's origin, as lines and texts: without what is
        pointed at, and without the kept pictures of items, which are pixels."""
        assert self.view is not None
        attended = self._hovered, self._focus
        self.attend(None, None)
        self._keep_pictures(False)
        self.render(painter, QRectF(QPointF(0, 0), area.size()), area)
        self.attend(*attended)
        self._keep_pictures(not self.view.training)

    def full_spread(self, width: float, height: float) -> tuple[float, float]:
        """How much wider and higher than this the area has to be for every number to have a place
        of its own; 1 where the picture takes that by itself."""
        if self.view is None:
            return 1.0, 1.0
        return self._planner.full_spread(self.view, self.opened, width, height)

    def step_places(self) -> list[QRectF]:
        """Where the quantity of the step is that is shown last: with the nodes that it belongs to,
        and alone; empty before the first."""
        spot = None if self.view is None or self.view.step is None else spot_of(self.view.step)
        if spot is None:
            return []
        place = self.place_of(spot)
        around = QRectF(place)
        for unit in spot.units:
            item = self._node(unit)
            if item is not None:
                around |= item.reach
        return [around, place]

    # What stands where

    def spot_at(self, point: QPointF, reach: float) -> Spot | None:
        """What is at a point: a node or one of its values, a weight's label or its edge."""
        nodes = [*self._called.values(), *self._nodes.values()]
        for item in sorted(nodes, key=lambda node: -node.zValue()):
            kind = item.kind_at(point)
            if kind:
                return Spot(kind, item.layer, item.unit)
        layer = self.folded_at(point)
        if layer is not None:
            assert self.arrangement is not None
            away = self.arrangement.centres[layer] - (point.x(), point.y())
            unit = int(np.argmin((away**2).sum(axis=1)))
            return Spot("unit", layer, unit)
        for connections in self._connections:
            edge = connections.labels.edge_at(point)
            if edge is not None:
                return Spot("weight", connections.layer, *edge)
        for connections in self._connections:
            edge = connections.edge_at(point, reach)
            if edge is not None:
                return Spot("weight", connections.layer, *edge)
        return None

    def is_folded(self, layer: int) -> bool:
        """Whether a layer is drawn as a summary."""
        return layer in self._folded

    def folded_at(self, point: QPointF) -> int | None:
        """The folded layer at a point."""
        for layer, item in self._folded.items():
            if item.contains_point(point):
                return layer
        return None

    def place_of(self, spot: Spot) -> QRectF:
        """Where a spot is; the nearest thing to it where it is not drawn just now."""
        if spot.source is not None:
            return self._connections[spot.layer - 1].place_of((spot.unit, spot.source))
        item = self._node((spot.layer, spot.unit))
        if item is not None:
            return item.place_of(spot.kind)
        assert self.arrangement is not None
        x, y = self.arrangement.centres[spot.layer][spot.unit].tolist()
        return QRectF(x - 50, y - 13, 100, 26)

    def editor_place(self, spot: Spot) -> tuple[QRectF, bool]:
        """Where a field for the number at a spot belongs, and whether it covers the name there."""
        if spot.kind == "unit":
            item = self._node((spot.layer, spot.unit))
            value = None if item is None else item.value_place
            if value is not None:
                # Below the middle, as the name is above it.
                return value.translated(0, 6), False
        place = self.place_of(spot)
        # Up a little, for the loss is just below a target.
        return (place.translated(0, -5) if spot.kind == "target" else place), True

    def column(self, layer: int) -> QRectF:
        """The rectangle around the nodes of a layer and the lines above and below them."""
        assert self.arrangement is not None
        shape, centres = self.arrangement.shapes[layer], self.arrangement.centres[layer]
        if shape.kind == "folded":
            return self._folded[layer].sceneBoundingRect()
        (left, top), (right, bottom) = centres.min(axis=0), centres.max(axis=0)
        top -= shape.half_height + shape.above
        bottom += shape.half_height + shape.below
        w = shape.half_width
        return QRectF(left - w, top, right - left + 2 * w, bottom - top)

    # Building and updating

    def _build(self) -> None:
        """Make the items of this network."""
        assert self.view is not None
        network = self.view.spec.network
        self.clear()
        self._nodes, self._called, self._folded = {}, {}, {}
        self._connections = [
            Connections(self, network, layer) for layer in range(1, network.depth + 1)
        ]
        self._highlights = Highlights(self, self._connections, self._node)
        self._planner.follow(self.view)
        for layer, size in enumerate(network.sizes):
            if is_folded(network.sizes, layer, self.opened):
                picture = self.view.spec.data.picture if layer == 0 else None
                name = "picture" if picture else layer_name(network, layer)
                self._folded[layer] = FoldedLayer(layer, name, size, picture)
                self.addItem(self._folded[layer])
                continue
            for unit in range(size):
                self._nodes[layer, unit] = NodeItem(layer, unit)
                self.addItem(self._nodes[layer, unit])
        self._arrange()

    def _arrange(self) -> None:
        """Put every item where it belongs."""
        assert self.view is not None
        before, self._layout = self.extent, self.view.layout
        self.arrangement = placed = self._arranged(*self._area)
        for layer, item in self._folded.items():
            item.setPos(placed.columns[layer], placed.height / 2)
        for connections in self._connections:
            connections.arrange(placed)
        if self.extent != before:
            self.resized.emit()

    def _arranged(self, width: float, height: float) -> Arrangement:
        """Where everything belongs in an area of some pixels."""
        assert self.view is not None
        plan = self._planner.plan(self.view, self.opened, width, height)
        layout = {**self.view.layout, **self.dragged}
        spec = self.view.spec
        return arrange(spec.network, layout, width, height, plan, spec.data.picture)

    def _update(self) -> None:
        """Give every item its numbers and marks."""
        view, placed = self.view, self.arrangement
        assert view is not None and placed is not None
        shown, network = Revealed(view), view.spec.network
        marks = node_marks(view, self._hovered, self._focus)
        self._call_out(marks)
        pictures = self._pictures.of(view)
        faces = [self._faces.of(shown, layer) for layer in range(network.depth + 1)]
        for key, item in (*self._nodes.items(), *self._called.items()):
            layer, unit = key
            x, y = placed.centres[layer][unit].tolist()
            mark = marks.get(key, _NO_MARKS)
            face, shape = faces[layer].node(unit), placed.shapes[layer]
            item.show_face(face, shape, mark, placed.spare(layer, unit), pictures.get(key))
            if item.is_called_out:
                x, y = place_called_out(item, x, y, view, placed)
            item.move_to(x, y)
        cover_neighbours(self._nodes)
        ringed = {layer for (layer, _), mark in marks.items() if mark.ringed or mark.lit}
        for layer, folded in self._folded.items():
            known = not layer or shown("forward", "activation", layer, network.sizes[layer] - 1)
            values = view.sample_pass.a[layer] if known else None
            folded.show_values(placed.shapes[layer], values, layer in ringed)
        size = max(
            float(np.abs(network.weights(view.theta, layer)).max())
            for layer in range(1, network.depth + 1)
        )
        blocked = self._blocked()
        for connections in self._connections:
            attention = attention_of(view, connections, self._hovered, self._focus, blocked)
            connections.show(view, faces[connections.layer], size, attention)
        self._show_spoken_of()
        if self._highlights is not None:
            self._highlights.show_verdicts(view)
        self._keep_pictures(not view.training)

    def _keep_pictures(self, kept: bool) -> None:
        """Keep what nodes look like from one repaint to the next: at a step few of them change.
        While training all of them do, many times a second. Edges are painted each time: of an item
        larger than the view Qt keeps a part, and does not see that it moved with a zoom."""
        modes = QGraphicsItem.CacheMode
        mode = modes.DeviceCoordinateCache if kept else modes.NoCache
        for item in (*self._nodes.values(), *self._called.values()):
            if item.cacheMode() != mode:
                item.setCacheMode(mode)

    def _show_spoken_of(self) -> None:
        """Light up what is spoken of, where it stands now."""
        if self.view is not None and self._highlights is not None:
            self._highlights.show_spoken_of(self.view, self._traced, self._lit)

    def _node(self, unit: Unit) -> NodeItem | None:
        """The node of a unit: the large one where it is called out; None inside a folded layer."""
        return self._called.get(unit) or self._nodes.get(unit)

    def _call_out(self, marks: dict[Unit, Marks]) -> None:
        """Have a node for every unit of a folded layer that is to be read."""
        wanted = {
            key for key, mark in marks.items() if mark.called_out and key[0] in self._folded
        }
        for key in [key for key in self._called if key not in wanted]:
            self.removeItem(self._called.pop(key))
        for key in wanted - set(self._called):
            self._called[key] = NodeItem(*key)
            self.addItem(self._called[key])

    def _blocked(self) -> tuple[QRectF, ...]:
        """What may stand between the layers, where labels would: nodes that are called out, and
        those that the person has moved."""
        assert self.view is not None and self.arrangement is not None
        moved, name = {*self._layout, *self.dragged}, self.view.spec.network.unit_name
        found = []
        for (layer, unit), item in (*self._nodes.items(), *self._called.items()):
            if item.is_called_out:
                found.append(item.reach)
            elif moved and name(layer, unit) in moved:
                found.append(self.arrangement.place_of(layer, unit))
        return tuple(found)


_NO_MARKS = Marks()
