"""Why a number is what it is: a step as a formula, in symbols, in numbers, and what it comes to.

Every derivation is computed from the record of its iteration by the formula that it shows.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from msgspec.structs import replace

from engine.derivations.backward import bias_gradient, delta, weight_gradient
from engine.derivations.extra import (
    change,
    loss_by_activation,
    loss_by_input,
    own_gradient,
    slope_at_unit,
)
from engine.derivations.forward import activation, net_input
from engine.derivations.loss import loss, loss_after, total_loss
from engine.derivations.parts import Derivation, Factor, Row, Table
from engine.derivations.record import Record
from engine.derivations.update import update
from engine.formulas.formula import Line, Number, corrected, mistakes_in
from engine.formulas.notation import DEFAULT, Notation
from engine.formulas.writers import Prose
from engine.run.extra_values import why_none
from engine.run.iteration import Iteration
from engine.run.mistakes import MISTAKES
from engine.run.paper import PaperIteration
from engine.run.step_values import step_value
from engine.run.steps import EXTRA_KINDS, StepId, symbol_of

__all__ = ["Derivation", "Factor", "NoSuchQuantity", "Row", "Table", "derive"]

# Up to this many the steps are looked through for the one that drifts furthest on paper.
_MANY_STEPS = 5000

class NoSuchQuantity(ValueError):
    """A quantity that a network has not, as a sentence."""


_RULES: dict[str, Callable[[Record, StepId], Derivation]] = {
    "net_input": net_input,
    "activation": activation,
    "loss": loss,
    "total_loss": total_loss,
    "delta": delta,
    "weight_gradient": weight_gradient,
    "bias_gradient": bias_gradient,
    "weight_update": update,
    "bias_update": update,
    "loss_after": loss_after,
    "loss_by_activation": loss_by_activation,
    "activation_slope": slope_at_unit,
    "own_weight_gradient": own_gradient,
    "own_bias_gradient": own_gradient,
    "loss_by_input": loss_by_input,
    "weight_change": change,
    "bias_change": change,
}
# What stands inside the formula of a delta or of a batch's gradient is not rounded by itself.
_INSIDE = {
    "loss_by_activation": "the delta that it is a factor of is",
    "activation_slope": "the delta that it is a factor of is",
}


def derive(
    iteration: Iteration,
    step: StepId,
    row: int,
    notation: Notation = DEFAULT,
    own: bool = False,
) -> Derivation:
    """How the value of a step of this iteration comes about, in a notation's symbols.

    `row` is the sample (its row in the training set) that per-sample steps are derived for. For
    steps of the batch it is the sample whose term is explained, or the batch's first sample if
    the batch does not contain it. With `own` a gradient of a batch of several is derived for the
    sample alone. Raises NoSuchQuantity with a sentence for one of EXTRA_KINDS that is none here.
    """
    if step.kind in EXTRA_KINDS and (reason := why_none(iteration.spec.network, step)):
        raise NoSuchQuantity(reason)
    own = own and step.kind.endswith("gradient") and len(iteration.rows) > 1
    own = own or step.kind.startswith("own")
    if not (own or step.of_sample or row in iteration.rows):
        row = int(iteration.rows[0])
    with np.errstate(all="ignore"):
        derivation = _RULES[step.kind](Record(iteration, row, notation, own=own), step)
        if iteration.spec.mistakes:
            derivation = _with_mistakes_named(derivation)
    if own and isinstance(iteration, PaperIteration):
        return _own_on_paper(derivation, iteration)
    if step.kind in _INSIDE and isinstance(iteration, PaperIteration):
        return _inside_on_paper(derivation, iteration)
    if isinstance(iteration, PaperIteration):
        return _on_paper(derivation, iteration, row, notation)
    return derivation


def _with_mistakes_named(derivation: Derivation) -> Derivation:
    """A derivation that names the mistakes in its formula, and says what is right."""
    formula = (*derivation.line.symbols, *derivation.line.numbers)[-1]
    keys = mistakes_in(formula)
    if not keys:
        return derivation
    titles = ", ".join(MISTAKES[key].title for key in keys)
    notes: list[Prose] = [
        (f"Mistake: {titles}. Struck through is what was taken, framed what is right.",)
    ]
    right = corrected(formula).value
    if not math.isnan(right):
        notes.append(("Done right, this step gives ", Line(Number(right)), "."))
    return replace(derivation, notes=(*notes, *derivation.notes))


def _on_paper(
    derivation: Derivation, iteration: PaperIteration, row: int, notation: Notation
) -> Derivation:
    """A derivation whose value is rounded as it is carried, and what that does."""
    step = derivation.step
    carried = step_value(iteration, step, iteration.sample(row))
    drift = _drift(iteration.drift(step, row))
    prose: Prose = (
        f"Paper mode: {iteration.decimals} decimals. Carried as ",
        Line(Number(carried)),
        ", which drifts by ",
        drift,
        " from full precision.",
    )
    if step.kind == "loss_after" and len(iteration.spec.steps) <= _MANY_STEPS:
        furthest, distance = iteration.largest_drift(row)
        name = symbol_of(iteration.spec.network, furthest, notation)
        prose = (*prose, f" Furthest of this iteration is {name}, by ", _drift(distance), ".")
    # By hand a gradient comes from the delta that is carried, not from the whole chain once more.
    is_gradient = step.phase == "backward" and step.kind != "delta"
    result = derivation.line.numbers[-1] if is_gradient else derivation.result
    return replace(derivation, result=result, carried=carried, paper=prose)


def _own_on_paper(derivation: Derivation, iteration: PaperIteration) -> Derivation:
    """A sample's own gradient by hand: a product of values that are carried, inside the step that
    adds up the batch, which rounds only what that comes to."""
    prose = (f"Paper mode: {iteration.decimals} decimals. This is not rounded by itself, but the "
             f"{iteration.spec.reduction} over the batch is.",)
    return replace(derivation, result=derivation.line.numbers[-1], paper=prose)


def _inside_on_paper(derivation: Derivation, iteration: PaperIteration) -> Derivation:
    """A factor inside the delta's formula by hand: only what that comes to is rounded."""
    prose = (f"Paper mode: {iteration.decimals} decimals. This is not rounded by itself, but "
             f"{_INSIDE[derivation.step.kind]}.",)
    return replace(derivation, paper=prose)


def _drift(distance: float) -> Line:
    """A distance, of which two digits are enough."""
    return Line(Number(float(f"{distance:.2g}")))
