"""Plan: how large everything is drawn so that each number has a place of its own, and how much
room that takes.

The picture is made of columns: the nodes of a layer with the lines around them, then the labels of
the weights into the next layer, and so on. Nothing leaves its column, so nothing can cover what
stands in another. Of all ways to draw them the most generous one is taken that fits into the
canvas; where none does, the one that reaches least beyond it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import ceil, hypot

from msgspec import Struct

from gui import theme
from gui.canvas.items.edges import MOST_EDGES
from gui.canvas.items.text import line_height
from gui.canvas.items.words import sizes_of_type
from gui.canvas.placing.room import LayerRoom, Room, Widths
from gui.canvas.placing.shapes import FOLDED_HALF_WIDTH, NodeShape

_RADII = (48.0, 42.0, 36.0)  # wanted; numbers that need more get more
_WIDEST_RADIUS = 56.0  # beyond, a node is a capsule
_BETWEEN_NODES = 4.0  # pixels between the lines of a node and those of the next one
INSIDE = ("name", "value", "net_input")  # kinds of lines in a node, from top to bottom
PITCH = 1.15  # heights of a line from name to activation to net input, in a circle
BESIDE = 9.0  # between an output and its target
_BESIDE_INSIDE = 6.0  # beside the lines in a capsule
_AROUND = 4.0  # beside the lines above and below a node
_MARGIN = 3.0  # left and right of a column of labels
BETWEEN_LABELS = 4.0
EDGE = 3.0  # beside the outermost nodes
_ROOMY_SIDE = 112.0  # beside an output, where there is room
FOLDED_HEIGHT = 200.0
_TALLER = 1.5  # times the height of the canvas, that labels may be stacked to


class LabelRoom(Struct, frozen=True):
    """Room that every label between two layers has: its size in pixels, and the columns that they
    stand in side by side; none where no label stands."""

    width: float = 0.0
    height: float = 0.0
    columns: int = 0

    @property
    def whole_width(self) -> float:
        """Pixels that all columns take."""
        return self.columns * (self.width + 2 * _MARGIN) if self.columns else 40.0


class Plan(Struct, frozen=True):
    """Sizes of everything, and the size of the whole. `left` and `right` are how far the column
    of a layer reaches from its middle, `labels` has the room before each layer but the first.
    `is_whole` says that there is room for every number; else for those of one step at a time."""

    pixels: int
    shapes: tuple[NodeShape, ...]
    left: tuple[float, ...]
    right: tuple[float, ...]
    labels: tuple[LabelRoom, ...]
    width: float
    height: float
    is_whole: bool = True

    def columns(self, width: float) -> list[float]:
        """The middle of each layer's column in an area of some width: as evenly as the room that
        each needs allows, so that a little more or less of it mostly moves nothing."""
        spare = max(0.0, width - self.width)
        if self.shapes[-1].side == "right":
            # First of all for a target and loss that are longer, and for the field to edit them.
            beside = self.right[-1] - self.shapes[-1].half_width
            spare -= min(spare, max(0.0, _ROOMY_SIDE - beside))
        apart = [
            self.right[layer - 1] + room.whole_width + self.left[layer]
            for layer, room in enumerate(self.labels, start=1)
        ]
        even, total = 0.0, sum(apart) + spare
        for k, needed in enumerate(sorted(apart, reverse=True)):
            even = total / (len(apart) - k)
            if needed <= even:
                break
            total -= needed
        middles = [EDGE + self.left[0]]
        for needed in apart:
            middles.append(middles[-1] + max(needed, even))
        return middles


def best_plan(
    sizes: Sequence[int], folded: Sequence[bool], room: Room, width: float, height: float
) -> Plan:
    """The plan for layers of some sizes, some of them folded, on a canvas of a size in pixels."""

    def beyond(plan: Plan) -> float:
        return max(0.0, plan.width - width) + max(0.0, plan.height - height)

    smallest = min(_smallest(sizes, folded, room, height), key=beyond)
    if beyond(smallest):
        return smallest
    return next(plan for plan in _plans(sizes, folded, room, height) if not beyond(plan))


def _smallest(
    sizes: Sequence[int], folded: Sequence[bool], room: Room, height: float
) -> Iterator[Plan]:
    """The plans that take the least room."""
    k, pixels = list(enumerate(sizes_of_type()))[-1]
    for side in ("right", "below"):
        yield from _with(sizes, folded, room, height, k, pixels, 0.0, side)


def _plans(
    sizes: Sequence[int], folded: Sequence[bool], room: Room, height: float
) -> Iterator[Plan]:
    """All plans, the most generous first."""
    types = list(enumerate(sizes_of_type()))
    for side in ("right", "below"):
        for k, pixels in types:
            needed = max(_radius(each.unit, k, pixels) for each in room)
            for radius in dict.fromkeys(max(needed, wanted) for wanted in _RADII):
                if radius <= _WIDEST_RADIUS:
                    yield from _with(sizes, folded, room, height, k, pixels, radius, side)
    for k, pixels in types:
        for side in ("right", "below"):
            yield from _with(sizes, folded, room, height, k, pixels, 0.0, side)


def _with(
    sizes: Sequence[int], folded: Sequence[bool], room: Room, height: float,
    k: int, pixels: int, radius: float, side: str,
) -> Iterator[Plan]:
    """The plans with one size of type (the k-th), radius of the nodes (0 for capsules) and side of
    an output on which its target and loss stand; labels in few columns or more."""
    line, last = line_height(pixels), len(sizes) - 1
    shapes, left, right, slots = [], [], [], []
    for layer, each in enumerate(room):
        if folded[layer]:
            half = FOLDED_HALF_WIDTH
            shapes.append(NodeShape("folded", half, FOLDED_HEIGHT / 2, pixels=pixels))
            left.append(half)
            right.append(half)
            slots.append(FOLDED_HEIGHT / sizes[layer])
            continue
        beside = side if layer == last else "none"
        shape = whole_shape(each, k, pixels, radius, beside, is_input=not layer)
        shapes.append(shape)
        left.append(reach_of(shape, each, k))
        right.append(reach_beside(shape, each, k) if beside == "right" else left[-1])
        slots.append(slot_of(shape))
    needed = max(size * slot for size, slot in zip(sizes, slots, strict=True))
    for tallest in (max(height, needed), max(_TALLER * height, needed)):
        labels = tuple(
            _label_room(room[layer], k, pixels, line, sizes[layer] * sizes[layer - 1], tallest)
            if not (folded[layer] or folded[layer - 1])
            and sizes[layer] * sizes[layer - 1] <= MOST_EDGES
            else LabelRoom()
            for layer in range(1, len(sizes))
        )
        stacked = max(_stacked(each, sizes[i] * sizes[i + 1]) for i, each in enumerate(labels))
        width = 2 * EDGE + sum(left) + sum(right) + sum(each.whole_width for each in labels)
        yield Plan(
            pixels, tuple(shapes), tuple(left), tuple(right), labels, width, max(needed, stacked)
        )


def whole_shape(
    room: LayerRoom, k: int, pixels: int, radius: float, side: str, is_input: bool
) -> NodeShape:
    """How the nodes of a layer look with all their numbers, in the k-th size of type: circles of
    a radius, or capsules."""
    line = line_height(pixels)
    above = 0.0 if is_input else line + 1
    below = line * (len(room.bias) + (2 if side == "below" else 0))
    if below:
        below += 1
    if radius:
        return NodeShape("circle", radius, radius, 3, above, below, side, pixels)
    widest = _widest_of(room.unit, k, *INSIDE)
    lines = 2 if is_input else 3
    half_width = max(18.0, widest / 2 + _BESIDE_INSIDE)
    return NodeShape("capsule", half_width, lines * line / 2 + 4, lines, above, below, side, pixels)


def _radius(unit: Widths, k: int, pixels: int) -> float:
    """The radius of a circle that has the lines of a unit inside."""
    line = line_height(pixels)
    small = sizes_of_type().index(net_input_pixels(pixels))
    lines = [(unit["name"][k], PITCH * line), (unit["value"][k], 0.05 * line)]
    if "net_input" in unit:
        lines.append((unit["net_input"][small], PITCH * line))
    else:
        lines = [(unit["name"][k], 0.55 * line), (unit["value"][k], 0.55 * line)]
    return max(hypot(width / 2 + 2, y + 0.36 * pixels) for width, y in lines)


def net_input_pixels(pixels: int) -> int:
    """The size of type of a net input below an activation of some size."""
    return max(theme.SMALL, pixels - 2)


def slot_of(shape: NodeShape) -> float:
    """The height that a node takes with its lines."""
    return 2 * shape.half_height + shape.above + shape.below + _BETWEEN_NODES


def reach_of(shape: NodeShape, room: LayerRoom, k: int) -> float:
    """How far a node or a line above or below it reaches from its middle."""
    kinds = ("delta", "target", "loss") if shape.side == "below" else ("delta",)
    widest = _widest_of(room.unit, k, *kinds)
    if room.bias:
        widest = max(widest, _widest_of(room.bias, k, *room.bias))
    return max(shape.half_width, widest / 2 + _AROUND)


def reach_beside(shape: NodeShape, room: LayerRoom, k: int) -> float:
    """How far target and loss reach that stand to the right of a node."""
    beside = shape.half_width + BESIDE + _widest_of(room.unit, k, "target", "loss")
    return max(reach_of(shape, room, k), beside)


def _widest_of(widths: Widths, k: int, *kinds: str) -> float:
    return max((widths[kind][k] for kind in kinds if kind in widths), default=0.0)


def _label_room(
    room: LayerRoom, k: int, pixels: int, line: float, count: int, tallest: float
) -> LabelRoom:
    """The room of labels that are stacked no higher than some pixels, if one finds room at all."""
    height = label_height(len(room.label), pixels)
    rows = max(1, int((tallest - BETWEEN_LABELS) // (height + BETWEEN_LABELS)))
    return LabelRoom(label_width(room, k, pixels), height, ceil(count / rows))


def label_width(room: LayerRoom, k: int, pixels: int) -> float:
    """The width of a label with the widest line that there can be."""
    return _widest_of(room.label, k, *room.label) + 2 * label_pad(pixels)


def _stacked(room: LabelRoom, count: int) -> float:
    """The height of the highest column of labels."""
    if not room.columns:
        return 0.0
    return ceil(count / room.columns) * (room.height + BETWEEN_LABELS) + BETWEEN_LABELS


def label_height(lines: int, pixels: int) -> float:
    """Pixels from the upper to the lower edge of a label."""
    return lines * line_height(pixels) + (6.0 if pixels > theme.SMALL else 4.0)


def label_pad(pixels: int) -> float:
    """Pixels left and right of the words of a label."""
    return 8.0 if pixels > theme.SMALL else 4.0
