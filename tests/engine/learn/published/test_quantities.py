"""Quantities are found by the window's symbols, in any notation, and by what a keyboard has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.documents.examples import read_example
from engine.formulas.notation import CHOICES, DEFAULT, Notation
from engine.learn.published.quantities import Quantities, Quantity, read_lines
from engine.maths.network import Layer
from engine.run.spec import Spec
from engine.run.steps import StepId
from tests.engine.conftest import printed_figure, specs

MAZUR = read_example("mazur-2-2-2").spec.network
W5 = StepId("update", "weight_update", 2, 0, 0)
DELTA = StepId("backward", "delta", 2, 0)


@given(specs(), st.sampled_from(CHOICES["parameters"]), st.sampled_from(CHOICES["loss"]))
def test_every_symbol_of_the_window_means_its_step(spec: Spec, names: str, loss: str) -> None:
    notation = Notation(loss=loss, parameters=names)
    quantities = Quantities(spec.network, notation)
    for k in range(len(spec.steps)):
        quantity = Quantity(spec.steps.id_at(k))
        assert quantities.find(quantity.symbol(spec.network, notation)) == quantity


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("w5", W5),
        (" W5 ", W5),
        ("w²₁₁", W5),
        ("w211", W5),
        ("∂E/∂w5", StepId("backward", "weight_gradient", 2, 0, 0)),
        ("dE/dw5", StepId("backward", "weight_gradient", 2, 0, 0)),
        ("dL / dw_5", StepId("backward", "weight_gradient", 2, 0, 0)),
        ("δ_o1", DELTA),
        ("delta_o1", DELTA),
        ("net_h1", StepId("forward", "net_input", 1, 0)),
        ("zh1", StepId("forward", "net_input", 1, 0)),
        ("out_o2", StepId("forward", "activation", 2, 1)),
        ("ŷ_o2", StepId("forward", "activation", 2, 1)),
        ("C", StepId("loss", "total_loss")),
        ("E_o1", StepId("loss", "loss", 2, 0)),
        ("E after", StepId("check", "loss_after")),
    ],
)
def test_other_ways_to_write_it(text: str, step: StepId) -> None:
    assert Quantities(MAZUR).find(text) == Quantity(step)


def test_a_metric_is_called_by_its_title() -> None:
    found = Quantities(MAZUR).find("mean squared error")
    assert found == Quantity(None, "mean_squared_error") and not found.of_sample


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Which quantity. Write its symbol, such as a_h1, ∂E/∂w5, w1"),
        ("w9", 'There is no "w9" here; write a symbol such as'),
    ],
)
def test_what_is_not_there_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        Quantities(MAZUR).find(text)


def test_what_may_mean_several_is_refused() -> None:
    twins = replace(MAZUR, layers=(Layer(("h1", "H1"), "sigmoid"), MAZUR.layers[1]))
    quantities = Quantities(twins)
    assert quantities.find("z_H1").step == StepId("forward", "net_input", 1, 1)
    with pytest.raises(ValueError, match='"zh1" may mean several'):
        quantities.find("zh1")


def test_a_network_with_too_many_is_refused() -> None:
    wide = replace(MAZUR, layers=(Layer(tuple(f"h{k}" for k in range(512)), "tanh"),) * 2)
    with pytest.raises(ValueError, match="quantities an iteration"):
        Quantities(wide)


def test_pasted_lines_are_figures() -> None:
    text = "w5 0.35891648\n\ndE/dw5\t0,082167041\nout_o1 = .75136507\nE: 0.298371109\n"
    assert read_lines(text, Quantities(MAZUR, DEFAULT), 3, 0) == (
        printed_figure(3, W5, "0.35891648"),
        printed_figure(3, StepId("backward", "weight_gradient", 2, 0, 0), "0.082167041"),
        printed_figure(3, StepId("forward", "activation", 2, 0), "0.75136507", 0),
        printed_figure(3, StepId("loss", "total_loss"), "0.298371109"),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "There are no lines here"),
        ("w5 0.3\nw9 0.4", 'Line 2: There is no "w9" here'),
        ("w5 many", 'Line 1: "many" is not a number'),
        ("w5", "Line 1: expected a symbol and a number"),
    ],
)
def test_pasted_nonsense_is_refused_with_its_line(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read_lines(text, Quantities(MAZUR), 1, 0)
