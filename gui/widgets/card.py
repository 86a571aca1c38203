"""Card: the white rounded box with a title that every panel of the window sits in."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui import theme


class Card(QFrame):
    """A titled box. Put the content into `body`; small link buttons go into `corner`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.title = QLabel(title)
        self.title.setObjectName("cardTitle")
        self.corner = QHBoxLayout()
        self.corner.setSpacing(theme.GAP)
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 0, 0)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addLayout(self.corner)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(theme.GAP)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, 10, theme.MARGIN, theme.MARGIN)
        layout.setSpacing(theme.GAP)
        layout.addLayout(head)
        layout.addLayout(self.body, 1)
