"""Where an updated parameter comes from: gradient descent, momentum, Adam."""

from __future__ import annotations

import engine.formulas.notation as names
from engine.derivations.parts import Derivation, Factor
from engine.derivations.record import Record
from engine.formulas.formula import (
    BECOMES,
    Expr,
    Function,
    Line,
    Mistaken,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    Worked,
    corrected,
    difference,
    equation,
    worked_terms,
)
from engine.formulas.writers import Prose
from engine.maths.network import Parameter
from engine.run.steps import StepId

_ONE = Number(1.0)


def update(record: Record, step: StepId) -> Derivation:
    """The parameter after the update, from the one before and the batch's gradient."""
    parameter = step.parameter
    assert parameter is not None
    before = record.parameter(parameter)
    taken, factors = _step(record, parameter)
    if record.makes("biases-forgotten") and parameter.source is None:
        taken = Mistaken("biases-forgotten", None, corrected(taken), 0.0)
    formula = difference(before, taken)
    iteration = record.iteration
    after = float(iteration.next_state.theta[record.network.index(parameter)])
    old = Factor(("the value before",), Line(before, (), (before,)), parameter)
    return Derivation(
        step,
        record.title(step),
        Line(before, (formula,), (formula,), BECOMES),
        worked_terms(formula),
        (f"used next in iteration {iteration.next_state.t + 1}",),
        factors=(old, *factors),
        apart=(before.value, after),
    )


def used_in_update(record: Record, parameter: Parameter) -> Prose:
    """Where a gradient goes next, in symbols: into the update, or into its running means."""
    gradient, slots = record.gradient(parameter), _slots(record, parameter)
    optimizer = record.spec.optimizer
    if optimizer.key == "momentum":
        velocity = _velocity(record, gradient, slots[0])
        return (Line(Symbol(names.slot_name("v"), velocity.value), (velocity,)),)
    if optimizer.key == "adam":
        first, second = _means(record, gradient, slots)
        m, v = Symbol(names.slot_name("m"), first.value), Symbol(names.slot_name("v"), second.value)
        return ("the running means ", Line(m), " and ", Line(v))
    taken, _ = _step(record, parameter)
    before = record.parameter(parameter)
    return (Line(before, (difference(before, taken),), (), BECOMES),)


def _slots(record: Record, parameter: Parameter) -> tuple[float, ...]:
    index = record.network.index(parameter)
    return tuple(float(slot[index]) for slot in record.iteration.state.slots)


def _step(record: Record, parameter: Parameter) -> tuple[Expr, tuple[Factor, ...]]:
    """What is taken off the parameter, and the factors that explain it."""
    optimizer = record.spec.optimizer
    rate: Expr = Symbol(names.setting_name("learning_rate"), optimizer["learning_rate"])
    if record.makes("forgotten-rate"):
        rate = Mistaken("forgotten-rate", _ONE, rate)
    gradient = record.gradient(parameter)
    about = StepId(
        "backward",
        "bias_gradient" if parameter.source is None else "weight_gradient",
        *parameter,
    )
    if optimizer.key == "momentum":
        return _momentum_step(record, rate, gradient, parameter, about)
    if optimizer.key == "adam":
        return _adam_step(record, rate, gradient, parameter, about)
    taken = Product((rate, gradient))
    meaning = ("the step: learning rate times gradient",)
    return taken, (Factor(meaning, Line(taken, (), (taken,)), about),)


def _velocity(record: Record, gradient: Expr, before: float) -> Sum:
    momentum = Symbol(names.setting_name("momentum"), record.spec.optimizer["momentum"])
    return Sum((Product((momentum, Symbol(names.slot_name("v", before=True), before))), gradient))


def _momentum_step(
    record: Record, rate: Expr, gradient: Expr, parameter: Parameter, about: StepId
) -> tuple[Expr, tuple[Factor, ...]]:
    formula = _velocity(record, gradient, _slots(record, parameter)[0])
    velocity = Symbol(names.slot_name("v"), formula.value)
    taken = Product((rate, velocity))
    meaning: Prose = ("the last velocity slowed down, plus the gradient",)
    return taken, (
        Factor(meaning, equation(velocity, formula), about),
        Factor(("the step: learning rate times velocity",), Line(taken, (), (taken,))),
    )


def _means(record: Record, gradient: Expr, slots: tuple[float, ...]) -> tuple[Sum, Sum]:
    """Adam's running means of the gradient and of its square, after this update."""
    optimizer = record.spec.optimizer
    beta_1 = Symbol(names.setting_name("beta_1"), optimizer["beta_1"])
    beta_2 = Symbol(names.setting_name("beta_2"), optimizer["beta_2"])
    first = _running(beta_1, Symbol(names.slot_name("m", before=True), slots[0]), gradient)
    squared = Power(gradient, Number(2.0))
    return first, _running(beta_2, Symbol(names.slot_name("v", before=True), slots[1]), squared)


def _running(beta: Symbol, before: Symbol, now: Expr) -> Sum:
    """β · before + (1 − β) · now."""
    return Sum((Product((beta, before)), Product((Worked(difference(_ONE, beta)), now))))


def _adam_step(
    record: Record, rate: Expr, gradient: Expr, parameter: Parameter, about: StepId
) -> tuple[Expr, tuple[Factor, ...]]:
    optimizer = record.spec.optimizer
    t = Number(float(record.iteration.next_state.t))
    first, second = _means(record, gradient, _slots(record, parameter))
    beta_1 = Symbol(names.setting_name("beta_1"), optimizer["beta_1"])
    beta_2 = Symbol(names.setting_name("beta_2"), optimizer["beta_2"])
    m, v = Symbol(names.slot_name("m"), first.value), Symbol(names.slot_name("v"), second.value)
    count = Symbol(names.plain_name("t"), t.value)
    size = Quotient(
        Product((rate, Function("sqrt", (difference(_ONE, Power(beta_2, count)),)))),
        difference(_ONE, Power(beta_1, count)),
    )
    step_size = Symbol(names.plain_name("η_t"), size.value)
    epsilon = Symbol(names.setting_name("epsilon"), optimizer["epsilon"])
    taken = Quotient(Product((step_size, m)), Sum((Function("sqrt", (v,)), epsilon)))
    return taken, (
        Factor(("the running mean of the gradient",), equation(m, first), about),
        Factor(("the running mean of its square",), equation(v, second), about),
        Factor(
            (
                "the step size, corrected since both means began at 0; ",
                Line(count, (), (count,)),
            ),
            equation(step_size, size),
        ),
        Factor(("the step",), Line(taken, (), (taken,))),
    )
