"""Frozen parameters take part and nothing moves them; cut edges are not there at all."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.derive import derive
from engine.derivations.matrix import derive_layer
from engine.documents.examples import read_example
from engine.formulas.writers import LatexWriter, TextWriter, latex_number
from engine.maths.clipping import Clipping
from engine.maths.network import Parameter, with_layer
from engine.maths.optimizers import RULES, Optimizer
from engine.run.check_spec import SpecError, check_spec
from engine.run.edits import set_optimizer, set_parameters
from engine.run.holding import connect, cut, freeze
from engine.run.iteration import evaluate, iterate
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
    # The length of all gradients, by which they may be clipped, is another without one of them.
    run = replace(run[0], clipping=Clipping()), run[1]
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


# Cut edges


def xor(edge: Parameter | None = None) -> tuple[Spec, State]:
    document = read_example("xor-2-3-1")
    run = document.spec, start_state(document.spec, document.start)
    return run if edge is None else cut(*run, [edge])


@given(runs(), st.data())
def test_a_cut_edge_is_not_there_and_the_others_keep_their_steps(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    spec, state = run
    edges = [each for layer in range(1, spec.network.depth + 1)
             for each in spec.network.parameters_of(layer) if each.source is not None]
    assume(edges)
    edge = data.draw(st.sampled_from(edges))
    before = [spec.steps.id_at(k) for k in range(len(spec.steps))]
    spec, state = cut(spec, state, [edge])
    check_spec(spec)
    steps = [spec.steps.id_at(k) for k in range(len(spec.steps))]
    assert steps == [step for step in before if step.parameter != edge]
    assert [spec.steps.index_of(step) for step in steps] == list(range(len(steps)))
    gone = StepId("backward", "weight_gradient", *edge)
    assert gone not in spec.steps
    place = spec.network.index(edge)
    for _ in range(2):
        iteration = iterate(spec, state)
        assume(np.isfinite(iteration.next_state.theta).all())
        assert state.theta[place] == iteration.next_state.theta[place] == 0.0
        assert all(slot[place] == 0.0 for slot in iteration.next_state.slots)
        assert iteration.gradient[place] == 0.0
        state = iteration.next_state


def test_the_draws_of_other_weights_do_not_shift_and_a_drawn_one_comes_back() -> None:
    spec, state = xor()
    edge = Parameter(1, 1, 0)
    cut_spec, cut_state = cut(spec, state, [edge])
    place = spec.network.index(edge)
    others = np.arange(spec.network.size) != place
    drawn = cut_spec.network.draw(spec.initializer, 7)
    assert np.array_equal(drawn[others], spec.network.draw(spec.initializer, 7)[others])
    assert drawn[place] == cut_state.theta[place] == 0.0
    again, back = connect(cut_spec, cut_state, [edge])
    assert again.network == spec.network
    assert back.theta[place] == spec.network.draw(spec.initializer, spec.seed)[place]


def test_xor_with_a_cut_edge_learns_without_it() -> None:
    # x2 no longer reaches h1; the two other units are enough for XOR.
    spec, state = xor(Parameter(1, 0, 1))
    spec = replace(spec, optimizer=Optimizer("adam", {"learning_rate": 0.1}))
    state = start_state(spec, state.theta)
    end = choice.kernel_named("numpy", spec).advance(state, 3000, 3000, lambda: None).state
    assert evaluate(spec, end.theta).loss < 0.01
    assert spec.network.weights(end.theta, 1)[0, 1] == 0.0


def test_formulas_do_not_have_it() -> None:
    spec, state = cut(*mazur(), [Parameter(1, 0, 1), Parameter(2, 1, 0)])
    iteration = iterate(spec, state)
    net = derive(iteration, StepId("forward", "net_input", 1, 0), 0)
    assert net.text.startswith("z_h1 = w1 · i1 + b1 = 0.15 · 0.05 + 0.35")
    assert "the edge from i2" in str(net.notes)
    delta = derive(iteration, StepId("backward", "delta", 1, 0), 0)
    assert "w7" not in delta.text and "w5 · δ_o1" in delta.text


def test_what_is_left_of_a_unit_whose_edges_are_all_cut() -> None:
    into = [Parameter(1, 0, 0), Parameter(1, 0, 1)]
    iteration = iterate(*cut(*mazur(), into))
    net = derive(iteration, StepId("forward", "net_input", 1, 0), 0)
    assert net.text == "z_h1 = b1 = 0.35"
    assert net.notes == (("All edges into h1 are cut: the bias alone is left.",),)
    without = set_bias(*mazur(), 1, "none", True)
    iteration = iterate(*cut(*without, into))
    assert derive(iteration, StepId("forward", "net_input", 1, 0), 0).text == "z_h1 = 0"


def test_where_nothing_reaches_the_output_hidden_deltas_are_0() -> None:
    spec, state = mazur()
    spec, state = cut(spec, state, [each for each in spec.network.parameters_of(2)
                                    if each.source is not None])
    iteration = iterate(spec, state)
    delta = derive(iteration, StepId("backward", "delta", 1, 1), 0)
    assert delta.value == 0.0
    assert "all edges from h2 are cut, so the error does not react to it" in str(delta.factors)
    assert np.array_equal(iteration.next_state.theta, state.theta)  # fixed biases, no edges
    assert not any(g.phase == "update" and g.layer == 2 for g in spec.steps.groups)


def test_mistakes_that_would_take_what_is_not_there_say_so() -> None:
    spec, _ = cut(*mazur(), [W5])
    assert why_not(spec, "untransposed-weights").startswith("Edges are cut")
    assert why_not(spec, "one-path-only").startswith("Edges are cut")


def test_a_number_for_it_is_refused_until_it_is_connected_again() -> None:
    spec, state = cut(*mazur(), [W5])
    with pytest.raises(SpecError, match="the edge of w5 is cut"):
        set_parameters(spec, state, [(W5, 0.3)])
    assert set_parameters(spec, state, [(W5, 0.0)])[1].theta.tolist() == state.theta.tolist()


def test_a_cut_edge_keeps_cut_while_units_and_layers_come_and_go() -> None:
    spec, state = cut(*mazur(), [W5, Parameter(1, 1, 0)])
    wider, there = set_units(spec, state, 1, 3)
    assert wider.network.cut.sum() == 2 and (there.theta[wider.network.cut > 0] == 0.0).all()
    assert remove_unit(spec, state, 1, 0)[0].network.cut.sum() == 1
    deeper, there = add_layer(spec, state, 2)
    assert deeper.network.cut.sum() == 1 and (there.theta[deeper.network.cut > 0] == 0.0).all()


def test_freezing_and_cutting_do_not_add_up() -> None:
    spec, state = cut(*freeze(*mazur(), [W5, W2], True), [W5])
    assert spec.network.held(W5) == "cut" and spec.network.frozen.sum() == 1


def test_the_matrices_of_a_layer_show_a_point_for_it() -> None:
    iteration = iterate(*cut(*mazur(), [W5]))
    for phase, kind in (("forward", "net_input"), ("backward", "delta"), ("update", "weight")):
        step = StepId(phase, kind, 2, 0)
        if phase == "update":
            step = StepId(phase, "weight_update", 2, 0, 1)
        derivation = derive_layer(iteration, step, 0)
        lines = [derivation.line, *(factor.line for factor in derivation.factors)]
        assert any("·" in line.write(TextWriter(6)) for line in lines)
        latex = " ".join(line.write(LatexWriter(latex_number(6))) for line in lines)
        assert r"\cdot" in latex and latex.isascii()
        assert "A point stands for an edge that is cut" in str(derivation.notes)
