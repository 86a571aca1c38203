"""Paper mode: every step rounded once and carried rounded, and how far that drifts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.as_text import solution_latex, solution_text
from engine.derivations.derive import derive
from engine.documents.examples import read_example
from engine.formulas.writers import latex_number
from engine.run.iteration import Iteration, iterate, never, sample_pass
from engine.run.paper import PaperIteration, on_paper, paper_iteration, rounded
from engine.run.spec import Spec, State, start_state
from engine.run.step_values import step_value
from engine.run.steps import StepId, symbol_of
from engine.training.kernels.choice import kernel_named, reproducible
from tests.engine.conftest import runs, specs

# The figures of M. Mazur, "A Step by Step Backpropagation Example" (2015), which prints nine
# digits after the point. Those here follow from the rounded figures before them.
CARRIED = {
    "z_h1": 0.3775,
    "a_h1": 0.593269992,
    "a_h2": 0.596884378,
    "z_o1": 1.105905967,
    "a_o1": 0.75136507,
    "a_o2": 0.772928465,
    "E_o2": 0.023560026,
    "δ_o1": 0.138498562,
    "∂E/∂w5": 0.082167041,
    "∂E/∂w1": 0.000438568,
    "w5": 0.35891648,
    "w6": 0.408666186,
    "w8": 0.561370121,
    "w1": 0.149780716,
}
# And those for which more digits were carried than are printed.
NEAR = {
    "E_o1": 0.274811083,
    "w2": 0.19956143,
    "w3": 0.24975114,
    "w4": 0.29950229,
    "w7": 0.511301270,
}


def mazur(decimals: int) -> PaperIteration:
    document = read_example("mazur-2-2-2")
    iteration = iterate(document.spec, start_state(document.spec, document.start))
    return paper_iteration(iteration, decimals)


def steps_of(iteration: Iteration) -> list[StepId]:
    steps = iteration.spec.steps
    return [steps.id_at(k) for k in range(len(steps))]


def values(iteration: Iteration, row: int) -> np.ndarray:
    sample = iteration.sample(row)
    return np.array([step_value(iteration, step, sample) for step in steps_of(iteration)])


def test_the_hand_calculation_comes_out_as_it_is_printed() -> None:
    paper = mazur(9)
    network = paper.spec.network
    found = {
        symbol_of(network, step): value
        for step, value in zip(steps_of(paper)[:-1], values(paper, 0), strict=False)
    }
    assert {name: found[name] for name in CARRIED} == CARRIED
    for name, printed in NEAR.items():
        assert found[name] == pytest.approx(printed, abs=4e-9), name
    assert paper.loss == found["E_o1"] + found["E_o2"] == pytest.approx(0.298371109, abs=1.5e-9)
    assert paper.next_state.t == 1


def test_four_decimals_by_hand() -> None:
    """Worked out with pencil and paper from the definition."""
    paper = mazur(4)
    sample = paper.sample(0)
    assert sample.z[1].tolist() == [0.3775, 0.3925]
    assert sample.a[1].tolist() == [0.5933, 0.5969]
    assert sample.z[2].tolist() == [1.1059, 1.2249]  # 0.4 · 0.5933 + 0.45 · 0.5969 + 0.6 = 1.105925
    assert sample.a[2].tolist() == [0.7514, 0.7729]
    assert sample.delta[2].tolist() == [0.1385, -0.0381]  # 0.7414 · 0.7514 · 0.2486 = 0.138492
    assert sample.delta[1].tolist() == [0.0088, 0.01]  # 0.03635 · 0.5933 · 0.4067 = 0.008771
    assert paper.loss == 0.2984
    furthest, drift = paper.largest_drift(0)
    assert symbol_of(paper.spec.network, furthest) == "∂E/∂b1"  # 0.0188 for 0.018726
    assert drift == pytest.approx(7.44e-5, rel=1e-3)


@given(runs(), st.integers(1, 9))
@settings(max_examples=60, deadline=None)
def test_every_value_is_rounded_and_follows_from_the_values_before(
    run: tuple[Spec, State], decimals: int
) -> None:
    exact = iterate(*run)
    paper, row = paper_iteration(exact, decimals), int(exact.rows[0])
    for step, value in zip(steps_of(paper), values(paper, row), strict=True):
        if abs(value) * 10.0**decimals < 1e14:
            assert value == round(value, decimals), step
        # Cross-entropies are worked out from net inputs, and derived from outputs.
        if step.phase in ("forward", "backward") and np.isfinite(value):
            made = derive(paper, step, row)
            assert made.value == value
            # Within half a unit, and a few spacings of the doubles there.
            few = 4.0 * float(np.spacing(abs(value)))
            assert abs(made.result.value - value) <= 0.5000001 * 10.0**-decimals + few


@given(runs())
@settings(max_examples=60, deadline=None)
def test_with_enough_digits_it_is_the_engines(run: tuple[Spec, State]) -> None:
    spec, state = run
    # Where a gradient is little more than its last digit, a small ε makes much of that.
    spec = replace(spec, optimizer=spec.optimizer.changed(epsilon=1e-3))
    exact = iterate(spec, state)
    paper, row = paper_iteration(exact, 15), int(exact.rows[0])
    on_paper, full = values(paper, row), values(exact, row)
    assert on_paper == pytest.approx(full, rel=1e-9, abs=1e-11, nan_ok=True)


@given(runs())
def test_a_pass_with_fifteen_decimals_is_the_plain_one(run: tuple[Spec, State]) -> None:
    spec, state = run
    assume(np.abs(state.theta).max() < 10.0)
    row = int(spec.batch_rows(state.t)[0])
    by_hand = iterate(*on_paper(spec, state, 15)).sample(row)
    plain = sample_pass(spec, state.theta, row)
    for kind in ("z", "a", "delta"):
        for rounded_to, exact in zip(getattr(by_hand, kind), getattr(plain, kind), strict=True):
            np.testing.assert_allclose(rounded_to, exact, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(by_hand.loss_terms, plain.loss_terms, rtol=1e-12, atol=1e-12)


@given(specs())
@settings(max_examples=20, deadline=None)
def test_what_trains_a_run_on_paper_rounds_too(spec: Spec) -> None:
    spec, state = on_paper(spec, start_state(spec), 3)
    advanced = kernel_named(reproducible(spec), spec).advance(state, 2, 1, never)
    assume(not advanced.lost)
    following = iterate(spec, iterate(spec, state).next_state).next_state
    assert np.array_equal(advanced.state.theta, following.theta)


@given(runs(), st.integers(2, 6))
@settings(max_examples=40, deadline=None)
def test_drift_is_what_it_says(run: tuple[Spec, State], decimals: int) -> None:
    exact = iterate(*run)
    paper, row = paper_iteration(exact, decimals), int(exact.rows[-1])
    apart = np.abs(values(paper, row) - values(exact, row))
    assert [paper.drift(step, row) for step in steps_of(paper)] == apart.tolist()
    furthest, distance = paper.largest_drift(row)
    assert distance == apart.max() == paper.drift(furthest, row)
    assert paper.exact is exact


@given(specs())
@settings(max_examples=20, deadline=None)
def test_the_iteration_itself_stays_as_it_is(spec: Spec) -> None:
    exact = iterate(spec, start_state(spec))
    theta, gradient = exact.state.theta.copy(), exact.gradient.copy()
    inputs = spec.data.inputs.copy()
    paper_iteration(exact, 2)
    assert np.array_equal(exact.state.theta, theta) and np.array_equal(spec.data.inputs, inputs)
    assert np.array_equal(exact.gradient, gradient)


def test_halves_go_up_in_size_even_where_binary_misses_them() -> None:
    assert rounded([0.125, -0.125, 2.5, 0.35 * 0.1], 2).tolist() == [0.13, -0.13, 2.5, 0.04]
    assert str(rounded(-0.001, 2)) == "0.0"
    assert rounded([1e300, float("inf")], 3).tolist() == [1e300, float("inf")]
    assert np.isnan(rounded(float("nan"), 3))


def test_the_derivation_says_what_is_carried() -> None:
    paper = mazur(4)
    step = StepId("backward", "delta", 1, 0)
    made = derive(paper, step, 0)
    assert made.text.endswith(" = 0.03635 · 0.241295 ≈ 0.0088")
    sentence = (
        "Paper mode: 4 decimals. Carried as 0.0088, which drifts by 2.9e-05 from full precision."
    )
    text = solution_text(made)
    assert sentence in text.splitlines()
    assert "≈ 0.0088\n" in text and "0.00877" not in text
    assert r"\approx 0.0088" in solution_latex(made, latex_number())
    last = solution_text(derive(paper, StepId("check", "loss_after"), 0))
    assert "Furthest of this iteration is ∂E/∂b1, by 7.4e-05." in last
