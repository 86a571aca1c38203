"""Card: the white rounded box with a title that every panel of the window sits in."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QWidget

from gui import theme
from gui.widgets.labels import PlainLabel
from gui.widgets.layouts import NO_MARGINS, column, row

_MARGINS = theme.MARGIN, 10, theme.MARGIN, theme.MARGIN
_LOW_MARGINS = theme.MARGIN, 6, theme.MARGIN, 6


class Card(QFrame):
    """A titled box. Put the content into `body`; small link buttons go into `corner`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.title = PlainLabel(title)
        self.title.setObjectName("cardTitle")
        self.corner = row(gap=theme.GAP)
        self.head = head = row(self.title, None, self.corner, margins=NO_MARGINS)
        self.body = column(gap=theme.GAP, margins=NO_MARGINS)
        self.setLayout(column(head, (self.body, 1), gap=theme.GAP, margins=_MARGINS))

    def keep_low(self, is_low: bool) -> None:
        """Leave less around and between what is inside, or as much as usual."""
        layout = self.layout()
        assert layout is not None
        layout.setContentsMargins(*(_LOW_MARGINS if is_low else _MARGINS))
        self.body.setSpacing(theme.GAP // 2 if is_low else theme.GAP)
