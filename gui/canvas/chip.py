"""The chip above the network: in which phase the cursor is, and at which step."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.run.column_words import step_title
from engine.run.step_values import step_value
from engine.run.steps import EXTRA_KINDS, PHASE_TITLES, group_title
from engine.text.numbers import format_count, format_distinct, format_number
from gui import theme
from gui.canvas.items.text import Text, paint_texts, shortened, width
from gui.view import View

_HEIGHT = 30
_PAD = 15
_GAP = 12


def chip_words(view: View) -> tuple[str, list[str]]:
    """The phase, and what is said beside it: from the fullest wording to the shortest."""
    if view.divergence is not None and not view.revealed:
        where = f"in iteration {format_count(view.divergence.iteration)}"
        return "Diverged", [f"{where}, layer {view.divergence.layer}", where]
    if view.training:
        return "Training", [view.speed]
    step = view.step
    if step is None:
        begin = f"to begin iteration {format_count(view.t + 1)}"
        return "Ready", [f"press Step (PageDown) {begin}", f"press Step {begin}", "press Step"]
    title = group_title(view.spec.network, view.together) or step_title(
        view.spec, step, view.notation
    )
    iteration = view.worked
    if iteration is not None and step.kind == "total_loss":
        title += f" {format_number(iteration.loss, view.worked_digits)}"
    elif iteration is not None and step.kind in EXTRA_KINDS and not view.together:
        value = step_value(iteration, step, view.worked_pass)
        title += f" {format_number(value, view.worked_digits)}"
    elif iteration is not None and step.kind == "loss_after":
        losses = iteration.loss, iteration.loss_after
        before, after = format_distinct(*losses, view.worked_digits)
        title = f"loss {before} → {after}"
    count = f"{format_count(view.revealed)} of {format_count(len(view.steps))}"
    word = "step"
    if view.together and view.together[0].start + 1 < view.revealed:
        word, count = "steps", f"{format_count(view.together[0].start + 1)} to {count}"
    return PHASE_TITLES[step.phase], [f"{title} · {word} {count}", f"{title} · {count}", title]


class PhaseChip(QWidget):
    """A rounded label in the soft accent colour."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("phaseChip")
        # As wide as there is room, so that no other wording lays the window out anew.
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._phase, self._wordings = "", [""]

    def display(self, view: View) -> None:
        """Say where the cursor of a view is."""
        words = chip_words(view)
        if words != (self._phase, self._wordings):
            if words[0] != self._phase:
                self.updateGeometry()
            self._phase, self._wordings = words
            self.setAccessibleName(self.text)
            self.update()

    @property
    def text(self) -> str:
        """All that it would say with enough room."""
        return f"{self._phase}  {self._wordings[0]}".strip()

    def _width(self, wording: str) -> float:
        """Pixels at 100 % text size that it takes with a wording."""
        total = 2 * _PAD + width(self._phase, theme.CANVAS, True)
        return total + (_GAP + width(wording, theme.CANVAS) if wording else 0)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(self._width("")), theme.px(_HEIGHT))

    def restyle(self) -> None:
        """Follow a change of the theme."""
        self.updateGeometry()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.width() / theme.scale()
        wording = next((w for w in self._wordings if self._width(w) <= room), None)
        if wording is None:
            wording = shortened(self._wordings[-1], room - self._width("") - _GAP, theme.CANVAS)
        painter = QPainter(self)
        painter.scale(theme.scale(), theme.scale())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.current().colour("accent_soft"))
        length = min(room, self._width(wording))
        painter.drawRoundedRect(QRectF(0, 0, length, _HEIGHT), _HEIGHT / 2, _HEIGHT / 2)
        middle, phase = _HEIGHT / 2, self._phase
        left = _PAD + width(phase, theme.CANVAS, True) + _GAP
        paint_texts(
            painter,
            [
                Text(phase, _PAD, middle, theme.CANVAS, True, "accent"),
                Text(wording, left, middle, theme.CANVAS, False, "secondary"),
            ],
        )
        painter.end()
