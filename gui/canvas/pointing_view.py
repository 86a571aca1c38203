"""PointingView: mouse and keyboard on the network, turned into spots."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QApplication

from gui.canvas.placing.layout import clamped
from gui.canvas.scene import NetworkScene
from gui.canvas.spots import Spot, describe, values_of
from gui.canvas.walk import neighbour, tab_order
from gui.canvas.zoom_view import KEY_ZOOM, ZoomView
from gui.view import View
from gui.widgets.plain_text import show_tip
from gui.widgets.typed_text import take_typed_text

_REACH = 7.0  # pixels beside an edge that still hit it

_BEGINNINGS = "0123456789.,-−"  # what the text of a number can begin with; + zooms

_NOWHERE = QPointF(-1, -1)  # where the pointer is while it is not on the view

_ARROWS = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}


class PointingView(ZoomView):
    """Owns which spot is selected: `selection_changed` tells of every other one, `asked` that the
    person went to one by click or key, and wants to hear of it. `edit_asked` says which is to be
    edited, and what was typed to say so. It also says what is under the pointer (`pointed`), for
    what a menu is wanted (`menu_asked`: a Spot or None, and where on the screen), where a node was
    dragged to (`unit_moved`, in the plane), and which folded layer is to be opened, at which unit
    (`layer_opened`)."""

    selection_changed = Signal()
    asked = Signal(object)
    edit_asked = Signal(object, str)
    pointed = Signal()
    menu_asked = Signal(object, QPoint)
    unit_moved = Signal(str, float, float)
    layer_opened = Signal(int, int)

    def __init__(self, scene: NetworkScene) -> None:
        super().__init__(scene)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.hovered: Spot | None = None
        self.selected: Spot | None = None
        self.passes_escape_on = False  # it selects nothing, and leaves more to the window
        self.pointer = _NOWHERE
        self._pressed_at: QPoint | None = None
        self._pressed: Spot | None = None
        self._last = QPoint()
        self._moving = ""  # what a drag moves: node, picture, or nothing yet
        self._grip = QPointF()

    @property
    def shown(self) -> View | None:
        """What is to be seen."""
        return self._scene.view

    @property
    def is_dragging(self) -> bool:
        return self._pressed_at is not None

    def place_of(self, spot: Spot) -> QRect:
        """Where a spot is on the viewport."""
        return self.to_viewport(self._scene.place_of(spot))

    def forget(self) -> None:
        """Let go of everything pointed at and selected, as the network has changed."""
        self.hovered = self._pressed = None
        self._pressed_at, self._moving = None, ""
        self.select(None)

    def select(self, spot: Spot | None) -> None:
        """Make a spot the selected one, and have it in sight; None for none."""
        if spot != self.selected:
            self.selected = spot
            self._attend()
            self.selection_changed.emit()
        self._keep_in_sight()

    def ask(self, spot: Spot) -> None:
        """Select a spot and ask about it."""
        self.select(spot)
        self.asked.emit(spot)

    def _attend(self) -> None:
        self._scene.attend(self.hovered, self.selected)
        self.pointed.emit()

    def _spot_at(self, position: QPointF) -> Spot | None:
        if self._scene.view is None:
            return None
        return self._scene.spot_at(self.point_at(position), _REACH / self.magnification)

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed_at = self._last = event.position().toPoint()
        self._pressed = self._spot_at(event.position())
        self._moving = "picture" if event.button() == Qt.MouseButton.MiddleButton else ""
        if event.button() == Qt.MouseButton.RightButton:
            self._pressed_at = None
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointer = event.position()
        here = event.position().toPoint()
        if self._pressed_at is None:
            self._hover(self._spot_at(event.position()))
            return
        far = (here - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if not self._moving and far:
            self._begin_drag()
        if self._moving == "picture":
            self.pan_by(here - self._last)
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._moving == "node":
            self._drag_node(event.position())
        self._last = here

    def _begin_drag(self) -> None:
        self._moving, spot = "picture", self._pressed
        if spot is None or spot.kind != "unit" or self._scene.is_folded(spot.layer):
            return
        assert self._scene.arrangement is not None and self._pressed_at is not None
        self._moving = "node"
        middle = QPointF(*self._scene.arrangement.centres[spot.layer][spot.unit].tolist())
        self._grip = middle - self.point_at(QPointF(self._pressed_at))

    def _drag_node(self, position: QPointF) -> None:
        assert self._pressed is not None and self._scene.arrangement is not None
        at = self.point_at(position) + self._grip
        arrangement = self._scene.arrangement
        y = at.y() - arrangement.shifts[self._pressed.layer]
        place = clamped(arrangement.to_plane(at.x(), y))
        self._scene.drag(self._name(self._pressed), place)
        self.looked.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed_at, spot, moving = self._pressed_at, self._pressed, self._moving
        self._pressed_at, self._pressed, self._moving = None, None, ""
        self.unsetCursor()
        if pressed_at is None:
            return
        if moving == "node" and spot is not None:
            name = self._name(spot)
            x, y = self._scene.dragged[name]
            self.unit_moved.emit(name, x, y)
            self._scene.drag(name, None)
        elif not moving and event.button() == Qt.MouseButton.LeftButton:
            if spot is None:
                self.select(None)
            else:
                self.ask(spot)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        spot = self._spot_at(event.position())
        if spot is None:
            self.fit()
        elif self._scene.is_folded(spot.layer) and spot.source is None:
            self.layer_opened.emit(spot.layer, spot.unit)
        elif spot.is_editable:
            self.edit_asked.emit(spot, "")
        event.accept()

    def _name(self, spot: Spot) -> str:
        assert self._scene.view is not None
        return self._scene.view.spec.network.unit_name(spot.layer, spot.unit)

    def _hover(self, spot: Spot | None) -> None:
        if spot is None:
            self.unsetCursor()
        else:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.hovered = spot
        self._attend()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self.hovered, self.pointer = None, _NOWHERE
            self._attend()
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            spot = self._spot_at(QPointF(event.pos()))
            view = self._scene.view
            words = "" if spot is None or view is None else describe(view, spot)
            show_tip(event.globalPos(), words, self.viewport())
            return True
        return super().viewportEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        take_typed_text()  # before anything is looked up: it may make another network
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            spot = self.selected
            corner = self.viewport().rect().center()
            if spot is not None:
                corner = self.place_of(spot).center()
            self.menu_asked.emit(spot, self.viewport().mapToGlobal(corner))
        else:
            spot = self._spot_at(QPointF(event.pos()))
            self.select(spot)
            self.menu_asked.emit(spot, event.globalPos())
        event.accept()

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ARROWS:
            self._walk(_ARROWS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self._enter()
        elif self._begins_number(event):
            self.edit_asked.emit(self.selected, event.text())
        elif key == Qt.Key.Key_Escape and self.selected is not None:
            self.select(None)
            event.setAccepted(not self.passes_escape_on)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(KEY_ZOOM)
        elif key == Qt.Key.Key_Minus:
            self.zoom_by(1 / KEY_ZOOM)
        else:
            # Not to the base class: page keys would scroll the picture instead of stepping.
            event.ignore()

    def _begins_number(self, event: QKeyEvent) -> bool:
        """Whether a key is the beginning of another number for what is selected."""
        held = Qt.KeyboardModifier
        if event.modifiers() & (held.ControlModifier | held.AltModifier | held.MetaModifier):
            return False
        begins = event.text() != "" and event.text() in _BEGINNINGS
        return begins and self.selected is not None and self.selected.is_editable

    def _enter(self) -> None:
        """Edit what is selected; ask for the next value of a unit, which has no number to edit."""
        view, spot = self._scene.view, self.selected
        if view is None or spot is None:
            return
        if spot.is_editable:
            self.edit_asked.emit(spot, "")
            return
        values = values_of(view, spot.owner)
        after = values.index(spot) + 1 if spot in values else 0
        self.ask(values[after % len(values)] if values else spot.owner)

    def _walk(self, direction: str) -> None:
        view, spot = self._scene.view, self.selected
        if view is None:
            return
        if spot is None:
            self.ask(Spot("unit", 0, 0))
        else:
            self.ask(neighbour(view.spec.network, spot.owner, direction, view.spec.has_targets))

    def _keep_in_sight(self) -> None:
        """Pan to what is selected, if it is out of the picture."""
        if self.selected is None or self._scene.arrangement is None:
            return
        place = self._scene.place_of(self.selected)
        if not self.viewport().rect().contains(self.to_viewport(place).center()):
            self.is_fitted = False
            self.centerOn(place.center())
            self.looked.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes through the spots and leaves the canvas after the last, or after Escape."""
        view, spot = self._scene.view, self.selected
        order = [] if view is None else _order(view)
        if spot is not None and spot.owner in order:
            k = order.index(spot.owner) + (1 if forward else -1)
            if 0 <= k < len(order):
                self.ask(order[k])
                return True
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        view = self._scene.view
        by_tab = event.reason() in (
            Qt.FocusReason.TabFocusReason,
            Qt.FocusReason.BacktabFocusReason,
        )
        if by_tab and view is not None:
            order = _order(view) or [Spot("unit", 0, 0)]
            forward = event.reason() == Qt.FocusReason.TabFocusReason
            self.ask(order[0 if forward else -1])


def _order(view: View) -> list[Spot]:
    """The order of Tab."""
    return tab_order(view.spec.network, has_targets=view.spec.has_targets)
