"""SurfaceView: the decision surface with its colour bar, below it or beside it."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from engine.maths.activations import ACTIVATIONS, Array
from engine.run.surface import output_range
from gui import theme
from gui.plots.colour_bar import ColourBar
from gui.plots.surface_plot import SurfacePlot
from gui.view import View

_BESIDE = 1.4  # so much wider than high, and the colour bar stands beside the surface


class SurfaceView(QWidget):
    """A SurfacePlot and what its colours mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = SurfacePlot(self)
        self.colour_bar = ColourBar(self)
        # The lower of the two ways, so that a low card need not grow before the size is known.
        self._layout = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.GAP)
        self._layout.addWidget(self.plot, 1)
        self._layout.addWidget(self.colour_bar)

    def display(
        self, view: View, output: int, x_input: int, y_input: int, held: Array
    ) -> None:
        """Show an output of a View's network over two inputs, the others held at `held`."""
        last = view.spec.network.layers[-1]
        shown = output_range(view.spec, output)
        self.colour_bar.set_name(last.units[output])
        self.colour_bar.set_range(*shown, ACTIVATIONS[last.activation].range != shown)
        self.plot.display(view, output, x_input, y_input, held)
        self._align()

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        self.plot.restyle()
        self.colour_bar.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        beside = event.size().width() > _BESIDE * event.size().height()
        ways = QBoxLayout.Direction
        self._layout.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        self.colour_bar.set_upright(beside)
        self._align()

    def _align(self) -> None:
        """Let the bar begin where the surface does, past the numbers of its axis."""
        plot = self.plot
        axis = plot.x_axis.fixedHeight if self.colour_bar.upright else plot.y_axis.fixedWidth
        self.colour_bar.set_inset(round(axis or 0))
