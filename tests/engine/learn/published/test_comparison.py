"""The figures that the bundled examples' sources print, against what the program gives."""

from __future__ import annotations

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from engine.documents.document import Document
from engine.documents.examples import read_example
from engine.learn.published.comparison import Compared, compare, figure_values, summary
from engine.learn.published.quantities import Quantities, figure, quantity_of
from engine.run.iteration import Interrupted, iterate
from engine.run.spec import start_state
from engine.run.step_values import step_value
from engine.run.steps import StepId
from tests.engine.conftest import printed_figure

# From the five tutorials behind the examples, each number as it stands on the page.
HAND = {
    "a_h1": "0.616", "a_h2": "0.582", "a_o": "0.647", "E": "0.124", "δ_o": "0.221",
    "∂E/∂w5": "0.136", "∂E/∂w6": "0.129", "w1": "0.6996", "w2": "0.2997", "w3": "0.4003",
    "w4": "0.5998", "w5": "0.5374", "w6": "0.4466",
}  # fmt: skip
MATRIX = {
    "z_h1": "0.21", "z_h2": "0.315", "a_h1": "0.55230791", "a_h2": "0.57810523",
    "z_o": "0.68598708", "a_o": "0.6650736395247564", "E": "0.013624653232974609",
    "δ_o": "-0.03677027", "∂E/∂w²₁₁": "-0.02030851", "∂E/∂w²₁₂": "-0.02125708",
    "δ_h1": "-0.00272759", "δ_h2": "-0.00807143", "∂E/∂w¹₁₁": "-0.00095466",
    "∂E/∂w¹₁₂": "-0.00190931", "∂E/∂w¹₂₁": "-0.002825", "∂E/∂w¹₂₂": "-0.00565",
    "w¹₁₁": "0.19904534", "w¹₁₂": "0.19809069", "w¹₂₁": "0.297175", "w¹₂₂": "0.29435",
    "w²₁₁": "0.27969149", "w²₁₂": "0.87874292",
}  # fmt: skip
MAZUR = {
    "E": "0.298371109", "∂E/∂w5": "0.082167041", "∂E/∂w1": "0.000438568", "w5": "0.35891648",
    "w6": "0.408666186", "w7": "0.51130127", "w8": "0.561370121", "w1": "0.149780716",
    "w2": "0.19956143", "w3": "0.24975114", "w4": "0.29950229", "E after": "0.291027924",
}  # fmt: skip
MAZUR_AFTER = {"E": "0.0000351085", "a_o1": "0.015912196", "a_o2": "0.984065734"}
MEAN_SQUARED_ERROR = [
    "0.38038349310856134", "0.24997670387612728", "0.24972913712906816", "0.24883556540840868",
    "0.2430179563469606", "0.2023128270301176", "0.1342851241018072", "0.03423820536202099",
    "0.012399204540152104", "0.006836030803331477",
]  # fmt: skip


def printed(document: Document, iteration: int) -> dict[str, str]:
    """What the document's source prints of an iteration, under the symbols."""
    return {
        quantity_of(each).symbol(document.spec.network): each.printed
        for each in document.published
        if each.iteration == iteration
    }


def compared(document: Document, *mistakes: str) -> dict[tuple[int, str, int | None], Compared]:
    """The comparison of a document's figures, under iteration, symbol and sample."""
    spec = replace(document.spec, mistakes=mistakes)
    found = {}
    for each in compare(spec, document.start, document.published):
        row = None if each.figure.sample is UNSET else each.figure.sample
        symbol = quantity_of(each.figure).symbol(spec.network)
        found[each.figure.iteration, symbol, row] = each
    return found


def keys(found: dict[tuple[int, str, int | None], Compared]) -> dict[tuple[int, str], str]:
    return {(iteration, symbol): e.verdict.key for (iteration, symbol, _), e in found.items()}


def test_the_figures_are_those_of_the_tutorials() -> None:
    assert printed(read_example("hand-2-2-1"), 1) == HAND
    assert printed(read_example("matrix-2-2-1"), 1) == MATRIX
    assert printed(read_example("mazur-2-2-2"), 1) == MAZUR
    assert printed(read_example("mazur-2-2-2"), 10_001) == MAZUR_AFTER
    curve = read_example("xor-3-4-1").published[:10]
    assert [each.printed for each in curve] == MEAN_SQUARED_ERROR
    assert [each.iteration for each in curve] == [1 + 1000 * k for k in range(10)]
    for name, outputs in (
        ("xor-3-4-1", ["0.07125372", "0.93446125", "0.93473281", "0.06774813"]),
        ("xor-2-3-1", ["0.0148", "0.9801", "0.9899", "0.0173"]),
        ("xor-2-3-1-adam", ["0.2522", "0.6163", "0.8094", "0.3499"]),
    ):
        assert [each.printed for each in read_example(name).published[-4:]] == outputs


def test_the_hand_example_is_right_up_to_the_loss_and_then_wrong() -> None:
    found = keys(compared(read_example("hand-2-2-1")))
    right = {"a_h1", "a_h2", "a_o", "E"}
    assert found == {(1, s): "agrees" if s in right else "differs" for s in HAND}


def test_the_matrix_example_counts_with_the_other_sign_and_updates_right() -> None:
    found = compared(read_example("matrix-2-2-1"))
    for symbol, number in MATRIX.items():
        sample = 0 if symbol[0] in "zaδ" else None
        verdict = found[1, symbol, sample].verdict
        assert verdict.key == ("convention" if number.startswith("-") else "agrees"), symbol
    assert "adds where one subtracts" in found[1, "δ_o", 0].verdict.sentence
    assert summary(found.values()) == "13 agree, 9 with the other sign"


def test_mazurs_weights_are_right_and_his_later_errors_are_not() -> None:
    found = compared(read_example("mazur-2-2-2"))
    wrong = {(1, "E after"), (10_001, "E"), (10_001, "a_o1"), (10_001, "a_o2")}
    assert {where for where, key in keys(found).items() if key == "differs"} == wrong
    assert found[1, "E after", None].shown == "0.291027774"
    assert found[10_001, "a_o1", 0].shown == "0.015913620"
    assert summary(found.values()) == "11 agree, 4 differ"


def test_with_the_mistake_they_agree_and_the_loss_is_a_slip() -> None:
    found = compared(read_example("mazur-2-2-2"), "updated-weights")
    assert found[1, "E after", None].verdict.key == "agrees"
    assert found[10_001, "a_o1", 0].verdict.key == "agrees"
    slip = found[10_001, "E", None].verdict
    assert slip.key == "slip" and "0.000035085" in slip.sentence
    weights = [found[1, f"w{k}", None].verdict for k in range(1, 5)]
    assert {verdict.key for verdict in weights} == {"without"}
    assert "weights already updated" in weights[0].sentence


def test_ten_thousand_epochs_agree_in_every_digit_that_double_precision_carries() -> None:
    found = compared(read_example("xor-3-4-1"))
    assert {entry.verdict.key for entry in found.values()} == {"agrees"}
    assert len(found) == 14


@pytest.mark.parametrize("name", ["xor-2-3-1", "xor-2-3-1-adam"])
def test_without_start_values_nobody_can_decide(name: str) -> None:
    found = compared(read_example(name))
    assert {entry.verdict.key for entry in found.values()} == {"undecided"}
    assert all(abs(e.value - float(e.figure.printed)) < 0.04 for e in found.values())
    assert summary(found.values()) == "4 cannot be decided"


def mazur(*figures: tuple[str, str], iteration: int = 1) -> list[Compared]:
    """Figures of the 2-2-2 example, typed by a person."""
    document = read_example("mazur-2-2-2")
    quantities = Quantities(document.spec.network)
    made = [figure(quantities.find(name), iteration, 0, number) for name, number in figures]
    return list(compare(document.spec, document.start, made))


def test_a_figure_worked_out_with_three_decimals_is_rounded_on_the_way() -> None:
    """By hand with 3 decimals: δ_o1 = 0.741 · 0.751 · 0.249 = 0.138566, carried as 0.139; and
    ∂E/∂w7 = −0.038 · 0.593 = −0.022534, carried as −0.023, so that w7 = 0.5115 or 0.512."""
    found = mazur(("a_o1", "0.751"), ("δ_o1", "0.139"), ("w7", "0.512"))
    assert [each.shown for each in found] == ["0.751", "0.138", "0.511"]
    assert [each.verdict.key for each in found] == ["agrees", "rounded", "rounded"]
    assert "3 decimals" in found[1].verdict.sentence
    assert summary(found) == "1 agrees, 2 rounded on the way"


def test_a_gradient_with_the_other_sign_alone_may_be_either() -> None:
    (alone,) = mazur(("∂E/∂w5", "-0.082167"))
    assert alone.verdict.key == "convention"
    assert "a mistake if subtracted" in alone.verdict.sentence
    used, weight = mazur(("∂E/∂w5", "-0.082167"), ("w5", "0.441084"))
    assert used.verdict.key == weight.verdict.key == "differs"


def test_a_figure_cut_off_agrees_and_says_so() -> None:
    (cut,) = mazur(("w6", "0.4086"))
    assert cut.verdict.key == "agrees"
    assert "rounded it is 0.4087" in cut.verdict.sentence


def test_what_the_network_does_not_have_cannot_be_decided() -> None:
    document = read_example("mazur-2-2-2")
    gone = printed_figure(1, StepId("forward", "net_input", 1, 7), "0.5", 0)
    no_row = printed_figure(1, StepId("forward", "net_input", 1, 0), "0.5", 3)
    found = compare(document.spec, document.start, [gone, no_row])
    assert [(e.verdict.key, e.shown) for e in found] == [("undecided", "–")] * 2


def test_a_run_that_diverges_has_no_value() -> None:
    document = read_example("mazur-2-2-2")
    network = document.spec.network
    linear = replace(
        network, layers=tuple(replace(layer, activation="linear") for layer in network.layers)
    )
    optimizer = document.spec.optimizer.changed(learning_rate=1e6)
    spec = replace(document.spec, network=linear, optimizer=optimizer)
    made = figure(Quantities(linear).find("E"), 1000, 0, "0.5")
    (found,) = compare(spec, document.start, [made])
    assert found.verdict.key == "differs" and found.shown == "–"
    assert "finite" in found.verdict.sentence


def test_nobody_waits_for_a_figure_beyond_a_million_updates() -> None:
    (found,) = mazur(("E", "0.5"), iteration=1_000_001)
    assert (found.verdict.key, found.shown) == ("undecided", "–")
    assert "1,000,000 updates" in found.verdict.sentence


def test_values_come_in_the_order_asked_whatever_the_iterations() -> None:
    document = read_example("mazur-2-2-2")
    turned = document.published[::-1]
    values = figure_values(document.spec, document.start, document.published)
    assert figure_values(document.spec, document.start, turned) == values[::-1]


def test_a_comparison_can_be_called_off() -> None:
    document = read_example("mazur-2-2-2")

    def stop() -> None:
        raise Interrupted

    with pytest.raises(Interrupted):
        compare(document.spec, document.start, document.published, stop)


def test_a_wrong_figure_is_not_excused_as_rounded_to_fewer_digits_than_it_shows() -> None:
    """Of the first sample's gradients, taken for the batch's, four would come out by chance if
    every step were rounded to two or three decimals; but they are printed with five."""
    document = read_example("xor-3-4-1")
    wrong = replace(document.spec, mistakes=("first-sample-only",))
    iteration = iterate(wrong, start_state(wrong, document.start))
    steps = [document.spec.steps.id_at(k) for k in range(len(document.spec.steps))]
    figures = [
        printed_figure(1, step, f"{step_value(iteration, step, iteration.sample(0)):.5f}")
        for step in steps
        if step.kind in ("weight_gradient", "weight_update")
    ]
    verdicts = {each.verdict.key for each in compare(document.spec, document.start, figures)}
    assert verdicts == {"differs"}
