"""Weight penalties: E is the data's loss plus what large weights cost."""

from __future__ import annotations

import json

import numpy as np
import pytest
from msgspec.structs import replace

from engine.derivations.derive import derive
from engine.documents.document import Document
from engine.documents.json_text import DocumentError
from engine.documents.reading import read_document, write_document
from engine.formulas.writers import TextWriter
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.maths.penalty import Penalty
from engine.run.gradient_check import check_gradient
from engine.run.iteration import evaluate, iterate
from engine.run.spec import Batching, Data, Spec, start_state
from engine.run.steps import StepId
from engine.training.trainer import Trainer

BOTH = Penalty(l2=0.3, l1=0.05)
W = [0.5, -1.5, 2.0]  # two weights and a bias


def line(penalty: Penalty, reduction: str = "mean") -> Spec:
    """Two inputs and a bias, two samples at once."""
    network = Network(("x1", "x2"), (Layer(("o",), "linear"),))
    data = Data(np.array([[1.0, 2.0], [-1.0, 0.5]]), np.array([[1.0], [0.0]]), ("t",))
    optimizer = Optimizer().changed(learning_rate=0.1)
    return Spec(
        network, "half_squared_error", reduction, optimizer, data, Batching(), penalty=penalty
    )


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("biases", [False, True])
def test_twenty_updates_are_those_reckoned_by_hand(reduction: str, biases: bool) -> None:
    spec = line(replace(BOTH, biases=biases), reduction)
    state, w, share = start_state(spec, np.array(W)), list(W), 0.5 if reduction == "mean" else 1.0
    for _ in range(20):
        errors = [w[0] + 2.0 * w[1] + w[2] - 1.0, -w[0] + 0.5 * w[1] + w[2]]
        counted = w if biases else w[:2]
        loss = share * sum(0.5 * e * e for e in errors)
        loss += 0.3 / 2 * sum(v * v for v in counted) + 0.05 * sum(map(abs, counted))
        g = [
            share * (errors[0] - errors[1]),
            share * (2.0 * errors[0] + 0.5 * errors[1]),
            share * sum(errors),
        ]
        for k in range(len(counted)):
            g[k] += 0.3 * w[k] + 0.05 * (1.0 if w[k] > 0 else -1.0 if w[k] < 0 else 0.0)
        iteration = iterate(spec, state)
        assert iteration.loss == pytest.approx(loss, rel=1e-12)
        np.testing.assert_allclose(iteration.gradient, g, rtol=1e-12, atol=1e-12)
        w = [v - 0.1 * d for v, d in zip(w, g, strict=True)]
        state = iteration.next_state
        np.testing.assert_allclose(state.theta, w, rtol=1e-12, atol=1e-12)


def test_the_loss_curve_shows_the_whole_loss() -> None:
    spec = line(BOTH)
    start = start_state(spec, np.array(W))
    points = Trainer(spec, start, 1).advance(iterations=3).points
    state = start
    for _, loss, *_ in points.tolist():
        assert loss == evaluate(spec, state.theta).loss == iterate(spec, state).loss
        state = iterate(spec, state).next_state


def test_samples_kept_out_of_training_are_told_of_by_the_same_loss() -> None:
    """So that the two curves can be compared; the penalty counts once, however many samples."""
    spec = line(BOTH, "sum")
    data = replace(spec.data, test=np.array([1]))
    bare = replace(spec, data=data, penalty=Penalty())
    spec = replace(spec, data=data)
    theta = np.array(W)
    cost = 0.3 / 2 * (0.25 + 2.25) + 0.05 * 2.0
    with_penalty, without = evaluate(spec, theta), evaluate(bare, theta)
    assert with_penalty.test is not None and without.test is not None
    assert with_penalty.test.loss == pytest.approx(without.test.loss + cost, rel=1e-12)
    assert with_penalty.loss == pytest.approx(without.loss + cost, rel=1e-12)


def test_the_gradient_check_knows_the_kink_of_l1() -> None:
    spec = line(Penalty(l1=0.5))
    found = check_gradient(spec, start_state(spec, np.array([0.0, 1.0, 0.5])))
    assert [each.verdict for each in found.checked] == ["kink", "right", "right"]
    found = check_gradient(line(Penalty(l2=0.5)), start_state(spec, np.array([0.0, 1.0, 0.5])))
    assert [each.verdict for each in found.checked] == ["right"] * 3


def test_the_slope_of_l1_at_0_is_0() -> None:
    spec = line(Penalty(l1=0.5))
    state = start_state(spec, np.array([0.0, 0.0, 0.0]))
    bare = replace(spec, penalty=Penalty())
    assert np.array_equal(iterate(spec, state).gradient, iterate(bare, state).gradient)


def test_each_addend_is_told_of() -> None:
    spec = line(BOTH)
    iteration = iterate(spec, start_state(spec, np.array(W)))
    loss = derive(iteration, StepId("loss", "total_loss"), 0)
    assert loss.text.startswith("E = E_data + E_L2 + E_L1 = ")
    symbols = [factor.line.write(TextWriter()) for factor in loss.factors]
    assert symbols[1].startswith("E_L2 = λ_2/2 · Σ_w w² = 0.3/2 · (0.5² + (-1.5)²) = 0.375")
    assert symbols[2].startswith("E_L1 = λ_1 · Σ_w |w| = 0.05 · (|0.5| + |-1.5|) = 0.1")
    weight = derive(iteration, StepId("backward", "weight_gradient", 1, 0, 1), 0)
    assert "+ λ_2 · w¹₁₂ + λ_1 · sign(w¹₁₂) = " in weight.text
    bias = derive(iteration, StepId("backward", "bias_gradient", 1, 0), 0)
    assert "λ" not in bias.text


def test_a_file_says_it_where_there_is_one_and_refuses_what_cannot_be() -> None:
    for penalty, said in (
        (Penalty(), None),
        (BOTH, {"l2": 0.3, "l1": 0.05}),
        (Penalty(l1=1.0, biases=True), {"l1": 1.0, "biases": True}),
    ):
        spec = line(penalty)
        data = write_document(Document(spec, np.array(W)))
        assert json.loads(data).get("penalty") == said
        assert read_document(data).spec.penalty == penalty
        assert write_document(read_document(data)) == data
    tree = json.loads(data)
    for wrong in (-0.1, 1e12, "much"):
        tree["penalty"]["l2"] = wrong
        with pytest.raises(DocumentError, match=r"\$\.penalty\.l2"):
            read_document(json.dumps(tree).encode())
