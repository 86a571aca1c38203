"""Faces: what a node or a parameter shows at one moment, as plain data.

What lies ahead of the cursor is None here, so the items that paint a face know nothing of steps.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from engine.formulas.notation import DEFAULT, Notation
from engine.maths.network import Parameter
from engine.run.column_words import class_of
from engine.run.steps import StepId
from gui.canvas.whose import batch_sign, sample_sign
from gui.view import View

_FEW_STEPS = 3  # between two moments, after which most faces of a layer are still the same


class ParameterFace(Struct, frozen=True):
    """A weight or bias. `sign` stands before its gradient and says whose that is; beside a batch's,
    `own` is the sample's, with a sign too. `waits` where the gradient is due but still being worked
    out; `old` is what it showed before an edit just made."""

    name: str
    value: float
    fixed: bool = False
    gradient: float | None = None
    sign: str = "∂"
    own: float | None = None
    own_sign: str = ""
    updated: float | None = None
    waits: bool = False
    digits: int | None = 6
    old: ParameterFace | None = None

    @property
    def gradients(self) -> list[tuple[str, float]]:
        """The gradients to be shown, each with its sign: of the sample, of the batch."""
        both = ((self.own_sign, self.own), (self.sign, self.gradient))
        return [(sign, value) for sign, value in both if value is not None]


class NodeFace(Struct, frozen=True):
    """A unit or an input; `value` is its activation. `shade` (−1 … 1) is for nodes that are too
    small for numbers: the value against the largest of the layer. `old` is what it showed before
    an edit just made; `of_class` is the class that it stands for, if it stands for one. `flatness`
    is "flat" where it hardly reacts, as View.flatness has it; `dropped` says that dropout leaves it
    out in this iteration."""

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
    of_class: str = ""
    flatness: str = ""
    dropped: bool = False

    @property
    def title(self) -> str:
        """The name with the class that it stands for."""
        return f"{self.name} · {self.of_class}" if self.of_class else self.name


class Revealed:
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
        self.before: Revealed | None = None
        if view.before is not None and _parameters(view.before) == _parameters(view):
            self.before = Revealed(view.before)

    @property
    def view(self) -> View:
        """What it answers for."""
        return self._view

    def stage(self, layer: int) -> tuple[int, ...]:
        """How many steps are revealed of each group of a layer; what it shows follows from that
        and from the numbers."""
        revealed = self._view.revealed
        return tuple(
            min(max(revealed - group.start, 0), group.stop - group.start)
            for group in self._view.steps.groups
            if group.layer == layer
        )

    def __call__(self, phase: str, kind: str, *place: Any) -> bool:
        """Whether the step of this phase, kind, layer, unit and source is revealed."""
        whole = self._layers.get((phase, place[0]))
        return self._view.is_revealed(StepId(phase, kind, *place)) if whole is None else whole


def node_face(
    view: View, shown: Revealed, layer: int, unit: int, largest: float
) -> NodeFace:
    """What a unit shows; `largest` is the size of its layer's largest activation."""
    network, values = view.spec.network, view.worked_pass
    name, of_class = network.unit_name(layer, unit), class_of(view.spec, layer, unit)
    a = float(values.a[layer][unit])
    shade = a / largest if largest > 0 else 0.0
    before, old = shown.before, None
    if before is not None:
        old = node_face(before.view, before, layer, unit, largest)
    if layer == 0:
        return NodeFace(
            name, a, shade=shade, digits=view.worked_digits, old=old, of_class=of_class
        )
    has_activation = shown("forward", "activation", layer, unit)
    net_input = delta = target = loss = None
    if shown("forward", "net_input", layer, unit):
        net_input = float(values.z[layer][unit])
    if shown("backward", "delta", layer, unit):
        delta = float(values.delta[layer][unit])
    if layer == network.depth:
        target = float(values.targets[unit]) if view.spec.has_targets else None
        if unit in view.spec.steps.loss_units and shown("loss", "loss", layer, unit):
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
        of_class,
        view.flatness(layer, unit),
        values.is_dropped(layer, unit),
    )


def _parameters(view: View) -> tuple[object, ...]:
    """What decides which parameters there are."""
    network = view.spec.network
    return network.sizes, tuple(layer.bias for layer in network.layers)


def parameter_face(view: View, shown: Revealed, parameter: Parameter) -> ParameterFace:
    """What a weight or bias shows."""
    network, iteration = view.spec.network, view.worked
    before = shown.before
    k = network.index(parameter)
    kind = "bias" if parameter.source is None else "weight"
    # A fixed bias has no update step of its own, whatever is revealed of its layer.
    fixed = not network.trained[k]
    has_gradient = shown("backward", f"{kind}_gradient", *parameter)
    has_update = not fixed and shown("update", f"{kind}_update", *parameter)
    gradient = own = updated = None
    sign, own_sign = "∂", ""
    if iteration is not None and has_gradient:
        gradient, sign = float(iteration.gradient[k]), batch_sign(view)
        if view.sample_gradient is not None:
            own, own_sign = float(view.sample_gradient[k]), sample_sign(view.sample)
            if view.gradients == "sample":
                gradient, sign, own, own_sign = own, own_sign, None, ""
    if iteration is not None and has_update:
        updated = float(iteration.next_state.theta[k])
    return ParameterFace(
        view.notation.parameter(network, parameter)
        if kind == "weight"
        else network.layers[parameter.layer - 1].bias_letter,
        float(view.worked_theta[k]),
        fixed,
        gradient,
        sign,
        own,
        own_sign,
        updated,
        has_gradient and iteration is None,
        view.worked_digits,
        None if before is None else parameter_face(before.view, before, parameter),
    )


class Faces:
    """The faces of all layers, kept from view to view where nothing that a layer shows changed."""

    def __init__(self) -> None:
        self._layers: dict[int, LayerFaces] = {}

    def of(self, shown: Revealed, layer: int) -> LayerFaces:
        """The faces of a layer; the same object as before while they are the same."""
        faces, kept = LayerFaces(shown, layer), self._layers.get(layer)
        if kept is not None and kept.is_like(faces):
            kept.revealed = faces.revealed
            return kept
        if kept is not None:
            faces.take_from(kept)
        self._layers[layer] = faces
        return faces


class LayerFaces:
    """What the nodes of a layer and the weights into it show."""

    def __init__(self, shown: Revealed, layer: int) -> None:
        view = shown.view
        self._shown, self._layer, self.revealed = shown, layer, view.revealed
        # Never written to, so that the same object has the same numbers.
        self._numbers = (
            view.spec, view.sample_pass, view.worked_pass, view.worked, view.worked_theta,
            view.sample_gradient, view.before,
        )
        is_covered = view.curtain is not None
        self._manner = view.worked_digits, view.notation, view.sample, view.gradients, is_covered
        self._stage = shown.stage(layer)
        self._nodes: dict[int, NodeFace] = {}
        self._weights: dict[tuple[int, int], ParameterFace] = {}

    def is_like(self, other: LayerFaces) -> bool:
        """Whether all faces are the same."""
        return self._stage == other._stage and self._shows_like(other)

    def _shows_like(self, other: LayerFaces) -> bool:
        """Whether what both show is the same."""
        same = all(a is b for a, b in zip(self._numbers, other._numbers, strict=True))
        return same and self._manner == other._manner

    def take_from(self, other: LayerFaces) -> None:
        """Take over the faces of units that the few steps between two moments do not concern."""
        first, last = sorted((self.revealed, other.revealed))
        if last - first > _FEW_STEPS or not self._shows_like(other):
            return
        steps = [self._shown.view.steps.id_at(k) for k in range(first, last)]
        units = {step.unit for step in steps if step.layer == self._layer}
        if None not in units:
            self._nodes = {k: face for k, face in other._nodes.items() if k not in units}
            self._weights = {e: face for e, face in other._weights.items() if e[0] not in units}

    def node(self, unit: int) -> NodeFace:
        """What a unit shows."""
        face = self._nodes.get(unit)
        if face is None:
            view = self._shown.view
            largest = float(np.abs(view.sample_pass.a[self._layer]).max())
            face = node_face(view, self._shown, self._layer, unit, largest)
            self._nodes[unit] = face
        return face

    def whole(self, edge: tuple[int, int]) -> ParameterFace:
        """Everything that is known of a weight, of (unit, source)."""
        face = self._weights.get(edge)
        if face is None:
            face = parameter_face(self._shown.view, self._shown, Parameter(self._layer, *edge))
            self._weights[edge] = face
        return face

    def value_alone(self, edge: tuple[int, int]) -> ParameterFace:
        """The value of a weight, that a step works with."""
        return replace(self.whole(edge), gradient=None, own=None, updated=None, waits=False)
