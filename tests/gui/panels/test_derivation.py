"""The panel "Why this number?": real widgets, real clicks, and what they then show."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QScrollArea
from pytestqt.qtbot import QtBot

from engine.maths.network import Layer, Network, Parameter
from engine.maths.optimizers import Optimizer
from engine.run.iteration import evaluate, iterate, sample_pass
from engine.run.spec import Data, Spec, start_state
from engine.run.steps import StepId
from gui import theme
from gui.panels.derivation import DerivationPanel
from gui.view import View
from tests.gui.conftest import on_screen

MakeView = Callable[..., View]

GRADIENT_W5 = 13  # steps revealed when ∂E/∂w5 is the last of them
TEXT_W5 = "∂E/∂w5 = δ_o1 · a_h1 = 0.138499 · 0.593270 = 0.0821670"


@pytest.fixture(autouse=True)
def heard(qapp: QApplication) -> Iterator[None]:
    """A screen reader listens."""
    QAccessible.setActive(True)
    yield
    QAccessible.setActive(False)


@pytest.fixture
def panel(qtbot: QtBot) -> DerivationPanel:
    return on_screen(qtbot, DerivationPanel(), 348, 440)


def said(panel: DerivationPanel) -> str:
    """What a screen reader is told of the derivation: its line, or the words in its place."""
    return panel.inside.accessibleDescription()


def wait_typeset(qtbot: QtBot, panel: DerivationPanel) -> None:
    qtbot.waitUntil(lambda: panel.inside.shown.typeset, timeout=20_000)


def picture(panel: DerivationPanel) -> QImage:
    QApplication.processEvents()
    return panel.grab().toImage()


def has_colour(image: QImage, name: str) -> bool:
    wanted = QColor(name).rgb()
    return any(
        image.pixel(x, y) == wanted
        for y in range(0, image.height(), 2)
        for x in range(0, image.width(), 2)
    )


def press(panel: DerivationPanel, name: str) -> None:
    button = panel.findChild(QPushButton, name)
    assert isinstance(button, QPushButton) and button.isVisible()
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def softmax_view(names: tuple[str, ...] = ("a", "b", "c"), revealed: int = 0) -> View:
    network = Network(("x",), (Layer(names, "softmax"),))
    data = Data(np.array([[1.0], [0.5]]), np.array([[1.0, 0, 0], [0, 1.0, 0]]), ("1", "2", "3"))
    spec = Spec(network, "categorical_cross_entropy", "mean", Optimizer(), data)
    state = start_state(spec)
    return View(
        spec=spec, theta=state.theta, t=0, revealed=revealed, sample=0,
        sample_pass=sample_pass(spec, state.theta, 0), iteration=iterate(spec, state),
        evaluation=evaluate(spec, state.theta), curve=np.empty((0, 2)),
    )


def at(view: View, step: StepId) -> View:
    return replace(view, revealed=view.steps.index_of(step) + 1)


def test_before_the_first_step_it_says_what_to_press(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    assert "Step (Space or Page Down)" in said(panel)
    assert "net input of h1" in said(panel)
    assert panel.derivation is None
    assert not panel.copy_button.isVisible()


def test_the_step_at_the_cursor_is_derived_at_once(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    assert said(panel) == TEXT_W5
    assert panel.derivation is not None and panel.derivation.value == pytest.approx(0.082167040565)
    assert not panel.inside.shown.typeset
    assert has_colour(picture(panel), theme.LIGHT.accent_soft)


def test_the_derivation_before_stays_in_sight(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    previous = panel.inside.shown.previous
    assert previous is not None and previous.title == "delta of o1"


def test_the_typeset_form_follows_and_is_there_at_once_the_next_time(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    plain = picture(panel)
    wait_typeset(qtbot, panel)
    typeset = picture(panel)
    assert typeset != plain
    assert has_colour(typeset, theme.LIGHT.accent_soft)
    assert said(panel) == TEXT_W5


def test_every_step_can_be_typeset(
    qtbot: QtBot, panel: DerivationPanel, xor_view: MakeView
) -> None:
    view = xor_view(1)
    for revealed in (1, 2, 9, 10, 11, 12, 15, len(view.steps) - 1, len(view.steps)):
        panel.display(replace(view, revealed=revealed))
        wait_typeset(qtbot, panel)


def test_nothing_is_typeset_while_steps_follow_each_other(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView
) -> None:
    view = mazur_view(34)
    for revealed in range(1, 35):
        panel.display(replace(view, revealed=revealed))
        assert not panel.inside.shown.typeset
    wait_typeset(qtbot, panel)
    assert panel.derivation is not None and panel.derivation.title == "loss before → after"


def test_while_training_runs_it_waits(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    panel.display(replace(mazur_view(), training=True))
    assert "Training is running" in said(panel)
    qtbot.wait(150)
    assert panel.derivation is None and not panel.inside.shown.typeset


def test_another_number_can_be_asked_for_until_the_cursor_moves(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    view = mazur_view(GRADIENT_W5)
    panel.display(view)
    panel.ask(StepId("forward", "activation", 1, 1))
    assert said(panel).startswith("a_h2 = ")
    assert panel.inside.shown.titled
    assert panel.inside.shown.previous is not None
    assert panel.inside.shown.previous.text == TEXT_W5

    panel.display(replace(view, sample=0))  # the cursor has not moved
    assert said(panel).startswith("a_h2 = ")
    panel.display(replace(view, revealed=GRADIENT_W5 + 1))
    assert said(panel).startswith("∂E/∂w6 = ")
    assert not panel.back_button.isVisible()


def test_back_returns_to_the_cursor(panel: DerivationPanel, mazur_view: MakeView) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    assert not panel.back_button.isVisible()
    panel.ask(StepId("forward", "activation", 1, 1))
    press(panel, "derivationBack")
    assert said(panel) == TEXT_W5


def test_what_lies_ahead_is_not_given_away(panel: DerivationPanel, mazur_view: MakeView) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    panel.ask(StepId("backward", "delta", 1, 0))
    assert said(panel) == (
        "The delta of h1 has not been worked out yet: it is step 19 of 34, and the cursor is at 13."
    )
    assert panel.derivation is None
    assert not panel.copy_button.isVisible()


def test_a_fixed_parameter_has_no_update_to_ask_for(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(34))
    panel.ask(StepId("update", "bias_update", 1))
    assert said(panel).startswith("There is no update of b1: it is fixed")


def test_a_number_that_an_edit_took_away_is_not_asked_for_any_more(
    panel: DerivationPanel, xor_view: MakeView
) -> None:
    panel.display(xor_view(8, hidden=3))
    panel.ask(StepId("forward", "net_input", 1, 2))
    assert said(panel).startswith("z_h3 = ")
    panel.display(xor_view(8, hidden=2))
    assert not panel.back_button.isVisible()
    assert not said(panel).startswith("z_h3")


def test_the_sample_that_is_looked_at_is_derived(
    panel: DerivationPanel, xor_view: MakeView
) -> None:
    panel.display(xor_view(1, sample=3))
    assert panel.derivation is not None and panel.derivation.scope == "sample 4 of 4"
    first = said(panel)
    panel.display(xor_view(1, sample=0))
    assert said(panel) != first


def test_an_edit_is_followed(panel: DerivationPanel, mazur_view: MakeView) -> None:
    view = mazur_view(1)
    panel.display(view)
    assert said(panel).endswith("= 0.3775")
    theta = np.array(view.theta)
    theta[0] = 1.15
    state = replace(start_state(view.spec, theta))
    panel.display(replace(view, theta=state.theta, iteration=iterate(view.spec, state)))
    assert said(panel).endswith("= 0.4275")


def test_copying(qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    clipboard = QGuiApplication.clipboard()
    actions = {action.text(): action for action in panel.copy_menu.actions()}

    with qtbot.waitSignal(panel.copied) as blocker:
        actions["as text"].trigger()
    assert blocker.args == ["text"]
    assert "∂E/∂w5 = 0.741365 · 0.186816 · 0.593270 ≈ 0.0821670" in clipboard.text()
    actions["as LaTeX"].trigger()
    assert r"\frac{\partial E}{\partial w_{5}} & = \delta_{o1} \, a_{h1}" in clipboard.text()
    actions["as picture"].trigger()
    copied = clipboard.image()
    assert copied.width() > 600
    assert has_colour(copied, theme.LIGHT.accent_soft) and has_colour(copied, theme.LIGHT.card)


def test_the_copy_menu_opens_by_mouse_and_by_key(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    press(panel, "derivationCopy")
    assert panel.copy_menu.isVisible()
    panel.copy_menu.hide()
    QTest.keyClick(panel.copy_button, Qt.Key.Key_Return)
    assert panel.copy_menu.isVisible()
    panel.copy_menu.hide()


def test_the_long_form_on_request(qtbot: QtBot, panel: DerivationPanel) -> None:
    view = at(softmax_view(), StepId("backward", "delta", 1, 1))
    panel.display(view)
    wait_typeset(qtbot, panel)
    short = panel.inside.explanation.needed
    press(panel, "derivationLong")
    assert panel.long_button.text() == "short"
    assert panel.inside.explanation.needed > short + 100
    wait_typeset(qtbot, panel)
    press(panel, "derivationLong")
    wait_typeset(qtbot, panel)
    assert panel.inside.explanation.needed == short


def test_stepping_by_layer_shows_its_matrix_form(
    panel: DerivationPanel, mazur_view: Callable[..., View]
) -> None:
    view = mazur_view(revealed=4, grain="layer")
    panel.display(view)
    assert panel.derivation is not None
    assert panel.derivation.text.startswith("z_1 = W_1 · a_0 + b_1 = [0.15 0.2; 0.25 0.3]")
    press(panel, "derivationMatrix")
    assert panel.derivation.text.startswith("a_h2 = ")
    panel.display(replace(view, revealed=18))
    assert panel.derivation.text.startswith("∂E/∂b2")
    press(panel, "derivationMatrix")
    assert panel.derivation.text.startswith("δ_2 = ")
    panel.ask(StepId("forward", "net_input", 1, 0))
    assert panel.derivation.text.startswith("z_h1 = ")
    assert not panel.matrix_button.isVisible()


def test_matrix_form_is_offered_where_a_layer_is_complete(
    panel: DerivationPanel, mazur_view: Callable[..., View]
) -> None:
    offered = []
    for revealed in range(1, 35):
        panel.display(mazur_view(revealed=revealed))
        assert panel.derivation is not None and "W_" not in panel.derivation.text
        if panel.matrix_button.isVisible():
            offered.append(revealed)
    assert offered == [4, 8, 18, 25, 29, 33]


def test_all_links_fit_into_a_narrow_card(qtbot: QtBot, panel: DerivationPanel) -> None:
    view = softmax_view()
    panel.resize(300, 240)
    panel.display(replace(view, revealed=len(view.steps)))
    panel.ask(StepId("backward", "delta", 1, 1))
    press(panel, "derivationLong")
    QApplication.processEvents()
    assert panel.back_button.isVisible() and panel.copy_button.isVisible()
    assert panel.width() == 300


def test_only_a_short_form_offers_a_long_one(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    assert not panel.long_button.isVisible()


def test_pointing_at_a_factor_says_what_it_belongs_to(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    told: list[object] = []
    panel.factor_hovered.connect(told.append)
    sheet = panel.inside.explanation
    for y in range(0, sheet.height(), 3):
        QTest.mouseMove(sheet, QPoint(40, y))
    assert [about for about in told if about is not None] == [
        StepId("loss", "loss", 2, 0),
        StepId("forward", "activation", 2, 0),
        StepId("forward", "activation", 1, 0),
    ]
    panel.display(mazur_view(GRADIENT_W5 + 1))
    assert told[-1] is None


def test_pointing_at_a_weights_term_names_the_weight(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(1))
    told: list[object] = []
    panel.factor_hovered.connect(told.append)
    sheet = panel.inside.explanation
    for y in range(0, sheet.height(), 3):
        QTest.mouseMove(sheet, QPoint(40, y))
    assert Parameter(1, 0, 1) in told and Parameter(1, None, None) in told


def test_the_typeset_form_keeps_what_is_pointed_at(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    plain = picture(panel)
    told: list[object] = []
    panel.factor_hovered.connect(told.append)
    QTest.mouseMove(panel.inside.explanation, QPoint(40, 120))
    assert told == [StepId("loss", "loss", 2, 0)]
    assert not has_colour(plain, theme.LIGHT.sunken)
    assert has_colour(picture(panel), theme.LIGHT.sunken)
    wait_typeset(qtbot, panel)
    assert told == [StepId("loss", "loss", 2, 0)]
    assert has_colour(picture(panel), theme.LIGHT.sunken)


@pytest.mark.parametrize("size", [(348, 440), (300, 240)])
def test_the_result_is_in_sight_whatever_the_size(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView, size: tuple[int, int]
) -> None:
    panel.resize(*size)
    view = mazur_view(34)
    for revealed in range(1, 35):
        panel.display(replace(view, revealed=revealed))
        inside, result = panel.inside, panel.inside.result
        assert inside.rect().contains(result.geometry())
        area = panel.findChild(QScrollArea)
        assert area is not None and area.geometry().bottom() < result.geometry().top()
        assert area.height() >= min(60, inside.explanation.needed)


def test_every_step_of_two_layers_of_two_fits_at_the_usual_size(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.resize(348, 390)  # what a window of 1440x900 leaves
    view = mazur_view(34)
    for revealed in range(1, 35):
        panel.display(replace(view, revealed=revealed))
        QApplication.processEvents()
        assert panel.inside.area.verticalScrollBar().maximum() == 0, said(panel)


@pytest.mark.parametrize("revealed", [13, 16, 18, 20, 27])
def test_nothing_moves_when_formulas_are_typeset(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView, revealed: int
) -> None:
    panel.display(mazur_view(revealed))
    inside = panel.inside
    factors = panel.derivation.factors if panel.derivation is not None else ()
    assert factors

    def places() -> list[object]:
        spans = [inside.explanation.span_of(factor) for factor in factors]
        return [*spans, inside.result.geometry()]

    painted = places()
    wait_typeset(qtbot, panel)
    assert places() == painted


def test_a_long_derivation_scrolls_by_key_and_leaves_the_page_keys_alone(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.resize(300, 240)
    panel.display(mazur_view(GRADIENT_W5))
    QApplication.processEvents()
    area, bar = panel.inside.area, panel.inside.area.verticalScrollBar()
    assert bar.maximum() > 0
    QTest.keyClick(area, Qt.Key.Key_PageDown)
    assert bar.value() == 0
    QTest.keyClick(area, Qt.Key.Key_Down)
    assert bar.value() > 0
    panel.display(mazur_view(GRADIENT_W5 + 1))
    assert bar.value() == 0


def test_no_line_of_a_long_derivation_touches_the_scroll_bar(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.resize(300, 240)
    panel.display(mazur_view(GRADIENT_W5))
    wait_typeset(qtbot, panel)
    area = panel.inside.area
    bar = area.verticalScrollBar()
    assert bar.isVisible()
    begins = bar.mapTo(panel.inside, QPoint(0, 0)).x()
    assert begins - panel.inside.explanation.extent >= 3
    assert bar.mapTo(panel, QPoint(bar.width(), 0)).x() < panel.width()


def test_a_theme_is_followed(
    qtbot: QtBot, qapp: QApplication, panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(GRADIENT_W5))
    wait_typeset(qtbot, panel)
    theme.apply(qapp, "dark")
    panel.restyle()
    wait_typeset(qtbot, panel)
    dark = picture(panel)
    assert has_colour(dark, theme.DARK.accent_soft)
    assert not has_colour(dark, theme.LIGHT.accent_soft)
    assert not has_colour(dark, theme.LIGHT.ink)


def test_strange_unit_names_are_typeset_too(qtbot: QtBot, panel: DerivationPanel) -> None:
    view = softmax_view(("petal_length & co", "größe 50 %", "{curly} \\ a unit with a long name"))
    for kind in ("net_input", "activation"):
        panel.display(at(view, StepId("forward", kind, 1, 0)))
        wait_typeset(qtbot, panel)
    panel.display(at(view, StepId("backward", "delta", 1, 2)))
    wait_typeset(qtbot, panel)
    assert "{curly} \\ a unit with a long name" in said(panel)


def test_an_iteration_that_is_still_being_worked_out_is_waited_for(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(replace(mazur_view(GRADIENT_W5), iteration=None))
    assert said(panel) == "…"
    panel.display(mazur_view(GRADIENT_W5))
    assert said(panel) == TEXT_W5


def test_setting_is_got_ready_before_the_first_formula(
    qtbot: QtBot, panel: DerivationPanel, mazur_view: MakeView, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "gui.formulas.formula_svg"
    monkeypatch.delitem(sys.modules, module, raising=False)
    panel.display(mazur_view(training=True))
    QTest.qWait(100)
    assert module not in sys.modules
    panel.display(mazur_view())
    qtbot.waitUntil(lambda: module in sys.modules)


def test_after_a_step_by_pass_it_says_that_the_number_is_the_last_of_many(
    panel: DerivationPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view(revealed=8, taken="pass"))
    assert said(panel).startswith("last of 8 steps: a_o2 = ")
    panel.display(mazur_view(revealed=7, taken="pass"))  # in the middle of it
    assert said(panel).startswith("z_o2 = ")
    panel.display(mazur_view(revealed=8))
    assert said(panel).startswith("a_o2 = ")
