"""Text on the canvas: laid out once and kept, since the same words are painted many times."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText

from engine.text.numbers import fewer_digits, format_distinct, format_number
from gui import theme

_OF_NUMBERS = frozenset("0123456789.−e")


class Text(NamedTuple):
    """Words at a place (left, and the middle of the line), with the name of a theme colour."""

    words: str
    x: float
    y: float
    pixels: int = theme.CANVAS
    bold: bool = False
    colour: str = "ink"
    struck: bool = False

    @property
    def width(self) -> float:
        """Pixels that the words take."""
        return width(self.words, self.pixels, self.bold)


def centred(
    words: str, x: float, y: float, pixels: int, bold: bool, colour: str, struck: bool = False
) -> Text:
    """Words with their middle at x, y."""
    return Text(words, x - width(words, pixels, bold) / 2, y, pixels, bold, colour, struck)


def sign_colour(value: float) -> str:
    """Name of the theme colour for a text with a value of this sign."""
    return "negative_text" if value < 0 else "positive_text"


@lru_cache(maxsize=64)
def _font(pixels: int, bold: bool) -> tuple[QFont, QFontMetricsF]:
    font = theme.drawn_font(pixels, bold)
    return font, QFontMetricsF(font)


@lru_cache(maxsize=8192)
def width(words: str, pixels: int, bold: bool = False) -> float:
    """Width of a line in pixels."""
    before, _, number = words.rpartition(" ")
    if number and _OF_NUMBERS.issuperset(number):
        # Ever new ones are written, and no pair of their characters is brought closer together.
        there = width(f"{before} ", pixels, bold) if before else 0.0
        return there + sum(_character(each, pixels, bold) for each in number)
    return float(_font(pixels, bold)[1].horizontalAdvance(words))


@lru_cache(maxsize=512)
def _character(character: str, pixels: int, bold: bool) -> float:
    return float(_font(pixels, bold)[1].horizontalAdvance(character))


@lru_cache(maxsize=64)
def line_height(pixels: int) -> float:
    """Height of a line in pixels."""
    return float(round(_font(pixels, True)[1].height()))


@lru_cache(maxsize=1024)  # more than is shown at once; training makes ever new ones
def _laid_out(words: str, pixels: int, bold: bool) -> tuple[QStaticText, float]:
    """The words ready to be painted, and half their height."""
    text = QStaticText(words)
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    font, _ = _font(pixels, bold)
    text.prepare(font=font)
    return text, text.size().height() / 2


@lru_cache(maxsize=64)
def _colour(theme_name: str, name: str) -> QColor:
    return theme.THEMES[theme_name].colour(name)


def paint_texts(painter: QPainter, texts: list[Text]) -> None:
    """Paint texts in the colours of the theme in force."""
    theme_name = theme.current().name
    looks: tuple[object, ...] = ()
    for words, x, y, pixels, bold, colour, struck in texts:
        text, half = _laid_out(words, pixels, bold)
        if (pixels, bold, colour) != looks:
            looks = pixels, bold, colour
            painter.setFont(_font(pixels, bold)[0])
            painter.setPen(_colour(theme_name, colour))
        painter.drawStaticText(QPointF(x, y - half), text)
        if struck:
            painter.drawLine(QPointF(x - 1, y), QPointF(x + text.size().width() + 1, y))


def fitted(
    value: float,
    room: float,
    pixels: int = theme.CANVAS,
    before: str = "",
    digits: int | None = 6,
    bold: bool = False,
    least: int = 2,
) -> str:
    """`before` and a number, with as many of the digits as there is room for (`least` in any
    case); sign and exponent are always whole."""
    words = ""
    for fewer in fewer_digits(digits, least):
        words = before + format_number(value, fewer)
        if width(words, pixels, bold) <= room:
            break
    return words


def replaced(then: float | None, now: float | None, digits: int | None, room: float) -> str:
    """The old one of two values, to be struck through in small type, with digits that tell them
    apart; "" where nothing changed or there is no room."""
    if then is None or now is None or then == now:
        return ""
    for fewer in fewer_digits(digits, 3):
        words, _ = format_distinct(then, now, fewer)
        if width(words, theme.SMALL) <= room:
            return words
    return ""


def shortened(words: str, room: float, pixels: int, bold: bool = False) -> str:
    """Words cut to a width, with an ellipsis where something is missing."""
    if width(words, pixels, bold) <= room:
        return words
    return _font(pixels, bold)[1].elidedText(words, Qt.TextElideMode.ElideRight, room)
