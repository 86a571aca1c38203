"""GradientLens: how large the gradient of each layer is, over the epochs of the whole road."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from engine.maths.activations import Array
from engine.run.gradient_sizes import FAR_APART, gradient_sizes
from engine.run.iteration import Check
from engine.text.numbers import format_number
from engine.training.history import History
from engine.training.road_walk import Moment, RoadWalk
from gui.lenses.lens import WorkingLens
from gui.plots.gradient_plot import GradientPlot
from gui.session.session import Session
from gui.view import View
from gui.widgets.layouts import NO_MARGINS, column

_SLICE = {True: 0.012, False: 0.06}  # seconds of work at a time, in training or at rest
_PAUSE = 150  # milliseconds between two such, and two pictures, while the run trains
_MOST_KNOWN = 1000  # moments, beyond which those of other roads are worked out anew
_NO_WAY_BACK = "Nothing is sent back through a step, so there is no gradient."

Found = list[tuple[Moment, Array | None]]


class GradientLens(WorkingLens):
    """The root mean square of ∂E/∂θ of each layer. It is worked out from the states that the run
    keeps, a few at a time: so after going back, on another road or after opening a file it is the
    same as if one had looked on. `epoch_asked` tells where in the run somebody wants to go."""

    epoch_asked = Signal(float)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Gradients by layer", "gradientLens", parent)
        self._session = session
        self._history: History | None = None
        self._known: dict[Moment, Array | None] = {}
        self._walk: RoadWalk | None = None
        self._walked: tuple[int, int] | None = None  # to the tip of which branch, how far
        self._drawn_at = 0.0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._go_on)
        self.plot = GradientPlot()
        self.plot.setParent(self.page)
        self.plot.epoch_asked.connect(self.epoch_asked)
        self.page.setLayout(column((self.plot, 1), margins=NO_MARGINS))

    def restyle(self) -> None:
        self.plot.restyle()
        super().restyle()

    def finish(self) -> None:
        """Wait until all of it is worked out."""
        while self.busy or self._missing():
            super().finish()
            self._go_on()

    def _show(self, view: View) -> None:
        if not view.spec.network.can_train:
            self.say(_NO_WAY_BACK)
            return
        session = self._session
        if session.history is not self._history:
            self._rest()
            self._history = session.history
            self._known.clear()
            self._walked = None
        now = perf_counter()
        if view.training and 1e3 * (now - self._drawn_at) < _PAUSE:
            return  # the next view is not far
        self._drawn_at = now
        leaf = session.place.leaf
        road = leaf.number, leaf.tip.t
        if road != self._walked and not self.busy:
            self._walked, self._walk = road, RoadWalk(session.history, leaf.number)
        self._draw(view)
        if self._missing() and not self.busy and not self._next.isActive():
            self._next.start(_PAUSE if view.training else 0)

    def _missing(self) -> list[Moment]:
        walk = self._walk
        if walk is None or not self.isVisible() or self.is_covered:
            return []
        moments = walk.moments
        if self._view is not None and self._view.training and len(moments) > 2:
            moments = moments[:-1]  # the tip goes on
        return [moment for moment in moments if moment not in self._known]

    def _go_on(self) -> None:
        """Work out some more, beside the window."""
        walk, missing, view = self._walk, self._missing(), self._view
        if walk is None or view is None or not missing or self.busy:
            return
        seconds = _SLICE[view.training]

        def work(check: Check) -> Found:
            found: Found = []
            until = perf_counter() + seconds
            for moment in missing:
                state = walk.state(moment, check)
                sizes = None if state is None else gradient_sizes(walk.spec(moment), state, check)
                found.append((moment, sizes))
                if perf_counter() > until:
                    break
            return found

        self.compute(work, self._arrive)

    def _arrive(self, found: Found) -> None:
        self._known.update(found)
        walk = self._walk
        if walk is not None and len(self._known) > _MOST_KNOWN:
            of_road = set(walk.moments)
            self._known = {m: sizes for m, sizes in self._known.items() if m in of_road}
        self.again()

    def _rest(self) -> None:
        self._next.stop()
        super()._rest()

    def _draw(self, view: View) -> None:
        walk, network = self._walk, view.spec.network
        assert walk is not None
        points = [(walk.epochs(m), self._known[m]) for m in walk.moments if m in self._known]
        # On a road whose network grew, what came before has other layers.
        rows = [(e, s) for e, s in points if s is not None and len(s) == network.depth]
        epochs = np.array([epoch for epoch, _ in rows])
        sizes = np.array([each for _, each in rows]).reshape(-1, network.depth)
        titles = [network.layer_title(layer) for layer in range(1, network.depth + 1)]
        last = walk.epochs(walk.moments[-1])
        self.plot.show_sizes(titles, epochs, sizes, view.epoch_position, last)
        now = _nearest(epochs, sizes, view.epoch_position)
        words = "" if now is None else _in_words(titles, now)
        self.note.setText(f"Root mean square of ∂E/∂θ, on the training set. {words}")
        self.plot.setAccessibleDescription("" if now is None else _spoken(titles, now))


def _nearest(epochs: Array, sizes: Array, epoch: float) -> Array | None:
    """The sizes at the moment that is nearest to an epoch."""
    if not len(epochs):
        return None
    nearest: Array = sizes[int(np.abs(epochs - epoch).argmin())]
    return nearest


def _in_words(titles: list[str], sizes: Array) -> str:
    """Whether gradients vanish or explode on the way back from the output, at one moment."""
    if not np.isfinite(sizes).all() or len(sizes) < 2 or sizes[-1] <= 0.0:
        return ""
    k = int(np.abs(np.log(np.maximum(sizes[:-1], 1e-300) / sizes[-1])).argmax())
    ratio = float(sizes[k] / sizes[-1])
    if ratio * FAR_APART < 1.0:
        return (
            f"It vanishes on the way back: that of {titles[k]} is {format_number(ratio, 2)} times "
            "that of the output."
        )
    if ratio > FAR_APART:
        return (
            f"It explodes on the way back: that of {titles[k]} is {format_number(ratio, 2)} times "
            "that of the output."
        )
    first = format_number(float(sizes[0] / sizes[-1]), 2)
    return f"{titles[0]} now has {first} times that of the output."


def _spoken(titles: list[str], sizes: Array) -> str:
    """The sizes in words, for a screen reader."""
    pairs = zip(titles, sizes.tolist(), strict=True)
    return "; ".join(f"{title} {format_number(size, 4)}" for title, size in pairs)
