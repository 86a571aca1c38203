"""Where a delta and the gradients of weights and biases come from."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import numpy as np

from engine.derivations.chain import (
    chain_of,
    delta_formula,
    dropout_notes,
    flat_notes,
    is_joint,
    is_one_link,
    is_short,
    link_to_parameter,
    links_to_net_input,
    long_form,
    through_outputs,
)
from engine.derivations.parts import Derivation, Factor, Table, listed, long_sum
from engine.derivations.record import Record
from engine.derivations.update import used_in_update
from engine.derivations.written.losses import WRITTEN_LOSSES, output_and_target
from engine.derivations.written.mistakes import made_in, with_mistakes
from engine.derivations.written.penalties import slope_terms
from engine.formulas.formula import (
    Derivative,
    Expr,
    Line,
    Negative,
    Number,
    Product,
    Sum,
    Symbol,
    equation,
)
from engine.formulas.writers import Prose
from engine.maths.activations import Array
from engine.maths.network import Parameter
from engine.run.steps import StepId

# Up to this many units under a shared bias each has a line of its own.
_FEW = 4


def delta(record: Record, step: StepId) -> Derivation:
    """δ = ∂E/∂z of one unit and one sample."""
    layer, unit = step.layer or 0, step.unit or 0
    symbol = record.delta(layer, unit)
    formula = delta_formula(record, layer, unit)
    factors = links_to_net_input(record, layer, unit)
    chain: Expr | None = chain_of(factors)
    if is_one_link(record, layer):
        chain = None
    if is_joint(record, layer) and len(record.loss_units) <= _FEW:
        factors = through_outputs(record, unit)
        pairs = zip(factors[::2], factors[1::2], strict=True)
        chain = Sum(tuple(chain_of(pair) for pair in pairs))
    if is_short(record, layer):
        chain, factors = None, output_and_target(record.output_unit(unit))
    return Derivation(
        step,
        record.title(step),
        equation(symbol, formula),
        formula if chain is None else chain,
        _after_delta(record, layer, unit),
        chain=chain,
        factors=factors,
        notes=(
            *_short_notes(record, layer),
            *_joint_notes(record, layer),
            *flat_notes(record, layer, unit),
            *dropout_notes(record, layer, unit),
            *_slope_notes(record, layer, unit),
        ),
        long_form=long_form(record, unit) if layer == record.network.depth else (),
        scope=record.sample_scope,
    )


def _after_delta(record: Record, layer: int, unit: int) -> Prose:
    sources = record.network.sources_of(layer, unit)
    n_in = len(sources)
    bias = record.network.bias_parameter(layer, unit)

    def gradient(source: int) -> Expr:
        last = bias if source == n_in else None
        return record.gradient(last or Parameter(layer, unit, sources[source]))

    count = n_in + (bias is not None)
    many = "gradients of what reaches this unit"
    gradients: Prose = ("used next in ", *listed(count, gradient, many))
    if layer == 1:
        return gradients
    many = "deltas of the layer before"
    before = listed(n_in, lambda k: record.delta(layer - 1, sources[k]), many)
    return (*gradients, ", then in ", *before)


def _short_notes(record: Record, layer: int) -> tuple[Prose, ...]:
    short = WRITTEN_LOSSES[record.spec.loss].short
    if short is None or not is_short(record, layer):
        return ()
    return ((f"{short.pair} shorten to output minus target.",),)


def _joint_notes(record: Record, layer: int) -> tuple[Prose, ...]:
    if not is_joint(record, layer):
        return ()
    words = (
        "The outputs of softmax are shares of one whole: a net input moves all of them, its own up "
        "and the others down. So the error reaches it through every output that the loss reads."
    )
    return ((words,),)


def _slope_notes(record: Record, layer: int, unit: int) -> tuple[Prose, ...]:
    """What is to be said of how the loss reacts to an output."""
    if layer != record.network.depth:
        return ()
    return WRITTEN_LOSSES[record.spec.loss].slope_notes(record.output_unit(unit))


def weight_gradient(record: Record, step: StepId) -> Derivation:
    """∂E/∂w = δ · a, over the batch or of a sample alone."""
    parameter = step.parameter
    assert parameter is not None and step.unit is not None and step.source is not None
    layer, unit, source = step.layer or 0, step.unit, step.source
    term = Product((record.delta(layer, unit), record.activation(layer - 1, source)))
    if record.own or not record.whole_batch:
        return _single_gradient(record, step, parameter, unit, term)
    batch = record.batch
    deltas, inputs = batch.delta[layer][:, unit], batch.a[layer - 1][:, source]
    delta_name = record.names.delta(layer, unit)
    input_name = record.names.activation(layer - 1, source)

    def of_sample(k: int) -> Expr:
        pair = (Symbol(delta_name, float(deltas[k])), Symbol(input_name, float(inputs[k])))
        return Product(pair)

    with np.errstate(all="ignore"):
        products = deltas * inputs
    table = batch.table((*term.factors, term), (deltas, inputs, products))
    return _batch_gradient(record, step, parameter, (unit,), term, of_sample, products, table)


def bias_gradient(record: Record, step: StepId) -> Derivation:
    """∂E/∂b = δ, over the batch or of a sample alone; for a shared bias the sum of its units'
    deltas."""
    parameter = step.parameter
    assert parameter is not None
    layer = step.layer or 0
    size = record.network.sizes[layer]
    units = tuple(range(size)) if step.unit is None else (step.unit,)
    if step.unit is not None:
        term: Expr = record.delta(layer, step.unit)
    else:
        deltas = record.sample.delta[layer]
        term = long_sum(
            size, lambda k: record.delta(layer, k), lambda i, k: float(deltas[i:k].sum())
        )
    is_threshold = record.network.layers[layer - 1].has_thresholds
    if is_threshold:
        term = Negative(term)
    if record.own or not record.whole_batch:
        if step.unit is None:
            return _shared_gradient(record, step, parameter, term)
        return _single_gradient(record, step, parameter, step.unit, term)
    batch = record.batch
    columns = batch.delta[layer][:, list(units)]
    summed = -columns.sum(axis=1) if is_threshold else columns.sum(axis=1)

    def of_sample(k: int) -> Expr:
        return Number(float(summed[k]))

    heads: tuple[Expr, ...] = (term,)
    shown: tuple[Array, ...] = (summed,)
    if 1 < size <= 2 and step.unit is None:
        heads = (*(record.delta(layer, k) for k in units), term)
        shown = (*columns.T, summed)
    table = batch.table(heads, shown)
    return _batch_gradient(record, step, parameter, units, term, of_sample, summed, table)


def _single_gradient(
    record: Record, step: StepId, parameter: Parameter, unit: int, term: Expr
) -> Derivation:
    """The gradient of one sample: the whole chain from the loss to the parameter."""
    layer = parameter.layer
    factors = (
        *links_to_net_input(record, layer, unit),
        link_to_parameter(record, parameter, unit),
    )
    chain = _as_used(record, parameter, chain_of(factors))
    used = _as_used(record, parameter, term)
    return Derivation(
        step,
        record.title(step),
        Line(_of_one(record, parameter), (used,), (used,)),
        chain,
        _after_gradient(record, parameter),
        chain=chain,
        factors=(*factors, *_penalty_factors(record, parameter)),
        notes=(*flat_notes(record, layer, unit), *_fixed_notes(record, parameter)),
        long_form=long_form(record, unit) if layer == record.network.depth else (),
        scope=_scope_of_one(record),
    )


def _shared_gradient(
    record: Record, step: StepId, parameter: Parameter, term: Expr
) -> Derivation:
    """The gradient of a shared bias for one sample: its units' deltas added up."""
    layer, size = parameter.layer, record.network.sizes[parameter.layer]
    factors = [
        Factor(
            (f"through {record.network.unit_name(layer, k)}",),
            record.delta(layer, k).with_value(),
            StepId("backward", "delta", layer, k),
        )
        for k in range(size)
    ]
    rule = record.network.layers[layer - 1]
    done = "taken off" if rule.has_thresholds else "added to"
    reason = (f"The {rule.bias_word} is {done} the net input of every unit of its layer, so the "
              "loss reacts to it through each of them, and their deltas add up.",)
    term = _as_used(record, parameter, term)
    return Derivation(
        step,
        record.title(step),
        Line(_of_one(record, parameter), (term,), (term,)),
        term,
        _after_gradient(record, parameter),
        factors=(*(factors if size <= _FEW else ()), *_penalty_factors(record, parameter)),
        notes=(reason, *_fixed_notes(record, parameter)),
        scope=_scope_of_one(record),
    )


def _batch_gradient(
    record: Record,
    step: StepId,
    parameter: Parameter,
    units: tuple[int, ...],
    term: Expr,
    of_sample: Callable[[int], Expr],
    values: Array,
    table: Table,
) -> Derivation:
    """The gradient of a batch: its samples' terms added up or averaged."""
    total = float(record.iteration.gradient[record.network.index(parameter)])
    total -= record.kept_gradient(parameter)
    total -= sum(term.value for term in slope_terms(record, parameter))
    formula, result = record.over_batch(values, of_sample, term, total)
    for mistake in made_in(record):
        if mistake.batch is not None:
            known = float(values.sum()) if record.batch.complete else math.nan
            whole = record.of_whole_batch(term, known)
            formula, result = mistake.batch(record, of_sample(0), whole)
    formula = _as_used(record, parameter, formula)
    result = _as_used(record, parameter, result)
    layer = parameter.layer
    delta = record.delta(layer, units[0]) if len(units) == 1 else term
    reacts_to = "net input" if len(units) == 1 else record.network.layers[layer - 1].bias_word
    meaning = (f"how a sample's error reacts to the {reacts_to}",)
    factors = [Factor(meaning, Line(delta), StepId("backward", "delta", layer, units[0]))]
    if parameter.source is not None:
        link = link_to_parameter(record, parameter, units[0])
        activation = record.activation(layer - 1, parameter.source)
        factors.append(Factor(link.meaning, Line(activation), link.about))
    notes = _fixed_notes(record, parameter)
    if not record.batch.complete:
        notes = (*notes, ("Of this large batch only the samples shown are worked out again; the "
                          "others' part of the sum is the engine's.",))
    return Derivation(
        step,
        record.title(step),
        Line(record.gradient(parameter), (formula,), (formula,)),
        result,
        _after_gradient(record, parameter),
        factors=(*factors, *_penalty_factors(record, parameter)),
        table=table,
        notes=notes,
        scope=record.batch_scope,
    )


def _penalty_factors(record: Record, parameter: Parameter) -> Iterator[Factor]:
    """What each penalty adds to the gradient of a batch."""
    if not record.own:
        for (rule, _), term in zip(
            record.spec.penalty.parts, slope_terms(record, parameter), strict=False
        ):
            words = f"what the {rule.title} penalty adds: the slope of {rule.formula}"
            yield Factor((words,), term.with_value(), parameter)


def _of_one(record: Record, parameter: Parameter) -> Derivative:
    """The gradient of one sample: its own, or that of the batch that has no other."""
    return record.own_gradient(parameter) if record.own else record.gradient(parameter)


def _scope_of_one(record: Record) -> str:
    return record.sample_scope if record.own else record.batch_scope


def _as_used(record: Record, parameter: Parameter, formula: Expr) -> Expr:
    """A gradient's formula, with what penalties and mistakes do to the gradient of a batch."""
    if record.own:
        return formula
    if added := slope_terms(record, parameter):
        formula = Sum((formula, *added))
    return with_mistakes("gradient", record, formula, parameter)


def _after_gradient(record: Record, parameter: Parameter) -> Prose:
    if record.own:
        return _after_own(record, parameter, Line(record.gradient(parameter)))
    if held := record.network.held(parameter):
        return ("not used: ", Line(record.parameter(parameter)), f" is {held}")
    return ("used next in ", *used_in_update(record, parameter))


def _after_own(record: Record, parameter: Parameter, of_batch: Line) -> Prose:
    """What a sample's own gradient is to the batch's."""
    iteration, spec = record.iteration, record.spec
    if record.row not in iteration.rows:
        return ("no part of ", of_batch, f": sample {record.row + 1} is not in this batch")
    if record.row not in spec.counted(iteration.rows):
        return ("no part of ", of_batch, ", which is made of the first sample only")
    beside = ", before what penalties add" if record.counts(parameter) else ""
    if len(iteration.rows) == 1:
        return ("what ", of_batch, f" is, of a batch of one{beside}")
    terms = f"one of the {len(iteration.rows)} terms of which "
    return (terms, of_batch, f" is the {spec.reduction}{beside}")


def _fixed_notes(record: Record, parameter: Parameter) -> tuple[Prose, ...]:
    held = record.network.held(parameter)
    if not held:
        return ()
    return (
        (
            Line(record.parameter(parameter)),
            f" is {held}: its gradient is worked out but never applied.",
        ),
    )
