"""LossPanel: the loss curve, what else is reported beside it, and the way to earlier epochs."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

from engine.losses import METRICS
from engine.numbers import format_number
from gui import theme
from gui.buttons import Button
from gui.card import Card
from gui.plots.loss_plot import LOSS, LossPlot
from gui.view import View

# Metrics that fall as the loss does and share its axis; of any other the value is written.
_ERRORS = ("mean_squared_error", "mean_absolute_error")
_SWATCHES = ("───", "┈┈┈", "─┈─")


class LossPanel(Card):
    """The card "Loss". `epoch_asked` carries the epoch that was clicked or dragged to."""

    epoch_asked = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Loss", parent)
        self._view: View | None = None
        self.log_button = Button("log", "lossLog", link=True)
        self.log_button.setCheckable(True)
        self.log_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.log_button.setAccessibleName("logarithmic loss axis")
        self.log_button.toggled.connect(self._on_log_toggled)
        self.corner.addWidget(self.log_button)
        self.legend = QLabel()
        self.legend.setMinimumWidth(1)  # it gives way to a narrow card, see _place_legend
        self.legend.hide()
        self.legend.setObjectName("lossLegend")
        self.legend.setProperty("secondary", True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend_place: tuple[int, str] | None = None
        self.plot = LossPlot()
        self.plot.epoch_asked.connect(self.epoch_asked)
        self.body.addWidget(self.plot, 1)

    @property
    def log(self) -> bool:
        """Whether the loss axis is to be logarithmic, where the values allow it."""
        return self.plot.log

    @log.setter
    def log(self, wanted: bool) -> None:
        self.log_button.setChecked(wanted)

    def display(self, view: View) -> None:
        """Show the curve of a View."""
        self._view = view
        errors = tuple(
            LOSS + 1 + place for place, key in enumerate(view.spec.metrics) if key in _ERRORS
        )
        self.plot.display(view, errors)
        self._show_legend(view)
        self._show_log()

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        self.plot.restyle()
        if self._view is not None:
            self._show_legend(self._view)

    def _on_log_toggled(self, checked: bool) -> None:
        self.plot.log = checked
        self._show_log()

    def _show_log(self) -> None:
        possible = self.plot.log_possible
        self.log_button.setEnabled(possible)
        self.log_button.setText("log ✓" if self.plot.log and possible else "log")
        self.log_button.setToolTip("" if possible else "A logarithm needs a loss above zero")

    def _show_legend(self, view: View) -> None:
        """Name the lines if there are several, and write the metrics that are no errors."""
        metrics = view.spec.metrics
        colours = theme.current()
        swatches = iter(_SWATCHES * len(metrics))
        lines, values = [_entry("━━", colours.positive, "loss")], []
        for place, key in enumerate(metrics):
            title = METRICS[key].title
            if key in _ERRORS:
                lines.append(_entry(next(swatches), colours.ink, title))
            else:
                known = view.evaluation
                value = "…" if known is None else format_number(known.metrics[place])
                values.append(_unbroken(f"{title} {value}"))
        text = "&nbsp;&nbsp; ".join(values if len(lines) == 1 else lines + values)
        if text != self.legend.text():
            self.legend.setText(text)
        self.legend.setVisible(bool(metrics))
        self._place_legend()

    def _place_legend(self) -> None:
        """Put the legend into the head where it fits there, else below in as many lines as it
        takes."""
        place = (self.width(), self.legend.text())
        if place == self._legend_place:
            return
        self._legend_place = place
        self.legend.ensurePolished()
        self.legend.setWordWrap(False)
        parts = (self.title, self.legend, self.log_button)
        needed = sum(part.sizeHint().width() for part in parts) + 4 * theme.GAP
        fits = needed <= self.width() - 2 * theme.MARGIN
        self.legend.setWordWrap(not fits)
        (self.corner if fits else self.body).insertWidget(0, self.legend)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_legend()


def _entry(swatch: str, colour: str, title: str) -> str:
    return f'<span style="color:{colour}">{swatch}</span>' + _unbroken(f" {title}")


def _unbroken(text: str) -> str:
    """A text whose words stay on one line."""
    return text.replace(" ", "&nbsp;")
