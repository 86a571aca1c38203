"""Overview: how a large network is drawn where not all of its numbers have room.

Layers of few units are drawn as always; those of many shrink to capsules or dots. Between the
layers there is room for the labels of the weights that one step works with.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from msgspec import Struct

from gui import theme
from gui.canvas.items.edges import MOST_EDGES
from gui.canvas.placing.plan import (
    BETWEEN_LABELS,
    EDGE,
    LabelRoom,
    Plan,
    label_height,
    label_width,
    reach_beside,
    reach_of,
    slot_of,
    whole_shape,
)
from gui.canvas.placing.room import LayerRoom, Room
from gui.canvas.placing.shapes import FOLDED_HALF_WIDTH, NodeShape

_MOST_LABELS = 32  # of a step, that there is room for
_WIDEST, _NARROWEST = 62.0, 11.0  # half of a layer of many units
_NARROWEST_FOLDED = 20.0  # the same of one that is a summary, with a name and a number in it
_CAPSULE = 25.0  # half a width, from which on there is a number in it
_AROUND_CARD = 20.0  # pixels beside the lines of a unit that is called out, all in all
_LINES = 3  # of the label of a weight: name and value, gradient, new value
_LOWEST = 18.0  # pixels a unit, from which on it can be a capsule


def overview(
    sizes: Sequence[int], folded: Sequence[bool], room: Room, width: float, height: float
) -> Plan:
    """The plan for layers of some sizes, some of them folded, on a canvas of a size in pixels: as
    large as that, or larger where the labels of a step would not fit."""
    k, pixels = len(room[0].unit["name"]) - 1, theme.SMALL
    last = len(sizes) - 1
    labels = [
        _label_room(sizes, room, layer, k, pixels) for layer in range(1, len(sizes))
    ]
    shapes: list[NodeShape | None] = []
    for layer, each in enumerate(room):
        side = "below" if layer == last else "none"
        whole = whole_shape(each, k, pixels, 0.0, side, is_input=not layer)
        fits = not folded[layer] and sizes[layer] * slot_of(whole) <= height
        shapes.append(whole if fits else None)
    taken = 2 * EDGE + sum(each.whole_width for each in labels)
    taken += sum(
        2 * reach_of(shape, room[layer], k)
        for layer, shape in enumerate(shapes)
        if shape is not None
    )
    many = [layer for layer, shape in enumerate(shapes) if shape is None]
    half = _WIDEST
    if many:
        least = _NARROWEST_FOLDED if any(folded[layer] for layer in many) else _NARROWEST
        half = min(_WIDEST, max(least, (width - taken) / len(many) / 2))
        taken += 2 * half * len(many)
    final = [
        shape or _small_shape(half, height, sizes[layer], folded[layer], pixels)
        for layer, shape in enumerate(shapes)
    ]
    counts = zip(labels, _rows(sizes, labels), strict=True)
    stacked = max(each.height * count for each, count in counts)
    lowest = max(height, stacked + BETWEEN_LABELS)
    if final[-1].side == "below":
        beside = whole_shape(room[-1], k, pixels, 0.0, "right", is_input=False)
        more = reach_beside(beside, room[-1], k) - reach_of(final[-1], room[-1], k)
        if taken + more <= width:
            final[-1], taken = beside, taken + more
    left = [
        reach_of(shape, room[layer], k) if shape.is_whole else half
        for layer, shape in enumerate(final)
    ]
    right = list(left)
    if final[-1].side == "right":
        right[-1] = reach_beside(final[-1], room[-1], k)
    before = left[0] + right[-1]
    # A card moves away from the labels of its step; at the border there has to be room for that.
    cards = [
        _card(room[layer], k, pixels, layer) if layer in many and not folded[layer] else None
        for layer in (0, last)
    ]
    if cards[0] is not None:
        left[0] += _more_room(cards[0], half, labels[0], stacked, lowest)
    if cards[1] is not None:
        right[-1] += _more_room(cards[1], half, labels[-1], stacked, lowest)
    taken += left[0] + right[-1] - before
    return Plan(
        pixels, tuple(final), tuple(left), tuple(right), tuple(labels),
        taken, lowest, is_whole=False,
    )


class _Card(Struct, frozen=True):
    """The size of a unit that is called out among many, in pixels, and of its longest label."""

    width: float
    height: float
    label: float


def _card(room: LayerRoom, k: int, pixels: int, layer: int) -> _Card:
    """The card of a unit of the first layer or the last."""
    side = "right" if layer else "none"
    shape = whole_shape(room, k, pixels, 0.0, side, is_input=not layer)
    beyond = reach_beside(shape, room, k) if layer else reach_of(shape, room, k)
    label = label_height(len(room.label) or _LINES, pixels) + 2 * BETWEEN_LABELS
    return _Card(
        reach_of(shape, room, k) + beyond + _AROUND_CARD, slot_of(shape) + _AROUND_CARD, label
    )


def _more_room(
    card: _Card, half: float, labels: LabelRoom, stacked: float, height: float
) -> float:
    """By how much a column at the border has to be wider for a card: all of it where labels have
    no room above and below the card, else as far as the card would get to the next column."""
    beyond = max(0.0, card.width - 2 * half)
    is_high = height >= max(stacked + card.height + labels.height, 2 * card.height + 3 * card.label)
    return max(0.0, beyond - labels.whole_width / 2) if is_high else beyond


def _label_room(
    sizes: Sequence[int], room: Room, layer: int, k: int, pixels: int
) -> LabelRoom:
    """Room for labels of one line each, as many as a step works with."""
    if sizes[layer] * sizes[layer - 1] > MOST_EDGES:
        return LabelRoom()
    line = label_height(1, pixels) + BETWEEN_LABELS
    return LabelRoom(label_width(room[layer], k, pixels), line, 1)


def _rows(sizes: Sequence[int], labels: Sequence[LabelRoom]) -> list[int]:
    """How many labels stand one above the other before each layer but the first: those of a net
    input, or of a delta in the layer before."""
    counts = []
    for layer, room in enumerate(labels, start=1):
        most = max(sizes[layer - 1], sizes[layer] if layer > 1 else 1)
        counts.append(ceil(most / room.columns) if room.columns and most <= _MOST_LABELS else 1)
    return counts


def _small_shape(
    half: float, height: float, size: int, is_folded: bool, pixels: int
) -> NodeShape:
    """A unit among many: a capsule with one or two lines, or a dot; or all of them in one."""
    if is_folded:
        return NodeShape("folded", min(half, FOLDED_HALF_WIDTH), max(60.0, 0.44 * height))
    slot = height / size
    if slot < _LOWEST or half < _CAPSULE:
        radius = min(_NARROWEST, max(1.5, 0.36 * slot), half)
        return NodeShape("dot", radius, radius)
    if slot >= 46:
        return NodeShape("capsule", half, 21.0, 2)
    return NodeShape("capsule", half, min(13.0, slot / 2 - 1.5), 1)
