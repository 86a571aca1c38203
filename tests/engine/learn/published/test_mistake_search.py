"""Which mistake gives these figures: found for every mistake, on networks of several shapes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import numpy as np
import pytest
from msgspec.structs import replace

from engine.documents.document import Published
from engine.documents.examples import example_names, read_example
from engine.learn.published.comparison import FollowedRun, compare, summary
from engine.learn.published.mistake_search import SearchAnswer, explained, search
from engine.learn.published.quantities import Quantities, figure
from engine.maths.activations import Array
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.check_spec import check_spec
from engine.run.iteration import Interrupted, iterate
from engine.run.mistakes import MISTAKES, why_not
from engine.run.spec import Batching, Data, Spec
from engine.run.step_values import step_value
from tests.engine.conftest import printed_figure

Run = tuple[Spec, Array]


def made(
    sizes: tuple[int, ...],
    activations: tuple[str, ...],
    loss: str,
    reduction: str,
    samples: int,
    bias: str = "per_unit",
    optimizer: Optimizer = Optimizer().changed(learning_rate=0.3),  # noqa: B008
    batch: int | None = None,
) -> Run:
    """A network of these sizes with drawn data and start values."""
    names = default_unit_names(sizes)
    layers = (Layer(u, a, bias) for u, a in zip(names[1:], activations, strict=True))
    network, draw = Network(names[0], tuple(layers)), np.random.default_rng(1)
    data = Data(
        draw.uniform(-1.0, 1.0, (samples, sizes[0])),
        draw.uniform(0.1, 0.9, (samples, sizes[-1])),
        tuple(f"t{k}" for k in range(sizes[-1])),
    )
    spec = Spec(network, loss, reduction, optimizer, data, Batching(batch))
    check_spec(spec)
    return spec, draw.uniform(-1.0, 1.0, network.size)


@cache
def runs() -> dict[str, Run]:
    mazur = read_example("mazur-2-2-2")
    tanh, mean = ("tanh", "tanh", "tanh"), "mean_squared_error"
    return {
        "sigmoid, shared fixed biases": (mazur.spec, mazur.start),
        "three layers of tanh": made((2, 3, 3, 2), tanh, "squared_error", "sum", 3),
        "shared biases": made((2, 2, 2), ("sigmoid",) * 2, "squared_error", "sum", 3, "shared"),
        "leaky": made((3, 3, 3), ("leaky_relu", "sigmoid"), mean, "mean", 4),
        "momentum in batches": made(
            (2, 2, 2), ("sigmoid", "linear"), "half_squared_error", "mean", 4,
            optimizer=Optimizer("momentum", {"learning_rate": 0.1}), batch=2,
        ),
    }  # fmt: skip


def printed(run: Run, mistakes: tuple[str, ...], digits: int) -> tuple[Published, ...]:
    """Every step of the first two iterations, with so many significant digits."""
    spec, start = run
    figures, road = [], FollowedRun(replace(spec, mistakes=mistakes), start)
    for number in (1, 2):
        iteration = road.iteration(number)
        assert iteration is not None
        row = int(iteration.rows[0])
        sample = iteration.sample(row)
        for k in range(len(spec.steps)):
            step = spec.steps.id_at(k)
            value = step_value(iteration, step, sample)
            text = np.format_float_positional(value, digits, unique=False, fractional=False)
            of = row if step.of_sample else None
            figures.append(printed_figure(number, step, text.rstrip("."), of))
    return tuple(figures)


def named(answer: SearchAnswer) -> list[tuple[str, ...]]:
    return [suspect.mistakes for suspect in answer.suspects]


@pytest.mark.parametrize("key", MISTAKES)
def test_each_mistake_is_found_on_three_networks_and_more(key: str) -> None:
    tried = 0
    for name, run in runs().items():
        spec, start = run
        if why_not(spec, key):
            continue
        answer = search(spec, start, printed(run, (key,), 6 + tried % 4))
        assert named(answer) == [(key,)], name
        assert answer.suspects[0].gives >= answer.open, name
        tried += 1
    assert tried >= 3


@pytest.mark.parametrize(
    "pair",
    [
        ("lost-link", "derivative-at-activation"),
        ("updated-weights", "forgotten-rate"),
        ("one-path-only", "wrong-sign"),
        ("missing-derivative", "accumulated-gradients"),
        ("bias-left-out", "lost-factor-2"),
    ],
)
def test_two_mistakes_at_once_are_found(pair: tuple[str, str]) -> None:
    run = runs()["shared biases"]
    answer = search(*run, printed(run, pair, 7))
    assert [set(found) for found in named(answer)] == [set(pair)]


def typed(run: Run, lines: Iterable[tuple[str, str]]) -> tuple[Published, ...]:
    quantities = Quantities(run[0].network)
    return tuple(figure(quantities.find(name), 1, 0, number) for name, number in lines)


def test_some_figures_are_enough() -> None:
    """Two hidden weights that somebody got with W in place of Wᵀ."""
    run = runs()["sigmoid, shared fixed biases"]
    spec, start = replace(run[0], mistakes=("untransposed-weights",)), run[1]
    after = iterate(spec, FollowedRun(spec, start).iteration(1).state).next_state.theta  # type: ignore[union-attr]
    figures = typed(run, [("w1", f"{after[0]:.7f}"), ("w3", f"{after[2]:.7f}")])
    assert named(search(*run, figures)) == [("untransposed-weights",)]


def test_mistakes_that_figures_cannot_tell_apart_are_named_together() -> None:
    """An output's new weight says nothing of what went wrong behind it; a fixed bias left out of
    z does: only what gives the same number is named."""
    run = runs()["three layers of tanh"]
    for_both = printed(run, ("lost-factor-2",), 8)
    delta = next(f for f in for_both if f.step is not None and f.step.kind == "delta")
    answer = search(*run, [delta])
    assert ("lost-factor-2",) in named(answer)
    twins = [("biases-forgotten",), ("bias-left-out",)]
    zero = run[0], np.where(np.arange(run[1].size) < 6, run[1], 0.0)
    weights = [f for f in printed(zero, twins[0], 8) if f.iteration == 1]
    assert named(search(*zero, weights)) in ([twins[0]], sorted(twins))


def test_without_anything_to_explain_no_mistake_is_named() -> None:
    run = runs()["leaky"]
    answer = search(*run, printed(run, (), 9))
    assert (answer.suspects, answer.open) == ((), frozenset())
    assert answer.sentence.startswith("No mistake is needed")


def test_figures_that_nothing_gives_are_not_explained_away() -> None:
    run = runs()["sigmoid, shared fixed biases"]
    answer = search(*run, typed(run, [("w5", "0.7777777"), ("w6", "0.6666666")]))
    assert answer.suspects == ()
    assert answer.sentence.startswith("None of the mistakes")


@pytest.mark.parametrize(
    ("name", "too_few", "enough", "mistakes"),
    [
        # (δ_o1 0.35891648 + δ_o2 0.51130127) h1 (1 − h1) with Mazur's printed figures: 0.0072945.
        ("δ_h1", "0.0073", "0.00729", ("updated-weights",)),
        # 0.4 − f′(0.74136507) 0.59326999, of the same source: 0.270331.
        ("w5", "0.270", "0.2703", ("lost-link", "forgotten-rate")),
    ],
)
def test_one_mistake_takes_three_digits_of_evidence_and_two_take_four(
    name: str, too_few: str, enough: str, mistakes: tuple[str, ...]
) -> None:
    run = runs()["sigmoid, shared fixed biases"]
    weak = search(*run, typed(run, [(name, too_few)]))
    assert len(weak.open) == 1 and weak.suspects == ()
    assert named(search(*run, typed(run, [(name, enough)]))) == [mistakes]


def test_the_digits_of_several_figures_are_evidence_together() -> None:
    run = runs()["sigmoid, shared fixed biases"]
    figures = typed(run, [("δ_h1", "0.0073"), ("∂E/∂w1", "0.00036")])
    assert named(search(*run, figures)) == [("updated-weights",)]


@pytest.mark.parametrize("key", ["missing-derivative", "one-path-only", "forgotten-rate"])
def test_a_mistake_is_found_through_rounding_on_the_way(key: str) -> None:
    """Homework: every step rounded to 4 decimals and carried so, with a mistake besides."""
    spec, start = runs()["three layers of tanh"]
    iteration = FollowedRun(replace(spec, mistakes=(key,)), start, decimals=4).iteration(1)
    assert iteration is not None
    sample, figures = iteration.sample(0), []
    for k in range(len(spec.steps)):
        step = spec.steps.id_at(k)
        value = step_value(iteration, step, sample)
        figures.append(printed_figure(1, step, f"{value:.4f}", 0 if step.of_sample else None))
    answer = search(spec, start, figures)
    assert named(answer)[0] == (key,)
    assert "rounded to 4 decimals" in answer.sentence


def bundled(name: str) -> SearchAnswer:
    document = read_example(name)
    return search(document.spec, document.start, document.published)


def test_mazurs_later_errors_come_from_updated_weights() -> None:
    """0.291027924 after one update, and 0.015912196 and 0.984065734 after 10,000: printed by
    M. Mazur (2015), and given by no right program."""
    document = read_example("mazur-2-2-2")
    answer = bundled("mazur-2-2-2")
    assert named(answer) == [("updated-weights",)]
    assert "3 of the 4 figures that differ" in answer.sentence
    assert "1 more but for a slip" in answer.sentence
    assert "5 others are right without it" in answer.sentence
    compared = compare(document.spec, document.start, document.published)
    after = explained(compared, answer)
    assert summary(after) == "11 agree, 3 by a mistake, 1 slip"
    assert "0.000035085 would be right" in after[12].verdict.sentence


def test_the_hand_example_needs_two_mistakes() -> None:
    """Its three and four digits leave a second pair possible, which is said too."""
    answer = bundled("hand-2-2-1")
    assert named(answer)[0] == ("lost-link", "derivative-at-activation")
    assert "all 9 figures that differ" in answer.sentence
    assert "cannot tell them apart" in answer.sentence


@pytest.mark.parametrize("name", ["matrix-2-2-1", "xor-3-4-1"])
def test_nothing_is_needed_where_figures_agree_or_count_with_another_sign(name: str) -> None:
    assert bundled(name).sentence.startswith("No mistake is needed")


@pytest.mark.parametrize("name", ["xor-2-3-1", "xor-2-3-1-adam", "one-neuron"])
def test_what_cannot_be_decided_is_not(name: str) -> None:
    assert name in example_names()
    assert bundled(name).sentence == "There is no figure here that can be decided."


def test_the_mistakes_that_are_on_do_not_matter() -> None:
    document = read_example("hand-2-2-1")
    spec = replace(document.spec, mistakes=("wrong-sign",))
    assert named(search(spec, document.start, document.published)) == named(bundled("hand-2-2-1"))


def test_a_search_can_be_called_off() -> None:
    looks = 0

    def stop() -> None:
        nonlocal looks
        looks += 1
        if looks > 50:
            raise Interrupted

    document = read_example("hand-2-2-1")
    with pytest.raises(Interrupted):
        search(document.spec, document.start, document.published, check=stop)


def test_what_gives_nothing_of_the_first_iteration_is_not_followed_for_long() -> None:
    """With another learning rate no mistake gives Mazur's figures: the search looks a few times
    at each try, and does not run ten thousand updates with any."""
    document = read_example("mazur-2-2-2")
    spec = replace(document.spec, optimizer=Optimizer().changed(learning_rate=0.4))
    compared = compare(spec, document.start, document.published)
    looks = 0

    def look() -> None:
        nonlocal looks
        looks += 1

    answer = search(spec, document.start, document.published, compared, look)
    assert answer.open and not answer.suspects
    assert looks < 5_000
