"""Hints give a derivation away piece by piece, and never the result."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.derivations.derive import derive
from engine.documents.examples import read_example
from engine.formulas.writers import TextWriter, prose_text
from engine.learn.predict.hints import Hint, hints_of
from engine.maths.network import Layer, Network
from engine.maths.optimizers import Optimizer
from engine.run.iteration import iterate
from engine.run.spec import Data, Spec, State, start_state
from engine.run.steps import StepId
from tests.engine.conftest import runs


def texts(hints: tuple[Hint, ...]) -> list[str]:
    writer = TextWriter(6)
    return [
        f"{prose_text(hint.factor.meaning)}: {hint.factor.line.write(writer)}"
        for hint in hints
        if hint.factor is not None
    ]


def test_the_formula_comes_first_then_factor_by_factor() -> None:
    document = read_example("mazur-2-2-2")
    iteration = iterate(document.spec, start_state(document.spec, document.start))
    made = texts(hints_of(derive(iteration, StepId("backward", "delta", 1, 0), 0)))
    assert made[0].startswith("the formula: δ_h1 = ") and "0.0" not in made[0]
    assert "0.0363503" in made[1] and "0.241301" in made[2]
    assert not any("0.00877" in text for text in made)


def test_a_sum_of_one_term_is_not_worked_out() -> None:
    """With one input and no bias the only term of z is z itself."""
    network = Network(("x",), (Layer(("o",), "sigmoid", "none"),))
    data = Data(np.array([[0.3]]), np.array([[1.0]]), ("t",))
    spec = Spec(network, "half_squared_error", "sum", Optimizer(), data)
    iteration = iterate(spec, State(np.array([0.7])))
    made = texts(hints_of(derive(iteration, StepId("forward", "net_input", 1, 0), 0)))
    assert len(made) == 2 and not any("0.21" in text for text in made)


def test_a_batch_gives_its_table_away_but_not_its_sum() -> None:
    document = read_example("xor-2-3-1")
    iteration = iterate(document.spec, start_state(document.spec, document.start))
    step = StepId("backward", "weight_gradient", 2, 0, 0)
    hints = hints_of(derive(iteration, step, 0))
    table = hints[-1].table
    assert table is not None and len(table.rows) == 4
    index = iteration.spec.network.index(step.parameter)  # type: ignore[arg-type]
    assert not any(float(iteration.gradient[index]) in row.values for row in table.rows)


@given(runs(), st.data())
def test_no_hint_is_worked_out_to_the_result(
    run: tuple[Spec, State], data: st.DataObject
) -> None:
    """A line that ends in the result, but is no value of an earlier step, would be the answer."""
    iteration = iterate(*run)
    steps = iteration.spec.steps
    step = steps.id_at(data.draw(st.integers(0, len(steps) - 1)))
    derivation = derive(iteration, step, int(iteration.rows[0]))
    assume(np.isfinite(derivation.value))
    for hint in hints_of(derivation):
        if hint.factor is not None and len(hint.factor.line.numbers) > 0:
            line = hint.factor.line
            is_earlier = not line.symbols and len(line.pieces(TextWriter())) == 2
            assert is_earlier or line.value != derivation.value
