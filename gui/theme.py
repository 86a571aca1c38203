"""Colours, fonts, the size of text, spacing and the style sheet: the one place for how it looks.

The size of text is a percentage. Three roads lead to it, and each widget takes one of them:

- what Qt lays out takes `font` and, for what text stands in, `px`; the style sheet does so itself,
- what is painted by hand takes them at each paint,
- pictures with many measures of their own, as the canvas and the derivations, are made for 100 %
  with `drawn_font`, and their painter is enlarged by `scale()`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyle

_RESOURCES = Path(__file__).resolve().parent.parent / "resources"
FONT_FOLDER = _RESOURCES / "fonts"
ARROW = _RESOURCES / "arrow-down.svg"  # grey on any card: Qt's own stands in a bevelled box
FONT_FAMILY = "DejaVu Sans"

# Pixels at 100 %. Nothing is written smaller than SMALL; numbers on the canvas are CANVAS and up.
SMALL = 12
NORMAL = 13
CANVAS = 14
TITLE = 14
LOSS = 16
HEADLINE = 18
GAP = 8
MARGIN = 12
RADIUS = 6
NARROW_SCROLL_BAR = 8


class Theme(Struct, frozen=True):
    """One set of colours, as #rrggbb. Sign is never told by colour alone."""

    name: str
    title: str  # in menus
    window: str  # behind the cards
    card: str
    sunken: str  # fixed or read-only fields, empty bars
    border: str
    grid: str  # lines inside plots and tables
    ink: str
    secondary: str  # labels; at least 4.5:1 on card and window
    accent: str  # where the cursor is
    accent_ink: str  # text on accent
    accent_soft: str  # a wash of the accent behind ink
    accent_done: str  # steps already taken
    done_ink: str  # text on accent_done
    positive: str  # areas and lines
    positive_text: str
    negative: str
    negative_text: str
    neutral: str  # the middle of the surface, between positive and negative
    error: str

    def colour(self, name: str) -> QColor:
        """A colour by the name of its field."""
        return QColor(getattr(self, name))

    def signed(self, value: float) -> QColor:
        """Colour of an area or a line for a value of this sign."""
        return QColor(self.negative if value < 0 else self.positive)


LIGHT = Theme(
    name="light",
    title="Light theme",
    window="#f6f7f9",
    card="#ffffff",
    sunken="#edf0f3",
    border="#d9dfe5",
    grid="#e7ebef",
    ink="#1f2933",
    secondary="#52606d",
    accent="#6741d9",
    accent_ink="#ffffff",
    accent_soft="#f0ebfc",
    accent_done="#9a85e5",
    done_ink="#1f2933",
    positive="#1f77b4",
    positive_text="#1b6ca3",
    negative="#db6908",
    negative_text="#b54708",
    neutral="#ffffff",
    error="#b42318",
)

DARK = Theme(
    name="dark",
    title="Dark theme",
    window="#14171c",
    card="#1d2229",
    sunken="#262c35",
    border="#39424e",
    grid="#2d343e",
    ink="#e6eaef",
    secondary="#a7b3c0",
    accent="#a48bff",
    accent_ink="#14171c",
    accent_soft="#332b52",
    accent_done="#7362b0",
    done_ink="#ffffff",
    positive="#4aa3df",
    positive_text="#7cc0ee",
    negative="#f08a3c",
    negative_text="#f5a566",
    neutral="#1d2229",
    error="#ff8a80",
)

# Text at least 7:1 on each ground it stands on; frames and lines as clear as text.
CONTRAST = Theme(
    name="contrast",
    title="High-contrast theme",
    window="#ffffff",
    card="#ffffff",
    sunken="#eef0f2",
    border="#4b5563",
    grid="#767e88",
    ink="#000000",
    secondary="#1f2830",
    accent="#2d0080",
    accent_ink="#ffffff",
    accent_soft="#efe8ff",
    accent_done="#5a3fb5",
    done_ink="#ffffff",
    positive="#0b4f8a",
    positive_text="#0b4f8a",
    negative="#9e3f00",
    negative_text="#7d2e00",
    neutral="#ffffff",
    error="#8f0f0f",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK, CONTRAST)}
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
    app.setPalette(_palette(_current))
    app.setStyleSheet(style_sheet(_current))


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


def _palette(theme: Theme) -> QPalette:
    palette = QPalette()
    role = QPalette.ColorRole
    for which, name in (
        (role.Window, "window"),
        (role.WindowText, "ink"),
        (role.Base, "card"),
        (role.AlternateBase, "sunken"),
        (role.Text, "ink"),
        (role.Button, "card"),
        (role.ButtonText, "ink"),
        (role.ToolTipBase, "card"),
        (role.ToolTipText, "ink"),
        (role.PlaceholderText, "secondary"),
        (role.Highlight, "accent"),
        (role.HighlightedText, "accent_ink"),
        (role.Link, "accent"),
        (role.Mid, "border"),
        (role.Light, "card"),
        (role.Dark, "border"),
    ):
        palette.setColor(which, theme.colour(name))
    disabled = QPalette.ColorGroup.Disabled
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(disabled, which, theme.colour("secondary"))
    return palette


# What stands out by a colour or a thin frame elsewhere is made to stand out by more.
_FOR_CONTRAST = """
    QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QSpinBox:focus,
    QPlainTextEdit:focus {{ border: 2px solid {t.accent}; }}
    QSpinBox QLineEdit:focus {{ border: none; }}
    QPushButton[link="true"]:focus, QToolButton[link="true"]:focus {{
        border: 1px solid {t.accent};
    }}
    QMenu::item:selected, QMenuBar::item:selected {{
        background: {t.accent}; color: {t.accent_ink};
    }}
"""


def style_sheet(theme: Theme) -> str:
    """The style sheet; widgets opt in to variants by object names and dynamic properties. A length
    in `tx` is one in pixels that grows with the text."""
    t, knob, groove = theme, 2 * px(7), 2 * px(2)
    # Qt's own pictures on the buttons of a file dialog are black.
    is_light = t.colour("card").lightness() > 128
    under_black, under_grey = (t.card, t.sunken) if is_light else (t.secondary, t.border)
    sheet = f"""
    QWidget {{ color: {t.ink}; }}
    * {{ dialogbuttonbox-buttons-have-icons: 0; }}
    QMainWindow, QDialog {{ background: {t.window}; }}
    QToolTip {{ background: {t.card}; color: {t.ink}; border: 1px solid {t.border}; padding: 4tx; }}
    #card {{ background: {t.card}; border: 1px solid {t.border}; border-radius: {RADIUS}px; }}
    #banner {{ background: {t.accent_soft}; border-left: 4px solid {t.error}; }}
    #banner[good="true"] {{ border-left-color: {t.accent}; }}
    #mistakeStrip {{ background: {t.sunken}; border-radius: {RADIUS}px; }}
    #cardTitle {{ font-size: {TITLE}tx; font-weight: bold; }}
    QLabel[letters="small"] {{ font-size: {SMALL}tx; }}
    QLabel[letters="small bold"] {{ font-size: {SMALL}tx; font-weight: bold; }}
    QLabel[letters="bold"] {{ font-weight: bold; }}
    QLabel[letters="loss"] {{ font-size: {LOSS}tx; font-weight: bold; }}
    QLabel[letters="headline"] {{ font-size: {HEADLINE}tx; font-weight: bold; }}
    QLabel[secondary="true"] {{ color: {t.secondary}; font-size: {SMALL}tx; }}
    QLabel[error="true"] {{ color: {t.error}; font-size: {SMALL}tx; }}
    QPushButton, QToolButton, QComboBox {{
        background: {t.card}; border: 1px solid {t.border}; border-radius: {RADIUS}px;
        padding: 5tx 12tx; min-height: 18tx;
    }}
    QComboBox {{ padding: 3tx 8tx; }}
    #controls QPushButton, #controls QComboBox {{ padding: 5tx 0; }}
    QPushButton:hover, QToolButton:hover, QComboBox:hover {{ border-color: {t.accent}; }}
    QPushButton:focus, QToolButton:focus, QComboBox:focus {{ border: 1px solid {t.accent}; }}
    QPushButton:pressed, QToolButton:pressed {{ background: {t.accent_soft}; }}
    QPushButton:disabled, QToolButton:disabled, QComboBox:disabled {{
        color: {t.secondary}; background: {t.sunken};
    }}
    QPushButton[primary="true"] {{
        background: {t.accent}; color: {t.accent_ink}; border-color: {t.accent}; font-weight: bold;
    }}
    QPushButton[primary="true"]:focus {{ border: 2px solid {t.ink}; }}
    QPushButton[primary="true"]:disabled {{
        background: {t.sunken}; color: {t.secondary}; border-color: {t.border};
    }}
    QPushButton[link="true"], QToolButton[link="true"] {{
        background: transparent; border: none; color: {t.accent}; padding: 0 2px;
        font-size: {SMALL}tx; min-height: 16tx;
    }}
    QPushButton[link="true"]:hover, QToolButton[link="true"]:hover,
    QPushButton[link="true"]:focus, QToolButton[link="true"]:focus {{
        text-decoration: underline;
    }}
    QToolButton::menu-indicator {{ image: none; }}
    QFileDialog QToolButton {{ padding: 2px; background: {under_black}; }}
    QFileDialog QToolButton:disabled {{ background: {under_grey}; }}
    QFileDialog QComboBox::drop-down {{ border: none; width: 20tx; }}
    QFileDialog QComboBox::down-arrow {{ image: url({ARROW.as_posix()}); width: 10tx; }}
    QFileDialog QTreeView, QFileDialog QListView {{
        background: {t.card}; border: 1px solid {t.border}; border-radius: 4px;
        selection-background-color: {t.accent_soft}; selection-color: {t.ink};
    }}
    QFileDialog QTreeView:focus, QFileDialog QListView:focus {{ border: 1px solid {t.accent}; }}
    QLineEdit, QSpinBox, QPlainTextEdit {{
        background: {t.card}; border: 1px solid {t.border}; border-radius: 4px; padding: 3tx 6tx;
        selection-background-color: {t.accent}; selection-color: {t.accent_ink};
    }}
    QLineEdit, QPlainTextEdit {{ placeholder-text-color: {t.secondary}; }}
    QSpinBox::up-button, QSpinBox::down-button {{ width: 0; border: none; }}
    QSpinBox QLineEdit {{ background: transparent; border: none; padding: 0; }}
    QLineEdit:focus, QSpinBox:focus, QPlainTextEdit:focus {{ border: 1px solid {t.accent}; }}
    QLineEdit:read-only, QLineEdit:disabled {{ background: {t.sunken}; color: {t.secondary}; }}
    QLineEdit[wrong="true"], QSpinBox[wrong="true"] {{ border: 1px solid {t.error}; }}
    QLineEdit[here="true"] {{ border: 2px solid {t.accent}; background: {t.accent_soft}; }}
    QTableView {{
        background: {t.card}; border: none; gridline-color: {t.grid};
        selection-background-color: {t.accent_soft}; selection-color: {t.ink};
    }}
    QHeaderView {{ background: {t.card}; }}
    QHeaderView::section {{
        background: {t.card}; color: {t.secondary}; border: none; padding: 3tx;
        font-size: {SMALL}tx;
    }}
    QTableCornerButton::section {{ background: {t.card}; border: none; }}
    QMenu {{ background: {t.card}; border: 1px solid {t.border}; padding: 4tx; }}
    QMenu {{ menu-scrollable: 1; }}
    QMenu::item {{ padding: 5tx 24tx 5tx 20tx; border-radius: 4px; }}
    QMenu::item:selected {{ background: {t.accent_soft}; }}
    QMenu::item:disabled {{ color: {t.secondary}; }}
    QMenu::separator {{ height: 1px; background: {t.border}; margin: 4tx 8tx; }}
    QMenuBar {{ background: {t.card}; }}
    QMenuBar::item {{ padding: 5tx 10tx; background: transparent; border-radius: 4px; }}
    QMenuBar::item:selected {{ background: {t.accent_soft}; }}
    QStatusBar {{ background: {t.card}; color: {t.secondary}; }}
    QStatusBar::item {{ border: none; }}
    QListView::indicator {{
        width: 12px; height: 12px; background: {t.card}; border: 1px solid {t.secondary};
        border-radius: 3px;
    }}
    QListView::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; }}
    QComboBox QAbstractItemView {{
        background: {t.card}; border: 1px solid {t.border};
        selection-background-color: {t.accent_soft}; selection-color: {t.ink};
    }}
    QScrollArea, QAbstractScrollArea {{ background: transparent; border: none; }}
    QTextBrowser {{ background: {t.card}; border: 1px solid {t.border}; border-radius: {RADIUS}px;
        selection-background-color: {t.accent}; selection-color: {t.accent_ink}; }}
    QPlainTextEdit {{ background: {t.card}; border: 1px solid {t.border}; }}
    QScrollBar:vertical {{ width: 10px; background: transparent; }}
    QScrollBar:horizontal {{ height: 10px; background: transparent; }}
    #networkScroll QScrollBar:vertical, #networkView QScrollBar:vertical {{
        width: {NARROW_SCROLL_BAR}px;
    }}
    #networkView QScrollBar:horizontal {{ height: {NARROW_SCROLL_BAR}px; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QScrollBar::handle {{ background: {t.border}; border-radius: 4px; min-height: 24px;
        min-width: 24px; }}
    QScrollBar::handle:hover {{ background: {t.secondary}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QTabBar::tab {{
        background: transparent; color: {t.secondary}; padding: 5tx 10tx; border: none;
        border-bottom: 2px solid transparent;
    }}
    QTabBar::tab:selected {{ color: {t.ink}; border-bottom: 2px solid {t.accent}; }}
    QSlider {{ min-height: 16tx; }}
    QSlider::groove:horizontal {{ height: {groove}px; background: {t.border}; border-radius: 2px; }}
    QSlider::handle:horizontal {{
        background: {t.accent}; width: {knob}px; height: {knob}px; border-radius: {knob // 2}px;
        margin: {(groove - knob) // 2}px 0;
    }}
    QSlider::handle:horizontal:focus {{
        border: 2px solid {t.ink}; width: {knob - 4}px; height: {knob - 4}px;
    }}
    QSplitter::handle {{ background: transparent; }}
    {_FOR_CONTRAST.format(t=t) if t is CONTRAST else ""}
    """
    return re.sub(r"(\d+)tx", lambda length: f"{px(int(length[1]))}px", sheet)
