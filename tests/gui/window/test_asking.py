"""Asking is not editing: a click asks, keys step, and one number is selected everywhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QLineEdit,
    QStackedWidget,
    QTableView,
    QToolTip,
    QWidget,
)

from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from gui import theme
from gui.canvas.spots import Spot
from gui.tables.number_table import NumberTable
from tests.gui.window.conftest import Driver

Key, Held = Qt.Key, Qt.KeyboardModifier
LEFT = Qt.MouseButton.LeftButton
W5 = Spot("weight", 2, 0, 0)


def place_on_canvas(driver: Driver, spot: Spot) -> tuple[QWidget, QPoint]:
    canvas = driver.window.canvas
    return canvas.view.viewport(), canvas.place_of(spot).center()


def place_in_table(driver: Driver, name: str, row: int, column: int) -> tuple[QWidget, QPoint]:
    table: QTableView = driver.find(QTableView, name)
    index = table.model().index(row, column)
    table.scrollTo(index)
    return table.viewport(), table.visualRect(index).center()


# A number where it stands: on the canvas and in its table.

Place = Callable[[Driver], tuple[QWidget, QPoint]]


def on_canvas(driver: Driver) -> tuple[QWidget, QPoint]:
    return place_on_canvas(driver, W5)


def in_table(driver: Driver) -> tuple[QWidget, QPoint]:
    return place_in_table(driver, "weightsTable2", 0, 0)


def on_the_left(driver: Driver) -> tuple[QWidget, QPoint]:
    return place_on_canvas(driver, Spot("weight", 1, 0, 0))


BOTH = pytest.mark.parametrize("place", [on_canvas, in_table])


def click(driver: Driver, place: Place) -> None:
    port, point = place(driver)
    QTest.mouseClick(port, LEFT, pos=point)


def double_click(driver: Driver, place: Place) -> QLineEdit:
    click(driver, place)
    port, point = place(driver)
    QTest.mouseDClick(port, LEFT, pos=point)
    field = editor(driver)
    assert field is not None
    return field


def editor(driver: Driver) -> QLineEdit | None:
    """The field that is open on the canvas or in a table, if one is."""
    found = [
        field
        for name in ("inPlaceField", "cellEditor")
        for field in driver.window.findChildren(QLineEdit, name)
        if field.isVisible()
    ]
    assert len(found) < 2
    return found[0] if found else None


def w5(driver: Driver) -> float:
    return float(driver.view.spec.network.weights(driver.view.theta, 2)[0, 0])


def explained(driver: Driver) -> str:
    """What the card "Why?" says."""
    card = driver.window.derivation.parent()
    assert isinstance(card, QStackedWidget)
    assert card.currentWidget() is driver.window.derivation
    return driver.window.derivation.inside.accessibleDescription()


# Asking


@BOTH
def test_a_click_asks_and_selects_and_then_space_steps(mazur: Driver, place: Place) -> None:
    click(mazur, place)
    assert editor(mazur) is None
    words = explained(mazur)
    assert words.startswith("w5 is the weight from h1 to o1. It is 0.4. The net input of o1 takes")
    assert "The gradient of w5 has not been worked out yet: it is step 13 of 34" in words
    mazur.press(Key.Key_Space, Key.Key_PageDown)
    assert mazur.view.revealed == 2
    mazur.press(Key.Key_PageUp)
    QTest.keyClick(QApplication.focusWidget(), Key.Key_PageDown, Held.ShiftModifier)
    assert mazur.view.revealed == 4
    assert w5(mazur) == 0.4 and mazur.window.session.undo_stack.count() == 0


@BOTH
def test_a_weight_is_explained_by_what_was_worked_out_last(mazur: Driver, place: Place) -> None:
    for revealed, kind in ((15, "weight_gradient"), (34, "weight_update")):
        mazur.window.session.seek(revealed)
        click(mazur, place)
        derivation = mazur.window.derivation.derivation
        assert derivation is not None and derivation.step.kind == kind
        assert derivation.step.parameter == (2, 0, 0)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (lambda d: place_on_canvas(d, Spot("unit", 0, 1)), "i2 is an input. It is 0.1."),
        (lambda d: place_in_table(d, "dataTable", 0, 1), "i2 is an input. It is 0.1."),
        (
            lambda d: place_on_canvas(d, Spot("target", 2, 1)),
            "This is the target of o2, what o2 is to put out. It is 0.99.",
        ),
        (lambda d: place_in_table(d, "dataTable", 0, 3), "This is the target of o2"),
        (
            lambda d: place_on_canvas(d, Spot("bias", 1, 1)),
            "b1 is the bias that the units of the hidden layer share, fixed: training leaves it "
            "alone. It is 0.35.",
        ),
        (lambda d: place_in_table(d, "weightsTable1", 0, 2), "b1 is the bias that the units"),
        (
            lambda d: place_on_canvas(d, Spot("unit", 1, 1)),
            "The activation of h2 has not been worked out yet: it is step 4 of 34",
        ),
        (
            lambda d: place_in_table(d, "dataTable", 0, 5),
            "The activation of o2 has not been worked out yet: it is step 8 of 34",
        ),
    ],
)
def test_what_is_given_or_lies_ahead_is_told_of(mazur: Driver, place: Place, words: str) -> None:
    click(mazur, place)
    assert explained(mazur).startswith(words)


def test_an_edit_shows_in_what_is_told_of_a_weight(mazur: Driver) -> None:
    click(mazur, on_canvas)
    mazur.press(Key.Key_7, Key.Key_Return)
    assert "It is 7." in explained(mazur)


def test_back_leads_to_the_summary_before_the_first_step(mazur: Driver) -> None:
    card = mazur.window.derivation.parent()
    assert isinstance(card, QStackedWidget)
    click(mazur, on_canvas)
    assert card.currentWidget() is mazur.window.derivation
    QTest.mouseClick(mazur.window.derivation.back_button, LEFT)
    assert card.currentWidget() is mazur.window.summary


def test_the_sample_of_a_clicked_row_is_the_one_that_is_told_of(xor: Driver) -> None:
    click(xor, lambda d: place_in_table(d, "dataTable", 2, 0))
    assert xor.view.sample == 2
    assert explained(xor).startswith("x1 is an input. It is 1 in sample 3.")


def test_a_row_chosen_by_its_number_asks_nothing(xor: Driver) -> None:
    xor.press(*[Key.Key_PageDown] * 3)
    table = xor.find(QTableView, "dataTable")
    header = table.verticalHeader()
    place = QPoint(8, header.sectionViewportPosition(2) + 8)
    QTest.mouseClick(header.viewport(), LEFT, pos=place)
    assert xor.view.sample == 2
    assert xor.window.canvas.view.selected is None
    derivation = xor.window.derivation.derivation
    assert derivation is not None and derivation.step == xor.view.step


# One selection


def framed(driver: Driver, table: str) -> list[tuple[int, int]]:
    """The cells of a table with a frame in the accent colour, while the focus is elsewhere."""
    grid: NumberTable = driver.find(NumberTable, table)
    assert not grid.hasFocus()
    accent = theme.current().colour("accent")
    picture = grid.viewport().grab().toImage()
    found = []
    for row in range(grid.numbers.rowCount()):
        for column in range(grid.numbers.columnCount()):
            cell = grid.visualRect(grid.numbers.index(row, column))
            across = range(cell.left(), cell.left() + 3)
            edge = [picture.pixelColor(x, cell.center().y()) for x in across]
            if any(_near(colour.rgb(), accent.rgb()) for colour in edge):
                found.append((row, column))
    return found


def _near(one: int, other: int) -> bool:
    return all(abs((one >> k & 255) - (other >> k & 255)) < 90 for k in (0, 8, 16))


def test_what_is_selected_on_the_canvas_is_framed_in_its_table(mazur: Driver) -> None:
    assert framed(mazur, "weightsTable2") == framed(mazur, "dataTable") == []
    click(mazur, on_canvas)
    assert framed(mazur, "weightsTable2") == [(0, 0)]
    click(mazur, lambda d: place_on_canvas(d, Spot("target", 2, 0)))
    assert framed(mazur, "weightsTable2") == [] and framed(mazur, "dataTable") == [(0, 2)]
    mazur.press(Key.Key_Escape)
    assert framed(mazur, "dataTable") == []


def test_what_is_selected_in_a_table_is_framed_on_the_canvas(mazur: Driver) -> None:
    canvas = mazur.window.canvas

    def picture(spot: Spot) -> object:
        place = canvas.place_of(spot).adjusted(-7, -7, 7, 7)
        return canvas.view.viewport().grab(place).toImage()

    plain = picture(W5)
    click(mazur, in_table)
    assert canvas.view.selected == W5 and picture(W5) != plain
    mazur.press(Key.Key_Down)
    assert canvas.view.selected == Spot("weight", 2, 1, 0) and picture(W5) == plain
    click(mazur, lambda d: place_in_table(d, "dataTable", 0, 1))
    assert canvas.view.selected == Spot("unit", 0, 1)


def test_another_network_has_nothing_selected(mazur: Driver) -> None:
    click(mazur, in_table)
    mazur.window.network.units_chosen.emit(1, 3)
    assert mazur.window.canvas.view.selected is None
    mazur.window.canvas.setFocus()
    assert framed(mazur, "weightsTable2") == []


# Editing


@BOTH
@pytest.mark.parametrize("key", [Key.Key_PageDown, Key.Key_Space])
def test_an_unchanged_editor_is_closed_by_a_key_that_steps(
    mazur: Driver, place: Place, key: Qt.Key
) -> None:
    double_click(mazur, place)
    mazur.press(key)
    assert editor(mazur) is None
    assert mazur.view.revealed == 1 and w5(mazur) == 0.4
    mazur.press(key)  # the keys go on from there
    assert mazur.view.revealed == 2
    double_click(mazur, place)
    mazur.press(Key.Key_PageUp)
    assert editor(mazur) is None and mazur.view.revealed == 1


@BOTH
def test_page_down_takes_what_is_typed_and_steps(mazur: Driver, place: Place) -> None:
    click(mazur, place)
    mazur.press(Key.Key_Period, Key.Key_7, Key.Key_5, Key.Key_PageDown)
    assert editor(mazur) is None
    assert w5(mazur) == 0.75 and mazur.view.revealed == 1


@BOTH
def test_page_down_does_not_step_over_what_is_wrong(mazur: Driver, place: Place) -> None:
    field = double_click(mazur, place)
    QTest.keyClicks(field, "oops")
    mazur.press(Key.Key_PageDown)
    assert editor(mazur) is field and field.text() == "oops" and field.property("wrong")
    assert mazur.view.revealed == 0
    mazur.press(Key.Key_Escape)
    assert editor(mazur) is None and w5(mazur) == 0.4
    mazur.press(Key.Key_PageDown)
    assert mazur.view.revealed == 1


@pytest.mark.parametrize("revealed", [0, 34])
def test_why_it_is_wrong_stands_beside_the_pointer(mazur: Driver, revealed: int) -> None:
    """Under it, it would be gone at once: with a gradient the field stands above its label."""
    mazur.press(*[Key.Key_PageDown] * revealed)
    port, point = on_the_left(mazur)
    QCursor.setPos(port.mapToGlobal(point))
    field = double_click(mazur, on_the_left)
    QTest.keyClicks(field, "0.4.5")
    mazur.press(Key.Key_Return)
    assert QToolTip.isVisible() and "decimal point" in QToolTip.text()
    [tip] = [each for each in QApplication.topLevelWidgets() if each.inherits("QTipLabel")]
    assert not tip.geometry().contains(QCursor.pos())
    mazur.press(Key.Key_Escape)


@BOTH
def test_letters_and_blanks_in_a_changed_editor_are_text(mazur: Driver, place: Place) -> None:
    click(mazur, place)
    mazur.press(Key.Key_5)
    field = editor(mazur)
    assert field is not None
    QTest.keyClicks(field, " te")
    assert field.text() == "5 te"
    assert mazur.view.revealed == 0 and mazur.view.t == 0


@BOTH
def test_enter_and_escape_leave_an_unchanged_editor(mazur: Driver, place: Place) -> None:
    for key in (Key.Key_Return, Key.Key_Escape):
        double_click(mazur, place)
        mazur.press(key)
        assert editor(mazur) is None and w5(mazur) == 0.4
    assert mazur.window.session.undo_stack.count() == 0


def test_page_down_takes_what_is_typed_into_a_panel_too(mazur: Driver) -> None:
    rate = mazur.find(QLineEdit, "learning_rate")
    rate.setFocus()
    mazur.press(Key.Key_PageDown)
    assert mazur.view.revealed == 1
    rate.setFocus()
    mazur.press(Key.Key_Space)
    assert mazur.view.revealed == 2
    rate.setFocus()
    QTest.keyClicks(rate, "0.25")
    mazur.press(Key.Key_PageDown)
    assert mazur.view.spec.optimizer["learning_rate"] == 0.25 and mazur.view.revealed == 3
    rate.setFocus()
    QTest.keyClicks(rate, "oops")
    mazur.press(Key.Key_PageDown)
    assert rate.hasFocus() and rate.text() == "oops" and mazur.view.revealed == 3


# The hint


def message(driver: Driver) -> str:
    return driver.window.statusBar().currentMessage()


@BOTH
def test_the_first_click_says_how_to_edit_and_no_other(mazur: Driver, place: Place) -> None:
    assert message(mazur) == ""
    click(mazur, place)
    assert message(mazur).startswith("A click asks about a number. Double click it")
    mazur.window.statusBar().clearMessage()
    click(mazur, on_canvas)
    assert message(mazur) == ""
    again = Driver(mazur.qtbot)  # the next start of the same installation
    mazur.qtbot.addWidget(again.window, before_close_func=lambda _: again.window.close_quietly())
    again.open("mazur-2-2-2")
    click(again, place)
    assert message(again) == ""


# What is refused


def test_what_is_refused_is_told_of_as_the_field_is_left(mazur: Driver) -> None:
    rate = mazur.find(QLineEdit, "learning_rate")
    told = '"oops" is not a number: the learning rate is still 0.5.'
    for leave in (
        lambda: mazur.press(Key.Key_Tab),
        lambda: click(mazur, on_canvas),
        lambda: mazur.menu("Fit the network").trigger(),
        lambda: QTest.mouseClick(mazur.find(QWidget, "step"), LEFT),
    ):
        mazur.window.statusBar().clearMessage()
        rate.setFocus()
        QTest.keyClicks(rate, "oops")
        leave()
        assert rate.text() == "0.5" and not rate.property("wrong")
        assert message(mazur) == told


def test_a_menu_leaves_what_was_told(mazur: Driver) -> None:
    rate = mazur.find(QLineEdit, "learning_rate")
    rate.setFocus()
    QTest.keyClicks(rate, "-3")
    menu = mazur.window.menuBar().actions()[0].menu()
    menu.popup(mazur.window.mapToGlobal(QPoint(10, 30)))
    for action in menu.actions()[:3]:
        QTest.mouseMove(menu, menu.actionGeometry(action).center())
        menu.setActiveAction(action)
    menu.close()
    assert message(mazur).endswith(": the learning rate is still 0.5.")
    assert len(message(mazur)) > len(": the learning rate is still 0.5.")


def test_a_count_that_is_refused_is_told_of(mazur: Driver) -> None:
    units = mazur.find(QWidget, "units1")
    units.setFocus()
    units.selectAll()
    QTest.keyClicks(units, "x")
    mazur.press(Key.Key_Tab)
    assert units.text() == "2"
    assert message(mazur).startswith('"x" is not a whole number. Units of ')
    assert ": still 2 (1 to " in message(mazur)


def test_a_number_refused_on_the_canvas_is_told_of(mazur: Driver) -> None:
    field = double_click(mazur, on_canvas)
    QTest.keyClicks(field, "oops")
    click(mazur, lambda d: place_on_canvas(d, Spot("unit", 1, 0)))
    told = '"oops" is not a number: the weight w5 from h1 to o1 is still 0.4.'
    assert message(mazur) == told


def test_a_menu_of_the_canvas_takes_what_is_typed_first(mazur: Driver) -> None:
    units = mazur.find(QWidget, "units1")
    units.setFocus()
    units.selectAll()
    QTest.keyClicks(units, "4")
    port, point = place_on_canvas(mazur, Spot("unit", 2, 0))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, port.mapToGlobal(point))
    QApplication.sendEvent(port, event)
    popup = QApplication.activePopupWidget()
    assert popup is not None
    popup.close()
    assert mazur.view.spec.network.sizes == (2, 4, 2)


def test_a_menu_of_a_table_takes_what_is_typed_first(xor: Driver) -> None:
    inputs = xor.find(QWidget, "units0")
    inputs.setFocus()
    inputs.selectAll()
    QTest.keyClicks(inputs, "3")
    remove = next(a for a in xor.find(QTableView, "dataTable").actions() if "Remove" in a.text())
    remove.trigger()
    assert xor.view.spec.data.inputs.shape == (3, 3)


def test_saving_says_what_was_refused_and_saves_the_rest(mazur: Driver, tmp_path: Path) -> None:
    path = tmp_path / "mine.backpass.json"
    path.write_bytes(write_document(read_example("mazur-2-2-2")))
    mazur.window.documents.open_path(path)
    mazur.type_into(mazur.find(QLineEdit, "learning_rate"), "0.25")
    rate = mazur.find(QLineEdit, "learning_rate")
    rate.setFocus()
    QTest.keyClicks(rate, "oops")
    QTest.keyClick(rate, Key.Key_S, Held.ControlModifier)
    assert message(mazur) == '"oops" is not a number: the learning rate is still 0.25.'
    saved = read_document(path.read_bytes())
    assert saved.spec.optimizer["learning_rate"] == 0.25
