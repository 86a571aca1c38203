"""The New exercise dialog: what an exercise is made from, and its sheet and key as files."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialogButtonBox, QLineEdit, QSpinBox, QWidget

from engine.documents.document import Document
from engine.documents.whole_file import FileError
from engine.learn.exercises.exercise import (
    DECIMALS,
    MAX_UNITS,
    Exercise,
    ExerciseError,
    activations_by_hand,
    check_exercise,
    make_exercise,
    steps_of,
)
from engine.learn.exercises.files import key_beside, sheet_name, write_sheet_and_key
from engine.maths.activations import ACTIVATIONS
from engine.maths.losses import LOSSES
from gui import theme
from gui.documents.formats import PDF, file_kind, formats
from gui.documents.save_dialog import ask_where_to_write
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.form_dialog import FormDialog
from gui.widgets.labels import ErrorLabel, SecondaryLabel

_LARGEST_SEED = 999_999_999


class ExerciseDialog(FormDialog):
    """Asks for an exercise; `document()` is the one that was asked for.

    `folder` is where its files are offered to be saved.
    """

    def __init__(self, exercise: Exercise, folder: str, parent: QWidget | None = None) -> None:
        super().__init__("New exercise", parent)
        self._folder = folder
        self.sheet: Path | None = None  # that was saved last
        self._made: tuple[Exercise, Document] | None = None
        self._inputs = _spin("exerciseInputs", 1, MAX_UNITS, exercise.sizes[0])
        self._hidden = QLineEdit(", ".join(str(size) for size in exercise.sizes[1:-1]))
        self._hidden.setObjectName("exerciseHidden")
        self._hidden.setPlaceholderText("such as 2 or 3, 2; empty for none")
        self._outputs = _spin("exerciseOutputs", 1, MAX_UNITS, exercise.sizes[-1])
        self._activation = _choice(
            "exerciseActivation",
            "Activation",
            [ChoiceItem(key, ACTIVATIONS[key].title) for key in activations_by_hand()],
            exercise.activation,
        )
        self._loss = _choice(
            "exerciseLoss",
            "Loss",
            [ChoiceItem(key, loss.title) for key, loss in LOSSES.items()],
            exercise.loss,
        )
        self._decimals = _choice(
            "exerciseDecimals",
            "Digits",
            [ChoiceItem(str(n), f"{n} after the point") for n in DECIMALS],
            str(exercise.decimals),
        )
        self._seed = _spin("exerciseSeed", 0, _LARGEST_SEED, exercise.seed)
        self._preview = SecondaryLabel(name="exercisePreview")
        self._problem = ErrorLabel("exerciseProblem")
        self._place_fields()
        self._follow()
        self._show()

    def _place_fields(self) -> None:
        fields = {
            "&Inputs": self._inputs,
            "&Hidden units, layer by layer": self._hidden,
            "&Outputs": self._outputs,
            "&Activation": self._activation,
            "&Loss": self._loss,
            "&Digits": self._decimals,
            "&Variant": self._seed,
        }
        for label in (self._preview, self._problem):
            label.setWordWrap(True)
            label.setMinimumWidth(theme.px(420))
        opens = QDialogButtonBox.StandardButton.Open
        buttons = self.lay_out(fields, self._preview, self._problem, button=opens)
        self._save = buttons.addButton(
            "&Save sheet and key…", QDialogButtonBox.ButtonRole.ActionRole
        )
        self._save.setObjectName("exerciseSave")
        self._open = buttons.button(opens)
        self._open.setDefault(True)
        self._save.clicked.connect(self._save_files)

    def _follow(self) -> None:
        """Show what follows from the fields whenever one changes."""
        for field in (self._inputs, self._outputs, self._seed):
            field.valueChanged.connect(self._show)
        for choice in (self._activation, self._loss, self._decimals):
            choice.chosen.connect(self._show)
        self._hidden.textChanged.connect(self._show)

    def exercise(self) -> Exercise:
        """What the fields say. Raises ExerciseError with a sentence."""
        hidden = [word for word in re.split(r"[\s,;]+", self._hidden.text().strip()) if word]
        for word in hidden:
            if not word.isdecimal() or len(word) > 3:
                raise ExerciseError(f'"{word}" is no number of units; 2 or 3, 2 are possible.')
        exercise = Exercise(
            (self._inputs.value(), *map(int, hidden), self._outputs.value()),
            self._activation.key,
            self._loss.key,
            int(self._decimals.key),
            self._seed.value(),
        )
        check_exercise(exercise)
        return exercise

    def document(self) -> Document:
        """The document of the exercise. Raises ExerciseError with a sentence."""
        exercise = self.exercise()
        if self._made is None or self._made[0] != exercise:
            QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
            try:
                self._made = exercise, make_exercise(exercise)
            finally:
                QGuiApplication.restoreOverrideCursor()
        return self._made[1]

    def _show(self, *_: object) -> None:
        """Describe the exercise, or say why there is none."""
        problem = ""
        try:
            self._preview.setText(_in_words(self.exercise()))
        except ExerciseError as error:
            problem = str(error)
        self._problem.say(problem)
        self._open.setEnabled(not problem)
        self._save.setEnabled(not problem)
        self._preview.setVisible(not problem)

    def accept(self) -> None:
        try:
            self.document()
        except ExerciseError as error:
            self._problem.say(str(error))
            return
        super().accept()

    def _save_files(self) -> None:
        """Write the sheet to a file that is asked for, and the key beside it."""
        try:
            exercise, document = self.exercise(), self.document()
        except ExerciseError as error:
            self._problem.say(str(error))
            return
        start = Path(self._folder) / sheet_name(exercise, PDF)
        by_ending = formats()
        # The one that is proposed stands first.
        offered = sorted(by_ending.values(), key=lambda each: (each is not PDF, each.ending))
        title = "Save the sheet; the key goes beside it"
        kinds = [file_kind(each) for each in offered]
        sheet = ask_where_to_write(self, title, start, kinds, lambda path: [key_beside(path)])
        if sheet is None:
            return
        format = by_ending[sheet.suffix.lower().removeprefix(".")]
        try:
            sheet, key = write_sheet_and_key(sheet, document, exercise, format)
        except FileError as error:
            self._problem.say(str(error))
            return
        self._problem.say("")
        self.sheet, self._folder = sheet, str(sheet.parent)
        self._preview.setText(f"Saved as {sheet.name} and {key.name}.")


def _spin(name: str, lowest: int, highest: int, value: int) -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(name)
    spin.setRange(lowest, highest)
    spin.setValue(value)
    spin.selectAll()  # typing replaces it
    spin.setAlignment(Qt.AlignmentFlag.AlignCenter)
    return spin


def _choice(name: str, spoken: str, items: Sequence[ChoiceItem], chosen: str) -> Choice:
    choice = Choice(name, spoken)
    choice.offer(items)
    choice.show_key(chosen)
    choice.chosen.connect(choice.show_key)
    return choice


def _in_words(exercise: Exercise) -> str:
    """The network, what is to be done with it, and how much that is."""
    title, at_output = (
        ACTIVATIONS[key].title for key in (exercise.activation, exercise.output_activation)
    )
    parts = [_counted(exercise.sizes[0], "input")]
    for size in exercise.sizes[1:-1]:
        parts.append(f"{_counted(size, 'hidden unit')} ({title})")
    parts.append(f"{_counted(exercise.sizes[-1], 'output')} ({at_output})")
    return (
        f"A network with {', '.join(parts[:-1])} and {parts[-1]}, and one sample. One iteration "
        f"by hand has {steps_of(exercise)} values to work out, each rounded to "
        f"{exercise.decimals} digits after the point; none of them rounds half-way."
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
