"""Where a net input and an activation come from."""

from __future__ import annotations

from engine.derivations.chain import dropout_notes
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
from engine.derivations.written.activations import WRITTEN_ACTIVATIONS
from engine.derivations.written.mistakes import with_mistakes
from engine.formulas.building import worked_terms
from engine.formulas.formula import Expr, Line, Product, Sum, equation, is_missing
from engine.formulas.writers import Prose
from engine.maths.network import Parameter
from engine.run.steps import StepId
from engine.text import wording

# Up to this many inputs each has a line of its own; more share a table.
_FEW = 4


def net_input(record: Record, step: StepId) -> Derivation:
    """z = w · a + … + b."""
    layer, unit = step.layer or 0, step.unit or 0
    bias = record.network.bias_parameter(layer, unit)
    sources = record.network.sources_of(layer, unit)
    n_in = len(sources)
    weights = record.network.weights(record.theta, layer)[unit][sources]
    inputs = record.sample.a[layer - 1][sources]
    last = () if bias is None else (record.added(bias),)

    def term(i: int) -> Expr:
        weight = record.parameter(Parameter(layer, unit, sources[i]))
        return Product((weight, record.activation(layer - 1, sources[i])))

    z = record.net_input(layer, unit)
    right = long_sum(n_in, term, lambda i, k: float(weights[i:k] @ inputs[i:k]), *last)
    formula = with_mistakes("net_input", record, right, Parameter(layer, unit, None))
    assert isinstance(formula, Sum)
    few = n_in <= _FEW
    next_line = Line(record.activation(layer, unit), (activation_formula(record, layer, unit),))
    return Derivation(
        step,
        record.title(step),
        # Where nothing is left that comes in, 0 is said once.
        Line(z, (formula,) if n_in or last else (), (formula,)),
        worked_terms(formula),
        ("used next in ", next_line),
        factors=_terms(record, layer, unit, formula) if few else (),
        table=None if few else _term_table(record, layer, unit, formula),
        notes=_cut_notes(record, layer, unit),
        scope=record.sample_scope,
    )


def _terms(record: Record, layer: int, unit: int, formula: Sum) -> tuple[Factor, ...]:
    factors = []
    sources = record.network.sources_of(layer, unit)
    bias = record.network.bias_parameter(layer, unit)
    for i, term in enumerate(formula.terms):
        if i < len(sources):
            weight = Parameter(layer, unit, sources[i])
            source, name = record.network.unit_name(layer - 1, sources[i]), record.parameter(weight)
            meaning: Prose = (f"what {source} sends through ", Line(name))
            factors.append(Factor(meaning, term.with_value(), weight))
        elif bias is not None:
            shared = record.network.layers[layer - 1].bias == "shared"
            whose = ", shared by the layer" if shared else ""
            left_out = ", left out" if is_missing(term) else ""
            word = record.network.layers[layer - 1].bias_word
            minus = ", with the input −1" if word == "threshold" else ""
            meaning = (f"the {word}{whose}{minus}{left_out}",)
            factors.append(Factor(meaning, term.with_value(), bias))
    return tuple(factors)


def _cut_notes(record: Record, layer: int, unit: int) -> tuple[Prose, ...]:
    """Which edges into a unit are cut, and what is left of its net input where all are."""
    network = record.network
    there = network.sources_of(layer, unit)
    gone = [k for k in range(network.sizes[layer - 1]) if k not in there]
    if not gone:
        return ()
    names = f"{len(gone)} of the units before it"
    if len(gone) <= _FEW:
        names = wording.listed([network.unit_name(layer - 1, k) for k in gone])
    if there:
        edges = "edge" if len(gone) == 1 else "edges"
        return ((f"Cut, and so not there: the {edges} from {names}.",),)
    word = network.layers[layer - 1].bias_word
    left = "nothing" if network.bias_parameter(layer, unit) is None else f"the {word} alone"
    return ((f"All edges into {network.unit_name(layer, unit)} are cut: {left} is left.",),)


def _term_table(record: Record, layer: int, unit: int, formula: Sum) -> Table:
    weights, inputs = record.network.weights(record.theta, layer)[unit], record.sample.a[layer - 1]
    sources = record.network.sources_of(layer, unit)
    rows = []
    for i in shown_rows(len(sources)):
        w, a = float(weights[sources[i]]), float(inputs[sources[i]])
        rows.append((i, Row(record.network.unit_name(layer - 1, sources[i]), (w, a, w * a))))
    bias = record.network.bias_parameter(layer, unit)
    has_bias = bias is not None and not is_missing(formula.terms[-1])
    if bias is not None and has_bias:
        b, rule = record.parameter(bias).value, record.network.layers[layer - 1]
        sign = -1.0 if rule.has_thresholds else 1.0
        rows.append((len(sources), Row(rule.bias_word, (b, sign, sign * b))))
    count = len(sources) + has_bias
    heads = ("from", "weight", "input" if layer == 1 else "activation", "product")
    return table_of(heads, rows, count)


def activation_formula(record: Record, layer: int, unit: int) -> Expr:
    """f(z) of a unit, or with dropout m / (1 − p) · f."""
    at, kept = record.unit(layer, unit), record.kept(layer, unit)
    if kept is not None:
        return Product((kept, at.a))
    return WRITTEN_ACTIVATIONS[at.activation.key].formula(at)


def activation(record: Record, step: StepId) -> Derivation:
    """a = f(z)."""
    layer, unit = step.layer or 0, step.unit or 0
    at, a = record.unit(layer, unit), record.activation(layer, unit)
    written = WRITTEN_ACTIVATIONS[at.activation.key]
    formula = written.formula(at)
    result = formula if written.worked is None else written.worked(at)
    symbols: tuple[Expr, ...] = (formula,)
    own = (_net_input_factor(record, layer, unit),) if at.activation.elementwise else ()
    dropped: tuple[Factor, ...] = ()
    kept = record.kept(layer, unit)
    if kept is not None:
        formula = Product((kept, formula))
        symbols, result = (Product((kept, at.a)), formula), Product((kept, result))
        dropped = _dropout_factors(record, layer, unit)
    return Derivation(
        step,
        record.title(step),
        Line(a, symbols, (formula,)),
        result,
        _used_next(record, layer, unit),
        factors=(*own, *written.parts(at), *dropped),
        notes=(*written.notes(at), *dropout_notes(record, layer, unit)),
        scope=record.sample_scope,
    )


def _dropout_factors(record: Record, layer: int, unit: int) -> tuple[Factor, ...]:
    """What goes into an activation with dropout: f(z), the mask, and the share that is dropped."""
    at, mask = record.unit(layer, unit), record.mask(layer, unit)
    name = record.network.unit_name(layer, unit)
    done = "kept" if mask.value else "dropped"
    return (
        Factor((f"what {name} makes of its net input, f(z)",),
               equation(at.a, WRITTEN_ACTIVATIONS[at.activation.key].formula(at))),
        Factor((f"the mask: {name} is {done} in this iteration",), mask.with_value()),
        Factor(("the share of units that are dropped",), record.share(layer).with_value()),
    )  # fmt: skip


def _net_input_factor(record: Record, layer: int, unit: int) -> Factor:
    z = record.net_input(layer, unit)
    about = StepId("forward", "net_input", layer, unit)
    return Factor(("the net input",), z.with_value(), about)


def _used_next(record: Record, layer: int, unit: int) -> Prose:
    if layer == record.network.depth:
        return ("used next in ", Line(record.loss_term(unit), (term_formula(record, unit),)))
    fed = record.network.fed_by(layer, unit)
    return (
        "used next in ",
        *listed(
            len(fed),
            lambda k: record.net_input(layer + 1, fed[k]),
            "net inputs of the next layer",
        ),
    )
