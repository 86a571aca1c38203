"""Rows that no table has: an activation, a loss, an optimizer with a setting of its own, and a data
set, each with its written half. A row is all that something new needs: whatever the tables promise
has to hold for it too, in the engine, in files and in every window, which these tests open."""

from __future__ import annotations

import numpy as np
import pytest

from engine.data.datasets import DATASETS, DatasetRule
from engine.derivations.parts import Factor
from engine.derivations.record import Unit
from engine.derivations.written.activations import WRITTEN_ACTIVATIONS, WrittenActivation
from engine.derivations.written.losses import WRITTEN_LOSSES, Term, WrittenLoss
from engine.derivations.written.optimizers import (
    WRITTEN_OPTIMIZERS,
    WrittenOptimizer,
    WrittenUpdate,
)
from engine.formulas.building import difference
from engine.formulas.formula import Expr, Number, Power, Product, Worked
from engine.maths.activations import ACTIVATIONS, Activation, Array
from engine.maths.losses import LOSSES, Loss
from engine.maths.optimizers import RULES, SETTINGS, Optimizer, Rule, Slots
from engine.maths.setting import Setting
from engine.run.spec import Data
from tests.gui.conftest import garbage_between_tests, nothing_left_over, open_window
from tests.gui.learn.lessons.conftest import pupil

__all__ = ["garbage_between_tests", "nothing_left_over", "open_window", "pupil"]  # fixtures

CUBE = Activation(
    key="cube",
    title="cube",
    symbol="cube",
    formula="z³",
    apply=lambda z: z**3,
    slope=lambda z, a: 3.0 * z**2,
    range=(-np.inf, np.inf),
    curved=True,
)
WRITTEN_CUBE = WrittenActivation(
    key="cube",
    formula=lambda unit: Power(unit.z, Number(3.0)),
    slope=lambda unit: Product((Number(3.0), Power(unit.z, Number(2.0)))),
)

QUARTIC = Loss(
    key="quartic_error",
    title="quartic error",
    formula="Σ (t − a)⁴",
    derivative="4 (a − t)³",
    terms=lambda z, a, t: (t - a) ** 4,
    slope=lambda a, t: 4.0 * (a - t) ** 3,
)


def _quartic_term(unit: Unit) -> Term:
    error = difference(unit.t, unit.a)
    part = Factor(("how far the output is from its target",), error.with_value())
    four = Number(4.0)
    return Term(Power(error, four), Power(Worked(error), four), (part,))


WRITTEN_QUARTIC = WrittenLoss(
    key="quartic_error",
    term=_quartic_term,
    slope=lambda unit: Product(
        (Number(4.0), Power(difference(unit.a, unit.t), Number(3.0)))
    ),
)

XI = Setting(
    key="xi",
    title="xi",
    label="Decay",
    brief="ξ",
    symbol="ξ",
    listed="decay rate",
    default=0.9,
    may_be_low=True,
    limits="xi lies from 0 up to, not including, 1",
)


def _square_means(
    setting: Optimizer, theta: Array, gradient: Array, slots: Slots, t: int
) -> tuple[Array, Slots]:
    """G. Hinton, Neural Networks for Machine Learning, lecture 6e, 2012."""
    v = setting["xi"] * slots[0] + (1.0 - setting["xi"]) * gradient**2
    return theta - setting["learning_rate"] * gradient / (np.sqrt(v) + setting["epsilon"]), (v,)


SQUARE_MEANS = Rule(
    key="square_means",
    title="Square means",
    formula="v ← ξ v + (1 − ξ) g², θ ← θ − η g / (√v + ε)",
    settings=("learning_rate", "xi", "epsilon"),
    slots=("v",),
    memory="the running mean of each gradient's square",
    update=_square_means,
)


def _square_means_step(update: WrittenUpdate[Expr]) -> Expr:
    mean = update.running_mean(update.setting("xi"), "v", update.square(update.gradient))
    v = update.keep("v", mean, "the running mean of the gradient's square")
    taken = update.times(update.setting("learning_rate"), update.gradient)
    return update.over(taken, update.root(v, update.setting("epsilon")))


WRITTEN_SQUARE_MEANS = WrittenOptimizer(
    key="square_means", step=_square_means_step, meaning="the step, as large as its gradients were"
)

CORNERS = DatasetRule(
    key="corners",
    title="two corners",
    make=lambda seed: Data(np.eye(2), np.array([[0.25], [0.75]]), ("t",)),
    inputs=2,
    outputs=1,
    loss="quartic_error",
    activation="cube",
    hidden=(2,),
)


@pytest.fixture
def new_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put them into the tables, for one test."""
    for table, row in (
        (ACTIVATIONS, CUBE),
        (WRITTEN_ACTIVATIONS, WRITTEN_CUBE),
        (LOSSES, QUARTIC),
        (WRITTEN_LOSSES, WRITTEN_QUARTIC),
        (SETTINGS, XI),
        (RULES, SQUARE_MEANS),
        (WRITTEN_OPTIMIZERS, WRITTEN_SQUARE_MEANS),
        (DATASETS, CORNERS),
    ):
        monkeypatch.setitem(table, row.key, row)
