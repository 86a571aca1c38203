"""The links of the chain rule: how the loss reacts to an output, that to its net input, that to a
parameter."""

from __future__ import annotations

import math

from msgspec.structs import replace

from engine.derivations.parts import Factor, long_sum
from engine.derivations.record import Record
from engine.derivations.written.activations import WRITTEN_ACTIVATIONS
from engine.derivations.written.losses import WRITTEN_LOSSES
from engine.derivations.written.mistakes import Weights, made_in, with_mistakes
from engine.formulas.building import ONE, difference, stages, times
from engine.formulas.formula import (
    Derivative,
    Expr,
    Line,
    Negative,
    Number,
    Product,
    Sum,
    equation,
    mistakes_in,
)
from engine.formulas.notation import Name
from engine.formulas.writers import Prose
from engine.maths import backprop
from engine.maths.network import Parameter
from engine.run.steps import StepId


def activation_step(layer: int, unit: int) -> StepId:
    """The step that works out the activation of a unit; layers count from 1."""
    return StepId("forward", "activation", layer, unit)


def is_short(record: Record, layer: int) -> bool:
    """Whether loss and activation shorten to one expression for the delta of this layer. A mistake
    in either takes the long way."""
    if layer != record.network.depth or is_one_link(record, layer):
        return False
    f = record.network.layers[-1].function
    return backprop.is_short(record.spec.rules, record.spec.loss_function, f)


def is_joint(record: Record, layer: int) -> bool:
    """Whether each activation of this layer depends on all of its net inputs, and nothing shortens
    that: its deltas are sums over the outputs."""
    is_elementwise = record.network.layers[layer - 1].function.elementwise
    return not (is_elementwise or is_short(record, layer) or is_one_link(record, layer))


def is_one_link(record: Record, layer: int) -> bool:
    """Whether a mistake makes one of the two links of this layer's delta, and multiplies none."""
    is_output = layer == record.network.depth
    return is_output and any(mistake.output_delta for mistake in made_in(record))


def links_to_net_input(record: Record, layer: int, unit: int) -> tuple[Factor, ...]:
    """The links from the loss to a unit's net input; their product is its delta."""
    if is_short(record, layer):
        meaning = ("how the error reacts to the net input; loss and activation shorten to this",)
        by = record.names.net_input(layer, unit)
        formula = short_delta(record, unit)
        return (_link(meaning, record.loss_name, by, formula, activation_step(layer, unit)),)
    if is_joint(record, layer):
        meaning = ("how the error reacts to the net input, through every output",)
        by = record.names.net_input(layer, unit)
        formula = joint_delta(record, unit)
        about = StepId("backward", "delta", layer, unit)
        return (_link(meaning, record.loss_name, by, formula, about),)
    if is_one_link(record, layer):
        meaning = ("taken for how the error reacts to the net input",)
        by = record.names.net_input(layer, unit)
        formula = delta_formula(record, layer, unit)
        return (_link(meaning, record.loss_name, by, formula, activation_step(layer, unit)),)
    to_activation = (
        _loss_to_output(record, unit)
        if layer == record.network.depth
        else _loss_to_hidden(record, layer, unit)
    )
    return to_activation, link_to_net_input(record, layer, unit)


def link_to_parameter(record: Record, parameter: Parameter, unit: int) -> Factor:
    """The last link: how the net input of a unit reacts to a parameter that reaches it."""
    layer, _, source = parameter
    z, by = record.names.net_input(layer, unit), record.names.parameter(parameter)
    if source is None:
        rule = record.network.layers[layer - 1]
        meaning = (f"how the net input reacts to the {rule.bias_word}",)
        return _link(meaning, z, by, Number(-1.0) if rule.has_thresholds else ONE, parameter)
    about = parameter if layer == 1 else activation_step(layer - 1, source)
    meaning = ("how the net input reacts to the weight",)
    return _link(meaning, z, by, record.activation(layer - 1, source), about)


def chain_of(factors: tuple[Factor, ...]) -> Expr:
    """The product of the left sides of links."""
    return times(*(factor.line.left for factor in factors))


def delta_formula(record: Record, layer: int, unit: int) -> Expr:
    """A unit's delta in one formula: (a − t) a (1 − a), (w5 δ_o1 + w7 δ_o2) a (1 − a)."""
    if is_short(record, layer):
        return short_delta(record, unit)
    if is_one_link(record, layer):
        return _one_link(record, unit)
    if is_joint(record, layer):
        return joint_delta(record, unit)
    if layer == record.network.depth:
        return times(loss_slope(record, unit), activation_slope(record, layer, unit))
    return times(error_from_next(record, layer, unit), activation_slope(record, layer, unit))


def short_delta(record: Record, unit: int) -> Expr:
    """∂E/∂z of an output whose loss and activation shorten: a − t, or a Σt − t, by outputs."""
    return _sent_back(record, unit, _short_delta(record, unit))


def _sent_back(record: Record, unit: int, error: Expr) -> Expr:
    """The error as an output sends it back."""
    return with_mistakes("error", record, error, Parameter(record.network.depth, unit, None))


def _short_delta(record: Record, number: int) -> Expr:
    unit, short = record.output_unit(number), WRITTEN_LOSSES[record.spec.loss].short
    assert short is not None, "a loss without a short delta"
    a: Expr = unit.a
    targets = record.sample.targets
    if short.of_total and not abs(float(targets.sum()) - 1.0) < 1e-15:
        a = Product((a, long_sum(
            len(targets), record.target, lambda i, k: float(targets[i:k].sum())
        )))  # fmt: skip
    return times(record.output_share, difference(a, unit.t))


def loss_slope(record: Record, unit: int) -> Expr:
    """∂E_s/∂a of an output."""
    return _sent_back(record, unit, _loss_slope(record, unit))


def _one_link(record: Record, unit: int) -> Expr:
    """What mistakes make of ∂E/∂a and f' in place of their product."""
    error = _loss_slope(record, unit)
    slope = activation_slope(record, record.network.depth, unit)
    formula = times(error, slope)
    for mistake in made_in(record):
        if mistake.output_delta is not None:
            formula = mistake.output_delta(record, error, slope)
    return _sent_back(record, unit, formula)


def _loss_slope(record: Record, unit: int) -> Expr:
    """∂E_s/∂a of an output, before it is sent back."""
    right = WRITTEN_LOSSES[record.spec.loss].slope(record.output_unit(unit))
    at = Parameter(record.network.depth, unit, None)
    return with_mistakes("loss_slope", record, right, at)


def activation_slope(record: Record, layer: int, unit: int) -> Expr:
    """f'(z) of a unit, or what a mistake puts in its place; with dropout m / (1 − p) times that."""
    at = record.unit(layer, unit)
    right = WRITTEN_ACTIVATIONS[at.activation.key].slope(at)
    if not at.activation.elementwise:
        return right
    slope = with_mistakes("activation_slope", record, right, Parameter(layer, unit, None))
    kept = record.kept(layer, unit)
    return slope if kept is None else times(kept, slope)


def error_from_next(record: Record, layer: int, unit: int) -> Sum:
    """∂E/∂a of a hidden unit, or of layer 0 ∂E/∂x: every unit it feeds sends its delta back through
    the weight."""
    after = layer + 1
    W = record.network.weights(record.iteration.theta_back, after)
    fed = record.network.fed_by(layer, unit)
    sent_back = record.spec.rules.way_back(W)[fed, unit]
    deltas = record.sample.delta[after][fed]
    weight: Weights = record.parameter
    for mistake in made_in(record):
        weight = mistake.way_back(record, weight)

    def term(k: int) -> Expr:
        return Product((weight(Parameter(after, fed[k], unit)), record.delta(after, fed[k])))

    def rest(start: int, stop: int) -> float:
        return float(sent_back[start:stop] @ deltas[start:stop])

    formula = long_sum(len(deltas), term, rest)
    formula_used = with_mistakes("error_sent_back", record, formula, Parameter(layer, unit, None))
    assert isinstance(formula_used, Sum)
    return formula_used


def long_form(record: Record, unit: int) -> tuple[Factor, ...]:
    """What the short form of an output's delta leaves out, and that it comes to the same.

    Empty where nothing is shortened, and where an output is 0 or 1 to every digit: the long form
    is 0/0 there. A mistake with what it comes to is shown in the short form alone.
    """
    layer = record.network.depth
    if not is_short(record, layer) or mistakes_in(short_delta(record, unit)):
        return ()
    to_output, slope = _loss_to_output(record, unit), link_to_net_input(record, layer, unit)
    product, delta = Product((to_output.line.left, slope.line.left)), record.delta(layer, unit)
    if not math.isfinite(product.value):
        return ()
    short = WRITTEN_LOSSES[record.spec.loss].short
    assert short is not None
    return to_output, slope, *short.unfolded(record.output_unit(unit), product, delta)


def joint_delta(record: Record, unit: int) -> Sum:
    """Σ_k ∂E/∂a_k ∂a_k/∂z of an output that every activation of the layer depends on, with the
    Jacobian of softmax: ∂a_k/∂z_j = a_k ([j = k] − a_j)."""
    units = record.loss_units

    def term(i: int) -> Expr:
        return times(loss_slope(record, units[i]), _entry_of_jacobian(record, units[i], unit))

    def rest(start: int, stop: int) -> float:
        return sum(term(i).value for i in range(start, stop))

    return long_sum(len(units), term, rest)


def _entry_of_jacobian(record: Record, k: int, unit: int) -> Expr:
    """∂a_k/∂z_j of softmax: a_j (1 − a_j) for an output's own net input, else −a_k a_j."""
    if k == unit:
        return activation_slope(record, record.network.depth, unit)
    a_k, a_j = record.output_unit(k).a, record.output_unit(unit).a
    return Product((Negative(a_k), a_j))


def through_outputs(record: Record, unit: int) -> tuple[Factor, ...]:
    """The links of a joint delta, output by output: ∂E/∂a_k, and ∂a_k/∂z of the unit."""
    network, factors = record.network, []
    depth = network.depth
    z = record.names.net_input(depth, unit)
    for k in record.loss_units:
        name, own = network.unit_name(depth, k), network.unit_name(depth, unit)
        whose = "its own net input" if k == unit else f"the net input of {own}"
        meaning = (f"how {name} reacts to {whose}",)
        entry, a = _entry_of_jacobian(record, k, unit), record.names.activation(depth, k)
        link = _link(meaning, a, z, entry, activation_step(depth, k))
        to_output: Prose = (f"how the error reacts to {name}",)
        factors += [replace(_loss_to_output(record, k), meaning=to_output), link]
    return tuple(factors)


def _loss_to_output(record: Record, unit: int) -> Factor:
    by = record.names.activation(record.network.depth, unit)
    about = StepId("loss", "loss", record.network.depth, unit)
    meaning = ("how the error reacts to the output",)
    link = _link(meaning, record.loss_name, by, loss_slope(record, unit), about)
    return _as_quantity(link, "loss_by_activation", record.network.depth, unit)


def _loss_to_hidden(record: Record, layer: int, unit: int) -> Factor:
    name, by = record.network.unit_name(layer, unit), record.names.activation(layer, unit)
    network = record.network
    fed = [network.unit_name(layer + 1, k) for k in network.fed_by(layer, unit)]
    through = " and ".join(fed) if len(fed) <= 2 else "all it feeds"
    meaning = (f"how the error reacts to {name} through {through}",)
    if not fed:
        meaning = (f"all edges from {name} are cut, so the error does not react to it",)
    formula = error_from_next(record, layer, unit)
    link = _link(meaning, record.loss_name, by, formula, activation_step(layer, unit))
    return _as_quantity(link, "loss_by_activation", layer, unit)


def _as_quantity(link: Factor, kind: str, layer: int, unit: int) -> Factor:
    """A link that can be asked for by itself."""
    return replace(link, quantity=StepId("backward", kind, layer, unit))


def link_to_net_input(record: Record, layer: int, unit: int) -> Factor:
    """∂a/∂z of a unit, with what is to be said of where it stands."""
    a, by = record.names.activation(layer, unit), record.names.net_input(layer, unit)
    output = layer == record.network.depth
    who = "the output" if output else record.network.unit_name(layer, unit)
    meaning: Prose = (f"how {who} reacts to its net input",)
    at, z = record.unit(layer, unit), record.net_input(layer, unit)
    for number, kink in enumerate(at.activation.kinks):
        side = "above " if z.value > kink else "" if z.value == kink else "below "
        of_z: Prose = (" and ",) if number else ("; ", z.with_value(), " is ")
        meaning = (*meaning, *of_z, side, Line(Number(kink)))
    meaning = (*meaning, *WRITTEN_ACTIVATIONS[at.activation.key].slope_words(at))
    slope = activation_slope(record, layer, unit)
    link = _link(meaning, a, by, slope, activation_step(layer, unit))
    if not at.activation.elementwise:
        return link
    return _as_quantity(link, "activation_slope", layer, unit)


def _link(
    meaning: Prose, top: Name, bottom: Name, formula: Expr, about: StepId | Parameter | None
) -> Factor:
    """A link ∂top/∂bottom of the chain, worked out by its formula."""
    left = Derivative(top, bottom, formula.value)
    if isinstance(formula, Sum) and not formula.terms:  # of edges that are all cut
        formula = Number(0.0)
    if isinstance(formula, Sum) and any(isinstance(term, Product) for term in formula.terms):
        return Factor(meaning, Line(left, (formula,), stages(formula)), about)
    return Factor(meaning, equation(left, formula), about)


def dropout_notes(record: Record, layer: int, unit: int) -> tuple[Prose, ...]:
    """What it means that dropout leaves a unit out, or not; nothing in a layer without."""
    if record.kept(layer, unit) is None:
        return ()
    name = record.network.unit_name(layer, unit)
    if record.sample.is_dropped(layer, unit):
        words = (
            f"{name} is dropped in this iteration: it sends 0 on, whatever its net input is, and "
            "no error goes back through it."
        )
    else:
        words = (
            f"{name} is kept in this iteration. What it sends is divided by 1 − p, so that on the "
            "whole as much arrives as with all units."
        )
    return ((words,),)


def flat_notes(record: Record, layer: int, unit: int) -> tuple[Prose, ...]:
    """Why the gradient stops at a unit that is where its activation is flat; nothing elsewhere."""
    z, activation = record.net_input(layer, unit), record.unit(layer, unit).activation
    above = z.value >= activation.flat_above
    flat = activation.flat_above if above else activation.flat_below
    if math.isinf(flat) or not (above or z.value <= flat):
        return ()
    edge = Line(Number(flat))
    if z.value == flat:
        why: Prose = (
            " is exactly ", edge,
            f", where {activation.title} has a kink and no slope of its own; 0 is taken, as is "
            "usual.",
        )  # fmt: skip
    else:
        why = (
            " is above " if above else " is below ", edge,
            f", where {activation.title} is flat, so a small change of it changes no output and "
            "no loss.",
        )  # fmt: skip
    return (("The gradient stops here: ", Line(z), *why),)
