"""How each mistake is written: what was taken struck through, and what is right beside it.

A row has functions under the names of the formulas that the mistake changes. Each is handed a
formula as it would stand without the mistake, those of the rows above it made already, and gives
the one that was used. In a pass these are the formulas of engine.maths.backprop.Rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from msgspec import Struct

from engine.derivations.record import Record
from engine.derivations.written.halves import written_half
from engine.formulas.building import ONE, difference, slope_at, times
from engine.formulas.formula import (
    Expr,
    Mistaken,
    Negative,
    Product,
    Rest,
    Sum,
    Symbol,
    Worked,
    corrected,
    is_single,
)
from engine.formulas.notation import kept_name, updated_name
from engine.maths.network import Parameter
from engine.run.mistakes import MISTAKES

# (record, formula, what it is of) -> formula; of a unit, the bias stands for it.
Written = Callable[[Record, Expr, Parameter], Expr]
Weights = Callable[[Parameter], Expr]
Formula = Literal[
    "net_input", "loss_slope", "activation_slope", "error", "error_sent_back", "gradient", "taken"
]


def _as_it_is(record: Record, formula: Expr, at: Parameter) -> Expr:
    return formula


class WrittenMistake(Struct, frozen=True, kw_only=True):
    """How a mistake is written, by the formulas that it changes.

    In a pass: `net_input` of z, a Sum; `loss_slope` of ∂E/∂a; `activation_slope` of f'; `error` of
    what an output sends back first, ∂E/∂a or the one expression that it shortens to with f';
    `output_delta(record, ∂E/∂a, f')` of a delta that is no product of the two; `way_back` of the
    weights by which deltas go back; `error_sent_back` of ∂E/∂a of a hidden unit, a Sum.
    In a batch: `batch(record, first, whole)` gives, for the first sample's term and the sum or
    mean of all, what is taken, once in symbols and once worked out; `gradient` of ∂E/∂w.
    In the update: `setting` of one of the optimizer's, by its key; `taken` of what is taken off.
    """

    key: str
    net_input: Written = _as_it_is
    loss_slope: Written = _as_it_is
    activation_slope: Written = _as_it_is
    error: Written = _as_it_is
    output_delta: Callable[[Record, Expr, Expr], Expr] | None = None
    way_back: Callable[[Record, Weights], Weights] = lambda record, weight: weight
    error_sent_back: Written = _as_it_is
    batch: Callable[[Record, Expr, Expr], tuple[Expr, Expr]] | None = None
    gradient: Written = _as_it_is
    setting: Callable[[str, Expr], Expr] = lambda key, formula: formula
    taken: Written = _as_it_is


def made_in(record: Record) -> tuple[WrittenMistake, ...]:
    """The mistakes that are made in an iteration, as they are written."""
    return tuple(
        WRITTEN_MISTAKES[mistake.key]
        for mistake in record.spec.made
        if mistake.where != "start" and not record.spec.is_idle(mistake)
    )


def with_mistakes(name: Formula, record: Record, formula: Expr, at: Parameter) -> Expr:
    """A right formula with the mistakes made in it; `name` is that of a field of WrittenMistake."""
    for mistake in made_in(record):
        change: Written = getattr(mistake, name)
        formula = change(record, formula, at)
    return formula


def _updated_weights(record: Record, weight: Weights) -> Weights:
    def used(parameter: Parameter) -> Expr:
        right = record.parameter(parameter)
        if parameter.layer == 1:  # nothing is sent back through these before their update
            return right
        value = float(record.iteration.theta_back[record.network.index(parameter)])
        new = Symbol(updated_name(right.name), value)
        return Mistaken("updated-weights", new, weight(parameter))

    return used


def _lost_link(record: Record, error: Expr, slope: Expr) -> Expr:
    used = slope_at(record.network.layers[-1].function, error)
    right = times(corrected(error), corrected(slope))
    return Mistaken("lost-link", used, right)


def _slope_at_activation(record: Record, formula: Expr, at: Parameter) -> Expr:
    unit = record.unit(at.layer, at.unit or 0)
    if not unit.activation.curved:
        return formula
    used = slope_at(unit.activation, unit.a)
    return Mistaken("derivative-at-activation", used, formula)


def _no_slope(record: Record, formula: Expr, at: Parameter) -> Expr:
    if formula == ONE:
        return formula
    return Mistaken("missing-derivative", None, corrected(formula))


def _wrong_sign(record: Record, formula: Expr, at: Parameter) -> Expr:
    used: Expr = Negative(formula)
    if isinstance(formula, Sum) and isinstance(formula.terms[-1], Negative):
        used = difference(formula.terms[-1].inner, formula.terms[0])
    return Mistaken("wrong-sign", used, corrected(formula))


def _untransposed(record: Record, weight: Weights) -> Weights:
    sizes = record.network.sizes

    def used(parameter: Parameter) -> Expr:
        layer, unit, source = parameter
        right = weight(parameter)
        if unit == source or sizes[layer] != sizes[layer - 1]:
            return right
        taken = weight(Parameter(layer, source, unit))
        if isinstance(taken, Mistaken) and taken.used is not None:
            taken = taken.used
        return Mistaken("untransposed-weights", taken, corrected(right))

    return used


def _one_path(record: Record, formula: Expr, at: Parameter) -> Expr:
    assert isinstance(formula, Sum)
    first, *others = formula.terms
    left_out = (
        Rest(0.0)
        if isinstance(term, Rest)
        else Mistaken("one-path-only", None, corrected(term), 0.0)
        for term in others
    )
    return Sum((first, *left_out))


def _lost_two(record: Record, formula: Expr, at: Parameter) -> Expr:
    assert isinstance(formula, Product)
    two, *others = formula.factors
    return Product((Mistaken("lost-factor-2", record.output_share, two), *others))


def _first_sample(record: Record, first: Expr, whole: Expr) -> tuple[Expr, Expr]:
    used = Mistaken("first-sample-only", first, whole)
    return used, replace(used, used=first if is_single(first) else Worked(first))


def _no_bias(record: Record, formula: Expr, at: Parameter) -> Expr:
    assert isinstance(formula, Sum)
    if record.network.layers[at.layer - 1].bias_count == 0:
        return formula
    *weighted, bias = formula.terms
    return replace(formula, terms=(*weighted, Mistaken("bias-left-out", None, bias, 0.0)))


def _bias_not_updated(record: Record, formula: Expr, at: Parameter) -> Expr:
    if at.source is not None:
        return formula
    return Mistaken("biases-forgotten", None, corrected(formula), 0.0)


def _no_rate(key: str, formula: Expr) -> Expr:
    return Mistaken("forgotten-rate", ONE, formula) if key == "learning_rate" else formula


def _not_cleared(record: Record, formula: Expr, at: Parameter) -> Expr:
    gradient = record.gradient(at)
    before = replace(gradient, top=kept_name(gradient.top), known=record.kept_gradient(at))
    return Sum((formula, Mistaken("accumulated-gradients", before, None, 0.0)))


WRITTEN_MISTAKES: dict[str, WrittenMistake] = written_half(
    "mistake",
    {key: mistake for key, mistake in MISTAKES.items() if mistake.where != "start"},
    (
        WrittenMistake(key="updated-weights", way_back=_updated_weights),
        WrittenMistake(key="lost-link", output_delta=_lost_link),
        WrittenMistake(key="derivative-at-activation", activation_slope=_slope_at_activation),
        WrittenMistake(key="missing-derivative", activation_slope=_no_slope),
        WrittenMistake(key="wrong-sign", error=_wrong_sign),
        WrittenMistake(key="untransposed-weights", way_back=_untransposed),
        WrittenMistake(key="one-path-only", error_sent_back=_one_path),
        WrittenMistake(key="lost-factor-2", loss_slope=_lost_two),
        WrittenMistake(key="first-sample-only", batch=_first_sample),
        WrittenMistake(key="bias-left-out", net_input=_no_bias),
        WrittenMistake(key="biases-forgotten", taken=_bias_not_updated),
        WrittenMistake(key="forgotten-rate", setting=_no_rate),
        WrittenMistake(key="accumulated-gradients", gradient=_not_cleared),
    ),
)
