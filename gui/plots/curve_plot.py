"""CurvePlot: one output over the only input of a network, with the samples' targets."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from engine.run.column_words import with_class
from engine.run.surface import curve, data_range, grid_axis, output_range, work_per_point
from gui import theme
from gui.plots.axis import PlainAxis
from gui.plots.drawing import DrawablePlot
from gui.plots.sample_points import SamplePoints, two_values
from gui.plots.solid_line import SolidLine
from gui.view import View

_MOST, _LEAST = 200, 24  # points of the curve
_WORK = 50_000_000  # in the units of engine.run.surface.work_per_point: a few milliseconds
_MARGIN = 0.12


class CurvePlot(DrawablePlot):
    """What a network of one input answers, over the range of its data."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left", grid=True), parent)
        self.setObjectName("curvePlot")
        self.setAccessibleName("Output over the input")
        self.x_axis.set_name_at_end(True)
        self.curve = SolidLine()
        self.addItem(self.curve)
        self.points = SamplePoints(self)
        self._view: View | None = None
        self._output = 0
        self.restyle()

    def display(self, view: View, output: int) -> None:
        """Show an output of a View's network, which has one input."""
        last, self._view = self._view, view
        if last is None or (last.spec, last.sample, last.marked, self._output) != (
            view.spec, view.sample, view.marked, output
        ):
            self._output = output
            self._draw_samples(view)
        count = min(_MOST, max(_LEAST, _WORK // work_per_point(view.spec.network)))
        xs = grid_axis(*data_range(view.spec, 0), count)
        spec = view.spec
        values = curve(
            spec.network, view.theta, output, 0, np.zeros(1), xs, spec.rules, spec.scaling
        )
        self.curve.setData(xs, values)
        self._show_ranges(view, values)

    def _draw_samples(self, view: View) -> None:
        data = view.spec.data
        column, targets = data.inputs[:, 0], self._targets(view)
        self.x_axis.set_name(with_class(view.spec, 0, 0))
        self.x_axis.set_marks(two_values(column))
        self.y_axis.set_name(with_class(view.spec, view.spec.network.depth, self._output))
        levels = output_range(view.spec, self._output)
        count = len(targets)
        tested, validated = data.is_test[:count], data.is_validation[:count]
        self.points.show(column[:count], targets, targets, levels, view.sample, tested, validated)
        self.points.mark(view.marked)
        self.drawing.show_samples(column[:count], targets, view.sample)

    def _targets(self, view: View) -> Array:
        """How high the samples stand; none of them does where the loss reads no targets."""
        targets = view.spec.data.targets[:, self._output]
        return targets if view.spec.has_targets else targets[:0]

    def _show_ranges(self, view: View, values: Array) -> None:
        """The activation's range or that of the targets, and the curve where it goes beyond."""
        low, high = output_range(view.spec, self._output)
        finite = values[np.isfinite(values)]
        targets = self._targets(view)
        low = min(low, float(targets.min(initial=low)), float(finite.min(initial=low)))
        high = max(high, float(targets.max(initial=high)), float(finite.max(initial=high)))
        margin = _MARGIN * (high - low)
        self.show_range(data_range(view.spec, 0), (low - margin, high + margin))

    def restyle(self) -> None:
        super().restyle()
        self.curve.set_colour(theme.current().colour("positive"))
        if self._view is not None:
            self._draw_samples(self._view)
