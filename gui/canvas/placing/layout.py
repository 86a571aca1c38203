"""Where things stand: the plane that positions are kept in, and how a canvas shows it.

The plane is 1000 by 1000 whatever the size of the canvas: x runs from the inputs (0) to the
outputs (1000), y from the top (0) to the bottom (1000). Moved nodes are kept in it by name, so a
saved layout fits any window. `arrange` maps the plane onto an area in pixels and chooses for each
layer the largest shape of node that there is room for; zooming hands it a larger area.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from engine.maths.network import Network
from gui.canvas.placing.plan import Plan
from gui.canvas.placing.shapes import EDGE, FOLDED_HALF_WIDTH, FOLDED_HEAD, LINE, NodeShape

Points = NDArray[np.float64]  # (n, 2): x and y

PLANE = 1000.0
FOLD_ABOVE = 32  # layers with more units are drawn as one summary until they are opened

SIDE = 112.0  # target and loss beside an output node
SIDE_NARROW = 62.0  # the target alone
LARGEST_RADIUS = 48.0
SMALLEST_CIRCLE = 36.0  # six digits fit into it
LABEL_GAP = 92.0  # between circles, so that labels have room
BELOW_GAP = 98.0  # the same where target and loss stand below the outputs, beside the edges
BELOW_SIDE = 22.0  # kept beside such outputs, for their lines are wider than they
SMALLEST_GAP = 56.0
SMALLEST_HALF = 20.0  # kept beside the outermost nodes, for words wider than a dot
ROOMY = 520.0  # pixels of width from which target and loss go beside small nodes


class Arrangement(Struct, frozen=True, eq=False):
    """Every node's shape and middle for one size of the area, and the way back to the plane.

    `columns` is where on the way across the middle of each layer is. With a `plan` every number
    has a place of its own, and the area is as large as that takes. `shifts` are what a layer's
    nodes stand lower than the plane says (mostly higher, below 0), so that a node and the lines
    above and below it share their room evenly.
    """

    width: float
    height: float
    columns: tuple[float, ...]
    shapes: tuple[NodeShape, ...]
    shifts: tuple[float, ...]
    centres: tuple[Points, ...]
    plan: Plan | None = None

    @property
    def column_gap(self) -> float:
        """Pixels from one layer's middle to the next one's, on average."""
        return (self.columns[-1] - self.columns[0]) / (len(self.shapes) - 1)

    @property
    def line_room(self) -> float:
        """Width for the line below a node."""
        return min(164.0, max(84.0, 0.8 * self.column_gap - 8))

    def spare(self, layer: int) -> float:
        """Pixels between the lines of one node and those of the next, where they are kept free."""
        shape, size = self.shapes[layer], len(self.centres[layer])
        return self.height / size - 2 * shape.half_height - shape.above - shape.below

    def to_plane(self, x: float, y: float) -> tuple[float, float]:
        """A point of the area in the plane, which it may lie outside of."""
        return _across(x, self.columns, self._planes), PLANE * y / self.height

    def from_plane(self, x: float, y: float) -> tuple[float, float]:
        """A point of the plane in the area."""
        return _across(x, self._planes, self.columns), y * self.height / PLANE

    @property
    def _planes(self) -> tuple[float, ...]:
        depth = len(self.columns) - 1
        return tuple(PLANE * layer / depth for layer in range(depth + 1))


def _across(x: float, stops: Sequence[float], places: Sequence[float]) -> float:
    """Where x is between some places if it is so between the stops that belong to them; beyond
    the last two as between them."""
    k = min(max(bisect_right(stops, x) - 1, 0), len(stops) - 2)
    apart = stops[k + 1] - stops[k]
    share = (x - stops[k]) / apart if apart > 0 else 0.0
    return places[k] + share * (places[k + 1] - places[k])


def is_folded(sizes: tuple[int, ...], layer: int, opened: Collection[int]) -> bool:
    """Whether a layer is drawn as a summary."""
    return sizes[layer] > FOLD_ABOVE and layer not in opened


def arrange(
    network: Network,
    layout: Mapping[str, tuple[float, float]],
    width: float,
    height: float,
    opened: Collection[int] = (),
    plan: Plan | None = None,
) -> Arrangement:
    """Place every node of a network in an area of some pixels, or in a larger one where the plan
    takes more; without a plan as large as they can be in it.

    `layout` has the positions in the plane of units that were moved, by name; `opened` the layers
    that are drawn unit by unit however many they have.
    """
    sizes = network.sizes
    if plan is not None:
        shapes = plan.shapes
        width, height = max(width, plan.width), max(height, plan.height)
        columns = tuple(plan.columns(width))
    else:
        shapes = _forms(sizes, width, height, opened)
        left = max(shapes[0].half_width, SMALLEST_HALF) + EDGE
        right = max(shapes[-1].half_width, SMALLEST_HALF) + EDGE + _side_width(shapes[-1])
        columns = tuple(np.linspace(left, width - right, len(sizes)).tolist())
    stops = [PLANE * layer / network.depth for layer in range(len(sizes))]
    shifts, centres = [], []
    for layer, shape in enumerate(shapes):
        # Alike for all layers of a shape, where there is room, so that rows stay level.
        alike = [each for each in shapes if each.kind == shape.kind != "folded"]
        above = max((each.above for each in alike), default=0.0)
        below = max((each.below for each in alike), default=0.0)
        if 2 * shape.half_height + above + below + 4 > height / sizes[layer]:
            above, below = shape.above, shape.below
        if shape.kind == "folded":
            places = _strip(sizes, layer, shape, height)
        else:
            places = _places(network, layer, layout)
        x = np.array([_across(each, stops, columns) for each in places[:, 0].tolist()])
        y = places[:, 1] * height / PLANE + (above - below) / 2
        if shape.kind != "folded":
            # No node may stick out of the canvas.
            top, bottom = shape.half_height + above + 2, height - shape.half_height - below - 2
            y = np.clip(y, min(top, height / 2), max(bottom, height / 2))
        shifts.append((above - below) / 2)
        centres.append(np.column_stack([x, y]))
    return Arrangement(
        width, height, columns, shapes, tuple(shifts), tuple(centres), plan
    )


def _places(network: Network, layer: int, layout: Mapping[str, tuple[float, float]]) -> Points:
    size = network.sizes[layer]
    places = np.empty((size, 2))
    places[:, 0] = PLANE * layer / network.depth
    places[:, 1] = PLANE * (np.arange(size) + 0.5) / size
    if layout:
        for unit in range(size):
            moved = layout.get(network.unit_name(layer, unit))
            if moved is not None:
                places[unit] = np.clip(moved, 0.0, PLANE)
    return places


def _strip(sizes: tuple[int, ...], layer: int, shape: NodeShape, height: float) -> Points:
    """Where the units of a folded layer stand along its strip, in the plane."""
    top = height / 2 - shape.half_height + FOLDED_HEAD
    length = 2 * shape.half_height - FOLDED_HEAD - 12
    y = top + (np.arange(sizes[layer]) + 0.5) * length / sizes[layer]
    return np.column_stack(
        [np.full(sizes[layer], PLANE * layer / (len(sizes) - 1)), PLANE * y / height]
    )


def _side_width(shape: NodeShape) -> float:
    if shape.side != "right":
        return BELOW_SIDE if shape.side == "below" and shape.kind == "circle" else 0.0
    return SIDE if shape.kind == "circle" or shape.lines == 2 else SIDE_NARROW


def _forms(
    sizes: tuple[int, ...], width: float, height: float, opened: Collection[int]
) -> tuple[NodeShape, ...]:
    folded = [is_folded(sizes, layer, opened) for layer in range(len(sizes))]
    slots = [height / (1 if fold else size) for size, fold in zip(sizes, folded, strict=True)]
    radius, side = _circle(sizes, slots, width)
    shapes = []
    for layer, slot in enumerate(slots):
        is_output, is_input = layer == len(sizes) - 1, layer == 0
        if folded[layer]:
            half_width = min(FOLDED_HALF_WIDTH, 0.27 * width / (len(sizes) - 0.5))
            shape = NodeShape("folded", half_width, max(60.0, 0.44 * height))
        elif radius and slot >= 2 * SMALLEST_CIRCLE + 2 * LINE + 2:
            below = LINE + (LINE if side == "below" and is_output else 0.0)
            beside = side if is_output else "none"
            shape = NodeShape("circle", radius, radius, 3, LINE, below, beside)
        else:
            shape = _small_shape(slot, width / (len(sizes) - 0.5))
            if is_output and shape.kind == "capsule":
                shape = _with_side(shape, slot, width)
        if is_input:
            shape = NodeShape(shape.kind, shape.half_width, shape.half_height, shape.lines)
        shapes.append(shape)
    return tuple(shapes)


def _circle(sizes: tuple[int, ...], slots: list[float], width: float) -> tuple[float, str]:
    """Radius of the circles, 0 if there is no room for any, and where the outputs' target and
    loss go: to the right, or below the node where the columns stand too close for that."""
    depth = len(sizes) - 1
    least = 2 * SMALLEST_CIRCLE + 2 * LINE + 2
    roomy = [slot for slot in slots if slot >= least]
    if not roomy:
        return 0.0, "none"
    radius = min(LARGEST_RADIUS, max(SMALLEST_CIRCLE, (min(roomy) - 2 * LINE - 5) / 2))
    side = "right"
    if (width - 2 * EDGE - SIDE - 2 * radius) / depth - 2 * radius < LABEL_GAP:
        side = "below"
        if slots[-1] >= least:
            radius = min(radius, (slots[-1] - 3 * LINE - 4) / 2)
    wide = width - 2 * EDGE - (SIDE if side == "right" else BELOW_SIDE)
    gap = LABEL_GAP if side == "right" else BELOW_GAP

    def largest_with(gap: float) -> float:
        return min(radius, (wide / depth - gap) / (2 + 2 / depth))

    # Circles give way to the labels between them until they are small themselves.
    radius = max(largest_with(gap), min(SMALLEST_CIRCLE, largest_with(SMALLEST_GAP)))
    return (radius, side) if radius >= SMALLEST_CIRCLE - 2 else (0.0, "none")


def _small_shape(slot: float, column: float) -> NodeShape:
    """A capsule with as many lines of text as fit, or a dot."""
    half_width = min(62.0, max(25.0, 0.3 * column))
    if slot < 18 or column < 84:
        radius = min(11.0, max(1.5, 0.36 * slot), 0.2 * column)
        lines = 2 if slot >= 2 * radius + 2 * LINE + 2 else 0
        around = LINE if lines else 0.0
        return NodeShape("dot", radius, radius, lines, around, around)
    if slot >= 82:
        return NodeShape("capsule", half_width, 21.0, 2, LINE, LINE)
    if slot >= 64:
        if half_width < 50:  # too narrow for name and value on one line
            return NodeShape("capsule", half_width, 21.0, 2, 0.0, LINE)
        return NodeShape("capsule", half_width, 13.0, 1, LINE, LINE)
    if slot >= 46:
        return NodeShape("capsule", half_width, 13.0, 1, 0.0, LINE)
    return NodeShape("capsule", half_width, min(13.0, slot / 2 - 1.5), 1)


def _with_side(shape: NodeShape, slot: float, width: float) -> NodeShape:
    """An output's capsule with its target and loss, beside it or, on a narrow canvas, below."""
    if width < ROOMY and slot >= 2 * shape.half_height + shape.above + shape.below + LINE + 4:
        return replace(shape, below=shape.below + LINE, side="below")
    return replace(shape, side="right")
