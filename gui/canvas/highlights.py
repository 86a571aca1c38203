"""Highlights: what a derivation speaks of and what a gradient check says, shown on the network."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QLineF, QPointF, QRectF
from PySide6.QtWidgets import QGraphicsScene

from engine.maths.network import Network
from engine.run.steps import StepId
from gui.canvas.connections import Connections
from gui.canvas.involved import Unit, involved
from gui.canvas.items.edges import Edge
from gui.canvas.items.glow import PATH, RING, USED, Fan, Glow, Outline, chain_path, fan_of
from gui.canvas.items.node import NodeItem
from gui.canvas.items.verdicts import Sign, VerdictSigns, WrongEdges, free_corner, is_free
from gui.canvas.spots import Spot
from gui.view import View

_MOST_LINES = 200  # into a layer; more are drawn as one surface


class Highlights:
    """The path of the chain rule, the edges that the step works with, a ring, and signs at weights
    and biases, on nodes and edges.

    `node(unit)` is the item of a unit, or None where it has none.
    """

    def __init__(
        self,
        scene: QGraphicsScene,
        connections: Sequence[Connections],
        node: Callable[[Unit], NodeItem | None],
    ) -> None:
        self._connections = connections
        self._node = node
        self._path, self._used, self._ring = Glow(PATH), Glow(USED), Glow(RING)
        self._verdicts, self._wrong = VerdictSigns(), WrongEdges()
        for item in (self._path, self._used, self._ring, self._verdicts, self._wrong):
            scene.addItem(item)

    def show_spoken_of(self, view: View, traced: StepId | None, ringed: Spot | None) -> None:
        """Light up the edges that the current step works with, the way from the loss to a step,
        and a spot, where they stand now."""
        lines: list[QLineF] = []
        fans: list[Fan] = []
        for layer, edges in involved(view).edges.items():
            of_layer = self._lines({layer: edges})
            if len(of_layer) > _MOST_LINES:  # of one unit: of a whole layer there are fewer
                fans.append(fan_of(of_layer))
            else:
                lines += of_layer
        self._used.show_parts(lines, fans)
        self._show_path(view.spec.network, traced)
        self._show_ring(ringed)

    def _lines(self, edges: Mapping[int, Sequence[Edge]]) -> list[QLineF]:
        return [self._line(layer, edge) for layer, there in edges.items() for edge in there]

    def _show_path(self, network: Network, traced: StepId | None) -> None:
        path = chain_path(network, traced)
        lines = self._lines(path.edges)
        units = [self._outline(Spot("unit", *unit)) for unit in sorted(path.units)]
        self._path.show_parts(lines, [outline for outline in units if outline is not None])

    def _show_ring(self, spot: Spot | None) -> None:
        rings: list[Outline] = []
        lines: list[QLineF] = []
        if spot is not None and spot.source is not None:
            connections, edge = self._connections[spot.layer - 1], (spot.unit, spot.source)
            if edge in connections.labels.pills:
                rings = [Outline(connections.place_of(edge), is_round=False)]
            else:
                lines = [self._line(spot.layer, edge)]
        elif spot is not None and (outline := self._outline(spot)) is not None:
            rings = [outline]
        self._ring.show_parts(lines, rings)

    def show_verdicts(self, view: View) -> None:
        """Sign what a gradient check says at the labels of weights and biases; where edges have no
        labels, only those that are wrong, as many as there is room for."""
        signs: list[Sign] = []
        lines: list[QLineF] = []
        checked = () if view.check is None else view.check.checked
        # The biases first, whose signs have only one place.
        for each in sorted(checked, key=lambda each: each.parameter.source is not None):
            layer, unit, source = each.parameter
            if source is None:
                size = view.spec.network.sizes[layer]
                for k in range(size) if unit is None else (unit,):
                    place = self._bias_place(layer, k)
                    if place is not None:
                        middle = QPointF(place.left() - 9, place.center().y())
                        signs.append(Sign(each.verdict, middle))
                continue
            connections, edge = self._connections[layer - 1], (unit or 0, source)
            pill = connections.labels.pills.get(edge)
            if pill is not None:
                signs.append(Sign(each.verdict, free_corner(pill.place, signs)))
            if each.verdict == "wrong" and connections.edges is not None:
                line = self._line(layer, edge)
                lines.append(line)
                if pill is None and is_free(line.center(), signs):
                    signs.append(Sign(each.verdict, line.center()))
        self._verdicts.show_signs(signs)
        self._wrong.show_lines(lines)

    def _line(self, layer: int, edge: Edge) -> QLineF:
        return QLineF(*self._connections[layer - 1].line(edge).tolist())

    def _bias_place(self, layer: int, unit: int) -> QRectF | None:
        """Where the bias of a unit is written; None where it is not."""
        item = self._node((layer, unit))
        return None if item is None else item.place_if_shown("bias")

    def _outline(self, spot: Spot) -> Outline | None:
        """The outline of a node or of one of its values; None inside a folded layer."""
        item = self._node((spot.layer, spot.unit))
        if item is None:
            return None
        is_round = spot.kind == "unit" and item.node_shape.kind != "capsule"
        return Outline(item.place_of(spot.kind), is_round)
