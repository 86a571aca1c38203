"""The caption above the network: which sample is shown, the learning rate of an update that a
schedule gives, and which numbers are not the sample's own."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QWidget

from engine.text.numbers import format_count, format_number
from gui.canvas.whose import captions
from gui.view import View
from gui.widgets.labels import SecondaryLabel
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.plain_text import set_tip

_UPDATES = ("weight_update", "bias_update", "weight_change", "bias_change")
_DIGITS = 4  # of a learning rate


class SampleCaption(QWidget):
    """Two short lines: the first where there are several samples or a rate to be told, the second
    where the batch is more than the sample shown."""

    def __init__(self) -> None:
        super().__init__()
        self.sample = SecondaryLabel(name="canvasSample")
        self.whose = SecondaryLabel(name="canvasWhose")
        for label in (self.sample, self.whose):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setLayout(column(self.sample, self.whose, gap=0, margins=NO_MARGINS))
        self._first: list[str] = []  # wordings of the first line, the fullest first
        self._wordings: list[str] = []

    def display(self, view: View, room: int) -> None:
        """Say what a view shows, in so many pixels."""
        number, count = format_count(view.sample + 1), format_count(len(view.spec.data))
        kind = view.spec.data.kind_of(view.sample)
        kind = f" · {kind}" if kind else ""
        scaled = "" if view.spec.scaling is None else " · scaled"
        sample = f"sample {number} of {count}{kind}{scaled}" if len(view.spec.data) > 1 else ""
        rate = _rate(view)
        self._first = [" · ".join(filter(None, (sample, rate))), sample or rate]
        self.sample.setVisible(bool(self._first[0]))
        self.sample.setAccessibleName(self._first[0])
        wordings = captions(view)
        if wordings != self._wordings:
            self._wordings = wordings
            self.whose.setVisible(bool(wordings))
            self.whose.setAccessibleName(wordings[0] if wordings else "")
            set_tip(self.whose, wordings[0] if wordings else "")
        self.fit(room)

    def fit(self, room: int) -> None:
        """Take the fullest wording for which so many pixels are enough."""
        for label, wordings in ((self.sample, self._first), (self.whose, self._wordings)):
            if wordings:
                metrics = QFontMetrics(label.font())
                fitting = (w for w in wordings if metrics.horizontalAdvance(w) <= room)
                label.setText(next(fitting, wordings[-1]))


def _rate(view: View) -> str:
    """The learning rate of the update at the cursor, where a schedule makes it another one at
    another time; "" elsewhere."""
    step, spec = view.step, view.spec
    if step is None or step.kind not in _UPDATES or spec.schedule.is_constant:
        return ""
    factor = 1.0 if step.layer is None else spec.network.layers[step.layer - 1].rate_factor
    return f"η = {format_number(spec.rate_at(view.t + 1) * factor, _DIGITS)}"
