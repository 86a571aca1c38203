"""The classic mistakes: each exact, so that printed figures can be found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.examples import example_names, read_example
from engine.documents.reading import read_document, write_document
from engine.maths.backprop import RIGHT
from engine.maths.optimizers import Optimizer
from engine.run.edits import set_mistakes, set_optimizer
from engine.run.iteration import evaluate, iterate, sample_pass
from engine.run.mistakes import MISTAKES, why_not
from engine.run.paper import paper_iteration
from engine.run.spec import Spec, State, start_state
from engine.training.history import History
from engine.training.trainer import Trainer
from tests.engine.conftest import specs


def with_mistakes(name: str, *mistakes: str) -> tuple[Spec, State]:
    document = read_example(name)
    spec = replace(document.spec, mistakes=mistakes)
    return spec, start_state(spec, document.start)


def trained(spec: Spec, state: State, iterations: int) -> State:
    trainer = Trainer(spec, state)
    trainer.advance(iterations)
    return trainer.state


def test_mazur_with_updated_weights_gives_the_printed_figures() -> None:
    spec, state = with_mistakes("mazur-2-2-2", "updated-weights")
    iteration = iterate(spec, state)
    assert iteration.loss_after == pytest.approx(0.29102792390544, abs=5e-15)
    assert iteration.sample(0).delta[1] == pytest.approx(
        [0.007294457551881869, 0.008472592089352561], rel=1e-12
    )
    outputs = evaluate(spec, trained(spec, state, 10_000).theta).outputs[0]
    assert outputs == pytest.approx([0.01591219632603, 0.98406573448563], abs=1e-13)


def test_the_hand_example_with_two_mistakes_gives_the_printed_weights_and_a_rising_loss() -> None:
    spec, state = with_mistakes("hand-2-2-1", "lost-link", "derivative-at-activation")
    iteration = iterate(spec, state)
    W1, W2 = (spec.network.weights(iteration.next_state.theta, layer) for layer in (1, 2))
    assert W2[0] == pytest.approx([0.5373779619835624, 0.44662314482672305], rel=1e-12)
    assert W1[0] == pytest.approx([0.6996116148937314, 0.40026696893623886], rel=1e-12)
    assert W1[1] == pytest.approx([0.2997307813265299, 0.599798468795918], rel=1e-12)
    assert iteration.loss_after == pytest.approx(0.12710903730793544, rel=1e-12)
    assert iteration.loss_after > iteration.loss


def test_the_remaining_rules_on_one_sample_by_hand() -> None:
    right, state = with_mistakes("mazur-2-2-2")
    a = iterate(right, state).sample(0)
    delta, W2 = a.delta[2], right.network.weights(state.theta, 2)
    slope = a.a[1] * (1 - a.a[1])

    def hidden(*mistakes: str) -> np.ndarray:
        spec = replace(right, mistakes=mistakes)
        return sample_pass(spec, state.theta, 0).delta[1]

    assert hidden("untransposed-weights") == pytest.approx(W2 @ delta * slope, rel=1e-12)
    assert hidden("one-path-only") == pytest.approx(W2[0] * delta[0] * slope, rel=1e-12)
    assert hidden("untransposed-weights", "one-path-only") == pytest.approx(
        W2[:, 0] * delta[0] * slope, rel=1e-12
    )
    assert hidden("wrong-sign") == pytest.approx(-a.delta[1], rel=1e-12)
    error = (W2.T @ (a.a[2] - a.targets))
    assert hidden("missing-derivative") == pytest.approx(error, rel=1e-12)
    sigmoid = 1 / (1 + np.exp(-a.a[1]))
    at_a = hidden("derivative-at-activation")
    doubled = 1 / (1 + np.exp(-a.a[2]))
    output = (a.a[2] - a.targets) * doubled * (1 - doubled)
    assert at_a == pytest.approx(W2.T @ output * sigmoid * (1 - sigmoid), rel=1e-12)
    z = sample_pass(replace(right, mistakes=("bias-left-out",)), state.theta, 0).z[1]
    assert z == pytest.approx(a.z[1] - 0.35, rel=1e-12)


def test_lost_factor_2_halves_the_gradient() -> None:
    spec, state = with_mistakes("hand-2-2-1", "lost-factor-2")
    right = iterate(*with_mistakes("hand-2-2-1"))
    assert iterate(spec, state).gradient == pytest.approx(right.gradient / 2, rel=1e-12)


def test_first_sample_only_takes_the_gradient_of_the_first() -> None:
    for reduction in ("sum", "mean"):
        spec, state = with_mistakes("xor-2-3-1", "first-sample-only")
        spec = replace(spec, reduction=reduction)
        alone = replace(
            spec, mistakes=(),
            data=replace(spec.data, inputs=spec.data.inputs[:1], targets=spec.data.targets[:1]),
        )
        assert np.array_equal(iterate(spec, state).gradient, iterate(alone, state).gradient)
        whole = iterate(replace(spec, mistakes=()), state)
        assert iterate(spec, state).loss == whole.loss


def test_what_happens_outside_the_passes() -> None:
    spec, state = with_mistakes("xor-2-3-1", "forgotten-rate")
    one = iterate(spec, state)
    assert np.array_equal(one.next_state.theta, state.theta - one.gradient)

    spec, state = with_mistakes("xor-2-3-1", "biases-forgotten")
    after = iterate(spec, state).next_state.theta
    for layer in (1, 2):
        before, now = (spec.network.biases(theta, layer) for theta in (state.theta, after))
        assert before is not None and now is not None and np.array_equal(before, now)
        assert not np.array_equal(
            spec.network.weights(state.theta, layer), spec.network.weights(after, layer)
        )

    spec, state = with_mistakes("xor-2-3-1", "same-start")
    after = trained(spec, state, 500).theta
    W1 = spec.network.weights(after, 1)
    assert np.array_equal(W1[0], W1[1]) and np.array_equal(W1[0], W1[2])

    spec, state = with_mistakes("xor-2-3-1", "accumulated-gradients")
    first = iterate(spec, state)
    second = iterate(spec, first.next_state)
    fresh = iterate(replace(spec, mistakes=()), State(np.array(first.next_state.theta), (), 1))
    assert np.array_equal(second.gradient, fresh.gradient + first.gradient)


def test_a_forgotten_bias_does_not_move_by_a_velocity_from_before() -> None:
    spec, state = with_mistakes("xor-2-3-1")
    spec, state = set_optimizer(spec, state, Optimizer("momentum", {"learning_rate": 0.5}))
    state = trained(spec, state, 5)
    spec, state = set_mistakes(spec, state, ("biases-forgotten",))
    after = trained(spec, state, 5)
    for layer in (1, 2):
        before, now = (spec.network.biases(s.theta, layer) for s in (state, after))
        assert before is not None and now is not None and np.array_equal(before, now)


@given(specs(), st.lists(st.sampled_from(sorted(MISTAKES)), unique=True, max_size=4))
def test_on_paper_with_many_decimals_it_comes_to_the_same(spec: Spec, keys: list[str]) -> None:
    spec = replace(spec, mistakes=tuple(keys))
    state = start_state(spec)
    iteration = iterate(spec, state)
    paper = paper_iteration(iteration, 13)
    assert paper.gradient == pytest.approx(iteration.gradient, rel=1e-6, abs=1e-9)
    assert paper.next_state.theta == pytest.approx(iteration.next_state.theta, rel=1e-5, abs=1e-6)


@given(specs(), st.lists(st.sampled_from(sorted(MISTAKES)), unique=True, max_size=5))
def test_a_run_with_mistakes_comes_back_bit_for_bit(spec: Spec, keys: list[str]) -> None:
    spec = replace(spec, mistakes=tuple(keys))
    state = start_state(spec)
    straight = trained(spec, state, 6)
    history = History(spec, state.theta, state)
    replayed = history.state_at(0, straight.t)
    assert straight.theta.tobytes() == replayed.theta.tobytes()
    stepped, run = iterate(spec, state).next_state, trained(spec, state, 1)
    assert stepped.theta.tobytes() == run.theta.tobytes()


@given(specs(), st.sampled_from(sorted(MISTAKES)))
def test_what_is_not_offered_changes_nothing(spec: Spec, key: str) -> None:
    if not why_not(spec, key):
        return
    state = start_state(spec)
    mistaken = replace(spec, mistakes=(key,))
    there = iterate(mistaken, start_state(mistaken))
    assert there.gradient.tobytes() == iterate(spec, state).gradient.tobytes()
    assert there.next_state.theta.tobytes() == iterate(spec, state).next_state.theta.tobytes()


def test_without_mistakes_the_rules_are_the_right_ones() -> None:
    for spec in (read_example(name).spec for name in example_names()):
        assert spec.rules is RIGHT
        assert (why_not(spec, "wrong-sign") == "") == spec.can_train


def test_choosing_mistakes_keeps_the_optimizers_memory() -> None:
    spec, state = with_mistakes("xor-2-3-1-adam")
    state = trained(spec, state, 3)
    on, state_on = set_mistakes(spec, state, ("accumulated-gradients", "wrong-sign"))
    assert len(state_on.slots) == 3 and not state_on.slots[2].any()
    assert np.array_equal(state_on.slots[0], state.slots[0])
    _, state_off = set_mistakes(on, trained(on, state_on, 2), ())
    assert len(state_off.slots) == 2


def test_a_document_carries_its_mistakes_and_the_gradient_that_piles_up() -> None:
    spec, state = with_mistakes("xor-2-3-1", "accumulated-gradients", "wrong-sign")
    state = trained(spec, state, 3)
    document = Document(spec=spec, start=np.array(start_state(spec).theta), state=state)
    again = read_document(write_document(document))
    assert again.spec.mistakes == ("accumulated-gradients", "wrong-sign")
    assert again.state is not None
    assert np.array_equal(again.state.slots[0], state.slots[0])


def test_every_mistake_says_what_it_is() -> None:
    for key, mistake in MISTAKES.items():
        assert mistake.key == key and mistake.why.endswith(".")
        assert mistake.right != mistake.wrong
        assert mistake.in_gradient == (not mistake.exempt)
