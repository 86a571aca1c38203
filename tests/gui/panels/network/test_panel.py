"""The settings: what a person chooses is reported, and what is in force is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenu,
    QPushButton,
    QScrollArea,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.maths.clipping import Clipping
from engine.maths.network import with_layer
from engine.maths.optimizers import Optimizer
from engine.maths.penalty import Penalty
from engine.maths.schedules import Schedule
from engine.run.spec import Batching, Data
from gui import theme
from gui.panels.network.panel import NetworkPanel
from gui.view import View
from gui.widgets.number_field import NumberField
from tests.gui.conftest import choose, keys_of
from tests.gui.panels.network.conftest import Heard, button, check_box, combo, deep, spin

MakeView = Callable[..., View]
SQUARED = ("half_squared_error", "squared_error", "mean_squared_error")
OF_ANY_OUTPUT = ("mean_absolute_error", "huber", "hinge", "output_itself")


def retype(qtbot: QtBot, field: QWidget, text: str) -> None:
    """Click a field and type another text over it; nothing is confirmed yet."""
    field.setFocus()
    QApplication.processEvents()
    field.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(field, text)


# What is in force


def test_the_settings_of_a_view_are_shown_without_a_report(
    panel: NetworkPanel, heard: Heard, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    assert [spin(panel, f"units{layer}").value() for layer in range(3)] == [2, 2, 2]
    assert combo(panel, "activation1").currentData() == "sigmoid"
    assert combo(panel, "bias1").currentData() == "shared"
    assert not check_box(panel, "biasTrained2").isChecked()
    assert combo(panel, "loss").currentData() == "half_squared_error"
    assert combo(panel, "optimizer").currentData() == "gradient_descent"
    assert panel.findChild(NumberField, "learning_rate").text() == "0.5"
    assert combo(panel, "batch").currentData() == "all"
    assert panel.findChild(QLabel, "seed").text() == "0"
    assert heard == []


def test_another_view_is_shown_with_the_same_widgets_and_without_a_report(
    panel: NetworkPanel, heard: Heard, xor_view: MakeView, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    units = spin(panel, "units1")
    view = xor_view()
    spec = replace(view.spec, batching=Batching(2, True), reduction="mean", seed=12)
    momentum = Optimizer("momentum", {"learning_rate": 0.25})
    panel.display(replace(view, spec=replace(spec, optimizer=momentum)))
    assert spin(panel, "units1") is units
    assert [spin(panel, f"units{layer}").value() for layer in range(3)] == [2, 3, 1]
    assert combo(panel, "bias1").currentData() == "per_unit"
    assert combo(panel, "reduction").currentData() == "mean"
    assert panel.findChild(NumberField, "learning_rate").value == 0.25
    assert combo(panel, "batch").currentData() == "mini"
    assert spin(panel, "batchSize").value() == 2
    assert check_box(panel, "shuffled").isChecked()
    assert panel.findChild(QLabel, "seed").text() == "12"
    assert heard == []


@pytest.mark.parametrize(
    ("activation", "losses"),
    [
        ("tanh", [*SQUARED, *OF_ANY_OUTPUT]),
        (
            "softmax",
            [
                *SQUARED, "categorical_cross_entropy", "summed_categorical_cross_entropy",
                *OF_ANY_OUTPUT,
            ],
        ),
    ],
)
def test_only_the_losses_that_go_with_the_output_are_offered(
    panel: NetworkPanel, mazur_view: MakeView, activation: str, losses: list[str]
) -> None:
    view = mazur_view()
    layers = view.spec.network.layers
    network = replace(
        view.spec.network, layers=(layers[0], replace(layers[1], activation=activation))
    )
    loss = "categorical_cross_entropy" if activation == "softmax" else "squared_error"
    reduction = "mean" if activation == "softmax" else "sum"
    spec = replace(view.spec, network=network, loss=loss, reduction=reduction)
    panel.display(mazur_view())
    panel.display(replace(view, spec=spec))
    assert keys_of(combo(panel, "loss")) == losses
    assert combo(panel, "loss").currentData() == loss
    # What is taken over the samples can always be seen, and chosen where the loss leaves it open.
    shown = combo(panel, "reduction")
    assert shown.isVisible() and shown.currentData() == reduction
    assert shown.isEnabled() == (activation == "tanh")
    assert ("by definition" in shown.toolTip()) == (activation == "softmax")
    assert "softmax" in keys_of(combo(panel, "activation2"))
    assert "softmax" not in keys_of(combo(panel, "activation1"))


def test_each_loss_is_listed_with_its_derivative(
    panel: NetworkPanel, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    assert combo(panel, "loss").itemText(0) == "½ Σ (t − a)²  →  a − t"
    assert combo(panel, "loss").itemText(1) == "Σ (t − a)²  →  2 (a − t)"
    assert "half squared error" in combo(panel, "loss").toolTip()


@pytest.mark.parametrize(
    ("optimizer", "settings"),
    [
        ("gradient_descent", {"learning_rate"}),
        ("momentum", {"learning_rate", "momentum"}),
        ("adam", {"learning_rate", "beta_1", "beta_2", "epsilon"}),
    ],
)
def test_only_the_settings_that_the_optimizer_reads_are_shown(
    panel: NetworkPanel, mazur_view: MakeView, optimizer: str, settings: set[str]
) -> None:
    view = mazur_view()
    panel.display(replace(view, spec=replace(view.spec, optimizer=Optimizer(optimizer))))
    fields = panel.findChildren(NumberField)
    assert {field.objectName() for field in fields if field.isVisible()} == settings


# What a person chooses


def test_units_are_reported_once_they_are_confirmed(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    retype(qtbot, spin(panel, "units1"), "12")
    assert heard == []
    panel.display(mazur_view())  # a frame of training
    qtbot.keyClick(spin(panel, "units1"), Qt.Key.Key_Return)
    assert heard == [("units_chosen", (1, 12))]
    retype(qtbot, spin(panel, "units0"), "3")
    button(panel, "editLayers").setFocus()
    assert heard[1:] == [("units_chosen", (0, 3))]


def test_a_refused_choice_is_taken_back_by_the_next_view(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    retype(qtbot, spin(panel, "units1"), "12")
    qtbot.keyClick(spin(panel, "units1"), Qt.Key.Key_Return)
    choose(combo(panel, "activation1"), "tanh")
    panel.display(mazur_view())
    assert spin(panel, "units1").value() == 2
    assert combo(panel, "activation1").currentData() == "sigmoid"
    assert len(heard) == 2


def test_units_stay_within_the_limits_of_the_engine(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    limits = [spin(panel, f"units{layer}").maximum() for layer in range(3)]
    assert limits == [64, 512, 512]
    field = spin(panel, "units1")
    for text, why in (("0", "is out of bounds"), ("99999", "is out of bounds"), ("x", "is not a")):
        retype(qtbot, field, text)
        qtbot.keyClick(field, Qt.Key.Key_Return)
        assert field.property("wrong") is True and field.hasFocus() and field.text() == text
        assert f"{why}" in field.toolTip() and "1 to 512" in field.toolTip()
    heard_above: list[object] = []
    panel.keyPressEvent = heard_above.append  # type: ignore[method-assign]
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert field.property("wrong") is False and field.text() == "2"
    assert heard_above == []  # a tool around it would close
    retype(qtbot, field, "513")
    button(panel, "editLayers").setFocus()
    assert field.text() == "2" and field.property("wrong") is False
    assert heard == []


def test_a_confirmed_count_gives_the_focus_up(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    retype(qtbot, spin(panel, "units1"), "3")
    qtbot.keyClick(spin(panel, "units1"), Qt.Key.Key_Return)
    assert not spin(panel, "units1").hasFocus()
    retype(qtbot, spin(panel, "units1"), "4")
    qtbot.keyClick(spin(panel, "units1"), Qt.Key.Key_Tab)
    assert combo(panel, "activation1").hasFocus()
    assert heard == [("units_chosen", (1, 3)), ("units_chosen", (1, 4))]


CHOICES = [
    ("activation1", "leaky_relu", ("activation_chosen", (1, "leaky_relu"))),
    ("activation2", "softmax", ("activation_chosen", (2, "softmax"))),
    ("loss", "binary_cross_entropy", ("loss_chosen", ("binary_cross_entropy",))),
    ("reduction", "mean", ("reduction_chosen", ("mean",))),
    ("optimizer", "adam", ("optimizer_chosen", ("adam",))),
    ("initializer", "he_normal", ("initializer_chosen", ("he_normal",))),
    ("batch", "one", ("batch_chosen", (1, False))),
    ("batch", "mini", ("batch_chosen", (2, False))),
]


@pytest.mark.parametrize(("name", "key", "report"), CHOICES)
def test_each_choice_is_reported_once(
    panel: NetworkPanel,
    heard: Heard,
    qtbot: QtBot,
    xor_view: MakeView,
    name: str,
    key: str,
    report: tuple[str, tuple[Any, ...]],
) -> None:
    panel.display(xor_view())
    choose(combo(panel, name), key)
    assert heard == [report]


def test_choosing_what_is_in_force_reports_nothing(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, xor_view: MakeView
) -> None:
    panel.display(xor_view())
    choose(combo(panel, "optimizer"), "gradient_descent")
    assert heard == []


def test_batches_of_a_size_and_shuffling(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(view)
    assert not spin(panel, "batchSize").isVisible()
    panel.display(replace(view, spec=replace(view.spec, batching=Batching(2, True))))
    retype(qtbot, spin(panel, "batchSize"), "3")
    qtbot.keyClick(spin(panel, "batchSize"), Qt.Key.Key_Return)
    choose(combo(panel, "batch"), "all")
    qtbot.keyClick(check_box(panel, "shuffled"), Qt.Key.Key_Return)
    assert heard == [
        ("batch_chosen", (3, True)),
        ("batch_chosen", (None, True)),
        ("batch_chosen", (2, False)),
    ]


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [("learning_rate", "0,25", 0.25), ("beta_2", "1/2", 0.5), ("epsilon", "1e-8", 1e-8)],
)
def test_settings_of_the_optimizer_are_reported(
    panel: NetworkPanel,
    heard: Heard,
    qtbot: QtBot,
    mazur_view: MakeView,
    name: str,
    text: str,
    value: float,
) -> None:
    view = mazur_view()
    panel.display(replace(view, spec=replace(view.spec, optimizer=Optimizer("adam"))))
    field = panel.findChild(NumberField, name)
    retype(qtbot, field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == [("optimizer_setting_chosen", (name, value))]


@pytest.mark.parametrize(("name", "text"), [("learning_rate", "0"), ("beta_1", "1")])
def test_a_setting_the_engine_refuses_is_refused_beside_the_field(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, mazur_view: MakeView, name: str, text: str
) -> None:
    view = mazur_view()
    panel.display(replace(view, spec=replace(view.spec, optimizer=Optimizer("adam"))))
    field = panel.findChild(NumberField, name)
    retype(qtbot, field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == []
    assert field.property("wrong") is True
    assert " 1" in field.toolTip()  # the bound, in the engine's sentence


# How it behaves in the window


@pytest.mark.parametrize("name", ["units1", "activation1", "loss"])
def test_the_wheel_scrolls_the_panel_and_changes_no_field_without_the_focus(
    panel: NetworkPanel, heard: Heard, xor_view: MakeView, name: str
) -> None:
    panel.resize(275, 250)
    panel.display(xor_view())
    button(panel, "editLayers").setFocus()
    QApplication.processEvents()
    bar = panel.findChild(QScrollArea, "networkScroll").verticalScrollBar()
    field = panel.findChild(QWidget, name)
    over = QPointF(field.mapTo(panel, field.rect().center()))
    QTest.wheelEvent(panel.windowHandle(), over, QPoint(0, -120))
    QApplication.processEvents()
    assert heard == []
    assert bar.value() > 0


def test_space_and_page_keys_are_left_to_the_window(
    qtbot: QtBot, mazur_view: MakeView
) -> None:
    keys: list[int] = []

    class Window(QWidget):
        def keyPressEvent(self, event: Any) -> None:
            keys.append(event.key())

    window = Window()
    panel = NetworkPanel(window)
    qtbot.addWidget(window)
    panel.display(mazur_view())
    window.show()
    pressed = [Qt.Key.Key_Space, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_T]
    names = ("editLayers", "activation1", "optimizer", "shuffled")
    # The scroll area is left out: it would take the page keys, which the window catches first.
    for name in names:
        widget = panel.findChild(QWidget, name)
        widget.setParent(window)
        for key in pressed:
            qtbot.keyClick(widget, key)
    assert keys == pressed * len(names)
    assert not check_box(window, "shuffled").isChecked()  # type: ignore[arg-type]


def test_enter_opens_the_list_of_a_choice(
    panel: NetworkPanel, qtbot: QtBot, mazur_view: MakeView
) -> None:
    panel.display(mazur_view())
    loss = combo(panel, "loss")
    qtbot.keyClick(loss, Qt.Key.Key_Return)
    assert loss.view().isVisible()
    loss.hidePopup()


@pytest.mark.parametrize("width", [230, 275, 420])
def test_fields_fit_the_width_and_tall_content_scrolls(
    panel: NetworkPanel, qtbot: QtBot, mazur_view: MakeView, width: int
) -> None:
    view = deep(mazur_view(), hidden=4, optimizer=Optimizer("adam"), batching=Batching(100_000))
    panel.display(view)
    qtbot.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    edges = []
    for height in (1000, 250):
        panel.resize(width, height)
        QApplication.processEvents()
        shown = [
            widget
            for kind in (QComboBox, QSpinBox, QCheckBox, NumberField)
            for widget in panel.findChildren(kind)
            if widget.isVisible()
        ]
        right = [w.mapTo(panel, QPoint(w.width(), 0)).x() for w in shown]
        assert max(right) <= width - theme.MARGIN
        edges.append(max(right))
        bar = panel.findChild(QScrollArea, "networkScroll").verticalScrollBar()
        assert (bar.maximum() > 0) == (height == 250)
    assert edges[0] == edges[1]  # the scroll bar takes nothing from the fields


def test_every_field_has_an_accessible_name(panel: NetworkPanel, mazur_view: MakeView) -> None:
    panel.display(mazur_view())
    for kind in (QComboBox, QSpinBox, QPushButton, NumberField):
        for widget in panel.findChildren(kind):
            assert widget.accessibleName(), widget.objectName()


def test_data_of_one_sample_can_be_cut_into_mini_batches(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, mazur_view: MakeView
) -> None:
    view = mazur_view()
    data = Data(np.zeros((1000, 2)), np.zeros((1000, 2)), ("t o1", "t o2"))
    panel.display(view)
    choose(combo(panel, "batch"), "mini")
    panel.display(replace(view, spec=replace(view.spec, data=data)))
    choose(combo(panel, "batch"), "mini")
    assert heard == [("batch_chosen", (2, False)), ("batch_chosen", (32, False))]


def test_a_penalty_is_added_and_set(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(view)
    assert not combo(panel, "penalty").isVisible()
    panel.findChild(QPushButton, "moreTraining").click()
    menu = panel.findChild(QMenu, "additions")
    [action] = [each for each in menu.actions() if each.text().startswith("Weight penalty")]
    action.trigger()
    menu.close()
    assert heard == [("penalty_chosen", (Penalty(l2=0.01),))]
    panel.display(replace(view, spec=replace(view.spec, penalty=Penalty(l2=0.01))))
    choice, field = combo(panel, "penalty"), panel.findChild(NumberField, "penalty_l2")
    assert choice.isVisible() and field.isVisible() and field.text() == "0.01"
    assert not panel.findChild(NumberField, "penalty_l1").isVisible()
    heard.clear()
    retype(qtbot, field, "-1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == [] and (
        "A penalty lies from 0 up to, not including, 1e12." in field.toolTip()
    )
    retype(qtbot, field, "1/8")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    choose(choice, "l2+l1")
    qtbot.keyClick(check_box(panel, "penaltyBox"), Qt.Key.Key_Return)
    choose(choice, "none")
    assert [said for _, (said,) in heard] == [
        Penalty(l2=0.125), Penalty(l2=0.01, l1=0.01), Penalty(l2=0.01, biases=True), Penalty(),
    ]


def add(panel: NetworkPanel, beginning: str) -> None:
    """Choose an entry of "+ more"."""
    panel.findChild(QPushButton, "moreTraining").click()
    menu = panel.findChild(QMenu, "additions")
    [action] = [each for each in menu.actions() if each.text().startswith(beginning)]
    action.trigger()
    menu.close()


def test_a_schedule_is_added_and_set(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(view)
    assert not combo(panel, "schedule").isVisible()
    add(panel, "Learning rate")
    assert heard == [("schedule_chosen", (Schedule(name="step"),))]
    heard.clear()
    schedule = Schedule(name="step", every=20)
    panel.display(replace(view, spec=replace(view.spec, schedule=schedule)))
    every = panel.findChild(NumberField, "schedule_every")
    assert combo(panel, "schedule").isVisible() and every.text() == "20"
    assert not panel.findChild(NumberField, "schedule_length").isVisible()
    retype(qtbot, every, "1.5")
    qtbot.keyClick(every, Qt.Key.Key_Return)
    assert heard == [] and "a whole number from 1" in every.toolTip()
    retype(qtbot, every, "30")
    qtbot.keyClick(every, Qt.Key.Key_Return)
    qtbot.keyClick(check_box(panel, "scheduleBox"), Qt.Key.Key_Return)
    choose(combo(panel, "schedule"), "exponential")
    choose(combo(panel, "schedule"), "none")
    assert [said for _, (said,) in heard] == [
        Schedule(name="step", every=30),
        Schedule(name="step", every=20, per="iteration"),
        Schedule(name="exponential", factor=0.99),
        Schedule(),
    ]


def test_clipping_is_added_and_set(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(view)
    add(panel, "Gradient clipping")
    assert heard == [("clipping_chosen", (Clipping("norm"),))]
    panel.display(replace(view, spec=replace(view.spec, clipping=Clipping("norm"))))
    limit = panel.findChild(NumberField, "clipping_limit")
    heard.clear()
    retype(qtbot, limit, "0")
    qtbot.keyClick(limit, Qt.Key.Key_Return)
    assert heard == [] and "above 0" in limit.toolTip()
    retype(qtbot, limit, "1/4")
    qtbot.keyClick(limit, Qt.Key.Key_Return)
    choose(combo(panel, "clipping"), "value")
    assert [said for _, (said,) in heard] == [Clipping("norm", 0.25), Clipping("value")]


def test_a_layer_has_a_rate_of_its_own(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(view)
    field = panel.findChild(NumberField, "rateFactor1")
    assert not field.isVisible()
    qtbot.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert field.isVisible() and field.text() == "1"
    retype(qtbot, field, "0.1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == [("rate_factor_chosen", (1, 0.1))]
    qtbot.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    network = with_layer(view.spec.network, 1, rate_factor=0.1)
    panel.display(replace(view, spec=replace(view.spec, network=network)))
    assert field.isVisible() and field.text() == "0.1"


def test_an_initializer_shows_the_settings_that_it_reads(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(view)
    field = panel.findChild(QLineEdit, "initializer_low")
    assert not field.isVisible()
    view = replace(view, spec=replace(view.spec, initializer="uniform"))
    panel.display(view)
    assert field.isVisible() and field.text() == "−0.5"
    assert "low to high" in combo(panel, "initializer").toolTip()
    retype(qtbot, field, "0.75")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == []  # above the highest
    retype(qtbot, field, "-2")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == [("initializer_setting_chosen", ("low", -2.0))]


def test_dropout_of_hidden_layers_stands_with_the_layers(
    panel: NetworkPanel, heard: Heard, qtbot: QtBot, xor_view: MakeView
) -> None:
    view = xor_view()
    panel.display(view)
    field, of_output = (panel.findChild(NumberField, f"dropout{layer}") for layer in (1, 2))
    assert not field.isVisible()
    qtbot.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    QApplication.processEvents()
    assert field.isVisible() and field.text() == "0" and not of_output.isVisible()
    assert field.accessibleName() == "Dropout of hidden"
    retype(qtbot, field, "1")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == [] and "below 1" in field.toolTip()
    retype(qtbot, field, "0.5")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    assert heard == [("dropout_chosen", (1, 0.5))]
    qtbot.mouseClick(button(panel, "editLayers"), Qt.MouseButton.LeftButton)
    network = with_layer(view.spec.network, 1, dropout=0.5)
    panel.display(replace(view, spec=replace(view.spec, network=network)))
    assert field.isVisible() and field.text() == "0.5"
