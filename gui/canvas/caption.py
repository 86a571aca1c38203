"""The caption above the network: which sample is shown, and which numbers are not its own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from engine.text.numbers import format_count
from gui.canvas.whose import captions
from gui.view import View
from gui.widgets.labels import SecondaryLabel
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.plain_text import set_tip


class SampleCaption(QWidget):
    """Two short lines; the second is there where the batch is more than the sample shown."""

    def __init__(self) -> None:
        super().__init__()
        self.sample = SecondaryLabel(name="canvasSample")
        self.whose = SecondaryLabel(name="canvasWhose")
        for label in (self.sample, self.whose):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(column(self.sample, self.whose, gap=0, margins=NO_MARGINS))
        self._wordings: list[str] = []

    def display(self, view: View, room: int) -> None:
        """Say what a view shows, in so many pixels."""
        number, count = format_count(view.sample + 1), format_count(len(view.spec.data))
        kind = view.spec.data.kind_of(view.sample)
        kind = f" · {kind}" if kind else ""
        scaled = "" if view.spec.scaling is None else " · scaled"
        self.sample.setText(f"sample {number} of {count}{kind}{scaled}")
        self.sample.setVisible(len(view.spec.data) > 1)
        wordings = captions(view)
        if wordings != self._wordings:
            self._wordings = wordings
            self.whose.setVisible(bool(wordings))
            self.whose.setAccessibleName(wordings[0] if wordings else "")
            set_tip(self.whose, wordings[0] if wordings else "")
        self.fit(room)

    def fit(self, room: int) -> None:
        """Take the fullest wording for which so many pixels are enough."""
        if self._wordings:
            metrics = QFontMetrics(self.whose.font())
            fitting = (w for w in self._wordings if metrics.horizontalAdvance(w) <= room)
            self.whose.setText(next(fitting, self._wordings[-1]))
