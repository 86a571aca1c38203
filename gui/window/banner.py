"""Banner: a strip above the canvas that says what was refused or what went wrong, with a way on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from gui import theme


class Banner(QFrame):
    """One sentence and at most one action; hidden while there is nothing to say."""

    action_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._text = QLabel()
        self._text.setObjectName("bannerText")
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._action = QPushButton()
        self._action.setObjectName("bannerAction")
        self._action.clicked.connect(self.action_requested)
        self._close = QPushButton("Close")
        self._close.setProperty("link", True)
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, 6, theme.MARGIN, 6)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._action)
        layout.addWidget(self._close)
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def say(self, sentence: str, action: str | None = None) -> None:
        """Show a sentence, with a button if there is something to be done about it."""
        self._text.setText(sentence)
        self._action.setText(action or "")
        self._action.setVisible(action is not None)
        self.show()
