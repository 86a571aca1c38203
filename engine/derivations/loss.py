"""Where an output's loss, the batch's loss, and the loss after the update come from."""

from __future__ import annotations

from engine.derivations.parts import Derivation, Factor, Table, long_sum
from engine.derivations.record import Record
from engine.formulas.formula import (
    ONE,
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
    Worked,
    difference,
    times,
    worked_terms,
)
from engine.formulas.writers import Prose
from engine.run.steps import StepId

_FEW = 4

# Beyond this net input a sigmoid is within 0.001 of 0 or 1, and 1 − a has lost digits of its own.
_LARGEST_PLAIN = 7.0
# Below this an output of softmax has lost digits of its own.
_SMALLEST_PLAIN = 1e-300


def term_formula(record: Record, unit: int) -> Expr:
    """The loss of one output, written in its activation where no digit is lost by that."""
    return _term(record, unit)[0]


def _term(record: Record, unit: int) -> tuple[Expr, Expr, tuple[Factor, ...]]:
    """The formula of an output's loss, the same with its parts worked out, and those parts."""
    a, t = record.output(unit), record.target(unit)
    share = record.output_share
    if record.spec.loss == "binary_cross_entropy":
        return _binary_term(record, unit)
    if record.spec.loss == "categorical_cross_entropy":
        logarithm, meaning = _log_softmax(record, unit)
        part = Factor((meaning,), Line(logarithm, (), (logarithm,)))
        return (
            Negative(Product((t, logarithm))),
            Negative(Product((t, Worked(logarithm)))),
            (part,),
        )
    error = difference(t, a)
    factor = Quotient(ONE, Number(2.0)) if record.spec.loss == "half_squared_error" else share
    two = Number(2.0)
    part = Factor(("how far the output is from its target",), Line(error, (), (error,)))
    return times(factor, Power(error, two)), times(factor, Power(Worked(error), two)), (part,)


def _binary_term(record: Record, unit: int) -> tuple[Expr, Expr, tuple[Factor, ...]]:
    a, t = record.output(unit), record.target(unit)
    z = record.net_input(record.network.depth, unit)
    share = record.output_share
    if abs(z.value) <= _LARGEST_PLAIN:
        left_over = Worked(difference(ONE, a))
        log_a, log_rest = Function("ln", (a,)), Function("ln", (left_over,))
        not_t = Worked(difference(ONE, t))
        parts = (
            Factor(("the logarithm of the output",), Line(log_a, (), (log_a,))),
            Factor(("the logarithm of what it leaves to 1",), Line(log_rest, (), (log_rest,))),
        )
        formula = Sum((Product((t, log_a)), Product((not_t, log_rest))))
        worked = Sum((Product((t, Worked(log_a))), Product((not_t, Worked(log_rest)))))
        return Negative(times_sum(share, formula)), Negative(times_sum(share, worked)), parts
    above = z.value > 0.0
    power = Function("exp", (Negative(z) if above else z,))
    logarithm = Function("ln", (Sum((ONE, power)),))
    taken = Negative(Product((z, t)))
    terms: tuple[Expr, ...] = (z, taken, logarithm) if above else (logarithm, taken)
    formula = Sum(terms)
    part = Factor(("the logarithm that is left",), Line(logarithm, (), (logarithm,)))
    return times_sum(share, formula), times_sum(share, worked_terms(formula)), (part,)


def times_sum(share: Expr | None, terms: Sum) -> Expr:
    """A sum, in brackets behind its share if it has one."""
    return terms if share is None else Product((share, terms))


def _log_softmax(record: Record, unit: int) -> tuple[Expr, str]:
    a = record.output(unit)
    if a.value >= _SMALLEST_PLAIN:
        return Function("ln", (a,)), "the logarithm of the output"
    z, layer = record.sample.z[-1], record.network.depth
    shift = Symbol(record.names.largest_net_input, float(z.max()))

    def power(k: int) -> Expr:
        return Function("exp", (difference(record.net_input(layer, k), shift),))

    def rest(start: int, stop: int) -> float:
        return sum(power(k).value for k in range(start, stop))

    below = Function("ln", (long_sum(len(z), power, rest),))
    formula = Sum((record.net_input(layer, unit), Negative(shift), Negative(below)))
    return formula, "the logarithm of the output, from the net inputs"


def _lost_digits(record: Record, unit: int) -> tuple[Prose, ...]:
    """Why a cross-entropy is written in net inputs, where it is."""
    z, a = record.net_input(record.network.depth, unit), record.output(unit)
    binary = record.spec.loss == "binary_cross_entropy" and abs(z.value) > _LARGEST_PLAIN
    softmax = record.spec.loss == "categorical_cross_entropy" and a.value < _SMALLEST_PLAIN
    if not (binary or softmax):
        return ()
    return (
        (
            "Written in the net input, which is the same: ",
            Line(a),
            " is so near to its bound that its logarithm would lose digits.",
        ),
    )


def loss(record: Record, step: StepId) -> Derivation:
    """E of one output of one sample."""
    unit = step.unit or 0
    formula, worked, parts = _term(record, unit)
    a, t = record.output(unit), record.target(unit)
    facts = (
        Factor(("the target",), Line(t, (), (t,)), step),
        Factor(
            ("the output",),
            Line(a, (), (a,)),
            StepId("forward", "activation", step.layer, unit),
        ),
    )
    shown = parts if record.spec.loss in _SQUARED else (*facts, *parts)
    return Derivation(
        step,
        record.title(step),
        Line(record.loss_term(unit), (formula,), (formula,)),
        worked,
        ("used next in ", Line(Symbol(record.loss_name, 0.0), (_sample_loss(record),))),
        factors=shown,
        notes=_lost_digits(record, unit),
        scope=record.sample_scope,
    )


_SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")


def _sample_loss(record: Record) -> Sum:
    """E of one sample: the sum over its outputs."""
    terms = record.sample.loss_terms
    return long_sum(len(terms), record.loss_term, lambda i, k: float(terms[i:k].sum()))


def _used_next(record: Record) -> str:
    if not record.network.can_train:
        return "the last step: there is no slope to follow back"
    return "used next in the backward pass: how does it react to each weight?"


def total_loss(record: Record, step: StepId) -> Derivation:
    """E of the batch: its samples' losses added up or averaged."""
    formula, result = _batch_loss(record, record.iteration.loss)
    outputs = record.network.sizes[-1]
    factors: tuple[Factor, ...] = ()
    table = None
    if record.whole_batch:
        table = _loss_table(record)
    elif outputs <= _FEW:
        factors = tuple(_output_factor(record, unit) for unit in range(outputs))
    return Derivation(
        step,
        record.title(step),
        Line(Symbol(record.names.loss, record.iteration.loss), (formula,), (formula,)),
        result,
        (_used_next(record),),
        factors=factors,
        table=table,
        notes=_part_of_the_data(record),
        scope=record.batch_scope,
    )


def _batch_loss(record: Record, total: float) -> tuple[Expr, Expr]:
    """The loss of the batch as a formula, with its terms written out and worked out."""
    if not record.whole_batch:
        formula = _sample_loss(record)
        return formula, formula
    per_sample = record.batch.loss_terms.sum(axis=1)
    general = Symbol(record.names.any_sample_loss, 0.0)
    return record.over_batch(per_sample, lambda k: Number(float(per_sample[k])), general, total)


def _output_factor(record: Record, unit: int) -> Factor:
    term = record.loss_term(unit)
    meaning = (f"how far off {record.network.unit_name(record.network.depth, unit)} is",)
    about = StepId("loss", "loss", record.network.depth, unit)
    return Factor(meaning, Line(term, (), (term,)), about)


def _loss_table(record: Record) -> Table:
    terms = record.batch.loss_terms
    outputs = terms.shape[1]
    general = Symbol(record.names.any_sample_loss, 0.0)
    if outputs == 1 or outputs > 2:
        return record.batch.table((general,), (terms.sum(axis=1),))
    heads = (*(record.loss_term(unit) for unit in range(outputs)), general)
    return record.batch.table(heads, (*terms.T, terms.sum(axis=1)))


def _part_of_the_data(record: Record) -> tuple[Prose, ...]:
    batch, all_samples = len(record.iteration.rows), len(record.spec.data)
    if batch == all_samples:
        return ()
    return ((f"This is the loss of the batch: {batch} of {all_samples} samples.",),)


def loss_after(record: Record, step: StepId) -> Derivation:
    """E of the same batch once more, with the parameters after the update."""
    iteration = record.iteration
    after = Record(iteration, record.row, record.notation, after=True)
    formula, result = _batch_loss(after, iteration.loss_after)
    factors: tuple[Factor, ...] = ()
    table = None
    if record.whole_batch:
        before, now = (r.batch.loss_terms.sum(axis=1) for r in (record, after))
        table = after.batch.table(("before", "after"), (before, now))
    elif record.network.sizes[-1] <= _FEW:
        factors = tuple(_new_factor(after, unit) for unit in range(record.network.sizes[-1]))
    t = iteration.next_state.t
    return Derivation(
        step,
        record.title(step),
        Line(Symbol(record.names.loss, iteration.loss_after), (formula,), (formula,)),
        result,
        (f"iteration {t + 1} starts from the new parameters",),
        factors=factors,
        table=table,
        notes=(_change(iteration.loss, iteration.loss_after), *_part_of_the_data(record)),
        scope=record.batch_scope,
        apart=(iteration.loss, iteration.loss_after),
    )


def _new_factor(after: Record, unit: int) -> Factor:
    name = after.network.unit_name(after.network.depth, unit)
    formula = term_formula(after, unit)
    about = StepId("loss", "loss", after.network.depth, unit)
    return Factor(
        (f"the loss of {name} with the new parameters",),
        Line(after.loss_term(unit), (formula,), (formula,)),
        about,
    )


def _change(before: float, after: float) -> Prose:
    if before == after:
        return ("The update left the loss at ", Line(Number(after)), ".")
    word = "lowered" if after < before else "raised" if after > before else "changed"
    return (
        f"The update {word} the loss from ",
        Line(Number(before)),
        " to ",
        Line(Number(after)),
        ".",
    )
