"""Where ∂E/∂a, f′(z) and ∂E/∂x come from, a sample's own gradient, and what an update adds."""

from __future__ import annotations

from msgspec.structs import replace

from engine.derivations.backward import bias_gradient, weight_gradient
from engine.derivations.chain import (
    activation_slope,
    activation_step,
    dropout_notes,
    error_from_next,
    flat_notes,
    is_joint,
    is_one_link,
    is_short,
    link_to_net_input,
    loss_slope,
)
from engine.derivations.parts import Derivation, Factor, listed
from engine.derivations.record import Record
from engine.derivations.update import Numbers
from engine.derivations.written.losses import WRITTEN_LOSSES, output_and_target
from engine.derivations.written.mistakes import with_mistakes
from engine.formulas.building import stages
from engine.formulas.formula import (
    BECOMES,
    Derivative,
    Expr,
    Line,
    Negative,
    Number,
    Product,
    Sum,
    Symbol,
)
from engine.formulas.notation import change_name
from engine.formulas.writers import Prose
from engine.run.scaling import SCALINGS
from engine.run.steps import StepId

# Up to this many deltas that an error comes from have a line each.
_FEW = 4


def loss_by_activation(record: Record, step: StepId) -> Derivation:
    """∂E/∂a of a unit: of an output from the loss, of a hidden one from the deltas behind it."""
    layer, unit = step.layer or 0, step.unit or 0
    if layer < record.network.depth:
        return _sent_back(record, step, _into_delta(record, layer, unit))
    if unit in record.loss_units:
        formula: Expr = loss_slope(record, unit)
    else:
        formula = Number(0.0)
    at = record.output_unit(unit)
    left = Derivative(
        record.loss_name, record.names.activation(layer, unit), formula.value
    )
    unread: Prose = ("The loss does not read this output, so it does not react to it.",)
    is_read = unit in record.loss_units
    return Derivation(
        step,
        record.title(step),
        Line(left, (formula,), (formula,)),
        formula,
        _into_delta(record, layer, unit),
        factors=output_and_target(at) if is_read else (),
        notes=WRITTEN_LOSSES[record.spec.loss].slope_notes(at) if is_read else (unread,),
        scope=record.sample_scope,
    )


def loss_by_input(record: Record, step: StepId) -> Derivation:
    """∂E/∂x of an input: the deltas of the first layer, each through its weight."""
    used: Prose = ("used no further: an input is given, and no update moves it",)
    derivation = _sent_back(record, step, used)
    scaling, unit = record.spec.scaling, step.unit or 0
    if scaling is None or scaling.inputs[unit].is_identity:
        return derivation
    name = record.network.inputs[unit]
    rule = SCALINGS[scaling.kind]
    note: Prose = (
        f"This is by {name} as the network takes it, scaled. By the number in the data it is this "
        f"divided by {rule.scale_word}, ", Line(Number(scaling.inputs[unit].scale)), ".",
    )  # fmt: skip
    return replace(derivation, notes=(*derivation.notes, note))


def _sent_back(record: Record, step: StepId, used_next: Prose) -> Derivation:
    """The error that the next layer sends back to a unit, or to an input."""
    layer, unit = step.layer or 0, step.unit or 0
    network, formula = record.network, error_from_next(record, layer, unit)
    left = Derivative(record.loss_name, record.names.activation(layer, unit), formula.value)
    fed = network.fed_by(layer, unit)
    name = network.unit_name(layer, unit)
    factors = tuple(
        Factor(
            (f"the delta of {network.unit_name(layer + 1, k)}, which {name} feeds",),
            record.delta(layer + 1, k).with_value(),
            StepId("backward", "delta", layer + 1, k),
        )
        for k in fed[:_FEW]
    )
    none: Prose = (f"All edges from {name} are cut, so the error does not react to it.",)
    has_products = any(isinstance(term, Product) for term in formula.terms)
    steps = stages(formula) if has_products else (formula,)
    return Derivation(
        step,
        record.title(step),
        Line(left, (formula,), steps),
        steps[-1],
        used_next,
        factors=factors if len(fed) <= _FEW else (),
        notes=() if fed else (none,),
        scope=record.sample_scope,
    )


def _into_delta(record: Record, layer: int, unit: int) -> Prose:
    """Where a link of the chain rule goes, in symbols."""
    delta = Line(record.delta(layer, unit))
    if is_short(record, layer):
        return ("a link of ", delta, ", which shortens them to one expression")
    if is_one_link(record, layer):
        return ("a link of ", delta)
    if is_joint(record, layer):
        deltas = listed(
            record.network.sizes[layer], lambda k: record.delta(layer, k), "deltas of the layer"
        )
        return ("used next in ", *deltas)
    return ("used next in ", delta)


def slope_at_unit(record: Record, step: StepId) -> Derivation:
    """f′(z) of a unit whose activation hangs on its own net input alone."""
    layer, unit = step.layer or 0, step.unit or 0
    formula = activation_slope(record, layer, unit)
    link = link_to_net_input(record, layer, unit)
    z, a = record.net_input(layer, unit), record.unit(layer, unit).a
    # What is said of kinks and flat parts goes with the net input.
    where: Prose = ("the net input, at which the slope is taken", *link.meaning[1:])
    return Derivation(
        step,
        record.title(step),
        Line(link.line.left, (formula,), link.line.numbers or (formula,)),
        formula,
        _into_delta(record, layer, unit),
        factors=(
            Factor(where, z.with_value(), StepId("forward", "net_input", layer, unit)),
            Factor(("the activation there",), a.with_value(), activation_step(layer, unit)),
        ),
        notes=(*flat_notes(record, layer, unit), *dropout_notes(record, layer, unit)),
        scope=record.sample_scope,
    )


def own_gradient(record: Record, step: StepId) -> Derivation:
    """∂E_s/∂w of one sample; the record is one with `own`."""
    derive = bias_gradient if step.source is None else weight_gradient
    return derive(record, step)


def change(record: Record, step: StepId) -> Derivation:
    """Δw: what the update adds to a parameter, so that w_new = w + Δw."""
    parameter = step.parameter
    assert parameter is not None
    w = record.parameter(parameter)
    if held := record.network.held(parameter):
        formula: Expr = Number(0.0)
        factors: tuple[Factor, ...] = ()
        notes: tuple[Prose, ...] = ((Line(w), f" is {held}: no update changes it."),)
    else:
        numbers = Numbers(record, parameter)
        formula = Negative(with_mistakes("taken", record, numbers.taken, parameter))
        factors, notes = tuple(numbers.factors), ()
    symbol = Symbol(change_name(w.name), formula.value)
    return Derivation(
        step,
        record.title(step),
        Line(symbol, (formula,), (formula,)),
        formula,
        ("used next in ", Line(w, (Sum((w, symbol)),), (), BECOMES)),
        factors=factors,
        notes=notes,
    )
