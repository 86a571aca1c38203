"""A layer's step in matrix form: its entries are the engine's own numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.derivations.derive import Derivation
from engine.derivations.matrix import derive_layer, has_matrix_form
from engine.documents.examples import read_example
from engine.formulas.formula import Symbol
from engine.formulas.matrices import MOST, Matrix, write_numbers
from engine.formulas.writers import LatexWriter, TextWriter, latex_number
from engine.maths.activations import Array
from engine.run.iteration import Iteration, iterate
from engine.run.spec import Spec, State, start_state
from tests.engine.conftest import runs


def results(derivation: Derivation) -> dict[str, Array]:
    """What each line comes to, by the symbol before it."""
    found = {}
    for factor in derivation.factors:
        last = factor.line.numbers[-1]
        if isinstance(factor.line.left, Symbol):  # of the learning rate and of clipping
            assert last.value == pytest.approx(factor.line.left.value, rel=1e-12)
            continue
        assert isinstance(last, Matrix)
        symbol = factor.line.left.write(TextWriter(), False)
        # Of the weights, then the biases.
        assert symbol not in found or symbol.endswith(("_t", "_c"))
        found[symbol] = last.values
    return found


def close(made: Array, known: Array) -> None:
    assert made.shape == known.shape
    np.testing.assert_allclose(made, known, rtol=1e-12, atol=1e-14)


def check_group(iteration: Iteration, phase: str, layer: int, row: int) -> None:
    spec, network = iteration.spec, iteration.spec.network
    groups = [g for g in spec.steps.groups if (g.phase, g.layer) == (phase, layer)]
    if not groups:  # all edges are cut, and there is no bias that is trained
        assert phase == "update" and network.weights(network.cut, layer).all()
        return
    (group,) = groups
    step = spec.steps.id_at(group.start)
    derivation = derive_layer(iteration, step, row)
    found, sample = results(derivation), iteration.sample(row)
    if phase == "forward":
        close(found[f"z_{layer}"], sample.z[layer][:, np.newaxis])
        close(found[f"a_{layer}"], sample.a[layer][:, np.newaxis])
        return
    gradient, after = iteration.gradient, iteration.next_state.theta
    biases = network.biases(gradient, layer)
    letter = "θ" if network.layers[layer - 1].threshold else "b"
    if phase == "backward":
        close(found[f"δ_{layer}"], sample.delta[layer][:, np.newaxis])
        close(found[f"∂E/∂W_{layer}"], network.weights(gradient, layer))
        if biases is not None:
            close(found[f"∂E/∂{letter}_{layer}"], biases[:, np.newaxis])
        return
    close(found[f"W_{layer}"], network.weights(after, layer))
    new = network.biases(after, layer)
    if new is not None and network.layers[layer - 1].bias_trained:
        close(found[f"{letter}_{layer}"], new[:, np.newaxis])
    else:
        assert f"{letter}_{layer}" not in found


@settings(deadline=None)
@given(runs(), st.data())
def test_every_entry_is_the_engines(run: tuple[Spec, State], data: st.DataObject) -> None:
    spec, state = run
    iteration = iterate(spec, state)
    row = int(data.draw(st.sampled_from(list(iteration.rows))))
    for layer in range(1, spec.network.depth + 1):
        for phase in ("forward", "backward", "update"):
            check_group(iteration, phase, layer, row)


def test_only_a_layers_steps_have_it() -> None:
    spec = read_example("mazur-2-2-2").spec
    steps = spec.steps
    without = [g.phase for g in steps.groups if not has_matrix_form(spec, steps.id_at(g.start))]
    assert without == ["loss", "check"]


@pytest.fixture
def mazur() -> Iteration:
    document = read_example("mazur-2-2-2")
    return iterate(document.spec, start_state(document.spec, document.start))


def test_forward_is_what_a_student_writes(mazur: Iteration) -> None:
    derivation = derive_layer(mazur, mazur.spec.steps.id_at(0), 0)
    assert derivation.headline.write(TextWriter()) == "z_1 = W_1 · a_0 + b_1"
    assert derivation.text == (
        "z_1 = W_1 · a_0 + b_1 = [0.15 0.2; 0.25 0.3] · [0.05; 0.1] + [0.35; 0.35] "
        "= [0.3775; 0.3925]"
    )
    assert derivation.factors[0].line.write(LatexWriter(latex_number(6))) == (
        r"z_{1} = W_{1} \, a_{0} + b_{1} = "
        r"\begin{bmatrix} 0.15 & 0.2 \\ 0.25 & 0.3 \end{bmatrix} \, "
        r"\begin{bmatrix} 0.05 \\ 0.1 \end{bmatrix} + "
        r"\begin{bmatrix} 0.35 \\ 0.35 \end{bmatrix} = "
        r"\begin{bmatrix} 0.3775 \\ 0.3925 \end{bmatrix}"
    )


def test_backward_and_update_are_what_a_student_writes(mazur: Iteration) -> None:
    steps, writer = mazur.spec.steps, TextWriter()
    hidden = derive_layer(mazur, steps.id_at(20), 0)
    assert hidden.headline.write(writer) == "δ_1 = (W_2^T · δ_2) ∘ f′(z_1)"
    symbols = [f.line.left.write(writer, False) for f in hidden.factors]
    assert symbols == ["f′(z_1)", "δ_1", "∂E/∂W_1", "∂E/∂b_1"]
    assert "∂E/∂W_1 = δ_1 · a_0^T = " in hidden.factors[2].line.write(writer)
    update = derive_layer(mazur, steps.id_at(25), 0)
    assert update.headline.write(writer) == "W_1 ← W_1 − η · ∂E/∂W_1"


def test_a_batch_is_summed_over_its_samples() -> None:
    spec = read_example("xor-2-3-1").spec
    iteration = iterate(spec, start_state(spec))
    group = next(g for g in spec.steps.groups if (g.phase, g.layer) == ("backward", 1))
    derivation = derive_layer(iteration, spec.steps.id_at(group.start), 2)
    line = derivation.factors[-2].line.write(TextWriter())
    assert "Σ_s δ_1^(s) · a_0^(s)T" in line and "…" in line


def test_a_large_matrix_is_shortened() -> None:
    text = write_numbers(TextWriter(), np.arange(80.0).reshape(8, 10))
    assert text.count(";") == 4 and text.startswith("[0 1 2 … 9; 10 11 12 … 19; ")
    full = write_numbers(TextWriter(), np.ones((MOST, MOST)))
    assert "…" not in full


def test_all_of_a_step_with_decay_is_taken_off() -> None:
    document = read_example("xor-2-2-1")
    spec = replace(document.spec, optimizer=document.spec.optimizer.another("adamw"))
    iteration = iterate(spec, start_state(spec, document.start))
    step = next(s for s in map(spec.steps.id_at, range(len(spec.steps))) if s.phase == "update")
    line = derive_layer(iteration, step, 0).line.write(TextWriter())
    taken = line.split(" ← ")[1].split(" = ")[0]
    assert taken == "W_1 − (η · m̂_t ⊘ (√(v̂_t) + ε) + η · λ · W_1)"
