"""WayIn: a large button with a drawing, a title and a sentence, as the welcome has three of."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from gui import theme
from gui.widgets.labels import PlainLabel, SecondaryLabel
from gui.widgets.layouts import column

Drawing = Callable[[QPainter], None]

_CANVAS = QSize(190, 104)  # pixels that a drawing is made for


class WayIn(QPushButton):
    """One way into the program; what is drawn on it belongs to it and says nothing more."""

    def __init__(self, drawing: Drawing, title: str, sentence: str, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setProperty("wayIn", True)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        heading, words = PlainLabel(title), SecondaryLabel(sentence)
        heading.setFont(theme.font(theme.TITLE, bold=True))
        words.setWordWrap(True)
        for part in (picture := _Sketch(drawing), heading, words):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        around = (theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        layout = column(picture, heading, words, None, gap=theme.GAP, margins=around)
        self.setLayout(layout)

    def sizeHint(self) -> QSize:
        layout = self.layout()
        assert layout is not None
        width = theme.px(_CANVAS.width() + 2 * theme.MARGIN)
        return QSize(width, layout.totalHeightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        layout = self.layout()
        assert layout is not None
        return layout.totalHeightForWidth(width)


class _Sketch(QWidget):
    """A drawing in the colours of the theme, as large as the text."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self._drawing = drawing
        self.setFixedHeight(theme.px(_CANVAS.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate((self.width() - theme.px(_CANVAS.width())) / 2, 0)
        painter.scale(theme.scale(), theme.scale())
        self._drawing(painter)
        painter.end()


# What is drawn, on 190 × 104 pixels


def draw_neuron(painter: QPainter) -> None:
    """An input, a weight and a unit, and the next number, which is not known yet."""
    ends = QPointF(26, 52), QPointF(140, 52)
    _edge(painter, *ends, "accent", 4)
    _pill(painter, QRectF(56, 41, 50, 22), "w 0.8")
    _unit(painter, ends[0], 20, "1.5")
    _unit(painter, ends[1], 36, "1.2 − 0.4", "= ?", lit=True)


def draw_xor(painter: QPainter) -> None:
    """The XOR network and what it has learnt to tell apart."""
    inputs = [QPointF(14, y) for y in (34, 70)]
    hidden = [QPointF(56, y) for y in (16, 52, 88)]
    output = QPointF(98, 52)
    for number, unit in enumerate(hidden):
        for k, source in enumerate(inputs):
            _edge(painter, source, unit, "negative" if (number + k) % 2 else "positive", 2)
        _edge(painter, unit, output, "negative" if number == 1 else "positive", 2)
    for place in (*inputs, *hidden, output):
        _unit(painter, place, 9)
    for row in range(2):
        for across in range(2):
            middle = QPointF(139 + 34 * across, 35 + 34 * row)
            colour = theme.current().colour("positive" if row == across else "negative")
            wash = QColor(colour)
            wash.setAlphaF(0.25)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(wash)
            painter.drawRect(QRectF(middle.x() - 17, middle.y() - 17, 34, 34))
            painter.setBrush(colour)
            painter.drawEllipse(middle, 6, 6)


def draw_table(painter: QPainter) -> None:
    """A table of one's own, with a row to be added."""
    colours = theme.current()
    painter.setPen(QPen(colours.colour("border"), 1))
    painter.setBrush(colours.colour("sunken"))
    painter.drawRect(QRectF(22, 10, 146, 20))
    painter.setBrush(colours.colour("card"))
    painter.drawRect(QRectF(22, 30, 146, 64))
    painter.setFont(theme.drawn_font(theme.SMALL))
    rows = (("x1", "x2", "t"), ("0.5", "1.2", "1"), ("−0.3", "0.8", "0"), ("+", "", ""))
    for line, texts in enumerate(rows):
        for place, text in enumerate(texts):
            box = QRectF(22 + place * 49, 10 + line * 21, 48, 20)
            is_new = text == "+"
            painter.setPen(colours.colour("accent" if is_new else "ink" if line else "secondary"))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _edge(painter: QPainter, start: QPointF, end: QPointF, colour: str, width: float) -> None:
    style = Qt.PenStyle.DashLine if colour == "negative" else Qt.PenStyle.SolidLine
    painter.setPen(QPen(theme.current().colour(colour), width, style))
    painter.drawLine(start, end)


def _unit(
    painter: QPainter, middle: QPointF, radius: float, *texts: str, lit: bool = False
) -> None:
    colours = theme.current()
    painter.setPen(QPen(colours.colour("accent" if lit else "secondary"), 2 if lit else 1.5))
    painter.setBrush(colours.colour("accent_soft" if lit else "card"))
    painter.drawEllipse(middle, radius, radius)
    painter.setPen(colours.colour("ink"))
    painter.setFont(theme.drawn_font(theme.SMALL))
    height = 16.0
    top = middle.y() - height * len(texts) / 2
    for line, text in enumerate(texts):
        box = QRectF(middle.x() - 50, top + line * height, 100, height)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


def _pill(painter: QPainter, place: QRectF, text: str) -> None:
    colours = theme.current()
    painter.setPen(QPen(colours.colour("border"), 1))
    painter.setBrush(colours.colour("card"))
    painter.drawRoundedRect(place, place.height() / 2, place.height() / 2)
    painter.setPen(colours.colour("ink"))
    painter.setFont(theme.drawn_font(theme.SMALL))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, text)
