"""PredictPanel: asks for the next value, and says what is to be said of the answer."""

from __future__ import annotations

from html import escape

from msgspec.structs import replace
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QLabel,
    QLineEdit,
    QStackedWidget,
    QWidget,
)

from engine.formulas.writers import TextWriter, prose_text
from engine.learn.predict.hints import Hint
from engine.learn.predict.sitting import Score
from engine.run.value_kinds import ALSO, EVERY_KIND, KINDS
from engine.text.numbers import format_number
from gui import theme
from gui.formulas.formula_items import Look
from gui.formulas.sheet import Sheet
from gui.learn.predict.shown import ANSWERED, ASKED, BAD, GOOD, START, Question
from gui.view import Curtain, View
from gui.widgets.buttons import Button, CheckBox
from gui.widgets.labels import PlainLabel, SecondaryLabel, WrappedLabel
from gui.widgets.layouts import NO_MARGINS, Part, column, row
from gui.widgets.plain_text import set_tip
from gui.widgets.vertical_scroll import VerticalScroll

_FORMULA = Look(14, 17, 6, False)
_BAR, _SCROLL_BAR = 12, 10  # pixels: room beside the words, and what a scroll bar takes

_INTRODUCTION = (
    "Step as usual. Before a value of a kind that is hidden you are asked what it comes to."
)
_LOCKED = (
    "This document is locked: there are no hints and no derivations. Values of these kinds are "
    "asked for before they are shown:"
)
_OUTPUTS_HIDDEN = "Outputs, losses and curves are hidden meanwhile: they would give it away."
_MARKS = {GOOD: "✓ ", BAD: "✗ "}
_MOOD_COLOURS = {GOOD: "positive_text", BAD: "negative_text"}


class _Field(QLineEdit):
    """A line for an answer: Escape empties it first, and a key held down answers only once."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


class PredictPanel(QWidget):
    """Lets a person choose what is hidden, then asks for it value by value.

    `begun` carries name, hidden kinds and whether the person's own values count; `answered` the
    text typed.
    """

    begun = Signal(str, tuple, bool)
    answered = Signal(str)
    given_up = Signal()
    hint_asked = Signal()
    went_on = Signal()
    save_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown = Question()
        self._also: tuple[str, ...] = ()  # the extra kinds that the run has
        self._pages = QStackedWidget()
        self._pages.addWidget(_scrolling(self._make_start()))
        self._pages.addWidget(self._make_questions())
        self.setLayout(column(self._pages, margins=NO_MARGINS))
        self.setFocusProxy(self.name)
        self.restyle()

    # What it is made of

    def _make_start(self) -> QWidget:
        self.name = QLineEdit()
        self.name.setObjectName("predictName")
        self.name.setMaxLength(80)
        self.name.setPlaceholderText("for the result file")
        self.name.setAccessibleName("your name")
        self.name.returnPressed.connect(self._begin)
        self._introduction = _words()
        self.kinds: dict[str, CheckBox] = {}
        boxes = QGridLayout()
        boxes.setHorizontalSpacing(theme.GAP)
        boxes.setVerticalSpacing(theme.GAP)
        for place, (key, kind) in enumerate(KINDS.items()):
            box = CheckBox(kind.title)
            box.setObjectName(f"predict/{key}")
            box.toggled.connect(self._on_choice)
            self.kinds[key] = box
            boxes.addWidget(box, place % 3, place // 3)
        self.also: dict[str, CheckBox] = {}
        for place, (key, kind) in enumerate(ALSO.items()):
            box = CheckBox(kind.title)
            box.setObjectName(f"predict/{key}")
            box.toggled.connect(self._on_choice)
            self.also[key] = box
            boxes.addWidget(box, len(KINDS) // 2 + place, 0, 1, 2)  # their titles are long
        self.own_values = CheckBox("Mark from my own earlier values")
        self.own_values.setObjectName("predictOwnValues")
        set_tip(
            self.own_values,
            "An answer that follows from a wrong one before it gets full marks"
        )
        self._warning = _words()
        self.begin_button = Button(
            "Begin", "predictBegin", "Hide the values (Enter)", self._begin
        )
        self.begin_button.setProperty("primary", True)
        label = PlainLabel("Your name")
        label.setBuddy(self.name)
        named = row(label, (self.name, 1))
        return _page(
            self._introduction, boxes, self.own_values, named, self._warning, self.begin_button
        )

    def _make_questions(self) -> QWidget:
        self.score = SecondaryLabel(name="predictScore")
        self.save_button = Button(
            "save result…", "predictSave", "Write the answers into a result file",
            self.save_asked, link=True,
        )
        self.question = WrappedLabel("predictQuestion", rich=True)
        self.question.setProperty("letters", "headline")
        self.about = _words()
        self.field = _Field()
        self.field.setObjectName("predictField")
        self.field.returnPressed.connect(lambda: self.answered.emit(self.field.text()))
        self.check_button = Button("Check", "predictCheck", "Judge the answer (Enter)")
        self.check_button.clicked.connect(lambda: self.answered.emit(self.field.text()))
        self.feedback = WrappedLabel("predictFeedback", rich=True)
        self.hint_button = Button(
            "", "predictHint", "One more piece of the derivation", self.hint_asked, link=True
        )
        self.skip_button = Button(
            "skip", "predictSkip", "Show the value; counts as not answered", self.given_up,
            link=True,
        )
        self.go_on_button = Button(
            "Go on", "predictGoOn", "Step (Enter or Space)", self.went_on
        )
        self.hints = Sheet()
        self.hints.setObjectName("predictHints")

        head = row((self.score, 1), self.save_button, margins=(0, 0, _BAR, 0))
        line = row((self.field, 1), self.check_button)
        links = row(self.hint_button, self.skip_button, None, gap=theme.MARGIN)
        inside = _page(
            self.question, self.about, line, links, self.feedback, self.go_on_button, self.hints
        )
        self._scroll = _scrolling(inside)
        page = QWidget()
        page.setLayout(column(head, (self._scroll, 1), gap=theme.GAP, margins=NO_MARGINS))
        return page

    # What is shown

    def display(self, view: View) -> None:
        """Offer the kinds that the run of a view has; what is asked comes by show_question."""
        if view.spec.also != self._also:
            for key in {*view.spec.also}.symmetric_difference(self._also):
                self.also[key].show_checked(key in view.spec.also)
            self._also = view.spec.also
            self._offer()
            self._on_choice()

    def show_question(self, question: Question) -> None:
        """Show a question, or the choice of what is hidden."""
        before, self._shown = self._shown, question
        if question.stage == START:
            is_same = before.stage == START and before.locked == question.locked
            self._show_start(question, not is_same or before is question)
        else:
            self._show_asked(question, before)

    def _show_start(self, question: Question, is_new: bool) -> None:
        self._introduction.setText(_LOCKED if question.locked else _INTRODUCTION)
        for key, box in {**self.kinds, **self.also}.items():
            if question.locked or is_new:
                is_offered = not question.locked and key in self._also
                box.show_checked(key in question.hidden or is_offered)
            box.setEnabled(not question.locked)
        self._offer()
        if question.locked or is_new:
            self.own_values.show_checked(question.own_values)
        self.own_values.setEnabled(not question.locked)
        self._pages.setCurrentIndex(0)
        self.setFocusProxy(self.name)
        self._on_choice()

    def _on_choice(self) -> None:
        chosen = self.chosen()
        outputs = Curtain(chosen).hides_outputs
        self._warning.setText(_OUTPUTS_HIDDEN)
        self._warning.setVisible(outputs)
        self.begin_button.setEnabled(bool(chosen))

    def chosen(self) -> tuple[str, ...]:
        """The kinds that are to be hidden."""
        return tuple(
            key
            for key, box in {**self.kinds, **self.also}.items()
            if box.isChecked() and (key in KINDS or self._is_offered(key))
        )

    def _is_offered(self, key: str) -> bool:
        """Whether a kind of ALSO can be asked for: a locked document has what its lock says."""
        locked = self._shown.locked and key in self._shown.hidden
        return key in self._also or locked

    def _offer(self) -> None:
        for key, box in self.also.items():
            box.setVisible(self._is_offered(key))

    def _begin(self) -> None:
        if self.chosen():
            self.begun.emit(self.name.text(), self.chosen(), self.own_values.isChecked())

    def _show_asked(self, question: Question, before: Question) -> None:
        focus = QApplication.focusWidget()
        had_focus = focus is not None and self.isAncestorOf(focus)
        open_, settled = question.stage == ASKED, question.stage == ANSWERED
        self._pages.setCurrentIndex(1)
        self.score.setText(_score_words(question.score))
        for widget in (self.score, self.save_button):
            widget.setVisible(question.score.questions > 0)
        if open_ or settled:
            self.question.setText(f"What is {_lowered(question.symbol)}?")
            self.about.setText(question.about)
        else:
            names = ", ".join(EVERY_KIND[key].title for key in question.hidden)
            self.question.setText("Step on")
            self.about.setText(f"Enter or Space steps. Asked for before they are shown: {names}.")
        self._show_field(question, before)
        colour = theme.current().colour(_MOOD_COLOURS.get(question.mood, "ink")).name()
        said = escape(_MARKS.get(question.mood, "") + question.feedback).replace("\n", "<br>")
        self.feedback.setText(said.replace(escape(question.symbol), _lowered(question.symbol)))
        self.feedback.setStyleSheet(f"color: {colour}")
        self.feedback.setVisible(bool(question.feedback))
        self.go_on_button.setVisible(not open_)
        self._show_hints(question)
        if len(question.hints) > len(before.hints):
            QTimer.singleShot(0, self, self._bring_hint_into_sight)
        self._place_focus(question, before, had_focus)

    def _show_field(self, question: Question, before: Question) -> None:
        open_, settled = question.stage == ASKED, question.stage == ANSWERED
        is_new = open_ and (before.stage != ASKED or not _is_same_question(question, before))
        if is_new:
            self.field.clear()
        self.field.setAccessibleName(f"your value of {question.symbol}")
        self.field.setReadOnly(settled)
        self.field.setVisible(open_ or (settled and bool(question.answer)))
        self.check_button.setVisible(open_)
        self.skip_button.setVisible(open_)

    def _show_hints(self, question: Question) -> None:
        shown, total = len(question.hints), question.hints_in_all
        self.hint_button.setVisible(question.stage == ASKED and shown < total)
        self.hint_button.setText(f"hint {shown + 1} of {total}")
        self.hint_button.setAccessibleName(f"hint {shown + 1} of {total}")
        self.hints.fill(self._write_hints)
        self.hints.setVisible(bool(shown))
        self.hints.setAccessibleName("hints")
        texts = (_hint_text(hint, question.digits) for hint in question.hints)
        self.hints.setAccessibleDescription("\n".join(texts))

    def _bring_hint_into_sight(self) -> None:
        self._scroll.ensureVisible(0, self.hints.geometry().bottom(), 0, 2)

    def _write_hints(self, sheet: Sheet) -> None:
        digits = self._shown.digits
        for hint in self._shown.hints:
            factor = hint.factor
            if factor is not None and factor.is_column:
                prose = (factor.line, ": ", *factor.meaning)
                sheet.add_words(prose, theme.NORMAL, "secondary", 6.0, digits)
            elif factor is not None:
                sheet.add_words(factor.meaning, theme.NORMAL, "secondary", 8.0, digits)
                sheet.add_formula(factor.line, replace(_FORMULA, digits=digits), 3.0)
            if hint.table is not None:
                sheet.add_table(hint.table, digits, 8.0)

    def _place_focus(self, question: Question, before: Question, had_focus: bool) -> None:
        """The keyboard is where the next thing is to be done: in the field, or at "Go on"."""
        wanted: QWidget = self.field if question.stage == ASKED else self.go_on_button
        self.setFocusProxy(wanted)
        is_new = question.stage != before.stage or not _is_same_question(question, before)
        if is_new and (had_focus or question.stage == ASKED):
            wanted.setFocus()
        judged = (question.answer, question.feedback) != (before.answer, before.feedback)
        if question.stage == ASKED and question.mood == BAD and judged:
            self.field.setFocus()
            self.field.selectAll()

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self.hints.lay_out()
        self.show_question(self._shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        # As wide as it stays when the page is so high that it scrolls.
        self.hints.set_extent(max(120, self.width() - _BAR - _SCROLL_BAR))


def _lowered(symbol: str) -> str:
    """A symbol as rich text, with what follows the first low line below: δ_h1."""
    letter, _, below = escape(symbol).partition("_")
    return f"{letter}<sub>{below}</sub>" if below else letter


def _is_same_question(question: Question, before: Question) -> bool:
    return (question.symbol, question.about) == (before.symbol, before.about)


def _score_words(score: Score) -> str:
    if not score.questions:
        return ""
    words = f"{format_number(score.points)} of {score.questions} points"
    if score.hints:
        words += " · 1 hint" if score.hints == 1 else f" · {score.hints} hints"
    return words


def _hint_text(hint: Hint, digits: int | None) -> str:
    """A hint as one line of text, for a screen reader."""
    if hint.factor is None:
        rows = () if hint.table is None else hint.table.rows
        return "; ".join(
            f"{row.label}: " + ", ".join(format_number(value, digits) for value in row.values)
            for row in rows
        )
    meaning = prose_text(hint.factor.meaning, digits)
    return f"{meaning}: {hint.factor.line.write(TextWriter(digits))}"


def _words() -> QLabel:
    label = SecondaryLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label


def _page(*parts: Part) -> QWidget:
    page = QWidget()
    page.setLayout(column(*parts, None, gap=theme.GAP, margins=(0, 0, _BAR, 0)))
    return page


def _scrolling(inside: QWidget) -> VerticalScroll:
    area = VerticalScroll(inside)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area
