"""MistakeStrip: says above the canvas which mistakes the run makes, as long as it makes any."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QWidget

from engine.mistakes import MISTAKES, Mistake, why_not
from gui import theme
from gui.view import View
from gui.widgets.buttons import Button


class MistakeStrip(QFrame):
    """The mistakes that are on, why people make them (in the tooltip), and a way to be right."""

    right_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mistakeStrip")
        self.label = QLabel()
        self.label.setObjectName("mistakeNames")
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.button = Button("Do it right", "doItRight", "Take these mistakes off", link=True)
        self.button.clicked.connect(self.right_asked)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.MARGIN, 6, theme.MARGIN, 6)
        layout.setSpacing(theme.MARGIN)
        layout.addWidget(self.label, 1)
        layout.addWidget(self.button)
        self.hide()

    def display(self, view: View) -> None:
        """Name the mistakes of a view."""
        made = [MISTAKES[key] for key in view.spec.mistakes]
        self.setVisible(bool(made))
        if not made:
            return
        kind = "Mistake" if len(made) == 1 else "Mistakes"
        names = " · ".join(escape(mistake.title) for mistake in made)
        self.label.setText(f"<b>{kind}:</b> {names}")
        idle = {mistake.key: why_not(view.spec, mistake.key) for mistake in made}
        self.setToolTip("".join(explained(mistake, idle[mistake.key]) for mistake in made))

    def restyle(self) -> None:
        """The strip follows the style sheet."""


def explained(mistake: Mistake, reason: str = "") -> str:
    """A mistake as rich text for a tooltip: why people make it, what is right, and what comes of
    it; `reason` says why it cannot be made just now."""
    without = f"<p>Just now it changes nothing. {escape(reason)}</p>" if reason else ""
    return (
        f"<p><b>{escape(mistake.title.capitalize())}</b><br>{escape(mistake.why)}<br>"
        f"right: {escape(mistake.right)}<br>wrong: {escape(mistake.wrong)}</p>{without}"
    )
