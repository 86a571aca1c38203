"""ResultPanel: what the network answers, as a surface, a curve, or outputs against targets."""

from __future__ import annotations

from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QResizeEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QWidget

from engine.maths.activations import Array
from engine.maths.network import Network
from engine.run.classes import classes_of
from engine.run.column_words import with_class
from engine.run.spec import Data, Spec
from gui import theme
from gui.plots.drawing import Drawing
from gui.plots.drawing_choice import DrawingChoice
from gui.plots.held_inputs import HeldInputs
from gui.plots.plot_picture import plot_picture
from gui.plots.surface_view import SurfaceView
from gui.view import View
from gui.widgets.buttons import Button
from gui.widgets.card import Card
from gui.widgets.cover import Cover
from gui.widgets.menu_entry import choice_entry
from gui.widgets.picture import Picture, open_picture_menu
from gui.widgets.plain_text import menu_text, set_tip

if TYPE_CHECKING:
    from gui.plots.curve_plot import CurvePlot
    from gui.plots.output_bars import OutputBars

Page = TypeVar("Page", bound=QWidget)

CLASS_MAP = "Class map"
_TITLES = {
    "surface": "Decision surface",
    "curve": "Output curve",
    "outputs": "Outputs and targets",
}
_SHORT_TITLES = {"surface": "Surface", "curve": "Curve", "outputs": "Outputs"}
# How the head is written, the first that fits: with the long title or not, and with how many
# letters of each name (0: with words for them, since axes and colour bar bear the names too).
_HEADS = ((True, 24), (True, 12), (True, 7), (False, 24), (False, 12), (False, 7), (False, 0))


class ResultPanel(Card):
    """The card of results.

    Several samples make a surface over two inputs (a curve if there is only one input); a single
    sample, and pictures, outputs against targets. A link changes to the other. Which output is
    shown, over which inputs, and where the other inputs are held, is chosen here and nowhere else.
    `picture_wanted` asks for a file with what is shown, True for one in light colours.

    While "draw" is on, samples are put into the surface or the curve, moved and taken out; see
    Drawing for how.
    """

    picture_wanted = Signal(bool)
    sample_chosen = Signal(int)
    sample_drawn = Signal(object, object)  # the inputs and the targets of a new sample
    # Row, its new values as (inputs or targets, column, …), and whether by a press of a key.
    sample_moved = Signal(int, object, bool)
    sample_removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._view: View | None = None
        self._network: Network | None = None
        self._data: Data | None = None
        self._outputs_wanted = {True: True, False: False}  # by whether a surface says little
        self._output = 0
        self._wants_map = True  # of classes, rather than an output
        self._axes = (0, 1)
        self._held: dict[int, float] = {}  # values that were chosen; the others are the means
        self._means: Array

        self.output_button = Button(
            "", "resultOutput", "Output that is shown", self._open_output_menu, link=True
        )
        self.axes_button = Button(
            "", "resultAxes", "Inputs along the axes", self._open_axes_menu, link=True
        )
        self.draws = DrawingChoice(lambda: self._view, self)
        self.draws.changed.connect(self._on_draw)
        self.switch_button = Button("", "resultSwitch", "", self._on_switch, link=True)
        self.output_button.setAccessibleName("output that is shown")
        self.axes_button.setAccessibleName("inputs along the axes")
        self._menu = QMenu(self)
        self._head: tuple[object, ...] = ()
        self._buttons = (
            self.draws.draw_button, self.draws.kind_button, self.output_button,
            self.axes_button, self.switch_button,
        )
        for button in self._buttons:
            button.setCursor(Qt.CursorShape.PointingHandCursor)
            button.setMinimumWidth(1)  # long names give way to a narrow card, see _show_names
            self.corner.addWidget(button)

        self._pages = QStackedWidget(self)
        self.held = HeldInputs(self)
        self.held.chosen.connect(self._on_held)
        self.body.addWidget(self._pages, 1)
        self.body.addWidget(self.held)

    # What a result is shown on is made when there is such a result: the window is up sooner.

    @cached_property
    def surface(self) -> SurfaceView:
        """The decision surface."""
        view = self._page(SurfaceView(self._pages))
        self._listen_to(view.plot.drawing)
        return view

    @cached_property
    def curve(self) -> CurvePlot:
        """The output over the only input."""
        from gui.plots.curve_plot import CurvePlot

        plot = self._page(CurvePlot(self._pages))
        self._listen_to(plot.drawing)
        return plot

    @cached_property
    def outputs(self) -> OutputBars:
        """Outputs against targets."""
        from gui.plots.output_bars import OutputBars

        return self._page(OutputBars(self._pages))

    @cached_property
    def _cover(self) -> Cover:
        return self._page(Cover(self._pages))

    def _listen_to(self, drawing: Drawing) -> None:
        drawing.on = self.draws.is_on
        drawing.added.connect(self._on_added)
        drawing.moved.connect(partial(self._on_moved, False))
        drawing.nudged.connect(partial(self._on_moved, True))
        drawing.removed.connect(self.sample_removed)
        drawing.chosen.connect(self.sample_chosen)

    def _page(self, page: Page) -> Page:
        self._pages.addWidget(page)
        return page

    @property
    def shown_output(self) -> int | None:
        """Which output the surface shows; None for the class map, where classes have names."""
        return None if self._wants_map and self._has_map else self._output

    @property
    def _has_map(self) -> bool:
        classes = None if self._view is None else classes_of(self._view.spec)
        return classes is not None and classes.are_named

    @property
    def showing(self) -> str:
        """"surface", "curve" or "outputs"."""
        view = self._view
        if view is None or self._outputs_wanted[_says_little(view)]:
            return "outputs"
        return "curve" if len(view.spec.network.inputs) == 1 else "surface"

    def picture(self) -> Picture | None:
        """What is shown; None while it is hidden."""
        view, showing = self._view, self.showing
        if view is None or view.hides_outputs or not self.isVisible():
            return None
        page: QWidget = getattr(self, showing)
        return plot_picture(page, self._title(showing), self.restyle)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self._view is not None and not self._view.hides_outputs:
            open_picture_menu(self, event.globalPos(), self.picture_wanted.emit)

    def _title(self, showing: str) -> str:
        """What is shown, in words."""
        if showing == "outputs" and self._view is not None and not self._view.spec.has_targets:
            return _SHORT_TITLES[showing]
        if showing == "surface" and self.shown_output is None:
            return CLASS_MAP
        return _TITLES[showing]

    def show_answers(self) -> None:
        """Show what the network answers over its inputs, rather than outputs and targets."""
        if self.showing == "outputs":
            self._on_switch()

    def display(self, view: View) -> None:
        """Show what the parameters of a View answer."""
        shown, self._view = self._view, view
        if shown is None or not view.is_only_steps_from(shown):
            self._show(view)

    def _show(self, view: View) -> None:
        if view.spec.network is not self._network:
            self._on_network(view.spec.network, view.spec.data)
        if view.spec.data is not self._data:
            self._data = view.spec.data
            self._means = view.spec.data.inputs.mean(axis=0)
        showing = self.showing
        self._let_draw(self.draws.is_on and not view.hides_outputs)
        if view.hides_outputs:
            for button in self._buttons:
                button.hide()
            self.title.setText(self._title(showing))
            self._head = ()
            self._pages.setCurrentWidget(self._cover)
            self.held.hide()
            return
        self._show_head(view, showing)
        if showing == "outputs":
            self.outputs.display(view)
            self._pages.setCurrentWidget(self.outputs)
        elif showing == "curve":
            self.curve.display(view, self._output)
            self._pages.setCurrentWidget(self.curve)
        else:
            held = self._held_values()
            self.surface.display(view, self.shown_output, *self._axes, held)
            self._pages.setCurrentWidget(self.surface)
        self._show_held(view, showing)

    def restyle(self) -> None:
        """Take the colours of the theme in force."""
        for page in ("surface", "curve", "outputs"):
            if page in self.__dict__:  # it is made only when it is shown first
                getattr(self, page).restyle()
        self.held.restyle()
        self._head = ()
        self._again()

    def _on_network(self, network: Network, data: Data) -> None:
        """Keep the choices that still make sense."""
        known, self._network = self._network, network
        if known is None or known.inputs != network.inputs:
            self._held.clear()
            if data.picture is not None and len(network.inputs) > 1:
                self._axes = _most_varied(data.inputs)
        last = len(network.inputs) - 1
        if max(self._axes) > last:
            self._axes = (0, min(1, last))
        elif self._axes[0] == self._axes[1] and last > 0:
            self._axes = (0, 1)
        self._output = min(self._output, network.sizes[-1] - 1)

    def _show_head(self, view: View, showing: str) -> None:
        network = view.spec.network
        plotted = showing != "outputs"
        has_map = showing == "surface" and self._has_map
        self.output_button.setVisible(plotted and (network.sizes[-1] > 1 or has_map))
        self.axes_button.setVisible(showing == "surface" and len(network.inputs) > 2)
        self.draws.show_for(plotted and view.spec.has_targets, showing == "surface")
        self.switch_button.show()
        other = "outputs" if plotted else "curve" if len(network.inputs) == 1 else "surface"
        self.switch_button.setText(other)
        set_tip(self.switch_button, f"Show {self._title(other).lower()}")
        self.switch_button.setAccessibleName(f"Show {self._title(other).lower()}")
        self._show_names(view.spec, showing)

    def _show_names(self, spec: Spec, showing: str) -> None:
        """Write what is shown into the head, in as many letters as the card has room for."""
        output = with_class(spec, spec.network.depth, self._output)
        is_map = showing == "surface" and self.shown_output is None
        if is_map:
            output = "classes"
        names = (output, *(with_class(spec, 0, number) for number in self._axes))
        draw, kinds = self.draws.draw_button, self.draws.kind_button
        kind = "" if kinds.isHidden() else self.draws.kind[0]
        key = (self.width(), self._title(showing), draw.text(), kind, *names)
        if key == self._head:
            return
        self._head = key
        room = self.width() - 2 * theme.MARGIN
        for title, letters in _HEADS:
            short = "Map" if is_map else _SHORT_TITLES[showing]
            self.title.setText(self._title(showing) if title else short)
            output, x, y = (_short(name, letters) for name in names)
            word = "classes" if is_map else menu_text(output) if letters else "output"
            self.output_button.setText(f"{word} ▾")
            self.axes_button.setText(menu_text(f"{x} × {y} ▾") if letters else "axes ▾")
            kinds.setText(menu_text(f"{_short(kind, letters or 4)} ▾"))
            shown = [button for button in self._buttons if not button.isHidden()]
            widths = [widget.sizeHint().width() for widget in (self.title, *shown)]
            if sum(widths) + theme.GAP * (len(shown) + 1) <= room:
                break

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._view is not None and self._network is not None and not self._view.hides_outputs:
            self._show_names(self._view.spec, self.showing)

    def _show_held(self, view: View, showing: str) -> None:
        names = {
            number: with_class(view.spec, 0, number)
            for number in range(len(view.spec.network.inputs))
            if showing == "surface" and number not in self._axes
        }
        self.held.display(names, self._held_values())

    def _held_values(self) -> Array:
        """A value of every input: the one that was chosen, else the mean of its data."""
        values = self._means.copy()
        for number, value in self._held.items():
            values[number] = value
        return values

    # Choices

    def _again(self) -> None:
        if self._view is not None:
            self._show(self._view)

    def _on_switch(self) -> None:
        if self._view is not None:
            kind = _says_little(self._view)
            self._outputs_wanted[kind] = not self._outputs_wanted[kind]
            self._again()

    def _on_held(self, number: int, value: float) -> None:
        self._held[number] = value
        self._again()

    # Drawing

    def _on_draw(self) -> None:
        self._let_draw(self.draws.is_on)
        self._again()

    def _let_draw(self, wanted: bool) -> None:
        for page in ("surface", "curve"):
            if page in self.__dict__:
                shown = getattr(self, page)
                drawing: Drawing = (shown.plot if page == "surface" else shown).drawing
                if drawing.on != wanted:
                    drawing.on = wanted

    def _on_added(self, x: float, y: float) -> None:
        view = self._view
        if view is None:
            return
        if self.showing == "curve":
            targets = view.spec.data.targets[view.sample].tolist()
            targets[self._output] = y
            self.sample_drawn.emit([x], targets)
            return
        inputs = self._held_values().tolist()
        inputs[self._axes[0]], inputs[self._axes[1]] = x, y
        self.sample_drawn.emit(inputs, list(self.draws.kind[1]))

    def _on_moved(self, by_key: bool, row: int, x: float, y: float) -> None:
        if self.showing == "curve":
            places = [("inputs", 0, x), ("targets", self._output, y)]
        else:
            places = [("inputs", self._axes[0], x), ("inputs", self._axes[1], y)]
        self.sample_moved.emit(row, places, by_key)

    def _choose_output(self, output: int | None) -> None:
        """Show an output, or with None the class map."""
        self._wants_map = output is None
        self._output = self._output if output is None else output
        self._again()

    def _choose_axis(self, axis: int, number: int) -> None:
        """Put an input along an axis; the one that was there takes its place if need be."""
        axes = list(self._axes)
        if axes[1 - axis] == number:
            axes[1 - axis] = axes[axis]
        axes[axis] = number
        self._axes = (axes[0], axes[1])
        self._again()

    def _open_output_menu(self) -> None:
        assert self._view is not None
        self._menu.clear()
        spec, shown = self._view.spec, self._output
        if self.showing == "surface" and self._has_map:
            shown = -1 if self.shown_output is None else shown
            action = choice_entry(self._menu, CLASS_MAP, self.shown_output is None)
            action.triggered.connect(lambda: self._choose_output(None))
            self._menu.addSeparator()
        for number in range(spec.network.sizes[-1]):
            name = with_class(spec, spec.network.depth, number)
            action = choice_entry(self._menu, name, number == shown)
            action.triggered.connect(lambda _, number=number: self._choose_output(number))
        self.output_button.open_menu(self._menu)

    def _open_axes_menu(self) -> None:
        assert self._view is not None
        self._menu.clear()
        spec = self._view.spec
        for axis, title in enumerate(("Across", "Up")):
            below = self._menu.addMenu(title)
            for number in range(len(spec.network.inputs)):
                name = with_class(spec, 0, number)
                action = choice_entry(below, name, number == self._axes[axis])
                action.triggered.connect(
                    lambda _, axis=axis, number=number: self._choose_axis(axis, number)
                )
        self.axes_button.open_menu(self._menu)


def _says_little(view: View) -> bool:
    """Whether a surface says less than the outputs: of a single sample, and over two pixels of
    many."""
    return len(view.spec.data) == 1 or view.spec.data.picture is not None


def _most_varied(inputs: Array) -> tuple[int, int]:
    """Which two columns vary most, in order: of a picture the first two are but an edge of it."""
    first, second = sorted(np.argsort(-inputs.std(axis=0), kind="stable")[:2].tolist())
    return first, second


def _short(name: str, letters: int) -> str:
    return name if len(name) <= letters else name[: max(0, letters - 1)] + "…"
