"""Frozen parameters: they take part, their gradient is there, and nothing moves them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.derive import derive
from engine.documents.examples import read_example
from engine.maths.network import Parameter, with_layer
from engine.maths.optimizers import RULES, Optimizer
from engine.run.check_spec import SpecError, check_spec
from engine.run.edits import set_optimizer
from engine.run.holding import freeze
from engine.run.iteration import iterate
from engine.run.mistakes import why_not
from engine.run.reshaping import add_layer, remove_unit, set_bias, set_units
from engine.run.spec import Spec, State, drawn_start, start_state
from engine.run.steps import StepId
from engine.training.kernels import choice
from tests.engine.conftest import runs

W2, W5 = Parameter(1, 0, 1), Parameter(2, 0, 0)


def mazur() -> tuple[Spec, State]:
    document = read_example("mazur-2-2-2")
    return document.spec, start_state(document.spec, document.start)


@given(runs(), st.data())
def test_what_is_frozen_stays_and_all_else_goes_its_way(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    network = run[0].network
    spec, state = freeze(*run, map(network.parameter_at, range(network.size)), False)
    index = data.draw(st.integers(0, spec.network.size - 1))
    free = iterate(spec, state)
    held_spec, held = freeze(spec, state, [spec.network.parameter_at(index)], True)
    iteration = iterate(held_spec, held)
    assume(np.isfinite(free.next_state.theta).all())
    assert np.array_equal(iteration.gradient, free.gradient)
    assert iteration.loss == free.loss
    assert iteration.next_state.theta[index] == state.theta[index]
    others = np.arange(spec.network.size) != index
    assert np.array_equal(iteration.next_state.theta[others], free.next_state.theta[others])


@pytest.mark.parametrize("key", RULES)
@pytest.mark.parametrize("kernel", ["plain", "numpy"])
def test_no_optimizer_moves_on_what_was_frozen_in_the_middle_of_a_run(
    key: str, kernel: str
) -> None:
    run = set_optimizer(*mazur(), Optimizer(key, {"learning_rate": 0.1}))
    spec, state = run
    for _ in range(3):
        state = iterate(spec, state).next_state
    frozen_spec, frozen = freeze(spec, state, [W5, W2], True)
    end = choice.kernel_named(kernel, frozen_spec).advance(frozen, 20, 100, lambda: None).state
    stayed = np.flatnonzero(end.theta == state.theta).tolist()
    fixed = [Parameter(1, None, None), Parameter(2, None, None)]  # in this example from the start
    assert stayed == sorted(map(spec.network.index, (W5, W2, *fixed)))


def test_training_one_layer_only() -> None:
    spec, state = mazur()
    into_hidden = list(spec.network.parameters_of(1))
    spec, state = freeze(spec, state, into_hidden, True)
    after = iterate(spec, state).next_state
    hidden = spec.network.span(1)
    assert np.array_equal(after.theta[hidden], state.theta[hidden])
    weights = [spec.network.weights(each.theta, 2) for each in (state, after)]
    assert (weights[0] != weights[1]).all()
    back, _ = freeze(spec, state, into_hidden, False)
    assert back.network == mazur()[0].network


def test_the_update_says_that_it_stays_and_the_gradient_that_it_is_not_used() -> None:
    iteration = iterate(*freeze(*mazur(), [W5], True))
    update = derive(iteration, StepId("update", "weight_update", *W5), 0)
    assert update.text == "w5 ← w5 = 0.4"
    assert "frozen: it stays" in str(update.notes)
    gradient = derive(iteration, StepId("backward", "weight_gradient", *W5), 0)
    assert gradient.value == pytest.approx(0.082167041, abs=1e-9)  # as printed, Mazur 2015
    assert "is frozen" in str(gradient.used_next)


def test_a_drawn_start_leaves_it_where_it_is() -> None:
    spec, state = freeze(*mazur(), [W5], True)
    drawn = drawn_start(spec, state.theta, 5)
    assert drawn[spec.network.index(W5)] == 0.4
    assert drawn[spec.network.index(W2)] != state.theta[spec.network.index(W2)]


def test_units_and_layers_come_and_go_around_it() -> None:
    w7 = Parameter(2, 1, 0)
    spec, state = freeze(*mazur(), [W5, w7, Parameter(1, 1, 0)], True)
    wider = set_units(spec, state, 1, 3)[0].network
    assert wider.frozen.sum() == 3 and wider.held(W5) == wider.held(w7) == "frozen"
    narrower = remove_unit(spec, state, 2, 0)[0].network
    assert narrower.frozen.sum() == 2 and narrower.held(Parameter(2, 0, 0)) == "frozen"
    without = remove_unit(spec, state, 1, 0)[0].network
    assert without.frozen.sum() == 1 and without.held(Parameter(1, 0, 0)) == "frozen"
    deeper = add_layer(spec, state, 2)[0].network
    assert deeper.frozen.sum() == 1 and deeper.held(Parameter(1, 1, 0)) == "frozen"
    check_spec(replace(spec, network=deeper))


def test_another_kind_of_bias_is_trained_again() -> None:
    bias = Parameter(1, None, None)
    spec, state = freeze(*mazur(), [bias, W5], True)
    network = set_bias(spec, state, 1, "per_unit", True)[0].network
    assert network.frozen.sum() == 1 and network.held(W5) == "frozen"


def test_the_mistake_that_forgets_biases_needs_one_that_is_trained() -> None:
    document = read_example("xor-2-2-1")
    spec, state = document.spec, start_state(document.spec, document.start)
    assert not why_not(spec, "biases-forgotten")
    parameters = [each for layer in (1, 2) for each in spec.network.parameters_of(layer)]
    spec, _ = freeze(spec, state, [each for each in parameters if each.source is None], True)
    assert why_not(spec, "biases-forgotten") == "The network has no biases that are trained."


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"frozen_weights": ((0,),)}, "expected 2 rows, one per unit, not 1"),
        ({"frozen_weights": ((2,), ())}, "there is no unit before the layer with the number 2"),
        ({"frozen_weights": ((1, 1), ())}, "numbers go upwards here, each once"),
        ({"frozen_biases": (1,)}, "there is no bias with the number 1"),
    ],
)
def test_a_place_that_is_not_there_is_refused(
    changes: dict[str, object], sentence: str
) -> None:
    spec, _ = mazur()
    with pytest.raises(SpecError, match=sentence):
        check_spec(replace(spec, network=with_layer(spec.network, 1, **changes)))
