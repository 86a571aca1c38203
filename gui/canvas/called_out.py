"""Nodes that are called out: large ones among many that are too small for their numbers. Where they
stand, and what becomes of those that they cover."""

from __future__ import annotations

from collections.abc import Mapping

from gui.canvas.involved import Unit
from gui.canvas.items.node import NodeItem
from gui.canvas.marks import used_edges
from gui.canvas.placing.layout import Arrangement
from gui.view import View

_BORDER = 2.0  # pixels kept to the border of the picture


def place_called_out(
    item: NodeItem, x: float, y: float, view: View, placed: Arrangement
) -> tuple[float, float]:
    """Where a node that is called out stands, whose unit is at x, y: off the room for the labels of
    the step, and so that nothing of it is cut off."""
    x += _aside(item, view, placed)
    bounds = item.boundingRect()
    x = min(max(x, _BORDER - bounds.left()), placed.width - _BORDER - bounds.right())
    return x, min(max(y, _BORDER - bounds.top()), placed.height - _BORDER - bounds.bottom())


def _aside(item: NodeItem, view: View, placed: Arrangement) -> float:
    """How far to the right of its column it stands, so that it leaves the room for the labels of
    the step beside that."""
    card, layer = item.card.translated(-item.pos()), item.layer
    if used_edges(view, layer):
        return max(0.0, -card.left() - placed.plan.left[layer])
    if layer < len(placed.columns) - 1 and used_edges(view, layer + 1):
        return min(0.0, placed.plan.right[layer] - card.right())
    return 0.0


def cover_neighbours(nodes: Mapping[Unit, NodeItem]) -> None:
    """Have nothing written on nodes that one which is called out covers in part."""
    called_out: dict[int, list[NodeItem]] = {}
    for (layer, _), item in nodes.items():
        if item.is_called_out:
            called_out.setdefault(layer, []).append(item)
    for (layer, _), item in nodes.items():
        above = called_out.get(layer, ())
        item.cover(any(each is not item and each.covers(item) for each in above))
