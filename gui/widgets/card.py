"""Card: the white rounded box with a title that every panel of the window sits in."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from gui import theme
from gui.widgets.labels import PlainLabel
from gui.widgets.layouts import NO_MARGINS, column, row


class Card(QFrame):
    """A titled box. Put the content into `body`; small link buttons go into `corner`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.title = PlainLabel(title)
        self.title.setObjectName("cardTitle")
        self.corner = row(gap=theme.GAP)
        head = row(self.title, None, self.corner, margins=NO_MARGINS)
        self.body = column(gap=theme.GAP, margins=NO_MARGINS)
        margins = (theme.MARGIN, 10, theme.MARGIN, theme.MARGIN)
        self.setLayout(column(head, (self.body, 1), gap=theme.GAP, margins=margins))
