"""Room: how wide each line in and around nodes and on labels can become, layer by layer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from gui.canvas.faces import LayerFaces, Revealed
from gui.canvas.items.edges import MOST_EDGES, Edge
from gui.canvas.items.words import (
    Line,
    line_width,
    parameter_lines,
    sizes_of_type,
    unit_lines,
    usual,
    usual_of_unit,
)
from gui.canvas.marks import used_edges
from gui.canvas.whose import gradient_signs
from gui.view import View

FEW_UNITS = 8  # in a layer at most, where all numbers stand on the canvas at any size
_MOST_USED = 64  # units of a layer, or labels of a step, that are looked at one by one

Widths = dict[str, tuple[float, ...]]  # of a kind of line, in every size of type


class LayerRoom(Struct, frozen=True):
    """Widths of the lines of a layer's units, of their biases, and of the labels of the weights
    into it; each kind in all sizes of type, from the largest."""

    unit: Widths
    bias: Widths
    label: Widths

    def widened(self, other: LayerRoom) -> LayerRoom:
        """Room for the lines of both."""
        return LayerRoom(
            _wider(self.unit, other.unit),
            _wider(self.bias, other.bias),
            _wider(self.label, other.label),
        )


Room = tuple[LayerRoom, ...]


def room_at_first(view: View) -> Room:
    """Room for numbers of everyday length, so that little moves when they come."""
    shown, network, signs = Revealed(view), view.spec.network, gradient_signs(view)
    found = []
    for layer, size in enumerate(network.sizes):
        faces = LayerFaces(shown, layer)
        units = range(size) if size <= _MOST_USED else _ends(size)
        nodes = [faces.node(unit) for unit in units]
        if not layer:
            found.append(LayerRoom(_widest(unit_lines(node) for node in nodes), {}, {}))
            continue
        is_output = layer == network.depth
        sources = _ends(network.sizes[layer - 1])
        edges = [(unit, source) for unit in units for source in sources]
        found.append(
            LayerRoom(
                _widest(usual_of_unit(node, is_output) for node in nodes),
                _widest(usual(node.bias, signs, True) for node in nodes if node.bias is not None),
                _widest(usual(faces.whole(edge), signs) for edge in edges),
            )
        )
    return tuple(found)


def room_for(view: View) -> Room:
    """Room for all that a view shows once all its steps are revealed, so that no step moves
    anything; what a curtain hides does not show in it either."""
    if view.curtain is None and not view.training:
        view = replace(view, revealed=len(view.steps), before=None)
    sizes = view.spec.network.sizes
    edges: list[Sequence[Edge]] = []
    for n_in, n_out in zip(sizes, sizes[1:], strict=False):
        has_labels = n_in * n_out <= MOST_EDGES
        units = range(n_out if has_labels else 0)
        edges.append([(unit, source) for unit in units for source in range(n_in)])
    return _room_for(view, max(sizes), edges)


def room_for_step(view: View) -> Room:
    """Room for what is read of a large network while not all of it is: the units of small layers,
    and the weights that the current step works with."""
    network = view.spec.network
    edges = [used_edges(view, layer)[:_MOST_USED] for layer in range(1, network.depth + 1)]
    return _room_for(view, FEW_UNITS, edges)


def _room_for(view: View, most: int, edges: Sequence[Sequence[Edge]]) -> Room:
    """Room for what a view shows of layers of at most so many units, and for the labels of some
    edges into each layer but the first."""
    shown, found = Revealed(view), []
    for layer, size in enumerate(view.spec.network.sizes):
        faces = LayerFaces(shown, layer)
        nodes = [faces.node(unit) for unit in range(size if size <= most else 0)]
        biases = [node.bias for node in nodes if node.bias is not None]
        labels = [faces.whole(edge) for edge in edges[layer - 1]] if layer else []
        # Any weight may become a negative one.
        labels += [replace(face, value=-abs(face.value), updated=None) for face in labels]
        found.append(
            LayerRoom(
                _widest(unit_lines(node) for node in nodes),
                _widest(parameter_lines(bias, True) for bias in biases),
                _widest(parameter_lines(face) for face in labels),
            )
        )
    return tuple(found)


def widened(room: Room, other: Room) -> Room:
    """Room for both; the same object where it suffices already."""
    both = tuple(one.widened(another) for one, another in zip(room, other, strict=True))
    return room if both == room else both


def _ends(size: int) -> Iterable[int]:
    """The first and the last of some units: names of weights are longest there."""
    return sorted({0, size - 1})


def _widest(of_each: Iterable[Mapping[str, Line]]) -> Widths:
    """The width of the widest line of each kind."""
    widest: Widths = {}
    sizes = sizes_of_type()
    for lines in of_each:
        for kind, line in lines.items():
            there = tuple(line_width(line, pixels) for pixels in sizes)
            before = widest.get(kind)
            widest[kind] = there if before is None else tuple(map(max, before, there))
    return widest


def _wider(one: Widths, other: Widths) -> Widths:
    both = dict(one)
    for kind, there in other.items():
        both[kind] = tuple(map(max, both[kind], there)) if kind in both else there
    return both
