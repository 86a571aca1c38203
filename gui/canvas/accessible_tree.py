"""The canvas as a screen reader finds it: each node, edge and number as a child of its own, with
its name, role and value.

Where there is nothing Qt wants None, which the types of PySide do not say: hence Any below.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget
from shiboken6 import isValid

from engine.maths.network import Network
from engine.text.numbers import format_number
from gui.canvas.pointing_view import PointingView
from gui.canvas.spots import Spot, facts_at
from gui.canvas.walk import tab_order
from gui.view import View

_MOST = 2000  # children; of a larger network the units alone are

# Qt's list of what it was told of holds no reference that Python sees, so these are never let go:
# of each canvas as many as its largest network had spots.
_kept: list[QAccessibleInterface] = []


def told_of(view: View, spot: Spot) -> tuple[str, str]:
    """The name and the value of a spot, in the digits that were chosen."""
    title, facts = facts_at(view, spot)
    values = [f"{fact.words} {format_number(fact.value, view.digits)}" for fact in facts]
    return title, ", ".join(values)


def _reading_order(network: Network, has_targets: bool) -> list[Spot]:
    """The spots that are children of the canvas."""
    return tab_order(network, _MOST, has_targets) or [
        Spot("unit", layer, unit)
        for layer, size in enumerate(network.sizes)
        for unit in range(size)
    ][:_MOST]


class CanvasInterface(QAccessibleWidget):
    """The canvas as a drawing with children."""

    def __init__(self, canvas: PointingView) -> None:
        super().__init__(canvas, QAccessible.Role.Canvas, "")
        self.canvas = canvas
        self._known: tuple[Network, bool] | None = None
        self._spots: list[Spot] = []
        self._children: list[SpotInterface] = []

    @property
    def spots(self) -> list[Spot]:
        """What there is now, in the order of Tab."""
        view = self.canvas.shown
        known = None if view is None else (view.spec.network, view.spec.has_targets)
        if known != self._known:
            self._known = known
            self._spots = [] if known is None else _reading_order(*known)
        return self._spots

    def childCount(self) -> int:
        return len(self.spots)

    def child(self, index: int) -> Any:
        if not 0 <= index < len(self.spots):
            return None
        while len(self._children) <= index:
            child = SpotInterface(self, len(self._children))
            self._children.append(child)
            _kept.append(child)
        return self._children[index]

    def childAt(self, x: int, y: int) -> Any:
        at = QPoint(x, y)
        places = range(len(self.spots))
        return next((self.child(k) for k in places if self.place_of(k).contains(at)), None)

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return child.place if isinstance(child, SpotInterface) else -1

    def focusChild(self) -> Any:
        selected = self.canvas.selected
        return self.child(self.spots.index(selected)) if selected in self.spots else None

    def place_of(self, index: int) -> QRect:
        """Where a child is on the screen."""
        viewport, place = self.canvas.viewport(), self.canvas.place_of(self.spots[index])
        return QRect(viewport.mapToGlobal(place.topLeft()), place.size())


class SpotInterface(QAccessibleInterface):
    """A node, an edge with its weight, a bias or a target, by its place in the order of Tab."""

    def __init__(self, canvas: CanvasInterface, place: int) -> None:
        super().__init__()
        self._canvas = canvas
        self.place = place

    @property
    def _spot(self) -> Spot | None:
        spots = self._canvas.spots if isValid(self._canvas) else []  # it goes with its window
        return spots[self.place] if self.place < len(spots) else None

    def isValid(self) -> bool:
        return self._spot is not None

    def object(self) -> Any:
        return None

    def window(self) -> Any:
        return None

    def parent(self) -> QAccessibleInterface:
        return self._canvas

    def childCount(self) -> int:
        return 0

    def child(self, index: int) -> Any:
        return None

    def childAt(self, x: int, y: int) -> Any:
        return None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        return -1

    def text(self, kind: QAccessible.Text) -> str:
        spot = self._spot
        view = None if spot is None else self._canvas.canvas.shown
        if view is None or spot is None:
            return ""
        name, value = told_of(view, spot)
        texts = {QAccessible.Text.Name: name, QAccessible.Text.Value: value}
        return texts.get(kind, "")

    def setText(self, kind: QAccessible.Text, text: str) -> None:
        """Nothing: a number is typed into its field."""

    def rect(self) -> QRect:
        return QRect() if self._spot is None else self._canvas.place_of(self.place)

    def role(self) -> QAccessible.Role:
        spot = self._spot
        is_editable = spot is not None and spot.is_editable
        return QAccessible.Role.EditableText if is_editable else QAccessible.Role.StaticText

    def state(self) -> QAccessible.State:
        state, spot = QAccessible.State(), self._spot
        if spot is None:
            state.invalid = 1
            return state
        canvas = self._canvas.canvas
        state.focusable = 1
        state.focused = int(canvas.hasFocus() and canvas.selected == spot)
        state.selected = int(canvas.selected == spot)
        state.readOnly = 1
        return state
