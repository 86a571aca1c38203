"""LessonStrip: one step of a lesson, across the top of the network."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from engine.learn.lessons.page import Page
from gui import theme
from gui.widgets.buttons import Button
from gui.widgets.labels import PlainLabel, SecondaryLabel, WrappedLabel
from gui.widgets.layouts import column, row
from gui.widgets.plain_text import set_tip
from gui.widgets.style_property import set_style_property
from gui.widgets.tab_order import follow_on
from gui.widgets.vertical_scroll import VerticalScroll

# In a window lower than this the heading runs into the text, and the text scrolls earlier.
_LOW = 700
_LOW_LINES, _HIGH_LINES = 3, 8  # lines of text at most
_STEADY_LINES = 2  # kept in a high window, so that few steps move the network
_MARK = 14
_BAR = 3


class LessonStrip(QFrame):
    """A card with the heading, the text, and what is waited for; hidden while there is no lesson.

    Enter goes on where the focus is in it. It reports what was pressed; whether the lesson goes
    on then is up to the guide.
    """

    back_requested = Signal()
    next_requested = Signal()
    show_requested = Signal()
    close_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName("lesson")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._page: Page | None = None
        self._is_aside = False

        self._bar = _Bar()
        self._heading = PlainLabel(name="lessonHeading")
        self._heading.setProperty("letters", "bold")
        self._place = SecondaryLabel(name="lessonPlace")
        self._text = WrappedLabel("lessonText", rich=True)
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._scroll = VerticalScroll(self._text)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.viewport().setAutoFillBackground(False)
        self._mark = _Mark()
        self._asked = WrappedLabel("lessonAsked")
        self.show_button = Button(
            "Show me", "lessonShow", "Let the program do this step", self.show_requested, link=True
        )
        self.back_button = Button(
            "Back", "lessonBack", "The step before", self.back_requested, link=True
        )
        self.next_button = Button(
            "Next", "lessonNext", "Go on (Ctrl+Enter)", self.next_requested
        )
        self.close_button = Button(
            "✕", "lessonClose", "Leave the lesson", self.close_requested, link=True
        )
        self.close_button.setAccessibleName("Leave the lesson")
        self._arrange()
        self.restyle()
        self.hide()

    def _arrange(self) -> None:
        self._head = row(self._heading, None, self._place, self.close_button, gap=theme.GAP)
        buttons = self.show_button, self.back_button, self.next_button
        self._foot = row(self._mark, (self._asked, 1), *buttons, gap=theme.GAP)
        self._layout = column(self._bar, self._head, self._scroll, self._foot, gap=4)
        self.setLayout(self._layout)

    # What is shown

    def show_page(self, page: Page | None) -> None:
        """Show a step; None puts the strip away."""
        if page == self._page:
            return
        turned = page is None or self._page is None or page.number != self._page.number
        self._page = page
        if page is None:
            self.hide()
            return
        self._bar.show_progress(page.number, page.reached, page.count, page.done)
        self._place.setText(f"{page.title} · {page.number} of {page.count}")
        self._heading.setText(page.heading)
        self._mark.setVisible(not page.by_reading)
        self._mark.show_state(page.done)
        self._asked.setText(page.asked)
        self.next_button.setText("Finish" if page.is_last else "Next")
        self.next_button.setAccessibleName(self.next_button.text())
        if not page.done and self.next_button.hasFocus():
            self.setFocus()  # a button that is disabled would send the focus elsewhere
        self.next_button.setEnabled(page.done)
        set_style_property(self.next_button, "primary", page.done)
        self.back_button.setVisible(page.number > 1)
        self.show_button.setVisible(not page.done)
        state = "done" if page.done else "to do"
        self.setAccessibleDescription(f"{page.heading}. {page.asked} ({state})")
        self.setVisible(not self._is_aside)
        self._fit()
        if turned:
            self._scroll.verticalScrollBar().setValue(0)

    def put_aside(self, is_aside: bool) -> None:
        """Be out of sight for a while, whatever the lesson does, or be back."""
        self._is_aside = is_aside
        self.setVisible(self._page is not None and not is_aside)

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self._bar.update()
        self._mark.restyle()
        self._fit()

    def come_before(self, widget: QWidget) -> None:
        """Have Tab lead through the strip and on to a widget."""
        buttons = self.show_button, self.back_button, self.next_button, self.close_button
        follow_on(widget.previousInFocusChain(), (self, *buttons))

    # Its height

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Give the text the height it needs, up to what the window can spare."""
        if self._page is None:
            return
        low = self.window().height() < theme.px(_LOW)
        self._heading.setVisible(not low)
        self._place.setVisible(not low)
        home = self._foot if low else self._head
        if home.indexOf(self.close_button) < 0:
            home.addWidget(self.close_button)
        paragraphs = list(self._page.paragraphs)
        if low:
            paragraphs[0] = f"<b>{escape(self._page.heading)}.</b> {paragraphs[0]}"
        set_tip(self, self._place.text() if low else "")
        html = "".join(f"<p style='margin:0 0 4px 0'>{text}</p>" for text in paragraphs)
        if html != self._text.text():
            self._text.setText(html)
        for label in (self._text, self._asked):
            set_style_property(label, "letters", "small" if low else "")
        edge = 6 if low else theme.GAP
        self._layout.setContentsMargins(theme.MARGIN, edge, theme.MARGIN, edge)
        needed = self._text.heightForWidth(self.contentsRect().width() - 2 * theme.MARGIN)
        least, most = (0, _LOW_LINES) if low else (_STEADY_LINES, _HIGH_LINES)
        line = self._text.fontMetrics().lineSpacing()
        self._scroll.setFixedHeight(max(min(needed, most * line + 2), least * line))
        self._layout.activate()
        self.setFixedHeight(self._layout.heightForWidth(self.width()))
        # Within a resize Qt lays out for the height there was, which cuts the last line off.
        self._layout.setGeometry(self.contentsRect())

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self._scroll.verticalScrollBar()
        key = event.key()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.next_button.isEnabled():
            self.next_requested.emit()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and bar.maximum() > 0:
            step = bar.singleStep() if key == Qt.Key.Key_Down else -bar.singleStep()
            bar.setValue(bar.value() + step)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(theme.current().colour("accent"))
            inside = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(inside, theme.RADIUS, theme.RADIUS)


class _Bar(QWidget):
    """How far the lesson is: a piece per step."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_BAR)
        self._number, self._reached, self._count, self._done = 1, 1, 1, False

    def show_progress(self, number: int, reached: int, count: int, done: bool) -> None:
        self._number, self._reached, self._count, self._done = number, reached, count, done
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(100, _BAR)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        colours, gap = theme.current(), 4.0
        width = (self.width() - gap * (self._count - 1)) / self._count
        for number in range(1, self._count + 1):
            name = "accent_done" if number < self._reached else "border"
            painter.setBrush(colours.colour("accent" if number == self._number else name))
            left = (number - 1) * (width + gap)
            painter.drawRoundedRect(QRectF(left, 0, width, _BAR), 1.5, 1.5)


class _Mark(QWidget):
    """A ring for what is to be done, a tick once it is."""

    def __init__(self) -> None:
        super().__init__()
        self._done = False
        self.restyle()

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self.setFixedSize(theme.px(_MARK), theme.px(_MARK))
        self.update()

    def show_state(self, done: bool) -> None:
        self._done = done
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(theme.scale(), theme.scale())
        colour = theme.current().colour("accent")
        painter.setPen(QPen(colour, 1.5))
        if self._done:
            painter.setBrush(colour)
            painter.drawEllipse(QRectF(1, 1, _MARK - 2, _MARK - 2))
            painter.setPen(QPen(theme.current().colour("accent_ink"), 1.8))
            painter.drawLine(4, 7, 6, 9)
            painter.drawLine(6, 9, 10, 5)
        else:
            painter.drawEllipse(QRectF(1, 1, _MARK - 2, _MARK - 2))
