"""What steps and units of outputs are called where targets name classes."""

from __future__ import annotations

import numpy as np

from engine.derivations.derive import derive
from engine.export.tikz import network_tikz
from engine.learn.many_seeds.result import SeedRun, SeedsResult
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.column_words import class_names, step_title
from engine.run.iteration import iterate
from engine.run.spec import Data, Source, Spec, start_state
from engine.run.steps import title_of

NAMES = ("setosa", "versi_color", "virginica")


def iris() -> Spec:
    network = Network(
        ("x1", "x2"), (Layer(("h1", "h2"), "tanh"), Layer(("o1", "o2", "o3"), "softmax"))
    )
    targets = np.eye(3)[np.arange(30) % 3]
    inputs = np.linspace(-1.0, 1.0, 60).reshape(30, 2)
    sources = tuple(Source("species", name) for name in NAMES)
    data = Data(inputs, targets, ("t1", "t2", "t3"), (), sources)
    return Spec(network, "categorical_cross_entropy", "mean", Optimizer(), data, seed=1)


def test_steps_of_outputs_say_their_class_once_and_others_none() -> None:
    spec = iris()
    titles = {step_title(spec, step) for step in map(spec.steps.id_at, range(len(spec.steps)))}
    for unit, name in zip(("o1", "o2", "o3"), NAMES, strict=True):
        assert f"net input of {unit} · {name}" in titles
        assert f"delta of {unit} · {name}" in titles
    assert "net input of h1" in titles and "total loss" in titles
    assert all(title.count(name) <= 1 for title in titles for name in NAMES)
    plain = {title_of(spec.network, spec.steps.id_at(k)) for k in range(len(spec.steps))}
    assert len(plain) == len(titles)


def test_a_derivation_of_an_output_is_titled_with_its_class() -> None:
    spec = iris()
    iteration = iterate(spec, start_state(spec))
    step = next(
        each for each in map(spec.steps.id_at, range(len(spec.steps)))
        if each.kind == "activation" and each.layer == 2 and each.unit == 1
    )
    assert derive(iteration, step, 0).title == "activation of o2 · versi_color"


def test_tikz_writes_classes_beside_their_units() -> None:
    spec = iris()
    assert class_names(spec) == dict(zip(("o1", "o2", "o3"), NAMES, strict=True))
    text = network_tikz(spec.network, spec.draw(), {}, classes=class_names(spec))
    assert text.count("label={[class]right:") == 3
    assert r"label={[class]right:{versi\_color}}" in text
    assert "[class]" not in network_tikz(spec.network, spec.draw(), {})


def test_seeds_that_lose_a_whole_class_say_which() -> None:
    spec = iris()
    outputs = np.array(spec.data.targets)
    outputs[1::3] = (1.0, 0.0, 0.0)
    run = SeedRun(3, 1.0, outputs, False, None)
    result = SeedsResult(spec, 5, 0.1, (run,))
    assert [group.words for group in result.stuck] == [
        "off for 10 of 30 samples, all of versi_color"
    ]
    outputs[1] = (0.0, 1.0, 0.0)
    assert [group.words for group in result.stuck] == ["off for 9 of 30 samples"]
