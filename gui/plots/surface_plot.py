"""SurfacePlot: one output, or the class, over two inputs as colours, with the samples on it."""

from __future__ import annotations

from math import isqrt
from time import perf_counter

import numpy as np
import pyqtgraph as pg
from msgspec import Struct
from PySide6.QtCore import QEvent, QPointF, QRectF, QTimer
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from engine.maths.backprop import Rules
from engine.maths.network import Network
from engine.run.classes import NO_CLASS, Classes, classes_of, named_in
from engine.run.column_words import with_class
from engine.run.scaling import Scaling
from engine.run.spec import Spec
from engine.run.surface import (
    data_range,
    grid_axis,
    output_range,
    outputs_over,
    surface,
    work_per_point,
)
from engine.text.numbers import format_number
from gui import theme
from gui.plots.axis import PlainAxis
from gui.plots.class_answers import ClassAnswers
from gui.plots.colours import SHADES, class_table, lookup_table
from gui.plots.drawing import DrawablePlot
from gui.plots.hatching import Hatching
from gui.plots.read_out import ReadOut
from gui.plots.sample_points import SamplePoints, two_values
from gui.view import View

FINE, COARSE = 100, 50  # cells along each side, while training and at rest
REFINE_MILLISECONDS = 80
_ONE_SCALE = 2.0  # two inputs have one scale if no range is so many times as long as the other
_STALE = 0.4  # how much is left of the colours of a surface that is no longer true
_DIGITS = 3  # of what is read out
_LOW_PLOT = 170  # pixels of height below which the name of the x axis gets no row of its own

_PATIENCE = 0.006  # seconds at one go
_WORK_IN_ALL = 5_000_000_000  # in the units of engine.run.surface.work_per_point
_FIRST_SPEED = 3e9  # such units a second, a cautious guess until it is measured
_STEPS = (FINE, 70, COARSE, 35, 25, 17, 12)  # sizes to choose from, so that it rarely changes


class _Frame(Struct, frozen=True):
    """What axes, discs and colours depend on: they are drawn anew when it is another one. Two
    Specs are equal only if they are the same object."""

    spec: Spec
    sample: int
    output: int | None
    inputs: tuple[int, int]
    marked: tuple[int, ...]


class _Question(Struct, frozen=True, eq=False):
    """What the surface shows: an output over two inputs with these parameters, or with None for
    it which class they give."""

    network: Network
    rules: Rules
    scaling: Scaling | None
    theta: Array
    output: int | None
    classes: Classes | None
    inputs: tuple[int, int]
    held: Array
    ranges: tuple[tuple[float, float], ...]

    def is_about_the_same(self, other: _Question | None) -> bool:
        """Whether another question differs in its parameters at most."""
        return (
            other is not None
            and self.network is other.network
            and self.rules is other.rules
            and self.scaling == other.scaling
            and (self.output, self.inputs, self.ranges)
            == (other.output, other.inputs, other.ranges)
            and bool((self.held == other.held).all())
        )

    def is_same(self, other: _Question | None) -> bool:
        """Whether another question has the same answer."""
        return other is not None and self.theta is other.theta and self.is_about_the_same(other)

    def answer(self, cells: int, start: int, stop: int) -> Array:
        """Rows start … stop-1 of a surface of cells × cells; of the class map each number is that
        of a class and, behind the point, how deep its colour is."""
        xs, ys = (grid_axis(low, high, cells) for low, high in self.ranges)
        if self.output is not None:
            return surface(
                self.network, self.theta, self.output, *self.inputs, self.held, xs,
                ys[start:stop], self.rules, self.scaling,
            )
        assert self.classes is not None
        outputs = self.outputs(xs, ys[start:stop])
        given = self.classes.given(outputs)
        depth = np.minimum(self.classes.depth(outputs), 1.0 - 0.5 / SHADES)
        return np.where(given == NO_CLASS, np.nan, given + depth)

    def outputs(self, xs: Array, ys: Array) -> Array:
        """All outputs, as the network has them, over some points (ys, xs)."""
        return outputs_over(
            self.network, self.theta, *self.inputs, self.held, xs, ys, self.rules, self.scaling
        )

    def text(self, x: float, y: float) -> tuple[str, str]:
        """What the network says of a point, in words: name and number."""
        xs, ys = np.array([x]), np.array([y])
        if self.classes is not None and self.output is None:
            return self.classes.said(self.outputs(xs, ys)[0, 0])
        assert self.output is not None
        value = surface(
            self.network, self.theta, self.output, *self.inputs, self.held, xs, ys, self.rules,
            self.scaling,
        )
        name = self.network.layers[-1].units[self.output]
        return name, format_number(float(value[0, 0]), _DIGITS)


class SurfacePlot(DrawablePlot):
    """The decision surface.

    While training it has at most COARSE cells a side, as many as a few milliseconds allow, and
    none where that is too few to show anything. At rest it has FINE cells a side (fewer for the
    largest networks), if need be worked out a few rows at a time between other events.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(PlainAxis("bottom"), PlainAxis("left"), parent)
        self.setObjectName("surfacePlot")
        self.setAccessibleName("Decision surface")
        self.image = pg.ImageItem(axisOrder="row-major")
        self.addItem(self.image)
        self.hatching = Hatching()
        self.addItem(self.hatching)
        self.points = SamplePoints(self)
        # On two lines it has room over a small plot too.
        self.note = pg.TextItem("shown when\ntraining pauses", anchor=(0.5, 0.5))
        self.note.setZValue(20)  # over the samples
        self.addItem(self.note)
        self.read_out = ReadOut()
        self.scene().addItem(self.read_out)
        self.viewport().setMouseTracking(True)
        self._pointer: QPointF | None = None
        self._answers: ClassAnswers | None = None
        self._frame: _Frame | None = None
        self._ranges: tuple[tuple[float, float], ...] = ()
        self._question: _Question | None = None
        self._cells = 0  # of the image that answers the question; 0 if there is none yet
        self._speed = _FIRST_SPEED
        self._levels = (0.0, 1.0)
        self._refined: Array = np.empty((0, 0))
        self._rows_done = 0
        self._refine_timer = QTimer(self, singleShot=True)
        self._refine_timer.timeout.connect(self._refine)
        self.restyle()

    @property
    def proportions(self) -> float | None:
        """Width over height with which both inputs have one scale; None where they have none."""
        if not self._ranges:
            return None
        across, up = (high - low for low, high in self._ranges)
        return across / up if 1 / _ONE_SCALE < across / up < _ONE_SCALE else None

    def display(
        self, view: View, output: int | None, x_input: int, y_input: int, held: Array
    ) -> None:
        """Show an output of a View's network over two inputs, the others held at `held`; with None
        the class map."""
        frame = _Frame(view.spec, view.sample, output, (x_input, y_input), view.marked)
        if frame != self._frame:
            self._frame = frame
            self._draw_frame()
        spec, ranges = view.spec, self._ranges
        classes = classes_of(spec)
        question = _Question(
            spec.network, spec.rules, spec.scaling, view.theta, output, classes, frame.inputs, held,
            ranges,
        )
        self._show_surface(question, view.training)
        self._answers = None if classes is None else ClassAnswers.of(view, classes)
        self.points.mark_wrong(None if self._answers is None else self._answers.wrong)
        if not view.training:
            self._tell(output is None)
        self._read_out()

    def _tell(self, is_map: bool) -> None:
        """Say to a screen reader what is seen."""
        self.setAccessibleName("Class map" if is_map else "Decision surface")
        answers = self._answers
        assert self._frame is not None
        told = "" if answers is None else answers.in_words(self._frame.sample)
        self.setAccessibleDescription(told)

    def _draw_frame(self) -> None:
        """Draw what changes with the data and the choice of inputs, but not in training."""
        frame = self._frame
        assert frame is not None
        data, spec = frame.spec.data, frame.spec
        x, y = (data.inputs[:, number] for number in frame.inputs)
        for axis, column, number in zip(
            (self.x_axis, self.y_axis), (x, y), frame.inputs, strict=True
        ):
            axis.set_name(with_class(spec, 0, number))
            axis.set_marks(two_values(column))
        self._ranges = tuple(data_range(frame.spec, number) for number in frame.inputs)
        self.show_range(*self._ranges)
        self.note.setPos(*(sum(ends) / 2 for ends in self._ranges))
        targets, kinds = None, None
        if frame.output is not None:
            self._levels = output_range(spec, frame.output)
            targets = data.targets[:, frame.output] if spec.has_targets else None
            self.image.setLookupTable(lookup_table())
        else:
            classes = classes_of(spec)
            assert classes is not None
            self._levels = (0.0, float(len(classes.names)))
            kinds = named_in(spec)
            self.image.setLookupTable(class_table()[: len(classes.names) * SHADES])
        self.hatching.setVisible(frame.output is None and theme.current().hatches)
        kept_out = data.is_test, data.is_validation
        self.points.show(x, y, targets, self._levels, frame.sample, *kept_out, kinds)
        self.points.mark(frame.marked)
        self.drawing.show_samples(x, y, frame.sample)

    def _show_surface(self, question: _Question, training: bool) -> None:
        affordable = self._speed * _PATIENCE / work_per_point(question.network)
        most = COARSE if training else FINE
        cells = next((size for size in _STEPS if size <= most and size**2 <= affordable), 0)
        new = not question.is_same(self._question)
        related = question.is_about_the_same(self._question)
        self._question = question
        if new or training:
            self._refine_timer.stop()
            self._rows_done = 0
        if new:
            self._cells = 0
        if self._cells < cells and self._rows_done == 0:
            self._draw(self._answer(cells, 0, cells))
            self._cells = cells
        answered = self._cells > 0 or self._rows_done > 0
        # Training may leave no time for another surface: the last one then stays, paler.
        self.image.setVisible(answered or (related and self.image.isVisible()))
        self.image.setOpacity(1.0 if answered else _STALE)
        self.note.setVisible(self._cells == 0 and training)
        if not training and self._cells < self._finest() and not self._refine_timer.isActive():
            self._refine_timer.start(REFINE_MILLISECONDS)

    def _finest(self) -> int:
        """Cells a side of the finest surface that the network is worth."""
        assert self._question is not None
        work = work_per_point(self._question.network)
        return max(_STEPS[-1], min(FINE, isqrt(_WORK_IN_ALL // work)))

    def _answer(self, cells: int, start: int, stop: int) -> Array:
        """Rows of the surface; how long they took tells what is affordable next time."""
        assert self._question is not None
        began = perf_counter()
        values = self._question.answer(cells, start, stop)
        work = values.size * work_per_point(self._question.network)
        speed = work / max(perf_counter() - began, 1e-6)
        self._speed += 0.4 * (speed - self._speed)
        return values

    def _draw(self, values: Array) -> None:
        question = self._question
        assert question is not None
        (low_x, high_x), (low_y, high_y) = question.ranges
        self.image.setImage(values, levels=self._levels, autoLevels=False)
        rect = QRectF(low_x, low_y, high_x - low_x, high_y - low_y)
        self.image.setRect(rect)
        if self.hatching.isVisible():
            self.hatching.show(np.nan_to_num(values, nan=NO_CLASS).astype(np.intp), rect)

    def _refine(self) -> None:
        """Work out some more rows of the finest surface, over the coarse one if there is one."""
        question, cells = self._question, self._finest()
        assert question is not None
        if self._rows_done == 0:
            self._refined = np.full((cells, cells), np.nan)
            if self._cells:
                near = np.arange(cells) * self._cells // cells
                self._refined = self.image.image[np.ix_(near, near)]
        work = work_per_point(question.network) * cells
        rows = max(1, int(self._speed * _PATIENCE / work))
        start, stop = self._rows_done, min(self._rows_done + rows, cells)
        self._refined[start:stop] = self._answer(cells, start, stop)
        self._rows_done = stop
        self._draw(self._refined.copy())
        self.image.setVisible(True)
        self.image.setOpacity(1.0)
        if stop < cells:
            self._refine_timer.start(0)
        else:
            self._rows_done, self._cells = 0, cells

    def restyle(self) -> None:
        super().restyle()
        self.note.setColor(theme.current().colour("ink"))
        self.note.setFont(theme.font(theme.SMALL))
        self.note.fill = pg.mkBrush(theme.current().colour("card"))
        if self._frame is not None:
            self._draw_frame()
            if self._question is not None and self.image.image is not None:
                self._draw(self.image.image)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._pointer = None if event.buttons() else event.position()
        self._read_out()

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._pointer = None
        self._read_out()

    def _read_out(self) -> None:
        """Write beside the pointer what the network says there, or of the sample there."""
        pointer, question = self._pointer, self._question
        scene = None if pointer is None else self.mapToScene(pointer.toPoint())
        room = self.box.sceneBoundingRect()
        if pointer is None or scene is None or question is None or not room.contains(scene):
            self.read_out.hide()
            return
        point = self.box.mapSceneToView(scene)
        row = self.drawing.sample_at(pointer)
        if row is not None and self._answers is not None and question.output is None:
            x, y = self.drawing.place_of(row)
            scene = self.box.mapViewToScene(QPointF(x, y))
            place, (name, value) = self._answers.target_text(row), self._answers.said(row)
        else:
            place = f"({format_number(point.x(), _DIGITS)}, {format_number(point.y(), _DIGITS)})"
            name, value = question.text(point.x(), point.y())
        inside = QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1)
        self.read_out.show_at(scene, place, name, value, "ink", inside, (), ())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if hasattr(self, "x_axis"):  # pyqtgraph resizes before this widget is made
            self.x_axis.set_name_at_end(self.height() < theme.px(_LOW_PLOT))
