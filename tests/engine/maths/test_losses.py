"""Losses by hand: figures that each formula gives, kinks, settings, and the Jacobian of softmax."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.maths.activations import ACTIVATIONS
from engine.maths.backprop import RIGHT, backward, forward, output_delta
from engine.maths.losses import (
    LOSS_SETTINGS,
    LOSSES,
    LossSettings,
    loss_function,
    losses_for,
    usual_loss,
)
from engine.maths.metrics import METRICS, are_classes, is_right
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.check_spec import SpecError, check_spec
from engine.run.edits import set_activation, set_loss, set_loss_settings
from engine.run.gradient_check import check_gradient
from engine.run.iteration import evaluate, iterate
from engine.run.reshaping import remove_unit, set_units
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.training.goal import Goal
from engine.training.trainer import Trainer


def row(key: str, delta: float = 1.0, output: int = 0):  # type: ignore[no-untyped-def]
    return loss_function(key, LossSettings({"delta": delta}, output))


def spec_of(
    loss: str,
    targets: list[list[float]],
    activation: str = "linear",
    inputs: list[list[float]] | None = None,
    **rest: object,
) -> Spec:
    """One layer with as many outputs as there are targets; each sample has one input."""
    units = tuple(f"o{k + 1}" for k in range(len(targets[0])))
    network = Network(("x",), (Layer(units, activation),))
    data = Data(np.array(inputs or [[1.0]] * len(targets)), np.array(targets), units)
    fields = {"optimizer": Optimizer().changed(learning_rate=0.1), **rest}
    reduction = LOSSES[loss].reduction or "sum"
    return Spec(network, loss, reduction, data=data, **fields)  # type: ignore[arg-type]


# What each formula gives, worked out by hand


@pytest.mark.parametrize(
    ("key", "a", "t", "terms", "slope"),
    [
        # |1.5 − 1| / 2 and |0.25 − 1| / 2
        ("mean_absolute_error", [1.5, 0.25], [1.0, 1.0], [0.25, 0.375], [0.5, -0.5]),
        ("mean_absolute_error", [1.0, 1.0], [1.0, 1.0], [0.0, 0.0], [0.0, 0.0]),
        # ½ · 0.5², and 1 · (2 − ½)
        ("huber", [0.5, 2.0], [0.0, 0.0], [0.125, 1.5], [0.5, 1.0]),
        ("huber", [-3.0, 1.0], [0.0, 0.0], [2.5, 0.5], [-1.0, 1.0]),
        # 1 − 0.25, and beyond the margin
        ("hinge", [0.25, -2.0], [1.0, -1.0], [0.75, 0.0], [-1.0, 0.0]),
        ("hinge", [0.5, 1.0], [-1.0, 1.0], [1.5, 0.0], [1.0, 0.0]),
        ("output_itself", [0.25, -2.0], [9.0, 9.0], [0.25, 0.0], [1.0, 0.0]),
    ],
)
def test_terms_and_slopes_by_hand(
    key: str, a: list[float], t: list[float], terms: list[float], slope: list[float]
) -> None:
    outputs, targets = np.array([a]), np.array([t])
    found = row(key)
    assert found.terms(outputs, outputs, targets).tolist() == [terms]
    assert found.slope(outputs, targets).tolist() == [slope]


def test_the_threshold_of_huber_is_a_setting() -> None:
    a, t = np.array([[2.0]]), np.array([[0.0]])
    assert row("huber", 4.0).terms(a, a, t).item() == 2.0  # ½ · 2²
    assert row("huber", 0.5).terms(a, a, t).item() == 0.875  # 0.5 · (2 − 0.25)
    assert LOSS_SETTINGS["delta"].default == 1.0


@given(st.floats(0.01, 10.0))
def test_huber_is_smooth_at_its_threshold(delta: float) -> None:
    near, beyond = (np.array([[delta * (1 + step)]]) for step in (-1e-9, 1e-9))
    t, huber = np.zeros((1, 1)), row("huber", delta)
    here, there = (huber.terms(a, a, t).item() for a in (near, beyond))
    assert there == pytest.approx(here, rel=1e-8)
    assert huber.slope(beyond, t).item() == pytest.approx(huber.slope(near, t).item(), rel=1e-8)


@pytest.mark.parametrize("kind", ["binary", "categorical"])
def test_summed_cross_entropies_are_those_of_the_outputs_added_up(kind: str) -> None:
    activation = "sigmoid" if kind == "binary" else "softmax"
    z = np.array([[0.3, -1.2, 2.0]])
    a, t = ACTIVATIONS[activation].apply(z), np.array([[0.0, 1.0, 0.0]])
    mean, summed = row(f"{kind}_cross_entropy"), row(f"summed_{kind}_cross_entropy")
    times = 3.0 if kind == "binary" else 1.0
    right = -np.log(np.where(t == 1.0, a, 1.0 - a if kind == "binary" else 1.0))
    assert summed.terms(z, a, t) == pytest.approx(right, rel=1e-14)
    assert summed.terms(z, a, t) == pytest.approx(times * mean.terms(z, a, t), rel=1e-14)
    delta = output_delta(RIGHT, summed, ACTIVATIONS[activation], z, a, t)
    assert delta == pytest.approx(a - t, rel=1e-14)
    assert (LOSSES[summed.key].reduction, mean.reduction) == (None, "mean")


# The Jacobian of softmax


@given(st.integers(2, 6), st.integers(0, 10_000))
def test_softmax_is_sent_back_through_by_its_whole_jacobian(count: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    z, t = generator.normal(size=(2, 3, count))
    a = ACTIVATIONS["softmax"].apply(z)
    for key in ("half_squared_error", "mean_absolute_error", "huber", "output_itself"):
        loss = row(key, 0.3, count - 1)
        found = output_delta(RIGHT, loss, ACTIVATIONS["softmax"], z, a, t)
        error = loss.slope(a, t)
        for s in range(3):
            jacobian = np.diag(a[s]) - np.outer(a[s], a[s])
            assert found[s] == pytest.approx(jacobian.T @ error[s], rel=1e-12, abs=1e-14)


def test_cross_entropy_with_softmax_still_shortens() -> None:
    z, t = np.array([[0.3, -1.2, 2.0]]), np.array([[0.0, 1.0, 0.0]])
    a = ACTIVATIONS["softmax"].apply(z)
    entropy, softmax = row("categorical_cross_entropy"), ACTIVATIONS["softmax"]
    assert softmax.sent_back is not None
    long_way = softmax.sent_back(entropy.slope(a, t), a)
    short = output_delta(RIGHT, entropy, softmax, z, a, t)
    assert short.tolist() == (a - t).tolist()
    assert short == pytest.approx(long_way, rel=1e-14)


def test_softmax_gets_the_loss_that_is_made_for_it_and_any_other_that_is_chosen() -> None:
    assert usual_loss("softmax", "half_squared_error") == "categorical_cross_entropy"
    assert usual_loss("softmax", "summed_categorical_cross_entropy") == (
        "summed_categorical_cross_entropy"
    )
    assert usual_loss("tanh", "huber") == "huber"
    assert usual_loss("tanh", "categorical_cross_entropy") == "half_squared_error"
    assert "half_squared_error" in losses_for("softmax")
    assert "binary_cross_entropy" not in losses_for("softmax")
    run = spec_of("half_squared_error", [[1.0, 0.0]]), State(np.zeros(4))
    made_for, state = set_activation(*run, 1, "softmax")
    assert made_for.loss == "categorical_cross_entropy"
    squared, state = set_loss(made_for, state, "squared_error")
    assert squared.network.layers[-1].activation == "softmax"
    assert set_activation(squared, state, 1, "softmax")[0].loss == "squared_error"


# Kinks


@pytest.mark.parametrize(
    ("loss", "target", "a", "verdict"),
    [
        ("mean_absolute_error", 1.0, 1.0, "kink"),
        ("mean_absolute_error", 1.0, 1.0 + 5e-6, "kink"),
        ("mean_absolute_error", 1.0, 1.001, "right"),
        ("hinge", 1.0, 1.0, "kink"),
        ("hinge", -1.0, -1.0, "kink"),
        ("hinge", 1.0, -1.0, "right"),
        ("hinge", 1.0, 1.1, "right"),
        ("huber", 0.0, 1.0, "right"),
        ("huber", 0.0, 1.0 - 5e-6, "right"),
        ("half_squared_error", 1.0, 1.0, "right"),
    ],
)
def test_the_gradient_check_speaks_of_a_kink_only_where_one_is_crossed(
    loss: str, target: float, a: float, verdict: str
) -> None:
    spec = spec_of(loss, [[target]])
    found = check_gradient(spec, State(np.array([a - 0.25, 0.25])))
    assert {each.verdict for each in found.checked} == {verdict}


@pytest.mark.parametrize("loss", ["half_squared_error", "huber", "output_itself"])
def test_the_gradient_check_passes_with_softmax(loss: str) -> None:
    spec = spec_of(loss, [[0.2, 0.7, 0.4]], "softmax")
    found = check_gradient(spec, start_state(spec))
    assert found.count("right") == found.size and found.max_relative_error < 1e-6


# Targets


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([[1.0, 0.0]], "targets that are −1 or 1, not 0; write −1 for each 0"),
        ([[1.0, 0.3]], "not 0.3; give each class one of the two"),
    ],
)
def test_hinge_refuses_other_targets_and_says_what_to_do(
    targets: list[list[float]], words: str
) -> None:
    run = spec_of("half_squared_error", targets), State(np.zeros(4))
    with pytest.raises(SpecError) as refused:
        set_loss(*run, "hinge")
    assert words in refused.value.sentence
    assert refused.value.path == "$.data.targets[0][1]"


def test_a_new_output_under_hinge_gets_a_target_that_it_takes() -> None:
    spec = spec_of("hinge", [[1.0], [-1.0]])
    wider, _ = set_units(spec, start_state(spec), 1, 2)
    assert wider.data.targets[:, 1].tolist() == [-1.0, -1.0]
    check_spec(wider)


def test_with_hinge_an_output_is_right_on_its_side_of_0() -> None:
    a, t = np.array([[3.0], [0.1], [-0.1], [0.0]]), np.array([[1.0], [1.0], [1.0], [1.0]])
    spec = spec_of("hinge", t.tolist())
    assert spec.has_classes
    assert spec.are_right(a).tolist() == [True, True, False, False]
    assert spec.metric("accuracy", a) == 0.5
    # Without a loss that asks for a side only, it has to be near.
    assert is_right(a, t, "linear").tolist() == [False, False, False, False]
    assert not are_classes(-t, "linear")
    assert METRICS["accuracy"].value(a, t, "linear", None) == 0.0


def test_training_until_all_are_right_reads_the_loss() -> None:
    spec = spec_of("hinge", [[1.0], [-1.0]], inputs=[[2.0], [-1.0]], metrics=("accuracy",))
    state = State(np.array([-0.5, 0.0]))
    assert not Goal().is_reached(spec, evaluate(spec, state.theta))
    trainer = Trainer(spec, state, 1)
    trainer.advance(iterations=20)
    assert Goal().is_reached(spec, evaluate(spec, trainer.state.theta))
    assert evaluate(spec, trainer.state.theta).metrics == (1.0,)


# The output itself


def test_the_output_itself_is_descended_without_a_target() -> None:
    spec = spec_of("output_itself", [[5.0, 5.0]], "tanh", loss_settings=LossSettings({}, 1))
    state = start_state(spec)
    first = iterate(spec, state)
    assert first.loss == first.sample(0).a[-1][1]
    assert first.sample(0).delta[-1][0] == 0.0
    assert first.loss_after < first.loss
    # ∂a/∂z of tanh alone, as ∂E/∂a is 1.
    assert first.sample(0).delta[-1][1] == pytest.approx(1.0 - first.loss**2, rel=1e-15)
    other = replace(spec, data=replace(spec.data, targets=np.array([[-7.0, 0.5]])))
    np.testing.assert_array_equal(iterate(other, state).gradient, first.gradient)


def test_only_the_chosen_output_has_a_step_of_loss() -> None:
    spec = spec_of("output_itself", [[0.0, 0.0, 0.0]], loss_settings=LossSettings({}, 1))
    steps = [spec.steps.id_at(k) for k in range(len(spec.steps))]
    of_loss = [(step.kind, step.unit) for step in steps if step.phase == "loss"]
    assert of_loss == [("loss", 1), ("total_loss", None)]
    assert [spec.steps.index_of(step) for step in steps] == list(range(len(steps)))
    plain = replace(spec, loss="half_squared_error")
    assert len(plain.steps) == len(spec.steps) + 2
    missing = next(s for s in plain.steps.groups if s.phase == "loss")
    assert plain.steps.id_at(missing.start) not in spec.steps


def test_it_has_no_metrics_and_nothing_to_be_right_about() -> None:
    run = spec_of("half_squared_error", [[0.0], [1.0]], metrics=("accuracy",)), State(np.zeros(2))
    spec, _ = set_loss(*run, "output_itself")
    assert spec.metrics == () and not spec.has_classes and not spec.has_targets
    assert Goal().why_not(spec) == "The output itself has no target to be right about."
    with pytest.raises(SpecError, match="metrics compare outputs with targets"):
        check_spec(replace(spec, metrics=("accuracy",)))


def test_the_chosen_output_stays_the_same_where_others_go() -> None:
    spec = spec_of("output_itself", [[0.0, 0.0, 0.0]])
    state = start_state(spec)
    spec, state = set_loss_settings(spec, state, LossSettings({}, 2))
    fewer, after = remove_unit(spec, state, 1, 0)
    assert fewer.loss_settings.output == 1
    assert iterate(fewer, after).loss == iterate(spec, state).loss
    gone, _ = remove_unit(spec, state, 1, 2)
    assert gone.loss_settings.output == 1
    with pytest.raises(SpecError, match="no output 3"):
        set_loss_settings(spec, state, LossSettings({}, 3))


def test_a_threshold_lies_above_0() -> None:
    run = spec_of("huber", [[0.0]]), State(np.zeros(2))
    with pytest.raises(SpecError, match="lies above 0"):
        set_loss_settings(*run, LossSettings({"delta": 0.0}))


# Numbers beyond all measure


@pytest.mark.parametrize("size", [1e11, -1e11, 1e-300, 0.0])
@pytest.mark.parametrize(
    "key", [key for key, loss in LOSSES.items() if loss.goes_with is None]
)
def test_linear_outputs_of_any_size_give_numbers(key: str, size: float) -> None:
    """Nothing overflows, and nothing warns (warnings fail)."""
    a, t = np.array([[size, -size]]), np.array([[1.0, -1.0]])
    loss = row(key)
    assert np.isfinite(loss.terms(a, a, t)).all()
    assert np.isfinite(loss.slope(a, t)).all()
    network = Network(("x",), (Layer(("o1", "o2"), "linear", "none"),))
    values = forward(network, np.array([size, -size]), np.ones((1, 1)))
    assert np.isfinite(backward(network, np.array([size, -size]), values, t, loss)[1]).all()


@pytest.mark.parametrize("batching", [Batching(), Batching(2, shuffled=True)])
@pytest.mark.parametrize("loss", ["mean_absolute_error", "huber", "hinge", "output_itself"])
def test_each_trains_downwards(loss: str, batching: Batching) -> None:
    targets = [[1.0], [-1.0], [1.0], [-1.0]]
    inputs = [[0.5], [-1.0], [1.5], [-0.25]]
    spec = spec_of(loss, targets, "tanh", inputs, batching=batching)
    trainer = Trainer(spec, start_state(spec), 1)
    before = evaluate(spec, trainer.state.theta).loss
    trainer.advance(iterations=200)
    assert evaluate(spec, trainer.state.theta).loss < before
