"""What is typed and not confirmed yet is taken before whatever else a person does then."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QMenu, QMessageBox, QTableView, QWidget

from gui.canvas.spots import Spot
from gui.widgets.count_field import CountField
from gui.widgets.number_field import NumberField
from gui.window.main_window import MainWindow
from tests.gui.conftest import OpenWindow

Key = Qt.Key


@pytest.fixture
def window(open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch) -> MainWindow:
    discard = QMessageBox.StandardButton.Discard
    window = open_window("mazur-2-2-2")
    monkeypatch.setattr(window.documents.files, "ask_about_changes", lambda name: discard)
    return window


def found(window: MainWindow, kind: type[QWidget], name: str) -> QWidget:
    widget = window.findChild(kind, name)
    assert isinstance(widget, kind), name
    return widget


# Ways to type without confirming: into each kind of field there is.


def type_into(field: QWidget, text: str) -> None:
    field.setFocus()
    QApplication.processEvents()
    assert field.hasFocus()
    field.selectAll()  # type: ignore[attr-defined]
    QTest.keyClicks(field, text)


def units_of_a_new_layer(window: MainWindow) -> None:
    window.network.layer_added.emit(1)
    type_into(found(window, CountField, "units1"), "5")


def units(window: MainWindow) -> None:
    type_into(found(window, CountField, "units1"), "3")


def inputs(window: MainWindow) -> None:
    type_into(found(window, CountField, "units0"), "4")


def learning_rate(window: MainWindow) -> None:
    type_into(found(window, NumberField, "learning_rate"), "0.25")


def nonsense(window: MainWindow) -> None:
    type_into(found(window, NumberField, "learning_rate"), "fast")


def momentum(window: MainWindow) -> None:
    window.network.optimizer_chosen.emit("momentum")
    type_into(found(window, NumberField, "momentum"), "0.75")


def cell(panel: str) -> Callable[[MainWindow], None]:
    def type_in(window: MainWindow) -> None:
        table = next(t for t in getattr(window, panel).findChildren(QTableView) if t.isVisible())
        table.setFocus()
        table.setCurrentIndex(table.model().index(0, 0))
        QTest.keyClicks(table, "0.75")
        assert window.focusWidget().objectName() == "cellEditor"

    type_in.__name__ = f"{panel}_cell"
    return type_in


def weight_of_a_new_unit(window: MainWindow) -> None:
    window.network.units_chosen.emit(1, 3)
    window.canvas.edit(Spot("weight", 1, 2, 1))
    field = found(window.canvas, NumberField, "inPlaceField")
    QTest.keyClicks(field, "0.75")


FIELDS = (
    units_of_a_new_layer, units, inputs, learning_rate, nonsense, momentum, cell("data"),
    cell("weights"), weight_of_a_new_unit,
)  # fmt: skip


# What is done then, with the mouse, which leaves the focus where it is, or by a key.


def menu(title: str, entry: str) -> Callable[[MainWindow], None]:
    def choose(window: MainWindow) -> None:
        bar = window.menuBar()
        opened = next(a for a in bar.actions() if a.text() == title)
        below = opened.menu()
        assert isinstance(below, QMenu)
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(opened).center())
        action = next(a for a in below.actions() if a.text().startswith(entry))
        place = below.actionGeometry(action).center()
        QTest.mouseClick(below, Qt.MouseButton.LeftButton, pos=place)
        below.close()

    choose.__name__ = entry
    return choose


def button(name: str) -> Callable[[MainWindow], None]:
    def press(window: MainWindow) -> None:
        QTest.mouseClick(found(window, QAbstractButton, name), Qt.MouseButton.LeftButton)

    press.__name__ = f"button_{name}"
    return press


def keys(letter: Qt.Key) -> Callable[[MainWindow], None]:
    def press(window: MainWindow) -> None:
        QTest.keyClick(window.focusWidget(), letter, Qt.KeyboardModifier.ControlModifier)

    press.__name__ = f"Ctrl+{letter.name}"
    return press


def undo_and_redo(window: MainWindow) -> None:
    menu("&Edit", "Undo")(window)
    menu("&Edit", "Redo")(window)


def undo_all(window: MainWindow) -> None:
    while window.session.undo_stack.canUndo():
        menu("&Edit", "Undo")(window)


def example(window: MainWindow) -> None:
    window.controls.example_chosen.emit("xor-2-3-1")


def undo_behind_its_back(window: MainWindow) -> None:
    window.session.undo_stack.undo()


OFTEN = (undo_all, menu("&Run", "Reset"), button("step"), example, undo_behind_its_back)
SELDOM = (
    undo_and_redo, menu("&Run", "Step"), button("reset"), button("epoch"), button("newSeed"),
    button("train"), keys(Key.Key_Z), MainWindow.close,
)  # fmt: skip


@pytest.mark.parametrize(
    ("type_in", "act"),
    [
        pytest.param(type_in, act, id=f"{type_in.__name__}, {act.__name__}")
        for type_in in FIELDS
        for act in OFTEN + (SELDOM if type_in is units_of_a_new_layer else ())
    ],
)
def test_whatever_comes_next_what_is_shown_is_what_is_there(
    window: MainWindow,
    type_in: Callable[[MainWindow], None],
    act: Callable[[MainWindow], None],
) -> None:
    type_in(window)
    act(window)
    QApplication.processEvents()
    if window.session.training:
        window.session.toggle_training()
    if not window.isVisible():
        return
    window.canvas.setFocus()
    QApplication.processEvents()
    spec, network = window.session.spec, window.session.spec.network
    fields = [found(window, CountField, f"units{n}") for n in range(network.depth + 1)]
    assert [field.text() for field in fields] == [str(size) for size in network.sizes]
    rate = found(window, NumberField, "learning_rate")
    assert float(rate.text()) == rate.value == spec.optimizer["learning_rate"]


def test_what_was_typed_is_an_edit_that_undo_takes_back(window: MainWindow) -> None:
    units_of_a_new_layer(window)
    menu("&Edit", "Undo")(window)
    stack = window.session.undo_stack
    assert window.session.spec.network.sizes == (2, 2, 2, 2)
    assert stack.redoText() == "Hidden layer 1: 5 units"
    stack.redo()
    assert window.session.spec.network.sizes == (2, 5, 2, 2)


@pytest.mark.parametrize("leave", [example, MainWindow.close], ids=["example", "close"])
def test_leaving_the_document_asks_about_what_was_typed(
    open_window: OpenWindow, monkeypatch: pytest.MonkeyPatch, leave: Callable[[MainWindow], None]
) -> None:
    window, asked = open_window("mazur-2-2-2"), []

    def stay(name: str) -> QMessageBox.StandardButton:
        asked.append(name)
        return QMessageBox.StandardButton.Cancel

    monkeypatch.setattr(window.documents.files, "ask_about_changes", stay)
    learning_rate(window)
    leave(window)
    assert len(asked) == 1
    assert window.session.spec.optimizer["learning_rate"] == 0.25


@pytest.mark.parametrize("type_in", [learning_rate, cell("data"), weight_of_a_new_unit])
@pytest.mark.parametrize("press", [button("step"), menu("&Run", "Step")])
def test_a_press_takes_it_first(
    window: MainWindow, type_in: Callable[[MainWindow], None], press: Callable[[MainWindow], None]
) -> None:
    window.canvas.view.setFocus()
    type_in(window)
    before = window.session.undo_stack.index()
    press(window)
    QApplication.processEvents()
    assert window.session.undo_stack.index() > before
