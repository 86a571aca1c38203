"""SurfaceView: the decision surface with what its colours mean, below it or beside it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from engine.run.classes import NO_CLASS, classes_of, named_in
from engine.run.surface import output_range
from gui import theme
from gui.plots.class_legend import ClassLegend
from gui.plots.colour_bar import ColourBar
from gui.plots.surface_plot import SurfacePlot
from gui.view import View

_BESIDE = 1.4  # so much wider than high, and the colour bar stands beside a surface that fills


class SurfaceView(QWidget):
    """A SurfacePlot and what its colours mean.

    Where both inputs have one scale, a unit is as long across as up: the plot is as large as that
    allows, and stands in the middle. Else it fills the room.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = SurfacePlot(self)
        self.colour_bar = ColourBar(self)
        self.legend = ClassLegend(self)
        self.legend.hide()

    def display(
        self, view: View, output: int | None, x_input: int, y_input: int, held: Array
    ) -> None:
        """Show an output of a View's network over two inputs, the others held at `held`; with None
        the class map."""
        if output is not None:
            last = view.spec.network.layers[-1]
            shown = output_range(view.spec, output)
            self.colour_bar.set_name(last.units[output])
            self.colour_bar.set_range(*shown, last.function.range != shown)
        elif (classes := classes_of(view.spec)) is not None:
            has_unclassed = bool((named_in(view.spec) == NO_CLASS).any())
            self.legend.show_classes(classes, has_unclassed)
        self.colour_bar.setVisible(output is not None)
        self.legend.setVisible(output is None)
        self.plot.display(view, output, x_input, y_input, held)
        self._arrange()

    @property
    def key(self) -> ColourBar | ClassLegend:
        """What says what the colours mean."""
        return self.colour_bar if self.legend.isHidden() else self.legend

    def restyle(self) -> None:
        """Take the colours and the size of text in force."""
        self.plot.restyle()
        for key in (self.colour_bar, self.legend):
            key.updateGeometry()
            key.update()
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        # With the bar beside it: the lower of the two ways.
        plot, bar = self.plot.minimumSizeHint(), self.colour_bar.size_of(True)
        return QSize(plot.width() + theme.GAP + bar.width(), max(plot.height(), bar.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Place plot and key, which begins where the surface does, past the numbers of its axis."""
        self.legend.set_room(self.size())
        for _ in range(3):  # an axis may take another size when the plot does, and so the key
            sizes = {beside: self._size_of_plot(beside) for beside in (True, False)}
            beside = self.width() > _BESIDE * self.height()
            if self.plot.proportions is not None:
                beside = sizes[True].width() >= sizes[False].width()
            self._place(sizes[beside], beside)
            axis = self.plot.x_axis.fixedHeight if beside else self.plot.y_axis.fixedWidth
            self.key.set_inset(round(axis or 0))

    def _size_of_plot(self, beside: bool) -> QSize:
        """How large the plot can be, axes and all, with the bar beside it or below."""
        room = self._without_bar(beside)
        across, up = self.plot.y_axis.fixedWidth or 0.0, self.plot.x_axis.fixedHeight or 0.0
        width, height = room.width() - across, room.height() - up
        proportions = self.plot.proportions
        if proportions is not None and min(width, height) > 0:
            width, height = min(width, height * proportions), min(height, width / proportions)
        return QSize(round(width + across), round(height + up))

    def _without_bar(self, beside: bool) -> QSize:
        bar = self.key.size_of(beside)
        if beside:
            return self.size() - QSize(bar.width() + theme.GAP, 0)
        return self.size() - QSize(0, bar.height() + theme.GAP)

    def _place(self, plot: QSize, beside: bool) -> None:
        """Put the plot and the bar into the middle."""
        bar = self.key
        bar.set_upright(beside)
        spare = self._without_bar(beside) - plot
        left, top = spare.width() // 2, spare.height() // 2
        self.plot.setGeometry(QRect(left, top, plot.width(), plot.height()))
        if beside:
            past = left + plot.width() + theme.GAP
            height = max(plot.height(), bar.size_of(True).height())
            above = max(0, min(top, self.height() - height))
            bar.setGeometry(past, above, bar.sizeHint().width(), height)
        else:
            past = top + plot.height() + theme.GAP
            width = plot.width() if bar is self.colour_bar else self.width() - left
            bar.setGeometry(left, past, width, bar.sizeHint().height())
            self.legend.set_room(QSize(width, self.height()))
