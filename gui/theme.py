"""Theme: the colours and the size of text in force, and fonts: the one place to ask how it looks.

What there is of them stands in looks.py, and what Qt makes of them in style_sheet.py.

The size of text is a percentage. Three roads lead to it, and each widget takes one of them:

- what Qt lays out takes `font` and, for what text stands in, `px`; the style sheet does so itself,
- what is painted by hand takes them at each paint,
- pictures with many measures of their own, as the canvas and the derivations, are made for 100 %
  with `drawn_font`, and their painter is enlarged by `scale()`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication, QStyle

from gui.looks import (
    CANVAS,
    CONTRAST,
    DARK,
    GAP,
    HEADLINE,
    LIGHT,
    LOSS,
    MARGIN,
    NARROW_SCROLL_BAR,
    NORMAL,
    RADIUS,
    SMALL,
    THEMES,
    TITLE,
    Theme,
)
from gui.style_sheet import palette_of, style_sheet

__all__ = [  # of the looks that there are, for those who ask here
    "CANVAS", "CONTRAST", "DARK", "GAP", "HEADLINE", "LIGHT", "LOSS", "MARGIN",
    "NARROW_SCROLL_BAR", "NORMAL", "RADIUS", "SMALL", "THEMES", "TITLE", "Theme",
]

FONT_FOLDER = Path(__file__).resolve().parent.parent / "resources" / "fonts"
FONT_FAMILY = "DejaVu Sans"

SYSTEM = "system"  # the theme that the platform asks for
CHOICES = (SYSTEM, *THEMES)

TEXT_SIZES = (80, 90, 100, 110, 125, 150, 175, 200)  # percent

_chosen = SYSTEM
_current = LIGHT
_percent = 100


def current() -> Theme:
    """The theme in force; ask at each paint, it may change while the window is open."""
    return _current


def chosen() -> str:
    """The name of the theme that was chosen: one of CHOICES."""
    return _chosen


def percent() -> int:
    """The size of text in force."""
    return _percent


def scale() -> float:
    """How many times as large as at 100 % text is."""
    return _percent / 100


def px(pixels: float) -> int:
    """So many pixels at 100 %, grown with the text: for what text stands in."""
    return round(pixels * _percent / 100)


def font(pixels: float = NORMAL, bold: bool = False) -> QFont:
    """The program's font at a size in pixels at 100 %, grown to the size of text in force, for
    what is painted. A label says its `letters` to the style sheet instead: a font that is set by
    hand is lost as soon as Qt styles the label anew, as in another parent."""
    return drawn_font(px(pixels), bold)


def drawn_font(pixels: int, bold: bool = False) -> QFont:
    """The program's font at a size in pixels whatever the size of text: for what is enlarged as a
    whole, and for paper."""
    font = QFont(FONT_FAMILY)
    font.setPixelSize(pixels)
    font.setBold(bold)
    return font


@contextmanager
def worn(name: str) -> Iterator[None]:
    """Have another theme in force for what is painted meanwhile, as in a picture; the window keeps
    its own, and nothing of it may be painted before this ends."""
    global _current
    own, _current = _current, THEMES[name]
    try:
        yield
    finally:
        _current = own


def load_fonts() -> None:
    """Make the shipped font known: Qt's wheel brings none, and some machines have none."""
    for path in sorted(FONT_FOLDER.glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def apply(app: QApplication, name: str | None = None, percent: int | None = None) -> None:
    """Put a theme (one of CHOICES), a size of text or both in force for the whole application;
    what is not named stays. Whoever changes them while a window is open has it restyled:
    MainWindow.use_theme and MainWindow.use_text_size do both."""
    global _chosen, _current, _percent
    _chosen = _chosen if name is None else name
    _current = _of_the_system(app) if _chosen == SYSTEM else THEMES[_chosen]
    _percent = _percent if percent is None else percent
    if not app.styleSheet():  # the first theme; anew, it would polish every widget twice
        app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(palette_of(_current))
    app.setStyleSheet(style_sheet(_current, _percent))


def moves() -> bool:
    """Whether anything may move by itself: some people ask their system that nothing does."""
    hint = QStyle.StyleHint.SH_Widget_Animation_Duration
    return QApplication.style().styleHint(hint) > 0


def _of_the_system(app: QApplication) -> Theme:
    """What the platform asks for; light where it does not tell."""
    hints = app.styleHints()
    if hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast:
        return CONTRAST
    return DARK if hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
