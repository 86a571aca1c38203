"""Many seeds at once against one after the other."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.learn.many_seeds.result import SeedsResult
from engine.learn.many_seeds.runs import SeedRuns, SeedsRefused
from engine.maths.losses import LOSSES
from engine.run.iteration import Interrupted, evaluate, iterate
from engine.run.spec import Spec, drawn_start, start_state
from engine.text.numbers import LARGEST
from tests.engine.conftest import specs
from tests.engine.training.test_trainer import two_outputs


def all_of(spec: Spec, start: np.ndarray, seeds: range, epochs: int, **rest: float) -> SeedsResult:
    runs = SeedRuns(spec, partial(drawn_start, spec, start), seeds, epochs, **rest)
    runs.advance()
    assert runs.share_done == 1.0
    assert runs.result is not None
    return runs.result


@given(specs(), st.integers(0, 4), st.integers(0, 500))
def test_together_they_come_to_what_each_comes_to_alone(
    spec: Spec, epochs: int, first: int
) -> None:
    start = spec.network.draw("uniform_pm_1", 77)
    if not LOSSES[spec.loss].has_targets:
        with pytest.raises(SeedsRefused, match="no target that a seed could learn"):
            all_of(spec, start, range(first, first + 3), epochs)
        return
    result = all_of(spec, start, range(first, first + 3), epochs)
    assert [run.seed for run in result.runs] == [first, first + 1, first + 2]
    for run in result.runs:
        alone = replace(spec, seed=run.seed)
        state = start_state(alone, drawn_start(alone, start, run.seed))
        for _ in range(epochs * alone.iterations_per_epoch):
            state = iterate(alone, state).next_state
        right = evaluate(alone, state.theta)
        if run.diverged is not None:
            with np.errstate(all="ignore"):
                assert not np.abs(state.theta).max() < LARGEST  # as the trainer sees it
        elif np.abs(state.theta).max() < 1e6:  # beyond, a run on its way out magnifies rounding
            np.testing.assert_allclose(run.outputs, right.outputs, rtol=1e-9, atol=1e-9)
            assert run.loss == pytest.approx(right.loss, rel=1e-9, abs=1e-9)


def test_a_thousand_epochs_agree_with_the_plain_engine() -> None:
    document = read_example("xor-2-3-1")
    spec = document.spec
    result = all_of(spec, document.start, range(17, 20), 1000)
    for run in result.runs:
        state = start_state(spec, drawn_start(spec, document.start, run.seed))
        for _ in range(1000):
            state = iterate(spec, state).next_state
        right = evaluate(spec, state.theta).outputs
        np.testing.assert_allclose(run.outputs, right, rtol=1e-9, atol=1e-9)


def tutorial_start(spec: Spec, seed: int) -> np.ndarray:
    """Start values as the tutorial draws them: W1 (2x3), W2 (3x1), b1, b2, uniform from 0 to 1."""
    generator = np.random.RandomState(seed)
    W1, W2 = generator.rand(2, 3), generator.rand(3, 1)
    return spec.network.theta([W1.T, W2.T], [generator.rand(3), generator.rand(1)])


def test_five_of_the_first_hundred_seeds_of_the_xor_tutorial_do_not_learn() -> None:
    document = read_example("xor-2-3-1")
    start_of = partial(tutorial_start, document.spec)
    np.testing.assert_array_equal(start_of(1), document.start)
    runs = SeedRuns(document.spec, start_of, range(100), 10_000)
    runs.advance()
    assert runs.result is not None
    assert runs.result.learnt == 95  # worked out with NumPy alone for the tutorial's own draw
    assert runs.result.sentence == "95 of 100 learn"
    assert sum(len(group.seeds) for group in runs.result.stuck) == 5
    assert all("0.5" in group.words for group in runs.result.stuck)
    # The bundled start values are seed 1; the outputs after 10,000 epochs are the figures known.
    outputs = runs.result.runs[1].outputs[:, 0]
    known = [0.01982639887255177, 0.9840378787203465, 0.984051886116198, 0.01578260174192771]
    np.testing.assert_allclose(outputs, known, rtol=1e-9)


def test_what_is_stuck_is_said_in_words() -> None:
    document = read_example("xor-2-3-1")
    result = all_of(document.spec, document.start, range(15, 25), 10_000)
    assert [(group.words, group.seeds) for group in result.stuck] == [
        ("0.5 for (1, 0) and (1, 1)", (17, 21))
    ]
    assert [run.seed for run in result.runs if not run.learnt] == [17, 21]


def test_many_patterns_are_grouped_by_the_samples_that_are_off() -> None:
    document = read_example("xor-2-3-1-adam")
    result = all_of(document.spec, document.start, range(100), 200)
    assert result.learnt == 0
    assert [group.words for group in result.stuck] == ["off for every sample"]
    assert result.stuck[0].seeds == tuple(range(100))


def test_a_wider_tolerance_lets_more_pass() -> None:
    document = read_example("xor-2-3-1")
    narrow = all_of(document.spec, document.start, range(10), 3000, tolerance=0.01)
    wide = all_of(document.spec, document.start, range(10), 3000, tolerance=0.49)
    assert narrow.learnt == 0 < wide.learnt


def test_a_run_that_diverges_is_said_to_and_does_not_disturb_the_others() -> None:
    document = read_example("xor-2-3-1")
    network = document.spec.network
    layers = tuple(replace(layer, activation="linear") for layer in network.layers)
    spec = replace(
        document.spec,
        network=replace(network, layers=layers),
        optimizer=document.spec.optimizer.changed(learning_rate=0.2),
        initializer="glorot_uniform",
    )
    result = all_of(spec, document.start, range(40), 200)
    diverged = [run for run in result.runs if run.diverged is not None]
    assert 0 < len(diverged) < 40
    assert all(np.isfinite(run.loss) and not run.learnt for run in diverged)
    assert ("diverged", tuple(run.seed for run in diverged)) in [
        (group.words, group.seeds) for group in result.stuck
    ]
    for run in diverged[:3]:
        assert run.diverged is not None
        state = start_state(spec, drawn_start(spec, document.start, run.seed))
        for _ in range(run.diverged - 1):
            state = iterate(spec, state).next_state
            assert (np.abs(state.theta) < 1e12).all()


def test_large_parameters_are_no_divergence_while_each_is_below_the_bound() -> None:
    spec = two_outputs(8e11)
    result = all_of(spec, np.zeros(2), range(2), 3)
    assert [run.diverged for run in result.runs] == [None, None]
    lost = all_of(two_outputs(9e11, learning_rate=1.5), np.zeros(2), range(2), 3)
    assert [run.diverged for run in lost.runs] == [1, 1]


def test_fixed_parameters_stay_as_they_are() -> None:
    document = read_example("mazur-2-2-2")
    theta = drawn_start(document.spec, document.start, 5)
    fixed = document.spec.network.trained == 0.0
    np.testing.assert_array_equal(theta[fixed], document.start[fixed])
    assert (theta[~fixed] != document.start[~fixed]).all()


def test_the_work_can_be_called_off_and_is_done_in_pieces() -> None:
    document = read_example("xor-2-3-1")
    runs = SeedRuns(document.spec, partial(drawn_start, document.spec, document.start),
                    range(4), 50)
    runs.advance(seconds=0.0)
    assert 0.0 < runs.share_done < 1.0
    assert runs.result is None

    def stop() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        runs.advance(check=stop)
    while runs.result is None:
        runs.advance(seconds=0.0)
    whole = all_of(document.spec, document.start, range(4), 50)
    assert [run.loss for run in runs.result.runs] == [run.loss for run in whole.runs]


def test_seeds_are_not_compared_with_a_mistake_on() -> None:
    document = read_example("xor-2-3-1")
    spec = replace(document.spec, mistakes=("wrong-sign",))
    with pytest.raises(SeedsRefused, match="turn those of this run off first"):
        SeedRuns(spec, partial(drawn_start, spec, document.start), range(3), 10)
