"""The New dialog: what a person fills in is what opens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QMessageBox,
    QPushButton,
    QSpinBox,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from engine.data.datasets import DATASETS
from engine.documents.reading import read_document, write_document
from engine.maths.network import Parameter
from engine.run import edits
from gui import theme
from gui.documents.new_dialog import NewDialog
from gui.window.main_window import MainWindow
from tests.gui.conftest import choose


class Person:
    def __init__(self, qtbot: QtBot, remember: bool = False) -> None:
        self.dialog = NewDialog(remember=remember)
        qtbot.addWidget(self.dialog)
        self.dialog.show()
        self.dialog.activateWindow()
        assert QTest.qWaitForWindowActive(self.dialog)

    def choose(self, name: str, key: str) -> None:
        choose(self.dialog.findChild(QComboBox, name), key)

    def count(self, name: str, number: int) -> None:
        self.dialog.findChild(QSpinBox, name).setValue(number)

    def type(self, row: int, column: int, text: str, confirm: Qt.Key = Qt.Key.Key_Return) -> None:
        """Type into a cell of the table, and Enter."""
        self.table.setFocus()
        self.table.setCurrentIndex(self.table.model().index(row, column))
        QTest.keyClicks(self.table, text[0])
        editor = QApplication.focusWidget()
        assert isinstance(editor, QLineEdit)
        QTest.keyClicks(editor, text[1:])
        QTest.keyClick(editor, confirm)

    @property
    def table(self) -> QTableView:
        return self.dialog.findChild(QTableView, "newTable")

    @property
    def heads(self) -> list[str]:
        model = self.table.model()
        columns = range(model.columnCount())
        return [model.headerData(column, Qt.Orientation.Horizontal) for column in columns]

    @property
    def problem(self) -> str:
        return self.dialog.findChild(QLabel, "newProblem").text()


@pytest.fixture
def person(qtbot: QtBot) -> Person:
    return Person(qtbot)


def test_a_network_of_my_own_with_samples_that_are_typed(person: Person) -> None:
    assert not person.table.isVisible()
    person.choose("newData", "own")
    assert person.table.isVisible() and person.heads == ["x1", "x2", "t"]
    person.count("newInputs", 3)
    person.count("newOutputs", 2)
    person.count("newSamples", 2)
    assert person.heads == ["x1", "x2", "x3", "t1", "t2"]
    for column, text in enumerate(("0.5", "-1", "2", "1", ".25")):
        person.type(1, column, text)
        assert person.dialog.isVisible()
    hidden = person.dialog.findChild(QLineEdit, "newHidden")
    hidden.setText("4")
    preview = person.dialog.findChild(QLabel, "newPreview")
    assert preview.text() == "The units: x1, x2, x3 → h1, h2, h3, h4 → o1, o2"
    QTest.keyClick(person.dialog, Qt.Key.Key_Return)
    assert not person.dialog.isVisible()
    document = read_document(write_document(person.dialog.document()))
    spec = document.spec
    assert spec.network.sizes == (3, 4, 2) and document.title == "3-4-2, own data"
    assert spec.network.inputs == ("x1", "x2", "x3")
    assert spec.network.layers[-1].units == ("o1", "o2")
    assert spec.data.target_names == ("t1", "t2")
    assert spec.data.inputs.tolist() == [[0, 0, 0], [0.5, -1, 2]]
    assert spec.data.targets.tolist() == [[0, 0], [1, 0.25]]


def test_a_list_is_used_by_keys_as_in_any_dialog(person: Person) -> None:
    data = person.dialog.findChild(QComboBox, "newData")
    data.setFocus()
    QTest.keyClicks(data, "t")  # which trains, in the window
    assert data.currentData() == "rings"
    QTest.keyClick(data, Qt.Key.Key_Space)
    assert data.view().isVisible()
    QTest.keyClick(data.view(), Qt.Key.Key_Escape)
    QTest.keyClick(data, Qt.Key.Key_Return)
    assert not person.dialog.isVisible()


def test_what_was_filled_in_stays_as_far_as_it_fits(person: Person) -> None:
    person.choose("newData", "own")
    person.type(3, 2, "7")
    person.count("newInputs", 4)
    person.count("newOutputs", 3)
    person.count("newSamples", 6)
    person.count("newInputs", 1)
    person.count("newOutputs", 1)
    data = person.dialog.document().spec.data
    assert data.inputs.tolist() == [[0], [0], [1], [1], [0], [0]]
    assert data.targets.tolist() == [[0], [0], [0], [7], [0], [0]]


def test_numbers_are_pasted_all_or_none(person: Person) -> None:
    person.choose("newData", "own")
    person.table.setFocus()
    person.table.setCurrentIndex(person.table.model().index(2, 1))
    QGuiApplication.clipboard().setText("1\t2\n3\t4")
    QTest.keySequence(person.table, "Ctrl+V")
    data = person.dialog.document().spec.data
    assert data.inputs[2:, 1].tolist() == [1, 3] and data.targets[2:, 0].tolist() == [2, 4]
    QGuiApplication.clipboard().setText("1\t2\t3")
    QTest.keySequence(person.table, "Ctrl+V")
    assert "room for 2 of 2" in person.problem
    assert np.array_equal(person.dialog.document().spec.data.inputs, data.inputs)


@pytest.mark.parametrize("text, sentence", [("5e", "5e"), ("1e13", "1e12")])
def test_what_is_no_number_is_said_and_not_taken(
    person: Person, text: str, sentence: str
) -> None:
    person.choose("newData", "own")
    person.type(0, 0, text)
    assert sentence in person.problem and person.dialog.isVisible()
    assert person.dialog.document().spec.data.inputs[0, 0] == 0.0


@pytest.mark.parametrize(
    "hidden, sentence",
    [
        ("3, x", 'A layer has 1 to 512 units; "x" is no such number.'),
        ("513", '"513"'),
        ("9" * 5000, "no such number"),
        ("1 1 1 1 1 1 1 1 1", "At most 8 hidden layers"),
    ],
)
def test_hidden_layers_that_cannot_be_are_refused(
    person: Person, hidden: str, sentence: str
) -> None:
    person.dialog.findChild(QLineEdit, "newHidden").setText(hidden)
    QTest.keyClick(person.dialog, Qt.Key.Key_Return)
    assert sentence in person.problem and person.dialog.isVisible()


def test_what_does_not_go_together_is_refused(person: Person) -> None:
    person.choose("newData", "own")
    person.choose("newOutputActivation", "softmax")
    person.dialog.accept()
    assert "two outputs or more" in person.problem and person.dialog.isVisible()
    person.count("newOutputs", 2)
    person.type(0, 2, "2")
    person.dialog.accept()
    assert "targets from 0 to 1" in person.problem and person.dialog.isVisible()
    person.type(0, 2, "1")
    person.dialog.accept()
    assert not person.dialog.isVisible()
    assert person.dialog.document().spec.loss == "categorical_cross_entropy"


def test_what_can_be_chosen_of_a_set(person: Person) -> None:
    fields = {f.objectName(): f for f in person.dialog.findChildren(QDoubleSpinBox)}

    def shown() -> list[str]:
        return [name for name, field in fields.items() if field.isVisible()]

    person.choose("newData", "moons")
    assert sorted(shown()) == ["newSetting-count", "newSetting-noise"]
    fields["newSetting-noise"].setValue(50.0)
    fields["newSetting-count"].setValue(31)
    spec = person.dialog.document().spec
    assert len(spec.data) == 31 and spec.optimizer.key == "adam"
    assert spec.data.inputs.tolist() == (
        DATASETS["moons"].made(1, {"noise": 50.0, "count": 31}).inputs.tolist()
    )
    person.choose("newData", "parity")
    assert "newSetting-bits" in shown()
    fields["newSetting-bits"].setValue(3)
    assert person.dialog.document().spec.network.sizes == (3, 6, 1)
    person.dialog.findChild(QLineEdit, "newHidden").setText("5")
    fields["newSetting-bits"].setValue(6)
    assert person.dialog.document().spec.network.sizes == (6, 5, 1)
    person.choose("newData", "iris")
    assert shown() == []
    document = read_document(write_document(person.dialog.document()))
    assert document.title == "4-6-3, Iris: three species of flowers"
    assert document.spec.network.layers[-1].units == ("setosa", "versicolor", "virginica")
    assert document.spec.network.inputs[0] == "sepal length"
    person.choose("newData", "own")
    assert shown() == []


def test_the_title_says_what_was_made(person: Person) -> None:
    person.choose("newData", "sine")
    person.dialog.findChild(QLineEdit, "newHidden").setText("5")
    assert person.dialog.document().title == "1-5-1, points along a sine wave"


def fill_in(person: Person) -> None:
    person.choose("newData", "own")
    person.count("newInputs", 3)
    person.count("newSamples", 2)
    person.type(1, 2, "0.125")
    person.dialog.findChild(QLineEdit, "newHidden").setText("5, 4")
    person.choose("newActivation", "tanh")


def filled_in(person: Person) -> tuple[object, ...]:
    find = person.dialog.findChild
    model = person.table.model()
    cells = [
        model.data(model.index(row, column))
        for row in range(model.rowCount()) for column in range(model.columnCount())
    ]
    counts = [find(QSpinBox, f"new{name}").value() for name in ("Inputs", "Outputs", "Samples")]
    choices = [
        find(QComboBox, f"new{name}").currentData()
        for name in ("Data", "Activation", "OutputActivation")
    ]
    return cells, counts, choices, find(QLineEdit, "newHidden").text(), person.heads


def test_what_was_filled_in_is_there_again_until_something_is_made_of_it(qtbot: QtBot) -> None:
    first = Person(qtbot, remember=True)
    again = first.dialog.findChild(QWidget, "newAgain")
    assert not again.isVisible()
    empty = filled_in(first)
    fill_in(first)
    wanted = filled_in(first)
    QTest.qWait(400)  # the program ends here, and nobody has closed the dialog
    second = Person(qtbot, remember=True)
    assert filled_in(second) == wanted and "0.125" in wanted[0]
    assert second.dialog.findChild(QWidget, "newAgain").isVisible()
    second.dialog.reject()  # nor is it lost by Escape
    third = Person(qtbot, remember=True)
    assert filled_in(third) == wanted
    QTest.mouseClick(
        third.dialog.findChild(QPushButton, "newAnew"), Qt.MouseButton.LeftButton
    )
    assert filled_in(third)[1:4] == empty[1:4]
    third.dialog.reject()
    assert filled_in(Person(qtbot, remember=True))[1:4] == empty[1:4]


def test_what_was_chosen_of_a_set_is_there_again(qtbot: QtBot) -> None:
    first = Person(qtbot, remember=True)
    first.choose("newData", "moons")
    first.dialog.findChild(QDoubleSpinBox, "newSetting-noise").setValue(12.5)
    first.dialog.findChild(QLineEdit, "newHidden").setText("4")
    first.dialog.reject()
    second = Person(qtbot, remember=True)
    assert second.dialog.findChild(QDoubleSpinBox, "newSetting-noise").value() == 12.5
    spec = second.dialog.document().spec
    assert spec.network.sizes == (2, 4, 1)
    expected = DATASETS["moons"].made(1, {"noise": 12.5})
    assert spec.data.inputs.tolist() == expected.inputs.tolist()


@pytest.mark.parametrize("text", ["", "{}", "[" * 9000, '{"data": "own", "inputs": 1000000000}'])
def test_a_broken_draft_costs_nothing(qtbot: QtBot, text: str) -> None:
    person = Person(qtbot, remember=True)
    fill_in(person)
    person.dialog.reject()
    kind = QStandardPaths.StandardLocation.AppLocalDataLocation
    path = Path(QStandardPaths.writableLocation(kind)) / "new.json"
    assert path.is_file()
    path.write_text(text)
    assert not Person(qtbot, remember=True).dialog.findChild(QWidget, "newAgain").isVisible()


def test_what_was_created_is_not_offered_again_unless_leaving_was_called_off(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = MainWindow()
    qtbot.addWidget(window, before_close_func=lambda _: window.session.mark_saved())
    window.documents.show_example("mazur-2-2-2")
    kept: list[bool] = []

    def create(dialog: NewDialog) -> bool:
        kept.append(dialog.findChild(QWidget, "newAgain").isVisibleTo(dialog))
        choose(dialog.findChild(QComboBox, "newData"), "own")
        dialog.findChild(QLineEdit, "newHidden").setText("7")
        dialog.accept()
        return True

    monkeypatch.setattr(NewDialog, "exec", create)
    answers = [QMessageBox.StandardButton.Cancel, QMessageBox.StandardButton.Discard]
    monkeypatch.setattr(QMessageBox, "exec", lambda box: answers.pop(0))
    window.session.apply("w1 = 1", edits.set_parameters, [(Parameter(1, 0, 0), 1.0)])
    window.documents.new()  # what is open stays open
    assert window.session.spec.network.sizes == (2, 2, 2)
    window.documents.new()
    assert window.session.spec.network.sizes == (2, 7, 1)
    monkeypatch.setattr(QMessageBox, "exec", lambda box: QMessageBox.StandardButton.Discard)
    window.documents.new()
    assert kept == [False, True, False]


def test_what_the_hidden_units_activation_reads_is_asked_for(qtbot: QtBot) -> None:
    person = Person(qtbot, remember=True)

    def field(key: str) -> QLineEdit:
        return person.dialog.findChild(QLineEdit, f"new-{key}")

    person.choose("newData", "xor")
    assert field("gain").isVisible() and not field("alpha").isVisible()
    person.choose("newActivation", "gelu")
    assert not field("gain").isVisible()
    person.choose("newActivation", "elu")
    assert field("alpha").isVisible()
    field("alpha").setFocus()
    field("alpha").selectAll()
    QTest.keyClicks(field("alpha"), "-1")
    person.dialog.accept()
    assert person.dialog.isVisible() and "above 0" in field("alpha").toolTip()
    field("alpha").selectAll()
    QTest.keyClicks(field("alpha"), "0.5")
    QTest.keyClick(field("alpha"), Qt.Key.Key_Tab)
    person.dialog.reject()
    person = Person(qtbot, remember=True)
    assert field("alpha").isVisible() and field("alpha").text() == "0.5"
    layers = person.dialog.document().spec.network.layers
    assert layers[0].changed_settings == {"alpha": 0.5} and not layers[-1].changed_settings
    person.dialog.forget()


def test_start_values_are_drawn_as_was_asked_for(person: Person) -> None:
    dialog = person.dialog
    assert dialog.document().spec.initializer == "glorot_uniform"
    field = dialog.findChild(QLineEdit, "new-initializer-sd")
    assert not field.isVisible()
    person.choose("newInitializer", "normal")
    assert field.isVisible()
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, "0.25")
    QTest.keyClick(field, Qt.Key.Key_Return)
    document = dialog.document()
    assert document.spec.initializer_settings["sd"] == 0.25
    assert document.start.tobytes() == document.spec.draw(1).tobytes()
    read = read_document(write_document(document))
    assert read.spec.initializer_settings == document.spec.initializer_settings


def test_numbers_and_texts_of_the_form_begin_at_one_edge(
    qtbot: QtBot, qapp: QApplication
) -> None:
    theme.apply(qapp, "light", 100)
    dialog = Person(qtbot).dialog
    numbers = [field.findChild(QLineEdit) for field in dialog.findChildren(QDoubleSpinBox)]
    seen = [
        field for field in (*numbers, dialog.findChild(QLineEdit, "newHidden"))
        if field.isVisible()
    ]
    edges = []
    for field in seen:
        field.setCursorPosition(0)
        edges.append(field.mapTo(dialog, field.cursorRect().topLeft()).x())
    assert len(seen) > 1 and max(edges) - min(edges) <= 3, edges
