"""EpochPlot: what plots of losses over the epochs share, such as axes that may be logarithmic."""

from __future__ import annotations

from math import log10
from typing import overload

import numpy as np

from engine.maths.activations import Array
from gui.plots.axis import PlainAxis
from gui.plots.plot import Plot

Series = tuple[Array, Array]
"""The points of a curve: epochs and values."""

HEADROOM = 1.08  # of the largest value
LEAST_DECADES = 0.5  # that a logarithmic axis shows

_FARTHEST = 100  # heights of the plot; beyond them Qt draws no line rightly
_LEAST_PIXELS = 50


class EpochPlot(Plot):
    """Base of the plots of losses over the epochs: a subclass draws its curves in `_redraw`, which
    is called when the size or the kind of an axis changes.

    On a logarithmic axis of epochs the epoch n stands at log10(1 + n), so that 0 has a place.
    """

    def __init__(self) -> None:
        x_axis = PlainAxis("bottom", whole=True)
        x_axis.set_name_at_end(True)
        super().__init__(x_axis, PlainAxis("left", grid=True))
        self._wants_log = False
        self._log_possible = True
        self.box.sigResized.connect(self._redraw)

    @property
    def log(self) -> bool:
        """Whether the loss axis is to be logarithmic wherever all values are above zero."""
        return self._wants_log

    @log.setter
    def log(self, wanted: bool) -> None:
        self._wants_log = wanted
        self._redraw()

    @property
    def log_possible(self) -> bool:
        """Whether all values that are shown are above zero."""
        return self._log_possible

    @property
    def log_epochs(self) -> bool:
        """Whether the axis of epochs is logarithmic."""
        return self.x_axis.logarithmic

    @log_epochs.setter
    def log_epochs(self, wanted: bool) -> None:
        self.x_axis.logarithmic = wanted
        self._redraw()

    def _redraw(self) -> None:
        raise NotImplementedError

    @overload
    def _place(self, epochs: float) -> float: ...
    @overload
    def _place(self, epochs: Array) -> Array: ...
    def _place(self, epochs: float | Array) -> float | Array:
        """Where epochs stand on their axis."""
        if not self.log_epochs:
            return epochs
        return np.log10(1.0 + epochs) if isinstance(epochs, np.ndarray) else log10(1.0 + epochs)

    @overload
    def _epoch(self, places: float) -> float: ...
    @overload
    def _epoch(self, places: Array) -> Array: ...
    def _epoch(self, places: float | Array) -> float | Array:
        """Which epochs stand at places of their axis."""
        return 10.0**places - 1.0 if self.log_epochs else places

    def _pixels_across(self) -> int:
        """How many pixels curves are thinned to."""
        return max(_LEAST_PIXELS, int(self.box.width()))

    def _on_loss_axis(self, drawn: list[Series]) -> list[Series]:
        """The same points as the loss axis has them, which becomes logarithmic if that is wanted
        and possible: then their values are exponents of ten."""
        self._log_possible = all(bool((values > 0.0).all()) for _, values in drawn)
        self.y_axis.logarithmic = self._wants_log and self._log_possible
        if not self.y_axis.logarithmic:
            return drawn
        return [(epochs, np.log10(values)) for epochs, values in drawn]

    def _within_reach(self, values: Array) -> Array:
        """The values of a curve that leaves the plot, as far from it as it can be drawn."""
        low, high = self.box.viewRange()[1]
        far = _FARTHEST * (high - low)
        return np.clip(values, low - far, high + far)


def with_log_margin(low: float, high: float) -> tuple[float, float]:
    """The range of a logarithmic axis (exponents of ten) that shows low to high."""
    missing = max(0.0, LEAST_DECADES - (high - low))
    margin = missing / 2 + (high - low) * (HEADROOM - 1)
    return low - margin, high + margin
