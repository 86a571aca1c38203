"""Edits and changes of shape: what is kept, what is new, what is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.maths.metrics import are_classes, is_right
from engine.maths.network import Parameter
from engine.maths.optimizers import Optimizer
from engine.run import edits, reshaping
from engine.run.check_spec import SpecError, check_spec
from engine.run.iteration import iterate
from engine.run.spec import Data, Spec, State, start_state
from engine.run.steps import StepId
from tests.engine.conftest import runs
from tests.engine.run.test_steps import mazur_network


def mazur() -> tuple[Spec, State]:
    network = mazur_network()
    data = Data(np.array([[0.05, 0.1]]), np.array([[0.01, 0.99]]), ("t o1", "t o2"))
    spec = Spec(network, "half_squared_error", "sum", Optimizer().changed(learning_rate=0.5), data)
    weights = [np.array([[0.15, 0.2], [0.25, 0.3]]), np.array([[0.4, 0.45], [0.5, 0.55]])]
    return spec, start_state(spec, network.theta(weights, [np.array([0.35]), np.array([0.6])]))


def named(spec: Spec, state: State) -> dict[str, float]:
    """All parameters by name."""
    network, found = spec.network, {}
    for layer in range(1, network.depth + 1):
        for unit in range(network.sizes[layer]):
            for source in range(network.sizes[layer - 1]):
                parameter = Parameter(layer, unit, source)
                found[network.parameter_name(parameter)] = state.theta[network.index(parameter)]
    return found


@given(runs(), st.data())
def test_an_edited_network_still_trains_and_keeps_its_time(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    spec, state = run
    layer = data.draw(st.integers(0, spec.network.depth))
    hidden = data.draw(st.integers(1, spec.network.depth))
    edit = data.draw(
        st.sampled_from(
            [
                lambda: reshaping.set_units(spec, state, layer, data.draw(st.integers(1, 6))),
                lambda: reshaping.remove_unit(spec, state, layer, 0),
                lambda: reshaping.add_layer(spec, state, hidden),
                lambda: reshaping.remove_layer(spec, state, hidden),
                lambda: reshaping.set_bias(
                    spec, state, hidden, data.draw(st.sampled_from(["none", "per_unit", "shared"])),
                    data.draw(st.booleans()),
                ),
                lambda: edits.set_batching(spec, state, data.draw(st.integers(1, 4)), True),
                lambda: edits.add_rows(spec, state, spec.data.inputs, spec.data.targets),
                lambda: edits.remove_rows(spec, state, [0]),
                lambda: edits.set_optimizer(spec, state, Optimizer("adam")),
            ]
        )
    )
    try:
        changed, after = edit()
    except SpecError as error:
        assert error.sentence
        return
    check_spec(changed)
    assert after.t == state.t
    assert [slot.shape for slot in after.slots] == [after.theta.shape] * len(after.slots)
    assert after.theta.shape == (changed.network.size,)
    # Time goes on evenly: no epoch is lost and none counted twice.
    before_epoch, within = spec.epoch_of(state.t)
    now, position = changed.epoch_of(state.t)
    assert now in (before_epoch, before_epoch + 1) and (position == 0 or position == within)
    iterate(changed, after)


def test_new_units_leave_the_old_weights_and_their_names() -> None:
    spec, state = mazur()
    changed, after = reshaping.set_units(spec, state, 1, 3)
    before, now = named(spec, state), named(changed, after)
    assert {name: now[name] for name in before} == before
    assert sorted(set(now) - set(before)) == ["w10", "w11", "w12", "w9"]
    assert changed.network.layers[0].units == ("h1", "h2", "h3")


@pytest.mark.parametrize("initializer", ["uniform_0_1", "uniform_pm_1"])
def test_a_new_unit_begins_with_numbers_of_its_own(initializer: str) -> None:
    network = mazur_network()
    spec = replace(mazur()[0], initializer=initializer, seed=7)
    state = start_state(spec, network.draw(initializer, 7))
    seen = {*state.theta.tolist()}
    for count in (3, 4, 5):
        changed, after = reshaping.set_units(spec, state, 1, count)
        new = set(after.theta.tolist()) - {*state.theta.tolist()}
        assert len(new) == 4 * (count - 2)  # to it two, and from it two; the bias is shared
        assert not new & seen
        seen |= new
        low = {"uniform_0_1": 0.0, "uniform_pm_1": -1.0}[initializer]
        assert all(low <= value < 1.0 for value in new)
        again = reshaping.set_units(spec, state, 1, count)[1]
        assert np.array_equal(again.theta, after.theta)
    other = reshaping.set_units(replace(spec, seed=8), state, 1, 3)[1]
    assert not np.array_equal(other.theta, reshaping.set_units(spec, state, 1, 3)[1].theta)


def test_a_new_unit_has_the_biases_of_the_initializer() -> None:
    spec, state = reshaping.set_bias(*mazur(), 1, "per_unit", True)
    changed, after = reshaping.set_units(replace(spec, initializer="he_normal"), state, 1, 3)
    b = changed.network.biases(after.theta, 1)
    assert b is not None and b.tolist() == [0.35, 0.35, 0.0]


def test_removing_what_was_added_brings_everything_back() -> None:
    spec, state = mazur()
    for layer in range(3):
        changed, after = reshaping.set_units(spec, state, layer, 4)
        back, again = reshaping.set_units(changed, after, layer, 2)
        assert back.network == spec.network
        assert np.array_equal(again.theta, state.theta)
        assert np.array_equal(back.data.inputs, spec.data.inputs)
        assert np.array_equal(back.data.targets, spec.data.targets)


def test_removing_a_unit_takes_its_weights_and_column() -> None:
    spec, state = mazur()
    changed, after = reshaping.remove_unit(spec, state, 0, 0)
    assert changed.network.inputs == ("i2",)
    assert changed.data.inputs.tolist() == [[0.1]]
    assert sorted(named(changed, after)) == ["w2", "w4", "w5", "w6", "w7", "w8"]


def test_a_new_layer_draws_only_what_it_touches() -> None:
    spec, state = mazur()
    changed, after = reshaping.add_layer(spec, state, 2)
    assert changed.network.sizes == (2, 2, 2, 2)
    assert np.array_equal(changed.network.weights(after.theta, 1), [[0.15, 0.2], [0.25, 0.3]])
    assert changed.network.biases(after.theta, 3) == [0.6]
    hidden = [unit for layer in changed.network.layers for unit in layer.units]
    assert len({*changed.network.inputs, *hidden}) == 8


def test_biases_change_kind_with_their_values() -> None:
    spec, state = mazur()
    per_unit = reshaping.set_bias(spec, state, 1, "per_unit", True)
    assert per_unit[0].network.biases(per_unit[1].theta, 1).tolist() == [0.35, 0.35]
    shared = reshaping.set_bias(*per_unit, 1, "shared", True)
    assert shared[0].network.biases(shared[1].theta, 1).tolist() == [0.35]
    none = reshaping.set_bias(*shared, 1, "none", True)
    assert none[0].network.biases(none[1].theta, 1) is None


def test_the_loss_follows_an_output_it_does_not_go_with() -> None:
    spec, state = mazur()
    changed, _ = edits.set_activation(spec, state, 2, "softmax")
    assert (changed.loss, changed.reduction) == ("categorical_cross_entropy", "mean")
    back, _ = edits.set_activation(changed, state, 2, "tanh")
    assert back.loss == "half_squared_error"


@pytest.mark.parametrize(
    "edit, word",
    [
        (lambda s, x: reshaping.set_units(s, x, 1, 0), "at least one"),
        (lambda s, x: reshaping.set_units(s, x, 1, 513), "512"),
        (lambda s, x: reshaping.set_units(s, x, 0, 65), "64"),
        (lambda s, x: reshaping.remove_layer(s, x, 2), "output layer"),
        (lambda s, x: edits.remove_rows(s, x, [0]), "last sample"),
        (lambda s, x: edits.set_activation(s, x, 1, "softmax"), "output"),
        (
            lambda s, x: edits.set_optimizer(s, x, Optimizer().changed(learning_rate=-1.0)),
            "learning rate",
        ),
        (lambda s, x: edits.set_batching(s, x, 0, False), "at least one sample"),
        (lambda s, x: edits.set_loss(s, x, "categorical_cross_entropy"), "softmax"),
        (lambda s, x: edits.set_cells(s, x, [("inputs", 0, 0, 1e12)]), "1e12"),
    ],
)
def test_what_cannot_be_trained_is_refused_with_a_sentence(edit: object, word: str) -> None:
    spec, state = mazur()
    with pytest.raises(SpecError) as refused:
        edit(spec, state)  # type: ignore[operator]
    assert word in refused.value.sentence


def test_targets_must_suit_the_loss() -> None:
    spec, state = mazur()
    entropy = edits.set_loss(spec, state, "binary_cross_entropy")
    with pytest.raises(SpecError, match="targets from 0 to 1"):
        edits.set_cells(*entropy, [("targets", 0, 1, 1.5)])


def test_at_most_eight_hidden_layers() -> None:
    run = mazur()
    for _ in range(7):
        run = reshaping.add_layer(*run, 1)
    with pytest.raises(SpecError, match="8 hidden layers"):
        reshaping.add_layer(*run, 1)


def test_the_cursor_stays_at_its_step() -> None:
    spec, state = mazur()
    wider, _ = reshaping.set_units(spec, state, 1, 3)
    step = StepId("backward", "weight_gradient", 2, 0, 0)
    revealed = edits.kept_revealed(spec, wider, spec.steps.index_of(step) + 1)
    assert wider.steps.id_at(revealed - 1) == step
    # A step that is gone leaves the cursor at the latest earlier one that is still there.
    narrow, _ = reshaping.remove_unit(spec, state, 1, 1)
    gone = spec.steps.index_of(StepId("forward", "activation", 1, 1)) + 1
    assert narrow.steps.id_at(edits.kept_revealed(spec, narrow, gone) - 1) == StepId(
        "forward", "activation", 1, 0
    )


def test_softmax_needs_two_outputs() -> None:
    spec, state = mazur()
    single = reshaping.set_units(spec, state, 2, 1)
    with pytest.raises(SpecError, match="two outputs"):
        edits.set_activation(*single, 2, "softmax")


@pytest.mark.parametrize(
    "targets, activation, expected",
    [
        ([[0.0], [1.0]], "sigmoid", True),
        ([[0.01], [0.99]], "sigmoid", True),
        ([[-1.0], [1.0]], "tanh", True),
        ([[0.5]], "sigmoid", False),
        ([[0.0], [0.3], [1.0]], "linear", False),
        ([[0.4, 0.6]], "softmax", True),
    ],
)
def test_only_targets_that_name_classes_can_be_right(
    targets: list[list[float]], activation: str, expected: bool
) -> None:
    assert are_classes(np.array(targets), activation) is expected


@pytest.mark.parametrize(
    "target, output, expected",
    [
        ([0.0, 1.0], [0.3, 0.7], True),
        ([0.0, 1.0], [0.7, 0.3], False),
        ([0.0, 0.0], [0.7, 0.3], False),
        ([0.0, 0.0], [0.3, 0.7], False),
        ([0.5, 0.5], [0.7, 0.3], False),
        ([0.4, 0.6], [0.3, 0.7], True),
    ],
)
def test_a_row_of_targets_that_names_no_class_is_never_right(
    target: list[float], output: list[float], expected: bool
) -> None:
    a, t = np.array([output]), np.array([target])
    assert is_right(a, t, "softmax").tolist() == [expected]
    many = is_right(np.array([a, a]), t, "softmax")
    assert many.tolist() == [[expected]] * 2


def test_a_new_name_is_everywhere_and_changes_no_number() -> None:
    spec, state = mazur()
    for layer, unit, name in ((0, 1, "width"), (1, 0, "first"), (2, 1, "class b")):
        changed, after = edits.rename_unit(spec, state, layer, unit, name)
        assert changed.network.unit_name(layer, unit) == name
        assert after is state and changed.network.sizes == spec.network.sizes
        assert {*changed.network.unit_names} - {*spec.network.unit_names} == {name}
        assert iterate(changed, after).loss == iterate(spec, state).loss
    renamed = edits.rename_unit(spec, state, 2, 1, "class b")[0]
    assert renamed.data.target_names == ("t o1", "t class b")
    other = edits.rename_target(spec, state, 0, "wanted")[0]
    assert other.data.target_names == ("wanted", "t o2") and other.network is spec.network
    kept = edits.rename_unit(other, state, 2, 0, "y")[0]
    assert kept.data.target_names == ("wanted", "t o2")


@pytest.mark.parametrize(
    "edit, sentence",
    [
        (lambda s, x: edits.rename_unit(s, x, 1, 0, "o1"), 'two units are called "o1"'),
        (lambda s, x: edits.rename_unit(s, x, 0, 0, ""), "a unit needs a name"),
        (lambda s, x: edits.rename_unit(s, x, 0, 0, "x" * 41), "at most 40 characters"),
        (lambda s, x: edits.rename_unit(s, x, 0, 0, "a\nb"), "line breaks"),
        (lambda s, x: edits.rename_target(s, x, 0, "t o2"), 'two targets are called "t o2"'),
        (lambda s, x: edits.rename_target(s, x, 0, " "), "a target column needs a name"),
    ],
)
def test_a_name_that_cannot_be_is_refused(edit: object, sentence: str) -> None:
    spec, state = mazur()
    with pytest.raises(SpecError, match=sentence):
        edit(spec, state)  # type: ignore[operator]


def test_the_usual_names_of_outputs_and_targets_follow_their_number() -> None:
    document = read_example("xor-2-3-1")
    spec, state = document.spec, start_state(document.spec, document.start)
    assert spec.network.layers[-1].units == ("o",) and spec.data.target_names == ("t",)
    two = reshaping.set_units(spec, state, 2, 2)
    assert two[0].network.layers[-1].units == ("o1", "o2")
    assert two[0].data.target_names == ("t1", "t2")
    assert np.array_equal(two[0].data.targets[:, 0], spec.data.targets[:, 0])
    one = reshaping.set_units(*two, 2, 1)
    assert one[0].network == spec.network and one[0].data.target_names == ("t",)
    assert np.array_equal(one[1].theta, state.theta)
    # Names of a person's own stay, and what is left of several keeps its name.
    named = edits.rename_target(*edits.rename_unit(spec, state, 2, 0, "y"), 0, "wanted")
    more = reshaping.set_units(*named, 2, 2)[0]
    assert more.network.layers[-1].units[0] == "y" and more.data.target_names[0] == "wanted"
    assert reshaping.remove_unit(*two, 2, 0)[0].network.layers[-1].units == ("o2",)
    taken = edits.rename_unit(spec, state, 1, 0, "o2")
    assert "o" in reshaping.set_units(*taken, 2, 2)[0].network.layers[-1].units
