"""MistakeStrip: says which mistakes the run makes, as long as it makes any."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QWidget

from engine.run.mistakes import MISTAKES, Mistake, why_not
from gui import theme
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.labels import RichLabel
from gui.widgets.layouts import row
from gui.widgets.plain_text import set_rich_tip

_NAMED_IN_A_LINE = 2  # more mistakes than these are counted where there is but one line


class MistakeStrip(QFrame):
    """Names the mistakes that are on, says in its tooltip why people make them, and has a button
    that turns them off.

    Above the canvas it wraps; in the status bar of a low window it is one line.
    """

    right_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("mistakeStrip")
        self.label = RichLabel("mistakeNames")
        self.button = Button(
            "Do it right", "doItRight", "Take these mistakes off", self.right_asked, link=True
        )
        self._mistakes: list[Mistake] = []
        self._layout = row((self.label, 1), self.button, gap=theme.MARGIN)
        self.setLayout(self._layout)
        self.keep_to_a_line(False)
        self.hide()

    def keep_to_a_line(self, wanted: bool) -> None:
        """Be one line, and a low one, or as many as the names need."""
        edge = 2 if wanted else 6
        self._layout.setContentsMargins(theme.MARGIN, edge, theme.MARGIN, edge)
        self.label.setWordWrap(not wanted)
        self._name()

    def _name(self) -> None:
        count = len(self._mistakes)
        if count == 0:
            return
        if count > _NAMED_IN_A_LINE and not self.label.wordWrap():
            self.label.setText(f"<b>{count} mistakes</b>")
            return
        from html import escape  # no start needs it, unless a mistake is made

        names = " · ".join(escape(mistake.title) for mistake in self._mistakes)
        self.label.setText(f"<b>{'Mistake' if count == 1 else 'Mistakes'}:</b> {names}")

    def display(self, view: View) -> None:
        """Name the mistakes of a view."""
        self._mistakes = mistakes = [MISTAKES[key] for key in view.spec.mistakes]
        self.setVisible(bool(mistakes))
        self._name()
        if not mistakes:
            return
        idle = {mistake.key: why_not(view.spec, mistake.key) for mistake in mistakes}
        set_rich_tip(self, "".join(explained(mistake, idle[mistake.key]) for mistake in mistakes))

    def restyle(self) -> None:
        """The strip follows the style sheet."""


def explained(mistake: Mistake, reason: str = "") -> str:
    """A mistake as rich text for a tooltip: why people make it, what is right, and what comes of
    it; `reason` says why it cannot be made just now."""
    from html import escape

    without = f"<p>Just now it changes nothing. {escape(reason)}</p>" if reason else ""
    return (
        f"<p><b>{escape(mistake.title.capitalize())}</b><br>{escape(mistake.why)}<br>"
        f"right: {escape(mistake.right)}<br>wrong: {escape(mistake.wrong)}</p>{without}"
    )
