"""LandscapeLens: the loss over two directions of the parameters, with the path of the run."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from msgspec import Struct
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QMenu, QWidget

from engine.maths.activations import Array
from engine.maths.network import Parameter
from engine.run.iteration import Check
from engine.run.landscape import (
    Landscape,
    Plane,
    finest,
    plane_of_parameters,
    plane_of_path,
    range_around,
)
from engine.run.spec import Spec
from engine.text.numbers import format_number
from engine.training.road_walk import RoadWalk
from gui.lenses.lens import WorkingLens
from gui.plots.landscape_plot import LandscapePlot
from gui.session.session import Session
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.layouts import NO_MARGINS, column
from gui.widgets.menu_entry import choice_entry

_CELLS = (96, 64, 48, 32, 24, 16, 12)
_COARSE = 16
_MOST_WORK = 1e10  # multiply-adds, some seconds beside the window
_SLICE = 0.05  # seconds of work at a time
_TRAINING_PAUSE = 1.0  # seconds between two pictures while the run trains
_PATH_NUMBERS = 8_000_000  # that a path may have
_MOST_MOMENTS, _MOST_OF_GHOST, _MOST_GHOSTS = 48, 24, 6
_LEAST_WIDTH = {"path": 0.5, "parameters": 2.0}
_MARGIN = {True: 0.5, False: 0.2}  # around the paths, in training or at rest
_TOO_LARGE = (
    "This network and its training set are too large: one picture of its loss would take minutes."
)
_WORKING = "Working out the path of the run, and the loss around it…"
_ONE = "A network with one parameter has no two directions. See the loss along a weight."


class _Paths(Struct, frozen=True, eq=False):
    """The θ of the road and of each ghost, shape (moments, size), or their places in a plane."""

    road: Array
    ghosts: list[Array]


class _Question(Struct, frozen=True, eq=False):
    """What a picture answers."""

    spec: Spec
    theta: Array
    road: tuple[int, int]
    ghosts: tuple[int, ...]
    parameters: tuple[int, int] | None  # None: the main directions of the path

    def is_same(self, other: _Question | None) -> bool:
        return (
            other is not None
            and (self.spec is other.spec and self.theta is other.theta)
            and (self.road, self.ghosts, self.parameters)
            == (other.road, other.ghosts, other.parameters)
        )


class LandscapeLens(WorkingLens):
    """E over the two directions that the run moved in most, or over two parameters. First the path,
    then a coarse picture, then a fine one, a little at a time beside the window; while the run
    trains a coarse one now and then."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__("Landscape", "landscapeLens", parent)
        self._session = session
        self._selected: Parameter | None = None
        self._axes: list[int] | None = None  # places in θ; None: the main directions
        self._asked: _Question | None = None
        self._paths: _Paths | None = None  # as they are drawn, in the plane
        self._plane: Plane | None = None
        self._is_path_late = False  # and to be found anew
        self._share = 1.0
        self._landscape: Landscape | None = None
        self._begun_at = 0.0
        self._next = QTimer(self)
        self._next.setSingleShot(True)
        self._next.timeout.connect(self._go_on)
        self.plot = LandscapePlot(self.page)
        self.page.setLayout(column((self.plot, 1), margins=NO_MARGINS))
        self.axes_button = Button(
            "", "landscapeAxes", "What is along the axes", self._open_menu, link=True
        )
        self.add_to_head(self.axes_button)
        self._menu = QMenu(self)

    def show_selected(self, number: object) -> None:
        """Hear of what is selected on the network: it can be put along an axis."""
        parameter = number if isinstance(number, Parameter) else getattr(number, "parameter", None)
        self._selected = parameter if isinstance(parameter, Parameter) else self._selected

    def restyle(self) -> None:
        self.plot.restyle()
        super().restyle()

    def finish(self) -> None:
        """Wait until the fine picture is there."""
        while self.busy or self._next.isActive():
            self._next.stop()
            super().finish()
            self._go_on()

    # What is asked

    def _show(self, view: View) -> None:
        spec = view.spec
        size = spec.network.size
        self.axes_button.setVisible(size > 1)
        if size < 2:
            self._stop(_ONE)
            return
        if not finest(spec, _CELLS, _MOST_WORK):
            self._stop(_TOO_LARGE)
            return
        if self._axes is not None and max(self._axes) >= size:
            self._axes = None
        self._name(view)
        self._ask(view)
        self._draw_paths(view)
        # A picture that was called off, as by going behind another tab, goes on.
        if not self.busy and not self._is_finished(view):
            self._next.start(0)

    def _stop(self, sentence: str) -> None:
        self._rest()
        self._asked = None
        self.say(sentence)

    def _question(self, view: View) -> _Question:
        leaf = self._session.place.leaf
        ghosts = tuple(ghost.branch for ghost in view.ghosts if not ghost.hidden)[-_MOST_GHOSTS:]
        axes = None if self._axes is None else (self._axes[0], self._axes[1])
        return _Question(view.spec, view.theta, (leaf.number, leaf.tip.t), ghosts, axes)

    def _is_related(self, question: _Question) -> bool:
        """Whether what is worked out has the same axes and is of the same run."""
        asked = self._asked
        return (
            asked is not None
            and asked.spec is question.spec
            and asked.parameters == question.parameters
            and asked.road[0] == question.road[0]
        )

    def _ask(self, view: View) -> bool:
        """Begin another picture where there is something else to see, which while the run trains is
        not before a coarse one is there and was looked at for a while; whether that is so."""
        question = self._question(view)
        if question.is_same(self._asked):
            return False
        if view.training and self._is_related(question):
            landscape = self._landscape
            if self.busy or self._is_path_late or landscape is None:
                return False
            if landscape.cells <= _COARSE and not landscape.is_done:
                return False
            is_recent = perf_counter() - self._begun_at < _TRAINING_PAUSE
            if is_recent and self._has_in_sight(view):
                return False
        self._begin(question)
        return True

    def _has_in_sight(self, view: View) -> bool:
        """Whether the run is still within the picture, or there is none yet."""
        plane, landscape = self._plane, self._landscape
        if plane is None or landscape is None or len(plane.origin) != len(view.theta):
            return True
        x, y = plane.places(view.theta[np.newaxis])[0]
        (low_x, high_x), (low_y, high_y) = landscape.ranges
        return bool(low_x <= x <= high_x and low_y <= y <= high_y)

    def _begin(self, question: _Question) -> None:
        self._rest()
        if not self._is_related(question):
            self._landscape = self._plane = self._paths = None
            self.plot.show_losses(np.empty((0, 0)), ((0.0, 1.0), (0.0, 1.0)))
        self._asked, self._is_path_late, self._begun_at = question, True, perf_counter()
        self._next.start(0)

    def _is_finished(self, view: View) -> bool:
        landscape = self._landscape
        if self._asked is None or self._is_path_late or landscape is None:
            return self._asked is None
        return landscape.is_done and landscape.cells >= self._cells(view)

    def _cells(self, view: View) -> int:
        most = finest(view.spec, _CELLS, _MOST_WORK)
        return min(_COARSE, most) if view.training else most

    # How it is worked out

    def _go_on(self) -> None:
        """Work out what comes next: the path, or some more of the picture."""
        question, view = self._asked, self._view
        if question is None or view is None or self.busy or not self.isVisible():
            return
        if view.training and self._ask(view):
            return
        if self._is_path_late:
            self._find_paths(question)
            return
        if self._is_finished(view):
            return
        landscape = self._landscape
        assert landscape is not None
        if landscape.is_done:
            plane, ranges = landscape.plane, landscape.ranges
            cells = self._cells(view)
            landscape = Landscape(question.spec, plane, ranges, cells, landscape)
            self._landscape = landscape
        advanced = landscape
        self.compute(lambda check: advanced.advance(_SLICE, check), self._take)

    def _find_paths(self, question: _Question) -> None:
        history, size = self._session.history, question.spec.network.size
        most = max(4, min(_MOST_MOMENTS, _PATH_NUMBERS // size))
        walks = [RoadWalk(history, question.road[0], most)]
        if size * most * (1 + len(question.ghosts)) <= _PATH_NUMBERS:
            walks += [RoadWalk(history, each, _MOST_OF_GHOST) for each in question.ghosts]
        sizes = question.spec.network.sizes

        def work(check: Check) -> _Paths:
            paths = []
            for walk in walks:
                # Before the network got another shape its parameters have no place here.
                moments = [m for m in walk.moments if walk.spec(m).network.sizes == sizes]
                states = [walk.state(moment, check) for moment in moments]
                there = [s.theta for s in states if s is not None and len(s.theta) == size]
                paths.append(np.array(there).reshape(-1, size))
            return _Paths(paths[0], paths[1:])

        self.compute(work, lambda paths: self._take_paths(question, paths))

    def _take_paths(self, question: _Question, paths: _Paths) -> None:
        theta, self._is_path_late = question.theta, False
        if question.parameters is None:
            road = paths.road if len(paths.road) else theta[np.newaxis]
            self._plane, self._share = plane_of_path(theta, road)
        else:
            self._plane, self._share = plane_of_parameters(theta, *question.parameters), 1.0
        plane = self._plane
        self._paths = _Paths(
            plane.places(paths.road), [plane.places(each) for each in paths.ghosts]
        )
        places = [plane.places(theta[np.newaxis]), self._paths.road, *self._paths.ghosts]
        kind = "path" if question.parameters is None else "parameters"
        # While it trains the run goes on from where the picture was begun.
        margin = _MARGIN[self._view is not None and self._view.training]
        ranges = tuple(
            range_around(each, _LEAST_WIDTH[kind], margin) for each in np.concatenate(places).T
        )
        cells = min(_COARSE, finest(question.spec, _CELLS, _MOST_WORK))
        self._landscape = Landscape(question.spec, plane, (ranges[0], ranges[1]), cells)
        self._go_on()

    def _take(self, landscape: Landscape) -> None:
        """Show what there is of a picture, and go on with it."""
        if landscape is not self._landscape:
            return
        # One that is worked out anew while the run trains is shown whole, in place of the last.
        if landscape.cells > _COARSE or landscape.is_done:
            self.plot.show_losses(landscape.losses, landscape.ranges)
            self.say("")
            self._say_what_is_seen()
        if self._view is not None:
            self._draw_paths(self._view)
        self._next.start(0)

    def _rest(self) -> None:
        self._next.stop()
        super()._rest()

    # What is said of it

    def _draw_paths(self, view: View) -> None:
        if self.plot.is_empty:  # axes without a picture would say what is not known yet
            self.say(_WORKING)
        plane, paths = self._plane, self._paths
        if plane is None or paths is None or len(plane.origin) != view.spec.network.size:
            self.plot.show_paths(np.empty((0, 2)), (), np.empty(0))
            return
        now = plane.places(view.theta[np.newaxis])[0]
        # While the run trains it is beyond where the path was known to lead.
        road = np.vstack([paths.road, now]) if view.training else paths.road
        self.plot.show_paths(road, paths.ghosts, now)

    def _say_what_is_seen(self) -> None:
        if self._axes is None:
            share = format_number(100.0 * self._share, 3)
            share = f"{share}\N{NO-BREAK SPACE}%"
            text = f"E over the two directions the run moved in most: {share} of how it moved."
        else:
            text = "E over two parameters, all others as they are now."
        if self.plot.extremes is not None:
            low, high = (format_number(each, 3) for each in self.plot.extremes)
            text += f" The stronger the colour, the higher: from {low} to {high}."
        self.note.setText(text)
        self.plot.setAccessibleDescription(text)

    def _name(self, view: View) -> None:
        if self._axes is None:
            text, names = "main directions", ("1st direction", "2nd direction")
        else:
            names = (self._parameter_name(view, 0), self._parameter_name(view, 1))
            text = f"{names[0]} × {names[1]}"
        self.set_text(self.axes_button, f"{text} ▾", "axes ▾")
        self.axes_button.setAccessibleName(f"Along the axes: {text}")
        self.plot.name_axes(*names)

    def _parameter_name(self, view: View, axis: int) -> str:
        network = view.spec.network
        assert self._axes is not None
        return view.notation.parameter(network, network.parameter_at(self._axes[axis]))

    # What the person chooses

    def _open_menu(self) -> None:
        view = self._view
        if view is None:
            return
        self._menu.clear()
        words = "The two main directions of the run"
        main = choice_entry(self._menu, words, self._axes is None)
        main.triggered.connect(lambda: self._choose(None))
        self._menu.addSeparator()
        selected = self._place_of_selected(view)
        for axis, word in enumerate(("Across", "Up")):
            if selected is None:
                action = self._menu.addAction(f"{word}: select a weight in the network first")
                action.setEnabled(False)
                continue
            network = view.spec.network
            name = view.notation.parameter(network, network.parameter_at(selected))
            is_along = self._axes is not None and self._axes[axis] == selected
            action = choice_entry(self._menu, f"{word}: {name}, which is selected", is_along)
            action.triggered.connect(
                lambda _, axis=axis, place=selected: self.put_along(axis, place)
            )
        self.axes_button.open_menu(self._menu)

    def _place_of_selected(self, view: View) -> int | None:
        try:
            return None if self._selected is None else view.spec.network.index(self._selected)
        except IndexError:
            return None

    def put_along(self, axis: int, place: int) -> None:
        """Put the parameter at a place of θ along an axis, 0 across or 1 up; the one that was there
        goes to the other where that had it."""
        if self._axes is None:
            other = 0 if place else 1
            axes = [other, other]
        else:
            axes = list(self._axes)
            if axes[1 - axis] == place:
                axes[1 - axis] = axes[axis]
        axes[axis] = place
        self._choose(axes)

    def _choose(self, axes: list[int] | None) -> None:
        self._axes = axes
        self.again()
