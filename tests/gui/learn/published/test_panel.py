"""Published against right in the window: compared, explained, searched, typed in and saved."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton, QSpinBox
from pytestqt.qtbot import QtBot

from engine.documents.examples import read_example
from engine.documents.reading import read_document, write_document
from engine.run import edits
from gui.learn.published.panel import PublishedPanel
from gui.window.main_window import MainWindow

Opened = Callable[..., MainWindow]
SECONDS = 60_000  # of patience with a busy machine


@pytest.fixture
def opened(qtbot: QtBot) -> Iterator[Opened]:
    """opened("mazur-2-2-2"): a window on an example with the panel open and compared."""
    made: list[MainWindow] = []

    def make(name: str, width: int = 1440, height: int = 900) -> MainWindow:
        window = MainWindow(remember=False)
        made.append(window)
        window.documents.show(read_example(name), name)
        window.resize(width, height)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is window)
        action = window.findChild(QAction, "tool/Published against right")
        assert action is not None
        action.trigger()
        compared(qtbot, window)
        return window

    yield make
    for window in made:
        window.close_quietly()
        window.deleteLater()


def panel(window: MainWindow) -> PublishedPanel:
    found = window.tools.current
    assert isinstance(found, PublishedPanel)
    return found


def compared(qtbot: QtBot, window: MainWindow) -> None:
    """Wait until the figures that are there are compared."""
    qtbot.waitUntil(lambda: headline(window) != "Comparing …", timeout=SECONDS)


def headline(window: MainWindow) -> str:
    label = window.findChild(QLabel, "publishedHeadline")
    assert label is not None
    return label.text()


def note(window: MainWindow) -> str:
    label = window.findChild(QLabel, "publishedNote")
    assert label is not None
    return label.text() if label.isVisible() else ""


def button(window: MainWindow, name: str) -> QPushButton:
    found = [b for b in window.findChildren(QPushButton, name) if b.isVisible()]
    assert found, f"no button {name} to be seen"
    return found[0]


def press(window: MainWindow, name: str) -> None:
    QTest.mouseClick(button(window, name), Qt.MouseButton.LeftButton)


def click_row(window: MainWindow, row: int) -> None:
    figures = panel(window).list
    index = figures.model().index(row, 0)
    figures.scrollTo(index)
    QTest.mouseClick(
        figures.viewport(), Qt.MouseButton.LeftButton, pos=figures.visualRect(index).center()
    )


def rows(window: MainWindow) -> list[tuple[str, str, str, str]]:
    return [(x.symbol, x.printed, x.here, x.words) for x in panel(window).list.lines]


def type_in(window: MainWindow, symbol: str, number: str) -> None:
    """Fill the two lines of the form and press Enter in the second."""
    for name, text in (("figureQuantity", symbol), ("figureNumber", number)):
        line = window.findChild(QLineEdit, name)
        assert line is not None and line.isVisible()
        line.setFocus()
        line.selectAll()
        QTest.keyClicks(line, text)
    number_line = window.findChild(QLineEdit, "figureNumber")
    assert number_line is not None
    QTest.keyClick(number_line, Qt.Key.Key_Return)


def problem(window: MainWindow) -> str:
    label = window.findChild(QLabel, "figureProblem")
    assert label is not None
    return label.text() if label.isVisible() else ""


def test_each_figure_has_a_row_with_a_verdict_in_words(opened: Opened) -> None:
    window = opened("mazur-2-2-2")
    assert headline(window) == "11 agree, 4 differ"
    assert rows(window)[0] == ("E", "0.298371109", "0.298371109", "agrees")
    assert rows(window)[11] == ("E after", "0.291027924", "0.291027774", "differs")
    lines = panel(window).list.lines
    assert [lines[0].sign, lines[11].sign] == ["✓", "✗"]
    assert lines[12].where == "iteration 10,001"
    model = panel(window).list.model()
    spoken = model.index(11, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == (
        "E after, iteration 1: printed 0.291027924, here 0.291027774, differs"
    )


def test_a_click_explains_the_figure_and_goes_to_its_step(opened: Opened) -> None:
    window = opened("mazur-2-2-2")
    click_row(window, 3)
    assert note(window) == "Agrees in every digit printed."
    session = window.session
    assert session.spec.steps.id_at(session.place.revealed - 1).kind == "weight_update"
    click_row(window, 11)
    assert note(window) == "Differs: it would be 0.291027774."
    assert session.place.revealed == len(session.spec.steps)


def test_a_far_step_is_trained_for_only_when_asked(qtbot: QtBot, opened: Opened) -> None:
    window = opened("mazur-2-2-2")
    click_row(window, 13)
    assert (window.session.place.t, window.session.training) == (0, False)
    assert "The output after 10,000 updates." in note(window)
    press(window, "goToFigure")
    qtbot.waitUntil(lambda: window.session.place.t == 10_000, timeout=SECONDS)
    qtbot.waitUntil(lambda: window.session.place.revealed > 0, timeout=SECONDS)
    step = window.session.spec.steps.id_at(window.session.place.revealed - 1)
    assert (step.kind, step.layer, step.unit) == ("activation", 2, 0)


def test_the_search_names_the_mistake_and_one_click_turns_it_on(
    qtbot: QtBot, opened: Opened
) -> None:
    window = opened("mazur-2-2-2")
    press(window, "searchMistake")
    qtbot.waitUntil(lambda: "weights already updated" in note(window), timeout=SECONDS)
    assert "3 of the 4 figures that differ" in note(window)
    assert headline(window) == "11 agree, 3 by a mistake, 1 slip"
    press(window, "turnOn")
    assert [*window.session.spec.mistakes] == ["updated-weights"]
    compared(qtbot, window)
    assert headline(window) == "9 agree, 1 slip, 5 right without the mistake"
    window.session.undo_stack.undo()
    assert [*window.session.spec.mistakes] == []
    compared(qtbot, window)
    assert headline(window) == "11 agree, 3 by a mistake, 1 slip"


def test_two_possible_answers_can_both_be_turned_on(qtbot: QtBot, opened: Opened) -> None:
    window = opened("hand-2-2-1")
    press(window, "searchMistake")
    qtbot.waitUntil(lambda: "cannot tell them apart" in note(window), timeout=SECONDS)
    press(window, "turnOn")
    compared(qtbot, window)
    assert window.session.spec.mistakes == ("lost-link", "derivative-at-activation")
    assert headline(window) == "13 agree"


def test_figures_of_the_first_iterations_do_not_wait_for_later_ones(
    qtbot: QtBot, opened: Opened
) -> None:
    """Mazur's printed errors after 10,000 updates are the last to be compared."""
    window = opened("mazur-2-2-2")
    seen: list[list[str]] = []
    panel(window).list.model().dataChanged.connect(
        lambda: seen.append([line.words for line in panel(window).list.lines])
    )
    window.network.optimizer_setting_chosen.emit("learning_rate", 0.4)
    compared(qtbot, window)
    assert ["" for _ in range(15)] in seen
    assert any(all(words[:12]) and not any(words[12:]) for words in seen)
    assert all(seen[-1])


def test_a_search_does_not_hold_the_window_up_and_can_be_stopped(
    qtbot: QtBot, opened: Opened
) -> None:
    """With another learning rate no mistake gives these figures, which takes its time to see."""
    window = opened("xor-3-4-1")
    window.network.optimizer_setting_chosen.emit("learning_rate", 0.2)
    compared(qtbot, window)
    press(window, "searchMistake")
    assert button(window, "searchMistake").text() == "Stop"
    window.session.step()
    assert window.session.place.revealed == 1
    press(window, "searchMistake")
    assert button(window, "searchMistake").text() == "Which mistake gives these?"
    assert "turnOn" not in [b.objectName() for b in window.findChildren(QPushButton)]
    assert headline(window) == "1 agrees, 13 differ"


def test_a_convention_and_what_nobody_can_decide(qtbot: QtBot, opened: Opened) -> None:
    window = opened("matrix-2-2-1")
    assert headline(window) == "13 agree, 9 with the other sign"
    click_row(window, 7)
    assert "adds where one subtracts" in note(window)
    window.documents.show(read_example("xor-2-3-1-adam"), "xor-2-3-1-adam")
    qtbot.waitUntil(lambda: headline(window) == "4 cannot be decided", timeout=SECONDS)
    assert [line.where for line in panel(window).list.lines][3] == "iteration 2,001 · sample 4"


def test_figures_are_typed_in_undone_and_saved(qtbot: QtBot, opened: Opened) -> None:
    window = opened("one-neuron")
    assert headline(window) == "No figures yet"
    assert "such as w5" in note(window)
    type_in(window, "w", "0,8497")
    compared(qtbot, window)
    assert rows(window) == [("w", "0.8497", "0.8497", "agrees")]
    type_in(window, "dE/dw", "-0.12")
    compared(qtbot, window)
    assert headline(window) == "1 agrees, 1 differs"
    saved = read_document(write_document(window.session.document()))
    assert [figure.printed for figure in saved.published] == ["0.8497", "-0.12"]
    window.session.undo_stack.undo()
    assert [row[0] for row in rows(window)] == ["w"]
    window.session.undo_stack.undo()
    assert rows(window) == []


def test_nonsense_is_refused_with_a_sentence_and_stays_to_be_mended(opened: Opened) -> None:
    window = opened("one-neuron")
    type_in(window, "w7", "0.5")
    assert 'There is no "w7" here' in problem(window)
    type_in(window, "w", "a lot")
    assert "is not a number" in problem(window)
    line = window.findChild(QLineEdit, "figureNumber")
    assert line is not None and line.text() == "a lot"
    assert rows(window) == [] and not window.session.undo_stack.canUndo()


def test_an_iteration_and_a_sample_can_be_said(qtbot: QtBot, opened: Opened) -> None:
    window = opened("xor-3-4-1")
    press(window, "addFigures")
    for name, number in (("figureIteration", 2), ("figureSample", 3)):
        box = window.findChild(QSpinBox, name)
        assert box is not None
        box.setValue(number)
    type_in(window, "a_o", "0.8")
    compared(qtbot, window)
    figure = window.session.standing.published[-1]
    assert (figure.iteration, figure.sample, figure.printed) == (2, 2, "0.8")
    assert panel(window).list.lines[-1].where == "iteration 2 · sample 3"


def test_a_figure_is_changed_and_deleted(qtbot: QtBot, opened: Opened) -> None:
    window = opened("hand-2-2-1")
    click_row(window, 4)
    press(window, "editFigure")
    line = window.findChild(QLineEdit, "figureNumber")
    assert line is not None and line.text() == "0.221"
    line.selectAll()
    QTest.keyClicks(line, "-0.161")
    QTest.keyClick(line, Qt.Key.Key_Return)
    compared(qtbot, window)
    assert rows(window)[4] == ("δ_o", "−0.161", "−0.161", "agrees")
    # The remark was on 0.221; another number has none, but the same with a digit more has.
    assert panel(window).note.text() and "slope" not in panel(window).note.text()
    window.session.undo_stack.undo()
    click_row(window, 4)
    assert "Its slope of the loss" in panel(window).note.text()
    press(window, "editFigure")
    line.selectAll()
    QTest.keyClicks(line, "0.2210")
    QTest.keyClick(line, Qt.Key.Key_Return)
    compared(qtbot, window)
    assert rows(window)[4][1] == "0.2210"
    assert "Its slope of the loss" in panel(window).note.text()
    QTest.keyClick(panel(window).list, Qt.Key.Key_Delete)
    compared(qtbot, window)
    assert "δ_o" not in [row[0] for row in rows(window)]
    window.session.undo_stack.undo()
    window.session.undo_stack.undo()
    assert rows(window)[4][:2] == ("δ_o", "0.221")


def test_an_undo_ends_the_change_of_a_figure(qtbot: QtBot, opened: Opened) -> None:
    window = opened("one-neuron")
    type_in(window, "w", "0.8497")
    compared(qtbot, window)
    click_row(window, 0)
    QTest.keyClick(panel(window).list, Qt.Key.Key_F2)
    assert button(window, "addFigure").text() == "Change"
    window.session.undo_stack.undo()
    assert rows(window) == []
    type_in(window, "w", "0.85")
    compared(qtbot, window)
    assert rows(window) == [("w", "0.85", "0.85", "agrees")]


def test_lines_are_pasted_at_once(qtbot: QtBot, opened: Opened) -> None:
    window = opened("one-neuron")
    line = window.findChild(QLineEdit, "figureQuantity")
    assert line is not None
    QGuiApplication.clipboard().setText("w\t0.849738\nE after = 0.0413158\na_o 0.69")
    line.setFocus()
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    compared(qtbot, window)
    assert headline(window) == "3 agree"
    QGuiApplication.clipboard().setText("w 0.85\nv 0.1")
    QTest.keyClick(panel(window).list, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert 'Nothing was pasted. Line 2: There is no "v" here' in problem(window)
    assert len(rows(window)) == 3


def test_no_more_figures_are_taken_than_a_file_may_have(qtbot: QtBot, opened: Opened) -> None:
    window = opened("one-neuron")
    QGuiApplication.clipboard().setText("w 0.8497\n" * 1001)
    line = window.findChild(QLineEdit, "figureQuantity")
    assert line is not None
    QTest.keyClick(line, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert problem(window) == "At most 1,000 figures are possible."
    assert rows(window) == []


def test_an_edit_of_the_network_compares_anew(qtbot: QtBot, opened: Opened) -> None:
    window = opened("hand-2-2-1")
    window.session.apply("rate", lambda spec, state: (spec, state))
    compared(qtbot, window)
    window.network.optimizer_setting_chosen.emit("learning_rate", 0.2)
    compared(qtbot, window)
    assert rows(window)[7] == ("w1", "0.6996", "0.7031", "differs")
    window.network.units_chosen.emit(1, 1)
    compared(qtbot, window)
    assert ("no longer here", "0.582", "–", "cannot be decided") in rows(window)


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (1024, 600)])
def test_every_row_has_room_for_its_numbers(opened: Opened, width: int, height: int) -> None:
    window = opened("matrix-2-2-1", width, height)
    figures = panel(window).list
    for row in range(len(figures.lines)):
        rect = figures.visualRect(figures.model().index(row, 0))
        assert rect.width() <= figures.viewport().width()
        assert rect.height() >= 46
    assert figures.indexAt(QPoint(10, 10)).row() == 0


def test_closing_the_panel_calls_the_work_off(opened: Opened) -> None:
    window = opened("mazur-2-2-2")
    press(window, "searchMistake")
    press(window, "closeTool")
    assert window.tools.current is None
    window.session.step()
    assert window.session.place.revealed == 1


def test_with_dropout_it_is_said_that_the_source_drew_other_masks(
    qtbot: QtBot, opened: Opened
) -> None:
    window = opened("hand-2-2-1")
    assert "masks" not in note(window)
    window.session.apply("Dropout", edits.set_dropout, 1, 0.5)
    compared(qtbot, window)
    assert "the source drew other masks" in note(window)
    window.session.apply("None", edits.set_dropout, 1, 0.0)
    assert "masks" not in note(window)
    window.session.mark_saved()
