"""Plain text where Qt looks for markup: in tooltips, menus and on buttons.

What comes out of a file may be called anything. Qt would take a unit `<img src="…">` in a tooltip
for a picture and open that file, and the & in a menu for a key. Tooltips are set here only, which
tests/gui/widgets/test_plain_text.py watches.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, Qt
from PySide6.QtWidgets import QToolTip, QWidget

from engine.text.wording import on_one_line, visible


def tip_text(text: str, wraps: bool = False) -> str:
    """What to give Qt for a tooltip that shows a text as it is written. A long sentence may wrap,
    which Qt does to rich text alone."""
    text = visible(text)
    if not text or not (wraps or Qt.mightBeRichText(text)):
        return text
    # As html.escape, whose tables take a millisecond of the start to load.
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<span style="white-space:pre-wrap">{escaped}</span>'


def set_tip(owner: QWidget | QAction, text: str, wraps: bool = False) -> None:
    """Give a widget or an entry of a menu a tooltip."""
    owner.setToolTip(tip_text(text, wraps))


def set_rich_tip(owner: QWidget | QAction, markup: str) -> None:
    """Give it a tooltip with markup, in which whatever is not the program's own is escaped."""
    owner.setToolTip(markup)


def show_tip(place: QPoint, text: str, owner: QWidget, wraps: bool = False) -> None:
    """Show a tooltip at a place on the screen; without a text, none."""
    QToolTip.showText(place, tip_text(text, wraps), owner)


def menu_text(words: str) -> str:
    """What to give Qt for an entry of a menu, a button, or a label with a field, which would
    underline what follows an &."""
    return on_one_line(words).replace("&", "&&")
