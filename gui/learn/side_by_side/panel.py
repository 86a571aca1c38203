"""ComparisonPanel: the same document run right and with mistakes, side by side."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSlider, QWidget

from engine.learn.side_by_side.runs import Comparison
from engine.maths.network import FORWARD_ONLY
from engine.run.column_words import scaled_note
from engine.run.mistakes import ALWAYS_POSSIBLE, MISTAKES, why_not
from engine.text.numbers import format_count
from gui import theme
from gui.learn.side_by_side.two_curves import TwoCurves
from gui.tables.figure_table import FigureRow, FigureTable
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.choice import Choice, ChoiceItem
from gui.widgets.count_field import CountField
from gui.widgets.labels import PlainLabel, SecondaryLabel
from gui.widgets.layouts import NO_MARGINS, column, row

MOST_EPOCHS = 100_000
_FIRST_EPOCHS = 1000
_MOST_ROWS = 500
_HEADS = ("", "right", "mistake", "difference")
_ABSENT = "–"


class ComparisonPanel(QWidget):
    """Two loss curves, and the parameters of both runs after as many epochs as are chosen.

    What is compared are the mistakes of the document; where it makes none, one is chosen here.
    `asked` says that another comparison is wanted (`mistakes`, `epochs`), `stopped` that this one
    is to go no further. `show_comparison(None, False)` says that there is none to be made.
    """

    asked = Signal()
    stopped = Signal()
    parameter_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._comparison: Comparison | None = None
        self._chosen = ALWAYS_POSSIBLE
        self._is_moved = False  # the slider, by the person: then it stays there
        self._build()
        epochs = SecondaryLabel("epochs")
        head = row(
            (self.choice, 1), (self.mistake_names, 1), self.epochs_field, epochs, gap=theme.GAP
        )
        legend = row((self.legend, 1), self.stop_button, self.log_button, gap=theme.GAP)
        after = row(self.after, (self.slider, 1), gap=theme.GAP)
        parts = head, legend, (self.plot, 4), self.notes, after, (self.table, 5)
        self.setLayout(column(*parts, gap=6, margins=NO_MARGINS))
        self._take_sizes()

    def _build(self) -> None:
        self.choice = Choice("comparisonMistake", "mistake to compare with")
        self.choice.chosen.connect(self._on_chosen)
        self.mistake_names = PlainLabel(name="comparisonMistakes")
        self.mistake_names.setWordWrap(True)
        self.epochs_field = CountField("comparisonEpochs", "epochs to compare", 1, MOST_EPOCHS)
        self.epochs_field.show_count(_FIRST_EPOCHS)
        self.epochs_field.chosen.connect(lambda _: self.asked.emit())
        self.legend = SecondaryLabel(name="comparisonLegend")
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setWordWrap(True)
        self.stop_button = Button(
            "stop", "comparisonStop", "Go no further", self.stopped, link=True
        )
        self.log_button = Button("log", "comparisonLog", "Logarithmic loss axis", link=True)
        self.log_button.setCheckable(True)
        self.log_button.toggled.connect(self._on_log)
        self.plot = TwoCurves()
        self.notes = SecondaryLabel(name="comparisonNotes")
        self.notes.setWordWrap(True)
        self.after = SecondaryLabel(name="comparisonAfter")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("comparisonSlider")
        self.slider.setAccessibleName("epochs after which parameters are compared")
        self.slider.valueChanged.connect(self._show_place)
        self.slider.sliderMoved.connect(self._on_moved)
        self.slider.actionTriggered.connect(self._on_moved)
        self.table = FigureTable("Parameters of both runs")
        self.table.row_chosen.connect(self.parameter_chosen)

    # What is to be compared

    @property
    def mistakes(self) -> tuple[str, ...]:
        """Keys of the mistakes of the wrong run."""
        of_run = () if self._view is None else self._view.spec.mistakes
        return of_run or (self._chosen,)

    @property
    def epochs(self) -> int:
        """How many epochs both are run."""
        return self.epochs_field.value()

    def _on_chosen(self, key: str) -> None:
        self._chosen = key
        self.asked.emit()

    # What is shown

    def display(self, view: View) -> None:
        """Follow the mistakes, names and digits of a view."""
        before, self._view = self._view, view
        mistakes = view.spec.mistakes
        self.choice.setVisible(not mistakes)
        self.mistake_names.setVisible(bool(mistakes))
        if mistakes:
            self.mistake_names.setText(" · ".join(MISTAKES[key].title for key in mistakes))
        else:
            possible = [key for key in MISTAKES if not why_not(view.spec, key)]
            self.choice.offer([ChoiceItem(key, MISTAKES[key].title) for key in possible])
            if possible and self._chosen not in possible:
                self._chosen = possible[0]
            self.choice.show_key(self._chosen)
        looks = None if before is None else (before.digits, before.notation)
        if looks != (view.digits, view.notation) and self._comparison is not None:
            self._show_place()

    def show_comparison(self, comparison: Comparison | None, running: bool) -> None:
        """Show how far both have come (None: they have just begun), and whether they go on."""
        self._comparison = comparison
        self.stop_button.setVisible(running)
        self._show_legend()
        if comparison is None:
            self._is_moved = False
            self._clear()
            return
        right, wrong = comparison.right, comparison.wrong
        self.plot.show_curves(right.curve, wrong.curve, comparison.total)
        last = len(comparison.epochs) - 1
        place = self.slider.value() if self._is_moved else last
        self.slider.blockSignals(True)
        self.slider.setRange(0, last)
        self.slider.setValue(place)
        self.slider.blockSignals(False)
        self._show_place()

    def _clear(self) -> None:
        """There is nothing to compare, or not yet."""
        self.plot.show_curves(np.empty((0, 2)), np.empty((0, 2)), 1)
        self.table.show_rows(_HEADS, (), None)
        self.slider.setRange(0, 0)
        self.after.setText("")
        can_train = self._view is None or self._view.spec.can_train
        self.notes.setText("" if can_train else FORWARD_ONLY)
        self.notes.setVisible(not can_train)

    def _show_legend(self) -> None:
        colours = theme.current()
        self.legend.setText(
            f'<span style="color:{colours.positive}">━━</span> right &nbsp; '
            f'<span style="color:{colours.negative}">╍╍</span> with the mistake'
            f"{'' if len(self.mistakes) == 1 else 's'}"
        )

    def _on_moved(self) -> None:
        self._is_moved = True

    def _show_place(self) -> None:
        """Show the parameters after the epochs that the slider stands at."""
        comparison, view = self._comparison, self._view
        if comparison is None or view is None:
            return
        place = min(self.slider.value(), len(comparison.epochs) - 1)
        epoch = comparison.epochs[place]
        self.after.setText(f"after {format_count(epoch)} epoch{'' if epoch == 1 else 's'}")
        self.plot.mark_epoch(epoch)
        rows, is_part = _rows(view, comparison, place)
        self.table.show_rows(_HEADS, rows, view.digits)
        notes = _ends(comparison)
        if note := scaled_note(view.spec):
            notes.append(note)
        if is_part:
            notes.append(f"The {_MOST_ROWS} parameters that differ most.")
        self.notes.setText("\n".join(notes))
        self.notes.setVisible(bool(notes))

    def _on_log(self, wanted: bool) -> None:
        self.plot.log = wanted
        self.log_button.setText("log ✓" if wanted else "log")

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        self._take_sizes()
        self.plot.restyle()
        self.table.restyle()
        self._show_legend()

    def _take_sizes(self) -> None:
        self.epochs_field.setFixedWidth(theme.px(76))
        self.plot.setMinimumHeight(theme.px(80))


def _ends(comparison: Comparison) -> list[str]:
    """Which of the runs diverged, and how."""
    runs = (("Right", comparison.right), ("Mistake", comparison.wrong))
    said = [(name, run.divergence.sentence) for name, run in runs if run.divergence is not None]
    if len(said) == 2 and said[0][1] == said[1][1]:
        said = [("Both", said[0][1])]
    return [f"{name}: {sentence}" for name, sentence in said]


def _rows(view: View, comparison: Comparison, place: int) -> tuple[list[FigureRow], bool]:
    """The loss and a row per parameter; of very many those that differ most, and whether that is
    so."""
    network = view.spec.network
    right, wrong = comparison.right.theta(place), comparison.wrong.theta(place)
    known = right if right is not None else wrong
    if known is None or len(known) != network.size:
        return [], False
    indices = np.arange(network.size)
    is_part = network.size > _MOST_ROWS
    if is_part:
        changed = comparison.differences(place)
        off = np.zeros(network.size) if changed is None else np.abs(changed)
        indices = np.sort(np.argpartition(-off, _MOST_ROWS)[:_MOST_ROWS])
    epoch = comparison.epochs[place]
    losses = comparison.right.loss(epoch), comparison.wrong.loss(epoch)
    rows = [FigureRow(None, f"loss {view.notation.loss}", _cells(*losses))]
    for index in indices.tolist():
        parameter = network.parameter_at(index)
        values = (None if theta is None else float(theta[index]) for theta in (right, wrong))
        name = view.notation.parameter(network, parameter)
        rows.append(FigureRow(parameter, name, _cells(*values)))
    return rows, is_part


def _cells(right: float | None, wrong: float | None) -> tuple[float | str, ...]:
    """Both numbers and their difference, as far as they are there."""
    off = None if right is None or wrong is None else wrong - right
    return tuple(_ABSENT if value is None else value for value in (right, wrong, off))
