"""Where an output's loss, the batch's loss, and the loss after the update come from."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from msgspec.structs import replace

from engine.derivations.parts import Derivation, Factor, Table, long_sum
from engine.derivations.record import Record
from engine.derivations.written.losses import WRITTEN_LOSSES
from engine.derivations.written.penalties import cost_of
from engine.formulas.formula import Expr, Line, Number, Sum, Symbol, equation
from engine.formulas.writers import Prose
from engine.maths.losses import LOSSES
from engine.run.steps import StepId
from engine.text.numbers import LARGEST

_FEW = 4


def term_formula(record: Record, unit: int) -> Expr:
    """The loss of one output."""
    return WRITTEN_LOSSES[record.spec.loss].term(record.output_unit(unit)).formula


def loss(record: Record, step: StepId) -> Derivation:
    """E of one output of one sample."""
    unit = step.unit or 0
    at, written = record.output_unit(unit), WRITTEN_LOSSES[record.spec.loss]
    term = written.term(at)
    return Derivation(
        step,
        record.title(step),
        Line(record.loss_term(unit), (term.formula,), (term.formula,)),
        term.worked,
        ("used next in ", Line(Symbol(record.loss_name, 0.0), (_sample_loss(record),))),
        factors=term.parts,
        notes=written.notes(at),
        scope=record.sample_scope,
    )


def _sample_loss(record: Record) -> Sum:
    """E of one sample: the sum over its outputs, as many as have a term in the loss."""
    units = record.loss_units
    terms = record.sample.loss_terms[list(units)]
    return long_sum(
        len(units), lambda i: record.loss_term(units[i]), lambda i, k: float(terms[i:k].sum())
    )


def _used_next(record: Record) -> str:
    if not record.network.can_train:
        return "the last step: there is no slope to follow back"
    return "used next in the backward pass: how does it react to each weight?"


def total_loss(record: Record, step: StepId) -> Derivation:
    """E of the batch: its samples' losses added up or averaged."""
    iteration = record.iteration
    formula, result = _batch_loss(record, iteration.loss)
    factors = _addends(record, iteration.loss)
    table = None
    if record.whole_batch:
        table = _loss_table(record)
    elif len(record.loss_units) <= _FEW and not factors:
        factors = tuple(_output_factor(record, unit) for unit in record.loss_units)
    return Derivation(
        step,
        record.title(step),
        Line(Symbol(record.names.loss, iteration.loss), (formula,), (formula,)),
        result,
        (_used_next(record),),
        factors=factors,
        table=table,
        notes=_part_of_the_data(record),
        scope=record.batch_scope,
    )


def _batch_loss(record: Record, total: float) -> tuple[Expr, Expr]:
    """The loss of the batch as a formula, with its terms written out and worked out; with
    penalties the sum of their symbols, each of which has a line of its own (see _addends)."""
    if not record.spec.penalty.parts:
        return _data_loss(record, total)
    formula = Sum(tuple(symbol for _, symbol, _ in _parts(record, total)))
    return formula, formula


def _data_loss(record: Record, total: float) -> tuple[Expr, Expr]:
    """What the samples of the batch make of its loss."""
    if not record.whole_batch:
        formula = _sample_loss(record)
        return formula, formula
    per_sample = record.batch.loss_terms.sum(axis=1)
    general = Symbol(record.names.any_sample_loss, 0.0)
    return record.over_batch(per_sample, lambda k: Number(float(per_sample[k])), general, total)


def _parts(record: Record, total: float) -> Iterator[tuple[str, Symbol, Expr]]:
    """The addends of a loss with penalties, in words, as symbols and as formulas."""
    penalties = [
        (rule, cost_of(record, rule, strength)) for rule, strength in record.spec.penalty.parts
    ]
    of_data, _ = _data_loss(record, total - sum(cost.value for _, cost in penalties))
    yield "the loss of the data", _part(record, "data", of_data), of_data
    for rule, cost in penalties:
        yield f"the {rule.title} penalty: {rule.formula}", _part(record, rule.title, cost), cost


def _part(record: Record, below: str, formula: Expr) -> Symbol:
    loss = record.names.loss
    return Symbol(replace(loss, text=f"{loss.text}_{below}", below=below), formula.value)


def _addends(record: Record, total: float) -> tuple[Factor, ...]:
    """A line for each addend of a loss with penalties; without any there are none."""
    if not record.spec.penalty.parts:
        return ()
    return tuple(
        Factor((words,), equation(symbol, formula))
        for words, symbol, formula in _parts(record, total)
    )


def _output_factor(record: Record, unit: int) -> Factor:
    term, name = record.loss_term(unit), record.network.unit_name(record.network.depth, unit)
    is_compared = LOSSES[record.spec.loss].has_targets
    meaning = (f"how far off {name} is" if is_compared else f"what {name} puts out",)
    about = StepId("loss", "loss", record.network.depth, unit)
    return Factor(meaning, term.with_value(), about)


def _loss_table(record: Record) -> Table:
    units = record.loss_units
    terms, outputs = record.batch.loss_terms[:, list(units)], len(units)
    general = Symbol(record.names.any_sample_loss, 0.0)
    if outputs == 1 or outputs > 2:
        return record.batch.table((general,), (terms.sum(axis=1),))
    heads = (*(record.loss_term(unit) for unit in units), general)
    return record.batch.table(heads, (*terms.T, terms.sum(axis=1)))


def _part_of_the_data(record: Record) -> tuple[Prose, ...]:
    batch, all_samples = len(record.iteration.rows), record.spec.data.training_count
    if batch == all_samples:
        return ()
    return ((f"This is the loss of the batch: {batch} of {all_samples} samples.",),)


def loss_after(record: Record, step: StepId) -> Derivation:
    """E of the same batch once more, with the parameters after the update."""
    iteration = record.iteration
    after = Record(iteration, record.row, record.notation, after=True)
    formula, result = _batch_loss(after, iteration.loss_after)
    factors = _addends(after, iteration.loss_after)
    table = None
    if record.whole_batch:
        before, now = (r.batch.loss_terms.sum(axis=1) for r in (record, after))
        table = after.batch.table(("before", "after"), (before, now))
    elif len(record.loss_units) <= _FEW and not factors:
        factors = tuple(_new_factor(after, unit) for unit in record.loss_units)
    t = iteration.next_state.t
    goes_on = np.abs(iteration.next_state.theta).max() < LARGEST  # else the run diverges here
    return Derivation(
        step,
        record.title(step),
        Line(Symbol(record.names.loss, iteration.loss_after), (formula,), (formula,)),
        result,
        (f"iteration {t + 1} starts from the new parameters",) if goes_on else (),
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
