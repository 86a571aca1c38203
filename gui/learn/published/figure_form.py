"""FigureForm: where a person types in a figure of their source: what it is of, and the number."""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QCompleter, QGridLayout, QLineEdit, QWidget

from engine.documents.document import Published
from engine.learn.published.comparison import MOST_ITERATIONS
from engine.learn.published.quantities import Quantities, figure
from gui import theme
from gui.widgets.buttons import Button
from gui.widgets.count_field import CountField
from gui.widgets.labels import ErrorLabel, SecondaryLabel
from gui.widgets.layouts import row

_COUNT_WIDTH = 76  # pixels


class _Line(QLineEdit):
    """A field that reports Enter, Escape, and several pasted lines, which it does not take in."""

    entered = Signal()
    left = Signal()
    lines_pasted = Signal(str)

    def __init__(self, name: str, accessible_name: str, hint: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(accessible_name)
        self.setPlaceholderText(hint)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.matches(QKeySequence.StandardKey.Paste) and len(_lines()) > 1:
            self.lines_pasted.emit("\n".join(_lines()))
        else:
            super().keyPressEvent(event)


def _lines() -> list[str]:
    """What the clipboard holds, line by line."""
    return QGuiApplication.clipboard().text().strip().splitlines()


class FigureForm(QWidget):
    """Fields for a figure: what it is of, its iteration and sample, and the printed number.

    `entered` carries the Published that was typed, `lines_pasted` the text of several lines;
    `left` comes from Escape.

    What is no quantity of the network or no number is refused below the fields with a sentence,
    and what was typed stays.
    """

    entered = Signal(object)
    lines_pasted = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._quantities: Quantities | None = None
        self._problem = ""
        self.quantity = _Line("figureQuantity", "Quantity", "such as w5")
        self.number = _Line("figureNumber", "Number as printed", "as printed")
        self.iteration = CountField("figureIteration", "Iteration", 1, MOST_ITERATIONS)
        self.sample = CountField("figureSample", "Sample", 1, 1)
        self.button = Button("Add", "addFigure", "Add this figure (Enter)", self._enter)
        self.problem = ErrorLabel("figureProblem")
        self._symbols = QStringListModel()
        completer = QCompleter(self._symbols, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.quantity.setCompleter(completer)
        for line in (self.quantity, self.number):
            line.entered.connect(self._enter)
            line.left.connect(self.left)
            line.lines_pasted.connect(self.lines_pasted)
            line.textEdited.connect(lambda: self.refuse(""))
        self._arrange()
        self.restyle()

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        grid.addWidget(self.quantity, 0, 0)
        grid.addWidget(self.number, 0, 1)
        grid.addWidget(self.button, 0, 2)
        iteration, sample = SecondaryLabel("iteration"), SecondaryLabel("sample")
        counts = row(iteration, self.iteration, sample, self.sample, None, gap=6)
        grid.addLayout(counts, 1, 0, 1, 3)
        grid.addWidget(self.problem, 2, 0, 1, 3)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)

    def offer(self, quantities: Quantities | str, samples: int) -> None:
        """Say what there is to choose from: the quantities, or a sentence why there is no choice;
        and how many samples."""
        self._quantities = None if isinstance(quantities, str) else quantities
        self._problem = quantities if isinstance(quantities, str) else ""
        self._symbols.setStringList([] if self._quantities is None else
                                    list(self._quantities.symbols))
        self.sample.setRange(1, samples)
        self.sample.setEnabled(samples > 1)

    @property
    def quantities(self) -> Quantities:
        """What there is to choose from. Raises ValueError where there is no choice."""
        if self._quantities is None:
            raise ValueError(self._problem)
        return self._quantities

    def fill(self, symbol: str, known: Published | None, button: str) -> None:
        """Begin with a figure (None: with none, at the iteration and sample of the last one)."""
        self.refuse("")
        self.button.setText(button)
        self.quantity.setText(symbol)
        self.number.setText("" if known is None else known.printed)
        if known is not None:
            self.iteration.show_count(known.iteration)
            self.sample.show_count(1 + (known.sample or 0))
        first = self.number if symbol else self.quantity
        first.setFocus()
        first.selectAll()

    def refuse(self, problem: str) -> None:
        """Say what is wrong with what was typed; empty: nothing is."""
        self.problem.say(problem)

    def _enter(self) -> None:
        sample = self.sample.value() - 1
        try:
            quantity = self.quantities.find(self.quantity.text())
            typed = figure(quantity, self.iteration.value(), sample, self.number.text())
        except ValueError as error:
            self.refuse(str(error))
            return
        self.entered.emit(typed)

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        for field in (self.iteration, self.sample):
            field.setMaximumWidth(theme.px(_COUNT_WIDTH))
