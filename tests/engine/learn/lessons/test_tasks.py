"""Tasks: done exactly by what they ask for, and asked for in words that a person understands."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec import Struct
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.formulas.notation import Notation
from engine.learn.lessons.names import find_parameter, find_step
from engine.learn.lessons.task import Happening
from engine.learn.lessons.tasks import Count, Seed, Show
from engine.learn.lessons.waits import read_task
from engine.maths.optimizers import Optimizer
from engine.run.edits import set_activation, set_activation_setting, set_mistakes, set_parameters
from engine.run.reshaping import remove_layer
from engine.run.spec import Since, Spec, State, start_state
from engine.run.steps import StepId
from engine.training.divergence import Divergence


class Shown(Struct, frozen=True):
    """A moment as a window would show it."""

    spec: Spec
    theta: np.ndarray
    t: int = 0
    revealed: int = 0
    sample: int = 0
    loss: float | None = None
    divergence: Divergence | None = None
    before: Shown | None = None

    def is_revealed(self, step: StepId) -> bool:
        return self.spec.steps.index_of(step) < self.revealed


def moment(name: str = "mazur-2-2-2", **rest: Any) -> Shown:
    document = read_example(name)
    return Shown(document.spec, document.start, **rest)


def edited(began: Shown, name: str, value: float) -> Shown:
    values = [(find_parameter(began.spec.network, name), value)]
    spec, state = set_parameters(began.spec, State(np.array(began.theta)), values)
    return replace(began, spec=spec, theta=state.theta, before=began)


def optimized(began: Shown, optimizer: Optimizer) -> Shown:
    return replace(began, spec=replace(began.spec, optimizer=optimizer), before=began)


def done(wait: str, now: Shown, began: Shown | None = None, **rest: Any) -> bool:
    return read_task(wait).is_done(Happening(began or now, now, **rest))


@pytest.mark.parametrize(
    ("wait", "revealed"),
    [
        ("step net input h1", 1),
        ("step activation h1", 2),
        ("step forward pass", 8),
        ("step loss o2", 10),
        ("step total loss", 11),
        ("step delta o1", 12),
        ("step node delta o1", 12),
        ("step gradient w5", 13),
        ("step gradient b2", 18),
        ("step backward pass", 25),
        ("step update w1", 26),
        ("step update w2_21", 32),
        ("step update pass", 33),
        ("step check", 34),
    ],
)
def test_a_step_is_done_when_it_is_shown(wait: str, revealed: int) -> None:
    assert not done(wait, moment(revealed=revealed - 1))
    assert done(wait, moment(revealed=revealed))


def test_asking_is_done_by_the_derivation_of_that_number() -> None:
    now = moment(revealed=34)
    network = now.spec.network
    assert done("ask gradient w5", now, asked=find_step(network, "gradient w5"))
    assert not done("ask gradient w5", now, asked=find_step(network, "update w5"))
    assert not done("ask gradient w5", now)


@pytest.mark.parametrize(
    ("wait", "not_yet", "then"),
    [
        ("epochs 500", {"t": 499}, {"t": 500}),
        ("iterations 3", {"t": 2}, {"t": 3}),
        ("loss below 0.01", {"loss": 0.01}, {"loss": 0.0099}),
        ("loss above 2", {"loss": None}, {"loss": 2.1}),
        ("divergence", {}, {"divergence": Divergence(9, 1, "the loss")}),
        ("sample 3", {"sample": 1}, {"sample": 2}),
        ("reset", {"t": 1}, {"t": 0}),
        ("reset", {"revealed": 1}, {"revealed": 0}),
    ],
)
def test_a_moment_is_done_when_it_is_reached(
    wait: str, not_yet: dict[str, Any], then: dict[str, Any]
) -> None:
    assert not done(wait, moment("xor-2-3-1", **not_yet))
    assert done(wait, moment("xor-2-3-1", **then))


def test_epochs_are_counted_as_the_window_counts_them() -> None:
    now = moment("xor-2-3-1")
    cut = replace(now.spec, batching=replace(now.spec.batching, size=1, since=Since(10, 3)))
    assert Count(5, "epochs").goal(cut) == 10 + 2 * 4
    assert not done("epochs 5", replace(now, spec=cut, t=17))
    assert done("epochs 5", replace(now, spec=cut, t=18))


def test_an_edit_is_done_by_an_edit_of_that_value_alone() -> None:
    began = moment()
    assert not done("edit w5", began)
    assert done("edit w5", edited(began, "w5", 0.7), began)
    assert not done("edit w6", edited(began, "w5", 0.7), began)
    trained = replace(began, theta=began.theta + 0.1, t=1)
    assert not done("edit w5", trained, began)
    # What was edited before the step began does not count for it.
    first = edited(began, "w5", 0.7)
    assert not done("edit w5", first, first)
    assert done("edit w5", edited(first, "w5", 0.8), first)


def test_inputs_targets_and_settings_can_be_edited() -> None:
    began = moment()
    data = replace(began.spec.data, inputs=np.array([[0.06, 0.1]]))
    now = replace(began, spec=replace(began.spec, data=data), before=began)
    assert done("edit i1", now, began)
    assert not done("edit i2", now, began)
    assert not done("edit t o1", now, began)
    slow = Optimizer().changed(learning_rate=0.1)
    assert done("edit learning rate", optimized(began, slow), began)
    assert not done("edit momentum", optimized(began, slow), began)


def test_a_value_is_set_however_it_came_to_be() -> None:
    began = moment()
    assert done("set learning rate 0.5", began)
    assert not done("set learning rate 0.25", began)
    assert done("set learning rate 1/4", optimized(began, Optimizer().changed(learning_rate=0.25)))
    assert done("set gain of h1 1", began) and not done("set gain of o2 2", began)
    state = start_state(began.spec, began.theta)
    steeper, _ = set_activation_setting(began.spec, state, 2, "gain", 2.0)
    assert done("set gain of o2 2", replace(began, spec=steeper, before=began))
    assert done("edit gain of o1", replace(began, spec=steeper, before=began), began)
    assert not done("edit gain of h1", replace(began, spec=steeper, before=began), began)
    assert done("set w5 0,4", began)
    assert not done("set w5 0.41", began)
    assert done("set t o2 0.99", began)


def test_choices() -> None:
    began = moment("xor-2-3-1")
    assert not done("optimizer adam", began)
    assert done("optimizer adam", optimized(began, Optimizer("adam")))
    state = start_state(began.spec, began.theta)
    spec, _ = set_activation(began.spec, state, 2, "linear")
    assert not done("activation o linear", began)
    assert done("activation o linear", replace(began, spec=spec))
    spec, alone = remove_layer(began.spec, state, 1)
    assert not done("hidden layers 0", began)
    assert done("hidden layers 0", replace(began, spec=spec, theta=alone.theta))
    # Names that the network no longer has are never done, and are no error.
    now = replace(began, spec=spec, theta=alone.theta, before=began)
    for wait in ("step delta h1", "ask delta h1", "activation h1 tanh", "edit w2_13", "set h9 1"):
        assert not done(wait, now, began)


def test_seeds_and_mistakes() -> None:
    began = moment()
    now = replace(began, spec=replace(began.spec, seed=7))
    assert not done("seed", began)
    assert done("seed", now, began)
    assert done("seed 7", now)
    assert not done("seed 8", now)
    state = start_state(began.spec, began.theta)
    spec, _ = set_mistakes(began.spec, state, ["updated-weights"])
    assert not done("mistake updated-weights", began)
    assert done("mistake updated-weights", replace(began, spec=spec))
    assert done("mistake none", began)
    assert not done("mistake none", replace(began, spec=spec))


def test_tools_and_reading() -> None:
    now = moment()
    assert done("open gradient check", now, tool="Gradient check")
    assert not done("open gradient check", now, tool="")
    assert done("next", now)


@pytest.mark.parametrize(
    ("wait", "sentence"),
    [
        ("next", "Read, then press Next."),
        ("step net input h1", "Step until the net input of h1 is shown."),
        ("step backward pass", "Step until the backward pass is done."),
        ("step check", "Step until the loss after the update is shown."),
        ("ask gradient w5", "Ask where the gradient of w5 comes from: click it on the network."),
        ("epochs 10,000", "Train to epoch 10,000."),
        ("iterations 1", "Go on until 1 iteration is done."),
        ("iterations 20", "Go on until 20 iterations are done."),
        ("loss below -2e-3", "Train until the loss is below −0.002."),
        ("edit w5", "Change w5: click it on the network, type a number, press Enter."),
        ("set learning rate 2", "Set the learning rate to 2 (on the left)."),
        (
            "set slope below 0 of h1 0.2",
            "Set the slope below 0 of h1's layer to 0.2 (on the left, under “edit layers”).",
        ),
        ("optimizer adam", "Choose Adam (Keras) as the optimizer (on the left)."),
        ("seed 7", "Press New seed until the seed is 7 (it is 1 now)."),
        ("mistake updated-weights", "Turn on Learn ▸ Mistakes ▸ Weights already updated."),
        ("mistake none", "Choose Learn ▸ Mistakes ▸ Do it right."),
        ("open gradient check", "Open Learn ▸ Gradient check."),
    ],
)
def test_what_is_asked_for_is_said(wait: str, sentence: str) -> None:
    assert read_task(wait).sentence(read_example("mazur-2-2-2").spec) == sentence


def test_it_is_said_in_the_notation_of_the_window() -> None:
    spec = read_example("mazur-2-2-2").spec
    indexed = Notation(parameters="indexed")
    asked = Show("gradient w5").sentence(spec, indexed)
    assert asked == "Step until the gradient of w²₁₁ is shown."
    assert read_task("edit w5").sentence(spec, indexed).startswith("Change w²₁₁:")


def test_reading_squeezes_blanks() -> None:
    assert read_task("  seed   7 ") == Seed(7)
    assert read_task("step  net   input h1") == Show("net input h1")
