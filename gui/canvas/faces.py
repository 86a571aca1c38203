"""Faces: what a node or a parameter shows at one moment, as plain data.

What lies ahead of the cursor is None here, so the items that paint a face know nothing of steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.network import Parameter
from engine.notation import DEFAULT, Notation
from engine.steps import StepId
from gui.view import View


@dataclass(frozen=True)
class ParameterFace:
    """A weight or bias. `waits` where its gradient is due but still being worked out; `old` is
    what it showed before an edit just made."""

    name: str
    value: float
    fixed: bool = False
    gradient: float | None = None
    updated: float | None = None
    waits: bool = False
    digits: int | None = 6
    old: ParameterFace | None = None


@dataclass(frozen=True)
class NodeFace:
    """A unit or an input; `value` is its activation. `shade` (−1 … 1) is for nodes that are too
    small for numbers: the value against the largest of the layer. `old` is what it showed before
    an edit just made."""

    name: str
    value: float | None = None
    net_input: float | None = None
    delta: float | None = None
    target: float | None = None
    loss: float | None = None
    bias: ParameterFace | None = None
    shade: float = 0.0
    digits: int | None = 6
    notation: Notation = DEFAULT
    old: NodeFace | None = None


class Shown:
    """Whether steps are revealed, answered for whole layers at once where possible.

    `before` answers for the moment before an edit just made, unless that had other parameters.
    """

    def __init__(self, view: View) -> None:
        self._view = view
        self._layers: dict[tuple[str, int | None], bool] = {}
        for group in view.steps.groups:
            if view.revealed <= group.start:
                self._layers[group.phase, group.layer] = False
            elif view.revealed >= group.stop:
                self._layers[group.phase, group.layer] = True
        self.before: Shown | None = None
        if view.before is not None and _parameters(view.before) == _parameters(view):
            self.before = Shown(view.before)

    @property
    def view(self) -> View:
        """What it answers for."""
        return self._view

    def __call__(self, phase: str, kind: str, *place: Any) -> bool:
        """Whether the step of this phase, kind, layer, unit and source is revealed."""
        whole = self._layers.get((phase, place[0]))
        return self._view.is_revealed(StepId(phase, kind, *place)) if whole is None else whole


def node_face(
    view: View, shown: Shown, layer: int, unit: int, largest: float
) -> NodeFace:
    """What a unit shows; `largest` is the size of its layer's largest activation."""
    network, values = view.spec.network, view.worked_pass
    name = network.unit_name(layer, unit)
    a = float(values.a[layer][unit])
    shade = a / largest if largest > 0 else 0.0
    before, old = shown.before, None
    if before is not None:
        old = node_face(before.view, before, layer, unit, largest)
    if layer == 0:
        return NodeFace(name, a, shade=shade, digits=view.worked_digits, old=old)
    has_activation = shown("forward", "activation", layer, unit)
    net_input = delta = target = loss = None
    if shown("forward", "net_input", layer, unit):
        net_input = float(values.z[layer][unit])
    if shown("backward", "delta", layer, unit):
        delta = float(values.delta[layer][unit])
    if layer == network.depth:
        target = float(values.targets[unit])
        if shown("loss", "loss", layer, unit):
            loss = float(values.loss_terms[unit])
    parameter = network.bias_parameter(layer, unit)
    bias = None if parameter is None else parameter_face(view, shown, parameter)
    return NodeFace(
        name,
        a if has_activation else None,
        net_input,
        delta,
        target,
        loss,
        bias,
        shade if has_activation else 0.0,
        view.worked_digits,
        view.notation,
        old,
    )


def _parameters(view: View) -> tuple[object, ...]:
    """What decides which parameters there are."""
    network = view.spec.network
    return network.sizes, tuple(layer.bias for layer in network.layers)


def parameter_face(view: View, shown: Shown, parameter: Parameter) -> ParameterFace:
    """What a weight or bias shows."""
    network, iteration = view.spec.network, view.worked
    before = shown.before
    k = network.index(parameter)
    kind = "bias" if parameter.source is None else "weight"
    # A fixed bias has no update step of its own, whatever is revealed of its layer.
    fixed = not network.trained[k]
    has_gradient = shown("backward", f"{kind}_gradient", *parameter)
    has_update = not fixed and shown("update", f"{kind}_update", *parameter)
    gradient = updated = None
    if iteration is not None:
        gradient = float(iteration.gradient[k]) if has_gradient else None
        updated = float(iteration.next_state.theta[k]) if has_update else None
    return ParameterFace(
        view.notation.parameter(network, parameter) if kind == "weight" else "b",
        float(view.worked_theta[k]),
        fixed,
        gradient,
        updated,
        has_gradient and iteration is None,
        view.worked_digits,
        None if before is None else parameter_face(before.view, before, parameter),
    )
