"""LossCurves: the loss over the epochs as it is drawn, all of it or the part that is zoomed to."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal

from engine.maths.activations import Array
from engine.text.numbers import format_count, format_number
from gui import theme
from gui.plots.epoch_plot import HEADROOM, LEAST_DECADES, EpochPlot, Series, with_log_margin
from gui.plots.ghost_lines import GhostLines
from gui.plots.solid_line import SolidLine
from gui.plots.spot_looks import spot_brush, spot_pen
from gui.plots.thinned_curve import ThinnedCurve
from gui.view import View

LOSS = 1  # the column of View.curve that has the loss

_EDGE = 8  # pixels kept free left and right, so that the dot is whole at either end
_AIR = 0.06  # of the present run's length, in which a longer ghost is seen to go on
_LEAST_MARGIN = 1e-6  # of a loss, above and below what is zoomed to
_LEAST_EPOCHS = 1.0  # that are shown
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


class LossCurves(EpochPlot):
    """Loss and error metrics over the epochs, ghosts, and the marker of the present moment.

    All there is to see is the present run: ghosts that go on leave the plot, but for those on a
    logarithmic axis, which shows all of them. A run that has not begun leaves the plot to them.
    `zoom_changed` says that only a part is shown from now on, or all again.
    """

    zoom_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._view: View | None = None
        self._metrics: tuple[int, ...] = ()
        self._thinned, self._thinned_test = ThinnedCurve(), ThinnedCurve()
        self._test_curve: pg.PlotCurveItem | None = None  # the one of self.curves for test samples
        self._all = (0.0, 1.0)  # where all there is to see begins and ends, on the axis
        # The epochs that are zoomed to; an end that is None moves on with the run.
        self._part: tuple[float, float | None] | None = None
        self.curves: list[pg.PlotCurveItem] = []
        self.ghost_lines = GhostLines(self)
        self.now_line = pg.InfiniteLine(angle=90)
        self.now_dot = pg.ScatterPlotItem(size=11, antialias=True)
        self.now_name = pg.TextItem("now")
        for height, item in enumerate((self.now_line, self.now_dot, self.now_name), start=10):
            item.setZValue(height)
            self.addItem(item)
        self.now_dot.setZValue(30)  # over the names of ghosts

    def display(self, view: View, metrics: tuple[int, ...] = ()) -> None:
        """Show the curve of a View, and these columns of it beside the loss."""
        self._view, self._metrics = view, metrics
        self._redraw()

    # What part is shown

    @property
    def is_zoomed(self) -> bool:
        """Whether only a part of what there is to see is shown."""
        return self._part is not None

    def show_all(self) -> None:
        """Show the whole run again."""
        self._zoom_to(None)

    def zoom(self, factor: float, about: float) -> bool:
        """Show so many times as much of the axis as now; what stands at the place `about` of it
        stays where it is. Whether that was possible."""
        low, high = self._shown()
        return self.show_part(about - (about - low) * factor, about + (high - about) * factor)

    def pan(self, share: float) -> bool:
        """Move on by a share of what is shown; whether that was possible."""
        low, high = self._shown()
        step = share * (high - low)
        return self.is_zoomed and self.show_part(low + step, high + step)

    def show_part(self, low: float, high: float) -> bool:
        """Show the axis between two places of it, as far as there is something to see; whether
        that is anything else than now. It is never less than an epoch."""
        first, last = self._all
        length = min(high - low, last - first)
        low = min(max(low, first), last - length)
        high = low + length
        if self._epoch(high) - self._epoch(low) < min(_LEAST_EPOCHS, self._epoch(last)):
            return False
        before = self._shown()
        near_end = last - high <= 1e-6 * length
        if length >= (1.0 - 1e-6) * (last - first):
            self._zoom_to(None)
        else:
            self._zoom_to((self._epoch(low), None if near_end else self._epoch(high)))
        return self._shown() != before

    def _zoom_to(self, part: tuple[float, float | None] | None) -> None:
        changed = (part is None) != (self._part is None)
        if part != self._part:
            self._part = part
            self._redraw()
        if changed:
            self.zoom_changed.emit()

    def _shown(self) -> tuple[float, float]:
        """Where on the axis what is shown begins and ends."""
        first, last = self._all
        if self._part is None:
            return first, last
        low, high = self._part
        end = last if high is None else min(last, self._place(high))
        return max(first, self._place(low)), end

    def _bring_into_view(self, epoch: float) -> None:
        """Move what is shown, no farther than needed, so that an epoch is within."""
        low, high = self._shown()
        place = self._place(epoch)
        if self.is_zoomed and not low <= place <= high:
            step = place - low if place < low else place - high
            self.show_part(low + step, high + step)

    # Drawing

    def _redraw(self) -> None:
        view = self._view
        if view is None:
            return
        count, was_zoomed = len(self._columns(view)) + self._has_test(view), self.is_zoomed
        self._find_all(self.ghost_lines.choose(view.ghosts))
        low, high = self._shown()
        edge = (high - low) * _EDGE / max(50.0, self.box.width() - 2 * _EDGE)
        across = (low - edge, high + edge)
        drawn = self._on_axes(self._all_series(view, across))
        here = slice(count, count + len(self.ghost_lines.shown))
        ghosts, road = drawn[here], drawn[:count] + drawn[here.stop :]
        begun = self._has_begun()
        up = self._losses(road if begun or not ghosts else road + ghosts, ghosts, (low, high))
        self._name_epochs()
        self.show_range(across, up)
        self._have_curves(count, self._has_test(view))
        for curve, series in zip(self.curves, drawn, strict=False):
            curve.setData(*series)
        self._mark_now(view, drawn[here.stop :])
        within = [(places, self._within_reach(values)) for places, values in ghosts]
        names = [self.now_name] if self.now_name.isVisible() else []
        self.ghost_lines.draw(within, road, [item.sceneBoundingRect() for item in names])
        if was_zoomed != self.is_zoomed:
            self.zoom_changed.emit()

    def _columns(self, view: View) -> tuple[int, ...]:
        """The columns of View.curve that are drawn; none while it has no point."""
        return (LOSS, *self._metrics) if len(view.curve) else ()

    def _has_test(self, view: View) -> bool:
        """Whether the loss of test samples is drawn."""
        return len(view.curve) > 0 and len(view.test_curve) > 0

    def _has_begun(self) -> bool:
        first, last = self._reach()
        return first < last

    def _find_all(self, ghosts: list[Array]) -> None:
        """Find out how far there is something to see, and forget a part that lies beyond."""
        first, last = self._reach()
        ends = [float(points[-1, 0]) for points in ghosts if len(points)]
        begins = [float(points[0, 0]) for points in ghosts if len(points)]
        if self.log_epochs or not self._has_begun():
            first, last = min([first, *begins]), max([last, *ends])
        low = self._place(first)
        high = self._place(max(last, first + _LEAST_EPOCHS))
        if max(ends, default=0.0) > last:
            high += _AIR * (high - low)
        self._all = low, high
        begin, end = self._shown()
        if end <= begin or (begin <= low and end >= high):
            self._part = None

    def _all_series(self, view: View, across: tuple[float, float]) -> list[Series]:
        """What is drawn between two places of the axis: loss, metrics, the loss of test samples,
        ghosts, and last the present moment (if it is known)."""
        pixels = self._pixels_across()
        edges = self._epoch(np.linspace(*across, pixels + 1))
        series = [
            _finite(*self._thinned.points(view.curve, column, pixels, edges))
            for column in self._columns(view)
        ]
        if self._has_test(view):
            tested = self._thinned_test.points(view.test_curve, LOSS, pixels, edges)
            series.append(_finite(*tested))
        series += self.ghost_lines.series(edges)
        if view.loss is not None and math.isfinite(view.loss):
            series.append((np.array([view.epoch_position]), np.array([view.loss])))
        return series

    def _on_axes(self, drawn: list[Series]) -> list[Series]:
        return [(self._place(epochs), values) for epochs, values in self._on_loss_axis(drawn)]

    def _have_curves(self, count: int, has_test: bool) -> None:
        """Have as many items as there are curves, the last for test samples if there are some; what
        is there already stays."""
        if len(self.curves) == count and has_test == (self._test_curve is not None):
            return
        while len(self.curves) > count:
            self.removeItem(self.curves.pop())
        while len(self.curves) < count:
            self.curves.append(pg.PlotCurveItem(antialias=True) if self.curves else SolidLine())
            self.addItem(self.curves[-1])
        self._test_curve = self.curves[-1] if has_test else None
        self.restyle()

    def _losses(
        self, road: list[Series], ghosts: list[Series], shown: tuple[float, float]
    ) -> tuple[float, float]:
        """The range of losses: of the present road all that is shown, and of the ghosts as much as
        leaves it a third of the height, for beside one that diverged it would be a flat line. A
        logarithmic axis shows them down to their lowest."""
        logarithmic = self.y_axis.logarithmic
        ends = [_ends(series, shown) for series in road]
        values = [value for each in ends if each is not None for value in each]
        if not values:
            return 0.0, 1.0
        low, high = min(values), max(values)
        lowest, highest = low, high
        if not (logarithmic or self.is_zoomed):
            lowest, highest = min(low, 0.0), max(high, 0.0)
        span = max(highest - lowest, LEAST_DECADES if logarithmic else 0.0)
        for series in ghosts:
            others = _ends(series, shown)
            if others is not None:
                low = min(low, others[0] if logarithmic else max(others[0], lowest - span))
                high = max(high, min(others[1], highest + span))
        # In a low plot a share of the height is less than half a dot.
        edge = _EDGE / max(2.0 * _EDGE, self.box.height() - 2.0 * _EDGE)
        head = max(HEADROOM - 1.0, edge)
        if self.is_zoomed:
            least = _LEAST_MARGIN if logarithmic else _LEAST_MARGIN * abs(high)
            margin = max((high - low) * head, least)
            return low - margin, high + margin or 1.0
        if logarithmic:
            low, high = with_log_margin(low, high)
            more = (high - low) * (head - (HEADROOM - 1.0))
            return low - more, high + more
        low, high = min(low, 0.0), high if high > 0.0 else 1.0
        span = high - low
        return low - span * edge, high + span * head

    def _name_epochs(self) -> None:
        """Write at the end of the axis how far the run goes."""
        last = self._reach()[1]
        goes_on = self.log_epochs and self._all[1] > self._place(last)
        count = format_count(int(last)) if last.is_integer() else format_number(last, 4)
        name = "1 epoch" if last == 1.0 else f"{count} epochs"
        self.x_axis.set_name("epoch" if last == 0.0 or self.is_zoomed or goes_on else name)

    def _mark_now(self, view: View, drawn: list[Series]) -> None:
        """Put line and dot at the present moment; the word too, unless it is the curve's end."""
        now = self._place(view.epoch_position)
        self.now_line.setPos(now)
        self.now_dot.setData(*(drawn[0] if drawn else ([], [])))
        left, right = (self._place(end) for end in self._reach())
        alone = left == right
        (low_x, high_x), (low_y, high_y) = self.box.viewRange()
        self.now_line.setVisible(not alone)
        self.now_name.setVisible(alone or (now < right and low_x <= now <= high_x))
        beside = _EDGE * (high_x - low_x) / max(1.0, self.box.width())
        on_the_right = now < (low_x + high_x) / 2
        # At the top, or at the bottom where the curve is in the upper half just now.
        is_high = bool(drawn) and float(drawn[0][1][0]) > (low_y + high_y) / 2
        level, anchor = (low_y, 1.0) if is_high else (high_y, 0.0)
        if alone and drawn:
            level, anchor = float(drawn[0][1][0]), 0.5
        self.now_name.setAnchor((0.0 if on_the_right else 1.0, anchor))
        self.now_name.setPos(now + (beside if on_the_right else -beside), level)

    def _reach(self) -> tuple[float, float]:
        """The epochs one can go to: from the first point of the curve to its end."""
        view = self._view
        assert view is not None
        ends = [view.epoch_position]
        if len(view.curve):
            ends += [float(view.curve[0, 0]), float(view.curve[-1, 0])]
        return min(ends), max(ends)

    def restyle(self) -> None:
        super().restyle()
        colours = theme.current()
        for number, curve in enumerate(self.curves):
            if self._test_curve is not None and curve is self._test_curve:
                pen = pg.mkPen(colours.colour("negative"), width=2, style=Qt.PenStyle.DashLine)
                self._test_curve.setPen(pen)
            elif isinstance(curve, SolidLine):
                curve.set_colour(colours.colour("positive"))
            else:
                dash = _DASHES[(number - 1) % len(_DASHES)]
                curve.setPen(pg.mkPen(colours.colour("ink"), width=1, style=dash))
            curve.setZValue(5 - number)
        self.ghost_lines.restyle()
        accent = colours.colour("accent")
        self.now_line.setPen(pg.mkPen(accent, width=2))
        self.now_dot.setBrush(spot_brush(accent))
        ring = "accent_done" if self.hasFocus() else "card"
        self.now_dot.setPen(spot_pen(colours.colour(ring), 3.0 if self.hasFocus() else 1.0))
        self.now_name.setColor(accent)
        self.now_name.setFont(theme.font(theme.SMALL))
        self.now_name.fill = pg.mkBrush(colours.colour("card"))


def _finite(epochs: Array, values: Array) -> Series:
    """The points whose values are finite: a run near divergence may have others."""
    kept = np.isfinite(values)
    return (epochs, values) if kept.all() else (epochs[kept], values[kept])


def _ends(series: Series, shown: tuple[float, float]) -> tuple[float, float] | None:
    """The least and the greatest value of a line between two places; None where it is not."""
    places, values = series
    if not len(places) or places[-1] < shown[0] or places[0] > shown[1]:
        return None
    inside = values[(places >= shown[0]) & (places <= shown[1])]
    at_ends = np.interp(np.clip(shown, places[0], places[-1]), places, values)
    both = np.concatenate([inside, at_ends])
    return float(both.min()), float(both.max())
