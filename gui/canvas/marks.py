"""Marks: which nodes the current step, the pointer and the selection single out."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from gui.canvas.involved import FROM_BEHIND, Unit, involved
from gui.canvas.spots import Spot, spot_of
from gui.view import View


class Marks(Struct, frozen=True):
    """What is special about a node just now; kinds are those of Spot, "" for none of it.

    `ringed` says that the step under the cursor works out something of the node, `current` which of
    its values that is, `lit` that the step works with the node, and `used` with which value beside
    it; `focus` which value is selected. `called_out` makes a node that is too small for
    its numbers large enough to read, `pinned` says that it stays so when the pointer moves on.
    """

    ringed: bool = False
    current: str = ""
    lit: bool = False
    used: str = ""
    focus: str = ""
    hovered: bool = False
    called_out: bool = False
    pinned: bool = False


_NONE = Marks()


def node_marks(view: View, hovered: Spot | None, focus: Spot | None) -> dict[Unit, Marks]:
    """The marks of all units that have any."""
    marks: dict[Unit, Marks] = {}

    def mark(unit: Unit, **changes: object) -> None:
        marks[unit] = replace(marks.get(unit, _NONE), **changes)

    spots = _spots_of_step(view)
    for spot in spots:
        for unit in spot.units:
            # Of many at once, only the first is made readable: the others would cover each other.
            mark(unit, called_out=spot is spots[0], pinned=spot is spots[0])
            if spot.source is None and not view.together:
                mark(unit, current=spot.kind)
    step = involved(view)
    for unit in step.units:
        mark(unit, ringed=True)
    for unit in step.sources:
        mark(unit, lit=True)
    for unit in step.targets:
        mark(unit, used="target")
    if focus is not None:
        for unit in focus.units:
            mark(unit, called_out=True, pinned=True)
            if focus.source is None:
                mark(unit, focus=focus.kind)
    if hovered is not None:
        for unit in hovered.units:
            mark(unit, called_out=True)
            if hovered.owner.kind == "unit":
                mark(unit, hovered=True)
    return marks


def used_edges(view: View, layer: int) -> tuple[tuple[int, int], ...]:
    """The edges into a layer, each (unit, source), whose weights the current step works with: for
    a net input all into the unit, for a hidden delta all out of it, for a gradient or an update
    the weight's own; none where whole layers are taken at once."""
    step, network = view.step, view.spec.network
    if step is None or view.together or step.layer is None or step.unit is None:
        return ()
    if step.kind == "net_input" and step.layer == layer:
        return tuple((step.unit, source) for source in network.sources_of(layer, step.unit))
    if step.kind in FROM_BEHIND and step.layer == layer - 1:
        return tuple((unit, step.unit) for unit in network.fed_by(layer - 1, step.unit))
    if step.source is not None and step.layer == layer:
        return ((step.unit, step.source),)
    return ()


def _spots_of_step(view: View) -> list[Spot]:
    """The spots of the current step: several for the total loss and for a shared bias."""
    step, network = view.step, view.spec.network
    if step is None:
        return []
    if step.kind == "total_loss":
        return [Spot("loss", network.depth, unit) for unit in range(network.sizes[-1])]
    spot = spot_of(step)
    if spot is None:
        return []
    if spot.kind == "bias" and step.unit is None:
        return [Spot("bias", spot.layer, unit) for unit in range(network.sizes[spot.layer])]
    return [spot]
