"""DerivationView: a derivation on two sheets, the explanation scrolling above the result."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from engine.derivations.derive import Derivation, Factor
from engine.formulas.formula import Line, Number
from engine.formulas.writer import Piece, T, Writer
from engine.formulas.writers import Prose
from gui import theme
from gui.formulas.formula_items import Formula, Look, wanted_pieces
from gui.formulas.sheet import Sheet
from gui.formulas.typesetting import Wanted
from gui.widgets.plain_text import set_tip

BAR = theme.NARROW_SCROLL_BAR + 3  # pixels that the scroll bar takes, and a gap before it

_HEADLINE = Look(14, 17, None, False)
_FORMULA = Look(12, 14, None, False)
_GAP = 8
_ENLARGED = (1.6, 1.4, 1.2, 1.0)  # how large a derivation may be that is to fill the room
_NO_MODIFIER = Qt.KeyboardModifier.NoModifier
_LOW = 240  # pixels of height below which only the result itself stays in place


class Explanation(Struct, frozen=True):
    """What the view shows: a derivation and, in one line, the one before it; or only words. `lead`
    stands before its title, which is then shown."""

    derivation: Derivation | None = None
    previous: Derivation | None = None
    message: Prose = ()
    titled: bool = False
    lead: str = ""
    long: bool = False
    typeset: bool = False
    digits: int | None = 6


class _Result(Struct, frozen=True):
    derivation: Derivation
    digits: int | None

    def pieces(self, writer: Writer[T]) -> list[Piece[T]]:
        return self.derivation.conclusion_pieces(writer, self.digits)


class _Area(QScrollArea):
    """Scrolls by wheel and arrows; the page keys step, here as everywhere. `numbered` carries the
    digit, from 1, that was pressed."""

    numbered = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_plain = event.modifiers() in (_NO_MODIFIER, Qt.KeyboardModifier.KeypadModifier)
        if is_plain and len(event.text()) == 1 and event.text() in "123456789":
            self.numbered.emit(int(event.text()))
        elif event.key() in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
            event.ignore()
        else:
            super().keyPressEvent(event)


class DerivationView(QWidget):
    """Previous line, headline, factors, table and notes in a scroll area; below it, always in
    sight, the result. `hovered` carries the Factor under the pointer, or None, and `clicked` what
    is asked about by a click on a factor, or with the keyboard by its number."""

    hovered = Signal(object)
    clicked = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.shown = Explanation()
        self.explanation = Sheet()
        self.explanation.setObjectName("derivationExplanation")
        self.explanation.hovered.connect(self.hovered)
        self.explanation.receives_clicks = True
        self.explanation.clicked.connect(self._ask)
        self.area = _Area(self)
        self.area.setObjectName("derivationArea")
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.area.setAccessibleName("derivation, its factors are asked about by 1, 2, 3")
        self.area.numbered.connect(self._ask_number)
        self.area.setWidget(self.explanation)
        self.explanation.setAutoFillBackground(False)  # setWidget turns it on
        self.result = Sheet(self)
        self.result.setObjectName("derivationResult")
        self._fills_room = False
        self._rule: int | None = None  # height of the line where the explanation scrolls under
        self.setMinimumHeight(80)

    def show_this(self, shown: Explanation) -> None:
        """Show something else; the scroll position stays only for the same derivation."""
        same = shown.derivation is self.shown.derivation
        self.shown = shown
        self._fill()
        if not same:
            self.area.verticalScrollBar().setValue(0)

    @property
    def _factors(self) -> tuple[Factor, ...]:
        derivation = self.shown.derivation
        if derivation is None:
            return ()
        return (*derivation.factors, *(derivation.long_form if self.shown.long else ()))

    def _ask_number(self, number: int) -> None:
        """Ask about the factor with a number, from 1, of those that can be asked about."""
        factors = [factor for factor in self._factors if factor.asked is not None]
        if number <= len(factors):
            self._ask(factors[number - 1])

    def _ask(self, factor: Factor) -> None:
        self.clicked.emit(factor.asked)

    def fill_room(self, wanted: bool) -> None:
        """Write everything as large as there is room for without scrolling and with all digits, or
        as large as text is elsewhere."""
        self._fills_room = wanted
        self._fill()

    def mark(self, factor: Factor | None) -> None:
        """Mark a factor and bring it into sight; None marks none."""
        self.explanation.mark(factor)
        span = None if factor is None else self.explanation.span_of(factor)
        if span is not None:
            half = (span[1] - span[0]) / 2
            self.area.ensureVisible(0, round(span[0] + half), 0, round(half) + 4)

    def wanted(self) -> list[Wanted]:
        """The pieces to be set before what is shown can be typeset."""
        derivation = self.shown.derivation
        if derivation is None:
            return []
        formulas: list[tuple[Formula, Look]] = [(derivation.headline, _HEADLINE)]
        long_form = derivation.long_form if self.shown.long else ()
        formulas += [(factor.line, _FORMULA) for factor in (*derivation.factors, *long_form)]
        formulas.append((_Result(derivation, self._digits), _FORMULA))
        return [w for formula, look in formulas for w in wanted_pieces(formula, self._look(look))]

    def picture(self) -> QPixmap:
        """Everything that is shown, whether in sight or not, in twice the pixels."""
        margin = theme.MARGIN
        width = self.explanation.extent + 2 * margin
        height = self.explanation.needed + _GAP + self.result.needed + 2 * margin
        picture = QPixmap(2 * width, 2 * height)
        picture.setDevicePixelRatio(2.0)
        picture.fill(theme.current().colour("card"))
        painter = QPainter(picture)
        bare = QWidget.RenderFlag.DrawChildren
        self.explanation.render(painter, QPoint(margin, margin), renderFlags=bare)
        below = margin + self.explanation.needed + _GAP
        self.result.render(painter, QPoint(margin, below), renderFlags=bare)
        painter.end()
        return picture

    @property
    def _digits(self) -> int | None:
        derivation = self.shown.derivation
        wanted = self.shown.digits
        return wanted if derivation is None else derivation.digits(wanted)

    def _look(self, look: Look) -> Look:
        return replace(look, digits=self._digits, typeset=self.shown.typeset)

    # Layout

    def _fill(self) -> None:
        for enlarged in _ENLARGED if self._fills_room else (1.0,):
            for sheet, build in (
                (self.explanation, self._explain), (self.result, self._conclude),
            ):  # fmt: skip
                sheet.enlarged = enlarged
                sheet.fill(build)
            height = self.explanation.needed + _GAP + self.result.needed
            if height <= self.height() and not self.explanation.shortens:
                break
        self._place()

    def _explain(self, sheet: Sheet) -> None:
        shown = self.shown
        if shown.previous is not None:
            line, digits = shown.previous.line, shown.previous.digits(shown.digits)
            value = Line(line.left, (), (Number(shown.previous.value),), line.relation)
            # On paper the line would end in a number that is not the one carried.
            sheet.add_small(line if shown.previous.carried is None else value, value, digits)
            sheet.add_rule(3.0)
        if shown.derivation is None:
            if shown.message:
                sheet.add_words(shown.message, theme.NORMAL, "secondary", 4.0)
            return
        derivation = shown.derivation
        if shown.titled or shown.lead or derivation.scope:
            parts = (shown.lead + derivation.title, derivation.scope)
            title = " · ".join(part for part in parts if part)
            sheet.add_words((title,), theme.NORMAL, "accent", 3.0)
        sheet.add_formula(derivation.headline, self._look(_HEADLINE), 5.0)
        sheet.add_room(1.0)
        for factor in derivation.factors:
            self._add_factor(sheet, factor)
        if derivation.table is not None:
            sheet.add_table(derivation.table, shown.digits, 9.0)
        for note in derivation.notes:
            sheet.add_words(note, theme.NORMAL, "ink", 9.0, self._digits)
        if shown.long and derivation.long_form:
            sheet.add_words(("the long form",), theme.NORMAL, "accent", 11.0)
            for factor in derivation.long_form:
                self._add_factor(sheet, factor)
        if self._is_low:
            self._add_what_follows(sheet, derivation)

    def _add_factor(self, sheet: Sheet, factor: Factor) -> None:
        line = factor.line
        if factor.is_column:
            prose = (line, ": ", *factor.meaning)
            sheet.add_words(prose, theme.NORMAL, "secondary", 4.0, self._digits, factor)
            return
        sheet.add_words(factor.meaning, theme.NORMAL, "secondary", 7.0, self._digits, factor)
        sheet.add_formula(line, self._look(_FORMULA), 3.0, factor)

    def _conclude(self, sheet: Sheet) -> None:
        derivation = self.shown.derivation
        if derivation is None:
            return
        sheet.add_band(_Result(derivation, self._digits), self._look(_FORMULA))
        if not self._is_low:
            self._add_what_follows(sheet, derivation)

    def _add_what_follows(self, sheet: Sheet, derivation: Derivation) -> None:
        if derivation.paper:
            sheet.add_words(derivation.paper, theme.NORMAL, "accent", 7.0, self._digits)
        short = footer = "shown in full"
        if derivation.paper:
            short = "rounded for the eye only"
            footer = f"{short}: training and parameters stay in full precision"
        elif self._digits is not None:
            short = f"{self._digits} digits shown"
            footer = f"shown to {self._digits} digits, carried in full"
        sheet.add_pair(derivation.used_next, short, footer, self._digits, 7.0)
        set_tip(self.result, f"{footer[:1].upper()}{footer[1:]}.")

    @property
    def _is_low(self) -> bool:
        return self.height() < theme.px(_LOW)

    def _place(self) -> None:
        """The result right below the explanation, or at the bottom where that scrolls."""
        below = self.result.needed
        room = self.height() - below - (_GAP if below else 0)
        height = max(0, min(self.explanation.needed, room))
        self.area.setGeometry(0, 0, self.width(), height)
        self.result.setGeometry(0, height + _GAP, self.width(), below)
        rule = height + _GAP // 2 if below and height < self.explanation.needed else None
        if rule != self._rule:
            self._rule = rule
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        extent = max(120, self.width() - BAR)
        was_low = event.oldSize().height() < theme.px(_LOW)
        self.explanation.set_extent(extent)
        self.result.set_extent(extent)
        if was_low != self._is_low or self._fills_room:
            self._fill()
        else:
            self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._rule is not None:
            painter = QPainter(self)
            painter.setPen(QPen(theme.current().colour("border"), 1.0))
            painter.drawLine(0, self._rule, self.explanation.extent, self._rule)
