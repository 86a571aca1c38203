"""Derivations: what they show comes to what the engine says, and they say why."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.derive import Derivation, derive
from engine.formulas.formula import Expr, Line
from engine.formulas.writers import TextWriter, prose_text
from engine.maths.activations import ACTIVATIONS
from engine.maths.losses import LOSSES
from engine.maths.network import Layer, Network, default_unit_names
from engine.maths.optimizers import Optimizer
from engine.run.iteration import iterate, sample_gradient
from engine.run.mistakes import MISTAKES
from engine.run.paper import paper_iteration
from engine.run.spec import Batching, Data, Spec, State, start_state
from engine.run.step_values import step_value
from engine.run.steps import StepId
from tests.engine.conftest import runs, specs
from tests.engine.derivations.conftest import agree, iteration_of, mazur, with_mistakes

NET_H1 = StepId("forward", "net_input", 1, 0)
OUT_O1 = StepId("forward", "activation", 2, 0)
LOSS_O1 = StepId("loss", "loss", 2, 0)
TOTAL = StepId("loss", "total_loss")
DELTA_H1 = StepId("backward", "delta", 1, 0)
GRADIENT_W1 = StepId("backward", "weight_gradient", 1, 0, 0)
GRADIENT_W5 = StepId("backward", "weight_gradient", 2, 0, 0)
UPDATE_W5 = StepId("update", "weight_update", 2, 0, 0)
CHECK = StepId("check", "loss_after")


def reckoned(text: str, f_slope: Callable[[float], float] | None = None) -> float:
    """What a formula in text comes to, worked out by Python instead of by us; `f_slope` is what f′
    is of a unit whose function has no name of its own, as one with a gain."""
    python = text.replace("·", "*").replace("−", "-").replace("²", "**2").replace("^", "**")
    python = re.sub(r"√([\w.]+(?:e-\d+)?)", r"sqrt(\1)", python).replace("√", "sqrt")
    python = re.sub(r"\|([^|]*)\|", r"abs(\1)", python)
    python = re.sub(r"\be\*\*", "E**", python).replace("′", "_slope")
    names = {"ln": math.log, "max": max, "min": min, "abs": abs, "tanh": math.tanh}
    names |= {"sqrt": math.sqrt, "E": math.e, "erf": math.erf}
    names |= {"cos": math.cos, "floor": math.floor}
    names["sign"] = lambda x: (x > 0) - (x < 0)
    names |= {
        f"{activation.symbol}_slope": exact_slope(key)
        for key, activation in ACTIVATIONS.items()
        if activation.learns and activation.elementwise and activation.symbol != "f"
    }
    names["f_slope"] = f_slope or exact_slope("linear")
    return float(eval(python, names))


def exact_slope(key: str) -> Callable[[float], float]:
    """f' written out once more, as textbooks have it."""
    return {
        "sigmoid": lambda x: math.exp(-abs(x)) / (1 + math.exp(-abs(x))) ** 2,
        "tanh": lambda x: 1 - math.tanh(x) ** 2,
        "relu": lambda x: float(x > 0),
        "leaky_relu": lambda x: 1.0 if x > 0 else 0.01,
        "linear": lambda x: 1.0,
        "bipolar_sigmoid": lambda x: 2 * math.exp(-abs(x)) / (1 + math.exp(-abs(x))) ** 2,
        "elu": lambda x: 1.0 if x > 0 else math.exp(x),
        "gelu": lambda x: 0.5 * (1 + math.erf(x / math.sqrt(2)))
        + x * math.exp(-x * x / 2) / math.sqrt(2 * math.pi),
        "gelu_tanh": lambda x: 0.5 * (1 + math.tanh(bent(x)))
        + 0.5 * x / math.cosh(bent(x)) ** 2 * math.sqrt(2 / math.pi) * (1 + 0.134145 * x * x),
        "silu": lambda x: (1 + math.exp(-x) * (1 + x)) / (1 + math.exp(-x)) ** 2,
        "softplus": lambda x: 1 / (1 + math.exp(-x)),
        "softsign": lambda x: 1 / (1 + abs(x)) ** 2,
        "hard_tanh": lambda x: float(-1 < x < 1),
    }[key]


def bent(x: float) -> float:
    """What GELU by tanh takes the tanh of."""
    return math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)


def numbers_of(expr: Expr) -> str:
    return expr.write(TextWriter(None), numbers=True)


def check_line(line: Line, expected: float | None) -> None:
    """Every form of a line comes to the same, by our reckoning and by Python's."""
    value = line.value if expected is None else expected
    for form in (*line.symbols, *line.numbers):
        assert agree(form.value, value)
    for form in line.numbers:
        if "…" not in numbers_of(form):
            assert agree(reckoned(numbers_of(form)), value)


@given(runs(), st.data())
def test_every_step_comes_to_the_engines_number_by_the_formula_it_shows(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    check_every_step(*run, data)


@settings(max_examples=60)
@given(runs(), st.lists(st.sampled_from(sorted(MISTAKES)), unique=True, min_size=1), st.data())
def test_so_it_does_with_mistakes(
    run: tuple[Spec, State], keys: list[str], data: st.DataObject
) -> None:
    check_every_step(*with_mistakes(run, keys), data)


def check_every_step(spec: Spec, state: State, data: st.DataObject) -> None:
    iteration = iterate(spec, state)
    assume(np.abs(iteration.next_state.theta).max() < 20.0 and iteration.loss < 1e3)
    row = data.draw(st.integers(0, len(spec.data) - 1))
    sample = iteration.sample(row)
    for k in range(len(spec.steps)):
        step = spec.steps.id_at(k)
        derivation = derive(iteration, step, row)
        expected = step_value(iteration, step, sample)
        assert agree(derivation.value, expected), derivation.text
        check_line(derivation.line, expected)
        if "…" not in numbers_of(derivation.result):
            assert agree(reckoned(numbers_of(derivation.result)), expected)
        if derivation.chain is not None:
            assert agree(derivation.chain.value, expected)
        for factor in derivation.factors:
            if not factor.is_column:
                check_line(factor.line, None)
        if derivation.long_form and step.kind == "delta":
            assert agree(derivation.long_form[-1].line.value, expected)


@settings(max_examples=20)
@given(specs(max_samples=20), st.integers(9, 14), st.integers(0, 19))
def test_long_sums_and_tables_are_shortened_without_losing_a_term(
    spec: Spec, inputs: int, row: int
) -> None:
    names = default_unit_names((inputs, 9, spec.network.sizes[-1]))
    last = replace(spec.network.layers[-1], units=names[-1])
    network = Network(names[0], (Layer(names[1], "tanh", "shared"), last))
    generator = np.random.default_rng(spec.seed)
    row = row % len(spec.data)
    wide = Data(
        generator.normal(size=(len(spec.data), inputs)), spec.data.targets, spec.data.target_names
    )
    spec = replace(spec, network=network, data=wide, scaling=None)
    iteration = iterate(spec, start_state(spec))
    for k in range(len(spec.steps)):
        step = spec.steps.id_at(k)
        derivation = derive(iteration, step, row)
        assert agree(derivation.value, step_value(iteration, step, iteration.sample(row)))
        assert derivation.text.count(" + ") < 40
        if derivation.table is not None:
            assert len(derivation.table.rows) <= 13
    net_input = derive(iteration, NET_H1, row)
    assert net_input.text.count("…") == 2  # in symbols and in numbers
    assert net_input.table is not None


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (NET_H1, "z_h1 = w1 · i1 + w2 · i2 + b1 = 0.15 · 0.05 + 0.2 · 0.1 + 0.35 = 0.3775"),
        (OUT_O1, "a_o1 = 1/(1 + e^(−z_o1)) = 1/(1 + e^(-1.10591)) = 0.751365"),
        (LOSS_O1, "E_o1 = 1/2 · (t_o1 − a_o1)² = 1/2 · (0.01 − 0.751365)² = 0.274811"),
        (TOTAL, "E = E_o1 + E_o2 = 0.274811 + 0.0235600 = 0.298371"),
        (GRADIENT_W5, "∂E/∂w5 = δ_o1 · a_h1 = 0.138499 · 0.593270 = 0.0821670"),
        (
            StepId("backward", "weight_gradient", 2, 1, 0),
            "∂E/∂w7 = δ_o2 · a_h1 = (-0.0380982) · 0.593270 = -0.0226025",
        ),
        (
            StepId("backward", "bias_gradient", 2),
            "∂E/∂b2 = δ_o1 + δ_o2 = 0.138499 + (-0.0380982) = 0.100400",
        ),
        (
            DELTA_H1,
            "δ_h1 = (w5 · δ_o1 + w7 · δ_o2) · a_h1 · (1 − a_h1) = "
            "(0.4 · 0.138499 + 0.5 · (-0.0380982)) · 0.593270 · 0.406730 = 0.00877135",
        ),
        (UPDATE_W5, "w5 ← w5 − η · ∂E/∂w5 = 0.4 − 0.5 · 0.0821670 = 0.358916"),
        (CHECK, "E = E_o1 + E_o2 = 0.267977 + 0.0230513 = 0.291028"),
    ],
)
def test_the_line_a_student_writes(step: StepId, text: str) -> None:
    assert derive(mazur(), step, 0).text == text


def lines(derivation: Derivation) -> list[str]:
    return [factor.line.write(TextWriter()) for factor in derivation.factors]


def test_the_factors_of_an_output_weight() -> None:
    derivation = derive(mazur(), GRADIENT_W5, 0)
    assert derivation.headline.write(TextWriter()) == (
        "∂E/∂w5 = δ_o1 · a_h1 = ∂E/∂a_o1 · ∂a_o1/∂z_o1 · ∂z_o1/∂w5"
    )
    assert lines(derivation) == [
        "∂E/∂a_o1 = a_o1 − t_o1 = 0.751365 − 0.01 = 0.741365",
        "∂a_o1/∂z_o1 = a_o1 · (1 − a_o1) = 0.751365 · 0.248635 = 0.186816",
        "∂z_o1/∂w5 = a_h1 = 0.593270",
    ]
    assert [prose_text(factor.meaning) for factor in derivation.factors] == [
        "how the error reacts to the output",
        "how the output reacts to its net input",
        "how the net input reacts to the weight",
    ]
    writer = TextWriter()
    result = writer.join(derivation.result_pieces(writer, 6))
    assert result == "0.741365 · 0.186816 · 0.593270 ≈ 0.0821670"
    assert prose_text(derivation.used_next) == "used next in w5 ← w5 − η · ∂E/∂w5"


def test_the_factors_of_a_hidden_weight() -> None:
    derivation = derive(mazur(), GRADIENT_W1, 0)
    assert lines(derivation) == [
        "∂E/∂a_h1 = w5 · δ_o1 + w7 · δ_o2 = 0.4 · 0.138499 + 0.5 · (-0.0380982)"
        " = 0.0553994 + (-0.0190491) = 0.0363503",
        "∂a_h1/∂z_h1 = a_h1 · (1 − a_h1) = 0.593270 · 0.406730 = 0.241301",
        "∂z_h1/∂w1 = i1 = 0.05",
    ]
    writer = TextWriter()
    result = writer.join(derivation.result_pieces(writer, 6))
    assert result == "0.0363503 · 0.241301 · 0.05 ≈ 0.000438568"


def test_an_exact_result_is_not_called_rounded() -> None:
    writer = TextWriter()
    result = derive(mazur(), NET_H1, 0).result_pieces(writer, 6)
    assert writer.join(result) == "0.0075 + 0.02 + 0.35 = 0.3775"


def test_a_fixed_parameter_is_worked_out_but_not_used() -> None:
    derivation = derive(mazur(), StepId("backward", "bias_gradient", 2), 0)
    assert prose_text(derivation.used_next) == "not used: b2 is fixed"
    assert "b2 is fixed: its gradient is worked out but never applied." in [
        prose_text(note) for note in derivation.notes
    ]


def test_a_batch_has_a_row_for_each_sample() -> None:
    iteration = iteration_of((2, 3, 1), ("sigmoid", "sigmoid"), samples=4, reduction="mean")
    derivation = derive(iteration, StepId("backward", "weight_gradient", 2, 0, 1), 2)
    table = derivation.table
    assert table is not None
    heads = [h if isinstance(h, str) else h.write(TextWriter(), False) for h in table.heads]
    assert heads == ["sample", "δ_o", "a_h2", "δ_o · a_h2"]
    assert [(row.label, row.here) for row in table.rows] == [
        ("1", False), ("2", False), ("3", True), ("4", False)
    ]
    for row in table.rows:
        sample = iteration.sample(int(row.label) - 1)
        delta, activation, term = row.values
        assert delta == pytest.approx(sample.delta[2][0], rel=1e-12)
        assert activation == pytest.approx(sample.a[1][1], rel=1e-12)
        assert term == pytest.approx(delta * activation, rel=1e-12)
    assert derivation.scope == "mean over the batch of 4"
    assert derivation.text.startswith("∂E/∂w²₁₂ = 1/4 · Σ_s δ_o · a_h2 = 1/4 · (")


@given(runs(), st.data())
def test_of_a_sample_alone_gradients_come_to_its_own_and_add_up(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    iteration = iterate(*run)
    spec, count = iteration.spec, len(iteration.rows)
    assume(count > 1)
    every = [spec.steps.id_at(k) for k in range(len(spec.steps))]
    gradients = [s for s in every if s.kind.endswith("gradient")]
    assume(gradients)  # else all edges are cut
    step = data.draw(st.sampled_from(gradients))
    assert step.parameter is not None
    index = spec.network.index(step.parameter)
    own = [derive(iteration, step, int(row), own=True) for row in iteration.rows]
    for row, derivation in zip(iteration.rows, own, strict=True):
        expected = float(sample_gradient(spec, iteration.sample(int(row)))[index])
        assert agree(derivation.value, expected)
        check_line(derivation.line, expected)
        assert derivation.table is None and derivation.scope.startswith(f"sample {row + 1} of ")
        words = prose_text(derivation.used_next)
        assert words.startswith(f"one of the {count} terms of which ∂E/∂")
        counts = step.parameter.source is not None or spec.penalty.biases
        has_penalty = counts and (spec.penalty.l1 > 0.0 or spec.penalty.l2 > 0.0)
        assert words.endswith(
            f" is the {spec.reduction}" + (", before what penalties add" if has_penalty else "")
        )
    total = sum(derivation.value for derivation in own)
    of_batch = derive(iteration, step, int(iteration.rows[0])).value
    total = total / count if spec.reduction == "mean" else total
    if has_penalty:
        w = float(iteration.state.theta[index])
        total += spec.penalty.l2 * w + spec.penalty.l1 * ((w > 0) - (w < 0))
    assert agree(total, of_batch)


def test_a_sample_outside_the_batch_is_no_part_of_its_gradient() -> None:
    batching = Batching(2, False)
    iteration = iteration_of((2, 1), ("sigmoid",), samples=4, batching=batching)
    step = StepId("backward", "weight_gradient", 1, 0, 0)
    alone = derive(iteration, step, 3, own=True)
    sample = iteration.sample(3)
    assert alone.value == pytest.approx(float(sample.delta[1][0] * sample.a[0][0]), rel=1e-12)
    assert prose_text(alone.used_next) == (
        "no part of ∂E/∂w¹₁₁: sample 4 is not in this batch"
    )
    first_only = replace(iteration.spec, mistakes=("first-sample-only",))
    left_out = derive(iterate(first_only, iteration.state), step, 1, own=True)
    assert "made of the first sample only" in prose_text(left_out.used_next)


def test_on_paper_a_samples_own_gradient_is_not_rounded_by_itself() -> None:
    iteration = paper_iteration(iteration_of((2, 1), ("sigmoid",), samples=3), 2)
    step = StepId("backward", "weight_gradient", 1, 0, 0)
    alone, sample = derive(iteration, step, 1, own=True), iteration.sample(1)
    assert alone.value == float(sample.delta[1][0]) * float(sample.a[0][0])
    assert "but the sum over the batch is" in prose_text(alone.paper)


def test_a_long_table_keeps_the_sample_that_is_looked_at() -> None:
    iteration = iteration_of((1, 1), ("linear",), samples=40)
    derivation = derive(iteration, StepId("backward", "weight_gradient", 1, 0, 0), 20)
    assert derivation.table is not None
    assert [row.label for row in derivation.table.rows] == [
        "1", "2", "3", "4", "5", "6", "7", "… 13 more", "21", "… 17 more", "39", "40"
    ]
    assert [row.label for row in derivation.table.rows if row.here] == ["21"]


def test_of_a_huge_batch_only_what_is_shown_is_worked_out_again() -> None:
    iteration = iteration_of((64, 64, 1), ("tanh", "linear"), samples=400)
    step = StepId("backward", "weight_gradient", 1, 3, 5)
    derivation = derive(iteration, step, 200)
    assert agree(derivation.value, step_value(iteration, step, iteration.sample(200)))
    assert any("the engine's" in prose_text(note) for note in derivation.notes)
    shown = [row for row in derivation.table.rows if row.values] if derivation.table else []
    assert [row.label for row in shown if row.here] == ["201"]
    assert shown[7].values[2] == pytest.approx(
        iteration.sample(200).delta[1][3] * iteration.spec.data.inputs[200, 5], rel=1e-9
    )


def test_a_sample_outside_the_batch_gives_way_to_one_inside_for_the_batchs_steps() -> None:
    iteration = iteration_of((1, 1), ("linear",), samples=3, batching=Batching(1))
    assert list(iteration.rows) == [0]
    gradient = derive(iteration, StepId("backward", "weight_gradient", 1, 0, 0), 2)
    assert gradient.scope == "batch of one: sample 1 of 3"
    assert agree(gradient.value, iteration.gradient[0])
    assert derive(iteration, StepId("backward", "delta", 1, 0), 2).scope == "sample 3 of 3"


def test_momentum_and_adam_show_their_terms() -> None:
    momentum = iteration_of((1, 1), ("linear",))
    spec = replace(momentum.spec, optimizer=Optimizer("momentum", {"learning_rate": 0.1}))
    state = State(momentum.state.theta, (np.array([2.0, 1.0]),), 3)
    step = StepId("update", "weight_update", 1, 0, 0)
    derivation = derive(iterate(spec, state), step, 0)
    assert derivation.line.symbols[0].write(TextWriter(), False) == "w¹₁₁ − η · v_t"
    assert lines(derivation)[1].startswith("v_t = μ · v_(t-1) + ∂E/∂w¹₁₁ = 0.9 · 2 + ")

    spec = replace(momentum.spec, optimizer=Optimizer("adam", {"learning_rate": 0.1}))
    state = State(momentum.state.theta, (np.zeros(2), np.zeros(2)), 0)
    derivation = derive(iterate(spec, state), step, 0)
    shown = lines(derivation)
    assert shown[1].startswith("m_t = β_1 · m_(t-1) + (1 − β_1) · ∂E/∂w¹₁₁ = 0.9 · 0 + 0.1 · ")
    assert shown[2].startswith("v_t = β_2 · v_(t-1) + (1 − β_2) · (∂E/∂w¹₁₁)² = 0.999 · 0 + ")
    assert shown[3] == (
        "η_t = (η · √(1 − β_2^t))/(1 − β_1^t) = (0.1 · √(1 − 0.999^1))/(1 − 0.9^1) = 0.0316228"
    )


@pytest.mark.parametrize(
    ("activation", "loss", "links"),
    [
        ("sigmoid", "binary_cross_entropy", 3),
        ("softmax", "categorical_cross_entropy", 4),
    ],
)
def test_a_short_form_has_a_long_one(activation: str, loss: str, links: int) -> None:
    iteration = iteration_of((2, 3), (activation,), loss, "mean")
    step = StepId("backward", "delta", 1, 1)
    derivation = derive(iteration, step, 0)
    assert len(derivation.long_form) == links
    assert agree(derivation.long_form[-1].line.value, derivation.value)
    if loss == "categorical_cross_entropy":
        assert derivation.text.startswith("δ_o2 = a_o2 − t_o2 = ")
    assert any("shorten to output minus target" in prose_text(n) for n in derivation.notes)
    gradient = derive(iteration, StepId("backward", "weight_gradient", 1, 1, 0), 0)
    assert gradient.headline.write(TextWriter()).endswith("∂E/∂z_o2 · ∂z_o2/∂w¹₂₁")
    assert gradient.long_form


def test_softmax_targets_that_do_not_add_up_to_one() -> None:
    iteration = iteration_of((2, 3), ("softmax",), "categorical_cross_entropy", "mean")
    data = replace(iteration.spec.data, targets=np.array([[0.2, 0.3, 0.1]]))
    iteration = iterate(replace(iteration.spec, data=data), iteration.state)
    derivation = derive(iteration, StepId("backward", "delta", 1, 1), 0)
    assert derivation.text.startswith("δ_o2 = a_o2 · (t_o1 + t_o2 + t_o3) − t_o2 = ")


@pytest.mark.parametrize(
    ("z", "words"),
    [(-0.5, "is below 0, where ReLU is flat"), (0.0, "is exactly 0"), (0.5, None)],
)
def test_relu_says_why_the_gradient_stops(z: float, words: str | None) -> None:
    network = Network(("x",), (Layer(("h",), "relu", "none"), Layer(("o",), "linear", "none")))
    data = Data(np.array([[1.0]]), np.array([[3.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    iteration = iterate(spec, State(np.array([z, 2.0])))
    for step in (DELTA_H1, GRADIENT_W1):
        derivation = derive(iteration, step, 0)
        notes = " ".join(prose_text(note) for note in derivation.notes)
        assert (words in notes and "The gradient stops here" in notes) if words else not notes
        assert (derivation.value == 0.0) == (words is not None)


@pytest.mark.parametrize("size", [9.0, 80.0, 1000.0])
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("loss", ["binary_cross_entropy", "categorical_cross_entropy"])
def test_saturated_outputs_keep_their_digits(loss: str, sign: float, size: float) -> None:
    (activation,) = LOSSES[loss].activations
    iteration = iteration_of((1, 2), (activation,), loss, "mean")
    theta = np.array([sign * size, 0.3, 0.0, 0.0])
    data = Data(np.array([[1.0]]), np.array([[0.0, 1.0]]), ("t1", "t2"))
    iteration = iterate(replace(iteration.spec, data=data), State(theta))
    sample = iteration.sample(0)
    for k in range(len(iteration.spec.steps)):
        step = iteration.spec.steps.id_at(k)
        derivation = derive(iteration, step, 0)
        assert agree(derivation.value, step_value(iteration, step, sample)), derivation.text
        for factor in derivation.long_form:
            assert math.isfinite(factor.line.value)


def test_a_run_that_diverged_is_derived_without_an_error() -> None:
    iteration = iteration_of((2, 2, 1), ("relu", "linear"), samples=2)
    spec = replace(iteration.spec, optimizer=Optimizer("adam"))
    broken = State(np.full(spec.network.size, 1e200), (np.zeros(9), np.zeros(9)))
    iteration = iterate(spec, broken)
    for k in range(len(spec.steps)):
        derivation = derive(iteration, spec.steps.id_at(k), 0)
        assert derivation.text and derivation.latex


def test_a_tiny_update_is_shown_with_the_digits_that_tell_it() -> None:
    iteration = mazur()
    spec = replace(iteration.spec, optimizer=Optimizer().changed(learning_rate=1e-9))
    derivation = derive(iterate(spec, iteration.state), UPDATE_W5, 0)
    before, after = derivation.text.split(" = ")[1].split(" − ")[0], derivation.text.split(" = ")[2]
    assert float(before) == 0.4 != float(after)


def test_the_check_says_what_the_update_did() -> None:
    notes = derive(mazur(), CHECK, 0).notes
    assert prose_text(notes[0]) == "The update lowered the loss from 0.298371 to 0.291028."


def test_where_the_run_diverges_no_iteration_is_said_to_follow() -> None:
    first = mazur()
    for rate, goes_on in ((0.5, True), (1e11, True), (1e300, False)):
        spec = replace(first.spec, optimizer=Optimizer(settings={"learning_rate": rate}))
        derivation = derive(iterate(spec, first.state), CHECK, 0)
        text = prose_text(derivation.used_next)
        assert (text == "iteration 2 starts from the new parameters") is goes_on, rate
        assert goes_on or text == ""
