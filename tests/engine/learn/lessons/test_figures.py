"""Every figure that a bundled lesson tells is what the program comes to."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from msgspec.structs import replace

from engine.learn.lessons.bundled import bundled_lesson
from engine.learn.lessons.names import find_parameter
from engine.learn.many_seeds.runs import SeedRuns
from engine.run.edits import set_activation
from engine.run.iteration import Iteration, evaluate, iterate
from engine.run.reshaping import remove_layer
from engine.run.spec import Spec, State, drawn_start, start_state
from engine.text.numbers import format_number
from engine.training.divergence import Divergence
from engine.training.trainer import Trainer


class Told:
    """A bundled lesson: its text in one line, and the document it opens."""

    def __init__(self, name: str) -> None:
        lesson = bundled_lesson(name)
        paragraphs = [text for step in lesson.steps for text in step.paragraphs]
        self.text = " ".join(paragraphs)
        self.spec, self.start = lesson.document.spec, lesson.document.start

    def first(self, spec: Spec | None = None) -> Iteration:
        spec = spec or self.spec
        return iterate(spec, start_state(spec, self.start))

    def says(self, *values: float, digits: int = 6) -> None:
        """The text tells these values, rounded to so many digits."""
        for value in values:
            assert format_number(float(value), digits) in self.text, value


def trained(spec: Spec, start: np.ndarray, epochs: int) -> tuple[State, Divergence | None]:
    trainer = Trainer(spec, start_state(spec, start), 100_000, 0)
    progress = trainer.advance(iterations=epochs * spec.iterations_per_epoch)
    return progress.state, progress.divergence


def loss_after(spec: Spec, start: np.ndarray, epochs: int) -> float:
    return evaluate(spec, trained(spec, start, epochs)[0].theta).loss


def optimized(spec: Spec, **settings: float) -> Spec:
    return replace(spec, optimizer=spec.optimizer.changed(**settings))


def test_forward_pass() -> None:
    told = Told("forward-pass")
    sample = told.first().sample(0)
    told.says(*sample.z[1][:1], *sample.a[1][1:], *told.spec.data.inputs[0])
    told.says(*told.spec.network.weights(told.start, 1)[0])


def test_chain_rule() -> None:
    told = Told("chain-rule")
    iteration = told.first()
    sample = iteration.sample(0)
    (z,), (a,), (delta,) = sample.z[1], sample.a[1], sample.delta[1]
    told.says(*told.start, z, a, a - 1.0, a * (1.0 - a), delta, *iteration.gradient[:1])
    told.says(iteration.loss, iteration.loss_after, iteration.next_state.theta[0])
    after = trained(told.spec, told.start, 100)[0]
    assert a < evaluate(told.spec, after.theta).outputs[0, 0] < 1.0


def test_mazur_by_hand() -> None:
    told = Told("mazur-by-hand")
    network, iteration = told.spec.network, told.first()
    sample = iteration.sample(0)
    a, other = sample.a[2]
    told.says(a, digits=8)  # 0.75136507, as he prints it
    told.says(other, iteration.loss, digits=9)
    told.says(a - 0.01, a * (1.0 - a), sample.a[1][0])
    w1, w5 = (network.index(find_parameter(network, name)) for name in ("w1", "w5"))
    told.says(iteration.gradient[w5], iteration.gradient[w1], iteration.next_state.theta[w5])
    assert format_number(iteration.gradient[w5], 8) == "0.082167041"
    told.says(iteration.gradient[w5], digits=8)
    told.says(iteration.loss_after, digits=9)
    mistaken = told.first(replace(told.spec, mistakes=("updated-weights",)))
    told.says(mistaken.loss_after, digits=9)
    assert f"{mistaken.loss_after:.9f}" == "0.291027924"  # as he prints it
    # "The weights w5 to w8 are still right; only the hidden ones moved a little differently."
    moved = mistaken.next_state.theta != iteration.next_state.theta
    outer = network.weights(moved, 2)
    inner = network.weights(moved, 1)
    assert not outer.any()
    assert inner.all()


def test_hidden_layer() -> None:
    told = Told("hidden-layer")
    theta = trained(told.spec, told.start, 3000)[0].theta
    result = evaluate(told.spec, theta)
    assert result.loss < 0.01
    assert loss_after(told.spec, told.start, 300) > 0.49
    state = start_state(told.spec, theta)
    hidden = np.array([iterate(told.spec, state).sample(row).a[1] for row in range(4)])
    one, both = hidden[1:3], hidden[3]
    assert (one[:, 1] > 0.9).all() and both[1] > 0.9 and hidden[0, 1] < 0.1  # h2: at least one
    assert (one[:, 0] < 0.2).all() and both[0] > 0.8  # h1: both
    assert (one[:, 2] < 0.3).all() and both[2] > 0.6  # h3 leans to it
    output = told.spec.network.weights(theta, 2)[0]
    assert output[1] > 0 > output[0]  # the output subtracts
    alone, start = remove_layer(told.spec, start_state(told.spec, told.start), 1)
    result = evaluate(alone, trained(alone, start.theta, 1000)[0].theta)
    assert result.loss == pytest.approx(0.5, abs=1e-9)
    np.testing.assert_allclose(result.outputs, 0.5, atol=1e-6)


def test_which_seeds_do_not_learn() -> None:
    told = Told("stalls-and-diverges")
    start_of = partial(drawn_start, told.spec, told.start)
    runs = SeedRuns(told.spec, start_of, range(100), 10_000)
    runs.advance()
    assert runs.result is not None
    assert [run.seed for run in runs.result.runs if not run.learnt] == [17, 21]
    assert "17 and 21" in told.text


def test_a_plateau_and_a_quick_run() -> None:
    told = Told("stalls-and-diverges")
    spec = replace(told.spec, seed=17)
    start = drawn_start(spec, told.start, 17)
    state, _ = trained(spec, start, 5_000)
    assert loss_after(spec, start, 0) == pytest.approx(2 * 0.25, abs=0.15)
    result = evaluate(spec, state.theta)
    assert result.loss == pytest.approx(0.25, abs=0.005)
    np.testing.assert_allclose(result.outputs[2:, 0], 0.5, atol=0.01)
    np.testing.assert_allclose(result.outputs[:2, 0], [0, 1], atol=0.03)
    assert 0.0006 < np.abs(iterate(spec, state).gradient).max() < 0.0007
    trainer = Trainer(spec, state, 100_000, None)
    trainer.advance(iterations=20_000)
    assert evaluate(spec, trainer.state.theta).loss == pytest.approx(0.25, abs=0.005)
    trainer.advance(iterations=1_000)
    assert evaluate(spec, trainer.state.theta).loss < 0.01
    quick = replace(told.spec, seed=18)
    assert loss_after(quick, drawn_start(quick, told.start, 18), 2000) < 0.01


def test_rates_that_are_too_large() -> None:
    told = Told("stalls-and-diverges")
    start = drawn_start(told.spec, told.start, 18)
    fast = optimized(told.spec, learning_rate=50.0)
    for epochs in (1, 100):
        state, _ = trained(fast, start, epochs)
        result = evaluate(fast, state.theta)
        assert result.loss == pytest.approx(1.0, abs=1e-6)
        assert result.outputs.max() < 1e-6
        assert np.abs(iterate(fast, state).gradient).max() < 1e-7
    linear, _ = set_activation(told.spec, start_state(told.spec, start), 2, "linear")
    _, divergence = trained(optimized(linear, learning_rate=2.0), start, 100)
    assert divergence is not None


def test_adam() -> None:
    told = Told("adam")
    first = told.first()
    sizes = np.abs(first.gradient)
    assert 0.011 < sizes.max() < 0.012
    assert (sizes < 0.001).sum() >= 3
    moved = np.abs(first.next_state.theta - told.start)
    assert (np.round(moved, 5) == 0.001).sum() >= 9
    assert moved.max() <= 0.001
    plain = replace(told.spec, optimizer=replace(told.spec.optimizer, key="gradient_descent"))
    told.says(evaluate(told.spec, told.start).loss)
    for spec, epochs in (
        (told.spec, 1000),
        (plain, 1000),
        (optimized(plain, learning_rate=0.5), 1000),
        (optimized(told.spec, learning_rate=0.01), 1000),
    ):
        told.says(loss_after(spec, told.start, epochs))
    thrown = optimized(told.spec, learning_rate=0.5)
    result = evaluate(thrown, trained(thrown, told.start, 10_000)[0].theta)
    told.says(result.loss, digits=4)
    assert (np.abs(result.outputs - 0.5) < 0.01).sum() == 2
