"""ZoomView: a look at the scene that can be zoomed around the pointer, panned and fitted.

Fitted, the whole network is in sight, as far as all its numbers can be read then; where they need
more room than there is, the picture is larger than the view and scrolls, by itself to where the
current step is. Zooming into a large network first gives it a larger area, so that nodes move apart
until each number has its place; then what is there is magnified.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QGraphicsView, QWidget

from gui import theme
from gui.canvas.scene import NetworkScene

_SMALLEST_ZOOM = 0.4
_LARGEST_MAGNIFICATION = 3.0
_WHEEL_BASE = 1.0015  # to the power of eighths of a degree: a notch is some 20 %
KEY_ZOOM = 1.25
_MARGIN = 60  # pixels kept around the current step where the picture scrolls to it
_CLOSE = 0.4  # of the full spread, where nodes are capsules with their numbers


class ZoomView(QGraphicsView):
    """Looks at a NetworkScene. `looked` is emitted whenever things move on the screen."""

    looked = Signal()

    def __init__(self, scene: NetworkScene) -> None:
        super().__init__(scene)
        self._scene = scene
        self.zoom = 1.0
        self.is_fitted = True
        self._is_scrolled = False  # whether the picture reaches beyond the view
        self._is_spreading = False
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setCornerWidget(QWidget())  # else the style draws an edge between the scroll bars
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.MinimalViewportUpdate)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.viewport().setAutoFillBackground(False)
        scene.resized.connect(self._follow_scene)
        scene.stepped.connect(self._follow_step)

    def fit(self) -> None:
        """Show the whole network, as large as the canvas allows."""
        self.zoom, self.is_fitted = 1.0, True
        self._spread()
        self.centerOn(self._scene.sceneRect().center())
        if self._is_scrolled:
            for bar in (self.horizontalScrollBar(), self.verticalScrollBar()):
                bar.setValue(bar.minimum())
            self._show_step()
        self.looked.emit()

    def zoom_by(self, factor: float, around: QPoint | None = None) -> None:
        """Zoom in (above 1) or out, keeping a point of the viewport in place, or the middle."""
        point = self.viewport().rect().center() if around is None else around
        here = self._plane_at(point)
        largest = _LARGEST_MAGNIFICATION * max(self._full_spread())
        self.zoom = min(max(self.zoom * factor, _SMALLEST_ZOOM), largest)
        self.is_fitted = False
        self._spread()
        self._bring(here, point)

    def pan_by(self, offset: QPoint) -> None:
        """Move the picture by pixels."""
        if self.is_fitted:
            before = self.viewportTransform()
            self.is_fitted = False
            self._spread()  # from now on there is room around it
            self.horizontalScrollBar().setValue(-round(before.dx()))
            self.verticalScrollBar().setValue(-round(before.dy()))
        for bar, distance in (
            (self.horizontalScrollBar(), offset.x()),
            (self.verticalScrollBar(), offset.y()),
        ):
            bar.setValue(bar.value() - distance)
        self.looked.emit()

    def show_unit(self, layer: int, unit: int) -> None:
        """Go so close to a unit that there is room for its numbers."""
        self.zoom = max(self.zoom, max(self._full_spread()) * _CLOSE)
        self.is_fitted = False
        self._spread()
        arrangement = self._scene.arrangement
        if arrangement is not None:
            self.centerOn(QPointF(*arrangement.centres[layer][unit].tolist()))
        self.looked.emit()

    def follow_network(self) -> None:
        """Adapt to another network: its full shapes may need another spread."""
        if self.is_fitted:
            self.fit()
        else:
            self._spread()
            self.looked.emit()

    @property
    def is_dragging(self) -> bool:
        """Whether the person holds something with the mouse."""
        return False

    @property
    def magnification(self) -> float:
        """Screen pixels per pixel of the scene."""
        return self.transform().m11()

    def to_viewport(self, place: QRectF) -> QRect:
        """A rectangle of the scene on the viewport."""
        return self.mapFromScene(place).boundingRect()

    def point_at(self, position: QPointF) -> QPointF:
        """A position on the viewport in the scene."""
        inverse, _ = self.viewportTransform().inverted()
        return inverse.map(position)

    def _room(self) -> tuple[float, float]:
        """Width and height of the viewport while there are no scroll bars, in pixels at 100 % text
        size: what is drawn for those is magnified with the text."""
        size = self.contentsRect()
        return size.width() / theme.scale(), size.height() / theme.scale()

    def _full_spread(self) -> tuple[float, float]:
        return self._scene.full_spread(*self._room())

    def _spread(self) -> None:
        """Give the scene its area for the zoom, magnify by what is left, and let it scroll where
        it reaches beyond the view."""
        width, height = self._room()
        full = self._full_spread()
        spread_x, spread_y = (min(max(self.zoom, 1.0), most) for most in full)
        scale = theme.scale() * self.zoom / max(1.0, min(self.zoom, max(full)))
        self._is_spreading = True
        bar = self.verticalScrollBar().sizeHint().width() / theme.scale()
        is_wide = is_high = False
        for _ in range(3):
            # A bar takes room from the picture, which then may need the other one too; zoomed
            # into, the picture is larger than the view anyway.
            taken = bar if self.zoom <= 1 else 0.0
            area = width * spread_x - is_high * taken, height * spread_y - is_wide * taken
            extent = self._scene.extent_in(*area)
            before = is_wide, is_high
            is_wide = is_wide or extent[0] * scale > width * theme.scale() + 1
            is_high = is_high or extent[1] * scale > height * theme.scale() + 1
            if (is_wide, is_high) == before:
                break
        self._scene.set_area(*area)
        self._is_scrolled = is_wide or is_high
        self._show_bars(is_wide, is_high)
        self.resetTransform()
        self.scale(scale, scale)
        margin_x = margin_y = 0.0
        if not self.is_fitted:
            # With half a view around it any point can be brought to the middle; whole pixels keep
            # text sharp.
            size = self.viewport().size()
            margin_x, margin_y = size.width() // 2 / scale, size.height() // 2 / scale
        self._scene.setSceneRect(
            -margin_x, -margin_y, extent[0] + 2 * margin_x, extent[1] + 2 * margin_y
        )
        self._is_spreading = False

    def _show_bars(self, is_wide: bool, is_high: bool) -> None:
        policies = Qt.ScrollBarPolicy
        on, off = policies.ScrollBarAlwaysOn, policies.ScrollBarAlwaysOff
        self.setHorizontalScrollBarPolicy(on if is_wide else off)
        self.setVerticalScrollBarPolicy(on if is_high else off)

    def _follow_scene(self) -> None:
        """Keep what is in sight where it is, as the picture has become larger or smaller; what
        does not fit any more scrolls to the current step."""
        if self._is_spreading:
            return
        middle = self.viewport().rect().center()
        here = self._plane_at(middle)
        self._spread()
        self._bring(here, middle)
        if self.is_fitted:
            self._follow_step()

    def _follow_step(self) -> None:
        """Have the current step in sight, but never pull the picture from under a drag."""
        if not self.is_dragging and self._show_step():
            self.looked.emit()

    def _show_step(self) -> bool:
        """Scroll to the current step where it is out of sight, as much of what belongs to it as the
        view holds; whether that was so."""
        seen = self.viewport().rect()
        places = self._scene.step_places() if self._is_scrolled else []
        for place in places:
            there = self.to_viewport(place)
            if seen.contains(there):
                return False
            if there.width() <= seen.width() and there.height() <= seen.height():
                spare = seen.size() - there.size()
                margin = min(_MARGIN, spare.width() // 2), min(_MARGIN, spare.height() // 2)
                self.ensureVisible(place, *margin)
                return True
        return False

    def _plane_at(self, point: QPoint) -> tuple[float, float]:
        arrangement = self._scene.arrangement
        if arrangement is None:
            return 500.0, 500.0
        at = self.point_at(QPointF(point))
        return arrangement.to_plane(at.x(), at.y())

    def _bring(self, here: tuple[float, float], point: QPoint) -> None:
        """Move the picture so that a place of the plane is under a point of the viewport."""
        arrangement = self._scene.arrangement
        if arrangement is not None:
            wanted = QPointF(*arrangement.from_plane(*here))
            offset = QPointF(self.viewport().rect().center() - point) / self.magnification
            self.centerOn(wanted + offset)
        self.looked.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._is_spreading:
            return  # by a scroll bar of its own
        if self.is_fitted:
            self.fit()
            return
        here = self._plane_at(QPoint(event.oldSize().width() // 2, event.oldSize().height() // 2))
        self._spread()
        self._bring(here, self.viewport().rect().center())

    def wheelEvent(self, event: QWheelEvent) -> None:
        delta = event.angleDelta().y() or event.angleDelta().x()
        if delta:
            self.zoom_by(_WHEEL_BASE**delta, event.position().toPoint())
        event.accept()
