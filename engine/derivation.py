"""Why a number is what it is: a step as a formula, in symbols, in numbers, and what it comes to.

Every derivation is computed from the record of its iteration by the formula that it shows.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.derivations.backward import bias_gradient, delta, weight_gradient
from engine.derivations.forward import activation, net_input
from engine.derivations.loss import loss, loss_after, total_loss
from engine.derivations.parts import Derivation, Factor, Row, Table
from engine.derivations.record import Record
from engine.derivations.update import update
from engine.iteration import Iteration
from engine.steps import StepId

__all__ = ["Derivation", "Factor", "Row", "Table", "derive"]

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
}


def derive(iteration: Iteration, step: StepId, row: int) -> Derivation:
    """How the value of a step of this iteration comes about.

    `row` is the sample (its row in the training set) that per-sample steps are derived for. For
    steps of the batch it is the sample whose term is explained, or the batch's first sample if
    the batch does not contain it.
    """
    if not step.of_sample and row not in iteration.rows:
        row = int(iteration.rows[0])
    with np.errstate(all="ignore"):
        return _RULES[step.kind](Record(iteration, row), step)
