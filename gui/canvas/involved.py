"""What the current step works out and what it works with: units, edges and targets of the network.

A net input comes from the activations before it, through the edges between; a hidden delta from
the deltas behind it; the loss of an output from its target. Stepping by layer or pass takes many
numbers at once, which are involved together.
"""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from engine.maths.network import Network
from engine.run.steps import StepGroup, StepId
from gui.view import View

Unit = tuple[int, int]  # layer, unit
Edge = tuple[int, int]  # unit, source

# What is worked out from the deltas behind a unit; of an output from its target.
FROM_BEHIND = ("delta", "loss_by_activation", "loss_by_input")

# Of more edges that are taken together none stands out.
_MOST_TOGETHER = 150


class Involved(Struct, frozen=True):
    """The units of which something is worked out, those and the targets that it is worked out
    from, and by layer the edges into it that lead from these to those or are the result."""

    units: frozenset[Unit] = frozenset()
    sources: frozenset[Unit] = frozenset()
    targets: frozenset[Unit] = frozenset()
    edges: dict[int, list[Edge]] = field(default_factory=dict)


def involved(view: View) -> Involved:
    """What is involved in the step of a view, or in all that were taken together with it."""
    step, network, depth = view.step, view.spec.network, view.spec.network.depth
    if view.together:
        found = _together(network, view.together)
    elif step is None:
        return Involved()
    elif step.kind == "total_loss":
        return Involved(sources=frozenset((depth, unit) for unit in view.spec.steps.loss_units))
    else:
        found = _of_step(network, step)
    if view.spec.has_targets:
        return found
    units = found.units
    if view.together and view.together[0].phase == "loss":
        units = frozenset((depth, unit) for unit in view.spec.steps.loss_units)
    return replace(found, units=units, targets=frozenset())


def _of_step(network: Network, step: StepId) -> Involved:
    layer, unit = step.layer, step.unit
    if layer is None:
        return Involved()
    if unit is None:  # of a shared bias
        units = _all(network, layer) if step.phase == "backward" else frozenset()
        return Involved(units)
    here = frozenset({(layer, unit)})
    if step.kind == "net_input":
        sources = network.sources_of(layer, unit)
        before = frozenset((layer - 1, source) for source in sources)
        return Involved(here, before, edges={layer: [(unit, source) for source in sources]})
    if step.kind in FROM_BEHIND and layer < network.depth:
        fed = network.fed_by(layer, unit)
        behind = frozenset((layer + 1, other) for other in fed)
        return Involved(here, behind, edges={layer + 1: [(other, unit) for other in fed]})
    if step.kind in ("loss", *FROM_BEHIND):
        return Involved(here, targets=here)
    if step.kind.endswith("weight_gradient") and step.source is not None:
        return Involved(here | {(layer - 1, step.source)})
    return Involved() if step.phase == "update" else Involved(here)


def _together(network: Network, groups: tuple[StepGroup, ...]) -> Involved:
    """What is involved in whole layers."""
    phase, depth = groups[0].phase, network.depth
    layers = [group.layer for group in groups if group.layer is not None]
    units = frozenset().union(*(_all(network, layer) for layer in layers))
    if phase == "loss":
        return Involved(units, targets=units)
    edges = {
        layer: [(k, source) for k in range(n_out) for source in network.sources_of(layer, k)]
        for layer in layers
        if layer
        if (n_out := network.sizes[layer]) * network.sizes[layer - 1] <= _MOST_TOGETHER
    }
    if phase == "update":
        return Involved(edges=edges)
    if layers == [0]:  # the inputs, to which the first layer sends errors back
        return Involved(units, _all(network, 1))
    sources = frozenset().union(*(_all(network, max(layer - 1, 0)) for layer in layers))
    if phase == "forward":
        return Involved(units, sources - units, edges=edges)
    behind = (layer + 1 for layer in layers if layer < depth)  # where the deltas come from
    sources = sources.union(*(_all(network, layer) for layer in behind))
    targets = _all(network, depth) if depth in layers else frozenset()
    return Involved(units, sources - units, targets, edges)


def _all(network: Network, layer: int) -> frozenset[Unit]:
    return frozenset((layer, unit) for unit in range(network.sizes[layer]))
