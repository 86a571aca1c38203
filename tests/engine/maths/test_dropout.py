"""Dropout: the mask once more in plain Python, the gradient by autograd with that mask, and the
same bits whichever way an iteration is come to."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from autograd import grad
from autograd import numpy as anp
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.derive import derive
from engine.derivations.matrix import derive_layer, has_matrix_form
from engine.documents.document import Document
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.formulas.writers import prose_text
from engine.learn.many_seeds.runs import why_not
from engine.maths import dropout
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.check_spec import SpecError
from engine.run.edits import set_dropout
from engine.run.gradient_check import check_gradient
from engine.run.iteration import batch_loss, dropped_units, evaluate, iterate
from engine.run.mistakes import MISTAKES
from engine.run.mistakes import why_not as why_no_mistake
from engine.run.paper import paper_iteration
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.run.step_values import step_value
from engine.run.value_kinds import ALSO
from engine.training.trainer import Trainer
from tests.engine.maths.test_backprop import ORACLE_ACTIVATIONS

BITS = 2**64 - 1


def mixed(bits: int, number: int) -> int:
    """SplitMix64, with its published constants."""
    z = bits ^ ((number + 1) * 0x9E3779B97F4A7C15 & BITS)
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & BITS
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & BITS
    return z ^ (z >> 31)


def mask(spec: Spec, t: int, layer: int, row: int) -> list[float]:
    """m / (1 − p) of the units of a layer, one by one."""
    share, factors = spec.network.layers[layer - 1].dropout, []
    for unit in range(spec.network.sizes[layer]):
        bits = spec.seed * 0x9E3779B97F4A7C15 & BITS
        for number in (t, layer, row, unit):
            bits = mixed(bits, number)
        factors.append(1.0 / (1.0 - share) if (bits >> 11) / 2**53 >= share else 0.0)
    return factors


@st.composite
def dropping(draw: st.DrawFn) -> tuple[Spec, State]:
    """A run with dropout some updates on, squared error and linear outputs."""
    sizes = (2, *draw(st.lists(st.integers(1, 5), min_size=1, max_size=2)), 2)
    names = [tuple(f"u{number}{k}" for k in range(size)) for number, size in enumerate(sizes)]
    hidden = st.sampled_from(("sigmoid", "tanh", "relu", "elu", "softplus", "gelu"))
    shares = st.sampled_from((0.0, 0.25, 0.5, 0.8))
    layers = [
        Layer(units, draw(hidden), draw(st.sampled_from(("per_unit", "shared", "none"))),
              dropout=draw(shares), threshold=draw(st.booleans()))
        for units in names[1:-1]
    ]  # fmt: skip
    layers[0] = replace(layers[0], dropout=draw(st.sampled_from((0.25, 0.5, 0.8))))
    count = draw(st.integers(1, 6))
    generator = np.random.default_rng(draw(st.integers(0, 10**6)))
    data = Data(generator.normal(size=(count, 2)), generator.normal(size=(count, 2)), ("t", "u"))
    spec = Spec(
        Network(names[0], (*layers, Layer(names[-1], "linear"))),
        "half_squared_error",
        draw(st.sampled_from(("sum", "mean"))),
        Optimizer(draw(st.sampled_from(("gradient_descent", "adam")))).changed(learning_rate=0.05),
        data,
        Batching(draw(st.sampled_from((None, 1, 2))), draw(st.booleans())),
        initializer="uniform_pm_1",
        seed=draw(st.integers(0, 10**11)),
    )
    state = start_state(spec)
    for _ in range(draw(st.integers(0, 4))):
        state = iterate(spec, state).next_state
    return spec, state


def spec_of(share: float = 0.5, count: int = 8, units: int = 6, **fields: object) -> Spec:
    """A 2-6-1 network that learns eight points, all of them at once."""
    names = tuple(f"h{k + 1}" for k in range(units))
    layers = Layer(names, "sigmoid", dropout=share), Layer(("o",), "linear")
    generator = np.random.default_rng(1)
    data = Data(generator.normal(size=(count, 2)), generator.normal(size=(count, 1)), ("t",))
    spec = Spec(
        Network(("x1", "x2"), layers), "half_squared_error", "mean",
        Optimizer().changed(learning_rate=0.1), data, seed=4, initializer="uniform_pm_1",
    )  # fmt: skip
    return replace(spec, **fields)


def theirs(spec: Spec, t: int, theta: np.ndarray, rows: np.ndarray) -> float:
    """The batch's loss in autograd's terms, with the mask of plain Python."""
    a, network = spec.data.inputs[rows], spec.network
    start = 0
    for number, layer in enumerate(network.layers, start=1):
        n_out, n_in = network.sizes[number], network.sizes[number - 1]
        W = anp.reshape(theta[start : start + n_out * n_in], (n_out, n_in))
        start += n_out * n_in
        z = anp.dot(a, W.T)
        count = layer.bias_count
        if count:
            z = z + (-1.0 if layer.threshold else 1.0) * theta[start : start + count]
        start += count
        a = ORACLE_ACTIVATIONS[layer.activation](z)
        if layer.dropout:
            a = a * np.array([mask(spec, t, number, int(row)) for row in rows])
    losses = 0.5 * anp.sum((a - spec.data.targets[rows]) ** 2, axis=1)
    return anp.mean(losses) if spec.reduction == "mean" else anp.sum(losses)


@given(dropping())
def test_gradient_and_both_losses_agree_with_autograd(run: tuple[Spec, State]) -> None:
    spec, state = run
    iteration = iterate(spec, state)
    rows, t = iteration.rows, state.t
    expected = grad(lambda theta: theirs(spec, t, theta, rows))(np.array(state.theta))
    scale = max(1.0, float(np.abs(expected).max()))
    assert np.abs(iteration.gradient - expected).max() <= 1e-9 * scale
    before = theirs(spec, t, state.theta, rows)
    after = theirs(spec, t, iteration.next_state.theta, rows)
    assert iteration.loss == pytest.approx(before, rel=1e-12)
    assert iteration.loss_after == pytest.approx(after, rel=1e-12)


@given(dropping())
def test_every_derivation_comes_to_what_the_engine_has(run: tuple[Spec, State]) -> None:
    spec, state = run
    spec = replace(spec, also=tuple(ALSO))
    iteration = iterate(spec, state)
    row = int(iteration.rows[-1])
    values = iteration.sample(row)
    for index in range(len(spec.steps)):
        step = spec.steps.id_at(index)
        found = derive(iteration, step, row)
        value = step_value(iteration, step, values)
        assert found.result.value == pytest.approx(value, rel=1e-9, abs=1e-12)
        if has_matrix_form(spec, step):
            derive_layer(iteration, step, row)


@given(dropping())
def test_the_gradient_check_uses_the_mask_of_the_iteration(run: tuple[Spec, State]) -> None:
    assert check_gradient(*run).agrees


@given(dropping(), st.integers(1, 9))
def test_a_run_gives_the_same_bits_whichever_way_it_is_taken(
    run: tuple[Spec, State], count: int
) -> None:
    spec, state = run
    stepped = state
    for _ in range(count):
        stepped = iterate(spec, stepped).next_state
    progress = Trainer(spec, state).advance(iterations=count)
    assume(progress.divergence is None)  # where one stands still, and the other goes on
    at_once = progress.state
    assert at_once.theta.tobytes() == stepped.theta.tobytes()
    halves = Trainer(spec, state, 1)
    halves.advance(iterations=count // 2)
    assert halves.advance(iterations=count - count // 2).state.theta.tobytes() == (
        stepped.theta.tobytes()
    )


@pytest.mark.parametrize("batching", [Batching(), Batching(3, True)])
def test_a_run_that_keeps_rows_out_drops_what_stepping_shows(batching: Batching) -> None:
    spec = spec_of(batching=batching)
    spec = replace(
        spec, data=replace(spec.data, test=np.array([0, 3]), validation=np.array([5]))
    )
    start = stepped = start_state(spec)
    for _ in range(7):
        stepped = iterate(spec, stepped).next_state
    trained = Trainer(spec, start).advance(iterations=7).state
    assert trained.theta.tobytes() == stepped.theta.tobytes()


@given(dropping())
def test_a_sample_is_dropped_the_same_alone_and_in_its_batch(run: tuple[Spec, State]) -> None:
    spec, state = run
    iteration = iterate(spec, state)
    batch = iteration.samples(iteration.rows)
    for place, row in enumerate(iteration.rows.tolist()):
        alone = iteration.sample(row)
        assert alone.masks is not None and batch.masks is not None
        for layer, factors in alone.masks.items():
            assert factors.tolist() == batch.masks[layer][place].tolist()
            assert factors.tolist() == mask(spec, state.t, layer, row)


def test_as_many_are_dropped_as_the_share_says() -> None:
    for share in (0.1, 0.5, 0.75):
        factors = dropout.factors(share, 3, 17, 1, np.arange(4000), 10)
        dropped = (factors == 0.0).mean()
        assert dropped == pytest.approx(share, abs=4 * np.sqrt(share * (1 - share) / 40000))
        assert set(np.unique(factors)) == {0.0, 1.0 / (1.0 - share)}
    other = dropout.factors(0.5, 3, 18, 1, np.arange(4000), 10)
    same = (other == dropout.factors(0.5, 3, 17, 1, np.arange(4000), 10)).mean()
    assert same == pytest.approx(0.5, abs=0.01)


def test_evaluation_outputs_and_kept_out_rows_drop_nothing() -> None:
    spec = spec_of()
    spec = replace(spec, data=replace(spec.data, test=np.array([1, 5])))
    state = start_state(spec)
    none, _ = set_dropout(spec, state, 1, 0.0)
    with_all, whole = evaluate(spec, state.theta), evaluate(none, state.theta)
    assert with_all.loss == whole.loss and np.array_equal(with_all.outputs, whole.outputs)
    assert with_all.test is not None and whole.test is not None
    assert with_all.test.loss == whole.test.loss
    iteration = iterate(spec, state)
    assert iteration.loss != batch_loss(spec, state.theta, iteration.rows)[0]
    assert dropped_units(iteration, 1) == [] and not np.any(iteration.sample(1).a[1] == 0.0)


def test_the_curve_is_of_the_network_with_all_of_its_units() -> None:
    for batching in (Batching(), Batching(3, True)):
        spec = spec_of(batching=batching)
        state, points = start_state(spec), []
        for _ in range(4):
            points.append(evaluate(spec, state.theta).loss)
            for _ in range(spec.iterations_per_epoch):
                state = iterate(spec, state).next_state
        count = 4 * spec.iterations_per_epoch
        progress = Trainer(spec, start_state(spec)).advance(iterations=count)
        curve = {row[0]: row[1] for row in progress.points.tolist()}
        for epoch, loss in enumerate(points):
            assert curve.get(float(epoch), loss) == pytest.approx(loss, rel=1e-12)
        assert len(curve) >= 4


@pytest.mark.parametrize("key", sorted(MISTAKES))
def test_a_mistake_with_dropout_is_derived_as_it_is_made(key: str) -> None:
    spec = replace(spec_of(0.5, 3, 4), mistakes=(key,))
    if why_no_mistake(spec, key):
        return
    state = start_state(spec)
    state = iterate(spec, state).next_state
    iteration = iterate(spec, state)
    row = int(iteration.rows[0])
    values = iteration.sample(row)
    for index in range(len(spec.steps)):
        step = spec.steps.id_at(index)
        value = pytest.approx(step_value(iteration, step, values), rel=1e-9, abs=1e-12)
        assert derive(iteration, step, row).result.value == value


def test_it_goes_by_hand_too() -> None:
    spec = spec_of(0.5, 1, 4)
    by_hand = paper_iteration(iterate(spec, start_state(spec)), 3)
    values = by_hand.sample(0)
    for unit, factor in enumerate(mask(spec, 0, 1, 0)):
        of_z = 1.0 / (1.0 + np.exp(-values.z[1][unit]))
        assert values.a[1][unit] == pytest.approx(factor * of_z, abs=5.1e-4)


def test_words_of_a_unit_say_whether_it_is_dropped() -> None:
    spec = spec_of(0.5, 1)
    iteration = iterate(spec, start_state(spec))
    names = dropped_units(iteration, 0)
    assert 0 < len(names) < 6
    for step in map(spec.steps.id_at, range(len(spec.steps))):
        if step.layer != 1 or step.kind not in ("activation", "delta"):
            continue
        name = spec.network.unit_name(1, step.unit or 0)
        found = derive(iteration, step, 0)
        said = " ".join(map(prose_text, found.notes))
        assert (f"{name} is dropped in this iteration" in said) == (name in names)
        assert (f"{name} is kept in this iteration" in said) == (name not in names)
        assert f"m_{name}" in found.text


def test_a_file_keeps_it_and_leaves_it_out_where_there_is_none(tmp_path: Path) -> None:
    spec = spec_of(0.3)
    tree = json.loads(write_document(Document(spec, start_state(spec).theta)))
    assert tree["layers"][0]["dropout"] == 0.3 and "dropout" not in tree["layers"][1]
    again = read_document(json.dumps(tree).encode()).spec
    assert again.network == spec.network
    none, state = set_dropout(spec, start_state(spec), 1, 0.0)
    assert b"dropout" not in write_document(Document(none, state.theta))
    for layer, value in ((0, 1.0), (0, -0.1), (1, 0.5)):
        tree["layers"][0]["dropout"] = 0.3
        tree["layers"][layer]["dropout"] = value
        with pytest.raises(DocumentError) as refused:
            read_document(json.dumps(tree).encode())
        assert "dropout" in str(refused.value)
        tree["layers"][1].pop("dropout", None)


def test_what_cannot_be_is_refused_with_a_sentence() -> None:
    spec = spec_of()
    state = start_state(spec)
    with pytest.raises(SpecError, match="from 0 up to, not including, 1"):
        set_dropout(spec, state, 1, 1.0)
    with pytest.raises(SpecError, match="outputs are never dropped"):
        set_dropout(spec, state, 2, 0.5)
    assert "without dropout" in why_not(spec)


def test_the_command_line_tells_what_is_dropped(tmp_path: Path) -> None:
    spec = spec_of(0.5, 2)
    path = tmp_path / "d.backpass.json"
    path.write_bytes(write_document(Document(spec, start_state(spec).theta)))
    told = {}
    for kind in ("--json", "--format=md"):
        words = [sys.executable, "main.py", "trace", str(path), kind]
        told[kind] = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    iteration = iterate(spec, start_state(spec))
    trace = json.loads(told["--json"])
    assert trace["dropout"] == [0.5, 0.0]
    assert trace["dropped"] == [
        {"sample": row, "units": dropped_units(iteration, row)} for row in range(2)
    ]
    names = dropped_units(iteration, 0)
    assert f"Dropped in this iteration: for sample 1 {', '.join(names)}" in told["--format=md"]
