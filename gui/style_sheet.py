"""The style sheet and the palette of a theme: what Qt's own widgets look like."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtGui import QPalette

from gui.looks import (
    CONTRAST,
    HEADLINE,
    LOSS,
    NARROW_SCROLL_BAR,
    RADIUS,
    SMALL,
    TITLE,
    Theme,
)

# Qt's own marks in menus are as small whatever the size of text, its arrows in lists stand in a
# bevelled box.
_MARKS = Path(__file__).resolve().parent.parent / "resources" / "marks"


def palette_of(theme: Theme) -> QPalette:
    """The colours that Qt paints with where the style sheet says nothing."""
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
    QPushButton:focus, QToolButton:focus, QComboBox:focus, QLineEdit:focus, QAbstractSpinBox:focus,
    QPlainTextEdit:focus {{ border: 2px solid {t.accent}; }}
    QAbstractSpinBox QLineEdit:focus {{ border: none; }}
    QPushButton[link="true"]:focus, QToolButton[link="true"]:focus {{
        border: 1px solid {t.accent};
    }}
    QMenu::item:selected, QMenuBar::item:selected {{
        background: {t.accent}; color: {t.accent_ink};
    }}
    QMenu::indicator:checked:selected {{ image: url({marks}/check-on-dark.svg); }}
    QMenu::right-arrow:selected {{ image: url({marks}/arrow-on-dark.svg); }}
"""


def style_sheet(theme: Theme, percent: int) -> str:
    """The style sheet for a size of text; widgets opt in to variants by object names and dynamic
    properties. A length in `tx` is one in pixels that grows with the text."""

    def px(pixels: float) -> int:
        return round(pixels * percent / 100)

    t, knob, groove = theme, 2 * px(7), 2 * px(2)
    is_light = t.colour("card").lightness() > 128
    marks, on = _MARKS.as_posix(), "light" if is_light else "dark"
    on_accent = "light" if t.colour("accent_ink").lightness() < 128 else "dark"
    # Qt's own pictures on the buttons of a file dialog are black, and dark grey where they do
    # nothing.
    grey = t.colour("secondary")
    dimmed = f"rgba({grey.red()}, {grey.green()}, {grey.blue()}, 60%)"
    under_black, under_grey = (t.card, t.sunken) if is_light else (t.secondary, dimmed)
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
    QFileDialog QComboBox::down-arrow {{ image: url({marks}/arrow-down.svg); width: 10tx; }}
    QFileDialog QTreeView, QFileDialog QListView {{
        background: {t.card}; border: 1px solid {t.border}; border-radius: 4px;
        selection-background-color: {t.accent_soft}; selection-color: {t.ink};
    }}
    QFileDialog QTreeView:focus, QFileDialog QListView:focus {{ border: 1px solid {t.accent}; }}
    QLineEdit, QAbstractSpinBox, QPlainTextEdit {{
        background: {t.card}; border: 1px solid {t.border}; border-radius: 4px; padding: 3tx 6tx;
        selection-background-color: {t.accent}; selection-color: {t.accent_ink};
    }}
    QLineEdit, QPlainTextEdit {{ placeholder-text-color: {t.secondary}; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}
    QAbstractSpinBox QLineEdit {{ background: transparent; border: none; padding: 0; }}
    QLineEdit:focus, QAbstractSpinBox:focus, QPlainTextEdit:focus {{
        border: 1px solid {t.accent};
    }}
    QLineEdit:read-only, QLineEdit:disabled {{ background: {t.sunken}; color: {t.secondary}; }}
    QLineEdit[wrong="true"], QAbstractSpinBox[wrong="true"] {{ border: 1px solid {t.error}; }}
    QLineEdit[here="true"] {{ border: 2px solid {t.accent}; background: {t.accent_soft}; }}
    QDialog QLineEdit {{ min-height: 18tx; }}
    QDialog QAbstractSpinBox QLineEdit {{ min-height: 0; }}
    QCheckBox {{ spacing: 6tx; }}
    QCheckBox::indicator {{
        width: 12tx; height: 12tx; background: {t.card}; border: 1px solid {t.secondary};
        border-radius: 3px;
    }}
    QCheckBox::indicator:focus {{ border-color: {t.accent}; }}
    QCheckBox::indicator:checked {{
        background: {t.accent}; border-color: {t.accent};
        image: url({marks}/check-on-{on_accent}.svg);
    }}
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
    QMenu::indicator {{ width: 12tx; height: 12tx; left: 4tx; }}
    QMenu::indicator:checked {{ image: url({marks}/check-on-{on}.svg); }}
    QMenu::right-arrow {{
        image: url({marks}/arrow-on-{on}.svg); width: 12tx; height: 12tx; right: 4tx;
    }}
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
    #tableColumns, #tableProblems, #answersTable {{
        background: {t.card}; border: 1px solid {t.border}; border-radius: 4px;
    }}
    #tableColumns QComboBox {{ margin: 1tx 3tx; }}
    QTextBrowser {{ background: {t.card}; border: 1px solid {t.border}; border-radius: {RADIUS}px;
        selection-background-color: {t.accent}; selection-color: {t.accent_ink}; }}
    QPlainTextEdit {{ background: {t.card}; border: 1px solid {t.border}; }}
    QScrollBar:vertical {{ width: 10px; background: transparent; }}
    QScrollBar:horizontal {{ height: 10px; background: transparent; }}
    #networkScroll QScrollBar:vertical, #networkView QScrollBar:vertical,
    #derivationArea QScrollBar:vertical {{
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
    {_FOR_CONTRAST.format(t=t, marks=marks) if t is CONTRAST else ""}
    """
    return re.sub(r"(\d+)tx", lambda length: f"{px(int(length[1]))}px", sheet)
