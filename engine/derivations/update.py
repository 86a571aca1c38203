"""Where an updated parameter comes from: the rule of its optimizer, in numbers."""

from __future__ import annotations

from engine.derivations.parts import Derivation, Factor
from engine.derivations.record import Record
from engine.derivations.written.mistakes import made_in, with_mistakes
from engine.derivations.written.optimizers import WRITTEN_OPTIMIZERS, WrittenUpdate
from engine.formulas.building import difference, worked_terms
from engine.formulas.formula import (
    BECOMES,
    Expr,
    Function,
    Line,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Sum,
    Symbol,
    equation,
)
from engine.formulas.notation import Name, slot_name
from engine.formulas.writers import Prose
from engine.maths.network import Parameter
from engine.maths.optimizers import RULES
from engine.run.steps import StepId


def update(record: Record, step: StepId) -> Derivation:
    """The parameter after the update, from the one before and the batch's gradient."""
    parameter = step.parameter
    assert parameter is not None
    if record.network.held(parameter):
        return _held(record, step, parameter)
    before = record.parameter(parameter)
    numbers = Numbers(record, parameter)
    taken = with_mistakes("taken", record, numbers.taken, parameter)
    formula = difference(before, taken)
    iteration = record.iteration
    after = float(iteration.next_state.theta[record.network.index(parameter)])
    old = Factor(("the value before",), before.with_value(), parameter)
    return Derivation(
        step,
        record.title(step),
        Line(before, (formula,), (formula,), BECOMES),
        worked_terms(formula),
        (f"used next in iteration {iteration.next_state.t + 1}",),
        factors=(old, *numbers.factors),
        apart=(before.value, after),
    )


def _held(record: Record, step: StepId, parameter: Parameter) -> Derivation:
    """The update of a frozen parameter: it stays."""
    value, iteration = record.parameter(parameter), record.iteration
    held = record.network.held(parameter)
    gradient = StepId("backward", step.kind.replace("update", "gradient"), *parameter)
    unused = Line(record.gradient(parameter))
    return Derivation(
        step,
        record.title(step),
        Line(value, (value,), (value,), BECOMES),
        value,
        (f"used next in iteration {iteration.next_state.t + 1}",),
        factors=(
            Factor((f"the value before; {held}: it stays",), value.with_value(), parameter),
            Factor(("the gradient, which is not applied",), unused, gradient),
        ),
        notes=((Line(value), f" is {held}: it stays, whatever its gradient is."),),
        apart=(value.value, value.value),
    )


def used_in_update(record: Record, parameter: Parameter) -> Prose:
    """Where a gradient goes next, in symbols: into the update, or into what is kept of it."""
    numbers = Numbers(record, parameter)
    means = WRITTEN_OPTIMIZERS[record.spec.optimizer.key].means
    if means:
        prose: Prose = (f"{means} ", Line(numbers.kept[0][0]))
        for symbol, _ in numbers.kept[1:]:
            prose = (*prose, " and ", Line(symbol))
        return prose
    if numbers.kept:
        return tuple(Line(symbol, (formula,)) for symbol, formula in numbers.kept)
    before = record.parameter(parameter)
    return (Line(before, (difference(before, numbers.taken),), (), BECOMES),)


class Numbers(WrittenUpdate[Expr]):
    """The update of one parameter. `taken` is taken off it."""

    def __init__(self, record: Record, parameter: Parameter) -> None:
        spec, state = record.spec, record.iteration.state
        index = record.network.index(parameter)
        before: dict[str, Expr] = {
            slot: Symbol(slot_name(slot, before=True), float(values[index]))
            for slot, values in zip(RULES[spec.optimizer.key].slots, state.slots, strict=False)
        }
        super().__init__(
            spec.optimizer,
            state.t + 1,
            record.parameter(parameter),
            record.gradient(parameter),
            before,
        )
        self._mistakes = made_in(record)
        kind = "bias_gradient" if parameter.source is None else "weight_gradient"
        self._about = StepId("backward", kind, *parameter)
        written = WRITTEN_OPTIMIZERS[spec.optimizer.key]
        self.begin(spec, parameter.layer, record.updated_gradient)
        self.taken: Expr = written.step(self)
        about = None if self.kept else self._about
        self.factors.append(
            Factor((written.meaning,), self.taken.with_value(), about)
        )

    def setting(self, key: str) -> Expr:
        value: Expr = super().setting(key)
        for mistake in self._mistakes:
            value = mistake.setting(key, value)
        return value

    def named(self, name: Name, formula: Expr) -> Expr:
        return Symbol(name, formula.value)

    def explain(self, meaning: Prose, symbol: Expr, formula: Expr) -> None:
        self.factors.append(Factor(meaning, equation(symbol, formula), self._about))

    def number(self, name: Name, formula: Expr, *meaning: str | Line) -> Symbol:
        symbol = Symbol(name, formula.value)
        self.factors.append(Factor(meaning, equation(symbol, formula)))
        return symbol

    def times(self, number: Expr, term: Expr) -> Expr:
        return Product((number, term))

    def plus(self, first: Expr, second: Expr) -> Expr:
        return Sum((first, second))

    def square(self, term: Expr) -> Expr:
        return Power(term, Number(2.0))

    def cut(self, term: Expr, limit: Expr) -> Expr:
        return Function("min", (Function("max", (term, Negative(limit))), limit))

    def root(self, term: Expr, more: Expr) -> Expr:
        return Sum((Function("sqrt", (term,)), more))

    def divided(self, term: Expr, number: Expr) -> Expr:
        return Quotient(term, number)

    def over(self, first: Expr, second: Expr) -> Expr:
        return Quotient(first, second)
