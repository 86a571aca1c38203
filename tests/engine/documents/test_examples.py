"""The bundled documents give the figures that right backpropagation gives, digit for digit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.examples import example_names, load, read_example
from engine.documents.json_text import DocumentError
from engine.maths.losses import LOSSES
from engine.maths.network import Network, Parameter
from engine.run.iteration import Iteration, batch_gradient, evaluate, iterate, updated
from engine.run.spec import State, start_state

FIGURES = json.loads(Path(__file__).with_name("figures.json").read_text("utf-8"))
ONE_ITERATION = FIGURES["one iteration"]


def exactly(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-12, abs=0.0)


def after_training(expected: Any) -> Any:
    return pytest.approx(expected, rel=1e-9, abs=0.0)


def first_iteration(document: Document) -> Iteration:
    return iterate(document.spec, start_state(document.spec, document.start))


def trained(document: Document, updates: int) -> Iterator[State]:
    """The states after 0, 1 … updates, the last one being the one asked for."""
    spec = document.spec
    state = start_state(spec, document.start)
    yield state
    for _ in range(updates):
        _, gradient, _ = batch_gradient(spec, state, spec.batch_rows(state.t))
        state = updated(spec, state, gradient)
        yield state


def last(states: Iterator[State]) -> State:
    *_, state = states
    return state


def by_unit(network: Network, layers: tuple[Any, ...], names: Any) -> dict[str, float]:
    """Values of units by the document's names, of the layers from 1 on."""
    return {
        network.unit_name(layer, unit): float(value)
        for layer in range(1, network.depth + 1)
        for unit, value in enumerate(layers[layer])
        if network.unit_name(layer, unit) in names
    }


def by_parameter(network: Network, theta: Any, names: Any) -> dict[str, float]:
    """Values of parameters by the document's names; names that it does not have are missing."""
    values = {}
    for layer, shape in enumerate(network.layers, start=1):
        for unit in range(len(shape.units)):
            parameters = [
                Parameter(layer, unit, source) for source in range(network.sizes[layer - 1])
            ]
            bias = network.bias_parameter(layer, unit)
            for parameter in parameters + ([] if bias is None else [bias]):
                name = network.parameter_name(parameter)
                if name in names:
                    values[name] = float(theta[network.index(parameter)])
    return values


@pytest.mark.parametrize("name", sorted(ONE_ITERATION))
def test_one_iteration_gives_every_figure(name: str) -> None:
    document, right = read_example(name), ONE_ITERATION[name]
    network = document.spec.network
    iteration = first_iteration(document)
    sample = iteration.sample(0)

    assert by_unit(network, sample.z, right["net input"]) == exactly(right["net input"])
    assert by_unit(network, sample.a, right["activation"]) == exactly(right["activation"])
    assert by_unit(network, sample.delta, right["delta"]) == exactly(right["delta"])
    assert iteration.loss == exactly(right["loss"])
    assert sample.loss == exactly(right["loss"])
    gradient = by_parameter(network, iteration.gradient, right["gradient"])
    assert gradient == exactly(right["gradient"])
    theta = by_parameter(network, iteration.next_state.theta, right["updated"])
    assert theta == exactly(right["updated"])
    assert iteration.loss_after == exactly(right["loss after"])


def test_the_slope_of_the_loss_by_hand() -> None:
    document = read_example("hand-2-2-1")
    sample = first_iteration(document).sample(0)
    slope = LOSSES[document.spec.loss].slope(sample.a[-1], sample.targets)
    assert {"o": slope[0]} == exactly(ONE_ITERATION["hand-2-2-1"]["slope of the loss"])


def test_the_loss_of_each_output() -> None:
    document = read_example("mazur-2-2-2")
    terms = first_iteration(document).sample(0).loss_terms
    names = document.spec.network.layers[-1].units
    expected = ONE_ITERATION["mazur-2-2-2"]["loss of each output"]
    assert dict(zip(names, terms, strict=True)) == exactly(expected)


@pytest.mark.parametrize("name", ["matrix-2-2-1", "mazur-2-2-2"])
def test_fixed_biases_stay_to_the_bit(name: str) -> None:
    document = read_example(name)
    network = document.spec.network
    fixed = network.trained == 0.0
    assert fixed.any()
    after = first_iteration(document).next_state.theta
    assert (after[fixed] == document.start[fixed]).all()


def test_the_matrix_example_with_trained_biases() -> None:
    document, right = read_example("matrix-2-2-1"), ONE_ITERATION["matrix-2-2-1"]
    spec = document.spec
    layers = tuple(replace(layer, bias_trained=True) for layer in spec.network.layers)
    spec = replace(spec, network=replace(spec.network, layers=layers))
    iteration = first_iteration(replace(document, spec=spec))
    changed = right["with trained biases"]
    theta = by_parameter(spec.network, iteration.next_state.theta, changed["updated"])
    assert theta == exactly(changed["updated"])
    theta = by_parameter(spec.network, iteration.next_state.theta, right["updated"])
    assert theta == exactly(right["updated"])
    assert iteration.loss_after == exactly(changed["loss after"])


def test_one_neuron_follows_the_chain_rule() -> None:
    """z = 0.8, and each derivative is the product of its three factors."""
    iteration = first_iteration(read_example("one-neuron"))
    sample = iteration.sample(0)
    a = 1.0 / (1.0 + np.exp(-0.8))
    assert sample.z[1][0] == exactly(0.8)
    assert sample.a[1][0] == exactly(a)
    assert iteration.loss == exactly(0.5 * (1.0 - a) ** 2)
    delta = (a - 1.0) * a * (1.0 - a)
    assert sample.delta[1][0] == exactly(delta)
    assert iteration.gradient.tolist() == exactly([delta * 1.5, delta])
    assert iteration.next_state.theta.tolist() == exactly(
        [0.8 - 0.5 * delta * 1.5, -0.4 - 0.5 * delta]
    )


def test_mazur_after_10000_updates() -> None:
    document, right = read_example("mazur-2-2-2"), FIGURES["mazur-2-2-2 after 10000 updates"]
    evaluation = evaluate(document.spec, last(trained(document, 10_000)).theta)
    assert evaluation.loss == after_training(right["loss"])
    assert evaluation.outputs[0].tolist() == after_training(right["outputs"])


def test_xor_reports_its_errors_by_the_thousand() -> None:
    document, right = read_example("xor-3-4-1"), FIGURES["xor-3-4-1"]
    assert document.spec.metrics == ("mean_squared_error",)
    reported = {}
    for state in trained(document, 9_999):
        if state.t % 1000 == 0:
            evaluation = evaluate(document.spec, state.theta)
            reported[str(state.t)] = evaluation.metrics[0]
            assert evaluation.loss == exactly(2.0 * evaluation.metrics[0])
    assert reported == after_training(right["mean squared error by epoch"])
    outputs = evaluate(document.spec, state.theta).outputs[:, 0]
    assert outputs.tolist() == after_training(right["outputs after 9999 updates"])


def drawn_for_xor(document: Document, seed: int) -> Document:
    """Start values drawn as the tutorial draws them: the arrays as (n_in, n_out), biases last."""
    generator = np.random.RandomState(seed)
    first, second = generator.uniform(size=(2, 3)), generator.uniform(size=(3, 1))
    biases = [generator.uniform(size=3), generator.uniform(size=1)]
    return replace(document, start=document.spec.network.theta([first.T, second.T], [*biases]))


def test_xor_stores_the_start_values_of_seed_1() -> None:
    document = read_example("xor-2-3-1")
    assert (document.start == drawn_for_xor(document, 1).start).all()


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_xor_after_10000_updates(seed: int) -> None:
    document = drawn_for_xor(read_example("xor-2-3-1"), seed)
    outputs = evaluate(document.spec, last(trained(document, 10_000)).theta).outputs[:, 0]
    right = FIGURES["xor-2-3-1"]["outputs after 10000 updates by seed"]
    assert outputs.tolist() == after_training(right[str(seed)])


def test_xor_with_adam_after_2000_updates() -> None:
    document, right = read_example("xor-2-3-1-adam"), FIGURES["xor-2-3-1-adam after 2000 updates"]
    evaluation = evaluate(document.spec, last(trained(document, 2000)).theta)
    assert evaluation.loss == after_training(right["loss"])
    assert evaluation.outputs[:, 0].tolist() == after_training(right["outputs"])


def test_every_bundled_file_is_an_example_with_words() -> None:
    folder = Path(__file__).parents[3] / "resources" / "examples"
    files = {path.name.removesuffix(".backpass.json") for path in folder.iterdir()}
    assert files == set(example_names())
    documents = [read_example(name) for name in example_names()]
    assert all(len(document.note) > 200 for document in documents)
    assert len({document.title for document in documents}) == len(documents)


def test_an_unknown_example_is_named_with_those_there_are() -> None:
    with pytest.raises(DocumentError, match='no example "xor".*mazur-2-2-2'):
        read_example("xor")


def test_load_takes_a_file_before_an_example(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = Path(__file__).parents[3] / "resources" / "examples" / "one-neuron.backpass.json"
    file = tmp_path / "mine.backpass.json"
    file.write_bytes(source.read_bytes())
    name, document = load(str(file))
    assert (name, document.title) == ("mine", read_example("one-neuron").title)
    monkeypatch.chdir(tmp_path)
    assert load("mazur-2-2-2")[1].title == read_example("mazur-2-2-2").title
    file.rename("mazur-2-2-2")
    assert load("mazur-2-2-2")[1].title == document.title


def test_load_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="no file .*nowhere.* and no example"):
        load(str(tmp_path / "nowhere"))
    with pytest.raises(DocumentError, match="cannot be read"):
        load(str(tmp_path))
    broken = tmp_path / "broken.json"
    broken.write_text('{"format": "backpass",\n "version": 1, }')
    with pytest.raises(DocumentError, match=r"^broken.json: line 2, column \d+: this is not JSON"):
        load(str(broken))
