"""Digits and notation through the real window: choose in the menu, look at the texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QMenu, QTableView
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.run.edits import set_batching, set_settings
from engine.run.iteration import iterate
from engine.run.steps import StepId
from engine.text.numbers import format_number, machine_number
from gui import theme
from gui.canvas.spots import Spot, describe
from gui.settings import stored
from gui.window.main_window import MainWindow
from tests.gui.canvas.painted import node_words, pill_words

Open = Callable[..., MainWindow]


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Open]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    theme.load_fonts()
    theme.apply(app, "light")

    def make(steps: int = 0, name: str = "mazur-2-2-2", remember: bool = False) -> MainWindow:
        window = MainWindow(remember)
        qtbot.addWidget(window, before_close_func=lambda _: window.session.mark_saved())
        window.resize(1440, 900)
        window.documents.show(read_example(name), name)
        window.show()
        window.session.seek(steps)
        return window

    yield make


def choose(window: MainWindow, *names: str) -> None:
    for name in names:
        found = window.findChild(QAction, name)
        assert isinstance(found, QAction), name
        found.trigger()


def derivation(window: MainWindow) -> str:
    """The whole derivation, as "copy as text" gives it."""
    found = next(a for a in window.derivation.copy_menu.actions() if a.text() == "as text")
    found.trigger()
    return QGuiApplication.clipboard().text()


def loss(window: MainWindow) -> str:
    found = window.findChild(QLabel, "lossValue")
    assert isinstance(found, QLabel)
    return found.text()


def table(window: MainWindow, name: str) -> list[list[str]]:
    """A table's cells, and above them the names of its columns."""
    found = window.findChild(QTableView, name)
    assert isinstance(found, QTableView)
    model = found.model()
    columns, rows = range(model.columnCount()), range(model.rowCount())
    heads = [str(model.headerData(column, Qt.Orientation.Horizontal)) for column in columns]
    return [heads, *([str(model.index(row, k).data()) for k in columns] for row in rows)]


def checked(window: MainWindow, key: str) -> list[str]:
    """The entries of a submenu that are chosen."""
    actions = [a for a in window.findChildren(QAction) if a.objectName().startswith(f"{key}/")]
    assert actions
    return [action.objectName() for action in actions if action.isChecked()]


@pytest.mark.parametrize(
    ("digits", "activation", "total", "gradient"),
    [
        ("4", "0.5933", "0.2984", "0.08217"),
        ("6", "0.593270", "0.298371", "0.0821670"),
        ("9", "0.593269992", "0.298371109", "0.0821670406"),
        ("all", "0.5932699921071872", "0.2983711087600027", "0.08216704056423078"),
    ],
)
def test_everything_that_shows_a_value_follows(
    opened: Open, digits: str, activation: str, total: str, gradient: str
) -> None:
    window = opened(13)  # the gradient of w5
    choose(window, f"digits/{digits}")
    assert checked(window, "digits") == [f"digits/{digits}"]
    text = derivation(window)
    assert "∂E/∂w5 = " in text and text.count(gradient) >= 1
    assert activation in text
    words = node_words(window.canvas.scene, 1, 0)
    shown = next(word for word in words if word.startswith("0.593"))
    assert shown == f"{float(activation):#.{len(shown) - 2}g}"  # rounded to what there is room for
    assert len(shown) >= min(len(activation), 8)
    assert gradient[:8] in " ".join(pill_words(window.canvas.scene, 2, 0, 0))
    assert total[:14] in loss(window) and loss(window).startswith("E = ")
    outputs = window.result.outputs.texts()[0]
    output = {"4": "0.7514", "6": "0.751365", "9": "0.751365070"}.get(digits, "0.7513650695")
    assert output in outputs
    assert output in table(window, "dataTable")[1][4]
    rows = dict(window.summary.rows())
    assert rows["loss E, half squared error"] == total


def test_the_chip_and_the_weights_follow(opened: Open) -> None:
    window = opened(34)
    choose(window, "digits/4")
    assert window.canvas.chip.text.startswith("Check  loss 0.2984 → 0.2910")
    choose(window, "digits/9")
    assert window.canvas.chip.text.startswith("Check  loss 0.298371109 → 0.291027774")
    window.session.step("epoch")
    assert table(window, "weightsTable2")[1][0] == "0.358916480"
    choose(window, "digits/4")
    assert table(window, "weightsTable2")[1][0] == "0.3589"


def test_each_quantity_is_written_as_chosen(opened: Open) -> None:
    window = opened(11)  # the total loss
    choose(window, "notation/target/y", "notation/activation/out", "notation/net_input/net",
           "notation/loss/C")
    scene = window.canvas.scene
    assert "net 0.3775" in node_words(scene, 1, 0)
    assert {"y 0.01", "C 0.274811"} < set(node_words(scene, 2, 0))
    assert derivation(window).splitlines()[1] == "C = C_o1 + C_o2"
    assert loss(window) == "C = 0.298371"
    assert window.result.outputs.texts()[0] == "o1: out 0.751365   y 0.01   C 0.274811"
    assert table(window, "dataTable")[0] == ["i1", "i2", "y o1", "y o2", "out o1", "out o2", ""]
    rows = dict(window.summary.rows())
    assert {"loss C, half squared error", "largest |y − out|"} < set(rows)
    losses = window.findChild(QComboBox, "loss")
    assert isinstance(losses, QComboBox) and losses.currentText().startswith("½ Σ (y − out)²")
    window.session.seek(12)
    text = derivation(window)
    assert text.splitlines()[1].startswith("δ_o1 = (out_o1 − y_o1) · out_o1 · (1 − out_o1)")
    assert "∂C/∂out_o1" in text and "∂out_o1/∂net_o1" in text
    for letter in ("E_", "a_", "t_o", "z_"):
        assert letter not in text.replace("out_", "").replace("net_", "")


def test_y_hat_is_for_outputs_only(opened: Open) -> None:
    window = opened(13)
    choose(window, "notation/activation/ŷ")
    text = derivation(window)
    assert "ŷ_o1" in text and "a_h1" in text and "a_o1" not in text
    found = next(a for a in window.derivation.copy_menu.actions() if a.text() == "as LaTeX")
    found.trigger()
    assert r"\hat{y}_{o1}" in QGuiApplication.clipboard().text()


def test_parameters_by_index(opened: Open) -> None:
    window = opened(13)
    choose(window, "notation/parameters/indexed")
    assert pill_words(window.canvas.scene, 2, 0, 0)[0] == "w²₁₁"
    assert "gradient of w²₁₁" in window.canvas.chip.text
    assert derivation(window).splitlines()[:2] == [
        "gradient of w²₁₁", "∂E/∂w²₁₁ = δ_o1 · a_h1 = ∂E/∂a_o1 · ∂a_o1/∂z_o1 · ∂z_o1/∂w²₁₁"
    ]
    assert "gradient of w²₁₁" in window.ribbon.accessibleDescription()
    choose(window, "notation/parameters/named")
    assert pill_words(window.canvas.scene, 2, 0, 0)[0] == "w5"
    assert derivation(window).startswith("gradient of w5")


def test_choices_are_remembered(opened: Open) -> None:
    first = opened(13, remember=True)
    choose(first, "digits/9", "notation/target/y", "notation/parameters/indexed")
    second = opened(13, remember=True)
    assert checked(second, "digits") == ["digits/9"]
    assert checked(second, "notation/target") == ["notation/target/y"]
    assert checked(second, "notation/loss") == ["notation/loss/E"]
    assert loss(second) == "E = 0.298371109"
    assert "y 0.01" in node_words(second.canvas.scene, 2, 0)
    assert "gradient of w²₁₁" in second.canvas.chip.text


@pytest.mark.parametrize("key", ["digits", "notation/loss"])
def test_a_strange_setting_is_taken_for_the_default(opened: Open, key: str) -> None:
    stored().setValue(key, "strange")
    assert loss(opened(remember=True)) == "E = 0.298371"


def test_a_choice_survives_training_and_other_documents(opened: Open) -> None:
    window = opened()
    choose(window, "digits/4", "notation/loss/L")
    window.session.step("epoch")
    assert loss(window) == "L = 0.2910"
    window.documents.show(read_example("xor-2-3-1"), "xor-2-3-1")
    assert loss(window).startswith("L = ") and len(loss(window)) == len("L = 0.5790")


def test_paper_mode_shows_what_is_carried_by_hand(opened: Open) -> None:
    window = opened(19)  # the delta of h1
    theta, exact = window.session.state.theta.copy(), derivation(window)
    assert "Paper mode" not in exact and checked(window, "paper") == ["paper/off"]
    choose(window, "paper/4")
    words = node_words(window.canvas.scene, 1, 0)
    assert {"0.5933", "z 0.3775", "δ 0.0088"} < set(words)
    assert pill_words(window.canvas.scene, 2, 0, 0)[-1] == "∂ 0.0822"
    text = derivation(window)
    assert "δ_h1 = 0.03635 · 0.241295 ≈ 0.0088" in text
    assert "Paper mode: 4 decimals. Carried as 0.0088, which drifts by 2.9e-05" in text
    # The run itself is as precise as ever.
    assert loss(window) == "E = 0.298371"
    assert window.result.outputs.texts()[0] == "o1: a 0.751365   t 0.01   E 0.274811"
    assert (window.session.state.theta == theta).all()
    window.session.seek(34)
    assert window.canvas.chip.text.startswith("Check  loss 0.2984 → 0.291")
    window.session.step("epoch")
    assert loss(window) == "E = 0.291028"
    window.session.back("epoch")
    window.session.seek(19)
    choose(window, "paper/off")
    assert derivation(window) == exact


def test_paper_mode_shows_all_that_is_carried_whatever_the_digits(opened: Open) -> None:
    window = opened(2)
    choose(window, "digits/4", "paper/9")
    assert "≈ 0.593269992" in derivation(window)
    window.session.seek(5)
    assert "z_o1 = " in derivation(window) and "≈ 1.105905967" in derivation(window)


def test_paper_mode_is_not_remembered(opened: Open) -> None:
    choose(opened(13, remember=True), "paper/3", "digits/4")
    window = opened(13, remember=True)
    assert checked(window, "paper") == ["paper/off"] and checked(window, "digits") == ["digits/4"]
    assert "Paper mode" not in derivation(window)


def steps_to(window: MainWindow, step: StepId) -> None:
    window.session.seek(window.session.spec.steps.index_of(step) + 1)


def caption(window: MainWindow) -> str:
    return str(window.canvas.caption.whose.accessibleName())


W5 = StepId("backward", "weight_gradient", 2, 0, 0)


def gradients_of_w5(window: MainWindow) -> tuple[list[float], float]:
    """By the definition: ∂E_s/∂w5 = δ_o · a_h1 for each sample, and what the engine's batch has."""
    iteration = iterate(window.session.spec, window.session.state)
    passes = [iteration.sample(row) for row in range(4)]
    index = iteration.spec.network.index(W5.parameter)
    return [float(p.delta[2][0] * p.a[1][0]) for p in passes], float(iteration.gradient[index])


def test_a_gradient_of_the_batch_is_marked_beside_the_values_of_a_sample(opened: Open) -> None:
    window = opened(name="xor-2-2-1")
    steps_to(window, W5)
    _, total = gradients_of_w5(window)
    assert pill_words(window.canvas.scene, 2, 0, 0)[-1] == f"∂Σ {format_number(total)}"
    assert caption(window) == "z, a, E, δ: sample 1 · ∂Σ: sum of the batch's 4"
    window.session.apply("mean", set_settings, reduction="mean")
    words = pill_words(window.canvas.scene, 2, 0, 0)[-1]
    assert words.startswith("∂⌀ ") and caption(window).endswith("∂⌀: mean of the batch's 4")


def test_a_samples_gradients_are_shown_instead_of_the_batch_or_beside_it(opened: Open) -> None:
    window = opened(name="xor-2-2-1")
    scene = window.canvas.scene
    steps_to(window, W5)
    terms, total = gradients_of_w5(window)
    assert sum(terms) == pytest.approx(total, rel=1e-12)
    choose(window, "gradients/sample", "digits/6")
    for row, term in enumerate(terms):
        window.session.choose_sample(row)
        assert pill_words(scene, 2, 0, 0)[-1] == f"∂{'₁₂₃₄'[row]} {format_number(term)}"
    assert caption(window) == "z, a, E, δ, ∂₄: sample 4 · updates: sum of the batch's 4"
    text = derivation(window)
    assert text.startswith("gradient of w5 (sample 4 of 4)\n∂E^(4)/∂w5 = δ_o · a_h1")
    assert f"≈ {machine_number(terms[3], 6)}\n" in text
    assert text.endswith("one of the 4 terms of which ∂E/∂w5 is the sum\n")
    window.resize(960, 540)
    QApplication.processEvents()
    assert window.canvas.caption.whose.text().startswith("∂₄: ")  # where there is less room
    choose(window, "gradients/both")
    shown = pill_words(scene, 2, 0, 0)
    assert shown[-2:] == [f"∂₄ {format_number(terms[3])}", f"∂Σ {format_number(total)}"]
    about = describe(scene.view, Spot("weight", 2, 0, 0))
    assert f"gradient of sample 4 {format_number(terms[3], None)}" in about
    assert f"gradient, sum over the batch of 4: {format_number(total, None)}" in about
    text = derivation(window)
    for term in (*terms, total):
        assert format_number(term).replace("−", "-") in text.replace("−", "-")


def test_a_samples_gradient_is_revealed_with_the_batchs_step(opened: Open) -> None:
    window = opened(name="xor-2-2-1")
    choose(window, "gradients/both")
    steps_to(window, StepId("backward", "delta", 2, 0))
    scene = window.canvas.scene
    assert not any(words.startswith("∂") for words in pill_words(scene, 2, 0, 0))
    assert "gradient" not in describe(scene.view, Spot("weight", 2, 0, 0))
    steps_to(window, W5)
    assert "gradient of sample 1" in describe(scene.view, Spot("weight", 2, 0, 0))
    assert "gradient" not in describe(scene.view, Spot("weight", 2, 0, 1))


def test_on_paper_a_samples_gradient_follows_from_what_is_carried(opened: Open) -> None:
    window = opened(name="xor-2-2-1")
    steps_to(window, W5)
    choose(window, "gradients/sample", "paper/3", "digits/all")
    paper = window.canvas.scene.view.paper
    assert paper is not None
    values = paper.sample(0)
    carried = [round(float(each), 3) for each in (values.delta[2][0], values.a[1][0])]
    shown = describe(window.canvas.scene.view, Spot("weight", 2, 0, 0))
    assert f"gradient of sample 1 {format_number(carried[0] * carried[1], None)}" in shown


def test_with_a_batch_of_one_the_choice_of_gradients_is_idle_and_says_why(opened: Open) -> None:
    window = opened(13, remember=True)
    entries = [a for a in window.findChildren(QAction) if a.objectName().startswith("gradients/")]
    menu = entries[0].parent()
    assert isinstance(menu, QMenu)
    assert not any(action.isEnabled() for action in menu.actions())
    assert menu.actions()[0].text() == "The batch has one sample: its gradient is the batch's."
    assert pill_words(window.canvas.scene, 2, 0, 0)[-1].startswith("∂ ")
    assert caption(window) == ""
    window.documents.show(read_example("xor-2-2-1"), "xor-2-2-1")
    assert all(action.isEnabled() for action in menu.actions()) and len(menu.actions()) == 3
    choose(window, "gradients/both")
    assert checked(opened(13, remember=True), "gradients") == ["gradients/both"]


def test_a_batch_of_another_sample_than_the_one_shown_is_told_apart(opened: Open) -> None:
    window = opened(name="xor-2-2-1")
    window.session.apply("one", set_batching, 1, False)
    window.session.step("iteration")
    steps_to(window, W5)
    window.session.choose_sample(0)
    row = int(window.session.spec.batch_rows(window.session.state.t)[0])
    assert row == 1
    assert pill_words(window.canvas.scene, 2, 0, 0)[-1].startswith("∂₂ ")
    assert caption(window) == (
        "z, a, E, δ: sample 1, not in this batch · ∂₂: sample 2, the batch of one"
    )
