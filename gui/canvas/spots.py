"""Spots: what on the canvas can be pointed at, reached by keyboard, asked about or edited."""

from __future__ import annotations

from typing import NamedTuple

from engine.maths.activations import ACTIVATION_SETTINGS
from engine.maths.network import Network, Parameter
from engine.run.column_words import with_class
from engine.run.given import Given
from engine.run.steps import EXTRA_KINDS, StepId
from engine.text.numbers import format_count, format_number
from gui.canvas.whose import batch_words
from gui.view import View


class Spot(NamedTuple):
    """A place by what stands there; layer 0 are the inputs.

    `kind` is unit, weight (with its `source` unit in the layer before), bias, target, or one of
    the values of a unit: net_input, delta, loss.
    """

    kind: str
    layer: int
    unit: int
    source: int | None = None

    @property
    def owner(self) -> Spot:
        """The spot that the arrow keys stop at: a unit for its values, else the spot itself."""
        if self.kind in ("net_input", "delta", "loss"):
            return Spot("unit", self.layer, self.unit)
        return self

    @property
    def units(self) -> tuple[tuple[int, int], ...]:
        """The units it belongs to, each as (layer, unit): both ends of a weight."""
        if self.source is None:
            return ((self.layer, self.unit),)
        return ((self.layer - 1, self.source), (self.layer, self.unit))

    @property
    def is_editable(self) -> bool:
        """Whether it holds a number that the person sets: a parameter, an input or a target."""
        return self.kind in ("weight", "bias", "target") or (self.kind == "unit" and not self.layer)


def parameter_at(network: Network, spot: Spot) -> Parameter | None:
    """The parameter of a weight or bias spot, the shared one where a layer shares it."""
    if spot.kind == "weight":
        return Parameter(spot.layer, spot.unit, spot.source)
    return network.bias_parameter(spot.layer, spot.unit) if spot.kind == "bias" else None


def is_there(network: Network, spot: Spot) -> bool:
    """Whether a network with such units has the spot: no edge that is cut, no bias that is none."""
    parameter = parameter_at(network, spot)
    if parameter is None:
        return spot.kind != "bias"
    return network.held(parameter) != "cut"


def spot_of(step: StepId) -> Spot | None:
    """Where a step's value stands, or what it is about; a shared bias stands at the first unit of
    its layer, too."""
    if step.layer is None:
        return None
    unit = step.unit or 0
    if step.parameter is not None:
        kind = "bias" if step.source is None else "weight"
        return Spot(kind, step.layer, unit, step.source)
    if step.kind == "activation" or step.kind in EXTRA_KINDS:
        return Spot("unit", step.layer, unit)
    return Spot(step.kind, step.layer, unit)


def step_at(view: View, spot: Spot) -> StepId | None:
    """The step that a spot's number comes from: of a parameter, its update once that is shown,
    before that its gradient. None for inputs and targets, which are given."""
    parameter = parameter_at(view.spec.network, spot)
    if parameter is not None:
        kind = "bias" if spot.kind == "bias" else "weight"
        update = StepId("update", f"{kind}_update", *parameter)
        if view.is_revealed(update):
            return update
        return StepId("backward", f"{kind}_gradient", *parameter)
    if spot.kind == "target" or spot.layer == 0:
        return None
    phase = {"delta": "backward", "loss": "loss"}.get(spot.kind, "forward")
    kind = "activation" if spot.kind == "unit" else spot.kind
    return StepId(phase, kind, spot.layer, spot.unit)


def number_at(view: View, spot: Spot) -> StepId | Parameter | Given | None:
    """The number that is asked about where a spot is selected: for a parameter it, whatever has
    been worked out of it so far."""
    if spot.kind == "target":
        return Given("target", spot.unit)
    if spot.layer == 0:
        return Given("input", spot.unit)
    return parameter_at(view.spec.network, spot) or step_at(view, spot)


def values_of(view: View, unit: Spot) -> list[Spot]:
    """The spots of the values of a unit that are shown, in the order in which they are asked for;
    the unit stands for its activation."""
    spots = [unit, *(unit._replace(kind=kind) for kind in ("delta", "loss", "net_input"))]
    steps = [(spot, step_at(view, spot)) for spot in spots]
    return [spot for spot, step in steps if step is not None and view.is_revealed(step)]


def about_spot(view: View, spot: Spot) -> StepId | Parameter | None:
    """What a factor of a derivation would belong to that stands at a spot."""
    parameter = parameter_at(view.spec.network, spot)
    if parameter is not None:
        return parameter
    if spot.kind == "target":
        return StepId("loss", "loss", spot.layer, spot.unit)
    return step_at(view, spot)


def value_at(view: View, spot: Spot) -> float | None:
    """The number that can be edited at a spot, None where there is none."""
    parameter = parameter_at(view.spec.network, spot)
    if parameter is not None:
        return float(view.theta[view.spec.network.index(parameter)])
    if spot.kind == "target":
        return float(view.spec.scaled.targets[view.sample, spot.unit])
    if spot.kind == "unit" and spot.layer == 0:
        return float(view.spec.scaled.inputs[view.sample, spot.unit])
    return None


def caption_of(view: View, spot: Spot) -> str:
    """The name of the number that can be edited at a spot, as the canvas writes it."""
    network = view.spec.network
    parameter = parameter_at(network, spot)
    if parameter is not None:
        letter = network.layers[parameter.layer - 1].bias_letter
        return view.notation.parameter(network, parameter) if spot.kind == "weight" else letter
    if spot.kind == "target":
        return view.notation.target
    return network.unit_name(spot.layer, spot.unit)


def gradients_of(view: View, k: int) -> list[tuple[str, float]]:
    """The gradients shown of the parameter at an index, each after what it is: the batch's, the
    sample's own, or both. Nothing while the iteration is being worked out."""
    gradients: list[tuple[str, float]] = []
    if view.sample_gradient is not None:
        name = f"gradient of sample {format_count(view.sample + 1)}"
        gradients.append((name, float(view.sample_gradient[k])))
    if view.worked is not None and (view.gradients != "sample" or not gradients):
        whose = batch_words(view)
        name = f"gradient, {whose}:" if whose else "gradient"
        gradients.append((name, float(view.worked.gradient[k])))
    return gradients


FLATNESS = {
    "flat": "flat: f′ is nearly 0 for this sample",
    "dead": "dead: f′ is nearly 0 for every training sample",
}


class Fact(NamedTuple):
    """A number that is known at a spot: what it is, and the step it comes from (None: given)."""

    words: str
    value: float
    step: StepId | None = None


def facts_at(view: View, spot: Spot) -> tuple[str, list[Fact]]:
    """What stands at a spot in words, and what is known of it."""
    network, values = view.spec.network, view.worked_pass
    name = with_class(view.spec, spot.layer, spot.unit)
    spot = spot.owner
    parameter = parameter_at(network, spot)
    facts: list[Fact] = []
    if parameter is not None:
        word = spot.kind
        if word == "bias":
            word = network.layers[parameter.layer - 1].bias_word
        title = f"{word} {view.notation.parameter(network, parameter)}"
        if spot.source is not None:
            title += f" from {network.unit_name(spot.layer - 1, spot.source)} to {name}"
        elif parameter.unit is None:
            title += ", shared by its layer"
        else:
            title += f" of {name}"
        k = network.index(parameter)
        if held := network.held(parameter):
            title += f", {held}"
        facts.append(Fact("value", float(view.worked_theta[k])))
        gradient = StepId("backward", f"{spot.kind}_gradient", *parameter)
        update = StepId("update", f"{spot.kind}_update", *parameter)
        if view.worked is not None:
            if view.is_revealed(gradient):
                facts += [Fact(*each, gradient) for each in gradients_of(view, k)]
            if view.is_revealed(update):
                new = float(view.worked.next_state.theta[k])
                facts.append(Fact("after the update", new, update))
    elif spot.kind == "target":
        title = f"target of {name}"
        facts.append(Fact("value", float(values.targets[spot.unit])))
    elif spot.layer == 0:
        title = f"input {name}"
        facts.append(Fact("value", float(values.a[0][spot.unit])))
    else:
        layer = network.layers[spot.layer - 1]
        title = f"unit {name}, {layer.activation.replace('_', ' ')}"
        for key, value in layer.changed_settings.items():
            title += f", {ACTIVATION_SETTINGS[key].symbol} {format_number(value)}"
        if flatness := view.flatness(spot.layer, spot.unit):
            title += f", {FLATNESS[flatness]}"
        if values.is_dropped(spot.layer, spot.unit):
            title += ", dropped in this iteration: it sends 0 on"
        for phase, kind, words, numbers in (
            ("forward", "net_input", "net input", values.z[spot.layer]),
            ("forward", "activation", "activation", values.a[spot.layer]),
            ("loss", "loss", "loss", values.loss_terms),
            ("backward", "delta", "delta", values.delta[spot.layer]),
        ):
            step = StepId(phase, kind, spot.layer, spot.unit)
            if view.is_revealed(step):
                facts.append(Fact(words, float(numbers[spot.unit]), step))
    return title, facts


def describe(view: View, spot: Spot) -> str:
    """A spot in words with all digits of what is known there, a fact a line."""
    title, facts = facts_at(view, spot)
    lines = [f"{fact.words} {format_number(fact.value, None)}" for fact in facts]
    return "\n".join([title, *lines])
