"""Schedules, clipping and rates of layers, each once more in plain Python beside the program's."""

from __future__ import annotations

import json
from collections.abc import Callable
from math import cos, pi, sqrt

import numpy as np
import pytest
from msgspec.structs import replace

from command_line.reports import trace_report
from engine.derivations.derive import derive
from engine.documents.document import Document
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.formulas.writers import prose_text
from engine.maths.clipping import Clipping
from engine.maths.network import Layer, Network
from engine.maths.optimizers import RULES, Optimizer
from engine.maths.schedules import SCHEDULES, Schedule
from engine.run.check_spec import SpecError
from engine.run.edits import set_mistakes, set_rate_factor
from engine.run.gradient_check import check_gradient
from engine.run.iteration import iterate
from engine.run.mistakes import why_not
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.run.steps import StepId
from engine.training.trainer import Trainer

ETA = 0.2


def spec_of(**fields: object) -> Spec:
    """A 2-2-1 network that learns three points, a sample at a time: three iterations an epoch."""
    network = Network(("x1", "x2"), (Layer(("h1", "h2"), "tanh"), Layer(("o",), "linear")))
    data = Data(
        np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]]), np.array([[1.0], [-2.0], [0.5]]), ("t",)
    )
    optimizer = Optimizer().changed(learning_rate=ETA)
    spec = Spec(
        network, "half_squared_error", "sum", optimizer, data, Batching(1), seed=3,
        initializer="uniform_pm_1",
    )
    return replace(spec, **fields)


# By key: η of an update from what is done before it, as the sources have it (γ, s, N, w, m below).
GAMMA, S, N, W, M = 0.75, 2, 5, 3, 0.125
PUBLISHED: dict[str, Callable[[int], float]] = {
    "constant": lambda n: ETA,
    "step": lambda n: ETA * GAMMA ** (n // S),
    "exponential": lambda n: ETA * GAMMA**n,
    "cosine": lambda n: ETA * M + (ETA - ETA * M) / 2 * (1 + cos(pi * min(n, N) / N)),
    "warm_up": lambda n: ETA * min(1.0, (n + 1) / W),
    "warm_up_cosine": lambda n: (
        ETA * (n + 1) / W
        if n < W
        else ETA * M + (ETA - ETA * M) / 2 * (1 + cos(pi * min(n - W, N) / N))
    ),
}


def schedule_of(name: str, per: str = "iteration") -> Schedule:
    return Schedule(name=name, per=per, every=S, factor=GAMMA, length=N, warm_up=W, lowest=M)


def test_there_is_one_for_every_row() -> None:
    assert PUBLISHED.keys() == SCHEDULES.keys()


@pytest.mark.parametrize("per", ["epoch", "iteration"])
@pytest.mark.parametrize("name", sorted(PUBLISHED))
def test_twenty_updates_go_by_the_published_rate(name: str, per: str) -> None:
    spec = spec_of(schedule=schedule_of(name, per))
    start = state = start_state(spec)
    theta = state.theta
    for update in range(20):
        rate = PUBLISHED[name](update if per == "iteration" else update // 3)
        assert spec.rate_at(update + 1) == pytest.approx(rate, rel=1e-13)
        iteration = iterate(spec, state)
        theta = theta - rate * iteration.gradient
        state = iteration.next_state
        np.testing.assert_allclose(state.theta, theta, rtol=1e-12, atol=1e-12)
    trained = Trainer(spec, start, 1).advance(iterations=20).state
    assert np.array_equal(trained.theta, state.theta)


@pytest.mark.parametrize("key", sorted(RULES))
def test_every_optimizer_takes_the_rate_of_the_schedule_and_of_the_layer(key: str) -> None:
    """The first update is as with the product for a rate of its own, layer by layer."""
    spec = spec_of(schedule=schedule_of("warm_up"))
    spec = replace(spec, optimizer=spec.optimizer.another(key))
    state = iterate(spec, start_state(spec)).next_state
    own, after = set_rate_factor(spec, state, 2, 0.25)
    found = iterate(own, after).next_state.theta
    for layer, rate in ((1, ETA * 2 / 3), (2, ETA * 2 / 3 * 0.25)):
        alone = replace(
            spec, schedule=Schedule(), optimizer=spec.optimizer.changed(learning_rate=rate)
        )
        span = spec.network.span(layer)
        expected = iterate(alone, state).next_state.theta[span]
        np.testing.assert_allclose(found[span], expected, rtol=1e-12, atol=1e-14)
    trained = Trainer(own, after, 1).advance(iterations=1).state
    assert np.array_equal(trained.theta, found)


def test_going_back_finds_the_same_to_the_bit() -> None:
    spec = spec_of(schedule=schedule_of("warm_up_cosine", "epoch"), clipping=Clipping("norm", 0.5))
    spec = replace(spec, optimizer=spec.optimizer.another("adamw"))
    states = [start_state(spec)]
    for _ in range(30):
        states.append(iterate(spec, states[-1]).next_state)
    whole = Trainer(spec, states[0], 1).advance(iterations=30).state
    assert whole.theta.tobytes() == states[30].theta.tobytes()
    for t in (7, 19):
        again = Trainer(spec, states[t], 1).advance(iterations=30 - t).state
        assert again.theta.tobytes() == states[30].theta.tobytes()
        for mine, slot in zip(again.slots, states[30].slots, strict=True):
            assert mine.tobytes() == slot.tobytes()


# Clipping


def test_by_norm_the_whole_gradient_is_shortened() -> None:
    spec = spec_of(clipping=Clipping("norm", 0.5))
    iteration = iterate(spec, start_state(spec))
    g = iteration.gradient.tolist()
    size = sqrt(sum(each * each for each in g))
    assert size > 0.5
    moved = (iteration.state.theta - iteration.next_state.theta) / ETA
    np.testing.assert_allclose(moved, [0.5 / size * each for each in g], rtol=1e-12, atol=1e-15)
    bare = iterate(replace(spec, clipping=Clipping()), iteration.state)
    assert np.array_equal(iteration.gradient, bare.gradient)  # what is shown and checked
    assert check_gradient(spec, iteration.state).agrees
    high = iterate(replace(spec, clipping=Clipping("norm", size * 1.001)), iteration.state)
    assert np.array_equal(high.next_state.theta, bare.next_state.theta)


def test_by_value_each_entry_is_cut() -> None:
    spec = spec_of(clipping=Clipping("value", 0.25))
    iteration = iterate(spec, start_state(spec))
    moved = (iteration.state.theta - iteration.next_state.theta) / ETA
    expected = [max(-0.25, min(0.25, g)) for g in iteration.gradient.tolist()]
    assert max(map(abs, iteration.gradient.tolist())) > 0.25 > min(map(abs, expected))
    np.testing.assert_allclose(moved, expected, rtol=1e-12, atol=1e-15)


def test_the_length_is_of_what_is_updated() -> None:
    spec = spec_of(clipping=Clipping("norm", 0.5))
    layers = spec.network.layers
    fixed = replace(layers[0], bias_trained=False)
    spec = replace(spec, network=replace(spec.network, layers=(fixed, layers[1])))
    iteration = iterate(spec, start_state(spec))
    used = iteration.gradient * spec.network.trained
    moved = (iteration.state.theta - iteration.next_state.theta) / ETA
    assert sqrt(float(moved @ moved)) == pytest.approx(0.5, rel=1e-12)
    assert sqrt(float(used @ used)) < sqrt(float(iteration.gradient @ iteration.gradient))


def test_by_norm_and_early_updates_are_refused_together() -> None:
    spec = spec_of(clipping=Clipping("norm"))
    assert "clipped by the length" in why_not(spec, "updated-weights")
    with pytest.raises(SpecError, match="does not go with the mistake “weights already updated”"):
        set_mistakes(spec, start_state(spec), ["updated-weights"])
    value = replace(spec, clipping=Clipping("value"))
    set_mistakes(value, start_state(value), ["updated-weights"])


# What is said of them


def words(spec: Spec, state: State, layer: int = 2) -> str:
    """The derivation of the update of a weight."""
    iteration = iterate(spec, state)
    derivation = derive(iteration, StepId("update", "weight_update", layer, 0, 0), 0)
    lines = [
        f"{prose_text(each.meaning)}: {prose_text((each.line,))}" for each in derivation.factors
    ]
    return "\n".join([derivation.text, *lines])


def test_a_derivation_says_where_the_rate_comes_from() -> None:
    spec = spec_of(schedule=schedule_of("step", "epoch"))
    state = Trainer(spec, start_state(spec), 1).advance(iterations=13).state
    text = words(*set_rate_factor(spec, state, 2, 0.5))
    assert "by its schedule, epochs done: n = 4: η_t = η · γ^(floor(n/s)) = " in text
    assert "the learning rate of layer 2: 0.5 times the common one: η_(2) = 0.5 · η_t = " in text
    assert "w²₁₁ − η_(2) · ∂E/∂w²₁₁" in text


def test_a_derivation_says_by_what_a_gradient_is_cut() -> None:
    spec = spec_of(clipping=Clipping("norm", 0.5))
    text = words(spec, start_state(spec))
    assert "it is above the limit c" in text and "κ = c/(|g|) = 0.5/" in text
    assert "w²₁₁ − η · κ · ∂E/∂w²₁₁" in text
    text = words(replace(spec, clipping=Clipping("norm", 1e6)), start_state(spec))
    assert "the limit, which it is not above" in text and "κ" not in text
    text = words(replace(spec, clipping=Clipping("value", 0.25)), start_state(spec))
    assert "g_c = min(max(∂E/∂w²₁₁, −c), c) = min(max(" in text


# Files


@pytest.mark.parametrize("key", ["gradient_descent", "nesterov", "adam_paper", "adamw"])
def test_a_run_goes_into_a_file_and_on_from_it_to_the_bit(key: str) -> None:
    spec = spec_of(schedule=schedule_of("cosine"), clipping=Clipping("value", 0.25))
    spec = replace(spec, optimizer=spec.optimizer.another(key))
    spec, start = set_rate_factor(spec, start_state(spec), 1, 2.0)
    state = Trainer(spec, start, 1).advance(iterations=4).state
    data = write_document(Document(spec, start.theta, state=state, updates=4))
    again = read_document(data)
    tree = json.loads(data)
    assert tree["layers"][0]["rate_factor"] == 2.0 and "rate_factor" not in tree["layers"][1]
    assert tree["clipping"] == {"name": "value", "limit": 0.25}
    assert tree["schedule"]["name"] == "cosine" and tree["schedule"]["length"] == N
    assert write_document(again) == data and again.state is not None
    one = Trainer(spec, state, 1).advance(iterations=9).state
    other = Trainer(again.spec, again.state, 1).advance(iterations=9).state
    assert one.theta.tobytes() == other.theta.tobytes()


def test_as_before_a_file_says_nothing_of_them() -> None:
    tree = json.loads(write_document(Document(spec_of(), start_state(spec_of()).theta)))
    assert not {"schedule", "clipping", "penalty"} & tree.keys()
    assert all("rate_factor" not in layer for layer in tree["layers"])


@pytest.mark.parametrize(
    ("place", "key", "value"),
    [
        ("clipping", "name", "length"),
        ("clipping", "limit", 0),
        ("schedule", "name", "sometimes"),
        ("schedule", "per", "hour"),
        ("schedule", "every", 0),
        ("schedule", "every", 1.5),
        ("schedule", "factor", 2),
        ("schedule", "lowest", 1),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(place: str, key: str, value: object) -> None:
    spec = spec_of(schedule=schedule_of("step"), clipping=Clipping("norm", 0.5))
    tree = json.loads(write_document(Document(spec, start_state(spec).theta)))
    tree[place][key] = value
    with pytest.raises((DocumentError, SpecError)) as refused:
        read_document(json.dumps(tree).encode())
    assert f"$.{place}.{key}" in str(refused.value)



def test_a_trace_says_the_rate_of_its_update() -> None:
    spec = spec_of(schedule=schedule_of("step"))
    document = Document(spec, start_state(spec).theta)
    assert trace_report(document, "d", 1)["learning_rate"] == ETA
    assert trace_report(document, "d", 4)["learning_rate"] == pytest.approx(ETA * GAMMA)
    plain = replace(document, spec=spec_of())
    assert "learning_rate" not in trace_report(plain, "d", 4)
