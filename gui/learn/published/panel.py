"""PublishedPanel: the figures of a document's source, one by one against the program's."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import UNSET
from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from engine.documents.document import Published
from engine.formulas.notation import Notation
from engine.learn.published.comparison import Compared, dropout_note, summary
from engine.learn.published.mistake_search import SearchAnswer, Suspect
from engine.learn.published.quantities import Quantities, quantity_of, read_lines
from engine.maths.network import Network
from engine.run.column_words import SCALED, is_scaled, scaled_note
from engine.run.limits import FIGURES
from engine.run.spec import Spec
from engine.text.numbers import format_count
from gui import theme
from gui.learn.published.figure_form import FigureForm
from gui.learn.published.printed_list import PrintedLine, PrintedList
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.labels import WrappedLabel
from gui.widgets.layouts import NO_MARGINS, row

_SEARCH, _STOP = "Which mistake gives these?", "Stop"
_EMPTY = (
    "Add what a textbook or your own sheet says, as many as you like: a symbol "
    "such as w5 (a parameter’s name means its new value), and the number as it is printed. Or "
    "copy lines such as w5 0.3589 and press Ctrl+V here."
)
_WRONG = ("slip", "mistake", "without", "differs")
_ORDINALS = ("first", "second")


class PublishedPanel(QWidget):
    """Shows a comparison as soon as there is one, and what a search for a mistake found.

    `step_requested` carries a Published and whether the way there may be trained;
    `mistakes_wanted` the keys of the mistakes to make.
    """

    figures_added = Signal(object)
    figure_changed = Signal(int, object)
    figure_removed = Signal(int)
    step_requested = Signal(object, bool)
    search_requested = Signal()
    search_stopped = Signal()
    mistakes_wanted = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: View | None = None
        self._compared: Sequence[Compared | None] = ()
        self._answer: SearchAnswer | None = None
        self._searching = False
        self._edited: int | None = None
        self._quantities_of: tuple[Network, Notation] | None = None
        self.headline = WrappedLabel("publishedHeadline")
        self.headline.setProperty("letters", "bold")
        self.search = Button(_SEARCH, "searchMistake")
        self.add = Button("Add a figure", "addFigures", "Type in a figure", link=True)
        self.list = PrintedList("Figures of the source, and the program’s")
        self.setFocusProxy(self.list)
        self.note = WrappedLabel("publishedNote")
        self.note.setProperty("letters", "small")
        self.go = Button("Go to it", "goToFigure", "Show this step (Enter)", link=True)
        self.edit = Button("Edit", "editFigure", "Change this figure (F2)", link=True)
        self.remove = Button("Delete", "deleteFigure", "Remove this figure (Del)", link=True)
        self.suspects = QHBoxLayout()
        self.form = FigureForm()
        self.form.hide()
        self._arrange()
        self._wire()

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.GAP)
        head = QHBoxLayout()
        head.addWidget(self.headline, 1)
        head.addWidget(self.add, alignment=Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)
        self._links = QWidget()
        self._links.setLayout(
            row(self.go, self.edit, self.remove, None, gap=theme.GAP, margins=NO_MARGINS)
        )
        layout.addLayout(head)
        layout.addWidget(self.search, alignment=Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.note)
        layout.addWidget(self._links)
        layout.addLayout(self.suspects)
        layout.setAlignment(self.suspects, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.form)
        self._below = QWidget()  # takes the room of the list where there is none
        layout.addWidget(self._below, 1)
        self._links.hide()
        self.note.hide()

    def _wire(self) -> None:
        self.search.clicked.connect(self._on_search)
        self.add.clicked.connect(lambda: self._begin(None))
        self.list.row_chosen.connect(self._on_row)
        self.list.go_wanted.connect(lambda row: self._request(row, True))
        self.list.edit_wanted.connect(self._begin)
        self.list.removal_wanted.connect(self.figure_removed)
        self.list.pasted.connect(self.paste)
        self.go.clicked.connect(lambda: self._with_row(lambda row: self._request(row, True)))
        self.edit.clicked.connect(lambda: self._with_row(self._begin))
        self.remove.clicked.connect(lambda: self._with_row(self.figure_removed.emit))
        self.form.entered.connect(self._on_entered)
        self.form.lines_pasted.connect(self.paste)
        self.form.left.connect(self._end)

    @property
    def figures(self) -> tuple[Published, ...]:
        """The figures that are shown, in the order of the list."""
        return () if self._view is None else self._view.published

    # What is shown

    def display(self, view: View) -> None:
        """Show the figures of a view's document."""
        before, self._view = self._view, view
        kept = before is not None and (
            before.published is view.published
            and before.spec is view.spec
            and before.notation == view.notation
        )
        if kept:
            return
        if self._edited is not None:
            self._end()  # the row may be another one now, or gone
        if self._quantities_of != (view.spec.network, view.notation):
            self._quantities_of = view.spec.network, view.notation
            self.form.offer(self._quantities(view), len(view.spec.data))
        elif before is not None and len(before.spec.data) != len(view.spec.data):
            self.form.offer(self._quantities(view), len(view.spec.data))
        self._show()

    def _quantities(self, view: View) -> Quantities | str:
        try:
            return Quantities(view.spec.network, view.notation)
        except ValueError as error:
            return str(error)

    def show_comparison(self, compared: Sequence[Compared | None] | None) -> None:
        """Show what the figures came to; None, for one or for all, while it is being found out."""
        self._compared = compared or ()
        self._show()

    def show_searching(self, searching: bool) -> None:
        """Show whether a mistake is being looked for."""
        self._searching = searching
        self.search.setText(_STOP if searching else _SEARCH)
        if searching:
            self._tell("Trying the mistakes, one by one and in pairs …")
        elif self._answer is None:
            self._explain()

    def show_answer(self, answer: SearchAnswer | None) -> None:
        """Show what the search found; None: what it found is out of date."""
        self._answer = answer
        if answer is None:
            self._explain()
            return
        self.list.clearSelection()
        self._tell(answer.sentence)
        if answer.open:
            self.list.reveal(min(answer.open), and_what_follows=True)
        offered = answer.suspects[: len(_ORDINALS)]
        for suspect, ordinal in zip(offered, _ORDINALS, strict=False):
            self._offer(suspect, "it" if len(offered) == 1 else f"the {ordinal}")

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self.list.restyle()
        self.form.restyle()

    def _show(self) -> None:
        view, compared = self._view, self._compared
        if view is None:
            return
        if len(compared) != len(self.figures):
            compared = [None] * len(self.figures)
        known = [each for each in compared if each is not None]
        if not self.figures:
            self.headline.setText("No figures yet")
        else:
            is_whole = len(known) == len(self.figures)
            words = summary(known) if is_whole else "Comparing …"
            self.headline.setText(f"{words} · {SCALED}" if is_scaled(view.spec) else words)
        for part in (self.search, self.list):
            part.setVisible(bool(self.figures))
        self._below.setVisible(not self.figures)
        if not self.figures:
            self.form.show()
        self.list.show_lines(
            [
                _line(view, figure, each)
                for figure, each in zip(self.figures, compared, strict=True)
            ]
        )
        if self._answer is None and not self._searching:
            self._explain()

    def _explain(self) -> None:
        """Say what there is to say of the row that the person is at."""
        row = self.list.chosen
        if row is None or row >= len(self.figures):
            note = "" if self._view is None else _note(self._view.spec)
            self._tell(note if self.figures else f"{_EMPTY} {note}".rstrip())
            return
        sentences = []
        if row < len(self._compared) and (compared := self._compared[row]) is not None:
            sentences.append(compared.verdict.sentence)
        sentences.append(self.figures[row].remark)
        self._tell(" ".join(filter(None, sentences)), links=True)

    def _tell(self, text: str, links: bool = False) -> None:
        self.note.setText(text)
        self.note.setVisible(bool(text))
        self._links.setVisible(links)
        while (item := self.suspects.takeAt(0)) is not None:
            widget = item.widget()
            assert widget is not None
            widget.hide()
            widget.deleteLater()

    def _offer(self, suspect: Suspect, which: str) -> None:
        """A way to make the mistakes that were found."""
        tip = f"Run with {suspect.title} from here on; Undo brings the right way back"
        button = Button(f"Turn {which} on", "turnOn", tip, link=which != "it")
        button.clicked.connect(lambda: self.mistakes_wanted.emit(suspect.mistakes))
        self.suspects.addWidget(button)
        button.show()

    # What the person does

    def _on_search(self) -> None:
        if self._searching:
            self.search_stopped.emit()
        else:
            self.search_requested.emit()

    def _with_row(self, act: object) -> None:
        row = self.list.chosen
        if row is not None and callable(act):
            act(row)

    def _on_row(self, row: int) -> None:
        self._answer = None
        self._explain()
        self._request(row, False)

    def _request(self, row: int, deliberate: bool) -> None:
        self.step_requested.emit(self.figures[row], deliberate)

    def _begin(self, row: int | None) -> None:
        """Open the form, for a row or for a new figure."""
        self._edited = row
        known = None if row is None else self.figures[row]
        symbol = "" if row is None else self.list.lines[row].symbol
        self._tell("")  # for the room
        self.form.show()
        self.form.fill(symbol, known, "Add" if row is None else "Change")

    def _end(self) -> None:
        self._edited = None
        self.form.button.setText("Add")
        self.form.setVisible(not self.figures)
        self.list.setFocus()
        self._explain()

    def _on_entered(self, typed: Published) -> None:
        row = self._edited
        if row is None:
            if self._has_room_for(1):
                self.figures_added.emit((typed,))
                self.form.fill("", None, "Add")
                self.list.scrollToBottom()
        else:
            before = self.figures[row]
            # A remark is of the figure as it is printed, so another number has none.
            same = quantity_of(before) == quantity_of(typed) and (
                float(before.printed) == float(typed.printed)
            )
            remark = before.remark if same else ""
            self._end()
            kept = replace(typed, remark=remark, unknown_start=before.unknown_start)
            self.figure_changed.emit(row, kept)

    def paste(self, text: str) -> None:
        """Add the figures of pasted lines, of the iteration and sample that the form shows."""
        try:
            figures = read_lines(
                text, self.form.quantities, self.form.iteration.value(),
                self.form.sample.value() - 1,
            )
        except ValueError as error:
            self.form.show()
            self.form.refuse(f"Nothing was pasted. {error}")
            return
        if self._has_room_for(len(figures)):
            self.form.refuse("")
            self.figures_added.emit(figures)

    def _has_room_for(self, count: int) -> bool:
        """Whether the document may have so many figures more; says so if not."""
        has_room = len(self.figures) + count in FIGURES
        if not has_room:
            self.form.show()
            self.form.refuse(f"At most {format_count(FIGURES.most)} figures are possible.")
        return has_room


def _note(spec: Spec) -> str:
    """What holds for all figures: whose numbers they are held against."""
    return " ".join(filter(None, (scaled_note(spec), dropout_note(spec))))


def _line(view: View, figure: Published, compared: Compared | None) -> PrintedLine:
    if figure.fits(view.spec):
        symbol = quantity_of(figure).symbol(view.spec.network, view.notation)
    else:
        symbol = "no longer here"
    where = f"iteration {format_count(figure.iteration)}"
    if figure.sample is not UNSET and len(view.spec.data) > 1:
        where = f"{where} · sample {figure.sample + 1}"
    printed = _on_screen(figure.printed)
    if compared is None:
        return PrintedLine(symbol, where, printed, "", "", "")
    verdict = compared.verdict
    colour = "error" if verdict.key in _WRONG else "secondary"
    shown = _on_screen(compared.shown)
    return PrintedLine(symbol, where, printed, shown, verdict.sign, verdict.words, colour)


def _on_screen(number: str) -> str:
    return number.replace("-", "\u2212")
