"""What a derivation speaks of: the path of the chain rule, and a ring around what is pointed at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec import Struct, field
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from engine.maths.network import Network, Parameter
from engine.run.steps import StepId
from gui import theme
from gui.canvas.involved import FROM_BEHIND, Unit
from gui.canvas.items.canvas_item import CanvasItem, around
from gui.canvas.items.colours import mixed
from gui.canvas.items.edges import MOST_EDGES, Edge
from gui.canvas.spots import Spot, spot_of

_MARGIN = 6.0  # of a halo around what it belongs to
_HALO = 6.0  # width of a ring


class Light(NamedTuple):
    """How lines and outlines are lit: how high above the plane, how strongly of the accent's
    colour, and how wide lines are where they are at most so many. Outlines are rings or filled."""

    height: float
    strength: float
    widths: tuple[tuple[int, float], ...]
    is_ring: bool = False


PATH = Light(-1.0, 0.24, ((40, 14.0), (150, 8.0), (MOST_EDGES, 3.0)))
USED = Light(-0.5, 0.5, ((40, 13.0), (150, 7.0), (MOST_EDGES, 2.0)))
RING = Light(9.0, 0.45, ((MOST_EDGES, _HALO),), is_ring=True)


class ChainPath(Struct, frozen=True):
    """Units, and by layer the edges into it, that lie between the loss and a step's quantity."""

    units: frozenset[Unit] = frozenset()
    edges: dict[int, list[Edge]] = field(default_factory=dict)


def chain_path(network: Network, step: StepId | None) -> ChainPath:
    """The way back from the loss to a delta, or to a parameter whose gradient or update it is."""
    if step is None or step.layer is None:
        return ChainPath()
    if step.kind not in FROM_BEHIND and not step.parameter:
        return ChainPath()
    size = network.sizes[step.layer]
    units = list(range(size)) if step.unit is None else [step.unit]
    edges: dict[int, list[Edge]] = {}
    if step.source is not None and step.unit is not None:
        edges[step.layer] = [(step.unit, step.source)]
    reached = [(step.layer, unit) for unit in units]
    for layer in range(step.layer + 1, network.depth + 1):
        following = list(range(network.sizes[layer]))
        if network.layers[layer - 1].cut is not None:
            following = sorted({k for unit in units for k in network.fed_by(layer - 1, unit)})
        # Where edges are drawn as a bundle they cannot be told apart.
        if len(following) * network.sizes[layer - 1] <= MOST_EDGES:
            edges[layer] = [
                (unit, source)
                for unit in following
                for source in sorted({*units}.intersection(network.sources_of(layer, unit)))
            ]
        reached += [(layer, unit) for unit in following]
        units = following
    return ChainPath(frozenset(reached), edges)


def spot_about(about: object) -> Spot | None:
    """Where on the canvas stands what a factor belongs to, a StepId or a Parameter."""
    if isinstance(about, StepId):
        return spot_of(about)
    if isinstance(about, Parameter):
        kind = "bias" if about.source is None else "weight"
        return Spot(kind, about.layer, about.unit or 0, about.source)
    return None


class Outline(Struct, frozen=True):
    """A place in the scene, round or with rounded corners."""

    place: QRectF
    is_round: bool

    def paint(self, painter: QPainter, margin: float) -> None:
        """Draw the outline, some pixels outside of its place."""
        around = self.place.adjusted(-margin, -margin, margin, margin)
        if self.is_round:
            painter.drawEllipse(around)
        else:
            painter.drawRoundedRect(around, 12 + margin / 2, 12 + margin / 2)


class Fan(Struct, frozen=True):
    """Lines in one plane between a point and a column, too many to be told apart: their hull."""

    corners: QPolygonF

    @property
    def place(self) -> QRectF:
        """The rectangle around it."""
        return self.corners.boundingRect()

    def paint(self, painter: QPainter, margin: float) -> None:
        """Fill it, faintly, for words may stand on it; there is no margin to a fan."""
        painter.setBrush(mixed(theme.current().colour("accent"), PATH.strength))
        painter.drawPolygon(self.corners)


def fan_of(lines: Sequence[QLineF]) -> Fan:
    """The fan of lines that all have one end in common."""
    low, high = (
        pick(lines, key=lambda line: line.y1() + line.y2()) for pick in (min, max)
    )
    return Fan(QPolygonF([low.p1(), low.p2(), high.p2(), high.p1()]))


class Glow(CanvasItem):
    """Lines and outlines that are lit, beneath the network or as rings above it."""

    def __init__(self, light: Light) -> None:
        super().__init__(light.height)
        self._light = light
        self.lines: list[QLineF] = []
        self.outlines: Sequence[Outline | Fan] = []

    def show_parts(self, lines: list[QLineF], outlines: Sequence[Outline | Fan]) -> None:
        """Show these, in the plane of the scene."""
        if (lines, outlines) == (self.lines, self.outlines):
            return
        self.lines, self.outlines = lines, outlines
        bounds = around(lines)
        for outline in outlines:
            bounds |= outline.place
        self.set_bounds(bounds.adjusted(-16, -16, 16, 16) if lines or outlines else QRectF())
        self.update()

    def draw(self, painter: QPainter) -> None:
        light, count = self._light, len(self.lines)
        if light.is_ring:
            self._paint_rings(painter)
            return
        colour = mixed(theme.current().colour("accent"), light.strength)
        width = next((w for most, w in light.widths if count <= most), light.widths[-1][1])
        painter.setPen(_pen(colour, width))
        painter.drawLines(self.lines)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for outline in self.outlines:
            outline.paint(painter, _MARGIN)

    def _paint_rings(self, painter: QPainter) -> None:
        colour = theme.current().colour("accent")
        colour.setAlphaF(self._light.strength)
        painter.setPen(_pen(colour, _HALO))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawLines(self.lines)
        for outline in self.outlines:
            outline.paint(painter, _HALO / 2 + 2)


def _pen(colour: QColor, width: float) -> QPen:
    pen = QPen(colour, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen
