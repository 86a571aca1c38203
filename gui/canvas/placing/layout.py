"""Where things stand: the plane that positions are kept in, and how a canvas shows it.

The plane is 1000 by 1000 whatever the size of the canvas: x runs from the inputs (0) to the
outputs (1000), y from the top (0) to the bottom (1000). Moved nodes are kept in it by name, so a
saved layout fits any window. `arrange` maps the plane onto an area in pixels, whose columns are as
wide as a plan says; zooming hands it a larger area.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from math import ceil

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from engine.maths.network import Network
from engine.run.limits import PLANE
from gui.canvas.placing.plan import BETWEEN_LABELS, Plan
from gui.canvas.placing.shapes import FOLDED_HEAD, NodeShape, Size

Points = NDArray[np.float64]  # (n, 2): x and y

_PICTURE_INSET = 5.0  # pixels kept free around a picture
FOLD_ABOVE = 32  # layers with more units are drawn as one summary until they are opened


class Arrangement(Struct, frozen=True, eq=False):
    """Every node's shape and middle for one size of the area, and the way back to the plane.

    `columns` is where on the way across the middle of each layer is, `shifts` are what a layer's
    nodes stand lower than the plane says (mostly higher, below 0), so that a node and the lines
    above and below it share their room evenly.
    """

    width: float
    height: float
    columns: tuple[float, ...]
    shapes: tuple[NodeShape, ...]
    shifts: tuple[float, ...]
    centres: tuple[Points, ...]
    plan: Plan

    def between(self, layer: int) -> tuple[float, float]:
        """Where the room for the labels of the weights into a layer begins and ends, across."""
        left = self.columns[layer - 1] + self.plan.right[layer - 1]
        return left, self.columns[layer] - self.plan.left[layer]

    def place_of(self, layer: int, unit: int) -> QRectF:
        """All that a node takes, with the lines around it that there can be."""
        x, y = self.centres[layer][unit].tolist()
        shape, left, right = self.shapes[layer], self.plan.left[layer], self.plan.right[layer]
        top = y - shape.half_height - shape.above
        height = 2 * shape.half_height + shape.above + shape.below
        return QRectF(x - left, top, left + right, height)

    def spare(self, layer: int, unit: int) -> float:
        """Pixels above the lines of a node: to those of the one before, where they are kept free,
        or to the edge of the area."""
        shape, size = self.shapes[layer], len(self.centres[layer])
        between = self.height / size - 2 * shape.half_height - shape.above - shape.below
        return min(between, self.place_of(layer, unit).top())

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


def clamped(position: tuple[float, float]) -> tuple[float, float]:
    """A position of the plane, brought inside it."""
    x, y = position
    return min(max(x, 0.0), PLANE), min(max(y, 0.0), PLANE)


def is_folded(sizes: tuple[int, ...], layer: int, opened: Collection[int]) -> bool:
    """Whether a layer is drawn as a summary."""
    return sizes[layer] > FOLD_ABOVE and layer not in opened


def arrange(
    network: Network,
    layout: Mapping[str, tuple[float, float]],
    width: float,
    height: float,
    plan: Plan,
    picture: Size | None = None,
) -> Arrangement:
    """Place every node of a network as planned in an area of some pixels, or in a larger one where
    the plan takes more. `layout` has the positions in the plane of units that were moved, by name.
    Inputs that are drawn as one and form a picture stand in its rows and columns.
    """
    placed = _arranged(network, layout, max(width, plan.width), max(height, plan.height), plan)
    needed = _height_beside_moved(network, layout, placed)
    if needed > placed.height:
        placed = _arranged(network, layout, placed.width, needed, plan)
    if picture is not None and placed.shapes[0].kind == "folded":
        shape = _around_picture(placed.shapes[0], picture)
        pixels = _pixels(shape, picture, placed.columns[0], placed.height / 2)
        placed = replace(
            placed,
            shapes=(shape, *placed.shapes[1:]),
            centres=(pixels, *placed.centres[1:]),
        )
    return placed


def picture_place(shape: NodeShape, picture: Size) -> QRectF:
    """Where a picture is in a layer that is drawn as one, whose middle is at 0, 0: as large as
    square pixels can be."""
    rows, columns = picture
    width = 2 * (shape.half_width - _PICTURE_INSET)
    top, bottom = FOLDED_HEAD - shape.half_height, shape.half_height - _PICTURE_INSET
    cell = min(width / columns, (bottom - top) / rows)
    left, height = -cell * columns / 2, cell * rows
    return QRectF(left, (top + bottom - height) / 2, 2 * -left, height)


def _around_picture(shape: NodeShape, picture: Size) -> NodeShape:
    """The shape of a layer that is drawn as one, no higher than its picture needs."""
    height = FOLDED_HEAD + picture_place(shape, picture).height() + _PICTURE_INSET
    return replace(shape, half_height=min(shape.half_height, height / 2))


def _pixels(shape: NodeShape, picture: Size, x: float, y: float) -> Points:
    """The middle of each pixel, of a layer whose middle is at x, y."""
    place, (rows, columns) = picture_place(shape, picture), picture
    across = x + place.left() + (np.arange(columns) + 0.5) * place.width() / columns
    down = y + place.top() + (np.arange(rows) + 0.5) * place.height() / rows
    return np.column_stack([np.tile(across, rows), np.repeat(down, columns)])


def _height_beside_moved(
    network: Network, layout: Mapping[str, tuple[float, float]], placed: Arrangement
) -> float:
    """The height that the labels need above and below the nodes that were moved among them."""
    moved = [
        placed.place_of(layer, unit)
        for layer, size in enumerate(network.sizes)
        for unit in range(size if layout else 0)
        if network.unit_name(layer, unit) in layout
    ]
    needed, sizes = 0.0, network.sizes
    for layer, room in enumerate(placed.plan.labels if moved else (), start=1):
        left, right = placed.between(layer)
        there = [node for node in moved if node.left() < right and node.right() > left]
        if there and placed.plan.is_whole and room.columns:
            rows = ceil(sizes[layer] * sizes[layer - 1] / room.columns)
            each = room.height + BETWEEN_LABELS
            needed = max(needed, (rows + 1) * each + sum(node.height() + each for node in there))
    return needed


def _arranged(
    network: Network,
    layout: Mapping[str, tuple[float, float]],
    width: float,
    height: float,
    plan: Plan,
) -> Arrangement:
    """Place every node in an area of exactly some pixels."""
    sizes, shapes = network.sizes, plan.shapes
    columns = tuple(plan.columns(width))
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
