"""Where a net input and an activation come from."""

from __future__ import annotations

from engine.derivations.loss import term_formula
from engine.derivations.parts import (
    Derivation,
    Factor,
    Row,
    Table,
    listed,
    long_sum,
    shown_rows,
    table_of,
)
from engine.derivations.record import Record
from engine.derivations.written.mistakes import with_mistakes
from engine.formulas.formula import (
    Expr,
    Function,
    Line,
    Negative,
    Number,
    Product,
    Quotient,
    Sum,
    Symbol,
    Worked,
    difference,
    is_missing,
    worked_terms,
)
from engine.formulas.writers import Prose
from engine.maths.network import Parameter
from engine.run.steps import StepId

# Up to this many inputs each has a line of its own; more share a table.
_FEW = 4

# e to a power beyond this is no number any more; softmax is then shown shifted.
_LARGEST_EXPONENT = 700.0


def net_input(record: Record, step: StepId) -> Derivation:
    """z = w · a + … + b."""
    layer, unit = step.layer or 0, step.unit or 0
    bias = record.network.bias_parameter(layer, unit)
    n_in = record.network.sizes[layer - 1]
    weights = record.network.weights(record.theta, layer)[unit]
    inputs = record.sample.a[layer - 1]
    last = () if bias is None else (record.parameter(bias),)

    def term(i: int) -> Expr:
        weight = record.parameter(Parameter(layer, unit, i))
        return Product((weight, record.activation(layer - 1, i)))

    z = record.net_input(layer, unit)
    right = long_sum(n_in, term, lambda i, k: float(weights[i:k] @ inputs[i:k]), *last)
    formula = with_mistakes("net_input", record, right, Parameter(layer, unit, None))
    assert isinstance(formula, Sum)
    few = n_in <= _FEW
    next_line = Line(record.activation(layer, unit), (activation_formula(record, layer, unit),))
    return Derivation(
        step,
        record.title(step),
        Line(z, (formula,), (formula,)),
        worked_terms(formula),
        ("used next in ", next_line),
        factors=_terms(record, layer, unit, formula) if few else (),
        table=None if few else _term_table(record, layer, unit, formula),
        scope=record.sample_scope,
    )


def _terms(record: Record, layer: int, unit: int, formula: Sum) -> tuple[Factor, ...]:
    made = []
    for i, term in enumerate(formula.terms):
        if i < record.network.sizes[layer - 1]:
            weight = Parameter(layer, unit, i)
            source, name = record.network.unit_name(layer - 1, i), record.parameter(weight)
            meaning: Prose = (f"what {source} sends through ", Line(name))
            made.append(Factor(meaning, Line(term, (), (term,)), weight))
        else:
            bias = record.network.bias_parameter(layer, unit)
            shared = record.network.layers[layer - 1].bias == "shared"
            whose = ", shared by the layer" if shared else ""
            left_out = ", left out" if is_missing(term) else ""
            meaning = (f"the bias{whose}{left_out}",)
            made.append(Factor(meaning, Line(term, (), (term,)), bias))
    return tuple(made)


def _term_table(record: Record, layer: int, unit: int, formula: Sum) -> Table:
    weights, inputs = record.network.weights(record.theta, layer)[unit], record.sample.a[layer - 1]
    rows = []
    for i in shown_rows(len(inputs)):
        w, a = float(weights[i]), float(inputs[i])
        rows.append((i, Row(record.network.unit_name(layer - 1, i), (w, a, w * a))))
    bias = record.network.bias_parameter(layer, unit)
    has_bias = bias is not None and not is_missing(formula.terms[-1])
    if bias is not None and has_bias:
        b = record.parameter(bias).value
        rows.append((len(inputs), Row("bias", (b, 1.0, b))))
    count = len(inputs) + has_bias
    heads = ("from", "weight", "input" if layer == 1 else "activation", "product")
    return table_of(heads, rows, count)


def activation_formula(record: Record, layer: int, unit: int) -> Expr:
    """f(z) of a unit."""
    z = record.net_input(layer, unit)
    match record.network.layers[layer - 1].activation:
        case "sigmoid":
            return Quotient(Number(1.0), Sum((Number(1.0), Function("exp", (Negative(z),)))))
        case "tanh":
            return Function("tanh", (z,))
        case "relu":
            return Function("max", (Number(0.0), z))
        case "leaky_relu":
            return Function("max", (Product((Number(0.01), z)), z))
        case "softmax":
            return _softmax(record, unit)[0]
        case "step":
            return Function("step", (z,))
        case _:
            return z


def _softmax(record: Record, unit: int) -> tuple[Quotient, Quotient]:
    """e^z over the sum of e^z, and the same with the powers worked out."""
    z = record.sample.z[-1]
    largest = float(z.max())
    shift = None
    if not abs(largest) < _LARGEST_EXPONENT:
        shift = Symbol(record.names.largest_net_input, largest)

    def power(k: int) -> Expr:
        net_input = record.net_input(record.network.depth, k)
        return Function("exp", (net_input if shift is None else difference(net_input, shift),))

    def rest(start: int, stop: int) -> float:
        moved = z[start:stop] - (0.0 if shift is None else largest)
        return sum(Function("exp", (Number(float(each)),)).value for each in moved)

    below = long_sum(len(z), power, rest, narrow=True)
    return Quotient(power(unit), below), Quotient(Worked(power(unit)), worked_terms(below))


def activation(record: Record, step: StepId) -> Derivation:
    """a = f(z)."""
    layer, unit = step.layer or 0, step.unit or 0
    kind = record.network.layers[layer - 1].activation
    z, a = record.net_input(layer, unit), record.activation(layer, unit)
    formula = activation_formula(record, layer, unit)
    result, factors = formula, [_net_input_factor(record, layer, unit)]
    notes: list[Prose] = []
    if kind == "sigmoid":
        power = Function("exp", (Negative(z),))
        factors.append(Factor(("e to the power of minus that",), Line(power, (), (power,))))
        result = Quotient(Number(1.0), Sum((Number(1.0), Worked(power))))
    elif kind == "softmax":
        _, result = _softmax(record, unit)
        factors = _softmax_factors(record, unit)
        notes.append(("The outputs of softmax are shares: they add up to 1.",))
        if not abs(float(record.sample.z[-1].max())) < _LARGEST_EXPONENT:
            shift = Symbol(record.names.largest_net_input, float(record.sample.z[-1].max()))
            notes.append((Line(shift), " is the largest net input; it is taken off everywhere, "
                          "which changes no share and keeps the powers finite."))
    elif kind == "linear":
        notes.append(("A linear unit passes its net input on unchanged.",))
    elif kind == "step":
        where = "not below 0, so the unit gives 1" if z.value >= 0.0 else "below 0, so it gives 0"
        notes.append((Line(z), f" is {where}. A step has no slope to follow back."))
    elif kind == "leaky_relu" and z.value < 0.0:
        notes.append((Line(z), " is below 0, where leaky ReLU passes on a hundredth of it."))
    elif kind == "relu" and z.value <= 0.0:
        notes.append(
            (Line(z), " is not above 0, so ReLU gives 0; on the way back the gradient stops here.")
        )
    return Derivation(
        step,
        record.title(step),
        Line(a, (formula,), (formula,)),
        result,
        _used_next(record, layer, unit),
        factors=tuple(factors),
        notes=tuple(notes),
        scope=record.sample_scope,
    )


def _net_input_factor(record: Record, layer: int, unit: int) -> Factor:
    z = record.net_input(layer, unit)
    about = StepId("forward", "net_input", layer, unit)
    return Factor(("the net input",), Line(z, (), (z,)), about)


def _softmax_factors(record: Record, unit: int) -> list[Factor]:
    formula, worked = _softmax(record, unit)
    return [
        Factor(("e to the power of its net input",), Line(formula.top, (), (formula.top,))),
        Factor(
            ("the same of every output, added up",),
            Line(formula.bottom, (), (formula.bottom, worked.bottom)),
        ),
    ]


def _used_next(record: Record, layer: int, unit: int) -> Prose:
    if layer == record.network.depth:
        return ("used next in ", Line(record.loss_term(unit), (term_formula(record, unit),)))
    return (
        "used next in ",
        *listed(
            record.network.sizes[layer + 1],
            lambda k: record.net_input(layer + 1, k),
            "net inputs of the next layer",
        ),
    )
